"""GoogLeNet (Szegedy et al.: Going deeper with convolutions, CVPR 2015).

The paper's table 1: nine inception modules in three stages, a pooling between two stages. Each module is six numbers
of filters: 1×1, 3×3 reduce, 3×3, 5×5 reduce, 5×5, pool projection.
"""

from __future__ import annotations

from collections.abc import Sequence
from string import ascii_lowercase
from typing import TYPE_CHECKING

from kerasnets.models.blocks import inception_module, local_response_normalization

if TYPE_CHECKING:
    from keras import KerasTensor, Model

Stage = Sequence[Sequence[int]]

GOOGLENET = (
    (
        (64, 96, 128, 16, 32, 32),  # 3a
        (128, 128, 192, 32, 96, 64),  # 3b
    ),
    (
        (192, 96, 208, 16, 48, 64),  # 4a
        (160, 112, 224, 24, 64, 64),  # 4b
        (128, 128, 256, 24, 64, 64),  # 4c
        (112, 144, 288, 32, 64, 64),  # 4d
        (256, 160, 320, 32, 128, 128),  # 4e
    ),
    (
        (256, 160, 320, 32, 128, 128),  # 5a
        (384, 192, 384, 48, 128, 128),  # 5b
    ),
)
GOOGLENET_SMALL = (
    (
        (32, 32, 48, 8, 16, 16),  # 3a
        (48, 48, 64, 12, 32, 24),  # 3b
    ),
    (
        (64, 48, 80, 12, 32, 32),  # 4a
        (64, 64, 96, 16, 48, 48),  # 4b
    ),
    (
        (96, 64, 128, 16, 48, 48),  # 5a
        (128, 80, 160, 24, 64, 64),  # 5b
    ),
)
AUXILIARY = ("4a", "4d")  # modules behind which a second and a third classifier stand
IMAGENET = (224, 224, 3)


def googlenet(
    stages: Sequence[Stage] = GOOGLENET,
    reductions: bool = True,
    auxiliary: bool = False,
    local_response: bool = True,
    small_images: bool = False,
    batch_normalization: bool = False,
    dropout: float = 0.4,
    input_shape: tuple[int, int, int] = IMAGENET,
    classes: int = 1000,
    softmax: bool = False,
    name: str = "googlenet",
) -> Model:
    """Inception modules, then one dense layer: images (N, 224, 224, 3) -> logits (N, 1000), 6,998,552 parameters.

    reductions: whether the modules have their 1×1 convolutions, without which the channels grow and grow.
    auxiliary: whether the model gives three logits, those of the two classifiers half-way after the last ones.
        They were there for training, weighed 0.3 each; with them it has 13,378,280 parameters.
    local_response: whether the two convolutions before the modules are normalised, with AlexNet's constants; the
        paper names none.
    small_images: whether one 3×3 convolution stands before the modules, rather than three that divide H and W by 8.
    batch_normalization: whether the modules' convolutions have one before their ReLU; the paper's have none.
    softmax: whether the outputs are probabilities rather than logits.

    >>> from kerasnets import blueprint
    >>> blueprint.of(googlenet).parameters, blueprint.of(lambda: googlenet(auxiliary=True)).parameters
    (6998552, 13378280)
    """
    import keras
    from keras import layers

    x = inputs = keras.Input(input_shape, name="image")
    x = _small_stem(x) if small_images else _stem(x, local_response)  # (N, 28, 28, 192)
    activation = "softmax" if softmax else None
    heads: list[KerasTensor] = []
    for number, modules in enumerate(stages, 3):
        if number > 3:
            # 14, 7 wide
            x = layers.MaxPooling2D((3, 3), strides=2, padding="same", name=f"pool{number - 1}")(x)
        for letter, filters in zip(ascii_lowercase, modules, strict=False):
            # (N, H, W, K)
            x = inception_module(x, filters, f"inception_{number}{letter}", reductions, batch_normalization)
            if auxiliary and f"{number}{letter}" in AUXILIARY:
                heads.append(_auxiliary_head(x, len(heads) + 1, classes, activation))
    x = layers.GlobalAveragePooling2D(name="avg_pool")(x)  # (N, 1024)
    x = layers.Dropout(dropout, name="dropout")(x)
    x = layers.Dense(classes, activation=activation, name="output")(x)  # (N, classes)
    return keras.Model(inputs, [x, *heads] if heads else x, name=name)


def _stem(x: KerasTensor, local_response: bool) -> KerasTensor:
    """Three convolutions before the modules: (N, 224, 224, 3) -> (N, 28, 28, 192)."""
    from keras import layers

    def pool(x: KerasTensor, name: str) -> KerasTensor:
        return layers.MaxPooling2D((3, 3), strides=2, padding="same", name=name)(x)

    x = layers.Conv2D(64, (7, 7), 2, "same", activation="relu", name="conv1")(x)  # (N, 112, 112, 64)
    x = pool(x, "pool1")  # (N, 56, 56, 64)
    x = local_response_normalization(x, "norm1") if local_response else x
    x = layers.Conv2D(64, (1, 1), activation="relu", name="conv2_reduce")(x)  # (N, 56, 56, 64)
    x = layers.Conv2D(192, (3, 3), padding="same", activation="relu", name="conv2")(x)  # (N, 56, 56, 192)
    x = local_response_normalization(x, "norm2") if local_response else x
    return pool(x, "pool2")  # (N, 28, 28, 192)


def _small_stem(x: KerasTensor) -> KerasTensor:
    """One convolution and a pooling: (N, 32, 32, C) -> (N, 16, 16, 48)."""
    from keras import layers

    x = layers.Conv2D(48, (3, 3), padding="same", activation="relu", name="conv1")(x)  # (N, 32, 32, 48)
    return layers.MaxPooling2D((3, 3), strides=2, padding="same", name="pool1")(x)  # (N, 16, 16, 48)


def _auxiliary_head(x: KerasTensor, number: int, classes: int, activation: str | None) -> KerasTensor:
    """A classifier half-way, whose error reaches the early modules undiminished: (N, 14, 14, C) -> (N, classes)."""
    from keras import layers

    name = f"auxiliary{number}"
    x = layers.AveragePooling2D((5, 5), strides=3, name=f"{name}_pool")(x)  # (N, 4, 4, C)
    x = layers.Conv2D(128, (1, 1), activation="relu", name=f"{name}_conv")(x)  # (N, 4, 4, 128)
    x = layers.Flatten(name=f"{name}_flatten")(x)  # (N, 2048)
    x = layers.Dense(1024, activation="relu", name=f"{name}_fc")(x)  # (N, 1024)
    x = layers.Dropout(0.7, name=f"{name}_dropout")(x)
    return layers.Dense(classes, activation=activation, name=f"{name}_output")(x)  # (N, classes)


def googlenet_small(input_shape: tuple[int, int, int] = (32, 32, 3), classes: int = 10, **options) -> Model:
    """GoogLeNet's idea for small images, six modules: 32×32×3 -> 10 classes with 669,802 parameters.

    Ours, not the paper's, and with batch normalisation, as its authors' next networks had it. Options as of `googlenet`.
    """
    shape = {"stages": GOOGLENET_SMALL, "input_shape": input_shape, "classes": classes, "small_images": True}
    options = {"batch_normalization": True, **options}
    return googlenet(**{**shape, "name": "googlenet_small", **options})
