"""A small example: the function is asked again, about small inputs of whole numbers, until one shows the same mistake."""

from __future__ import annotations

import contextlib
import io
import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np

from .asking import Seen, outcome_and_answer
from .oracle import Examples, OneAnswer, Oracle, Rung, Wrong
from .outcome import Diagnosis, Example, Outcome, one_of
from .tables import picture_of
from .values import agree
from .working import call_text, work_out

SHOWN = ("raised", "shape", "finite", "value")  # the failures that an example makes clearer
EXAMPLE_SECONDS = 0.3  # of computing, then no other input is tried; or ten times that on the wall clock


def with_example(env: Mapping[str, Any], outcome: Outcome, oracle: Oracle) -> Outcome:
    """`illustrated` by the function that failed, if it is at hand and `oracle` knows small inputs. One that lives
    `elsewhere` has seen hidden inputs; a copy of it that hasn't is asked when all verdicts are in."""
    function = env.get(outcome.asked) if outcome.kind in SHOWN else None
    if function is None or getattr(function, "elsewhere", False) or not hasattr(oracle, "ladder"):
        return outcome
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return illustrated(function, outcome, cast(Examples, oracle))


def illustrated(
    function: Callable[..., Any],
    outcome: Outcome,
    oracle: Examples,
    over: Callable[[], bool] | None = None,
    whose: str = "got",
) -> Outcome:
    """`outcome` with the smallest example that is found before it is `over`, by default after `EXAMPLE_SECONDS`.

    Where several wrong ideas explain the outcome, an input is looked for that tells them apart, and those remain that fit
    there too. The answers of `function` are shown, so it must be one that has seen no hidden input. Nothing of the whole
    process is changed, as a judge illustrates in several threads.
    """
    search = _Search(function, oracle, over or _after(EXAMPLE_SECONDS), whose)
    with np.errstate(all="ignore"):
        outcome = search.tell_apart(outcome)
        return outcome if outcome.example else search.with_smallest(outcome)


def _after(seconds: float) -> Callable[[], bool]:
    computing, clock = time.thread_time() + seconds, time.monotonic() + 10 * seconds
    return lambda: time.thread_time() > computing or time.monotonic() > clock


@dataclass(frozen=True)
class _Search:
    function: Callable[..., Any]
    oracle: Examples
    over: Callable[[], bool]
    whose: str

    def tell_apart(self, outcome: Outcome) -> Outcome:
        """Keep the candidates that give the function's answers to small inputs about which the candidates disagree."""
        for rung in self.oracle.ladder(outcome) if len(outcome.candidates) > 1 else ():
            if len(outcome.candidates) < 2 or self.over():
                break
            wrong = self.oracle.believed(outcome.asked, rung, outcome.candidates)
            if {card for card, _ in wrong} == set(outcome.candidates) and agree(
                [value for _, value in wrong]
            ):
                continue
            if not wrong or (seen := self._ask(outcome, rung)) is None:
                continue
            refuted = self._refuted(seen, wrong) if seen.outcome.passed else set(outcome.candidates)
            fits = seen.outcome.candidates or tuple(c for c in outcome.candidates if c not in refuted)
            if not fits:
                break  # two mistakes in one answer
            outcome = replace(outcome, candidates=fits, diagnosis=one_of(fits))
            if not seen.outcome.passed:
                words = "Several known ideas explain the answer above. This input tells them apart.\n\n"
                outcome = replace(outcome, example=self._example(seen, words))
        return outcome

    def _refuted(self, seen: Seen, wrong: Wrong) -> set[Diagnosis]:
        """The cards that no one has whose answer here is right."""
        answer, labels = seen.answer, seen.signature.labels
        right = {
            card
            for card, value in wrong
            if value is not None and agree([value, answer.expected], answer.atol, labels)
        }
        return {card for card, _ in wrong} - right

    def with_smallest(self, outcome: Outcome) -> Outcome:
        """Add the first rung that shows the mistake, with numbers as small as can be; or that there is none."""
        tried = []
        for rung in self.oracle.ladder(outcome):
            if outcome.candidates and not self.oracle.believed(outcome.asked, rung, outcome.candidates):
                continue
            if (seen := self._ask(outcome, rung)) is None:
                break
            if same_mistake(seen, outcome):
                return replace(outcome, example=self._example(self._simplified(seen, outcome)))
            tried.append(seen)
        if elsewhere := next((seen for seen in tried if seen.outcome.candidates), None):
            return replace(outcome, example=self._example(elsewhere))
        if self.over() or not tried or not all(seen.outcome.passed for seen in tried):
            return outcome
        words = f" About the {len(tried)} small inputs of such options that we tried it is right: what do larger ones have?"
        return replace(outcome, message=outcome.message + words)

    def _simplified(self, seen: Seen, outcome: Outcome) -> Seen:
        """What is known of an idea is simple already, and a shape is wrong whatever the numbers are."""
        if outcome.candidates or outcome.kind in ("raised", "shape"):
            return seen

        def shows(rung: Rung) -> bool:
            simpler = self._ask(outcome, rung)
            return simpler is not None and same_mistake(simpler, outcome)

        simplest = self._ask(outcome, self.oracle.simplify(seen.rung, shows))
        return simplest if simplest and same_mistake(simplest, outcome) else seen

    def _ask(self, outcome: Outcome, rung: Rung) -> Seen | None:
        """None when there is no time for an answer, or was none."""
        if self.over():
            return None
        name, signature = outcome.asked, self.oracle.signature(outcome.asked)
        wrong = self.oracle.believed(name, rung, outcome.candidates)
        answer = replace(self.oracle.answer(name, rung.args, rung.kwargs), wrong=wrong)
        seen, got = outcome_and_answer(
            self.function, name, rung.args, rung.kwargs, OneAnswer(answer, signature)
        )
        return None if self.over() else Seen(rung, seen, got, answer, signature)

    def _example(self, seen: Seen, words: str = "") -> Example:
        name, rung, outcome, signature = seen.outcome.asked, seen.rung, seen.outcome, seen.signature
        drawn = outcome.kind in ("finite", "value")
        return Example(
            call_text(name, signature.arguments, rung),
            words + work_out(seen, self.whose),
            picture_of(
                name, signature, rung.args, rung.kwargs, outcome.label, seen.got, seen.answer, rung.zeros
            )
            if drawn
            else None,
        )


def same_mistake(seen: Seen, outcome: Outcome) -> bool:
    """Is it of the same kind in the same part, and explained by a candidate if there are any?"""
    alike = (seen.outcome.kind, seen.outcome.label) == (outcome.kind, outcome.label)
    return alike and bool(seen.outcome.candidates or not outcome.candidates)
