"""Last to first: taps, channels, images and windows are all visited, and added up, from the end."""

import numpy as np


def as_float(x):
    """float32 and float64 as they are, whole numbers and booleans as float64."""
    return x if x.dtype.kind == "f" else x.astype(float)


def both(value):
    return (value, value) if isinstance(value, int) else tuple(value)


def frame(x, size, strides, padding, fill=0.0):
    pads = [(0, 0), (0, 0)]
    if padding == "same":
        sides = zip(x.shape[1:3], size, strides, strict=True)
        pads = [(t // 2, t - t // 2) for n, k, s in sides for t in [max((-(-n // s) - 1) * s + k - n, 0)]]
    return np.pad(as_float(x), ((0, 0), *pads, (0, 0)), constant_values=fill), pads[0][0], pads[1][0]


def conv2d_forward(x, w, b, strides=(1, 1), padding="valid", dilation_rate=(1, 1)):
    (sh, sw), (dh, dw), (kh, kw, channels, filters) = both(strides), both(dilation_rate), w.shape
    eh, ew = (kh - 1) * dh + 1, (kw - 1) * dw + 1
    framed, _, _ = frame(x, (eh, ew), (sh, sw), padding)
    oh, ow = (framed.shape[1] - eh) // sh + 1, (framed.shape[2] - ew) // sw + 1
    out = np.zeros((len(x), oh, ow, filters), np.result_type(x, w)) + b
    for u in reversed(range(kh)):
        for v in reversed(range(kw)):
            for c in reversed(range(channels)):
                rows, columns = slice(u * dh, None, sh), slice(v * dw, None, sw)
                out += framed[:, rows, columns, c, None][:, :oh, :ow] * w[u, v, c]
    return out


def conv2d_backward(dout, x, w, strides=(1, 1), padding="valid", dilation_rate=(1, 1)):
    (sh, sw), (dh, dw_), (kh, kw) = both(strides), both(dilation_rate), w.shape[:2]
    eh, ew = (kh - 1) * dh + 1, (kw - 1) * dw_ + 1
    framed, top, left = frame(x, (eh, ew), (sh, sw), padding)
    dframed, dw, db = np.zeros_like(framed), np.zeros_like(w), np.zeros_like(w[0, 0, 0])
    for n in reversed(range(len(x))):
        for i in reversed(range(dout.shape[1])):
            for j in reversed(range(dout.shape[2])):
                there = (n, slice(i * sh, i * sh + eh, dh), slice(j * sw, j * sw + ew, dw_))
                dframed[there] = dframed[there] + w @ dout[n, i, j]
                dw = dw + np.multiply.outer(framed[there], dout[n, i, j])
                db = db + dout[n, i, j]
    return dframed[:, top : top + x.shape[1], left : left + x.shape[2]], dw, db


def max_pool2d_backward(dout, x, pool_size=(2, 2), strides=None, padding="valid"):
    size = both(pool_size)
    steps = size if strides is None else both(strides)
    framed, top, left = frame(x, size, steps, padding, -np.inf)
    dframed = np.zeros(framed.shape, dout.dtype)
    for n, i, j, c in reversed(list(np.ndindex(dout.shape))):
        window = framed[n, i * steps[0] : i * steps[0] + size[0], j * steps[1] : j * steps[1] + size[1], c]
        u, v = min(zip(*np.nonzero(window == window.max()), strict=True))
        dframed[n, i * steps[0] + u, j * steps[1] + v, c] += dout[n, i, j, c]
    return dframed[:, top : top + x.shape[1], left : left + x.shape[2]]


def dense_backward(dout, x, w):
    dx = sum(dout[:, [k]] * w[:, k] for k in reversed(range(w.shape[1])))
    dw = sum(x[n][:, None] * dout[n] for n in reversed(range(len(x))))
    return dx, dw, sum(dout[::-1])


def sgd_step(params, grads, learning_rate):
    return {name: params[name] - learning_rate * grads[name] for name in reversed(list(params))}
