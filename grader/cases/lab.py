"""The hidden cases of the convolution lab: small pictures, kernels, templates, masks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.answers.lab import BEHAVIOUR, KERNELS, correlate2d
from grader.cases.kinds import Bytes, Case, Grid, Levels, Normal, OneOf, RowCase, Whole


@dataclass(frozen=True)
class Dim:
    """A picture of bytes without a white pixel, wider than high, up to so many pixels larger than `shape` says."""

    shape: tuple[int, ...]
    larger: int = 0

    def draw(self, rng: np.random.Generator) -> np.ndarray:
        height, width, *channels = self.shape
        more, wider = (int(number) for number in rng.integers(self.larger + 1, size=2))
        shape = (height + more, width + wider, *channels)
        return rng.permutation(np.arange(np.prod(shape)) % 251).reshape(shape).astype(np.uint8)


@dataclass(frozen=True)
class WithLost:
    """A picture of floats, a drawn quarter of which is lost (0), one at the border, and a whole 3x3 window in one case."""

    shape: tuple[int, int]
    hole: bool = False

    def draw(self, rng: np.random.Generator) -> np.ndarray:
        image = rng.integers(20, 250, self.shape).astype(np.float64)
        image[rng.random(self.shape) < 0.25] = 0
        image[0, 1], image[2, 2], image[1, 1] = 0, 0, 77
        if self.hole:
            image[3:6, 3:6] = 0
        return image


@dataclass(frozen=True)
class Made:
    """A picture and the maps that the table's kernels make of it, in drawn order: (image, maps)."""

    shape: tuple[int, int]

    def draw(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        image = rng.integers(0, 256, self.shape).astype(np.float64)
        kernels = list(KERNELS.values())
        return image, np.stack([correlate2d(image, kernels[i]) for i in rng.permutation(len(kernels))])


@dataclass(frozen=True)
class Hidden:
    """A picture with a template in it, paler and darker, and three windows that only look right: (image, template).

    One is bright, one of strong contrast and roughly alike, one nearly the template itself with noise.
    """

    template: tuple[int, int]
    size: tuple[int, int] = (18, 22)

    def draw(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        height, width = self.template
        template = 100 + 20 * rng.standard_normal(self.template)
        rough = template + 20 * rng.standard_normal(self.template)
        image = 60 + 4 * rng.standard_normal(self.size)
        patches = [
            0.25 * template + 20,
            250 + rng.standard_normal(self.template),
            5 * (rough - rough.mean()) + 100,
            template + 6 * rng.standard_normal(self.template),
        ]
        corners = [(1, 1), (1, 12), (10, 1), (10, 12)]
        for patch, at in zip(patches, rng.permutation(4), strict=True):
            row, column = corners[at] + rng.integers(0, 3, 2)
            image[row : row + height, column : column + width] = patch
        return image, template


@dataclass(frozen=True)
class Blobs:
    """A mask of 0 and 1 with rectangles at drawn places."""

    shape: tuple[int, int]

    def draw(self, rng: np.random.Generator) -> np.ndarray:
        mask = np.zeros(self.shape)
        for _ in range(3):
            row, column = rng.integers(0, np.array(self.shape) - 3)
            height, width = rng.integers(2, 6, 2)
            mask[row : row + height, column : column + width] = 1
        mask[0, 1] = mask[-1, -1] = 1
        return mask


@dataclass(frozen=True)
class Downhill:
    """(image, kernel, down, right), for which turning makes a larger difference below 0 than above."""

    image: tuple[int, int]
    kernel: tuple[int, int]

    def draw(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, int, int]:
        image, kernel = 100 + 40 * rng.standard_normal(self.image), rng.standard_normal(self.kernel)
        turned = correlate2d(np.rot90(image), kernel) - np.rot90(correlate2d(image, kernel))
        down, right = rng.integers(1, 4, 2)
        return image, kernel if -turned.min() > turned.max() else -kernel, int(down), int(right)


@dataclass(frozen=True)
class Sizes:
    """(image_shape, kernel_shape) and, if given, how many times."""

    rows: Any
    columns: Any
    kernel: Any
    times: Any = None

    def draw(self, rng: np.random.Generator) -> tuple[Any, ...]:
        size = self.rows.draw(rng), self.columns.draw(rng)
        return (size, self.kernel.draw(rng), *([self.times.draw(rng)] if self.times else []))


def maps_of(about: str, image: tuple[int, ...], kernels: tuple[int, ...]) -> Case:
    biases = Normal(kernels[3:], mean=-1, scale=2)
    return Case(about, (Normal(image), Normal(kernels, mean=0.2), biases))


ROWS, COLUMNS = Whole(40, 300), Whole(301, 900)
SHIFT = OneOf((1, 3))
HIGH, WIDE = OneOf(((3, 7), (5, 9), (1, 5))), OneOf(((7, 3), (9, 5), (5, 1)))

GRIDS: dict[str, Grid] = {
    "picture_shape": {"plain": (Case("A picture", (Dim((4, 60, 3), larger=50),)),)},
    "largest_value": {"plain": (Case("A wide picture", (Dim((4, 6, 3)),)), Case("A high one", (Dim((7, 6, 3)),)))},
    "pixel_value": {"plain": (Case("A pixel", (Dim((9, 9, 3)), OneOf((2, 3)), OneOf((5, 6)), OneOf((0, 2)))),)},
    "readings": {"plain": (Case("Some pixels", (Dim((9, 9)), ((2, 5), (1, 8), (7, 3)))),)},
    "batch_shape": {
        "plain": (
            Case("A batch of colour pictures", (Whole(8, 32), ROWS, COLUMNS, 3)),
            Case("A batch of grey pictures", (Whole(33, 39), COLUMNS, ROWS, 1)),
        ),
    },
    "to_grey": {
        "colour": (Case("A picture in colour", (Bytes((5, 6, 3)),)), Case("Floats", (Normal((4, 3, 3), 100, 20),))),
        "transparent": (Case("A picture with a fourth channel", (Bytes((4, 6, 4)),)),),
    },
    "correlate1d": {
        "plain": (
            Case("A kernel of three", (Normal((11,)), Normal((3,)))),
            Case("A kernel of four", (Normal((10,)), Normal((4,)))),
            Case("A kernel as long as the row", (Normal((5,)), Normal((5,)))),
        ),
    },
    "convolve2d": {
        "square": (
            Case("A square kernel", (Normal((7, 6)), Normal((3, 3)))),
            Case("An even kernel", (Normal((6, 7)), Normal((2, 2)))),
        ),
        "uneven": (
            Case("A wide kernel", (Normal((6, 8)), Normal((2, 4)))),
            Case("A high kernel", (Normal((8, 6)), Normal((5, 3)))),
        ),
    },
    "shape_after": {
        "once": (
            RowCase("A wide kernel", (Sizes(ROWS, COLUMNS, HIGH),)),
            RowCase("A high kernel", (Sizes(COLUMNS, ROWS, WIDE),)),
        ),
        "often": (
            RowCase("Several convolutions", (Sizes(ROWS, COLUMNS, HIGH, OneOf((3, 4))),)),
            RowCase("Several convolutions with a high kernel", (Sizes(COLUMNS, ROWS, WIDE, OneOf((3, 4))),)),
        ),
    },
    "zeros_around": {"plain": (Case("A wide kernel", (HIGH,)), Case("A high kernel", (WIDE,)))},
    "moving_average": {
        "plain": (
            Case("Windows of three", (Levels((6, 8), 0, 255), 3)),
            Case("Windows of five", (Levels((9, 7), 0, 255), 5)),
        ),
    },
    "repair": {
        "dots": (Case("Single lost pixels", (WithLost((7, 9)),)), Case("Lost pixels at the border", (WithLost((5, 6)),))),
        "hole": (Case("A hole as large as a window", (WithLost((9, 8), hole=True),)),),
    },
    "kernels_behind": {"plain": (RowCase("Five maps of one picture", (Made((7, 8)),)),)},
    "flat_response": {
        "plain": (
            Case("A kernel of three", (Normal((3, 3), mean=0.3), Whole(20, 200))),
            Case("A wide kernel", (Normal((2, 5), mean=-0.2), Whole(20, 200))),
        ),
    },
    "feature_maps": {
        "two": (
            maps_of("Two channels", (7, 8, 2), (3, 3, 2, 3)),
            maps_of("A wide kernel", (6, 9, 2), (2, 4, 2, 2)),
        ),
        "more": (
            maps_of("Three channels", (7, 6, 3), (3, 3, 3, 4)),
            maps_of("Five channels", (6, 6, 5), (3, 2, 5, 3)),
        ),
    },
    "unmoved_share": {
        "plain": (
            Case("Windows of two", (Levels((26, 24), 0, 5), 2, SHIFT)),
            Case("Windows of three", (Levels((24, 30), 0, 9), 3, OneOf((1, 2)))),
            Case("Windows of four", (Levels((36, 32), 0, 12), 4, SHIFT)),
        ),
    },
    "pixels_wrong": {
        "plain": (
            Case("Windows of two", (Blobs((12, 16)), 2)),
            Case("Windows of three", (Blobs((15, 12)), 3)),
            Case("Windows of four", (Blobs((16, 20)), 4)),
        ),
    },
    "best_match": {
        "plain": (
            RowCase("A wide template", (Hidden((4, 5)),)),
            RowCase("A high template", (Hidden((5, 4)),)),
            RowCase("A large template", (Hidden((5, 6)),)),
        ),
    },
    "convolution_matrix": {
        "plain": (
            Case("A kernel of three", (Normal((3,)), Whole(7, 9))),
            Case("A kernel of four", (Normal((4,)), Whole(8, 11))),
        ),
    },
    "dense_weights": {"plain": (Case("A wide picture", (ROWS, COLUMNS)), Case("A small one", (Whole(5, 9), Whole(3, 4))))},
    "equivariance_errors": {
        "plain": (
            RowCase("A kernel of three", (Downhill((8, 9), (3, 3)),)),
            RowCase("An even kernel", (Downhill((9, 7), (2, 2)),)),
        ),
    },
    "behaviour": {"plain": tuple(Case("An operation", (name,)) for name in BEHAVIOUR)},
}  # fmt: skip
