"""Checks of functions: is the answer the expected one, or does it refuse what it must?"""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Mapping
from typing import Any

from .asking import outcome_of, raised_outcome
from .context import context_of
from .example import with_example
from .fixtures import FixtureOracle
from .outcome import CheckFailed, Outcome, Raised, fail, is_ours
from .pictures import show


def check(env: Mapping[str, Any], name: str, /, *args: Any, **kwargs: Any) -> None:
    """Call `env[name](*args, **kwargs)` and raise `CheckFailed` unless its answer is the expected one.

    >>> import numpy as np
    >>> from grader.cnnchecks.context import Context, Names
    >>> from grader.cnnchecks.outcome import Answer
    >>> from grader.cnnchecks.oracle import OneAnswer
    >>> doubled = Context(OneAnswer(Answer(np.array([2.0, 4.0]))))
    >>> check(Names({"double": lambda x: x + x}, doubled), "double", np.array([1.0, 2.0]))
    >>> check(Names({"double": lambda x: x}, doubled), "double", np.array([1.0, 2.0]))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    grader.cnnchecks.CheckFailed: `double` has the right shape, but another value in 2 of 2 elements. None of ...
    <BLANKLINE>
    ...
    """
    oracle = context_of(env).oracle
    outcome = outcome_of(env, name, args, kwargs, oracle)
    with contextlib.suppress(Exception):  # whatever goes wrong with an example, the verdict stands
        outcome = with_example(env, outcome, oracle)
    raise_failure(env, outcome, name)


def check_refuses(env: Mapping[str, Any], name: str, /, *args: Any, **kwargs: Any) -> None:
    """Call `env[name](*args, **kwargs)` and raise `CheckFailed` unless it raises a ValueError.

    >>> def root(x):
    ...     if x < 0:
    ...         raise ValueError(f"no root of {x}")
    >>> check_refuses({"root": root}, "root", -1)
    >>> check_refuses({"root": lambda x: 0}, "root", -1)
    Traceback (most recent call last):
        ...
    grader.cnnchecks.CheckFailed: `root` answers where no answer is right. Look at the question's text for what it must refuse, and raise a ValueError that says what was given.
    """  # noqa: E501
    function = env.get(name)
    if function is None or function is Ellipsis:
        raise CheckFailed(
            fail("missing", f"There is no `{name}` in your notebook. Write it and keep this name.")
        )
    try:
        function(*copy.deepcopy(args), **copy.deepcopy(kwargs))
    except (Exception, SystemExit) as error:
        if is_ours(error, function):
            raise
        if isinstance(error, ValueError) or (isinstance(error, Raised) and error.type_name == "ValueError"):
            return
        raise CheckFailed(raised_outcome(name, error)) from None
    raise CheckFailed(fail("value", f"`{name}` answers where no answer is right. Look at the question's text for "
                      "what it must refuse, and raise a ValueError that says what was given."))  # fmt: skip


def raise_failure(env: Mapping[str, Any], outcome: Outcome, name: str) -> None:
    """Raise `CheckFailed` unless `outcome` passed. In a student's notebook, where fixtures answer, its picture is shown
    first; what keeps that from being drawn costs the picture alone."""
    if outcome.passed:
        return
    if isinstance(context_of(env).oracle, FixtureOracle):
        with contextlib.suppress(Exception):
            show(name, outcome)
    raise CheckFailed(outcome)
