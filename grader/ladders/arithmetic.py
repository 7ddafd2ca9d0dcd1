"""Small inputs of the arithmetic of convolution."""

from __future__ import annotations

import numpy as np

from grader.cnnchecks import Rung
from grader.ladders.kinds import shapes

NETWORKS = (
    ((4, 6, 2), (("conv", 3, 3, "valid"),)),
    ((4, 6, 2), (("conv", 3, 3, "same"),)),
    ((4, 7, 2), (("pool", 2),)),
    ((4, 6, 2), (("flatten",), ("dense", 3))),
    ((6, 8, 2), (("conv", 3, 3, "valid"), ("pool", 2), ("flatten",), ("dense", 2))),
    ((4, 6, 1), (("conv", 3, 2, "same"), ("conv", 3, 3, "same"), ("flatten",), ("dense", 2))),
)

LADDERS: dict[str, list[Rung]] = {
    "pixels_read": [
        *shapes((0, 5, 3), (1, 5, 3), (1, 5, 3, 2), (2, 6, 2, 2)),
        *shapes((0, 5, 3), (1, 5, 3, 2), padding=1),
        *shapes((0, 5, 3), (0, 6, 4), (1, 6, 4), (0, 6, 3, 2), (1, 6, 3, 2), padding="same"),
        *shapes((0, 7, 2), (1, 7, 3), (1, 8, 3, 2), dilation_rate=2),
        *shapes((1, 7, 3), padding="same", dilation_rate=2),
    ],
    "conv_output_shape": [
        *shapes(((5, 7, 2), 3, 4), ((5, 7, 3), 2, 4), ((6, 8, 2), 3, 4, 2), ((8, 12, 2), 3, 4, 3), ((7, 10, 2), 3, 4, 3)),
        *shapes(((5, 7, 2), 3, 4), ((5, 7, 2), 4, 3, 2), padding=1),
        *shapes(((4, 6, 2), 3, 4), ((5, 7, 2), 3, 4, 2), padding="same"),
        *shapes(((7, 9, 2), 3, 4), ((9, 11, 2), 3, 4, 2), dilation_rate=2),
    ],
    "pool_output_shape": [
        *shapes(((4, 6, 2), 2), ((5, 7, 3), 2), ((6, 9, 4), 3), ((8, 12, 6), 2)),
        *shapes(((5, 7, 3), 3, 2), ((6, 8, 3), 3, 2), ((7, 9, 4), 2, 3)),
    ],
    "activation_shapes": shapes(*NETWORKS),
    "parameters_by_layer": shapes(*NETWORKS),
    "fully_connected_parameters": shapes((2, (1,)), (3, (2, 1)), (5, (3, 2)), (4, (3, 2, 1))),
    "convolved_parameters": [
        *shapes(((4, 6, 2), 3, 4, "same", (3, 2)), ((4, 6, 2), 3, 4, "valid", (3, 2)), ((3, 4, 1), 3, 2, "valid", (2,))),
    ],
    "local_layer": shapes((3, 3, 2), (4, 4, 3), (3, 5, 3)),
    "receptive_field": shapes(
        (((3, 1, 1),),),
        (((3, 1, 1), (3, 1, 1)),),
        (((3, 2, 1), (3, 1, 1)),),
        (((2, 2, 1), (3, 1, 1)),),
        (((3, 1, 2),),),
        (((3, 2, 1), (3, 2, 1), (3, 1, 2)),),
    ),
    "conv_cost": shapes(
        ((4, 6, 1), 3, 1, "valid"), ((4, 6, 2), 3, 3, "valid"), ((4, 6, 2), 3, 3, "same"), ((3, 4, 2), 1, 2, "same")
    ),
    "cross_entropy": [
        Rung((np.array(rows), np.array(classes)))
        for rows, classes in (
            ([[0.5, 0.5]], [0]),
            ([[0.25, 0.75]], [1]),
            ([[0.25, 0.75], [0.5, 0.5]], [0, 1]),
            ([[0.25, 0.5, 0.25], [0.5, 0.25, 0.25]], [1, 2]),
        )
    ],
}  # fmt: skip
