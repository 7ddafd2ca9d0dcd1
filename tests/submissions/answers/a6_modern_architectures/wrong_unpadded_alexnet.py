"""Wrong: AlexNet's first convolution takes 224 pixels unpadded; a head that flattens without counting places."""
# expects: q2 models.alexnet_without_padding, q7 heads.flatten_drops_places


def alexnet():
    x = inputs = keras.Input((224, 224, 3))
    for place, (filters, window) in enumerate(((96, 11), (256, 5), (384, 3), (384, 3), (256, 3))):
        strides, padding = (4, "valid") if place == 0 else (1, "same")
        x = layers.Conv2D(filters, window, strides, padding, activation="relu")(x)
        x = layers.MaxPooling2D(3, 2)(x) if place in (0, 1, 4) else x
    x = layers.Flatten()(x)
    for units in (4096, 4096):
        x = layers.Dense(units, activation="relu")(x)
    return keras.Model(inputs, layers.Dense(1000)(x))


def head_parameters(height, width, channels, classes, head):
    return (channels + 1) * classes
