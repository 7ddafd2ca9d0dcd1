"""Dropout."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.cnnchecks.oracle import Rung
from grader.tasks.drawn import Case, Normal, OneOf
from grader.tasks.task import idea, task

TIPS = "Lecture 4, Tips"
KEPT = OneOf((0.2, 0.25, 0.3, 0.4, 0.6, 0.7))


@dataclass(frozen=True)
class Uniform:
    """Numbers from 0 to 1, as a generator gives them."""

    shape: tuple[int, ...]

    def draw(self, rng: np.random.Generator) -> np.ndarray:
        return rng.random(self.shape)


def kept(x: list[float], noise: list[float], rate: float, **options: bool) -> Rung:
    return Rung((np.array([x]), np.array([noise]), rate), options)


@task(
    hidden={
        "vectors": (
            Case("Training, vectors", (Normal((5, 8)), Uniform((5, 8)), KEPT)),
            Case("Testing, vectors", (Normal((5, 8)), Uniform((5, 8)), KEPT), (("training", False),)),
        ),
        "maps": (
            Case("Training, maps", (Normal((3, 4, 5, 2)), Uniform((3, 4, 5, 2)), KEPT)),
            Case(
                "Testing, maps",
                (Normal((3, 4, 5, 2)), Uniform((3, 4, 5, 2)), KEPT),
                (("training", False),),
            ),
        ),
    },
    small=[
        kept([6.0, 12.0], [0.0, 1.0], 0.75),
        kept([6.0, 12.0], [0.0, 1.0], 0.25),
        kept([6.0, 12.0], [0.0, 1.0], 0.75, training=False),
        Rung((np.array([[3.0, 6.0], [9.0, 12.0]]), np.array([[0.0, 1.0], [1.0, 0.0]]), 0.25)),
    ],
)
def dropout(x: np.ndarray, noise: np.ndarray, rate: float, training: bool = True) -> np.ndarray:
    """Inverted dropout with the random numbers given: what is kept is divided by the chance to be kept.

    >>> dropout(np.array([4.0, 4.0]), np.array([0.2, 0.9]), 0.5)
    array([0., 8.])
    """
    return np.where(noise < rate, 0, x / (1 - rate)) if training else np.array(x)


@dropout.wrongly(
    idea(
        "dropout.not_rescaled",
        belief="Dropout sets some numbers to 0, and that is all.",
        hint="Then a sum over many inputs is smaller in training than in testing. By which factor, on the average?",
        lecture=TIPS,
    )
)
def not_rescaled(x: Any, noise: Any, rate: float, training: bool = True) -> Any:
    return np.where(noise < rate, 0, x) if training else x


@dropout.wrongly(
    idea(
        "dropout.multiplied_for_divided",
        belief="What is kept is multiplied by the share that is kept.",
        hint="Half of the numbers are gone, and the rest is to make up for them. Should it become smaller or larger?",
        lecture=TIPS,
    )
)
def multiplied(x: Any, noise: Any, rate: float, training: bool = True) -> Any:
    return np.where(noise < rate, 0, x * (1 - rate)) if training else x


@dropout.wrongly(
    idea(
        "dropout.divided_by_rate",
        belief="What is kept is divided by the rate.",
        hint="Drop a tenth: what is kept should grow a little. What does a division by 0.1 do?",
        lecture=TIPS,
    )
)
def divided_by_rate(x: Any, noise: Any, rate: float, training: bool = True) -> Any:
    return np.where(noise < rate, 0, x / rate) if training else x


@dropout.wrongly(
    idea(
        "dropout.rate_is_kept",
        belief="The rate is the share that is kept.",
        hint="In Keras, and here, `rate` is the share that is dropped. With a rate of 0.25, three of four stay.",
        lecture=TIPS,
    )
)
def rate_is_kept(x: Any, noise: Any, rate: float, training: bool = True) -> Any:
    return np.where(noise < rate, x / rate, 0) if training else x


@dropout.wrongly(
    idea(
        "dropout.kept_where_noise_is_small",
        belief="A number stays where its noise is below the rate.",
        hint="The question says which are dropped. How large a share of numbers from 0 to 1 is below a rate of 0.1?",
        lecture=TIPS,
    )
)
def kept_where_small(x: Any, noise: Any, rate: float, training: bool = True) -> Any:
    return np.where(noise < rate, x / (1 - rate), 0) if training else x


@dropout.wrongly(
    idea(
        "dropout.dropped_in_testing",
        belief="Dropout works in testing as it does in training.",
        hint="Who would like another answer each time the same image is shown? In testing all numbers stay.",
        lecture=TIPS,
    )
)
def always_dropped(x: Any, noise: Any, rate: float, training: bool = True) -> Any:
    return dropout(x, noise, rate)


@dropout.wrongly(
    idea(
        "dropout.scaled_in_testing",
        belief="Nothing is divided in training; in testing everything is multiplied by the share that was kept.",
        hint="So the paper of 2014 had it, and on the average it is the same. Which of the two does this question ask for?",
        lecture=TIPS,
    )
)
def scaled_in_testing(x: Any, noise: Any, rate: float, training: bool = True) -> Any:
    return np.where(noise < rate, 0, x) if training else x * (1 - rate)


@dropout.wrongly(
    idea(
        "dropout.scaled_twice",
        belief="The division belongs to the numbers, in training and in testing.",
        hint="It makes up for what was dropped. What was dropped in testing?",
        lecture=TIPS,
    )
)
def scaled_twice(x: Any, noise: Any, rate: float, training: bool = True) -> Any:
    return dropout(x, noise, rate) if training else x / (1 - rate)


@dropout.wrongly(
    idea(
        "dropout.one_mask_for_the_batch",
        belief="All images of a batch lose the same numbers.",
        hint="`noise` has a number for each element of each image. Are you using those of the first image alone?",
        lecture=TIPS,
    )
)
def one_mask(x: Any, noise: Any, rate: float, training: bool = True) -> Any:
    return dropout(x, np.broadcast_to(noise[:1], noise.shape), rate, training)
