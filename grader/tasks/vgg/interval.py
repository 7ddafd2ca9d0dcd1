"""How sure an accuracy is."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from grader.tasks.drawn import RowCase
from grader.tasks.small import shapes
from grader.tasks.task import idea, task

TIPS = "Lecture 4, Tips"


@dataclass(frozen=True)
class Answered:
    """How many of how many images a network gets right: neither half of them nor all."""

    total: int

    def draw(self, rng: np.random.Generator) -> tuple[int, int]:
        return int(rng.integers(self.total * 6 // 10, self.total * 95 // 100)), self.total


@task(
    hidden={
        "plain": (RowCase("A thousand images", (Answered(1000),)), RowCase("Few images", (Answered(80),)))
    },
    small=shapes((1, 4), (3, 4), (9, 10)),
    labels=("low", "high"),
)
def accuracy_interval(right: int, total: int) -> tuple[float, float]:
    """The share that is right, less and plus two standard errors of a share: sqrt(p (1 - p) / N).

    >>> [round(end, 3) for end in accuracy_interval(90, 100)]
    [0.84, 0.96]
    """
    share = right / total
    error = math.sqrt(share * (1 - share) / total)
    return share - 2 * error, share + 2 * error


@accuracy_interval.wrongly(
    idea(
        "interval.one_standard_error",
        belief="An interval reaches one standard error to either side.",
        hint="That holds the truth in two of three cases only. How many does the question ask for?",
        lecture=TIPS,
    )
)
def one_error(right: int, total: int) -> tuple[float, float]:
    low, high = accuracy_interval(right, total)
    return (low + right / total) / 2, (high + right / total) / 2


def around(right: int, total: int, error: float) -> tuple[float, float]:
    return right / total - 2 * error, right / total + 2 * error


@accuracy_interval.wrongly(
    idea(
        "interval.variance",
        belief="The standard error is p (1 - p) / N.",
        hint="That is its square. Which unit has a variance?",
        lecture=TIPS,
    )
)
def variance(right: int, total: int) -> tuple[float, float]:
    return around(right, total, right / total * (1 - right / total) / total)


@accuracy_interval.wrongly(
    idea(
        "interval.spread_of_one_image",
        belief="The standard error is the standard deviation, sqrt(p (1 - p)).",
        hint="So much does one image vary. A mean over N images varies less: by which factor?",
        lecture=TIPS,
    )
)
def spread_of_one(right: int, total: int) -> tuple[float, float]:
    return around(right, total, math.sqrt(right / total * (1 - right / total)))


@accuracy_interval.wrongly(
    idea(
        "interval.divided_by_total",
        belief="The mean of N images varies N times less than one image does.",
        hint="Errors of single images cancel in part only: of N of them, sqrt(N) remain. What stands under the root?",
        lecture=TIPS,
    )
)
def divided_by_total(right: int, total: int) -> tuple[float, float]:
    return around(right, total, math.sqrt(right / total * (1 - right / total)) / total)


@accuracy_interval.wrongly(
    idea(
        "interval.as_for_one_half",
        belief="The error of a share depends on the number of images alone.",
        hint="A network that is always right has no spread at all. Where does the share come in?",
        lecture=TIPS,
    )
)
def worst_case(right: int, total: int) -> tuple[float, float]:
    return around(right, total, math.sqrt(1 / (4 * total)))


@accuracy_interval.wrongly(
    idea(
        "interval.in_images",
        belief="The interval counts images.",
        hint="It is asked as a share from 0 to 1: divide by the number of images.",
        lecture=TIPS,
    )
)
def in_images(right: int, total: int) -> tuple[float, float]:
    low, high = accuracy_interval(right, total)
    return low * total, high * total
