"""Windows as a strided view; results come back as views, transposed or in Fortran order."""

import numpy as np
from numpy.lib.stride_tricks import as_strided


def as_float(x):
    """float32 and float64 as they are, whole numbers and booleans as float64."""
    return x if x.dtype.kind == "f" else x.astype(float)


def both(value):
    return (value, value) if isinstance(value, int) else tuple(value)


def view(x, size, strides):
    n, h, w, c = x.shape
    (kh, kw), (sh, sw) = size, strides
    a, b, d, e = x.strides
    shape = (n, (h - kh) // sh + 1, (w - kw) // sw + 1, kh, kw, c)
    return as_strided(x, shape, (a, b * sh, d * sw, b, d, e))


def framed(x, size, strides, padding, fill):
    pads = [(0, 0), (0, 0)]
    if padding == "same":
        totals = [
            max((-(-n // s) - 1) * s + k - n, 0) for n, k, s in zip(x.shape[1:3], size, strides, strict=True)
        ]
        pads = [(t // 2, t - t // 2) for t in totals]
    return np.pad(as_float(x), ((0, 0), *pads, (0, 0)), constant_values=fill)


def max_pool2d_forward(x, pool_size=(2, 2), strides=None, padding="valid"):
    size = both(pool_size)
    steps = size if strides is None else both(strides)
    out = view(framed(x, size, steps, padding, -np.inf), size, steps).max(axis=(3, 4))
    return np.asfortranarray(out)


def avg_pool2d_forward(x, pool_size=(2, 2), strides=None, padding="valid"):
    size = both(pool_size)
    steps = size if strides is None else both(strides)
    return np.nanmean(view(framed(x, size, steps, padding, np.nan), size, steps), axis=(3, 4))


def conv2d_forward(x, w, b, strides=(1, 1), padding="valid", dilation_rate=(1, 1)):
    rates = both(dilation_rate)
    kernel = np.zeros(
        ((w.shape[0] - 1) * rates[0] + 1, (w.shape[1] - 1) * rates[1] + 1, *w.shape[2:]), w.dtype
    )
    kernel[:: rates[0], :: rates[1]] = w
    size, steps = kernel.shape[:2], both(strides)
    windows = view(framed(x, size, steps, padding, 0), size, steps)
    out = np.tensordot(kernel, windows, axes=([0, 1, 2], [3, 4, 5]))  # (K, N, OH, OW)
    return np.moveaxis(out + b[:, None, None, None], 0, -1)


def relu_forward(x):
    return np.asfortranarray(np.where(x > 0, x, 0))


def relu_backward(dout, x):
    return (x > 0) * dout


def dense_forward(x, w, b):
    return (w.T @ x.T + b[:, None]).T
