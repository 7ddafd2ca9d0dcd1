"""`scripts/hostile`: the whole battery, as root and as an ordinary user, against both kinds of assignment, in one table."""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.hostile import contrast
from tests.hostile.attack import BACKENDS, HERE, Attack, battery
from tests.hostile.battery import ORDINARY, ROOT, Result, in_a_process

DOCS = HERE.parents[1] / "docs" / "hostile.md"
COUNTS: dict[str, Callable[[Result], bool]] = {
    "forged": lambda result: result.forged,
    "leaked": lambda result: bool(result.leaked),
    "hung": lambda result: result.hung,
    "honest marks lost": lambda result: result.lost,
    "not shown to have run": lambda result: not result.ran,
}
Column = tuple[str, str]  # ("root", "a3_numpy_convnet")


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/hostile", description=__doc__)
    parser.add_argument("--only", default="", help="attacks whose name has one of these in it (a,b)")
    parser.add_argument(
        "--landlock",
        default="",
        help="the ordinary user's battery with Landlock cut to each of these versions (0,1,2,3,4,6,newest)",
    )
    parser.add_argument(
        "--otter",
        action="store_true",
        help="record what `otter run` makes of the battery, unsealed (needs root)",
    )
    parser.add_argument("--write", action="store_true", help="write the tables to docs/hostile.md")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        zips = build(Path(folder))
        if options.otter:
            contrast.record(battery(options.only), zips)
            return
        if options.landlock:
            sys.exit(with_older_landlock(options.landlock.split(","), zips, options.only))
        results = {
            (user, assignment): in_a_process(assignment, zips[assignment], user, options.only)
            for user, assignment in columns()
        }
    bad = show(results)
    if options.write:
        DOCS.write_text(page(results, battery(), contrast.recorded()), encoding="utf-8")
    sys.exit(1 if bad else 0)


def show(results: dict[Column, list[Result]]) -> bool:
    """Print the table, and what is wrong; is anything?"""
    console = Console(width=None if sys.stdout.isatty() else 130)
    console.print(summary(results))
    bad = [(column, result) for column, rows in results.items() for result in rows if result.verdict]
    for (user, assignment), result in bad:
        console.print(
            f"{result.attack} ({user}, {assignment}): {result.verdict}", highlight=False, markup=False
        )
    return bool(bad)


def with_older_landlock(versions: list[str], zips: dict[str, Path], only: str) -> bool:
    """The battery as an ordinary user, under each version: 1 to 6 are cut from this kernel's. Without any, grading must stop."""
    results: dict[Column, list[Result]] = {}
    goes_on = False
    for version in versions:
        off = "" if version == "newest" else f"landlock-{version}"
        for assignment in BACKENDS:
            try:
                rows = in_a_process(assignment, zips[assignment], ORDINARY, only, off)
            except RuntimeError as error:
                if version != "0" or "has no Landlock" not in str(error):
                    raise
                print(f"Landlock 0, {assignment}: {str(error).splitlines()[-1]}")
                continue
            results[f"Landlock {version}", assignment] = rows
            goes_on |= version == "0"
    return show(results) or goes_on


def columns() -> list[Column]:
    """Who grades what: root and an ordinary user, where this one is root; else this one alone."""
    users = [ROOT, ORDINARY] if os.geteuid() == 0 else [ORDINARY]
    return [(user, assignment) for user in users for assignment in BACKENDS]


def build(folder: Path) -> dict[str, Path]:
    """{assignment: its autograder zip}, built from the masters."""
    from grader import course
    from grader.build import build as build_one
    from grader.cli import import_keras

    import_keras()
    plan = course.load(course.find(HERE))
    for assignment in plan.choose(tuple(BACKENDS)):
        build_one(plan, assignment, folder, folder / "assignments", solution=False)
    return {assignment: folder / f"{assignment}-autograder.zip" for assignment in BACKENDS}


def summary(results: dict[Column, list[Result]]) -> Table:
    """One line for each way to win: how many attacks, and bystanders, did."""
    table = Table(*("", *(f"{user}, {BACKENDS[assignment]}" for user, assignment in results)), box=None)
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


def page(
    results: dict[Column, list[Result]], attacks: Iterable[Attack], otter: dict[str, dict[str, str]]
) -> str:
    """docs/hostile.md: every attack, what it tries, what it came to under the seal and under plain Otter."""
    sealed: dict[str, list[str]] = {}
    for rows in results.values():
        for result in rows:
            sealed.setdefault(result.attack, []).append(result.verdict)
    lines = [
        "# The battery",
        "",
        "Made by `scripts/hostile --write`; the column of plain Otter is a recorded run (`scripts/hostile --otter`).",
        "Sealed: every attack ended with the score that its honest work deserves, and no secret in a student's hands,",
        "as root and as an ordinary user. `otter run`: the same submission and the same autograder zip, without the seal.",
        "",
        "| | " + " | ".join(f"{user}, {BACKENDS[a]}" for user, a in results) + " |",
        "|---|" + "---|" * len(results),
        *(
            f"| {name} | " + " | ".join(str(sum(map(counts, rows))) for rows in results.values()) + " |"
            for name, counts in COUNTS.items()
        ),
        "",
        "| attack | tries | sealed | `otter run` |",
        "|---|---|---|---|",
    ]
    for attack in attacks:
        under_otter = sorted(set(otter.get(attack.name, {}).values()))
        ours = ", ".join(sorted(set(filter(None, sealed.get(attack.name, ["not run"]))))) or "nothing"
        theirs = "; ".join(filter(None, under_otter)) or ("nothing" if under_otter else "not recorded")
        lines.append(f"| `{attack.name}` | {attack.tries.replace('|', chr(92) + '|')} | {ours} | {theirs} |")
    won = sum(any(verdicts.values()) for verdicts in otter.values())
    lines += ["", f"Under `otter run` {won} of {len(otter)} recorded attacks came to something."]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
