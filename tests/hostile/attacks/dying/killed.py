"""Sends itself SIGKILL in a function and SIGABRT in a cell."""
# from: solved
# loses: q7
# shows: code cell \d+ was stopped and left out: the process ended itself
# stopped by: roles

# %% before checks
import os
import signal

globals().update(globals().pop("KEPT", {}))
if QUESTION == "q7":
    KEPT = {name: globals()[name] for name in NAMES}
    for name in NAMES:
        globals()[name] = lambda *args, **kwargs: os.kill(os.getpid(), signal.SIGKILL)

# %% last
os.abort()
