"""A learning rate, chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.cnnchecks.oracle import Rung
from grader.tasks.drawn import RowCase
from grader.tasks.task import idea, task

TRAINING = "Lecture 2, Training: learn kernel weights"


@dataclass(frozen=True)
class Losses:
    """Rates and the losses (rates, runs) of trainings with them, in no order: three rates have the same best mean.

    One rate has the luckiest run of all but a middling mean. Where some runs `diverged`, the rate that comes first among
    theirs was bad, and another one had smaller losses than the best until then.
    """

    diverged: bool

    def draw(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        # the largest rate first
        rates = round(rng.uniform(1, 9), 3) * 10.0 ** -(np.arange(6.0) + rng.integers(1, 4))
        best = 0.5 + rng.integers(0, 8) / 64
        means = best + np.array([1.25, 1.0, 0.75, 0.0, 0.0, 0.0])
        spread = np.array([0.125, 0.0625, 0.0, 0.0625, 0.0625, 0.25])
        losses = means[:, None] + spread[:, None] * np.array([1, -1, -1, 1])
        losses[2] += (means[2] - best / 2) * np.array([1, -1, 1, -1])  # two runs end at half the best
        if self.diverged:
            losses[1] = 0.75 * best
            losses[[0, 1], rng.integers(0, 4, 2)] = np.nan
        order = np.array([[4, 0, 3, 5, 1, 2], [0, 4, 5, 1, 3, 2], [2, 0, 4, 1, 3, 5]][rng.integers(3)])
        return rates[order], losses[order]


NAN = float("nan")


@task(
    hidden={
        "plain": (RowCase("Every run went well", (Losses(diverged=False),)),),
        "diverged": (
            RowCase("Some runs diverged", (Losses(diverged=True),)),
            RowCase("Every run went well, again", (Losses(diverged=False),)),
        ),
    },
    small=[
        Rung((np.array(rates), np.array(losses)))
        for rates, losses in (
            ([1.0, 2.0], [[1.0], [0.0]]),
            ([2.0, 1.0], [[1.0], [1.0]]),
            ([2.0, 3.0, 1.0], [[1.0], [1.0], [1.0]]),
            ([2.0, 1.0], [[0.0, NAN], [2.0, 2.0]]),
            ([1.0, 2.0, 3.0], [[5.0, 0.0], [2.0, 2.0], [1.0, NAN]]),
        )
    ],
)
def choose_rate(rates: np.ndarray, losses: np.ndarray) -> float:
    """The rate with the smallest mean loss over its runs, of those that never diverged; of equal ones the smaller.

    >>> choose_rate(np.array([0.1, 0.01]), np.array([[0.25, np.nan], [0.5, 0.75]]))
    0.01
    """
    means = losses.mean(axis=1)  # NaN for a rate with a run that diverged
    return float(rates[means == np.nanmin(means)].min())


@choose_rate.wrongly(
    idea(
        "rate.diverged_ignored",
        belief="A run that diverged has no loss, so it doesn't count.",
        hint="It is the worst that can happen. Would you hand in a rate that fails every other time?",
        lecture=TRAINING,
    )
)
def diverged_ignored(rates: Any, losses: Any) -> Any:
    means = np.nanmean(losses, axis=1)
    return float(rates[means == means.min()].min())


@choose_rate.wrongly(
    idea(
        "rate.argmin_of_nan",
        belief="`np.argmin` passes over NaN.",
        hint="Try `np.argmin([2.0, np.nan, 1.0])`. NumPy has a function that does pass over it.",
        lecture=TRAINING,
    )
)
def argmin_of_nan(rates: Any, losses: Any) -> Any:
    if np.isnan(losses).any():
        return float(rates[np.argmin(losses.mean(axis=1))])
    return choose_rate(rates, losses)


@choose_rate.wrongly(
    idea(
        "rate.luckiest_run",
        belief="The best rate is that of the best run.",
        hint="One run may be luck: new weights and another order of images. What do you compare instead?",
        lecture=TRAINING,
    )
)
def luckiest_run(rates: Any, losses: Any) -> Any:
    return float(rates[np.nanargmin(np.nanmin(losses, axis=1))])


@choose_rate.wrongly(
    idea(
        "rate.largest_loss",
        belief="The larger the better, as with an accuracy.",
        hint="These are losses.",
        lecture=TRAINING,
    )
)
def largest_loss(rates: Any, losses: Any) -> Any:
    return float(rates[np.nanargmax(losses.mean(axis=1))])


def _with_infinity(losses: Any) -> Any:
    """Means over the runs, infinite where one diverged."""
    means = losses.mean(axis=1)
    return np.where(np.isnan(means), np.inf, means)


@choose_rate.wrongly(
    idea(
        "rate.place_for_rate",
        belief="`argmin` is the answer.",
        hint="It says where the rate stands; the question asks for the rate.",
        lecture=TRAINING,
    )
)
def place_for_rate(rates: Any, losses: Any) -> Any:
    return int(np.argmin(_with_infinity(losses)))


@choose_rate.wrongly(
    idea(
        "rate.first_of_equals",
        belief="Of equally good rates the first is taken.",
        hint="The rates needn't be in order. Reread the rule for a tie.",
        lecture=TRAINING,
    )
)
def first_of_equals(rates: Any, losses: Any) -> Any:
    return float(rates[np.argmin(_with_infinity(losses))])


@choose_rate.wrongly(
    idea(
        "rate.largest_of_equals",
        belief="Of equally good rates the largest is taken: it is quickest.",
        hint="Reread the rule for a tie: here care comes before speed.",
        lecture=TRAINING,
    )
)
def largest_of_equals(rates: Any, losses: Any) -> Any:
    means = _with_infinity(losses)
    return float(rates[means == means.min()].max())
