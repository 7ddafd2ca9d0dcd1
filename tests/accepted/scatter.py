"""The other way round: each pixel hands its share to every output that looks at it. Pooling likewise."""

import numpy as np


def both(value):
    return (value, value) if isinstance(value, int) else tuple(value)


def lookers(n, k, s, padding, d=1):
    """How many outputs an axis has, and per pixel the (output, tap) pairs that meet it."""
    extent = (k - 1) * d + 1
    outputs = -(-n // s) if padding == "same" else (n - extent) // s + 1
    before = max((outputs - 1) * s + extent - n, 0) // 2 if padding == "same" else 0
    met = [[] for _ in range(n)]
    for i in range(outputs):
        for u in range(k):
            if 0 <= i * s + u * d - before < n:
                met[i * s + u * d - before].append((i, u))
    return outputs, met


def conv2d_forward(x, w, b, strides=(1, 1), padding="valid", dilation_rate=(1, 1)):
    (sh, sw), (dh, dw) = both(strides), both(dilation_rate)
    oh, rows = lookers(x.shape[1], w.shape[0], sh, padding, dh)
    ow, columns = lookers(x.shape[2], w.shape[1], sw, padding, dw)
    out = np.tile(b.astype(np.result_type(x, w)), (len(x), oh, ow, 1))
    for row in range(x.shape[1]):
        for column in range(x.shape[2]):
            for i, u in rows[row]:
                for j, v in columns[column]:
                    out[:, i, j] += x[:, row, column] @ w[u, v]
    return out


def conv2d_backward(dout, x, w, strides=(1, 1), padding="valid", dilation_rate=(1, 1)):
    (sh, sw), (dh, dw_) = both(strides), both(dilation_rate)
    _, rows = lookers(x.shape[1], w.shape[0], sh, padding, dh)
    _, columns = lookers(x.shape[2], w.shape[1], sw, padding, dw_)
    dx, dw = np.empty(x.shape, dout.dtype), np.zeros(w.shape, dout.dtype)
    for row in range(x.shape[1]):
        for column in range(x.shape[2]):
            met = [(i, j, u, v) for i, u in rows[row] for j, v in columns[column]]
            dx[:, row, column] = sum((dout[:, i, j] @ w[u, v].T for i, j, u, v in met), np.zeros(x.shape[3]))
            for i, j, u, v in met:
                dw[u, v] += x[:, row, column].T @ dout[:, i, j]
    return dx, dw, dout.reshape(-1, dout.shape[3]).sum(axis=0)


def avg_pool2d_forward(x, pool_size=(2, 2), strides=None, padding="valid"):
    size = both(pool_size)
    steps = size if strides is None else both(strides)
    (oh, rows), (ow, columns) = (lookers(x.shape[1 + a], size[a], steps[a], padding) for a in (0, 1))
    out, count = np.zeros((len(x), oh, ow, x.shape[3])), np.zeros((1, oh, ow, 1), int)
    for row in range(x.shape[1]):
        for column in range(x.shape[2]):
            for i, _ in rows[row]:
                for j, _ in columns[column]:
                    out[:, i, j] += x[:, row, column]
                    count[:, i, j] += 1
    return out / count


def avg_pool2d_backward(dout, x, pool_size=(2, 2), strides=None, padding="valid"):
    size = both(pool_size)
    steps = size if strides is None else both(strides)
    (oh, rows), (ow, columns) = (lookers(x.shape[1 + a], size[a], steps[a], padding) for a in (0, 1))
    seen = np.outer([sum(i == o for met in rows for i, _ in met) for o in range(oh)],
                    [sum(j == o for met in columns for j, _ in met) for o in range(ow)])  # fmt: skip
    dx = np.zeros(x.shape)
    for row in range(x.shape[1]):
        for column in range(x.shape[2]):
            for i, _ in rows[row]:
                for j, _ in columns[column]:
                    dx[:, row, column] += dout[:, i, j] / seen[i, j]
    return dx
