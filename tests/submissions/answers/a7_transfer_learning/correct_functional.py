"""Right: functional models that are told at once which layers learn; formulas in one line."""
# expects: full marks


def frozen_network():
    return chain((False, False, False))


def partly_frozen_network():
    return chain((False, False, True))


def chain(learns):
    x = image = keras.Input((28, 28, 1))
    for filters, free in zip((8, 16, 32), learns):
        x = layers.Conv2D(filters, (3, 3), padding="same", activation="relu", trainable=free)(x)
        x = layers.MaxPooling2D((2, 2))(x)
    return keras.Model(image, layers.Dense(5, activation="softmax")(layers.Flatten()(x)))


def training_cost(images, epochs, base, head, way):
    rounds = {"cached": 1, "frozen": epochs, "fine-tuned": 3 * epochs}[way]
    return images * (rounds * base + 3 * epochs * head)


def choose_rate(rates, losses):
    best = min((sum(runs) / len(runs), rate) for rate, runs in zip(rates, losses) if not np.isnan(runs).any())
    return best[1]


def as_input(kind, signal):
    if kind == "audio":
        return "Conv1D", np.moveaxis(signal, 0, 1)[None]
    if kind == "text":
        return "Conv1D", signal[None]
    return {1: "Conv1D", 2: "Conv2D", 3: "Conv3D"}[signal.ndim], signal.reshape(1, *signal.shape, 1)


def series_network():
    return keras.Sequential(
        [
            keras.Input((4, 1)),
            layers.Conv1D(4, 2),
            layers.Activation("relu"),
            layers.Conv1D(4, 2),
            layers.Activation("relu"),
            layers.Flatten(),
            layers.Dense(1),
        ]
    )
