"""feedback.html: what a student reads, in one file without scripts, fonts or anything from the network."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from grader.report import CaseResult, QuestionResult, Report
from grader.reports import Told, file_name, first_loss, heading, number, percent, public, tell

MARKS = {"passed": "✓", "failed": "✗", "no verdict": "–"}
STATES = {"complete": "✓", "partly": "◐", "no points": "✗", "no verdict": "–"}


@dataclass(frozen=True)
class Line:
    """One case as the page shows it; `again` when its message is that of the case above."""

    title: str
    hidden: bool
    points: float
    earned: float
    told: Told
    again: bool = False


def render(report: Report) -> str:
    """The whole page. Texts are escaped by the template; hidden cases arrive there without their detail."""
    questions = [(question, _lines(question)) for question in report.questions]
    return _template().render(
        report=report,
        questions=questions,
        start=None if report.error else first_loss(report),
        verdict=verdict(report),
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
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"prose": prose, "public": public, "number": number, "file_name": file_name}
    environment.globals |= {"heading": heading, "percent": percent, "marks": MARKS, "states": STATES}
    return environment.get_template("feedback.html")
