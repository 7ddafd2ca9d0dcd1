"""The hidden cases of the arithmetic of convolution: sizes are drawn, what is left over is not."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.answers import arithmetic
from grader.cases.kinds import Case, Grid, Normal, OneOf, RowCase, Whole


@dataclass(frozen=True)
class Made:
    """A tuple whose parts are drawn, tuples in it too."""

    parts: tuple[Any, ...]

    def draw(self, rng: np.random.Generator) -> tuple[Any, ...]:
        return tuple(
            part.draw(rng)
            if hasattr(part, "draw")
            else Made(part).draw(rng)
            if isinstance(part, tuple)
            else part
            for part in self.parts
        )


@dataclass(frozen=True)
class Likely:
    """(probabilities, classes) of so many examples, the probabilities neither 0 nor 1."""

    count: int
    classes: int

    def draw(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        powers = np.exp(rng.standard_normal((self.count, self.classes)))
        return powers / powers.sum(axis=1, keepdims=True), rng.integers(0, self.classes, self.count)


@dataclass(frozen=True)
class Shown:
    """(image, what an operation makes of it[, kernel]): the operation is one of these rows, and no other makes that."""

    rows: tuple[tuple[str, int, int, int, int], ...]
    size: int = 9

    def draw(self, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
        row = self.rows[int(rng.integers(len(self.rows)))]
        for _ in itertools.count():
            image = rng.integers(1, 10, (self.size, self.size)).astype(float)
            kernel = rng.integers(-2, 3, (row[1], row[1])).astype(float) if row[0] == "convolution" else None
            shown = arithmetic.operated(image, kernel, *row)
            fits = (
                other
                for other in arithmetic.candidates(kernel)
                if arithmetic._makes(image, shown, kernel, *other)
            )
            if list(fits) == [row]:
                return (image, shown) if kernel is None else (image, shown, kernel)
        raise AssertionError("unreachable")


def colour(channels: Any, low: int = 24, step: int = 6) -> Made:
    """An image wider than high; both sizes keep what they leave over when divided by `step`."""
    return Made((Whole(low, low + 8 * step, step), Whole(low + 10 * step, low + 20 * step, step), channels))


FILTERS = OneOf((10, 16, 24, 32))


def shaped(about: str, low: int, *options: Any, **named: Any) -> Case:
    return Case(about, (colour(OneOf((3, 4, 5)), low), *options), tuple(named.items()))


POSITION = Whole(3, 9)
SHAPES: dict[str, Grid] = {
    "pixels_read": {
        "valid": (
            Case("A stride", (POSITION, Whole(60, 90), 3, OneOf((2, 3)))),
            Case("A dilated kernel", (POSITION, Whole(60, 90), OneOf((3, 5)), 2), (("dilation_rate", OneOf((2, 3))),)),
        ),
        "number": (
            Case("A number of zeros", (POSITION, Whole(60, 90), 5, 2), (("padding", OneOf((1, 2, 3))),)),
            Case("A number of zeros, a dilated kernel", (POSITION, Whole(60, 90), 3, 3, 2), (("dilation_rate", 2),)),
        ),
        "same": (
            Case('"same" on an even size with a stride', (POSITION, Whole(60, 90, 2), 5, 2), (("padding", "same"),)),
            Case('"same" with an even kernel', (POSITION, Whole(60, 90), OneOf((4, 6))), (("padding", "same"),)),
            Case(
                '"same" with a dilated kernel',
                (POSITION, Whole(60, 90), 3, 1, "same", OneOf((2, 3))),
            ),
        ),
    },
    "conv_output_shape": {
        "valid": (
            shaped("Stride 1, no padding", 23, OneOf((3, 5)), FILTERS),
            shaped("A stride that doesn't come out even", 22, 3, FILTERS, 3),
        ),
        "padded": (
            shaped("A number of zeros, stride 1", 23, 5, FILTERS, padding=1),
            shaped("A number of zeros and a stride", 22, 4, FILTERS, 3, padding=2),
            shaped('"same" with a stride, odd sizes', 23, 3, FILTERS, 2, padding="same"),
            shaped('"same" at stride 1', 23, 3, FILTERS, padding="same"),
        ),
        "dilated": (
            shaped("A dilated kernel", 23, 3, FILTERS, dilation_rate=OneOf((3, 4))),
            shaped("A dilated kernel with a stride", 22, 3, FILTERS, 3, dilation_rate=4),
        ),
    },
    "pool_output_shape": {
        "side by side": (
            Case("Windows side by side", (colour(OneOf((8, 16, 32)), 24, 12), OneOf((2, 3)))),
            Case("A row that no window of 2 takes", (colour(OneOf((8, 16, 32)), 25, 12), 2)),
            Case("Rows that no window of 3 takes", (colour(OneOf((8, 16, 32)), 28, 12), 3)),
        ),
        "strides": (
            Case("Overlapping windows", (colour(OneOf((8, 16, 32)), 28, 12), 3, 2)),
            Case("A stride larger than the window", (colour(OneOf((8, 16, 32)), 30, 12), 2, 3)),
        ),
    },
}  # fmt: skip


def network(first: str, second: str) -> Made:
    """Two rounds of convolution and pooling, and two dense layers; both paddings are given."""
    return Made(
        (
            ("conv", OneOf((3, 5)), OneOf((4, 6, 8)), first),
            ("pool", 2),
            ("conv", OneOf((3, 5)), OneOf((10, 12, 16)), second),
            ("pool", OneOf((2, 3))),
            ("flatten",),
            ("dense", Whole(20, 90)),
            ("dense", Whole(5, 15)),
        )
    )


NETWORKS: Grid = {
    "valid": (Case("No padding", (colour(3, 44, 12), network("valid", "valid"))),),
    "same": (Case("Padding everywhere", (colour(3, 36, 12), network("same", "same"))),),
    "odd": (
        Case("Sizes that don't come out even", (colour(OneOf((1, 2)), 41, 12), network("same", "valid"))),
        Case("Sizes that don't come out even, no convolution padded", (colour(4, 39, 12), network("valid", "valid"))),
    ),
}  # fmt: skip
COUNTS: dict[str, Grid] = {
    "activation_shapes": NETWORKS,
    "parameters_by_layer": NETWORKS,
    "fully_connected_parameters": {
        "plain": (
            Case("Two layers", (Whole(500, 900), Made((Whole(50, 90), Whole(2, 9))))),
            Case("Three layers", (Whole(5000, 9000), Made((Whole(200, 400), Whole(50, 90), Whole(2, 9))))),
        ),
    },
    "convolved_parameters": {
        word: (
            Case(
                "A colour image", (colour(3), OneOf((3, 5)), Whole(8, 20), word, Made((Whole(40, 90), Whole(2, 9))))
            ),
            Case(
                "Five channels", (colour(5), 7, Whole(8, 20), word, Made((Whole(90, 150), Whole(20, 40), Whole(2, 9))))
            ),
        )
        for word in ("same", "valid")
    },
    "local_layer": {
        "plain": (
            Case("A square image", (20, 20, OneOf((3, 5)))),
            Case("An image that isn't square", (Whole(12, 20), Whole(24, 40), OneOf((3, 5, 7)))),
        ),
    },
    "conv_cost": {
        word: (
            Case("A colour image", (colour(3), OneOf((3, 5)), Whole(8, 40), word)),
            Case("Maps of a layer before", (colour(Whole(16, 64)), OneOf((3, 5)), Whole(64, 128), word)),
        )
        for word in ("valid", "same")
    },
    "receptive_field": {
        "strides": (
            Case("Convolutions and poolings", (Made(((5, 1, 1), (2, 2, 1), (OneOf((3, 5, 7)), 1, 1), (2, 2, 1))),)),
            Case(
                "A deeper network",
                (Made(((5, 2, 1), (3, 2, 1), (OneOf((3, 5)), 1, 1), (3, OneOf((2, 3)), 1), (OneOf((3, 5)), 1, 1))),),
            ),
        ),
        "dilated": (
            Case("Dilations that grow", (Made(((3, 1, 1), (OneOf((3, 5)), 1, 2), (3, 1, 4), (3, 1, OneOf((8, 6))))),)),
            Case("Strides and dilations", (Made(((3, 2, 1), (OneOf((3, 5)), 1, OneOf((2, 3))), (3, 2, 2))),)),
        ),
    },
}  # fmt: skip

PICTURES: Grid = {
    "plain": (
        RowCase("The largest number of a window", (Shown((("max pooling", 2, 3, 1, 0), ("max pooling", 3, 2, 1, 0))),)),
        RowCase("The mean of a window", (Shown((("average pooling", 3, 2, 1, 1), ("average pooling", 3, 2, 1, 2))),)),
        RowCase("A dilated kernel", (Shown((("convolution", 3, 1, 2, 2), ("convolution", 3, 3, 2, 1))),)),
    ),
}  # fmt: skip
WORDS: dict[str, Grid] = {
    "which_operation": PICTURES,
    "output_layer": {
        "plain": (
            Case("One of several classes", ("one of", Whole(3, 400))),
            Case("Numbers", ("numbers", Whole(2, 400))),
            Case("Yes or no", ("yes or no", 1)),
        ),
    },
    "cross_entropy": {
        "plain": (
            RowCase("Seven examples, four classes", (Likely(7, 4),)),
            RowCase("Twelve examples, three classes", (Likely(12, 3),)),
        ),
    },
    "input_values": {"plain": (Case("A colour image", (Whole(700, 999), Whole(1200, 1999), 3)),)},
    "kernel_taps": {"plain": (Case("A square kernel", (Whole(3, 40),)),)},
    "average_tap": {
        "plain": (Case("A window of 3", (3,)), Case("A larger window", (Whole(4, 40),))),
    },
    "window_sum": {
        "plain": (
            Case("A kernel of 3", (Normal((6, 7)), Normal((3, 3)), Whole(1, 3), Whole(2, 4))),
            Case("A kernel of 5", (Normal((8, 9)), Normal((5, 5)), Whole(0, 3), Whole(0, 4))),
        ),
    },
}  # fmt: skip

GRIDS: dict[str, Grid] = {**SHAPES, **COUNTS, **WORDS}
