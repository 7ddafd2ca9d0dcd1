"""An inception module in Keras, in both forms, and wrong ideas about how it is built."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from grader.tasks.drawn import Case, Normal
from grader.tasks.lenet.models.computing import average_for_max, average_pooling, no_activation
from grader.tasks.lenet.models.layers import frozen, input_channels, no_biases
from grader.tasks.modern.inception.parameters import (
    POOL,
    PROJECTION,
    in_a_row,
    projection_forgotten,
    projection_kept,
    with_reductions,
    without_reductions,
)
from grader.tasks.networks import (
    Change,
    Layer,
    both,
    computes,
    dropping,
    every,
    has_other_layers,
    images,
    layer,
    named,
    network,
    nth,
    setting,
    settings,
    taking,
    trains_less,
)
from grader.tasks.task import idea

ONE_BY_ONE = "Lecture 3, 1×1 convolution"
INCEPTION_SLIDE = "Lecture 2, Inception module"
POOLING = "Lecture 2, Pooling layer"


INCEPTION_IMAGE = (8, 8, 16)
INCEPTION = (8, 6, 12, 4, 10, 5)  # 1×1, 3×3 reduce, 3×3, 5×5 reduce, 5×5, pool projection


@dataclass(frozen=True)
class Weights:
    """Float32 weights in the network's own order, of these shapes; four in a row of one axis, which no bias is followed by,
    are a batch normalisation's: scale, shift, mean, and a variance, which is positive."""

    # kernel's shape, whether a bias follows; (channels,) normalises
    layers: tuple[tuple[tuple[int, ...], bool], ...]

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


def inception(reductions: bool) -> Any:
    """One inception module (Szegedy et al. 2015, figure 2) on maps of 8×8×16."""
    import keras

    from kerasnets.models.blocks import inception_module

    x = keras.Input(INCEPTION_IMAGE, name="image")
    return keras.Model(x, inception_module(x, INCEPTION, "inception", reductions))


inception_naive = network(
    "a6_modern_architectures",
    hidden={
        "random": (
            Case(
                "Random weights and maps",
                (inception_weights(reductions=False), Normal((3, *INCEPTION_IMAGE), dtype="float32")),
            ),
        )
    },
    name="inception_naive",
)(partial(inception, reductions=False))
inception_reduced = network(
    "a6_modern_architectures",
    hidden={
        "random": (
            Case(
                "Random weights and maps",
                (inception_weights(reductions=True), Normal((3, *INCEPTION_IMAGE), dtype="float32")),
            ),
        )
    },
    name="inception_reduced",
)(partial(inception, reductions=True))
INCEPTIONS = ("inception_naive", "inception_reduced")


computes(no_activation, setting(every("Conv2D"), activation="linear"), *INCEPTIONS)
computes(average_for_max, average_pooling, *INCEPTIONS)
has_other_layers(no_biases, setting(every("Conv2D"), use_bias=False), *INCEPTIONS)
has_other_layers(input_channels, images(None, None, 3), *INCEPTIONS)
for _name in INCEPTIONS:
    for _place in (0, 1, -1):
        trains_less(frozen, setting(nth("Conv2D", _place), trainable=False), _name)
    trains_less(frozen, setting(every("Conv2D"), trainable=False), _name)


def reduced(layers: list[Layer]) -> list[Layer]:
    """The naive module with the other one's reductions."""
    for size, filters in (("3x3", INCEPTION[1]), ("5x5", INCEPTION[3])):
        (large,) = named(f"inception_{size}")(layers)
        one = layer(
            "Conv2D",
            **large["config"]
            | {"name": f"inception_{size}_reduce", "filters": filters, "kernel_size": [1, 1]},
        )
        one["inbound"] = list(large["inbound"])
        large["inbound"] = [f"inception_{size}_reduce"]
        place = next(i for i, part in enumerate(layers) if part is large)
        layers = [*layers[:place], one, *layers[place:]]
    return layers  # fmt: skip


has_other_layers(projection_forgotten, dropping(named(PROJECTION)), "inception_reduced")


BRANCHES = {
    "inception_naive": ("inception_1x1", "inception_3x3", "inception_5x5", POOL),
    "inception_reduced": ("inception_1x1", "inception_3x3", "inception_5x5", PROJECTION),
}


def joined(*branches: str) -> Change:
    return taking(inception_output=branches)


def projected(layers: list[Layer]) -> list[Layer]:
    """The naive module with the other one's convolution behind its pooling."""
    (one,) = named("inception_1x1")(layers)
    last = layer("Conv2D", **one["config"] | {"name": PROJECTION, "filters": INCEPTION[5]})
    last["inbound"] = [POOL]
    return joined(*BRANCHES["inception_reduced"])([*layers[:-1], last, layers[-1]])


