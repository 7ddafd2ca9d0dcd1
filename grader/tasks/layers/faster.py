"""A first layer both ways, and windows as the rows of a matrix."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from grader.cnnchecks.oracle import Rung
from grader.tasks.drawn import Case, Normal
from grader.tasks.layers.conv.layer import conv2d_backward, conv2d_forward
from grader.tasks.layers.relu import relu_backward, relu_forward
from grader.tasks.small import digits, signed
from grader.tasks.task import idea, task
from grader.tasks.windows import padded, symmetric_zeros, zeros_of
from kerasnets import numpy_layers
from kerasnets.numpy_layers import conv_output_size, same_padding

EXERCISE = "Lecture 1, Exercise (optional): forward and backward pass of the first convolutional layer"
BLOCKS = "Lecture 1, Convolutional building blocks"
VOLUMES = "Lecture 1, Convolutional operation: volumes"
PADDING = "Lecture 2, Convolutional layer parameters: padding"
STRIDE = "Lecture 2, Convolutional layer parameters: stride"
PARTS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        name: getattr(numpy_layers, name)
        for name in ("conv2d_forward", "conv2d_backward", "relu_forward", "relu_backward")
    }
)


@task(
    hidden={
        "plain": (
            Case(
                "Two images and six filters",
                (Normal((2, 9, 7, 1)), Normal((5, 5, 1, 6)), Normal((6,), mean=0.5), Normal((2, 9, 7, 6))),
            ),
            Case(
                "Three channels, a kernel of even size",
                (Normal((2, 6, 8, 3)), Normal((4, 4, 3, 2)), Normal((2,), mean=-0.5), Normal((2, 6, 8, 2))),
            ),
        ),
    },
    small=[
        Rung((signed(x), signed(w), b, digits((*x[:3], w[3]))))
        for x, w, b in (
            ((1, 1, 1, 1), (1, 1, 1, 1), np.array([-9.0])),
            ((1, 1, 2, 1), (1, 1, 1, 1), np.array([1.0])),
            ((1, 2, 2, 1), (2, 2, 1, 1), np.array([2.0])),
            ((1, 3, 3, 1), (3, 3, 1, 1), np.array([1.0])),
            ((2, 2, 2, 1), (1, 1, 1, 2), np.array([1.0, 2.0])),
            ((2, 3, 3, 2), (2, 2, 2, 2), np.array([1.0, 2.0])),
        )
    ],
    labels=("out", "dx", "dw", "db"),
    terms=lambda x, w, b, dout: max(w[:, :, 0].size, dout[..., 0].size),
    parts=PARTS,
)
def first_layer(
    x: np.ndarray,
    w: np.ndarray,
    b: np.ndarray,
    dout: np.ndarray,
    layers: Mapping[str, Callable[..., Any]] = PARTS,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """LeNet's first layer, a convolution with padding "same" and its ReLU, forwards and backwards: out, dx, dw, db.

    >>> x, w, b = np.ones((1, 2, 2, 1)), np.ones((1, 1, 1, 1)), np.array([-3.0])
    >>> [float(part.sum()) for part in first_layer(x, w, b, np.ones((1, 2, 2, 1)))]  # ReLU lets nothing through
    [0.0, 0.0, 0.0, 0.0]
    """
    before = layers["conv2d_forward"](x, w, b, padding="same")  # (N, H, W, K)
    gradients = layers["conv2d_backward"](layers["relu_backward"](dout, before), x, w, padding="same")
    return layers["relu_forward"](before), *gradients


WINDOWED = (((1, 2, 2, 1), 2), ((1, 2, 3, 1), 2), ((1, 3, 3, 1), 2), ((1, 2, 2, 2), 2), ((2, 2, 3, 1), 2))


@task(
    hidden={
        "valid": (
            Case("Several images and channels", (Normal((2, 6, 5, 3)), 3)),
            Case("A single channel", (Normal((2, 5, 7, 1)), 2)),
            Case("With strides", (Normal((2, 9, 8, 2)), 3, 2)),
        ),
        "same": (
            Case("Padding “same”", (Normal((2, 6, 5, 3)), 3), (("padding", "same"),)),
            Case("Padding “same” with strides", (Normal((2, 8, 7, 2)), 3, 2), (("padding", "same"),)),
            Case("A kernel of even size, “same”", (Normal((2, 5, 6, 2)), 4), (("padding", "same"),)),
        ),
    },
    small=[
        *[Rung((digits(x), k)) for x, k in WINDOWED],
        *[Rung((digits(x), k, s)) for x, k, s in (((1, 3, 3, 1), 1, 2), ((1, 4, 4, 1), 2, 2))],
        *[
            Rung((digits(x), k), {"padding": "same"})
            for x, k in (((1, 2, 2, 1), 2), ((1, 2, 2, 1), 3), ((1, 3, 2, 2), 2))
        ],
        *[Rung((digits(x), 3, 2), {"padding": "same"}) for x in ((1, 3, 3, 1), (1, 4, 4, 1))],
    ],
)
def im2col(x: np.ndarray, kernel_size: int, strides: int = 1, padding: str = "valid") -> np.ndarray:
    """Each window of x (N, H, W, C) as a row: (N·OH·OW, KH·KW·C), pixels by rows, channels fastest.

    >>> im2col(np.arange(9.0).reshape(1, 3, 3, 1), 2).tolist()[0]
    [0.0, 1.0, 3.0, 4.0]
    """
    n, height, width, channels = x.shape
    sides = [
        same_padding(size, kernel_size, strides) if padding == "same" else (0, 0) for size in (height, width)
    ]
    rows, columns = (conv_output_size(size, kernel_size, strides, padding) for size in (height, width))
    padded = np.pad(x, ((0, 0), *sides, (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (kernel_size, kernel_size), axis=(1, 2))
    windows = windows[:, ::strides, ::strides][:, :rows, :columns]  # (N, OH, OW, C, KH, KW)
    return windows.transpose(0, 1, 2, 4, 5, 3).reshape(n * rows * columns, kernel_size**2 * channels)


@first_layer.wrongly(
    idea(
        "faster.gradient_past_the_relu",
        belief="The gradient goes back through the convolution; the ReLU has no weights and needs no step.",
        hint="Set one value before the ReLU to -1, and move it a little: does the output notice?",
        lecture=EXERCISE,
    )
)
def straight_back(x: Any, w: Any, b: Any, dout: Any) -> Any:
    return first_layer(x, w, b, dout)[0], *conv2d_backward(dout, x, w, padding="same")


@first_layer.wrongly(
    idea(
        "faster.relu_left_out",
        belief="The first layer is its convolution.",
        hint="Lecture 1 draws what follows the sum and the bias. What may an activation never be here?",
        lecture=BLOCKS,
    )
)
def no_relu(x: Any, w: Any, b: Any, dout: Any) -> Any:
    return conv2d_forward(x, w, b, padding="same"), *conv2d_backward(dout, x, w, padding="same")


@first_layer.wrongly(
    idea(
        "faster.relu_of_the_gradient",
        belief="Backwards, ReLU cuts off the gradient's own negative numbers.",
        hint="A gradient may be negative. Which numbers decide what passed: those on the way there, or those on the way back?",
        lecture=EXERCISE,
    )
)
def mask_of_dout(x: Any, w: Any, b: Any, dout: Any) -> Any:
    return first_layer(x, w, b, dout)[0], *conv2d_backward(relu_forward(dout), x, w, padding="same")


@first_layer.wrongly(
    idea(
        "faster.bias_past_the_relu",
        belief="The bias's gradient is the sum of `dout`.",
        hint="The bias stands before the ReLU: which of the sums that it is part of got through?",
        lecture=EXERCISE,
    )
)
def unmasked_bias(x: Any, w: Any, b: Any, dout: Any) -> Any:
    out, dx, dw, _ = first_layer(x, w, b, dout)
    return out, dx, dw, dout.sum(axis=(0, 1, 2))


@first_layer.wrongly(
    idea(
        "faster.gradient_of_the_output",
        belief="What comes back is passed on where it meets the layer's output: the two are multiplied.",
        hint="For one number: out = max(z, 0). What is its slope where z is 3? Is it 3?",
        lecture=EXERCISE,
    )
)
def after_relu(x: Any, w: Any, b: Any, dout: Any) -> Any:
    before = conv2d_forward(x, w, b, padding="same")
    back = relu_backward(dout, before) * before
    return relu_forward(before), *conv2d_backward(back, x, w, padding="same")


channels_outside = idea(
    "faster.channels_before_pixels",
    belief="A row holds the window of the first channel, then that of the second.",
    hint="The row must meet `w.reshape(-1, K)`. In which order does that run through (KH, KW, C)?",
    lecture=VOLUMES,
)


def as_rows(parts: np.ndarray) -> np.ndarray:
    return parts.reshape(-1, int(np.prod(parts.shape[3:])))


def windows(x: Any, kernel_size: int, strides: int, padding: str) -> np.ndarray:
    """The rows of `im2col` as (N, OH, OW, KH, KW, C)."""
    rows = im2col(x, kernel_size, strides, padding)
    top, left = zeros_of(x.shape, kernel_size, strides, padding)
    high = (x.shape[1] + sum(top) - kernel_size) // strides + 1
    wide = (x.shape[2] + sum(left) - kernel_size) // strides + 1
    return rows.reshape(len(x), high, wide, kernel_size, kernel_size, x.shape[3])


def in_order(axes: tuple[int, ...]) -> Any:
    """The same numbers with the axes (N, OH, OW, KH, KW, C) in another order."""

    def answer(x: Any, kernel_size: Any, strides: int = 1, padding: str = "valid") -> Any:
        return as_rows(windows(x, kernel_size, strides, padding).transpose(axes))

    return answer


channels_outside.answers_to("im2col")(in_order((0, 1, 2, 5, 3, 4)))


@im2col.wrongly(
    idea(
        "faster.windows_without_zeros",
        belief="The windows are those of the image; padding is the convolution's affair.",
        hint="After im2col there is no image left to pad. How many rows must the matrix have?",
        lecture=PADDING,
    )
)
def no_zeros(x: Any, kernel_size: Any, strides: int = 1, padding: str = "valid") -> Any:
    return im2col(x, kernel_size, strides)


@im2col.wrongly(
    idea(
        "faster.windows_padded_evenly",
        belief="`same` puts as many zeros before as after.",
        hint="Question 2 had a rule for an odd number of zeros. On which side is the one more?",
        lecture=PADDING,
    )
)
def same_on_both_sides(x: Any, kernel_size: Any, strides: int = 1, padding: str = "valid") -> Any:
    return im2col(padded(x, symmetric_zeros(kernel_size, padding)), kernel_size, strides)


@im2col.wrongly(
    idea(
        "faster.strides_ignored",
        belief="The matrix has a row for each window that fits; strides only choose among the products.",
        hint="Count the rows: one for each number of the feature map.",
        lecture=STRIDE,
    )
)
def every_window(x: Any, kernel_size: Any, strides: int = 1, padding: str = "valid") -> Any:
    return im2col(x, kernel_size, 1, padding)


columns_first = idea(
    "faster.windows_down_columns",
    belief="Windows are taken down the columns of the image, one column after the other.",
    hint="The product is reshaped to (N, OH, OW, K): which index moves faster, the row's or the column's?",
    lecture=VOLUMES,
)
columns_first.answers_to("im2col")(in_order((0, 2, 1, 3, 4, 5)))

pixels_down_columns = idea(
    "faster.pixels_down_columns",
    belief="Inside a window the pixels are read down its columns.",
    hint="The row must meet `w.reshape(-1, K)`. Which index of the kernel moves faster there, row or column?",
    lecture=VOLUMES,
)
pixels_down_columns.answers_to("im2col")(in_order((0, 1, 2, 4, 3, 5)))


@im2col.wrongly(
    idea(
        "faster.windows_as_columns",
        belief="Each window is a column of the matrix, as the name says.",
        hint="The name is older than this course's layout. Which shape does the question give?",
        lecture=VOLUMES,
    )
)
def windows_as_columns(x: Any, kernel_size: Any, strides: int = 1, padding: str = "valid") -> Any:
    return im2col(x, kernel_size, strides, padding).T


images_inside = idea(
    "faster.images_fastest",
    belief="The same window of all images comes first, then the next window.",
    hint="The product is reshaped to (N, OH, OW, K): is the image the slowest index or the fastest?",
    lecture=VOLUMES,
)
images_inside.answers_to("im2col")(in_order((1, 2, 0, 3, 4, 5)))
