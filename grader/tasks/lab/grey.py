"""From three colours to one."""

from __future__ import annotations

import numpy as np

from grader.cnnchecks.oracle import Rung
from grader.tasks.drawn import Bytes, Case, Normal
from grader.tasks.lab.picture import Array, instead, other_channel
from grader.tasks.small import digits
from grader.tasks.task import idea, task

TENSORS = "Lecture 2, From matrices to tensors"
INPUT = "Lecture 5, Convolutional layer: input"
GREY = np.array([0.2126, 0.7152, 0.0722])  # red, green, blue: ITU-R BT.709


@task(
    hidden={
        "colour": (
            Case("A picture in colour", (Bytes((5, 6, 3)),)),
            Case("Floats", (Normal((4, 3, 3), 100, 20),)),
        ),
        "transparent": (Case("A picture with a fourth channel", (Bytes((4, 6, 4)),)),),
    },
    small=[
        Rung((digits(x).astype(np.uint8),)) for x in ((1, 1, 3), (1, 2, 3), (2, 2, 3), (1, 1, 4), (1, 2, 4))
    ],
    terms=lambda image: 3,
    picture=True,
)
def to_grey(image: Array) -> Array:
    """The brightness of a colour picture (H, W, 3 or 4), a fourth channel left out: (H, W), as large as the channels.

    >>> to_grey(np.array([[[10, 20, 30], [9, 9, 9]]])).round(3).tolist()
    [[18.596, 9.0]]
    """
    return image[..., :3] @ GREY


instead(other_channel, "to_grey", lambda image: to_grey(image[..., 2::-1]))

plain_mean = idea(
    "grey.plain_mean",
    belief="Grey is the mean of red, green and blue.",
    hint="Eyes see green much better than blue: the three weights in the text aren't equal.",
    lecture=TENSORS,
)
instead(
    plain_mean, "to_grey", lambda image: to_grey(np.repeat(image[..., :3].mean(axis=2)[..., None], 3, axis=2))
)
instead(plain_mean, "to_grey", lambda image: to_grey(np.repeat(image.mean(axis=2)[..., None], 3, axis=2)))

plain_sum = idea(
    "grey.channels_added",
    belief="Grey is red plus green plus blue.",
    hint="What would white become? Grey should stay within 0 and 255.",
    lecture=TENSORS,
)
instead(plain_sum, "to_grey", lambda image: image[..., :3].sum(axis=2, dtype=float))

kept_axis = idea(
    "grey.keeps_an_axis",
    belief="A grey picture still has a last axis, of one channel.",
    hint="Often it has, but here (H, W) is asked for: index or `@` drops the axis, a slice keeps it.",
    lecture=TENSORS,
)
instead(kept_axis, "to_grey", lambda image: to_grey(image)[..., None])

scaled = idea(
    "grey.from_zero_to_one",
    belief="Grey goes from 0 to 1.",
    hint="That scaling comes later, before a network. Here white stays 255.",
    lecture=INPUT,
)
instead(scaled, "to_grey", lambda image: to_grey(image) / 255)

bytes_again = idea(
    "grey.cut_to_bytes",
    belief="Grey values are bytes again, so I cut the decimals off.",
    hint="Cutting 18.6 to 18 makes a picture darker and loses what later sums need: keep floats.",
    lecture=INPUT,
)
instead(bytes_again, "to_grey", lambda image: np.floor(to_grey(image)))
instead(bytes_again, "to_grey", lambda image: np.floor(image[..., :3] * GREY).sum(axis=2))
