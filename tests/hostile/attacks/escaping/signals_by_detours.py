"""Has the kernel send the signal that it may not send itself: as the owner of a pipe, a terminal or a lease (F_SETOWN with
SIGKILL), as the end of a child whose parent is somebody else, as a timer's, as a thread's."""
# from: solved
# shows: raised Ran: (\w+:\w+ ?)+
# tried: signal, below
# stopped by: uid, landlock, seccomp

# %% last
import ctypes
import errno
import fcntl
import os
import pty
import signal
import struct
import time

libc = ctypes.CDLL(None, use_errno=True)
X86 = os.uname().machine == "x86_64"
CLONE, TIMER = (56, 222) if X86 else (220, 107)
SETSIG, SETOWN, SETOWN_EX, CLONE_PARENT, FIOSETOWN, SETLEASE = 10, 8, 15, 0x8000, 0x8901, 1024
came = []


def arm(descriptor, how, pid):
    fcntl.fcntl(descriptor, SETSIG, signal.SIGKILL)
    if how == "number":
        fcntl.fcntl(descriptor, SETOWN, pid)
    elif how == "thread":
        fcntl.fcntl(descriptor, SETOWN_EX, struct.pack("ii", 0, pid))
    elif how == "group":
        fcntl.fcntl(descriptor, SETOWN, -pid)
    else:
        fcntl.ioctl(descriptor, FIOSETOWN, struct.pack("i", pid))
    fcntl.fcntl(descriptor, fcntl.F_SETFL, os.O_NONBLOCK | os.O_ASYNC)


def by_pipe(how, pid):
    end, other = os.pipe()
    arm(end, how, pid)
    os.write(other, b"now")


def by_socket(how, pid):
    import socket

    ours, theirs = socket.socketpair()
    arm(ours.fileno(), how, pid)
    theirs.send(b"now")
    time.sleep(0.02)


def by_terminal(how, pid):
    master, slave = pty.openpty()
    arm(slave, how, pid)
    os.write(master, b"\x03\n")


def by_lease(how, pid):
    with open(f"leased-{how}", "w") as file:
        file.write("mine")
    descriptor = os.open(f"leased-{how}", os.O_RDONLY)
    arm(descriptor, how, pid)
    fcntl.fcntl(descriptor, SETLEASE, fcntl.F_RDLCK)
    attempt(os.open, f"leased-{how}", os.O_WRONLY | os.O_NONBLOCK)
    os.close(descriptor)


def by_child(how, pid):
    if libc.syscall(CLONE, CLONE_PARENT | signal.SIGKILL, 0, 0, 0, 0) == 0:
        os._exit(0)  # its parent, which is ours, is told by SIGKILL
    if ctypes.get_errno():
        raise OSError(ctypes.get_errno(), "clone")


def by_timer(how, pid):
    event = struct.pack("QiiI52x", 0, signal.SIGKILL, 4, pid)  # SIGEV_THREAD_ID
    if libc.syscall(TIMER, 1, event, (ctypes.c_int * 1)()) < 0:
        raise OSError(ctypes.get_errno(), "timer")


if os.getuid() == 0:
    raise Ran("nothing:sent")
for way in (by_pipe, by_socket, by_terminal, by_lease, by_child, by_timer):
    for how in ("number", "thread", "group", "ioctl"):
        ctypes.set_errno(0)
        try:
            way(how, os.getppid())
            came.append(f"{way.__name__}:armed")
        except OSError as error:
            came.append(f"{way.__name__}:{errno.errorcode.get(error.errno, error.errno)}")
time.sleep(0.3)
say(" ".join(dict.fromkeys(came)))
