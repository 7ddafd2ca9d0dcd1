"""A class for the module and one for the block, whose sums and joins are operations; an inner model for each branch."""

import keras
from keras import layers, ops


class Inception(keras.Model):
    def __init__(self, reductions):
        super().__init__()
        self.pool = layers.MaxPooling2D(3, strides=1, padding="same")
        self.five = keras.Sequential([layers.Conv2D(10, 5, padding="same", activation="relu")])
        self.three = keras.Sequential([layers.Conv2D(12, 3, padding="same", activation="relu")])
        self.one = layers.Conv2D(8, 1, activation="relu")
        self.narrow = (
            [layers.Conv2D(6, 1, activation="relu"), layers.Conv2D(4, 1, activation="relu")]
            if reductions
            else []
        )
        self.projection = layers.Conv2D(5, 1, activation="relu") if reductions else layers.Identity()

    def call(self, x):
        three, five = (narrow(x) for narrow in self.narrow) if self.narrow else (x, x)
        parts = [self.one(x), self.three(three), self.five(five), self.projection(self.pool(x))]
        return ops.concatenate(parts, axis=-1)


class Residual(keras.Model):
    def __init__(self, filters, strides):
        super().__init__()
        self.shortcut = self.normalized(filters, 1, strides) if strides > 1 else []
        self.second, self.first = self.normalized(filters, 3, 1), self.normalized(filters, 3, strides)

    def normalized(self, filters, size, strides):
        return [layers.Conv2D(filters, size, strides, "same", use_bias=False), layers.BatchNormalization()]

    def call(self, x):
        def through(x, steps):
            for step in steps:
                x = step(x)
            return x

        branch = through(ops.relu(through(x, self.first)), self.second)
        return ops.relu(branch + through(x, self.shortcut))


def called(model, shape):
    model(keras.Input(shape))
    return model


def inception_naive():
    return called(Inception(False), (8, 8, 16))


def inception_reduced():
    return called(Inception(True), (8, 8, 16))


def residual_identity():
    return called(Residual(6, 1), (8, 8, 6))


def residual_projection():
    return called(Residual(10, 2), (8, 8, 6))
