"""What a student reads on Gradescope, in a few plain tags: the words of a test, and the summary above all tests.

Gradescope cleans HTML and publishes no list of what it keeps. So there is no style, and each text reads without its
tags too; a picture is offered only beside a block of words that says the same.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from markupsafe import Markup

from grader.gradescope.schema import OUTPUT_LIMIT
from grader.report import CaseResult, QuestionResult, Report, Visibility
from grader.reports import (
    MARKS,
    STATES,
    Told,
    first_loss,
    heading,
    layers_text,
    number,
    percent,
    public,
    tell,
)

if TYPE_CHECKING:
    from grader.cnnchecks.outcome import Diagnosis, Picture

WORDS_LIMIT = OUTPUT_LIMIT - 10_000  # characters of one output, tags included
MOST_NOTES, LINE_LIMIT, CELL_LIMIT = 40, 300, 300
APART = "\u00a0\u00a0"  # keeps the words of two cells apart where a table has lost its style, or its tags

LATER = {
    Visibility.AFTER_DUE_DATE: "The hidden cases, which carry the points, and the total appear after the due date.",
    Visibility.AFTER_PUBLISHED: "The hidden cases, which carry the points, and the total appear when the grades are published.",
    Visibility.HIDDEN: "The hidden cases, which carry the points, and the total are not shown here.",
}

Failure = tuple[int, Told, CaseResult]  # its place in the test, what is said of it, and the case


# What a test says -------------------------------------------------------------------------------------------


def blocks(question: QuestionResult) -> Iterator[Markup | Picture]:
    """A test's output: the table of its cases, then each reason for a failure, once, with what helps to see it."""
    if not question.cases:
        yield _paragraph(question.note or "Nothing of this question was graded.")
        return
    yield _case_table(question)
    failed = [(i, tell(case, question), case) for i, case in enumerate(question.cases, 1) if not case.passed]
    if not any(question.note in told.message for _, told, _ in failed):
        yield _paragraph(question.note)
    with_example = [place for place, told, _ in failed if told.example][:1]  # one is enough
    ideas = {card.id: card for card in question.diagnoses}
    for idea, failures in _group(failed, lambda told: told.idea if told.idea in ideas else ""):
        if idea:  # explained once, with the numbers of one case
            yield from _reason(failures[:1], ideas[idea], with_example)
            yield from _same_idea(failures[1:])
        else:
            for _, alike in _group(failures, lambda told: f"{told.message}\n{told.where}"):
                yield from _reason(alike, None, with_example)


def _case_table(question: QuestionResult) -> Markup:
    """Without a column of points where no case is worth any."""
    is_mixed = len({case.hidden for case in question.cases}) > 1
    columns = 4 if any(case.points > 0 for case in question.cases) else 3
    rows = []
    for place, case in enumerate(question.cases, 1):
        verdict = tell(case, question).verdict
        worth = _together(number(case.points if case.passed else 0), "/", number(case.points))
        points = (worth if case.points > 0 else "example") + (", hidden" if case.hidden and is_mixed else "")
        rows.append((f"{place}", case.title, _together(MARKS[verdict], verdict), points)[:columns])
    return _table(("Case", "What it tests", "Result", "Points")[:columns], rows)


def _group(failures: list[Failure], key: Callable[[Told], str]) -> list[tuple[str, list[Failure]]]:
    """Those of one key together, in the order in which they came."""
    groups: dict[str, list[Failure]] = {}
    for failure in failures:
        groups.setdefault(key(failure[1]), []).append(failure)
    return list(groups.items())


