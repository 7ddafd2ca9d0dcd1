"""The convolution as one large matrix, doubly Toeplitz, and its gradients as products with the transpose."""

import numpy as np


def both(value):
    return (value, value) if isinstance(value, int) else tuple(value)


def taps(n, k, s, padding, d):
    """Of one axis: the outputs, and (output, tap, pixel) for every tap that meets a real pixel."""
    extent = (k - 1) * d + 1
    outputs = -(-n // s) if padding == "same" else (n - extent) // s + 1
    before = max((outputs - 1) * s + extent - n, 0) // 2 if padding == "same" else 0
    pixels = [(i, u, i * s + u * d - before) for i in range(outputs) for u in range(k)]
    return outputs, [met for met in pixels if 0 <= met[2] < n]


def places(x, w, strides, padding, dilation_rate):
    axes = zip(x.shape[1:3], w.shape[:2], both(strides), both(dilation_rate), strict=True)
    (oh, rows), (ow, columns) = (taps(n, k, s, padding, d) for n, k, s, d in axes)
    return oh, ow, rows, columns


def matrix(x, w, oh, ow, rows, columns):
    """Every pixel's weight in every output: (H·W·C, OH·OW·K)."""
    toeplitz = np.zeros((*x.shape[1:], oh, ow, w.shape[3]), w.dtype)
    for i, u, row in rows:
        for j, v, column in columns:
            toeplitz[row, column, :, i, j] = w[u, v]
    return toeplitz.reshape(x[0].size, -1)


def conv2d_forward(x, w, b, strides=(1, 1), padding="valid", dilation_rate=(1, 1)):
    oh, ow, rows, columns = places(x, w, strides, padding, dilation_rate)
    out = x.reshape(len(x), -1) @ matrix(x, w, oh, ow, rows, columns)
    return out.reshape(len(x), oh, ow, -1) + b


def conv2d_backward(dout, x, w, strides=(1, 1), padding="valid", dilation_rate=(1, 1)):
    oh, ow, rows, columns = places(x, w, strides, padding, dilation_rate)
    dx = dout.reshape(len(x), -1) @ matrix(x, w, oh, ow, rows, columns).T
    dmatrix = (x.reshape(len(x), -1).T @ dout.reshape(len(x), -1)).reshape(*x.shape[1:], *dout.shape[1:])
    dw = np.zeros_like(w)
    for i, u, row in rows:
        for j, v, column in columns:
            dw[u, v] += dmatrix[row, column, :, i, j]
    return dx.reshape(x.shape), dw, np.einsum("nijk->k", dout)
