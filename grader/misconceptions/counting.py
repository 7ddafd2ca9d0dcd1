"""Wrong ideas about sizes and counts of LeNet, about how a trained network is judged, and about the border."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from grader.misconceptions.idea import idea, pair
from grader.misconceptions.right import (
    accuracy,
    confusion_matrix,
    conv_parameters,
    dense_parameters,
    lenet_activation_sizes,
    lenet_parameters,
    pixel_uses,
    shifted,
)

EXERCISE = "Lecture 1, Exercise: the activation size and the number of parameters of LeNet"
COUNTING = "Lecture 1, Number of parameters to learn in a convolutional layer"
BLOCKS = "Lecture 1, Convolutional building blocks"
SIZE = "Lecture 1, Size of the feature map"
SHARING = "Lecture 1, Motivation: weight sharing"
POOLING = "Lecture 2, Types of pooling"
PADDING = "Lecture 2, Convolutional layer parameters: padding"
ERRORS = "Lecture 2, Reference challenge"

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
sizes_exchanged = idea(
    "lenet.height_width_exchanged",
    belief="Width comes first: an activation is (width, height, channels).",
    hint="An image of 28 rows and 32 columns is (28, 32, 1). Which of the function's arguments is which?",
    lecture=EXERCISE,
)
plus_one_forgotten = idea(
    "lenet.plus_one_forgotten",
    belief="A kernel of 5 takes 5 rows away.",
    hint="On a row of 5 pixels, how many windows of 5 are there: none, or one?",
    lecture=SIZE,
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
square_kernel = idea(
    "lenet.square_kernel",
    belief="A kernel is as wide as it is high.",
    hint="`kernel_size` may be a pair, such as (1, 3). How many weights has a kernel of one row and three columns?",
    lecture=COUNTING,
)
weights_per_position = idea(
    "lenet.parameters_per_position",
    belief="Each position of the map has its own kernel.",
    hint="A kernel slides: the same weights meet every position. Does a larger image need more of them?",
    lecture=SHARING,
)
bias_per_pixel = idea(
    "lenet.bias_per_pixel",
    belief="Each pixel of a map has a bias of its own.",
    hint="A map has one kernel, and the kernel one bias, which it adds at every position.",
    lecture=COUNTING,
)
pooling_counted = idea(
    "lenet.pooling_has_parameters",
    belief="A pooling layer has parameters too.",
    hint="What would it learn? A maximum, or a mean, has nothing to choose; in the paper a scale and a shift followed, "
    "which no layer of this question has.",
    lecture=POOLING,
)
padding_without_effect = idea(
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


@sizes_exchanged.answers_to("lenet_activation_sizes")
def _(height: int, width: int, padding: str) -> Any:
    return lenet_activation_sizes(width, height, padding)


@plus_one_forgotten.answers_to("lenet_activation_sizes")
def _(height: int, width: int, padding: str) -> Any:
    return _sizes(height, width, 5 if padding == "valid" else 0, 5, lambda n: n // 2)


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


@square_kernel.answers_to("conv_parameters")
def _(kernel_size: Any, in_channels: int, filters: int, use_bias: bool = True) -> int:
    return conv_parameters(pair(kernel_size)[0], in_channels, filters, use_bias)


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


def _maps(height: int, width: int, padding: str) -> dict[str, int]:
    """How many positions the maps of each convolution have."""
    sizes = lenet_activation_sizes(height, width, padding)
    return {name: sizes[name][0] * sizes[name][1] for name in ("C1", "C3")}


@weights_per_position.answers_to("lenet_parameters")
def _(height: int, width: int, padding: str) -> Any:
    counts = lenet_parameters(height, width, padding)
    return _totalled(counts | {name: counts[name] * n for name, n in _maps(height, width, padding).items()})


@bias_per_pixel.answers_to("lenet_parameters")
def _(height: int, width: int, padding: str) -> Any:
    counts, filters = lenet_parameters(height, width, padding), {"C1": 6, "C3": 16}
    positions = _maps(height, width, padding)
    return _totalled(
        counts | {name: counts[name] + maps * (positions[name] - 1) for name, maps in filters.items()}
    )


def _per_map(parameters: int) -> None:
    @pooling_counted.answers_to("lenet_parameters")
    def _(height: int, width: int, padding: str) -> Any:
        counts = lenet_parameters(height, width, padding)
        return counts | {"total": counts["total"] + parameters * (6 + 16)}


for _parameters in (2, 1, 4, 5):  # a scale and a shift; a bias; a kernel of 2×2 without and with its bias
    _per_map(_parameters)


@padding_without_effect.answers_to("lenet_parameters")
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


# Moving images ----------------------------------------------------------------------------------------------

TRANSLATION = "Lecture 1, Motivation: loss of spatial information"

comes_back = idea(
    "shift.comes_back_at_the_other_side",
    belief="What leaves the image on one side comes in on the other: `np.roll` does it.",
    hint="Move a picture with ink in its last row down by one. What should the first row hold?",
    lecture=TRANSLATION,
)
other_way = idea(
    "shift.other_direction",
    belief="A positive number moves the frame, so the picture goes up and to the left.",
    hint="Row 0 is the upper one. Where does a pixel of row 0 lie after a move down by 1?",
    lecture=TRANSLATION,
)
axes_exchanged = idea(
    "shift.axes_exchanged",
    belief="The first of the axes H and W is the horizontal one.",
    hint="(N, H, W, C): which of its indices counts rows, and which way does a row's number grow?",
    lecture=TRANSLATION,
)
edge_repeated = idea(
    "shift.edge_repeated",
    belief="What comes in continues the picture's edge.",
    hint="The question says what comes in. The paper around a digit is 0, and so is what lies beyond it.",
    lecture=TRANSLATION,
)
only_one_way = idea(
    "shift.negative_means_none",
    belief="A shift is a number of pixels, so a negative one is none.",
    hint="What does the question say about negative numbers?",
    lecture=TRANSLATION,
)


@comes_back.answers_to("shifted")
def _(images: Any, down: int, right: int) -> Any:
    return np.roll(images, (down, right), axis=(1, 2))


@other_way.answers_to("shifted")
def _(images: Any, down: int, right: int) -> Any:
    return shifted(images, -down, -right)


@axes_exchanged.answers_to("shifted")
def _(images: Any, down: int, right: int) -> Any:
    return shifted(images, right, down)


@edge_repeated.answers_to("shifted")
def _(images: Any, down: int, right: int) -> Any:
    (high, wide), rows, columns = images.shape[1:3], abs(down), abs(right)
    framed = np.pad(images, ((0, 0), (rows, rows), (columns, columns), (0, 0)), mode="edge")
    return framed[:, rows - down :, columns - right :][:, :high, :wide]


@only_one_way.answers_to("shifted")
def _(images: Any, down: int, right: int) -> Any:
    return shifted(images, max(down, 0), max(right, 0))
