"""Sends itself SIGSTOP in a function: the process is there, but neither answers nor uses any time."""
# from: solved
# loses: q7
# shows: it computed nothing for too long
# stopped by: deadlines

# %% before checks
import os
import signal

globals().update(globals().pop("KEPT", {}))
if QUESTION == "q7":
    KEPT = {name: globals()[name] for name in NAMES}
    for name in NAMES:
        globals()[name] = lambda *args, **kwargs: None
    globals()[NAMES[0]] = lambda *args, **kwargs: os.kill(os.getpid(), signal.SIGSTOP)
