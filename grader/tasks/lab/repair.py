"""Lost pixels from their neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.cnnchecks.oracle import Rung
from grader.tasks.drawn import Case
from grader.tasks.lab.average import moving_average
from grader.tasks.lab.picture import Array, instead
from grader.tasks.lab.turn import correlate2d
from grader.tasks.task import idea, task

NOISE = "Lecture 5, Convolutions: image processing example"


@dataclass(frozen=True)
class WithLost:
    """A picture of floats, a drawn quarter of which is lost (0), one at the border, and a whole 3x3 window in one case."""

    shape: tuple[int, int]
    hole: bool = False

    def draw(self, rng: np.random.Generator) -> np.ndarray:
        image = rng.integers(20, 250, self.shape).astype(np.float64)
        image[rng.random(self.shape) < 0.25] = 0
        image[0, 1], image[2, 2], image[1, 1] = 0, 0, 77
        if self.hole:
            image[3:6, 3:6] = 0
        return image


def plane(*rows: str) -> np.ndarray:
    """
    >>> plane("1 2", "3 4").tolist()
    [[1.0, 2.0], [3.0, 4.0]]
    """
    return np.array([row.split() for row in rows], float)


LOST = (
    plane("4"),
    plane("4 0"),
    plane("4 2", "0 8"),
    plane("6 3 9", "2 0 1", "4 5 8"),
    plane("6 3 0", "2 0 1", "4 5 8", "7 9 3"),
)


@task(
    hidden={
        "dots": (
            Case("Single lost pixels", (WithLost((7, 9)),)),
            Case("Lost pixels at the border", (WithLost((5, 6)),)),
        ),
        "hole": (Case("A hole as large as a window", (WithLost((9, 8), hole=True),)),),
    },
    small=[Rung((image,)) for image in LOST],
    terms=lambda image: 9,
)
def repair(image: Array) -> Array:
    """Lost pixels, those that are 0, become the mean of the pixels that are left in their 3x3 window; 0 if none are.

    >>> repair(np.array([[4.0, 2.0, 8.0], [3.0, 0.0, 0.0], [5.0, 2.0, 2.0]])).tolist()[1]
    [3.0, 3.7142857142857144, 3.5]
    """
    ones, image = np.ones((3, 3)), np.asarray(image, float)
    total, left = (correlate2d(np.pad(part, 1), ones) for part in (image, image > 0))
    return np.where(image > 0, image, total / np.maximum(left, 1))


@repair.wrongly(
    idea(
        "repair.lost_pixels_count",
        belief="A lost pixel is replaced by the moving average at its place.",
        hint="In that average the lost pixels count as black. Divide by the number of pixels that are left.",
        lecture=NOISE,
    )
)
def lost_count(image: Any) -> Any:
    return np.where(image > 0, image, moving_average(np.pad(image, 1), 3))


everything = idea(
    "repair.everything_is_averaged",
    belief="Noise is removed by averaging everywhere.",
    hint="Only the lost pixels need a new value: why blur those that are fine?",
    lecture=NOISE,
)


@repair.wrongly(everything)
def everything_repair(image: Any) -> Any:
    left = correlate2d(np.pad(image > 0, 1), np.ones((3, 3)))
    return 9 * moving_average(np.pad(image, 1), 3) / np.maximum(left, 1)


@repair.wrongly(everything)
def everything_repair_2(image: Any) -> Any:
    return moving_average(np.pad(image, 1), 3)


@repair.wrongly(
    idea(
        "repair.border_left_out",
        belief="Pixels at the border have no window.",
        hint="Zeros around the picture give them one; and zeros count as lost, so they do no harm.",
        lecture=NOISE,
    )
)
def border_left(image: Any) -> Any:
    out = image.copy()
    out[1:-1, 1:-1] = repair(image)[1:-1, 1:-1]
    return out


whole_mean = idea(
    "repair.mean_of_the_picture",
    belief="The mean of all good pixels stands in for a lost one.",
    hint="A dark corner would get bright dots. What do pixels close by have in common?",
    lecture=NOISE,
)
instead(
    whole_mean, "repair", lambda image: np.where(image > 0, image, image.sum() / max(np.sum(image > 0), 1))
)
