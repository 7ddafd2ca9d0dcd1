"""A dense layer on a picture."""

from __future__ import annotations

from grader.tasks.drawn import Case, Whole
from grader.tasks.lab.picture import COLUMNS, ROWS, instead
from grader.tasks.small import shapes
from grader.tasks.task import idea, task

MATRIX = "Lecture 5, Convolutional vs fully connected layers"


@task(
    hidden={
        "plain": (Case("A wide picture", (ROWS, COLUMNS)), Case("A small one", (Whole(5, 9), Whole(3, 4))))
    },
    small=shapes((1, 1), (1, 2), (2, 2), (2, 3)),
)
def dense_weights(height: int, width: int) -> int:
    """Of a fully connected layer, without biases, from a grey picture to one of the same size.

    >>> dense_weights(28, 28)
    614656
    """
    return (height * width) ** 2


weight_per_pixel = idea(
    "dense.weight_per_pixel",
    belief="A fully connected layer has a weight for each pixel.",
    hint="It has that many for each of its units. How many units has a layer that gives a picture of the same size?",
    lecture=MATRIX,
)
instead(weight_per_pixel, "dense_weights", lambda height, width: height * width)

twice_the_pixels = idea(
    "dense.inputs_and_outputs_added",
    belief="Inputs and outputs each have a weight.",
    hint="Each pair of an input and an output has one: add or multiply?",
    lecture=MATRIX,
)
instead(twice_the_pixels, "dense_weights", lambda height, width: 2 * height * width)

biases_too = idea(
    "dense.biases_counted",
    belief="The biases are weights too.",
    hint="The question leaves them out.",
    lecture=MATRIX,
)
instead(biases_too, "dense_weights", lambda height, width: dense_weights(height, width) + height * width)

axis_by_axis = idea(
    "dense.axis_by_axis",
    belief="Each row is connected with each row, and each column with each column.",
    hint="Every pixel is connected with every pixel. How many pixels are there?",
    lecture=MATRIX,
)
instead(axis_by_axis, "dense_weights", lambda height, width: height**2 + width**2)
