"""What moves with the picture, and what doesn't."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.cnnchecks.oracle import Rung
from grader.cnnchecks.values import tolerance
from grader.tasks.drawn import Case, RowCase
from grader.tasks.lab.picture import Array, instead
from grader.tasks.lab.repair import plane
from grader.tasks.lab.turn import correlate2d
from grader.tasks.small import digits, signed
from grader.tasks.task import idea, task

EQUIVARIANCE = "Lecture 2, Superpowers of convolutional layers"
MATRIX = "Lecture 5, Convolutional vs fully connected layers"


@dataclass(frozen=True)
class Downhill:
    """(image, kernel, down, right), for which turning makes a larger difference below 0 than above."""

    image: tuple[int, int]
    kernel: tuple[int, int]

    def draw(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, int, int]:
        image, kernel = 100 + 40 * rng.standard_normal(self.image), rng.standard_normal(self.kernel)
        turned = correlate2d(np.rot90(image), kernel) - np.rot90(correlate2d(image, kernel))
        down, right = rng.integers(1, 4, 2)
        return image, kernel if -turned.min() > turned.max() else -kernel, int(down), int(right)


def rounding_of_sums(args: tuple, kwargs: dict, expected: Any, dtype: Any) -> float:
    """Of differences of sums, which may cancel to nothing."""
    image, kernel = args[:2]
    return tolerance(float(np.abs(image).max() * np.abs(kernel).sum()), kernel.size, dtype)


@task(
    hidden={
        "plain": (
            RowCase("A kernel of three", (Downhill((8, 9), (3, 3)),)),
            RowCase("An even kernel", (Downhill((9, 7), (2, 2)),)),
        ),
    },
    small=[
        Rung((image, kernel, 1, 1))
        for image, kernel in (
            (digits((2, 2)), plane("1")),
            (digits((3, 3)), plane("1 0", "0 0")),
            (digits((3, 3)), plane("0 1", "0 0")),
            (digits((3, 4)), plane("0 1", "2 0")),
            (signed((4, 4)), plane("0 1", "2 0")),
            (digits((4, 4)), digits((2, 2))),
        )
    ],
    labels=("shift", "turn"),
    allowed=rounding_of_sums,
)
def equivariance_errors(image: Array, kernel: Array, down: int, right: int) -> tuple[float, float]:
    """How far apart moving first and filtering first are, at worst: for a shift (rows and columns cut off), and a turn."""
    answers = correlate2d(image, kernel)
    shifted = correlate2d(image[down:, right:], kernel) - answers[down:, right:]
    turned = correlate2d(np.rot90(image), kernel) - np.rot90(answers)
    return float(np.abs(shifted).max()), float(np.abs(turned).max())


BEHAVIOUR = {  # towards a shift of its input
    "convolution": "equivariant",
    "maximum of the whole map": "invariant",
    "flattening and a dense layer": "neither",
}


@task(hidden={"plain": tuple(Case("An operation", (name,)) for name in BEHAVIOUR)})
def behaviour(operation: str) -> str:
    """
    >>> behaviour("convolution")
    'equivariant'
    """
    return BEHAVIOUR[operation]


@equivariance_errors.wrongly(
    idea(
        "equivariance.answer_not_moved",
        belief="If moving doesn't matter, the map must stay the same.",
        hint="That would be invariance. Equivariant means that the map moves along: move it too before you compare.",
        lecture=EQUIVARIANCE,
    )
)
def invariance(image: Any, kernel: Any, down: int, right: int) -> Any:
    answers = correlate2d(image, kernel)
    rows, columns = answers.shape
    unmoved = correlate2d(image[down:, right:], kernel) - answers[: rows - down, : columns - right]
    return float(np.abs(unmoved).max()), equivariance_errors(image, kernel, down, right)[1]


@equivariance_errors.wrongly(
    idea(
        "equivariance.kernel_turned_too",
        belief="When the picture turns, the kernel turns with it.",
        hint="A layer has the same kernel for every picture. If both turn, nothing is left to measure.",
        lecture=EQUIVARIANCE,
    )
)
def kernel_too(image: Any, kernel: Any, down: int, right: int) -> Any:
    return equivariance_errors(image, kernel, down, right)[0], 0.0


def turned_difference(image: Any, kernel: Any) -> Any:
    return correlate2d(np.rot90(image), kernel) - np.rot90(correlate2d(image, kernel))


@equivariance_errors.wrongly(
    idea(
        "equivariance.sign_kept",
        belief="The largest difference is `(a - b).max()`.",
        hint="A difference of -90 is larger than one of 3: take absolute values first.",
        lecture=EQUIVARIANCE,
    )
)
def with_signs(image: Any, kernel: Any, down: int, right: int) -> Any:
    return equivariance_errors(image, kernel, down, right)[0], float(turned_difference(image, kernel).max())


@equivariance_errors.wrongly(
    idea(
        "equivariance.mean_difference",
        belief="The mean difference says how far apart two maps are.",
        hint="It may, but asked for is the largest: a mean hides one bad place among a thousand good ones.",
        lecture=EQUIVARIANCE,
    )
)
def averaged(image: Any, kernel: Any, down: int, right: int) -> Any:
    return 0.0, float(np.abs(turned_difference(image, kernel)).mean())


@behaviour.wrongly(
    idea(
        "equivariance.words_exchanged",
        belief="Equivariant means that the answer stays the same, invariant that it moves along.",
        hint="In-variant: doesn't vary. Equi-variant: varies in an equal way.",
        lecture=EQUIVARIANCE,
    )
)
def words_exchanged(operation: str) -> str:
    other = {"equivariant": "invariant", "invariant": "equivariant", "neither": "neither"}
    return other[behaviour(operation)]


always_invariant = idea(
    "equivariance.everything_is_invariant",
    belief="Convolutional networks are invariant, so each part is.",
    hint="Move a picture and look at the feature map: does it stay where it was?",
    lecture=EQUIVARIANCE,
)
instead(always_invariant, "behaviour", lambda operation: "invariant")


@behaviour.wrongly(
    idea(
        "equivariance.dense_moves_along",
        belief="After flattening, a shift is still a shift.",
        hint="A dense layer has another weight for each place. Does a unit answer the same when the cat sits elsewhere?",
        lecture=MATRIX,
    )
)
def flat_too(operation: str) -> str:
    word: str = behaviour(operation)
    return "equivariant" if word == "neither" else word
