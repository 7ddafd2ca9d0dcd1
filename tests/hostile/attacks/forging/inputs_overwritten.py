"""Overwrites, resizes and retypes its inputs in place, so that they equal the answer, and the answer is one of them."""
# shows: changed its input|raised Ran: overwritten
# stopped by: roles

# %% before checks
import numpy as np


def overwrite(*args, **kwargs):
    arrays = [value for value in (*args, *kwargs.values()) if isinstance(value, np.ndarray)]
    for value in (*args, *kwargs.values()):
        if isinstance(value, dict):
            arrays += value.values()
            value.clear()
    for array in arrays:
        try:
            array.flags.writeable = True
            array[...] = 0
            array.resize((1,), refcheck=False)
            array.dtype = np.int64
        except Exception:
            pass
    return arrays[0] if arrays else 0


for name in NAMES:
    globals()[name] = overwrite

# %% last
example = np.ones((2, 2))
say(f"overwritten: {overwrite(example)}")
