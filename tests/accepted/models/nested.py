"""A model of models: what finds features, what decides, and a `Sequential` around both."""

import keras
from keras import layers


def lenet(pixels, padding, activation, pooling):
    image = keras.Input((pixels, pixels, 1))
    x = pooling(2)(layers.Conv2D(6, 5, padding=padding, activation=activation)(image))
    x = pooling(2)(layers.Conv2D(16, 5, activation=activation)(x))
    features = keras.Model(image, x, name="features")
    head = keras.Sequential(name="head")
    head.add(keras.Input(features.output_shape[1:]))
    head.add(layers.Flatten())
    for units in (120, 84):
        head.add(layers.Dense(units, activation=activation))
    head.add(layers.Dense(10, activation="softmax"))
    return keras.Sequential([keras.Input((pixels, pixels, 1)), features, head])


def lenet_same():
    return lenet(28, "same", "relu", layers.MaxPooling2D)


def lenet_valid():
    return lenet(32, "valid", "tanh", layers.AveragePooling2D)
