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
from pathlib import Path

from rich.console import Console
from rich.table import Table

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
Column = tuple[str, str]  # ("root", "a3_numpy_convnet")


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/hostile", description=__doc__)
    parser.add_argument("--only", default="", help="attacks whose name has this in it")
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
    chosen = [attack for attack in battery() if options.only in attack.name]
    with tempfile.TemporaryDirectory() as folder:
        zips = build(Path(folder))
        if options.otter:
            contrast.record(chosen, zips)
            return
        results = {
            (user, assignment): in_a_process(assignment, zips[assignment], user, options.only)
            for user, assignment in columns(options.user, options.assignment)
        }
    console = Console(width=None if sys.stdout.isatty() else 130)
    console.print(summary(results))
    bad = [(column, result) for column, rows in results.items() for result in rows if result.verdict]
    for (user, assignment), result in bad:
        console.print(
            f"{result.attack} ({user}, {assignment}): {result.verdict}", highlight=False, markup=False
        )
    if options.write:
        for (user, assignment), rows in results.items():
            evidence.keep("attacks", row(user, assignment, rows))
        DOCS.write_text(
            page(evidence.recorded()["attacks"], battery(), contrast.recorded()), encoding="utf-8"
        )
    sys.exit(1 if bad else 0)


def columns(users: list[str] | None, assignments: list[str] | None) -> list[Column]:
    """Who grades what: as chosen, else root and an ordinary user, where this one is root; else this one alone."""
    usual = ["root", "ordinary"] if os.geteuid() == 0 else ["ordinary"]
    return [(NAMES[user], assignment) for user in users or usual for assignment in assignments or BACKENDS]


def row(user: str, assignment: str, results: list[Result]) -> evidence.Row:
    """What is kept of a class: on what it was graded, how many handed in, and what came of it."""
    attacks = [result for result in results if result.family != "bystander"]
    return {
        "machine": machine.about(),
        "user": user,
        "assignment": assignment,
        "attacks": len(attacks),
        "honest": len(results) - len(attacks),
        "families": dict(Counter(result.family for result in results)),
        "counts": {name: sum(map(counts, results)) for name, counts in COUNTS.items()},
        "won": {result.attack: result.verdict for result in results if result.verdict},
    }


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
