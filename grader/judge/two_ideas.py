"""When no single idea explains an answer: two of them at once, looked for in the library.

Two ideas are named only if together they give the student's answer in every case that failed, and would have passed those
that passed; and if there is enough to compare, as a single number is met by chance. The search has a fixed order and tries
a fixed number of pairs, so that a report doesn't depend on the machine; the time it may take is CPU time, and only caps it.
A search that is cut off names nothing: the pair it didn't come to may fit as well.
"""

from __future__ import annotations

import operator
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from grader.cnnchecks.outcome import Answer, Diagnosis
from grader.cnnchecks.values import agree, flatten
from grader.judge.together import Half, believers, pairs
from grader.tasks.catalogue import ways_about
from grader.tasks.task import Idea, Step, Way, taken_by

MOST_TRIES = 4_000  # of pairs
SECONDS = 0.3  # of CPU for all that fails in a question
ENOUGH = 3  # numbers to compare, in the cases that failed
Shapes = tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Trial:
    """One case: what an idea says there, what is right, and what the student answered."""

    name: str
    says: Callable[[Step], Any]  # None where the idea leads to no answer
    answer: Answer
    got: Any
    passed: bool

    def fits(self, step: Step) -> bool:
        """Could someone have had this idea and given the student's answer?"""
        value = self.says(step)
        if value is None:
            return self.passed
        if shapes_of(value) != shapes_of(self.got):
            return False
        if self.passed:
            return self.is_right(value)
        # a right number may fail as one of another dtype
        fails = not self.is_right(value) or self.is_right(self.got)
        return fails and agree([self.got, value], self.answer.atol)

    def is_right(self, value: Any) -> bool:
        return agree([value, self.answer.expected], self.answer.atol)


def shapes_of(value: Any) -> Shapes:
    """The shape of each part of an answer.

    >>> shapes_of((1.5, np.zeros((2, 3))))
    ((), (2, 3))
    """
    return tuple(np.shape(leaf) for leaf in flatten(value).values())


def explained_by(step: Step, trials: Sequence[Trial]) -> bool:
    """Does the idea fit every case?"""
    return all(trial.fits(step) for trial in trials)


def numbers_in(trials: Sequence[Trial]) -> int:
    """How many numbers there are to compare in the cases that failed."""
    return sum(np.size(leaf) for trial in trials if not trial.passed for leaf in flatten(trial.got).values())


def is_met_by_chance(got: Any) -> bool:
    """Is an answer so short that a wrong idea may give it in one case for no reason: a size, a pair of them, a count?

    >>> is_met_by_chance(31), is_met_by_chance((1, 2)), is_met_by_chance(0.25), is_met_by_chance(np.arange(4))
    (True, True, False, False)
    """
    leaves = [np.asarray(leaf) for leaf in flatten(got).values()]
    return sum(leaf.size for leaf in leaves) < ENOUGH and all(leaf.dtype.kind in "iu" for leaf in leaves)


@dataclass
class Allowance:
    """What is left of the time for the searches of one question."""

    seconds: float = SECONDS


@dataclass
class Search:
    """The search behind the wrong answers of one function, grid by grid: two ideas found once are tried first again."""

    allowance: Allowance = field(default_factory=Allowance)
    ideas: tuple[Idea, ...] | None = None  # those that may be behind an answer; None: all
    found: tuple[Diagnosis, ...] = ()

    def pairs(self, trials: Sequence[Trial]) -> tuple[Diagnosis, ...]:
        """The cards of the pairs of ideas that fit every case; none if there is too little to compare, or too little time."""
        if numbers_in(trials) < ENOUGH:
            return ()
        name, start = trials[0].name, time.thread_time()
        again = tuple(
            dict.fromkeys(card for card, step in self._found_before(name) if explained_by(step, trials))
        )
        cards = again or _two_at_once(trials, start + self.allowance.seconds, self.ideas)
        self.allowance.seconds -= time.thread_time() - start
        self.found = self.found or cards
        return cards

    def _found_before(self, name: str) -> Iterator[tuple[Diagnosis, Step]]:
        return believers(name, self.found, self.ideas) if self.found else iter(())


