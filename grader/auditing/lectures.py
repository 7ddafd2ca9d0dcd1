"""docs/lectures.md: where each topic of the lectures is practised, and what each question sends students back to.

Made of the masters (questions and their titles), of the wrong ideas (the lecture that each names), and of
docs/lectures.toml (what the lectures show, and their slips).
"""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from grader.auditing.page import Table, markdown
from grader.building.source import Source
from grader.course import Course, CourseError
from grader.tasks.catalogue import NETWORKS, TASKS, for_function
from grader.tasks.task import CLAIMS, Idea

SOURCE = "docs/lectures.toml"
HEAD = f"""# The lectures, topic by topic

Made by `kerasnets docs --write` from the masters, the topics in `grader/tasks/` and `{SOURCE}`; not to be edited.

For each lecture: what it shows and where the course takes it up, then the parts that a wrong answer sends students back to,
with the questions that do so. "a2 section 8" is a part of a notebook without a question of its own. The decks came as text,
and nearly all pictures are lost. A row says so where an exercise needs the picture; the notebooks draw all figures themselves.

"""


@dataclass(frozen=True)
class Asked:
    """A question of the course: its id, its title, what it asks for, and the wrong ideas about that."""

    id: str  # "a3.q4"
    title: str
    seen: int  # cases that students see
    hidden: int
    functions: tuple[str, ...]  # and networks, by their names in the catalogue
    ideas: tuple[Idea, ...]

    @property
    def topics(self) -> list[str]:
        """The files in grader/tasks/ that ask for its functions, each once."""
        return list(dict.fromkeys([topic_of(name) for name in self.functions]))


def questions(course: Course) -> list[Asked]:
    """All questions, those that a person grades too, in the order of the course."""
    return [question for id in course.assignments for question in _of_assignment(course, id)]


def _of_assignment(course: Course, id: str) -> Iterator[Asked]:
    source = Source(course, course.assignments[id])
    for question in [*source.questions, *source.manual]:
        named = dict.fromkeys(name for test in question.tests for name in _functions(test.source))
        id = f"{source.assignment.short}.{question.name}"
        hidden = sum(test.hidden for test in question.tests)
        seen = len(question.tests) - hidden
        yield Asked(id, question.title, seen, hidden, tuple(named), tuple(_about(set(named))))


