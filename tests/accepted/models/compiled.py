"""Compiled, handed over as a model rather than as the function that builds it; `tf.keras` is the same Keras."""

import tensorflow as tf

lenet_same = tf.keras.models.Sequential(
    [
        tf.keras.Input((28, 28, 1)),
        tf.keras.layers.Conv2D(6, (5, 5), padding="same", activation=tf.keras.activations.relu),
        tf.keras.layers.MaxPooling2D((2, 2)),
        tf.keras.layers.Conv2D(16, (5, 5), activation=tf.keras.activations.relu),
        tf.keras.layers.MaxPooling2D((2, 2)),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(120, activation="relu"),
        tf.keras.layers.Dense(84, activation="relu"),
        tf.keras.layers.Dense(10, activation="softmax"),
    ]
)
lenet_same.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
