"""docs/figures.md: what can be counted, counted; and what was measured, as the benchmarks kept it."""

from __future__ import annotations

import ast
import re
import statistics
from collections.abc import Iterator, Sequence
from pathlib import Path

from grader.auditing.lectures import Asked
from grader.auditing.measured import recorded
from grader.auditing.page import Table, markdown
from grader.course import Course
from grader.tasks.catalogue import GRIDS, IDEAS, NETWORKS, TASKS

SAMPLES = "samples"  # the marks of the sample classes, as `kerasnets demo --write` keeps them
HEAD = """# Figures

Made by `kerasnets docs --write`; not to be edited. What can be counted is counted in the files as they are. What has to be
measured is as a benchmark kept it (`benchmarks/measured.json`), with its command, the day and the machine; on another machine
the times differ, the ratios less. A load above the number of processors means that other work ran at the same time.

"""
ELSEWHERE = """## Elsewhere

* [The grader's own grade](audit.md): `kerasnets audit --write`
* [Every master, run and graded](course.md), seconds and memory: `scripts/course --write`
* [Every zip, built and graded as on Gradescope](gradescope_measured.md), seconds and memory: `scripts/gradescope --write`
* [Every attack, and what came of it](hostile.md): `scripts/hostile --write`
* [The trained networks](zoo.md): `kerasnets cards --write`
"""


def page(course: Course, asked: Sequence[Asked]) -> str:
    """The text of docs/figures.md; `asked` are the course's questions."""
    tables = [
        Table("The course", ("what", "how many"), tuple(_counts(course.root, asked))),
        Table("Assignment by assignment", ASSIGNMENT, tuple(_of_assignments(course, asked))),
        Table("The house", ("folder", "files", "lines", "functions", "lines of a function, median"),
              tuple(_of_folders(course.root))),
        *_measured(course.root),
    ]  # fmt: skip
    return HEAD + markdown([table for table in tables if table.rows]) + "\n" + ELSEWHERE


# What is counted --------------------------------------------------------------------------------------------

ASSIGNMENT = ("assignment", "questions", "cases seen", "hidden cases", "wrong ideas", "samples", "hand-out")


def _counts(root: Path, asked: Sequence[Asked]) -> Iterator[tuple[str, str]]:
    attacks = list((root / "tests" / "hostile" / "attacks").glob("*/*.py"))
    graded = [one for one in asked if re.search(r"\.q\d+$", one.id)]
    yield "questions that the grader grades", str(len(graded))
    yield "questions that a person grades", str(len(asked) - len(graded))
    yield "wrong ideas that have a name", str(len(IDEAS))
    yield "functions and networks with a right answer", str(len(TASKS) + len(NETWORKS))
    yield "hidden cases, drawn anew for each submission", str(_drawn())
    yield "right answers written in other ways", str(len(list((root / "tests" / "accepted").rglob("*.py"))))
    yield "sample submissions", str(len(_samples(root, "*")))
    yield "attacks", f"{len(attacks)} in {len({attack.parent for attack in attacks})} families"
    yield "words of the README, of 700 at most", str(len((root / "README.md").read_text("utf-8").split()))


def _drawn() -> int:
    return sum(len(cases) for grids in GRIDS.values() for cases in grids.values())


def _samples(root: Path, id: str) -> list[Path]:
    paths = (root / "tests" / "submissions").glob(f"{id}/*")
    return [path for path in paths if path.suffix in (".ipynb", ".zip")]


def _of_assignments(course: Course, asked: Sequence[Asked]) -> Iterator[tuple[str, ...]]:
    for assignment in course.assignments.values():
        own = [one for one in asked if one.id.startswith(f"{assignment.short}.")]
        ideas = {idea.card.id for one in own for idea in one.ideas}
        files = [path for path in (course.root / "assignments" / assignment.id).rglob("*") if path.is_file()]
        yield (
            assignment.id,
            str(len(own)),
            str(sum(one.seen for one in own)),
            str(sum(one.hidden for one in own)),
            str(len(ideas)),
            str(len(_samples(course.root, assignment.id))),
            f"{len(files)} files, {rounded(sum(path.stat().st_size for path in files) / 1000)} kB",
        )


FOLDERS = (
    *("kerasnets", "grader", "grader/tasks", "grader/judge", "grader/sandbox", "grader/grading", "grader/building"),
    *("grader/reports", "grader/gradescope", "grader/auditing", "grader/cli", "tests", "benchmarks"),
)  # fmt: skip


def _of_folders(root: Path) -> Iterator[tuple[str, ...]]:
    """The hand-written code. Numbers have two digits, so that not every commit changes the page."""
    for folder in FOLDERS:
        paths = [path for path in (root / folder).rglob("*.py") if "attacks" not in path.parts]
        texts = [path.read_text(encoding="utf-8") for path in paths]
        functions = [lines for text in texts for lines in lengths(text)]
        numbers = (len(paths), sum(len(text.splitlines()) for text in texts), len(functions))
        yield folder, *map(rounded, numbers), f"{statistics.median(functions):.0f}"


def lengths(text: str) -> list[int]:
    """The lines of each function's body, without its docstring.

    >>> lengths("def f():\\n    '''Words.'''\\n    x = 1\\n    return x")
    [2]
    """
    functions = [
        n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    return [
        _lines(one.body[1:] if ast.get_docstring(one) and one.body[1:] else one.body) for one in functions
    ]


def _lines(body: list[ast.stmt]) -> int:
    return (body[-1].end_lineno or 0) - body[0].lineno + 1


def rounded(number: float) -> str:
    """To two digits.

    >>> rounded(31_749), rounded(96), rounded(0.0), rounded(996)
    ('32,000', '96', '0', '1,000')
    """
    return f"{round(float(f'{number:.2g}')):,}"


# What is measured -------------------------------------------------------------------------------------------


def _measured(root: Path) -> Iterator[Table]:
    """A table for each benchmark, and one of the samples' marks."""
    for name, one in recorded(root).items():
        head = "submission" if name == SAMPLES else "what"
        rows = (
            *one.figures.items(),
            ("command", f"`{one.command}`"),
            ("when and where", f"{one.day}, load {one.load:g}: {one.machine}"),
        )
        yield Table(TITLES.get(name, name), (head, "mark" if name == SAMPLES else "figure"), rows)


TITLES = {
    "blueprint": "A network's table without its weights",
    "conv": "Convolution in NumPy beside TensorFlow's",
    "diagnosis": "Saying which idea is wrong",
    "grading": "Grading beside `otter run`",
    "neighbours": "A submission beside a hostile one",
    SAMPLES: "The marks of the sample classes",
    "seal": "What the defences cost",
    "train": "Training beside plain `fit`",
}
