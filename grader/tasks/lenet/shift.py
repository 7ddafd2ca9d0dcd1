"""Moved images."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.cnnchecks.oracle import Rung
from grader.tasks.drawn import Case, Normal, OneOf, Whole
from grader.tasks.small import digits
from grader.tasks.task import idea, task

TRANSLATION = "Lecture 1, Motivation: loss of spatial information"


@task(
    hidden={
        "plain": (
            Case("Down and to the right", (Normal((2, 5, 7, 3)), Whole(1, 3), Whole(1, 3))),
            Case("Up and to the left", (Normal((2, 7, 5, 2)), Whole(-3, -1), Whole(-3, -1))),
            Case("Along one axis", (Normal((3, 6, 6, 1)), OneOf((-2, 2)), 0)),
            Case("Along the other axis", (Normal((3, 6, 6, 1)), 0, OneOf((-1, 1)))),
        ),
    },
    small=[
        Rung((digits(x), down, right))
        for x, down, right in (
            ((1, 2, 1, 1), 1, 0),
            ((1, 1, 2, 1), 0, 1),
            ((1, 2, 1, 1), -1, 0),
            ((1, 1, 2, 1), 0, -1),
            ((1, 3, 1, 1), 1, 0),
            ((1, 1, 3, 1), 0, 1),
            ((1, 3, 3, 1), 1, -1),
            ((2, 3, 3, 1), -1, 1),
            ((2, 3, 3, 2), 2, 1),
        )
    ],
)
def shifted(images: np.ndarray, down: int, right: int) -> np.ndarray:
    """Images (N, H, W, C) moved by whole pixels, zeros where nothing was.

    >>> shifted(np.ones((1, 2, 2, 1)), -1, 0)[0, ..., 0].tolist()
    [[1.0, 1.0], [0.0, 0.0]]
    """
    _, height, width, _ = images.shape
    rows, columns = abs(down), abs(right)
    framed = np.pad(images, ((0, 0), (rows, rows), (columns, columns), (0, 0)))
    return framed[:, rows - down :, columns - right :][:, :height, :width]


@shifted.wrongly(
    idea(
        "shift.comes_back_at_the_other_side",
        belief="What leaves the image on one side comes in on the other: `np.roll` does it.",
        hint="Move a picture with ink in its last row down by one. What should the first row hold?",
        lecture=TRANSLATION,
    )
)
def comes_back(images: Any, down: int, right: int) -> Any:
    return np.roll(images, (down, right), axis=(1, 2))


@shifted.wrongly(
    idea(
        "shift.other_direction",
        belief="A positive number moves the frame, so the picture goes up and to the left.",
        hint="Row 0 is the upper one. Where does a pixel of row 0 lie after a move down by 1?",
        lecture=TRANSLATION,
    )
)
def other_way(images: Any, down: int, right: int) -> Any:
    return shifted(images, -down, -right)


@shifted.wrongly(
    idea(
        "shift.axes_exchanged",
        belief="The first of the axes H and W is the horizontal one.",
        hint="(N, H, W, C): which of its indices counts rows, and which way does a row's number grow?",
        lecture=TRANSLATION,
    )
)
def axes_exchanged(images: Any, down: int, right: int) -> Any:
    return shifted(images, right, down)


@shifted.wrongly(
    idea(
        "shift.edge_repeated",
        belief="What comes in continues the picture's edge.",
        hint="The question says what comes in. The paper around a digit is 0, and so is what lies beyond it.",
        lecture=TRANSLATION,
    )
)
def edge_repeated(images: Any, down: int, right: int) -> Any:
    (high, wide), rows, columns = images.shape[1:3], abs(down), abs(right)
    framed = np.pad(images, ((0, 0), (rows, rows), (columns, columns), (0, 0)), mode="edge")
    return framed[:, rows - down :, columns - right :][:, :high, :wide]


@shifted.wrongly(
    idea(
        "shift.negative_means_none",
        belief="A shift is a number of pixels, so a negative one is none.",
        hint="What does the question say about negative numbers?",
        lecture=TRANSLATION,
    )
)
def only_one_way(images: Any, down: int, right: int) -> Any:
    return shifted(images, max(down, 0), max(right, 0))
