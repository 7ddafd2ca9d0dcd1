"""Wrong ideas about sizes and padding."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from grader.misconceptions.idea import idea, pair
from grader.misconceptions.right import conv_output_size, same_padding, zero_pad2d

SIZE = "Lecture 1, Size of the feature map"
PADDING = "Lecture 2, Convolutional layer parameters: padding"
STRIDE = "Lecture 2, Convolutional layer parameters: stride"


def span(kernel_size: int, dilation_rate: int = 1) -> int:
    """How many pixels a window covers."""
    return (kernel_size - 1) * dilation_rate + 1


def total_zeros(size: int, kernel_size: int, strides: int, padding: Any, dilation_rate: int) -> int:
    """The zeros on both sides together."""
    if padding == "same":
        return sum(same_padding(size, kernel_size, strides, dilation_rate))
    return 0 if padding == "valid" else 2 * padding


# Output size ------------------------------------------------------------------------------------------------

ceil_for_floor = idea(
    "shapes.ceil_for_floor",
    belief="Where the steps don't come out even, the size is rounded up.",
    hint="The last window must lie inside the padded image: half a step is no step.",
    lecture=SIZE,
)
plus_one_forgotten = idea(
    "shapes.plus_one_forgotten",
    belief="The number of windows is the number of steps between them.",
    hint="A fence of n steps has one more post: count the window at the very start.",
    lecture=SIZE,
)
padding_once = idea(
    "shapes.padding_counted_once",
    belief="A padding p makes the axis p pixels longer.",
    hint="p zeros stand on either side of the axis. How long is it then?",
    lecture=SIZE,
)
padding_ignored = idea(
    "shapes.padding_ignored",
    belief="The output loses k - 1 pixels, whatever the padding.",
    hint="Put the zeros on first, then count the windows on the longer axis.",
    lecture=PADDING,
)
stride_ignored = idea(
    "shapes.stride_ignored",
    belief="The stride doesn't change how many windows there are.",
    hint="With stride 2 every second window remains: where does it enter the formula?",
    lecture=STRIDE,
)
stride_divides_all = idea(
    "shapes.stride_divides_everything",
    belief="I count the windows at stride 1, then divide by the stride.",
    hint="Try 4 windows at stride 3: those at 0 and 3 remain. Divide the steps, and add one after that.",
    lecture=STRIDE,
)
same_keeps_size = idea(
    "shapes.same_keeps_size",
    belief="`same` gives an output of the input's size, always.",
    hint="That holds at stride 1. With stride s, `same` keeps ceil(size / s).",
    lecture=PADDING,
)
same_rounds_down = idea(
    "shapes.same_rounds_down",
    belief="With `same` the output has size // stride pixels.",
    hint="A last, incomplete step still gets its window, as padding fills it up. Try 5 pixels at stride 2.",
    lecture=PADDING,
)
dilation_ignored = idea(
    "shapes.dilation_ignored",
    belief="A dilated kernel covers k pixels.",
    hint="Draw 3 taps that are 2 pixels apart: from the first to the last, how many pixels are there?",
    lecture=SIZE,
)
dilation_times_kernel = idea(
    "shapes.dilation_times_kernel",
    belief="A kernel of k taps with dilation d covers k * d pixels.",
    hint="There are k taps but k - 1 gaps between them: only the gaps grow.",
    lecture=SIZE,
)
unrounded = idea(
    "shapes.size_not_rounded",
    belief="The formula's fraction is the size.",
    hint="Half a window doesn't exist: what do the brackets in the lecture's formula mean?",
    lecture=SIZE,
)


@ceil_for_floor.answers_to("conv_output_size")
def _(size: int, kernel_size: int, strides: int = 1, padding: Any = "valid", dilation_rate: int = 1) -> Any:
    room = (
        size
        + total_zeros(size, kernel_size, strides, padding, dilation_rate)
        - span(kernel_size, dilation_rate)
    )
    return math.ceil(room / strides) + 1


@plus_one_forgotten.answers_to("conv_output_size")
def _(*sizes: Any, **named: Any) -> Any:
    return conv_output_size(*sizes, **named) - 1


@padding_once.answers_to("conv_output_size")
def _(size: int, kernel_size: int, strides: int = 1, padding: Any = "valid", dilation_rate: int = 1) -> Any:
    zeros = (
        padding
        if isinstance(padding, int)
        else total_zeros(size, kernel_size, strides, padding, dilation_rate)
    )
    return (size + zeros - span(kernel_size, dilation_rate)) // strides + 1


@padding_ignored.answers_to("conv_output_size")
def _(size: int, kernel_size: int, strides: int = 1, padding: Any = "valid", dilation_rate: int = 1) -> Any:
    return (size - span(kernel_size, dilation_rate)) // strides + 1


@stride_ignored.answers_to("conv_output_size")
def _(size: int, kernel_size: int, strides: int = 1, padding: Any = "valid", dilation_rate: int = 1) -> Any:
    if padding == "same":
        raise ValueError("that is shapes.same_keeps_size")
    return conv_output_size(size, kernel_size, 1, padding, dilation_rate)


@stride_divides_all.answers_to("conv_output_size")
def _(size: int, kernel_size: int, strides: int = 1, padding: Any = "valid", dilation_rate: int = 1) -> Any:
    if padding == "same":
        raise ValueError("that is shapes.same_rounds_down")
    return conv_output_size(size, kernel_size, 1, padding, dilation_rate) // strides


@same_keeps_size.answers_to("conv_output_size")
def _(size: int, kernel_size: int, strides: int = 1, padding: Any = "valid", dilation_rate: int = 1) -> Any:
    return size if padding == "same" else conv_output_size(size, kernel_size, strides, padding, dilation_rate)


@same_rounds_down.answers_to("conv_output_size")
def _(size: int, kernel_size: int, strides: int = 1, padding: Any = "valid", dilation_rate: int = 1) -> Any:
    if padding == "same":
        return size // strides
    return conv_output_size(size, kernel_size, strides, padding, dilation_rate)


@dilation_ignored.answers_to("conv_output_size")
def _(size: int, kernel_size: int, strides: int = 1, padding: Any = "valid", dilation_rate: int = 1) -> Any:
    return conv_output_size(size, kernel_size, strides, padding)


@dilation_times_kernel.answers_to("conv_output_size")
def _(size: int, kernel_size: int, strides: int = 1, padding: Any = "valid", dilation_rate: int = 1) -> Any:
    return conv_output_size(size, kernel_size * dilation_rate, strides, padding)


@unrounded.answers_to("conv_output_size")
def _(size: int, kernel_size: int, strides: int = 1, padding: Any = "valid", dilation_rate: int = 1) -> Any:
    room = (
        size
        + total_zeros(size, kernel_size, strides, padding, dilation_rate)
        - span(kernel_size, dilation_rate)
    )
    return room / strides + 1


# Same padding -----------------------------------------------------------------------------------------------

symmetric = idea(
    "shapes.same_symmetric",
    belief="`same` puts (k - 1) // 2 zeros on either side.",
    hint="Count the zeros that the last window needs: with an even kernel or a stride it may be an odd "
    "number.",
    lecture=PADDING,
)
extra_before = idea(
    "shapes.same_extra_before",
    belief="The odd zero goes before.",
    hint="Libraries differ; the rule stated here puts the odd one at the end.",
    lecture=PADDING,
)
stride_one = idea(
    "shapes.same_as_if_stride_one",
    belief="`same` needs k - 1 zeros, whatever the stride.",
    hint="Start from the number of outputs, ceil(size / stride), and find where the last window ends.",
    lecture=PADDING,
)
negative = idea(
    "shapes.same_negative",
    belief="The formula for the total needs no lower bound.",
    hint="With a stride larger than the kernel the total may fall below 0. Can padding take pixels away?",
    lecture=PADDING,
)
same_dilation = idea(
    "shapes.same_dilation_ignored",
    belief="`same` depends on k, not on how far the taps are apart.",
    hint="What counts is how many pixels the window covers: (k - 1) * dilation + 1.",
    lecture=PADDING,
)


@symmetric.answers_to("same_padding")
def _(size: int, kernel_size: int, strides: int = 1, dilation_rate: int = 1) -> Any:
    return ((span(kernel_size, dilation_rate) - 1) // 2,) * 2


@extra_before.answers_to("same_padding")
def _(*sizes: Any, **named: Any) -> Any:
    before, after = same_padding(*sizes, **named)
    return after, before


@stride_one.answers_to("same_padding")
def _(size: int, kernel_size: int, strides: int = 1, dilation_rate: int = 1) -> Any:
    return same_padding(size, kernel_size, 1, dilation_rate)


@negative.answers_to("same_padding")
def _(size: int, kernel_size: int, strides: int = 1, dilation_rate: int = 1) -> Any:
    total = (math.ceil(size / strides) - 1) * strides + span(kernel_size, dilation_rate) - size
    return total // 2, total - total // 2


@same_dilation.answers_to("same_padding")
def _(size: int, kernel_size: int, strides: int = 1, dilation_rate: int = 1) -> Any:
    return same_padding(size, kernel_size, strides)


# Zeros around an image --------------------------------------------------------------------------------------

after_only = idea(
    "shapes.pad_after_only",
    belief="The zeros go below and to the right.",
    hint="A border runs around all four sides: where does the image start inside the larger array?",
    lecture=PADDING,
)
every_axis = idea(
    "shapes.pad_every_axis",
    belief="`np.pad(x, p)` pads an image.",
    hint="It pads all four axes, images and channels too. Which two axes are spatial?",
    lecture=PADDING,
)
edge = idea(
    "shapes.pad_edge",
    belief="The border repeats the outermost pixels.",
    hint="Zero padding means zeros.",
    lecture=PADDING,
)
reflected = idea(
    "shapes.pad_reflected",
    belief="The border mirrors the image.",
    hint="Zero padding means zeros.",
    lecture=PADDING,
)
always_one = idea(
    "shapes.pad_always_one",
    belief="A border is one pixel wide.",
    hint="What does `padding` change in your function?",
    lecture=PADDING,
)
axes_exchanged = idea(
    "shapes.pad_axes_exchanged",
    belief="The first number pads left and right.",
    hint="Paddings come in the order of the axes: vertical (rows) first, then horizontal.",
    lecture=PADDING,
)


def _sides(padding: Any) -> tuple[tuple[int, int], tuple[int, int]]:
    """((top, bottom), (left, right))"""
    vertical, horizontal = padding if isinstance(padding, (tuple, list)) else (padding, padding)
    return pair(vertical), pair(horizontal)


@after_only.answers_to("zero_pad2d")
def _(x: Any, padding: Any) -> Any:
    (top, bottom), (left, right) = _sides(padding)
    return zero_pad2d(x, ((0, top + bottom), (0, left + right)))


@every_axis.answers_to("zero_pad2d")
def _(x: Any, padding: Any) -> Any:
    return np.pad(x, padding)  # four numbers raise: two pairs for four axes


@edge.answers_to("zero_pad2d")
def _(x: Any, padding: Any) -> Any:
    return np.pad(x, ((0, 0), *_sides(padding), (0, 0)), mode="edge")


@reflected.answers_to("zero_pad2d")
def _(x: Any, padding: Any) -> Any:
    return np.pad(x, ((0, 0), *_sides(padding), (0, 0)), mode="reflect")


@reflected.answers_to("zero_pad2d")
def _(x: Any, padding: Any) -> Any:
    return np.pad(x, ((0, 0), *_sides(padding), (0, 0)), mode="symmetric")


@always_one.answers_to("zero_pad2d")
def _(x: Any, padding: Any) -> Any:
    return zero_pad2d(x, 1)


@axes_exchanged.answers_to("zero_pad2d")
def _(x: Any, padding: Any) -> Any:
    return zero_pad2d(x, _sides(padding)[::-1])
