"""A picture is an array: shapes, and single numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.tasks.drawn import Case, OneOf, Whole
from grader.tasks.task import Idea, idea, task

INPUT = "Lecture 5, Convolutional layer: input"
TENSORS = "Lecture 2, From matrices to tensors"


@dataclass(frozen=True)
class Dim:
    """A picture of bytes without a white pixel, wider than high, up to so many pixels larger than `shape` says."""

    shape: tuple[int, ...]
    larger: int = 0

    def draw(self, rng: np.random.Generator) -> np.ndarray:
        height, width, *channels = self.shape
        more, wider = (int(number) for number in rng.integers(self.larger + 1, size=2))
        shape = (height + more, width + wider, *channels)
        return rng.permutation(np.arange(np.prod(shape)) % 251).reshape(shape).astype(np.uint8)


Array = np.ndarray[Any, Any]


@task(
    hidden={"plain": (Case("A picture", (Dim((4, 60, 3), larger=50),)),)},
    labels=("height", "width", "channels"),
)
def picture_shape(image: Array) -> tuple[int, ...]:
    """(height, width, channels)."""
    return image.shape


@task(hidden={"plain": (Case("A wide picture", (Dim((4, 6, 3)),)), Case("A high one", (Dim((7, 6, 3)),)))})
def largest_value(image: Array) -> int:
    return int(image.max())


@task(hidden={"plain": (Case("A pixel", (Dim((9, 9, 3)), OneOf((2, 3)), OneOf((5, 6)), OneOf((0, 2)))),)})
def pixel_value(image: Array, row: int, column: int, channel: int) -> int:
    return int(image[row, column, channel])


ROWS, COLUMNS = Whole(40, 300), Whole(301, 900)


@task(
    hidden={
        "plain": (
            Case("A batch of colour pictures", (Whole(8, 32), ROWS, COLUMNS, 3)),
            Case("A batch of grey pictures", (Whole(33, 39), COLUMNS, ROWS, 1)),
        ),
    },
    labels=("images", "height", "width", "channels"),
)
def batch_shape(count: int, height: int, width: int, channels: int) -> tuple[int, int, int, int]:
    """
    >>> batch_shape(32, 28, 28, 1)
    (32, 28, 28, 1)
    """
    return count, height, width, channels


@task(hidden={"plain": (Case("Some pixels", (Dim((9, 9)), ((2, 5), (1, 8), (7, 3)))),)})
def readings(pixels: Array, places: tuple[tuple[int, int], ...]) -> tuple[int, ...]:
    """The pixels at these places (row, column)."""
    return tuple(int(pixels[place]) for place in places)


width_first = idea(
    "picture.width_first",
    belief="A picture's size is width times height, so the width comes first.",
    hint="An array's first axis counts rows. How many rows has a picture that is wider than high?",
    lecture=INPUT,
)


def instead(misconception: Idea, name: str, answer: Callable[..., Any]) -> None:
    """One more way to answer the function called `name` by this idea."""
    misconception.answers_to(name)(answer)


instead(
    width_first, "picture_shape", lambda image: (image.shape[1], image.shape[0], *picture_shape(image)[2:])
)
instead(width_first, "batch_shape", lambda n, h, w, c: batch_shape(n, w, h, c))
instead(
    width_first, "pixel_value", lambda image, row, column, channel: pixel_value(image, column, row, channel)
)
instead(width_first, "readings", lambda pixels, places: readings(pixels.T, places))

channels_first = idea(
    "picture.channels_first",
    belief="A picture is three sheets, so the channels come first.",
    hint="Other libraries store it like that. Print `.shape` here: on which axis does the 3 stand?",
    lecture=TENSORS,
)
instead(channels_first, "picture_shape", lambda image: tuple(picture_shape(image)[i] for i in (2, 0, 1)))
instead(channels_first, "batch_shape", lambda n, h, w, c: batch_shape(n, c, h, w))

deck = idea(
    "picture.numbers_of_the_slides",
    belief="The slides show a cat, and its numbers stand beside it.",
    hint="The slides' cat is another photograph. Ask this array itself.",
    lecture=INPUT,
)
instead(deck, "picture_shape", lambda image: (1068, 1600, 3))

largest_possible = idea(
    "picture.largest_possible",
    belief="A picture of bytes reaches 255.",
    hint="255 is the most that a byte can hold. Does this picture have a pixel that is quite white?",
    lecture=INPUT,
)
instead(largest_possible, "largest_value", lambda image: 255)

added_channels = idea(
    "picture.channels_added",
    belief="A pixel is one number: its channels together.",
    hint="A channel holds a number of its own; the array's largest number is the largest of them all.",
    lecture=INPUT,
)
instead(added_channels, "largest_value", lambda image: largest_value(image.sum(axis=2, dtype=int)))

batch_last = idea(
    "picture.batch_last",
    belief="Several pictures are stacked at the end.",
    hint="The axis that counts pictures comes first: `batch[0]` is the first picture.",
    lecture=TENSORS,
)
instead(batch_last, "batch_shape", lambda n, h, w, c: (*batch_shape(n, h, w, c)[1:], n))

from_one = idea(
    "picture.counted_from_one",
    belief="Row 1 is the first row.",
    hint="NumPy counts from 0, and so do these questions.",
    lecture=INPUT,
)
instead(
    from_one,
    "pixel_value",
    lambda image, row, column, channel: pixel_value(image, row - 1, column - 1, channel),
)
instead(
    from_one, "readings", lambda pixels, places: readings(pixels, tuple((i - 1, j - 1) for i, j in places))
)

other_channel = idea(
    "picture.blue_comes_first",
    belief="The channels come as blue, green, red.",
    hint="Some libraries do that. The cat is ginger: which channel should be the largest in its fur, and which is?",
    lecture=INPUT,
)
instead(
    other_channel,
    "pixel_value",
    lambda image, row, column, channel: pixel_value(image, row, column, 2 - channel),
)
