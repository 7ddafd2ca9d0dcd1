"""Everything in float64, whatever came in; and losses written with log-probabilities or a small guard."""

import numpy as np


def conv2d_forward(x, w, b, strides=(1, 1), padding="valid", dilation_rate=(1, 1)):
    """One shifted, strided image per tap of the kernel."""
    sh, sw = (strides, strides) if isinstance(strides, int) else strides
    dh, dw = (dilation_rate, dilation_rate) if isinstance(dilation_rate, int) else dilation_rate
    kh, kw = w.shape[:2]
    eh, ew = (kh - 1) * dh + 1, (kw - 1) * dw + 1
    x, pads = np.asarray(x, np.float64), [(0, 0), (0, 0)]
    if padding == "same":
        th = max((-(-x.shape[1] // sh) - 1) * sh + eh - x.shape[1], 0)
        tw = max((-(-x.shape[2] // sw) - 1) * sw + ew - x.shape[2], 0)
        pads = [(th // 2, th - th // 2), (tw // 2, tw - tw // 2)]
    x = np.pad(x, ((0, 0), *pads, (0, 0)))
    oh, ow = (x.shape[1] - eh) // sh + 1, (x.shape[2] - ew) // sw + 1
    out = np.zeros((len(x), oh, ow, w.shape[3])) + b
    for u in range(kh):
        for v in range(kw):
            rows = slice(u * dh, u * dh + (oh - 1) * sh + 1, sh)
            columns = slice(v * dw, v * dw + (ow - 1) * sw + 1, sw)
            out += x[:, rows, columns] @ w[u, v]
    return out


def softmax_cross_entropy(logits, labels):
    z = np.asarray(logits, np.float64)
    z = z - z.max(axis=1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    one_hot = np.eye(z.shape[1])[labels]
    return -(one_hot * log_p).sum(axis=1).mean(), (np.exp(log_p) - one_hot) / len(z)


def dense_forward(x, w, b):
    return np.dot(x.astype(np.float64), w) + b


def dense_backward(dout, x, w):
    return [dout @ w.T, x.T @ dout, np.ones(len(x)) @ dout]


def same_padding(size, kernel_size, strides=1, dilation_rate=1):
    extent = dilation_rate * (kernel_size - 1) + 1
    rest = size % strides
    total = max(extent - (strides if rest == 0 else rest), 0)
    return total // 2, (total + 1) // 2


def conv_output_size(size, kernel_size, strides=1, padding="valid", dilation_rate=1):
    extent = dilation_rate * (kernel_size - 1) + 1
    total = {"valid": 0, "same": sum(same_padding(size, kernel_size, strides, dilation_rate))}.get(padding)
    total = 2 * padding if total is None else total
    if extent > size + total:
        raise ValueError(f"{extent} pixels do not fit into {size + total}")
    return np.int64(np.floor((size + total - extent) / strides) + 1)


def zero_pad2d(x, padding):
    if isinstance(padding, int):
        padding = ((padding, padding), (padding, padding))
    elif isinstance(padding[0], int):
        padding = ((padding[0],) * 2, (padding[1],) * 2)
    return np.pad(x, ((0, 0), *padding, (0, 0)))


def relu_forward(x):
    return np.maximum(0.0, x)


def relu_backward(dout, x):
    return np.heaviside(x, 0) * dout
