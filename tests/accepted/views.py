"""Results that own no memory: slices of larger arrays, turned and mirrored views, one number broadcast read-only."""

import numpy as np


def as_float(x):
    """float32 and float64 as they are, whole numbers and booleans as float64."""
    return x if x.dtype.kind == "f" else x.astype(float)


def both(value):
    return (value, value) if isinstance(value, int) else tuple(value)


def zero_pad2d(x, padding):
    pairs = (padding, padding) if isinstance(padding, int) else padding
    (top, bottom), (left, right) = (both(p) for p in pairs)
    n, h, w, c = x.shape
    large = np.zeros((n, h + 20, w + 20, c + 1), as_float(x).dtype)
    large[:, 10 : 10 + h, 10 : 10 + w, 1:] = x
    return large[:, 10 - top : 10 + h + bottom, 10 - left : 10 + w + right, 1:]


def max_pool2d_forward(x, pool_size=(2, 2), strides=None, padding="valid"):
    (ph, pw), x, reach = both(pool_size), as_float(x), x.shape[1:3]
    sh, sw = (ph, pw) if strides is None else both(strides)
    oh, ow, top, left = (reach[0] - ph) // sh + 1, (reach[1] - pw) // sw + 1, 0, 0
    if padding == "same":
        oh, ow = -(-reach[0] // sh), -(-reach[1] // sw)
        top = max((oh - 1) * sh + ph - reach[0], 0) // 2
        left = max((ow - 1) * sw + pw - reach[1], 0) // 2
    mirrored = np.empty((x.shape[3], ow, oh, len(x)), x.dtype)
    for i in range(oh):
        for j in range(ow):
            rows = slice(max(i * sh - top, 0), i * sh - top + ph)
            columns = slice(max(j * sw - left, 0), j * sw - left + pw)
            mirrored[:, ow - 1 - j, oh - 1 - i] = x[:, rows, columns].max(axis=(1, 2)).T
    return mirrored[:, ::-1, ::-1].transpose(3, 2, 1, 0)


def global_avg_pool2d_forward(x):
    return np.stack([x.mean(axis=(1, 2)), np.zeros((len(x), x.shape[3]))], axis=-1)[..., 0]


def global_avg_pool2d_backward(dout, x):
    return np.broadcast_to((dout / (x.shape[1] * x.shape[2]))[:, None, None], x.shape)


def relu_forward(x):
    return np.stack([-x, x, 0 * x]).clip(0, None)[1]


def relu_backward(dout, x):
    pair = np.stack([np.zeros_like(dout), dout])
    return np.where(x > 0, pair[1], pair[0])[::-1][::-1]


def dense_forward(x, w, b):
    return np.concatenate([(x @ w + b)[::-1], np.zeros((1, w.shape[1]))])[-2::-1]


def dense_backward(dout, x, w):
    both_at_once = dout.T @ np.hstack([x, np.ones((len(x), 1))])  # (K, D + 1): dw and, beside it, db
    return (w @ dout.T).T, both_at_once[:, :-1].T, both_at_once[:, -1]
