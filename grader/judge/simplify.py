"""Small inputs to follow a mistake by hand: for each function a ladder of them, and how to make one simpler still.

`ladder(name)` is fixed and public. Its rungs have whole numbers and few of them, and between them every kind of option; a
test proves that each wrong idea shows on one. They are tried the smallest first, so the first that shows a mistake is the
smallest of the ladder; `simplest` then replaces its numbers by 0 and 1 for as long as the mistake is still there. That is
bounded, needs no second library at grading time, and never starts from a hidden input.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from grader.cnnchecks.oracle import Rung
from grader.tasks.catalogue import TASKS, cached

MOST_TRIES = 40  # of simpler numbers: in a sandbox each is a round trip


@cached
def ladder(name: str) -> tuple[Rung, ...]:
    """The small inputs of a function, the smallest first; none for networks and models, whose parts have theirs.

    >>> [(x.shape, padding) for x, padding in (rung.args for rung in ladder("zero_pad2d")[:3])]
    [((1, 1, 2, 1), 1), ((1, 1, 2, 1), (0, 1)), ((1, 1, 2, 1), (1, 0))]
    """
    return tuple(sorted(TASKS[name].small if name in TASKS else (), key=extent))


def extent(rung: Rung) -> float:
    """How much there is to look at: numbers in arrays, or sizes; a little for each option and each number but 0."""
    arrays = [leaf for leaf in _leaves(rung.args) if isinstance(leaf, np.ndarray)]
    whole = 0 if arrays else sum(leaf for leaf in _leaves(rung.args) if isinstance(leaf, int))
    numbers = sum(array.size + np.count_nonzero(array) / 100 for array in arrays)
    return numbers + whole + len(rung.kwargs) / 2


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, (tuple, list)):
        for part in value:
            yield from _leaves(part)
    elif isinstance(value, dict):
        yield from _leaves(list(value.values()))
    else:
        yield value


def simplest(rung: Rung, shows: Callable[[Rung], bool], tries: int = MOST_TRIES) -> Rung:
    """The rung with as many zeros and units as leave the mistake: whole arrays first, then number by number.

    >>> rung = Rung((np.array([[7.0, 5.0], [3.0, 4.0]]),))
    >>> simplest(rung, lambda rung: rung.args[0][1, 0] > 0).args[0].tolist()
    [[0.0, 0.0], [1.0, 0.0]]
    """
    for which, place, value in moves(rung):
        if tries == 0:
            break
        simpler = _with(rung, which, place, value)
        if simpler is None:
            continue
        tries -= 1
        if shows(simpler):
            rung = simpler
    return rung


Place = Any  # an index into an array


def moves(rung: Rung) -> Iterator[tuple[int, Place, float]]:
    """(argument, place, new value), the boldest first."""
    arrays = [
        i for i, value in enumerate(rung.args) if isinstance(value, np.ndarray) and value.dtype.kind == "f"
    ]
    for which in reversed(arrays):
        yield which, ..., 0.0
    for value in (lambda _: 0.0, _unit):
        for which in arrays:
            for place in np.ndindex(rung.args[which].shape):
                yield which, place, value(rung.args[which])


def _unit(values: np.ndarray) -> float:
    """What stands for one: 12, of which averages are whole numbers, or 800, where it is about large numbers.

    >>> _unit(np.array([24.0, -12.0])), _unit(np.array([5.0]))
    (12.0, 1.0)
    """
    return next((unit for unit in (800.0, 12.0) if not (values % unit).any()), 1.0)


def _with(rung: Rung, which: int, place: Place, value: float) -> Rung | None:
    """The rung with another value there, with its sign; None if that changes nothing or isn't simpler."""
    old = rung.args[which]
    new = old.copy()
    new[place] = np.where(old[place] < 0, -value, value) if value else 0.0
    if np.array_equal(new, old) or (value and not np.any(old[place])):
        return None
    return replace(rung, args=(*rung.args[:which], new, *rung.args[which + 1 :]))
