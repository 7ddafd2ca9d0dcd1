"""Wrong: the reductions have no activation."""
# expects: q4 inception.reductions_linear


def inception_reduced():
    image = keras.Input((8, 8, 16))
    one = layers.Conv2D(8, 1, activation="relu")(image)
    three = layers.Conv2D(12, 3, padding="same", activation="relu")(layers.Conv2D(6, 1)(image))
    five = layers.Conv2D(10, 5, padding="same", activation="relu")(layers.Conv2D(4, 1)(image))
    pooled = layers.MaxPooling2D(3, strides=1, padding="same")(image)
    last = layers.Conv2D(5, 1, activation="relu")(pooled)
    return keras.Model(image, layers.Concatenate()([one, three, five, last]))
