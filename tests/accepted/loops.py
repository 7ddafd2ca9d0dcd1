"""Nested loops, as in a first lecture: one output pixel at a time."""

import math

import numpy as np


def as_float(x):
    """float32 and float64 as they are, whole numbers and booleans as float64."""
    return x if x.dtype.kind == "f" else x.astype(float)


def both(value):
    return (value, value) if isinstance(value, int) else tuple(value)


def conv_output_size(size, kernel_size, strides=1, padding="valid", dilation_rate=1):
    if padding == "same":
        return math.ceil(size / strides)
    p = 0 if padding == "valid" else padding
    if (kernel_size - 1) * dilation_rate >= size + 2 * p:
        raise ValueError("the window doesn't fit")
    count, start = 0, -p
    while start + (kernel_size - 1) * dilation_rate <= size + p - 1:
        count, start = count + 1, start + strides
    return count


def same_padding(size, kernel_size, strides=1, dilation_rate=1):
    last_start = (math.ceil(size / strides) - 1) * strides
    total = max(0, last_start + (kernel_size - 1) * dilation_rate + 1 - size)
    return total // 2, total - total // 2


def zero_pad2d(x, padding):
    vertical, horizontal = padding if isinstance(padding, tuple) else (padding, padding)
    (top, bottom), (left, right) = both(vertical), both(horizontal)
    n, h, w, c = x.shape
    out = np.zeros((n, h + top + bottom, w + left + right, c), as_float(x).dtype)
    for i in range(h):
        for j in range(w):
            out[:, i + top, j + left] = x[:, i, j]
    return out


def geometry(x, size, strides, padding, dilation=1):
    """Zeros before, and the output's size, along both axes."""
    steps, rates = both(strides), both(dilation)
    before, outputs = [], []
    for axis in (0, 1):
        n, k, s, d = x.shape[1 + axis], size[axis], steps[axis], rates[axis]
        before.append(same_padding(n, k, s, d)[0] if padding == "same" else 0)
        outputs.append(conv_output_size(n, k, s, padding, d))
    return before, outputs, steps, rates


def conv2d_forward(x, w, b, strides=(1, 1), padding="valid", dilation_rate=(1, 1)):
    (top, left), (oh, ow), (sh, sw), (dh, dw) = geometry(x, w.shape[:2], strides, padding, dilation_rate)
    out = np.zeros((len(x), oh, ow, w.shape[3]), as_float(x).dtype)
    for i in range(oh):
        for j in range(ow):
            total = b
            for u in range(w.shape[0]):
                for v in range(w.shape[1]):
                    row, column = i * sh + u * dh - top, j * sw + v * dw - left
                    if 0 <= row < x.shape[1] and 0 <= column < x.shape[2]:
                        total = total + x[:, row, column] @ w[u, v]
            out[:, i, j] = total
    return out


def conv2d_backward(dout, x, w, strides=(1, 1), padding="valid", dilation_rate=(1, 1)):
    (top, left), (oh, ow), (sh, sw), (dh, dw_) = geometry(x, w.shape[:2], strides, padding, dilation_rate)
    dx, dw, db = np.zeros_like(x), np.zeros_like(w), np.zeros(w.shape[3], w.dtype)
    for i in range(oh):
        for j in range(ow):
            db += dout[:, i, j].sum(axis=0)
            for u in range(w.shape[0]):
                for v in range(w.shape[1]):
                    row, column = i * sh + u * dh - top, j * sw + v * dw_ - left
                    if 0 <= row < x.shape[1] and 0 <= column < x.shape[2]:
                        dx[:, row, column] += dout[:, i, j] @ w[u, v].T
                        dw[u, v] += x[:, row, column].T @ dout[:, i, j]
    return dx, dw, db


def windows(x, pool_size, strides, padding):
    """Per output position: its index and the slices of the real pixels that it sees."""
    size = both(pool_size)
    (top, left), (oh, ow), (sh, sw), _ = geometry(x, size, size if strides is None else strides, padding)
    for i in range(oh):
        for j in range(ow):
            row, column = i * sh - top, j * sw - left
            yield i, j, slice(max(row, 0), row + size[0]), slice(max(column, 0), column + size[1])


