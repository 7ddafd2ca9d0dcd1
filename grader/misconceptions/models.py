"""Wrong ideas about LeNet: its sizes and counts, its Keras model, and how a trained one is judged.

A wrong model is the reference's list of layers with one thing changed, as plain data: no Keras is needed here, only
`cnnchecks.models()`, which rebuilds it where that is safe.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from grader.cnnchecks import models
from grader.misconceptions.idea import Misconception, idea
from grader.reference import (
    accuracy,
    confusion_matrix,
    conv_parameters,
    dense_parameters,
    lenet_activation_sizes,
    lenet_parameters,
    model_config,
    pixel_uses,
)

EXERCISE = "Lecture 1, Exercise: the activation size and the number of parameters of LeNet"
COUNTING = "Lecture 1, Number of parameters to learn in a convolutional layer"
BLOCKS = "Lecture 1, Convolutional building blocks"
POOLING = "Lecture 2, Types of pooling"
PADDING = "Lecture 2, Convolutional layer parameters: padding"
LENET = "Lecture 2, First CNN: LeNet-5"
TYPICAL = "Lecture 2, A typical CNN architecture"
ERRORS = "Lecture 2, Reference challenge"

# Models as lists of layers ----------------------------------------------------------------------------------

Layer = dict[str, Any]
Change = Callable[[list[Layer]], list[Layer]]
BOTH = ("lenet_same", "lenet_valid")


def layers_of(name: str) -> list[Layer]:
    """The reference's layers in order, each by its class and its arguments; LeNet is a chain."""
    whole = copy.deepcopy(model_config(name)["config"]["config"]["layers"])
    return [
        {key: layer[key] for key in ("module", "class_name", "config", "registered_name")} for layer in whole
    ]


def chain(layers: list[Layer]) -> dict[str, Any]:
    """A Sequential model's configuration."""
    config = {"name": "lenet", "trainable": True, "layers": layers}
    return {"module": "keras", "class_name": "Sequential", "config": config, "registered_name": "Sequential"}


def layer(kind: str, **arguments: Any) -> Layer:
    return {"module": "keras.layers", "class_name": kind, "config": arguments, "registered_name": None}


def settings(*names: str, **arguments: Any) -> Change:
    """The layers of these names with other arguments; those that don't know an argument are left alone."""

    def change(layers: list[Layer]) -> list[Layer]:
        for part in layers:
            known = {key: value for key, value in arguments.items() if key in part["config"]}
            if part["config"]["name"] in names:
                part["config"] |= known
        return layers

    return change


def kinds(**exchanged: str) -> Change:
    """Layers of one class become layers of another, with the same arguments."""

    def change(layers: list[Layer]) -> list[Layer]:
        return [
            part | {"class_name": exchanged.get(part["class_name"], part["class_name"])} for part in layers
        ]

    return change


def without(name: str) -> Change:
    return lambda layers: [part for part in layers if part["config"]["name"] != name]


def after(name: str, new: Layer) -> Change:
    def change(layers: list[Layer]) -> list[Layer]:
        place = [part["config"]["name"] for part in layers].index(name) + 1
        return [*layers[:place], copy.deepcopy(new), *layers[place:]]

    return change


def both(*changes: Change) -> Change:
    def change(layers: list[Layer]) -> list[Layer]:
        for step in changes:
            layers = step(layers)
        return layers

    return change


def computes(wrong: Misconception, change: Change, *names: str) -> None:
    """The changed model takes the same weights and computes something else."""
    for name in names:

        @wrong.answers_to(name)
        def _(weights: Any, x: np.ndarray, name: str = name) -> np.ndarray:
            return models().outputs(chain(change(layers_of(name))), list(weights), x)


def has_other_layers(wrong: Misconception, change: Change, *names: str) -> None:
    """The changed model can't take these weights: it is known by how many each layer has."""
    for name in names:

        @wrong.answers_to(f"{name}/layers")
        def _(name: str = name) -> np.ndarray:
            rows = models().describe(chain(change(layers_of(name))))["rows"]
            return np.array([row["parameters"] for row in rows if row["parameters"]])


# What the layers compute ------------------------------------------------------------------------------------

HIDDEN = ("C1", "C3", "C5", "F6")

