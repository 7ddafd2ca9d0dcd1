"""Patches as rows, kernels as columns, one matrix product; the way back is col2im."""

import numpy as np


def both(value):
    return (value, value) if isinstance(value, int) else tuple(value)


def indices(x, kernel, strides, padding, dilation):
    """Padded image, and the rows and columns that each patch reads: (OH, KH) and (OW, KW)."""
    places, pads = [], []
    for n, k, s, d in zip(x.shape[1:3], kernel, both(strides), both(dilation), strict=True):
        extent = (k - 1) * d + 1
        total = max((-(-n // s) - 1) * s + extent - n, 0) if padding == "same" else 0
        pads.append((total // 2, total - total // 2))
        count = (n + total - extent) // s + 1
        places.append(s * np.arange(count)[:, None] + d * np.arange(k)[None, :])
    return np.pad(x, ((0, 0), *pads, (0, 0))), pads, places


def conv2d_forward(x, w, b, strides=(1, 1), padding="valid", dilation_rate=(1, 1)):
    framed, _, (rows, columns) = indices(x, w.shape[:2], strides, padding, dilation_rate)
    patches = framed[:, rows[:, None, :, None], columns[None, :, None, :]]  # (N, OH, OW, KH, KW, C)
    n, oh, ow = patches.shape[:3]
    return (patches.reshape(n * oh * ow, -1) @ w.reshape(-1, w.shape[3]) + b).reshape(n, oh, ow, -1)


def conv2d_backward(dout, x, w, strides=(1, 1), padding="valid", dilation_rate=(1, 1)):
    framed, pads, (rows, columns) = indices(x, w.shape[:2], strides, padding, dilation_rate)
    at = (slice(None), rows[:, None, :, None], columns[None, :, None, :])
    flat = dout.reshape(-1, w.shape[3])
    dw = (framed[at].reshape(len(flat), -1).T @ flat).reshape(w.shape)
    dframed = np.zeros_like(framed)
    shares = (flat @ w.reshape(-1, w.shape[3]).T).reshape(framed[at].shape)
    np.add.at(dframed, at, shares)
    (top, _), (left, _) = pads
    return dframed[:, top : top + x.shape[1], left : left + x.shape[2]], dw, flat.sum(axis=0)
