"""Everything in Fortran order: the arrays that come in are copied column by column, and so is what goes out."""

import numpy as np


def as_float(x):
    """float32 and float64 as they are, whole numbers and booleans as float64."""
    return x if x.dtype.kind == "f" else x.astype(float)


def both(value):
    return (value, value) if isinstance(value, int) else tuple(value)


def conv2d_forward(x, w, b, strides=(1, 1), padding="valid", dilation_rate=(1, 1)):
    (sh, sw), (dh, dw) = both(strides), both(dilation_rate)
    x, w = np.asfortranarray(as_float(x)), np.asfortranarray(w)
    eh, ew = (w.shape[0] - 1) * dh + 1, (w.shape[1] - 1) * dw + 1
    if padding == "same":
        th = max((-(-x.shape[1] // sh) - 1) * sh + eh - x.shape[1], 0)
        tw = max((-(-x.shape[2] // sw) - 1) * sw + ew - x.shape[2], 0)
        x = np.pad(x, ((0, 0), (th // 2, th - th // 2), (tw // 2, tw - tw // 2), (0, 0)))
    shape = (len(x), (x.shape[1] - eh) // sh + 1, (x.shape[2] - ew) // sw + 1, w.shape[3])
    out = np.zeros(shape, x.dtype, order="F")
    flat = w.reshape(-1, w.shape[3], order="F")
    for j in range(shape[2]):
        for i in range(shape[1]):
            window = x[:, i * sh : i * sh + eh : dh, j * sw : j * sw + ew : dw]
            out[:, i, j] = window.reshape(len(x), -1, order="F") @ flat + b
    return out


def dense_forward(x, w, b):
    return np.asfortranarray(np.asfortranarray(x) @ np.asfortranarray(w) + b)


def dense_backward(dout, x, w):
    return tuple(np.asfortranarray(a) for a in (dout @ w.T, x.T @ dout, dout.sum(axis=0)))


def zero_pad2d(x, padding):
    pairs = [padding, padding] if isinstance(padding, int) else list(padding)
    (top, bottom), (left, right) = (both(p) for p in pairs)
    n, h, w, c = x.shape
    out = np.zeros((n, top + h + bottom, left + w + right, c), x.dtype, order="F")
    out[:, top : top + h, left : left + w, :] = x
    return out


def avg_pool2d_forward(x, pool_size=(2, 2), strides=None, padding="valid"):
    (ph, pw), x = both(pool_size), np.asfortranarray(x, float)
    sh, sw = (ph, pw) if strides is None else both(strides)
    top = left = 0
    oh, ow = (x.shape[1] - ph) // sh + 1, (x.shape[2] - pw) // sw + 1
    if padding == "same":
        oh, ow = -(-x.shape[1] // sh), -(-x.shape[2] // sw)
        top = max((oh - 1) * sh + ph - x.shape[1], 0) // 2
        left = max((ow - 1) * sw + pw - x.shape[2], 0) // 2
    out = np.empty((len(x), oh, ow, x.shape[3]), order="F")
    for j in range(ow):
        for i in range(oh):
            rows = slice(max(i * sh - top, 0), i * sh - top + ph)
            columns = slice(max(j * sw - left, 0), j * sw - left + pw)
            out[:, i, j] = x[:, rows, columns].mean(axis=(1, 2))
    return out


def softmax_cross_entropy(logits, labels):
    z = np.asfortranarray((logits - logits.max(axis=1, keepdims=True)).T)  # a column for each image
    log_p = z - np.log(np.exp(z).sum(axis=0))
    images = np.arange(len(labels))
    dlogits = np.exp(log_p)
    dlogits[labels, images] -= 1
    return -log_p[labels, images].mean(), (dlogits / len(labels)).T
