"""The hidden cases about transfer and about series."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from grader.cases.kinds import Bytes, Case, Grid, Labels, Normal, OneOf, RowCase, Whole
from grader.cases.lenet import RandomWeights

CONVOLUTIONS = ((3, 3, 1, 8), (3, 3, 8, 16), (3, 3, 16, 32))
BASE_SHAPES = (*CONVOLUTIONS, (288, 64), (64, 5))
NEW_SHAPES = (*CONVOLUTIONS, (288, 5))
SERIES_SHAPES = ((2, 1, 4), (2, 4, 4), (8, 1))
# Loud images would leave one class a probability of 1, whatever is wrong.
IMAGES = Normal((8, 28, 28, 1), scale=0.3, dtype="float32")


@dataclass(frozen=True)
class Losses:
    """Rates and the losses (rates, runs) of trainings with them, in no order: three rates have the same best mean.

    One rate has the luckiest run of all but a middling mean. Where some runs `diverged`, the rate that comes first among
    theirs was bad, and another one had smaller losses than the best until then.
    """

    diverged: bool

    def draw(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        rates = round(rng.uniform(1, 9), 3) * 10.0 ** -(
            np.arange(6.0) + rng.integers(1, 4)
        )  # from the largest
        best = 0.5 + rng.integers(0, 8) / 64
        means = best + np.array([1.25, 1.0, 0.75, 0.0, 0.0, 0.0])
        spread = np.array([0.125, 0.0625, 0.0, 0.0625, 0.0625, 0.25])
        losses = means[:, None] + spread[:, None] * np.array([1, -1, -1, 1])
        losses[2] += (means[2] - best / 2) * np.array([1, -1, 1, -1])  # two runs end at half the best
        if self.diverged:
            losses[1] = 0.75 * best
            losses[[0, 1], rng.integers(0, 4, 2)] = np.nan
        order = np.array([[4, 0, 3, 5, 1, 2], [0, 4, 5, 1, 3, 2], [2, 0, 4, 1, 3, 5]][rng.integers(3)])
        return rates[order], losses[order]


NETWORK = (OneOf(((4, 6, 10), (5, 7, 12), (6, 8, 14))), Whole(3, 9))
TRANSFER: dict[str, Grid] = {
    "transfer_parameters": {
        "plain": (
            Case("Nothing frozen", (Whole(24, 64), *NETWORK, 0)),
            Case("The first convolution frozen", (Whole(24, 64), *NETWORK, 1)),
            Case("Two of three convolutions frozen", (Whole(24, 64), *NETWORK, 2)),
        ),
        "normalized": (
            Case("Batch normalisation, nothing frozen", (Whole(24, 64), *NETWORK, 0, True)),
            Case("Batch normalisation, two frozen", (Whole(24, 64), *NETWORK, 2, True)),
        ),
    },
    "class_means": {
        "plain": (
            Case("Three classes of one size", (Normal((12, 5)), Labels(12, 3), 3)),
            Case("Classes of different sizes", (Normal((11, 4), mean=2.0), Labels(11, 4), 4)),
        ),
    },
    "nearest_class": {
        "plain": (
            Case("Thirty rows of features, five means", (Normal((30, 6)), Normal((5, 6)))),
            Case("Means of very different lengths", (Normal((25, 4)), Normal((4, 4), mean=1.5, scale=2.0))),
        ),
    },
    "training_cost": {
        way: (
            Case("Few images", (Whole(20, 90), Whole(5, 60), Whole(10_000, 90_000), Whole(500, 5_000), way)),
            Case("Many images", (Whole(900, 9_000), Whole(2, 9), Whole(1_000_000, 9_000_000), Whole(500, 5_000), way)),
        )
        for way in ("cached", "frozen", "fine-tuned")
    },
    "choose_rate": {
        "plain": (RowCase("Every run went well", (Losses(diverged=False),)),),
        "diverged": (
            RowCase("Some runs diverged", (Losses(diverged=True),)),
            RowCase("Every run went well, again", (Losses(diverged=False),)),
        ),
    },
    "as_input": {
        "line": (
            Case("A series", ("series", Bytes((11,)))),
            Case("Stereo sound", ("audio", Bytes((2, 13)))),
            Case("Sound from five microphones", ("audio", Bytes((5, 12)))),
            Case("A sentence", ("text", Bytes((7, 6)))),
        ),
        "more": (
            Case("A grey image", ("image", Bytes((6, 9)))),
            Case("A grey film", ("video", Bytes((5, 4, 7)))),
        ),
    },
    "values_seen": {
        "convolution": (
            Case("Two layers, a long series", ("convolution", Whole(40, 90), OneOf(((3, 4), (2, 5), (4, 2))))),
            Case("Three layers, a long series", ("convolution", Whole(90, 150), OneOf(((3, 4, 5), (2, 5, 3))))),
            Case("A series shorter than what could be seen", ("convolution", Whole(5, 8), OneOf(((4, 5, 6), (6, 7, 3))))),
        ),
        "others": (
            Case("One value at a time", ("one at a time", Whole(5, 90))),
            Case("A recurrent network", ("recurrent", Whole(5, 90))),
        ),
    },
    "rnn_forward": {
        "plain": (
            Case("Two series, two units", (Normal((2, 5, 3)), Normal((3, 2)), Normal((2, 2)), Normal((2,)))),
            Case("Three short series, four units", (Normal((3, 2, 1)), Normal((1, 4)), Normal((4, 4)), Normal((4,)))),
        ),
    },
}  # fmt: skip

MODELS: dict[str, Grid] = {
    "digit_base": {"random": (Case("Random weights and images", (RandomWeights(BASE_SHAPES), IMAGES)),)},
    "frozen_network": {"random": (Case("Random weights and images", (RandomWeights(NEW_SHAPES), IMAGES)),)},
    "partly_frozen_network": {"random": (Case("Random weights and images", (RandomWeights(NEW_SHAPES), IMAGES)),)},
    "series_network": {
        "random": (
            Case("Random weights and series", (RandomWeights(SERIES_SHAPES), Normal((12, 4, 1), dtype="float32"))),
        )
    },
}  # fmt: skip

GRIDS: dict[str, Grid] = {**TRANSFER, **MODELS}
