"""Parameters of fully connected networks, and of the same with convolutions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from grader.tasks.arithmetic.lenet.table import weights_per_position
from grader.tasks.arithmetic.lenet.weights import (
    bias_forgotten,
    bias_per_input,
    channels_forgotten,
    conv_parameters,
    dense_parameters,
)
from grader.tasks.arithmetic.volumes import Made, Shape, colour, conv_output_shape, flat_one_map
from grader.tasks.drawn import Case, OneOf, Whole
from grader.tasks.small import shapes
from grader.tasks.task import idea, task

EXPLOSION = "Lecture 1, Motivation: parameter explosion"
DOTS = "Lecture 1, Convolutional building blocks: and now?"


@task(
    hidden={
        "plain": (
            Case("Two layers", (Whole(500, 900), Made((Whole(50, 90), Whole(2, 9))))),
            Case("Three layers", (Whole(5000, 9000), Made((Whole(200, 400), Whole(50, 90), Whole(2, 9))))),
        ),
    },
    small=shapes((2, (1,)), (3, (2, 1)), (5, (3, 2)), (4, (3, 2, 1))),
)
def fully_connected_parameters(inputs: int, units: Sequence[int]) -> int:
    """
    >>> fully_connected_parameters(1024 * 1024 * 3, (1000, 100, 1))  # lecture 1
    3145829201
    """
    sizes = (inputs, *units)
    return sum(map(dense_parameters, sizes, sizes[1:]))


@task(
    hidden={
        word: (
            Case(
                "A colour image",
                (colour(3), OneOf((3, 5)), Whole(8, 20), word, Made((Whole(40, 90), Whole(2, 9)))),
            ),
            Case(
                "Five channels",
                (colour(5), 7, Whole(8, 20), word, Made((Whole(90, 150), Whole(20, 40), Whole(2, 9)))),
            ),
        )
        for word in ("same", "valid")
    },
    small=[
        *shapes(
            ((4, 6, 2), 3, 4, "same", (3, 2)),
            ((4, 6, 2), 3, 4, "valid", (3, 2)),
            ((3, 4, 1), 3, 2, "valid", (2,)),
        ),
    ],
)
def convolved_parameters(
    image_shape: Shape, kernel_size: int, filters: int, padding: str, units: Sequence[int]
) -> int:
    """A convolution, and dense layers on its maps.

    >>> [convolved_parameters((1024, 1024, 3), 3, 10, padding, (100, 1)) for padding in ("same", "valid")]
    [1048576481, 1044484481]
    """
    inputs = math.prod(conv_output_shape(image_shape, kernel_size, filters, 1, padding))
    return conv_parameters(kernel_size, image_shape[2], filters) + fully_connected_parameters(inputs, units)


@fully_connected_parameters.wrongly(bias_forgotten)
def bias_forgotten_fully_connected_parameters(inputs: int, units: Any) -> int:
    return fully_connected_parameters(inputs, units) - sum(units)


@convolved_parameters.wrongly(bias_forgotten)
def bias_forgotten_convolved_parameters(
    image_shape: Any, kernel_size: int, filters: int, padding: str, units: Any
) -> int:
    return convolved_parameters(image_shape, kernel_size, filters, padding, units) - filters - sum(units)


@convolved_parameters.wrongly(channels_forgotten)
def channels_forgotten_convolved_parameters(
    image_shape: Any, kernel_size: int, filters: int, padding: str, units: Any
) -> int:
    total = convolved_parameters(image_shape, kernel_size, filters, padding, units)
    return total - conv_parameters(kernel_size, image_shape[2] - 1, filters, use_bias=False)


@fully_connected_parameters.wrongly(bias_per_input)
def bias_per_input_fully_connected_parameters(inputs: int, units: Any) -> int:
    return fully_connected_parameters(inputs, units) - sum(units) + inputs + sum(units[:-1])


@convolved_parameters.wrongly(weights_per_position)
def weights_per_position_convolved_parameters(
    image_shape: Any, kernel_size: int, filters: int, padding: str, units: Any
) -> int:
    rows, columns, _ = conv_output_shape(image_shape, kernel_size, filters, 1, padding)
    total = convolved_parameters(image_shape, kernel_size, filters, padding, units)
    return total + (rows * columns - 1) * conv_parameters(kernel_size, image_shape[2], filters)


def _dense_after(inputs: int, image_shape: Any, kernel_size: int, filters: int, units: Any) -> int:
    return conv_parameters(kernel_size, image_shape[2], filters) + fully_connected_parameters(inputs, units)


@convolved_parameters.wrongly(flat_one_map)
def flat_one_map_convolved_parameters(
    image_shape: Any, kernel_size: int, filters: int, padding: str, units: Any
) -> int:
    rows, columns, _ = conv_output_shape(image_shape, kernel_size, filters, 1, padding)
    return _dense_after(rows * columns, image_shape, kernel_size, filters, units)


@fully_connected_parameters.wrongly(
    idea(
        "counts.first_layer_only",
        belief="The first layer has all the weights that count.",
        hint="Each layer has weights for the units before it. Add up all of them, the last one too.",
        lecture=EXPLOSION,
    )
)
def first_layer_only(inputs: int, units: Any) -> int:
    return fully_connected_parameters(inputs, units[:1])


@fully_connected_parameters.wrongly(
    idea(
        "counts.every_layer_sees_the_image",
        belief="Every unit has a weight for each pixel.",
        hint="A unit of the second layer is connected to the units of the first, and to nothing else.",
        lecture=EXPLOSION,
    )
)
def sees_the_image(inputs: int, units: Any) -> int:
    return sum(dense_parameters(inputs, n) for n in units)


@fully_connected_parameters.wrongly(
    idea(
        "counts.output_without_bias",
        belief="The output has no bias.",
        hint="Lecture 1 counts 101 for the output: 100 weights, and what else?",
        lecture=EXPLOSION,
    )
)
def output_without_bias(inputs: int, units: Any) -> int:
    return fully_connected_parameters(inputs, units) - units[-1]


@convolved_parameters.wrongly(
    idea(
        "counts.image_straight_into_dense",
        belief="The dense layers still see the image.",
        hint="Behind the convolution they see its maps: how many numbers are those?",
        lecture=DOTS,
    )
)
def image_into_dense(image_shape: Any, kernel_size: int, filters: int, padding: str, units: Any) -> int:
    return _dense_after(math.prod(image_shape), image_shape, kernel_size, filters, units)


no_effect = idea(
    "counts.padding_without_effect",
    belief="Padding has no parameters, so it changes no count.",
    hint="It has none itself, but the dense layer has a weight for every pixel of the maps: how large are they?",
    lecture=DOTS,
)


@convolved_parameters.wrongly(no_effect)
def no_effect_convolved_parameters(
    image_shape: Any, kernel_size: int, filters: int, padding: str, units: Any
) -> int:
    return convolved_parameters(image_shape, kernel_size, filters, "same", units)


@convolved_parameters.wrongly(no_effect)
def no_effect_convolved_parameters_2(
    image_shape: Any, kernel_size: int, filters: int, padding: str, units: Any
) -> int:
    return convolved_parameters(image_shape, kernel_size, filters, "valid", units)
