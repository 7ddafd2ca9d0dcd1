"""Those who answer: wrong ideas, pairs of them, strangers to the library, accepted implementations, and nobody."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from grader.auditing import empty_answers
from grader.auditing.empty_answers import Claim, Env
from grader.auditing.marks import Marks, marks
from grader.auditing.questions import Question, is_model
from grader.cnnchecks.outcome import Diagnosis
from grader.cnnchecks.values import agree
from grader.judge.context import Judging
from grader.judge.draw import generator
from grader.judge.together import believers, card_of_both, together
from grader.tasks.catalogue import GRIDS, IDEAS
from grader.tasks.networks import chain, configuration
from grader.tasks.task import Idea, Step, Way, taken_by


def known_ideas(context: Judging) -> Sequence[Idea]:
    """The wrong ideas that are looked for."""
    return tuple(IDEAS) if context.oracle.ideas is None else context.oracle.ideas


def knowing(context: Judging, ideas: Iterable[Idea]) -> Judging:
    """The same, where these ideas are all that is known."""
    return replace(context, oracle=replace(context.oracle, ideas=tuple(ideas)))


def of_ideas(context: Judging, question: Question, draws: Sequence[bytes]) -> Iterator[Marks]:
    """Each idea that claims a function of the question, in each way to make the mistake."""
    for idea in known_ideas(context):
        for name, claim in _claimed(question):
            for number, way in enumerate(idea.ways.get(claim, ())):
                who = Claim(configuration(idea, name, number)) if is_model(name) else way.answer
                yield marks(context, question.only(name), idea.card.id, {name: who}, draws)


def of_strangers(context: Judging, question: Question, draws: Sequence[bytes]) -> Iterator[Marks]:
    """Each idea again, in its usual way, where the library lacks it: what is named now is named wrongly."""
    for idea in known_ideas(context):
        for name, claim in _claimed(question):
            if claim in idea.ways:
                way = idea.ways[claim][0]
                who = Claim(configuration(idea, name)) if is_model(name) else way.answer
                others = knowing(context, (known for known in known_ideas(context) if known is not idea))
                found = marks(others, question.only(name), idea.card.id, {name: who}, draws)
                yield _with_those_alike(others, found, claim, way.answer)


PAIRS = 40  # of each function, drawn once for all


def of_pairs(context: Judging, question: Question, draws: Sequence[bytes]) -> Iterator[Marks]:
    """Some pairs of ideas about each function of the question, each on a draw of its own."""
    for name, claim in _claimed(question):
        two = list(combinations([idea for idea in known_ideas(context) if claim in idea.ways], 2))
        chosen = np.random.default_rng(0).permutation(len(two))[:PAIRS]
        for number, (first, second) in enumerate(two[place] for place in chosen):
            ways = first.ways[claim][0], second.ways[claim][0]
            step = together(claim, *ways)
            try:
                who = Claim(_with_both(name, *ways)) if is_model(name) else step
            except ValueError:  # the layer that one changes is no longer there
                continue
            both = card_of_both(first.card, second.card).id
            found = marks(context, question.only(name), both, {name: who}, [draws[number % len(draws)]])
            yield _with_those_alike(context, found, claim, step)


def _claimed(question: Question) -> Iterator[tuple[str, str]]:
    """(name, claim): an idea may be about what a function or a model computes, a model's layers, or what is trained."""
    for name in question.names:
        yield from ((name, claim) for claim in (name, f"{name}/layers", f"{name}/trainable"))


def _with_both(name: str, first: Way, second: Way) -> dict[str, Any]:
    """The model of someone with two ideas."""
    with taken_by(second.steps):
        return chain(first.steps["layers_of"](name))


def _with_those_alike(context: Judging, found: Marks, claim: str, step: Step) -> Marks:
    alike = (name for name in found.misnamed() if _is_alike(context, claim, step, name))
    return replace(found, alike=frozenset(alike))


def _is_alike(context: Judging, claim: str, step: Step, id: str) -> bool:
    """Do those with the ideas called `id` answer as `step` does, in every hidden case of another draw?"""
    calls = [
        case.draw(generator(b"alike", claim, grid, place))
        for grid, cases in GRIDS[claim].items()
        for place, case in enumerate(cases)
    ]
    card = Diagnosis(id, "", "", "")
    return any(
        all(_agree(context, claim, step, other, *call) for call in calls)
        for _, other in believers(claim, (card,), context.oracle.ideas)
    )


def _agree(context: Judging, claim: str, step: Step, other: Step, args: tuple, kwargs: dict) -> bool:
    try:
        answers = [one(*args, **kwargs) for one in (step, other)]
    except Exception:  # an idea that has no answer to such a call agrees with nothing
        return False
    return agree(answers, context.oracle.answer(claim, args, kwargs).atol)


@dataclass(frozen=True)
class Accepted:
    """A correct implementation: what it answers, and in what it differs from the others."""

    name: str
    differs: str
    env: Env


def accepted(folder: Path, known: Sequence[str]) -> list[Accepted]:
    """The implementations in a folder's files that answer at least one of the names `known`."""
    found = []
    for path in sorted(folder.glob("*.py")):
        spec = importlib.util.spec_from_file_location(f"accepted_{path.stem}", path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        env = {name: getattr(module, name) for name in known if hasattr(module, name)}
        found.append(Accepted(path.stem, " ".join((module.__doc__ or "").split()), env))
    return found


def of_accepted(
    context: Judging, question: Question, found: Sequence[Accepted], draws: Sequence[bytes]
) -> Iterator[Marks]:
    """Each implementation of a function of the question."""
    for implementation in found:
        env = {name: implementation.env[name] for name in question.names if name in implementation.env}
        if env:
            yield marks(context, question.only(*env), implementation.name, env, draws)


def of_empty(context: Judging, question: Question, draws: Sequence[bytes]) -> Iterator[Marks]:
    """Each answer without thought to all functions of the question. No idea is looked for behind it."""
    networks = tuple(filter(is_model, question.names))
    functions = tuple(name for name in question.names if name not in networks)
    visible = [case.ask for case in question.only(*functions).cases if not case.hidden]
    nothing_known = knowing(context, ())
    for names, made in (
        (networks, empty_answers.models),
        (functions, partial(empty_answers.answers, public=visible, context=context)),
    ):
        for kind, env in made(names) if names else ():
            yield marks(nothing_known, question.only(*names), kind, env, draws)