no_activation = idea(
    "models.no_activation",
    belief="Convolutions and dense layers follow each other directly.",
    hint="Without `activation=` a layer is linear, and a chain of linear layers is one linear layer. "
    "Which layers of the table have an activation?",
    lecture=BLOCKS,
)
linear_convolutions = idea(
    "models.convolutions_linear",
    belief="Activations belong to the dense layers; a convolution is followed by its pooling.",
    hint="Read the question's list again: C1 and C3 are in it. The activation stands between convolution and pooling.",
    lecture=BLOCKS,
)
linear_dense = idea(
    "models.dense_linear",
    belief="Activations belong to the convolutions; the dense layers only add up.",
    hint="Three dense layers without anything between them are one. C5 and F6 have an activation too.",
    lecture=BLOCKS,
)
tanh_for_relu = idea(
    "models.tanh_for_relu",
    belief="LeNet's activation is tanh.",
    hint="In 1998 it was. Which activation does this question ask for?",
    lecture=LENET,
)
relu_for_tanh = idea(
    "models.relu_for_tanh",
    belief="Every modern network uses ReLU, and so does this one.",
    hint="This is the network of 1998: which activation does the question name?",
    lecture=LENET,
)
average_for_max = idea(
    "models.average_for_max",
    belief="Pooling takes the average of a window.",
    hint="There are two kinds of pooling. Compare the layer you use with the one that the question names.",
    lecture=POOLING,
)
max_for_average = idea(
    "models.max_for_average",
    belief="Pooling takes the maximum of a window.",
    hint="The older kind of pooling lets every pixel of the window have a say: which layer is that?",
    lecture=POOLING,
)
form_of_1998 = idea(
    "models.form_of_1998",
    belief="LeNet is LeNet: tanh and average pooling, as in the paper.",
    hint="This question asks for today's form. Two kinds of layers are others: which?",
    lecture=LENET,
)
modern_form = idea(
    "models.modern_form",
    belief="LeNet is LeNet: ReLU and max pooling, as everyone builds it.",
    hint="This question asks for the paper's form. Two kinds of layers are others: which?",
    lecture=LENET,
)
no_softmax = idea(
    "models.softmax_missing",
    belief="The last dense layer gives the probabilities.",
    hint="Add up the ten outputs of one image: do they make 1? What turns ten numbers into ten probabilities?",
    lecture=TYPICAL,
)
softmax_twice = idea(
    "models.softmax_twice",
    belief="A softmax more can't hurt: probabilities stay probabilities.",
    hint="Softmax of probabilities, which all lie between 0 and 1, is almost the same for every class. Use it once.",
    lecture=TYPICAL,
)
sigmoid_output = idea(
    "models.sigmoid_output",
    belief="Each output unit is a probability of its own: sigmoid.",
    hint="An image shows one digit only, so the ten probabilities add up to 1. Which activation sees all ten?",
    lecture=TYPICAL,
)
linear = settings(*HIDDEN, activation="linear")
computes(no_activation, linear, *BOTH)
computes(linear_convolutions, settings("C1", "C3", activation="linear"), *BOTH)
computes(linear_dense, settings("C5", "F6", activation="linear"), *BOTH)
computes(tanh_for_relu, settings(*HIDDEN, activation="tanh"), "lenet_same")
computes(relu_for_tanh, settings(*HIDDEN, activation="relu"), "lenet_valid")
computes(average_for_max, kinds(MaxPooling2D="AveragePooling2D"), "lenet_same")
computes(max_for_average, kinds(AveragePooling2D="MaxPooling2D"), "lenet_valid")
computes(
    form_of_1998,
    both(settings(*HIDDEN, activation="tanh"), kinds(MaxPooling2D="AveragePooling2D")),
    "lenet_same",
)
computes(
    modern_form,
    both(settings(*HIDDEN, activation="relu"), kinds(AveragePooling2D="MaxPooling2D")),
    "lenet_valid",
)
computes(no_softmax, settings("output", activation="linear"), *BOTH)
computes(softmax_twice, after("output", layer("Softmax", name="again")), *BOTH)
computes(sigmoid_output, settings("output", activation="sigmoid"), *BOTH)

# What they are made of --------------------------------------------------------------------------------------

