"""Wrong ideas about what a picture shows, what stands at a network's end, and what a lecture says."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from grader.misconceptions import conv, shapes
from grader.misconceptions.amounts import side_of_kernel
from grader.misconceptions.idea import idea
from grader.misconceptions.right import (
    average_tap,
    cross_entropy,
    input_values,
    kernel_taps,
    output_layer,
    which_operation,
    window_sum,
)

STRIDE = "Lecture 5, Stride and dilation"
PICTURES = "Lecture 5, Stride and dilation: exercise"
BANDIT = "Lecture 5, Exercise: multi-armed bandit"
ENTROPY = "Lecture 5, Multiclass classification"
DIMENSION = "Lecture 5, What makes images different: high dimensionality"
AVERAGE = "Lecture 2, Putting it all together"

# Which operation made this picture --------------------------------------------------------------------------

reach_for_size = idea(
    "pictures.reach_for_size",
    belief="A dilated kernel of 3 is a kernel of 5.",
    hint="How many numbers does it multiply? The size counts taps; the gaps between them are the dilation.",
    lecture=PICTURES,
)
other_pooling = idea(
    "pictures.other_pooling",
    belief="It is the other kind of pooling.",
    hint="Take one window and its output: is that the largest of its numbers, or their mean?",
    lecture="Lecture 2, Pooling layer",
)
zeros_of_both = idea(
    "pictures.zeros_of_both_sides",
    belief="The padding is the zeros on both sides together.",
    hint="Here, as in lectures 1 and 4, p counts the zeros on one side.",
    lecture=shapes.SIZE,
)
gap_for_stride = idea(
    "pictures.skipped_pixels_for_stride",
    belief="The stride is how many pixels are skipped.",
    hint="A window that moves by one pixel skips none, and has stride 1.",
    lecture=STRIDE,
)
stride_for_dilation = idea(
    "pictures.stride_and_dilation_exchanged",
    belief="The stride is the distance of the taps, the dilation that of the windows.",
    hint="Look at one window: the distance of its taps is the dilation. Look at the next one: how far has it moved?",
    lecture=STRIDE,
)


@reach_for_size.answers_to("which_operation")
def _(*picture: Any) -> Any:
    word, size, strides, dilation, zeros = which_operation(*picture)
    return word, shapes.span(size, dilation), strides, 1, zeros


@other_pooling.answers_to("which_operation")
def _(*picture: Any) -> Any:
    word, *rest = which_operation(*picture)
    other = {"max pooling": "average pooling", "average pooling": "max pooling"}
    return other.get(word, word), *rest


@zeros_of_both.answers_to("which_operation")
def _(*picture: Any) -> Any:
    *rest, zeros = which_operation(*picture)
    return *rest, 2 * zeros


@gap_for_stride.answers_to("which_operation")
def _(*picture: Any) -> Any:
    word, size, strides, dilation, zeros = which_operation(*picture)
    return word, size, strides - 1, dilation, zeros


@stride_for_dilation.answers_to("which_operation")
def _(*picture: Any) -> Any:
    word, size, strides, dilation, zeros = which_operation(*picture)
    return word, size, dilation, strides, zeros


# The last layer, and its loss -------------------------------------------------------------------------------

numbers_are_regression = idea(
    "head.numbers_mean_regression",
    belief="The rewards are numbers, so it is regression.",
    hint="Can the machine pay 57? Where only some values can occur, each of them is a class.",
    lecture=BANDIT,
)
softmax_for_two = idea(
    "head.yes_or_no_needs_softmax",
    belief="A classifier has a unit for each class, always.",
    hint="For a yes or no, one probability says both. Which activation makes a probability of one number?",
    lecture=ENTROPY,
)
sigmoid_for_many = idea(
    "head.sigmoid_for_each_class",
    belief="Each class has its own yes or no.",
    hint="Then the probabilities needn't add up to 1. Exactly one of these classes is right: what makes them share?",
    lecture=ENTROPY,
)
squares = idea(
    "head.squared_error_of_probabilities",
    belief="Mean squared error is the loss of every network.",
    hint="What does the lecture take the logarithm of?",
    lecture=ENTROPY,
)
one_class = idea(
    "head.one_unit_for_the_class",
    belief="The network answers with the number of the class: one unit.",
    hint="A class is no quantity: class 2 isn't twice class 1. How many probabilities are there to give?",
    lecture=ENTROPY,
)


@numbers_are_regression.answers_to("output_layer")
def _(kind: str, count: int) -> Any:
    if kind != "one of":
        return output_layer(kind, count)
    return output_layer("numbers", 1)


@softmax_for_two.answers_to("output_layer")
def _(kind: str, count: int) -> Any:
    return output_layer("one of", 2) if kind == "yes or no" else output_layer(kind, count)


@sigmoid_for_many.answers_to("output_layer")
def _(kind: str, count: int) -> Any:
    task, units, activation, loss = output_layer(kind, count)
    return (
        (task, units, "sigmoid", "binary cross-entropy")
        if kind == "one of"
        else (task, units, activation, loss)
    )


@squares.answers_to("output_layer")
def _(kind: str, count: int) -> Any:
    return *output_layer(kind, count)[:3], "mean squared error"


@one_class.answers_to("output_layer")
def _(kind: str, count: int) -> Any:
    task, units, *rest = output_layer(kind, count)
    return task, 1 if kind == "one of" else units, *rest


entropy_sum = idea(
    "entropy.sum_for_mean",
    belief="The losses of the examples are added up.",
    hint="The lecture's formula begins with 1/n.",
    lecture=ENTROPY,
)
entropy_sign = idea(
    "entropy.sign_forgotten",
    belief="The loss is the mean logarithm of the probabilities.",
    hint="The logarithm of a probability is negative. A loss of 0 should be the best, and others larger.",
    lecture=ENTROPY,
)
entropy_base = idea(
    "entropy.another_logarithm",
    belief="The logarithm has base 2 or 10.",
    hint="`np.log` is the natural one, and the one that every library takes.",
    lecture=ENTROPY,
)
entropy_probability = idea(
    "entropy.no_logarithm",
    belief="The loss is what is missing to 1 at the right class.",
    hint="Who gives the right class 0.001 should pay far more than who gives it 0.01: look at the formula.",
    lecture=ENTROPY,
)
entropy_all = idea(
    "entropy.every_class_counts",
    belief="The logarithms of all classes are added up.",
    hint="In the formula each of them is multiplied by y_k, and y is 1 at one class only.",
    lecture=ENTROPY,
)


@entropy_sum.answers_to("cross_entropy")
def _(probabilities: Any, classes: Any) -> float:
    return len(classes) * cross_entropy(probabilities, classes)


@entropy_sign.answers_to("cross_entropy")
def _(probabilities: Any, classes: Any) -> float:
    return -cross_entropy(probabilities, classes)


def _in_base(base: float) -> None:
    @entropy_base.answers_to("cross_entropy")
    def _(probabilities: Any, classes: Any) -> float:
        return cross_entropy(probabilities, classes) / math.log(base)


for _base in (2, 10):
    _in_base(_base)


@entropy_probability.answers_to("cross_entropy")
def _(probabilities: Any, classes: Any) -> float:
    return float(np.mean(1 - probabilities[np.arange(len(classes)), classes]))


@entropy_all.answers_to("cross_entropy")
def _(probabilities: Any, classes: Any) -> float:
    return float(-np.log(probabilities).sum(axis=1).mean())


# Statements of the lectures ---------------------------------------------------------------------------------

pixels_for_values = idea(
    "slips.pixels_for_values",
    belief="A pixel is one input.",
    hint="A pixel of a colour image has three values, and the network sees each of them.",
    lecture=DIMENSION,
)
about_right = idea(
    "slips.rounded",
    belief="Millions are exact enough.",
    hint="Here all digits are asked for: multiply it out.",
    lecture=DIMENSION,
)
ones_for_mean = idea(
    "slips.average_of_ones",
    belief="The kernel of average pooling is all ones.",
    hint="A kernel of ones adds the pixels up. The mean of four pixels is which part of their sum?",
    lecture=AVERAGE,
)
share_of_side = idea(
    "slips.share_of_one_side",
    belief="A window of 2 has weights of one half.",
    hint="The window is a square: how many pixels share?",
    lecture=AVERAGE,
)
last_for_count = idea(
    "slips.last_number_for_count",
    belief="What is numbered up to 9 are ten.",
    hint="A kernel of 3×3 is a square of weights: count them. Which number between the first and the last isn't used?",
    lecture="Lecture 4, Convolution operation: example",
)
upper_left = idea(
    "slips.window_begins_at_the_pixel",
    belief="The window of output (i, j) begins at pixel (i, j).",
    hint="With a border of zeros it is centred there.",
    lecture=shapes.PADDING,
)


@pixels_for_values.answers_to("input_values")
def _(height: int, width: int, channels: int) -> int:
    return input_values(height, width, 1)


@about_right.answers_to("input_values")
def _(height: int, width: int, channels: int) -> int:
    return input_values(height, width, channels) // 10**6 * 10**6


@ones_for_mean.answers_to("average_tap")
def _(pool_size: int) -> float:
    return pool_size**2 * average_tap(pool_size)


@share_of_side.answers_to("average_tap")
def _(pool_size: int) -> float:
    return pool_size * average_tap(pool_size)


@last_for_count.answers_to("kernel_taps")
def _(kernel_size: int) -> int:
    return kernel_taps(kernel_size) + 1


@side_of_kernel.answers_to("kernel_taps")
def _(kernel_size: int) -> int:
    return kernel_taps(kernel_size) // kernel_size


@upper_left.answers_to("window_sum")
def _(image: Any, kernel: Any, row: int, column: int) -> float:
    half = len(kernel) // 2
    return window_sum(np.pad(image, ((0, half), (0, half))), kernel, row + half, column + half)


@conv.flipped_kernel.answers_to("window_sum")
def _(image: Any, kernel: Any, row: int, column: int) -> float:
    return window_sum(image, kernel[::-1, ::-1], row, column)
