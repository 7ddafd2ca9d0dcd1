"""Small inputs of the convolution lab."""

from __future__ import annotations

import numpy as np

from grader.cnnchecks import Rung
from grader.ladders.kinds import Shape, digits, shapes, signed


def plane(*rows: str) -> np.ndarray:
    """
    >>> plane("1 2", "3 4").tolist()
    [[1.0, 2.0], [3.0, 4.0]]
    """
    return np.array([row.split() for row in rows], float)


def slid(*extents: tuple[Shape, Shape]) -> list[Rung]:
    return [Rung((digits(x), digits(kernel, 1, 5))) for x, kernel in extents]


def mapped(image: Shape, kernels: Shape, bias: float) -> Rung:
    return Rung((digits(image), digits(kernels, -2, 2), np.full(kernels[3:], bias)))


MASKS = (
    (plane("0 1", "0 0"), 2),
    (plane("0 0 1 0", "0 0 0 0"), 2),
    (plane("0 1 0 0", "0 0 0 0", "0 0 1 1", "0 0 1 1"), 2),
)
PICTURES = (
    (plane("0 5 0 0", "0 0 0 0"), 2),
    (plane("5 0 0 0", "0 0 3 0"), 2),
    (plane("5 0 1 0", "0 0 3 0", "0 2 0 0", "0 0 0 4"), 2),
    (plane("5 0 1 7 0 2", "0 0 3 0 6 0", "0 2 0 0 1 8", "3 0 0 4 9 0"), 2),
)
LOST = (
    plane("4"),
    plane("4 0"),
    plane("4 2", "0 8"),
    plane("6 3 9", "2 0 1", "4 5 8"),
    plane("6 3 0", "2 0 1", "4 5 8", "7 9 3"),
)
SEARCHED = (
    (plane("9 9 1 2"), plane("1 2")),
    (plane("9 9 9 9", "9 1 2 9", "9 2 1 9"), plane("5 6", "6 5")),
    (plane("9 9 9 9 9", "9 1 2 9 9", "9 1 3 9 1", "8 9 9 1 9"), plane("11 12", "11 13")),
    (plane("0 9 0 9 0", "5 6 5 5 5", "6 5 5 9 9", "9 9 9 9 9"), plane("1 2", "2 1")),
    (plane("3 3 3 3", "3 4 5 3", "3 5 6 3", "9 0 9 9"), plane("40 50", "50 60")),
    (plane("1 3 1 2 1", "2 5 0 9 2", "1 7 9 1 3", "2 2 4 5 8"), plane("1 0", "3 5")),
)

LADDERS: dict[str, list[Rung]] = {
    "to_grey": [Rung((digits(x).astype(np.uint8),)) for x in ((1, 1, 3), (1, 2, 3), (2, 2, 3), (1, 1, 4), (1, 2, 4))],
    "correlate1d": slid(((1,), (1,)), ((2,), (1,)), ((2,), (2,)), ((3,), (2,)), ((4,), (2,)), ((4,), (3,))),
    "convolve2d": slid(
        ((1, 1), (1, 1)), ((1, 2), (1, 2)), ((2, 1), (2, 1)), ((2, 2), (2, 2)), ((2, 3), (2, 2)), ((3, 2), (2, 2)),
        ((3, 3), (2, 2)), ((3, 4), (2, 3)), ((4, 3), (3, 2)), ((4, 4), (3, 3)),
    ),
    "shape_after": [
        *shapes(((3, 3), (1, 1)), ((4, 5), (2, 2)), ((5, 6), (3, 3)), ((5, 7), (1, 3)), ((7, 5), (3, 1)), ((5, 6), (2, 3))),
        *shapes(((6, 7), (3, 3), 2), ((9, 8), (3, 1), 2), ((9, 9), (3, 3), 3)),
    ],
    "zeros_around": shapes(((1, 1),), ((3, 3),), ((1, 3),), ((3, 1),), ((5, 3),)),
    "moving_average": [
        Rung((x, size))
        for x, size in ((digits((1, 2)), 1), (9 * digits((3, 3)), 3), (9 * digits((3, 3), 1, 3) ** 2, 3), (digits((3, 4)), 3))
    ],
    "repair": [Rung((image,)) for image in LOST],
    "flat_response": [
        Rung((kernel, level))
        for kernel, level in (
            (plane("1"), 5), (plane("2"), 5), (plane("1 1"), 7), (plane("-1 2"), 5), (plane("-1 2", "3 1"), 4),
        )
    ],
    "feature_maps": [
        *(mapped((1, 1, 1), (1, 1, 1, 1), bias) for bias in (0.0, 1.0, -2.0)),
        *(mapped((1, 2, 1), (1, 1, 1, 1), bias) for bias in (0.0, 1.0, -2.0)),
        *(mapped((1, 2, 2), (1, 1, 2, 1), bias) for bias in (0.0, 1.0, -2.0)),
        *(mapped((2, 2, 2), (1, 1, 2, 2), bias) for bias in (0.0, 1.0, -2.0)),
        *(mapped((2, 3, 2), (2, 2, 2, 2), bias) for bias in (0.0, 1.0, -2.0)),
        *(mapped((3, 3, 3), (2, 2, 3, 3), bias) for bias in (0.0, 1.0, -3.0)),
    ],
    "unmoved_share": [Rung((image, size, shift)) for image, size in PICTURES for shift in (1, 2)],
    "pixels_wrong": [Rung(mask) for mask in MASKS],
    "best_match": [Rung((x.astype(int), t.astype(int))) for x, t in SEARCHED],  # of floats, 0s would be tried: ties
    "convolution_matrix": [Rung((digits((k,)), n)) for k, n in ((1, 1), (1, 2), (2, 2), (2, 3), (3, 4), (2, 5), (3, 5))],
    "dense_weights": shapes((1, 1), (1, 2), (2, 2), (2, 3)),
    "equivariance_errors": [
        Rung((image, kernel, 1, 1))
        for image, kernel in (
            (digits((2, 2)), plane("1")), (digits((3, 3)), plane("1 0", "0 0")), (digits((3, 3)), plane("0 1", "0 0")),
            (digits((3, 4)), plane("0 1", "2 0")), (signed((4, 4)), plane("0 1", "2 0")), (digits((4, 4)), digits((2, 2))),
        )
    ],
}  # fmt: skip
