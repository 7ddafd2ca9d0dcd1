"""Has an answer the form that is asked for? Whether it is right, a hidden case says."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from .check_functions import raise_failure
from .compare import structure_outcome
from .outcome import Outcome, fail, type_name
from .values import flatten


def check_form(
    env: Mapping[str, Any],
    name: str,
    /,
    like: Any,
    at_least: float = -math.inf,
    at_most: float = math.inf,
    choices: tuple[str, ...] = (),
) -> None:
    """Has the answer `env[name]` the form of the example `like` (a number, a word, an array, a tuple of them), are its
    numbers within these bounds and its words among the `choices`? Whether it is right, a hidden case says.

    >>> check_form({"outputs": 62}, "outputs", like=1, at_least=1)
    >>> check_form({"outputs": 62.5}, "outputs", like=1, at_least=1)
    Traceback (most recent call last):
        ...
    grader.cnnchecks.CheckFailed: `outputs` should be a whole number, but it is a float: 62.5. Divide with `//`, or finish with `int(...)`.
    """  # noqa: E501
    outcome = form_outcome(env, name, like, at_least, at_most, choices)
    raise_failure(env, outcome, name)


def form_outcome(
    env: Mapping[str, Any], name: str, like: Any, at_least: float, at_most: float, choices: tuple[str, ...]
) -> Outcome:
    """Like `check_form`, but returns what it found."""
    got = env.get(name)
    if got is None or got is Ellipsis or got is NotImplemented:
        return fail("missing", f"There is no answer in `{name}` yet. Put it where the `...` stands, run the cell, and "
                     "run the check again.")  # fmt: skip
    if (misfit := structure_outcome(got, like, f"`{name}`", ())) is not None:
        return misfit
    examples = flatten(like, None, f"`{name}`")
    for label, leaf in flatten(got, None, f"`{name}`").items():
        if wrong := _misshapen(leaf, examples[label], at_least, at_most, choices):
            return fail("type", f"{label} {wrong}", label=label)
    return Outcome(True, "ok", "It has the right form. Whether it is right, the hidden cases say.")


def _misshapen(leaf: Any, example: Any, at_least: float, at_most: float, choices: tuple[str, ...]) -> str:
    """What is wrong with the form of one answer; nothing if it could be right."""
    if isinstance(example, str):
        return f"should be one of {', '.join(map(repr, choices))}." if choices and leaf not in choices else ""
    got, wanted = np.asarray(leaf), np.asarray(example)
    if got.ndim != wanted.ndim:
        return f"should have {wanted.ndim} axes, but it has {got.ndim}."
    if got.dtype.kind not in "iuf":
        return f"should be a number, but it is of type {type_name(leaf)}."
    if wanted.dtype.kind in "iu" and got.dtype.kind == "f":
        what = "a whole number, but it is a float" if not got.ndim else "whole numbers, but they are floats"
        return (
            f"should be {what}{'' if got.ndim else f': {leaf}'}. Divide with `//`, or finish with `int(...)`."
        )
    if not np.isfinite(got).all():
        return "has numbers that are not finite."
    if (got < at_least).any() or (got > at_most).any():
        bounds = [f"at least {at_least:g}"] * (at_least > -math.inf) + [f"at most {at_most:g}"] * (
            at_most < math.inf
        )
        return f"can't be {leaf if not got.ndim else 'that'}: think of what it counts. It is {' and '.join(bounds)}."
    return ""
