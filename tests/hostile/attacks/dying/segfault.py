"""Reads and writes memory that isn't there, in a function and in a cell."""
# from: solved
# loses: q7
# shows: code cell \d+ was stopped and left out: the process ended itself
# stopped by: roles

# %% before checks
import ctypes

globals().update(globals().pop("KEPT", {}))
if QUESTION == "q7":
    KEPT = {name: globals()[name] for name in NAMES}
    for name in NAMES:
        globals()[name] = lambda *args, **kwargs: ctypes.string_at(1)

# %% last
ctypes.memset(0, 1, 10**9)
