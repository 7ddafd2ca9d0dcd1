"""`scripts/hostile`: the whole battery, as root and as an ordinary user, against both kinds of assignment, in one table.

With `--write` each class is kept as a row of SECURITY.md's table, in the place of the same one of an earlier run: the columns
of a long battery may be run one after the other, and on several machines.
"""

import argparse
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from grader import course
from grader.building.build import build as build_one
from grader.quiet import import_keras
from tests import evidence, machine
from tests.hostile import contrast
from tests.hostile.attack import BACKENDS, HERE, Attack, battery
from tests.hostile.battery import IN_DOCKER, ORDINARY, ROOT, Result, in_a_process

DOCS = HERE.parents[1] / "docs" / "hostile.md"
COUNTS: dict[str, Callable[[Result], bool]] = {
    "forged": lambda result: result.forged,
    "leaked": lambda result: bool(result.leaked),
    "hung": lambda result: result.hung,
    "honest marks lost": lambda result: result.lost,
    "not shown to have run": lambda result: not result.ran,
}
NAMES = {"root": ROOT, "ordinary": ORDINARY, "docker": IN_DOCKER}


@dataclass(frozen=True)
class Column:
    """One class: who grades it, under which version of Landlock (None: the kernel's), and what it is handed in to."""

    user: str
    landlock: int | None
    assignment: str

    @property
    def is_open(self) -> bool:
        """Would a student's process be able to write the grader's own files?"""
        return self.user == ORDINARY and self.landlock == 0

    def __str__(self) -> str:
        cut = "" if self.landlock is None else f", Landlock {self.landlock}"
        return f"{self.user}{cut}, {BACKENDS[self.assignment]}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/hostile", description=__doc__)
    parser.add_argument("--only", default="", help="attacks whose name has one of these in it (a,b)")
    parser.add_argument(
        "--landlock",
        default="",
        help="with Landlock cut to each of these versions (0,1,2,3,4,6,newest); as the ordinary user, without --user",
    )
    parser.add_argument(
        "--otter",
        action="store_true",
        help="record what `otter run` makes of the battery, unsealed (needs root)",
    )
    parser.add_argument(
        "--user",
        action="append",
        choices=list(NAMES),
        help="who grades; may be repeated. Usually root and ordinary, where this one is root",
    )
    parser.add_argument(
        "--assignment", action="append", choices=list(BACKENDS), help="what is graded; may be repeated"
    )
    parser.add_argument(
        "--write",
        action="store_true",
        help="keep the results, and write SECURITY.md's table and docs/hostile.md",
    )
    options = parser.parse_args()
    if options.write and options.only:
        parser.error("--write keeps whole batteries: leave --only out")
    if options.user and os.geteuid() != 0:
        parser.error("--user chooses among users for root; here, who runs this grades")
    with tempfile.TemporaryDirectory() as folder:
        zips = build(Path(folder))
        if options.otter:
            contrast.record(battery(options.only), zips)
            return
        results = {}
        for column in columns(options.user, options.landlock, options.assignment):
            results[column] = graded(column, zips[column.assignment], options.only)
            if options.write:
                evidence.keep("attacks", row(column, results[column]))
    bad = show(results)
    if options.write:
        DOCS.write_text(
            page(evidence.recorded()["attacks"], battery(), contrast.recorded()), encoding="utf-8"
        )
    sys.exit(1 if bad else 0)


def columns(users: list[str] | None, landlock: str, assignments: list[str] | None) -> list[Column]:
    """What is chosen. Else both assignments, graded by root and an ordinary user, where this one is root (else by this one
    alone), or, where a version of Landlock is given, by the ordinary user."""
    usual = ["root", "ordinary"] if os.geteuid() == 0 and not landlock else ["ordinary"]
    versions = [
        None if version == "newest" else int(version) for version in (landlock or "newest").split(",")
    ]
    return [
        Column(NAMES[user], version, assignment)
        for user in users or usual
        for version in versions
        for assignment in assignments or BACKENDS
    ]


def graded(column: Column, zipped: Path, only: str) -> list[Result] | None:
    """The class's results; None where grading stopped, as it must, since nothing closes the files of who grades."""
    off = "" if column.landlock is None else f"landlock-{column.landlock}"
    try:
        return in_a_process(column.assignment, zipped, column.user, only, off)
    except RuntimeError as error:
        if not column.is_open or "has no Landlock" not in str(error):
            raise
        return None


