"""What sliding costs at the border."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.tasks.drawn import Case, OneOf, RowCase
from grader.tasks.lab.picture import COLUMNS, ROWS, instead
from grader.tasks.small import shapes
from grader.tasks.task import idea, task

PADDING = "Lecture 5, Convolutional layer: padding"
HIGH, WIDE = OneOf(((3, 7), (5, 9), (1, 5))), OneOf(((7, 3), (9, 5), (5, 1)))


@dataclass(frozen=True)
class Sizes:
    """(image_shape, kernel_shape) and, if given, how many times."""

    rows: Any
    columns: Any
    kernel: Any
    times: Any = None

    def draw(self, rng: np.random.Generator) -> tuple[Any, ...]:
        size = self.rows.draw(rng), self.columns.draw(rng)
        return (size, self.kernel.draw(rng), *([self.times.draw(rng)] if self.times else []))


@task(
    hidden={
        "once": (
            RowCase("A wide kernel", (Sizes(ROWS, COLUMNS, HIGH),)),
            RowCase("A high kernel", (Sizes(COLUMNS, ROWS, WIDE),)),
        ),
        "often": (
            RowCase("Several convolutions", (Sizes(ROWS, COLUMNS, HIGH, OneOf((3, 4))),)),
            RowCase("Several convolutions with a high kernel", (Sizes(COLUMNS, ROWS, WIDE, OneOf((3, 4))),)),
        ),
    },
    small=[
        *shapes(
            ((3, 3), (1, 1)),
            ((4, 5), (2, 2)),
            ((5, 6), (3, 3)),
            ((5, 7), (1, 3)),
            ((7, 5), (3, 1)),
            ((5, 6), (2, 3)),
        ),
        *shapes(((6, 7), (3, 3), 2), ((9, 8), (3, 1), 2), ((9, 9), (3, 3), 3)),
    ],
    labels=("rows", "columns"),
)
def shape_after(
    image_shape: tuple[int, int], kernel_shape: tuple[int, int], times: int = 1
) -> tuple[int, ...]:
    """
    >>> shape_after((972, 1920), (3, 3), 10)
    (952, 1900)
    """
    return tuple(n - times * (k - 1) for n, k in zip(image_shape, kernel_shape, strict=True))


@task(
    hidden={"plain": (Case("A wide kernel", (HIGH,)), Case("A high kernel", (WIDE,)))},
    small=shapes(((1, 1),), ((3, 3),), ((1, 3),), ((3, 1),), ((5, 3),)),
    labels=("rows", "columns"),
)
def zeros_around(kernel_shape: tuple[int, int]) -> tuple[int, ...]:
    """Rows above and below, columns left and right, that keep a picture's size; the kernel's sizes are odd.

    >>> zeros_around((3, 7))
    (1, 3)
    """
    return tuple((k - 1) // 2 for k in kernel_shape)


whole_kernel = idea(
    "shrink.whole_kernel",
    belief="A kernel of k takes k pixels away.",
    hint="A kernel of 1 takes none away. Count the positions of a kernel of 3 on a row of 4.",
    lecture=PADDING,
)
instead(
    whole_kernel,
    "shape_after",
    lambda size, kernel, times=1: shape_after(size, tuple(k + 1 for k in kernel), times),
)

one_side = idea(
    "shrink.one_side_only",
    belief="Half a kernel is lost at the border.",
    hint="And at the opposite border? A row has two ends.",
    lecture=PADDING,
)
instead(
    one_side,
    "shape_after",
    lambda size, kernel, times=1: shape_after(size, tuple((k + 1) // 2 for k in kernel), times),
)

only_once = idea(
    "shrink.once_for_all",
    belief="The picture shrinks at the first convolution.",
    hint="The second one gets the smaller picture, and shrinks it again.",
    lecture=PADDING,
)
instead(only_once, "shape_after", lambda size, kernel, times=1: shape_after(size, kernel, 1))

kernel_axes = idea(
    "shrink.kernel_axes_exchanged",
    belief="The kernel's first number belongs to the width.",
    hint="(rows, columns) for the kernel as for the picture: a kernel of one row takes no row away.",
    lecture=PADDING,
)
instead(kernel_axes, "shape_after", lambda size, kernel, times=1: shape_after(size, kernel[::-1], times))
instead(kernel_axes, "zeros_around", lambda kernel: zeros_around(kernel[::-1]))

square_kernel = idea(
    "shrink.square_kernel",
    belief="A kernel has one size.",
    hint="A kernel of 1×5 is as good as one of 3×3: rows and columns go their own ways.",
    lecture=PADDING,
)
instead(
    square_kernel, "shape_after", lambda size, kernel, times=1: shape_after(size, (kernel[0],) * 2, times)
)
instead(square_kernel, "zeros_around", lambda kernel: zeros_around((kernel[0],) * 2))

all_on_each_side = idea(
    "shrink.all_on_each_side",
    belief="k - 1 are lost, so k - 1 zeros go on every side.",
    hint="A row has two ends: k - 1 in all.",
    lecture=PADDING,
)
instead(all_on_each_side, "zeros_around", lambda kernel: zeros_around(tuple(2 * k - 1 for k in kernel)))

rounded_up = idea(
    "shrink.half_rounded_up",
    belief="Half the kernel's size, rounded up, goes on every side.",
    hint="A kernel of 1 needs no zeros at all; try your formula on it.",
    lecture=PADDING,
)
instead(rounded_up, "zeros_around", lambda kernel: zeros_around(tuple(k + 2 for k in kernel)))
