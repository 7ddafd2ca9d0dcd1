"""How far back a network sees."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from grader.tasks.drawn import Case, OneOf, Whole
from grader.tasks.small import shapes
from grader.tasks.task import idea, task

MEMORY = "Lecture 4, CNN against RNN"


@task(
    hidden={
        "convolution": (
            Case(
                "Two layers, a long series", ("convolution", Whole(40, 90), OneOf(((3, 4), (2, 5), (4, 2))))
            ),
            Case(
                "Three layers, a long series", ("convolution", Whole(90, 150), OneOf(((3, 4, 5), (2, 5, 3))))
            ),
            Case(
                "A series shorter than what could be seen",
                ("convolution", Whole(5, 8), OneOf(((4, 5, 6), (6, 7, 3)))),
            ),
        ),
        "others": (
            Case("One value at a time", ("one at a time", Whole(5, 90))),
            Case("A recurrent network", ("recurrent", Whole(5, 90))),
        ),
    },
    small=[
        *shapes(("one at a time", 2), ("one at a time", 3), ("recurrent", 3), ("convolution", 3, (2,))),
        *shapes(("convolution", 5, (2, 2)), ("convolution", 9, (2, 3)), ("convolution", 9, (3, 2, 2))),
        *shapes(("convolution", 20, (3, 4, 2)), ("convolution", 2, (3, 2))),
    ],
)
def values_seen(network: str, steps: int, kernel_sizes: Sequence[int] = ()) -> int:
    """On how many of a series' last values the last answer hangs.

    >>> values_seen("convolution", 9, (3, 2)), values_seen("recurrent", 9)
    (4, 9)
    """
    if network == "one at a time":
        return 1
    return steps if network == "recurrent" else min(steps, 1 + sum(size - 1 for size in kernel_sizes))


@values_seen.wrongly(
    idea(
        "memory.all_at_once",
        belief="A convolution sees the whole series.",
        hint="It slides over all of it, but each answer is made of one window. How wide is that?",
        lecture=MEMORY,
    )
)
def all_at_once(network: str, steps: int, kernel_sizes: Any = ()) -> Any:
    return steps if network == "convolution" else values_seen(network, steps)


sizes_added = idea(
    "memory.sizes_added",
    belief="The windows of two layers, laid end to end, make the width that is seen.",
    hint="Two layers of kernels of 2: draw them over five values and follow the last answer down. The windows overlap.",
    lecture=MEMORY,
)


def _width(wrong: Any, width: Callable[[Any], int]) -> None:
    @wrong.answers_to("values_seen")
    def answer(network: str, steps: int, kernel_sizes: Any = ()) -> Any:
        if network != "convolution":
            return values_seen(network, steps)
        return min(steps, int(width(kernel_sizes)))


_width(sizes_added, sum)

sizes_multiplied = idea(
    "memory.sizes_multiplied",
    belief="Each layer multiplies the width by its kernel's size.",
    hint="It would, if windows lay side by side, at strides as large as they are. Here they move by one.",
    lecture=MEMORY,
)
_width(sizes_multiplied, np.prod)

widest_only = idea(
    "memory.widest_layer",
    belief="The widest kernel says how much is seen.",
    hint="The second layer's values have each seen several values already.",
    lecture=MEMORY,
)
_width(widest_only, max)


@values_seen.wrongly(
    idea(
        "memory.longer_than_the_series",
        belief="The width doesn't depend on the series.",
        hint="Can an answer hang on more values than there are?",
        lecture=MEMORY,
    )
)
def series_without_end(network: str, steps: int, kernel_sizes: Any = ()) -> Any:
    return values_seen(network, 10**9 if network == "convolution" else steps, kernel_sizes)


@values_seen.wrongly(
    idea(
        "memory.previous_state_only",
        belief="A recurrent network sees this value and the one before.",
        hint="It sees the state before; and what was that made of?",
        lecture=MEMORY,
    )
)
def previous_only(network: str, steps: int, kernel_sizes: Any = ()) -> Any:
    return 2 if network == "recurrent" else values_seen(network, steps, kernel_sizes)


@values_seen.wrongly(
    idea(
        "memory.weights_remember",
        belief="A network remembers what it was asked before: that is what its weights are for.",
        hint="Weights change while training only. Ask a network about 3, then about 5, then about 3 again: do the two "
        "answers to 3 differ?",
        lecture=MEMORY,
    )
)
def weights_remember(network: str, steps: int, kernel_sizes: Any = ()) -> Any:
    return steps if network == "one at a time" else values_seen(network, steps, kernel_sizes)
