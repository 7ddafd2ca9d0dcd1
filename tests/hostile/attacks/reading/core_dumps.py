"""Makes processes leave a core file: a child of its own, and, by a signal that dumps, the one that forked it, which holds what
others left; then looks for core files where systems put them."""
# from: solved
# shows: raised Ran: \[\] in 0 cores, .*(PermissionError|ValueError)
# tried: file
# stopped by: limits, uid, seccomp

# %% last
import glob
import os
import re
import resource
import signal
import time

TELLING = rb"memory-2f9c41d[7]-5d1b|token-2f9c41d[7]|check_draw[n]|bystande[r]-\w"


def abort_a_child():
    child = os.fork()
    if child == 0:
        os.abort()
    return "dumped" if os.WCOREDUMP(os.waitpid(child, 0)[1]) else "not dumped"


def abort_the_parent():
    if os.getuid() == 0:
        raise PermissionError("not as root: that may be somebody else's process")
    os.kill(os.getppid(), signal.SIGABRT)


came = [
    attempt(resource.setrlimit, resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)),
    attempt(open, "/proc/self/coredump_filter", "w"),
    attempt(open, "/proc/sys/kernel/core_pattern", "w"),
    attempt(abort_a_child),
    attempt(abort_the_parent),
]
time.sleep(0.2)
cores, loot = 0, set()
for pattern in ("core*", "../core*", "/tmp/core*", "/var/crash/*", "/var/lib/systemd/coredump/*", f"{STAGE}/core*"):
    for path in glob.glob(pattern):
        try:
            with open(path, "rb") as file:
                loot |= {match.decode() for match in re.findall(TELLING, file.read(2**28))}
            cores += 1
        except OSError as error:
            came.append(type(error).__name__)
say(f"{sorted(loot)} in {cores} cores, {' '.join(came)}")
