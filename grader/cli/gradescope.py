"""The commands about Gradescope: `gradescope try`."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from grader.cli.console import BELOW_THE_BAR, explains, new_console
from grader.gradescope.releases import RELEASES, USUAL

POSITIVE = click.FloatRange(min=0, min_open=True)


@click.group()
def gradescope() -> None:
    """Play Gradescope on this machine."""


@gradescope.command("try")
@click.argument("zipped", metavar="ZIP", type=click.Path(path_type=Path))
@click.argument(
    "submissions", metavar="SUBMISSION...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@click.option(
    "-o",
    "--out",
    default=Path("out/try"),
    show_default=True,
    type=click.Path(path_type=Path),
    help="Where results.json, stdout.txt, build.txt and the pages go; with several submissions, in a folder for each.",
)
@click.option(
    "--metadata",
    type=click.Path(path_type=Path),
    help="Entries of submission_metadata.json (JSON) that are to differ from those of a submission that is not late.",
)
@click.option(
    "--memory", default=768.0, show_default=True, type=POSITIVE, help="Megabytes that the container has."
)
@click.option(
    "--minutes", default=10.0, show_default=True, type=POSITIVE, help="Minutes that a submission may take."
)
@click.option(
    "--cpus", default=0.5, show_default=True, type=POSITIVE, help="Processors that the container has."
)
@click.option(
    "--as-here",
    is_flag=True,
    help="Let the build reach its registries as this machine does: pip's and apt's settings, proxies and certificates "
    "are copied, and local folders of packages that pip's settings name can be read.",
)
@click.option(
    "--root",
    "cache",
    metavar="BASE",
    type=click.Path(path_type=Path),
    help="Where the clean Debian is kept, with a scratch folder for each try. Default: a folder of your cache.",
)
@click.option(
    "--venv",
    is_flag=True,
    help="Grade in a scratch folder with a virtual environment, even where a clean Debian can be made.",
)
@click.option(
    "--release",
    default=USUAL,
    show_default=True,
    type=click.Choice(list(RELEASES)),
    help="The release of Debian or Ubuntu that the container is made of.",
)
@explains
def try_(
    zipped: Path,
    submissions: tuple[Path, ...],
    out: Path,
    metadata: Path | None,
    memory: float,
    minutes: float,
    cpus: float,
    as_here: bool,
    cache: Path | None,
    venv: bool,
    release: str,
) -> None:
    """Build ZIP as Gradescope does, grade each SUBMISSION as it does, and show what it would show.

    In a clean Debian 12 (or what --release says) where this is root on Linux and debootstrap is installed, else in a scratch
    folder with a virtual environment. Exit code 1 if the build fails or a results.json isn't valid.
    """  # fmt: skip
    from grader.gradescope import harness
    from grader.gradescope.debian import CleanRootError

    missing = [path for path in submissions if not path.exists()]
    if missing:
        raise click.UsageError(f"there is no {missing[0]}")
    known = _entries(metadata)
    limits = harness.Limits(memory, minutes, cpus)
    out.mkdir(parents=True, exist_ok=True)
    console = new_console()
    try:
        with (
            console.status("building") as status,
            harness.build(zipped, cache, venv, as_here, RELEASES[release]) as built,
        ):
            (out / "build.txt").write_text(built.said, encoding="utf-8")
            console.print(f"{zipped.name} was built {built.place.words}", highlight=False, soft_wrap=True)
            runs = {}
            for path, folder in _folders(submissions, out):
                status.update(f"grading {path.name}")
                runs[path] = built.run(path, known, limits)
                _write(runs[path], folder)
    except harness.BuildFailed as error:
        (out / "build.txt").write_text(error.said, encoding="utf-8")
        last = "\n".join(error.said.strip().splitlines()[-10:])
        where = f"all that it said is in {out / 'build.txt'}"
        click.echo(f"{last}\nkerasnets: the build failed: {error}; {where}", err=True)
        sys.exit(BELOW_THE_BAR)
    except CleanRootError as error:
        raise click.ClickException(f"{error}; or leave the clean container out: --venv") from None
    _tell(built, runs, limits, console)
    if any(run.problems for run in runs.values()):
        sys.exit(BELOW_THE_BAR)


def _tell(built: Any, runs: dict[Path, Any], limits: Any, console: Any) -> None:
    """The table, and in sentences what it has no room for."""
    console.print(_table(built, runs))
    words = [
        f"{path.name}: {said}" for path, run in runs.items() for said in (run.ended, *run.problems) if said
    ]
    if not all(run.megabytes for run in runs.values()):
        words.append(
            f"not held to {limits.megabytes:g} MB: only root sees the memory of all processes, on Linux"
        )
    if not all(run.held for run in runs.values()):
        words.append(
            f"not held to {limits.cpus:g} processors: that takes a cgroup, and none can be made here"
        )
    for line in words:
        console.print(line, highlight=False, markup=False, soft_wrap=True)


def _entries(metadata: Path | None) -> dict[str, Any]:
    if metadata is None:
        return {}
    try:
        known = json.loads(metadata.read_bytes())
    except ValueError as error:
        raise click.UsageError(f"{metadata} is not JSON: {error}") from None
    if not isinstance(known, dict):
        raise click.UsageError(f"{metadata} holds no object: an example is in Gradescope's documentation")
    return known


def _folders(submissions: tuple[Path, ...], out: Path) -> Iterator[tuple[Path, Path]]:
    """(submission, where its files go): one alone goes to `out` itself."""
    for number, path in enumerate(submissions, 1):
        same = [other for other in submissions if other.stem == path.stem]
        name = path.stem if len(same) == 1 else f"{path.stem}-{number}"
        yield path, out if len(submissions) == 1 else out / name


def _write(run: Any, folder: Path) -> None:
    """What came of a submission, and how a student and an instructor would see it."""
    from grader.gradescope import show

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "stdout.txt").write_text(run.stdout, encoding="utf-8")
    for name in ("results.json", "student.html", "instructor.html"):
        (folder / name).unlink(missing_ok=True)  # of an earlier try
    if run.results is not None:
        (folder / "results.json").write_text(json.dumps(run.results, indent=2), encoding="utf-8")
    if not run.problems:
        (folder / "student.html").write_text(show.show(run.results, "student"), encoding="utf-8")
        (folder / "instructor.html").write_text(show.show(run.results, "instructor"), encoding="utf-8")


def _table(built: Any, runs: dict[Path, Any]) -> Any:
    from rich.table import Table

    title = f"zip {built.zip_bytes / 2**20:.1f} MB; built in {built.seconds:.0f} s, {built.megabytes:,.0f} MB of disk"
    table = Table(
        "submission",
        "score",
        "seconds",
        "peak MB",
        "results.json",
        title=title,
        title_justify="left",
        box=None,
    )
    for path, run in runs.items():
        score = "-" if run.score is None else f"{run.score:g}"
        peak = f"{run.megabytes:,.0f}" if run.megabytes else "not measured"
        table.add_row(path.name, score, f"{run.seconds:.1f}", peak, "not valid" if run.problems else "valid")
    return table
