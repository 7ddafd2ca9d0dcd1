"""Whole residual networks, counted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.tasks.arithmetic.lenet.weights import conv_parameters, dense_parameters
from grader.tasks.drawn import Case
from grader.tasks.small import shapes
from grader.tasks.task import idea, task

RESNET = "Lecture 2, ResNet"
COUNTING = "Lecture 1, Number of parameters to learn in a convolutional layer"


@dataclass(frozen=True)
class Blocks:
    """How many blocks each of the stages has."""

    stages: int = 4

    def draw(self, rng: np.random.Generator) -> tuple[int, ...]:
        return tuple(int(n) for n in rng.integers(2, 8, self.stages))


def _normalized(kernel_size: int, channels: int, filters: int) -> int:
    """A convolution without biases, and the scale and shift of its batch normalisation."""
    return conv_parameters(kernel_size, channels, filters, use_bias=False) + 2 * filters


@task(
    hidden={
        "plain": (
            Case("Plain blocks", (Blocks(),), (("bottleneck", False),)),
            Case("Plain blocks in three stages", (Blocks(3),), (("bottleneck", False),)),
        ),
        "bottleneck": (
            Case("Bottlenecks", (Blocks(),), (("bottleneck", True),)),
            Case("Bottlenecks in three stages", (Blocks(3),), (("bottleneck", True),)),
        ),
    },
    small=[
        *shapes(((1,),), ((2,),), ((1, 1),), ((2, 2),), bottleneck=False),
        *shapes(((1,),), ((2,),), ((1, 1),), ((2, 2),), bottleneck=True),
    ],
)
def resnet_parameters(blocks: Sequence[int], bottleneck: bool) -> int:
    """Trainable parameters of a ResNet for ImageNet, convolutions without biases (He et al. 2016, table 1).

    >>> resnet_parameters((2, 2, 2, 2), False), resnet_parameters((3, 8, 36, 3), True)
    (11689512, 60192808)
    """
    channels, total = 64, _normalized(7, 3, 64)
    for stage, count in enumerate(blocks):
        width = 64 * 2**stage
        out = 4 * width if bottleneck else width
        for _ in range(count):
            if bottleneck:
                total += _normalized(1, channels, width) + _normalized(3, width, width)
                total += _normalized(1, width, out)
            else:
                total += _normalized(3, channels, width) + _normalized(3, width, width)
            if channels != out:
                total += _normalized(1, channels, out)
            channels = out
    return total + dense_parameters(channels, 1000)


norm_forgotten = idea(
    "resnet.normalisation_has_none",
    belief="Batch normalisation computes its mean and variance: it has nothing to learn.",
    hint="Behind them come a scale and a shift for each channel, which are learnt.",
    lecture=RESNET,
)


def _projected(channels: int, out: int, stage: int, number: int) -> bool:
    return channels != out


def _resnet(
    blocks: Sequence[int], bottleneck: bool, projected: Callable[[int, int, int, int], bool] = _projected,
    norm: int = 2, projection_norm: int | None = None, bias: bool = False, widening: int = 4,
) -> int:  # fmt: skip
    """The right count with other shortcuts, normalisations, biases or bottlenecks."""

    def convolution(size: int, channels: int, filters: int, each: int = norm) -> int:
        return conv_parameters(size, channels, filters, use_bias=bias) + each * filters

    channels, total = 64, convolution(7, 3, 64)
    beside = norm if projection_norm is None else projection_norm
    for stage, count in enumerate(blocks):
        width = 64 * 2**stage
        out = widening * width if bottleneck else width
        for number in range(count):
            steps = (1, channels, width), (3, width, width), (1, width, out)
            plain = (3, channels, width), (3, width, width)
            total += sum(convolution(*step) for step in (steps if bottleneck else plain))
            if projected(channels, out, stage, number):
                total += convolution(1, channels, out, beside)
            channels = out
    return total + dense_parameters(channels, 1000)


def _resnet_idea(wrong: Any, **changed: Any) -> None:
    @wrong.answers_to("resnet_parameters")
    def answer(blocks: Sequence[int], bottleneck: bool) -> int:
        return _resnet(blocks, bottleneck, **changed)


_resnet_idea(norm_forgotten, norm=0)

averages_counted = idea(
    "resnet.averages_counted",
    belief="A batch normalisation has four trainable numbers for each channel.",
    hint="Two of the four are moving averages: are they learnt, or measured?",
    lecture=RESNET,
)
_resnet_idea(averages_counted, norm=4)

biased = idea(
    "resnet.biases_counted",
    belief="Each kernel has a bias.",
    hint="Not here: what does the question say of convolutions that a normalisation follows?",
    lecture=COUNTING,
)
_resnet_idea(biased, bias=True)

projections_forgotten = idea(
    "resnet.projections_forgotten",
    belief="Shortcuts have no parameters.",
    hint="Where the number of channels changes, the input can't be added as it is. How many blocks is that, in each stage?",
    lecture=RESNET,
)
_resnet_idea(projections_forgotten, projected=lambda *_: False)

projections_everywhere = idea(
    "resnet.projections_everywhere",
    belief="Every block's shortcut has a 1×1 convolution.",
    hint="Only where channels or size change. What comes into the second block of a stage, and what goes out?",
    lecture=RESNET,
)
_resnet_idea(projections_everywhere, projected=lambda *_: True)
_resnet_idea(
    projections_everywhere,
    projected=lambda channels, out, stage, number: (number == 0 and stage == 0) or channels != out,
)

projection_with_stride = idea(
    "resnet.projection_where_the_size_changes",
    belief="The first stage keeps the size of its maps, so none of its shortcuts has a convolution.",
    hint="Compare the channels that enter the first stage with those that leave its first block: plain, and as a bottleneck.",
    lecture=RESNET,
)
_resnet_idea(projection_with_stride, projected=lambda channels, out, stage, number: stage > 0 and number == 0)

projection_bare = idea(
    "resnet.projection_not_normalised",
    belief="The 1×1 convolution of a shortcut isn't normalised.",
    hint="Each convolution is, those of the shortcuts too.",
    lecture=RESNET,
)
_resnet_idea(projection_bare, projection_norm=0)

not_widened = idea(
    "resnet.bottleneck_not_widened",
    belief="All three convolutions of a bottleneck have the stage's number of filters.",
    hint="Its last one has four times as many: it is a bottleneck because it is narrow in the middle.",
    lecture=RESNET,
)
_resnet_idea(not_widened, widening=1)


@resnet_parameters.wrongly(
    idea(
        "resnet.stem_forgotten",
        belief="A ResNet is its blocks and a dense layer.",
        hint="What stands between the image with its three channels and the first block with its 64?",
        lecture=RESNET,
    )
)
def stem_forgotten(blocks: Sequence[int], bottleneck: bool) -> int:
    return resnet_parameters(blocks, bottleneck) - conv_parameters(7, 3, 64, use_bias=False) - 2 * 64


def _last_channels(blocks: Sequence[int], bottleneck: bool) -> int:
    return 64 * 2 ** (len(blocks) - 1) * (4 if bottleneck else 1)


@resnet_parameters.wrongly(
    idea(
        "resnet.dense_forgotten",
        belief="Behind the average nothing is left to learn.",
        hint="How do the averages of all maps become a thousand scores?",
        lecture=RESNET,
    )
)
def dense_forgotten(blocks: Sequence[int], bottleneck: bool) -> int:
    return resnet_parameters(blocks, bottleneck) - dense_parameters(_last_channels(blocks, bottleneck), 1000)


@resnet_parameters.wrongly(
    idea(
        "resnet.dense_unbiased",
        belief="The dense layer has no biases either.",
        hint="Nothing normalises its outputs, so it has one for each class.",
        lecture=COUNTING,
    )
)
def dense_of_512(blocks: Sequence[int], bottleneck: bool) -> int:
    return resnet_parameters(blocks, bottleneck) - 1000
