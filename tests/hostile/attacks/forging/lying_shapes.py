"""Answers with arrays whose shape, strides or memory lie: __array_interface__, __array__, as_strided over foreign memory."""
# shows: raised Ran: \(1000000000,\) over 8 bytes
# stopped by: wire

# %% before checks
import numpy as np
from numpy.lib.stride_tricks import as_strided


class Interface:
    """Says that it is whatever array somebody wants."""

    def __init__(self, shape):
        self.kept = np.zeros(1)
        self.__array_interface__ = {
            "shape": shape, "typestr": "<f8", "data": (self.kept.ctypes.data, False), "strides": (0,) * len(shape), "version": 3,
        }  # fmt: skip


class Shapeshifter(np.ndarray):
    """As large as it is asked to be."""

    shape = property(lambda self: (1, 2, 2, 1))
    dtype = property(lambda self: np.dtype(np.float64))
    nbytes = size = property(lambda self: 4)
    tobytes = lambda self, *args: b"\0" * 32
    __array__ = lambda self, *args, **kwargs: np.zeros(())


TURN = iter(range(10**6))
LIES = [
    lambda x: Interface((10**9,)),
    lambda x: np.zeros(4).view(Shapeshifter),
    lambda x: as_strided(np.zeros(1), (4,), (8,)),  # what lies behind it in memory
    lambda x: as_strided(np.zeros(1), (1, 2, 2, 1), (0, 0, 0, 0)),
    lambda x: np.zeros((0,) * 20),
    lambda x: np.zeros((1,) * 64),
    lambda x: x[..., ::-1].T if isinstance(x, np.ndarray) else np.empty(0),
]
for name in NAMES:
    globals()[name] = lambda x=0, *args, **kwargs: LIES[next(TURN) % len(LIES)](x)

# %% last
claimed = Interface((10**9,))
say(f"{claimed.__array_interface__['shape']} over {claimed.kept.nbytes} bytes")
