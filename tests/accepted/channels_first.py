"""Channels first inside, as PyTorch stores them; the axes are exchanged on the way in and on the way out."""

import numpy as np


def as_float(x):
    """float32 and float64 as they are, whole numbers and booleans as float64."""
    return x if x.dtype.kind == "f" else x.astype(float)


def both(value):
    return (value, value) if isinstance(value, int) else tuple(value)


def framed(x, size, strides, padding, fill=0.0):
    """x is (N, C, H, W) here."""
    pads = [(0, 0), (0, 0)]
    if padding == "same":
        sides = zip(x.shape[2:], size, strides, strict=True)
        totals = [max((-(-n // s) - 1) * s + k - n, 0) for n, k, s in sides]
        pads = [(t // 2, t - t // 2) for t in totals]
    return np.pad(x, ((0, 0), (0, 0), *pads), constant_values=fill), pads


def conv2d_forward(x, w, b, strides=(1, 1), padding="valid", dilation_rate=(1, 1)):
    (sh, sw), (dh, dw) = both(strides), both(dilation_rate)
    x, w = np.moveaxis(as_float(x), 3, 1), w.transpose(3, 2, 0, 1)  # (N, C, H, W), (K, C, KH, KW)
    eh, ew = (w.shape[2] - 1) * dh + 1, (w.shape[3] - 1) * dw + 1
    x, _ = framed(x, (eh, ew), (sh, sw), padding)
    oh, ow = (x.shape[2] - eh) // sh + 1, (x.shape[3] - ew) // sw + 1
    out = np.empty((len(x), len(w), oh, ow), x.dtype)
    for i in range(oh):
        for j in range(ow):
            window = x[:, None, :, i * sh : i * sh + eh : dh, j * sw : j * sw + ew : dw]
            out[:, :, i, j] = (window * w).sum(axis=(2, 3, 4)) + b
    return out.transpose(0, 2, 3, 1)


def max_pool2d_forward(x, pool_size=(2, 2), strides=None, padding="valid"):
    (ph, pw), x = both(pool_size), np.moveaxis(as_float(x), 3, 1)
    sh, sw = (ph, pw) if strides is None else both(strides)
    x, _ = framed(x, (ph, pw), (sh, sw), padding, -np.inf)
    oh, ow = (x.shape[2] - ph) // sh + 1, (x.shape[3] - pw) // sw + 1
    out = np.empty((*x.shape[:2], oh, ow), x.dtype)
    for i in range(oh):
        for j in range(ow):
            out[:, :, i, j] = x[:, :, i * sh : i * sh + ph, j * sw : j * sw + pw].max(axis=(2, 3))
    return np.moveaxis(out, 1, 3)


def max_pool2d_backward(dout, x, pool_size=(2, 2), strides=None, padding="valid"):
    (ph, pw), height, width = both(pool_size), *x.shape[1:3]
    sh, sw = (ph, pw) if strides is None else both(strides)
    dout, (x, ((top, _), (left, _))) = (
        np.moveaxis(dout, 3, 1),
        framed(np.moveaxis(as_float(x), 3, 1), (ph, pw), (sh, sw), padding, -np.inf),
    )
    dx = np.zeros(x.shape, dout.dtype)
    for n, c, i, j in np.ndindex(dout.shape):
        window = x[n, c, i * sh : i * sh + ph, j * sw : j * sw + pw]
        u, v = divmod(int(window.argmax()), pw)
        dx[n, c, i * sh + u, j * sw + v] += dout[n, c, i, j]
    return dx[:, :, top : top + height, left : left + width].transpose(0, 2, 3, 1)


def global_avg_pool2d_forward(x):
    maps = np.moveaxis(x, 3, 1)
    return maps.reshape(*maps.shape[:2], -1).mean(axis=-1)


def global_avg_pool2d_backward(dout, x):
    n, h, w, c = x.shape
    return np.moveaxis(np.broadcast_to(dout[:, :, None, None] / (h * w), (n, c, h, w)), 1, 3)
