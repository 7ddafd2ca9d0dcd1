"""Row by row with `np.correlate`, every position; the strides pick theirs at the end."""

import numpy as np


def both(value):
    return (value, value) if isinstance(value, int) else tuple(value)


def conv2d_forward(x, w, b, strides=(1, 1), padding="valid", dilation_rate=(1, 1)):
    (sh, sw), (dh, dw) = both(strides), both(dilation_rate)
    kernel = np.zeros(((w.shape[0] - 1) * dh + 1, (w.shape[1] - 1) * dw + 1, *w.shape[2:]), float)
    kernel[::dh, ::dw] = w
    pads = [(0, 0), (0, 0)]
    if padding == "same":
        sides = zip(x.shape[1:3], (sh, sw), kernel.shape[:2], strict=True)
        totals = [max((-(-n // s) - 1) * s + k - n, 0) for n, s, k in sides]
        pads = [(t // 2, t - t // 2) for t in totals]
    x = np.pad(x.astype(float), ((0, 0), *pads, (0, 0)))
    kh, kw, channels, filters = kernel.shape
    out = np.zeros((len(x), x.shape[1] - kh + 1, x.shape[2] - kw + 1, filters))
    for n, i, k in np.ndindex(len(x), out.shape[1], filters):
        out[n, i, :, k] = b[k] + sum(
            np.correlate(x[n, i + u, :, c], kernel[u, :, c, k], "valid")
            for u in range(kh)
            for c in range(channels)
        )
    return out[:, ::sh, ::sw]


def pixel_uses(size, kernel_size, padding):
    reach = kernel_size // 2
    starts = size if padding == "same" else size - kernel_size + 1
    along = np.convolve(np.ones(starts, int), np.ones(kernel_size, int), "full")
    if padding == "same":
        along = along[reach : reach + size]
    return along[:, None] * along[None, :]
