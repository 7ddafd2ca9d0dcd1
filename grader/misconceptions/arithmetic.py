"""Wrong ideas about which pixels a window reads, about the shapes of volumes, and about a network's table."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from grader.misconceptions import counting, pool, shapes
from grader.misconceptions.idea import Misconception, idea
from grader.misconceptions.right import (
    activation_shapes,
    conv_output_shape,
    conv_output_size,
    conv_parameters,
    dense_parameters,
    parameters_by_layer,
    pixels_read,
    pool_output_shape,
)

VOLUMES = "Lecture 1, Convolutional operation: volumes"
POOLING = "Lecture 4, Operation pooling: example"
LENET = "Lecture 1, Exercise: the activation size and the number of parameters of LeNet"
STRIDE = "Lecture 5, Stride and dilation"

# Which pixels an output reads -------------------------------------------------------------------------------

stride_ignored = idea(
    "reading.stride_ignored",
    belief="Output i begins i pixels further on than output 0.",
    hint="With stride 2 the window jumps two pixels at a time: where is it after i jumps?",
    lecture=STRIDE,
)
counted_from_border = idea(
    "reading.counted_from_the_border",
    belief="The first window begins at pixel 0.",
    hint="With padding the first window begins on the zeros, to the left of pixel 0. How many of them are there?",
    lecture=shapes.PADDING,
)
whole_reach = idea(
    "reading.every_pixel_under_the_kernel",
    belief="A dilated kernel reads every pixel that it covers.",
    hint="A kernel of 3 taps has three weights, dilated or not. How many pixels can it multiply?",
    lecture=STRIDE,
)
dilation_at_start = idea(
    "reading.dilation_moves_the_window",
    belief="Dilation spreads the windows out, as the stride does.",
    hint="Dilation is the distance of two taps of one window, the stride that of two windows.",
    lecture=STRIDE,
)


@stride_ignored.answers_to("pixels_read")
def _(position: int, size: int, kernel_size: int, strides: int = 1, *rest: Any, **named: Any) -> Any:
    return pixels_read(position, size, kernel_size, strides, *rest, **named) - position * (strides - 1)


@counted_from_border.answers_to("pixels_read")
def _(
    position: int, size: int, kernel_size: int, strides: int = 1, padding: Any = 0, dilation_rate: int = 1
) -> Any:
    return pixels_read(position, size, kernel_size, strides, "valid", dilation_rate)


@shapes.dilation_ignored.answers_to("pixels_read")
def _(
    position: int, size: int, kernel_size: int, strides: int = 1, padding: Any = 0, dilation_rate: int = 1
) -> Any:
    return pixels_read(position, size, kernel_size, strides, padding)


@shapes.symmetric.answers_to("pixels_read")
def _(
    position: int, size: int, kernel_size: int, strides: int = 1, padding: Any = 0, dilation_rate: int = 1
) -> Any:
    zeros = (shapes.span(kernel_size, dilation_rate) - 1) // 2 if padding == "same" else padding
    return pixels_read(position, size, kernel_size, strides, zeros, dilation_rate)


@shapes.extra_before.answers_to("pixels_read")
def _(
    position: int, size: int, kernel_size: int, strides: int = 1, padding: Any = 0, dilation_rate: int = 1
) -> Any:
    if padding == "same":
        padding = shapes.same_padding(size, kernel_size, strides, dilation_rate)[1]
    return pixels_read(position, size, kernel_size, strides, padding, dilation_rate)


@whole_reach.answers_to("pixels_read")
def _(
    position: int, size: int, kernel_size: int, strides: int = 1, padding: Any = 0, dilation_rate: int = 1
) -> Any:
    taps = pixels_read(position, size, kernel_size, strides, padding, dilation_rate)
    return np.arange(taps[0], taps[-1] + 1)


@dilation_at_start.answers_to("pixels_read")
def _(
    position: int, size: int, kernel_size: int, strides: int = 1, padding: Any = 0, dilation_rate: int = 1
) -> Any:
    taps = pixels_read(position, size, kernel_size, strides, padding, dilation_rate)
    return taps + position * strides * (dilation_rate - 1)


# Shapes -----------------------------------------------------------------------------------------------------

channels_kept = idea(
    "volumes.channels_kept",
    belief="A convolution's output has as many channels as its input.",
    hint="Each filter spans all channels and makes one map of them. How many maps do ten filters make?",
    lecture=VOLUMES,
)
channels_multiplied = idea(
    "volumes.maps_for_each_channel",
    belief="Each filter makes a map of each channel.",
    hint="What a filter finds in the three channels is added up: one map for each filter, not three.",
    lecture=VOLUMES,
)
channels_first = idea(
    "volumes.channels_first",
    belief="The number of maps comes first in a shape.",
    hint="The text's order is height, width, channels: a colour image is (32, 32, 3).",
    lecture="Lecture 2, From matrices to tensors",
)
pool_channels = idea(
    "volumes.channels_pooled",
    belief="Pooling shrinks all three dimensions.",
    hint="Pooling treats each map on its own. How many maps come out?",
    lecture=POOLING,
)
pool_quarter = idea(
    "volumes.quarter_of_each_side",
    belief="A quarter of the pixels is a quarter of each side.",
    hint="A window of 2×2 makes one of four pixels. How much does each side lose, so that their product is a quarter?",
    lecture=POOLING,
)
flat_one_map = idea(
    "volumes.one_map_flattened",
    belief="Flattening gives as many numbers as a map has pixels.",
    hint="All maps are written in one row, one behind the other.",
    lecture=LENET,
)


def _along(axis: Callable[..., Any]) -> Callable[..., Any]:
    """A wrong idea about one axis, on two."""

    def shape(image_shape: Any, kernel_size: int, filters: int, *options: Any, **named: Any) -> Any:
        return *(axis(n, kernel_size, *options, **named) for n in image_shape[:2]), filters

    return shape


for _idea in (
    shapes.ceil_for_floor,
    shapes.plus_one_forgotten,
    shapes.padding_once,
    shapes.padding_ignored,
    shapes.stride_ignored,
    shapes.stride_divides_all,
    shapes.same_keeps_size,
    shapes.same_rounds_down,
    shapes.dilation_ignored,
    shapes.dilation_times_kernel,
):
    _idea.answers_to("conv_output_shape")(_along(_idea.answers["conv_output_size"]))


@channels_kept.answers_to("conv_output_shape")
def _(image_shape: Any, kernel_size: int, filters: int, *options: Any, **named: Any) -> Any:
    return conv_output_shape(image_shape, kernel_size, image_shape[2], *options, **named)


@channels_multiplied.answers_to("conv_output_shape")
def _(image_shape: Any, kernel_size: int, filters: int, *options: Any, **named: Any) -> Any:
    return conv_output_shape(image_shape, kernel_size, filters * image_shape[2], *options, **named)


def _turned(*names: str) -> None:
    """Ideas about the order of height, width and channels, for functions whose first argument is a shape."""
    right = {"conv_output_shape": conv_output_shape, "pool_output_shape": pool_output_shape}
    for name in names:

        @counting.square.answers_to(name)
        def _(image_shape: Any, *options: Any, step: Any = right[name], **named: Any) -> Any:
            height, _, channels = image_shape
            return step((height, height, channels), *options, **named)

        @counting.sizes_exchanged.answers_to(name)
        def _(image_shape: Any, *options: Any, step: Any = right[name], **named: Any) -> Any:
            height, width, channels = image_shape
            return step((width, height, channels), *options, **named)

        @channels_first.answers_to(name)
        def _(image_shape: Any, *options: Any, step: Any = right[name], **named: Any) -> Any:
            rows, columns, maps = step(image_shape, *options, **named)
            return maps, rows, columns


_turned("conv_output_shape", "pool_output_shape")


@counting.rounded_up.answers_to("pool_output_shape")
def _(image_shape: Any, pool_size: int, strides: Any = None) -> Any:
    step = strides or pool_size
    return *(math.ceil((n - pool_size) / step) + 1 for n in image_shape[:2]), image_shape[2]


@pool.strides_ignored.answers_to("pool_output_shape")
def _(image_shape: Any, pool_size: int, strides: Any = None) -> Any:
    return pool_output_shape(image_shape, pool_size, 1)


@pool.stride_is_size.answers_to("pool_output_shape")
def _(image_shape: Any, pool_size: int, strides: Any = None) -> Any:
    return pool_output_shape(image_shape, pool_size)


@shapes.plus_one_forgotten.answers_to("pool_output_shape")
def _(image_shape: Any, *options: Any, **named: Any) -> Any:
    rows, columns, channels = pool_output_shape(image_shape, *options, **named)
    return rows - 1, columns - 1, channels


@pool_channels.answers_to("pool_output_shape")
def _(image_shape: Any, pool_size: int, strides: Any = None) -> Any:
    rows, columns, channels = pool_output_shape(image_shape, pool_size, strides)
    return rows, columns, conv_output_size(channels, pool_size, strides or pool_size)


@pool_quarter.answers_to("pool_output_shape")
def _(image_shape: Any, pool_size: int, strides: Any = None) -> Any:
    height, width, channels = image_shape
    return height // (strides or pool_size) ** 2, width // (strides or pool_size) ** 2, channels


# A whole network --------------------------------------------------------------------------------------------

padding_ignored = idea(
    "table.padding_ignored",
    belief="Every convolution loses k - 1 rows, whatever its padding.",
    hint='Which padding has the layer? With "same", at stride 1, it gives as many rows as it takes.',
    lecture=shapes.PADDING,
)
always_same = idea(
    "table.always_same",
    belief="Convolutions keep the size; only pooling shrinks.",
    hint='That is so with "same". A valid convolution of 5×5 has no window on the two outermost rows.',
    lecture=shapes.PADDING,
)
channels_of_image = idea(
    "table.channels_of_the_image",
    belief="Each kernel is as deep as the image.",
    hint="A kernel spans the channels of what the layer is given: for the second convolution, the maps of the first.",
    lecture=VOLUMES,
)


def _after(
    image_shape: Any,
    layers: Sequence[Any],
    padded: Callable[[str], str] = lambda padding: padding,
    lost: int = 1,
    maps: Callable[[int, int], int] = lambda filters, channels: filters,
    halved: Callable[[int, int], int] = lambda n, size: n // size,
    thinned: Callable[[int, int], int] = lambda channels, size: channels,
    flat: Callable[[Any], int] = math.prod,
) -> list[Any]:
    """The right table with another step: of padding, of sizes, of maps, of pooling, of flattening."""
    found = [tuple(image_shape)]
    for kind, *options in layers:
        before = found[-1]
        if kind == "conv":
            size, filters, padding = options
            gone = 0 if padded(padding) == "same" else size - lost
            found.append((before[0] - gone, before[1] - gone, maps(filters, before[2])))
        elif kind == "pool":
            (size,) = options
            found.append((halved(before[0], size), halved(before[1], size), thinned(before[2], size)))
        else:
            found.append((flat(before),) if kind == "flatten" else (options[0],))
    return found[1:]


def _in_table(wrong: Misconception, **steps: Any) -> None:
    @wrong.answers_to("activation_shapes")
    def _(image_shape: Any, layers: Any) -> Any:
        return _after(image_shape, layers, **steps)


_in_table(padding_ignored, padded=lambda padding: "valid")
_in_table(always_same, padded=lambda padding: "same")
_in_table(shapes.plus_one_forgotten, lost=0)
_in_table(channels_kept, maps=lambda filters, channels: channels)
_in_table(channels_multiplied, maps=lambda filters, channels: filters * channels)
_in_table(counting.rounded_up, halved=lambda n, size: -(-n // size))
_in_table(pool_channels, thinned=lambda channels, size: channels // size)
_in_table(flat_one_map, flat=lambda shape: shape[0] * shape[1])


@counting.square.answers_to("activation_shapes")
def _(image_shape: Any, layers: Any) -> Any:
    height, _, channels = image_shape
    return activation_shapes((height, height, channels), layers)


@counting.sizes_exchanged.answers_to("activation_shapes")
def _(image_shape: Any, layers: Any) -> Any:
    height, width, channels = image_shape
    return activation_shapes((width, height, channels), layers)


def _counted(
    image_shape: Any,
    layers: Sequence[Any],
    conv: Callable[[Any, Any, int, int], int] = lambda before, after, size, filters: conv_parameters(
        size, before[2], filters
    ),
    dense: Callable[[int, int], int] = dense_parameters,
    pool: Callable[[Any, int], int] = lambda shape, size: 0,
    **steps: Any,
) -> list[int]:
    """The right counts with another step: of a kind of layer, or of the shapes behind them."""
    before = [tuple(image_shape), *(_after(image_shape, layers, **steps))]
    counts = []
    for (kind, *options), given, made in zip(layers, before, before[1:], strict=False):
        if kind == "conv":
            counts.append(conv(given, made, options[0], options[1]))
        elif kind == "dense":
            counts.append(dense(given[0], options[0]))
        else:
            counts.append(pool(given, options[0]) if kind == "pool" else 0)
    return counts


def _in_counts(wrong: Misconception, **steps: Any) -> None:
    @wrong.answers_to("parameters_by_layer")
    def _(image_shape: Any, layers: Any) -> Any:
        return _counted(image_shape, layers, **steps)


_in_counts(
    counting.bias_forgotten,
    conv=lambda before, after, size, filters: conv_parameters(size, before[2], filters, use_bias=False),
    dense=lambda inputs, units: dense_parameters(inputs, units, use_bias=False),
)
_in_counts(
    counting.channels_forgotten,
    conv=lambda before, after, size, filters: conv_parameters(size, 1, filters),
)
_in_counts(
    counting.bias_per_channel,
    conv=lambda before, after, size, filters: before[2] * conv_parameters(size, 1, filters),
)
_in_counts(
    counting.weights_per_position,
    conv=lambda before, after, size, filters: after[0] * after[1] * conv_parameters(size, before[2], filters),
)
_in_counts(
    counting.bias_per_pixel,
    conv=lambda before, after, size, filters: (
        conv_parameters(size, before[2], filters) + filters * (after[0] * after[1] - 1)
    ),
)
_in_counts(counting.bias_per_input, dense=lambda inputs, units: inputs * (units + 1))
_in_counts(counting.pooling_counted, pool=lambda shape, size: size**2)
_in_counts(counting.pooling_counted, pool=lambda shape, size: 2 * shape[2])
_in_counts(pool_channels, thinned=lambda channels, size: channels // size)
_in_counts(flat_one_map, flat=lambda shape: shape[0] * shape[1])
_in_counts(padding_ignored, padded=lambda padding: "valid")
_in_counts(always_same, padded=lambda padding: "same")


@channels_of_image.answers_to("parameters_by_layer")
def _(image_shape: Any, layers: Any) -> Any:
    counts = parameters_by_layer(image_shape, layers)
    return [
        conv_parameters(options[0], image_shape[2], options[1]) if kind == "conv" else count
        for (kind, *options), count in zip(layers, counts, strict=True)
    ]
