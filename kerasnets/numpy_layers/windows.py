"""The windows that a kernel or a pool looks through, as one view of the image.

`Grid.slide` gives windows[n, i, j] = what the window at output position (i, j) sees, without copying a pixel:
reading it is the forward pass, adding to the same view of an image of zeros is the backward pass.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod

from numpy.lib.stride_tricks import sliding_window_view

from kerasnets.numpy_layers.checks import Array, pair, word
from kerasnets.numpy_layers.shapes import conv_output_size, framed, same_padding

# What a block copies should still be in the cache when it is used; 1 MB beat 0.5, 2, 4 and 8 where tried.
BLOCK_BYTES = 1 << 20


@dataclass(frozen=True)
class Grid:
    """Where windows stop on an image. Pairs are (vertical, horizontal); zeros has (before, after) of each.

    >>> Grid.over((1, 5, 6, 1), (3, 3), strides=2, padding="same")
    Grid(image=(5, 6), size=(3, 3), strides=(2, 2), dilation=(1, 1), zeros=((1, 1), (0, 1)), outputs=(3, 3))
    """

    image: tuple[int, int]
    size: tuple[int, int]
    strides: tuple[int, int]
    dilation: tuple[int, int]
    zeros: tuple[tuple[int, int], tuple[int, int]]
    outputs: tuple[int, int]

    @classmethod
    def over(
        cls,
        shape: tuple[int, ...],
        size: tuple[int, int],
        strides: object,
        padding: object,
        dilation_rate: object = 1,
    ) -> Grid:
        """Return the grid for images of shape (N, H, W, C); ValueError where the window doesn't fit."""
        steps, rates, rule = pair("strides", strides), pair("dilation_rate", dilation_rate), word(padding)
        axes = list(zip(shape[1:3], size, steps, rates, strict=True))
        zeros = [same_padding(*axis) if rule == "same" else (0, 0) for axis in axes]
        outputs = [conv_output_size(pixels, taps, step, rule, rate) for pixels, taps, step, rate in axes]
        return cls((shape[1], shape[2]), size, steps, rates, (zeros[0], zeros[1]), (outputs[0], outputs[1]))

    def frame(self, x: Array, fill: float = 0) -> Array:
        """Return x (N, H, W, C) with its border of `fill`: x itself where there is none to add."""
        (top, bottom), (left, right) = self.zeros
        return framed(x, top, bottom, left, right, fill) if any((top, bottom, left, right)) else x

    def crop(self, framed_x: Array) -> Array:
        """Return the image inside the border: the inverse of `frame`."""
        (top, _), (left, _) = self.zeros
        h, w = self.image
        return framed_x[:, top : top + h, left : left + w]

    def slide(self, framed_x: Array) -> Array:
        """Return the view (N, OH, OW, KH, KW, C) of a framed image; adding to it adds to the image."""
        (kh, kw), (sh, sw), (dh, dw) = self.size, self.strides, self.dilation
        extent = ((kh - 1) * dh + 1, (kw - 1) * dw + 1)
        every = sliding_window_view(framed_x, extent, axis=(1, 2), writeable=True)
        return every[:, ::sh, ::sw, :, ::dh, ::dw].transpose(0, 1, 2, 4, 5, 3)


def blocks(windows: Array) -> Iterator[tuple[slice, slice]]:
    """Yield (images, output rows) slices that cut windows (N, OH, OW, KH, KW, C) into pieces of about 1 MB.

    A piece is several whole images or some rows of one, so that `out[piece]` is one run of memory.

    >>> import numpy as np
    >>> windows = np.broadcast_to(0.0, (1, 40, 50, 3, 3, 8))  # 28.8 kB a row
    >>> list(blocks(windows))
    [(slice(0, 1, None), slice(0, 36, None)), (slice(0, 1, None), slice(36, 72, None))]
    """
    n, oh, *row = windows.shape
    row_bytes = prod(row) * windows.itemsize
    rows = max(1, min(oh, BLOCK_BYTES // row_bytes))
    images = max(1, BLOCK_BYTES // (oh * row_bytes))
    for first in range(0, n, images):
        for top in range(0, oh, rows):
            yield slice(first, first + images), slice(top, top + rows)
