"""How often a network is right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.cnnchecks.oracle import Rung
from grader.tasks.drawn import RowCase
from grader.tasks.task import idea, task

ERRORS = "Lecture 2, Reference challenge"


@dataclass(frozen=True)
class Predicted:
    """Probabilities (N, K) and labels (N,), a drawn part of which is predicted rightly."""

    count: int
    classes: int

    def draw(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        powers = np.exp(rng.standard_normal((self.count, self.classes)))
        probabilities = powers / powers.sum(axis=1, keepdims=True)
        wrong = rng.permutation(self.count) < rng.integers(2, self.count - 1)
        shift = np.where(wrong, rng.integers(1, self.classes, self.count), 0)
        return probabilities, (probabilities.argmax(axis=1) + shift) % self.classes


@task(
    hidden={
        "plain": (
            RowCase("Twenty-one images, five classes", (Predicted(21, 5),)),
            RowCase("Nearly as many classes as images", (Predicted(11, 10),)),
        ),
    },
    small=[
        Rung((np.array(rows), np.array(labels)))
        for rows, labels in (
            ([[1.0, 0.0]], [1]),
            ([[1.0, 0.0], [0.0, 1.0]], [0, 0]),
            ([[0.75, 0.25], [0.25, 0.75], [0.25, 0.75]], [0, 1, 0]),
            ([[0.5, 0.25, 0.25], [0.25, 0.5, 0.25]], [0, 2]),
        )
    ],
)
def accuracy(probabilities: np.ndarray, labels: np.ndarray) -> float:
    return float(np.mean(np.argmax(probabilities, axis=1) == labels))


@accuracy.wrongly(
    idea(
        "accuracy.percent",
        belief="An accuracy is a percentage.",
        hint="The function is to return a share from 0 to 1; `:.1%` makes a percentage of it when you print it.",
        lecture=ERRORS,
    )
)
def percent(probabilities: Any, labels: Any) -> float:
    return 100 * accuracy(probabilities, labels)


count = idea(
    "accuracy.count",
    belief="The accuracy is how many images are right.",
    hint="How many of how many? `np.mean` of a comparison is the share of True.",
    lecture=ERRORS,
)


@accuracy.wrongly(count)
def count_accuracy(probabilities: Any, labels: Any) -> float:
    return len(labels) * accuracy(probabilities, labels)


@accuracy.wrongly(
    idea(
        "accuracy.mean_probability",
        belief="The accuracy is the mean probability of the right class.",
        hint="An image counts 1 if its largest probability is the label's, else 0, however sure the network was.",
        lecture=ERRORS,
    )
)
def soft(probabilities: Any, labels: Any) -> float:
    return float(np.mean(probabilities[np.arange(len(labels)), labels]))


@accuracy.wrongly(
    idea(
        "accuracy.error_rate",
        belief="The share of images that are wrong is asked for.",
        hint="That is the error rate. Accuracy and error rate add up to 1.",
        lecture=ERRORS,
    )
)
def error_rate(probabilities: Any, labels: Any) -> float:
    return 1 - accuracy(probabilities, labels)
