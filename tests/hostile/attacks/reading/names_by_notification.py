"""Asks the kernel to be told of every file that is opened or made in the grading folder, in that of the submissions, of the
results and of the homes: names of files are names of students. Needs no right to open anything."""
# shows: raised Ran: \[\] of 0 folders, (\w+:\w+ ?)+
# tried: below
# stopped by: uid, seccomp

# %% first
import ctypes
import errno
import os
import re
import select
import time

libc = ctypes.CDLL(None, use_errno=True)
ALL, NONBLOCK = 0xFFF, os.O_NONBLOCK
ABOVE = os.path.dirname(os.getcwd())
FOLDERS = [f"{STAGE}/submissions", f"{STAGE}/results", STAGE, ABOVE, f"{STAGE}/results/bystander-z"]
names, watched, came = set(), 0, []

watch = libc.inotify_init1(NONBLOCK)
if watch < 0:
    came.append("init:" + errno.errorcode[ctypes.get_errno()])
for folder in FOLDERS:
    if libc.inotify_add_watch(watch, folder.encode(), ALL) >= 0:
        watched += 1
    else:
        came.append("watch:" + errno.errorcode[ctypes.get_errno()])
if libc.syscall(300 if os.uname().machine == "x86_64" else 262, 0x200, os.O_RDONLY) < 0:  # fanotify_init
    came.append("fanotify:" + errno.errorcode[ctypes.get_errno()])
else:
    came.append("fanotify:open")

until = time.monotonic() + 5
while watched and time.monotonic() < until:
    if select.select([watch], [], [], 0.5)[0]:
        words = os.read(watch, 2**16).decode("latin-1")
        names |= {name for name in re.findall(r"[\w.-]{4,}", words) if not name.startswith((ATTACK, "kerasnets-"))}

# %% first
say(f"{sorted(names)[:8]} of {watched} folders, {' '.join(dict.fromkeys(came))}")
