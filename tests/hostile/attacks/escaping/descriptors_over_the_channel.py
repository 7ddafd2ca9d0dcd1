"""Sends descriptors, hundreds of them, and a sender's name along with its answers to the judge (SCM_RIGHTS, SCM_CREDENTIALS), and
looks whether the judge sends any."""
# from: solved
# shows: raised Ran: \d+ descriptors are on their way
# tried: below
# stopped by: wire, seccomp

# %% last
import array
import gc
import os
import socket
import struct

channel = next(thing for thing in gc.get_objects() if type(thing).__name__ == "Channel")
sock = channel.socket
PASSED = [os.open("/dev/null", os.O_RDWR) for _ in range(100)] + [sock.fileno(), *(end.detach() for end in socket.socketpair())]
sent = 0


class Laden:
    """The channel's socket, of which every second piece carries descriptors."""

    laden = False

    def __getattr__(self, name):
        return getattr(sock, name)

    def fileno(self):
        return sock.fileno()

    def send(self, data, flags=0):
        """The first byte of an answer carries them."""
        global sent
        self.laden = not self.laden
        if not self.laden:
            return sock.send(data, flags)
        rights = (socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", PASSED))
        name = (socket.SOL_SOCKET, socket.SCM_CREDENTIALS, struct.pack("3i", os.getpid(), os.getuid(), os.getgid()))
        for ancillary in ([rights], [name], [rights, name]):
            try:
                sent += sock.sendmsg([bytes(data[:1])], ancillary, flags) and len(PASSED)
                return 1
            except OSError:
                continue
        return sock.send(data, flags)

    def recv(self, count, flags=0):
        try:
            data, ancillary, _, _ = sock.recvmsg(count, 4096, flags)
        except PermissionError:
            return sock.recv(count, flags)
        if ancillary:
            open(f"{DROP}/{ATTACK}-got", "w").write(str(ancillary))
        return data


channel.socket = Laden()

# %% last
say(f"{sent} descriptors are on their way")
