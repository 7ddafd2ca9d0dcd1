"""ReLU after the maximum instead of before it: both keep the larger, so their order is no matter."""

import keras
from keras import layers


def lenet_same():
    x = inputs = keras.Input((28, 28, 1))
    x = layers.ReLU()(layers.MaxPooling2D()(layers.Conv2D(6, 5, padding="same")(x)))
    x = layers.ReLU()(layers.MaxPooling2D()(layers.Conv2D(16, 5)(x)))
    x = layers.Flatten()(x)
    x = layers.ReLU()(layers.Dense(120)(x))
    x = layers.ReLU()(layers.Dense(84)(x))
    return keras.Model(inputs, layers.Dense(10, activation="softmax")(x))
