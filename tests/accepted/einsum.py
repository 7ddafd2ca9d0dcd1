"""Index notation: sliding windows and Einstein sums, forward and backward."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def both(value):
    return (value, value) if isinstance(value, int) else tuple(value)


def frame(x, size, strides, padding):
    pads = [(0, 0), (0, 0)]
    if padding == "same":
        totals = [
            max((-(-n // s) - 1) * s + k - n, 0) for n, k, s in zip(x.shape[1:3], size, strides, strict=True)
        ]
        pads = [(t // 2, t - t // 2) for t in totals]
    return np.pad(x, ((0, 0), *pads, (0, 0))), pads[0][0], pads[1][0]


def conv2d_forward(x, w, b, strides=(1, 1), padding="valid", dilation_rate=(1, 1)):
    (sh, sw), (dh, dw) = both(strides), both(dilation_rate)
    extent = ((w.shape[0] - 1) * dh + 1, (w.shape[1] - 1) * dw + 1)
    framed, _, _ = frame(x, extent, (sh, sw), padding)
    windows = sliding_window_view(framed, extent, axis=(1, 2))[:, ::sh, ::sw, :, ::dh, ::dw]
    return np.einsum("nijcuv,uvck->nijk", windows, w, optimize=True) + b


def conv2d_backward(dout, x, w, strides=(1, 1), padding="valid", dilation_rate=(1, 1)):
    (sh, sw), (dh, dw_) = both(strides), both(dilation_rate)
    kh, kw = (w.shape[0] - 1) * dh + 1, (w.shape[1] - 1) * dw_ + 1
    framed, top, left = frame(x, (kh, kw), (sh, sw), padding)
    windows = sliding_window_view(framed, (kh, kw), axis=(1, 2))[:, ::sh, ::sw, :, ::dh, ::dw_]
    dw = np.einsum("nijk,nijcuv->uvck", dout, windows)
    # dx: dout spread out by the strides, convolved in full with the kernel turned around
    n, h, wide, _ = framed.shape
    spread = np.zeros((n, h + kh - 1, wide + kw - 1, w.shape[3]), x.dtype)
    spread[:, kh - 1 :: sh, kw - 1 :: sw][:, : dout.shape[1], : dout.shape[2]] = dout
    turned = sliding_window_view(spread, (kh, kw), axis=(1, 2))[..., ::dh, ::dw_]
    dframed = np.einsum("nijkuv,uvck->nijc", turned, w[::-1, ::-1])
    return dframed[:, top : top + x.shape[1], left : left + x.shape[2]], dw, np.einsum("nijk->k", dout)


def dense_forward(x, w, b):
    return np.einsum("nd,dk->nk", x, w) + b


def dense_backward(dout, x, w):
    return np.einsum("nk,dk->nd", dout, w), np.einsum("nk,nd->dk", dout, x), np.einsum("nk->k", dout)


def global_avg_pool2d_forward(x):
    return np.einsum("nhwc->nc", x) / (x.shape[1] * x.shape[2])
