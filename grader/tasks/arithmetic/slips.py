"""What the lectures' slides have wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from grader.tasks.arithmetic.local import side_of_kernel
from grader.tasks.drawn import Case, Normal, Whole
from grader.tasks.layers.conv.kernels import flipped_kernel
from grader.tasks.task import idea, task

DIMENSION = "Lecture 5, What makes images different: high dimensionality"
AVERAGE = "Lecture 2, Putting it all together"
PADDING = "Lecture 2, Convolutional layer parameters: padding"


@task(hidden={"plain": (Case("A colour image", (Whole(700, 999), Whole(1200, 1999), 3)),)})
def input_values(height: int, width: int, channels: int) -> int:
    """
    >>> input_values(972, 1920, 3)  # lecture 5
    5598720
    """
    return height * width * channels


@task(hidden={"plain": (Case("A square kernel", (Whole(3, 40),)),)})
def kernel_taps(kernel_size: int) -> int:
    """
    >>> kernel_taps(3)  # lecture 4
    9
    """
    return kernel_size**2


@task(
    hidden={
        "plain": (Case("A window of 3", (3,)), Case("A larger window", (Whole(4, 40),))),
    }
)
def average_tap(pool_size: int) -> float:
    """The weight of each tap, if average pooling is written as a convolution.

    >>> average_tap(2)  # lecture 2
    0.25
    """
    return 1 / pool_size**2


@task(
    hidden={
        "plain": (
            Case("A kernel of 3", (Normal((6, 7)), Normal((3, 3)), Whole(1, 3), Whole(2, 4))),
            Case("A kernel of 5", (Normal((8, 9)), Normal((5, 5)), Whole(0, 3), Whole(0, 4))),
        ),
    }
)
def window_sum(image: np.ndarray, kernel: np.ndarray, row: int, column: int) -> float:
    """The value of a `same` convolution with an odd kernel at one place, the kernel as it stands.

    >>> window_sum(np.arange(9).reshape(3, 3), np.array([[0, 0, 1], [0, 0, 0], [0, 0, 0]]), 1, 1)
    2
    """
    framed = np.pad(image, len(kernel) // 2)
    return np.vdot(framed[row : row + len(kernel), column : column + len(kernel)], kernel).item()


@task(hidden={})
def pixels_at(image: np.ndarray, places: Sequence[tuple[int, int]]) -> tuple[int, ...]:
    return tuple(int(image[place]) for place in places)


@kernel_taps.wrongly(side_of_kernel)
def side_of_kernel_kernel_taps(kernel_size: int) -> int:
    return kernel_taps(kernel_size) // kernel_size


@window_sum.wrongly(flipped_kernel)
def flipped_kernel_window_sum(image: Any, kernel: Any, row: int, column: int) -> float:
    return window_sum(image, kernel[::-1, ::-1], row, column)


@input_values.wrongly(
    idea(
        "slips.pixels_for_values",
        belief="A pixel is one input.",
        hint="A pixel of a colour image has three values, and the network sees each of them.",
        lecture=DIMENSION,
    )
)
def pixels_for_values(height: int, width: int, channels: int) -> int:
    return input_values(height, width, 1)


@input_values.wrongly(
    idea(
        "slips.rounded",
        belief="Millions are exact enough.",
        hint="Here all digits are asked for: multiply it out.",
        lecture=DIMENSION,
    )
)
def about_right(height: int, width: int, channels: int) -> int:
    return input_values(height, width, channels) // 10**6 * 10**6


@average_tap.wrongly(
    idea(
        "slips.average_of_ones",
        belief="The kernel of average pooling is all ones.",
        hint="A kernel of ones adds the pixels up. The mean of four pixels is which part of their sum?",
        lecture=AVERAGE,
    )
)
def ones_for_mean(pool_size: int) -> float:
    return pool_size**2 * average_tap(pool_size)


@average_tap.wrongly(
    idea(
        "slips.share_of_one_side",
        belief="A window of 2 has weights of one half.",
        hint="The window is a square: how many pixels share?",
        lecture=AVERAGE,
    )
)
def share_of_side(pool_size: int) -> float:
    return pool_size * average_tap(pool_size)


@kernel_taps.wrongly(
    idea(
        "slips.last_number_for_count",
        belief="What is numbered up to 9 are ten.",
        hint="A kernel of 3×3 is a square of weights: count them. Which number between the first and the last isn't used?",
        lecture="Lecture 4, Convolution operation: example",
    )
)
def last_for_count(kernel_size: int) -> int:
    return kernel_taps(kernel_size) + 1


@window_sum.wrongly(
    idea(
        "slips.window_begins_at_the_pixel",
        belief="The window of output (i, j) begins at pixel (i, j).",
        hint="With a border of zeros it is centred there.",
        lecture=PADDING,
    )
)
def upper_left(image: Any, kernel: Any, row: int, column: int) -> float:
    half = len(kernel) // 2
    return window_sum(np.pad(image, ((0, half), (0, half))), kernel, row + half, column + half)
