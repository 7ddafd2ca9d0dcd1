"""The commands about the course as a whole: `build`, `demo`, `rehearse`, `audit`, `docs`."""

import os
import sys
from pathlib import Path
from typing import Any

import click

from grader.cli.console import BELOW_THE_BAR, explains, new_console
from grader.cli.grading import grade_class
from grader.quiet import import_keras


@click.command()
@click.argument("ids", nargs=-1)
@click.option(
    "--course", "course_file", type=click.Path(path_type=Path), help="course.toml, if not here or above."
)
@click.option(
    "--dist", type=click.Path(path_type=Path), help="Where the zips go. Default: dist/ beside course.toml."
)
@click.option(
    "--assignments",
    type=click.Path(path_type=Path),
    help="Where the hand-outs go. Default: assignments/ beside course.toml.",
)
@click.option(
    "--quick", is_flag=True, help="Leave out the executed solution notebook, which trains for minutes."
)
@explains
def build(
    ids: tuple[str, ...], course_file: Path | None, dist: Path | None, assignments: Path | None, quick: bool
) -> None:
    """Make hand-outs and zips from the masters in solutions/; of all assignments, or of those named."""
    from grader import course as courses
    from grader.building.build import build as build_one
    from grader.grading.autograder import PUBLIC_SEED

    course = courses.load(course_file or courses.find())
    console = new_console()
    if any(assignment.backend == "keras" for assignment in course.choose(ids)):
        import_keras()
    for assignment in course.choose(ids):
        with console.status(f"building {assignment.id}"):
            written = build_one(
                course,
                assignment,
                dist or course.root / "dist",
                assignments or course.root / "assignments",
                solution=not quick,
            )
        for path in written:
            console.print(f"wrote {path}", highlight=False, soft_wrap=True)
    for warning in course.points_warnings(ids):
        click.echo(f"kerasnets: warning: {warning}", err=True)
    if course.has_public_seed:
        click.echo(f"kerasnets: warning: {PUBLIC_SEED.format('these zips')}", err=True)


