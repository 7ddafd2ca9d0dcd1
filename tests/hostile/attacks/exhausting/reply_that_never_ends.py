"""Answers with generators, iterators and mappings without end, and with lists that lie about their length."""
# from: solved
# loses: q7
# shows: should (be|return)
# stopped by: wire

# %% before checks
import itertools
from collections import UserDict

CALLS = itertools.count()


class Endless(list):
    """A list whose end never comes."""

    __iter__ = lambda self: itertools.repeat(0)
    __len__ = lambda self: 2**62


class Counting(dict):
    items = keys = values = __iter__ = lambda self: itertools.count()


ENDLESS = [itertools.count(), Endless(), Counting(), UserDict(), (x for x in itertools.count()), iter(int, 1), range(10**18)]
globals().update(globals().pop("KEPT", {}))  # only question 7 is to suffer
if QUESTION == "q7":
    KEPT = {name: globals()[name] for name in NAMES}
    for name in NAMES:
        globals()[name] = lambda *args, **kwargs: ENDLESS[next(CALLS) % len(ENDLESS)]
