"""A VGG whose poolings say `same`, with dropout after every block and ReLU and softmax as layers."""

import keras
from keras import layers


def vgg_small():
    x = image = keras.Input((32, 32, 3))
    for filters in (32, 64, 64):
        for _ in range(2):
            x = layers.ReLU()(layers.Conv2D(filters, 3, padding="same")(x))
        x = layers.Dropout(0.25)(layers.MaxPooling2D(2, padding="same")(x))
    x = layers.ReLU()(layers.Dense(128)(layers.Flatten()(x)))
    return keras.Model(image, layers.Softmax()(layers.Dense(10)(x)))
