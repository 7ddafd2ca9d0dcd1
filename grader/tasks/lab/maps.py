"""Feature maps: several kernels on several channels."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.cnnchecks.oracle import Rung
from grader.tasks.drawn import Case, Normal
from grader.tasks.lab.picture import Array, instead
from grader.tasks.small import Shape, digits
from grader.tasks.task import idea, task
from kerasnets import numpy_layers

RELU = "Lecture 5, Convolutional layer: activation"
MAPS = "Lecture 5, Convolutional layer: feature maps"
CHANNELS = "Lecture 5, Convolutional layer: channels"


def maps_of(about: str, image: tuple[int, ...], kernels: tuple[int, ...]) -> Case:
    biases = Normal(kernels[3:], mean=-1, scale=2)
    return Case(about, (Normal(image), Normal(kernels, mean=0.2), biases))


def mapped(image: Shape, kernels: Shape, bias: float) -> Rung:
    return Rung((digits(image), digits(kernels, -2, 2), np.full(kernels[3:], bias)))


@task(
    hidden={
        "two": (
            maps_of("Two channels", (7, 8, 2), (3, 3, 2, 3)),
            maps_of("A wide kernel", (6, 9, 2), (2, 4, 2, 2)),
        ),
        "more": (
            maps_of("Three channels", (7, 6, 3), (3, 3, 3, 4)),
            maps_of("Five channels", (6, 6, 5), (3, 2, 5, 3)),
        ),
    },
    small=[
        *(mapped((1, 1, 1), (1, 1, 1, 1), bias) for bias in (0.0, 1.0, -2.0)),
        *(mapped((1, 2, 1), (1, 1, 1, 1), bias) for bias in (0.0, 1.0, -2.0)),
        *(mapped((1, 2, 2), (1, 1, 2, 1), bias) for bias in (0.0, 1.0, -2.0)),
        *(mapped((2, 2, 2), (1, 1, 2, 2), bias) for bias in (0.0, 1.0, -2.0)),
        *(mapped((2, 3, 2), (2, 2, 2, 2), bias) for bias in (0.0, 1.0, -2.0)),
        *(mapped((3, 3, 3), (2, 2, 3, 3), bias) for bias in (0.0, 1.0, -3.0)),
    ],
    terms=lambda image, kernels, biases: kernels[..., 0].size + 1,
    picture=True,
)
def feature_maps(image: Array, kernels: Array, biases: Array) -> Array:
    """ReLU(convolution + bias) of one picture (H, W, C) with kernels (KH, KW, C, K): (OH, OW, K)."""
    return numpy_layers.relu_forward(numpy_layers.conv2d_forward(image[None], kernels, biases))[0]


relu_per_channel = idea(
    "maps.relu_per_channel",
    belief="ReLU is applied to each channel's map, and then they are added.",
    hint="First all channels and the bias, then ReLU, once: where one channel says -5 and another 7, the map has 2.",
    lecture=RELU,
)


def one_by_one(image: Any, kernels: Any, biases: Any) -> Any:
    one = [slice(c, c + 1) for c in range(image.shape[2])]
    return sum(feature_maps(image[..., c], kernels[:, :, c], biases) for c in one)


@feature_maps.wrongly(relu_per_channel)
def relu_per_channel_feature_maps(image: Any, kernels: Any, biases: Any) -> Any:
    return one_by_one(image, kernels, np.zeros_like(biases)) + biases


@feature_maps.wrongly(relu_per_channel)
def relu_per_channel_feature_maps_2(image: Any, kernels: Any, biases: Any) -> Any:
    return np.maximum(one_by_one(image, kernels, np.zeros_like(biases)) + biases, 0)


instead(relu_per_channel, "feature_maps", one_by_one)

bias_after_relu = idea(
    "maps.bias_after_relu",
    belief="The bias is added at the end.",
    hint="The bias moves the threshold of ReLU, so it comes before. A map after ReLU has nothing below 0: has yours?",
    lecture=RELU,
)
instead(
    bias_after_relu,
    "feature_maps",
    lambda image, kernels, biases: feature_maps(image, kernels, np.zeros_like(biases)) + biases,
)

relu_missing = idea(
    "maps.relu_missing",
    belief="The sum is the feature map.",
    hint="Is there a number below 0 in your maps? One more step is asked for.",
    lecture=RELU,
)


def without_relu(image: Any, kernels: Any, biases: Any) -> Any:
    """What the maps are before it."""
    return feature_maps(image, kernels, biases) - feature_maps(image, -kernels, -biases)


instead(relu_missing, "feature_maps", without_relu)

absolute = idea(
    "maps.absolute_value",
    belief="ReLU makes numbers positive: it drops the sign.",
    hint="ReLU(-3) is 0, not 3: it keeps what agrees with the kernel and forgets the opposite.",
    lecture=RELU,
)
instead(absolute, "feature_maps", lambda *args: np.abs(without_relu(*args)))

no_bias = idea(
    "maps.bias_forgotten",
    belief="A feature map is convolution and ReLU.",
    hint="Each kernel has one more parameter. Where does `biases` enter?",
    lecture=MAPS,
)
instead(
    no_bias,
    "feature_maps",
    lambda image, kernels, biases: feature_maps(image, kernels, np.zeros_like(biases)),
)

channels_averaged = idea(
    "maps.channels_averaged",
    belief="The channels' maps are averaged.",
    hint="They are added: a kernel of depth 3 multiplies 3 times as many pixels and sums them all.",
    lecture=CHANNELS,
)
instead(
    channels_averaged,
    "feature_maps",
    lambda image, kernels, biases: feature_maps(image, kernels / image.shape[2], biases),
)

first_channel = idea(
    "maps.first_channel_only",
    belief="A kernel looks at one channel.",
    hint="`kernels` has an axis for the input's channels: all of them are used.",
    lecture=CHANNELS,
)
instead(
    first_channel,
    "feature_maps",
    lambda image, kernels, biases: feature_maps(image[..., :1], kernels[:, :, :1], biases),
)

maps_first = idea(
    "maps.stacked_first",
    belief="`np.stack` puts the maps where they belong.",
    hint="It puts the new axis first unless told otherwise. The maps are the picture's new channels: which axis is that?",
    lecture=MAPS,
)
instead(maps_first, "feature_maps", lambda *args: np.moveaxis(feature_maps(*args), 2, 0))
