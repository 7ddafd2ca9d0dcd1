"""`scripts/gradescope`: each assignment's zip, built and graded as Gradescope does, in one table."""

import argparse
import math
import random
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from grader import course
from grader.building.build import build as build_one
from grader.cli.console import BELOW_THE_BAR
from grader.course import Assignment, Course
from grader.gradescope import harness
from grader.gradescope.harness import BuildFailed, Built, Run
from grader.gradescope.releases import RELEASES, USUAL
from grader.grading import autograder
from grader.quiet import import_keras
from tests import evidence
from tests.conftest import ROOT
from tests.gradescope import userlands
from tests.gradescope.cases import Case, cases

DOCS = ROOT / "docs" / "gradescope_measured.md"
HEAD = "assignment", "zip", "build", "disk", "submission", "must be", "score", "run", "memory", "results.json"
PAGE = """\
# Gradescope, rehearsed

Each assignment's zip, built {where}, and five runs in containers of its own with the limits
of Gradescope's smallest: 10 minutes, 768 MB, {processors}. Memory is the highest sum of proportional set sizes of all processes,
sampled ten times a second. The attack is that of [the battery](hostile.md) which aims at Gradescope's folders; an interrupted run
is the right submission's, killed at a random moment. Made by `scripts/gradescope --write`.

{table}
"""


@dataclass(frozen=True)
class Row:
    """One submission to one assignment."""

    assignment: str
    built: Built
    case: Case
    run: Run

    @property
    def problem(self) -> str:
        ended = "" if self.case.interrupted else self.run.ended
        return "; ".join(filter(None, [*self.run.problems, ended, self.case.wrong(self.run)]))

    def cells(self, is_first: bool) -> list[str]:
        built, run = self.built, self.run
        size = f"{built.zip_bytes / 2**20:.1f} MB", f"{built.seconds:.0f} s", f"{built.megabytes:,.0f} MB"
        score = "-" if run.score is None else f"{run.score:g}"
        return [
            *((self.assignment, *size) if is_first else ("",) * 4),
            *(self.case.name, self.case.expected, score, f"{run.seconds:.1f} s", f"{run.megabytes:,.0f} MB"),
            "not valid" if run.problems else "valid",
        ]


def main() -> None:
    options = arguments()
    plan, rows = course.load(course.find(ROOT)), []
    console = Console(width=None if sys.stdout.isatty() else 170)
    try:
        if options.samples:
            sys.exit(show_userland(plan, options, console))
        for assignment in plan.choose(tuple(options.ids)):
            with console.status(f"building and grading {assignment.id}"):
                for row in rehearsed(plan, assignment, options):
                    rows.append(row)
                    console.print("  ".join(row.cells(True)), highlight=False, markup=False, soft_wrap=True)
    except BuildFailed as error:
        console.print(error.said[-3000:], highlight=False, markup=False)
        sys.exit(f"the build failed: {error}")
    console.print(table(rows))
    bad = [row for row in rows if row.problem]
    for row in bad:
        console.print(
            f"{row.assignment}, {row.case.name}: {row.problem}", highlight=False, markup=False, soft_wrap=True
        )
    if options.write:
        DOCS.write_text(page(rows), encoding="utf-8")
    sys.exit(BELOW_THE_BAR if bad else 0)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/gradescope", description=__doc__)
    parser.add_argument("ids", nargs="*", metavar="ID", help="assignments; all of them, where none is named")
    parser.add_argument(
        "--write", action="store_true", help="write the table of all of them to docs/gradescope_measured.md"
    )
    parser.add_argument(
        "--as-here", action="store_true", help="builds reach their registries as this machine does"
    )
    parser.add_argument("--root", type=Path, metavar="BASE", help="where the pristine Debian is kept")
    parser.add_argument(
        "--venv", action="store_true", help="no clean Debian: scratch folders and virtual environments"
    )
    parser.add_argument(
        "--release",
        default=USUAL,
        choices=list(RELEASES),
        help=f"what containers are made of (usually {USUAL})",
    )
    parser.add_argument(
        "--samples",
        action="store_true",
        help="grade all samples and accepted answers instead, and keep what came of it for SECURITY.md",
    )
    options = parser.parse_args()
    if options.write and (options.ids or options.samples or options.release != USUAL):
        parser.error(
            "--write makes the page of the whole course: leave the assignments' names, --samples and --release out"
        )
    return options


def rehearsed(plan: Course, assignment: Assignment, options: argparse.Namespace) -> Iterator[Row]:
    """One row after the other, in one image that is gone afterwards."""
    with image(plan, assignment, options) as (built, zipped, folder):
        right = math.inf
        for case in cases(autograder.read(zipped), folder):
            moment = random.uniform(0.3, 0.7 * right) if case.interrupted else math.inf
            run = built.run(case.path, kill_after=moment)
            right = min(right, run.seconds)
            yield Row(assignment.id, built, case, run)


@contextmanager
def image(
    plan: Course, assignment: Assignment, options: argparse.Namespace
) -> Iterator[tuple[Built, Path, Path]]:
    """The image of an assignment's zip, the zip, and a folder to write to."""
    if assignment.backend == "keras":
        import_keras()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        build_one(plan, assignment, folder, folder / "assignments", solution=False)
        zipped = folder / f"{assignment.id}-autograder.zip"
        release = RELEASES[options.release]
        with harness.build(zipped, options.root, options.venv, options.as_here, release) as built:
            yield built, zipped, folder


def show_userland(plan: Course, options: argparse.Namespace, console: Console) -> int:
    """Grade samples and accepted answers in the release, and keep what came of it. The exit code."""
    code = 0
    for assignment in plan.choose(tuple(options.ids)):
        with console.status(assignment.id), image(plan, assignment, options) as (built, zipped, folder):
            submissions = folder / "submissions"
            submissions.mkdir()
            shown = userlands.shown(built, zipped, submissions)
        evidence.keep("userlands", shown.row())
        code = BELOW_THE_BAR if shown.wrong else code
        console.print(
            f"{assignment.id}, {built.place.words}: {shown.samples} samples and {shown.accepted} accepted answers, "
            f"{len(shown.wrong)} not as they must be",
            *(f"\n  {line}" for line in shown.wrong),
            highlight=False,
            markup=False,
            soft_wrap=True,
        )
    return code


def lines(rows: list[Row]) -> list[list[str]]:
    before = [None, *(row.assignment for row in rows)]
    return [row.cells(row.assignment != earlier) for row, earlier in zip(rows, before, strict=False)]


def table(rows: list[Row]) -> Table:
    shown = Table(*HEAD, box=None, pad_edge=False)
    for line in lines(rows):
        shown.add_row(*line)
    return shown


def page(rows: list[Row]) -> str:
    text = [HEAD, ["---"] * len(HEAD), *lines(rows)]
    held = all(row.run.held for row in rows)
    return PAGE.format(
        where=rows[0].built.place.words,
        processors="half a processor" if held else "but all processors of the machine",
        table="\n".join(f"| {' | '.join(line)} |" for line in text),
    )


if __name__ == "__main__":
    main()
