"""VGG19 of a class, from the layers' list of the paper: a number is a convolution, an M a pooling."""

import keras
from keras import layers, ops

TABLE = [64, 64, "M", 128, 128, "M", *[256] * 4, "M", *[512] * 4, "M", *[512] * 4, "M"]


class Vgg(keras.Model):
    def __init__(self):
        super().__init__()
        self.maps = [
            layers.MaxPooling2D() if word == "M" else layers.Conv2D(word, 3, padding="same") for word in TABLE
        ]
        self.flat, self.rest = layers.Flatten(), [layers.Dense(n) for n in (4096, 4096, 1000)]

    def call(self, x):
        for layer in self.maps:
            x = layer(x) if isinstance(layer, layers.MaxPooling2D) else ops.relu(layer(x))
        x = self.flat(x)
        for layer in self.rest[:-1]:
            x = ops.relu(layer(x))
        return self.rest[-1](x)


def vgg19():
    model = Vgg()
    model(keras.Input((224, 224, 3)))
    return model
