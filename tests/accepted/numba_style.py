"""As one writes for a compiler: one scalar at a time, no slices, no temporaries, sums in a plain float."""

import math

import numpy as np


def as_float(x):
    """float32 and float64 as they are, whole numbers and booleans as float64."""
    return x if x.dtype.kind == "f" else x.astype(float)


def both(value):
    return (value, value) if isinstance(value, int) else tuple(value)


def window(n, k, s, padding, d=1):
    """Outputs and zeros before, along one axis."""
    extent = (k - 1) * d + 1
    if padding == "valid":
        return (n - extent) // s + 1, 0
    outputs = (n + s - 1) // s
    return outputs, max((outputs - 1) * s + extent - n, 0) // 2


def conv2d_forward(x, w, b, strides=(1, 1), padding="valid", dilation_rate=(1, 1)):
    n_images, height, width, channels = x.shape
    kh, kw, _, filters = w.shape
    (sh, sw), (dh, dw) = both(strides), both(dilation_rate)
    oh, top = window(height, kh, sh, padding, dh)
    ow, left = window(width, kw, sw, padding, dw)
    out = np.empty((n_images, oh, ow, filters), np.result_type(x, w))
    for n in range(n_images):
        for i in range(oh):
            for j in range(ow):
                for k in range(filters):
                    total = float(b[k])
                    for u in range(kh):
                        row = i * sh + u * dh - top
                        if row < 0 or row >= height:
                            continue
                        for v in range(kw):
                            column = j * sw + v * dw - left
                            if column < 0 or column >= width:
                                continue
                            for c in range(channels):
                                total += float(x[n, row, column, c]) * float(w[u, v, c, k])
                    out[n, i, j, k] = total
    return out


def max_pool2d_forward(x, pool_size=(2, 2), strides=None, padding="valid"):
    return maxima(x, pool_size, strides, padding)[0]


def max_pool2d_backward(dout, x, pool_size=(2, 2), strides=None, padding="valid"):
    dx = np.zeros(x.shape, dout.dtype)
    _, rows, columns = maxima(x, pool_size, strides, padding)
    for n, i, j, c in np.ndindex(dout.shape):
        dx[n, rows[n, i, j, c], columns[n, i, j, c], c] += dout[n, i, j, c]
    return dx


def maxima(x, pool_size, strides, padding):
    n_images, height, width, channels = x.shape
    ph, pw = both(pool_size)
    sh, sw = (ph, pw) if strides is None else both(strides)
    oh, top = window(height, ph, sh, padding)
    ow, left = window(width, pw, sw, padding)
    shape = (n_images, oh, ow, channels)
    out, rows, columns = np.empty(shape, as_float(x).dtype), np.empty(shape, int), np.empty(shape, int)
    for n, i, j, c in np.ndindex(shape):
        best, best_row, best_column = -math.inf, -1, -1
        for row in range(max(i * sh - top, 0), min(i * sh - top + ph, height)):
            for column in range(max(j * sw - left, 0), min(j * sw - left + pw, width)):
                value = float(x[n, row, column, c])
                if value > best:
                    best, best_row, best_column = value, row, column
        out[n, i, j, c], rows[n, i, j, c], columns[n, i, j, c] = best, best_row, best_column
    return out, rows, columns


def pixel_uses(size, kernel_size, padding):
    uses = np.zeros((size, size), np.int32)
    reach = kernel_size // 2 if padding == "same" else 0
    for i in range(-reach, size - kernel_size + reach + 1):
        for j in range(-reach, size - kernel_size + reach + 1):
            for u in range(kernel_size):
                for v in range(kernel_size):
                    if 0 <= i + u < size and 0 <= j + v < size:
                        uses[i + u, j + v] += 1
    return uses