valid_for_same = idea(
    "models.valid_for_same",
    belief="A convolution that says nothing about padding keeps the size.",
    hint='Keras\'s default is "valid", which loses a border. What does the question say about C1?',
    lecture=PADDING,
)
same_for_valid = idea(
    "models.same_for_valid",
    belief="C1 is padded.",
    hint="Here the image brings its own frame of 32×32, and nothing is padded.",
    lecture=PADDING,
)
padded_everywhere = idea(
    "models.padded_everywhere",
    belief="Both convolutions are padded.",
    hint="C3 never is: its maps lose four rows and four columns. Look at the shapes in `model.summary()`.",
    lecture=PADDING,
)
no_biases = idea(
    "models.biases_off",
    belief="The layers have no biases.",
    hint="Each kernel and each unit has one: leave `use_bias` as it is.",
    lecture=COUNTING,
)
dense_missing = idea(
    "models.dense_missing",
    belief="One hidden dense layer is enough between the maps and the output.",
    hint="Compare `model.summary()` with the table line by line: C5 and F6 both stand before the output.",
    lecture=LENET,
)
dense_too_many = idea(
    "models.flat_is_a_layer",
    belief="The flattened row is a dense layer as well.",
    hint="`flat` has no weights: it only writes the maps in one row. `layers.Flatten()` does it.",
    lecture=LENET,
)
pooling_missing = idea(
    "models.second_pooling_missing",
    belief="The maps of C3 go straight to the dense layers.",
    hint="How large are the maps before and after S4? And how many inputs has C5 then?",
    lecture=TYPICAL,
)
kernels_of_three = idea(
    "models.kernels_of_three",
    belief="Kernels are 3×3.",
    hint="They are in most networks today. What does the table say?",
    lecture=LENET,
)
has_other_layers(valid_for_same, settings("C1", padding="valid"), "lenet_same")
has_other_layers(same_for_valid, settings("C1", padding="same"), "lenet_valid")
has_other_layers(padded_everywhere, settings("C1", "C3", padding="same"), *BOTH)
has_other_layers(no_biases, settings(*HIDDEN, "output", use_bias=False), *BOTH)
has_other_layers(dense_missing, without("F6"), *BOTH)
has_other_layers(dense_too_many, after("flatten", layer("Dense", name="row", units=400)), *BOTH)
has_other_layers(pooling_missing, without("S4"), *BOTH)
has_other_layers(kernels_of_three, settings("C1", "C3", kernel_size=[3, 3]), *BOTH)


# Sizes and counts -------------------------------------------------------------------------------------------

other_padding = idea(
    "lenet.padding_ignored",
    belief="C1 loses four rows and columns, whatever the padding.",
    hint='With "same" padding a convolution at stride 1 gives as many rows as it takes.',
    lecture=PADDING,
)
padding_on_both = idea(
    "lenet.padding_on_both",
    belief="The padding that is asked about is that of both convolutions.",
    hint="It is C1's alone; C3 is always valid.",
    lecture=EXERCISE,
)
rounded_up = idea(
    "lenet.pooling_rounds_up",
    belief="An odd row gets a pooling window of its own.",
    hint="Half a window is none: Keras leaves the last odd row out.",
    lecture=EXERCISE,
)
square = idea(
    "lenet.square_image",
    belief="Images are square, so the width is the height.",
    hint="Try an image that is wider than high: the two sizes go their own ways.",
    lecture=EXERCISE,
)
bias_forgotten = idea(
    "lenet.bias_forgotten",
    belief="A layer's parameters are the weights of its kernels.",
    hint="Each kernel, each unit, has one more number, which it adds at the end.",
    lecture=COUNTING,
)
bias_always = idea(
    "lenet.bias_always",
    belief="A layer always has biases.",
    hint="What should `use_bias=False` change?",
    lecture=COUNTING,
)
channels_forgotten = idea(
    "lenet.channels_forgotten",
    belief="A kernel of k×k has k·k weights.",
    hint="It spans every channel of its input: k·k weights for each of them.",
    lecture="Lecture 1, Convolutional operation: volumes",
)
bias_per_channel = idea(
    "lenet.bias_per_channel",
    belief="There is a bias for every pair of input channel and kernel.",
    hint="The products of all channels are added up, and then one bias is added, one for each kernel.",
    lecture=COUNTING,
)
bias_per_input = idea(
    "lenet.bias_per_input",
    belief="Every input of a dense layer has a bias.",
    hint="The bias is added to the sum that a unit makes: how many sums are there?",
    lecture=BLOCKS,
)
total_without_biases = idea(
    "lenet.total_of_another_padding",
    belief="The padding changes no count: it has no parameters.",
    hint="It has none itself, but C5 has a weight for every pixel that arrives: how many do?",
    lecture=EXERCISE,
)


