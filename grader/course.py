"""course.toml: the term's seed, and for each assignment its points, deadline, visibility and limits."""

import datetime as dt
import hashlib
import hmac
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

BACKENDS = ("numpy", "keras")
VISIBILITIES = ("visible", "after_due_date", "after_published", "hidden")
EXTENSIONS = (".npz", ".weights.h5")
KEPT = ("last", "best")


# that the repository ships: whoever has read it can draw what is drawn from them
PUBLIC_SEEDS, SHIPPED_TERM = ("change-me-each-term-and-keep-it-private",), "2026-autumn"
MAKE_A_SEED = 'python3 -c "import secrets; print(secrets.token_urlsafe(24))"'


class CourseError(Exception):
    """course.toml says something that can't be meant. The message names the file, the entry and what would do."""


class MasterError(Exception):
    """A master that can't become an assignment. The message says which cell and what to change."""


class TopicError(CourseError):
    """A topic of an assignment's own that can't be loaded. The message names the file, the line and what went wrong."""


@dataclass(frozen=True)
class Assignment:
    """One `[assignments.<id>]` of course.toml."""

    id: str
    title: str
    backend: str  # what the worker imports: "numpy" or "keras"
    points: dict[str, float]  # question -> points
    # question graded by hand -> points beside the others
    manual: dict[str, float] = field(default_factory=dict)
    due: dt.datetime | None = None
    visibility: str = "after_due_date"  # of hidden cases' results
    seconds: float = 20.0  # of CPU for each question, and for each cell
    files: tuple[str, ...] = ()  # what is handed in beside the notebook

    @property
    def short(self) -> str:
        """`a3` of `a3_numpy_convnet`: the first half of a question's id."""
        return self.id.partition("_")[0]


@dataclass(frozen=True)
class Policy:
    """`[gradescope]` of course.toml: the container that the instructor chose there, and how submissions count."""

    minutes: int = 10  # the autograder's time limit
    keep: str = "last"  # which of a student's submissions counts: "last" or "best"
    per_day: int = 0  # submissions that are graded in 24 hours; 0: all
    late_percent: float = 0.0  # of the score, for each day begun after the due date


@dataclass(frozen=True)
class Course:
    name: str
    term: str
    seed: str
    assignments: dict[str, Assignment]
    root: Path
    gradescope: Policy = Policy()

    def key(self, assignment: str) -> bytes:
        """The secret from which an assignment's hidden inputs are drawn."""
        return key_of(self.seed, self.term, assignment)

    @property
    def has_public_seed(self) -> bool:
        return self.seed in PUBLIC_SEEDS

    def points_warnings(self, ids: tuple[str, ...] = ()) -> list[str]:
        """A sentence for each of the assignments named, or of all, whose points make another sum than 100."""
        return [
            f"the points of {one.id} in course.toml add up to {sum(one.points.values()):g}, not to 100"
            for one in self.choose(ids)
            if abs(sum(one.points.values()) - 100) > 1e-6
        ]

    def choose(self, ids: tuple[str, ...]) -> list[Assignment]:
        """The assignments named, all of them for none. Raises `CourseError` for an unknown one."""
        unknown = [name for name in ids if name not in self.assignments]
        if unknown:
            raise CourseError(f"no assignment {unknown[0]!r}; course.toml has {', '.join(self.assignments)}")
        return [self.assignments[name] for name in ids or self.assignments]


def key_of(seed: str, term: str, assignment: str) -> bytes:
    """The seed's HMAC of the term and the assignment: the seed can't be told from it."""
    return hmac.new(seed.encode(), f"{term}/{assignment}".encode(), hashlib.sha256).digest()


def find(start: Path | None = None) -> Path:
    """course.toml of this folder or of the nearest one above it."""
    start = (start or Path.cwd()).resolve()
    for folder in (start, *start.parents):
        if (folder / "course.toml").is_file():
            return folder / "course.toml"
    raise CourseError(f"no course.toml in {start} or above it: run this inside a clone of the course")


