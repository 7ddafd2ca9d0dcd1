"""Small examples for what failed behind the seal, made when all verdicts are in.

A student's page shows what the student's function answers to a small input, so it has to be a function that can't know a
hidden one. It is asked in a worker of its own, fresh, which runs the notebook again and is told nothing else; whatever it
does there, hang, crash or count its calls, is no verdict and costs no point. Each failing question has a small share of
time; where that isn't enough, or the worker is lost, an idea that was recognised answers for the student.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from grader.cnnchecks.example import SHOWN, illustrated
from grader.cnnchecks.outcome import Outcome
from grader.grading.answers import Answers, Asker
from grader.grading.environment import Remote
from grader.grading.told import Notes
from grader.judge import simplify
from grader.judge.oracle import LiveOracle
from grader.sandbox.limits import ConfinementError
from grader.tasks.catalogue import for_function

SECONDS = 0.3  # on the wall clock for each failing question, of computing for each cell
START_SECONDS = 1.0  # for the worker to start and to run the cells; a tenth of it is usual
AS_BELIEVED = "this idea gives"
Key = tuple[Any, ...]


def with_examples(
    found: Mapping[tuple[str, int], Outcome | None], open_notebook: Callable[[float], Answers], notes: Notes
) -> dict[tuple[str, int], Outcome | None]:
    """What was found, with examples where there are any. A defect of ours goes into the `notes`.

    open_notebook: makes what answers until that time on the clock; without a failure its notebook never begins.
    """
    failed = {case: outcome for case, outcome in found.items() if outcome and _is_shown(outcome)}
    questions = dict.fromkeys(question for question, _ in failed)
    until = time.monotonic() + START_SECONDS + SECONDS * len(questions)
    answers = open_notebook(until)
    made: dict[Key, tuple[Outcome, str]] = {}
    try:
        for (question, _), outcome in failed.items():
            if (key := _key(question, outcome)) not in made:
                remote = Remote(answers, Asker(question), outcome.asked)
                told = _with_example(outcome, remote, until, notes)
                made[key] = told, told.message.removeprefix(outcome.message)
    finally:
        answers.notebook.close()
    return {
        case: _like(outcome, *made[_key(case[0], outcome)]) if outcome and case in failed else outcome
        for case, outcome in found.items()
    }


def _is_shown(outcome: Outcome) -> bool:
    return outcome.kind in SHOWN and bool(simplify.ladder(outcome.asked))


def _key(question: str, outcome: Outcome) -> Key:
    """Failures that share an example."""
    return question, outcome.asked, outcome.kind, outcome.label, outcome.candidates


def _like(outcome: Outcome, other: Outcome, told: str) -> Outcome:
    """What the search found about another failure of the same kind."""
    return replace(
        outcome,
        message=outcome.message + told,
        example=other.example,
        candidates=other.candidates,
        diagnosis=other.diagnosis,
    )


def _with_example(outcome: Outcome, remote: Remote, until: float, notes: Notes) -> Outcome:
    question = remote.asker.question

    def over() -> bool:
        return time.monotonic() > until or bool(remote.answers.why_stopped(question))

    try:
        told = illustrated(remote, outcome, LiveOracle(), over)
        if told.example is None and over() and (believed := _of_idea(outcome)):
            told = illustrated(believed, outcome, LiveOracle(), lambda: False, AS_BELIEVED)
        return told
    except ConfinementError:
        raise
    except Exception as error:
        notes.add(f"no example could be made for {question}; tell your instructor")
        notes.tell_instructor(f"an example for {question}: {type(error).__name__}: {error}")
        return outcome


def _of_idea(outcome: Outcome) -> Callable[..., Any] | None:
    """The one idea that explains an outcome, as a function."""
    ideas = [idea for idea in for_function(outcome.asked) if idea.card in outcome.candidates]
    return partial(ideas[0].answer, outcome.asked) if len(ideas) == 1 == len(outcome.candidates) else None
