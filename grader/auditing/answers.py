"""Those who answer: wrong ideas, pairs of them, strangers to the library, accepted implementations, and nobody."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from grader import cnnchecks
from grader.auditing import empty_answers
from grader.auditing.empty_answers import Claim, Env
from grader.auditing.library import library
from grader.auditing.marks import Marks, marks
from grader.auditing.questions import Question, is_model
from grader.judge.draw import generator, seeded
from grader.judge.oracle import LiveOracle
from grader.judge.together import believers, card_of_both, together
from grader.tasks.catalogue import GRIDS, IDEAS
from grader.tasks.networks import chain, configuration
from grader.tasks.task import Step, Way, taken_by


def of_ideas(question: Question, draws: Sequence[bytes]) -> Iterator[Marks]:
    """Each idea that claims a function of the question, in each way to make the mistake."""
    for idea in list(IDEAS):
        for name, claim in _claimed(question):
            for number, way in enumerate(idea.ways.get(claim, ())):
                who = Claim(configuration(idea, name, number)) if is_model(name) else way.answer
                yield marks(question.only(name), idea.card.id, {name: who}, draws)


def of_strangers(question: Question, draws: Sequence[bytes]) -> Iterator[Marks]:
    """Each idea again, in its usual way, where the library lacks it: what is named now is named wrongly."""
    for idea in list(IDEAS):
        for name, claim in _claimed(question):
            if claim in idea.ways:
                way = idea.ways[claim][0]
                who = Claim(configuration(idea, name)) if is_model(name) else way.answer
                with library(known for known in list(IDEAS) if known is not idea):
                    found = marks(question.only(name), idea.card.id, {name: who}, draws)
                    yield _with_those_alike(found, claim, way.answer)


PAIRS = 40  # of each function, drawn once for all


def of_pairs(question: Question, draws: Sequence[bytes]) -> Iterator[Marks]:
    """Some pairs of ideas about each function of the question, each on a draw of its own."""
    for name, claim in _claimed(question):
        two = list(combinations([idea for idea in IDEAS if claim in idea.ways], 2))
        chosen = np.random.default_rng(0).permutation(len(two))[:PAIRS]
        for number, (first, second) in enumerate(two[place] for place in chosen):
            ways = first.ways[claim][0], second.ways[claim][0]
            step = together(claim, *ways)
            try:
                who = Claim(_with_both(name, *ways)) if is_model(name) else step
            except ValueError:  # the layer that one changes is no longer there
                continue
            both = card_of_both(first.card, second.card).id
            found = marks(question.only(name), both, {name: who}, [draws[number % len(draws)]])
            yield _with_those_alike(found, claim, step)


def _claimed(question: Question) -> Iterator[tuple[str, str]]:
    """(name, claim): an idea may be about what a function or a model computes, a model's layers, or what is trained."""
    for name in question.names:
        yield from ((name, claim) for claim in (name, f"{name}/layers", f"{name}/trainable"))


def _with_both(name: str, first: Way, second: Way) -> dict[str, Any]:
    """The model of someone with two ideas."""
    with taken_by(second.steps):
        return chain(first.steps["layers_of"](name))


def _with_those_alike(found: Marks, claim: str, step: Step) -> Marks:
    return replace(found, alike=frozenset(name for name in found.misnamed() if _is_alike(claim, step, name)))


def _is_alike(claim: str, step: Step, id: str) -> bool:
    """Do those with the ideas called `id` answer as `step` does, in every hidden case of another draw?"""
    with seeded(b"alike"):
        calls = [
            case.draw(generator(claim, grid, place))
            for grid, cases in GRIDS[claim].items()
            for place, case in enumerate(cases)
        ]
    card = cnnchecks.Diagnosis(id, "", "", "")
    return any(
        all(_agree(claim, step, other, *call) for call in calls) for _, other in believers(claim, (card,))
    )


def _agree(claim: str, step: Step, other: Step, args: tuple, kwargs: dict) -> bool:
    try:
        answers = [one(*args, **kwargs) for one in (step, other)]
    except Exception:
        return False
    return cnnchecks.agree(claim, answers, LiveOracle().answer(claim, args, kwargs).atol)


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


def of_accepted(question: Question, found: Sequence[Accepted], draws: Sequence[bytes]) -> Iterator[Marks]:
    """Each implementation of a function of the question."""
    for implementation in found:
        env = {name: implementation.env[name] for name in question.names if name in implementation.env}
        if env:
            yield marks(question.only(*env), implementation.name, env, draws)


def of_empty(question: Question, draws: Sequence[bytes]) -> Iterator[Marks]:
    """Each answer without thought to all functions of the question. No idea is looked for behind it."""
    networks = tuple(filter(is_model, question.names))
    functions = tuple(name for name in question.names if name not in networks)
    visible = [case.ask for case in question.only(*functions).cases if not case.hidden]
    with library(()):
        for names, made in (
            (networks, empty_answers.models),
            (functions, partial(empty_answers.answers, public=visible)),
        ):
            for kind, env in made(names) if names else ():
                yield marks(question.only(*names), kind, env, draws)
