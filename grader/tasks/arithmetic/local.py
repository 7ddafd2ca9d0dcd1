"""Full, local and shared weights."""

from __future__ import annotations

from typing import Any

from grader.tasks.arithmetic.lenet.weights import dense_parameters
from grader.tasks.drawn import Case, OneOf, Whole
from grader.tasks.small import shapes
from grader.tasks.task import idea, task

SHARED = "Lecture 4, Convolution operation: 64 neurons with shared weights"
DENSE = "Lecture 5, Convolutional vs fully connected layers"


@task(
    hidden={
        "plain": (
            Case("A square image", (20, 20, OneOf((3, 5)))),
            Case("An image that isn't square", (Whole(12, 20), Whole(24, 40), OneOf((3, 5, 7)))),
        ),
    },
    small=shapes((3, 3, 2), (4, 4, 3), (3, 5, 3)),
)
def local_layer(height: int, width: int, kernel_size: int) -> dict[str, int]:
    """What a convolution of one channel has as a layer of units, without padding or bias.

    >>> local_layer(10, 10, 3)  # lecture 4
    {'units': 64, 'connections': 576, 'weights': 9, 'dense weights': 6400}
    """
    units = (height - kernel_size + 1) * (width - kernel_size + 1)
    return {
        "units": units,
        "connections": units * kernel_size**2,
        "weights": kernel_size**2,
        "dense weights": units * height * width,
    }


@local_layer.wrongly(
    idea(
        "local.unit_for_every_pixel",
        belief="There is a unit for every pixel of the image.",
        hint="Without padding, is there a window whose middle is the corner pixel?",
        lecture=SHARED,
    )
)
def unit_per_pixel(height: int, width: int, kernel_size: int) -> Any:
    return local_layer(height + kernel_size - 1, width + kernel_size - 1, kernel_size) | {
        "dense weights": (height * width) ** 2
    }


@local_layer.wrongly(
    idea(
        "local.weights_not_shared",
        belief="Each connection has a weight of its own.",
        hint="All units use the same kernel. How many different numbers are there to learn?",
        lecture=SHARED,
    )
)
def not_shared(height: int, width: int, kernel_size: int) -> Any:
    found = local_layer(height, width, kernel_size)
    return found | {"weights": found["connections"]}


@local_layer.wrongly(
    idea(
        "local.connections_counted_once",
        belief="Shared connections count once.",
        hint="A weight is shared, a connection isn't: each unit is wired to its own patch.",
        lecture=SHARED,
    )
)
def connections_shared(height: int, width: int, kernel_size: int) -> Any:
    return local_layer(height, width, kernel_size) | {"connections": kernel_size**2}


weight_per_pixel = idea(
    "local.dense_weight_per_pixel",
    belief="A dense layer has as many weights as the image has pixels.",
    hint="That is one unit's share. How many units does the layer have?",
    lecture=DENSE,
)


@local_layer.wrongly(weight_per_pixel)
def weight_per_pixel_local_layer(height: int, width: int, kernel_size: int) -> Any:
    return local_layer(height, width, kernel_size) | {"dense weights": height * width}


@dense_parameters.wrongly(weight_per_pixel)
def weight_per_pixel_dense_parameters(inputs: int, units: int, use_bias: bool = True) -> int:
    return inputs + (units if use_bias else 0)


side_of_kernel = idea(
    "local.side_of_the_kernel",
    belief="A kernel of 3 has three weights.",
    hint="It is a square: 3 rows of 3.",
    lecture=SHARED,
)


@local_layer.wrongly(side_of_kernel)
def side_of_kernel_local_layer(height: int, width: int, kernel_size: int) -> Any:
    found = local_layer(height, width, kernel_size)
    return found | {"connections": found["units"] * kernel_size, "weights": kernel_size}
