"""How large the output is, and how many zeros go where.

Along one axis of `size` pixels a window of `kernel_size` taps, `dilation_rate` pixels apart, covers

    extent = (kernel_size - 1) * dilation_rate + 1

pixels. It starts at the first pixel of the padded axis, moves on by `strides`, and stops where it would stick
out:

    output = floor((size + before + after - extent) / strides) + 1

All sizes are in pixels. Sources: lecture 1 ("Size of the feature map"); Dumoulin and Visin, "A guide to
convolution arithmetic for deep learning" (2016); the padding notes of tf.nn.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from kerasnets.numpy_layers.checks import Array, floats, need_axes, pair, whole


def conv_output_size(
    size: int, kernel_size: int, strides: int = 1, padding: str | int = "valid", dilation_rate: int = 1
) -> int:
    """Return how many windows fit along one axis: the output's size along it.

    padding is "valid" (none), "same" (TensorFlow's rule, see `same_padding`) or the lectures' p, a number of
    zeros put on both sides. It holds for pooling too: a pooling window is a kernel without weights.

    Raises ValueError for sizes that aren't whole and positive, another padding, or a window that covers more
    than the padded axis.

    Lecture 1's exercise, an image of 64:

    >>> conv_output_size(64, 3), conv_output_size(64, 3, padding=1), conv_output_size(64, 3, strides=2)
    (62, 64, 31)
    >>> conv_output_size(64, 5, strides=2, padding=2), conv_output_size(64, 5, strides=2, padding="same")
    (32, 32)
    """
    size, strides = whole("size", size), whole("strides", strides)
    before, after = _padding(size, kernel_size, strides, padding, dilation_rate)
    room = size + before + after - _extent(kernel_size, dilation_rate)
    if room < 0:
        raise ValueError(
            f"the window covers {_extent(kernel_size, dilation_rate)} pixels (kernel_size {kernel_size}, "
            f"dilation_rate {dilation_rate}), but the padded input has only {size + before + after}. "
            'Use a smaller window, or padding="same".'
        )
    return room // strides + 1


def same_padding(size: int, kernel_size: int, strides: int = 1, dilation_rate: int = 1) -> tuple[int, int]:
    """Return the (before, after) zeros that "same" puts along one axis.

    "same" wants ceil(size / strides) outputs and pads just enough for the last window; when the number of
    zeros is odd, the extra one goes after. That is TensorFlow's rule, other libraries pad symmetrically.

    Raises ValueError for arguments that aren't whole and positive.

    >>> same_padding(5, 3), same_padding(5, 4), same_padding(6, 3, strides=2)
    ((1, 1), (1, 2), (0, 1))
    """
    size, strides = whole("size", size), whole("strides", strides)
    outputs = -(-size // strides)  # the ceiling of size / strides
    total = max((outputs - 1) * strides + _extent(kernel_size, dilation_rate) - size, 0)
    return total // 2, total - total // 2


def _extent(kernel_size: int, dilation_rate: int) -> int:
    return (whole("kernel_size", kernel_size) - 1) * whole("dilation_rate", dilation_rate) + 1


def _padding(
    size: int, kernel_size: int, strides: int, padding: str | int, dilation_rate: int
) -> tuple[int, int]:
    if padding == "valid":
        return 0, 0
    if padding == "same":
        return same_padding(size, kernel_size, strides, dilation_rate)
    if isinstance(padding, str | bool):
        raise ValueError(f'padding must be "valid", "same" or a number of zeros; got {padding!r}.')
    zeros = whole("padding", padding, least=0)
    return zeros, zeros


def zero_pad2d(
    x: ArrayLike, padding: int | tuple[int, int] | tuple[tuple[int, int], tuple[int, int]]
) -> Array:
    """Return the images x (N, H, W, C) inside a border of zeros.

    padding counts the border's pixels as in keras.layers.ZeroPadding2D: an int for all four sides, a pair
    (vertical, horizontal), or ((top, bottom), (left, right)). The result is always a new array.

    Raises ValueError for an x without four axes, or paddings that aren't whole numbers, 0 or more.

    >>> zero_pad2d([[[[1.0], [2.0]]]], ((0, 1), (2, 0)))[0, :, :, 0]
    array([[0., 0., 1., 2.],
           [0., 0., 0., 0.]])
    """
    (x,) = floats(x=x)
    need_axes("x", x, "N, H, W, C")
    vertical, horizontal = (
        padding if isinstance(padding, tuple | list) and len(padding) == 2 else (padding,) * 2
    )
    top, bottom = pair("padding", vertical, least=0)
    left, right = pair("padding", horizontal, least=0)
    return framed(x, top, bottom, left, right)


def framed(x: Array, top: int, bottom: int, left: int, right: int, fill: float = 0) -> Array:
    """Return a new array with x (N, H, W, C) inside a border of `fill`; the layers pad through it."""
    n, h, w, c = x.shape
    out = np.full((n, top + h + bottom, left + w + right, c), fill, x.dtype)
    out[:, top : top + h, left : left + w] = x
    return out
