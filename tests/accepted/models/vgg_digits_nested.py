"""The small VGG for digits of nested models, its first dense layer as a convolution of 3×3 maps."""

import keras
from keras import layers


def vgg_digits():
    x = image = keras.Input((28, 28, 1))
    for filters in (8, 16, 32):
        convolutions = [layers.Conv2D(filters, 3, padding="same", activation="relu") for _ in range(2)]
        x = keras.Sequential([*convolutions, layers.MaxPooling2D()])(x)
    x = layers.Dropout(0.5)(layers.Conv2D(64, 3, activation="relu")(x))
    return keras.Model(image, layers.Dense(10, activation="softmax")(layers.Flatten()(x)))
