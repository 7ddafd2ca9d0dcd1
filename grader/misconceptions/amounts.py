"""Wrong ideas about amounts: parameters of whole networks, what a unit sees, what a layer costs."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from grader.misconceptions import counting, shapes
from grader.misconceptions.arithmetic import flat_one_map
from grader.misconceptions.idea import idea
from grader.misconceptions.right import (
    conv_cost,
    conv_output_shape,
    conv_parameters,
    convolved_parameters,
    dense_parameters,
    fully_connected_parameters,
    local_layer,
    receptive_field,
)

VOLUMES = "Lecture 1, Convolutional operation: volumes"
EXPLOSION = "Lecture 1, Motivation: parameter explosion"
DOTS = "Lecture 1, Convolutional building blocks: and now?"
SHARED = "Lecture 4, Convolution operation: 64 neurons with shared weights"
DENSE = "Lecture 5, Convolutional vs fully connected layers"
FIELD = "Lecture 5, Convolutional vs fully connected layers: receptive field"
COST = "Lecture 1, Designing a basic CNN architecture"

# Fully connected against convolution ------------------------------------------------------------------------

first_layer_only = idea(
    "counts.first_layer_only",
    belief="The first layer has all the weights that count.",
    hint="Each layer has weights for the units before it. Add up all of them, the last one too.",
    lecture=EXPLOSION,
)
sees_the_image = idea(
    "counts.every_layer_sees_the_image",
    belief="Every unit has a weight for each pixel.",
    hint="A unit of the second layer is connected to the units of the first, and to nothing else.",
    lecture=EXPLOSION,
)
output_without_bias = idea(
    "counts.output_without_bias",
    belief="The output has no bias.",
    hint="Lecture 1 counts 101 for the output: 100 weights, and what else?",
    lecture=EXPLOSION,
)
image_into_dense = idea(
    "counts.image_straight_into_dense",
    belief="The dense layers still see the image.",
    hint="Behind the convolution they see its maps: how many numbers are those?",
    lecture=DOTS,
)
no_effect = idea(
    "counts.padding_without_effect",
    belief="Padding has no parameters, so it changes no count.",
    hint="It has none itself, but the dense layer has a weight for every pixel of the maps: how large are they?",
    lecture=DOTS,
)


@counting.bias_forgotten.answers_to("fully_connected_parameters")
def _(inputs: int, units: Any) -> int:
    return fully_connected_parameters(inputs, units) - sum(units)


@counting.bias_per_input.answers_to("fully_connected_parameters")
def _(inputs: int, units: Any) -> int:
    return fully_connected_parameters(inputs, units) - sum(units) + inputs + sum(units[:-1])


@first_layer_only.answers_to("fully_connected_parameters")
def _(inputs: int, units: Any) -> int:
    return fully_connected_parameters(inputs, units[:1])


@sees_the_image.answers_to("fully_connected_parameters")
def _(inputs: int, units: Any) -> int:
    return sum(dense_parameters(inputs, n) for n in units)


@output_without_bias.answers_to("fully_connected_parameters")
def _(inputs: int, units: Any) -> int:
    return fully_connected_parameters(inputs, units) - units[-1]


def _dense_after(inputs: int, image_shape: Any, kernel_size: int, filters: int, units: Any) -> int:
    return conv_parameters(kernel_size, image_shape[2], filters) + fully_connected_parameters(inputs, units)


@image_into_dense.answers_to("convolved_parameters")
def _(image_shape: Any, kernel_size: int, filters: int, padding: str, units: Any) -> int:
    return _dense_after(math.prod(image_shape), image_shape, kernel_size, filters, units)


@flat_one_map.answers_to("convolved_parameters")
def _(image_shape: Any, kernel_size: int, filters: int, padding: str, units: Any) -> int:
    rows, columns, _ = conv_output_shape(image_shape, kernel_size, filters, 1, padding)
    return _dense_after(rows * columns, image_shape, kernel_size, filters, units)


@no_effect.answers_to("convolved_parameters")
def _(image_shape: Any, kernel_size: int, filters: int, padding: str, units: Any) -> int:
    return convolved_parameters(image_shape, kernel_size, filters, "same", units)


@no_effect.answers_to("convolved_parameters")
def _(image_shape: Any, kernel_size: int, filters: int, padding: str, units: Any) -> int:
    return convolved_parameters(image_shape, kernel_size, filters, "valid", units)


@counting.bias_forgotten.answers_to("convolved_parameters")
def _(image_shape: Any, kernel_size: int, filters: int, padding: str, units: Any) -> int:
    return convolved_parameters(image_shape, kernel_size, filters, padding, units) - filters - sum(units)


@counting.channels_forgotten.answers_to("convolved_parameters")
def _(image_shape: Any, kernel_size: int, filters: int, padding: str, units: Any) -> int:
    total = convolved_parameters(image_shape, kernel_size, filters, padding, units)
    return total - conv_parameters(kernel_size, image_shape[2] - 1, filters, use_bias=False)


@counting.weights_per_position.answers_to("convolved_parameters")
def _(image_shape: Any, kernel_size: int, filters: int, padding: str, units: Any) -> int:
    rows, columns, _ = conv_output_shape(image_shape, kernel_size, filters, 1, padding)
    total = convolved_parameters(image_shape, kernel_size, filters, padding, units)
    return total + (rows * columns - 1) * conv_parameters(kernel_size, image_shape[2], filters)


unit_per_pixel = idea(
    "local.unit_for_every_pixel",
    belief="There is a unit for every pixel of the image.",
    hint="Without padding, is there a window whose middle is the corner pixel?",
    lecture=SHARED,
)
not_shared = idea(
    "local.weights_not_shared",
    belief="Each connection has a weight of its own.",
    hint="All units use the same kernel. How many different numbers are there to learn?",
    lecture=SHARED,
)
connections_shared = idea(
    "local.connections_counted_once",
    belief="Shared connections count once.",
    hint="A weight is shared, a connection isn't: each unit is wired to its own patch.",
    lecture=SHARED,
)
weight_per_pixel = idea(
    "local.dense_weight_per_pixel",
    belief="A dense layer has as many weights as the image has pixels.",
    hint="That is one unit's share. How many units does the layer have?",
    lecture=DENSE,
)
side_of_kernel = idea(
    "local.side_of_the_kernel",
    belief="A kernel of 3 has three weights.",
    hint="It is a square: 3 rows of 3.",
    lecture=SHARED,
)


@unit_per_pixel.answers_to("local_layer")
def _(height: int, width: int, kernel_size: int) -> Any:
    return local_layer(height + kernel_size - 1, width + kernel_size - 1, kernel_size) | {
        "dense weights": (height * width) ** 2
    }


@not_shared.answers_to("local_layer")
def _(height: int, width: int, kernel_size: int) -> Any:
    found = local_layer(height, width, kernel_size)
    return found | {"weights": found["connections"]}


@connections_shared.answers_to("local_layer")
def _(height: int, width: int, kernel_size: int) -> Any:
    return local_layer(height, width, kernel_size) | {"connections": kernel_size**2}


@weight_per_pixel.answers_to("local_layer")
def _(height: int, width: int, kernel_size: int) -> Any:
    return local_layer(height, width, kernel_size) | {"dense weights": height * width}


@side_of_kernel.answers_to("local_layer")
def _(height: int, width: int, kernel_size: int) -> Any:
    found = local_layer(height, width, kernel_size)
    return found | {"connections": found["units"] * kernel_size, "weights": kernel_size}


@weight_per_pixel.answers_to("dense_parameters")
def _(inputs: int, units: int, use_bias: bool = True) -> int:
    return inputs + (units if use_bias else 0)


# Receptive field --------------------------------------------------------------------------------------------

field_strides = idea(
    "field.strides_ignored",
    belief="Each layer adds k - 1 pixels.",
    hint="Behind a stride of 2 two neighbours look at places two pixels apart. How far does a kernel of 3 reach there?",
    lecture=FIELD,
)
own_stride = idea(
    "field.own_stride_counted",
    belief="A layer's own stride spreads its own taps.",
    hint="The stride is the distance between two outputs of the layer. Who reads those?",
    lecture=FIELD,
)
kernels_added = idea(
    "field.kernels_added",
    belief="The receptive fields of the layers add up.",
    hint="Two kernels of 3 in a row: draw them. Their windows overlap, so they see 5 pixels, not 6.",
    lecture=FIELD,
)
last_kernel = idea(
    "field.last_kernel_alone",
    belief="A unit sees as many pixels as its kernel is wide.",
    hint="That many of the layer before it. And each of those sees several pixels of the image.",
    lecture=FIELD,
)


def _field(
    layers: Any,
    reach: Callable[[int, int], int] = lambda k, d: (k - 1) * d,
    first: bool = False,
    strided: bool = True,
) -> int:
    field, apart = 1, 1
    for kernel_size, strides, dilation_rate in layers:
        apart *= strides if first and strided else 1
        field += reach(kernel_size, dilation_rate) * apart
        apart *= strides if strided and not first else 1
    return field


@field_strides.answers_to("receptive_field")
def _(layers: Any) -> int:
    return _field(layers, strided=False)


@own_stride.answers_to("receptive_field")
def _(layers: Any) -> int:
    return _field(layers, first=True)


@kernels_added.answers_to("receptive_field")
def _(layers: Any) -> int:
    return _field(layers, reach=lambda k, d: (k - 1) * d + 1) - 1


@last_kernel.answers_to("receptive_field")
def _(layers: Any) -> int:
    return receptive_field(layers[-1:])


@shapes.dilation_ignored.answers_to("receptive_field")
def _(layers: Any) -> int:
    return receptive_field([(kernel_size, strides, 1) for kernel_size, strides, _ in layers])


@shapes.dilation_times_kernel.answers_to("receptive_field")
def _(layers: Any) -> int:
    return receptive_field(
        [(kernel_size * dilation, strides, 1) for kernel_size, strides, dilation in layers]
    )


# Cost -------------------------------------------------------------------------------------------------------

one_operation = idea(
    "cost.product_is_an_operation",
    belief="A product is one operation.",
    hint="Each product is also added to the sum: two operations.",
    lecture=COST,
)
positions_of_input = idea(
    "cost.positions_of_the_input",
    belief="The kernel is applied once for each pixel of the image.",
    hint="It is applied once for each position of the output map. Without padding, are those as many?",
    lecture=shapes.SIZE,
)
one_channel = idea(
    "cost.one_channel",
    belief="A kernel of k×k makes k·k products at each position.",
    hint="It spans all channels of its input, and each has its own products.",
    lecture=VOLUMES,
)
one_map = idea(
    "cost.one_map",
    belief="The output is one map.",
    hint="Each filter makes one.",
    lecture=VOLUMES,
)
doubles = idea(
    "cost.eight_bytes",
    belief="A number takes eight bytes.",
    hint="In float64 it does. Networks compute in float32: 32 bits are how many bytes?",
    lecture=COST,
)
once_each = idea(
    "cost.each_weight_once",
    belief="Each weight is multiplied once.",
    hint="A kernel slides: at every position each of its weights is multiplied again.",
    lecture=DENSE,
)


@one_operation.answers_to("conv_cost")
def _(image_shape: Any, kernel_size: int, filters: int, padding: str) -> Any:
    found = conv_cost(image_shape, kernel_size, filters, padding)
    return found | {"flops": found["products"]}


@positions_of_input.answers_to("conv_cost")
def _(image_shape: Any, kernel_size: int, filters: int, padding: str) -> Any:
    return conv_cost(image_shape, kernel_size, filters, "same")


@one_channel.answers_to("conv_cost")
def _(image_shape: Any, kernel_size: int, filters: int, padding: str) -> Any:
    found = conv_cost(image_shape, kernel_size, filters, padding)
    products = found["products"] // image_shape[2]
    return found | {"products": products, "flops": 2 * products}


@one_map.answers_to("conv_cost")
def _(image_shape: Any, kernel_size: int, filters: int, padding: str) -> Any:
    found = conv_cost(image_shape, kernel_size, filters, padding)
    return found | {"map bytes": found["map bytes"] // filters}


@doubles.answers_to("conv_cost")
def _(image_shape: Any, kernel_size: int, filters: int, padding: str) -> Any:
    found = conv_cost(image_shape, kernel_size, filters, padding)
    return found | {name: 2 * found[name] for name in ("weight bytes", "map bytes")}


@once_each.answers_to("conv_cost")
def _(image_shape: Any, kernel_size: int, filters: int, padding: str) -> Any:
    products = conv_parameters(kernel_size, image_shape[2], filters, use_bias=False)
    return conv_cost(image_shape, kernel_size, filters, padding) | {
        "products": products,
        "flops": 2 * products,
    }


@counting.bias_forgotten.answers_to("conv_cost")
def _(image_shape: Any, kernel_size: int, filters: int, padding: str) -> Any:
    found = conv_cost(image_shape, kernel_size, filters, padding)
    return found | {"weight bytes": found["weight bytes"] - 4 * filters}
