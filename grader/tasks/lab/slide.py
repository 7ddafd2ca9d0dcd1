"""A kernel slides along a row."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from grader.cnnchecks.oracle import Rung
from grader.tasks.drawn import Case, Normal
from grader.tasks.lab.picture import Array, instead
from grader.tasks.small import Shape, digits
from grader.tasks.task import idea, task

DEFINITION = "Lecture 5, Convolutions: general definition"
PADDING = "Lecture 5, Convolutional layer: padding"
STEPS = "Lecture 5, Convolutions: computing cross-correlation"


def slid(*extents: tuple[Shape, Shape]) -> list[Rung]:
    return [Rung((digits(x), digits(kernel, 1, 5))) for x, kernel in extents]


@task(
    hidden={
        "plain": (
            Case("A kernel of three", (Normal((11,)), Normal((3,)))),
            Case("A kernel of four", (Normal((10,)), Normal((4,)))),
            Case("A kernel as long as the row", (Normal((5,)), Normal((5,)))),
        ),
    },
    small=slid(((1,), (1,)), ((2,), (1,)), ((2,), (2,)), ((3,), (2,)), ((4,), (2,)), ((4,), (3,))),
    terms=lambda x, kernel: len(kernel),
)
def correlate1d(x: Array, kernel: Array) -> Array:
    """
    >>> correlate1d(np.array([1.0, 4.0, 9.0, 16.0]), np.array([-1.0, 0.0, 1.0])).tolist()
    [8.0, 12.0]
    """
    return sliding_window_view(x, len(kernel)) @ kernel


kernel_turned = idea(
    "slide.kernel_turned",
    belief="Every sliding sum turns the kernel round first.",
    hint="Cross-correlation leaves the kernel as it stands; only the mathematician's convolution turns it.",
    lecture=DEFINITION,
)
instead(kernel_turned, "correlate1d", lambda x, kernel: correlate1d(x, kernel[::-1]))

padded_row = idea(
    "slide.zeros_at_the_ends",
    belief="The kernel may stick out of the row, over zeros.",
    hint="Nothing was padded: the first output needs the kernel's whole length inside the row. `np.correlate` and "
    "`np.convolve` have a `mode` for that.",
    lecture=PADDING,
)
instead(padded_row, "correlate1d", lambda x, kernel: correlate1d(np.pad(x, len(kernel) - 1), kernel))
instead(
    padded_row,
    "correlate1d",
    lambda x, kernel: correlate1d(np.pad(x, ((len(kernel) - 1) // 2, len(kernel) // 2)), kernel),
)

last_missed = idea(
    "slide.last_position_missed",
    belief="There are n - k positions.",
    hint="On how many places can a kernel as long as the row stand? The formula should say so.",
    lecture=PADDING,
)
instead(last_missed, "correlate1d", lambda x, kernel: correlate1d(x, kernel)[:-1])

side_by_side = idea(
    "slide.windows_side_by_side",
    belief="The next window begins where the last one ended.",
    hint="The kernel moves on by one position at a time, so neighbouring windows overlap.",
    lecture=STEPS,
)
instead(side_by_side, "correlate1d", lambda x, kernel: correlate1d(x, kernel)[:: len(kernel)])

divided = idea(
    "slide.divided_by_the_length",
    belief="The products are averaged.",
    hint="Multiply and add up: a kernel that averages has its 1/k inside already.",
    lecture=STEPS,
)
instead(divided, "correlate1d", lambda x, kernel: correlate1d(x, kernel / len(kernel)))
