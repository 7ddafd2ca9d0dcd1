"""Recurses without end: in Python with the limit taken away, in C below Python, and through __del__ and __repr__."""
# from: solved
# loses: q7
# shows: code cell \d+ was stopped and left out: (the process ended itself|it was not done)
# stopped by: roles

# %% before checks
import ctypes
import sys

globals().update(globals().pop("KEPT", {}))


def deeper(*args, **kwargs):
    sys.setrecursionlimit(10**9)
    return sorted([1, 2], key=lambda _: deeper())  # through C, where Python's own check doesn't count frames


if QUESTION == "q7":
    KEPT = {name: globals()[name] for name in NAMES}
    for name in NAMES:
        globals()[name] = deeper

# %% last
@ctypes.CFUNCTYPE(ctypes.c_int)
def below():
    return below()


sys.setrecursionlimit(10**9)
below()
