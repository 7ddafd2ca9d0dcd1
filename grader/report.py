"""What grading one submission found out: the only source of results.json, page, gradebook and terminal table.

Everything here is data, frozen and picklable; `grader.reports` turns it into pages.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from grader.cnnchecks import Diagnosis, Outcome
    from grader.sandbox.defences import Defence


class Visibility(StrEnum):
    """When a student may see the hidden cases, in Gradescope's words."""

    VISIBLE = "visible"
    AFTER_DUE_DATE = "after_due_date"
    AFTER_PUBLISHED = "after_published"
    HIDDEN = "hidden"


@dataclass(frozen=True)
class CaseResult:
    """One case of a question. `outcome` is None when the case got no verdict (a hang, a crash)."""

    title: str
    hidden: bool
    points: float  # what passing is worth; public cases carry 0
    passed: bool
    outcome: Outcome | None = None

    @property
    def diagnosis(self) -> Diagnosis | None:
        """The wrong idea behind a failure, where one was recognised."""
        return None if self.passed or self.outcome is None else self.outcome.diagnosis


@dataclass(frozen=True)
class QuestionResult:
    """One question with its cases. `note` says in plain words why cases lack a verdict.

    >>> strides = CaseResult("Strides", hidden=True, points=1.5, passed=True)
    >>> padding = CaseResult("Padding", hidden=True, points=0.5, passed=False)
    >>> q2 = QuestionResult("a3.q2", "q2", possible=2, cases=(strides, padding))
    >>> q2.score, q2.state
    (1.5, 'partly')
    """

    id: str  # "a3.q2", everywhere
    name: str  # "q2"
    possible: float
    cases: tuple[CaseResult, ...] = ()
    note: str = ""
    title: str = ""  # "Convolution, forward"

    @property
    def score(self) -> float:
        """Points earned: finite and within [0, possible], whatever the cases claim."""
        earned = math.fsum(_points(case.points) for case in self.cases if case.passed)
        return min(round(earned, 6), _points(self.possible))  # a third, three times, is a whole

    @property
    def state(self) -> str:
        """'complete', 'partly', 'no points' or 'no verdict'."""
        if not any(case.passed or case.outcome for case in self.cases):
            return "no verdict"
        if _points(self.possible) == 0:  # for practice only
            return "complete" if all(case.passed for case in self.cases) else "partly"
        if self.score >= _points(self.possible):
            return "complete"
        return "partly" if self.score else "no points"

    @property
    def diagnoses(self) -> tuple[Diagnosis, ...]:
        """The wrong ideas recognised in this question, each once, in the order of the cases.

        "One of these" is left out where another case says which of them it is.
        """
        found = {case.diagnosis.id: case.diagnosis for case in self.cases if case.diagnosis}
        ids = [set(id.split(" | ")) for id in found]
        return tuple(
            card for card, id in zip(found.values(), ids, strict=True) if not any(other < id for other in ids)
        )


@dataclass(frozen=True)
class ByHand:
    """A question that a person grades: no case of it is asked, and its points are in no total of ours.

    >>> ByHand("a6.talk", "talk", "Twenty minutes on one network", 10).words
    'graded by hand: up to 10 points beside the total'
    """

    id: str  # "a6.talk"
    name: str
    title: str = ""
    points: float = 0.0

    @property
    def words(self) -> str:
        points = _points(self.points)
        return "graded by hand" + (f": up to {points:g} points beside the total" if points else "")


@dataclass(frozen=True)
class Measure:
    """A column of a leaderboard. `order`: "desc" where more is better, "asc" where less is."""

    name: str
    value: float
    order: str = "desc"


@dataclass(frozen=True)
class Report:
    """One graded submission.

    `error` is why it could not be graded at all ("" when it was), `what_to_do` the student's next step; such
    a report should still list the questions, without cases, so that its zero is out of the right total.
    """

    assignment: str  # "a3_numpy_convnet"
    title: str  # "A convolutional network in NumPy"
    submission: str  # the file's name; never shown with its folder
    questions: tuple[QuestionResult, ...] = ()
    notes: tuple[str, ...] = ()  # what happened while grading, in plain words
    isolation: tuple[Defence, ...] = ()  # which defences this grade had, and which not
    seed: str = ""  # of the hidden inputs; for the instructor only
    seconds: float = 0.0
    versions: tuple[tuple[str, str], ...] = ()  # ("numpy", "2.4.6"), …
    error: str = ""
    what_to_do: str = ""
    by_hand: tuple[ByHand, ...] = ()  # what a person grades beside the questions
    measures: tuple[Measure, ...] = ()  # for a leaderboard
    # those of the notes that came up while or after hidden cases were asked
    hidden_notes: tuple[str, ...] = ()
    # for the instructor alone: what failed in the grader, in words that may quote hidden inputs and paths of ours
    log: tuple[str, ...] = ()

    @property
    def score(self) -> float:
        """The sum over the questions, 0 for a submission that could not be graded."""
        return 0.0 if self.error else round(math.fsum(question.score for question in self.questions), 6)

    @property
    def possible(self) -> float:
        return round(math.fsum(_points(question.possible) for question in self.questions), 6)

    @property
    def percent(self) -> float:
        """100 · score / possible; 0 where nothing was possible."""
        return 100 * self.score / self.possible if self.possible else 0.0

    @property
    def status(self) -> str:
        """'graded', 'see notes' (something happened that an instructor may want to read) or 'not graded'."""
        if self.error:
            return "not graded"
        return "see notes" if self.notes or any(question.note for question in self.questions) else "graded"

    @property
    def diagnoses(self) -> tuple[str, ...]:
        """Ids of the wrong ideas recognised, each once, in the order of the questions."""
        return tuple(dict.fromkeys(diagnosis.id for diagnosis in self._diagnoses()))

    def _diagnoses(self) -> Iterator[Diagnosis]:
        for question in self.questions:
            yield from question.diagnoses


def _points(value: float) -> float:
    """`value` as points: finite, not below 0; anything else is worth nothing."""
    return float(value) if math.isfinite(value) and value > 0 else 0.0
