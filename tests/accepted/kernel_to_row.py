"""One 1×1 convolution of the whole image for each tap; the maps are then shifted and added up."""

import numpy as np


def both(value):
    return (value, value) if isinstance(value, int) else tuple(value)


def frame(x, kernel, strides, padding, rates):
    pads = [(0, 0), (0, 0)]
    extents = [(k - 1) * d + 1 for k, d in zip(kernel, rates, strict=True)]
    if padding == "same":
        sides = zip(x.shape[1:3], strides, extents, strict=True)
        totals = [max((-(-n // s) - 1) * s + e - n, 0) for n, s, e in sides]
        pads = [(t // 2, t - t // 2) for t in totals]
    framed = np.pad(x, ((0, 0), *pads, (0, 0)))
    outputs = [(n - e) // s + 1 for n, e, s in zip(framed.shape[1:3], extents, strides, strict=True)]
    return framed, pads, outputs


def conv2d_forward(x, w, b, strides=(1, 1), padding="valid", dilation_rate=(1, 1)):
    steps, rates = both(strides), both(dilation_rate)
    framed, _, (oh, ow) = frame(x, w.shape[:2], steps, padding, rates)
    out = np.zeros((len(x), oh, ow, w.shape[3]), np.result_type(x, w))
    for u, v in np.ndindex(w.shape[:2]):
        mapped = framed @ w[u, v]  # every pixel of the framed image, needed or not
        out += mapped[:, u * rates[0] :: steps[0], v * rates[1] :: steps[1]][:, :oh, :ow]
    return out + b


def conv2d_backward(dout, x, w, strides=(1, 1), padding="valid", dilation_rate=(1, 1)):
    steps, rates = both(strides), both(dilation_rate)
    framed, ((top, _), (left, _)), (oh, ow) = frame(x, w.shape[:2], steps, padding, rates)
    dframed, dw = np.zeros(framed.shape, dout.dtype), np.zeros(w.shape, dout.dtype)
    for u, v in np.ndindex(w.shape[:2]):
        there = (slice(None), slice(u * rates[0], u * rates[0] + (oh - 1) * steps[0] + 1, steps[0]),
                 slice(v * rates[1], v * rates[1] + (ow - 1) * steps[1] + 1, steps[1]))  # fmt: skip
        dframed[there] += dout @ w[u, v].T
        dw[u, v] = np.tensordot(framed[there], dout, axes=([0, 1, 2], [0, 1, 2]))
    return dframed[:, top : top + x.shape[1], left : left + x.shape[2]], dw, dout.sum(axis=(0, 1, 2))
