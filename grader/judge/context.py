"""What one submission is judged with, and what was found out about it so far: one object, handed on with its names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from grader.cnnchecks.context import Context, Names
from grader.cnnchecks.models import Models
from grader.cnnchecks.outcome import Outcome
from grader.judge import draw
from grader.judge.oracle import LiveOracle
from grader.judge.two_ideas import Allowance, Search
from grader.report import Measure
from grader.tasks.task import Idea


@dataclass(frozen=True)
class Judging(Context):
    """The reference, whoever rebuilds models, the seed; and what hidden cases found, searched for and measured."""

    oracle: LiveOracle = field(default_factory=LiveOracle)
    seed: bytes = draw.DEFAULT_SEED
    found: dict[str, list[Outcome]] = field(default_factory=dict)  # by function, of its hidden cases
    searches: dict[tuple[str, str], Search] = field(default_factory=dict)  # by question and function
    measures: list[Measure] = field(default_factory=list)  # for a leaderboard

    @classmethod
    def by(cls, models: Models, ideas: tuple[Idea, ...] | None = None, **known: Any) -> Judging:
        """With these `models` for the student's networks and the reference's, and these wrong `ideas` (None: all)."""
        return cls(LiveOracle(models, ideas), models, **known)

    def generator(self, name: str, grid: str, index: int | str) -> np.random.Generator:
        """The random numbers of one hidden case."""
        return draw.generator(self.seed, name, grid, index)

    def names(self, names: Mapping[str, Any]) -> Names:
        """Other names, judged with the same."""
        return Names(names, self)

    def search_for(self, question: str, name: str) -> Search:
        """What is known of two ideas behind wrong answers of `name`. The functions of one question share its time."""
        same = (search.allowance for (asked, _), search in self.searches.items() if asked == question)
        found = Search(next(same, None) or Allowance(), self.oracle.ideas)
        return self.searches.setdefault((question, name), found)


def judging_of(env: Mapping[str, Any]) -> Judging:
    """What the names of `env` are judged with; names without a context with nothing but the reference.

    Raises `LookupError` where a case has taken a student's names out of the environment that it was given: what they are
    judged with is lost then.
    """
    context = getattr(env, "context", None)
    if isinstance(context, Judging):
        return context
    if any(getattr(value, "elsewhere", False) for value in env.values()):
        raise LookupError("hand `env` on as it is: a copy has lost what it is judged with")
    return Judging()
