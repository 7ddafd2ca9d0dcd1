"""Which ideas explain the cases of one grid, all together: one, or two at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from grader.cnnchecks.compare import compare
from grader.cnnchecks.outcome import UNEXPLAINED, Outcome, doubt, one_of
from grader.judge.oracle import LiveOracle, WrongAnswers
from grader.judge.reference import REFERENCE, ReferenceModel
from grader.judge.together import believers
from grader.judge.two_ideas import Search, Trial, explained_by, is_met_by_chance

Asked = tuple[str, tuple, dict, Outcome]


def by_two_ideas(oracle: LiveOracle, failed: Outcome, asked: Sequence[Asked], search: Search) -> Outcome:
    """`failed`, one of the cases that were asked; with two ideas at once, if no single one fits all of them but two do."""
    met_by_chance = failed.call.answer is not None and is_met_by_chance(failed.call.got)
    failed = without_answer(failed)
    trials = [
        part for case in asked if (trial := as_trial(oracle, *case)) for part in with_first_image(trial)
    ]
    if all(trial.passed for trial in trials):
        return failed
    steps = (
        [step for _, step in believers(trials[0].name, failed.candidates, oracle.ideas)]
        if failed.candidates
        else []
    )
    if any(explained_by(step, trials) for step in steps):
        return failed
    if cards := search.pairs(trials):
        message = failed.message.removesuffix(UNEXPLAINED)
        return replace(failed, message=message, candidates=cards, diagnosis=one_of(cards))
    if failed.candidates and met_by_chance:
        return replace(failed, message=failed.message + UNEXPLAINED, candidates=(), diagnosis=None)
    return replace(failed, diagnosis=doubt(failed.diagnosis))  # it fits here, but not everywhere


def without_answer(outcome: Outcome) -> Outcome:
    """The same, without what came and what is right: a report has neither."""
    return replace(outcome, call=replace(outcome.call, got=None, answer=None))


def as_trial(oracle: LiveOracle, name: str, args: tuple, kwargs: dict, outcome: Outcome) -> Trial | None:
    """A case as the search for two ideas sees it; None for an answer that can't be compared with those of ideas."""
    if outcome.passed:
        answer = oracle.answer(name, args, kwargs)
        return Trial(
            name, WrongAnswers(name, args, kwargs, ideas=oracle.ideas).says, answer, answer.expected, True
        )
    got, known = outcome.call.got, outcome.call.answer
    if known is None or not isinstance(wrong := known.wrong, WrongAnswers):
        return None
    trial = Trial(wrong.name, wrong.says, known, got, False)
    return None if outcome.kind == "dtype" and trial.is_right(got) else trial


def with_first_image(trial: Trial) -> list[Trial]:
    """A case of a network with one of its first image alone, which rejects most ideas in a fraction of the time."""
    if not isinstance(REFERENCE[trial.name], ReferenceModel) or trial.passed or np.ndim(trial.got) != 2:
        return [trial]
    expected, got = trial.answer.expected[:1], trial.got[:1]

    def says(step: Callable[..., Any]) -> Any:
        return trial.says(lambda weights, x: step(weights, x[:1]))

    passed = compare(got, expected, trial.answer.atol).passed
    return [Trial(trial.name, says, replace(trial.answer, expected=expected), got, passed), trial]
