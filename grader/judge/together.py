"""Two wrong ideas in one answer.

The first idea's code calls the right computation for all that it leaves right; here the second idea takes that call. So
`together(flipped, no_bias)` turns the kernel and then convolves without a bias.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations, product
from typing import Any

from grader.cnnchecks.outcome import Diagnosis
from grader.tasks.catalogue import ways_about
from grader.tasks.task import Idea, Step, Way, taken_by

AND = " + "  # between the ids of two ideas


def together(name: str, first: Way, second: Way) -> Step:
    """What someone with both ideas answers to the function called `name`.

    >>> from grader.tasks.catalogue import by_id
    >>> ways = [by_id(id).ways["conv_output_size"][0] for id in ("shapes.plus_one_forgotten", "shapes.padding_ignored")]
    >>> together("conv_output_size", *ways)(28, 5, padding=2)  # 28 + 2·2 - 5 + 1 would be right
    23
    """

    def answer(*args: Any, **kwargs: Any) -> Any:
        with taken_by({name: second.answer, **second.steps}):
            return first.answer(*args, **kwargs)

    return answer


def pairs(name: str, ideas: Iterable[Half]) -> Iterator[tuple[Diagnosis, Step]]:
    """Every two of these ideas about the function called `name`, in either order, with the card of both."""
    for one, other in combinations(ideas, 2):
        if one.idea is not other.idea:
            card = card_of_both(one.idea.card, other.idea.card)
            if one.leaves_some_right:
                yield card, together(name, one.way, other.recalled or other.way)
            if other.leaves_some_right:
                yield card, together(name, other.way, one.recalled or one.way)


@dataclass(frozen=True)
class Half:
    """One of two ideas."""

    idea: Idea
    way: Way
    leaves_some_right: bool = True  # whether it calls what another could take
    recalled: Way | None = None  # the same way, quicker: it knows some answer by heart


def card_of_both(one: Diagnosis, other: Diagnosis) -> Diagnosis:
    """A card that says that there are two ideas, and which."""
    return Diagnosis(
        id=AND.join((one.id, other.id)),
        belief=f"Two ideas at once: “{one.belief}” And: “{other.belief}”",
        hint=f"1. {one.hint} 2. {other.hint}",
        lecture="; ".join(dict.fromkeys((one.lecture, other.lecture))),
    )


def believers(
    name: str, cards: tuple[Diagnosis, ...] = (), ideas: tuple[Idea, ...] | None = None
) -> Iterator[tuple[Diagnosis, Step]]:
    """Who answers the function called `name` wrongly: each of the `ideas` (None: of all), in each way; or the ideas and
    pairs of these cards."""
    if not cards:
        yield from ((idea.card, way.answer) for idea, way in ways_about(name, ideas))
    for card in cards:
        parts = [
            [(idea, way) for idea, way in ways_about(name, ideas) if idea.card.id == id]
            for id in card.id.split(AND)
        ]
        if len(parts) == 1:
            yield from ((card, way.answer) for _, way in parts[0])
        else:
            for two in product(*parts):
                yield from ((card, step) for _, step in pairs(name, [Half(*half) for half in two]))