def _sizes(
    height: int, width: int, c1: int, c3: int, halved: Callable[[int], int]
) -> dict[str, tuple[int, ...]]:
    """The reference with so many rows lost in C1 and C3 and another way to halve."""
    first = (height - c1, width - c1)
    second = tuple(halved(n) for n in first)
    third = tuple(n - c3 for n in second)
    fourth = tuple(halved(n) for n in third)
    maps = {
        "image": (height, width, 1),
        "C1": (*first, 6),
        "S2": (*second, 6),
        "C3": (*third, 16),
        "S4": (*fourth, 16),
    }
    return maps | {"flat": (fourth[0] * fourth[1] * 16,), "C5": (120,), "F6": (84,), "output": (10,)}


def _lost(padding: str) -> int:
    return 4 if padding == "valid" else 0


@other_padding.answers_to("lenet_activation_sizes")
def _(height: int, width: int, padding: str) -> Any:
    return lenet_activation_sizes(height, width, "valid")


@padding_on_both.answers_to("lenet_activation_sizes")
def _(height: int, width: int, padding: str) -> Any:
    return _sizes(height, width, _lost(padding), _lost(padding), lambda n: n // 2)


@rounded_up.answers_to("lenet_activation_sizes")
def _(height: int, width: int, padding: str) -> Any:
    return _sizes(height, width, _lost(padding), 4, lambda n: -(-n // 2))


@square.answers_to("lenet_activation_sizes")
def _(height: int, width: int, padding: str) -> Any:
    return lenet_activation_sizes(height, height, padding)


@bias_forgotten.answers_to("conv_parameters")
def _(kernel_size: Any, in_channels: int, filters: int, use_bias: bool = True) -> int:
    return conv_parameters(kernel_size, in_channels, filters, use_bias=False)


@bias_always.answers_to("conv_parameters")
def _(kernel_size: Any, in_channels: int, filters: int, use_bias: bool = True) -> int:
    return conv_parameters(kernel_size, in_channels, filters)


@channels_forgotten.answers_to("conv_parameters")
def _(kernel_size: Any, in_channels: int, filters: int, use_bias: bool = True) -> int:
    return conv_parameters(kernel_size, 1, filters, use_bias)


@bias_per_channel.answers_to("conv_parameters")
def _(kernel_size: Any, in_channels: int, filters: int, use_bias: bool = True) -> int:
    return in_channels * conv_parameters(kernel_size, 1, filters, use_bias)


@bias_forgotten.answers_to("dense_parameters")
def _(inputs: int, units: int, use_bias: bool = True) -> int:
    return dense_parameters(inputs, units, use_bias=False)


@bias_always.answers_to("dense_parameters")
def _(inputs: int, units: int, use_bias: bool = True) -> int:
    return dense_parameters(inputs, units)


@bias_per_input.answers_to("dense_parameters")
def _(inputs: int, units: int, use_bias: bool = True) -> int:
    return inputs * units + (inputs if use_bias else 0)


def _totalled(counts: Mapping[str, int]) -> dict[str, int]:
    layers = {name: count for name, count in counts.items() if name != "total"}
    return layers | {"total": sum(layers.values())}


@bias_forgotten.answers_to("lenet_parameters")
def _(height: int, width: int, padding: str) -> Any:
    biases = {"C1": 6, "C3": 16, "C5": 120, "F6": 84, "output": 10}
    return _totalled(
        {name: n - biases.get(name, 0) for name, n in lenet_parameters(height, width, padding).items()}
    )


@channels_forgotten.answers_to("lenet_parameters")
def _(height: int, width: int, padding: str) -> Any:
    return _totalled(lenet_parameters(height, width, padding) | {"C3": conv_parameters(5, 1, 16)})


@total_without_biases.answers_to("lenet_parameters")
def _(height: int, width: int, padding: str) -> Any:
    return lenet_parameters(height, width, "valid")


@square.answers_to("lenet_parameters")
def _(height: int, width: int, padding: str) -> Any:
    return lenet_parameters(height, height, padding)


# Judging a trained network ----------------------------------------------------------------------------------

percent = idea(
    "accuracy.percent",
    belief="An accuracy is a percentage.",
    hint="The function is to return a share from 0 to 1; `:.1%` makes a percentage of it when you print it.",
    lecture=ERRORS,
)
count = idea(
    "accuracy.count",
    belief="The accuracy is how many images are right.",
    hint="How many of how many? `np.mean` of a comparison is the share of True.",
    lecture=ERRORS,
)
soft = idea(
    "accuracy.mean_probability",
    belief="The accuracy is the mean probability of the right class.",
    hint="An image counts 1 if its largest probability is the label's, else 0, however sure the network was.",
    lecture=ERRORS,
)
error_rate = idea(
    "accuracy.error_rate",
    belief="The share of images that are wrong is asked for.",
    hint="That is the error rate. Accuracy and error rate add up to 1.",
    lecture=ERRORS,
)
transposed = idea(
    "confusion.transposed",
    belief="Rows are predictions, columns are labels.",
    hint="Entry (i, j) counts images of class i: the label picks the row.",
    lecture=ERRORS,
)
once = idea(
    "confusion.repeats_counted_once",
    belief="`counts[labels, predictions] += 1` adds one for each image.",
    hint="With index arrays, NumPy reads all places, adds 1, and writes once: a pair that occurs twice counts once. "
    "`np.add.at`, or a loop, counts each.",
    lecture=ERRORS,
)
shares = idea(
    "confusion.rows_as_shares",
    belief="Each row adds up to 1.",
    hint="Here the entries are counts, whole numbers; dividing each row by its sum comes later, if at all.",
    lecture=ERRORS,
)


@percent.answers_to("accuracy")
def _(probabilities: Any, labels: Any) -> float:
    return 100 * accuracy(probabilities, labels)


@count.answers_to("accuracy")
def _(probabilities: Any, labels: Any) -> float:
    return len(labels) * accuracy(probabilities, labels)


@soft.answers_to("accuracy")
def _(probabilities: Any, labels: Any) -> float:
    return float(np.mean(probabilities[np.arange(len(labels)), labels]))


@error_rate.answers_to("accuracy")
def _(probabilities: Any, labels: Any) -> float:
    return 1 - accuracy(probabilities, labels)


@transposed.answers_to("confusion_matrix")
def _(labels: Any, predictions: Any, classes: int = 10) -> Any:
    return confusion_matrix(predictions, labels, classes)


@once.answers_to("confusion_matrix")
def _(labels: Any, predictions: Any, classes: int = 10) -> Any:
    return np.minimum(confusion_matrix(labels, predictions, classes), 1)


@shares.answers_to("confusion_matrix")
def _(labels: Any, predictions: Any, classes: int = 10) -> Any:
    counts = confusion_matrix(labels, predictions, classes)
    return counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)


# The border -------------------------------------------------------------------------------------------------

every_pixel_alike = idea(
    "border.every_pixel_alike",
    belief="Each tap of the kernel meets each pixel once.",
    hint="Is there a window whose last tap lies on the very first pixel? It would have to begin outside the image.",
    lecture=PADDING,
)
paddings_exchanged = idea(
    "border.paddings_exchanged",
    belief="Without padding there is a window for every pixel.",
    hint='With "same" there is one: it is centred on the pixel and may stick out. With "valid" none sticks out.',
    lecture=PADDING,
)
one_axis = idea(
    "border.axes_added",
    belief="Rows and columns each add their windows.",
    hint="Every choice of rows goes with every choice of columns: add or multiply?",
    lecture=PADDING,
)


@every_pixel_alike.answers_to("pixel_uses")
def _(size: int, kernel_size: int, padding: str) -> Any:
    return np.full((size, size), kernel_size**2)


@paddings_exchanged.answers_to("pixel_uses")
def _(size: int, kernel_size: int, padding: str) -> Any:
    return pixel_uses(size, kernel_size, "same" if padding == "valid" else "valid")


@one_axis.answers_to("pixel_uses")
def _(size: int, kernel_size: int, padding: str) -> Any:
    along = np.sqrt(np.diag(pixel_uses(size, kernel_size, padding))).round().astype(int)
    return along[:, None] + along
