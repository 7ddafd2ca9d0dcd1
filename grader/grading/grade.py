"""One submission becomes one report. Whatever happens in between, there is a report, and its zero says why."""

import math
import platform
import time
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from grader.cnnchecks.outcome import Misfit
from grader.grading import intake
from grader.grading.autograder import Autograder
from grader.grading.intake import IntakeError, Submission
from grader.grading.models import Evaluator
from grader.grading.runner import Job, SealedRunner
from grader.report import CaseResult, QuestionResult, Report
from grader.sandbox import closing
from grader.sandbox.client import Zygote
from grader.sandbox.defences import FILES, NUMPY_ALONE, Defence, State, holds

OPENING_SECONDS = 20.0  # of CPU, for all weights files of a submission
MOST_WEIGHTS_FILES = 6  # of a submission, those that its code names first


def grade(
    path: Path, autograder: Autograder, zygote: Zygote, seed: bytes | None = None, deadline: float = math.inf
) -> Report:
    """Grade the submission at `path`. Raises only `ConfinementError`: a mark without its guard is not a mark.

    deadline: on the clock of `time.monotonic`; what wasn't asked by then gets no verdict.
    """
    started = time.monotonic()
    try:
        submission = without_unreadable(_read(path, autograder), zygote)
    except IntakeError as error:
        return not_graded(path, autograder, str(error), error.what_to_do)
    job = Job(autograder, submission, zygote, seed or autograder.seed(submission.digest), deadline)
    notebook = job.answers.notebook
    try:
        results = run_otter(job)
    finally:
        notebook.close()  # nothing of the student's runs while the report is written
    return Report(
        assignment=autograder.id,
        title=autograder.title,
        submission=path.name,
        questions=tuple(_question(job, file) for file in results.results.values()),
        by_hand=autograder.by_hand,
        notes=(*submission.notes, *job.notes.told),
        hidden_notes=job.notes.with_hidden,
        log=tuple(job.notes.log),
        isolation=isolation(notebook.defences, autograder),
        seed=job.seed.hex(),
        seconds=time.monotonic() - started,
        versions=versions(),
        measures=tuple(dict.fromkeys(job.measures)),
    )


def run_otter(job: Job) -> Any:
    """Otter's three steps, without its `main`, which opens results.json first and loses it on an exception."""
    runner = SealedRunner(job)
    runner.prepare_files()
    return runner.run()


def without_unreadable(submission: Submission, zygote: Zygote) -> Submission:
    """The submission without those weights files that hold no weights: whole models, pickles, links, bombs.

    Each is opened in an evaluator of its own, which answers nothing else: a file may be made to take over who opens it.
    There is a time for all of them together, and those that the notebook's code names come first.
    """
    code = "\n".join(cell.source for cell in submission.cells)
    names = sorted(submission.files, key=lambda name: (name not in code, name))
    kept, notes, left = {}, [], OPENING_SECONDS
    for name in names[:MOST_WEIGHTS_FILES]:
        evaluator = Evaluator(zygote, seconds=left)
        try:
            if left <= 0:
                raise Misfit("there was no time left to open it")
            evaluator.open_weights(submission.files[name])
            kept[name] = submission.files[name]
        except Misfit as error:
            notes.append(f"set aside, not used in grading: {name} ({error})")
        finally:
            left -= evaluator.spent
            evaluator.close()
    if aside := names[MOST_WEIGHTS_FILES:]:
        notes.append(
            f"set aside, not used in grading: {aside[0]} and what comes after it "
            f"(there are more than {MOST_WEIGHTS_FILES} weights files)"
        )
    return replace(submission, files=kept, notes=(*submission.notes, *notes))


def _read(path: Path, autograder: Autograder) -> intake.Submission:
    submission = intake.read(
        path,
        autograder.extensions,
        assignment=autograder.id,
        accepted=autograder.accepted,
        untouched=autograder.untouched,
    )
    refuse_other_assignment(submission, autograder)
    return submission


def refuse_other_assignment(submission: Submission, autograder: Autograder) -> None:
    """A notebook of another assignment is no wrong answer to this one."""
    if submission.assignment not in (None, autograder.id):
        raise IntakeError(
            f"This is the notebook of {submission.assignment}, handed in for {autograder.id}.",
            f"Hand in the notebook of {autograder.id}.",
        )


def not_graded(
    path: Path, autograder: Autograder, error: str, what_to_do: str, log: tuple[str, ...] = ()
) -> Report:
    """A report with a zero, a reason and a next step."""
    return Report(
        assignment=autograder.id,
        title=autograder.title,
        submission=path.name,
        questions=autograder.no_results(),
        by_hand=autograder.by_hand,
        versions=versions(),
        error=error,
        what_to_do=what_to_do,
        log=log,
    )


def _question(job: Job, file: Any) -> QuestionResult:
    outcomes = job.outcomes[file.name]
    cases = tuple(
        CaseResult(
            title(result.test_case), result.test_case.hidden, result.test_case.points, result.passed, outcome
        )
        for result, outcome in zip(file.test_case_results, outcomes, strict=True)
    )
    return job.autograder.question_result(file.name, cases=cases, note=job.answers.why_stopped(file.name))


def title(case: Any) -> str:
    """The docstring of a test function names its case; without one, Otter's name does."""
    words = (getattr(case.body.test_func, "__doc__", None) or case.name or "").strip()
    return words.splitlines()[0] if words else ""


def isolation(held: tuple[Defence, ...], autograder: Autograder) -> tuple[Defence, ...]:
    """Which defences this grade had."""
    return (*held, numpy_alone(held)) if autograder.backend == "numpy" else held


def numpy_alone(held: tuple[Defence, ...]) -> Defence:
    """Is a NumPy assignment's notebook kept from other libraries?"""
    if holds(held, FILES):
        return Defence(NUMPY_ALONE, State.HELD, "other libraries can't be read")
    if not closing.within_reach("numpy"):
        return Defence(NUMPY_ALONE, State.HELD, "no other library is within reach on this machine")
    return Defence(NUMPY_ALONE, State.MISSING, "only an import hook stands before other libraries")


def versions() -> tuple[tuple[str, str], ...]:
    return (
        ("python", platform.python_version()),
        *((name, version(name)) for name in ("kerasnets", "numpy", "otter-grader")),
    )
