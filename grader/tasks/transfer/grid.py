"""Series, sound, text and film as grids."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.cnnchecks.oracle import Rung
from grader.tasks.drawn import Bytes, Case
from grader.tasks.small import digits
from grader.tasks.task import idea, task

GRIDS = "Lecture 5, Grid topology"
LAYER_OF = {"series": "Conv1D", "audio": "Conv1D", "text": "Conv1D", "image": "Conv2D", "video": "Conv3D"}


@task(
    hidden={
        "line": (
            Case("A series", ("series", Bytes((11,)))),
            Case("Stereo sound", ("audio", Bytes((2, 13)))),
            Case("Sound from five microphones", ("audio", Bytes((5, 12)))),
            Case("A sentence", ("text", Bytes((7, 6)))),
        ),
        "more": (
            Case("A grey image", ("image", Bytes((6, 9)))),
            Case("A grey film", ("video", Bytes((5, 4, 7)))),
        ),
    },
    small=[
        Rung((kind, digits(shape).astype(int)))
        for kind, shape in (
            ("series", (2,)),
            ("audio", (1, 2)),
            ("audio", (2, 3)),
            ("text", (2, 3)),
            ("image", (2, 2)),
            ("video", (2, 2, 1)),
            ("video", (3, 2, 2)),
        )
    ],
    labels=("layer", "batch"),
)
def as_input(kind: str, signal: np.ndarray) -> tuple[str, np.ndarray]:
    """The Keras layer that a signal is for, and the signal as its batch of one.

    >>> layer, batch = as_input("audio", np.zeros((2, 9)))
    >>> layer, batch.shape
    ('Conv1D', (1, 9, 2))
    """
    example = {"audio": signal.T, "text": signal}.get(kind, signal[..., None])
    return LAYER_OF[kind], np.ascontiguousarray(example[None])


@as_input.wrongly(
    idea(
        "grid.channels_as_axis",
        belief="Several microphones and some samples make a table: a picture with two axes.",
        hint="Would a kernel that slides from the second microphone to the third see anything? Along which axis does "
        "position mean something?",
        lecture=GRIDS,
    )
)
def channels_as_axis(kind: str, signal: Any) -> Any:
    return ("Conv2D", signal[None, ..., None]) if kind == "audio" else as_input(kind, signal)


@as_input.wrongly(
    idea(
        "grid.channels_not_last",
        belief="The file's order of axes is good enough.",
        hint="Keras slides along the first axis of an example and takes the last one for its channels. Which axis of the file "
        "is time?",
        lecture=GRIDS,
    )
)
def channels_not_last(kind: str, signal: Any) -> Any:
    return ("Conv1D", signal[None]) if kind == "audio" else as_input(kind, signal)


@as_input.wrongly(
    idea(
        "grid.reshaped_for_transposed",
        belief="`reshape` exchanges two axes.",
        hint="It reads the numbers in the order in which they lie, and breaks the lines elsewhere. Print a (2, 3) array and "
        "both its `reshape(3, 2)` and its `.T`.",
        lecture=GRIDS,
    )
)
def reshaped(kind: str, signal: Any) -> Any:
    return ("Conv1D", signal.reshape(1, *signal.shape[::-1])) if kind == "audio" else as_input(kind, signal)


@as_input.wrongly(
    idea(
        "grid.text_as_image",
        belief="Words and their numbers make a table: a picture with two axes.",
        hint="Are the seventh and the eighth number of a word neighbours, as two pixels are? What is a word's channel?",
        lecture=GRIDS,
    )
)
def text_as_image(kind: str, signal: Any) -> Any:
    return ("Conv2D", signal[None, ..., None]) if kind == "text" else as_input(kind, signal)


@as_input.wrongly(
    idea(
        "grid.frames_as_channels",
        belief="A film is an image with a channel for each frame.",
        hint="A kernel spans all channels at once, so it couldn't slide through time. How many axes does the grid have?",
        lecture=GRIDS,
    )
)
def frames_as_channels(kind: str, signal: Any) -> Any:
    return ("Conv2D", np.moveaxis(signal, 0, -1)[None]) if kind == "video" else as_input(kind, signal)


@as_input.wrongly(
    idea(
        "grid.frames_as_batch",
        belief="A film is a batch of images.",
        hint="The images of a batch know nothing of each other. How should a kernel see that something moves?",
        lecture=GRIDS,
    )
)
def frames_as_batch(kind: str, signal: Any) -> Any:
    return ("Conv2D", signal[..., None]) if kind == "video" else as_input(kind, signal)


@as_input.wrongly(
    idea(
        "grid.no_channel_axis",
        belief="Grey needs no channel axis, and neither does a series of single numbers.",
        hint="One channel is an axis of length 1: Keras takes the last axis for channels, whatever it is.",
        lecture=GRIDS,
    )
)
def no_channel_axis(kind: str, signal: Any) -> Any:
    layer_name, batch = as_input(kind, signal)
    return layer_name, batch if kind in ("audio", "text") else batch[..., 0]


@as_input.wrongly(
    idea(
        "grid.no_batch_axis",
        belief="A single example needs no batch axis.",
        hint="A layer takes any number of examples, also one: then the first axis has length 1.",
        lecture=GRIDS,
    )
)
def no_batch_axis(kind: str, signal: Any) -> Any:
    layer_name, batch = as_input(kind, signal)
    return layer_name, batch[0]


@as_input.wrongly(
    idea(
        "grid.always_2d",
        belief="Convolutional networks are made of `Conv2D`.",
        hint="Count the axes along which the kernel is to slide: batch and channels aren't among them.",
        lecture=GRIDS,
    )
)
def always_2d(kind: str, signal: Any) -> Any:
    return "Conv2D", as_input(kind, signal)[1]
