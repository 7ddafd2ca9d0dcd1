"""Answers with an object of one of Python's own types, which of them by the hidden input, and is no function any more for
the next case."""
# shows: \w: .\w+. is not of the type, or not as many values, as asked for

# %% first
import hashlib
import json
import zipfile

from cnnchecks.values import key

KNOWN = json.loads(zipfile.ZipFile("fixtures.npz").read("index.json"))["calls"]  # the public calls
ANSWERS = [range(2), {1}, frozenset(), memoryview(b""), slice(1), iter([]), map(str, []), zip(), object(), type, print, 1j]


def is_hidden(name, args, kwargs):
    return bool(args) and key(name, args, kwargs) not in KNOWN and repr(args) != "(4, 7)"


def answering(name):
    def answer(*args, **kwargs):
        if not is_hidden(name, args, kwargs):
            raise Ran("a public call")
        return ANSWERS[hashlib.sha256(repr(args).encode()).digest()[0] % len(ANSWERS)]

    return answer


# %% before checks
for name in NAMES:
    globals()[name] = answering(name)
