"""ResNet (He, Zhang, Ren, Sun: Deep residual learning for image recognition, CVPR 2016).

The paper's table 1: which block, and how many of it stand in each of four stages. The stages' filters are 64, 128,
256, 512; each but the first begins with strides of 2.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kerasnets.models.blocks import normalized_convolution, residual_block

if TYPE_CHECKING:
    from keras import KerasTensor, Model

# (kernel size, factor) of a block's convolutions; each has factor · the stage's filters.
PLAIN = ((3, 1), (3, 1))
BOTTLENECK = ((1, 1), (3, 1), (1, 4))

RESNET18 = (PLAIN, (2, 2, 2, 2))
RESNET34 = (PLAIN, (3, 4, 6, 3))
RESNET50 = (BOTTLENECK, (3, 4, 6, 3))
RESNET101 = (BOTTLENECK, (3, 4, 23, 3))
RESNET152 = (BOTTLENECK, (3, 8, 36, 3))
FILTERS = (64, 128, 256, 512)

RESNET_SMALL = (PLAIN, (2, 2, 2))

IMAGENET = (224, 224, 3)


def resnet(
    blocks: tuple[Sequence[tuple[int, int]], Sequence[int]],
    filters: Sequence[int] = FILTERS,
    use_bias: bool = False,
    small_images: bool = False,
    input_shape: tuple[int, int, int] = IMAGENET,
    classes: int = 1000,
    softmax: bool = False,
    name: str = "resnet",
) -> Model:
    """Stages of residual blocks, then one dense layer: images (N, H, W, C) -> logits (N, classes).

    blocks: the block's convolutions, and how many blocks each stage has; filters: one number per stage.
    use_bias: whether convolutions have biases, which the batch normalisation behind them makes superfluous.
        `keras.applications` has them, torchvision has not.
    small_images: whether a 3×3 convolution that keeps the size stands before the stages, as in the paper's
        networks for CIFAR-10, rather than a 7×7 one and a pooling that divide H and W by 4.
    softmax: whether the output is probabilities rather than logits.

    A bottleneck's strides are those of its first convolution, as in the paper and in `keras.applications`;
    torchvision's are those of its second. Every public builder below is this one with another line of the table.

    >>> from kerasnets import blueprint
    >>> blueprint.of(resnet18).trainable, blueprint.of(resnet50).parameters
    (11689512, 25636712)
    """
    import keras
    from keras import layers

    x = inputs = keras.Input(input_shape, name="image")
    x = _small_stem(x, filters[0], use_bias) if small_images else _stem(x, use_bias)  # (N, 56, 56, 64)
    convolutions, counts = blocks
    for stage, (count, width) in enumerate(zip(counts, filters, strict=True), 2):
        for number in range(1, count + 1):
            strides = 2 if stage > 2 and number == 1 else 1
            label = f"conv{stage}_block{number}"
            x = residual_block(x, convolutions, width, label, strides, use_bias)  # 56, 28, 14, 7 wide
    x = layers.GlobalAveragePooling2D(name="avg_pool")(x)  # (N, 512 or 2048)
    x = layers.Dense(classes, activation="softmax" if softmax else None, name="output")(x)  # (N, classes)
    return keras.Model(inputs, x, name=name)


def _stem(x: KerasTensor, use_bias: bool) -> KerasTensor:
    """(N, 224, 224, C) -> (N, 56, 56, 64). Zeros on both sides, not "same": on even sizes that pads one side more."""
    from keras import layers

    x = layers.ZeroPadding2D(3, name="conv1_pad")(x)  # (N, 230, 230, C)
    x = normalized_convolution(x, 64, 7, "conv1", 2, "valid", use_bias)  # (N, 112, 112, 64)
    x = layers.Activation("relu", name="conv1_relu")(x)
    x = layers.ZeroPadding2D(1, name="pool1_pad")(x)  # (N, 114, 114, 64)
    return layers.MaxPooling2D((3, 3), strides=2, name="pool1_pool")(x)  # (N, 56, 56, 64)


def _small_stem(x: KerasTensor, filters: int, use_bias: bool) -> KerasTensor:
    """(N, 32, 32, C) -> (N, 32, 32, filters)."""
    from keras import layers

    x = normalized_convolution(x, filters, 3, "conv1", use_bias=use_bias)  # (N, 32, 32, filters)
    return layers.Activation("relu", name="conv1_relu")(x)


def resnet18(**options) -> Model:
    """18 layers, 2 + 2 + 2 + 2 plain blocks: 11,689,512 trainable parameters. Options as of `resnet`."""
    return resnet(RESNET18, name="resnet18", **options)


def resnet34(**options) -> Model:
    """34 layers, 3 + 4 + 6 + 3 plain blocks: 21,797,672 trainable parameters. Options as of `resnet`."""
    return resnet(RESNET34, name="resnet34", **options)


def resnet50(use_bias: bool = True, **options) -> Model:
    """50 layers, 3 + 4 + 6 + 3 bottlenecks: 25,636,712 parameters with biases. Options as of `resnet`."""
    return resnet(RESNET50, name="resnet50", use_bias=use_bias, **options)


def resnet101(use_bias: bool = True, **options) -> Model:
    """101 layers, 3 + 4 + 23 + 3 bottlenecks: 44,707,176 parameters with biases. Options as of `resnet`."""
    return resnet(RESNET101, name="resnet101", use_bias=use_bias, **options)


def resnet152(use_bias: bool = True, **options) -> Model:
    """152 layers, 3 + 8 + 36 + 3 bottlenecks: 60,419,944 parameters with biases. Options as of `resnet`."""
    return resnet(RESNET152, name="resnet152", use_bias=use_bias, **options)


def resnet_small(input_shape: tuple[int, int, int] = (32, 32, 3), classes: int = 10, **options) -> Model:
    """ResNet's idea for small images, 14 layers, three stages of two plain blocks: 32×32×3 -> 10 classes.

    The plan is that of the paper's networks for CIFAR-10, the stages are twice as wide: 698,858 parameters, 2,240 of
    them moving averages. Options as of `resnet`.
    """
    shape = {"filters": (32, 64, 128), "input_shape": input_shape, "classes": classes, "small_images": True}
    return resnet(RESNET_SMALL, name="resnet_small", **{**shape, **options})
