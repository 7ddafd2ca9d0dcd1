"""Tidies up in the last cell: deletes NumPy's name, its helpers and a large array."""
# from: solved
# shows: raised Ran: deleted

# %% last
import numpy as np

large = np.ones(10**6)
for helper in ("pair", "as_float", "as_batch", "frame", "taps", "layers", "keras"):
    globals().pop(helper, None)
del large, np
say("deleted")
