"""A network's table: shapes and parameters, layer by layer."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from grader.tasks.arithmetic.lenet.table import (
    bias_per_pixel,
    pooling_counted,
    rounded_up,
    sizes_exchanged,
    square,
    weights_per_position,
)
from grader.tasks.arithmetic.lenet.weights import (
    bias_forgotten,
    bias_per_channel,
    bias_per_input,
    channels_forgotten,
    conv_parameters,
    dense_parameters,
)
from grader.tasks.arithmetic.volumes import (
    Made,
    Shape,
    channels_kept,
    channels_multiplied,
    colour,
    conv_output_shape,
    flat_one_map,
    pool_channels,
    pool_output_shape,
)
from grader.tasks.drawn import Case, Grid, OneOf, Whole
from grader.tasks.layers.shapes.sizes import plus_one_forgotten
from grader.tasks.small import shapes
from grader.tasks.task import Idea, idea, task

PADDING = "Lecture 2, Convolutional layer parameters: padding"
VOLUMES = "Lecture 1, Convolutional operation: volumes"


def network(first: str, second: str) -> Made:
    """Two rounds of convolution and pooling, and two dense layers; both paddings are given."""
    return Made(
        (
            ("conv", OneOf((3, 5)), OneOf((4, 6, 8)), first),
            ("pool", 2),
            ("conv", OneOf((3, 5)), OneOf((10, 12, 16)), second),
            ("pool", OneOf((2, 3))),
            ("flatten",),
            ("dense", Whole(20, 90)),
            ("dense", Whole(5, 15)),
        )
    )


NETWORKS: Grid = {
    "valid": (Case("No padding", (colour(3, 44, 12), network("valid", "valid"))),),
    "same": (Case("Padding everywhere", (colour(3, 36, 12), network("same", "same"))),),
    "odd": (
        Case("Sizes that don't come out even", (colour(OneOf((1, 2)), 41, 12), network("same", "valid"))),
        Case("Sizes that don't come out even, no convolution padded", (colour(4, 39, 12), network("valid", "valid"))),
    ),
}  # fmt: skip
SMALL_NETWORKS = (
    ((4, 6, 2), (("conv", 3, 3, "valid"),)),
    ((4, 6, 2), (("conv", 3, 3, "same"),)),
    ((4, 7, 2), (("pool", 2),)),
    ((4, 6, 2), (("flatten",), ("dense", 3))),
    ((6, 8, 2), (("conv", 3, 3, "valid"), ("pool", 2), ("flatten",), ("dense", 2))),
    ((4, 6, 1), (("conv", 3, 2, "same"), ("conv", 3, 3, "same"), ("flatten",), ("dense", 2))),
)
Layer = tuple[Any, ...]  # ("conv", size, filters, padding), ("pool", size), ("flatten",) or ("dense", units)


@task(hidden=NETWORKS, small=shapes(*SMALL_NETWORKS))
def activation_shapes(image_shape: Shape, layers: Sequence[Layer]) -> list[Shape]:
    """The shape of one image's activation after each layer.

    >>> activation_shapes((28, 28, 1), [("conv", 5, 6, "same"), ("pool", 2), ("flatten",), ("dense", 10)])
    [(28, 28, 6), (14, 14, 6), (1176,), (10,)]
    """
    shapes = [image_shape]
    for kind, *options in layers:
        if kind == "conv":
            size, filters, padding = options
            shapes.append(conv_output_shape(shapes[-1], size, filters, 1, padding))
        elif kind == "pool":
            shapes.append(pool_output_shape(shapes[-1], *options))
        else:
            shapes.append((math.prod(shapes[-1]),) if kind == "flatten" else (options[0],))
    return shapes[1:]


@task(hidden=NETWORKS, small=shapes(*SMALL_NETWORKS))
def parameters_by_layer(image_shape: Shape, layers: Sequence[Layer]) -> list[int]:
    """How many numbers each layer learns.

    >>> parameters_by_layer((28, 28, 1), [("conv", 5, 6, "same"), ("pool", 2), ("flatten",), ("dense", 10)])
    [156, 0, 0, 11770]
    """
    before = [image_shape, *activation_shapes(image_shape, layers)]
    counts: dict[str, Callable[..., int]] = {
        "conv": lambda shape, size, filters, padding: conv_parameters(size, shape[2], filters),
        "dense": lambda shape, units: dense_parameters(shape[0], units),
    }
    return [
        counts[kind](shape, *options) if kind in counts else 0
        for shape, (kind, *options) in zip(before, layers, strict=False)
    ]


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


def _in_table(wrong: Idea, **steps: Any) -> None:
    @wrong.answers_to("activation_shapes")
    def answer(image_shape: Any, layers: Any) -> Any:
        return _after(image_shape, layers, **steps)


_in_table(rounded_up, halved=lambda n, size: -(-n // size))


@activation_shapes.wrongly(square)
def square_activation_shapes(image_shape: Any, layers: Any) -> Any:
    height, _, channels = image_shape
    return activation_shapes((height, height, channels), layers)


@activation_shapes.wrongly(sizes_exchanged)
def sizes_exchanged_activation_shapes(image_shape: Any, layers: Any) -> Any:
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


def _in_counts(wrong: Idea, **steps: Any) -> None:
    @wrong.answers_to("parameters_by_layer")
    def answer(image_shape: Any, layers: Any) -> Any:
        return _counted(image_shape, layers, **steps)


_in_counts(
    bias_forgotten,
    conv=lambda before, after, size, filters: conv_parameters(size, before[2], filters, use_bias=False),
    dense=lambda inputs, units: dense_parameters(inputs, units, use_bias=False),
)
_in_counts(
    channels_forgotten,
    conv=lambda before, after, size, filters: conv_parameters(size, 1, filters),
)
_in_counts(
    bias_per_channel,
    conv=lambda before, after, size, filters: before[2] * conv_parameters(size, 1, filters),
)
_in_counts(bias_per_input, dense=lambda inputs, units: inputs * (units + 1))
_in_counts(
    weights_per_position,
    conv=lambda before, after, size, filters: after[0] * after[1] * conv_parameters(size, before[2], filters),
)
_in_counts(
    bias_per_pixel,
    conv=lambda before, after, size, filters: (
        conv_parameters(size, before[2], filters) + filters * (after[0] * after[1] - 1)
    ),
)
_in_counts(pooling_counted, pool=lambda shape, size: size**2)
_in_counts(pooling_counted, pool=lambda shape, size: 2 * shape[2])
_in_table(plus_one_forgotten, lost=0)
_in_table(channels_kept, maps=lambda filters, channels: channels)
_in_table(channels_multiplied, maps=lambda filters, channels: filters * channels)
_in_table(pool_channels, thinned=lambda channels, size: channels // size)
_in_counts(pool_channels, thinned=lambda channels, size: channels // size)
_in_table(flat_one_map, flat=lambda shape: shape[0] * shape[1])
_in_counts(flat_one_map, flat=lambda shape: shape[0] * shape[1])

padding_ignored = idea(
    "table.padding_ignored",
    belief="Every convolution loses k - 1 rows, whatever its padding.",
    hint='Which padding has the layer? With "same", at stride 1, it gives as many rows as it takes.',
    lecture=PADDING,
)
_in_table(padding_ignored, padded=lambda padding: "valid")
_in_counts(padding_ignored, padded=lambda padding: "valid")

always_same = idea(
    "table.always_same",
    belief="Convolutions keep the size; only pooling shrinks.",
    hint='That is so with "same". A valid convolution of 5×5 has no window on the two outermost rows.',
    lecture=PADDING,
)
_in_table(always_same, padded=lambda padding: "same")
_in_counts(always_same, padded=lambda padding: "same")


@parameters_by_layer.wrongly(
    idea(
        "table.channels_of_the_image",
        belief="Each kernel is as deep as the image.",
        hint="A kernel spans the channels of what the layer is given: for the second convolution, the maps of the first.",
        lecture=VOLUMES,
    )
)
def channels_of_image(image_shape: Any, layers: Any) -> Any:
    counts = parameters_by_layer(image_shape, layers)
    return [
        conv_parameters(options[0], image_shape[2], options[1]) if kind == "conv" else count
        for (kind, *options), count in zip(layers, counts, strict=True)
    ]
