"""What is handed in to each assignment's container: something right, wrong, hostile and oversized, and a run that is interrupted;
and what must come of it.

Here, not in `grader/`: the samples and the attacks are the tests'.
"""

import html
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.gradescope.harness import Run
from grader.grading.autograder import Autograder
from grader.grading.uploads import MAX_UPLOAD
from tests.hostile.attack import HERE, SAMPLES, Attack, submission

ATTACK = Attack(HERE / "attacks" / "writing" / "results.py")  # aims at /autograder/results
PLACES = {"STAGE": "/autograder", "DROP": "/autograder/results"}


@dataclass(frozen=True)
class Case:
    """One submission. `wrong(run)` says what isn't as it must be; nothing where all is."""

    name: str
    path: Path
    expected: str  # in words, for the table
    wrong: Callable[[Run], str]
    interrupted: bool = False  # all is killed at a random moment, before the end of such a run


def cases(assignment: Autograder, folder: Path) -> Iterator[Case]:
    """The five of an assignment, the right one first; those that are no sample are written to `folder`."""
    samples = SAMPLES / assignment.id
    possible = sum(assignment.points.values())
    right, bad = sorted(samples.glob("correct_*"))[0], sorted(samples.glob("wrong_*"))[0]
    lost = losses(SAMPLES / "answers" / assignment.id / f"{bad.stem}.py")
    yield Case(right.stem, right, f"{possible:g}", lambda run: _scored(run, possible))
    yield Case(bad.stem, bad, f"loses {', '.join(sorted(lost))}", lambda run: _lost(run, lost))
    attack, oversized = _attack(assignment, folder), _oversized(samples / "skeleton.ipynb", folder)
    yield Case(f"hostile: {ATTACK.name}", attack, "0, and it ran", _attacked)
    yield Case("oversized", oversized, "0, in words", _told_the_size)
    yield Case("interrupted", right, "0, in words", _told_the_end, interrupted=True)


def losses(answer: Path) -> set[str]:
    """The questions that a sample loses, as its first comment says."""
    words = re.search(r"^# expects: (.*)$", answer.read_text(encoding="utf-8"), re.MULTILINE)
    assert words, f"{answer} doesn't say what it expects"
    return set() if words[1] == "full marks" else {entry.split()[0] for entry in words[1].split(", ")}


def questions_lost(results: dict[str, Any]) -> set[str]:
    """
    >>> q1 = {"tags": ["a3.q1", "public"], "score": 0, "max_score": 0}, {"tags": ["a3.q1"], "score": 2, "max_score": 8}
    >>> questions_lost({"tests": [*q1, {"tags": ["a3.q2"], "score": 5.0, "max_score": 5.0}]})
    {'q1'}
    """
    return {
        test["tags"][0].partition(".")[2]
        for test in results["tests"]
        if test["score"] < test["max_score"] - 1e-6
    }


def _scored(run: Run, score: float) -> str:
    if run.score is None:
        return "no score"
    return "" if abs(run.score - score) < 1e-6 else f"scored {run.score:g}, not {score:g}"


def _lost(run: Run, lost: set[str]) -> str:
    found = questions_lost(run.results or {"tests": []})
    return (
        ""
        if found == lost
        else f"lost {', '.join(sorted(found)) or 'nothing'}, not {', '.join(sorted(lost))}"
    )


def _attacked(run: Run) -> str:
    ran = re.search(ATTACK.shows, _words(run))
    return _scored(run, 0) or ("" if ran else "the attack didn't show that it ran")


def _told_the_size(run: Run) -> str:
    told = f"at most {MAX_UPLOAD / 2**20:.0f} MB" in _words(run)
    return _scored(run, 0) or ("" if told else "it isn't told its size")


def _told_the_end(run: Run) -> str:
    told = "was ended from outside" in _words(run)
    return _scored(run, 0) or ("" if told else "it isn't told that grading was ended")


def _words(run: Run) -> str:
    return html.unescape((run.results or {}).get("output", ""))


def _attack(assignment: Autograder, folder: Path) -> Path:
    name, data = submission(ATTACK, assignment.id, assignment.questions, PLACES)
    path = folder / name
    path.write_bytes(data)
    return path


def _oversized(skeleton: Path, folder: Path) -> Path:
    """A notebook with a picture too many in its first cell's output."""
    notebook = json.loads(skeleton.read_bytes())
    cell = next(cell for cell in notebook["cells"] if cell["cell_type"] == "code")
    cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "x" * MAX_UPLOAD}]
    path = folder / "oversized.ipynb"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return path
