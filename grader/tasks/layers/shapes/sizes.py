"""The size of an output: how many windows there are along an axis."""

from __future__ import annotations

import math
from typing import Any

from grader.tasks import drawn
from grader.tasks.drawn import OneOf
from grader.tasks.layers.shapes.padding import same_padding, span
from grader.tasks.small import shapes
from grader.tasks.task import idea, task
from kerasnets import numpy_layers

SIZE = "Lecture 1, Size of the feature map"
PADDING = "Lecture 2, Convolutional layer parameters: padding"
STRIDE = "Lecture 2, Convolutional layer parameters: stride"


conv_output_size = task(
    hidden={
        "sizes": (
            drawn.sizes("Stride 1, no padding", (64, 3), (31, 5), (28, 4)),
            drawn.sizes(
                "A stride that doesn't come out even", (64, 3, 3), (65, 3, 4), (28, 3, 3), (23, 4, 3)
            ),
            drawn.sizes("A number of zeros on both sides", (64, 5, 2), (33, 4, 3), (28, 3, 2), padding=2),
            drawn.sizes("A number of zeros, stride 1", (64, 3), (9, 4), (28, 5), padding=1),
        ),
        "same": (
            drawn.sizes(
                '"same" with a stride, an odd size', (65, 3, 2), (29, 5, 2), (31, 4, 3), padding="same"
            ),
            drawn.sizes(
                '"same" with a stride, an even size', (64, 5, 3), (28, 4, 3), (32, 3, 3), padding="same"
            ),
            drawn.sizes('"same" at stride 1', (64, 4), (28, 5), (7, 3), padding="same"),
        ),
        "dilated": (
            drawn.sizes("A dilated kernel", (64, 3), (28, 5), (31, 4), dilation_rate=OneOf((3, 4))),
            drawn.sizes(
                "A dilated kernel with a stride", (64, 3, 2), (32, 5, 2), (30, 3, 2), dilation_rate=2
            ),
        ),
        "fits": (  # beside kernels that don't: whoever refuses everything is right about those
            drawn.sizes("A kernel as large as the input", (5, 5), (7, 7), (8, 8)),
            drawn.sizes("A kernel that leaves little room", (7, 5), (9, 6), (8, 5)),
        ),
    },
    small=[
        *shapes((2, 1), (3, 2), (4, 2), (5, 3), (4, 2, 2), (5, 2, 2), (5, 3, 2), (6, 3, 2)),
        *shapes((3, 2), (4, 3), (4, 3, 2), (5, 3, 2), (5, 2, 2), padding=1),
        *shapes((4, 3), (4, 3, 2), (5, 3, 2), (5, 2, 3), padding="same"),
        *shapes((4, 2), (6, 3), (6, 2, 2), (6, 3, 2), dilation_rate=2),
    ],
)(numpy_layers.conv_output_size)


ceil_for_floor = idea(
    "shapes.ceil_for_floor",
    belief="Where the steps don't come out even, the size is rounded up.",
    hint="The last window must lie inside the padded image: half a step is no step.",
    lecture=SIZE,
)


def total_zeros(size: int, kernel_size: int, strides: int, padding: Any, dilation_rate: int) -> int:
    """The zeros on both sides together."""
    if padding == "same":
        return sum(same_padding(size, kernel_size, strides, dilation_rate))
    return 0 if padding == "valid" else 2 * padding


@conv_output_size.wrongly(ceil_for_floor)
def ceil_for_floor_conv_output_size(
    size: int, kernel_size: int, strides: int = 1, padding: Any = "valid", dilation_rate: int = 1
) -> Any:
    room = (
        size
        + total_zeros(size, kernel_size, strides, padding, dilation_rate)
        - span(kernel_size, dilation_rate)
    )
    return math.ceil(room / strides) + 1


plus_one_forgotten = idea(
    "shapes.plus_one_forgotten",
    belief="The number of windows is the number of steps between them.",
    hint="A fence of n steps has one more post: count the window at the very start.",
    lecture=SIZE,
)


@conv_output_size.wrongly(plus_one_forgotten)
def plus_one_forgotten_conv_output_size(*sizes: Any, **named: Any) -> Any:
    return conv_output_size(*sizes, **named) - 1


padding_once = idea(
    "shapes.padding_counted_once",
    belief="A padding p makes the axis p pixels longer.",
    hint="p zeros stand on either side of the axis. How long is it then?",
    lecture=SIZE,
)


@conv_output_size.wrongly(padding_once)
def padding_once_conv_output_size(
    size: int, kernel_size: int, strides: int = 1, padding: Any = "valid", dilation_rate: int = 1
) -> Any:
    zeros = (
        padding
        if isinstance(padding, int)
        else total_zeros(size, kernel_size, strides, padding, dilation_rate)
    )
    return (size + zeros - span(kernel_size, dilation_rate)) // strides + 1


