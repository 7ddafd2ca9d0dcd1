"""Pages, tables and files made from a `grader.report.Report`, and the rules of what they may say.

Three rules hold for everything that a student can read: a hidden case shows its title, verdict, message, diagnosis
and an example made for it, never its `detail` or a picture of its own; folders and e-mail addresses are taken out;
what a student wrote is text, never markup.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from grader.report import ByHand, CaseResult, QuestionResult, Report

if TYPE_CHECKING:
    from grader.cnnchecks.outcome import Example, Picture

TEXT_LIMIT = 4_000  # characters of one message; Gradescope takes about 100,000 per output
MARKS = {"passed": "✓", "failed": "✗", "no verdict": "–"}  # of a case, beside the word
STATES = {"complete": "✓", "partly": "◐", "no points": "✗", "no verdict": "–"}  # of a question

_ESCAPE_SEQUENCES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")  # terminal colours, as tracebacks have them
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters
    "\u200e\u200f\u202a-\u202e\u2066-\u2069"  # marks that turn the direction of the text that follows
    "\ud800-\udfff\ufffe\uffff]"  # halves of a pair and non-characters: not encodable
)
# an e-mail address, but not x@w.dot(v)
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,8}[A-Za-z]{2,24}\b(?!\()")
_FOLDERS = re.compile(  # absolute ones; "https://…" and "3/4" are none
    r"(?<![\w/.>)\]])(?:file:/+|/(?!/)|~/|[A-Za-z]:[\\/])(?:[^\s/\\'\"<>:]+[\\/])+"
)


@dataclass(frozen=True)
class Told:
    """What a page says about one case: its verdict in words, and what must not be shown left out."""

    verdict: str  # "passed" "failed" "no verdict"
    message: str = ""
    where: str = ""
    detail: str = ""
    idea: str = ""  # id of the diagnosis
    example: Example | None = field(default=None, compare=False)
    # of the case if it is public, else the example's
    picture: Picture | None = field(default=None, compare=False)
    layers: tuple[tuple[str, str, bool], ...] = field(default=(), compare=False)


def tell(case: CaseResult, question: QuestionResult) -> Told:
    """The only way from a case to a page: drops what must not be shown."""
    if case.passed:
        return Told("passed")
    if case.outcome is None:
        return Told("no verdict", question.note or "This case was not reached, so it earns nothing.")
    outcome, example = case.outcome, case.outcome.example
    drawn = example.picture if example else None
    told = Told(
        "failed",
        outcome.message,
        outcome.where,
        idea=case.diagnosis.id if case.diagnosis else "",
        example=example,
        picture=drawn,
    )
    if case.hidden:
        return told
    return replace(told, detail=outcome.detail, picture=outcome.picture or drawn, layers=outcome.layers)


def layers_text(layers: Sequence[tuple[str, str, bool]]) -> str:
    """Two layer tables side by side as aligned text; nothing for none.

    >>> print(layers_text([("156 weights", "conv (Conv2D), 156 weights", False), ("48 weights", "no layer", True)]))
      expected     yours
      156 weights  conv (Conv2D), 156 weights
    > 48 weights   no layer
    """
    if not layers:
        return ""
    rows = [("expected", "yours", False), *layers]
    width = max(len(expected) for expected, _, _ in rows)
    return "\n".join(f"{'>' if first else ' '} {expected:{width}}  {got}" for expected, got, first in rows)


def tidy(text: str, limit: int = TEXT_LIMIT) -> str:
    r"""`text` without control characters and at most about `limit` characters long.

    >>> tidy("\x1b[31mred\x1b[0m and a bell \x07")
    'red and a bell '
    >>> tidy("0123456789", limit=4)
    '0123 … (6 more characters)'
    """
    more = len(text) - limit
    text = text[:limit].replace("\r\n", "\n").replace("\r", "\n")
    text = _UNPRINTABLE.sub("", _ESCAPE_SEQUENCES.sub("", text))
    return f"{text} … ({more:,} more characters)" if more > 0 else text


def public(text: str, limit: int = TEXT_LIMIT) -> str:
    """`text` tidied for a student's page: no folders, no e-mail addresses.

    >>> public("No such file: '/srv/grading/run7/weights.npz'")
    "No such file: '…/weights.npz'"
    >>> public("written by ana@uni.example, 3/4 of x @ w")
    'written by [e-mail], 3/4 of x @ w'
    """
    return _FOLDERS.sub("…/", _EMAIL.sub("[e-mail]", tidy(text, limit)))


def file_name(submission: str) -> str:
    """The last part of a path, of whichever system.

    >>> file_name("/srv/class/ana.ipynb"), file_name("C:\\\\work\\\\luis.ipynb")
    ('ana.ipynb', 'luis.ipynb')
    """
    return tidy(last_part(submission), 200)


def last_part(path: str) -> str:
    return re.split(r"[/\\]", path.rstrip("/\\"))[-1]


def number(points: float, digits: int = 2) -> str:
    """Points as people write them.

    >>> [number(x) for x in (2.0, 1.5, 2 / 3)]
    ['2', '1.5', '0.67']
    """
    return f"{points:.{digits}f}".rstrip("0").rstrip(".")


def percent(report: Report) -> str:
    """Rounded down, so that only full marks read 100 %."""
    return f"{math.floor(report.percent + 1e-9)} %"


def heading(question: QuestionResult | ByHand) -> str:
    """'q2 · Convolution, forward', or just 'q2'."""
    return f"{question.name} · {question.title}" if question.title else question.name


def first_loss(report: Report) -> QuestionResult | None:
    """The first question that isn't complete: where to start."""
    return next((question for question in report.questions if question.state != "complete"), None)
