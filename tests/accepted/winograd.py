"""Winograd's F(2×2, 3×3): 16 products where a loop has 36. Kernels of another size, or a stride, go tap by tap."""

import numpy as np

B = np.array([[1, 0, -1, 0], [0, 1, 1, 0], [0, -1, 1, 0], [0, 1, 0, -1]], float)
G = np.array([[1, 0, 0], [0.5, 0.5, 0.5], [0.5, -0.5, 0.5], [0, 0, 1]])
A = np.array([[1, 1, 1, 0], [0, 1, -1, -1]], float)


def as_float(x):
    """float32 and float64 as they are, whole numbers and booleans as float64."""
    return x if x.dtype.kind == "f" else x.astype(float)


def both(value):
    return (value, value) if isinstance(value, int) else tuple(value)


def conv2d_forward(x, w, b, strides=(1, 1), padding="valid", dilation_rate=(1, 1)):
    x, steps, rates = as_float(x), both(strides), both(dilation_rate)
    extents = [(k - 1) * d + 1 for k, d in zip(w.shape[:2], rates, strict=True)]
    if padding == "same":
        sides = zip(x.shape[1:3], steps, extents, strict=True)
        totals = [max((-(-n // s) - 1) * s + e - n, 0) for n, s, e in sides]
        x = np.pad(x, ((0, 0), *((t // 2, t - t // 2) for t in totals), (0, 0)))
    oh, ow = ((n - e) // s + 1 for n, e, s in zip(x.shape[1:3], extents, steps, strict=True))
    if w.shape[:2] == (3, 3) and steps == (1, 1) and rates == (1, 1):
        return tiled(x, w, oh, ow) + b
    out = np.zeros((len(x), oh, ow, w.shape[3]), x.dtype)
    for u, v in np.ndindex(w.shape[:2]):
        rows = u * rates[0] + steps[0] * np.arange(oh)
        columns = v * rates[1] + steps[1] * np.arange(ow)
        out += x[:, rows[:, None], columns] @ w[u, v]
    return out + b


def tiled(x, w, oh, ow):
    b, g, a = (matrix.astype(x.dtype) for matrix in (B, G, A))
    kernel = np.einsum("au,uvck,bv->abck", g, w, g)
    x = np.pad(x, ((0, 0), (0, oh % 2), (0, ow % 2), (0, 0)))  # whole tiles
    out = np.zeros((len(x), oh + oh % 2, ow + ow % 2, w.shape[3]), x.dtype)
    for i in range(0, oh, 2):
        for j in range(0, ow, 2):
            tile = np.einsum("ai,nijc,bj->nabc", b, x[:, i : i + 4, j : j + 4], b)
            product = np.einsum("nabc,abck->nabk", tile, kernel)
            out[:, i : i + 2, j : j + 2] = np.einsum("ia,nabk,jb->nijk", a, product, a)
    return out[:, :oh, :ow]
