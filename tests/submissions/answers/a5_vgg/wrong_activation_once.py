"""Wrong: one activation for each block, and a stack that costs as much as the window it sees."""
# expects: q1 stack.weights_of_the_window, q4 vgg.activation_once_per_block, q8


def stack_parameters(kernel_size, layers, channels):
    reach = stack_reach(kernel_size, layers)
    return (reach * reach * channels + 1) * channels


def vgg_digits():
    x = image = keras.Input((28, 28, 1))
    for filters in (8, 16, 32):
        x = layers.Conv2D(filters, 3, padding="same")(x)
        x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
        x = layers.MaxPooling2D(2)(x)
    x = layers.Dense(64, activation="relu")(layers.Flatten()(x))
    return keras.Model(image, layers.Dense(10, activation="softmax")(layers.Dropout(0.5)(x)))
