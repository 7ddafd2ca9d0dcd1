"""Wrong: gives scores where probabilities were asked for, and takes the largest product for the nearest mean."""
# expects: q1 models.softmax_missing, q2 prototype.largest_product


def digit_base():
    model = keras.Sequential([keras.Input((28, 28, 1))])
    for filters in (8, 16, 32):
        model.add(layers.Conv2D(filters, 3, padding="same", activation="relu"))
        model.add(layers.MaxPooling2D(2))
    model.add(layers.Flatten())
    model.add(layers.Dense(64, activation="relu"))
    model.add(layers.Dense(5))
    return model


def nearest_class(features, means):
    return np.argmax(features @ means.T, axis=1)
