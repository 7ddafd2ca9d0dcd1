"""AlexNet, and one module each of GoogLeNet and ResNet, small enough to be run: assignment 6 asks for them.

All branches of the inception modules have other numbers of filters, so that a branch in another's place shows.
"""

from functools import partial
from typing import Any

from grader.networks.network import Network

A6 = "a6_modern_architectures"
INCEPTION = (8, 6, 12, 4, 10, 5)  # 1×1, 3×3 reduce, 3×3, 5×5 reduce, 5×5, pool projection
INCEPTION_IMAGE = (8, 8, 16)
RESIDUAL_IMAGE = (8, 8, 6)


def alexnet() -> Any:
    """AlexNet (Krizhevsky, Sutskever, Hinton 2012) for images of 224×224, on one processor: 62,378,344 weights.

    The first layer is padded, so that its maps are 56×56 and the others as large as in the paper: 27, 13 and 6.
    """
    import keras
    from keras import layers

    convolve = partial(layers.Conv2D, padding="same", activation="relu")
    return keras.Sequential(
        [
            keras.Input((224, 224, 3)),
            convolve(96, 11, strides=4),  # (N, 56, 56, 96)
            layers.MaxPooling2D(3, strides=2),  # (N, 27, 27, 96)
            convolve(256, 5),
            layers.MaxPooling2D(3, strides=2),  # (N, 13, 13, 256)
            convolve(384, 3),
            convolve(384, 3),
            convolve(256, 3),
            layers.MaxPooling2D(3, strides=2),  # (N, 6, 6, 256)
            layers.Flatten(),  # (N, 9216)
            layers.Dense(4096, activation="relu"),
            layers.Dropout(0.5),
            layers.Dense(4096, activation="relu"),
            layers.Dropout(0.5),
            layers.Dense(1000),
        ]
    )


def inception(reductions: bool) -> Any:
    """One inception module (Szegedy et al. 2015, figure 2) on maps of 8×8×16."""
    import keras

    from kerasnets.models.blocks import inception_module

    x = keras.Input(INCEPTION_IMAGE, name="image")
    return keras.Model(x, inception_module(x, INCEPTION, "inception", reductions))


def residual(filters: int, strides: int) -> Any:
    """relu(shortcut + f), f two 3×3 convolutions (He et al. 2016, figure 2): (8, 8, 6) -> (8 / strides, 8 / strides, filters).

    The zoo's blocks have the ε of batch normalisation that ResNet's authors took; here it is Keras's.
    """
    import keras
    from keras import layers

    def normalized(x: Any, size: int, step: int, name: str) -> Any:
        x = layers.Conv2D(filters, size, step, "same", use_bias=False, name=f"{name}_conv")(x)
        return layers.BatchNormalization(name=f"{name}_bn")(x)

    image = shortcut = keras.Input(RESIDUAL_IMAGE, name="image")
    if strides > 1 or filters != RESIDUAL_IMAGE[-1]:
        shortcut = normalized(image, 1, strides, "shortcut")
    x = layers.Activation("relu", name="first_relu")(normalized(image, 3, strides, "first"))
    x = layers.Add(name="sum")([shortcut, normalized(x, 3, 1, "second")])
    return keras.Model(image, layers.Activation("relu", name="output")(x))


NETWORKS = {
    "alexnet": Network(alexnet, A6, run=False),
    "inception_naive": Network(partial(inception, reductions=False), A6),
    "inception_reduced": Network(partial(inception, reductions=True), A6),
    "residual_identity": Network(partial(residual, 6, 1), A6),
    "residual_projection": Network(partial(residual, 10, 2), A6),
}
