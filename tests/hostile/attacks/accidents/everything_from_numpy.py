"""Imports everything from NumPy and from math in the last cell, which puts other functions in the place of Python's sum,
max, min, abs, round and pow."""
# from: solved
# shows: raised Ran: <function (sum|amax|max)

# %% last
from math import *
from numpy import *

say(sum)
