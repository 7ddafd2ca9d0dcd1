"""Every sum with `math.fsum`, which rounds once: closer than any other, and so different from all of them."""

import math

import numpy as np


def both(value):
    return (value, value) if isinstance(value, int) else tuple(value)


def conv2d_forward(x, w, b, strides=(1, 1), padding="valid", dilation_rate=(1, 1)):
    (sh, sw), (dh, dw), (kh, kw) = both(strides), both(dilation_rate), w.shape[:2]
    eh, ew = (kh - 1) * dh + 1, (kw - 1) * dw + 1
    if padding == "same":
        sides = ((x.shape[1], sh, eh), (x.shape[2], sw, ew))
        pads = [(t // 2, t - t // 2) for n, s, e in sides for t in [max((-(-n // s) - 1) * s + e - n, 0)]]
        x = np.pad(x, ((0, 0), *pads, (0, 0)))
    x, w = x.astype(float), w.astype(float)
    out = np.empty((len(x), (x.shape[1] - eh) // sh + 1, (x.shape[2] - ew) // sw + 1, w.shape[3]))
    for n, i, j, k in np.ndindex(out.shape):
        window = x[n, i * sh : i * sh + eh : dh, j * sw : j * sw + ew : dw]
        out[n, i, j, k] = math.fsum([*(window * w[..., k]).ravel(), b[k]])
    return out


def dense_forward(x, w, b):
    return np.array([[math.fsum([*(row * w[:, k]), b[k]]) for k in range(w.shape[1])] for row in x])


def dense_backward(dout, x, w):
    def product(a, b):
        return np.array([[math.fsum(row * column) for column in b.T] for row in a])

    return product(dout, w.T), product(x.T, dout), np.array([math.fsum(column) for column in dout.T])


def global_avg_pool2d_forward(x):
    n, h, w, c = x.shape
    return np.array([[math.fsum(x[i, ..., k].ravel()) / (h * w) for k in range(c)] for i in range(n)])


def softmax_cross_entropy(logits, labels):
    z = logits.astype(float) - logits.max(axis=1, keepdims=True)
    totals = np.array([math.fsum(np.exp(row)) for row in z])
    loss = math.fsum(np.log(totals) - z[np.arange(len(z)), labels]) / len(z)
    dlogits = np.exp(z) / totals[:, None]
    dlogits[np.arange(len(z)), labels] -= 1
    return loss, dlogits / len(z)


def gradient_of_polynomial(coefficients, x, h=1e-5):
    def f(values):
        return math.fsum(c * value**k for k, c in enumerate(coefficients) for value in values)

    flat = x.ravel().tolist()
    grad = [
        (f([*flat[:i], value + h, *flat[i + 1 :]]) - f([*flat[:i], value - h, *flat[i + 1 :]])) / (2 * h)
        for i, value in enumerate(flat)
    ]
    return np.array(grad).reshape(x.shape)
