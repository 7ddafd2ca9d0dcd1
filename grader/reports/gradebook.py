"""gradebook.csv: one line per submission, one column per question."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from grader.files import write_atomically
from grader.report import Report
from grader.reports import number, tidy
from grader.reports.names import shown_names

POINTS_ROW = "points-possible"
TRIGGERS = tuple("=+-@＝＋－＠")  # a spreadsheet may run a cell that begins with one of these


def write_csv(reports: Iterable[Report], path: str | Path) -> Path:
    """Write the gradebook, atomically: a header, the points possible, then the submissions sorted by name.

    Columns: file, one per question id ("a3.q1", …), total, possible, percent, status, diagnoses (ids).
    """
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(rows(list(reports)))
    return write_atomically(path, stream.getvalue(), private=True)


def rows(reports: Sequence[Report]) -> list[list[str]]:
    """The gradebook as lists of cells, safe to open in a spreadsheet."""
    possible = points_possible(reports)
    total = sum(possible.values())
    header = ["file", *map(safe, possible), "total", "possible", "percent", "status", "diagnoses"]
    top = [POINTS_ROW, *map(number, possible.values()), number(total), number(total), "100", "", ""]
    ordered = by_name(reports)
    names = shown_names(report.submission for report in ordered)
    rows = (_row(report, name, list(possible)) for report, name in zip(ordered, names, strict=True))
    return [header, top, *rows]


def _row(report: Report, name: str, ids: list[str]) -> list[str]:
    scores = {question.id: 0.0 if report.error else question.score for question in report.questions}
    # A question of another assignment stays blank; a submission that got no questions at all has zeros.
    cells = [number(scores[id], 6) if id in scores else "" if scores else "0" for id in ids]
    totals = [number(report.score, 6), number(report.possible, 6), number(report.percent)]
    return [
        _safe_name(report.submission, name),
        *cells,
        *totals,
        report.status,
        safe("; ".join(report.diagnoses)),
    ]


def points_possible(reports: Iterable[Report]) -> dict[str, float]:
    """Question id -> points possible, in the order of the questions."""
    possible: dict[str, float] = {}
    for report in reports:
        for question in report.questions:
            possible[question.id] = max(possible.get(question.id, 0.0), question.possible)
    return possible


def by_name(reports: Iterable[Report]) -> list[Report]:
    return sorted(reports, key=lambda report: (report.submission.casefold(), report.submission))


def _safe_name(name: str, shown: str) -> str:
    """`shown` as a cell, marked as text also where what stands before a formula's sign became an escape."""
    cell = safe(shown)
    return f"'{cell}" if safe(name).startswith("'") and not cell.startswith("'") else cell


def safe(text: str) -> str:
    """`text` as a cell that no spreadsheet takes for a formula.

    >>> safe("=HYPERLINK(0)"), safe("  @SUM(A1)"), safe("ana.ipynb")
    ("'=HYPERLINK(0)", "'  @SUM(A1)", 'ana.ipynb')
    """
    line = tidy(text, 1_000).replace("\n", " ").replace("\t", " ")
    return f"'{line}" if line.lstrip().startswith(TRIGGERS) else line
