"""Takes time, memory and processors from the processes above it: their limits, priority, scheduling, affinity, disk priority,
and their place in the queue of those that go when memory is short."""
# from: solved
# shows: raised Ran: 0 done, .*PermissionError
# tried: file, below
# stopped by: uid, seccomp

# %% last
import ctypes
import os
import resource

libc = ctypes.CDLL(None, use_errno=True)
X86 = os.uname().machine == "x86_64"
IOPRIO, MIGRATE = (251, 256) if X86 else (30, 238)


def refused(number):
    if number < 0:
        raise OSError(ctypes.get_errno(), "refused")


def ways(pid):
    for name in ("CPU", "FSIZE", "NOFILE", "AS", "NPROC"):
        yield lambda: resource.prlimit(pid, getattr(resource, f"RLIMIT_{name}"), (1, 1))
    yield lambda: os.setpriority(os.PRIO_PROCESS, pid, 19)
    yield lambda: os.setpriority(os.PRIO_PGRP, os.getpgid(pid), 19)
    yield lambda: os.sched_setaffinity(pid, {0})
    yield lambda: os.sched_setscheduler(pid, os.SCHED_IDLE, os.sched_param(0))
    yield lambda: os.sched_setscheduler(pid, os.SCHED_BATCH, os.sched_param(0))
    yield lambda: refused(libc.syscall(IOPRIO, 1, pid, 3 << 13))
    yield lambda: refused(libc.syscall(MIGRATE, pid, 8, ctypes.byref(ctypes.c_ulong(1)), ctypes.byref(ctypes.c_ulong(2))))
    yield lambda: open(f"/proc/{pid}/oom_score_adj", "w").write("1000")
    yield lambda: open(f"/proc/{pid}/autogroup", "w").write("19")
    yield lambda: os.setpgid(pid, 0)


if os.getuid() == 0:
    raise Ran("nothing done: as root these may be somebody else's processes")
done, came = [], []
parents = [os.getppid()]
try:
    with open(f"/proc/{os.getppid()}/stat") as file:
        parents.append(int(file.read().rpartition(")")[2].split()[1]))
except OSError as error:
    came.append(type(error).__name__)
for pid in parents:
    for number, way in enumerate(ways(pid)):
        try:
            way()
            done.append(number)
        except OSError as error:
            came.append(type(error).__name__)
say(f"{len(done)} done, {' '.join(dict.fromkeys(came))} {done}")
