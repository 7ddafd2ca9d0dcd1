"""What it costs to say which idea is wrong: one submission graded with the whole diagnosis and without any, in turns, in one run.

The library of wrong ideas, the search for two at once and the small examples are switched off in every second grade; the
difference is divided by the number of questions that fail. Handed in are correct notebooks (nothing to explain), the sample
class's known mistakes, and a mistake that nobody has a name for, in each question of the NumPy assignment: the worst that can
happen, since everything is searched in vain. Usage: python benchmarks/diagnosis.py [--rounds 5] [--write]
"""

import argparse
import copy
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from unittest import mock

import nbformat

from grader.auditing import measured
from grader.grading import autograder, grade, runner
from grader.judge.oracle import LiveOracle
from grader.sandbox.client import Zygote

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "tests" / "submissions"
NUMPY, KERAS = "a3_numpy_convnet", "a4_lenet"
MOST = 0.5  # seconds for a failing question
UNKNOWN = """
import numpy as np

def spoilt(answer):
    if isinstance(answer, dict):
        return {key: spoilt(part) for key, part in answer.items()}
    if isinstance(answer, (tuple, list)):
        return type(answer)(map(spoilt, answer))
    if isinstance(answer, int):
        return 3 * answer + 1
    return answer + np.sin(7 * answer) / 8

def mistaken(right):
    return lambda *args, **kwargs: spoilt(right(*args, **kwargs))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--write", action="store_true", help="keep the figures for docs/figures.md")
    options, load, count = parser.parse_args(), measured.load_now(), 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        build = [Path(sys.executable).with_name("kerasnets"), "build", "--quick", "--dist", folder]
        subprocess.run([*build, "--assignments", folder / "a"], check=True, capture_output=True)
        worst = 0.0
        for assignment, backend in ((NUMPY, "numpy"), (KERAS, "keras")):
            plan = autograder.read(folder / f"{assignment}-autograder.zip")
            papers = sorted((SAMPLES / assignment).glob("correct*"))[:2]
            papers += sorted((SAMPLES / assignment).glob("wrong*"))
            papers += unknown(plan.questions, folder) if assignment == NUMPY else []
            with Zygote(backend) as zygote:
                count += len(papers)
                for paper in papers:
                    worst = max(worst, cost(paper, plan, zygote, options.rounds))
    print(f"the most that it adds to a failing question: {worst:.2f} s (at most {MOST} s)")
    if options.write:
        what = f"for each question that fails, the worst of {count} notebooks, at most {MOST} s"
        figures = {what: f"{worst:.2f} s, median of {options.rounds} rounds"}
        measured.keep(ROOT, "diagnosis", measured.command(), load, figures)


def unknown(questions: dict[str, list[str]], folder: Path) -> list[Path]:
    """For each question a correct notebook whose functions all answer wrongly, in a way that no idea explains."""
    (folder / "unknown").mkdir()
    right = nbformat.read(SAMPLES / NUMPY / "correct_im2col.ipynb", as_version=4)
    papers = []
    for question, names in questions.items():
        notebook = copy.deepcopy(right)
        asked = next(
            n for n, cell in enumerate(notebook.cells) if cell.source == f'grader.check("{question}")'
        )
        source = UNKNOWN + "".join(f"\n{name} = mistaken({name})" for name in names)
        notebook.cells.insert(asked, nbformat.v4.new_code_cell(source))
        papers.append(folder / "unknown" / f"unknown_{question}.ipynb")
        nbformat.write(notebook, papers[-1])
    return papers


def cost(paper: Path, plan: autograder.Autograder, zygote: Zygote, rounds: int) -> float:
    """Print a line about one submission; the seconds that diagnosis adds to each of its failing questions."""
    taken: dict[str, list[float]] = {"with": [], "without": []}
    for _ in range(rounds + 1):
        for how, seconds in taken.items():
            with undiagnosed() if how == "without" else ExitStack():
                report = grade.grade(paper, plan, zygote)
            seconds.append(report.seconds)
    failing = sum(question.score < question.possible for question in report.questions)
    with_it, without = (statistics.median(seconds[1:]) for seconds in taken.values())  # the first warms up
    added = (with_it - without) / max(1, failing)
    print(f"{plan.id:18} {paper.stem:34} {failing} failing  {without:6.2f} s -> {with_it:6.2f} s"
          f"  {added:+6.2f} s {'for each' if failing else 'in all'}", flush=True)  # fmt: skip
    return added if failing else 0.0


@contextmanager
def undiagnosed() -> Iterator[None]:
    """Inside the block no wrong idea is known, and no example is made."""
    knows_nothing = partial(LiveOracle, ideas=())
    with mock.patch.multiple(runner, LiveOracle=knows_nothing, with_examples=lambda found, *_: found):
        yield


if __name__ == "__main__":
    main()
