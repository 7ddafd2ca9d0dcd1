"""What runs have shown: kept as data in `shown.json`, a row for each, and as tables between marks in SECURITY.md.

`scripts/hostile --write` and `scripts/gradescope --samples` replace their own rows. `python -m tests.evidence` only makes the
tables anew from the data; a test compares.
"""

import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from grader.files import write_atomically

DATA = Path(__file__).parent / "shown.json"
PAGE = Path(__file__).parents[1] / "SECURITY.md"
Row = dict[str, Any]

# What tells one row from another: a run takes the place of the same one
KEYS: dict[str, Callable[[Row], tuple[Any, ...]]] = {
    "attacks": lambda row: (*_machine(row), row["user"], row["assignment"]),
    "userlands": lambda row: (row["machine"]["system"], row["machine"]["architecture"], row["assignment"]),
}
COUNTS = ("forged", "leaked", "hung", "honest marks lost", "not shown to have run")


def _machine(row: Row) -> tuple[Any, ...]:
    about = row["machine"]
    return about["architecture"], about["kernel"], about["landlock"]


def recorded(data: Path = DATA) -> dict[str, list[Row]]:
    return json.loads(data.read_text(encoding="utf-8")) if data.exists() else {kind: [] for kind in KEYS}


def keep(kind: str, row: Row, data: Path = DATA, page: Path = PAGE) -> None:
    """Put the row in place of the one with its key, and make the tables anew."""
    known, key = recorded(data), KEYS[kind]
    rows = [other for other in known[kind] if key(other) != key(row)]
    known[kind] = sorted([*rows, row], key=lambda one: tuple(map(_sortable, key(one))))
    write_atomically(data, json.dumps(known, indent=1, sort_keys=True) + "\n")
    write_page(known, page)


def _sortable(part: Any) -> str:
    return f"{part:03}" if isinstance(part, int) else str(part)


def write_page(known: dict[str, list[Row]], page: Path = PAGE) -> None:
    write_atomically(page, rendered(page.read_text(encoding="utf-8"), known))


def rendered(text: str, known: dict[str, list[Row]]) -> str:
    """The page with its tables as the data has them. Raises ValueError where the marks of one are missing."""
    for kind, table in TABLES.items():
        pattern = rf"(<!-- {kind}: .*? -->\n).*?(<!-- end -->)"
        lines = table(known[kind])
        text, count = re.subn(
            pattern, lambda found, lines=lines: f"{found[1]}\n{lines}\n{found[2]}", text, flags=re.DOTALL
        )
        if count != 1:
            raise ValueError(f"the page has {count} places for the table of {kind}, not 1")
    return text


def attacks(rows: list[Row]) -> str:
    """Who graded what on which kernel, and how many attacks came to something."""
    head = (
        "who grades",
        "Landlock",
        "assignment",
        "attacks",
        "honest students",
        *COUNTS,
        "kernel, libseccomp",
    )
    return markdown(head, [*map(_of_battery, rows), ("macOS", "not tried", *[""] * (len(head) - 2))])


def _of_battery(row: Row) -> tuple[str, ...]:
    about = row["machine"]
    return (
        row["user"],
        str(about["landlock"] or "none"),
        row["assignment"].partition("_")[0],
        str(row["attacks"]),
        str(row["honest"]),
        *(str(row["counts"][name]) for name in COUNTS),
        f"Linux {about['kernel']}, {about['architecture']}, {about['libseccomp']}",
    )


def userlands(rows: list[Row]) -> str:
    """Which samples and accepted answers were graded in which distribution."""
    head = (
        "system",
        "Python",
        "libseccomp",
        "assignment",
        "samples",
        "accepted answers",
        "not as they must be",
        "kernel",
    )
    return markdown(head, map(_of_userland, rows))


def _of_userland(row: Row) -> tuple[str, ...]:
    about = row["machine"]
    return (
        about["system"],
        about["python"],
        about["libseccomp"],
        row["assignment"].partition("_")[0],
        str(row["samples"]),
        str(row["accepted"]),
        str(row["wrong"]),
        f"Linux {about['kernel']}, {about['architecture']}",
    )


TABLES: dict[str, Callable[[list[Row]], str]] = {"attacks": attacks, "userlands": userlands}


def markdown(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """
    >>> print(markdown(("who", "won"), [("root", "0")]))
    | who | won |
    |---|---|
    | root | 0 |
    """
    lines = (f"| {' | '.join(row)} |" for row in rows)
    return "\n".join([f"| {' | '.join(head)} |", "|---" * len(head) + "|", *lines])


if __name__ == "__main__":
    write_page(recorded())
