"""Reads Gradescope's submission metadata, with the names and e-mail addresses of students, wherever it may lie."""
# shows: raised Ran: \[\] .*PermissionError
# tried: file
# stopped by: landlock, uid

# %% first
import glob
import os
import re

TELLING = r"[\w.]+@[\w.]*uni\.exampl[e]|token-2f9c41d[7]"
PATHS = [f"{STAGE}/submission_metadata.json", "/autograder/submission_metadata.json", "../submission_metadata.json"]
PATHS += [f"/proc/{pid}/root{STAGE}/submission_metadata.json" for pid in ("self", os.getpid(), os.getppid())]
PATHS += [f"/proc/self/cwd/../../{STAGE}/submission_metadata.json", *glob.glob(f"{STAGE}/submission_metadata*")]


def mapped(path):
    import mmap

    with open(path, "rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)[:].decode()


def by_numpy(path):
    import numpy as np

    return bytes(np.fromfile(path, np.uint8)).decode()


loot, came = set(), []
for path in PATHS:
    for read in (lambda path: open(path).read(), mapped, by_numpy):
        try:
            loot |= set(re.findall(TELLING, read(path)))
        except Exception as error:
            came.append(type(error).__name__)

# %% last
say(f"{sorted(loot)} {' '.join(dict.fromkeys(came))}")
