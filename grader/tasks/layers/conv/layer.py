"""Convolution forwards and backwards: the right answers, hidden cases and small inputs."""

from __future__ import annotations

from typing import Any

from grader.tasks import drawn, small
from grader.tasks.drawn import Bytes, Case, Normal
from grader.tasks.small import Shape
from grader.tasks.task import task
from kerasnets import numpy_layers

CONVOLUTIONS: tuple[tuple[Shape, Shape, dict[str, Any]], ...] = (
    ((1, 1, 1, 1), (1, 1, 1, 1), {}),
    ((1, 2, 2, 1), (1, 1, 1, 1), {}),
    ((1, 2, 2, 1), (2, 2, 1, 1), {}),
    ((1, 2, 3, 1), (1, 2, 1, 1), {}),
    ((1, 3, 2, 1), (2, 1, 1, 1), {}),
    ((1, 3, 3, 1), (2, 2, 1, 1), {}),
    ((1, 3, 4, 1), (2, 3, 1, 1), {}),
    ((1, 4, 3, 1), (3, 2, 1, 1), {}),
    ((1, 1, 2, 2), (1, 1, 2, 1), {}),
    ((1, 2, 2, 2), (2, 2, 2, 1), {}),
    ((1, 1, 2, 1), (1, 1, 1, 2), {}),
    ((1, 2, 2, 2), (1, 1, 2, 2), {}),
    ((2, 1, 2, 1), (1, 1, 1, 1), {}),
    ((2, 2, 2, 1), (2, 2, 1, 1), {}),
    ((2, 2, 3, 2), (2, 2, 2, 2), {}),
    ((1, 2, 2, 1), (2, 2, 1, 1), {"padding": "same"}),
    ((1, 2, 2, 1), (3, 3, 1, 1), {"padding": "same"}),
    ((1, 3, 3, 1), (2, 2, 1, 1), {"padding": "same"}),
    ((1, 3, 3, 1), (3, 3, 1, 1), {"padding": "same"}),
    ((1, 3, 4, 1), (2, 3, 1, 1), {"padding": "same"}),
    ((1, 3, 3, 1), (1, 1, 1, 1), {"strides": 2}),
    ((1, 3, 3, 1), (2, 2, 1, 1), {"strides": 2}),
    ((1, 4, 4, 1), (2, 2, 1, 1), {"strides": 2}),
    ((1, 3, 2, 1), (1, 1, 1, 1), {"strides": (2, 1)}),
    ((1, 2, 3, 1), (1, 1, 1, 1), {"strides": (1, 2)}),
    ((1, 3, 3, 1), (1, 1, 1, 1), {"strides": (2, 1)}),
    ((1, 4, 3, 1), (2, 2, 1, 1), {"strides": (2, 1)}),
    ((1, 3, 3, 1), (3, 3, 1, 1), {"strides": 2, "padding": "same"}),
    ((1, 4, 4, 1), (3, 3, 1, 1), {"strides": 2, "padding": "same"}),
    ((1, 4, 3, 1), (2, 2, 1, 1), {"strides": (2, 1), "padding": "same"}),
    ((1, 3, 3, 1), (2, 2, 1, 1), {"dilation_rate": 2}),
    ((1, 3, 2, 1), (2, 2, 1, 1), {"dilation_rate": (2, 1)}),
    ((1, 3, 3, 1), (2, 2, 1, 1), {"padding": "same", "dilation_rate": 2}),
    ((1, 3, 3, 1), (2, 2, 1, 1), {"padding": "same", "dilation_rate": (2, 1)}),
)  # fmt: skip


