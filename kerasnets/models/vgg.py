"""VGG (Simonyan, Zisserman: Very deep convolutional networks for large-scale image recognition, ICLR 2015).

The paper's table, columns A, B, D and E: how many 3×3 convolutions stand in each of five blocks.
The filters are 64, 128, 256, 512, 512 in all of them; three dense layers follow.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kerasnets.models.blocks import vgg_block

if TYPE_CHECKING:
    from keras import Model

VGG11 = (1, 1, 2, 2, 2)
VGG13 = (2, 2, 2, 2, 2)
VGG16 = (2, 2, 3, 3, 3)
VGG19 = (2, 2, 4, 4, 4)
FILTERS = (64, 128, 256, 512, 512)

IMAGENET = (224, 224, 3)


def vgg(
    convolutions: Sequence[int],
    filters: Sequence[int] = FILTERS,
    dense: Sequence[int] = (4096, 4096),
    dropout: float = 0.5,
    batch_normalization: bool = False,
    input_shape: tuple[int, int, int] = IMAGENET,
    classes: int = 1000,
    softmax: bool = False,
    name: str = "vgg",
) -> Model:
    """Blocks of convolutions, then dense layers: images (N, H, W, C) -> logits (N, classes).

    convolutions, filters: one number per block; each block halves H and W, so these are at least 2**blocks.
    dense: units of the hidden dense layers, each followed by dropout while training.
    batch_normalization: whether each convolution has one before its ReLU; the paper's have none.
    softmax: whether the output is probabilities rather than logits.

    Every public builder below is this one with another tuple and takes its options.
    """
    import keras
    from keras import layers

    if min(input_shape[:2]) < 2 ** len(convolutions):
        raise ValueError(
            f"{name}: images are {input_shape[0]}×{input_shape[1]}, but {len(convolutions)} blocks halve them to "
            f"nothing; expected at least {2 ** len(convolutions)}×{2 ** len(convolutions)}"
        )
    x = inputs = keras.Input(input_shape, name="image")
    for number, (count, width) in enumerate(zip(convolutions, filters, strict=True), 1):
        # (N, H / 2**number, W / 2**number, width)
        x = vgg_block(x, number, count, width, batch_normalization)
    x = layers.Flatten(name="flatten")(x)  # (N, 7·7·512) for ImageNet
    for number, units in enumerate(dense, 1):
        x = layers.Dense(units, activation="relu", name=f"fc{number}")(x)  # (N, units)
        x = layers.Dropout(dropout, name=f"dropout{number}")(x)
    x = layers.Dense(classes, activation="softmax" if softmax else None, name="output")(x)  # (N, classes)
    return keras.Model(inputs, x, name=name)


def vgg11(**options) -> Model:
    """Column A: 8 convolutions, 3 dense layers; 132,863,336 parameters. Options as of `vgg`."""
    return vgg(VGG11, name="vgg11", **options)


def vgg13(**options) -> Model:
    """Column B: 10 convolutions, 3 dense layers; 133,047,848 parameters. Options as of `vgg`."""
    return vgg(VGG13, name="vgg13", **options)


def vgg16(**options) -> Model:
    """Column D: 13 convolutions, 3 dense layers; 138,357,544 parameters. Options as of `vgg`."""
    return vgg(VGG16, name="vgg16", **options)


def vgg19(**options) -> Model:
    """Column E: 16 convolutions, 3 dense layers; 143,667,240 parameters. Options as of `vgg`."""
    return vgg(VGG19, name="vgg19", **options)


def vgg_small(input_shape: tuple[int, int, int] = (32, 32, 3), classes: int = 10, **options) -> Model:
    """VGG's idea for small images, three blocks of two: 32×32×3 -> 10 classes with 272,874 parameters.

    Ours, not the paper's, and with batch normalisation, without which it learns more slowly; 271,914 parameters without.
    Options as of `vgg`.
    """
    shape = {"filters": (32, 64, 64), "dense": (128,), "input_shape": input_shape, "classes": classes}
    options = {"batch_normalization": True, **options}
    return vgg((2, 2, 2), name="vgg_small", **{**shape, **options})
