"""Moving averages."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from grader.cnnchecks.oracle import Rung
from grader.tasks.drawn import Case, Levels
from grader.tasks.lab.picture import Array, instead
from grader.tasks.lab.turn import correlate2d
from grader.tasks.small import digits
from grader.tasks.task import idea, task

NOISE = "Lecture 5, Convolutions: image processing example"


@task(
    hidden={
        "plain": (
            Case("Windows of three", (Levels((6, 8), 0, 255), 3)),
            Case("Windows of five", (Levels((9, 7), 0, 255), 5)),
        ),
    },
    small=[
        Rung((x, size))
        for x, size in (
            (digits((1, 2)), 1),
            (9 * digits((3, 3)), 3),
            (9 * digits((3, 3), 1, 3) ** 2, 3),
            (digits((3, 4)), 3),
        )
    ],
    terms=lambda image, size: size**2,
    picture=True,
)
def moving_average(image: Array, size: int) -> Array:
    return correlate2d(image, np.full((size, size), 1 / size**2))


not_divided = idea(
    "average.not_divided",
    belief="A kernel of ones averages.",
    hint="A kernel of ones adds up. On a wall of grey 100 an average says 100: what does yours say?",
    lecture=NOISE,
)
instead(not_divided, "moving_average", lambda image, size: size**2 * moving_average(image, size))

by_the_side = idea(
    "average.divided_by_the_side",
    belief="Each weight of a moving average of size k is 1/k.",
    hint="That is right in one dimension. How many pixels does the window have in two?",
    lecture=NOISE,
)
instead(by_the_side, "moving_average", lambda image, size: size * moving_average(image, size))


@moving_average.wrongly(
    idea(
        "average.centre_left_out",
        belief="A neighbourhood is the pixels around one, without itself.",
        hint="Lecture 5's kernel has a weight at its centre too. How many weights are there?",
        lecture=NOISE,
    )
)
def without_centre(image: Any, size: int) -> Any:
    kernel = np.ones((size, size))
    kernel[size // 2, size // 2] = 0
    return correlate2d(image, kernel) / (size**2 - 1)


rounded = idea(
    "average.rounded",
    belief="Pixels are whole numbers, so averages are rounded.",
    hint="Keep the fractions; rounding is for the screen.",
    lecture=NOISE,
)
instead(rounded, "moving_average", lambda image, size: np.round(moving_average(image, size)))
instead(rounded, "moving_average", lambda image, size: np.floor(moving_average(image, size)))

median = idea(
    "average.median",
    belief="An average is the median.",
    hint="The median is the number in the middle, and a good idea against noise; a moving average adds up and divides.",
    lecture=NOISE,
)
instead(
    median,
    "moving_average",
    lambda image, size: np.median(sliding_window_view(image, (size, size)), axis=(2, 3)),
)
