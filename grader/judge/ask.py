"""Hidden cases: a grid of drawn inputs, or one number, asked of a function, a network or a model of the notebook's."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from grader.cnnchecks.asking import outcome_of
from grader.cnnchecks.check_models import model_outcome
from grader.cnnchecks.compare import compare
from grader.cnnchecks.example import with_example
from grader.cnnchecks.follow import follow
from grader.cnnchecks.outcome import UNEXPLAINED, CheckFailed, Diagnosis, Outcome, one_of
from grader.judge.carried import follow_through
from grader.judge.context import judging_of
from grader.judge.explain import by_two_ideas, without_answer
from grader.judge.oracle import AskedAs, LiveOracle, WrongAnswers, differs
from grader.tasks.catalogue import hidden_cases


def check_drawn(
    env: Mapping[str, Any], name: str, grid: str, ask: Callable[..., Outcome] = outcome_of
) -> None:
    """Ask `env[name]` every case of a hidden grid, in drawn order, and raise `CheckFailed` if one fails.

    Reported is the first failure that a wrong idea explains, else the first. Of several ideas that explain it,
    those remain that fit the other cases too; where none fits them all, two at once may. The outcome quotes no
    input: `detail` and picture are left out.
    """
    context, cases = judging_of(env), hidden_cases(name, grid)
    oracle = context.oracle
    order = context.generator(name, grid, "order").permutation(len(cases))
    drawn = [(cases[i], *cases[i].draw(context.generator(name, grid, int(i)))) for i in order]
    outcomes = [ask(env, name, args, kwargs, oracle) for _, args, kwargs in drawn]
    context.found.setdefault(name, []).extend(outcomes)
    failures = [i for i, outcome in enumerate(outcomes) if not outcome.passed]
    if not failures:
        return
    main = next((i for i in failures if outcomes[i].candidates), failures[0])
    failed = replace(outcomes[main], detail="", picture=None)
    for (_, args, kwargs), outcome in zip(drawn, outcomes, strict=True):
        if len(failed.candidates) < 2:
            break
        fits = (
            set(failed.candidates) - wrong_about(oracle, name, args, kwargs, failed.candidates)
            if outcome.passed
            else outcome.candidates
        )
        failed = only(failed, set(fits))
    asked = [
        (name, args, kwargs, outcome) for (_, args, kwargs), outcome in zip(drawn, outcomes, strict=True)
    ]
    search = context.search_for(getattr(env, "question", name), name)
    failed = by_two_ideas(oracle, failed, asked, search)
    words = failed.message if ask is model_outcome else in_our_words(failed, name)
    failed = replace(failed, message=f"{drawn[main][0].about}: {words}", where=without_numbers(failed.where))
    if ask is model_outcome:  # its numbers are places of layers, fixed before a hidden input was seen
        failed = follow(env, name, drawn[main][1], failed, oracle, hidden=True)
    raise CheckFailed(with_example(env, failed, oracle))


def in_our_words(failed: Outcome, name: str) -> str:
    """A failure told without anything of the answer, whose shape or number could have been made of the hidden input."""
    what = failed.label or f"`{name}`"
    words = {
        "type": f"{what} is not of the type, or not as many values, as asked for.",
        "shape": f"{what} has another shape than expected.",
        "dtype": f"{what} has another dtype than expected.",
        "finite": f"{what} has numbers that are not finite.",
        "value": f"{what} has other values than expected.",
    }
    if failed.kind not in words:
        return failed.message
    known = re.search(rf"( [\w ,]+ right\.)?{re.escape(UNEXPLAINED)}$", failed.message)
    return words[failed.kind] + (known[0] if known else "")


def without_numbers(where: str) -> str:
    return "" if re.search(r"\d", where) else where


def only(failed: Outcome, cards: set[Diagnosis]) -> Outcome:
    """Keep the candidates among `cards`, unless none would remain: two mistakes may be at work."""
    common = tuple(card for card in failed.candidates if card in cards)
    return replace(failed, candidates=common, diagnosis=one_of(common)) if common else failed


def wrong_about(
    oracle: LiveOracle, name: str, args: tuple, kwargs: dict, cards: tuple[Diagnosis, ...]
) -> set[Diagnosis]:
    """Those of these ideas that would have failed here."""
    answer = oracle.answer(name, args, kwargs)
    told = WrongAnswers(name, args, kwargs, cards, oracle.ideas)
    return {card for card, value in told if differs(name, value, answer)}


def check_network_drawn(env: Mapping[str, Any], name: str, grid: str) -> None:
    """`check_drawn` for a network made of the student's own layers: see `follow_through`."""
    check_drawn(env, name, grid, ask=follow_through)


def check_model_drawn(env: Mapping[str, Any], name: str, grid: str) -> None:
    """`check_drawn` for a model or its builder: each case is weights to load and images to show."""
    check_drawn(env, name, grid, ask=model_outcome)


def check_value(
    env: Mapping[str, Any], name: str, function: str, /, *args: Any, also: tuple[Any, ...] = (), **kwargs: Any
) -> None:
    """Raise `CheckFailed` unless the answer `env[name]` is what the reference's `function` gives, or one of those that are
    right `also`. The wrong ideas about the function explain a wrong answer.

    >>> check_value({"parameters": 280}, "parameters", "conv_parameters", 3, 3, 10)
    >>> check_value({"parameters": 270}, "parameters", "conv_parameters", 3, 3, 10)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    grader.cnnchecks.CheckFailed: `parameters` has other values than expected.
    <BLANKLINE>
    You may think: A layer's parameters are the weights of its kernels.
    ...
    """
    given = env.get(name)
    if given is None or given is Ellipsis:
        message = f"There is no answer in `{name}`. Put it where the `...` stands."
        raise CheckFailed(Outcome(False, "missing", message))
    if any(compare(given, other).passed for other in also):
        return
    asked_as = AskedAs(function, judging_of(env).oracle)
    outcome = outcome_of({name: lambda *_, **__: given}, name, args, kwargs, asked_as)
    if not outcome.passed:
        words = in_our_words(outcome, name)
        where = without_numbers(outcome.where)
        told = replace(outcome, message=words, detail="", where=where, picture=None)
        raise CheckFailed(without_answer(told))
