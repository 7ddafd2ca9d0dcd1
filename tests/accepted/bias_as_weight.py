"""The bias is one more weight, of an input that is always 1: for dense layers a column, for convolutions a channel."""

import numpy as np


def both(value):
    return (value, value) if isinstance(value, int) else tuple(value)


def with_ones(x):
    return np.concatenate([x, np.ones((*x.shape[:-1], 1), x.dtype)], axis=-1)


def dense_forward(x, w, b):
    return with_ones(x) @ np.vstack([w, b])


def dense_backward(dout, x, w):
    gradient = with_ones(x).T @ dout
    return np.inner(dout, w), gradient[:-1], gradient[-1]


def conv2d_forward(x, w, b, strides=(1, 1), padding="valid", dilation_rate=(1, 1)):
    kh, kw, channels, filters = w.shape
    wider = np.zeros((kh, kw, channels + 1, filters), w.dtype)
    wider[:, :, :-1] = w
    wider[0, 0, -1] = b  # meets a 1 at one tap of every window, so the ones must reach under the padding
    (sh, sw), (dh, dw) = both(strides), both(dilation_rate)
    eh, ew = (kh - 1) * dh + 1, (kw - 1) * dw + 1
    pads = [(0, 0), (0, 0)]
    if padding == "same":
        sides = ((x.shape[1], sh, eh), (x.shape[2], sw, ew))
        pads = [(t // 2, t - t // 2) for n, s, e in sides for t in [max((-(-n // s) - 1) * s + e - n, 0)]]
    framed = with_ones(np.pad(x, ((0, 0), *pads, (0, 0))))
    rows = np.arange(0, framed.shape[1] - eh + 1, sh)[:, None] + dh * np.arange(kh)
    columns = np.arange(0, framed.shape[2] - ew + 1, sw)[:, None] + dw * np.arange(kw)
    patches = framed[:, rows[:, None, :, None], columns[None, :, None, :]]
    return np.tensordot(patches, wider, axes=3)


def dense_parameters(inputs, units, use_bias=True):
    return units * (inputs + 1 if use_bias else inputs)


def conv_parameters(kernel_size, in_channels, filters, use_bias=True):
    return int(np.prod(both(kernel_size)) * in_channels + int(use_bias)) * filters
