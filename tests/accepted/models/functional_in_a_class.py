"""A class whose constructor builds the graph and hands it to `keras.Model`."""

import keras
from keras import layers


class LeNet(keras.Model):
    def __init__(self, **options):
        x = image = keras.Input((28, 28, 1))
        for filters, padding in ((6, "same"), (16, "valid")):
            x = layers.Conv2D(filters, 5, padding=padding, activation="relu")(x)
            x = layers.MaxPooling2D()(x)
        x = layers.Flatten()(x)
        for units in (120, 84):
            x = layers.Dense(units, activation="relu")(x)
        super().__init__(inputs=image, outputs=layers.Dense(10, activation="softmax")(x), **options)


def lenet_same():
    return LeNet(name="lenet")
