"""Answers with dicts whose keys all have one hash: tuples, big integers and floats; building one takes for ever."""
# from: solved
# loses: q7
# shows: should (be|return)|not data in the agreed form
# stopped by: wire

# %% before checks
import itertools

import numpy as np

STEP = (1 << 61) - 1  # integers that differ by it have the same hash
CALLS = itertools.count()
COLLIDING = [
    {1 + STEP * number: 0 for number in range(1000)},
    {(1 + STEP * number,): 0 for number in range(1000)},
    {np.float64(2.0**number): 0 for number in range(0, 1000, 61)},
    {"k" * number: {STEP * number: 0} for number in range(1000)},
]
globals().update(globals().pop("KEPT", {}))  # only question 7 is to suffer
if QUESTION == "q7":
    KEPT = {name: globals()[name] for name in NAMES}
    for name in NAMES:
        globals()[name] = lambda *args, **kwargs: COLLIDING[next(CALLS) % 4]
