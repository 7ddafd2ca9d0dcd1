"""Windows are separable: maxima of rows, then of columns; averages by a matrix from the left and one from the right."""

import numpy as np


def as_float(x):
    """float32 and float64 as they are, whole numbers and booleans as float64."""
    return x if x.dtype.kind == "f" else x.astype(float)


def both(value):
    return (value, value) if isinstance(value, int) else tuple(value)


def windows(n, k, s, padding):
    """(OH, H) booleans: which pixels of one axis each window sees."""
    outputs = -(-n // s) if padding == "same" else (n - k) // s + 1
    before = max((outputs - 1) * s + k - n, 0) // 2 if padding == "same" else 0
    starts = s * np.arange(outputs)[:, None] - before
    return (starts <= np.arange(n)) & (np.arange(n) < starts + k)


def both_axes(x, pool_size, strides, padding):
    size = both(pool_size)
    steps = size if strides is None else both(strides)
    return [windows(n, k, s, padding) for n, k, s in zip(x.shape[1:3], size, steps, strict=True)]


def max_pool2d_forward(x, pool_size=(2, 2), strides=None, padding="valid"):
    down, across = both_axes(x, pool_size, strides, padding)
    tall = np.stack([as_float(x)[:, seen].max(axis=1) for seen in down], axis=1)
    return np.stack([tall[:, :, seen].max(axis=2) for seen in across], axis=2)


def avg_pool2d_forward(x, pool_size=(2, 2), strides=None, padding="valid"):
    down, across = (
        seen / seen.sum(axis=1, keepdims=True) for seen in both_axes(x, pool_size, strides, padding)
    )
    return np.einsum("ih,nhwc,jw->nijc", down, x, across)


def avg_pool2d_backward(dout, x, pool_size=(2, 2), strides=None, padding="valid"):
    down, across = (
        seen / seen.sum(axis=1, keepdims=True) for seen in both_axes(x, pool_size, strides, padding)
    )
    return np.einsum("ih,nijc,jw->nhwc", down, dout, across)


def global_avg_pool2d_forward(x):
    return x.mean(axis=2).mean(axis=1)


def global_avg_pool2d_backward(dout, x):
    ones = [np.full(n, 1 / n) for n in x.shape[1:3]]
    return np.einsum("h,nc,w->nhwc", ones[0], dout, ones[1])


def pixel_uses(size, kernel_size, padding):
    seen = windows(size, kernel_size, 1, padding).astype(int)
    return np.einsum("ih,jw->hw", seen, seen)
