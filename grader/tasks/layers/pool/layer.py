"""Pooling forwards and backwards: the right answers, hidden cases and small inputs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from grader.tasks import drawn, small
from grader.tasks.drawn import Bytes, Normal, Ties
from grader.tasks.small import Shape, digits, negative, signed, ties
from grader.tasks.task import task
from kerasnets import numpy_layers

OVERLAPPING = {"pool_size": (3, 3), "strides": (2, 1)}


POOLS: tuple[tuple[Shape, dict[str, Any]], ...] = (
    ((1, 2, 2, 1), {}),
    ((1, 2, 4, 1), {}),
    ((1, 3, 2, 1), {}),
    ((1, 3, 3, 1), {}),
    ((1, 2, 2, 2), {}),
    ((2, 2, 2, 1), {}),
    ((1, 4, 4, 1), {}),
    ((1, 2, 4, 2), {}),
    ((1, 2, 3, 1), {"pool_size": (1, 3)}),
    ((1, 2, 2, 1), {"pool_size": (2, 1)}),
    ((1, 4, 4, 1), {"pool_size": (1, 2)}),
    ((1, 2, 3, 1), {"strides": 1}),
    ((1, 3, 3, 1), {"strides": 1}),
    ((1, 3, 3, 1), {"pool_size": 1, "strides": 2}),
    ((1, 3, 2, 1), {"pool_size": 1, "strides": (2, 1)}),
    ((1, 3, 3, 1), {"strides": (1, 2)}),
    ((1, 4, 3, 1), {"strides": (2, 1)}),
    ((1, 2, 2, 1), {"strides": 1, "padding": "same"}),
    ((1, 3, 3, 1), {"padding": "same"}),
    ((1, 3, 3, 1), {"pool_size": 3, "strides": 1, "padding": "same"}),
    ((1, 4, 4, 1), {"pool_size": 3, "strides": 2, "padding": "same"}),
)


POOLED = [small.pooled(x, values, **options) for x, options in POOLS for values in (digits, negative)]


max_pool2d_forward = task(
    hidden={
        "plain": (
            drawn.pooled("Windows side by side", (2, 6, 8, 3)),
            drawn.pooled("A row left over", (2, 7, 5, 2)),
            drawn.pooled("Windows that aren't square", (2, 6, 8, 2), pool_size=(3, 2)),
            drawn.pooled("Negative pixels only", Normal((2, 4, 6, 2), mean=-9)),
        ),
        "overlapping": (
            drawn.pooled("Overlapping windows", (2, 7, 6, 2), **OVERLAPPING),
            drawn.pooled(
                "A stride, given as one number", Normal((2, 7, 8, 2), mean=-2), pool_size=3, strides=2
            ),
            drawn.pooled("A stride larger than the window", (2, 8, 7, 2), strides=(3, 3)),
        ),
        "same": (
            drawn.pooled("A row padded", (2, 5, 7, 2), padding="same"),
            drawn.pooled(
                "Negative pixels at the border", Normal((2, 5, 5, 2), mean=-9), pool_size=3, padding="same"
            ),
            drawn.pooled("An odd row of padding", (2, 6, 6, 2), pool_size=3, strides=2, padding="same"),
        ),
    },
    small=[*POOLED, small.pooled((1, 2, 2, 1), signed), small.pooled((1, 4, 4, 1), signed)],
    window="max",
)(numpy_layers.max_pool2d_forward)


POOLED_BACK = [small.pooled_back(x, **options) for x, options in POOLS]


max_pool2d_backward = task(
    hidden={
        "plain": (
            drawn.pooled_back("Windows side by side", (2, 6, 8, 2)),
            drawn.pooled_back("A row left over", (2, 7, 5, 2)),
            drawn.pooled_back("Windows that aren't square", (2, 6, 6, 2), pool_size=(3, 2)),
        ),
        "overlapping": (
            drawn.pooled_back("Overlapping windows", (2, 7, 6, 2), **OVERLAPPING),
            drawn.pooled_back(
                "Overlapping windows, padded", (2, 6, 6, 2), pool_size=3, strides=2, padding="same"
            ),
        ),
        "ties": (
            drawn.pooled_back("Equal maxima", Ties((2, 6, 8, 2), (2, 2))),
            drawn.pooled_back("Equal maxima in larger windows", Ties((2, 6, 9, 2), (3, 3)), pool_size=(3, 3)),
        ),
    },
    small=[
        *POOLED_BACK,
        *(small.pooled_back(x, ties, **options) for x, options in POOLS),
    ],
    terms=lambda dout, x, *_: x[0, ..., 0].size,
)(numpy_layers.max_pool2d_backward)


avg_pool2d_forward = task(
    hidden={
        "plain": (
            drawn.pooled("Windows side by side", (2, 6, 8, 3)),
            drawn.pooled("A row left over", (2, 7, 5, 2)),
            drawn.pooled(
                "Windows that aren't square, overlapping", (2, 6, 8, 2), pool_size=(3, 2), strides=(2, 1)
            ),
            drawn.pooled("A stride larger than the window", (2, 8, 7, 2), strides=(3, 3)),
            drawn.pooled("An image of bytes", Bytes((2, 4, 6, 2))),
        ),
        "same": (
            drawn.pooled("A row padded", (2, 5, 7, 2), padding="same"),
            drawn.pooled("Padding on all sides", (2, 5, 6, 2), pool_size=3, strides=1, padding="same"),
            drawn.pooled("An odd row of padding", (2, 6, 6, 2), pool_size=3, strides=2, padding="same"),
        ),
    },
    small=[replace(rung, args=(12 * rung.args[0], *rung.args[1:])) for rung in POOLED],
    terms=lambda x, *_: x[0, ..., 0].size,
    window="mean",
)(numpy_layers.avg_pool2d_forward)


avg_pool2d_backward = task(
    hidden={
        "plain": (
            drawn.pooled_back("Windows side by side", (2, 6, 8, 2)),
            drawn.pooled_back("Overlapping windows", (2, 7, 6, 2), **OVERLAPPING),
            drawn.pooled_back("A row left over", (2, 7, 5, 2)),
        ),
        "same": (
            drawn.pooled_back("A row padded", (2, 5, 7, 2), padding="same"),
            drawn.pooled_back("An odd row of padding", (2, 6, 6, 2), pool_size=3, strides=2, padding="same"),
        ),
    },
    small=POOLED_BACK,
    terms=lambda dout, x, *_: x[0, ..., 0].size,
)(numpy_layers.avg_pool2d_backward)