def pool(x, pool_size, strides, padding, function):
    seen = list(windows(x, pool_size, strides, padding))
    out = np.zeros((len(x), seen[-1][0] + 1, seen[-1][1] + 1, x.shape[3]), as_float(x).dtype)
    for i, j, rows, columns in seen:
        out[:, i, j] = function(x[:, rows, columns], axis=(1, 2))
    return out


def max_pool2d_forward(x, pool_size=(2, 2), strides=None, padding="valid"):
    return pool(x, pool_size, strides, padding, np.max)


def avg_pool2d_forward(x, pool_size=(2, 2), strides=None, padding="valid"):
    return pool(x, pool_size, strides, padding, np.mean)


def max_pool2d_backward(dout, x, pool_size=(2, 2), strides=None, padding="valid"):
    dx = np.zeros_like(x)
    for i, j, rows, columns in windows(x, pool_size, strides, padding):
        for n in range(len(x)):
            for c in range(x.shape[3]):
                window = x[n, rows, columns, c]
                u, v = np.unravel_index(np.argmax(window), window.shape)
                dx[n, rows, columns, c][u, v] += dout[n, i, j, c]
    return dx


def avg_pool2d_backward(dout, x, pool_size=(2, 2), strides=None, padding="valid"):
    dx = np.zeros_like(x)
    for i, j, rows, columns in windows(x, pool_size, strides, padding):
        count = x[0, rows, columns, 0].size
        dx[:, rows, columns] += dout[:, i : i + 1, j : j + 1] / count
    return dx


def global_avg_pool2d_forward(x):
    out = np.zeros((x.shape[0], x.shape[3]), x.dtype)
    for i in range(x.shape[1]):
        for j in range(x.shape[2]):
            out += x[:, i, j]
    return out / (x.shape[1] * x.shape[2])


def global_avg_pool2d_backward(dout, x):
    dx = np.zeros_like(x)
    for i in range(x.shape[1]):
        for j in range(x.shape[2]):
            dx[:, i, j] = dout / (x.shape[1] * x.shape[2])
    return dx


def dense_forward(x, w, b):
    out = np.zeros((x.shape[0], w.shape[1]), x.dtype)
    for n in range(x.shape[0]):
        for k in range(w.shape[1]):
            out[n, k] = sum(x[n, d] * w[d, k] for d in range(x.shape[1])) + b[k]
    return out


def dense_backward(dout, x, w):
    dx, dw, db = np.zeros_like(x), np.zeros_like(w), np.zeros(w.shape[1], w.dtype)
    for n in range(x.shape[0]):
        for k in range(w.shape[1]):
            dx[n] += dout[n, k] * w[:, k]
            dw[:, k] += dout[n, k] * x[n]
            db[k] += dout[n, k]
    return dx, dw, db


def relu_forward(x):
    out = x.copy()
    for i in np.ndindex(x.shape):
        out[i] = x[i] if x[i] > 0 else 0
    return out


def relu_backward(dout, x):
    dx = dout.copy()
    dx[x <= 0] = 0
    return dx


def softmax_cross_entropy(logits, labels):
    loss, dlogits = 0.0, np.zeros_like(logits)
    for n, (row, label) in enumerate(zip(logits, labels, strict=True)):
        e = np.exp(row - row.max())
        loss += math.log(e.sum()) - (row[label] - row.max())
        dlogits[n] = e / e.sum()
        dlogits[n, label] -= 1
    return loss / len(logits), dlogits / len(logits)


def sgd_step(params, grads, learning_rate):
    new = {}
    for name in params:
        new[name] = params[name] - learning_rate * grads[name]
    return new


def gradient_of_polynomial(coefficients, x, h=1e-5):
    def f(at):
        return sum(c * np.sum(at**k) for k, c in enumerate(coefficients))

    grad = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        e = np.zeros(x.shape)
        e[i] = h
        grad[i] = (f(x + e) - f(x - e)) / (2 * h)
    return grad
