"""Asks for eight gigabytes at once, in one array of ones."""
# from: solved
# shows: raised Ran: MemoryError
# stopped by: limits

# %% last
import numpy as np


def fill():
    array = np.empty(2**30)
    array[::512] = 1
    return f"{array.nbytes} bytes"


try:
    words = fill()
except MemoryError:
    words = "MemoryError"
say(words)
