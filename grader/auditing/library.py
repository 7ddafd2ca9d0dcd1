"""The library of wrong ideas, as it is for an audit: one idea short, or with a memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from grader import cnnchecks
from grader.tasks.catalogue import IDEAS
from grader.tasks.task import Idea, Step, Way, all_are_right


@contextmanager
def library(ideas: Iterable[Idea]) -> Iterator[None]:
    """Inside the block these ideas are all that is known."""
    before, IDEAS[:] = list(IDEAS), list(ideas)
    try:
        yield
    finally:
        IDEAS[:] = before


def remembering(idea: Idea) -> Idea:
    """The same idea, which is asked the same behind each wrong answer, and computes it once."""
    ways = {name: [Way(_once(way.answer), way.steps) for way in known] for name, known in idea.ways.items()}
    return Idea(idea.card, {name: known[0].answer for name, known in ways.items()}, ways)


def _once(step: Step) -> Step:
    known: dict[str, Any] = {}

    def answer(*args: Any, **kwargs: Any) -> Any:
        if not all_are_right():
            return step(*args, **kwargs)  # half of a pair answers otherwise
        call = cnnchecks.key("", args, kwargs)
        if call not in known:
            known[call] = step(*args, **kwargs)
        return known[call]

    return answer
