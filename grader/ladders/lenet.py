"""Small inputs of the functions about LeNet: sizes, counts, measures."""

from __future__ import annotations

import numpy as np

from grader.cnnchecks import Rung
from grader.ladders.kinds import digits, shapes

LADDERS: dict[str, list[Rung]] = {
    "lenet_activation_sizes": [
        *shapes((16, 16), (16, 20), (17, 16), padding="valid"),
        *shapes((12, 12), (12, 16), (13, 12), (16, 16), padding="same"),
    ],
    "conv_parameters": [
        *shapes((1, 1, 1), (2, 1, 1), (1, 1, 2), (1, 2, 1), (2, 1, 3), ((1, 2), 1, 1), ((2, 1), 2, 3)),
        *shapes((1, 1, 1), (2, 1, 2), use_bias=False),
    ],
    "dense_parameters": [*shapes((1, 1), (2, 1), (1, 2), (3, 2)), *shapes((1, 1), (2, 3), use_bias=False)],
    "lenet_parameters": [
        *shapes((16, 16), (16, 20), padding="valid"),
        *shapes((12, 12), (12, 16), (16, 16), padding="same"),
    ],
    "accuracy": [
        Rung((np.array(rows), np.array(labels)))
        for rows, labels in (
            ([[1.0, 0.0]], [1]),
            ([[1.0, 0.0], [0.0, 1.0]], [0, 0]),
            ([[0.75, 0.25], [0.25, 0.75], [0.25, 0.75]], [0, 1, 0]),
            ([[0.5, 0.25, 0.25], [0.25, 0.5, 0.25]], [0, 2]),
        )
    ],
    "confusion_matrix": [
        Rung((np.array(labels), np.array(predictions)), {"classes": classes})
        for labels, predictions, classes in (
            ([0], [1], 2),
            ([0, 0], [1, 1], 2),
            ([0, 1, 1], [1, 1, 1], 2),
            ([0, 0, 1], [1, 1, 0], 3),
        )
    ],
    "shifted": [
        Rung((digits(x), down, right))
        for x, down, right in (
            ((1, 2, 1, 1), 1, 0), ((1, 1, 2, 1), 0, 1), ((1, 2, 1, 1), -1, 0), ((1, 1, 2, 1), 0, -1),
            ((1, 3, 1, 1), 1, 0), ((1, 1, 3, 1), 0, 1), ((1, 3, 3, 1), 1, -1), ((2, 3, 3, 1), -1, 1), ((2, 3, 3, 2), 2, 1),
        )
    ],
    "pixel_uses": [
        *shapes((3, 3), (4, 3), (5, 3), padding="valid"),
        *shapes((3, 3), (4, 3), (5, 3), padding="same"),
    ],
}  # fmt: skip
