"""Binds every graded name to an array of 200 megabytes, so that whoever keeps what was handed over runs out of memory."""
# shows: should be a function
# stopped by: wire

# %% before checks
import numpy as np

LARGE = np.zeros(25 * 2**20)
for name in NAMES:
    globals()[name] = LARGE