has_other_layers(projection_kept, projected, "inception_naive")


has_other_layers(
    in_a_row,
    taking(inception_3x3=("inception_1x1",), inception_5x5=("inception_3x3",)),
    "inception_naive",
)


has_other_layers(with_reductions, both(projected, reduced), "inception_naive")
has_other_layers(with_reductions, reduced, "inception_naive")


has_other_layers(
    without_reductions,
    dropping(named("inception_3x3_reduce", "inception_5x5_reduce", PROJECTION)),
    "inception_reduced",
)


REDUCTIONS = named("inception_3x3_reduce", "inception_5x5_reduce")


has_other_layers(without_reductions, dropping(REDUCTIONS), "inception_reduced")


linear_reductions = idea(
    "inception.reductions_linear",
    belief="A reduction only sums up channels: it needs no activation.",
    hint="The paper gives every convolution a ReLU, and names this as the reductions' second use. Without one, what are a "
    "1×1 and a 3×3 convolution that follow each other?",
    lecture=ONE_BY_ONE,
)
computes(linear_reductions, setting(REDUCTIONS, activation="linear"), "inception_reduced")

projected_first = idea(
    "inception.projection_before_pooling",
    belief="Pooling and its projection may change places.",
    hint="They don't commute: a maximum of sums is no sum of maxima. Which of the two comes first in the figure?",
    lecture=INCEPTION_SLIDE,
)


def projection_then_pooling(layers: list[Layer]) -> list[Layer]:
    (pool,) = named(POOL)(layers)
    (projection,) = named(PROJECTION)(layers)
    others = [part for part in layers if part is not pool and part is not projection]
    pool["inbound"], projection["inbound"] = [PROJECTION], ["image"]
    return joined(*BRANCHES["inception_reduced"][:3], POOL)([*others[:-1], projection, pool, others[-1]])


computes(projected_first, projection_then_pooling, "inception_reduced")

pooling_left_out = idea(
    "inception.pooling_left_out",
    belief="The fourth branch is a 1×1 convolution of the input.",
    hint="What stands before it in the figure? With windows of 3×3 at stride 1, padded, it keeps the size, so no shape will "
    "tell you.",
    lecture=INCEPTION_SLIDE,
)
computes(pooling_left_out, dropping(named(POOL)), "inception_reduced")

reordered = idea(
    "inception.branches_in_another_order",
    belief="It doesn't matter in which order the branches are joined.",
    hint="The next layer has a weight for every channel, by its number. In which order does the question list the branches?",
    lecture=INCEPTION_SLIDE,
)
# its pooling has no weights, so that all weights still fit
computes(reordered, joined(POOL, "inception_1x1", "inception_3x3", "inception_5x5"), "inception_naive")
has_other_layers(
    reordered, joined("inception_1x1", "inception_5x5", "inception_3x3", POOL), "inception_naive"
)
has_other_layers(
    reordered, joined("inception_5x5", "inception_3x3", "inception_1x1", POOL), "inception_naive"
)
has_other_layers(reordered, joined(PROJECTION, *BRANCHES["inception_reduced"][:3]), "inception_reduced")
has_other_layers(
    reordered, joined("inception_1x1", "inception_5x5", "inception_3x3", PROJECTION), "inception_reduced"
)

reduced_afterwards = idea(
    "inception.reduced_afterwards",
    belief="The 1×1 convolution reduces what the 3×3 or 5×5 convolution has made.",
    hint="Then the large kernels would still see all channels, and cost what they did. Where must the reduction stand to save "
    "anything?",
    lecture=ONE_BY_ONE,
)


def swapped_sizes(layers: list[Layer]) -> list[Layer]:
    """Each reduction behind its convolution: the large kernels see the input, the 1×1 ones give the branch's channels."""
    sides = {part["config"]["name"]: part["config"] for part in layers}
    for size in ("3x3", "5x5"):
        one, large = sides[f"inception_{size}_reduce"], sides[f"inception_{size}"]
        one["kernel_size"], large["kernel_size"] = large["kernel_size"], one["kernel_size"]
    return layers


has_other_layers(reduced_afterwards, swapped_sizes, "inception_reduced")

five_as_three = idea(
    "inception.five_by_five_forgotten",
    belief="All kernels that aren't 1×1 are 3×3.",
    hint="The third branch looks further than the second: what is written on it?",
    lecture=INCEPTION_SLIDE,
)
has_other_layers(five_as_three, settings("inception_5x5", kernel_size=[3, 3]), *INCEPTIONS)

windows_of_two = idea(
    "inception.pooling_of_two",
    belief="Pooling windows are 2×2.",
    hint="At stride 1 and padded, any window keeps the size. Which one does the question name?",
    lecture=POOLING,
)
computes(windows_of_two, settings(POOL, pool_size=[2, 2]), *INCEPTIONS)
