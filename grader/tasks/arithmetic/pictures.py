"""Which operation made a picture."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from grader.tasks.drawn import Grid, RowCase
from grader.tasks.layers.shapes.padding import span
from grader.tasks.task import idea, task

PICTURES = "Lecture 5, Stride and dilation: exercise"
SIZE = "Lecture 1, Size of the feature map"
STRIDE = "Lecture 5, Stride and dilation"


def operated(
    image: np.ndarray,
    kernel: np.ndarray | None,
    operation: str,
    size: int,
    strides: int,
    dilation: int,
    zeros: int,
) -> np.ndarray:
    """The picture (rows, columns) that an operation makes of an image; its zeros are pixels like others."""
    framed = np.pad(image.astype(float), zeros)
    reach = dilation * (size - 1) + 1
    if min(framed.shape) < reach:
        return np.empty((0, 0))
    windows = np.lib.stride_tricks.sliding_window_view(framed, (reach, reach))[::strides, ::strides]
    taps = windows[..., ::dilation, ::dilation]
    if kernel is not None:
        return np.einsum("ijuv,uv->ij", taps, kernel)
    return taps.max(axis=(2, 3)) if operation == "max pooling" else taps.mean(axis=(2, 3))


SIZES, STRIDES, DILATIONS, ZEROS = (2, 3), (1, 2, 3), (1, 2), (0, 1, 2)
OPERATIONS = ("max pooling", "average pooling", "convolution")


def candidates(kernel: np.ndarray | None) -> Iterator[tuple[str, int, int, int, int]]:
    """With a kernel drawn beside it a picture is of a convolution, without one it is of a pooling."""
    if kernel is None:
        for word, size, strides, zeros in product(OPERATIONS[:2], SIZES, STRIDES, ZEROS):
            if zeros < size:
                yield word, size, strides, 1, zeros
        return
    for strides, dilation, zeros in product(STRIDES, DILATIONS, ZEROS):
        yield "convolution", len(kernel), strides, dilation, zeros


def _makes(image: np.ndarray, shown: np.ndarray, kernel: np.ndarray | None, *row: Any) -> bool:
    made = operated(image, kernel, *row)
    return made.shape == shown.shape and np.allclose(made, shown)


@dataclass(frozen=True)
class Shown:
    """(image, what an operation makes of it[, kernel]): the operation is one of these rows, and no other makes that."""

    rows: tuple[tuple[str, int, int, int, int], ...]
    size: int = 9

    def draw(self, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
        row = self.rows[int(rng.integers(len(self.rows)))]
        for _ in itertools.count():
            image = rng.integers(1, 10, (self.size, self.size)).astype(float)
            kernel = rng.integers(-2, 3, (row[1], row[1])).astype(float) if row[0] == "convolution" else None
            shown = operated(image, kernel, *row)
            fits = (other for other in candidates(kernel) if _makes(image, shown, kernel, *other))
            if list(fits) == [row]:
                return (image, shown) if kernel is None else (image, shown, kernel)
        raise AssertionError("unreachable")


SHOWN: Grid = {
    "plain": (
        RowCase("The largest number of a window", (Shown((("max pooling", 2, 3, 1, 0), ("max pooling", 3, 2, 1, 0))),)),
        RowCase("The mean of a window", (Shown((("average pooling", 3, 2, 1, 1), ("average pooling", 3, 2, 1, 2))),)),
        RowCase("A dilated kernel", (Shown((("convolution", 3, 1, 2, 2), ("convolution", 3, 3, 2, 1))),)),
    ),
}  # fmt: skip


@task(hidden=SHOWN, labels=("operation", "size", "stride", "dilation", "padding"))
def which_operation(
    image: np.ndarray, shown: np.ndarray, kernel: np.ndarray | None = None
) -> tuple[str, int, int, int, int]:
    """(operation, size, strides, dilation, zeros on each side) that makes `shown` of `image`, both matrices.

    >>> image = np.array([[1, 5, 2, 3], [4, 2, 9, 2], [8, 1, 3, 6], [2, 5, 4, 3]])
    >>> which_operation(image, np.array([[3, 4], [4, 4]]))
    ('average pooling', 2, 2, 1, 0)
    """
    found = [row for row in candidates(kernel) if _makes(image, shown, kernel, *row)]
    if len(found) != 1:
        raise ValueError(f"{len(found)} operations make this picture")
    return found[0]


@which_operation.wrongly(
    idea(
        "pictures.reach_for_size",
        belief="A dilated kernel of 3 is a kernel of 5.",
        hint="How many numbers does it multiply? The size counts taps; the gaps between them are the dilation.",
        lecture=PICTURES,
    )
)
def reach_for_size(*picture: Any) -> Any:
    word, size, strides, dilation, zeros = which_operation(*picture)
    return word, span(size, dilation), strides, 1, zeros


@which_operation.wrongly(
    idea(
        "pictures.other_pooling",
        belief="It is the other kind of pooling.",
        hint="Take one window and its output: is that the largest of its numbers, or their mean?",
        lecture="Lecture 2, Pooling layer",
    )
)
def other_pooling(*picture: Any) -> Any:
    word, *rest = which_operation(*picture)
    other = {"max pooling": "average pooling", "average pooling": "max pooling"}
    return other.get(word, word), *rest


@which_operation.wrongly(
    idea(
        "pictures.zeros_of_both_sides",
        belief="The padding is the zeros on both sides together.",
        hint="Here, as in lectures 1 and 4, p counts the zeros on one side.",
        lecture=SIZE,
    )
)
def zeros_of_both(*picture: Any) -> Any:
    *rest, zeros = which_operation(*picture)
    return *rest, 2 * zeros


@which_operation.wrongly(
    idea(
        "pictures.skipped_pixels_for_stride",
        belief="The stride is how many pixels are skipped.",
        hint="A window that moves by one pixel skips none, and has stride 1.",
        lecture=STRIDE,
    )
)
def gap_for_stride(*picture: Any) -> Any:
    word, size, strides, dilation, zeros = which_operation(*picture)
    return word, size, strides - 1, dilation, zeros


@which_operation.wrongly(
    idea(
        "pictures.stride_and_dilation_exchanged",
        belief="The stride is the distance of the taps, the dilation that of the windows.",
        hint="Look at one window: the distance of its taps is the dilation. Look at the next one: how far has it moved?",
        lecture=STRIDE,
    )
)
def stride_for_dilation(*picture: Any) -> Any:
    word, size, strides, dilation, zeros = which_operation(*picture)
    return word, size, dilation, strides, zeros
