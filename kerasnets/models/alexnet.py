"""AlexNet (Krizhevsky, Sutskever, Hinton: ImageNet classification with deep convolutional neural networks, NIPS 2012).

The paper's five convolutions as a table. Two processors shared its work, each with half of the channels: in the
second, fourth and fifth convolution a filter sees only the half that lies on its own processor.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from kerasnets.models.blocks import local_response_normalization

if TYPE_CHECKING:
    from keras import KerasTensor, Model


class Convolution(NamedTuple):
    """One line of the table: a convolution, and what follows it."""

    filters: int
    kernel_size: int
    strides: int = 1
    split: bool = False  # between the two processors
    normalized: bool = False  # by local responses
    pooled: bool = False  # 3×3 windows, two apart: they overlap


ALEXNET = (
    Convolution(96, 11, strides=4, normalized=True, pooled=True),
    Convolution(256, 5, split=True, normalized=True, pooled=True),
    Convolution(384, 3),
    Convolution(384, 3, split=True),
    Convolution(256, 3, split=True, pooled=True),
)
ALEXNET_SMALL = (
    Convolution(48, 5, normalized=True, pooled=True),
    Convolution(96, 5, split=True, normalized=True, pooled=True),
    Convolution(128, 3),
    Convolution(128, 3, split=True),
    Convolution(96, 3, split=True, pooled=True),
)
IMAGENET = (227, 227, 3)  # the paper says 224, but only 227 = 11 + 4 · 54 gives its 55×55 maps


def alexnet(
    convolutions: Sequence[Convolution] = ALEXNET,
    groups: int = 2,
    local_response: bool = True,
    dense: Sequence[int] = (4096, 4096),
    dropout: float = 0.5,
    input_shape: tuple[int, int, int] = IMAGENET,
    classes: int = 1000,
    softmax: bool = False,
    name: str = "alexnet",
) -> Model:
    """Five convolutions and three dense layers: images (N, 227, 227, 3) -> logits (N, 1000), 60,965,224 parameters.

    groups: into how many the split convolutions fall: 2 as in the paper, 1 for a single tower.
    local_response: whether the maps of the first two convolutions are normalised by their neighbours.
    dense: units of the hidden dense layers, each followed by dropout while training.
    softmax: whether the output is probabilities rather than logits.

    A convolution with strides takes no padding, the others keep the size.

    >>> from kerasnets import blueprint
    >>> blueprint.of(alexnet).parameters, blueprint.of(lambda: alexnet(groups=1)).parameters
    (60965224, 62378344)
    """
    import keras
    from keras import layers

    smallest = _smallest_image(convolutions)
    if min(input_shape[:2]) < smallest:
        raise ValueError(
            f"{name}: images are {input_shape[0]}×{input_shape[1]}, but its strides and poolings leave nothing of them; "
            f"expected at least {smallest}×{smallest}"
        )
    x = inputs = keras.Input(input_shape, name="image")
    for number, convolution in enumerate(convolutions, 1):
        x = _convolve(x, number, convolution, groups, local_response)
    x = layers.Flatten(name="flatten")(x)  # (N, 6·6·256)
    for number, units in enumerate(dense, len(convolutions) + 1):
        x = layers.Dense(units, activation="relu", name=f"fc{number}")(x)  # (N, units)
        x = layers.Dropout(dropout, name=f"dropout{number}")(x)
    x = layers.Dense(classes, activation="softmax" if softmax else None, name="output")(x)  # (N, classes)
    return keras.Model(inputs, x, name=name)


def _smallest_image(convolutions: Sequence[Convolution]) -> int:
    """The size of which one pixel is left behind the last line.

    >>> _smallest_image(ALEXNET), _smallest_image(ALEXNET_SMALL)
    (67, 15)
    """
    size = 1
    for line in reversed(convolutions):
        size = 3 + 2 * (size - 1) if line.pooled else size
        size = line.kernel_size + line.strides * (size - 1) if line.strides > 1 else size
    return size


def _convolve(
    x: KerasTensor, number: int, line: Convolution, groups: int, local_response: bool
) -> KerasTensor:
    """One line of the table: (N, H, W, C) -> (N, OH, OW, filters)."""
    from keras import layers

    x = layers.Conv2D(
        line.filters, line.kernel_size, line.strides, "valid" if line.strides > 1 else "same",
        groups=groups if line.split else 1, activation="relu", name=f"conv{number}",
    )(x)  # 55, 27, 13, 13, 13 wide  # fmt: skip
    if line.normalized and local_response:
        x = local_response_normalization(x, f"norm{number}")
    if line.pooled:
        x = layers.MaxPooling2D((3, 3), strides=2, name=f"pool{number}")(x)  # 27, 13, 6 wide
    return x


def alexnet_single_tower(**options) -> Model:
    """AlexNet for one processor: no groups, 62,378,344 parameters. Options as of `alexnet`."""
    return alexnet(**{"groups": 1, "name": "alexnet_single_tower", **options})


def alexnet_small(input_shape: tuple[int, int, int] = (32, 32, 3), classes: int = 10, **options) -> Model:
    """AlexNet's idea for small images: 32×32×3 -> 10 classes with 777,738 parameters.

    Ours, not the paper's: a single tower, without local responses, which cost time and gained nothing even in large
    networks (section 4.1 of the VGG paper). Options as of `alexnet`.
    """
    shape = {"dense": (256, 256), "input_shape": input_shape, "classes": classes}
    small = {"convolutions": ALEXNET_SMALL, "groups": 1, "local_response": False, "name": "alexnet_small"}
    return alexnet(**{**small, **shape, **options})