def _functions(test: str) -> Iterator[str]:
    """The tasks and networks that a test cell names: `check(env, "f", …)`, `check_value(env, "number", "f", …)`.

    >>> list(_functions('check_value(env, "side", "conv_output_size", 64, 5)'))
    ['conv_output_size']
    """
    for node in ast.walk(ast.parse(test)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _is_known(node.value):
            yield node.value


def _is_known(name: str) -> bool:
    return name in TASKS or name in NETWORKS


def _about(functions: set[str]) -> Iterator[Idea]:
    """The ideas that claim a function, or the layers of a network, each once."""
    claimed = [name for name in CLAIMS if name.partition("/")[0] in functions]
    found = {idea.card.id: idea for name in claimed for idea in for_function(name)}
    yield from found.values()


@cache
def topic_of(name: str) -> str:
    """The file in grader/tasks/ that asks for a function or a network. A layer's right answer is the library's; its topic
    is the file that makes a task of it.

    >>> topic_of("pixels_read"), topic_of("conv2d_forward")
    ('arithmetic/reading', 'layers/conv/layer')
    """
    begins = "grader.tasks."
    answer: Any = NETWORKS[name].build if name in NETWORKS else TASKS[name].answer
    module = getattr(answer, "func", answer).__module__  # a network may be a partial of a function
    if not module.startswith(begins):
        made = re.compile(rf"^{name} = task\(", re.MULTILINE)
        files = {
            other: Path(sys.modules[other].__file__ or "")
            for other in sys.modules
            if other.startswith(begins)
        }
        module = next(other for other, file in files.items() if made.search(file.read_text(encoding="utf-8")))
    return module.removeprefix(begins).replace(".", "/")


# The page ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Topic:
    """What a lecture shows, where it is practised, and what is right where the lecture slips."""

    about: str
    where: str
    right: str = ""


@dataclass(frozen=True)
class Lecture:
    title: str
    topics: tuple[Topic, ...]


def lectures(root: Path) -> list[Lecture]:
    """What docs/lectures.toml has. Raises `CourseError` for a row that isn't two or three texts."""
    found = tomllib.loads((root / SOURCE).read_text(encoding="utf-8"))["lecture"]
    for lecture in found:
        for row in lecture["topics"]:
            if len(row) not in (2, 3) or not all(isinstance(part, str) for part in row):
                raise CourseError(
                    f"{SOURCE}: {row}: a topic is [what, where] or [what, where, what is right]"
                )
    return [Lecture(one["title"], tuple(Topic(*row) for row in one["topics"])) for one in found]


def page(course: Course, asked: Sequence[Asked]) -> str:
    """The text of docs/lectures.md. Raises `CourseError` where a topic names a question or a section that isn't there, or
    no topic names a question."""
    known = lectures(course.root)
    _refuse_unknown(course, asked, known)
    tables = [
        table for number, lecture in enumerate(known, 1) for table in _of_lecture(number, lecture, asked)
    ]
    slips = Table("The lectures' slips", ("lecture", "says", "right is", "where"), tuple(_slips(known)))
    rows = tuple((one.id, one.title, ", ".join(one.topics), str(len(one.ideas))) for one in asked)
    by_question = Table(
        "Question by question", ("question", "title", "topics in grader/tasks/", "wrong ideas"), rows
    )
    return HEAD + markdown([*tables, slips, by_question])


def _of_lecture(number: int, lecture: Lecture, asked: Sequence[Asked]) -> Iterator[Table]:
    topics = tuple((topic.about + " (a slip)" * bool(topic.right), topic.where) for topic in lecture.topics)
    parts = tuple(_parts(number, asked))
    name = f"Lecture {number}" if parts else ""
    yield Table(f"{name}: {lecture.title}".removeprefix(": "), ("topic", "where"), topics)
    if parts:
        yield Table(f"{name}: read again", ("part of the lecture", "questions", "wrong ideas"), parts)


def _parts(number: int, asked: Sequence[Asked]) -> Iterator[tuple[str, str, str]]:
    """Each part of a lecture that ideas name, the questions that may send students there, and how many ideas do."""
    begins = f"Lecture {number}, "
    cards = {idea.card.id: idea.card for question in asked for idea in question.ideas}
    named = [card.lecture.removeprefix(begins) for card in cards.values() if card.lecture.startswith(begins)]
    for part in sorted(set(named)):
        there = [q.id for q in asked if any(i.card.lecture == begins + part for i in q.ideas)]
        yield part, ", ".join(there), str(named.count(part))


def _slips(known: Sequence[Lecture]) -> Iterator[tuple[str, str, str, str]]:
    for number, lecture in enumerate(known, 1):
        for topic in lecture.topics:
            if topic.right:
                yield str(number), topic.about, topic.right, topic.where


def _refuse_unknown(course: Course, asked: Sequence[Asked], known: Sequence[Lecture]) -> None:
    text = " ".join(topic.where for lecture in known for topic in lecture.topics)
    there, named = {one.id for one in asked}, set(re.findall(r"\ba\d+\.\w+", text))
    if lost := sorted(named - there):
        raise CourseError(f"{SOURCE}: no master asks {', '.join(lost)}; name questions that are there")
    if left := sorted(id for id in there - named if re.search(r"\.q\d+$", id)):
        raise CourseError(f"{SOURCE}: no topic names {', '.join(left)}; add them where they are practised")
    for short, number in set(re.findall(r"\b(a\d+) section (\d+)", text)):
        (assignment,) = [one for one in course.assignments.values() if one.short == short]
        master = course.root / "solutions" / assignment.id / f"{assignment.id}.py"
        if not re.search(rf"^# ## {number}\. ", master.read_text(encoding="utf-8"), re.MULTILINE):
            raise CourseError(f"{SOURCE}: {short} has no section {number}")
