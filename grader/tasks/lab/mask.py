"""What pooling does to a segmentation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from grader.cnnchecks.oracle import Rung
from grader.tasks.drawn import Case
from grader.tasks.lab.picture import Array, instead
from grader.tasks.lab.pooling import max_pool
from grader.tasks.lab.repair import plane
from grader.tasks.task import idea, task

SEGMENTATION = "Lecture 2, Types of pooling: small invariances"


@dataclass(frozen=True)
class Blobs:
    """A mask of 0 and 1 with rectangles at drawn places."""

    shape: tuple[int, int]

    def draw(self, rng: np.random.Generator) -> np.ndarray:
        mask = np.zeros(self.shape)
        for _ in range(3):
            row, column = rng.integers(0, np.array(self.shape) - 3)
            height, width = rng.integers(2, 6, 2)
            mask[row : row + height, column : column + width] = 1
        mask[0, 1] = mask[-1, -1] = 1
        return mask


MASKS = (
    (plane("0 1", "0 0"), 2),
    (plane("0 0 1 0", "0 0 0 0"), 2),
    (plane("0 1 0 0", "0 0 0 0", "0 0 1 1", "0 0 1 1"), 2),
)


@task(
    hidden={
        "plain": (
            Case("Windows of two", (Blobs((12, 16)), 2)),
            Case("Windows of three", (Blobs((15, 12)), 3)),
            Case("Windows of four", (Blobs((16, 20)), 4)),
        ),
    },
    small=[Rung(mask) for mask in MASKS],
)
def pixels_wrong(mask: Array, size: int) -> int:
    """How many pixels of a mask of 0 and 1 differ when it was pooled and made as large again.

    >>> pixels_wrong(np.array([[1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0]]), 2)
    3
    """
    return int(np.sum(np.kron(max_pool(mask, size), np.ones((size, size))) != mask))


def windows_of(mask: Any, size: int) -> Any:
    return sliding_window_view(mask, (size, size))[::size, ::size]


@pixels_wrong.wrongly(
    idea(
        "mask.windows_counted",
        belief="A pooled value stands for one pixel.",
        hint="It stands for size × size pixels of the mask: make it as large as the mask again, then compare.",
        lecture=SEGMENTATION,
    )
)
def blocks_counted(mask: Any, size: int) -> Any:
    return int(np.sum(np.ptp(windows_of(mask, size), axis=(2, 3)) > 0))


@pixels_wrong.wrongly(
    idea(
        "mask.tiled",
        belief="`np.tile` makes a map larger.",
        hint="It lays copies of the whole map side by side. Each value should become a square of its own: `np.repeat`.",
        lecture=SEGMENTATION,
    )
)
def tiled(mask: Any, size: int) -> Any:
    return int(np.sum(np.tile(max_pool(mask, size), (size, size)) != mask))


@pixels_wrong.wrongly(
    idea(
        "mask.first_pixel_of_each_window",
        belief="Pooling keeps every second pixel.",
        hint="It keeps the largest of each window, wherever that stands in it.",
        lecture=SEGMENTATION,
    )
)
def subsampled(mask: Any, size: int) -> Any:
    return int(np.sum(np.kron(mask[::size, ::size], np.ones((size, size))) != mask))


as_share = idea(
    "mask.share",
    belief="The share of wrong pixels is asked for.",
    hint="Count them: a whole number.",
    lecture=SEGMENTATION,
)
instead(as_share, "pixels_wrong", lambda mask, size: pixels_wrong(mask, size) / mask.size)
