"""feedback.html: what a student reads, in one file without scripts, fonts or anything from the network."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from grader.report import CaseResult, QuestionResult, Report
from grader.reports import MARKS, STATES, Told, file_name, first_loss, heading, number, percent, public, tell

MOST_DRAWINGS = 6  # on one page; the words are always there


@dataclass(frozen=True)
class Line:
    """One case as the page shows it; `again` when its message is that of the case above. A question has one drawing
    and one example at most, at the first case that has any."""

    title: str
    hidden: bool
    points: float
    earned: float
    told: Told
    again: bool = False
    drawn: bool = False
    with_example: bool = False


def render(report: Report) -> str:
    """The whole page. Texts are escaped by the template; hidden cases arrive there without their detail."""
    questions = _with_drawings([(question, _lines(question)) for question in report.questions])
    return (
        environment()
        .get_template("feedback.html")
        .render(
            report=report,
            questions=questions,
            start=None if report.error else first_loss(report),
            verdict=verdict(report),
        )
    )


def verdict(report: Report) -> str:
    """The page's first sentence.

    >>> verdict(Report("a3", "Convolutions", "ana.ipynb", (QuestionResult("a3.q1", "q1", 2),)))
    '0 of 1 questions are complete.'
    """
    if report.error:
        return "This submission could not be graded."
    complete = sum(question.state == "complete" for question in report.questions)
    if report.questions and complete == len(report.questions):
        return "Every question is complete."
    return f"{complete} of {len(report.questions)} questions are complete."


def _lines(question: QuestionResult) -> list[Line]:
    lines: list[Line] = []
    for case in question.cases:
        lines.append(_line(case, tell(case, question), lines[-1].told if lines else None))
    return lines


def _with_drawings(
    questions: list[tuple[QuestionResult, list[Line]]],
) -> list[tuple[QuestionResult, list[Line]]]:
    """Choose which cases get a drawing and an example: the first of each question, as long as the page has room."""
    room, chosen = MOST_DRAWINGS, []
    for question, lines in questions:
        drawn = (
            next((line for line in lines if line.told.picture or line.told.layers), None) if room else None
        )
        shown = next((line for line in lines if line.told.example), None)
        room -= drawn is not None
        marked = [replace(line, drawn=line is drawn, with_example=line is shown) for line in lines]
        chosen.append((question, marked))
    return chosen


def import_matplotlib() -> None:
    """To be called before other threads run. Matplotlib reads its settings from the current folder, where a file of a
    student's may lie, and doesn't come up with one that isn't text."""
    here = os.getcwd()
    os.chdir(Path(__file__).parent)
    try:
        import matplotlib  # noqa: F401
    finally:
        os.chdir(here)


def drawing(told: Told) -> Markup:
    """The heat maps or layer tables of a case, as HTML."""
    from grader.cnnchecks.pictures import figure_html, layers_html

    parts = []
    if told.picture is not None:
        parts.append(figure_html(told.picture))
    if told.layers:
        rows = [(public(expected), public(got), first) for expected, got, first in told.layers]
        parts.append(layers_html(rows))
    return Markup("".join(parts))


def _line(case: CaseResult, told: Told, above: Told | None) -> Line:
    again = bool(told.message) and not told.detail and above is not None and _reason(told) == _reason(above)
    return Line(case.title, case.hidden, case.points, case.points if case.passed else 0.0, told, again)


def _reason(told: Told) -> Told:
    return replace(told, detail="")


def prose(text: str) -> Markup:
    """Escaped, with `names between backticks` set as code.

    >>> prose("`x` < 3")
    Markup('<code>x</code> &lt; 3')
    """
    return Markup(re.sub(r"`([^`\n]{1,200})`", r"<code>\1</code>", str(escape(public(text)))))


@cache
def environment() -> Environment:
    """Where the templates are, and what they may call."""
    templates = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters |= {"prose": prose, "public": public, "number": number, "file_name": file_name}
    templates.globals |= {
        "heading": heading,
        "percent": percent,
        "marks": MARKS,
        "states": STATES,
        "drawing": drawing,
    }
    return templates
