"""What `run_autograder` calls: a submission as Gradescope lays it out becomes results.json, whatever happens.

A zero that says that grading was ended stands there from the first moment; it is replaced by the result.
Memory is scarce: the zygote, whose imports take most of it, starts before this process imports what it needs itself.
"""

from __future__ import annotations

import json
import os
import sys
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.files import write_json
from grader.gradescope import container, metadata
from grader.gradescope.metadata import Attempt
from grader.sandbox import limits
from grader.sandbox.client import Zygote
from grader.sandbox.limits import ConfinementError

if TYPE_CHECKING:
    from grader.grading.autograder import Autograder
    from grader.report import Report

SHARE_OF_TIME = 0.8  # of the container's minutes, in which questions are asked: the rest is for results


def main(arguments: list[str]) -> None:
    if arguments[0] == "--check":
        check(Path(arguments[1]))
    elif arguments[0] == "--close":
        close_packages(Path(arguments[1]), "--others" in arguments)
    else:
        autograde(Path(arguments[0]))


def autograde(place: Path) -> None:
    """Grade `place`/submission by `place`/source into `place`/results/results.json."""
    from grader.grading import autograder

    began = time.monotonic()
    close_to_others(place)
    assignment = autograder.read(place / "source")
    say_first(place / "results" / "results.json", container.remarks(assignment.backend))
    attempt = metadata.read(place / "submission_metadata.json")
    report = grade_submission(place / "submission", assignment, attempt, began)
    results = as_results(report, assignment, attempt)
    write_json(place / "results" / "results.json", results, private=True)
    for line in (*report.log, *warn_of_seed(assignment)):  # Gradescope shows this to instructors alone
        print(f"{assignment.id}: {line}", file=sys.stderr)
    print(
        f"{assignment.id}: {report.status}, {results['score']:g} points, {time.monotonic() - began:.1f} s",
        flush=True,
    )


def say_first(path: Path, remarks: list[str]) -> None:
    """Above the zero that stands until there is a result: what is known of the container, should it end the run."""
    if remarks:
        standing = json.loads(path.read_text(encoding="utf-8"))
        words = "".join(f"<p>{remark}</p>" for remark in remarks)
        write_json(path, {**standing, "output": words + standing["output"]})


def close_to_others(place: Path) -> None:
    """A student's process has a user of its own: what is root's alone here, it can't read."""
    limits.hide_memory()
    for path in (place / "source", place / "submission", place / "results"):
        path.chmod(0o700)
    with suppress(FileNotFoundError):
        (place / "submission_metadata.json").chmod(0o600)


def grade_submission(submission: Path, assignment: Autograder, attempt: Attempt, began: float) -> Report:
    """The report, which says why where there is no grade. No failure of ours or of the machine is a traceback for a student."""
    if until := metadata.wait_until(attempt, assignment.gradescope):
        return refuse(
            submission,
            assignment,
            f"You have handed in more than {assignment.gradescope.per_day} times in 24 hours, so this was not graded. "
            "The score is that of your earlier submissions.",
            f"Hand in again after {until:%Y-%m-%d %H:%M %Z}.",
        )
    deadline = began + SHARE_OF_TIME * 60 * assignment.gradescope.minutes
    try:
        with Zygote(assignment.backend) as zygote:
            from grader.grading.batch import grade_or_say_why

            seed = assignment.seed(f"gradescope/{attempt.id}") if attempt.id else None
            report = grade_or_say_why(submission, assignment, zygote, seed, deadline)
    except ConfinementError as error:
        print(f"grading stopped: {error}", file=sys.stderr)
        return refuse(
            submission,
            assignment,
            "Grading stopped: the process that grades was ended, or could not be confined. This zero is no mark.",
            "Nothing: your instructor has to look at the autograder's output.",
        )
    return replace(report, seconds=time.monotonic() - began)


def refuse(submission: Path, assignment: Autograder, error: str, what_to_do: str) -> Report:
    from grader.grading.grade import not_graded

    return not_graded(submission, assignment, error, what_to_do)


def as_results(report: Report, assignment: Autograder, attempt: Attempt) -> dict[str, Any]:
    """results.json, with the score that counts by the instructor's choice."""
    from grader.gradescope import results as gradescope

    policy = assignment.gradescope
    remarks = [*container.remarks(assignment.backend), *metadata.remarks(attempt, policy)]
    results = gradescope.to_results(report, assignment.visibility, remarks)
    waits = metadata.wait_until(attempt, policy) is not None
    score = (
        metadata.keep_score(attempt, policy) if waits else metadata.count_score(report.score, attempt, policy)
    )
    return {**results, "score": score}


def warn_of_seed(assignment: Autograder) -> list[str]:
    """A public seed is its instructor's trouble: no student's upload stops for it."""
    from grader.grading.autograder import PUBLIC_SEED

    return [f"warning: {PUBLIC_SEED.format('this zip')}"] if assignment.has_public_seed else []


def close_packages(place: Path, others: bool) -> None:
    """Of the container's packages leave to students' code what its assignment installs, also where Landlock is missing."""
    from grader.grading import autograder
    from grader.sandbox import closing

    count = closing.close(autograder.read(place / "source").backend, others)
    print(f"setup: {count} files and folders of packages are closed to students' code")


def check(place: Path) -> None:
    """After the build: does everything that grading imports work, and is the zip whole? Says what is there."""
    from grader.grading import autograder, doctor, grade

    assignment = autograder.read(place / "source")
    print(f"setup: {assignment.id} with {', '.join(' '.join(pair) for pair in grade.versions())}")
    for line in warn_of_seed(assignment):
        print(f"setup: {line}")
    if assignment.backend == "keras":
        from grader.quiet import import_keras

        import_keras()
    for row in doctor.examine():
        if not row.defence.holds:
            print(f"setup: not on this machine: {row.defence.name} ({row.defence.in_words}); {row.without}")


if __name__ == "__main__":
    os.umask(0o077)
    main(sys.argv[1:])
