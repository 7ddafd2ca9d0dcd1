"""The whole base is built, cut after its flattened row, and gets a new head; a series as convolutions in a loop."""

import keras
from keras import layers


def digit_base():
    x = image = keras.Input((28, 28, 1))
    for filters in (8, 16, 32):
        x = layers.ReLU()(layers.Conv2D(filters, (3, 3), padding="same")(x))
        x = layers.MaxPooling2D((2, 2), strides=2)(x)
    x = layers.Dense(64, activation="relu")(layers.Flatten(name="flat")(x))
    return keras.Model(image, layers.Softmax()(layers.Dense(5)(x)))


def cut(frozen):
    base = digit_base()
    model = keras.Model(base.inputs, layers.Dense(5, activation="softmax")(base.get_layer("flat").output))
    for layer in [layer for layer in model.layers if layer.weights][:frozen]:
        layer.trainable = False
    return model


def frozen_network():
    return cut(3)


def partly_frozen_network():
    return cut(2)


def series_network():
    x = series = keras.Input((4, 1))
    for _ in range(2):
        x = layers.ReLU()(layers.Conv1D(4, 2)(x))
    return keras.Model(series, layers.Dense(1)(layers.Flatten()(x)))
