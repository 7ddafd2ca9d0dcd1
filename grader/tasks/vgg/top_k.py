"""Errors of the first k guesses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.cnnchecks.oracle import Rung
from grader.tasks.drawn import RowCase
from grader.tasks.task import idea, task

ERRORS = "Lecture 2, Reference challenge: top-5 error rate"


@dataclass(frozen=True)
class Ranked:
    """Probabilities (N, K) and labels (N,): `counts[r]` images have r classes that are more probable than their own;
    of the last kind there are some more."""

    counts: tuple[int, ...]

    def draw(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        listed = np.repeat(np.arange(len(self.counts)), self.counts)
        more = np.full(rng.integers(24), len(self.counts) - 1)  # wrong for any k: another share each time
        ranks = rng.permutation(np.concatenate([listed, more]))
        powers = np.exp(rng.standard_normal((len(ranks), len(self.counts))))
        probabilities = powers / powers.sum(axis=1, keepdims=True)
        return probabilities, np.argsort(-probabilities, axis=1)[np.arange(len(ranks)), ranks]


FIRST, SECOND = [4.0, 3.0, 2.0, 1.0], [1.0, 4.0, 3.0, 2.0]


def unlike(rows: list[list[float]], labels: list[int], k: int) -> Rung:
    return Rung((np.array(rows), np.array(labels)), {"k": k})


@task(
    hidden={
        "one": (
            RowCase("The first alone", (Ranked((6, 4, 2, 1, 0, 3, 1, 1, 2, 0)),), (("k", 1),)),
            RowCase("The first two", (Ranked((6, 4, 2, 1, 0, 3, 1, 1, 2, 0)),), (("k", 2),)),
        ),
        "several": (
            RowCase("The first three", (Ranked((6, 4, 2, 1, 0, 3, 1, 1, 2, 0)),), (("k", 3),)),
            RowCase("The first five", (Ranked((4, 5, 2, 0, 3, 1, 4, 2, 1, 2, 0, 1)),)),
        ),
    },
    small=[
        unlike([FIRST], [0], 1),
        unlike([FIRST], [1], 1),
        unlike([FIRST], [1], 2),
        unlike([FIRST], [2], 2),
        unlike([FIRST, SECOND], [1, 0], 1),
        unlike([FIRST, SECOND, FIRST], [1, 0, 0], 2),
        unlike([FIRST, SECOND, FIRST], [2, 1, 0], 3),
    ],
)
def top_k_error(probabilities: np.ndarray, labels: np.ndarray, k: int = 5) -> float:
    """The share of images whose label is not among the k most probable classes.

    >>> top_k_error(np.array([[0.5, 0.3, 0.2], [0.1, 0.6, 0.3]]), np.array([1, 0]), k=2)
    0.5
    """
    own = np.take_along_axis(probabilities, np.asarray(labels)[:, None], axis=1)  # (N, 1)
    return float(np.mean((probabilities > own).sum(axis=1) >= k))


@top_k_error.wrongly(
    idea(
        "top_k.share_right",
        belief="Top-k is the share of images whose class is among the k.",
        hint="That is the top-k accuracy. The error is the rest.",
        lecture=ERRORS,
    )
)
def share_right(probabilities: Any, labels: Any, k: int = 5) -> float:
    return 1 - top_k_error(probabilities, labels, k)


@top_k_error.wrongly(
    idea(
        "top_k.first_only",
        belief="An answer is right if the most probable class is.",
        hint="For k = 1. With k guesses, an image is right if one of them is.",
        lecture=ERRORS,
    )
)
def always_first(probabilities: Any, labels: Any, k: int = 5) -> float:
    return top_k_error(probabilities, labels, 1)


@top_k_error.wrongly(
    idea(
        "top_k.kth_only",
        belief="The class has to stand in place k.",
        hint="In one of the first k places. An image whose class is the most probable one is no error for any k.",
        lecture=ERRORS,
    )
)
def kth_only(probabilities: Any, labels: Any, k: int = 5) -> float:
    return float(np.mean(np.argsort(-probabilities, axis=1)[:, k - 1] != labels))


@top_k_error.wrongly(
    idea(
        "top_k.least_probable",
        belief="The first k of `argsort` are the k most probable classes.",
        hint="`argsort` begins with the smallest. At which end of it are the most probable?",
        lecture=ERRORS,
    )
)
def least_probable(probabilities: Any, labels: Any, k: int = 5) -> float:
    return top_k_error(-probabilities, labels, k)


@top_k_error.wrongly(
    idea(
        "top_k.one_guess_more",
        belief="A class that has k more probable ones before it is among the first k.",
        hint="Count: with k = 1, how many classes may be more probable than the right one?",
        lecture=ERRORS,
    )
)
def one_more(probabilities: Any, labels: Any, k: int = 5) -> float:
    return top_k_error(probabilities, labels, k + 1)


@top_k_error.wrongly(
    idea(
        "top_k.percent",
        belief="An error rate is a percentage.",
        hint="The function returns a share from 0 to 1; `:.1%` makes a percentage of it when you print it.",
        lecture=ERRORS,
    )
)
def error_percent(probabilities: Any, labels: Any, k: int = 5) -> float:
    return 100 * top_k_error(probabilities, labels, k)


@top_k_error.wrongly(
    idea(
        "top_k.count",
        belief="The error is how many images are wrong.",
        hint="Of how many? An error rate is a share.",
        lecture=ERRORS,
    )
)
def errors_counted(probabilities: Any, labels: Any, k: int = 5) -> float:
    return len(labels) * top_k_error(probabilities, labels, k)
