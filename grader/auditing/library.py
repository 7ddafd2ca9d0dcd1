"""Wrong ideas with a memory: each is asked the same behind every wrong answer."""

from __future__ import annotations

from typing import Any

from grader.cnnchecks.values import key
from grader.tasks.task import Idea, Step, Way, all_are_right


def remember(idea: Idea) -> Idea:
    """The same idea, which is asked the same behind each wrong answer, and computes it once."""
    ways = {name: [Way(_once(way.answer), way.steps) for way in known] for name, known in idea.ways.items()}
    return Idea(idea.card, {name: known[0].answer for name, known in ways.items()}, ways)


def _once(step: Step) -> Step:
    known: dict[str, Any] = {}

    def answer(*args: Any, **kwargs: Any) -> Any:
        if not all_are_right():
            return step(*args, **kwargs)  # half of a pair answers otherwise
        call = key("", args, kwargs)
        if call not in known:
            known[call] = step(*args, **kwargs)
        return known[call]

    return answer
