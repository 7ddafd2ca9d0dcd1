"""The questions of the course, as an audit asks them: in this process, of whoever answers."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np

from grader import course as courses
from grader.auditing.library import remember
from grader.building.master import function_of, names_asked
from grader.building.source import Source, data_of
from grader.cnnchecks.context import hand_out
from grader.cnnchecks.models import LiveModels
from grader.cnnchecks.values import key
from grader.judge.as_students import call_checks_as_students_do
from grader.judge.ask import check_drawn, check_model_drawn
from grader.judge.context import Judging
from grader.judge.models import check_parameters
from grader.judge.reference import REFERENCE, ReferenceModel
from grader.sandbox.evaluator import describe
from grader.tasks.catalogue import GRIDS, IDEAS
from grader.tasks.own_topics import NONE, Topics


@dataclass(frozen=True)
class Case:
    """One test cell of a master."""

    hidden: bool
    names: tuple[str, ...]  # what it asks the notebook for
    ask: Callable[[Mapping[str, Any]], None]  # raises CheckFailed


@dataclass(frozen=True)
class Question:
    id: str  # "a3.q4"
    names: tuple[str, ...]
    cases: tuple[Case, ...]
    data: Mapping[str, np.ndarray]
    models: frozenset[str] = frozenset()  # of its names
    topics: Topics = NONE  # of its assignment's own

    @property
    def about_models(self) -> bool:
        return not self.models.isdisjoint(self.names)

    def only(self, *names: str) -> Question:
        """The cases alone that ask for any of these."""
        kept = tuple(case for case in self.cases if set(case.names) & set(names))
        return replace(self, names=names, cases=kept)


@cache
def questions(root: Path) -> tuple[Question, ...]:
    """Every question of every master of the course at `root`, and one called "none" for each graded function that no
    question asks for."""
    course = courses.load(root / "course.toml")
    asked = [question for id in course.assignments for question in _of_assignment(course, id)]
    NONE.load()
    known = {name for question in asked for name in question.names}
    left = dict.fromkeys(name.partition("/")[0] for name in GRIDS if name.partition("/")[0] not in known)
    unasked = (Question("none", (name,), tuple(_unasked(name)), {}, _models((name,))) for name in left)
    return (*asked, *unasked)


def _of_assignment(course: courses.Course, assignment: str) -> Iterator[Question]:
    source = Source(course, course.assignments[assignment])
    source.topics.load()
    data = data_of(source)
    for question in source.questions:
        cases = tuple(
            Case(test.hidden, asked, function_of(test.source))
            for test in question.tests
            if set(asked := tuple(names_asked(test.source)))
            <= set(REFERENCE)  # numbers have no right function
        )
        id = f"{source.assignment.short}.{question.name}"
        yield Question(id, question.names, cases, data, _models(question.names), source.topics)


def _unasked(name: str) -> Iterator[Case]:
    """The grids of what ideas claim and no question asks for."""
    ask = check_model_drawn if is_model(name) else check_drawn
    for grid in GRIDS.get(name, ()):
        yield Case(True, (name,), partial(ask, name=name, grid=grid))
    if is_model(name):
        yield Case(True, (name,), partial(check_parameters, name=name))


def is_model(name: str) -> bool:
    return isinstance(REFERENCE.get(name), ReferenceModel) or f"{name}/layers" in REFERENCE


def _models(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(filter(is_model, names))


@contextmanager
def judging(question: Question) -> Iterator[Judging]:
    """What a question's cases are judged with, as when a submission is graded; inside the block they find their data."""
    question.topics.load()
    call_checks_as_students_do()
    with hand_out(question.data), np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield Judging.by(Rebuilt(), tuple(map(remember, IDEAS)))


class Rebuilt(LiveModels):
    """Keras in this process, which builds and asks once; what the evaluator would not let in, it doesn't either."""

    def __init__(self) -> None:
        super().__init__()
        self._known: dict[str, Any] = {}

    def describe(self, config: dict) -> dict:
        return self._once("plan", config, (), lambda: describe(config))

    def outputs(
        self, config: dict, weights: list, x: np.ndarray, sizes: tuple[int, ...] | None = None
    ) -> np.ndarray:
        self.describe(config)  # lets it in, or raises
        return self._once(
            "outputs",
            config,
            (weights, x, sizes),
            lambda: super(Rebuilt, self).outputs(config, weights, x, sizes),
        )

    def _once(self, what: str, config: dict, given: tuple, answer: Callable[[], Any]) -> Any:
        call = key(what, (json.dumps(config, sort_keys=True), given), {})
        if call not in self._known:
            self._known[call] = answer()
        return self._known[call]
