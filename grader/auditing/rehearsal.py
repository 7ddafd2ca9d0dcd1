"""A dress rehearsal of the course: each master's solution must have full marks and its skeleton none, under the seal and
through `otter run`, and what each takes of time and memory is measured.

The graders run as commands of their own, as a teacher would call them, start-up included.
"""

from __future__ import annotations

import csv
import json
import math
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.building.build import build
from grader.course import Assignment, Course, MasterError
from grader.gradescope import meter
from grader.grading.batch import GRADEBOOK

UNLIMITED = meter.Limits(megabytes=math.inf, minutes=math.inf)


@dataclass(frozen=True)
class Graded:
    """One submission, graded once."""

    score: float
    seconds: float  # on the wall clock
    # of all its processes together, pages that they share once; 0 where only root could see it
    megabytes: float


@dataclass(frozen=True)
class Rehearsed:
    """What came of one assignment. `possible` is what a solution must reach."""

    id: str
    possible: float
    executed: float  # seconds in which the solution's notebook ran from top to bottom, trainings included
    sealed: dict[str, Graded]  # by "solution" and "skeleton"
    otter: dict[str, Graded]

    @property
    def passed(self) -> bool:
        return all(
            abs(way["solution"].score - self.possible) < 1e-6 and way["skeleton"].score == 0
            for way in (self.sealed, self.otter)
        )


def rehearse(course: Course, assignments: list[Assignment]) -> Iterator[Rehearsed]:
    """One assignment after the other, in a folder of its own that is gone afterwards."""
    for assignment in assignments:
        with tempfile.TemporaryDirectory() as temporary:
            yield _rehearse(course, assignment, Path(temporary))


def _rehearse(course: Course, assignment: Assignment, folder: Path) -> Rehearsed:
    started = time.monotonic()
    build(course, assignment, folder / "dist", folder / "assignments")
    executed = time.monotonic() - started
    submissions = {
        "solution": folder / "dist" / f"{assignment.id}-solution.zip",
        "skeleton": folder / "assignments" / assignment.id / f"{assignment.id}.ipynb",
    }
    zipped = folder / "dist" / f"{assignment.id}-autograder.zip"
    return Rehearsed(
        assignment.id,
        sum(assignment.points.values()),
        executed,
        {name: grade_sealed(path, zipped, folder / "sealed" / name) for name, path in submissions.items()},
        {name: grade_by_otter(path, zipped, folder / "otter" / name) for name, path in submissions.items()},
    )


def grade_sealed(submission: Path, zipped: Path, out: Path) -> Graded:
    """By `kerasnets grade`."""
    # the master's own solution may read what it likes, and knows the hidden cases in any case
    ours = ["-j", "1", "--allow-open-files", "--allow-public-seed"]
    kerasnets = [sys.executable, "-P", "-m", "grader.cli"]
    seconds, megabytes = measure([*kerasnets, "grade", submission, "-a", zipped, "-o", out, *ours])
    # the first row has the points possible
    _, row = csv.DictReader((out / GRADEBOOK).read_text(encoding="utf-8").splitlines())
    return Graded(float(row["total"]), seconds, megabytes)


def grade_by_otter(submission: Path, zipped: Path, out: Path) -> Graded:
    """By `otter run`, in the process and with the rights of whoever calls."""
    otter = Path(sys.executable).with_name("otter")
    out.mkdir(parents=True)
    seconds, megabytes = measure([otter, "run", "-a", zipped, "-o", out, "--no-logo", submission])
    tests = json.loads((out / "results.json").read_text(encoding="utf-8"))["tests"]
    return Graded(sum(test.get("score", 0.0) for test in tests), seconds, megabytes)


COLUMNS = (
    "assignment",
    "runs in",
    "solution",
    "skeleton",
    "sealed",
    "memory",
    "solution",
    "skeleton",
    "otter run",
    "memory",
)


def row(found: Rehearsed) -> list[str]:
    """A line of the table: scores of solution and skeleton, seconds and megabytes for the solution, sealed and by Otter."""
    cells = [found.id, f"{found.executed:.0f} s"]
    for way in (found.sealed, found.otter):
        solution, skeleton = way["solution"], way["skeleton"]
        cells += [f"{solution.score:g} of {found.possible:g}", f"{skeleton.score:g}"]
        cells += [f"{solution.seconds:.1f} s", f"{solution.megabytes:,.0f} MB"]
    return cells


PAGE = """\
# The course, rehearsed

Each master's solution notebook, run from top to bottom (trainings included, together with the build), then graded, and so is
its skeleton: under the seal by `kerasnets grade`, and by `otter run`. Seconds and memory are those of grading the solution, one
submission alone, start-up included; memory is that of all processes together, what they share counted once.
Made by `scripts/course --write`.

{table}
"""


def as_page(rehearsed: list[Rehearsed]) -> str:
    lines = [COLUMNS, ["---"] * len(COLUMNS), *map(row, rehearsed)]
    return PAGE.format(table="\n".join(f"| {' | '.join(line)} |" for line in lines))


def measure(command: Sequence[str | Path]) -> tuple[float, float]:
    """Seconds and megabytes of a command, its children's included. Raises MasterError with its last words if it fails."""
    with tempfile.TemporaryFile() as said:
        watched = meter.watch(subprocess.Popen(command, stdout=said, stderr=said), UNLIMITED)
        if watched.code:
            said.seek(0)
            last = said.read().decode(errors="replace").strip().splitlines()[-3:]
            raise MasterError(f"{' '.join(map(str, command))} ended with {watched.code}: {' / '.join(last)}")
    return watched.seconds, watched.megabytes
