"""Changes the rights of the grader's files: opens the key and the results to all, and closes the results to the grader. Landlock
leaves that to a file's owner, who may be this user too. Tries the old calls, and those that are newer than a filter's library."""
# shows: raised Ran: 0 changed, (\w+:\w+ ?)+
# stopped by: uid, seccomp

# %% first
import ctypes
import errno
import os
import struct

libc = ctypes.CDLL(None, use_errno=True)
X86 = os.uname().machine == "x86_64"
CHMOD, FCHMODAT, SETXATTR, CHOWN, UTIMENSAT = (90, 268, 188, 92, 280) if X86 else (None, 53, 5, None, 88)
FCHMODAT2, SETXATTRAT, REMOVEXATTRAT, FILE_SETATTR, HERE = 452, 463, 466, 469, -100
HIGH = 1 << 32  # the kernel doesn't look at that
TARGETS = [f"{STAGE}/source/autograder.zip", f"{STAGE}/results/results.json", f"{STAGE}/results", f"{STAGE}/submissions", STAGE]


def acl(mode):
    """As an access control list: nobody but owner, group and others, so it is the mode."""
    entries = ((1, mode >> 6 & 7), (4, mode >> 3 & 7), (32, mode & 7))
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", kind, rights, 2**32 - 1) for kind, rights in entries)


def calls(path, mode):
    name, value = b"system.posix_acl_access", acl(mode)
    buffer = ctypes.create_string_buffer(value, len(value))
    arguments = struct.pack("QII", ctypes.addressof(buffer), len(value), 0)
    if X86:
        yield "chmod", (CHMOD, path, mode)
        yield "chown", (CHOWN, path, os.getuid(), os.getgid())
    yield "fchmodat", (FCHMODAT, HERE, path, mode)
    yield "fchmodat2", (FCHMODAT2, HERE, path, mode, 0)
    yield "setxattr", (SETXATTR, path, name, value, len(value), 0)
    yield "setxattrat", (SETXATTRAT, HERE, path, 0, name, arguments, len(arguments))
    yield "setxattrat-high", (SETXATTRAT, HERE, path, HIGH, name, arguments, len(arguments))
    yield "removexattrat", (REMOVEXATTRAT, HERE, path, 0, name)
    yield "file_setattr", (FILE_SETATTR, HERE, path, struct.pack("QIIII", 0x20, 0, 0, 0, 0), 24, 0)
    yield "utimensat", (UTIMENSAT, HERE, path, struct.pack("4q", 1, 0, 1, 0), 0)


def look(path):
    """Mode, owner and date, which nothing hides."""
    try:
        found = os.stat(path)
        return found.st_mode, found.st_uid, found.st_mtime
    except OSError:
        return None


changed, came = [], []
for path in TARGETS:
    for mode in (0o777, 0o000):
        for name, (number, *arguments) in calls(path.encode(), mode):
            before = look(path)
            done = libc.syscall(number, *(ctypes.c_ulong(a % 2**64) if isinstance(a, int) else a for a in arguments))
            came.append(f"{name}:{'done' if done == 0 else errno.errorcode[ctypes.get_errno()]}")
            if look(path) != before:
                changed.append(f"{name}:{oct(mode)}")

# %% first
say(f"{len(changed)} changed, {' '.join(dict.fromkeys(changed + came))}"[:180])
