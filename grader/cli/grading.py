"""The commands that grade: `grade`, and `doctor`, which says what a grade is worth on this machine."""

import sys
from pathlib import Path
from typing import Any

import click

from grader.cli.console import UNFINISHED, explains, new_console


@click.command()
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
    help="Grade although students' code can read your files and other submissions: without Landlock, and not as root "
    "or with files that every user can read.",
)
@click.option(
    "--allow-public-seed",
    is_flag=True,
    help="Grade although the zip's hidden cases are drawn from the seed that the public repository ships.",
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
    from grader.grading import autograder, intake, open_files

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
    grade_class(
        list(submissions),
        zipped,
        out,
        jobs,
        drawn,
        new_console(),
        private=[zip_path, *open_files.of_its_course(zip_path)],
        allow_open_files=allow_open_files,
    )


@click.command()
@explains
def doctor() -> None:
    """Say which defences this machine gives against students' code, and what each missing one means."""
    from rich.table import Table
    from rich.text import Text

    from grader.grading.doctor import examine

    table = Table("defence", "state", "here", "without it", box=None, pad_edge=False)
    for row in examine():
        state = Text(row.defence.state, style="green" if row.defence.holds else "bold red")
        table.add_row(row.defence.name, state, row.defence.words, row.without)
    new_console().print(table)


def _seed_bytes(seed: str | None) -> bytes | None:
    try:
        return None if seed is None else bytes.fromhex(seed)
    except ValueError:
        raise click.BadParameter(f"{seed!r} is not hexadecimal", param_hint="--seed") from None


def grade_class(
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

    from grader.gradescope.results import write_results
    from grader.grading import batch, intake

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
                paths,
                autograder,
                out,
                jobs,
                seed,
                done=lambda report: bar.advance(task),
                also=[write_results],
                **options,
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
    from grader.grading import batch
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
