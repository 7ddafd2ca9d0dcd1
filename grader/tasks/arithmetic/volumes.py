"""Shapes of volumes after a convolution and a pooling."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.tasks.arithmetic.lenet.table import rounded_up, sizes_exchanged, square
from grader.tasks.drawn import Case, OneOf, Whole
from grader.tasks.layers.pool.windows import stride_is_size, strides_ignored
from grader.tasks.layers.shapes.sizes import (
    ceil_for_floor,
    conv_output_size,
    dilation_ignored,
    dilation_times_kernel,
    padding_ignored,
    padding_once,
    plus_one_forgotten,
    same_keeps_size,
    same_rounds_down,
    stride_divides_all,
    stride_ignored,
)
from grader.tasks.small import shapes
from grader.tasks.task import idea, task
from kerasnets import numpy_layers

VOLUMES = "Lecture 1, Convolutional operation: volumes"
POOLING = "Lecture 4, Operation pooling: example"
LENET = "Lecture 1, Exercise: the activation size and the number of parameters of LeNet"
FILTERS = OneOf((10, 16, 24, 32))


@dataclass(frozen=True)
class Made:
    """A tuple whose parts are drawn, tuples in it too."""

    parts: tuple[Any, ...]

    def draw(self, rng: np.random.Generator) -> tuple[Any, ...]:
        return tuple(
            part.draw(rng)
            if hasattr(part, "draw")
            else Made(part).draw(rng)
            if isinstance(part, tuple)
            else part
            for part in self.parts
        )


def colour(channels: Any, low: int = 24, step: int = 6) -> Made:
    """An image wider than high; both sizes keep what they leave over when divided by `step`."""
    return Made((Whole(low, low + 8 * step, step), Whole(low + 10 * step, low + 20 * step, step), channels))


def shaped(about: str, low: int, *options: Any, **named: Any) -> Case:
    return Case(about, (colour(OneOf((3, 4, 5)), low), *options), tuple(named.items()))


Shape = tuple[int, ...]


@task(
    hidden={
        "valid": (
            shaped("Stride 1, no padding", 23, OneOf((3, 5)), FILTERS),
            shaped("A stride that doesn't come out even", 22, 3, FILTERS, 3),
        ),
        "padded": (
            shaped("A number of zeros, stride 1", 23, 5, FILTERS, padding=1),
            shaped("A number of zeros and a stride", 22, 4, FILTERS, 3, padding=2),
            shaped('"same" with a stride, odd sizes', 23, 3, FILTERS, 2, padding="same"),
            shaped('"same" at stride 1', 23, 3, FILTERS, padding="same"),
        ),
        "dilated": (
            shaped("A dilated kernel", 23, 3, FILTERS, dilation_rate=OneOf((3, 4))),
            shaped("A dilated kernel with a stride", 22, 3, FILTERS, 3, dilation_rate=4),
        ),
    },
    small=[
        *shapes(
            ((5, 7, 2), 3, 4),
            ((5, 7, 3), 2, 4),
            ((6, 8, 2), 3, 4, 2),
            ((8, 12, 2), 3, 4, 3),
            ((7, 10, 2), 3, 4, 3),
        ),
        *shapes(((5, 7, 2), 3, 4), ((5, 7, 2), 4, 3, 2), padding=1),
        *shapes(((4, 6, 2), 3, 4), ((5, 7, 2), 3, 4, 2), padding="same"),
        *shapes(((7, 9, 2), 3, 4), ((9, 11, 2), 3, 4, 2), dilation_rate=2),
    ],
    labels=("height", "width", "channels"),
)
def conv_output_shape(
    image_shape: Shape,
    kernel_size: int,
    filters: int,
    strides: int = 1,
    padding: str | int = "valid",
    dilation_rate: int = 1,
) -> Shape:
    """
    >>> conv_output_shape((32, 32, 1), 5, 10)  # lecture 4
    (28, 28, 10)
    """
    height, width, _ = image_shape
    rows, columns = (
        numpy_layers.conv_output_size(n, kernel_size, strides, padding, dilation_rate)
        for n in (height, width)
    )
    return rows, columns, filters


@task(
    hidden={
        "side by side": (
            Case("Windows side by side", (colour(OneOf((8, 16, 32)), 24, 12), OneOf((2, 3)))),
            Case("A row that no window of 2 takes", (colour(OneOf((8, 16, 32)), 25, 12), 2)),
            Case("Rows that no window of 3 takes", (colour(OneOf((8, 16, 32)), 28, 12), 3)),
        ),
        "strides": (
            Case("Overlapping windows", (colour(OneOf((8, 16, 32)), 28, 12), 3, 2)),
            Case("A stride larger than the window", (colour(OneOf((8, 16, 32)), 30, 12), 2, 3)),
        ),
    },
    small=[
        *shapes(((4, 6, 2), 2), ((5, 7, 3), 2), ((6, 9, 4), 3), ((8, 12, 6), 2)),
        *shapes(((5, 7, 3), 3, 2), ((6, 8, 3), 3, 2), ((7, 9, 4), 2, 3)),
    ],
    labels=("height", "width", "channels"),
)
def pool_output_shape(image_shape: Shape, pool_size: int, strides: int | None = None) -> Shape:
    """
    >>> pool_output_shape((480, 640, 32), 2)  # lecture 4
    (240, 320, 32)
    """
    height, width, channels = image_shape
    rows, columns = (
        numpy_layers.conv_output_size(n, pool_size, strides or pool_size) for n in (height, width)
    )
    return rows, columns, channels


@pool_output_shape.wrongly(rounded_up)
def rounded_up_pool_output_shape(image_shape: Any, pool_size: int, strides: Any = None) -> Any:
    step = strides or pool_size
    return *(math.ceil((n - pool_size) / step) + 1 for n in image_shape[:2]), image_shape[2]


def _turned(*names: str) -> None:
    """Ideas about the order of height, width and channels, for functions whose first argument is a shape."""
    right = {"conv_output_shape": conv_output_shape, "pool_output_shape": pool_output_shape}
    for name in names:

        @square.answers_to(name)
        def of_a_square(image_shape: Any, *options: Any, step: Any = right[name], **named: Any) -> Any:
            height, _, channels = image_shape
            return step((height, height, channels), *options, **named)

        @sizes_exchanged.answers_to(name)
        def with_sizes_exchanged(
            image_shape: Any, *options: Any, step: Any = right[name], **named: Any
        ) -> Any:
            height, width, channels = image_shape
            return step((width, height, channels), *options, **named)


_turned("conv_output_shape", "pool_output_shape")


def _along(axis: Callable[..., Any]) -> Callable[..., Any]:
    """A wrong idea about one axis, on two."""

    def shape(image_shape: Any, kernel_size: int, filters: int, *options: Any, **named: Any) -> Any:
        return *(axis(n, kernel_size, *options, **named) for n in image_shape[:2]), filters

    return shape


for _idea in (
    ceil_for_floor,
    plus_one_forgotten,
    padding_once,
    padding_ignored,
    stride_ignored,
    stride_divides_all,
    same_keeps_size,
    same_rounds_down,
    dilation_ignored,
    dilation_times_kernel,
):
    _idea.answers_to("conv_output_shape")(_along(_idea.answers["conv_output_size"]))


@pool_output_shape.wrongly(plus_one_forgotten)
def plus_one_forgotten_pool_output_shape(image_shape: Any, *options: Any, **named: Any) -> Any:
    rows, columns, channels = pool_output_shape(image_shape, *options, **named)
    return rows - 1, columns - 1, channels


@pool_output_shape.wrongly(strides_ignored)
def strides_ignored_pool_output_shape(image_shape: Any, pool_size: int, strides: Any = None) -> Any:
    return pool_output_shape(image_shape, pool_size, 1)


@pool_output_shape.wrongly(stride_is_size)
def stride_is_size_pool_output_shape(image_shape: Any, pool_size: int, strides: Any = None) -> Any:
    return pool_output_shape(image_shape, pool_size)


channels_kept = idea(
    "volumes.channels_kept",
    belief="A convolution's output has as many channels as its input.",
    hint="Each filter spans all channels and makes one map of them. How many maps do ten filters make?",
    lecture=VOLUMES,
)


@conv_output_shape.wrongly(channels_kept)
def channels_kept_conv_output_shape(
    image_shape: Any, kernel_size: int, filters: int, *options: Any, **named: Any
) -> Any:
    return conv_output_shape(image_shape, kernel_size, image_shape[2], *options, **named)


channels_multiplied = idea(
    "volumes.maps_for_each_channel",
    belief="Each filter makes a map of each channel.",
    hint="What a filter finds in the three channels is added up: one map for each filter, not three.",
    lecture=VOLUMES,
)


@conv_output_shape.wrongly(channels_multiplied)
def channels_multiplied_conv_output_shape(
    image_shape: Any, kernel_size: int, filters: int, *options: Any, **named: Any
) -> Any:
    return conv_output_shape(image_shape, kernel_size, filters * image_shape[2], *options, **named)


channels_first = idea(
    "volumes.channels_first",
    belief="The number of maps comes first in a shape.",
    hint="The text's order is height, width, channels: a colour image is (32, 32, 3).",
    lecture="Lecture 2, From matrices to tensors",
)


@conv_output_shape.wrongly(channels_first)
def channels_first_conv_output_shape(*given: Any, **named: Any) -> Any:
    rows, columns, maps = conv_output_shape(*given, **named)
    return maps, rows, columns


@pool_output_shape.wrongly(channels_first)
def channels_first_pool_output_shape(*given: Any, **named: Any) -> Any:
    rows, columns, maps = pool_output_shape(*given, **named)
    return maps, rows, columns


pool_channels = idea(
    "volumes.channels_pooled",
    belief="Pooling shrinks all three dimensions.",
    hint="Pooling treats each map on its own. How many maps come out?",
    lecture=POOLING,
)


@pool_output_shape.wrongly(pool_channels)
def pool_channels_pool_output_shape(image_shape: Any, pool_size: int, strides: Any = None) -> Any:
    rows, columns, channels = pool_output_shape(image_shape, pool_size, strides)
    return rows, columns, conv_output_size(channels, pool_size, strides or pool_size)


@pool_output_shape.wrongly(
    idea(
        "volumes.quarter_of_each_side",
        belief="A quarter of the pixels is a quarter of each side.",
        hint="A window of 2×2 makes one of four pixels. How much does each side lose, so that their product is a quarter?",
        lecture=POOLING,
    )
)
def pool_quarter(image_shape: Any, pool_size: int, strides: Any = None) -> Any:
    height, width, channels = image_shape
    return height // (strides or pool_size) ** 2, width // (strides or pool_size) ** 2, channels


flat_one_map = idea(
    "volumes.one_map_flattened",
    belief="Flattening gives as many numbers as a map has pixels.",
    hint="All maps are written in one row, one behind the other.",
    lecture=LENET,
)
