"""Small inputs of the functions about transfer and about series."""

from __future__ import annotations

import numpy as np

from grader.cnnchecks import Rung
from grader.ladders.kinds import digits, shapes

NAN = float("nan")

LADDERS: dict[str, list[Rung]] = {
    "transfer_parameters": [
        *shapes((2, (1,), 1, 0), (4, (1, 1), 1, 0), (4, (1, 1), 1, 1), (4, (1, 2), 1, 1), (4, (2, 1), 2, 2)),
        *shapes((8, (1, 2, 1), 2, 2), (6, (1,), 2, 0), (8, (1, 2, 3), 2, 1), (8, (1, 2, 3), 2, 3)),
        *shapes((2, (1,), 1, 0), (4, (1, 2), 1, 1), (8, (1, 2, 3), 2, 2), batch_normalized=True),
    ],
    "class_means": [
        Rung((np.array(features), np.array(labels), classes))
        for features, labels, classes in (
            ([[1.0], [3.0]], [0, 0], 1),
            ([[2.0], [4.0]], [1, 0], 2),
            ([[1.0, 4.0], [3.0, 2.0], [8.0, 6.0]], [0, 0, 1], 2),
            ([[1.0, 5.0], [3.0, 2.0], [8.0, 6.0], [5.0, 9.0]], [1, 0, 1, 0], 2),
        )
    ],
    "nearest_class": [
        Rung((np.array(features), np.array(means)))
        for features, means in (
            ([[1.0]], [[0.0], [3.0]]),
            ([[4.0]], [[5.0], [9.0]]),
            ([[1.0, 3.0]], [[9.0, 9.0], [1.0, 2.0]]),
            ([[0.0, 0.0]], [[3.0, 0.0], [2.0, 2.0]]),
            ([[2.0, 0.0]], [[0.0, 2.0], [3.0, 1.0]]),
            ([[2.0, 0.0], [0.0, 2.0]], [[0.0, 3.0], [5.0, 1.0]]),
        )
    ],
    "training_cost": [
        Rung((images, epochs, base, head, way))
        for way in ("cached", "frozen", "fine-tuned")
        for images, epochs, base, head in ((1, 1, 1, 1), (1, 2, 1, 1), (2, 3, 5, 1))
    ],
    "choose_rate": [
        Rung((np.array(rates), np.array(losses)))
        for rates, losses in (
            ([1.0, 2.0], [[1.0], [0.0]]),
            ([2.0, 1.0], [[1.0], [1.0]]),
            ([2.0, 3.0, 1.0], [[1.0], [1.0], [1.0]]),
            ([2.0, 1.0], [[0.0, NAN], [2.0, 2.0]]),
            ([1.0, 2.0, 3.0], [[5.0, 0.0], [2.0, 2.0], [1.0, NAN]]),
        )
    ],
    "as_input": [
        Rung((kind, digits(shape).astype(int)))
        for kind, shape in (
            ("series", (2,)),
            ("audio", (1, 2)),
            ("audio", (2, 3)),
            ("text", (2, 3)),
            ("image", (2, 2)),
            ("video", (2, 2, 1)),
            ("video", (3, 2, 2)),
        )
    ],
    "values_seen": [
        *shapes(("one at a time", 2), ("one at a time", 3), ("recurrent", 3), ("convolution", 3, (2,))),
        *shapes(("convolution", 5, (2, 2)), ("convolution", 9, (2, 3)), ("convolution", 9, (3, 2, 2))),
        *shapes(("convolution", 20, (3, 4, 2)), ("convolution", 2, (3, 2))),
    ],
    "rnn_forward": [
        Rung((digits(x, 1, 2), digits(w_x, 0, 1), digits(w_h, 0, 1), np.zeros(w_x[1:]) + bias))
        for x, w_x, w_h, bias in (
            ((1, 1, 1), (1, 1), (1, 1), 1.0),
            ((1, 2, 1), (1, 1), (1, 1), 0.0),
            ((2, 2, 1), (1, 1), (1, 1), 0.0),
            ((1, 2, 1), (1, 2), (2, 2), 0.0),
            ((2, 3, 2), (2, 2), (2, 2), 1.0),
        )
    ],
}  # fmt: skip
