"""The right answer and the wrong ideas' answers for any input, computed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from grader.cnnchecks.compare import compare
from grader.cnnchecks.models import Models
from grader.cnnchecks.oracle import Rung, Signature, Wrong, choose_rungs
from grader.cnnchecks.outcome import Answer, Diagnosis, Outcome
from grader.cnnchecks.values import agree
from grader.judge import simplify
from grader.judge.reference import REFERENCE, ReferenceModel
from grader.judge.together import believers
from grader.judge.tolerance import allowed_error, answer_dtype, narrow, widen
from grader.tasks.catalogue import TASKS, cached, for_function
from grader.tasks.rounding import map_leaves
from grader.tasks.task import Idea


def signature_of(name: str) -> Signature:
    """What is known of the function called `name` beside its answers."""
    return TASKS[name].signature if name in TASKS else Signature()


@dataclass(frozen=True)
class LiveOracle:
    """Answers by computing: the reference in float64, and every wrong idea that claims the function.

    models: whoever computes what reference networks answer (None: Keras in this process); ideas: those that are looked for
    behind a wrong answer (None: all).
    """

    models: Models | None = None
    ideas: tuple[Idea, ...] | None = None

    def answer(self, name: str, args: tuple, kwargs: dict) -> Answer:
        dtype = answer_dtype(args, kwargs)
        wide = map_leaves(widen, args), map_leaves(widen, kwargs)
        expected = self._right(name)(*wide[0], **wide[1])
        atol = allowed_error(name, *wide, expected, dtype)
        return Answer(
            map_leaves(lambda leaf: narrow(leaf, dtype), expected),
            atol,
            WrongAnswers(name, args, kwargs, ideas=self.ideas),
        )

    def _right(self, name: str) -> Callable[..., Any]:
        right = REFERENCE[name]
        return replace(right, models=self.models) if isinstance(right, ReferenceModel) else right

    def signature(self, name: str) -> Signature:
        return signature_of(name)

    def ladder(self, outcome: Outcome) -> Iterator[Rung]:
        ids = [card.id for card in outcome.candidates]
        if len(ids) == 1 and (best := shown_best(outcome.asked, ids[0], outcome.label)):
            yield best
        yield from choose_rungs(simplify.ladder(outcome.asked), outcome, signature_of(outcome.asked))

    def believed(self, name: str, rung: Rung, cards: tuple[Diagnosis, ...]) -> Wrong:
        if not cards:
            return ()
        answer = self.answer(name, rung.args, rung.kwargs)
        told = list(WrongAnswers(name, rung.args, rung.kwargs, cards, self.ideas))
        answered = {card for card, _ in told}
        return (*wrong_here(name, told, answer), *((card, None) for card in cards if card not in answered))

    def simplify(self, rung: Rung, shows: Callable[[Rung], bool]) -> Rung:
        return simplify.simplest(rung, shows)


@dataclass(frozen=True)
class AskedAs:
    """An oracle that answers every question as if `function` had been asked."""

    function: str
    oracle: LiveOracle

    def answer(self, name: str, args: tuple, kwargs: dict) -> Answer:
        return self.oracle.answer(self.function, args, kwargs)

    def signature(self, name: str) -> Signature:
        return Signature(labels=signature_of(self.function).labels)


@dataclass(frozen=True)
class WrongAnswers:
    """Computed when looked through: a right answer costs nothing."""

    name: str
    args: tuple
    kwargs: dict
    cards: tuple[Diagnosis, ...] = ()  # if there are any, only these ideas are asked
    ideas: tuple[Idea, ...] | None = None

    def __iter__(self) -> Iterator[tuple[Diagnosis, Any]]:
        for card, step in believers(self.name, self.cards, self.ideas):
            if (value := self.says(step)) is not None:
                yield card, value

    def says(self, step: Callable[..., Any]) -> Any:
        """What comes of an idea here, in the dtype of the right answer; None where it leads to no answer at all. A test
        shows that each idea leads to one elsewhere."""
        args, kwargs = self._wide
        try:
            with np.errstate(all="ignore"):
                value = step(*args, **kwargs)
        except Exception:
            return None
        return map_leaves(lambda leaf: narrow(leaf, self._dtype), value)

    @cached_property
    def _wide(self) -> tuple[tuple, dict]:
        return map_leaves(widen, self.args), map_leaves(widen, self.kwargs)

    @cached_property
    def _dtype(self) -> np.dtype:
        return answer_dtype(self.args, self.kwargs)


@cached
def shown_best(name: str, id: str, label: str) -> Rung | None:
    """The simplest input on which the wrong idea called `id` shows first in the part `label` of an answer; None if there
    is none, or no such idea.

    >>> rung = shown_best("conv2d_forward", "conv.bias_forgotten", "`conv2d_forward`")
    >>> [array.ravel().tolist() for array in rung.args]  # x, w, b
    [[0.0], [0.0], [1.0]]
    """
    if label not in (found := first_shown(name, id)):
        return None
    rung, kind = found[label]
    if kind == "shape":
        return rung  # whatever its numbers are, so let them be different ones
    return simplify.simplest(rung, lambda simpler: _mistake(name, id, simpler) == (label, kind))


@cached
def first_shown(name: str, id: str) -> dict[str, tuple[Rung, str]]:
    """For each part of an answer the smallest input on which an idea shows there first, and how: by shape, by value, …"""
    found: dict[str, tuple[Rung, str]] = {}
    for rung in simplify.ladder(name):
        label, kind = _mistake(name, id, rung)
        if kind:
            found.setdefault(label, (rung, kind))
    return found


def _mistake(name: str, id: str, rung: Rung) -> tuple[str, str]:
    """Where and how the idea called `id` is wrong about an input; ("", "") where it isn't, or has no answer."""
    cards = tuple(idea.card for idea in for_function(name) if idea.card.id == id)
    answer = LiveOracle().answer(name, rung.args, rung.kwargs)
    for _, value in WrongAnswers(name, rung.args, rung.kwargs, cards) if cards else ():
        if differs(name, value, answer):
            outcome = compare(value, answer.expected, answer.atol, signature_of(name).labels, name=name)
            return outcome.label, outcome.kind
    return "", ""


def wrong_here(
    name: str, told: Sequence[tuple[Diagnosis, Any]], answer: Answer
) -> list[tuple[Diagnosis, Any]]:
    """All that is said by ideas that are wrong here in one way at least: in another they may be right."""
    wrong = {card for card, value in told if differs(name, value, answer)}
    return [(card, value) for card, value in told if card in wrong]


def differs(name: str, wrong: Any, answer: Answer) -> bool:
    if not agree([wrong, answer.expected], answer.atol):
        return True
    return not compare(
        wrong, answer.expected, answer.atol, signature_of(name).labels
    ).passed  # another dtype, say
