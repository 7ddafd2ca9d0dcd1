"""The kernel of the mathematician's convolution is turned."""

from __future__ import annotations

import numpy as np

from grader.tasks.drawn import Case, Normal
from grader.tasks.lab.picture import Array, instead
from grader.tasks.lab.slide import slid
from grader.tasks.task import idea, task
from kerasnets import numpy_layers

DEFINITION = "Lecture 5, Convolutions: general definition"


def correlate2d(image: Array, kernel: Array) -> Array:
    """One channel, one kernel, no padding, as students are given it."""
    batch, one = np.asarray(image, float)[None, :, :, None], np.asarray(kernel, float)[:, :, None, None]
    return numpy_layers.conv2d_forward(batch, one, np.zeros(1))[0, :, :, 0]


@task(
    hidden={
        "square": (
            Case("A square kernel", (Normal((7, 6)), Normal((3, 3)))),
            Case("An even kernel", (Normal((6, 7)), Normal((2, 2)))),
        ),
        "uneven": (
            Case("A wide kernel", (Normal((6, 8)), Normal((2, 4)))),
            Case("A high kernel", (Normal((8, 6)), Normal((5, 3)))),
        ),
    },
    small=slid(
        ((1, 1), (1, 1)),
        ((1, 2), (1, 2)),
        ((2, 1), (2, 1)),
        ((2, 2), (2, 2)),
        ((2, 3), (2, 2)),
        ((3, 2), (2, 2)),
        ((3, 3), (2, 2)),
        ((3, 4), (2, 3)),
        ((4, 3), (3, 2)),
        ((4, 4), (3, 3)),
    ),
    terms=lambda image, kernel: kernel.size,
)
def convolve2d(image: Array, kernel: Array) -> Array:
    """Lecture 2's first patch: 13, where cross-correlation says 88.

    >>> patch = np.array([[2.0, 9.0, 11.0], [12.0, 43.0, 2.0], [9.0, 87.0, 65.0]])
    >>> kernel = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    >>> convolve2d(patch, kernel).tolist(), correlate2d(patch, kernel).tolist()
    ([[13.0]], [[88.0]])
    """
    return correlate2d(image, kernel[::-1, ::-1])


unturned = idea(
    "turn.not_turned",
    belief="What libraries call convolution is the mathematician's convolution.",
    hint="In the definition the kernel's index is i - n: as n grows, it runs backwards. Where does that show in your code?",
    lecture=DEFINITION,
)
instead(unturned, "convolve2d", lambda image, kernel: convolve2d(image, kernel[::-1, ::-1]))

one_axis = idea(
    "turn.one_axis_only",
    belief="Turning a kernel means reversing the order of its rows.",
    hint="Both indices run backwards, i - n and j - m: turned by 180 degrees, the top left weight is at the bottom right.",
    lecture=DEFINITION,
)
instead(one_axis, "convolve2d", lambda image, kernel: convolve2d(image, kernel[:, ::-1]))
instead(one_axis, "convolve2d", lambda image, kernel: convolve2d(image, kernel[::-1]))

transposed = idea(
    "turn.transposed",
    belief="Turning a kernel means transposing it.",
    hint="A transpose mirrors at the diagonal, which leaves the top left weight where it was.",
    lecture=DEFINITION,
)
instead(transposed, "convolve2d", lambda image, kernel: convolve2d(image, kernel[::-1, ::-1].T))

quarter = idea(
    "turn.by_90_degrees",
    belief="`np.rot90` turns the kernel.",
    hint="By 90 degrees, once. The definition needs 180.",
    lecture=DEFINITION,
)
instead(quarter, "convolve2d", lambda image, kernel: convolve2d(image, np.rot90(kernel[::-1, ::-1])))
instead(quarter, "convolve2d", lambda image, kernel: convolve2d(image, np.rot90(kernel[::-1, ::-1], -1)))

image_turned = idea(
    "turn.image_and_answer",
    belief="Turning the picture instead of the kernel comes to the same.",
    hint="It does, if you turn the answer back as well. Where does the response to the picture's top left corner stand?",
    lecture=DEFINITION,
)
instead(image_turned, "convolve2d", lambda image, kernel: convolve2d(image, kernel)[::-1, ::-1])
