"""Prints the hidden input, warns of it, logs it, shows it, names its process and files in its home after it."""
# shows: \w: .\w+. stopped with an exception

# %% first
import ctypes
import logging
import os
import sys
import warnings

from IPython.display import display
import json
import zipfile

from cnnchecks.values import key

KNOWN = json.loads(zipfile.ZipFile("fixtures.npz").read("index.json"))["calls"]  # the public calls
WORD = "LO" + "OT"  # what the pages are searched for; no line of this notebook has it


def is_hidden(name, args, kwargs):
    return bool(args) and key(name, args, kwargs) not in KNOWN and repr(args) != "(4, 7)"


def everywhere(words):
    yield lambda: print(words, flush=True)
    yield lambda: print(words, file=sys.__stderr__, flush=True)
    yield lambda: [os.write(number, words.encode()) for number in (0, 1, 2)]
    yield lambda: open("/dev/tty", "w").write(words)
    yield lambda: warnings.warn(words, UserWarning)
    yield lambda: logging.critical(words)
    yield lambda: display(words)
    yield lambda: sys.displayhook(words)
    yield lambda: sys.excepthook(ValueError, ValueError(words), None)
    yield lambda: ctypes.CDLL(None).prctl(15, words[:15].encode(), 0, 0, 0)
    yield lambda: open(words.replace("/", " ")[:200], "w").close()
    yield lambda: open("results.json", "w").write(words)
    yield lambda: os.rename("data.npz", words.replace("/", " ")[:200])
    yield lambda: open(f"{DROP}/{ATTACK}", "a").write(words)
    yield lambda: open(f"{STAGE}/results/{ATTACK}/feedback.html", "a").write(words)


def answering(name):
    def answer(*args, **kwargs):
        if is_hidden(name, args, kwargs):
            for way in everywhere(f"{WORD} {name} {args}"):
                attempt(way)
            raise BufferError("said everywhere")
        raise ValueError("a public call")

    return answer


# %% before checks
for name in NAMES:
    globals()[name] = answering(name)
