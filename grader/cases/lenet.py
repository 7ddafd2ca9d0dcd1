"""The hidden cases about networks in Keras: sizes, counts, measures, and whole models under given weights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from grader.cases.kinds import Case, Grid, Normal, OneOf, RowCase, Twice, Whole
from grader.reference import held_out_digits, trained

LENET_SHAPES = ((5, 5, 1, 6), (5, 5, 6, 16), (400, 120), (120, 84), (84, 10))
VGG_CHANNELS = ((3, 32), (32, 32), (32, 64), (64, 64), (64, 64), (64, 64))
VGG_SHAPES = (*((3, 3, *channels) for channels in VGG_CHANNELS), (1024, 128), (128, 10))


@dataclass(frozen=True)
class RandomWeights:
    """Weights in layer order, kernels of these shapes and biases in turn, float32."""

    shapes: tuple[tuple[int, ...], ...] = LENET_SHAPES

    def draw(self, rng: np.random.Generator) -> list[np.ndarray]:
        arrays = []
        for shape in self.shapes:
            kernel = rng.standard_normal(shape) * (2 / np.prod(shape[:-1])) ** 0.5
            arrays += [kernel, rng.normal(0, 0.2, shape[-1:])]
        return [array.astype(np.float32) for array in arrays]


@dataclass(frozen=True)
class TrainedLenet:
    """The weights of our trained network: nothing is drawn."""

    def draw(self, rng: np.random.Generator) -> list[np.ndarray]:
        return list(trained("lenet5"))


@dataclass(frozen=True)
class Digits:
    """Some of the digits that no student's folder holds, each moved into a corner, in a frame of so many pixels of zeros.

    Their own margin of four pixels would hide what happens at the border.
    """

    count: int
    frame: int = 0

    def draw(self, rng: np.random.Generator) -> np.ndarray:
        images, _ = held_out_digits()
        chosen = images[rng.choice(len(images), self.count, replace=False)]
        moved = [in_a_corner(image, *rng.integers(2, size=2)) for image in chosen]
        sides = (self.frame, self.frame)
        return np.pad(moved, ((0, 0), sides, sides, (0, 0)))


def in_a_corner(image: np.ndarray, down: int, right: int) -> np.ndarray:
    """An image (H, W, C) moved until what is drawn on it meets two sides: the lower one (1) or the upper (0), and so on.

    >>> in_a_corner(np.array([[0, 0, 0], [0, 7, 0]])[..., None], 0, 1)[..., 0].tolist()
    [[0, 0, 7], [0, 0, 0]]
    """
    rows, columns = (np.flatnonzero(image.any(axis=(other, 2))) for other in (1, 0))
    height, width, _ = image.shape
    shift = (height - 1 - rows[-1] if down else -rows[0], width - 1 - columns[-1] if right else -columns[0])
    return np.roll(image, shift, axis=(0, 1))


@dataclass(frozen=True)
class Predicted:
    """Probabilities (N, K) and labels (N,), a drawn part of which is predicted rightly."""

    count: int
    classes: int

    def draw(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        powers = np.exp(rng.standard_normal((self.count, self.classes)))
        probabilities = powers / powers.sum(axis=1, keepdims=True)
        wrong = rng.permutation(self.count) < rng.integers(2, self.count - 1)
        shift = np.where(wrong, rng.integers(1, self.classes, self.count), 0)
        return probabilities, (probabilities.argmax(axis=1) + shift) % self.classes


@dataclass(frozen=True)
class Confused:
    """Labels and predictions (N,), many pairs of which occur more than once."""

    count: int
    classes: int

    def draw(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        labels = rng.integers(0, self.classes, self.count)
        slips = rng.integers(0, 2, self.count)  # a class is taken for itself or for the next one
        return labels, (labels + slips) % self.classes


def images(padding: str) -> tuple[Case, Case]:
    """A square image and a wide or high one, of sizes that every pooling halves."""
    low, high = Whole(24, 56, step=4), Whole(60, 96, step=4)
    return (
        RowCase("A square image", (Twice(low),), (("padding", padding),)),
        Case("An image that isn't square", (low, high), (("padding", padding),)),
    )


LENET: dict[str, Grid] = {
    "lenet_activation_sizes": {
        "valid": images("valid"),
        "same": images("same"),
        "odd": (
            Case(
                "Maps of odd size, valid",
                (Whole(25, 57, step=4), Whole(63, 95, step=4)),
                (("padding", "valid"),),
            ),
            Case(
                "Maps of odd size, same",
                (Whole(63, 95, step=4), Whole(25, 57, step=4)),
                (("padding", "same"),),
            ),
        ),
    },
    "conv_parameters": {
        "kernels": (
            Case("Square kernels", (Whole(3, 11), Whole(2, 40), Whole(41, 99))),
            Case(
                "Kernels that aren't square", (OneOf(((1, 3), (2, 5), (7, 3))), Whole(2, 40), Whole(41, 99))
            ),
            Case("Without biases", (Whole(3, 11), Whole(2, 40), Whole(41, 99)), (("use_bias", False),)),
        ),
    },
    "dense_parameters": {
        "plain": (
            Case("With biases", (Whole(100, 999), Whole(2, 99))),
            Case("Without biases", (Whole(100, 999), Whole(2, 99)), (("use_bias", False),)),
        ),
    },
    "lenet_parameters": {
        "valid": images("valid"),
        "same": images("same"),
        "digits": tuple(
            Case(f"28×28 pixels, {word}", (28, 28), (("padding", word),)) for word in ("same", "valid")
        ),
    },
    "accuracy": {
        "plain": (
            RowCase("Twenty-one images, five classes", (Predicted(21, 5),)),
            RowCase("Nearly as many classes as images", (Predicted(11, 10),)),
        ),
    },
    "confusion_matrix": {
        "plain": (
            RowCase("Sixty images, ten classes", (Confused(60, 10),)),
            RowCase("Thirty images, four classes", (Confused(30, 4),), (("classes", 4),)),
            RowCase("Classes that never occur", (Confused(30, 4),), (("classes", 7),)),
        ),
    },
    "shifted": {
        "plain": (
            Case("Down and to the right", (Normal((2, 5, 7, 3)), Whole(1, 3), Whole(1, 3))),
            Case("Up and to the left", (Normal((2, 7, 5, 2)), Whole(-3, -1), Whole(-3, -1))),
            Case("Along one axis", (Normal((3, 6, 6, 1)), OneOf((-2, 2)), 0)),
            Case("Along the other axis", (Normal((3, 6, 6, 1)), 0, OneOf((-1, 1)))),
        ),
    },
    "pixel_uses": {
        word: (
            Case("A kernel of 3 or 5", (Whole(7, 16), OneOf((3, 5))), (("padding", word),)),
            Case("A large kernel", (Whole(12, 20), OneOf((7, 9, 11))), (("padding", word),)),
        )
        for word in ("valid", "same")
    },
}

MODELS: dict[str, Grid] = {
    "lenet_same": {
        "random": (Case("Random weights and images", (RandomWeights(), Normal((6, 28, 28, 1), dtype="float32"))),),
        "trained": (Case("Trained weights, digits in the corners", (TrainedLenet(), Digits(12))),),
    },
    "lenet_valid": {
        "random": (Case("Random weights and images", (RandomWeights(), Normal((6, 32, 32, 1), dtype="float32"))),),
        "trained": (Case("Trained weights, digits in the corners", (TrainedLenet(), Digits(12, frame=2))),),
    },
    "vgg_small": {
        "random": (
            Case("Random weights and images", (RandomWeights(VGG_SHAPES), Normal((2, 32, 32, 3), dtype="float32"))),
        ),
    },
}  # fmt: skip

GRIDS: dict[str, Grid] = {**LENET, **MODELS}
