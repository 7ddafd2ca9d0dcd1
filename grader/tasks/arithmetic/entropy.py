"""The cross-entropy of a few predictions."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.cnnchecks.oracle import Rung
from grader.tasks.drawn import RowCase
from grader.tasks.task import idea, task

ENTROPY = "Lecture 5, Multiclass classification"


@dataclass(frozen=True)
class Likely:
    """(probabilities, classes) of so many examples, the probabilities neither 0 nor 1."""

    count: int
    classes: int

    def draw(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        powers = np.exp(rng.standard_normal((self.count, self.classes)))
        return powers / powers.sum(axis=1, keepdims=True), rng.integers(0, self.classes, self.count)


@task(
    hidden={
        "plain": (
            RowCase("Seven examples, four classes", (Likely(7, 4),)),
            RowCase("Twelve examples, three classes", (Likely(12, 3),)),
        ),
    },
    small=[
        Rung((np.array(rows), np.array(classes)))
        for rows, classes in (
            ([[0.5, 0.5]], [0]),
            ([[0.25, 0.75]], [1]),
            ([[0.25, 0.75], [0.5, 0.5]], [0, 1]),
            ([[0.25, 0.5, 0.25], [0.5, 0.25, 0.25]], [1, 2]),
        )
    ],
)
def cross_entropy(probabilities: np.ndarray, classes: np.ndarray) -> float:
    """The mean of -log(probability of the right class); probabilities (N, K), classes (N,).

    >>> round(cross_entropy(np.array([[0.5, 0.5], [0.25, 0.75]]), np.array([0, 0])), 4)
    1.0397
    """
    with np.errstate(divide="ignore"):
        return float(-np.mean(np.log(probabilities[np.arange(len(classes)), classes])))


@cross_entropy.wrongly(
    idea(
        "entropy.sum_for_mean",
        belief="The losses of the examples are added up.",
        hint="The lecture's formula begins with 1/n.",
        lecture=ENTROPY,
    )
)
def entropy_sum(probabilities: Any, classes: Any) -> float:
    return len(classes) * cross_entropy(probabilities, classes)


@cross_entropy.wrongly(
    idea(
        "entropy.sign_forgotten",
        belief="The loss is the mean logarithm of the probabilities.",
        hint="The logarithm of a probability is negative. A loss of 0 should be the best, and others larger.",
        lecture=ENTROPY,
    )
)
def entropy_sign(probabilities: Any, classes: Any) -> float:
    return -cross_entropy(probabilities, classes)


entropy_base = idea(
    "entropy.another_logarithm",
    belief="The logarithm has base 2 or 10.",
    hint="`np.log` is the natural one, and the one that every library takes.",
    lecture=ENTROPY,
)


def _in_base(base: float) -> None:
    @entropy_base.answers_to("cross_entropy")
    def answer(probabilities: Any, classes: Any) -> float:
        return cross_entropy(probabilities, classes) / math.log(base)


for _base in (2, 10):
    _in_base(_base)


@cross_entropy.wrongly(
    idea(
        "entropy.no_logarithm",
        belief="The loss is what is missing to 1 at the right class.",
        hint="Who gives the right class 0.001 should pay far more than who gives it 0.01: look at the formula.",
        lecture=ENTROPY,
    )
)
def entropy_probability(probabilities: Any, classes: Any) -> float:
    return float(np.mean(1 - probabilities[np.arange(len(classes)), classes]))


@cross_entropy.wrongly(
    idea(
        "entropy.every_class_counts",
        belief="The logarithms of all classes are added up.",
        hint="In the formula each of them is multiplied by y_k, and y is 1 at one class only.",
        lecture=ENTROPY,
    )
)
def entropy_all(probabilities: Any, classes: Any) -> float:
    return float(-np.log(probabilities).sum(axis=1).mean())
