"""Answers with object arrays and objects that claim to be arrays, whose elements agree with every comparison."""
# shows: raised Ran: claims to be ndarray, equals 7: True
# stopped by: wire

# %% before checks
import numpy as np


class Yes:
    """Equal to everything, not larger than anything, distance 0 from all."""

    __eq__ = __le__ = __lt__ = __ge__ = __gt__ = lambda self, other: True
    __sub__ = __rsub__ = __abs__ = __invert__ = __array_wrap__ = lambda self, *other: self
    __hash__ = lambda self: 0
    __float__ = __bool__ = __int__ = lambda self: 0
    __class__ = np.ndarray  # what isinstance() is told
    shape, ndim, dtype, size = (), 0, np.dtype(float), 1

    def __array__(self, *args, **kwargs):
        return np.array([Yes.__new__(Yes)], dtype=object)

    def __getattr__(self, name):
        return self


TURN = iter(range(10**6))
ANSWERS = [Yes(), np.array([Yes()], dtype=object), np.array(Yes.__new__(Yes), dtype=object), (Yes(), Yes()), [Yes()],
           {"loss": Yes()}, np.full((2, 2), None), np.ma.masked_all((2, 2)), np.ma.masked]  # fmt: skip
for name in NAMES:
    globals()[name] = lambda *args, **kwargs: ANSWERS[next(TURN) % len(ANSWERS)]

# %% last
say(f"claims to be {Yes().__class__.__name__}, equals 7: {Yes() == 7}")
