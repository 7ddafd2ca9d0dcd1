"""Otter's runner with another executor: the notebook runs in the sandbox, the test files run here, beside the reference.

Otter's configuration, test files, results and plugins keep working. The seam is one function of Otter's,
`otter.run.run_autograder.create_runner`; a test pins it.
"""

import math
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from otter.plugins import PluginCollection
from otter.run import run_autograder
from otter.run.run_autograder.autograder_config import AutograderConfig
from otter.run.run_autograder.runners.python_runner import PythonRunner
from otter.test_files import GradingResults
from otter.test_files.abstract_test import TestCaseResult

from grader import cnnchecks
from grader.cnnchecks import CheckFailed, Misfit, Outcome, Raised
from grader.grading.autograder import Autograder
from grader.grading.environment import SealedEnv
from grader.grading.examples import SECONDS, with_examples
from grader.grading.intake import Cell, Submission
from grader.grading.models import Evaluator, SealedModels, evaluating
from grader.grading.session import Session
from grader.judge.draw import measuring, seeded
from grader.judge.oracle import LiveOracle
from grader.report import Measure
from grader.tasks.networks import MODEL_CONFIGS

sys.modules["cnnchecks"] = cnnchecks  # what a public case imports is the teacher's own copy


@dataclass
class Job:
    """One submission to grade, and what grading it found beside the scores."""

    autograder: Autograder
    submission: Submission
    session: Session
    seed: bytes
    outcomes: dict[str, list[Outcome | None]] = field(default_factory=dict)  # question -> one for each case
    measures: list[Measure] = field(default_factory=list)  # for a leaderboard
    public_notes: int = 0  # how many of the session's notes came up before a hidden case was asked


class SealedRunner(PythonRunner):
    """`prepare_files` runs the notebook in the sandbox, `run` asks every question, the public cases of all of them first."""

    job: Job
    plugins: PluginCollection | None = None

    def prepare_files(self) -> None:
        if self.ag_config.plugins:
            self.plugins = PluginCollection(self.ag_config.plugins, self.job.submission.name, {})
            self.plugins.run("before_grading", self.ag_config)
        self.job.session.run_cells()

    def run(self) -> GradingResults:
        files = self.job.autograder.test_files()
        found: dict[tuple[str, int], Outcome | None] = {}
        environments = {file.name: SealedEnv(self.job.session, file.name) for file in files}
        session = self.job.session
        evaluator = Evaluator(session.zygote, self.job.autograder.seconds, session.wait, session.deadline)
        measures = measuring(self.job.measures)
        with judging(self.job.autograder), seeded(self.job.seed), evaluating(evaluator), measures:
            for hidden in (False, True):
                self.job.public_notes = len(session.notes)
                session.hidden = evaluator.hidden = hidden
                for file in files:
                    for number, case in enumerate(file.test_cases):
                        if case.hidden is hidden:
                            found[file.name, number] = self._ask(environments[file.name], case)
            found = with_examples(found, self._fresh_session(), session.notes, session.log)
        for file in files:
            outcomes = [found[file.name, number] for number in range(len(file.test_cases))]
            self.job.outcomes[file.name] = outcomes
            file.test_case_results = [
                TestCaseResult(test_case=case, message=None, passed=outcome is None)
                for case, outcome in zip(file.test_cases, outcomes, strict=True)
            ]
        results = GradingResults(files)
        if self.plugins is not None:
            self.plugins.run("after_grading", results)
        return results

    def _fresh_session(self) -> Session:
        """The same notebook once more, for what is no verdict."""
        job = self.job
        session = new_session(job.session.zygote, job.autograder, job.submission, job.session.deadline)
        return replace(session, seconds=SECONDS)

    def _ask(self, env: SealedEnv, case: Any) -> Outcome | None:
        """What one test case found, None if it passed. Otter's own message would quote the test, so it goes nowhere."""
        outcome, session = None, self.job.session
        session.no_answer = ""
        try:
            case.body.call_func(env)
        except CheckFailed as failed:
            outcome = failed.outcome
        except Raised as error:
            outcome = Outcome(False, "raised", f"Your code stopped with {error.type_name}.")
        except Misfit as error:
            outcome = Outcome(False, "raised", f"No verdict: {error}.")
        except AssertionError as error:  # a plain assert of the test's: of a hidden one no word is passed on
            words = "" if case.hidden else f" {error}"
            outcome = Outcome(False, "value", f"What this case asserts doesn't hold.{words}".rstrip())
        except Exception as error:  # ours: no word of it is the student's business
            outcome = Outcome(False, "raised", "No verdict: the grader could not decide this case.")
            session.log.append(f"a case of {env.question}: {failure(error)}")
            note = f"the grader could not decide a case of {env.question}; tell your instructor"
            if note not in session.notes:
                session.notes.append(note)
        if outcome is not None and session.no_answer:
            return Outcome(False, "raised", f"No verdict: {session.no_answer}.")
        return outcome


def failure(error: Exception) -> str:
    """What failed in the grader and where, for the instructor: "ZeroDivisionError in judge.py, line 7: division by zero"."""
    last = traceback.extract_tb(error.__traceback__)[-1:]
    where = "".join(f" in {Path(frame.filename).name}, line {frame.lineno}" for frame in last)
    return f"{type(error).__name__}{where}: {error}"


@contextmanager
def judging(autograder: Autograder) -> Iterator[None]:
    """Inside the block checks ask the reference, the hand-out's data, and models that are rebuilt elsewhere.

    For a class it is entered once around all threads; entering it again in one of them changes nothing.
    """
    autograder.topics.load()
    MODEL_CONFIGS.update(autograder.models)
    before = (
        cnnchecks.set_oracle(LiveOracle()),
        cnnchecks.set_models(SealedModels()),
        cnnchecks.set_data(autograder.data),
    )
    try:
        yield
    finally:
        cnnchecks.set_oracle(before[0])
        cnnchecks.set_models(before[1])
        cnnchecks.set_data(before[2])


def create_runner(otter_config: dict[str, Any], **kwargs: Any) -> SealedRunner:
    """What Otter calls to get its runner, in our words."""
    return SealedRunner(AutograderConfig({**otter_config, **kwargs}))


def seal_otter() -> None:
    """From here on Otter's factory makes ours. Once for a process; it is the only line of Otter's that we replace."""
    run_autograder.create_runner = create_runner


def _is_skipped(cell: Cell, skipped: frozenset[str]) -> bool:
    """Ours, and unchanged; or ours, tagged for skipping, and changed. A tag on a cell that isn't ours doesn't count."""
    return cell.digest in skipped or ("otter_ignore" in cell.tags and cell.id in skipped)


def new_session(
    zygote: Any, autograder: Autograder, submission: Submission, deadline: float = math.inf
) -> Session:
    """A notebook's session: the student folder's files, what was handed in beside it, and the cells that count."""
    cells = tuple(cell for cell in submission.cells if not _is_skipped(cell, autograder.skipped))
    return Session(
        zygote=zygote,
        cells=cells,
        files={**submission.files, **autograder.files},
        questions=autograder.questions,
        seconds=autograder.seconds,
        deadline=deadline,
    )
