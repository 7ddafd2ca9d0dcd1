"""Topics of an assignment's own: `solutions/<id>/tasks/*.py`, written like those of the package, and kept outside it.

They are imported from memory, as `tasks_of_<id>.<file>`: when an assignment is built or audited, from the course's folder,
and when it is graded, from its autograder zip. One assignment's are known at a time, so that what becomes of an assignment
depends on no other one, and two of them may call a function the same.
"""

from __future__ import annotations

import importlib
import importlib.abc
import re
import sys
import traceback
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from pathlib import Path
from typing import Any

from grader.course import TopicError

FOLDER = "tasks"  # of a master's folder, and of an autograder zip


@dataclass(frozen=True)
class Topics:
    """The topics that an assignment brings: {file name: text}, and how to call their folder in a message."""

    assignment: str
    texts: Mapping[str, str]
    where: str = field(compare=False)

    @property
    def package(self) -> str:
        return "tasks_of_" + re.sub(r"\W", "_", self.assignment)

    def load(self) -> None:
        """From here on these are the own topics that are known, besides the package's, and no others. Raises `TopicError`."""
        if _known.topics == self:
            return
        _known.forget()
        if self.texts:
            _known.enter(self)


NONE = Topics("", {}, "")


def of_folder(assignment: str, folder: Path) -> Topics:
    """The topics in a master's folder, none if it has none."""
    texts = {path.name: path.read_text(encoding="utf-8") for path in sorted((folder / FOLDER).glob("*.py"))}
    return Topics(assignment, texts, f"solutions/{assignment}/{FOLDER}")


def of_zip(assignment: str, content: Mapping[str, bytes]) -> Topics:
    """The topics in an autograder zip's files, {name: bytes}."""
    texts = {
        name.removeprefix(f"{FOLDER}/"): data.decode()
        for name, data in sorted(content.items())
        if re.fullmatch(rf"{FOLDER}/[^/]+\.py", name)
    }
    return Topics(assignment, texts, f"the autograder zip of {assignment}, {FOLDER}")


class _FromMemory(importlib.abc.MetaPathFinder, importlib.abc.ExecutionLoader):
    """Imports the modules of some topics, in whatever order they ask for one another."""

    def __init__(self, topics: Topics):
        self.topics = topics

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        is_ours = name.startswith(f"{self.topics.package}.") and self._file(name) in self.topics.texts
        return spec_from_loader(name, self) if self.is_package(name) or is_ours else None

    def _file(self, name: str) -> str:
        module = "__init__" if self.is_package(name) else name.removeprefix(f"{self.topics.package}.")
        return f"{module}.py"

    def is_package(self, name: str) -> bool:
        return name == self.topics.package

    def get_source(self, name: str) -> str:
        return self.topics.texts.get(self._file(name), "")

    def get_filename(self, name: str) -> str:
        return f"{self.topics.where}/{self._file(name)}"


class _Known:
    """Which own topics are known, and how the tables were before."""

    def __init__(self) -> None:
        self.topics = NONE
        self._before: list[tuple[Any, Any]] = []
        self._finder: _FromMemory | None = None

    def enter(self, topics: Topics) -> None:
        self._before = [(table, copy(table)) for table in _tables()]
        self._finder = _FromMemory(topics)
        sys.meta_path.insert(0, self._finder)
        try:
            for file in topics.texts:
                if not Path(file).stem.isidentifier():
                    raise TopicError(
                        f"{topics.where}/{file}: a topic is a Python module: call it like a name"
                    )
                importlib.import_module(f"{topics.package}.{Path(file).stem}".removesuffix(".__init__"))
        except TopicError:
            self.forget()
            raise
        except Exception as error:
            self.forget()
            raise TopicError(_in_words(error, topics.where)) from error
        self.topics = topics
        _empty_caches()

    def forget(self) -> None:
        if self._finder is None:
            return
        package = self._finder.topics.package
        for name in [name for name in sys.modules if name == package or name.startswith(f"{package}.")]:
            del sys.modules[name]
        sys.meta_path.remove(self._finder)
        for table, kept in self._before:
            table.clear()
            table.update(kept) if isinstance(table, dict) else table.extend(kept)
        self.topics, self._before, self._finder = NONE, [], None
        _empty_caches()


_known = _Known()


def _tables() -> list[Any]:
    """All that a topic adds to when it is imported, the package's own ideas too, which may claim its functions."""
    from grader.tasks.catalogue import IDEAS, NETWORKS, TASKS
    from grader.tasks.networks import CHANGES, CONFIGS
    from grader.tasks.task import CLAIMS

    of_ideas = [table for idea in IDEAS for table in (idea.answers, idea.ways, *idea.ways.values())]
    tables = [TASKS, IDEAS, CLAIMS, NETWORKS, CHANGES, CONFIGS]
    return [*tables, *CLAIMS.values(), *CHANGES.values(), *of_ideas]


def _empty_caches() -> None:
    from grader.tasks.catalogue import EMPTIED

    for empty in EMPTIED:
        empty()


def _in_words(error: Exception, where: str) -> str:
    """Where in the topics something failed, and how: "solutions/a8/tasks/first.py, line 3: NameError: …"."""
    places = [
        (frame.filename, frame.lineno)
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename.startswith(f"{where}/")
    ]
    said = str(error)
    if isinstance(error, SyntaxError) and error.filename:
        places.append((error.filename, error.lineno))
        said = error.msg
    file, line = places[-1] if places else (where, None)
    return f"{file}{f', line {line}' if line else ''}: {type(error).__name__}: {said}"
