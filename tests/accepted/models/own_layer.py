"""A layer of one's own for what comes twice: convolution, activation, pooling."""

import keras
from keras import layers


class Round(layers.Layer):
    def __init__(self, filters, padding, activation, pooling):
        super().__init__()
        self.convolution = layers.Conv2D(filters, 5, padding=padding, activation=activation)
        self.pooling = pooling(pool_size=2)

    def call(self, x):
        return self.pooling(self.convolution(x))


def lenet(pixels, padding, activation, pooling):
    x = inputs = keras.Input((pixels, pixels, 1))
    x = Round(6, padding, activation, pooling)(x)
    x = Round(16, "valid", activation, pooling)(x)
    x = layers.Flatten()(x)
    x = layers.Dense(120, activation=activation)(x)
    x = layers.Dense(84, activation=activation)(x)
    return keras.Model(inputs, layers.Dense(10, activation="softmax")(x))


def lenet_same():
    return lenet(28, "same", "relu", layers.MaxPooling2D)


def lenet_valid():
    return lenet(32, "valid", "tanh", layers.AveragePooling2D)
