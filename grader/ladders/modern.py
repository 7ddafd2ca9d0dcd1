"""Small inputs of the functions about modern networks."""

from __future__ import annotations

import numpy as np

from grader.cnnchecks import Rung
from grader.ladders.kinds import shapes

LADDERS: dict[str, list[Rung]] = {
    "alexnet_activation_sizes": [
        *shapes((67,), (79,), (75,), (99,), (131,), (199,), padding="valid"),
        *shapes((60,), (57,), (63,), (92,), padding="same"),
    ],
    "inception_parameters": [
        *shapes((1, (1, 1, 1, 1, 1, 1)), (2, (1, 2, 1, 1, 3, 1)), (3, (2, 1, 4, 2, 5, 3)), reductions=True),
        *shapes((1, (1, 1, 1, 1, 1, 1)), (2, (1, 2, 1, 1, 3, 1)), (3, (2, 1, 4, 2, 5, 3)), reductions=False),
    ],
    "resnet_parameters": [
        *shapes(((1,),), ((2,),), ((1, 1),), ((2, 2),), bottleneck=False),
        *shapes(((1,),), ((2,),), ((1, 1),), ((2, 2),), bottleneck=True),
    ],
    "head_parameters": [
        *shapes((1, 1, 1, 1), (2, 2, 1, 1), (2, 3, 2, 3), head="flatten"),
        *shapes((1, 1, 1, 1), (2, 2, 1, 1), (2, 3, 2, 3), head="average"),
    ],
    "class_maps": [
        Rung((np.array(maps), np.array(w), np.array(b)))
        for maps, w, b in (
            ([[[[1.0]]]], [[2.0]], [1.0]),
            ([[[[1.0], [3.0]]]], [[2.0]], [1.0]),
            ([[[[1.0], [-3.0]]]], [[2.0]], [1.0]),
            ([[[[1.0, 2.0], [3.0, 4.0]]]], [[2.0, 1.0], [1.0, 3.0]], [1.0, 2.0]),
        )
    ],
    "ensemble_predictions": [
        Rung((np.array(rows),))
        for rows in (
            [[[0.75, 0.25]], [[0.125, 0.875]]],
            [[[0.625, 0.375]], [[0.625, 0.375]], [[0.125, 0.875]]],
            [[[0.875, 0.125]], [[0.875, 0.125]], [[0.0, 1.0]]],
            [[[0.75, 0.125, 0.125]], [[0.75, 0.125, 0.125]], [[0.0625, 0.875, 0.0625]]],
            [[[0.5, 0.25, 0.25], [0.25, 0.75, 0.0]], [[0.0, 0.875, 0.125], [0.25, 0.75, 0.0]]],
        )
    ],
    "single_networks": [
        Rung((np.array(networks), np.array(on_test), np.array(errors)))
        for networks, on_test, errors in (
            ([1, 2], [False, False], [2.0, 1.0]),
            ([1, 1], [False, True], [2.0, 1.0]),
            ([1, 1], [False, False], [2.0, 1.0]),
            ([2, 1, 1, 1], [False, False, True, False], [1.0, 4.0, 2.0, 3.0]),
            ([3, 1, 1, 1, 1], [True, False, False, True, False], [1.0, 3.0, 5.0, 2.0, 4.0]),
        )
    ],
    "relative_drop": [*shapes((2.0, 1.0), (4.0, 1.0), (4.0, 3.0), (8.0, 6.0))],
}  # fmt: skip
