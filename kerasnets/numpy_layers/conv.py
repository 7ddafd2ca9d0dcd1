"""Convolution, forward and backward.

A convolution is a matrix product in disguise ("im2col"; Chellapilla et al., "High performance convolutional
neural networks for document processing", 2006): write each patch that the kernels look at as a row of KH·KW·C
numbers and each of the K kernels as a column; then `patches @ kernels` holds every output pixel.

As everywhere in deep learning, and in lecture 2, the kernel isn't flipped: strictly this is a
cross-correlation.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from kerasnets.numpy_layers.checks import Array, Pair, floats, need_axes, need_shape
from kerasnets.numpy_layers.windows import Grid, blocks


def conv2d_forward(
    x: ArrayLike,
    w: ArrayLike,
    b: ArrayLike,
    strides: Pair = (1, 1),
    padding: str = "valid",
    dilation_rate: Pair = (1, 1),
) -> Array:
    """Return the K feature maps (N, OH, OW, K) of the images x (N, H, W, C).

        out[n, i, j, k] = b[k] + Σ x[n, i·sh + u·dh, j·sw + v·dw, c] · w[u, v, c, k]    over u, v, c

    where x already has its border of zeros. w is (KH, KW, C, K), one kernel per output channel, b is (K,).
    strides (sh, sw) and dilation_rate (dh, dw) are pixels: an int or a pair (vertical, horizontal). padding
    is "valid" (no border) or "same" (see `same_padding`); `conv_output_size` tells OH and OW.

    All float32 stays float32, anything else is computed in float64; nothing that is passed in is modified.
    Raises ValueError for shapes that don't fit together, other dtypes, strides or paddings, and for a kernel
    that covers more than the padded image. Same values as tf.nn.conv2d, and as keras.layers.Conv2D.

    Lecture 2's image and kernel; its slides compute 88, 67, 55 and 107:

    >>> x = np.array([[2, 9, 11, 22, 42], [12, 43, 2, 0, 65], [9, 87, 65, 2, 90], [21, 21, 44, 7, 2],
    ...               [45, 2, 21, 2, 0]]).reshape(1, 5, 5, 1)
    >>> w = np.array([[0, 0, 1], [1, 0, 0], [0, 0, 1]]).reshape(3, 3, 1, 1)
    >>> conv2d_forward(x, w, b=[0])[0, :, :, 0]
    array([[ 88.,  67., 134.],
           [ 55.,  94., 132.],
           [107.,  25., 134.]])
    """
    x, w, b = floats(x=x, w=w, b=b)
    grid = _grid(x, w, strides, padding, dilation_rate)
    need_shape("b", b, w.shape[3:], "one bias per kernel of w")

    windows = grid.slide(grid.frame(x))  # (N, OH, OW, KH, KW, C)
    kernels = w.reshape(-1, w.shape[3])  # (KH·KW·C, K)
    out = np.empty((len(x), *grid.outputs, w.shape[3]), x.dtype)  # (N, OH, OW, K)
    for block in blocks(windows):
        patches = windows[block].reshape(-1, len(kernels))  # (pixels, KH·KW·C): the only copy
        pixels = out[block].reshape(-1, len(b))  # (pixels, K): a view
        np.matmul(patches, kernels, out=pixels)
        pixels += b
    return out


def conv2d_backward(
    dout: ArrayLike,
    x: ArrayLike,
    w: ArrayLike,
    strides: Pair = (1, 1),
    padding: str = "valid",
    dilation_rate: Pair = (1, 1),
) -> tuple[Array, Array, Array]:
    """Return (dx, dw, db), the loss's gradients in the shapes of x, w and b.

    dout (N, OH, OW, K) is the loss's gradient with respect to the output of
    `conv2d_forward(x, w, b, strides, padding, dilation_rate)`; the same rules hold for the arguments. b isn't
    needed. Every output pixel that a number took part in sends it a gradient, and they add up:

        dw[u, v, c, k] = Σ x[n, i·sh + u·dh, j·sw + v·dw, c] · dout[n, i, j, k]          over n, i, j
        dx[n, i·sh + u·dh, j·sw + v·dw, c] += w[u, v, c, k] · dout[n, i, j, k]           for each of them
        db[k] = Σ dout[n, i, j, k]                                                       over n, i, j

    Raises ValueError as the forward does, and for a dout that hasn't the output's shape. Same values as
    tf.GradientTape's. Source: LeCun et al., "Handwritten digit recognition with a back-propagation network",
    1989.

    The middle pixel of a row of three is seen by both windows of a 1x2 kernel:

    >>> x, w = np.ones((1, 1, 3, 1)), np.array([10.0, 1.0]).reshape(1, 2, 1, 1)
    >>> dx, dw, db = conv2d_backward(np.ones((1, 1, 2, 1)), x, w)
    >>> dx.ravel(), dw.ravel(), db
    (array([10., 11.,  1.]), array([2., 2.]), array([2.]))
    """
    dout, x, w = floats(dout=dout, x=x, w=w)
    grid = _grid(x, w, strides, padding, dilation_rate)
    need_shape("dout", dout, (len(x), *grid.outputs, w.shape[3]), "that of the forward's output")

    framed = grid.frame(x)
    dframed = np.zeros(framed.shape, x.dtype)
    windows, dwindows = grid.slide(framed), grid.slide(dframed)  # (N, OH, OW, KH, KW, C), both views
    kernels = w.reshape(-1, w.shape[3])  # (KH·KW·C, K)
    dkernels = np.zeros_like(kernels)
    for block in blocks(windows):
        patches = windows[block].reshape(-1, len(kernels))  # (pixels, KH·KW·C)
        pixels = dout[block].reshape(-1, w.shape[3])  # (pixels, K)
        dkernels += patches.T @ pixels
        dpatches = (pixels @ kernels.T).reshape(windows[block].shape)
        for u, v in np.ndindex(grid.size):  # windows overlap, but no two see one pixel through one tap
            dwindows[block][:, :, :, u, v] += dpatches[:, :, :, u, v]
    return grid.crop(dframed), dkernels.reshape(w.shape), dout.sum(axis=(0, 1, 2))


def _grid(x: Array, w: Array, strides: Pair, padding: str, dilation_rate: Pair) -> Grid:
    need_axes("x", x, "N, H, W, C")
    need_axes("w", w, "KH, KW, C, K")
    kh, kw, _, k = w.shape
    need_shape("w", w, (kh, kw, x.shape[3], k), "(KH, KW, C, K) with as many channels C as x has")
    return Grid.over(x.shape, (kh, kw), strides, padding, dilation_rate)
