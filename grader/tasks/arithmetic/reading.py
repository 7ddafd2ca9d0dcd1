"""Which pixels an output reads."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.tasks.drawn import Case, OneOf, Whole
from grader.tasks.layers.shapes.padding import extra_before, same_padding, span, symmetric
from grader.tasks.layers.shapes.sizes import dilation_ignored
from grader.tasks.small import shapes
from grader.tasks.task import idea, task
from kerasnets import numpy_layers

STRIDE = "Lecture 5, Stride and dilation"
PADDING = "Lecture 2, Convolutional layer parameters: padding"
POSITION = Whole(3, 9)


@task(
    hidden={
        "valid": (
            Case("A stride", (POSITION, Whole(60, 90), 3, OneOf((2, 3)))),
            Case(
                "A dilated kernel",
                (POSITION, Whole(60, 90), OneOf((3, 5)), 2),
                (("dilation_rate", OneOf((2, 3))),),
            ),
        ),
        "number": (
            Case("A number of zeros", (POSITION, Whole(60, 90), 5, 2), (("padding", OneOf((1, 2, 3))),)),
            Case(
                "A number of zeros, a dilated kernel",
                (POSITION, Whole(60, 90), 3, 3, 2),
                (("dilation_rate", 2),),
            ),
        ),
        "same": (
            Case(
                '"same" on an even size with a stride',
                (POSITION, Whole(60, 90, 2), 5, 2),
                (("padding", "same"),),
            ),
            Case(
                '"same" with an even kernel', (POSITION, Whole(60, 90), OneOf((4, 6))), (("padding", "same"),)
            ),
            Case(
                '"same" with a dilated kernel',
                (POSITION, Whole(60, 90), 3, 1, "same", OneOf((2, 3))),
            ),
        ),
    },
    small=[
        *shapes((0, 5, 3), (1, 5, 3), (1, 5, 3, 2), (2, 6, 2, 2)),
        *shapes((0, 5, 3), (1, 5, 3, 2), padding=1),
        *shapes((0, 5, 3), (0, 6, 4), (1, 6, 4), (0, 6, 3, 2), (1, 6, 3, 2), padding="same"),
        *shapes((0, 7, 2), (1, 7, 3), (1, 8, 3, 2), dilation_rate=2),
        *shapes((1, 7, 3), padding="same", dilation_rate=2),
    ],
)
def pixels_read(
    position: int,
    size: int,
    kernel_size: int,
    strides: int = 1,
    padding: str | int = "valid",
    dilation_rate: int = 1,
) -> np.ndarray:
    """The places on an axis of `size` pixels that one output reads; those below 0, and from `size` on, are zeros.

    Lecture 1's last exercise: the same size, and other pixels.

    >>> pixels_read(0, 64, 5, 2, padding=2).tolist(), pixels_read(0, 64, 5, 2, padding="same").tolist()
    ([-2, -1, 0, 1, 2], [-1, 0, 1, 2, 3])
    """
    word = (
        numpy_layers.same_padding(size, kernel_size, strides, dilation_rate)[0]
        if padding == "same"
        else padding
    )
    before = 0 if word == "valid" else int(word)
    return position * strides - before + dilation_rate * np.arange(kernel_size)


@pixels_read.wrongly(dilation_ignored)
def dilation_ignored_pixels_read(
    position: int, size: int, kernel_size: int, strides: int = 1, padding: Any = 0, dilation_rate: int = 1
) -> Any:
    return pixels_read(position, size, kernel_size, strides, padding)


@pixels_read.wrongly(symmetric)
def symmetric_pixels_read(
    position: int, size: int, kernel_size: int, strides: int = 1, padding: Any = 0, dilation_rate: int = 1
) -> Any:
    zeros = (span(kernel_size, dilation_rate) - 1) // 2 if padding == "same" else padding
    return pixels_read(position, size, kernel_size, strides, zeros, dilation_rate)


@pixels_read.wrongly(extra_before)
def extra_before_pixels_read(
    position: int, size: int, kernel_size: int, strides: int = 1, padding: Any = 0, dilation_rate: int = 1
) -> Any:
    if padding == "same":
        padding = same_padding(size, kernel_size, strides, dilation_rate)[1]
    return pixels_read(position, size, kernel_size, strides, padding, dilation_rate)


@pixels_read.wrongly(
    idea(
        "reading.stride_ignored",
        belief="Output i begins i pixels further on than output 0.",
        hint="With stride 2 the window jumps two pixels at a time: where is it after i jumps?",
        lecture=STRIDE,
    )
)
def stride_ignored(
    position: int, size: int, kernel_size: int, strides: int = 1, *rest: Any, **named: Any
) -> Any:
    return pixels_read(position, size, kernel_size, strides, *rest, **named) - position * (strides - 1)


@pixels_read.wrongly(
    idea(
        "reading.counted_from_the_border",
        belief="The first window begins at pixel 0.",
        hint="With padding the first window begins on the zeros, to the left of pixel 0. How many of them are there?",
        lecture=PADDING,
    )
)
def counted_from_border(
    position: int, size: int, kernel_size: int, strides: int = 1, padding: Any = 0, dilation_rate: int = 1
) -> Any:
    return pixels_read(position, size, kernel_size, strides, "valid", dilation_rate)


@pixels_read.wrongly(
    idea(
        "reading.every_pixel_under_the_kernel",
        belief="A dilated kernel reads every pixel that it covers.",
        hint="A kernel of 3 taps has three weights, dilated or not. How many pixels can it multiply?",
        lecture=STRIDE,
    )
)
def whole_reach(
    position: int, size: int, kernel_size: int, strides: int = 1, padding: Any = 0, dilation_rate: int = 1
) -> Any:
    taps = pixels_read(position, size, kernel_size, strides, padding, dilation_rate)
    return np.arange(taps[0], taps[-1] + 1)


@pixels_read.wrongly(
    idea(
        "reading.dilation_moves_the_window",
        belief="Dilation spreads the windows out, as the stride does.",
        hint="Dilation is the distance of two taps of one window, the stride that of two windows.",
        lecture=STRIDE,
    )
)
def dilation_at_start(
    position: int, size: int, kernel_size: int, strides: int = 1, padding: Any = 0, dilation_rate: int = 1
) -> Any:
    taps = pixels_read(position, size, kernel_size, strides, padding, dilation_rate)
    return taps + position * strides * (dilation_rate - 1)
