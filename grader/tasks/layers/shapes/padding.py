"""The zeros around an image: how many, and on which side."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from grader.cnnchecks.oracle import Rung
from grader.tasks import drawn
from grader.tasks.drawn import Case, Normal, OneOf
from grader.tasks.small import digits, shapes
from grader.tasks.task import idea, task
from grader.tasks.windows import pair
from kerasnets import numpy_layers

PADDING = "Lecture 2, Convolutional layer parameters: padding"


same_padding = task(
    hidden={
        "odd": (
            drawn.sizes("An odd kernel", (28, 5), (9, 3), (64, 7)),
            drawn.sizes("An even kernel", (28, 4), (9, 2), (64, 6)),
            drawn.sizes("A dilated kernel", (28, 3), (31, 4), dilation_rate=OneOf((2, 3))),
        ),
        "strided": (
            drawn.sizes("A stride and an even size", (28, 3, 2), (64, 5, 2), (10, 7, 2)),
            drawn.sizes("A stride and an odd size", (29, 5, 2), (65, 3, 2), (13, 4, 3)),
            drawn.sizes("A stride and an even kernel", (29, 4, 3), (11, 4, 3), (11, 6, 4)),
            drawn.sizes("A stride larger than the kernel", (30, 1, 3), (30, 2, 5), (63, 1, 3)),
        ),
    },
    small=[
        *shapes(
            (3, 3),
            (3, 2),
            (4, 4),
            (4, 3, 2),
            (5, 3, 2),
            (6, 3, 2),
            (5, 2, 2),
            (4, 2, 3),
            (5, 5, 2),
            (5, 4, 3),
        ),
        *shapes((4, 1, 2), (4, 1, 3), (5, 1, 3), (5, 2, 3)),
        *shapes((4, 2), (5, 3), (6, 3, 2), dilation_rate=2),
    ],
    labels=("before", "after"),
)(numpy_layers.same_padding)


SIDES = (1, (0, 1), (1, 0), (1, 2), ((0, 1), (0, 0)), ((1, 0), (0, 2)))
zero_pad2d = task(
    hidden={
        "sides": (
            Case("The same number on all sides", (Normal((2, 3, 4, 2)), OneOf((1, 2)))),
            Case("Other numbers above and beside", (Normal((2, 4, 3, 2)), OneOf(((1, 2), (2, 1), (0, 2))))),
            Case("Four numbers", (Normal((2, 3, 3, 1)), OneOf((((1, 2), (0, 3)), ((2, 0), (3, 1)))))),
        ),
    },
    small=[
        Rung((digits(x), p)) for x in ((1, 1, 2, 1), (1, 2, 2, 1), (1, 2, 1, 2), (2, 1, 1, 1)) for p in SIDES
    ],
)(numpy_layers.zero_pad2d)


symmetric = idea(
    "shapes.same_symmetric",
    belief="`same` puts (k - 1) // 2 zeros on either side.",
    hint="Count the zeros that the last window needs: with an even kernel or a stride it may be an odd "
    "number.",
    lecture=PADDING,
)


def span(kernel_size: int, dilation_rate: int = 1) -> int:
    """How many pixels a window covers."""
    return (kernel_size - 1) * dilation_rate + 1


@same_padding.wrongly(symmetric)
def symmetric_same_padding(size: int, kernel_size: int, strides: int = 1, dilation_rate: int = 1) -> Any:
    return ((span(kernel_size, dilation_rate) - 1) // 2,) * 2


extra_before = idea(
    "shapes.same_extra_before",
    belief="The odd zero goes before.",
    hint="Libraries differ; the rule stated here puts the odd one at the end.",
    lecture=PADDING,
)


@same_padding.wrongly(extra_before)
def extra_before_same_padding(*sizes: Any, **named: Any) -> Any:
    before, after = same_padding(*sizes, **named)
    return after, before


@same_padding.wrongly(
    idea(
        "shapes.same_as_if_stride_one",
        belief="`same` needs k - 1 zeros, whatever the stride.",
        hint="Start from the number of outputs, ceil(size / stride), and find where the last window ends.",
        lecture=PADDING,
    )
)
def stride_one(size: int, kernel_size: int, strides: int = 1, dilation_rate: int = 1) -> Any:
    return same_padding(size, kernel_size, 1, dilation_rate)


@same_padding.wrongly(
    idea(
        "shapes.same_negative",
        belief="The formula for the total needs no lower bound.",
        hint="With a stride larger than the kernel the total may fall below 0. Can padding take pixels away?",
        lecture=PADDING,
    )
)
def negative(size: int, kernel_size: int, strides: int = 1, dilation_rate: int = 1) -> Any:
    total = (math.ceil(size / strides) - 1) * strides + span(kernel_size, dilation_rate) - size
    return total // 2, total - total // 2


@same_padding.wrongly(
    idea(
        "shapes.same_dilation_ignored",
        belief="`same` depends on k, not on how far the taps are apart.",
        hint="What counts is how many pixels the window covers: (k - 1) * dilation + 1.",
        lecture=PADDING,
    )
)
def same_dilation(size: int, kernel_size: int, strides: int = 1, dilation_rate: int = 1) -> Any:
    return same_padding(size, kernel_size, strides)


def _sides(padding: Any) -> tuple[tuple[int, int], tuple[int, int]]:
    """((top, bottom), (left, right))"""
    vertical, horizontal = padding if isinstance(padding, (tuple, list)) else (padding, padding)
    return pair(vertical), pair(horizontal)


@zero_pad2d.wrongly(
    idea(
        "shapes.pad_after_only",
        belief="The zeros go below and to the right.",
        hint="A border runs around all four sides: where does the image start inside the larger array?",
        lecture=PADDING,
    )
)
def after_only(x: Any, padding: Any) -> Any:
    (top, bottom), (left, right) = _sides(padding)
    return zero_pad2d(x, ((0, top + bottom), (0, left + right)))


@zero_pad2d.wrongly(
    idea(
        "shapes.pad_every_axis",
        belief="`np.pad(x, p)` pads an image.",
        hint="It pads all four axes, images and channels too. Which two axes are spatial?",
        lecture=PADDING,
    )
)
def every_axis(x: Any, padding: Any) -> Any:
    return np.pad(x, padding)  # four numbers raise: two pairs for four axes


@zero_pad2d.wrongly(
    idea(
        "shapes.pad_edge",
        belief="The border repeats the outermost pixels.",
        hint="Zero padding means zeros.",
        lecture=PADDING,
    )
)
def edge(x: Any, padding: Any) -> Any:
    return np.pad(x, ((0, 0), *_sides(padding), (0, 0)), mode="edge")


reflected = idea(
    "shapes.pad_reflected",
    belief="The border mirrors the image.",
    hint="Zero padding means zeros.",
    lecture=PADDING,
)


@zero_pad2d.wrongly(reflected)
def reflected_zero_pad2d(x: Any, padding: Any) -> Any:
    return np.pad(x, ((0, 0), *_sides(padding), (0, 0)), mode="reflect")


@zero_pad2d.wrongly(reflected)
def reflected_zero_pad2d_2(x: Any, padding: Any) -> Any:
    return np.pad(x, ((0, 0), *_sides(padding), (0, 0)), mode="symmetric")


@zero_pad2d.wrongly(
    idea(
        "shapes.pad_always_one",
        belief="A border is one pixel wide.",
        hint="What does `padding` change in your function?",
        lecture=PADDING,
    )
)
def always_one(x: Any, padding: Any) -> Any:
    return zero_pad2d(x, 1)


@zero_pad2d.wrongly(
    idea(
        "shapes.pad_axes_exchanged",
        belief="The first number pads left and right.",
        hint="Paddings come in the order of the axes: vertical (rows) first, then horizontal.",
        lecture=PADDING,
    )
)
def axes_exchanged(x: Any, padding: Any) -> Any:
    return zero_pad2d(x, _sides(padding)[::-1])