def _cases_in_words(places: Sequence[int]) -> str:
    """
    >>> _cases_in_words([3]), _cases_in_words([1, 2, 3, 5, 7, 8])
    ('Case 3', 'Cases 1-3, 5, 7, 8')
    """
    runs: list[list[int]] = []
    for place in places:
        if runs and place == runs[-1][-1] + 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    words = [f"{run[0]}-{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs]
    return ("Cases " if len(places) > 1 else "Case ") + ", ".join(words)


def _reason(
    failures: list[Failure], card: Diagnosis | None, with_example: list[int]
) -> Iterator[Markup | Picture]:
    """What is wrong with these cases, of which the same is said, and the wrong idea behind them."""
    told = failures[0][1]
    yield _paragraph(told.message, f"{_cases_in_words([place for place, *_ in failures])}: ")
    yield _paragraph(told.where, "Where: ")
    if card:
        yield _paragraph(card.belief, "The idea to check: ")
        yield _paragraph(card.hint, "Hint: ")
        yield _paragraph(card.lecture, "To re-read: ")
    for place, told, _ in failures:
        yield from _numbers(told, f"Case {place}: ", len(failures) > 1, place in with_example)


def _same_idea(failures: list[Failure]) -> Iterator[Markup]:
    """The other cases of an idea that stands above, with a line for each way in which it shows."""
    if not failures:
        return
    ways = _group(failures, lambda told: " Where: ".join(filter(None, (told.message, told.where))))
    label = f"{_cases_in_words([place for place, *_ in failures])}: "
    if len(ways) == 1:
        yield _paragraph(f"the same idea. {ways[0][0]}", label)
    else:
        yield _paragraph("the same idea.", label)
        yield _list(f"{_cases_in_words([place for place, *_ in alike])}: {way}" for way, alike in ways)


def _numbers(told: Told, whose: str, is_one_of_many: bool, with_example: bool) -> Iterator[Markup | Picture]:
    """What can be followed by hand: an example, expected and got, two layer tables; a picture beside its words."""
    own = None if told.example and told.picture is told.example.picture else told.picture
    if told.example and with_example:
        label = whose if is_one_of_many else ""
        yield _paragraph(told.example.call, f"{label}A small example to follow by hand: ")
        yield _block(told.example.text)
        if told.example.picture and not own:
            yield told.example.picture
    if told.detail:
        if is_one_of_many or with_example:  # else it stands right below what is said of the case
            yield _paragraph("expected and got, in numbers", whose)
        yield _block(told.detail)
        if own:
            yield own
    yield _block(layers_text(told.layers))


# The summary ------------------------------------------------------------------------------------------------


def summary(report: Report, visibility: Visibility, remarks: Sequence[str]) -> Iterator[Markup]:
    """Remarks, what stopped the grading, how it went, what a person grades, and what happened meanwhile."""
    is_split = visibility is not Visibility.VISIBLE
    yield from map(_paragraph, remarks)
    yield _paragraph(report.error, "Not graded: ")
    yield _paragraph(report.what_to_do, "What to do: ")
    if not report.error:
        yield from _examples(report, visibility) if is_split else _points(report)
    for question in report.by_hand:
        yield _paragraph(question.words, f"{heading(question)}: ")
    notes = [note for note in report.notes if not (is_split and note in report.hidden_notes)]
    if notes:
        yield _paragraph("What happened while grading:")
        yield _list(notes[:MOST_NOTES])


def _points(report: Report) -> Iterator[Markup]:
    """Question by question: points and state."""
    complete, start = sum(q.state == "complete" for q in report.questions), first_loss(report)
    yield _paragraph(
        f"{number(report.score)} of {number(report.possible)} points ({percent(report)}); "
        f"{complete} of {len(report.questions)} questions complete."
        + (f" Start with {heading(start)}." if start else "")
    )
    rows = [
        (
            heading(q),
            _together(number(q.score), "/", number(possible(q))),
            _together(STATES[q.state], q.state),
        )
        for q in report.questions
    ]
    yield _table(("Question", "Points", "State"), rows)


def _examples(report: Report, visibility: Visibility) -> Iterator[Markup]:
    """When the hidden cases appear, and how the public ones of each question went."""
    shown = [replace(q, cases=tuple(c for c in q.cases if not c.hidden)) for q in report.questions]
    if any(case.hidden for question in report.questions for case in question.cases):
        yield _paragraph(LATER[visibility])
    rows = []
    for question in shown:
        passed = sum(case.passed for case in question.cases)
        verdict = "passed" if passed == len(question.cases) else "failed"
        if question.cases:
            rows.append(
                (heading(question), _together(MARKS[verdict], str(passed), "of", str(len(question.cases))))
            )
    start = next((q for q in shown if not all(case.passed for case in q.cases)), None)
    yield _paragraph(f"Start with {heading(start)}." if start else "")
    yield _table(("Question", "Examples passed"), rows) if rows else Markup("")


# A few plain tags -------------------------------------------------------------------------------------------


def cap(parts: Iterable[Markup]) -> Markup:
    """Whole paragraphs only: cutting inside one could leave half a tag."""
    kept: list[Markup] = []
    for part in filter(None, parts):
        if sum(map(len, kept)) + len(part) > WORDS_LIMIT:
            kept.append(_paragraph("There was more than fits here."))
            break
        kept.append(part)
    return Markup("\n").join(kept)


def _paragraph(text: str, label: str = "") -> Markup:
    """Escaped, a paragraph for each line, the label in bold; nothing for an empty text."""
    lines = [line for line in public(text).splitlines() if line.strip()]
    bold = Markup("<strong>{}</strong>").format(public(label)) if label else ""
    return Markup("\n").join(
        Markup("<p>{}{}</p>").format("" if i else bold, line) for i, line in enumerate(lines)
    )


def _block(text: str) -> Markup:
    return Markup("<pre>{}</pre>").format(public(text)) if text else Markup("")


def _list(texts: Iterable[str]) -> Markup:
    lines = [Markup("<li>{}</li>").format(public(text, LINE_LIMIT)) for text in texts]
    return Markup("<ul>\n{}\n</ul>").format(Markup("\n").join(lines))


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Markup:
    lines = [_row(head, "th"), *(_row(row, "td") for row in rows)]
    return Markup("<table>\n{}\n</table>").format(Markup("\n").join(lines))


def _together(*words: str) -> str:
    """Words that no line break parts."""
    return "\u00a0".join(words)


def _row(cells: tuple[str, ...], tag: str) -> Markup:
    cell = Markup(f"<{tag}>{{}}{APART}</{tag}>")
    return Markup("<tr>{}</tr>").format(
        Markup("").join(cell.format(public(text, CELL_LIMIT)) for text in cells)
    )


def possible(question: QuestionResult) -> float:
    return max(0.0, finite(question.possible))


def finite(value: float) -> float:
    return float(value) if math.isfinite(value) else 0.0
