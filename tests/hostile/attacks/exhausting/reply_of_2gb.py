"""Answers with an array of two gigabytes, then with one that just fits into what may cross."""
# from: solved
# loses: q7
# shows: it was not done|too large to hand over|the process ended itself
# stopped by: wire

# %% before checks
import itertools

import numpy as np

SIZES, CALLS = [2**28, 32 * 2**20 - 100, 2**27], itertools.count()
globals().update(globals().pop("KEPT", {}))  # only question 7 is to suffer
if QUESTION == "q7":
    KEPT = {name: globals()[name] for name in NAMES}
    for name in NAMES:
        globals()[name] = lambda *args, **kwargs: np.zeros(SIZES[next(CALLS) % 3])
