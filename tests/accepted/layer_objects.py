"""Layers as objects that remember their input; the functions asked for make one, run it forwards, and then backwards."""

import numpy as np


def as_float(x):
    """float32 and float64 as they are, whole numbers and booleans as float64."""
    return x if x.dtype.kind == "f" else x.astype(float)


def both(value):
    return (value, value) if isinstance(value, int) else tuple(value)


class Windows:
    """Where the windows lie, for convolution and pooling alike."""

    def __init__(self, size, strides, padding, rates=(1, 1)):
        self.size, self.strides, self.padding, self.rates = both(size), both(strides), padding, both(rates)

    def lay(self, x, fill=0.0):
        self.shape, pads = x.shape, []
        for n, k, s, d in zip(x.shape[1:3], self.size, self.strides, self.rates, strict=True):
            missing = max((-(-n // s) - 1) * s + (k - 1) * d + 1 - n, 0) if self.padding == "same" else 0
            pads.append((missing // 2, missing - missing // 2))
        self.before = [before for before, _ in pads]
        self.framed = np.pad(x, ((0, 0), *pads, (0, 0)), constant_values=fill)
        self.outputs = tuple(
            (n - (k - 1) * d - 1) // s + 1
            for n, k, s, d in zip(self.framed.shape[1:3], self.size, self.strides, self.rates, strict=True)
        )
        return self

    def __iter__(self):
        (sh, sw), (dh, dw), (kh, kw) = self.strides, self.rates, self.size
        for i, j in np.ndindex(self.outputs):
            yield (
                (slice(None), i, j),
                (
                    slice(None),
                    slice(i * sh, i * sh + (kh - 1) * dh + 1, dh),
                    slice(j * sw, j * sw + (kw - 1) * dw + 1, dw),
                ),
            )

    def crop(self, dframed):
        (top, left), (_, h, w, _) = self.before, self.shape
        return dframed[:, top : top + h, left : left + w]


class Conv2D:
    def __init__(self, w, b, *how):
        self.w, self.b, self.windows = w, b, Windows(w.shape[:2], how[0], how[1], how[2])

    def forward(self, x):
        seen = self.windows.lay(x)
        out = np.zeros((len(x), *seen.outputs, self.w.shape[3]), x.dtype)
        for here, there in seen:
            out[here] = np.tensordot(seen.framed[there], self.w, 3) + self.b
        return out

    def backward(self, dout, x):
        seen = self.windows.lay(x)
        dframed, dw = np.zeros_like(seen.framed), np.zeros_like(self.w)
        for here, there in seen:
            dframed[there] += np.tensordot(dout[here], self.w, axes=(1, 3))
            dw += np.tensordot(seen.framed[there], dout[here], axes=(0, 0))
        return seen.crop(dframed), dw, dout.sum(axis=0).sum(axis=0).sum(axis=0)


class Pool:
    def __init__(self, size, strides, padding):
        self.windows = Windows(size, size if strides is None else strides, padding)


class MaxPool(Pool):
    def forward(self, x):
        seen = self.windows.lay(x, -np.inf)
        out = np.zeros((len(x), *seen.outputs, x.shape[3]), x.dtype)
        for here, there in seen:
            out[here] = np.amax(seen.framed[there], axis=(1, 2))
        return out

    def backward(self, dout, x):
        seen = self.windows.lay(x, -np.inf)
        dframed = np.zeros(seen.framed.shape, dout.dtype)
        for here, there in seen:
            window = seen.framed[there].reshape(len(x), -1, x.shape[3])
            chosen = np.arange(window.shape[1])[:, None] == window.argmax(axis=1)[:, None]
            shares = chosen * dout[here][:, None]
            dframed[there] += shares.reshape(seen.framed[there].shape)
        return seen.crop(dframed)


class AvgPool(Pool):
    def forward(self, x):
        seen = self.windows.lay(x, np.nan)
        out = np.zeros((len(x), *seen.outputs, x.shape[3]))
        for here, there in seen:
            out[here] = np.nanmean(seen.framed[there], axis=(1, 2))
        return out

    def backward(self, dout, x):
        seen = self.windows.lay(x, np.nan)
        dframed = np.zeros(seen.framed.shape)
        for here, there in seen:
            real = ~np.isnan(seen.framed[there])
            dframed[there] += real * dout[here][:, None, None] / real[:1, :, :, :1].sum()
        return seen.crop(dframed)


def conv2d_forward(x, w, b, strides=(1, 1), padding="valid", dilation_rate=(1, 1)):
    return Conv2D(w, b, strides, padding, dilation_rate).forward(as_float(x))


def conv2d_backward(dout, x, w, strides=(1, 1), padding="valid", dilation_rate=(1, 1)):
    return Conv2D(w, 0, strides, padding, dilation_rate).backward(dout, as_float(x))


def max_pool2d_forward(x, pool_size=(2, 2), strides=None, padding="valid"):
    return MaxPool(pool_size, strides, padding).forward(as_float(x))


def max_pool2d_backward(dout, x, pool_size=(2, 2), strides=None, padding="valid"):
    return MaxPool(pool_size, strides, padding).backward(dout, as_float(x))


def avg_pool2d_forward(x, pool_size=(2, 2), strides=None, padding="valid"):
    return AvgPool(pool_size, strides, padding).forward(as_float(x))


def avg_pool2d_backward(dout, x, pool_size=(2, 2), strides=None, padding="valid"):
    return AvgPool(pool_size, strides, padding).backward(dout, as_float(x))
