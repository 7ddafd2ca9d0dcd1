"""Empties the grader's files without opening them to write: by name, and by opening them for reading, for both, or for neither
(which asks for no right). Landlock knows a right to empty a file from its third version only."""
# shows: raised Ran: 0 emptied, (\w+:\w+ ?)+
# stopped by: uid, landlock, seccomp

# %% first
import ctypes
import errno
import os
import struct

libc = ctypes.CDLL(None, use_errno=True)
X86 = os.uname().machine == "x86_64"
TRUNCATE, OPEN, CREAT, OPENAT, FALLOCATE = (76, 2, 85, 257, 285) if X86 else (45, None, None, 56, 47)
OPENAT2, HERE, HIGH = 437, -100, 1 << 32
SUBMISSIONS = [f"{STAGE}/submissions/bystander-{which}.ipynb" for which in "amz"]
TARGETS = [f"{STAGE}/results/results.json", f"{STAGE}/submission_metadata.json", f"{STAGE}/source/autograder.zip", *SUBMISSIONS]


def calls(path):
    yield "truncate", (TRUNCATE, path, 0)
    for access in (os.O_RDONLY, os.O_WRONLY, os.O_RDWR, 3):
        flags = os.O_TRUNC | access
        yield f"openat-{access}", (OPENAT, HERE, path, flags, 0)
        yield f"openat-{access}-high", (OPENAT, HERE, path, HIGH | flags, 0)
        yield f"openat2-{access}", (OPENAT2, HERE, path, struct.pack("QQQ", flags, 0, 0), 24)
        if X86:
            yield f"open-{access}", (OPEN, path, flags, 0)
    if X86:
        yield "creat", (CREAT, path, 0o600)
    yield "punch", (FALLOCATE, os.open("/dev/null", os.O_RDWR), 3, 0, 1 << 20)


def size(path):
    try:
        return os.stat(path).st_size
    except OSError:
        return None


emptied, came = [], []
for path in TARGETS:
    for name, (number, *arguments) in calls(path.encode()):
        before = size(path)
        done = libc.syscall(number, *(ctypes.c_ulong(a % 2**64) if isinstance(a, int) else a for a in arguments))
        came.append(f"{name}:{'done' if done >= 0 else errno.errorcode[ctypes.get_errno()]}")
        if size(path) != before:
            emptied.append(name)

# %% first
say(f"{len(emptied)} emptied, {' '.join(dict.fromkeys(emptied + came))}"[:180])
