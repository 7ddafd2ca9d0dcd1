"""Which wrong idea is behind an answer?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from .outcome import UNEXPLAINED, Answer, Call, Outcome, one_of
from .values import are_close, are_equal, coarsest_unit, flatten


def diagnose(outcome: Outcome, got: Any, answer: Answer, labels: tuple[str, ...] | None) -> Outcome:
    """Add every wrong idea whose whole answer is the student's; failing that, whose first wrong part is."""
    if outcome.passed:
        return outcome
    whole, part = [], []
    for card, wrong in answer.wrong:
        all_of_it = are_equal(got, wrong, answer.atol, labels, right=answer.expected)
        if not all_of_it and not are_equal(
            got, wrong, answer.atol, labels, only=outcome.label, right=answer.expected
        ):
            continue
        if are_equal(wrong, answer.expected, answer.atol, labels):
            continue  # on these inputs the wrong idea is right: it explains nothing
        if all_of_it:
            whole.append(card)
        else:
            part.append((card, wrong))
    explained = [
        card
        for card, wrong in part
        if not are_equal(wrong, answer.expected, answer.atol, labels, only=outcome.label)
    ]
    outcome = replace(outcome, call=Call(got=got, answer=answer))
    if cards := tuple(dict.fromkeys(whole or explained)):
        return replace(outcome, diagnosis=one_of(cards), candidates=cards)
    if outcome.kind == "dtype":
        return outcome
    return replace(outcome, message=outcome.message + _known(got, answer, labels))


def _known(got: Any, answer: Answer, labels: tuple[str, ...] | None) -> str:
    """What can be said of an answer that no idea explains: which of its parts are right.

    >>> _known((1.0, 2.0, 3.0), Answer((1.0, 0.0, 3.0), 0.0), ("dx", "dw", "db"))
    ' dx and db are right. None of the wrong ideas that we know gives this answer.'
    """
    answers, tolerances = flatten(got, labels), flatten(answer.atol, labels)
    expected = flatten(answer.expected, labels)
    coarsest = coarsest_unit(answers)
    right = [
        k
        for k, v in expected.items()
        if are_close(answers[k], v, tolerances.get(k, answer.atol), v, coarsest)
    ]
    names = (
        f"{', '.join(right[:-1])} and {right[-1]} are"
        if len(right) > 1
        else f"{right[0]} is"
        if right
        else ""
    )
    told = f" {names} right." if len(right) < 6 else f" {len(right)} of {len(expected)} parts are right."
    return f"{told if right else ''}{UNEXPLAINED}"
