"""Is this answer right, where does it differ, and which idea is behind it?

`check(env, "conv2d_forward", x, w, b)` calls your function and compares its answer with the expected one:
every element, in the order shape, dtype, finiteness, values. A wrong answer raises `CheckFailed`, whose text
says what was compared, what came, where it differs and what to try next, with a small example to follow by hand.
The answers of well-known wrong ideas are at hand too: where yours equals one of them, the text names the idea.

Expected answers come from an oracle. Beside a notebook that is `fixtures.npz`: numbers, never code.

**How close is close enough?** Every product and every sum is rounded, by at most u of its size: u is 6e-8 for
float32. A sum of n products may be added up in any order, so what a check grants must cover them all, and no more:

* At worst all roundings point the same way, and the error comes to n u M, where M = sum |x||w| + |b| is what was
  added up, signs left out (Higham, "Accuracy and stability of numerical algorithms", 2002, section 3.1). It is
  measured by M and not by the result, which may cancel to almost nothing. NumPy's `allclose` scales with the result,
  and so rejects 2.4 % of the elements of a correct 5x5x64 convolution in float32.
* Roundings that go up as often as down add up to something like sqrt(n) u M; that it comes to more than k times that
  has a chance below 2 exp(-k*k/2) (Ipsen and Zhou, "Probabilistic error analysis for inner products", 2020).

The oracle hands over one absolute tolerance for the whole array,

    atol = 4 * eps * sqrt(n) * max(M),        eps = 2 u

which is the second with k = 8, a chance of 3e-14; up to 60 terms it is more than the first, which nothing exceeds. M
is the largest of the array, as a Fourier transform or Winograd's trick spreads its errors over all positions. Of the
orders we tried, up to 5x5x512, none came to a fifth of it; a float16 accumulation comes to seven times as much at
least. What it doesn't cover are thousands of equal numbers, added up one by one in float32: then all roundings do
point the same way. No case asks for that.

eps belongs to the inputs' common dtype or, where that is coarser, to the coarsest part of the answer (see `unit`).
Sizes and counts are integers, and those must be equal.
"""

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
    >>> from grader.cnnchecks.oracle import Answer, OneAnswer
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
