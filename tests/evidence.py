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
# What a submission can't do, and the families of attacks that try it; an honest student beside them is a "bystander"
PROMISES: dict[str, tuple[str, ...]] = {
    "change a score, a result or a report, its own or another's": ("forging", "writing"),
    "make a wrong answer count as right, by patching Python, NumPy, Keras, Otter or our checks, or by looking it up": (
        "forging",
        "cheating",
    ),
    "run code in the judge: nothing is unpickled, imported or evaluated there that a student wrote": (
        "forging",
        "escaping",
    ),
    "read hidden cases, the reference, the key of the draw, tokens, e-mails, other submissions": ("reading",),
    "see hidden inputs on its page: no page quotes an input, a hidden test, a path or another student": (
        "leaking",
    ),
    "reach the network, other processes or their memory, or leave a process behind": ("escaping",),
    "use another library in a NumPy assignment": ("cheating",),
    "hold the class up: time, memory, files, processes and answers have limits": ("exhausting", "dying"),
    "cost another student a mark, or one by an accident": ("accidents", "bystander"),
}
COLUMNS: dict[str, Callable[[Row], bool]] = {
    "Linux, root": lambda row: row["user"] == "root" and row["machine"]["landlock"] > 0,
    "Linux, root as in Docker": lambda row: (
        row["user"] == "root as in Docker" and row["machine"]["landlock"] > 0
    ),
    "Linux, root, no Landlock": lambda row: row["user"] != "not root" and row["machine"]["landlock"] == 0,
    "Linux, not root": lambda row: row["user"] == "not root" and row["machine"]["landlock"] > 0,
    "Linux, not root, no Landlock": lambda row: row["user"] == "not root" and row["machine"]["landlock"] == 0,
    "macOS": lambda row: row["machine"]["system"] == "Darwin",
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
    for kind, (of, table) in TABLES.items():
        pattern = rf"(<!-- {kind}: .*? -->\n).*?(<!-- end -->)"
        lines = table(known[of])
        text, count = re.subn(
            pattern, lambda found, lines=lines: f"{found[1]}\n{lines}\n{found[2]}", text, flags=re.DOTALL
        )
        if count != 1:
            raise ValueError(f"the page has {count} places for the table of {kind}, not 1")
    return text


def promises(rows: list[Row]) -> str:
    """What no attack of a promise's families came to, for each kind of machine that a battery was run on."""
    head = ("a submission can't …", *COLUMNS)
    told = [
        (words, *(_kept(families, [row for row in rows if of(row)]) for of in COLUMNS.values()))
        for words, families in PROMISES.items()
    ]
    return markdown(head, told)


def _kept(families: tuple[str, ...], rows: list[Row]) -> str:
    """
    >>> row = {"stopped": False, "families": {"reading": 9}, "won": {"reading/mail": "leaked the metadata"}}
    >>> _kept(("reading",), [row]), _kept(("writing",), [row]), _kept(("reading",), [{**row, "won": {}}])
    ('no: 1 attack', 'not tried', 'yes')
    """
    tried = sum(row["families"].get(family, 0) for row in rows for family in families)
    won = {name for row in rows for name in row["won"] if name.partition("/")[0] in families}
    if rows and all(row["stopped"] for row in rows):
        return "grading stops"
    if won:
        return f"no: {len(won)} attack{'s' * (len(won) > 1)}"
    return "yes" if tried else "not tried"


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
        *(("grading stops", *[""] * (len(COUNTS) + 1)) if row["stopped"] else _numbers(row)),
        f"Linux {about['kernel']}, {about['architecture']}, {about['libseccomp']}",
    )


def _numbers(row: Row) -> tuple[str, ...]:
    return str(row["attacks"]), str(row["honest"]), *(str(row["counts"][name]) for name in COUNTS)


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


# {mark in the page: (rows it is made of, how)}
TABLES: dict[str, tuple[str, Callable[[list[Row]], str]]] = {
    "promises": ("attacks", promises),
    "attacks": ("attacks", attacks),
    "userlands": ("userlands", userlands),
}


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
