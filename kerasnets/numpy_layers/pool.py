"""Pooling, forward and backward: one number for each window of each channel, and nothing to learn.

Read `conv.py` first: the windows are the same. Here they are visited tap by tap: `taps(windows)` yields what
all the windows see in their first corner, then in the next, and so on, each an image (N, OH, OW, C).

Sources: lectures 1 and 2; LeCun et al. 1998 for the average, Riesenhuber and Poggio 1999 for the maximum; Lin
et al., "Network in network", 2013, for the global average.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike

from kerasnets.numpy_layers.checks import Array, Pair, floats, need_axes, need_shape, pair
from kerasnets.numpy_layers.windows import Grid, blocks


def max_pool2d_forward(
    x: ArrayLike, pool_size: Pair = (2, 2), strides: Pair | None = None, padding: str = "valid"
) -> Array:
    """Return the largest pixel of each window, (N, OH, OW, C), for images x (N, H, W, C).

    pool_size and strides are pixels, an int or a pair (vertical, horizontal); strides default to pool_size.
    padding is "valid" or "same" (see `same_padding`); the border counts as -inf, so it is never the largest.

    float32 and float64 keep their dtype, integers and bools become float64; x isn't modified. Raises
    ValueError for an x without four axes, other dtypes, sizes or paddings, and a window larger than the
    image. Same values as tf.nn.max_pool2d.

    Lecture 1's table:

    >>> table = np.array([[2, 3, 2, 0], [5, -2, 2, 8], [-1, -6, 7, 3], [-4, -5, 4, 2]])
    >>> max_pool2d_forward(table.reshape(1, 4, 4, 1))[0, :, :, 0]
    array([[ 5.,  8.],
           [-1.,  7.]])
    """
    (x,) = floats(x=x)
    grid = _grid(x, pool_size, strides, padding)
    windows = grid.slide(grid.frame(x, fill=-np.inf))  # (N, OH, OW, PH, PW, C)
    out = np.full((len(x), *grid.outputs, x.shape[3]), -np.inf, x.dtype)  # (N, OH, OW, C)
    for block in blocks(windows):
        for pixels in taps(windows[block]):
            np.maximum(out[block], pixels, out=out[block])
    return out


def max_pool2d_backward(
    dout: ArrayLike,
    x: ArrayLike,
    pool_size: Pair = (2, 2),
    strides: Pair | None = None,
    padding: str = "valid",
) -> Array:
    """Return dx (N, H, W, C): each window sends its gradient to its largest pixel, the first of equals.

    dout (N, OH, OW, C) is the loss's gradient with respect to `max_pool2d_forward(x, pool_size, strides,
    padding)`. First means row by row, left to right, as in TensorFlow. A pixel that several windows chose
    gets the sum.

    Raises ValueError as the forward does, and for a dout that hasn't the output's shape.

    Two equal maxima, then one that two overlapping windows share:

    >>> max_pool2d_backward([[[[5.0]]]], np.array([[3, 7], [7, 1]]).reshape(1, 2, 2, 1)).ravel()
    array([0., 5., 0., 0.])
    >>> max_pool2d_backward([[[[5.0], [6.0]]]], [[[[1], [9], [2]]]], pool_size=(1, 2), strides=1).ravel()
    array([ 0., 11.,  0.])
    """
    dout, x = floats(dout=dout, x=x)
    grid = _grid(x, pool_size, strides, padding)
    need_shape("dout", dout, (len(x), *grid.outputs, x.shape[3]), "that of the forward's output")

    out = max_pool2d_forward(x, pool_size, strides, padding)
    framed = grid.frame(x, fill=np.nan)  # equal to nothing: the border is sent nothing
    dframed = np.zeros(framed.shape, x.dtype)
    windows, dwindows = grid.slide(framed), grid.slide(dframed)  # (N, OH, OW, PH, PW, C), both views
    for block in blocks(windows):
        unsent = np.ones(out[block].shape, bool)
        for pixels, dpixels in zip(taps(windows[block]), taps(dwindows[block]), strict=True):
            first = unsent & (pixels == out[block])
            dpixels += np.where(first, dout[block], 0)
            unsent &= ~first
    return grid.crop(dframed)


def avg_pool2d_forward(
    x: ArrayLike, pool_size: Pair = (2, 2), strides: Pair | None = None, padding: str = "valid"
) -> Array:
    """Return the mean of each window's pixels, (N, OH, OW, C), for images x (N, H, W, C).

    The arguments and errors are those of `max_pool2d_forward`. With padding "same" the border takes no part:
    a window in the corner divides by the number of real pixels that it sees. Same values as tf.nn.avg_pool2d.

    Lecture 2's table, then a last window that hangs over the edge and sees one pixel:

    >>> table = np.array([[8, 5, 2, 7], [1, 6, 0, 3], [2, 4, 7, 1], [5, 1, 8, 0]]).reshape(1, 4, 4, 1)
    >>> avg_pool2d_forward(table)[0, :, :, 0]
    array([[5., 3.],
           [3., 4.]])
    >>> avg_pool2d_forward([[[[2], [4]]]], pool_size=(1, 2), strides=1, padding="same").ravel()
    array([3., 4.])
    """
    (x,) = floats(x=x)
    grid = _grid(x, pool_size, strides, padding)
    windows = grid.slide(grid.frame(x))  # (N, OH, OW, PH, PW, C)
    out = np.zeros((len(x), *grid.outputs, x.shape[3]), x.dtype)  # (N, OH, OW, C)
    for block in blocks(windows):
        for pixels in taps(windows[block]):
            out[block] += pixels
    out /= _real_pixels(grid, x.dtype)
    return out


def avg_pool2d_backward(
    dout: ArrayLike,
    x: ArrayLike,
    pool_size: Pair = (2, 2),
    strides: Pair | None = None,
    padding: str = "valid",
) -> Array:
    """Return dx (N, H, W, C): each window shares its gradient out equally among its real pixels.

    dout (N, OH, OW, C) is the loss's gradient with respect to `avg_pool2d_forward(x, pool_size, strides,
    padding)`. Only the shape and dtype of x matter. Raises ValueError as `max_pool2d_backward` does.

    >>> avg_pool2d_backward([[[[4.0]]]], np.zeros((1, 2, 3, 1)))[0, :, :, 0]
    array([[1., 1., 0.],
           [1., 1., 0.]])
    """
    dout, x = floats(dout=dout, x=x)
    grid = _grid(x, pool_size, strides, padding)
    need_shape("dout", dout, (len(x), *grid.outputs, x.shape[3]), "that of the forward's output")

    dframed = np.zeros_like(grid.frame(x))
    dwindows = grid.slide(dframed)  # (N, OH, OW, PH, PW, C), a view
    shares = dout / _real_pixels(grid, x.dtype)  # (N, OH, OW, C)
    for block in blocks(dwindows):
        for dpixels in taps(dwindows[block]):
            dpixels += shares[block]
    return grid.crop(dframed)


def global_avg_pool2d_forward(x: ArrayLike) -> Array:
    """Return the mean of each channel's pixels, (N, C), for images x (N, H, W, C).

    float32 and float64 keep their dtype, integers and bools become float64. Raises ValueError for an x
    without four axes, or another dtype. Same values as keras.layers.GlobalAveragePooling2D.

    >>> global_avg_pool2d_forward(np.arange(8).reshape(1, 2, 2, 2))
    array([[3., 4.]])
    """
    (x,) = floats(x=x)
    need_axes("x", x, "N, H, W, C")
    return x.mean(axis=(1, 2))


def global_avg_pool2d_backward(dout: ArrayLike, x: ArrayLike) -> Array:
    """Return dx (N, H, W, C): every pixel of a channel gets the same share of dout (N, C).

    Only the shape and dtype of x matter. Raises ValueError as the forward does, and for a dout that isn't (N,
    C).

    >>> global_avg_pool2d_backward([[8.0]], np.zeros((1, 2, 2, 1)))[0, :, :, 0]
    array([[2., 2.],
           [2., 2.]])
    """
    dout, x = floats(dout=dout, x=x)
    need_axes("x", x, "N, H, W, C")
    n, h, w, c = x.shape
    need_shape("dout", dout, (n, c), "one number per image and channel of x")
    return np.broadcast_to(dout[:, None, None, :] / (h * w), x.shape).copy()


def taps(windows: Array) -> Iterator[Array]:
    """Yield windows[:, :, :, u, v], (N, OH, OW, C) views, row by row: the order that decides which is first.

    >>> [int(pixels.sum()) for pixels in taps(np.arange(4).reshape(1, 1, 1, 2, 2, 1))]
    [0, 1, 2, 3]
    """
    for u, v in np.ndindex(windows.shape[3:5]):
        yield windows[:, :, :, u, v]


def _real_pixels(grid: Grid, dtype: np.dtype) -> Array:
    """Return how many pixels of the image, the border left out, each window sees: (1, OH, OW, 1)."""
    return grid.slide(grid.frame(np.ones((1, *grid.image, 1), dtype))).sum(axis=(3, 4))


def _grid(x: Array, pool_size: Pair, strides: Pair | None, padding: str) -> Grid:
    need_axes("x", x, "N, H, W, C")
    size = pair("pool_size", pool_size)
    return Grid.over(x.shape, size, size if strides is None else strides, padding)