conv2d_forward = task(
    hidden={
        "valid": (
            drawn.conv("A wide kernel", (2, 6, 7, 2), (2, 3, 2, 3)),
            drawn.conv("A high kernel", (3, 7, 6, 3), (3, 2, 3, 2)),
            drawn.conv("A square kernel, float32", (2, 6, 5, 3), (3, 3, 3, 4), dtype="float32"),
            drawn.conv("Kernels of one pixel", (2, 3, 4, 3), (1, 1, 3, 2)),
            Case("An image of bytes", (Bytes((2, 5, 4, 2)), Normal((3, 2, 2, 3)), Normal((3,), mean=3))),
        ),
        "same": (
            drawn.conv("An even kernel", (2, 5, 6, 2), (4, 2, 2, 3), padding="same"),
            drawn.conv("An odd kernel", (2, 6, 5, 2), (3, 5, 2, 2), padding="same"),
            drawn.conv(
                "A stride and an even size", (2, 6, 8, 2), (3, 3, 2, 2), strides=(2, 2), padding="same"
            ),
            drawn.conv(
                "A stride of nearly the kernel's size", (2, 8, 8, 1), (5, 5, 1, 2), strides=4, padding="same"
            ),
        ),
        "strides": (
            drawn.conv("Strides 2 down and 1 across", (2, 8, 7, 2), (3, 2, 2, 2), strides=(2, 1)),
            drawn.conv("Strides 1 down and 3 across", (2, 6, 9, 2), (2, 2, 2, 3), strides=(1, 3)),
            drawn.conv("A stride, given as one number", (2, 8, 8, 2), (3, 3, 2, 2), strides=2),
            drawn.conv("A stride larger than the kernel", (2, 8, 9, 2), (2, 1, 2, 2), strides=(3, 3)),
            drawn.conv(
                "Unequal strides with padding", (2, 7, 8, 2), (3, 4, 2, 2), strides=(3, 2), padding="same"
            ),
        ),
        "dilation": (
            drawn.conv("A dilated kernel", (2, 7, 8, 2), (2, 3, 2, 2), dilation_rate=(2, 2)),
            drawn.conv("Unequal dilation", (2, 8, 7, 2), (3, 3, 2, 2), dilation_rate=(3, 1)),
            drawn.conv(
                "Dilation with padding", (2, 6, 7, 2), (3, 2, 2, 2), padding="same", dilation_rate=(2, 3)
            ),
        ),
    },
    small=[
        *(small.conv(x, w, **options) for x, w, options in CONVOLUTIONS),
        small.conv((1, 2, 2, 1), (1, 1, 1, 1), dtype="uint8"),
        small.conv((1, 3, 3, 1), (2, 2, 1, 1), dtype="uint8"),
    ],
    terms=lambda x, w, *_: w[..., 0].size + 1,
    window="sum",
)(numpy_layers.conv2d_forward)


conv2d_backward = task(
    hidden={
        "valid": (
            drawn.conv_back("A wide kernel", (2, 5, 6, 2), (2, 3, 2, 3)),
            drawn.conv_back("A high kernel", (3, 6, 5, 2), (3, 2, 2, 2)),
            drawn.conv_back("A square kernel, float32", (2, 5, 4, 2), (3, 3, 2, 2), dtype="float32"),
        ),
        "same": (
            drawn.conv_back("An even kernel", (2, 4, 5, 2), (4, 2, 2, 2), padding="same"),
            drawn.conv_back("An odd kernel", (2, 5, 4, 2), (3, 3, 2, 3), padding="same"),
            drawn.conv_back("Kernels of one pixel", (2, 3, 4, 2), (1, 1, 2, 3), padding="same"),
        ),
        "strides": (
            drawn.conv_back("Strides 2 down and 1 across", (2, 7, 5, 2), (3, 2, 2, 2), strides=(2, 1)),
            drawn.conv_back("A last row that no window reaches", (2, 6, 6, 2), (3, 3, 2, 2), strides=2),
            drawn.conv_back(
                "A stride and an even size, padded", (2, 6, 6, 2), (3, 3, 2, 2), strides=2, padding="same"
            ),
            drawn.conv_back(
                "A stride of nearly the kernel's size", (2, 8, 8, 1), (5, 5, 1, 2), strides=4, padding="same"
            ),
            drawn.conv_back("A stride larger than the kernel", (2, 7, 8, 2), (2, 2, 2, 2), strides=(3, 3)),
        ),
    },
    small=[small.conv_back(x, w, **options) for x, w, options in CONVOLUTIONS],
    labels=("dx", "dw", "db"),
    terms=lambda dout, x, w, *_: max(w[:, :, 0].size, dout[..., 0].size),
)(numpy_layers.conv2d_backward)
