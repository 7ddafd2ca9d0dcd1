"""The hidden cases of assignment 6: sizes and counts of known networks' kinds, one inception module, one residual block."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from grader.cases.kinds import Case, Grid, Normal, OneOf, RowCase, Whole
from grader.networks.modern import INCEPTION, INCEPTION_IMAGE, RESIDUAL_IMAGE


@dataclass(frozen=True)
class Filters:
    """The six numbers of an inception module, all different, the reductions smaller than what they reduce."""

    def draw(self, rng: np.random.Generator) -> tuple[int, ...]:
        one, three, five, projection = (int(n) for n in rng.permutation(np.arange(21, 60))[:4])
        reduce3, reduce5 = (int(n) for n in rng.permutation(np.arange(5, 20))[:2])
        return one, reduce3, three, reduce5, five, projection


@dataclass(frozen=True)
class LastLayer:
    """How many numbers a dense layer reads, and how many parameters it has."""

    def draw(self, rng: np.random.Generator) -> tuple[int, int]:
        inputs, units = (int(n) for n in rng.integers((500, 20), (5000, 400)))
        return inputs, (inputs + 1) * units


@dataclass(frozen=True)
class Blocks:
    """How many blocks each of the stages has."""

    stages: int = 4

    def draw(self, rng: np.random.Generator) -> tuple[int, ...]:
        return tuple(int(n) for n in rng.integers(2, 8, self.stages))


@dataclass(frozen=True)
class Disagreeing:
    """Probabilities (M, N, K) of networks that err apart.

    In the first third of the images most networks lean to one class and another one is sure of a second, which wins on
    average; in the second third one network is the surest of all, and is overruled; the rest are drawn.
    """

    networks: int
    images: int
    classes: int

    def draw(self, rng: np.random.Generator) -> np.ndarray:
        shape = (self.networks, self.images, self.classes)
        p = np.exp(rng.standard_normal(shape))
        third = self.images // 3
        for image in range(2 * third):
            a, b = rng.choice(self.classes, 2, replace=False)
            p[:, image] = 0.02
            if image < third:
                p[:, image, a], p[:, image, b] = 0.52, 0.46
                p[rng.integers(1, self.networks), image, [a, b]] = 0.01, 0.97
            else:
                p[:, image, a], p[:, image, b] = 0.80, 0.10
                p[rng.integers(0, self.networks), image, [a, b]] = 0.05, 0.93
        return p / p.sum(axis=2, keepdims=True)


@dataclass(frozen=True)
class Table:
    """(networks, on_test, errors): rows of single networks and of ensembles, on both kinds of images, all errors different."""

    rows: int

    def draw(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        kinds = rng.permutation(np.arange(self.rows) % 4)  # single or several, validation or test
        networks = np.where(kinds < 2, 1, rng.integers(2, 8, self.rows))
        errors = rng.permutation(np.arange(300, 2600, 2300 // self.rows)[: self.rows]) / 100
        single = np.flatnonzero(kinds == 0)
        falling, rising = np.sort(errors[single])[::-1], np.sort(errors[single])
        errors[single] = rng.permutation(errors[single])
        if np.array_equal(errors[single], rising) or np.array_equal(errors[single], falling):
            errors[single] = np.roll(falling, 1)
        return networks, kinds % 2 == 1, errors


@dataclass(frozen=True)
class Weights:
    """Float32 weights in the network's own order, of these shapes; four in a row of one axis, which no bias is followed by,
    are a batch normalisation's: scale, shift, mean, and a variance, which is positive."""

    layers: tuple[
        tuple[tuple[int, ...], bool], ...
    ]  # kernel's shape, whether a bias follows; (channels,) normalises

    def draw(self, rng: np.random.Generator) -> list[np.ndarray]:
        arrays = []
        for shape, bias in self.layers:
            if len(shape) == 1:
                arrays += [rng.uniform(0.5, 1.5, shape), rng.normal(0, 0.4, shape)]
                arrays += [rng.normal(0, 0.4, shape), rng.uniform(0.5, 2.0, shape)]
            else:
                arrays.append(rng.normal(0, (2 / np.prod(shape[:-1])) ** 0.5, shape))
                arrays += [rng.normal(0, 0.3, shape[-1:])] if bias else []
        return [array.astype(np.float32) for array in arrays]


def inception_weights(reductions: bool) -> Weights:
    """In the order that the module has of its own: what is furthest from its output first."""
    channels = INCEPTION_IMAGE[-1]
    one, reduce3, three, reduce5, five, projection = INCEPTION
    kernels: tuple[tuple[int, int, int], ...]
    if not reductions:
        kernels = ((1, channels, one), (3, channels, three), (5, channels, five))
    else:
        kernels = (
            (1, channels, reduce3),
            (1, channels, reduce5),
            (1, channels, one),
            (3, reduce3, three),
            (5, reduce5, five),
            (1, channels, projection),
        )
    return Weights(tuple(((size, size, given, made), True) for size, given, made in kernels))


