"""The networks that begin with another one's convolutions."""

from __future__ import annotations

from typing import Any

from grader.tasks.drawn import Case, Normal
from grader.tasks.lenet.models.computing import (
    OUTPUT,
    RandomWeights,
    average_for_max,
    average_pooling,
    axes_exchanged,
    linear,
    linear_convolutions,
    linear_dense,
    no_activation,
    no_softmax,
    padding_after,
    sigmoid_output,
    softmax_twice,
)
from grader.tasks.lenet.models.layers import (
    dense_added,
    dense_missing,
    frozen,
    input_channels,
    no_biases,
    pooling_missing,
    valid_everywhere,
    valid_for_same,
    zeros_behind,
)
from grader.tasks.networks import (
    Change,
    Layer,
    adding,
    computes,
    dropping,
    every,
    has_other_layers,
    images,
    layer,
    network,
    nth,
    setting,
    trains_less,
)
from grader.tasks.task import idea

COUNTING = "Lecture 1, Number of parameters to learn in a convolutional layer"
TRANSFER = "Lecture 4, Towards standardization: transfer learning and fine-tuning"
CONVOLUTIONS = ((3, 3, 1, 8), (3, 3, 8, 16), (3, 3, 16, 32))
BASE_SHAPES = (*CONVOLUTIONS, (288, 64), (64, 5))


# Loud images would leave one class a probability of 1, whatever is wrong.
IMAGES = Normal((8, 28, 28, 1), scale=0.3, dtype="float32")
FILTERS = (8, 16, 32)


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


@network(
    "a7_transfer_learning",
    hidden={"random": (Case("Random weights and images", (RandomWeights(BASE_SHAPES), IMAGES)),)},
)
def digit_base() -> Any:
    """Images (N, 28, 28, 1) -> probabilities of the digits 0 to 4: 24,709 weights."""
    return _network(0, (64, "relu"), (5, "softmax"))


NEW_SHAPES = (*CONVOLUTIONS, (288, 5))


@network(
    "a7_transfer_learning",
    hidden={"random": (Case("Random weights and images", (RandomWeights(NEW_SHAPES), IMAGES)),)},
    trained_name="extracted",
)
def frozen_network() -> Any:
    """The convolutions of `digit_base` as they are, under a new head for the digits 5 to 9."""
    return _network(3, (5, "softmax"))


@network(
    "a7_transfer_learning",
    hidden={"random": (Case("Random weights and images", (RandomWeights(NEW_SHAPES), IMAGES)),)},
    trained_name="finetuned",
)
def partly_frozen_network() -> Any:
    """The same, but the last convolution learns too."""
    return _network(2, (5, "softmax"))


computes(no_activation, linear, "digit_base")


TAKEN_OVER = ("frozen_network", "partly_frozen_network")
DIGITS = ("digit_base", *TAKEN_OVER)


computes(linear_convolutions, setting(every("Conv2D"), activation="linear"), *DIGITS)
computes(linear_dense, setting(nth("Dense", 0), activation="linear"), "digit_base")
computes(average_for_max, average_pooling, *DIGITS)
computes(no_softmax, setting(OUTPUT, activation="linear"), *DIGITS)
computes(softmax_twice, adding(OUTPUT, lambda _: layer("Softmax")), *DIGITS)
computes(sigmoid_output, setting(OUTPUT, activation="sigmoid"), *DIGITS)
computes(axes_exchanged, adding(every("InputLayer"), lambda _: layer("Permute", dims=[2, 1, 3])), *DIGITS)
computes(padding_after, zeros_behind, *DIGITS)


# Seven rows, made from 14 or 12 by poolings that round down: only the last convolution's padding shows in a count.
computes(valid_for_same, setting(nth("Conv2D", 0), padding="valid"), *DIGITS)
computes(valid_for_same, setting(nth("Conv2D", 1), padding="valid"), *DIGITS)
has_other_layers(valid_for_same, setting(nth("Conv2D", 2), padding="valid"), *DIGITS)
has_other_layers(valid_everywhere, setting(every("Conv2D"), padding="valid"), *DIGITS)
has_other_layers(no_biases, setting(every("Conv2D", "Dense"), use_bias=False), *DIGITS)
has_other_layers(dense_missing, dropping(nth("Dense", 0)), "digit_base")
has_other_layers(dense_added, adding(nth("Dense", 0), lambda part: part), "digit_base")
has_other_layers(pooling_missing, dropping(nth("MaxPooling2D", -1)), *DIGITS)
has_other_layers(input_channels, images(None, None, 3), *DIGITS)


