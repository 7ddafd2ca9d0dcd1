"""What the networks of the zoo are made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from keras import KerasTensor


def convolution(
    x: KerasTensor, filters: int, kernel_size: int, name: str, batch_normalization: bool = False
) -> KerasTensor:
    """A convolution that keeps the size, and its ReLU: (N, H, W, C) -> (N, H, W, filters).

    batch_normalization: whether each channel is normalised before the ReLU. Its shift makes a bias superfluous.
    (Ioffe, Szegedy: Batch normalization, 2015: a year after the networks that are written with this block here.)
    """
    from keras import layers

    if not batch_normalization:
        return layers.Conv2D(filters, kernel_size, padding="same", activation="relu", name=name)(x)
    x = layers.Conv2D(filters, kernel_size, padding="same", use_bias=False, name=name)(x)
    x = layers.BatchNormalization(epsilon=1e-5, name=f"{name}_bn")(x)
    return layers.Activation("relu", name=f"{name}_relu")(x)


def vgg_block(
    x: KerasTensor, number: int, convolutions: int, filters: int, batch_normalization: bool = False
) -> KerasTensor:
    """3×3 convolutions that keep the size, then a 2×2 max pooling that halves it: (N, H, W, C) -> (N, H/2, W/2, filters).

    Two 3×3 convolutions see as far as one 5×5, with 18 weights per pair of channels for its 25, and a ReLU more.
    """
    from keras import layers

    for i in range(1, convolutions + 1):
        x = convolution(x, filters, 3, f"block{number}_conv{i}", batch_normalization)  # (N, H, W, filters)
    return layers.MaxPooling2D((2, 2), name=f"block{number}_pool")(x)  # (N, H/2, W/2, filters)


def local_response_normalization(
    x: KerasTensor,
    name: str,
    depth_radius: int = 2,
    bias: float = 2.0,
    alpha: float = 1e-4,
    beta: float = 0.75,
) -> KerasTensor:
    """x / (bias + alpha · S)^beta, S the sum of squares over a pixel's neighbouring channels: (N, H, W, C) -> the same.

    The neighbours are the channel itself and `depth_radius` on either side. The numbers are those of AlexNet
    (Krizhevsky, Sutskever, Hinton 2012, section 3.3), their names TensorFlow's. Keras has no such layer; here the
    channels are laid out in a line, along which an average pooling slides: mean · size is the sum, borders included.

    >>> import keras
    >>> x = keras.ops.full((1, 1, 1, 5), 100.0)
    >>> y = local_response_normalization(x, "norm", bias=1.0, alpha=1e-4, beta=1.0)  # 3, 4, 5, 4, 3 neighbours
    >>> [round(float(number), 2) for number in keras.ops.ravel(y)]
    [25.0, 20.0, 16.67, 20.0, 25.0]
    """
    from keras import layers, ops

    (height, width, channels), size = x.shape[1:], 2 * depth_radius + 1
    s = layers.Multiply(name=f"{name}_square")([x, x])  # (N, H, W, C)
    s = layers.Reshape((height * width, channels), name=f"{name}_pixels")(s)  # (N, H·W, C)
    s = layers.Permute((2, 1), name=f"{name}_line")(s)  # (N, C, H·W)
    s = layers.ZeroPadding1D(depth_radius, name=f"{name}_pad")(s)  # (N, C + size - 1, H·W)
    s = layers.AveragePooling1D(size, strides=1, name=f"{name}_mean")(s)  # (N, C, H·W)
    s = layers.Permute((2, 1), name=f"{name}_back")(s)  # (N, H·W, C)
    s = layers.Reshape((height, width, channels), name=f"{name}_map")(s)  # (N, H, W, C)
    s = layers.Rescaling(alpha * size, offset=bias, name=f"{name}_scale")(s)
    return layers.Multiply(name=f"{name}_output")([x, ops.power(s, -beta)])  # (N, H, W, C)


def inception_module(
    x: KerasTensor,
    filters: Sequence[int],
    name: str,
    reductions: bool = True,
    batch_normalization: bool = False,
) -> KerasTensor:
    """1×1, 3×3 and 5×5 convolutions and a max pooling side by side, one behind the other in the channels.

    (N, H, W, C) -> (N, H, W, K), where `filters` are the six numbers of the paper's table: 1×1, 3×3 reduce, 3×3,
    5×5 reduce, 5×5, pool projection (Szegedy et al.: Going deeper with convolutions, 2015, figure 2).

    reductions: whether a 1×1 convolution stands before the 3×3, before the 5×5 and behind the pooling, as in the
        figure's part (b). Without, as in part (a), both kernels see all C channels, the pooling hands on all C
        and the module's output grows: K is then filters[0] + filters[2] + filters[4] + C.
    batch_normalization: as of `convolution`, in each of them.

    >>> import keras
    >>> x = keras.KerasTensor((None, 28, 28, 192))
    >>> inception_module(x, (64, 96, 128, 16, 32, 32), "3a").shape
    (None, 28, 28, 256)
    >>> inception_module(x, (64, 96, 128, 16, 32, 32), "3a", reductions=False).shape
    (None, 28, 28, 416)
    """
    from keras import layers

    def convolve(x: KerasTensor, filters: int, size: int, branch: str) -> KerasTensor:
        return convolution(x, filters, size, f"{name}_{branch}", batch_normalization)

    one, reduce3, three, reduce5, five, projection = filters
    pooled = layers.MaxPooling2D((3, 3), strides=1, padding="same", name=f"{name}_pool")(x)  # (N, H, W, C)
    branches = [
        convolve(x, one, 1, "1x1"),
        convolve(convolve(x, reduce3, 1, "3x3_reduce") if reductions else x, three, 3, "3x3"),
        convolve(convolve(x, reduce5, 1, "5x5_reduce") if reductions else x, five, 5, "5x5"),
        convolve(pooled, projection, 1, "pool_proj") if reductions else pooled,
    ]
    return layers.Concatenate(name=f"{name}_output")(branches)  # (N, H, W, K)


def normalized_convolution(
    x: KerasTensor,
    filters: int,
    kernel_size: int,
    name: str,
    strides: int = 1,
    padding: str = "same",
    use_bias: bool = False,
) -> KerasTensor:
    """A convolution and its batch normalisation, whose shift makes a bias superfluous: (N, H, W, C) -> (N, OH, OW, filters)."""
    from keras import layers

    x = layers.Conv2D(
        filters, kernel_size, strides, padding, use_bias=use_bias,
        kernel_initializer="he_normal", name=f"{name}_conv",
    )(x)  # fmt: skip
    return layers.BatchNormalization(epsilon=1e-5, name=f"{name}_bn")(x)  # (N, OH, OW, filters)


def residual_block(
    x: KerasTensor,
    convolutions: Sequence[tuple[int, int]],
    filters: int,
    name: str,
    strides: int = 1,
    use_bias: bool = False,
) -> KerasTensor:
    """relu(x + f(x)), f some convolutions: (N, H, W, C) -> (N, H/strides, W/strides, K).

    convolutions: (kernel size, factor) of each, which has factor · filters channels; K are the last one's.
    strides: of the first of them, and of the shortcut. Where size or channels change, the shortcut is a 1×1
        convolution, else it is x itself (option B of He, Zhang, Ren, Sun: Deep residual learning, 2016).

    >>> import keras
    >>> x = keras.KerasTensor((None, 56, 56, 256))
    >>> residual_block(x, ((1, 1), (3, 1), (1, 4)), 128, "conv3_block1", strides=2).shape
    (None, 28, 28, 512)
    """
    from keras import layers

    out = filters * convolutions[-1][1]
    shortcut = x
    if strides != 1 or x.shape[-1] != out:
        shortcut = normalized_convolution(x, out, 1, f"{name}_0", strides, use_bias=use_bias)
    for number, (kernel_size, factor) in enumerate(convolutions, 1):
        if number > 1:
            x = layers.Activation("relu", name=f"{name}_{number - 1}_relu")(x)
        step = strides if number == 1 else 1
        x = normalized_convolution(
            x, filters * factor, kernel_size, f"{name}_{number}", step, use_bias=use_bias
        )
    x = layers.Add(name=f"{name}_add")([shortcut, x])  # (N, H/strides, W/strides, K)
    return layers.Activation("relu", name=f"{name}_out")(x)
