"""What a convolution costs: operations, and memory."""

from __future__ import annotations

import math
from typing import Any

from grader.tasks.arithmetic.lenet.weights import bias_forgotten, conv_parameters
from grader.tasks.arithmetic.volumes import Shape, colour, conv_output_shape
from grader.tasks.drawn import Case, OneOf, Whole
from grader.tasks.small import shapes
from grader.tasks.task import idea, task

COST = "Lecture 1, Designing a basic CNN architecture"
SIZE = "Lecture 1, Size of the feature map"
VOLUMES = "Lecture 1, Convolutional operation: volumes"
DENSE = "Lecture 5, Convolutional vs fully connected layers"


@task(
    hidden={
        word: (
            Case("A colour image", (colour(3), OneOf((3, 5)), Whole(8, 40), word)),
            Case("Maps of a layer before", (colour(Whole(16, 64)), OneOf((3, 5)), Whole(64, 128), word)),
        )
        for word in ("valid", "same")
    },
    small=shapes(
        ((4, 6, 1), 3, 1, "valid"),
        ((4, 6, 2), 3, 3, "valid"),
        ((4, 6, 2), 3, 3, "same"),
        ((3, 4, 2), 1, 2, "same"),
    ),
)
def conv_cost(image_shape: Shape, kernel_size: int, filters: int, padding: str) -> dict[str, int]:
    """What a convolution costs one image, at stride 1, in float32.

    >>> conv_cost((28, 28, 1), 5, 6, "same")
    {'products': 117600, 'flops': 235200, 'weight bytes': 624, 'map bytes': 18816}
    """
    outputs = math.prod(conv_output_shape(image_shape, kernel_size, filters, 1, padding))
    products = outputs * kernel_size**2 * image_shape[2]
    return {
        "products": products,
        "flops": 2 * products,
        "weight bytes": 4 * conv_parameters(kernel_size, image_shape[2], filters),
        "map bytes": 4 * outputs,
    }


@conv_cost.wrongly(bias_forgotten)
def bias_forgotten_conv_cost(image_shape: Any, kernel_size: int, filters: int, padding: str) -> Any:
    found = conv_cost(image_shape, kernel_size, filters, padding)
    return found | {"weight bytes": found["weight bytes"] - 4 * filters}


@conv_cost.wrongly(
    idea(
        "cost.product_is_an_operation",
        belief="A product is one operation.",
        hint="Each product is also added to the sum: two operations.",
        lecture=COST,
    )
)
def one_operation(image_shape: Any, kernel_size: int, filters: int, padding: str) -> Any:
    found = conv_cost(image_shape, kernel_size, filters, padding)
    return found | {"flops": found["products"]}


@conv_cost.wrongly(
    idea(
        "cost.positions_of_the_input",
        belief="The kernel is applied once for each pixel of the image.",
        hint="It is applied once for each position of the output map. Without padding, are those as many?",
        lecture=SIZE,
    )
)
def positions_of_input(image_shape: Any, kernel_size: int, filters: int, padding: str) -> Any:
    return conv_cost(image_shape, kernel_size, filters, "same")


@conv_cost.wrongly(
    idea(
        "cost.one_channel",
        belief="A kernel of k×k makes k·k products at each position.",
        hint="It spans all channels of its input, and each has its own products.",
        lecture=VOLUMES,
    )
)
def one_channel(image_shape: Any, kernel_size: int, filters: int, padding: str) -> Any:
    found = conv_cost(image_shape, kernel_size, filters, padding)
    products = found["products"] // image_shape[2]
    return found | {"products": products, "flops": 2 * products}


@conv_cost.wrongly(
    idea(
        "cost.one_map",
        belief="The output is one map.",
        hint="Each filter makes one.",
        lecture=VOLUMES,
    )
)
def one_map(image_shape: Any, kernel_size: int, filters: int, padding: str) -> Any:
    found = conv_cost(image_shape, kernel_size, filters, padding)
    return found | {"map bytes": found["map bytes"] // filters}


@conv_cost.wrongly(
    idea(
        "cost.eight_bytes",
        belief="A number takes eight bytes.",
        hint="In float64 it does. Networks compute in float32: 32 bits are how many bytes?",
        lecture=COST,
    )
)
def doubles(image_shape: Any, kernel_size: int, filters: int, padding: str) -> Any:
    found = conv_cost(image_shape, kernel_size, filters, padding)
    return found | {name: 2 * found[name] for name in ("weight bytes", "map bytes")}


@conv_cost.wrongly(
    idea(
        "cost.each_weight_once",
        belief="Each weight is multiplied once.",
        hint="A kernel slides: at every position each of its weights is multiplied again.",
        lecture=DENSE,
    )
)
def once_each(image_shape: Any, kernel_size: int, filters: int, padding: str) -> Any:
    products = conv_parameters(kernel_size, image_shape[2], filters, use_bias=False)
    return conv_cost(image_shape, kernel_size, filters, padding) | {
        "products": products,
        "flops": 2 * products,
    }
