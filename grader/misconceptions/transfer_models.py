"""Wrong ideas about networks that take over another's layers, and about one for a series."""

from __future__ import annotations

from grader.misconceptions import models
from grader.misconceptions.changes import (
    Change,
    Layer,
    adding,
    computes,
    dropping,
    every,
    has_other_layers,
    images,
    layer,
    nth,
    setting,
    trains_less,
)
from grader.misconceptions.idea import idea
from grader.misconceptions.models import COUNTING
from grader.misconceptions.sequences import GRIDS
from grader.misconceptions.transfer import TRANSFER

TAKEN_OVER = ("frozen_network", "partly_frozen_network")
DIGITS = ("digit_base", *TAKEN_OVER)

computes(models.no_activation, models.linear, "digit_base")
computes(models.linear_convolutions, setting(every("Conv2D"), activation="linear"), *DIGITS)
computes(models.linear_dense, setting(nth("Dense", 0), activation="linear"), "digit_base")
computes(models.average_for_max, models.average_pooling, *DIGITS)
computes(models.no_softmax, setting(models.OUTPUT, activation="linear"), *DIGITS)
computes(models.softmax_twice, adding(models.OUTPUT, lambda _: layer("Softmax")), *DIGITS)
computes(models.sigmoid_output, setting(models.OUTPUT, activation="sigmoid"), *DIGITS)
computes(
    models.axes_exchanged, adding(every("InputLayer"), lambda _: layer("Permute", dims=[2, 1, 3])), *DIGITS
)
computes(models.padding_after, models.zeros_behind, *DIGITS)

kernels_of_five = idea(
    "transfer.kernels_of_five",
    belief="Kernels are 5×5, as in LeNet.",
    hint="How many weights has the first array of the base, and what is its shape?",
    lecture=COUNTING,
)
features_kept = idea(
    "transfer.features_kept",
    belief="A base is taken over whole, but for its last layer.",
    hint="Where is this one to be cut? Its dense layer has learnt to tell five other digits apart.",
    lecture=TRANSFER,
)
old_head_kept = idea(
    "transfer.old_head_kept",
    belief="The new head stands on the old one's answers.",
    hint="Five probabilities that an image shows a 0, a 1, …, a 4: what is left in them of a 7? Cut the old head off.",
    lecture=TRANSFER,
)
ten_classes = idea(
    "transfer.ten_classes",
    belief="Digits are ten classes.",
    hint="How many of them does this network tell apart?",
    lecture=TRANSFER,
)


def under_the_head(*dense: tuple[int, str]) -> Change:
    """Dense layers more, before the last."""
    more = [layer("Dense", name=f"kept_{units}", units=units, activation=word) for units, word in dense]
    return lambda layers: [*layers[:-1], *more, layers[-1]]


# Seven rows, made from 14 or 12 by poolings that round down: only the last convolution's padding shows in a count.
computes(models.valid_for_same, setting(nth("Conv2D", 0), padding="valid"), *DIGITS)
computes(models.valid_for_same, setting(nth("Conv2D", 1), padding="valid"), *DIGITS)
has_other_layers(models.valid_for_same, setting(nth("Conv2D", 2), padding="valid"), *DIGITS)
has_other_layers(models.valid_everywhere, setting(every("Conv2D"), padding="valid"), *DIGITS)
has_other_layers(models.no_biases, setting(every("Conv2D", "Dense"), use_bias=False), *DIGITS)
has_other_layers(models.pooling_missing, dropping(nth("MaxPooling2D", -1)), *DIGITS)
has_other_layers(models.input_channels, images(None, None, 3), *DIGITS)
has_other_layers(models.dense_missing, dropping(nth("Dense", 0)), "digit_base")
has_other_layers(models.dense_added, adding(nth("Dense", 0), lambda part: part), "digit_base")
has_other_layers(kernels_of_five, setting(every("Conv2D"), kernel_size=[5, 5]), *DIGITS)
has_other_layers(features_kept, under_the_head((64, "relu")), *TAKEN_OVER)
has_other_layers(old_head_kept, under_the_head((64, "relu"), (5, "softmax")), *TAKEN_OVER)
has_other_layers(ten_classes, setting(models.OUTPUT, units=10), *DIGITS)

