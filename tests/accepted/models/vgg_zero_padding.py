"""A VGG as it was written for Theano: `ZeroPadding2D` before every convolution, which itself is `valid`; no dropout."""

import keras
from keras import layers


def vgg_small():
    model = keras.Sequential([keras.Input((32, 32, 3))])
    for count, filters in ((2, 32), (2, 64), (2, 64)):
        for _ in range(count):
            model.add(layers.ZeroPadding2D((1, 1)))
            model.add(layers.Conv2D(filters, (3, 3), activation="relu"))
        model.add(layers.MaxPooling2D((2, 2), strides=(2, 2)))
    model.add(layers.Flatten())
    model.add(layers.Dense(128, activation="relu"))
    model.add(layers.Dense(10, activation="softmax"))
    return model
