"""A task is what a question asks of one function, whole: the right answer, hidden cases, small inputs, and wrong ideas.

A wrong idea is the right computation with one step changed. It has a card to show and, for each function that it is about,
code that gives its answer. A task is called like its function. Inside `taken_by` another function answers in its place: so two
ideas together are the code of the first, and where that calls a right function, the code of the second answers.

>>> @task(hidden={})
... def doubled(x: int) -> int:
...     return 2 * x
>>> @doubled.wrongly(Idea(Diagnosis("sums.added", belief="Twice is two more.", hint="What is twice 5?", lecture="")))
... def added(x: int) -> int:
...     return x + 2
>>> doubled(5), doubled.arguments
(10, ('x',))
>>> with taken_by({"doubled": added}):
...     doubled(5)
7
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cached_property, update_wrapper, wraps
from types import MappingProxyType
from typing import Any

from grader.cnnchecks.oracle import Rung, Signature
from grader.cnnchecks.outcome import Diagnosis
from grader.tasks.drawn import Grid

Step = Callable[..., Any]

# One step in the place of another ---------------------------------------------------------------------------

_NOBODY: Mapping[str, Step] = MappingProxyType({})
_taken: ContextVar[Mapping[str, Step]] = ContextVar("taken", default=_NOBODY)


@contextmanager
def taken_by(others: Mapping[str, Step]) -> Iterator[None]:
    """Inside the block these functions answer in place of the right ones of their names."""
    token = _taken.set(others)
    try:
        yield
    finally:
        _taken.reset(token)


def all_are_right() -> bool:
    """Has no step been taken by another here?"""
    return not _taken.get()


def replaceable(step: Step) -> Step:
    """`step`, until another takes its place; that one's own steps are the right ones again."""

    @wraps(step)
    def answer(*args: Any, **kwargs: Any) -> Any:
        other = _taken.get().get(step.__name__)
        if other is None:
            return step(*args, **kwargs)
        with taken_by(_NOBODY):
            return other(*args, **kwargs)

    return answer


# Wrong ideas ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Way:
    """One way to make a mistake: the code of the wrong answer, and what replaces steps that many answers share (such as where
    windows lie)."""

    answer: Step
    steps: Mapping[str, Step]


@dataclass(frozen=True)
class Idea:
    """A wrong idea: its card, and what it answers for each function that it claims.

    `answers` has its usual way to make the mistake, `ways` all of them: a convolution may be left out in this block or in
    that one.
    """

    card: Diagnosis
    answers: dict[str, Step] = field(default_factory=dict, compare=False)
    ways: dict[str, list[Way]] = field(default_factory=dict, compare=False)

    def answers_to(self, *names: str, **steps: Step) -> Callable[[Step], Step]:
        """Decorate the function that gives this idea's answer to the functions called `names`, in one way more."""

        def claim(function: Step) -> Step:
            for name in names:
                if name not in self.answers:
                    CLAIMS.setdefault(name, []).append(self)
                self.answers.setdefault(name, function)
                self.ways.setdefault(name, []).append(Way(function, steps))
            return function

        return claim

    def answer(self, name: str, *args: Any, **kwargs: Any) -> Any:
        return self.answers[name](*args, **kwargs)


IDEAS: list[Idea] = []  # in the order in which the topics define them
CLAIMS: dict[str, list[Idea]] = {}  # those about each function, in the order in which they claim it


def idea(id: str, belief: str, hint: str, lecture: str) -> Idea:
    """Define a wrong idea and enter it into the catalogue.

    belief: the student's own thought; hint: teaches, and doesn't give the answer away; lecture: the one to read again.
    Raises ValueError for an id that is taken.
    """
    if any(known.card.id == id for known in IDEAS):
        raise ValueError(f"there is an idea called {id} already; give this one another name")
    made = Idea(Diagnosis(id, belief, hint, lecture))
    IDEAS.append(made)
    return made


# Tasks ------------------------------------------------------------------------------------------------------


@dataclass(eq=False)
class Task:
    """A function that students write. Called, it gives the right answer, until another step takes its place.

    hidden: grids of hidden cases; small: inputs of whole numbers, few of them, at which a mistake can be followed by hand;
    labels: what several returned values are called; terms: how many products the longest sum has, for honest rounding;
    allowed: where `terms` can't say it, a function of (args, kwargs, expected, dtype) that gives the absolute tolerance;
    picture: whether the answer is one, (H, W, C), with no batch in front; window: what becomes of each window of x: a "sum" of
    products, its "max", its "mean"; parts: of a network that is built from functions of earlier questions, these, which its
    answer takes as `layers`.
    """

    answer: Step
    hidden: Grid
    small: tuple[Rung, ...] = ()
    labels: tuple[str, ...] = ()
    terms: Callable[..., int] | None = None
    allowed: Callable[[tuple, dict, Any, Any], Any] | None = None
    picture: bool = False
    window: str = ""
    parts: Mapping[str, Step] = field(default_factory=dict)
    __name__: str = field(init=False)

    def __post_init__(self) -> None:
        update_wrapper(self, self.answer)
        self._replaceable = replaceable(self.answer)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._replaceable(*args, **kwargs)

    @cached_property
    def arguments(self) -> tuple[str, ...]:
        names = tuple(inspect.signature(self.answer).parameters)
        return tuple(name for name in names if not (self.parts and name == "layers"))  # a student's has none

    @property
    def signature(self) -> Signature:
        return Signature(self.arguments, self.labels, self.picture, self.window)

    def wrongly(self, idea: Idea, **steps: Step) -> Callable[[Step], Step]:
        """Decorate the function that gives the idea's answer to this task, in one way more."""
        return idea.answers_to(self.__name__, **steps)


TASKS: dict[str, Task] = {}


def task(
    hidden: Grid,
    small: tuple[Rung, ...] | list[Rung] = (),
    labels: tuple[str, ...] = (),
    terms: Callable[..., int] | None = None,
    allowed: Callable[[tuple, dict, Any, Any], Any] | None = None,
    picture: bool = False,
    window: str = "",
    parts: Mapping[str, Step] | None = None,
) -> Callable[[Step], Task]:
    """Decorate a right answer: a function of a topic, or one of the library's layers. See `Task`.

    Raises ValueError for a name that is taken."""

    def enter(answer: Step) -> Task:
        made = Task(answer, hidden, tuple(small), labels, terms, allowed, picture, window, dict(parts or {}))
        if made.__name__ in TASKS:
            where = TASKS[made.__name__].__module__
            raise ValueError(
                f"there is a task called {made.__name__} already, in {where}; give this one another name"
            )
        TASKS[made.__name__] = made
        return made

    return enter
