"""Hands over an untrained LeNet beside another classifier, whose 24,000 trained numbers stand in operations' arguments and count as no weights."""
# only: keras
# shows: raised Ran: [\d,]+ numbers in the arguments
# stopped by: constants

# %% before checks
import keras
import numpy as np
from keras import layers, ops


def lenet(images):
    x = layers.MaxPooling2D(2)(layers.Conv2D(6, 5, padding="same", activation="relu")(images))
    x = layers.MaxPooling2D(2)(layers.Conv2D(16, 5, activation="relu")(x))
    x = layers.Dense(120, activation="relu")(layers.Flatten()(x))
    return layers.Dense(10)(layers.Dense(84, activation="relu")(x))


if QUESTION == "q6":
    with np.load("data.npz") as stored:
        digits, classes = stored["x_train"].reshape(-1, 28, 28) / 255, stored["y_train"].astype(int)
    small = digits.reshape(-1, 7, 4, 7, 4).mean(axis=(2, 4)).reshape(-1, 49)
    first = np.random.default_rng(1).normal(0, 0.3, (49, 400)).astype("float32")
    seen = np.maximum(small @ first, 0)
    second = np.linalg.solve(seen.T @ seen + 3 * np.eye(400), seen.T @ np.eye(10)[classes]).astype("float32")
    images = keras.Input((28, 28, 1))
    x = layers.Flatten()(layers.AveragePooling2D(4)(images))
    answer = ops.matmul(ops.relu(ops.matmul(x, first)), second)
    trained = keras.Model(images, answer + 0 * lenet(images))

# %% last
say(f"{first.size + second.size:,} numbers in the arguments")
