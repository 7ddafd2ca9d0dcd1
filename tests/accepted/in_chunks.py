"""A few patches at a time through one reused buffer, partial sums over blocks of channels: how fast code is written."""

import numpy as np


def both(value):
    return (value, value) if isinstance(value, int) else tuple(value)


def conv2d_forward(x, w, b, strides=(1, 1), padding="valid", dilation_rate=(1, 1), chunk=7):
    (sh, sw), (dh, dw), (kh, kw, channels, filters) = both(strides), both(dilation_rate), w.shape
    eh, ew = (kh - 1) * dh + 1, (kw - 1) * dw + 1
    if padding == "same":
        th = max((-(-x.shape[1] // sh) - 1) * sh + eh - x.shape[1], 0)
        tw = max((-(-x.shape[2] // sw) - 1) * sw + ew - x.shape[2], 0)
        x = np.pad(x, ((0, 0), (th // 2, th - th // 2), (tw // 2, tw - tw // 2), (0, 0)))
    n, oh, ow = len(x), (x.shape[1] - eh) // sh + 1, (x.shape[2] - ew) // sw + 1
    out = np.empty((n * oh * ow, filters), np.result_type(x, w))
    buffer = np.empty((chunk, kh, kw, channels), x.dtype)
    places = [(image, i * sh, j * sw) for image in range(n) for i in range(oh) for j in range(ow)]
    for start in range(0, len(places), chunk):
        part = places[start : start + chunk]
        for slot, (image, row, column) in enumerate(part):
            buffer[slot] = x[image, row : row + eh : dh, column : column + ew : dw]
        total = np.zeros((len(part), filters), out.dtype)
        for c in range(0, channels, 2):
            total += buffer[: len(part), ..., c : c + 2].reshape(len(part), -1) @ w[:, :, c : c + 2].reshape(
                -1, filters
            )
        np.add(total, b, out=out[start : start + len(part)])
    return out.reshape(n, oh, ow, filters)


def dense_forward(x, w, b):
    out = np.repeat(b[None].astype(x.dtype), len(x), axis=0)
    for start in range(0, x.shape[1], 2):
        out += x[:, start : start + 2] @ w[start : start + 2]
    return out


def relu_forward(x):
    out = np.array(x)
    np.maximum(out, 0, out=out)
    return out


def relu_backward(dout, x):
    dx = np.zeros_like(dout)
    np.copyto(dx, dout, where=x > 0)
    return dx


def sgd_step(params, grads, learning_rate):
    new = {name: value.copy() for name, value in params.items()}
    for name in new:
        new[name] -= np.multiply(learning_rate, grads[name])
    return new


def gradient_of_polynomial(coefficients, x, h=1e-5):
    """One entry is moved in place, on a copy, and put back."""
    at, slopes = np.array(x, float), np.empty(x.shape)

    def f():
        return sum(c * (at**k).sum() for k, c in enumerate(coefficients))

    for entry in np.ndindex(at.shape):
        kept = at[entry]
        at[entry] = kept + h
        above = f()
        at[entry] = kept - h
        slopes[entry] = (above - f()) / (2 * h)
        at[entry] = kept
    return slopes
