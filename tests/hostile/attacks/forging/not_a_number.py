"""Answers with NaN and infinity, of which comparisons are neither true nor false, in the shapes of the inputs."""
# shows: raised Ran: \['-inf', 'inf', 'nan'\]
# stopped by: roles

# %% before checks
import numpy as np

TURN = iter(range(10**6))
NOTHING = [np.nan, np.inf, -np.inf]


def unknown(x=0.0, *args, **kwargs):
    value = NOTHING[next(TURN) % len(NOTHING)]
    if isinstance(x, np.ndarray) and x.dtype.kind == "f":
        return (value, np.full_like(x, value)) if len(args) == 1 else np.full_like(x, value)
    return value


for name in NAMES:
    globals()[name] = unknown

# %% last
say(f"{sorted(map(str, (unknown(), unknown(), unknown())))}")
