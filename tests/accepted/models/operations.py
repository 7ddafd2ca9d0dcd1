"""Functions where others take layers: `ops.relu`, `ops.average_pool`, `ops.reshape`, a softmax written out."""

import keras
from keras import layers, ops


def lenet_same():
    x = inputs = keras.Input((28, 28, 1))
    x = ops.max_pool(ops.relu(layers.Conv2D(6, 5, padding="same")(x)), 2)
    x = ops.max_pool(ops.maximum(layers.Conv2D(16, 5)(x), 0.0), 2, strides=2)
    x = ops.reshape(x, (-1, 400))
    x = ops.relu(layers.Dense(120)(x))
    x = ops.relu(layers.Dense(84)(x))
    z = layers.Dense(10)(x)
    powers = ops.exp(z - ops.max(z, axis=-1, keepdims=True))
    return keras.Model(inputs, powers / ops.sum(powers, axis=-1, keepdims=True))


def lenet_valid():
    x = inputs = keras.Input((32, 32, 1))
    x = ops.average_pool(ops.tanh(layers.Conv2D(6, 5)(x)), 2)
    x = ops.average_pool(ops.tanh(layers.Conv2D(16, 5)(x)), (2, 2), padding="valid")
    x = layers.Flatten()(x)
    x = ops.tanh(layers.Dense(120)(x))
    x = ops.tanh(layers.Dense(84)(x))
    return keras.Model(inputs, ops.softmax(layers.Dense(10)(x)))
