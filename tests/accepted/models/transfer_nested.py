"""The base is a model within a model, which is frozen whole, or in part."""

import keras
from keras import layers


def convolutions():
    inner = keras.Sequential([keras.Input((28, 28, 1))], name="inner")
    for filters in (8, 16, 32):
        inner.add(layers.Conv2D(filters, 3, padding="same"))
        inner.add(layers.ReLU())
        inner.add(layers.MaxPooling2D())
    inner.add(layers.Flatten())
    return inner


def digit_base():
    image = keras.Input((28, 28, 1))
    x = layers.Dense(64, activation="relu")(convolutions()(image))
    return keras.Model(image, layers.Softmax()(layers.Dense(5)(x)))


def frozen_network():
    inner = convolutions()
    inner.trainable = False
    return keras.Sequential([keras.Input((28, 28, 1)), inner, layers.Dense(5, activation="softmax")])


def partly_frozen_network():
    inner = convolutions()
    for layer in inner.layers[:-4]:
        layer.trainable = False
    return keras.Sequential([keras.Input((28, 28, 1)), inner, layers.Dense(5, activation="softmax")])
