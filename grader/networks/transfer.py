"""The networks of assignment 7: one that reads the digits 0 to 4, two that begin with its convolutions, one for a series."""

from typing import Any

from grader.networks.network import Network

FILTERS = (8, 16, 32)


def digit_base() -> Any:
    """Images (N, 28, 28, 1) -> probabilities of the digits 0 to 4: 24,709 weights."""
    return _network(0, (64, "relu"), (5, "softmax"))


def frozen_network() -> Any:
    """The convolutions of `digit_base` as they are, under a new head for the digits 5 to 9."""
    return _network(3, (5, "softmax"))


def partly_frozen_network() -> Any:
    """The same, but the last convolution learns too."""
    return _network(2, (5, "softmax"))


def _network(frozen: int, *dense: tuple[int, str]) -> Any:
    import keras
    from keras import layers

    model = keras.Sequential([keras.Input((28, 28, 1))])
    for place, filters in enumerate(FILTERS):
        trainable = place >= frozen
        model.add(layers.Conv2D(filters, 3, padding="same", activation="relu", trainable=trainable))
        model.add(layers.MaxPooling2D(2))
    model.add(layers.Flatten())
    for units, activation in dense:
        model.add(layers.Dense(units, activation=activation))
    return model


def series_network() -> Any:
    """Four values of a series (N, 4, 1) -> the next one (N, 1): 57 weights."""
    import keras
    from keras import layers

    return keras.Sequential(
        [
            keras.Input((4, 1)),
            layers.Conv1D(4, 2, activation="relu"),  # (N, 3, 4)
            layers.Conv1D(4, 2, activation="relu"),  # (N, 2, 4)
            layers.Flatten(),
            layers.Dense(1),
        ]
    )


NETWORKS = {
    builder.__name__: Network(builder, "a7_transfer_learning")
    for builder in (digit_base, frozen_network, partly_frozen_network, series_network)
}