@click.command()
@click.option(
    "--models/--no-models", default=True, show_default=True, help="Keras's questions too: most of the time."
)
@click.option("--quick", is_flag=True, help="Two draws of the hidden inputs instead of twenty.")
@click.option("--write", is_flag=True, help="Write the tables to docs/audit.md beside course.toml.")
@click.option(
    "-j", "--jobs", type=click.IntRange(1), help="Questions audited at a time. Default: one per processor."
)
@click.option(
    "--course", "course_file", type=click.Path(path_type=Path), help="course.toml, if not here or above."
)
@explains
def audit(models: bool, quick: bool, write: bool, jobs: int | None, course_file: Path | None) -> None:
    """Grade the grader: hand in every wrong idea, every right implementation and every empty answer that we know.

    Exit code 1 if a wrong one earns what it shouldn't, a right one doesn't, or an idea isn't told its name.
    """
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from grader import course as courses
    from grader.auditing import page as grade
    from grader.auditing.audit import run
    from grader.auditing.marks import seeds
    from grader.auditing.questions import questions

    root = (course_file or courses.find()).resolve().parent
    chosen = [question for question in questions(root) if models or not question.about_models]
    console = new_console()
    bar = Progress(TextColumn("auditing"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=console,
                   transient=True)  # fmt: skip
    with bar:
        task = bar.add_task("", total=len(chosen))
        found = run(
            root,
            lambda question: question in chosen,
            seeds(2 if quick else 20),
            jobs=jobs or os.cpu_count() or 1,
            done=lambda question: bar.advance(task),
            before_models=import_keras,
        )
    for table in grade.tables(found, root):
        console.print(_rich(table))
    if write:
        path = root / "docs" / "audit.md"
        path.write_text(grade.page(found, root), encoding="utf-8")
        console.print(f"wrote {path}", highlight=False, soft_wrap=True)
    if not all(line.met for line in grade.bars(found)):
        sys.exit(BELOW_THE_BAR)


def _rich(table: Any) -> Any:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    shown = Table(*table.head, title=table.title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for row in table.rows:
        shown.add_row(*map(Text, row))
    return shown


@click.command()
@click.option(
    "--course", "course_file", type=click.Path(path_type=Path), help="course.toml, if not here or above."
)
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    help="Where the reports go. Default: out/demo beside course.toml.",
)
@click.option(
    "--write", is_flag=True, help="Keep the marks for docs/figures.md, in benchmarks/measured.json."
)
@explains
def demo(course_file: Path | None, out: Path | None, write: bool) -> None:
    """Build every assignment, grade the sample class of tests/submissions/, and say where the pages are."""
    from grader import course as courses
    from grader.auditing import figures, measured
    from grader.building.build import build as build_one
    from grader.grading import autograder

    course = courses.load(course_file or courses.find())
    console, load = new_console(), measured.load_now()
    dist, out = course.root / "dist", out or course.root / "out" / "demo"
    marks: dict[str, str] = {}
    import_keras()
    for assignment in course.choose(()):
        with console.status(f"building {assignment.id}"):
            build_one(course, assignment, dist, course.root / "assignments", solution=False)
        samples = course.root / "tests" / "submissions" / assignment.id
        zipped = autograder.read(dist / f"{assignment.id}-autograder.zip")
        # the samples are ours: they may read what they like
        reports = grade_class(
            [samples], zipped, out / assignment.id, None, None, console, allow_open_files=True
        )
        marks |= {f"{assignment.short}/{report.submission}": f"{report.score:g}" for report in reports}
    if write:
        measured.keep(course.root, figures.SAMPLES, "scripts/demo --write", load, dict(sorted(marks.items())))


@click.command()
@click.argument("ids", nargs=-1)
@click.option(
    "--course", "course_file", type=click.Path(path_type=Path), help="course.toml, if not here or above."
)
@click.option("--write", is_flag=True, help="Write the table to docs/course.md beside course.toml.")
@explains
def rehearse(ids: tuple[str, ...], course_file: Path | None, write: bool) -> None:
    """Run each master's solution, grade it and its skeleton, sealed and by `otter run`; of all assignments, or of some."""
    from grader import course as courses
    from grader.auditing import rehearsal

    if write and ids:
        raise click.UsageError("--write makes the page of the whole course: leave the assignments' names out")
    import_keras()
    course = courses.load(course_file or courses.find())
    console, found = new_console(), []
    with console.status("rehearsing, some minutes for each assignment that trains"):
        for one in rehearsal.rehearse(course, course.choose(ids)):
            found.append(one)
            console.print("  ".join(rehearsal.row(one)), highlight=False, soft_wrap=True)
    if write:
        page = course.root / "docs" / "course.md"
        page.write_text(rehearsal.as_page(found), encoding="utf-8")
        console.print(f"wrote {page}", highlight=False, soft_wrap=True)
    if not all(one.passed for one in found):
        console.print("a solution without full marks, or a skeleton with some")
        sys.exit(BELOW_THE_BAR)


@click.command()
@click.option(
    "--course", "course_file", type=click.Path(path_type=Path), help="course.toml, if not here or above."
)
@click.option("--write", is_flag=True, help="Write the pages that are out of date.")
@explains
def docs(course_file: Path | None, write: bool) -> None:
    """Make docs/lectures.md and docs/figures.md again, and name the pages that are out of date.

    Exit code 1 if there is such a page, and --write is not given.
    """
    from grader import course as courses
    from grader.auditing import figures, lectures
    from grader.files import write_atomically

    course = courses.load(course_file or courses.find())
    asked = lectures.questions(course)
    pages = {"docs/lectures.md": lectures.page(course, asked), "docs/figures.md": figures.page(course, asked)}
    stale = {course.root / name: text for name, text in pages.items() if not _holds(course.root / name, text)}
    for path, text in stale.items():
        if write:
            write_atomically(path, text)
            click.echo(f"wrote {path}")
        else:
            click.echo(f"{path} is out of date: run `kerasnets docs --write`")
    if stale and not write:
        sys.exit(BELOW_THE_BAR)


def _holds(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text
