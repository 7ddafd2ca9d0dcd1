"""Networks that no question asks for yet: what is tried on them holds for the course's other networks."""

from functools import partial
from typing import Any

from grader.networks.network import Network


def vgg_small() -> Any:
    from kerasnets.models import vgg_small

    return vgg_small(softmax=True, batch_normalization=False)


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


NETWORKS = {
    "vgg_small": Network(vgg_small),
    "alexnet": Network(alexnet, run=False),
}
