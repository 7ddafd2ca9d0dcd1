"""Writes the hidden input wherever it may, leaves a child behind that goes on writing, and kills its worker: the notebook
is run again, finds what was kept, and says it in a cell, whose exception the report quotes."""
# stopped by: 0700, uid, landlock, reaping
# shows: \w: .\w+. stopped with an exception

# %% first
import glob
import os
import signal
import time
import json
import zipfile

from cnnchecks.values import key

KNOWN = json.loads(zipfile.ZipFile("fixtures.npz").read("index.json"))["calls"]  # the public calls
WORD = "LO" + "OT"  # what the pages are searched for; no line of this notebook has it


def is_hidden(name, args, kwargs):
    return bool(args) and key(name, args, kwargs) not in KNOWN and repr(args) != "(4, 7)"


MARK = "kept-" + DROP.rpartition("-")[2]
FOLDERS = [os.getcwd(), os.path.dirname(os.getcwd()), "/tmp", "/var/tmp", "/dev/shm", "/run", "/run/lock", "/var/crash"]
PLACES = [f"{DROP}/{ATTACK}-{MARK}", *(f"{folder}/{MARK}" for folder in FOLDERS), os.path.expanduser(f"~/{MARK}")]
kept = [open(path).read() for path in PLACES if os.access(path, os.R_OK)]
kept += glob.glob(f"/tmp/kerasnets-*/*/{MARK}")
if kept:
    raise Ran(kept)

# %% first
def keep(words):
    for path in PLACES:
        attempt(lambda: open(path, "w").write(words))


def leave_a_child(words):
    if os.fork() == 0:
        os.setsid()
        until = time.monotonic() + 3
        while time.monotonic() < until:
            keep(words)
            time.sleep(0.1)
        os._exit(0)


def answering(name, question):
    def answer(*args, **kwargs):
        if not is_hidden(name, args, kwargs):
            raise ValueError("a public call")
        if question != "q1":
            raise BufferError("after the restart")
        keep(f"{WORD} {name} {args}")
        attempt(leave_a_child, f"{WORD} {name} {args}")
        os.kill(os.getpid(), signal.SIGKILL)

    return answer


# %% before checks
for name in NAMES:
    globals()[name] = answering(name, QUESTION)
