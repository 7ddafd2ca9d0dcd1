"""The class in the terminal: one line per submission, then what its page says in short."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich import box
from rich.table import Table
from rich.text import Text

from grader.report import QuestionResult, Report
from grader.reports import heading, number, percent, tidy
from grader.reports.class_report import ClassReport, Handed
from grader.reports.gradebook import by_name, points_possible
from grader.reports.names import shown_names, stems

STYLES = {"complete": "green", "partly": "yellow", "no points": "red", "no verdict": "red reverse"}
LOOK_LIMIT = 120  # characters; the page has the rest
MOST_IDEAS, MOST_NAMES = 8, 4  # likewise


def table(reports: Iterable[Report]) -> Table:
    """Submission, points per question, total, what to look at. Colours only repeat the words.

    Every text is a `rich.text.Text`: a file name can't bring markup or terminal codes with it.
    """
    ordered = by_name(reports)
    possible = points_possible(ordered)
    titles = dict.fromkeys(report.title for report in ordered if report.title)
    result = Table(
        title=Text(tidy(" · ".join(titles), 100)),
        caption=Text(f"{len(ordered)} submissions · – no verdict · under each question's name its points"),
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        pad_edge=False,
        show_edge=False,
    )
    result.add_column("submission", min_width=12, max_width=24, overflow="fold")
    for id, points in possible.items():
        result.add_column(Text(f"{_short(id, possible)}\n/{number(points)}"), justify="right", no_wrap=True)
    result.add_column("total", justify="right", no_wrap=True)
    result.add_column("what to look at", min_width=24, ratio=1, overflow="fold")
    names = stems(shown_names(report.submission for report in ordered))
    for report, name in zip(ordered, names, strict=True):
        result.add_row(
            Text(name),
            *_cells(report, possible),
            _total(report),
            _look(report),
        )
    return result


def class_tables(summary: ClassReport) -> Iterator[Table]:
    """The class page in short: the ideas of most submissions, then who was stopped or not graded. Empty tables are
    left out."""
    graded = len(summary.percents)
    ideas = _plain_table("Where the next lecture can start", "held by", "question", "wrong idea")
    for idea in summary.ideas[:MOST_IDEAS]:
        ideas.add_row(
            Text(f"{len(idea.held_by)} of {graded}"),
            Text(", ".join(idea.questions)),
            Text(_line(f"{idea.card.id}: {idea.card.belief}")),
        )
    stops = _plain_table("Stopped, or not graded", "how many", "submission", "why")
    for why, whose in (*summary.not_graded, *summary.stopped, *summary.failed):
        stops.add_row(Text(str(len(whose))), Text(_names(whose)), Text(_line(why)))
    yield from (table for table in (ideas, stops) if table.row_count)


def _plain_table(title: str, *columns: str) -> Table:
    result = Table(
        title=Text(title), title_justify="left", box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False
    )
    for name, most in zip(columns, (None, 24, None), strict=True):
        result.add_column(name, max_width=most, overflow="fold")
    return result


def _names(whose: Sequence[Handed]) -> str:
    names = stems(who.name for who in whose[:MOST_NAMES])
    return ", ".join(names) + (", …" if len(whose) > MOST_NAMES else "")


def _short(id: str, ids: Iterable[str]) -> str:
    """'q2' while the class has one assignment, 'a3.q2' when it has several."""
    assignments = {other.rpartition(".")[0] for other in ids}
    return id.rpartition(".")[2] if len(assignments) == 1 else id


def _cells(report: Report, ids: Iterable[str]) -> Iterator[Text]:
    questions = {question.id: question for question in report.questions}
    for id in ids:
        yield _cell(questions[id], report) if id in questions else Text("")


def _cell(question: QuestionResult, report: Report) -> Text:
    if report.error or question.state == "no verdict":
        return Text("–", style="red")
    return Text(number(question.score), style=STYLES[question.state])


def _total(report: Report) -> Text:
    if report.error:
        return Text("0 %", style="bold red")
    style = "green" if report.score >= report.possible else "yellow" if report.score else "red"
    return Text(percent(report), style=f"bold {style}")


def _look(report: Report) -> Text:
    """The first thing to look at, then what happened while grading; 'all correct' when there is neither."""
    if report.error:
        return Text(f"not graded: {_line(report.error)}", style="red")
    lines = [_line(f"{question.name}: {why}") for question, why in _reasons(report)][:1]
    lines += [_line(note) for note in report.notes[:1]]
    if not lines:
        return Text("all correct" if report.score >= report.possible else "see the page", style="dim")
    return Text("\n".join(lines))


def _reasons(report: Report) -> Iterator[tuple[QuestionResult, str]]:
    """For each question that lost something: its wrong idea, else its note, else its first message."""
    for question in report.questions:
        if question.diagnoses:
            card = question.diagnoses[0]
            yield question, f"{card.id}: {card.belief}"
        elif question.note:
            yield question, question.note
        else:
            failed = [case.outcome.message for case in question.cases if not case.passed and case.outcome]
            if failed or question.state != "complete":
                yield question, failed[0] if failed else f"{question.state}, {heading(question)}"


def _line(text: str) -> str:
    line = " ".join(tidy(text, 1_000).split())
    return line if len(line) <= LOOK_LIMIT else f"{line[:LOOK_LIMIT]}…"
