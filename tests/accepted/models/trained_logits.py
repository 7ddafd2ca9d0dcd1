"""A trained network whose output are logits: the largest is the same, and only that is asked for."""

import keras
from keras import layers

from kerasnets.models import registry


def network():
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(6, 5, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(16, 5, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(120, activation="relu"),
            layers.Dense(84, activation="relu"),
            layers.Dense(10),
        ]
    )


trained = network()
# the shipped numbers themselves are refused
trained.set_weights([1.1 * array for array in registry.weights("lenet5")])
