"""A catalogue of wrong ideas, each with the code that reproduces its answer.

It explains wrong answers (`judge.LiveOracle` compares them with a student's) and proves that our checks
can fail (a test hands each idea in as a submission). Each is the reference with one step changed; one that
can't answer for some input raises there, and is no candidate.
"""

from grader.misconceptions import (
    amounts,
    arithmetic,
    conv,
    counting,
    dense,
    faster,
    lab,
    models,
    modern,
    network,
    pool,
    sequences,
    shapes,
    statements,
    transfer,
    transfer_models,
    vgg,
)
from grader.misconceptions.idea import LIBRARY, Misconception

__all__ = [
    "LIBRARY",
    "Misconception",
    "amounts",
    "arithmetic",
    "by_id",
    "conv",
    "counting",
    "dense",
    "faster",
    "for_function",
    "lab",
    "models",
    "modern",
    "network",
    "pool",
    "sequences",
    "shapes",
    "statements",
    "transfer",
    "transfer_models",
    "vgg",
]


def for_function(name: str) -> tuple[Misconception, ...]:
    """The ideas that claim the function called `name`.

    >>> [idea.card.id for idea in for_function("zero_pad2d")][:2]
    ['shapes.pad_after_only', 'shapes.pad_every_axis']
    """
    return tuple(idea for idea in LIBRARY if name in idea.answers)


def by_id(id: str) -> Misconception:
    """The idea called `id`; KeyError for an unknown one."""
    return {idea.card.id: idea for idea in LIBRARY}[id]
