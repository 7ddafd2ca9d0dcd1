"""Small inputs of the layers in NumPy."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from grader.cnnchecks import Rung
from grader.ladders.kinds import (
    Shape,
    conv,
    conv_back,
    digits,
    negative,
    pooled,
    pooled_back,
    shapes,
    signed,
    ties,
)

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

POOLED = [pooled(x, values, **options) for x, options in POOLS for values in (digits, negative)]
POOLED_BACK = [pooled_back(x, **options) for x, options in POOLS]
LOGITS = [
    Rung((digits((n, k), 0, 4), np.arange(n)[::-1] % k)) for n, k in ((1, 2), (1, 3), (2, 2), (2, 3), (3, 2))
]
LARGE = [
    Rung((800.0 * np.array([signs]), np.array([label]))) for signs, label in (((1, -1), 0), ((1, -1), 1))
]
MAPS = ((1, 1, 2, 1), (1, 2, 2, 1), (1, 2, 2, 2), (2, 1, 2, 2), (2, 2, 3, 2))
WINDOWED = (((1, 2, 2, 1), 2), ((1, 2, 3, 1), 2), ((1, 3, 3, 1), 2), ((1, 2, 2, 2), 2), ((2, 2, 3, 1), 2))
WEIGHTS = (
    ((1, 1), (1, 1)),
    ((1, 2), (2, 1)),
    ((1, 2), (2, 3)),
    ((2, 1), (1, 2)),
    ((2, 2), (2, 2)),
    ((3, 2), (2, 2)),
)
SIDES = (1, (0, 1), (1, 0), (1, 2), ((0, 1), (0, 0)), ((1, 0), (0, 2)))
PARAMETERS = {"w": digits((2,)), "b": digits((1,))}

LADDERS: dict[str, list[Rung]] = {
    "conv_output_size": [
        *shapes((2, 1), (3, 2), (4, 2), (5, 3), (4, 2, 2), (5, 2, 2), (5, 3, 2), (6, 3, 2)),
        *shapes((3, 2), (4, 3), (4, 3, 2), (5, 3, 2), (5, 2, 2), padding=1),
        *shapes((4, 3), (4, 3, 2), (5, 3, 2), (5, 2, 3), padding="same"),
        *shapes((4, 2), (6, 3), (6, 2, 2), (6, 3, 2), dilation_rate=2),
    ],
    "same_padding": [
        *shapes((3, 3), (3, 2), (4, 4), (4, 3, 2), (5, 3, 2), (6, 3, 2), (5, 2, 2), (4, 2, 3), (5, 5, 2), (5, 4, 3)),
        *shapes((4, 1, 2), (4, 1, 3), (5, 1, 3), (5, 2, 3)),
        *shapes((4, 2), (5, 3), (6, 3, 2), dilation_rate=2),
    ],
    "zero_pad2d": [Rung((digits(x), p)) for x in ((1, 1, 2, 1), (1, 2, 2, 1), (1, 2, 1, 2), (2, 1, 1, 1)) for p in SIDES],
    "conv2d_forward": [
        *(conv(x, w, **options) for x, w, options in CONVOLUTIONS),
        conv((1, 2, 2, 1), (1, 1, 1, 1), dtype="uint8"),
        conv((1, 3, 3, 1), (2, 2, 1, 1), dtype="uint8"),
    ],
    "conv2d_backward": [conv_back(x, w, **options) for x, w, options in CONVOLUTIONS],
    "max_pool2d_forward": [*POOLED, pooled((1, 2, 2, 1), signed), pooled((1, 4, 4, 1), signed)],
    "max_pool2d_backward": [
        *POOLED_BACK,
        *(pooled_back(x, ties, **options) for x, options in POOLS),
    ],
    "avg_pool2d_forward": [replace(rung, args=(12 * rung.args[0], *rung.args[1:])) for rung in POOLED],
    "avg_pool2d_backward": POOLED_BACK,
    "global_avg_pool2d_forward": [Rung((12 * digits(x),)) for x in MAPS],
    "global_avg_pool2d_backward": [Rung((12 * digits((x[0], x[3])), digits(x))) for x in MAPS],
    "dense_forward": [Rung((v(x), digits(w), digits(w[1:]))) for x, w in WEIGHTS for v in (digits, negative)],
    "dense_backward": [Rung((digits((x[0], w[1])), digits(x), digits(w, 2, 6))) for x, w in WEIGHTS],
    "relu_forward": [Rung((np.array(row),)) for row in ([-2.0, 3.0], [0.0, -1.0, 2.0])] + [Rung((signed((2, 3)),))],
    "relu_backward": [
        Rung((np.array(dout), np.array(x)))
        for dout, x in (
            ([2.0, 3.0], [-1.0, 4.0]),
            ([-2.0, 3.0], [1.0, -4.0]),
            ([2.0, 3.0, 4.0], [0.0, 1.0, -1.0]),
        )
    ],
    "softmax_cross_entropy": LOGITS + LARGE,
    "sgd_step": [Rung((PARAMETERS, {k: 10 * v + 10 for k, v in PARAMETERS.items()}, 0.1))],
    "gradient_of_polynomial": [
        Rung((c, np.array(x), h))
        for c, x, h in (
            ([0.0, 1.0], [1.0, 2.0], 0.5),
            ([0.0, 0.0, 1.0], [1.0, 2.0], 0.5),
            ([0.0, 0.0, 0.0, 1.0], [1.0, 2.0], 0.5),
            ([0.0, 0.0, 1.0], [[1.0, 2.0], [3.0, 4.0]], 0.5),
        )
    ],
    "first_layer": [
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
    "im2col": [
        *[Rung((digits(x), k)) for x, k in WINDOWED],
        *[Rung((digits(x), k, s)) for x, k, s in (((1, 3, 3, 1), 1, 2), ((1, 4, 4, 1), 2, 2))],
        *[Rung((digits(x), k), {"padding": "same"}) for x, k in (((1, 2, 2, 1), 2), ((1, 2, 2, 1), 3), ((1, 3, 2, 2), 2))],
        *[Rung((digits(x), 3, 2), {"padding": "same"}) for x in ((1, 3, 3, 1), (1, 4, 4, 1))],
    ],
}  # fmt: skip
