"""A master, and what the build knows about it."""

import ast
import importlib.util
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from grader import cnnchecks
from grader.building import master
from grader.building.master import Question
from grader.course import Assignment, Course, MasterError
from grader.sandbox import admit
from grader.tasks.own_topics import Topics, of_folder
from kerasnets import blueprint

CHECKS = Path(cnnchecks.__file__).parent


def code_beside(backend: str, asked: Iterable[str] = ()) -> dict[str, Path]:
    """What a student's folder has of our code: the name of each file there, and where it is kept.

    asked: the checks that the master imports. A folder has the parts of `cnnchecks` that these need, and no others.

    >>> [name for name in code_beside("numpy") if "follow" in name]
    []
    >>> [name for name in code_beside("keras", ["check_model"]) if "follow" in name or "/" not in name]
    ['admit.py', 'blueprint.py', 'cnnchecks/follow.py']
    """
    needed: set[str] = set()
    pending = ["__init__", *(cnnchecks.OF_MODELS[name] for name in asked if name in cnnchecks.OF_MODELS)]
    while pending:
        if (part := pending.pop()) not in needed:
            needed.add(part)
            pending += _parts_imported(CHECKS / f"{part}.py")
    checks = {f"cnnchecks/{part}.py": CHECKS / f"{part}.py" for part in sorted(needed)}
    if backend == "keras":
        return {"admit.py": Path(admit.__file__), "blueprint.py": Path(blueprint.__file__), **checks}
    return checks


def _parts_imported(path: Path) -> list[str]:
    """The parts of `cnnchecks` that one of them imports, inside functions too."""
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return [node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.level and node.module]


@dataclass(frozen=True)
class Source:
    """A master and what the build knows about it. Passes take one and a notebook."""

    course: Course
    assignment: Assignment
    for_colab: bool = False

    @contextmanager
    def named(self) -> Iterator[None]:
        """What is wrong with the notebook inside the block is said of this assignment."""
        try:
            yield
        except MasterError as error:
            raise MasterError(f"{self.assignment.id}: {error}") from None

    @property
    def folder(self) -> Path:
        return self.course.root / "solutions" / self.assignment.id

    @cached_property
    def notebook(self) -> Any:
        return master.read(self.folder / f"{self.assignment.id}.py")

    @cached_property
    def topics(self) -> Topics:
        """What the assignment asks that the package doesn't: see `own_topics`."""
        return of_folder(self.assignment.id, self.folder)

    @cached_property
    def drawn(self) -> dict[str, Any]:
        """The numbers that are other ones each term: what `draws(rng)` of the master's `data.py` returns, if it is there."""
        draws = getattr(data_module(self), "draws", None)
        key = self.course.key(f"{self.assignment.id}/draws")
        return draws(np.random.default_rng(int.from_bytes(key, "big"))) if draws else {}

    @cached_property
    def code_beside(self) -> dict[str, Path]:
        """Our code in the student's folder, by name."""
        cells = [
            master.without_magics(cell.source) for cell in self.notebook.cells if cell.cell_type == "code"
        ]
        nodes = [node for cell in cells for node in ast.walk(ast.parse(cell))]
        imports = [node for node in nodes if isinstance(node, ast.ImportFrom) and node.module == "cnnchecks"]
        return code_beside(self.assignment.backend, [name.name for node in imports for name in node.names])

    @cached_property
    def questions(self) -> list[Question]:
        """Those that have tests."""
        return self._asked(manual=False, points=self.assignment.points, where="points")

    @cached_property
    def manual(self) -> list[Question]:
        """Those that are graded by hand: outside the tests, and outside their total."""
        return self._asked(manual=True, points=self.assignment.manual, where="manual")

    def _asked(self, manual: bool, points: dict[str, float], where: str) -> list[Question]:
        with self.named():
            found = [q for q in master.questions(self.notebook) if q.manual is manual]
        names = [q.name for q in found]
        if set(names) != set(points) or len(names) != len(set(names)):
            asked, known = ", ".join(names) or "none", ", ".join(points) or "none"
            raise MasterError(
                f"{self.assignment.id}: the master asks {asked}; course.toml has {where} for {known}"
            )
        return found


def data_of(source: Source) -> dict[str, np.ndarray]:
    """The arrays of the master's `data.py`, and each of the term's own numbers as `term_<name>`."""
    drawn = {f"term_{name}": np.array(value) for name, value in source.drawn.items()}
    return data_module(source).data() | drawn


def data_module(source: Source) -> Any:
    path = source.folder / "data.py"
    spec = importlib.util.spec_from_file_location(f"data_of_{source.assignment.id}", path)
    if spec is None or spec.loader is None or not path.is_file():
        raise MasterError(f"{path} is missing; it defines data() -> dict of arrays")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
