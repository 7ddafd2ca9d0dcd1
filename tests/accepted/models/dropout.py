"""Dropout and noise, which only training sees; initialisers and regularisers, which the answer doesn't."""

import keras
from keras import layers, regularizers


def lenet_same():
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.GaussianNoise(0.1),
            layers.Conv2D(6, 5, padding="same", activation="relu", kernel_initializer="he_normal"),
            layers.MaxPooling2D(),
            layers.SpatialDropout2D(0.1),
            layers.Conv2D(16, 5, activation="relu", kernel_regularizer=regularizers.l2(1e-4)),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dropout(0.25),
            layers.Dense(120, activation="relu"),
            layers.Dropout(0.5),
            layers.Dense(84, activation="relu", bias_initializer="ones"),
            layers.Dense(10, activation="softmax"),
        ]
    )
