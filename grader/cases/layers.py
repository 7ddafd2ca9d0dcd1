"""The hidden cases of layers in NumPy, forward and backward, and of the network made of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.cases.kinds import (
    Bytes,
    Case,
    Grid,
    Labels,
    LargeLogits,
    Larger,
    Levels,
    Normal,
    OneOf,
    RowCase,
    Several,
    Ties,
)
from kerasnets.numpy_layers import conv_output_size, init_lenet


@dataclass(frozen=True)
class Lenet:
    """Parameters of a LeNet with biases that matter."""

    def draw(self, rng: np.random.Generator) -> dict[str, np.ndarray]:
        params = init_lenet(seed=int(rng.integers(2**31)))
        return {k: p + 0.1 * rng.standard_normal(p.shape) * (k[0] == "b") for k, p in params.items()}


# How a layer's cases are written down: shapes first, then Keras's names -------------------------------------


def outputs(
    x: tuple[int, ...], size: Any, strides: Any = 1, padding: str = "valid", dilation_rate: Any = 1
) -> Any:
    """(N, OH, OW) of a layer with windows."""

    def both(value: Any) -> tuple[int, int]:
        return (value, value) if isinstance(value, int) else value

    axes = zip(x[1:3], both(size), both(strides), both(dilation_rate), strict=True)
    return (x[0], *(conv_output_size(n, k, s, padding, d) for n, k, s, d in axes))


def conv(about: str, x: tuple[int, ...], w: tuple[int, ...], dtype: str = "float64", **options: Any) -> Case:
    arrays = (Normal(x, dtype=dtype), Normal(w, dtype=dtype), Normal(w[3:], mean=3, dtype=dtype))
    return Case(about, arrays, tuple(options.items()))


def conv_back(
    about: str, x: tuple[int, ...], w: tuple[int, ...], dtype: str = "float64", **options: Any
) -> Case:
    dout = (*outputs(x, w[:2], **options), w[3])
    return Case(about, tuple(Normal(shape, dtype=dtype) for shape in (dout, x, w)), tuple(options.items()))


def pooled(about: str, x: Any, pool_size: Any = (2, 2), **options: Any) -> Case:
    image = x if hasattr(x, "draw") else Normal(x)
    return Case(about, (image, pool_size), tuple(options.items()))


def pooled_back(about: str, x: Any, pool_size: Any = (2, 2), **options: Any) -> Case:
    image = x if hasattr(x, "draw") else Normal(x)
    given = {"strides": pool_size} | options
    dout = Normal((*outputs(image.shape, pool_size, **given), image.shape[3]))
    return Case(about, (dout, image, pool_size), tuple(options.items()))


def sizes(about: str, *rows: tuple[int, ...], **options: Any) -> Case:
    """Sizes drawn from one of the rows: the arguments (size, kernel_size, strides) in one go."""
    return RowCase(about, (Larger(rows),), tuple(options.items()))


SIZES: dict[str, Grid] = {
    "conv_output_size": {
        "sizes": (
            sizes("Stride 1, no padding", (64, 3), (31, 5), (28, 4)),
            sizes("A stride that doesn't come out even", (64, 3, 3), (65, 3, 4), (28, 3, 3), (23, 4, 3)),
            sizes("A number of zeros on both sides", (64, 5, 2), (33, 4, 3), (28, 3, 2), padding=2),
            sizes("A number of zeros, stride 1", (64, 3), (9, 4), (28, 5), padding=1),
        ),
        "same": (
            sizes('"same" with a stride, an odd size', (65, 3, 2), (29, 5, 2), (31, 4, 3), padding="same"),
            sizes('"same" with a stride, an even size', (64, 5, 3), (28, 4, 3), (32, 3, 3), padding="same"),
            sizes('"same" at stride 1', (64, 4), (28, 5), (7, 3), padding="same"),
        ),
        "dilated": (
            sizes("A dilated kernel", (64, 3), (28, 5), (31, 4), dilation_rate=OneOf((3, 4))),
            sizes("A dilated kernel with a stride", (64, 3, 2), (32, 5, 2), (30, 3, 2), dilation_rate=2),
        ),
        "fits": (  # beside kernels that don't: whoever refuses everything is right about those
            sizes("A kernel as large as the input", (5, 5), (7, 7), (8, 8)),
            sizes("A kernel that leaves little room", (7, 5), (9, 6), (8, 5)),
        ),
    },
    "same_padding": {
        "odd": (
            sizes("An odd kernel", (28, 5), (9, 3), (64, 7)),
            sizes("An even kernel", (28, 4), (9, 2), (64, 6)),
            sizes("A dilated kernel", (28, 3), (31, 4), dilation_rate=OneOf((2, 3))),
        ),
        "strided": (
            sizes("A stride and an even size", (28, 3, 2), (64, 5, 2), (10, 7, 2)),
            sizes("A stride and an odd size", (29, 5, 2), (65, 3, 2), (13, 4, 3)),
            sizes("A stride and an even kernel", (29, 4, 3), (11, 4, 3), (11, 6, 4)),
            sizes("A stride larger than the kernel", (30, 1, 3), (30, 2, 5), (63, 1, 3)),
        ),
    },
    "zero_pad2d": {
        "sides": (
            Case("The same number on all sides", (Normal((2, 3, 4, 2)), OneOf((1, 2)))),
            Case("Other numbers above and beside", (Normal((2, 4, 3, 2)), OneOf(((1, 2), (2, 1), (0, 2))))),
            Case("Four numbers", (Normal((2, 3, 3, 1)), OneOf((((1, 2), (0, 3)), ((2, 0), (3, 1)))))),
        ),
    },
}

CONVOLUTION: dict[str, Grid] = {
    "conv2d_forward": {
        "valid": (
            conv("A wide kernel", (2, 6, 7, 2), (2, 3, 2, 3)),
            conv("A high kernel", (3, 7, 6, 3), (3, 2, 3, 2)),
            conv("A square kernel, float32", (2, 6, 5, 3), (3, 3, 3, 4), dtype="float32"),
            conv("Kernels of one pixel", (2, 3, 4, 3), (1, 1, 3, 2)),
            Case("An image of bytes", (Bytes((2, 5, 4, 2)), Normal((3, 2, 2, 3)), Normal((3,), mean=3))),
        ),
        "same": (
            conv("An even kernel", (2, 5, 6, 2), (4, 2, 2, 3), padding="same"),
            conv("An odd kernel", (2, 6, 5, 2), (3, 5, 2, 2), padding="same"),
            conv("A stride and an even size", (2, 6, 8, 2), (3, 3, 2, 2), strides=(2, 2), padding="same"),
            conv(
                "A stride of nearly the kernel's size", (2, 8, 8, 1), (5, 5, 1, 2), strides=4, padding="same"
            ),
        ),
        "strides": (
            conv("Strides 2 down and 1 across", (2, 8, 7, 2), (3, 2, 2, 2), strides=(2, 1)),
            conv("Strides 1 down and 3 across", (2, 6, 9, 2), (2, 2, 2, 3), strides=(1, 3)),
            conv("A stride, given as one number", (2, 8, 8, 2), (3, 3, 2, 2), strides=2),
            conv("A stride larger than the kernel", (2, 8, 9, 2), (2, 1, 2, 2), strides=(3, 3)),
            conv("Unequal strides with padding", (2, 7, 8, 2), (3, 4, 2, 2), strides=(3, 2), padding="same"),
        ),
        "dilation": (
            conv("A dilated kernel", (2, 7, 8, 2), (2, 3, 2, 2), dilation_rate=(2, 2)),
            conv("Unequal dilation", (2, 8, 7, 2), (3, 3, 2, 2), dilation_rate=(3, 1)),
            conv("Dilation with padding", (2, 6, 7, 2), (3, 2, 2, 2), padding="same", dilation_rate=(2, 3)),
        ),
    },
    "conv2d_backward": {
        "valid": (
            conv_back("A wide kernel", (2, 5, 6, 2), (2, 3, 2, 3)),
            conv_back("A high kernel", (3, 6, 5, 2), (3, 2, 2, 2)),
            conv_back("A square kernel, float32", (2, 5, 4, 2), (3, 3, 2, 2), dtype="float32"),
        ),
        "same": (
            conv_back("An even kernel", (2, 4, 5, 2), (4, 2, 2, 2), padding="same"),
            conv_back("An odd kernel", (2, 5, 4, 2), (3, 3, 2, 3), padding="same"),
            conv_back("Kernels of one pixel", (2, 3, 4, 2), (1, 1, 2, 3), padding="same"),
        ),
        "strides": (
            conv_back("Strides 2 down and 1 across", (2, 7, 5, 2), (3, 2, 2, 2), strides=(2, 1)),
            conv_back("A last row that no window reaches", (2, 6, 6, 2), (3, 3, 2, 2), strides=2),
            conv_back(
                "A stride and an even size, padded", (2, 6, 6, 2), (3, 3, 2, 2), strides=2, padding="same"
            ),
            conv_back(
                "A stride of nearly the kernel's size", (2, 8, 8, 1), (5, 5, 1, 2), strides=4, padding="same"
            ),
            conv_back("A stride larger than the kernel", (2, 7, 8, 2), (2, 2, 2, 2), strides=(3, 3)),
        ),
    },
}

OVERLAPPING = {"pool_size": (3, 3), "strides": (2, 1)}
POOLING: dict[str, Grid] = {
    "max_pool2d_forward": {
        "plain": (
            pooled("Windows side by side", (2, 6, 8, 3)),
            pooled("A row left over", (2, 7, 5, 2)),
            pooled("Windows that aren't square", (2, 6, 8, 2), pool_size=(3, 2)),
            pooled("Negative pixels only", Normal((2, 4, 6, 2), mean=-9)),
        ),
        "overlapping": (
            pooled("Overlapping windows", (2, 7, 6, 2), **OVERLAPPING),
            pooled("A stride, given as one number", Normal((2, 7, 8, 2), mean=-2), pool_size=3, strides=2),
            pooled("A stride larger than the window", (2, 8, 7, 2), strides=(3, 3)),
        ),
        "same": (
            pooled("A row padded", (2, 5, 7, 2), padding="same"),
            pooled(
                "Negative pixels at the border", Normal((2, 5, 5, 2), mean=-9), pool_size=3, padding="same"
            ),
            pooled("An odd row of padding", (2, 6, 6, 2), pool_size=3, strides=2, padding="same"),
        ),
    },
    "max_pool2d_backward": {
        "plain": (
            pooled_back("Windows side by side", (2, 6, 8, 2)),
            pooled_back("A row left over", (2, 7, 5, 2)),
            pooled_back("Windows that aren't square", (2, 6, 6, 2), pool_size=(3, 2)),
        ),
        "overlapping": (
            pooled_back("Overlapping windows", (2, 7, 6, 2), **OVERLAPPING),
            pooled_back("Overlapping windows, padded", (2, 6, 6, 2), pool_size=3, strides=2, padding="same"),
        ),
        "ties": (
            pooled_back("Equal maxima", Ties((2, 6, 8, 2), (2, 2))),
            pooled_back("Equal maxima in larger windows", Ties((2, 6, 9, 2), (3, 3)), pool_size=(3, 3)),
        ),
    },
    "avg_pool2d_forward": {
        "plain": (
            pooled("Windows side by side", (2, 6, 8, 3)),
            pooled("A row left over", (2, 7, 5, 2)),
            pooled("Windows that aren't square, overlapping", (2, 6, 8, 2), pool_size=(3, 2), strides=(2, 1)),
            pooled("A stride larger than the window", (2, 8, 7, 2), strides=(3, 3)),
            pooled("An image of bytes", Bytes((2, 4, 6, 2))),
        ),
        "same": (
            pooled("A row padded", (2, 5, 7, 2), padding="same"),
            pooled("Padding on all sides", (2, 5, 6, 2), pool_size=3, strides=1, padding="same"),
            pooled("An odd row of padding", (2, 6, 6, 2), pool_size=3, strides=2, padding="same"),
        ),
    },
    "avg_pool2d_backward": {
        "plain": (
            pooled_back("Windows side by side", (2, 6, 8, 2)),
            pooled_back("Overlapping windows", (2, 7, 6, 2), **OVERLAPPING),
            pooled_back("A row left over", (2, 7, 5, 2)),
        ),
        "same": (
            pooled_back("A row padded", (2, 5, 7, 2), padding="same"),
            pooled_back("An odd row of padding", (2, 6, 6, 2), pool_size=3, strides=2, padding="same"),
        ),
    },
    "global_avg_pool2d_forward": {"plain": (Case("Maps that aren't square", (Normal((2, 3, 5, 4)),)),)},
    "global_avg_pool2d_backward": {
        "plain": (Case("Maps that aren't square", (Normal((2, 4)), Normal((2, 3, 5, 4)))),),
    },
}

DENSE: dict[str, Grid] = {
    "dense_forward": {
        "plain": (
            Case("More inputs than outputs", (Normal((3, 5)), Normal((5, 4)), Normal((4,)))),
            Case("float32", (Normal((2, 3), dtype="float32"), Normal((3, 6), dtype="float32"),
                             Normal((6,), dtype="float32"))),
        ),
    },
    "dense_backward": {
        "plain": (
            Case("More inputs than outputs", (Normal((3, 4)), Normal((3, 5)), Normal((5, 4)))),
            Case("As many images as outputs", (Normal((4, 4)), Normal((4, 3)), Normal((3, 4)))),
        ),
    },
    "relu_forward": {
        "plain": (
            Case("Numbers of both signs", (Normal((2, 4, 5, 3)),)),
            Case("Whole numbers and zeros", (Levels((3, 7), -2, 9),)),
        ),
    },
    "relu_backward": {
        "plain": (
            Case("Numbers of both signs", (Normal((2, 4, 5, 3)), Normal((2, 4, 5, 3)))),
            Case("Zeros in x", (Normal((6, 20)), Levels((6, 20), -1, 1))),
        ),
    },
    "softmax_cross_entropy": {
        "plain": (
            Case("Small logits", (Normal((3, 5), scale=2), Labels(3, 5))),
            Case("More images than classes", (Normal((6, 4)), Labels(6, 4))),
            Case("float32", (Normal((4, 3), dtype="float32"), Labels(4, 3))),
        ),
        "large": (RowCase("Logits as large as ±800", (LargeLogits(4, 6, size=800.0),)),),
    },
}  # fmt: skip

PARAMS = (("w1", (3, 3, 1, 2)), ("b1", (2,)), ("w2", (8, 3)), ("b2", (3,)))
NETWORK: dict[str, Grid] = {
    "gradient_of_polynomial": {
        "plain": (
            Case("A cubic, with a coarse step", (Normal((4,)), Normal((2, 3), mean=2), 0.05)),
            Case("A quadratic, with a fine step", (Normal((3,), mean=2), Normal((5,), mean=2), 0.001)),
        ),
        "axes": (
            Case("Three axes, with a large step", (Normal((4,), mean=1), Normal((2, 3, 2), mean=2), 0.25)),
        ),
    },
    "lenet_forward": {
        "plain": (Case("Two images", (Lenet(), Normal((2, 28, 28, 1)))),),
    },
    "lenet_gradients": {
        "plain": (Case("Two images", (Lenet(), Normal((2, 28, 28, 1)), Labels(2, 10))),),
    },
    "sgd_step": {
        "plain": (
            Case("Four parameters", (
                Several(tuple((name, Normal(shape)) for name, shape in PARAMS)),
                Several(tuple((name, Normal(shape)) for name, shape in PARAMS)),
                OneOf((0.1, 0.05, 0.3)),
            )),
        ),
    },
}  # fmt: skip

FASTER: dict[str, Grid] = {
    "first_layer": {
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
    "im2col": {
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
}

GRIDS: dict[str, Grid] = {**SIZES, **CONVOLUTION, **POOLING, **DENSE, **NETWORK, **FASTER}
