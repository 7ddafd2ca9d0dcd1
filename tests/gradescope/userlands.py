"""Other people's userlands: all samples and all accepted answers of an assignment, graded as one class in a clean container.

The kernel is this machine's; the libraries, Python's and C's among them, are the release's, and so are the system calls that
they make. What a sample must lose is what its first comment says; an accepted answer must keep every question that asks for
one of its functions.
"""

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from grader.files import zip_bytes
from grader.gradescope.harness import Built
from grader.grading import autograder
from grader.grading.autograder import Autograder
from tests import machine
from tests.conftest import ROOT
from tests.gradescope.cases import losses, questions_lost
from tests.hostile.attack import SAMPLES, _cell, _files

ACCEPTED = ROOT / "tests" / "accepted"


@dataclass(frozen=True)
class Sample:
    """A submission, and which of the questions that are looked at must be lost."""

    name: str
    data: bytes
    suffix: str
    lost: frozenset[str]
    looked_at: frozenset[str]


def samples(plan: Autograder) -> Iterator[Sample]:
    """Every sample of the assignment that says what it must lose."""
    everything = frozenset(plan.questions)
    for answer in sorted((SAMPLES / "answers" / plan.id).glob("*.py")):
        (path,) = (SAMPLES / plan.id).glob(f"{answer.stem}.*")
        yield Sample(answer.stem, path.read_bytes(), path.suffix, frozenset(losses(answer)), everything)


def accepted(plan: Autograder) -> Iterator[Sample]:
    """Every accepted answer to one of its questions: a right notebook, in which it takes the place of what was there."""
    base = sorted((SAMPLES / plan.id).glob("correct_*"))[0]
    theirs = defined(base) - {name for names in plan.questions.values() for name in names}
    for path in sorted(ACCEPTED.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        bound = {node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)}
        asking = frozenset(name for name, names in plan.questions.items() if bound & set(names))
        if asking:
            data, suffix = replaced(base, renamed(text, bound & theirs), asking)
            yield Sample(f"accepted_{path.stem}", data, suffix, frozenset(), asking)


def renamed(text: str, helpers: set[str]) -> str:
    """The text with other names for its helpers: those of the notebook's own functions are taken.

    >>> renamed("def pad(x): return np.pad(x, mode=pad(1))", {"pad"})
    'def other_pad(x): return np.pad(x, mode=other_pad(1))'
    """
    for name in helpers:
        text = re.sub(rf"(?<![\w.]){name}\b", f"other_{name}", text)
    return text


def defined(submission: Path) -> set[str]:
    """The names of the functions that a notebook's cells define."""
    files = _files(submission)
    (notebook,) = (json.loads(data) for name, data in files.items() if name.endswith(".ipynb"))
    sources = ("".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code")
    return {name for source in sources for name in re.findall(r"^def (\w+)", source, re.MULTILINE)}


def replaced(base: Path, text: str, questions: frozenset[str]) -> tuple[bytes, str]:
    """(bytes, suffix) of a submission, in which `text` stands before the cells that check these questions."""
    files = _files(base)
    (name,) = (name for name in files if name.endswith(".ipynb"))
    notebook = json.loads(files[name])
    checks = {f'grader.check("{question}")' for question in questions}
    notebook["cells"] = [
        new
        for cell in notebook["cells"]
        for new in ([_cell(text)] if "".join(cell["source"]).strip() in checks else []) + [cell]
    ]
    files[name] = json.dumps(notebook).encode()
    return (files[name], ".ipynb") if len(files) == 1 else (zip_bytes(files), ".zip")


@dataclass(frozen=True)
class Shown:
    """One assignment in one userland. `wrong` says in words what wasn't as it must be."""

    assignment: str
    machine: dict[str, Any]
    samples: int
    accepted: int
    wrong: tuple[str, ...]

    def row(self) -> dict[str, Any]:
        return {**asdict(self), "wrong": len(self.wrong)}


def shown(built: Built, zipped: Path, folder: Path) -> Shown:
    """Grade the assignment's samples and accepted answers in the image, all in one container."""
    plan = autograder.read(zipped)
    tried = [*samples(plan), *accepted(plan)]
    for sample in tried:
        (folder / f"{sample.name}{sample.suffix}").write_bytes(sample.data)
    found, said = built.grade_class(folder, Path(machine.__file__).read_text(encoding="utf-8"))
    about = next((json.loads(line) for line in said.splitlines() if line.startswith('{"kernel"')), {})
    return Shown(
        assignment=plan.id,
        machine=about,
        samples=sum(not sample.name.startswith("accepted_") for sample in tried),
        accepted=sum(sample.name.startswith("accepted_") for sample in tried),
        wrong=tuple(filter(None, (wrong(sample, found.get(sample.name)) for sample in tried))) or (),
    )


def wrong(sample: Sample, results: dict[str, Any] | None) -> str:
    """
    >>> sample = Sample("loops", b"", ".ipynb", frozenset({"q2"}), frozenset({"q1", "q2"}))
    >>> q1 = {"tags": ["a3.q1"], "score": 1, "max_score": 8}
    >>> wrong(sample, {"tests": [q1, {**q1, "tags": ["a3.q3"]}]})
    'loops: lost q1, not q2'
    """
    if results is None:
        return f"{sample.name}: no results"
    lost = questions_lost(results) & sample.looked_at
    if lost == sample.lost:
        return ""
    return f"{sample.name}: lost {', '.join(sorted(lost)) or 'nothing'}, not {', '.join(sorted(sample.lost)) or 'nothing'}"