def show(results: dict[Column, list[Result] | None]) -> bool:
    """Print the table, and what is wrong; is anything?"""
    console = Console(width=None if sys.stdout.isatty() else 130)
    console.print(summary({column: rows for column, rows in results.items() if rows is not None}))
    words = [
        f"{result.attack} ({column}): {result.verdict}"
        for column, rows in results.items()
        for result in rows or ()
        if result.verdict
    ]
    words += [f"{column}: graded, though nothing closed the files of who grades" for column, rows in results.items()
              if column.is_open and rows is not None]  # fmt: skip
    for line in words:
        console.print(line, highlight=False, markup=False)
    for column in (column for column, rows in results.items() if rows is None):
        console.print(f"{column}: grading stopped, as it must", highlight=False, markup=False)
    return bool(words)


def row(column: Column, results: list[Result] | None) -> evidence.Row:
    """What is kept of a class: on what it was graded, how many handed in, and what came of it; or that grading stopped."""
    about, found = machine.about(), results or []
    if column.landlock is not None:
        about["landlock"] = min(column.landlock, int(about["landlock"]))
    attacks = [result for result in found if result.family != "bystander"]
    return {
        "machine": about,
        "user": column.user,
        "assignment": column.assignment,
        "stopped": results is None,
        "attacks": len(attacks),
        "honest": len(found) - len(attacks),
        "families": dict(Counter(result.family for result in found)),
        "counts": {name: sum(map(counts, found)) for name, counts in COUNTS.items()},
        "won": {result.attack: result.verdict for result in found if result.verdict},
    }


def build(folder: Path) -> dict[str, Path]:
    """{assignment: its autograder zip}, built from the masters."""
    import_keras()
    plan = course.load(course.find(HERE))
    for assignment in plan.choose(tuple(BACKENDS)):
        build_one(plan, assignment, folder, folder / "assignments", solution=False)
    return {assignment: folder / f"{assignment}-autograder.zip" for assignment in BACKENDS}


def summary(results: dict[Column, list[Result]]) -> Table:
    """One line for each way to win: how many attacks, and bystanders, did."""
    table = Table(*("", *map(str, results)), box=None)
    attacks = [[r for r in rows if r.family != "bystander"] for rows in results.values()]
    table.add_row("attacks handed in", *(str(len(rows)) for rows in attacks))
    table.add_row(
        "honest students beside them",
        *(str(len(r) - len(a)) for r, a in zip(results.values(), attacks, strict=True)),
    )
    for name, counts in COUNTS.items():
        table.add_row(name, *(str(sum(map(counts, rows))) for rows in results.values()))
    table.add_row(
        "seconds of grading, together", *(f"{sum(r.seconds for r in rows):.0f}" for rows in results.values())
    )
    return table


def page(rows: list[evidence.Row], attacks: Iterable[Attack], otter: dict[str, dict[str, str]]) -> str:
    """docs/hostile.md: every attack, what it tries, what it came to under the seal and under plain Otter."""
    sealed: dict[str, set[str]] = {}
    for kept in rows:
        for name, verdict in kept["won"].items():
            sealed.setdefault(name, set()).add(verdict)
    tried = {kept["assignment"] for kept in rows}
    lines = [
        "# The battery",
        "",
        "Made by `scripts/hostile --write`; the column of plain Otter is a recorded run (`scripts/hostile --otter`).",
        "Sealed: nothing, where the attack ended with the score that its honest work deserves and no secret in a student's",
        "hands in each of these runs. `otter run`: the same submission and the same autograder zip, without the seal.",
        "",
        evidence.attacks(rows),
        "",
        "| attack | tries | sealed | `otter run` |",
        "|---|---|---|---|",
    ]
    for attack in attacks:
        under_otter = sorted(set(otter.get(attack.name, {}).values()))
        was_run = any(map(attack.runs_in, tried))
        ours = ", ".join(sorted(sealed.get(attack.name, ()))) or ("nothing" if was_run else "not run")
        theirs = "; ".join(filter(None, under_otter)) or ("nothing" if under_otter else "not recorded")
        lines.append(f"| `{attack.name}` | {attack.tries.replace('|', chr(92) + '|')} | {ours} | {theirs} |")
    won = sum(any(verdicts.values()) for verdicts in otter.values())
    lines += ["", f"Under `otter run` {won} of {len(otter)} recorded attacks came to something."]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
