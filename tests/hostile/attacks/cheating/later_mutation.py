"""Returns its own input, or one array over and over that a thread goes on changing, after it has set the input to what
makes that answer right."""
# shows: changed its input

# %% first
import threading
import time

import numpy as np

returned = []


def go_on():
    until = time.monotonic() + 5
    while time.monotonic() < until:
        for array in returned[-20:]:
            if isinstance(array, np.ndarray) and array.flags.writeable:
                array[...] = np.roll(array.ravel(), 1).reshape(array.shape)
        time.sleep(0.001)


def mutating(*args, **kwargs):
    for value in args:
        if isinstance(value, np.ndarray):
            value[...] = 0
        if isinstance(value, dict):
            value.clear()
    returned.append(args[0] if args else 0)
    return returned[-1]


# %% last
threading.Thread(target=go_on, daemon=True).start()

# %% before checks
for name in NAMES:
    globals()[name] = mutating
