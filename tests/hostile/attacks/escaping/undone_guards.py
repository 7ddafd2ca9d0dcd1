"""Undoes what was set up before its first line: that it dies with its parent, that its memory is closed, that it is in a session
that can be ended as one, that orphans are found, by each call that can, with and without bits that the kernel doesn't look at."""
# from: solved
# shows: raised Ran: 0 undone, (\w+:\w+ ?)+
# stopped by: seccomp

# %% last
import ctypes
import errno
import os

libc = ctypes.CDLL(None, use_errno=True)
X86 = os.uname().machine == "x86_64"
PRCTL, SETPGID, SETSID, PERSONALITY, SECCOMP, SETFSUID = (157, 109, 112, 135, 317, 122) if X86 else (167, 154, 157, 92, 277, 151)
PDEATHSIG, DUMPABLE, SUBREAPER, PTRACER, TIMERSLACK, MDWE = 1, 4, 36, 0x59616D61, 29, 65
undone, came = [], []


def call(name, number, *arguments):
    done = libc.syscall(number, *(ctypes.c_ulong(a % 2**64) for a in arguments)) >= 0
    came.append(f"{name}:{'done' if done else errno.errorcode[ctypes.get_errno()]}")
    if done:
        undone.append(name)


for high in (0, 1 << 32, 1 << 63):
    call("pdeathsig", PRCTL, high | PDEATHSIG, 0, 0, 0, 0)
    call("dumpable", PRCTL, high | DUMPABLE, 1, 0, 0, 0)
    call("subreaper", PRCTL, high | SUBREAPER, 1, 0, 0, 0)
    call("ptracer", PRCTL, high | PTRACER, -1, 0, 0, 0)
    call("timerslack", PRCTL, high | TIMERSLACK, 10**9, 0, 0, 0)
    call("mdwe", PRCTL, high | MDWE, 1, 0, 0, 0)
    call("setpgid", SETPGID, high, high)
    call("setsid", SETSID)
    call("personality", PERSONALITY, 0x40000)
    call("seccomp", SECCOMP, 2, 0, 0)

# %% last
say(f"{len(undone)} undone, {' '.join(dict.fromkeys(undone + came))}"[:180])
