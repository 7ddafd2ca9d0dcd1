"""A convolution as a matrix."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.cnnchecks.oracle import Rung
from grader.tasks.drawn import Case, Normal, Whole
from grader.tasks.lab.picture import Array, instead
from grader.tasks.lab.slide import kernel_turned
from grader.tasks.small import digits
from grader.tasks.task import idea, task

MATRIX = "Lecture 5, Convolutional vs fully connected layers"


@task(
    hidden={
        "plain": (
            Case("A kernel of three", (Normal((3,)), Whole(7, 9))),
            Case("A kernel of four", (Normal((4,)), Whole(8, 11))),
        ),
    },
    small=[Rung((digits((k,)), n)) for k, n in ((1, 1), (1, 2), (2, 2), (2, 3), (3, 4), (2, 5), (3, 5))],
)
def convolution_matrix(kernel: Array, length: int) -> Array:
    """The matrix for which x @ matrix is the cross-correlation of x (length,) with the kernel.

    Lecture 5's, for a row of five:

    >>> convolution_matrix(np.array([-1.0, 0.0, 1.0]), 5).astype(int).tolist()
    [[-1, 0, 0], [0, -1, 0], [1, 0, -1], [0, 1, 0], [0, 0, 1]]
    """
    matrix = np.zeros((length, length - len(kernel) + 1))
    for column in range(matrix.shape[1]):
        matrix[column : column + len(kernel), column] = kernel
    return matrix


instead(kernel_turned, "convolution_matrix", lambda kernel, length: convolution_matrix(kernel[::-1], length))

matrix_transposed = idea(
    "matrix.transposed",
    belief="A matrix stands to the left of what it is applied to.",
    hint="Then its rows would belong to outputs. Here it is `x @ matrix`: each column makes one output.",
    lecture=MATRIX,
)
instead(matrix_transposed, "convolution_matrix", lambda *args: convolution_matrix(*args).T)

square_matrix = idea(
    "matrix.one_column_per_pixel",
    belief="There is a column for each pixel of the row.",
    hint="A column is a position of the whole kernel. How many positions are there without padding?",
    lecture=MATRIX,
)


@convolution_matrix.wrongly(square_matrix)
def square_matrix_convolution_matrix(kernel: Any, length: int) -> Any:
    before = (len(kernel) - 1) // 2
    return convolution_matrix(kernel, length + len(kernel) - 1)[before : before + length]


@convolution_matrix.wrongly(square_matrix)
def square_matrix_convolution_matrix_2(kernel: Any, length: int) -> Any:
    return convolution_matrix(kernel, length + len(kernel) - 1)[:length]


columns_apart = idea(
    "matrix.windows_side_by_side",
    belief="The kernel stands in the next column where it ended in the last.",
    hint="It moves down by one row from a column to the next.",
    lecture=MATRIX,
)
instead(columns_apart, "convolution_matrix", lambda *args: convolution_matrix(*args)[:, :: len(args[0])])
