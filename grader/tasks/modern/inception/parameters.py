"""Inception modules: their parameters, and what 1×1 convolutions save."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.tasks.arithmetic.lenet.weights import conv_parameters
from grader.tasks.drawn import Case, Whole
from grader.tasks.small import shapes
from grader.tasks.task import idea, task

COUNTING = "Lecture 1, Number of parameters to learn in a convolutional layer"
ONE_BY_ONE = "Lecture 3, 1×1 convolution"
INCEPTION_SLIDE = "Lecture 2, Inception module"


@dataclass(frozen=True)
class Filters:
    """The six numbers of an inception module, all different, the reductions smaller than what they reduce."""

    def draw(self, rng: np.random.Generator) -> tuple[int, ...]:
        one, three, five, projection = (int(n) for n in rng.permutation(np.arange(21, 60))[:4])
        reduce3, reduce5 = (int(n) for n in rng.permutation(np.arange(5, 20))[:2])
        return one, reduce3, three, reduce5, five, projection


@task(
    hidden={
        "reductions": (
            Case("A module with reductions", (Whole(100, 199), Filters()), (("reductions", True),)),
            Case("Another one, with reductions", (Whole(200, 299), Filters()), (("reductions", True),)),
        ),
        "naive": (
            Case("A module without reductions", (Whole(100, 199), Filters()), (("reductions", False),)),
            Case("Another one, without reductions", (Whole(200, 299), Filters()), (("reductions", False),)),
        ),
    },
    small=[
        *shapes((1, (1, 1, 1, 1, 1, 1)), (2, (1, 2, 1, 1, 3, 1)), (3, (2, 1, 4, 2, 5, 3)), reductions=True),
        *shapes((1, (1, 1, 1, 1, 1, 1)), (2, (1, 2, 1, 1, 3, 1)), (3, (2, 1, 4, 2, 5, 3)), reductions=False),
    ],
)
def inception_parameters(in_channels: int, filters: Sequence[int], reductions: bool) -> int:
    """Parameters of an inception module; `filters` are the six numbers of GoogLeNet's table (Szegedy et al. 2015, table 1).

    >>> inception_parameters(192, (64, 96, 128, 16, 32, 32), True)
    163696
    >>> inception_parameters(192, (64, 96, 128, 16, 32, 32), False)
    387296
    """
    one, reduce3, three, reduce5, five, projection = filters
    pairs: tuple[tuple[int, int, int], ...]
    if not reductions:
        pairs = ((1, in_channels, one), (3, in_channels, three), (5, in_channels, five))
    else:
        pairs = (
            (1, in_channels, one),
            (1, in_channels, reduce3),
            (3, reduce3, three),
            (1, in_channels, reduce5),
            (5, reduce5, five),
            (1, in_channels, projection),
        )
    return sum(conv_parameters(*pair) for pair in pairs)


@task(
    hidden={
        "plain": (
            Case("A reduction before 3×3", (3, Whole(100, 199), Whole(5, 19), Whole(21, 60))),
            Case("A reduction before 5×5", (5, Whole(200, 299), Whole(5, 19), Whole(21, 60))),
        ),
    }
)
def reduction_saving(kernel_size: int, in_channels: int, reduced: int, filters: int) -> int:
    """How many parameters fewer a convolution has with its 1×1 reduction, both counted, than without; negative for more.

    >>> reduction_saving(5, 192, 16, 32)  # GoogLeNet's first 5×5 branch; lecture 3: 1×1 adds parameters
    137712
    """
    alone = conv_parameters(kernel_size, in_channels, filters)
    return alone - conv_parameters(1, in_channels, reduced) - conv_parameters(kernel_size, reduced, filters)


bias_forgotten = idea(
    "inception.bias_forgotten",
    belief="The parameters of a module are the weights of its kernels.",
    hint="Every kernel has one more number, which it adds at the end, the 1×1 kernels too.",
    lecture=COUNTING,
)


@inception_parameters.wrongly(bias_forgotten)
def bias_forgotten_inception_parameters(in_channels: int, filters: Sequence[int], reductions: bool) -> int:
    kernels = filters if reductions else (filters[0], filters[2], filters[4])
    return inception_parameters(in_channels, filters, reductions) - sum(kernels)


@reduction_saving.wrongly(bias_forgotten)
def bias_forgotten_reduction_saving(kernel_size: int, in_channels: int, reduced: int, filters: int) -> int:
    return reduction_saving(kernel_size, in_channels, reduced, filters) + reduced


def _inception(in_channels: int, filters: Sequence[int], reductions: bool, **changed: Any) -> int:
    """The right number out of its branches, some of which are changed."""
    one, reduce3, three, reduce5, five, projection = filters
    if reductions:
        parts = {
            "one": (1, in_channels, one),
            "reduce3": (1, in_channels, reduce3),
            "three": (3, reduce3, three),
            "reduce5": (1, in_channels, reduce5),
            "five": (5, reduce5, five),
            "projection": (1, in_channels, projection),
        }
    else:
        parts = {
            "one": (1, in_channels, one),
            "three": (3, in_channels, three),
            "five": (5, in_channels, five),
        }
    return sum(conv_parameters(*part) for part in (parts | changed).values() if part)


@inception_parameters.wrongly(
    idea(
        "inception.one_by_one_is_one_weight",
        belief="A 1×1 kernel has one weight.",
        hint="It looks at one pixel, but at all its channels: how many weights is that?",
        lecture=ONE_BY_ONE,
    )
)
def one_weight(in_channels: int, filters: Sequence[int], reductions: bool) -> int:
    one, reduce3, _, reduce5, _, projection = filters
    names = {"one": one, "reduce3": reduce3, "reduce5": reduce5, "projection": projection}
    kept = names if reductions else {"one": one}
    return _inception(in_channels, filters, reductions, **{name: (1, 1, n) for name, n in kept.items()})


reductions_not_used = idea(
    "inception.reductions_stand_beside",
    belief="The reductions are more branches: the 3×3 and the 5×5 kernels still see all channels of the input.",
    hint="Follow the arrows of the figure: whose output is the input of the 3×3 convolution?",
    lecture=INCEPTION_SLIDE,
)


@inception_parameters.wrongly(reductions_not_used)
def reductions_not_used_inception_parameters(
    in_channels: int, filters: Sequence[int], reductions: bool
) -> int:
    if not reductions:
        return inception_parameters(in_channels, filters, reductions)
    wide = {"three": (3, in_channels, filters[2]), "five": (5, in_channels, filters[4])}
    return _inception(in_channels, filters, reductions, **wide)


@reduction_saving.wrongly(reductions_not_used)
def reductions_not_used_reduction_saving(
    kernel_size: int, in_channels: int, reduced: int, filters: int
) -> int:
    return -conv_parameters(1, in_channels, reduced)


reductions_free = idea(
    "inception.reductions_are_free",
    belief="The 1×1 reductions only rearrange channels: they have no parameters.",
    hint="They are convolutions like any other. Which of their weights does training change?",
    lecture=ONE_BY_ONE,
)


@inception_parameters.wrongly(reductions_free)
def reductions_free_inception_parameters(in_channels: int, filters: Sequence[int], reductions: bool) -> int:
    gone: dict[str, Any] = {"reduce3": None, "reduce5": None} if reductions else {}
    return _inception(in_channels, filters, reductions, **gone)


@reduction_saving.wrongly(reductions_free)
def reductions_free_reduction_saving(kernel_size: int, in_channels: int, reduced: int, filters: int) -> int:
    return reduction_saving(kernel_size, in_channels, reduced, filters) + conv_parameters(
        1, in_channels, reduced
    )


projection_forgotten = idea(
    "inception.pool_projection_forgotten",
    belief="The pooling branch has no parameters.",
    hint="The pooling itself has none. What stands behind it in the module with reductions?",
    lecture=INCEPTION_SLIDE,
)


@inception_parameters.wrongly(projection_forgotten)
def projection_forgotten_inception_parameters(
    in_channels: int, filters: Sequence[int], reductions: bool
) -> int:
    return _inception(in_channels, filters, reductions, projection=None)


POOL, PROJECTION = "inception_pool", "inception_pool_proj"

projection_kept = idea(
    "inception.naive_pooling_projected",
    belief="A 1×1 convolution stands behind the pooling in both modules.",
    hint="The naive module has no 1×1 convolution but that of the first branch: what becomes of the pooled maps there?",
    lecture=INCEPTION_SLIDE,
)


@inception_parameters.wrongly(projection_kept)
def projection_kept_inception_parameters(in_channels: int, filters: Sequence[int], reductions: bool) -> int:
    return _inception(in_channels, filters, reductions, projection=(1, in_channels, filters[5]))


in_a_row = idea(
    "inception.branches_in_a_row",
    belief="The convolutions follow each other: 1×1, then 3×3, then 5×5.",
    hint="They stand side by side: what is the input of each branch?",
    lecture=INCEPTION_SLIDE,
)


@inception_parameters.wrongly(in_a_row)
def in_a_row_inception_parameters(in_channels: int, filters: Sequence[int], reductions: bool) -> int:
    one, reduce3, three, reduce5, five, _ = filters
    if reductions:
        rows = {"reduce3": (1, one, reduce3), "reduce5": (1, three, reduce5)}
    else:
        rows = {"three": (3, one, three), "five": (5, three, five)}
    return _inception(in_channels, filters, reductions, **rows)


with_reductions = idea(
    "inception.always_reduced",
    belief="An inception module has its 1×1 reductions.",
    hint="There are two figures in the paper, and two of these networks. What does the naive one do without?",
    lecture=INCEPTION_SLIDE,
)


@inception_parameters.wrongly(with_reductions)
def with_reductions_inception_parameters(in_channels: int, filters: Sequence[int], reductions: bool) -> int:
    return inception_parameters(in_channels, filters, True)


without_reductions = idea(
    "inception.never_reduced",
    belief="An inception module is three convolutions and a pooling, side by side.",
    hint="That is the naive one. What stands before its 3×3 and its 5×5 convolution in GoogLeNet, and behind its pooling?",
    lecture=INCEPTION_SLIDE,
)


@inception_parameters.wrongly(without_reductions)
def without_reductions_inception_parameters(
    in_channels: int, filters: Sequence[int], reductions: bool
) -> int:
    return inception_parameters(in_channels, filters, False)


@reduction_saving.wrongly(
    idea(
        "inception.saving_the_wrong_way_round",
        belief="What is saved is the new count less the old one.",
        hint="If something cost 5 and costs 2 now, you have saved 3, not -3. Which of the two branches is the old one?",
        lecture=ONE_BY_ONE,
    )
)
def saving_negative(kernel_size: int, in_channels: int, reduced: int, filters: int) -> int:
    return -reduction_saving(kernel_size, in_channels, reduced, filters)