def load(path: Path) -> Course:
    """Read and check course.toml. Raises `CourseError`, never half a course."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CourseError(f"{path} can't be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CourseError(f"{path} is not TOML: {error}") from None
    read = _Reader(path.name)
    read.only(table, "", {"course", "gradescope", "assignments"})
    course = read.entry(table, "", "course", dict)
    read.only(course, "course", {"name", "term", "seed"})
    seed = read.entry(
        course,
        "course",
        "seed",
        str,
        lambda s: len(s) >= 8,
        "at least 8 characters that only the teachers know",
    )
    assignments = read.entry(table, "", "assignments", dict, bool, "at least one [assignments.<id>]")
    return Course(
        name=read.entry(course, "course", "name", str),
        term=read.entry(course, "course", "term", str),
        seed=seed,
        assignments={name: _assignment(name, entry, read) for name, entry in assignments.items()},
        root=path.resolve().parent,
        gradescope=_policy(read.entry({"gradescope": {}} | table, "", "gradescope", dict), read),
    )


def _policy(table: dict[str, Any], read: "_Reader") -> Policy:
    where, number = "gradescope", (int, float)
    ranges: dict[str, tuple[Any, Callable[[Any], bool], str]] = {
        "minutes": (int, lambda m: 1 <= m <= 40, "whole minutes from 1 to 40, as set on Gradescope"),
        "per_day": (int, lambda n: n >= 0, "a whole number; 0 for no limit"),
        "late_percent": (number, lambda p: 0 <= p <= 100, "from 0 to 100"),
    }
    read.only(table, where, {*ranges, "keep"})
    given = {key: read.entry(table, where, key, *wanted) for key, wanted in ranges.items() if key in table}
    if "keep" in table:
        given["keep"] = read.choice(table, where, "keep", KEPT)
    return Policy(**given)


def _assignment(name: str, table: Any, read: "_Reader") -> Assignment:
    where = f"assignments.{name}"
    if not isinstance(table, dict):
        raise CourseError(f"{read.file}: [{where}] must be a table")
    read.only(table, where, {"title", "backend", "points", "manual", "due", "visibility", "seconds", "files"})
    points = read.entry(table, where, "points", dict, bool, "one entry for each question, such as q1 = 8")
    manual = read.entry({"manual": {}} | table, where, "manual", dict)
    for key, entries in (("points", points), ("manual", manual)):
        for question in entries:
            read.entry(
                entries,
                f"{where}.{key}",
                question,
                (int, float),
                lambda p: 0 <= p < float("inf"),
                "a number from 0 up",
            )
    given: dict[str, Any] = {}
    if "due" in table:
        given["due"] = read.entry(
            table,
            where,
            "due",
            dt.datetime,
            lambda d: d.tzinfo is not None,
            "a date, a time and an offset: 2026-12-01T23:59:00+01:00",
        )
    if "seconds" in table:
        given["seconds"] = float(
            read.entry(table, where, "seconds", (int, float), lambda s: 0 < s <= 600, "between 0 and 600")
        )
    if "visibility" in table:
        given["visibility"] = read.choice(table, where, "visibility", VISIBILITIES)
    if "files" in table:
        files = read.entry(
            table, where, "files", list, _are_file_names, "names that end in " + " or ".join(EXTENSIONS)
        )
        given["files"] = tuple(files)
    return Assignment(
        id=name,
        title=read.entry(table, where, "title", str),
        backend=read.choice(table, where, "backend", BACKENDS),
        points={question: float(value) for question, value in points.items()},
        manual={question: float(value) for question, value in manual.items()},
        **given,
    )


def _are_file_names(names: list[Any]) -> bool:
    return all(isinstance(n, str) and n.endswith(EXTENSIONS) and Path(n).name == n for n in names)


@dataclass(frozen=True)
class _Reader:
    """Takes entries out of tables, with errors that name the entry."""

    file: str

    def entry(
        self,
        table: dict,
        where: str,
        key: str,
        kind: Any,
        holds: Callable[[Any], Any] = lambda _: True,
        wanted: str = "",
    ) -> Any:
        place = f"{where}.{key}".lstrip(".")
        if key not in table:
            raise CourseError(f"{self.file}: {place} is missing{wanted and f'; wanted: {wanted}'}")
        value = table[key]
        if not isinstance(value, kind) or isinstance(value, bool) or not holds(value):
            names = " or ".join(k.__name__ for k in (kind if isinstance(kind, tuple) else (kind,)))
            raise CourseError(f"{self.file}: {place} is {value!r}; wanted: {wanted or names}")
        return value

    def choice(self, table: dict, where: str, key: str, choices: tuple[str, ...]) -> str:
        return self.entry(
            table, where, key, str, lambda value: value in choices, "one of " + ", ".join(choices)
        )

    def only(self, table: dict, where: str, known: set[str]) -> None:
        for key in table:
            if key not in known:
                place = f"{where}.{key}".lstrip(".")
                raise CourseError(f"{self.file}: {place} is unknown; known here: {', '.join(sorted(known))}")
