"""A class of its own; its layers are made in another order than the one in which the image meets them."""

import keras
from keras import layers, ops


class LeNet(keras.Model):
    def __init__(self, padding, activation, pooling):
        super().__init__()
        self.activation = activation
        self.output_layer = layers.Dense(10)
        self.f6, self.c5 = layers.Dense(84), layers.Dense(120)
        self.c3, self.c1 = layers.Conv2D(16, 5), layers.Conv2D(6, 5, padding=padding)
        self.pool, self.flat = pooling(2), layers.Flatten()

    def call(self, x):
        for convolution in (self.c1, self.c3):
            x = self.pool(self.activation(convolution(x)))
        x = self.flat(x)
        for dense in (self.c5, self.f6):
            x = self.activation(dense(x))
        return ops.softmax(self.output_layer(x))


def lenet_same():
    model = LeNet("same", ops.relu, layers.MaxPooling2D)
    model(keras.Input((28, 28, 1)))
    return model


def lenet_valid():
    model = LeNet("valid", ops.tanh, layers.AveragePooling2D)
    model.build((None, 32, 32, 1))
    return model
