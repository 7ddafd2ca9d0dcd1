"""The command line: parsing and printing only. What takes time to import is imported by the command that needs it."""

import os
import signal
import sys
from pathlib import Path
from typing import Any

import click

from grader import zoo
from grader.console import BELOW_THE_BAR, TERMINATED, UNFINISHED, explains, import_keras, new_console
from grader.gradescope.commands import gradescope


def main() -> None:
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        os.environ.setdefault(name, "1")  # before NumPy is imported: submissions are graded side by side
    # as Ctrl-C: what was begun is ended in order
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))
    cli(prog_name="kerasnets")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="kerasnets")
def cli() -> None:
    """A course on convolutional networks that grades itself."""


for command in (zoo.models, zoo.train, zoo.cards, gradescope):
    cli.add_command(command)


@cli.command()
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
    from grader.autograder import PUBLIC_SEED
    from grader.build import build as build_one

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
    if course.has_public_seed:
        click.echo(f"kerasnets: warning: {PUBLIC_SEED.format('these zips')}", err=True)


@cli.command()
@click.argument("submissions", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "-a",
    "--autograder",
    "zip_path",
    required=True,
    type=click.Path(path_type=Path),
    help="dist/<id>-autograder.zip",
)
@click.option(
    "-o",
    "--out",
    default=Path("out"),
    show_default=True,
    type=click.Path(path_type=Path),
    help="Where the reports go.",
)
@click.option(
    "-j", "--jobs", type=click.IntRange(1), help="Submissions graded at a time. Default: one per processor."
)
@click.option(
    "--seed", help="Draw the hidden inputs from this instead of each submission's own seed (hexadecimal)."
)
@click.option(
    "--allow-open-files",
    is_flag=True,
    help="Go on where students' code can read your files and other submissions: no Landlock, and no root or open files.",
)
@click.option(
    "--allow-public-seed",
    is_flag=True,
    help="Grade though the zip's hidden cases are drawn from the seed that the public repository ships.",
)
@explains
def grade(
    submissions: tuple[Path, ...],
    zip_path: Path,
    out: Path,
    jobs: int | None,
    seed: str | None,
    allow_open_files: bool,
    allow_public_seed: bool,
) -> None:
    """Grade notebooks, zips and folders of them; write a report for each, and the class's gradebook.csv."""
    from grader import autograder, intake

    missing = [path for path in submissions if not path.exists()]
    if missing:
        raise click.UsageError(f"there is no {missing[0]}")
    if not intake.find(list(submissions)):
        raise click.UsageError("there is nothing in there to grade: name notebooks, zips or a folder of them")
    drawn, zipped = _seed_bytes(seed), autograder.read(zip_path)
    if zipped.has_public_seed and drawn is None and not allow_public_seed:
        raise autograder.AutograderError(
            f"{autograder.PUBLIC_SEED.format(zip_path)}. To grade with it all the same: --allow-public-seed"
        )
    _grade_class(
        list(submissions),
        zipped,
        out,
        jobs,
        drawn,
        new_console(),
        private=[zip_path],
        allow_open_files=allow_open_files,
    )


@cli.command()
@explains
def doctor() -> None:
    """Say which defences this machine gives against students' code, and what each missing one means."""
    from rich.table import Table
    from rich.text import Text

    from grader.doctor import examine

    table = Table("defence", "state", "here", "without it", box=None, pad_edge=False)
    for row in examine():
        state = Text(row.defence.state, style="green" if row.defence.holds else "bold red")
        table.add_row(row.defence.name, state, row.defence.words, row.without)
    new_console().print(table)


@cli.command()
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

    from grader import audit
    from grader import course as courses
    from grader.reports import audit as grade

    root = (course_file or courses.find()).resolve().parent
    chosen = [question for question in audit.questions(root) if models or not question.about_models]
    console = new_console()
    bar = Progress(TextColumn("auditing"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=console,
                   transient=True)  # fmt: skip
    with bar:
        task = bar.add_task("", total=len(chosen))
        found = audit.run(
            root,
            lambda question: question in chosen,
            audit.seeds(2 if quick else 20),
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


@cli.command()
@click.option(
    "--course", "course_file", type=click.Path(path_type=Path), help="course.toml, if not here or above."
)
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    help="Where the reports go. Default: out/demo beside course.toml.",
)
@explains
def demo(course_file: Path | None, out: Path | None) -> None:
    """Build every assignment, grade the sample class of tests/submissions/, and say where the pages are."""
    from grader import autograder
    from grader import course as courses
    from grader.build import build as build_one

    course = courses.load(course_file or courses.find())
    console = new_console()
    dist, out = course.root / "dist", out or course.root / "out" / "demo"
    import_keras()
    for assignment in course.choose(()):
        with console.status(f"building {assignment.id}"):
            build_one(course, assignment, dist, course.root / "assignments", solution=False)
        samples = course.root / "tests" / "submissions" / assignment.id
        zipped = autograder.read(dist / f"{assignment.id}-autograder.zip")
        # the samples are ours: they may read what they like
        _grade_class([samples], zipped, out / assignment.id, None, None, console, allow_open_files=True)


@cli.command()
@click.argument("ids", nargs=-1)
@click.option(
    "--course", "course_file", type=click.Path(path_type=Path), help="course.toml, if not here or above."
)
@click.option("--write", is_flag=True, help="Write the table to docs/course.md beside course.toml.")
@explains
def rehearse(ids: tuple[str, ...], course_file: Path | None, write: bool) -> None:
    """Run each master's solution, grade it and its skeleton, sealed and by `otter run`; of all assignments, or of some."""
    from grader import course as courses
    from grader import rehearsal

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


def _seed_bytes(seed: str | None) -> bytes | None:
    try:
        return None if seed is None else bytes.fromhex(seed)
    except ValueError:
        raise click.BadParameter(f"{seed!r} is not hexadecimal", param_hint="--seed") from None


def _grade_class(
    paths: list[Path],
    autograder: Any,
    out: Path,
    jobs: int | None,
    seed: bytes | None,
    console: Any,
    **options: Any,
) -> list[Any]:
    """Grade with a progress bar, then print the class's table and where its pages are."""
    if sys.platform == "win32":
        raise click.ClickException(
            "grading needs fork: install WSL2 (wsl --install), clone the course there, and run this again"
        )
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from grader import batch, intake

    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    )
    with bar:
        task = bar.add_task(f"grading {autograder.id}", total=len(intake.find(paths)))
        trouble: list[str] = []
        try:
            reports = batch.grade_all(
                paths, autograder, out, jobs, seed, done=lambda report: bar.advance(task), **options
            )
        except batch.Unfinished as error:
            reports, trouble = error.reports, error.trouble
    if reports:
        _show_class(reports, out, console)
    if trouble:
        click.echo("\n".join(f"kerasnets: {sentence}" for sentence in trouble), err=True)
        sys.exit(UNFINISHED)
    return reports


def _show_class(reports: list[Any], out: Path, console: Any) -> None:
    """The class's tables, and where its pages are."""
    from grader import batch
    from grader.reports import class_report, terminal

    console.print(terminal.table(reports))
    for table in terminal.class_tables(class_report.summarise(reports)):
        console.print(table)
    console.print(
        f"{len(reports)} reports in {out}/<submission>/feedback.html, the class in {out / batch.CLASS} "
        f"and {out / batch.GRADEBOOK}",
        highlight=False,
        soft_wrap=True,
    )


if __name__ == "__main__":
    main()
