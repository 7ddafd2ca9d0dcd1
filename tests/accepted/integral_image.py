"""Averages from an integral image: four corners of the running sum for each window; the gradient runs it backwards."""

import numpy as np


def both(value):
    return (value, value) if isinstance(value, int) else tuple(value)


def edges(n, k, s, padding):
    """First and last + 1 real pixel of each window along one axis."""
    outputs = -(-n // s) if padding == "same" else (n - k) // s + 1
    before = max((outputs - 1) * s + k - n, 0) // 2 if padding == "same" else 0
    starts = s * np.arange(outputs) - before
    return np.maximum(starts, 0), np.minimum(starts + k, n)


def corners(x, pool_size, strides, padding):
    size = both(pool_size)
    steps = size if strides is None else both(strides)
    return [edges(n, k, s, padding) for n, k, s in zip(x.shape[1:3], size, steps, strict=True)]


def avg_pool2d_forward(x, pool_size=(2, 2), strides=None, padding="valid"):
    (top, bottom), (left, right) = corners(x, pool_size, strides, padding)
    table = np.zeros((len(x), x.shape[1] + 1, x.shape[2] + 1, x.shape[3]))
    table[:, 1:, 1:] = np.cumsum(np.cumsum(x, axis=1, dtype=np.float64), axis=2)

    def at(rows, columns):
        return table[:, rows[:, None], columns]

    total = at(bottom, right) - at(top, right) - at(bottom, left) + at(top, left)
    return total / np.multiply.outer(bottom - top, right - left)[None, :, :, None]


def avg_pool2d_backward(dout, x, pool_size=(2, 2), strides=None, padding="valid"):
    (top, bottom), (left, right) = corners(x, pool_size, strides, padding)
    shares = dout / np.multiply.outer(bottom - top, right - left)[None, :, :, None]
    steps = np.zeros((len(x), x.shape[1] + 1, x.shape[2] + 1, x.shape[3]))
    for rows, columns, sign in ((top, left, 1), (bottom, left, -1), (top, right, -1), (bottom, right, 1)):
        np.add.at(steps, (slice(None), rows[:, None], columns), sign * shares)
    return steps.cumsum(axis=1).cumsum(axis=2)[:, :-1, :-1]


def global_avg_pool2d_forward(x):
    return x.cumsum(axis=1)[:, -1].cumsum(axis=1)[:, -1] / (x.shape[1] * x.shape[2])


def pixel_uses(size, kernel_size, padding):
    starts = np.arange(size - kernel_size + 1) if padding == "valid" else np.arange(size) - kernel_size // 2
    steps = np.zeros(size + 1, int)
    np.add.at(steps, np.maximum(starts, 0), 1)
    np.add.at(steps, np.minimum(starts + kernel_size, size), -1)
    along = steps.cumsum()[:-1]
    return np.outer(along, along)