nothing_frozen = idea(
    "transfer.nothing_frozen",
    belief="Weights that are loaded stay as they are.",
    hint="`fit` changes whatever a layer calls trainable, wherever its weights came from. Which attribute says so?",
    lecture=TRANSFER,
)
head_frozen_too = idea(
    "transfer.head_frozen_too",
    belief="The model is frozen: `model.trainable = False`.",
    hint="That says it of every layer, the new head included. What is left for training to change?",
    lecture=TRANSFER,
)
head_frozen = idea(
    "transfer.head_frozen",
    belief="The head is frozen, and the convolutions learn.",
    hint="Which of them has weights that are worth keeping, and which one has numbers that were drawn a moment ago?",
    lecture=TRANSFER,
)
frozen_too_early = idea(
    "transfer.frozen_too_early",
    belief="Fewer layers than that need to be frozen.",
    hint="Go through the convolutions one by one: which of them are to stay as they are?",
    lecture=TRANSFER,
)
frozen_too_late = idea(
    "transfer.frozen_too_late",
    belief="All convolutions are frozen.",
    hint="One of them is to be tuned to the new digits: the one whose features are the most special.",
    lecture=TRANSFER,
)
wrong_end = idea(
    "transfer.wrong_end",
    belief="The convolutions next to the head stay, and the first ones learn.",
    hint="Edges are edges on every digit. Which convolution sees little more than edges?",
    lecture=TRANSFER,
)


def trained(*learns: bool) -> Change:
    """Which of the layers with weights are trained, from the image on."""

    def change(layers: list[Layer]) -> list[Layer]:
        for part, free in zip(every("Conv2D", "Dense")(layers), learns, strict=True):
            part["config"]["trainable"] = free
        return layers

    return change


trains_less(models.frozen, trained(False, False, False, True, True), "digit_base")
trains_less(models.frozen, trained(False, False, False, False, False), "digit_base")
trains_less(nothing_frozen, trained(True, True, True, True), *TAKEN_OVER)
trains_less(head_frozen_too, trained(False, False, False, False), *TAKEN_OVER)
trains_less(head_frozen, trained(True, True, True, False), *TAKEN_OVER)
trains_less(frozen_too_early, trained(False, True, True, True), *TAKEN_OVER)
trains_less(frozen_too_early, trained(False, False, True, True), "frozen_network")
trains_less(frozen_too_late, trained(False, False, False, True), "partly_frozen_network")
trains_less(wrong_end, trained(True, False, False, True), *TAKEN_OVER)
trains_less(wrong_end, trained(True, True, False, True), *TAKEN_OVER)

only_averages = idea(
    "series.only_averages",
    belief="A convolution over a series is a weighted mean of neighbours, nothing more.",
    hint="Two such layers are one such layer, with a longer kernel. What stands between them in the table?",
    lecture=GRIDS,
)
positive_answer = idea(
    "series.positive_answer",
    belief="Every layer ends with its ReLU, the last one too.",
    hint="What if the next value is below 0?",
    lecture=GRIDS,
)
probability_answer = idea(
    "series.probability_answer",
    belief="A network ends with softmax.",
    hint="Softmax of a single number is 1, whatever the number. Is this network asked for a class?",
    lecture=GRIDS,
)
series_padded = idea(
    "series.padded",
    belief="A convolution keeps the number of values.",
    hint="Without padding, how many windows of 2 are there on 4 values?",
    lecture=GRIDS,
)
one_layer = idea(
    "series.one_layer",
    belief="One convolution is enough.",
    hint="Compare `model.summary()` with the table line by line.",
    lecture=GRIDS,
)
spread_out = idea(
    "series.spread_out",
    belief="The second layer skips values, to see further.",
    hint="That is dilation: a good idea, of another network. Is it in the table?",
    lecture=GRIDS,
)
time_as_channels = idea(
    "series.time_as_channels",
    belief="Four values are four channels.",
    hint="Then there is one place, and nothing to slide along. Which of the shapes (4, 1) and (1, 4) has four places?",
    lecture=GRIDS,
)
SERIES = "series_network"


def four_channels(layers: list[Layer]) -> list[Layer]:
    """One place with four channels, on which a kernel of 2 fits if it is padded."""
    layers[0]["config"]["batch_shape"] = [None, 1, 4]
    return setting(every("Conv1D"), padding="same")(layers)


computes(only_averages, setting(every("Conv1D"), activation="linear"), SERIES)
computes(positive_answer, setting(every("Dense"), activation="relu"), SERIES)
computes(probability_answer, setting(every("Dense"), activation="softmax"), SERIES)
has_other_layers(series_padded, setting(every("Conv1D"), padding="same"), SERIES)
has_other_layers(series_padded, setting(every("Conv1D"), padding="causal"), SERIES)
has_other_layers(one_layer, dropping(nth("Conv1D", 1)), SERIES)
has_other_layers(spread_out, setting(nth("Conv1D", 1), dilation_rate=[2]), SERIES)
has_other_layers(time_as_channels, four_channels, SERIES)
has_other_layers(models.no_biases, setting(every("Conv1D", "Dense"), use_bias=False), SERIES)
trains_less(models.frozen, setting(every("Conv1D"), trainable=False), SERIES)
