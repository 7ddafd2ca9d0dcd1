"""Networks that branch, written from the last branch to the first, with activations as layers or as arguments as they come."""

import keras
from keras import layers


def inception(reductions):
    image = keras.Input((8, 8, 16))
    last = layers.MaxPooling2D(3, 1, "same")(image)
    if reductions:
        last = layers.ReLU()(layers.Conv2D(5, 1)(last))
    sides = {}
    for size, narrow, filters in ((5, 4, 10), (3, 6, 12)):
        x = layers.Activation("relu")(layers.Conv2D(narrow, 1)(image)) if reductions and size == 5 else image
        if reductions and size == 3:
            x = layers.Conv2D(narrow, 1, activation="relu")(image)
        sides[size] = layers.Conv2D(filters, size, padding="same", activation="relu")(x)
    one = layers.Activation("relu")(layers.Conv2D(8, 1)(image))
    return keras.Model(image, layers.Concatenate()([one, sides[3], sides[5], last]))


def inception_naive():
    return inception(False)


def inception_reduced():
    return inception(True)


def residual(filters, strides):
    image = keras.Input((8, 8, 6))
    x = layers.Conv2D(filters, 3, strides, "same", use_bias=False)(image)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    x = layers.BatchNormalization()(layers.Conv2D(filters, 3, padding="same", use_bias=False)(x))
    shortcut = image
    if strides == 2:
        shortcut = layers.BatchNormalization()(layers.Conv2D(filters, 1, strides, use_bias=False)(image))
    return keras.Model(image, layers.ReLU()(layers.Add()([x, shortcut])))


def residual_identity():
    return residual(6, 1)


def residual_projection():
    return residual(10, 2)
