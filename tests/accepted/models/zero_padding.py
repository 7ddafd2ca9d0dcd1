"""`ZeroPadding2D` and a `valid` convolution where the table says `same`; and a frame that is cut away again."""

import keras
from keras import layers


def lenet_same():
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.ZeroPadding2D(2),
            layers.Conv2D(6, 5, padding="valid", activation="relu"),
            layers.MaxPooling2D(),
            layers.ZeroPadding2D(((1, 1), (1, 1))),
            layers.Cropping2D(1),
            layers.Conv2D(16, 5, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(120, activation="relu"),
            layers.Dense(84, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )


def lenet_valid():
    x = inputs = keras.Input((32, 32, 1))
    x = layers.Cropping2D(2)(layers.Conv2D(6, 5, padding="same", activation="tanh")(x))
    x = layers.AveragePooling2D(2)(x)
    x = layers.Cropping2D(2)(layers.Conv2D(16, 5, padding="same", activation="tanh")(x))
    x = layers.Flatten()(layers.AveragePooling2D(2)(x))
    x = layers.Dense(84, activation="tanh")(layers.Dense(120, activation="tanh")(x))
    return keras.Model(inputs, layers.Dense(10, activation="softmax")(x))