def _two_at_once(
    trials: Sequence[Trial], until: float, ideas: tuple[Idea, ...] | None
) -> tuple[Diagnosis, ...]:
    """All pairs that fit every case, if they can all be tried `until` this thread has worked so long."""
    hardest, halves = _halves([trial for trial in trials if not trial.passed], ideas)
    in_order = [hardest, *(trial for trial in trials if trial is not hardest)]
    found: dict[Diagnosis, None] = {}
    for tries, (card, step) in enumerate(pairs(hardest.name, halves)):
        if tries == MOST_TRIES or time.thread_time() > until:
            return ()
        if card not in found and explained_by(step, in_order):
            found[card] = None
    return tuple(found)


def _halves(failed: list[Trial], ideas: tuple[Idea, ...] | None) -> tuple[Trial, list[Half]]:
    """A case to begin with, and the ideas that may be one of two.

    Where no single idea gives the answer, both must show. If each case has one that does, the two are among those.
    """
    known = list(ways_about(failed[0].name, ideas))
    fitting: list[Way] = []
    for trial in sorted(failed, key=lambda trial: numbers_in([trial])):
        said = [Said(idea, way, trial.says(way.answer)) for idea, way in known]
        alone = [one.way for one in said if one.value is not None and trial.fits(one.way.answer)]
        if not alone:
            shown = [one for one in said if one.value is not None and _may_be_half(trial, one.value)]
            return trial, _prepared(trial, shown if len(failed) > 1 else _different(trial, shown))
        fitting += alone
    return trial, _prepared(trial, [one for one in said if any(one.way is way for way in fitting)])


class Said(NamedTuple):
    """What an idea says in a case, in one of its ways."""

    idea: Idea
    way: Way
    value: Any


def _different(trial: Trial, said: list[Said]) -> list[Said]:
    """Without those of an idea's ways that say the same."""
    kept: list[Said] = []
    for one in said:
        before = [other.value for other in kept if other.idea is one.idea]
        if not any(agree([one.value, value]) for value in before):
            kept.append(one)
    return kept


def _may_be_half(trial: Trial, value: Any) -> bool:
    """May an idea that says `value` be one of two? It must be wrong, and where the student's shapes are right, its are."""
    right = shapes_of(trial.answer.expected)
    if shapes_of(trial.got) == right and shapes_of(value) != right:
        return False
    return not trial.is_right(value)


def _prepared(trial: Trial, said: list[Said]) -> list[Half]:
    """What saves time: an idea that calls nothing leaves nothing to another, and what each says here is known."""
    steps = {trial.name}.union(*(one.way.steps for one in said))
    return [
        Half(idea, way, _calls(way, steps, trial), Way(_by_heart(way.answer, trial, value), way.steps))
        for idea, way, value in said
    ]


def _calls(way: Way, steps: Iterable[str], trial: Trial) -> bool:
    """Does the idea call one of these steps to answer?"""
    called = []

    def refuse(*args: Any, **kwargs: Any) -> Any:
        called.append(True)
        raise ValueError

    with taken_by(dict.fromkeys(steps, refuse)):
        trial.says(way.answer)
    return bool(called)


def _by_heart(step: Step, trial: Trial, value: Any) -> Step:
    """`step`, which knows its answer to the very arguments of a trial."""
    known: list[Any] = []
    trial.says(lambda *args, **kwargs: known.append((args, kwargs)))
    ((args, kwargs),) = known

    def answer(*given: Any, **named: Any) -> Any:
        same = len(given) == len(args) and named.keys() == kwargs.keys()
        same = same and all(map(operator.is_, (*given, *named.values()), (*args, *kwargs.values())))
        return value if same else step(*given, **named)

    return answer
