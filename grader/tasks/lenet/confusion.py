"""Which class is taken for which."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.cnnchecks.oracle import Rung
from grader.tasks.drawn import RowCase
from grader.tasks.task import idea, task

ERRORS = "Lecture 2, Reference challenge"


@dataclass(frozen=True)
class Confused:
    """Labels and predictions (N,), many pairs of which occur more than once."""

    count: int
    classes: int

    def draw(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        labels = rng.integers(0, self.classes, self.count)
        slips = rng.integers(0, 2, self.count)  # a class is taken for itself or for the next one
        return labels, (labels + slips) % self.classes


@task(
    hidden={
        "plain": (
            RowCase("Sixty images, ten classes", (Confused(60, 10),)),
            RowCase("Thirty images, four classes", (Confused(30, 4),), (("classes", 4),)),
            RowCase("Classes that never occur", (Confused(30, 4),), (("classes", 7),)),
        ),
    },
    small=[
        Rung((np.array(labels), np.array(predictions)), {"classes": classes})
        for labels, predictions, classes in (
            ([0], [1], 2),
            ([0, 0], [1, 1], 2),
            ([0, 1, 1], [1, 1, 1], 2),
            ([0, 0, 1], [1, 1, 0], 3),
        )
    ],
)
def confusion_matrix(labels: np.ndarray, predictions: np.ndarray, classes: int = 10) -> np.ndarray:
    """Rows are labels, columns predictions."""
    return np.bincount(labels * classes + predictions, minlength=classes**2).reshape(classes, classes)


@confusion_matrix.wrongly(
    idea(
        "confusion.transposed",
        belief="Rows are predictions, columns are labels.",
        hint="Entry (i, j) counts images of class i: the label picks the row.",
        lecture=ERRORS,
    )
)
def transposed(labels: Any, predictions: Any, classes: int = 10) -> Any:
    return confusion_matrix(predictions, labels, classes)


@confusion_matrix.wrongly(
    idea(
        "confusion.repeats_counted_once",
        belief="`counts[labels, predictions] += 1` adds one for each image.",
        hint="With index arrays, NumPy reads all places, adds 1, and writes once: a pair that occurs twice counts once. "
        "`np.add.at`, or a loop, counts each.",
        lecture=ERRORS,
    )
)
def once(labels: Any, predictions: Any, classes: int = 10) -> Any:
    return np.minimum(confusion_matrix(labels, predictions, classes), 1)


@confusion_matrix.wrongly(
    idea(
        "confusion.rows_as_shares",
        belief="Each row adds up to 1.",
        hint="Here the entries are counts, whole numbers; dividing each row by its sum comes later, if at all.",
        lecture=ERRORS,
    )
)
def shares(labels: Any, predictions: Any, classes: int = 10) -> Any:
    counts = confusion_matrix(labels, predictions, classes)
    return counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
