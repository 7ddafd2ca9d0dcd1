"""C5 as the paper draws it: a convolution of 5×5 maps with kernels of 5×5, which leaves one pixel."""

import keras
from keras import layers


def lenet(pixels, padding, activation, pooling):
    x = inputs = keras.Input((pixels, pixels, 1))
    x = pooling(2)(layers.Conv2D(6, 5, padding=padding, activation=activation)(x))
    x = pooling(2)(layers.Conv2D(16, 5, activation=activation)(x))
    x = layers.Conv2D(120, 5, activation=activation)(x)
    x = layers.Dense(84, activation=activation)(layers.Flatten()(x))
    return keras.Model(inputs, layers.Dense(10, activation="softmax")(x))


def lenet_same():
    return lenet(28, "same", "relu", layers.MaxPooling2D)


def lenet_valid():
    return lenet(32, "valid", "tanh", layers.AveragePooling2D)
