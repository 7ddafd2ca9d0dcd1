"""Wrong ideas about a first layer both ways, and about the windows of an image as the rows of a matrix."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.misconceptions.idea import idea, padded, symmetric_zeros, zeros_of
from grader.misconceptions.right import (
    conv2d_backward,
    conv2d_forward,
    first_layer,
    im2col,
    relu_backward,
    relu_forward,
)

EXERCISE = "Lecture 1, Exercise (optional): forward and backward pass of the first convolutional layer"
BLOCKS = "Lecture 1, Convolutional building blocks"
VOLUMES = "Lecture 1, Convolutional operation: volumes"
PADDING = "Lecture 2, Convolutional layer parameters: padding"
STRIDE = "Lecture 2, Convolutional layer parameters: stride"

# The first layer --------------------------------------------------------------------------------------------

straight_back = idea(
    "faster.gradient_past_the_relu",
    belief="The gradient goes back through the convolution; the ReLU has no weights and needs no step.",
    hint="Set one value before the ReLU to -1, and move it a little: does the output notice?",
    lecture=EXERCISE,
)
no_relu = idea(
    "faster.relu_left_out",
    belief="The first layer is its convolution.",
    hint="Lecture 1 draws what follows the sum and the bias. What may an activation never be here?",
    lecture=BLOCKS,
)
mask_of_dout = idea(
    "faster.relu_of_the_gradient",
    belief="Backwards, ReLU cuts off the gradient's own negative numbers.",
    hint="A gradient may be negative. Which numbers decide what passed: those on the way there, or those on the way back?",
    lecture=EXERCISE,
)
unmasked_bias = idea(
    "faster.bias_past_the_relu",
    belief="The bias's gradient is the sum of `dout`.",
    hint="The bias stands before the ReLU: which of the sums that it is part of got through?",
    lecture=EXERCISE,
)


@straight_back.answers_to("first_layer")
def _(x: Any, w: Any, b: Any, dout: Any) -> Any:
    return first_layer(x, w, b, dout)[0], *conv2d_backward(dout, x, w, padding="same")


@no_relu.answers_to("first_layer")
def _(x: Any, w: Any, b: Any, dout: Any) -> Any:
    return conv2d_forward(x, w, b, padding="same"), *conv2d_backward(dout, x, w, padding="same")


@mask_of_dout.answers_to("first_layer")
def _(x: Any, w: Any, b: Any, dout: Any) -> Any:
    return first_layer(x, w, b, dout)[0], *conv2d_backward(relu_forward(dout), x, w, padding="same")


@unmasked_bias.answers_to("first_layer")
def _(x: Any, w: Any, b: Any, dout: Any) -> Any:
    out, dx, dw, _ = first_layer(x, w, b, dout)
    return out, dx, dw, dout.sum(axis=(0, 1, 2))


after_relu = idea(
    "faster.gradient_of_the_output",
    belief="What comes back is passed on where it meets the layer's output: the two are multiplied.",
    hint="For one number: out = max(z, 0). What is its slope where z is 3? Is it 3?",
    lecture=EXERCISE,
)


@after_relu.answers_to("first_layer")
def _(x: Any, w: Any, b: Any, dout: Any) -> Any:
    before = conv2d_forward(x, w, b, padding="same")
    back = relu_backward(dout, before) * before
    return relu_forward(before), *conv2d_backward(back, x, w, padding="same")


# Windows as rows --------------------------------------------------------------------------------------------

channels_outside = idea(
    "faster.channels_before_pixels",
    belief="A row holds the window of the first channel, then that of the second.",
    hint="The row must meet `w.reshape(-1, K)`. In which order does that run through (KH, KW, C)?",
    lecture=VOLUMES,
)
no_zeros = idea(
    "faster.windows_without_zeros",
    belief="The windows are those of the image; padding is the convolution's affair.",
    hint="After im2col there is no image left to pad. How many rows must the matrix have?",
    lecture=PADDING,
)
same_on_both_sides = idea(
    "faster.windows_padded_evenly",
    belief="`same` puts as many zeros before as after.",
    hint="Question 2 had a rule for an odd number of zeros. On which side is the one more?",
    lecture=PADDING,
)
every_window = idea(
    "faster.strides_ignored",
    belief="The matrix has a row for each window that fits; strides only choose among the products.",
    hint="Count the rows: one for each number of the feature map.",
    lecture=STRIDE,
)
columns_first = idea(
    "faster.windows_down_columns",
    belief="Windows are taken down the columns of the image, one column after the other.",
    hint="The product is reshaped to (N, OH, OW, K): which index moves faster, the row's or the column's?",
    lecture=VOLUMES,
)
pixels_down_columns = idea(
    "faster.pixels_down_columns",
    belief="Inside a window the pixels are read down its columns.",
    hint="The row must meet `w.reshape(-1, K)`. Which index of the kernel moves faster there, row or column?",
    lecture=VOLUMES,
)
windows_as_columns = idea(
    "faster.windows_as_columns",
    belief="Each window is a column of the matrix, as the name says.",
    hint="The name is older than this course's layout. Which shape does the question give?",
    lecture=VOLUMES,
)
images_inside = idea(
    "faster.images_fastest",
    belief="The same window of all images comes first, then the next window.",
    hint="The product is reshaped to (N, OH, OW, K): is the image the slowest index or the fastest?",
    lecture=VOLUMES,
)


def windows(x: Any, kernel_size: int, strides: int, padding: str) -> np.ndarray:
    """The rows of `im2col` as (N, OH, OW, KH, KW, C)."""
    rows = im2col(x, kernel_size, strides, padding)
    top, left = zeros_of(x.shape, kernel_size, strides, padding)
    high = (x.shape[1] + sum(top) - kernel_size) // strides + 1
    wide = (x.shape[2] + sum(left) - kernel_size) // strides + 1
    return rows.reshape(len(x), high, wide, kernel_size, kernel_size, x.shape[3])


def as_rows(parts: np.ndarray) -> np.ndarray:
    return parts.reshape(-1, int(np.prod(parts.shape[3:])))


def in_order(axes: tuple[int, ...]) -> Any:
    """The same numbers with the axes (N, OH, OW, KH, KW, C) in another order."""

    def answer(x: Any, kernel_size: Any, strides: int = 1, padding: str = "valid") -> Any:
        return as_rows(windows(x, kernel_size, strides, padding).transpose(axes))

    return answer


channels_outside.answers_to("im2col")(in_order((0, 1, 2, 5, 3, 4)))
columns_first.answers_to("im2col")(in_order((0, 2, 1, 3, 4, 5)))
pixels_down_columns.answers_to("im2col")(in_order((0, 1, 2, 4, 3, 5)))
images_inside.answers_to("im2col")(in_order((1, 2, 0, 3, 4, 5)))


@no_zeros.answers_to("im2col")
def _(x: Any, kernel_size: Any, strides: int = 1, padding: str = "valid") -> Any:
    return im2col(x, kernel_size, strides)


@same_on_both_sides.answers_to("im2col")
def _(x: Any, kernel_size: Any, strides: int = 1, padding: str = "valid") -> Any:
    return im2col(padded(x, symmetric_zeros(kernel_size, padding)), kernel_size, strides)


@every_window.answers_to("im2col")
def _(x: Any, kernel_size: Any, strides: int = 1, padding: str = "valid") -> Any:
    return im2col(x, kernel_size, 1, padding)


@windows_as_columns.answers_to("im2col")
def _(x: Any, kernel_size: Any, strides: int = 1, padding: str = "valid") -> Any:
    return im2col(x, kernel_size, strides, padding).T