padding_ignored = idea(
    "shapes.padding_ignored",
    belief="The output loses k - 1 pixels, whatever the padding.",
    hint="Put the zeros on first, then count the windows on the longer axis.",
    lecture=PADDING,
)


@conv_output_size.wrongly(padding_ignored)
def padding_ignored_conv_output_size(
    size: int, kernel_size: int, strides: int = 1, padding: Any = "valid", dilation_rate: int = 1
) -> Any:
    return (size - span(kernel_size, dilation_rate)) // strides + 1


stride_ignored = idea(
    "shapes.stride_ignored",
    belief="The stride doesn't change how many windows there are.",
    hint="With stride 2 every second window remains: where does it enter the formula?",
    lecture=STRIDE,
)


@conv_output_size.wrongly(stride_ignored)
def stride_ignored_conv_output_size(
    size: int, kernel_size: int, strides: int = 1, padding: Any = "valid", dilation_rate: int = 1
) -> Any:
    if padding == "same":
        raise ValueError("that is shapes.same_keeps_size")
    return conv_output_size(size, kernel_size, 1, padding, dilation_rate)


stride_divides_all = idea(
    "shapes.stride_divides_everything",
    belief="I count the windows at stride 1, then divide by the stride.",
    hint="Try 4 windows at stride 3: those at 0 and 3 remain. Divide the steps, and add one after that.",
    lecture=STRIDE,
)


@conv_output_size.wrongly(stride_divides_all)
def stride_divides_all_conv_output_size(
    size: int, kernel_size: int, strides: int = 1, padding: Any = "valid", dilation_rate: int = 1
) -> Any:
    if padding == "same":
        raise ValueError("that is shapes.same_rounds_down")
    return conv_output_size(size, kernel_size, 1, padding, dilation_rate) // strides


same_keeps_size = idea(
    "shapes.same_keeps_size",
    belief="`same` gives an output of the input's size, always.",
    hint="That holds at stride 1. With stride s, `same` keeps ceil(size / s).",
    lecture=PADDING,
)


@conv_output_size.wrongly(same_keeps_size)
def same_keeps_size_conv_output_size(
    size: int, kernel_size: int, strides: int = 1, padding: Any = "valid", dilation_rate: int = 1
) -> Any:
    return size if padding == "same" else conv_output_size(size, kernel_size, strides, padding, dilation_rate)


same_rounds_down = idea(
    "shapes.same_rounds_down",
    belief="With `same` the output has size // stride pixels.",
    hint="A last, incomplete step still gets its window, as padding fills it up. Try 5 pixels at stride 2.",
    lecture=PADDING,
)


@conv_output_size.wrongly(same_rounds_down)
def same_rounds_down_conv_output_size(
    size: int, kernel_size: int, strides: int = 1, padding: Any = "valid", dilation_rate: int = 1
) -> Any:
    if padding == "same":
        return size // strides
    return conv_output_size(size, kernel_size, strides, padding, dilation_rate)


dilation_ignored = idea(
    "shapes.dilation_ignored",
    belief="A dilated kernel covers k pixels.",
    hint="Draw 3 taps that are 2 pixels apart: from the first to the last, how many pixels are there?",
    lecture=SIZE,
)


@conv_output_size.wrongly(dilation_ignored)
def dilation_ignored_conv_output_size(
    size: int, kernel_size: int, strides: int = 1, padding: Any = "valid", dilation_rate: int = 1
) -> Any:
    return conv_output_size(size, kernel_size, strides, padding)


dilation_times_kernel = idea(
    "shapes.dilation_times_kernel",
    belief="A kernel of k taps with dilation d covers k * d pixels.",
    hint="There are k taps but k - 1 gaps between them: only the gaps grow.",
    lecture=SIZE,
)


@conv_output_size.wrongly(dilation_times_kernel)
def dilation_times_kernel_conv_output_size(
    size: int, kernel_size: int, strides: int = 1, padding: Any = "valid", dilation_rate: int = 1
) -> Any:
    return conv_output_size(size, kernel_size * dilation_rate, strides, padding)


@conv_output_size.wrongly(
    idea(
        "shapes.size_not_rounded",
        belief="The formula's fraction is the size.",
        hint="Half a window doesn't exist: what do the brackets in the lecture's formula mean?",
        lecture=SIZE,
    )
)
def unrounded(
    size: int, kernel_size: int, strides: int = 1, padding: Any = "valid", dilation_rate: int = 1
) -> Any:
    room = (
        size
        + total_zeros(size, kernel_size, strides, padding, dilation_rate)
        - span(kernel_size, dilation_rate)
    )
    return room / strides + 1
