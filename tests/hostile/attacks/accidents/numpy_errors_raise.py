"""Lets NumPy raise on every floating-point error, in the last cell, when all its answers had been checked."""
# from: solved
# shows: raised Ran: .*raise

# %% last
import numpy as np

np.seterr(all="raise")
say(np.geterr())