def trained(*learns: bool) -> Change:
    """Which of the layers with weights are trained, from the image on."""

    def change(layers: list[Layer]) -> list[Layer]:
        for part, free in zip(every("Conv2D", "Dense")(layers), learns, strict=True):
            part["config"]["trainable"] = free
        return layers

    return change


trains_less(frozen, trained(False, False, False, True, True), "digit_base")
trains_less(frozen, trained(False, False, False, False, False), "digit_base")

kernels_of_five = idea(
    "transfer.kernels_of_five",
    belief="Kernels are 5×5, as in LeNet.",
    hint="How many weights has the first array of the base, and what is its shape?",
    lecture=COUNTING,
)
has_other_layers(kernels_of_five, setting(every("Conv2D"), kernel_size=[5, 5]), *DIGITS)

features_kept = idea(
    "transfer.features_kept",
    belief="A base is taken over whole, but for its last layer.",
    hint="Where is this one to be cut? Its dense layer has learnt to tell five other digits apart.",
    lecture=TRANSFER,
)


def under_the_head(*dense: tuple[int, str]) -> Change:
    """Dense layers more, before the last."""
    more = [layer("Dense", name=f"kept_{units}", units=units, activation=word) for units, word in dense]
    return lambda layers: [*layers[:-1], *more, layers[-1]]


has_other_layers(features_kept, under_the_head((64, "relu")), *TAKEN_OVER)

old_head_kept = idea(
    "transfer.old_head_kept",
    belief="The new head stands on the old one's answers.",
    hint="Five probabilities that an image shows a 0, a 1, …, a 4: what is left in them of a 7? Cut the old head off.",
    lecture=TRANSFER,
)
has_other_layers(old_head_kept, under_the_head((64, "relu"), (5, "softmax")), *TAKEN_OVER)

ten_classes = idea(
    "transfer.ten_classes",
    belief="Digits are ten classes.",
    hint="How many of them does this network tell apart?",
    lecture=TRANSFER,
)
has_other_layers(ten_classes, setting(OUTPUT, units=10), *DIGITS)

nothing_frozen = idea(
    "transfer.nothing_frozen",
    belief="Weights that are loaded stay as they are.",
    hint="`fit` changes whatever a layer calls trainable, wherever its weights came from. Which attribute says so?",
    lecture=TRANSFER,
)
trains_less(nothing_frozen, trained(True, True, True, True), *TAKEN_OVER)

head_frozen_too = idea(
    "transfer.head_frozen_too",
    belief="The model is frozen: `model.trainable = False`.",
    hint="That says it of every layer, the new head included. What is left for training to change?",
    lecture=TRANSFER,
)
trains_less(head_frozen_too, trained(False, False, False, False), *TAKEN_OVER)

head_frozen = idea(
    "transfer.head_frozen",
    belief="The head is frozen, and the convolutions learn.",
    hint="Which of them has weights that are worth keeping, and which one has numbers that were drawn a moment ago?",
    lecture=TRANSFER,
)
trains_less(head_frozen, trained(True, True, True, False), *TAKEN_OVER)

frozen_too_early = idea(
    "transfer.frozen_too_early",
    belief="Fewer layers than that need to be frozen.",
    hint="Go through the convolutions one by one: which of them are to stay as they are?",
    lecture=TRANSFER,
)
trains_less(frozen_too_early, trained(False, True, True, True), *TAKEN_OVER)
trains_less(frozen_too_early, trained(False, False, True, True), "frozen_network")

frozen_too_late = idea(
    "transfer.frozen_too_late",
    belief="All convolutions are frozen.",
    hint="One of them is to be tuned to the new digits: the one whose features are the most special.",
    lecture=TRANSFER,
)
trains_less(frozen_too_late, trained(False, False, False, True), "partly_frozen_network")

wrong_end = idea(
    "transfer.wrong_end",
    belief="The convolutions next to the head stay, and the first ones learn.",
    hint="Edges are edges on every digit. Which convolution sees little more than edges?",
    lecture=TRANSFER,
)
trains_less(wrong_end, trained(True, False, False, True), *TAKEN_OVER)
trains_less(wrong_end, trained(True, True, False, True), *TAKEN_OVER)
