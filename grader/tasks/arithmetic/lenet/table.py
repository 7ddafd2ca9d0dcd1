"""LeNet's table: the sizes of its activations, and its parameters."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

from grader.tasks.arithmetic.lenet.weights import (
    bias_forgotten,
    channels_forgotten,
    conv_parameters,
    dense_parameters,
)
from grader.tasks.drawn import Case, RowCase, Twice, Whole
from grader.tasks.small import shapes
from grader.tasks.task import idea, task
from kerasnets import numpy_layers

PADDING = "Lecture 2, Convolutional layer parameters: padding"
EXERCISE = "Lecture 1, Exercise: the activation size and the number of parameters of LeNet"
SIZE = "Lecture 1, Size of the feature map"
COUNTING = "Lecture 1, Number of parameters to learn in a convolutional layer"
SHARING = "Lecture 1, Motivation: weight sharing"
POOLING = "Lecture 2, Types of pooling"


def images(padding: str) -> tuple[Case, Case]:
    """A square image and a wide or high one, of sizes that every pooling halves."""
    low, high = Whole(24, 56, step=4), Whole(60, 96, step=4)
    return (
        RowCase("A square image", (Twice(low),), (("padding", padding),)),
        Case("An image that isn't square", (low, high), (("padding", padding),)),
    )


@task(
    hidden={
        "valid": images("valid"),
        "same": images("same"),
        "odd": (
            Case(
                "Maps of odd size, valid",
                (Whole(25, 57, step=4), Whole(63, 95, step=4)),
                (("padding", "valid"),),
            ),
            Case(
                "Maps of odd size, same",
                (Whole(63, 95, step=4), Whole(25, 57, step=4)),
                (("padding", "same"),),
            ),
        ),
    },
    small=[
        *shapes((16, 16), (16, 20), (17, 16), padding="valid"),
        *shapes((12, 12), (12, 16), (13, 12), (16, 16), padding="same"),
    ],
)
def lenet_activation_sizes(height: int, width: int, padding: str) -> dict[str, tuple[int, ...]]:
    """The shape of one image's activation after each layer of LeNet-5.

    >>> lenet_activation_sizes(28, 28, "same")["flat"]
    (400,)
    """
    maps = [(height, width, 1)]
    for filters, word in ((6, padding), (16, "valid")):
        convolved = [numpy_layers.conv_output_size(n, 5, 1, word) for n in maps[-1][:2]]
        pooled = [numpy_layers.conv_output_size(n, 2, 2) for n in convolved]
        maps += [(convolved[0], convolved[1], filters), (pooled[0], pooled[1], filters)]
    vectors = {"flat": math.prod(maps[-1]), "C5": 120, "F6": 84, "output": 10}
    sizes = dict(zip(("image", "C1", "S2", "C3", "S4"), maps, strict=True))
    return sizes | {name: (units,) for name, units in vectors.items()}


@task(
    hidden={
        "valid": images("valid"),
        "same": images("same"),
        "digits": tuple(
            Case(f"28×28 pixels, {word}", (28, 28), (("padding", word),)) for word in ("same", "valid")
        ),
    },
    small=[
        *shapes((16, 16), (16, 20), padding="valid"),
        *shapes((12, 12), (12, 16), (16, 16), padding="same"),
    ],
)
def lenet_parameters(height: int, width: int, padding: str) -> dict[str, int]:
    """
    >>> lenet_parameters(28, 28, "same")["total"], lenet_parameters(28, 28, "valid")["total"]
    (61706, 44426)
    """
    (flat,) = lenet_activation_sizes(height, width, padding)["flat"]
    counts = {"C1": conv_parameters(5, 1, 6), "C3": conv_parameters(5, 6, 16)}
    for name, (inputs, units) in zip(("C5", "F6", "output"), pairwise((flat, 120, 84, 10)), strict=True):
        counts[name] = dense_parameters(inputs, units)
    return counts | {"total": sum(counts.values())}


@lenet_activation_sizes.wrongly(
    idea(
        "lenet.padding_ignored",
        belief="C1 loses four rows and columns, whatever the padding.",
        hint='With "same" padding a convolution at stride 1 gives as many rows as it takes.',
        lecture=PADDING,
    )
)
def other_padding(height: int, width: int, padding: str) -> Any:
    return lenet_activation_sizes(height, width, "valid")


def _lost(padding: str) -> int:
    return 4 if padding == "valid" else 0


def _sizes(
    height: int, width: int, c1: int, c3: int, halved: Callable[[int], int]
) -> dict[str, tuple[int, ...]]:
    """The reference with so many rows lost in C1 and C3 and another way to halve."""
    first = (height - c1, width - c1)
    second = tuple(halved(n) for n in first)
    third = tuple(n - c3 for n in second)
    fourth = tuple(halved(n) for n in third)
    maps = {
        "image": (height, width, 1),
        "C1": (*first, 6),
        "S2": (*second, 6),
        "C3": (*third, 16),
        "S4": (*fourth, 16),
    }
    return maps | {"flat": (fourth[0] * fourth[1] * 16,), "C5": (120,), "F6": (84,), "output": (10,)}


@lenet_activation_sizes.wrongly(
    idea(
        "lenet.padding_on_both",
        belief="The padding that is asked about is that of both convolutions.",
        hint="It is C1's alone; C3 is always valid.",
        lecture=EXERCISE,
    )
)
def padding_on_both(height: int, width: int, padding: str) -> Any:
    return _sizes(height, width, _lost(padding), _lost(padding), lambda n: n // 2)


rounded_up = idea(
    "lenet.pooling_rounds_up",
    belief="An odd row gets a pooling window of its own.",
    hint="Half a window is none: Keras leaves the last odd row out.",
    lecture=EXERCISE,
)


@lenet_activation_sizes.wrongly(rounded_up)
def rounded_up_lenet_activation_sizes(height: int, width: int, padding: str) -> Any:
    return _sizes(height, width, _lost(padding), 4, lambda n: -(-n // 2))


square = idea(
    "lenet.square_image",
    belief="Images are square, so the width is the height.",
    hint="Try an image that is wider than high: the two sizes go their own ways.",
    lecture=EXERCISE,
)


@lenet_activation_sizes.wrongly(square)
def square_lenet_activation_sizes(height: int, width: int, padding: str) -> Any:
    return lenet_activation_sizes(height, height, padding)


@lenet_parameters.wrongly(square)
def square_lenet_parameters(height: int, width: int, padding: str) -> Any:
    return lenet_parameters(height, height, padding)


sizes_exchanged = idea(
    "lenet.height_width_exchanged",
    belief="Width comes first: an activation is (width, height, channels).",
    hint="An image of 28 rows and 32 columns is (28, 32, 1). Which of the function's arguments is which?",
    lecture=EXERCISE,
)


@lenet_activation_sizes.wrongly(sizes_exchanged)
def sizes_exchanged_lenet_activation_sizes(height: int, width: int, padding: str) -> Any:
    return lenet_activation_sizes(width, height, padding)


@lenet_activation_sizes.wrongly(
    idea(
        "lenet.plus_one_forgotten",
        belief="A kernel of 5 takes 5 rows away.",
        hint="On a row of 5 pixels, how many windows of 5 are there: none, or one?",
        lecture=SIZE,
    )
)
def plus_one_forgotten(height: int, width: int, padding: str) -> Any:
    return _sizes(height, width, 5 if padding == "valid" else 0, 5, lambda n: n // 2)


def _totalled(counts: Mapping[str, int]) -> dict[str, int]:
    layers = {name: count for name, count in counts.items() if name != "total"}
    return layers | {"total": sum(layers.values())}


@lenet_parameters.wrongly(bias_forgotten)
def bias_forgotten_lenet_parameters(height: int, width: int, padding: str) -> Any:
    biases = {"C1": 6, "C3": 16, "C5": 120, "F6": 84, "output": 10}
    return _totalled(
        {name: n - biases.get(name, 0) for name, n in lenet_parameters(height, width, padding).items()}
    )


@lenet_parameters.wrongly(channels_forgotten)
def channels_forgotten_lenet_parameters(height: int, width: int, padding: str) -> Any:
    return _totalled(lenet_parameters(height, width, padding) | {"C3": conv_parameters(5, 1, 16)})


weights_per_position = idea(
    "lenet.parameters_per_position",
    belief="Each position of the map has its own kernel.",
    hint="A kernel slides: the same weights meet every position. Does a larger image need more of them?",
    lecture=SHARING,
)


def _maps(height: int, width: int, padding: str) -> dict[str, int]:
    """How many positions the maps of each convolution have."""
    sizes = lenet_activation_sizes(height, width, padding)
    return {name: sizes[name][0] * sizes[name][1] for name in ("C1", "C3")}


@lenet_parameters.wrongly(weights_per_position)
def weights_per_position_lenet_parameters(height: int, width: int, padding: str) -> Any:
    counts = lenet_parameters(height, width, padding)
    return _totalled(counts | {name: counts[name] * n for name, n in _maps(height, width, padding).items()})


bias_per_pixel = idea(
    "lenet.bias_per_pixel",
    belief="Each pixel of a map has a bias of its own.",
    hint="A map has one kernel, and the kernel one bias, which it adds at every position.",
    lecture=COUNTING,
)


@lenet_parameters.wrongly(bias_per_pixel)
def bias_per_pixel_lenet_parameters(height: int, width: int, padding: str) -> Any:
    counts, filters = lenet_parameters(height, width, padding), {"C1": 6, "C3": 16}
    positions = _maps(height, width, padding)
    return _totalled(
        counts | {name: counts[name] + maps * (positions[name] - 1) for name, maps in filters.items()}
    )


pooling_counted = idea(
    "lenet.pooling_has_parameters",
    belief="A pooling layer has parameters too.",
    hint="What would it learn? A maximum, or a mean, has nothing to choose; in the paper a scale and a shift followed, "
    "which no layer of this question has.",
    lecture=POOLING,
)


def _per_map(parameters: int) -> None:
    @pooling_counted.answers_to("lenet_parameters")
    def answer(height: int, width: int, padding: str) -> Any:
        counts = lenet_parameters(height, width, padding)
        return counts | {"total": counts["total"] + parameters * (6 + 16)}


for _parameters in (2, 1, 4, 5):  # a scale and a shift; a bias; a kernel of 2×2 without and with its bias
    _per_map(_parameters)


@lenet_parameters.wrongly(
    idea(
        "lenet.total_of_another_padding",
        belief="The padding changes no count: it has no parameters.",
        hint="It has none itself, but C5 has a weight for every pixel that arrives: how many do?",
        lecture=EXERCISE,
    )
)
def padding_without_effect(height: int, width: int, padding: str) -> Any:
    return lenet_parameters(height, width, "valid")
