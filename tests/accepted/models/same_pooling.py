"""Poolings that say `same`: on maps of even size that pads nothing."""

import keras
from keras import layers


def lenet(pixels, padding, activation, pooling):
    return keras.Sequential(
        [
            keras.Input((pixels, pixels, 1)),
            layers.Conv2D(6, 5, padding=padding, activation=activation),
            pooling(2, padding="same"),
            layers.Conv2D(16, 5, activation=activation),
            pooling(2, strides=2, padding="same"),
            layers.Flatten(),
            layers.Dense(120, activation),
            layers.Dense(84, activation),
            layers.Dense(10, "softmax"),
        ]
    )


def lenet_same():
    return lenet(28, "same", "relu", layers.MaxPooling2D)


def lenet_valid():
    return lenet(32, "valid", "tanh", layers.AveragePooling2D)
