"""How often a pixel is used."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.tasks.drawn import Case, OneOf, Whole
from grader.tasks.small import shapes
from grader.tasks.task import idea, task

PADDING = "Lecture 2, Convolutional layer parameters: padding"


@task(
    hidden={
        word: (
            Case("A kernel of 3 or 5", (Whole(7, 16), OneOf((3, 5))), (("padding", word),)),
            Case("A large kernel", (Whole(12, 20), OneOf((7, 9, 11))), (("padding", word),)),
        )
        for word in ("valid", "same")
    },
    small=[
        *shapes((3, 3), (4, 3), (5, 3), padding="valid"),
        *shapes((3, 3), (4, 3), (5, 3), padding="same"),
    ],
)
def pixel_uses(size: int, kernel_size: int, padding: str) -> np.ndarray:
    """How often each pixel of a square image lies under a kernel that takes one step at a time.

    >>> pixel_uses(4, 3, "same")[0].tolist()
    [4, 6, 6, 4]
    """
    reach = kernel_size // 2 if padding == "same" else 0
    first = np.arange(-reach, size + reach - kernel_size + 1)[:, None]  # where each window begins
    along = ((first <= np.arange(size)) & (np.arange(size) < first + kernel_size)).sum(axis=0)
    return np.outer(along, along)


@pixel_uses.wrongly(
    idea(
        "border.every_pixel_alike",
        belief="Each tap of the kernel meets each pixel once.",
        hint="Is there a window whose last tap lies on the very first pixel? It would have to begin outside the image.",
        lecture=PADDING,
    )
)
def every_pixel_alike(size: int, kernel_size: int, padding: str) -> Any:
    return np.full((size, size), kernel_size**2)


@pixel_uses.wrongly(
    idea(
        "border.paddings_exchanged",
        belief="Without padding there is a window for every pixel.",
        hint='With "same" there is one: it is centred on the pixel and may stick out. With "valid" none sticks out.',
        lecture=PADDING,
    )
)
def paddings_exchanged(size: int, kernel_size: int, padding: str) -> Any:
    return pixel_uses(size, kernel_size, "same" if padding == "valid" else "valid")


@pixel_uses.wrongly(
    idea(
        "border.axes_added",
        belief="Rows and columns each add their windows.",
        hint="Every choice of rows goes with every choice of columns: add or multiply?",
        lecture=PADDING,
    )
)
def one_axis(size: int, kernel_size: int, padding: str) -> Any:
    along = np.sqrt(np.diag(pixel_uses(size, kernel_size, padding))).round().astype(int)
    return along[:, None] + along
