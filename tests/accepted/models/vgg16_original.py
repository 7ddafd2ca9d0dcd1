"""VGG16 in the functional interface with blocks by name, `Dropout` left out, the pooling before the dense layers `same`."""

import keras
from keras import layers


def vgg16():
    x = image = keras.Input((224, 224, 3))
    for block, (count, filters) in enumerate(((2, 64), (2, 128), (3, 256), (3, 512), (3, 512)), 1):
        for place in range(1, count + 1):
            x = layers.Conv2D(filters, (3, 3), padding="same", name=f"block{block}_conv{place}")(x)
            x = layers.Activation("relu")(x)
        x = layers.MaxPooling2D((2, 2), padding="same", name=f"block{block}_pool")(x)
    x = layers.Flatten()(x)
    for units in (4096, 4096):
        x = layers.Dense(units, activation="relu")(x)
    return keras.Model(image, layers.Dense(1000)(x))
