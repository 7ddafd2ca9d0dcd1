"""VGG's table: depth and parameters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from grader.tasks.arithmetic.lenet.table import rounded_up, square
from grader.tasks.arithmetic.lenet.weights import bias_forgotten, conv_parameters, dense_parameters
from grader.tasks.drawn import Case, Drawn, OneOf, Whole
from grader.tasks.small import shapes
from grader.tasks.task import task

FEW = Whole(2, 4)


@dataclass(frozen=True)
class Row:
    """A tuple of drawn parts."""

    parts: tuple[Drawn, ...]

    def draw(self, rng: np.random.Generator) -> tuple:
        return tuple(part.draw(rng) for part in self.parts)


DEEP = Row((FEW, FEW, FEW))
HIDDEN = Row((Whole(50, 70), Whole(80, 99)))


@task(
    hidden={
        "plain": (
            Case("Three blocks", (DEEP, HIDDEN)),
            Case("Four blocks", (Row((FEW, FEW, FEW, FEW)), Row((Whole(20, 90),)))),
        )
    },
    small=shapes(((1,), (1,)), ((2,), (1,)), ((1, 2), ()), ((2, 3), (1, 1))),
    labels=("convolutions", "dense layers"),
)
def vgg_depth(convolutions: Sequence[int], dense: Sequence[int]) -> tuple[int, int]:
    """Convolutions, and dense layers with the output.

    >>> vgg_depth((2, 2, 3, 3, 3), (4096, 4096))
    (13, 3)
    """
    return sum(convolutions), len(dense) + 1


COLOURS = OneOf((3,))
EVEN = Row((Whole(24, 56, step=8), Whole(64, 96, step=8), COLOURS))
ODD = Row((Whole(31, 63, step=8), Whole(71, 95, step=8), COLOURS))
RISING = Row((Whole(4, 9), Whole(11, 19), Whole(21, 32)))


@task(
    hidden={
        "even": (Case("Sides that every pooling halves", (DEEP, RISING, HIDDEN, EVEN, Whole(5, 20))),),
        "odd": (
            Case("Sides that no pooling halves", (DEEP, RISING, Row((Whole(20, 90),)), ODD, Whole(5, 20))),
        ),
    },
    small=[
        *shapes(
            ((1,), (1,), (), (2, 2, 1), 2), ((2,), (3,), (), (2, 4, 2), 2), ((1,), (2,), (), (3, 2, 1), 2)
        ),
        *shapes(((1, 1), (1, 2), (3,), (4, 4, 1), 2), ((2, 1), (2, 3), (2,), (7, 4, 3), 2)),
    ],
)
def vgg_parameters(
    convolutions: Sequence[int],
    filters: Sequence[int],
    dense: Sequence[int],
    image: tuple[int, int, int],
    classes: int,
) -> dict[str, int]:
    """Of a network that is written as VGG's table, in its two halves and in all.

    >>> vgg_parameters((2, 2, 3, 3, 3), (64, 128, 256, 512, 512), (4096, 4096), (224, 224, 3), 1000)
    {'convolutions': 14714688, 'dense': 123642856, 'total': 138357544}
    """
    height, width, channels = image
    seeing = 0
    for count, width_of_block in zip(convolutions, filters, strict=True):
        for _ in range(count):
            seeing += conv_parameters(3, channels, width_of_block)
            channels = width_of_block
        height, width = height // 2, width // 2
    deciding = sum(dense_parameters(*two) for two in pairwise((height * width * channels, *dense, classes)))
    return {"convolutions": seeing, "dense": deciding, "total": seeing + deciding}


def halved(times: int, up: bool = False) -> Callable[[Any, Any, tuple], int]:
    """A flattened row behind some poolings fewer than there are blocks."""

    def flat(convolutions: Any, filters: Any, image: tuple) -> int:
        height, width = image[:2]
        for _ in range(max(0, len(convolutions) - times)):
            height, width = ((n + up) // 2 for n in (height, width))
        return height * width * filters[-1]

    return flat


def halves(seeing: int, deciding: int) -> dict[str, int]:
    return {"convolutions": seeing, "dense": deciding, "total": seeing + deciding}


def with_flat(flat: Callable[[Sequence[int], Sequence[int], tuple], int]) -> Callable[..., dict[str, int]]:
    """The counts, if the flattened row were as long as `flat` of convolutions, filters and image says."""

    def answer(convolutions: Any, filters: Any, dense: Any, image: Any, classes: int) -> dict[str, int]:
        right = vgg_parameters(convolutions, filters, dense, image, classes)
        units = (flat(convolutions, filters, image), *dense, classes)
        return halves(right["convolutions"], sum(dense_parameters(*two) for two in pairwise(units)))

    return answer


rounded_up.answers_to("vgg_parameters")(with_flat(halved(0, up=True)))
square.answers_to("vgg_parameters")(
    with_flat(lambda convolutions, filters, image: halved(0)(convolutions, filters, (image[0], image[0])))
)


@vgg_parameters.wrongly(bias_forgotten)
def bias_forgotten_vgg_parameters(
    convolutions: Any, filters: Any, dense: Any, image: Any, classes: int
) -> Any:
    right = vgg_parameters(convolutions, filters, dense, image, classes)
    biases = sum(count * width for count, width in zip(convolutions, filters, strict=True))
    return halves(right["convolutions"] - biases, right["dense"] - sum(dense) - classes)
