"""The functional interface, with everything after a layer as a layer of its own: `Activation`, `ReLU`, `Softmax`."""

import keras
from keras import layers


def lenet_same():
    inputs = keras.Input(shape=(28, 28, 1))
    x = layers.ReLU()(layers.Conv2D(6, 5, padding="same")(inputs))
    x = layers.MaxPooling2D(2, 2)(x)
    x = layers.Activation("relu")(layers.Conv2D(16, 5)(x))
    x = layers.MaxPooling2D(2, 2)(x)
    x = layers.Flatten()(x)
    for units in (120, 84):
        x = layers.ReLU()(layers.Dense(units)(x))
    return keras.Model(inputs=inputs, outputs=layers.Softmax()(layers.Dense(10)(x)))


def lenet_valid():
    inputs = keras.Input(shape=(32, 32, 1))
    x = layers.Activation("tanh")(layers.Conv2D(6, 5)(inputs))
    x = layers.AveragePooling2D(2, 2)(x)
    x = layers.Activation(keras.activations.tanh)(layers.Conv2D(16, 5)(x))
    x = layers.AveragePooling2D(2, 2)(x)
    x = layers.Flatten()(x)
    for units in (120, 84):
        x = layers.Activation("tanh")(layers.Dense(units)(x))
    return keras.Model(inputs, layers.Activation("softmax")(layers.Dense(10)(x)))
