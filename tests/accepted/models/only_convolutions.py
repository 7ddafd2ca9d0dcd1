"""No dense layer at all: after C5, which leaves one pixel, kernels of 1×1 do what dense layers would."""

import keras
from keras import layers


def lenet_same():
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(6, 5, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(16, 5, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(120, 5, activation="relu"),
            layers.Conv2D(84, 1, activation="relu"),
            layers.Conv2D(10, 1, activation="softmax"),
            layers.Flatten(),
        ]
    )
