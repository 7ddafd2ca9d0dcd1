"""Answers with arrays of 10^12 elements that take no memory: every stride is zero."""
# from: solved
# loses: q7
# shows: it was not done|too large to hand over|the process ended itself
# stopped by: wire

# %% before checks
import numpy as np
globals().update(globals().pop("KEPT", {}))  # only question 7 is to suffer
if QUESTION == "q7":
    KEPT = {name: globals()[name] for name in NAMES}
    for name in NAMES:
        globals()[name] = lambda *args, **kwargs: np.broadcast_to(np.float64(0), (10**6, 10**6))
