"""The hidden cases about VGG: stacks and tables, regularisers, errors, a ranking, and the small network under given weights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from grader.cases.kinds import Bytes, Case, Drawn, Grid, Normal, OneOf, RowCase, Whole
from grader.cases.lenet import Digits, RandomWeights

DIGITS_CHANNELS = ((1, 8), (8, 8), (8, 16), (16, 16), (16, 32), (32, 32))
DIGITS_SHAPES = (*((3, 3, *channels) for channels in DIGITS_CHANNELS), (288, 64), (64, 10))


@dataclass(frozen=True)
class Row:
    """A tuple of drawn parts."""

    parts: tuple[Drawn, ...]

    def draw(self, rng: np.random.Generator) -> tuple:
        return tuple(part.draw(rng) for part in self.parts)


@dataclass(frozen=True)
class Uniform:
    """Numbers from 0 to 1, as a generator gives them."""

    shape: tuple[int, ...]

    def draw(self, rng: np.random.Generator) -> np.ndarray:
        return rng.random(self.shape)


@dataclass(frozen=True)
class Moves:
    """(N, 2) whole numbers, down and right: no two rows alike, the two of a row of different size, some of them 0."""

    count: int
    most: int

    def draw(self, rng: np.random.Generator) -> np.ndarray:
        steps = np.arange(-self.most, self.most + 1)
        rows = np.array([(down, right) for down in steps for right in steps if abs(down) != abs(right)])
        straight = rows[(rows == 0).any(axis=1)]
        slanted = rng.permutation(rows[(rows != 0).all(axis=1)])
        return rng.permutation(np.concatenate([slanted[: self.count - 1], rng.permutation(straight)[:1]]))


@dataclass(frozen=True)
class Ranked:
    """Probabilities (N, K) and labels (N,): `counts[r]` images have r classes that are more probable than their own;
    of the last kind there are some more."""

    counts: tuple[int, ...]

    def draw(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        listed = np.repeat(np.arange(len(self.counts)), self.counts)
        more = np.full(rng.integers(24), len(self.counts) - 1)  # wrong for any k: another share each time
        ranks = rng.permutation(np.concatenate([listed, more]))
        powers = np.exp(rng.standard_normal((len(ranks), len(self.counts))))
        probabilities = powers / powers.sum(axis=1, keepdims=True)
        return probabilities, np.argsort(-probabilities, axis=1)[np.arange(len(ranks)), ranks]


@dataclass(frozen=True)
class Entries:
    """Accuracies, parameters and a budget: one network just fits, the two most accurate are too large.

    Two are equally good; `larger_first` says which of them is entered first. The smallest is far worse than the next.
    """

    larger_first: bool

    def draw(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, int]:
        budget = 1000 * int(rng.integers(20, 60))
        steps = rng.integers(1, 9, 6)
        large = [(0.96, 2 * budget + steps[0]), (0.98, budget + steps[1])]
        fit = [(0.95, budget), (0.9, budget // 20 + steps[2]), (0.6, budget // 20 - steps[3])]
        equals = [(0.93, budget // 2 + steps[4]), (0.93, budget // 3 - steps[5])]
        pair = equals if self.larger_first else equals[::-1]
        rest = [*fit, pair[0]]
        entries = [large[0], *(rest[i] for i in rng.permutation(4)), pair[1]]
        entries.insert(int(rng.integers(2, 5)), large[1])
        accuracies, parameters = zip(*entries, strict=True)
        return np.array(accuracies), np.array(parameters, dtype=int), budget


@dataclass(frozen=True)
class Answered:
    """How many of how many images a network gets right: neither half of them nor all."""

    total: int

    def draw(self, rng: np.random.Generator) -> tuple[int, int]:
        return int(rng.integers(self.total * 6 // 10, self.total * 95 // 100)), self.total


FEW = Whole(2, 4)
RISING = Row((Whole(4, 9), Whole(11, 19), Whole(21, 32)))
DEEP = Row((FEW, FEW, FEW))
HIDDEN = Row((Whole(50, 70), Whole(80, 99)))
COLOURS = OneOf((3,))
EVEN = Row((Whole(24, 56, step=8), Whole(64, 96, step=8), COLOURS))
ODD = Row((Whole(31, 63, step=8), Whole(71, 95, step=8), COLOURS))
KEPT = OneOf((0.2, 0.25, 0.3, 0.4, 0.6, 0.7))

GRIDS: dict[str, Grid] = {
    "stack_reach": {"plain": (Case("Some kernels of one size", (OneOf((3, 5, 7)), OneOf((3, 5, 6)))),)},
    "stack_parameters": {
        "plain": (Case("Some kernels of one size", (OneOf((3, 5, 7)), Whole(2, 5), Whole(16, 64))),)
    },
    "vgg_depth": {
        "plain": (
            Case("Three blocks", (DEEP, HIDDEN)),
            Case("Four blocks", (Row((FEW, FEW, FEW, FEW)), Row((Whole(20, 90),)))),
        )
    },
    "vgg_parameters": {
        "even": (Case("Sides that every pooling halves", (DEEP, RISING, HIDDEN, EVEN, Whole(5, 20))),),
        "odd": (
            Case("Sides that no pooling halves", (DEEP, RISING, Row((Whole(20, 90),)), ODD, Whole(5, 20))),
        ),
    },
    "dropout": {
        "vectors": (
            Case("Training, vectors", (Normal((5, 8)), Uniform((5, 8)), KEPT)),
            Case("Testing, vectors", (Normal((5, 8)), Uniform((5, 8)), KEPT), (("training", False),)),
        ),
        "maps": (
            Case("Training, maps", (Normal((3, 4, 5, 2)), Uniform((3, 4, 5, 2)), KEPT)),
            Case(
                "Testing, maps",
                (Normal((3, 4, 5, 2)), Uniform((3, 4, 5, 2)), KEPT),
                (("training", False),),
            ),
        ),
    },
    "moved_images": {
        "bytes": (Case("Images of bytes", (Bytes((6, 7, 9, 1)), Moves(6, 3))),),
        "floats": (
            Case("Images of floats, with colours", (Normal((5, 8, 8, 3), mean=5, dtype="float32"), Moves(5, 3))),
        ),
    },
    "top_k_error": {
        "one": (RowCase("The first alone", (Ranked((6, 4, 2, 1, 0, 3, 1, 1, 2, 0)),), (("k", 1),)),
                RowCase("The first two", (Ranked((6, 4, 2, 1, 0, 3, 1, 1, 2, 0)),), (("k", 2),))),
        "several": (RowCase("The first three", (Ranked((6, 4, 2, 1, 0, 3, 1, 1, 2, 0)),), (("k", 3),)),
                    RowCase("The first five", (Ranked((4, 5, 2, 0, 3, 1, 4, 2, 1, 2, 0, 1)),))),
    },
    "accuracy_interval": {
        "plain": (RowCase("A thousand images", (Answered(1000),)), RowCase("Few images", (Answered(80),)))
    },
    "leaderboard": {"plain": (RowCase("Seven networks", (Entries(True),)), RowCase("Seven others", (Entries(False),)))},
    "vgg_digits": {
        "random": (
            Case("Random weights and images",
                 (RandomWeights(DIGITS_SHAPES), Normal((4, 28, 28, 1), scale=0.4, dtype="float32"))),
            Case("Random weights, digits in the corners", (RandomWeights(DIGITS_SHAPES), Digits(4))),
        ),
    },
}  # fmt: skip