def residual_weights(filters: int, projection: bool) -> Weights:
    """Of both convolutions, each with its normalisation, and of the shortcut beside the second one."""
    channels = RESIDUAL_IMAGE[-1]
    first, second = ((3, 3, channels, filters), False), ((3, 3, filters, filters), False)
    shortcut, norm = ((1, 1, channels, filters), False), ((filters,), False)
    between = (shortcut, second, norm, norm) if projection else (second, norm)
    return Weights((first, norm, *between))


WEIGHTS = {
    "inception_naive": inception_weights(reductions=False),
    "inception_reduced": inception_weights(reductions=True),
    "residual_identity": residual_weights(6, projection=False),
    "residual_projection": residual_weights(10, projection=True),
}
IMAGES = {name: INCEPTION_IMAGE if name.startswith("inception") else RESIDUAL_IMAGE for name in WEIGHTS}


def sizes(padding: str, *residues: int) -> tuple[Case, ...]:
    """Images whose sides leave these rests when they are divided by 32: then every pooling meets what it is to meet."""
    return tuple(
        Case(f"A small or a large image, {padding}", (Whole(160 + rest, 384 + rest, step=32),), (("padding", padding),))
        for rest in residues
    )  # fmt: skip


FUNCTIONS: dict[str, Grid] = {
    "alexnet_activation_sizes": {"valid": sizes("valid", 3, 9, 17), "same": sizes("same", 0, 6, 21)},
    "inception_parameters": {
        "reductions": (
            Case("A module with reductions", (Whole(100, 199), Filters()), (("reductions", True),)),
            Case("Another one, with reductions", (Whole(200, 299), Filters()), (("reductions", True),)),
        ),
        "naive": (
            Case("A module without reductions", (Whole(100, 199), Filters()), (("reductions", False),)),
            Case("Another one, without reductions", (Whole(200, 299), Filters()), (("reductions", False),)),
        ),
    },
    "reduction_saving": {
        "plain": (
            Case("A reduction before 3×3", (3, Whole(100, 199), Whole(5, 19), Whole(21, 60))),
            Case("A reduction before 5×5", (5, Whole(200, 299), Whole(5, 19), Whole(21, 60))),
        ),
    },
    "resnet_parameters": {
        "plain": (
            Case("Plain blocks", (Blocks(),), (("bottleneck", False),)),
            Case("Plain blocks in three stages", (Blocks(3),), (("bottleneck", False),)),
        ),
        "bottleneck": (
            Case("Bottlenecks", (Blocks(),), (("bottleneck", True),)),
            Case("Bottlenecks in three stages", (Blocks(3),), (("bottleneck", True),)),
        ),
    },
    "head_parameters": {
        "heads": (
            Case("Flattened maps", (Whole(3, 6), Whole(7, 12), Whole(20, 60), Whole(3, 19)), (("head", "flatten"),)),
            Case("Averaged maps", (Whole(3, 6), Whole(7, 12), Whole(20, 60), Whole(3, 19)), (("head", "average"),)),
            Case("Averaged maps, many of them", (Whole(3, 6), Whole(7, 12), Whole(61, 99), Whole(3, 19)), (("head", "average"),)),
        ),
    },
    "class_maps": {
        "plain": (
            Case("Maps of two images", (Normal((2, 3, 4, 5)), Normal((5, 6)), Normal((6,)))),
            Case("One class, one channel", (Normal((3, 2, 5, 1)), Normal((1, 2)), Normal((2,)))),
        ),
    },
    "ensemble_predictions": {
        "plain": (
            Case("Five networks", (Disagreeing(5, 18, 6),)),
            Case("Four networks, many classes", (Disagreeing(4, 21, 9),)),
        ),
    },
    "single_networks": {
        "plain": (RowCase("A table of sixteen rows", (Table(16),)), RowCase("A table of thirty rows", (Table(30),))),
    },
    "output_units": {"plain": (RowCase("A dense layer with biases", (LastLayer(),)),)},
    "relative_drop": {
        "plain": (
            Case("An error that falls", (Whole(12, 30), Whole(3, 11))),
            Case("One that falls a little", (OneOf((25.8, 16.5, 11.75)), OneOf((11.5, 10.75, 9.5)))),
            Case("One that grows", (OneOf((3.5, 5.25)), OneOf((7.5, 8.25)))),
        ),
    },
}  # fmt: skip
NETWORKS: dict[str, Grid] = {
    name: {
        "random": (Case("Random weights and maps", (weights, Normal((3, *IMAGES[name]), dtype="float32"))),)
    }
    for name, weights in WEIGHTS.items()
}
GRIDS: dict[str, Grid] = {**FUNCTIONS, **NETWORKS}
