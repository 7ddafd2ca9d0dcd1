"""float64 inside, the input's dtype outside; integers and booleans become floats by adding 0.0."""

import numpy as np


def both(value):
    return (value, value) if isinstance(value, int) else tuple(value)


def back(values, like):
    return values.astype(like.dtype if like.dtype.kind == "f" else np.float64)


def windows(x, size, strides, padding, fill, rates=(1, 1)):
    extents = [(k - 1) * d + 1 for k, d in zip(size, rates, strict=True)]
    pads = [(0, 0), (0, 0)]
    if padding == "same":
        sides = zip(x.shape[1:3], extents, strides, strict=True)
        pads = [(t // 2, t - t // 2) for n, e, s in sides for t in [max((-(-n // s) - 1) * s + e - n, 0)]]
    framed = np.pad(x + 0.0, ((0, 0), *pads, (0, 0)), constant_values=fill).astype(np.float64)
    every = np.lib.stride_tricks.sliding_window_view(framed, extents, axis=(1, 2))
    return every[:, :: strides[0], :: strides[1], :, :: rates[0], :: rates[1]]  # (N, OH, OW, C, KH, KW)


def conv2d_forward(x, w, b, strides=(1, 1), padding="valid", dilation_rate=(1, 1)):
    seen = windows(x, w.shape[:2], both(strides), padding, 0.0, both(dilation_rate))
    return back(np.tensordot(seen, w.astype(np.float64), axes=([3, 4, 5], [2, 0, 1])) + b, x)


def max_pool2d_forward(x, pool_size=(2, 2), strides=None, padding="valid"):
    size = both(pool_size)
    seen = windows(x, size, size if strides is None else both(strides), padding, -np.inf)
    return back(seen.max(axis=(4, 5)), x)


def avg_pool2d_forward(x, pool_size=(2, 2), strides=None, padding="valid"):
    size = both(pool_size)
    seen = windows(x, size, size if strides is None else both(strides), padding, np.nan)
    real = ~np.isnan(seen)
    return back(np.where(real, seen, 0).sum(axis=(4, 5)) / real.sum(axis=(4, 5)), x)


def zero_pad2d(x, padding):
    pairs = [both(p) for p in ((padding, padding) if isinstance(padding, int) else padding)]
    return np.pad(x + 0.0, ((0, 0), *pairs, (0, 0)), mode="constant")


def relu_forward(x):
    return np.where(np.less(0, x), x, 0.0)


def softmax_cross_entropy(logits, labels):
    z = logits.astype(np.float64)
    z -= z.max(axis=1, keepdims=True)
    norm = np.exp(z).sum(axis=1, keepdims=True)
    rows = (np.arange(len(z)), labels)
    d = np.exp(z) / norm
    d[rows] -= 1
    return (np.log(norm[:, 0]) - z[rows]).mean().astype(logits.dtype), back(d / len(z), logits)
