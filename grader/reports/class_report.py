"""class.html: what a class believes, question by question, so that the next lecture can start there.

For the instructor: it names files, counts ideas, and links to each submission's page. One file without scripts.
"""

from __future__ import annotations

import math
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean, median
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from grader.report import QuestionResult, Report
from grader.reports import last_part, number
from grader.reports.names import shown_names
from grader.reports.page import environment

if TYPE_CHECKING:
    from grader.cnnchecks.outcome import Diagnosis

MOST_SCORES = 8  # with more different ones, a question's distribution is told in five steps
REASONS = {  # how an answer failed that no known idea explains
    "missing": "not written yet",
    "raised": "stopped with an exception",
    "type": "something else than was asked for",
    "shape": "another shape",
    "dtype": "another kind of numbers",
    "finite": "NaN or infinity",
    "value": "other values, from no idea that we know",
    "mutated": "its input was changed",
}


class Handed(NamedTuple):
    """One submission as the page names it; its place tells two of one name apart."""

    place: int
    name: str
    link: str = ""


Groups = tuple[tuple[str, tuple[Handed, ...]], ...]  # some words, and all submissions that they are about


@dataclass(frozen=True)
class Idea:
    """A wrong idea, the questions in which it showed, and who holds it."""

    card: Diagnosis
    questions: tuple[str, ...]
    held_by: tuple[Handed, ...]


@dataclass(frozen=True)
class Asked:
    """One question and what the graded submissions made of it."""

    id: str
    name: str
    title: str
    possible: float
    scores: tuple[float, ...]
    states: Counter[str]
    ideas: tuple[Idea, ...]
    unexplained: Groups  # how it failed, and whose

    @property
    def mean(self) -> float:
        """Of the shares of the points, in percent."""
        return 100 * fmean(self.scores) / self.possible if self.scores and self.possible else 0.0

    @property
    def distribution(self) -> list[tuple[str, int]]:
        """How many had how many points, the most points first."""
        if len(counted := Counter(self.scores)) <= MOST_SCORES:
            return [(number(score), counted[score]) for score in sorted(counted, reverse=True)]
        fifths = Counter(min(4, int(5 * score / self.possible)) for score in self.scores)
        edges = [number(self.possible * fifth / 5) for fifth in range(6)]
        return [(f"{edges[fifth]} to {edges[fifth + 1]}", fifths[fifth]) for fifth in range(4, -1, -1)]


@dataclass(frozen=True)
class ClassReport:
    """The class: what was graded, what was not and why, the questions, and the ideas, most common first."""

    title: str
    percents: tuple[float, ...]  # of the graded submissions
    not_graded: Groups  # why, and whose
    stopped: Groups  # why a question has no verdict, and whose
    noted: Groups  # what else happened while grading
    failed: Groups  # what failed in the grader, for the instructor alone
    questions: tuple[Asked, ...]
    ideas: tuple[Idea, ...]

    @property
    def size(self) -> int:
        return len(self.percents) + sum(len(whose) for _, whose in self.not_graded)

    @property
    def mean(self) -> float:
        return fmean(self.percents) if self.percents else 0.0

    @property
    def median(self) -> float:
        return median(self.percents) if self.percents else 0.0

    @property
    def distribution(self) -> list[tuple[str, int]]:
        """How many had which share of the points, in tens of percent; full marks have a place of their own."""
        tens = Counter(math.floor(percent + 1e-9) // 10 for percent in self.percents)
        return [(f"{10 * ten}–{10 * ten + 9}" if ten < 10 else "100", tens[ten]) for ten in range(11)]


def summarise(reports: Sequence[Report], folders: Iterable[str] = ()) -> ClassReport:
    """Count ideas, scores and stops over a class. `folders` name where each submission's page lies.

    >>> summarise([Report("a3", "Convolutions", "ana.ipynb", error="empty")]).not_graded
    (('empty', (Handed(place=0, name='ana.ipynb', link=''),)),)
    """
    links = [f"{quote(os.fsencode(folder))}/feedback.html" for folder in folders] or [""] * len(reports)
    names = shown_names(last_part(report.submission) for report in reports)
    pairs = [
        (Handed(place, name, link), report)
        for place, (name, report, link) in enumerate(zip(names, reports, links, strict=True))
    ]
    graded = [(who, report) for who, report in pairs if not report.error]
    return ClassReport(
        title=" · ".join(dict.fromkeys(report.title for report in reports if report.title)),
        percents=tuple(report.percent for _, report in graded),
        not_graded=_group((report.error, who) for who, report in pairs if report.error),
        stopped=_group((words, who) for who, report in graded for words in _stops(report)),
        noted=_group((note, who) for who, report in graded for note in report.notes),
        failed=_group((line, who) for who, report in pairs for line in report.log),
        questions=tuple(_sum_up(question, graded) for question in _questions(reports)),
        ideas=_ideas((who, question) for who, report in graded for question in report.questions),
    )


def _questions(reports: Iterable[Report]) -> Iterable[QuestionResult]:
    """Each question once, as any report has it."""
    return {question.id: question for report in reports for question in report.questions}.values()


def _sum_up(asked: QuestionResult, graded: Iterable[tuple[Handed, Report]]) -> Asked:
    answers = [(who, q) for who, report in graded for q in report.questions if q.id == asked.id]
    return Asked(
        id=asked.id,
        name=asked.name,
        title=asked.title,
        possible=asked.possible,
        scores=tuple(question.score for _, question in answers),
        states=Counter(question.state for _, question in answers),
        ideas=_ideas(answers),
        unexplained=_group((why, who) for who, question in answers if (why := _unexplained(question))),
    )


def _ideas(answers: Iterable[tuple[Handed, QuestionResult]]) -> tuple[Idea, ...]:
    """Every idea once, that of the most submissions first."""
    cards: dict[str, Diagnosis] = {}
    questions: dict[str, dict[str, None]] = {}
    held_by: dict[str, dict[Handed, None]] = {}
    for who, question in answers:
        for card in question.diagnoses:
            cards.setdefault(card.id, card)
            questions.setdefault(card.id, {})[question.name] = None
            held_by.setdefault(card.id, {})[who] = None
    ordered = sorted(cards, key=lambda id: (-len(held_by[id]), id))
    return tuple(Idea(cards[id], tuple(questions[id]), tuple(held_by[id])) for id in ordered)


def _unexplained(question: QuestionResult) -> str:
    """How a question lost something, in words; "" where nothing was lost, an idea explains it or it was stopped."""
    if question.note or question.diagnoses:
        return ""
    kinds = (case.outcome.kind for case in question.cases if not case.passed and case.outcome)
    return next(
        (REASONS.get(kind, kind) for kind in kinds), "" if question.state == "complete" else "no verdict"
    )


def _stops(report: Report) -> list[str]:
    """Why questions have no verdict: each reason once, after the names of its questions."""
    names: dict[str, list[str]] = {}
    for question in report.questions:
        if question.note:
            names.setdefault(question.note, []).append(question.name)
    return [f"{', '.join(stopped)}: {note}" for note, stopped in names.items()]


def _group(found: Iterable[tuple[str, Handed]]) -> Groups:
    """The same words once, with all whom they concern, each once; what concerns the most first."""
    groups: dict[str, dict[Handed, None]] = {}
    for words, who in found:
        groups.setdefault(words, {})[who] = None
    return tuple(sorted(((words, tuple(whose)) for words, whose in groups.items()), key=lambda g: -len(g[1])))


def render(report: ClassReport) -> str:
    """The whole page; the template escapes every text."""
    return environment().get_template("class.html").render(report=report)
