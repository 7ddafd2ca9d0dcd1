"""The question's table as data, and one loop over it."""

import keras
from keras import layers

TABLE = (
    ("C1", layers.Conv2D, {"filters": 6, "kernel_size": 5}),
    ("S2", layers.AveragePooling2D, {"pool_size": 2}),
    ("C3", layers.Conv2D, {"filters": 16, "kernel_size": 5}),
    ("S4", layers.AveragePooling2D, {"pool_size": 2}),
    ("flat", layers.Flatten, {}),
    ("C5", layers.Dense, {"units": 120}),
    ("F6", layers.Dense, {"units": 84}),
    ("output", layers.Dense, {"units": 10}),
)


def lenet_valid():
    model = keras.Sequential([layers.InputLayer(shape=(32, 32, 1))])
    for name, kind, settings in TABLE:
        if name[0] in "CF":
            settings = {**settings, "activation": "tanh"}
        model.add(kind(name=name, **settings))
    model.add(layers.Softmax(axis=-1))
    return model
