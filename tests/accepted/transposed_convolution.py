"""Both gradients are convolutions again: dx of dout spread out by the strides, dw of the image with dout as kernel."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def both(value):
    return (value, value) if isinstance(value, int) else tuple(value)


def correlate(x, w):
    """(N, H, W, C) with (KH, KW, C, K), every position inside."""
    windows = sliding_window_view(x, w.shape[:2], axis=(1, 2))  # (N, OH, OW, C, KH, KW)
    return np.tensordot(windows, w, axes=([3, 4, 5], [2, 0, 1]))


def spread(a, steps, axes=(1, 2)):
    """Zeros between the neighbours: every steps-th place is one of `a`'s."""
    shape = list(a.shape)
    for axis, step in zip(axes, steps, strict=True):
        shape[axis] = (shape[axis] - 1) * step + 1
    wide = np.zeros(shape, a.dtype)
    there = [slice(None)] * a.ndim
    for axis, step in zip(axes, steps, strict=True):
        there[axis] = slice(None, None, step)
    wide[tuple(there)] = a
    return wide


def conv2d_backward(dout, x, w, strides=(1, 1), padding="valid", dilation_rate=(1, 1)):
    steps, rates = both(strides), both(dilation_rate)
    kernel = spread(w, rates, axes=(0, 1))
    pads = [(0, 0), (0, 0)]
    if padding == "same":
        sides = zip(x.shape[1:3], steps, kernel.shape[:2], strict=True)
        totals = [max((-(-n // s) - 1) * s + k - n, 0) for n, s, k in sides]
        pads = [(t // 2, t - t // 2) for t in totals]
    framed = np.pad(x, ((0, 0), *pads, (0, 0)))
    wide = spread(dout, steps)
    used = framed[:, : wide.shape[1] + kernel.shape[0] - 1, : wide.shape[2] + kernel.shape[1] - 1]
    dw = correlate(used.transpose(3, 1, 2, 0), wide.transpose(1, 2, 0, 3)).transpose(1, 2, 0, 3)
    around = ((0, 0), *((k - 1, k - 1) for k in kernel.shape[:2]), (0, 0))
    dused = correlate(np.pad(wide, around), kernel[::-1, ::-1].swapaxes(2, 3))
    dframed = np.zeros(framed.shape, dused.dtype)
    dframed[:, : used.shape[1], : used.shape[2]] = dused
    (top, _), (left, _) = pads
    dx = dframed[:, top : top + x.shape[1], left : left + x.shape[2]]
    return dx, dw[:: rates[0], :: rates[1]], dout.sum((0, 1, 2))
