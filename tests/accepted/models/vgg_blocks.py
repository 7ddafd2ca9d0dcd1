"""A VGG of nested models, one for each block, and its first dense layer as a convolution of 4×4 maps."""

import keras
from keras import layers


def block(count, filters, name):
    convolutions = [layers.Conv2D(filters, 3, padding="same", activation="relu") for _ in range(count)]
    return keras.Sequential([*convolutions, layers.MaxPooling2D()], name=name)


def vgg_small():
    x = image = keras.Input((32, 32, 3))
    for number, filters in enumerate((32, 64, 64), 1):
        x = block(2, filters, f"block{number}")(x)
    x = layers.Conv2D(128, 4, activation="relu")(x)
    x = layers.Dense(10, activation="softmax")(layers.Flatten()(x))
    return keras.Model(image, x)
