"""Otter's runner with another executor: the notebook runs in the sandbox, the test files run here, beside the reference.

Otter's configuration, test files, results and plugins keep working. The seam is two methods of Otter's `PythonRunner`,
`prepare_files` and `run`; a test pins it.
"""

import math
import traceback
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from otter.plugins import PluginCollection
from otter.run.run_autograder.autograder_config import AutograderConfig
from otter.run.run_autograder.runners.python_runner import PythonRunner
from otter.test_files import GradingResults
from otter.test_files.abstract_test import TestCaseResult

from grader.cnnchecks.context import hand_out
from grader.cnnchecks.outcome import CheckFailed, Misfit, Outcome, Raised
from grader.grading.answers import Answers, Asker
from grader.grading.autograder import Autograder
from grader.grading.budgets import Budget
from grader.grading.environment import SealedEnv
from grader.grading.examples import SECONDS, with_examples
from grader.grading.intake import Cell, Submission
from grader.grading.models import Evaluator
from grader.grading.notebook import Notebook
from grader.grading.told import Notes
from grader.judge.as_students import call_checks_as_students_do
from grader.judge.context import Judging
from grader.report import Measure
from grader.sandbox.client import Zygote
from grader.tasks.networks import know_configs

GRADER = str(Path(__file__).parents[1])


@dataclass
class Job:
    """One submission to grade, and what grading it found beside the scores."""

    autograder: Autograder
    submission: Submission
    zygote: Zygote
    seed: bytes
    deadline: float = math.inf  # on the clock, for all of it
    notes: Notes = field(default_factory=Notes)
    outcomes: dict[str, list[Outcome | None]] = field(default_factory=dict)  # question -> one for each case
    measures: list[Measure] = field(default_factory=list)  # for a leaderboard
    answers: Answers = field(init=False)

    def __post_init__(self) -> None:
        self.answers = self.open_notebook(self.autograder.seconds, self.notes)

    def open_notebook(self, seconds: float, notes: Notes, until: float = math.inf) -> Answers:
        """What answers for the notebook, which hasn't begun: the student folder's files, what was handed in beside it, and
        the cells that count."""
        cells = tuple(
            cell for cell in self.submission.cells if not _is_skipped(cell, self.autograder.skipped)
        )
        files = {**self.submission.files, **self.autograder.files}
        budget = Budget(seconds, len(self.autograder.questions), self.deadline, until)
        return Answers(Notebook(self.zygote, cells, files, budget, notes), self.autograder.questions)


class SealedRunner(PythonRunner):
    """`prepare_files` runs the notebook in the sandbox, `run` asks every question, the public cases of all of them first."""

    plugins: PluginCollection | None = None

    def __init__(self, job: Job) -> None:
        super().__init__(AutograderConfig(dict(job.autograder.otter_config)))
        self.job = job

    def prepare_files(self) -> None:
        if self.ag_config.plugins:
            self.plugins = PluginCollection(self.ag_config.plugins, self.job.submission.name, {})
            self.plugins.run("before_grading", self.ag_config)
        self.job.answers.notebook.run_cells()

    def run(self) -> GradingResults:
        job, files = self.job, self.job.autograder.test_files()
        call_checks_as_students_do()
        know_assignment(job.autograder)
        found: dict[tuple[str, int], Outcome | None] = {}
        extend = job.answers.notebook.budget.extend
        evaluator = Evaluator(job.zygote, job.autograder.seconds, extend, job.deadline)
        context = Judging.by(evaluator, seed=job.seed, measures=job.measures)
        with hand_out(job.autograder.data), closing(evaluator):
            for hidden in (False, True):
                if hidden:
                    job.notes.begin_hidden()
                    evaluator.begin_hidden()
                for file in files:
                    for number, case in enumerate(file.test_cases):
                        if case.hidden is hidden:
                            found[file.name, number] = self._ask(Asker(file.name, hidden), context, case)
            # the same notebook once more, for what is no verdict
            found = with_examples(found, partial(job.open_notebook, SECONDS, Notes()), job.notes)
        for file in files:
            outcomes = [found[file.name, number] for number in range(len(file.test_cases))]
            job.outcomes[file.name] = outcomes
            file.test_case_results = [
                TestCaseResult(test_case=case, message=None, passed=outcome is None)
                for case, outcome in zip(file.test_cases, outcomes, strict=True)
            ]
        results = GradingResults(files)
        if self.plugins is not None:
            self.plugins.run("after_grading", results)
        return results

    def _ask(self, asker: Asker, context: Judging, case: Any) -> Outcome | None:
        """What one test case found, None if it passed. Otter's own message would quote the test, so it goes nowhere."""
        outcome, notes = None, self.job.notes
        try:
            case.body.call_func(SealedEnv(self.job.answers, asker, context))
        except CheckFailed as failed:
            outcome = failed.outcome
        except Raised as error:
            outcome = Outcome(False, "raised", f"Your code stopped with {error.type_name}.")
        except Misfit as error:
            outcome = Outcome(False, "raised", f"No verdict: {error}.")
        except Exception as error:
            notes.tell_instructor(f"a case of {asker.question}: {failure(error)}")
            if _asserts(error, case.body.test_func):  # of a hidden case no word is passed on
                words = "" if case.hidden else f" {error}"
                outcome = Outcome(False, "value", f"What this case asserts doesn't hold.{words}".rstrip())
            else:  # ours: no word of it is the student's business
                outcome = Outcome(False, "raised", "No verdict: the grader could not decide this case.")
                notes.add(f"the grader could not decide a case of {asker.question}; tell your instructor")
        if outcome is not None and asker.no_answer:
            return Outcome(False, "raised", f"No verdict: {asker.no_answer}.")
        return outcome


def _asserts(error: Exception, test: Any) -> bool:
    """Is it a plain `assert` of the test's own, or one of a library that it calls, and none of the grader's?"""
    files = [frame.f_code.co_filename for frame, _ in traceback.walk_tb(error.__traceback__)]
    its_own = test.__code__.co_filename
    if not isinstance(error, AssertionError) or its_own not in files:
        return False
    return not any(file.startswith(GRADER) for file in files[files.index(its_own) :])


def failure(error: Exception) -> str:
    """What failed in the grader and where, for the instructor: "ZeroDivisionError in ask.py, line 7: division by zero"."""
    last = traceback.extract_tb(error.__traceback__)[-1:]
    where = "".join(f" in {Path(frame.filename).name}, line {frame.lineno}" for frame in last)
    return f"{type(error).__name__}{where}: {error}"


def know_assignment(autograder: Autograder) -> None:
    """Let what the assignment brings of its own be known in this process: its topics, and the blueprints of its networks."""
    autograder.topics.load()
    know_configs(autograder.models)


def _is_skipped(cell: Cell, skipped: frozenset[str]) -> bool:
    """Ours, and unchanged; or ours, tagged for skipping, and changed. A tag on a cell that isn't ours doesn't count."""
    return cell.digest in skipped or ("otter_ignore" in cell.tags and cell.id in skipped)
