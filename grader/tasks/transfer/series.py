"""A small network for a series."""

from __future__ import annotations

from typing import Any

from grader.tasks.drawn import Case, Normal
from grader.tasks.lenet.models.computing import RandomWeights
from grader.tasks.lenet.models.layers import frozen, no_biases
from grader.tasks.networks import (
    Layer,
    computes,
    dropping,
    every,
    has_other_layers,
    network,
    nth,
    setting,
    trains_less,
)
from grader.tasks.task import idea

GRIDS = "Lecture 5, Grid topology"
SERIES_SHAPES = ((2, 1, 4), (2, 4, 4), (8, 1))


@network(
    "a7_transfer_learning",
    hidden={
        "random": (
            Case(
                "Random weights and series",
                (RandomWeights(SERIES_SHAPES), Normal((12, 4, 1), dtype="float32")),
            ),
        )
    },
)
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


SERIES = "series_network"


has_other_layers(no_biases, setting(every("Conv1D", "Dense"), use_bias=False), SERIES)
trains_less(frozen, setting(every("Conv1D"), trainable=False), SERIES)

only_averages = idea(
    "series.only_averages",
    belief="A convolution over a series is a weighted mean of neighbours, nothing more.",
    hint="Two such layers are one such layer, with a longer kernel. What stands between them in the table?",
    lecture=GRIDS,
)
computes(only_averages, setting(every("Conv1D"), activation="linear"), SERIES)

positive_answer = idea(
    "series.positive_answer",
    belief="Every layer ends with its ReLU, the last one too.",
    hint="What if the next value is below 0?",
    lecture=GRIDS,
)
computes(positive_answer, setting(every("Dense"), activation="relu"), SERIES)

probability_answer = idea(
    "series.probability_answer",
    belief="A network ends with softmax.",
    hint="Softmax of a single number is 1, whatever the number. Is this network asked for a class?",
    lecture=GRIDS,
)
computes(probability_answer, setting(every("Dense"), activation="softmax"), SERIES)

series_padded = idea(
    "series.padded",
    belief="A convolution keeps the number of values.",
    hint="Without padding, how many windows of 2 are there on 4 values?",
    lecture=GRIDS,
)
has_other_layers(series_padded, setting(every("Conv1D"), padding="same"), SERIES)
has_other_layers(series_padded, setting(every("Conv1D"), padding="causal"), SERIES)

one_layer = idea(
    "series.one_layer",
    belief="One convolution is enough.",
    hint="Compare `model.summary()` with the table line by line.",
    lecture=GRIDS,
)
has_other_layers(one_layer, dropping(nth("Conv1D", 1)), SERIES)

spread_out = idea(
    "series.spread_out",
    belief="The second layer skips values, to see further.",
    hint="That is dilation: a good idea, of another network. Is it in the table?",
    lecture=GRIDS,
)
has_other_layers(spread_out, setting(nth("Conv1D", 1), dilation_rate=[2]), SERIES)

time_as_channels = idea(
    "series.time_as_channels",
    belief="Four values are four channels.",
    hint="Then there is one place, and nothing to slide along. Which of the shapes (4, 1) and (1, 4) has four places?",
    lecture=GRIDS,
)


def four_channels(layers: list[Layer]) -> list[Layer]:
    """One place with four channels, on which a kernel of 2 fits if it is padded."""
    layers[0]["config"]["batch_shape"] = [None, 1, 4]
    return setting(every("Conv1D"), padding="same")(layers)


has_other_layers(time_as_channels, four_channels, SERIES)
