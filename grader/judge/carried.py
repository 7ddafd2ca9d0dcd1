"""A mistake in a layer isn't charged a second time to the network that is built from it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np

from grader.cnnchecks.asking import outcome_of
from grader.cnnchecks.oracle import OneAnswer, Oracle
from grader.cnnchecks.outcome import Answer, Outcome
from grader.cnnchecks.values import flatten
from grader.judge.context import Judging, judging_of
from grader.judge.reference import REFERENCE
from grader.tasks.catalogue import GRIDS, TASKS, by_id

MOST_WRONG_PARTS = 2  # with more of them wrong, little of the network is left to be right
MOST_WAYS = 4  # to explain them that are tried


def follow_through(env: Mapping[str, Any], name: str, args: tuple, kwargs: dict, oracle: Oracle) -> Outcome:
    """`outcome_of`, but a mistake in a layer isn't charged a second time to the network built from it.

    Where the answer is wrong and the student's layers show at most `MOST_WRONG_PARTS` wrong ideas, it is compared with
    the network out of layers with these ideas, as a teacher who marks by hand carries an error forward. The layers are
    the library's, not the student's: those could say anything once they know that it is the network that is asked.
    """
    outcome = outcome_of(env, name, args, kwargs, oracle)
    if outcome.passed or outcome.kind == "raised":
        return outcome
    parts = TASKS[name].parts
    for wrong in _wrong_parts(judging_of(env), env, parts):
        try:
            expected = REFERENCE[name](*args, **kwargs, layers={**parts, **wrong})
        except (ValueError, TypeError, IndexError):
            continue  # nothing can be built on such a part
        fixed = OneAnswer(Answer(expected, oracle.answer(name, args, kwargs).atol), oracle.signature(name))
        if _is_telling(expected) and outcome_of(env, name, args, kwargs, fixed).passed:
            return Outcome(True, "ok", "It is right for the layers that it is built from.")
    return outcome


def _is_telling(expected: Any) -> bool:
    """Could only a real network answer this? Parts that return zeros make a network of zeros, which proves nothing."""
    leaves = [np.asarray(leaf) for leaf in flatten(expected).values()]
    return all(np.isfinite(leaf).all() and (leaf.ndim == 0 or np.ptp(leaf) > 0) for leaf in leaves)


def _wrong_parts(
    context: Judging, env: Mapping[str, Any], parts: Mapping[str, Any]
) -> list[dict[str, Callable[..., Any]]]:
    """Which ideas the functions among `parts` answer by: {part: the idea's code}, one dict for each way to explain them.

    None where all of them are right, where too many aren't, or where no idea explains one.
    """
    explained: dict[str, list[Callable[..., Any]]] = {}
    for part in parts:
        outcomes = context.found.get(part) or _ask_now(context, env, part)
        candidates = [{card.id for card in outcome.candidates} for outcome in outcomes if not outcome.passed]
        if candidates:
            ideas = sorted(set.intersection(*candidates))
            explained[part] = [partial(by_id(idea).answer, part) for idea in ideas]
        if len(explained) > MOST_WRONG_PARTS or [] in explained.values():
            return []
    ways = itertools.product(*explained.values()) if explained else ()
    return [dict(zip(explained, way, strict=True)) for way in itertools.islice(ways, MOST_WAYS)]


def _ask_now(context: Judging, env: Mapping[str, Any], part: str) -> list[Outcome]:
    """For a layer whose own question wasn't asked before. One that was isn't asked again: it could lie by now."""
    drawn = [
        case.draw(context.generator(part, grid, i))
        for grid in GRIDS[part]
        for i, case in enumerate(GRIDS[part][grid])
    ]
    return [outcome_of(env, part, *case, context.oracle) for case in drawn]
