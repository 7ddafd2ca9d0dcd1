"""What pooling keeps when a picture moves."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.cnnchecks.oracle import Rung
from grader.tasks.drawn import Case, Levels, OneOf
from grader.tasks.lab.picture import Array, instead
from grader.tasks.lab.repair import plane
from grader.tasks.lab.turn import correlate2d
from grader.tasks.task import idea, task
from kerasnets import numpy_layers

POOLING = "Lecture 5, Convolutional layer: pooling"
SHIFT = OneOf((1, 3))
PICTURES = (
    (plane("0 5 0 0", "0 0 0 0"), 2),
    (plane("5 0 0 0", "0 0 3 0"), 2),
    (plane("5 0 1 0", "0 0 3 0", "0 2 0 0", "0 0 0 4"), 2),
    (plane("5 0 1 7 0 2", "0 0 3 0 6 0", "0 2 0 0 1 8", "3 0 0 4 9 0"), 2),
)


def max_pool(image: Array, size: int) -> Array:
    """Side by side, what is left over left out, as students are given it."""
    return numpy_layers.max_pool2d_forward(np.asarray(image, float)[None, :, :, None], size)[0, :, :, 0]


@task(
    hidden={
        "plain": (
            Case("Windows of two", (Levels((26, 24), 0, 5), 2, SHIFT)),
            Case("Windows of three", (Levels((24, 30), 0, 9), 3, OneOf((1, 2)))),
            Case("Windows of four", (Levels((36, 32), 0, 12), 4, SHIFT)),
        ),
    },
    small=[Rung((image, size, shift)) for image, size in PICTURES for shift in (1, 2)],
)
def unmoved_share(image: Array, size: int, shift: int) -> float:
    """How many of the pooled values, of 1, stay when the picture moves `shift` columns to the right (round the edge).

    >>> unmoved_share(np.array([[0.0, 9.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0]]), 2, 1)  # the 9 gets to the other window
    0.0
    >>> unmoved_share(np.array([[9.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0]]), 2, 1)  # it stays in its own
    1.0
    """
    return float(np.mean(max_pool(np.roll(image, shift, axis=1), size) == max_pool(image, size)))


moved_down = idea(
    "pooling.moved_down",
    belief="Axis 0 is the direction to the right.",
    hint="`np.roll(..., axis=0)` moves rows. Which axis counts columns?",
    lecture=POOLING,
)
instead(moved_down, "unmoved_share", lambda image, size, shift: unmoved_share(image.T, size, shift))

not_pooled = idea(
    "pooling.not_pooled",
    belief="The pixels themselves are compared.",
    hint="The question is what pooling makes of the shift: pool both pictures, then compare.",
    lecture=POOLING,
)
instead(not_pooled, "unmoved_share", lambda image, size, shift: unmoved_share(image, 1, shift))

changed_share = idea(
    "pooling.share_that_changed",
    belief="The share that has changed is asked for.",
    hint="The share that stays and the share that changes add up to 1.",
    lecture=POOLING,
)
instead(changed_share, "unmoved_share", lambda *args: 1 - unmoved_share(*args))


@unmoved_share.wrongly(
    idea(
        "pooling.map_moved",
        belief="Moving the pooled map is as good as moving the picture.",
        hint="One step of the pooled map is `size` steps of the picture. Move first, then pool.",
        lecture=POOLING,
    )
)
def map_moved(image: Any, size: int, shift: int) -> Any:
    return unmoved_share(max_pool(image, size), 1, shift)


@unmoved_share.wrongly(
    idea(
        "pooling.average",
        belief="Pooling takes the mean.",
        hint="There are two kinds; here `max_pool` is asked about.",
        lecture=POOLING,
    )
)
def average_pooled(image: Any, size: int, shift: int) -> Any:
    return unmoved_share(correlate2d(image, np.ones((size, size)))[::size, ::size], 1, shift / size)
