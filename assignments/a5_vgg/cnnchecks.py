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
import hashlib
import importlib
import io
import json
import linecache
import math
import time
import warnings
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol, cast

import numpy as np

LABELS = {
    "same_padding": ("before", "after"),
    "conv2d_backward": ("dx", "dw", "db"),
    "dense_backward": ("dx", "dw", "db"),
    "softmax_cross_entropy": ("loss", "dlogits"),
    "lenet_gradients": ("loss", "grads"),
    "first_layer": ("out", "dx", "dw", "db"),
    # a1_convolution_arithmetic
    "conv_output_shape": ("height", "width", "channels"),
    "pool_output_shape": ("height", "width", "channels"),
    **dict.fromkeys(
        ("picture_a", "picture_b", "picture_c", "picture_d"),
        ("operation", "size", "stride", "dilation", "padding"),
    ),
    **dict.fromkeys(
        ("bandit_output", "casino_output", "weather_output", "cat_output"),
        ("task", "units", "activation", "loss"),
    ),
    # a2_convolution_lab
    "picture_shape": ("height", "width", "channels"),
    "batch_shape": ("images", "height", "width", "channels"),
    "shape_after": ("rows", "columns"),
    "zeros_around": ("rows", "columns"),
    "best_match": ("row", "column"),
    "equivariance_errors": ("shift", "turn"),
    "as_input": ("layer", "batch"),  # a7_transfer_learning
    # a5_vgg
    "vgg_depth": ("convolutions", "dense layers"),
    "accuracy_interval": ("low", "high"),
}
Zeros = tuple[tuple[int, int], tuple[int, int]]  # rows (above, below) and columns (left, right)
NO_ZEROS: Zeros = ((0, 0), (0, 0))
AXES = {
    4: ("image", "row", "column", "channel"),
    3: ("row", "column", "channel"),
    2: ("row", "column"),
    1: ("position",),
}
PICTURES = (
    "image",
    "`feature_maps`",
    "`to_grey`",
    "`moving_average`",
)  # (H, W, C), where no batch is in front
KERNEL_AXES = ("kernel row", "kernel column", "input channel", "output channel")


# What a check can say ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Diagnosis:
    """The card of a wrong idea: a belief in the student's voice, a hint that teaches, a lecture to reread."""

    id: str
    belief: str
    hint: str
    lecture: str


@dataclass(frozen=True)
class Picture:
    """What a drawing needs: small arrays, never a hidden input."""

    expected: np.ndarray  # (rows, columns): one image, one channel, at most 32x32
    got: np.ndarray | None  # of the same shape; None where the shapes differ
    title: str  # "dx of image 0, channel 1"
    outlined: tuple[int, int] | None = None  # row and column of the first element that differs
    window: np.ndarray | None = None  # of the input, behind that element, where it is known
    kernel: np.ndarray | None = None


@dataclass(frozen=True)
class Example:
    """The smallest public-style input found that shows the difference, to be followed by hand."""

    call: str  # "conv2d_forward(x, w, b, strides=(2, 1))"
    text: str  # window, kernel, expected and got as small tables
    picture: Picture | None = None


@dataclass(frozen=True)
class Outcome:
    """What one check found. `message` and `where` quote no input and no expected value; `detail` does."""

    passed: bool
    kind: str  # ok missing raised type shape dtype finite value mutated
    message: str
    detail: str = ""  # small tables and numbers: for public cases only
    where: str = ""
    diagnosis: Diagnosis | None = None
    candidates: tuple[Diagnosis, ...] = ()  # every wrong idea whose answer this is; usually one
    label: str = field(default="", repr=False)  # which part of the answer: "dw"
    asked: str = field(default="", compare=False, repr=False)  # the function
    traits: frozenset[str] = field(
        default=frozenset(), compare=False, repr=False
    )  # of the options: see `traits`
    example: Example | None = field(default=None, compare=False, repr=False)
    picture: Picture | None = field(default=None, compare=False, repr=False)  # of a public case itself
    layers: tuple[tuple[str, str, bool], ...] = field(default=(), compare=False, repr=False)
    # of a model: what is expected, what is there, and whether it is the first difference
    measured: float | None = field(default=None, compare=False, repr=False)  # the share that a network reads
    compared: tuple[Any, Answer] | None = field(default=None, compare=False, repr=False)
    # what came and what is known of the right answer, for whoever looks further behind it; in no report


class CheckFailed(AssertionError):
    """A check that did not pass; `outcome` says why, `str()` is the whole text for a notebook."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(explain(outcome))
        self.outcome = outcome


class Raised(Exception):
    """An exception in the student's code, reported by a process that is not ours."""

    def __init__(self, type_name: str, message: str = "", line: str | int = "") -> None:
        super().__init__(f"{type_name}: {message}")
        self.type_name, self.message, self.line = type_name, message, line


@dataclass(frozen=True)
class Opaque:
    """A value that could not cross from the student's process; only the name of its type did."""

    type_name: str


@dataclass(frozen=True)
class Answer:
    """What an oracle knows about one call: the right answer, its tolerance, and the wrong ideas' answers."""

    expected: Any
    atol: Any = 0.0  # a number, or a nest of numbers shaped like `expected`
    wrong: Iterable[tuple[Diagnosis, Any]] = ()


class Oracle(Protocol):
    def answer(self, name: str, args: tuple, kwargs: dict) -> Answer: ...


def explain(outcome: Outcome) -> str:
    """The whole text of an outcome, for a notebook."""
    parts = [outcome.message]
    if outcome.where:
        parts.append(f"Where: {outcome.where}.")
    if example := outcome.example:
        parts.append(f"A small example to follow by hand: {example.call}\n\n{example.text}")
    elif outcome.detail:
        parts.append(outcome.detail)
    if card := outcome.diagnosis:
        parts.append(
            f"You may think: {card.belief}\nHint: {card.hint}\nRead again: {card.lecture}.   [{card.id}]"
        )
    return "\n\n".join(parts)


def one_of(cards: tuple[Diagnosis, ...]) -> Diagnosis | None:
    """One card for all ideas that give the same answer on these inputs: an honest "one of", never a guess."""
    if len(cards) < 2:
        return cards[0] if cards else None
    return Diagnosis(
        id=" | ".join(card.id for card in cards),
        belief="One of these, which give the same answer here: "
        + " -- or: ".join(f"“{card.belief}”" for card in cards),
        hint=" -- Or: ".join(card.hint for card in cards),
        lecture="; ".join(dict.fromkeys(card.lecture for card in cards)),
    )


def doubted(card: Diagnosis | None) -> Diagnosis | None:
    """The card of an idea that gives the answer in one case and not in another, which says so."""
    return card and replace(
        card, belief=f"Not in every case, but in this one your answer is what follows from: “{card.belief}”"
    )


# The check --------------------------------------------------------------------------------------------------


def check(env: Mapping[str, Any], name: str, /, *args: Any, **kwargs: Any) -> None:
    """Call `env[name](*args, **kwargs)` and raise `CheckFailed` unless its answer is the expected one.

    >>> class Doubled:
    ...     def answer(self, name, args, kwargs): return Answer(expected=2 * args[0])
    >>> previous = set_oracle(Doubled())
    >>> check({"double": lambda x: x + x}, "double", np.array([1.0, 2.0]))
    >>> check({"double": lambda x: x}, "double", np.array([1.0, 2.0]))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    grader.cnnchecks.CheckFailed: `double` has the right shape, but another value in 2 of 2 elements. None of ...
    <BLANKLINE>
    ...
    >>> _ = set_oracle(previous)
    """
    outcome = outcome_of(env, name, args, kwargs)
    with contextlib.suppress(Exception):  # whatever goes wrong with an example, the verdict stands
        outcome = with_example(env, outcome, _oracle)
    _raise(outcome, name)


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
            _fail("missing", f"There is no `{name}` in your notebook. Write it and keep this name.")
        )
    try:
        function(*copy.deepcopy(args), **copy.deepcopy(kwargs))
    except (Exception, SystemExit) as error:
        if _is_ours(error, function):
            raise
        if isinstance(error, ValueError) or (isinstance(error, Raised) and error.type_name == "ValueError"):
            return
        raise CheckFailed(_raised(name, error)) from None
    raise CheckFailed(_fail("value", f"`{name}` answers where no answer is right. Look at the question's text for "
                      "what it must refuse, and raise a ValueError that says what was given."))  # fmt: skip


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
    _raise(outcome, name)


def form_outcome(
    env: Mapping[str, Any], name: str, like: Any, at_least: float, at_most: float, choices: tuple[str, ...]
) -> Outcome:
    """Like `check_form`, but returns what it found."""
    got = env.get(name)
    if got is None or got is Ellipsis or got is NotImplemented:
        return _fail("missing", f"There is no answer in `{name}` yet. Put it where the `...` stands, run the cell, and "
                     "run the check again.")  # fmt: skip
    if (misfit := _structure(got, like, f"`{name}`", ())) is not None:
        return misfit
    examples = flatten(like, None, f"`{name}`")
    for label, leaf in flatten(got, None, f"`{name}`").items():
        if wrong := _misshapen(leaf, examples[label], at_least, at_most, choices):
            return _fail("type", f"{label} {wrong}", label=label)
    return Outcome(True, "ok", "It has the right form. Whether it is right, the hidden cases say.")


def _misshapen(leaf: Any, example: Any, at_least: float, at_most: float, choices: tuple[str, ...]) -> str:
    """What is wrong with the form of one answer; nothing if it could be right."""
    if isinstance(example, str):
        return f"should be one of {', '.join(map(repr, choices))}." if choices and leaf not in choices else ""
    got, wanted = np.asarray(leaf), np.asarray(example)
    if got.ndim != wanted.ndim:
        return f"should have {wanted.ndim} axes, but it has {got.ndim}."
    if got.dtype.kind not in "iuf":
        return f"should be a number, but it is of type {_type_name(leaf)}."
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


def outcome_of(
    env: Mapping[str, Any], name: str, args: tuple, kwargs: dict, oracle: Oracle | None = None
) -> Outcome:
    """Like `check`, but returns what it found; another oracle than the one set may be given."""
    function = env.get(name)
    if function is None or function is Ellipsis or function is NotImplemented:
        return _fail(
            "missing",
            f"There is no `{name}` in your notebook. Write it (its cell may not have been "
            "run), keep this name, and run the check again.",
        )
    if not callable(function):
        return _fail(
            "type",
            f"`{name}` should be a function, but it is now of type {_type_name(function)}. "
            "Does a later cell use the same name for something else?",
        )
    return _outcome_and_answer(function, name, args, kwargs, oracle or _oracle)[0]


def _outcome_and_answer(
    function: Callable[..., Any], name: str, args: tuple, kwargs: dict, oracle: Oracle
) -> tuple[Outcome, Any]:
    """What `function` is told about this call, and what it answered, if it did."""
    about: dict[str, Any] = {"asked": name, "traits": traits(name, args, kwargs)}
    given_args, given_kwargs = copy.deepcopy((args, kwargs))
    try:
        got = function(*given_args, **given_kwargs)
    except Misfit as error:  # ours, not the student's
        return _fail("raised", f"`{name}` can't be asked: {error}."), None
    except (Exception, SystemExit) as error:
        if _is_ours(error, function):
            raise
        return replace(_raised(name, error), **about), None
    if (mutated := _mutated(name, (args, kwargs), (given_args, given_kwargs))) is not None:
        return mutated, got
    answer = oracle.answer(name, args, kwargs)
    outcome = compare(got, answer.expected, answer.atol, LABELS.get(name), name=name)
    if outcome.kind in ("shape", "dtype", "finite", "value"):
        outcome = _diagnosed(outcome, got, answer, LABELS.get(name))
    if outcome.kind == "value":
        outcome = replace(outcome, detail=outcome.detail + _window(name, args, kwargs, outcome, got, answer))
    if outcome.kind in ("finite", "value"):
        outcome = replace(outcome, picture=_picture(name, args, kwargs, outcome.label, got, answer))
    return replace(outcome, **about), got


def _is_ours(error: BaseException, function: Any) -> bool:
    """Is it no exception of the student's? Of a function that lives `elsewhere` those arrive as `Raised`, and whatever
    else is raised here is a defect of the grader's."""
    return bool(getattr(function, "elsewhere", False)) and not isinstance(error, Raised)


def _fail(kind: str, message: str, detail: str = "", where: str = "", label: str = "") -> Outcome:
    return Outcome(False, kind, message, detail, where, label=label)


def _type_name(value: Any) -> str:
    return value.type_name if isinstance(value, Opaque) else type(value).__name__


def _raised(name: str, error: BaseException) -> Outcome:
    """The exception's own words may quote the input, so they stand in `detail`."""
    if isinstance(error, Raised):
        type_name, text, line = error.type_name, error.message, str(error.line)
    else:
        type_name, text, line = type(error).__name__, str(error), _student_line(error)
    if type_name == "NotImplementedError":
        return _fail(
            "missing",
            f"`{name}` is not written yet: it raises NotImplementedError. Replace that line with your code.",
        )
    at = f" at `{line.strip()}`" if line.strip() else ""
    return _fail(
        "raised",
        f"`{name}` stopped with {type_name}{at} instead of returning an answer. "
        "Call it in a cell of its own with small arrays and print the shapes just before that line.",
        detail=f"{type_name}: {text}" if text else "",
    )


def _student_line(error: BaseException) -> str:
    """The line of the student's function that was running, as it is written."""
    trace = error.__traceback__
    frame = trace.tb_next if trace is not None else None  # the first frame below ours
    return linecache.getline(frame.tb_frame.f_code.co_filename, frame.tb_lineno) if frame else ""


def _mutated(name: str, before: tuple[tuple, dict], after: tuple[tuple, dict]) -> Outcome | None:
    pairs = [(f"argument {i + 1}", a, b) for i, (a, b) in enumerate(zip(before[0], after[0], strict=True))]
    pairs += [(f"`{k}`", before[1][k], after[1][k]) for k in before[1]]
    changed = [which for which, a, b in pairs if key("", (a,), {}) != key("", (b,), {})]
    if not changed:
        return None
    return _fail(
        "mutated",
        f"`{name}` changed its input ({', '.join(changed)}). Whoever called it still needs the "
        "old values: write into a new array (`x.copy()`, `np.zeros_like(x)`), and watch for `+=` "
        "and `x[...] =` on an argument.",
    )


# The comparison ladder --------------------------------------------------------------------------------------


def compare(
    got: Any,
    expected: Any,
    atol: Any = 0.0,
    labels: tuple[str, ...] | None = None,
    *,
    name: str = "the result",
) -> Outcome:
    """Compare nested tuples, lists and dicts of arrays and numbers; the first difference decides.

    >>> compare(np.array([1.0, 2.0]), np.array([1.0, 2.0])).passed
    True
    >>> compare((np.ones(2), np.ones((2, 3))), (np.ones(2), np.ones((3, 2))), labels=("dx", "dw")).message
    'dw has shape (2, 3), expected (3, 2).'
    """
    subject = f"`{name}`" if name != "the result" else name
    if (misfit := _structure(got, expected, subject, labels or ())) is not None:
        return misfit
    answers, tolerances = flatten(got, labels, subject), flatten(atol, labels, subject)
    coarsest = _coarsest(answers)
    for label, right in flatten(expected, labels, subject).items():
        outcome = _compare_leaf(label, answers[label], right, tolerances.get(label, atol), coarsest)
        if not outcome.passed:
            return outcome
    return Outcome(True, "ok", "Every element is right.")


def flatten(
    value: Any, labels: tuple[str, ...] | None = None, name: str = "the result", nested: bool = False
) -> dict[str, Any]:
    """The leaves of a nest by label.

    >>> flatten((1.5, {"w": 2, "shape": (3, 4)}), ("loss", "grads"))
    {'loss': 1.5, 'w': 2, 'shape, item 0': 3, 'shape, item 1': 4}
    """
    if isinstance(value, dict):
        parts = [(str(k), v) for k, v in value.items()]
    elif isinstance(value, (tuple, list)):
        item = f"{name}, item" if nested else "item"
        parts = [(labels[i] if labels and i < len(labels) else f"{item} {i}", v) for i, v in enumerate(value)]
    else:
        return {name: value}
    return {label: leaf for part, v in parts for label, leaf in flatten(v, None, part, True).items()}


def _structure(got: Any, expected: Any, label: str, labels: tuple[str, ...]) -> Outcome | None:
    """An outcome if `got` has not the nesting of `expected`, else None."""
    if got is None:
        return _fail(
            "type",
            f"{label} came back as None. Is the function not written yet, or did you forget its `return`?",
            label=label,
        )
    if got is Ellipsis or got is NotImplemented or _type_name(got) in ("ellipsis", "NotImplementedType"):
        return _fail(
            "missing", f"{label} is still a placeholder (`...`). Replace it with your code.", label=label
        )
    if isinstance(expected, dict):
        return _structure_of_dict(got, expected, label)
    if isinstance(expected, (tuple, list)):
        wanted = f"{len(expected)} values" + (f" ({', '.join(labels)})" if labels else "")
        inside = label != "the result" and not label.startswith("`")  # a dictionary or another tuple
        if not isinstance(got, (tuple, list)) and inside:
            return _fail(
                "type",
                f"{label} should be a tuple of length {len(expected)}, but it is of type {_type_name(got)}. "
                "`(7,)` is a tuple of one number.",
                label=label,
            )
        if not isinstance(got, (tuple, list)):
            return _fail(
                "type",
                f"{label} should return {wanted}, but returned one {_type_name(got)}. "
                "Separate them by commas after `return`.",
                label=label,
            )
        if len(got) != len(expected):
            return _fail("type", f"{label} should return {wanted}, but returned {len(got)}.", label=label)
        names = [labels[i] if i < len(labels) else f"item {i}" for i in range(len(expected))]
        parts = (_structure(g, e, n, ()) for g, e, n in zip(got, expected, names, strict=True))
        return next((part for part in parts if part is not None), None)
    if isinstance(expected, str):
        wanted = f"{label} should be a word in quotes, but it is of type {_type_name(got)}."
        return None if isinstance(got, str) else _fail("type", wanted, label=label)
    if isinstance(got, (np.ndarray, np.generic, bool, int, float, complex)):
        return None
    wanted = "a NumPy array" if np.ndim(expected) else "a number"
    repair = " Turn it into one with `np.array(...)`." if isinstance(got, (list, tuple)) else ""
    return _fail(
        "type", f"{label} should be {wanted}, but it is of type {_type_name(got)}.{repair}", label=label
    )


def _structure_of_dict(got: Any, expected: dict, label: str) -> Outcome | None:
    if not isinstance(got, dict):
        return _fail("type", f"{label} should be a dict, but it is of type {_type_name(got)}.", label=label)
    if missing := [repr(k) for k in expected if k not in got]:
        return _fail("type", f"{label} lacks the key {', '.join(missing)}.", label=label)
    if extra := [k for k in got if k not in expected]:
        return _fail(
            "type",
            f"{label} has {len(extra)} key{'s' * (len(extra) > 1)} too many; expected are "
            f"{', '.join(map(repr, expected))}.",
            label=label,
        )
    parts = (_structure(got[k], expected[k], str(k), ()) for k in expected)
    return next((part for part in parts if part is not None), None)


def _coarsest(answers: Mapping[str, Any]) -> float:
    """The largest unit of an answer's parts: a gradient that went through a float32 layer is no finer than that layer."""
    return max((unit(np.asarray(part).dtype) for part in answers.values()), default=unit(np.float64))


def _compare_leaf(label: str, got: Any, expected: Any, atol: float, coarsest: float) -> Outcome:
    if isinstance(expected, str):
        same = got == expected
        return Outcome(
            same, "ok" if same else "value", f"{label} is {'right' if same else 'another word'}.", label=label
        )
    answer, right = np.asarray(got), np.asarray(expected)
    if answer.shape != right.shape:
        return _fail(
            "shape",
            f"{label} has shape {answer.shape}, expected {right.shape}.",
            where=_where_shape(answer.shape, right.shape),
            label=label,
        )
    if right.dtype.kind in "iu":
        return _compare_integers(label, answer, right)
    if answer.dtype.kind != "f" or answer.dtype.itemsize < 4:
        return _fail(
            "dtype",
            f"{label} has dtype {answer.dtype}, expected {right.dtype}. {_dtype_hint(answer.dtype)}",
            label=label,
        )
    coarser = max(1.0, coarsest / unit(right.dtype))
    with np.errstate(all="ignore"):
        differs = ~(np.abs(answer.astype(np.float64) - right.astype(np.float64)) <= atol * coarser)
        differs &= ~((answer == right) | (np.isnan(answer) & np.isnan(right)))
    if not differs.any():
        return Outcome(True, "ok", "Every element is right.")
    lost = ~np.isfinite(answer) & np.isfinite(right)
    if lost.any():
        what = "NaN" if np.isnan(answer).any() else "infinite"
        count = "is" if right.ndim == 0 else f"is in {lost.sum()} of {lost.size} places"
        return _fail(
            "finite",
            f"{label} {count} {what}. A division 0/0, an overflowing exponential or the logarithm "
            "of 0 does that: print the intermediate values and find the first one.",
            where=_where(lost, None, None, label, verbs=(f"is {what}", f"are {what}")),
            label=label,
        )
    count = "" if right.ndim == 0 else f" in {differs.sum()} of {differs.size} elements"
    message = f"{label} has the right {'type' if right.ndim == 0 else 'shape'}, but another value{count}."
    return _fail(
        "value", message, _detail(label, answer, right, differs), _where(differs, answer, right, label), label
    )


def _compare_integers(label: str, answer: np.ndarray, right: np.ndarray) -> Outcome:
    if answer.dtype.kind not in "iuf":
        return _fail("dtype", f"{label} has dtype {answer.dtype}, expected whole numbers.", label=label)
    if np.array_equal(answer, right):
        if answer.dtype.kind in "iu":
            return Outcome(True, "ok", "Every element is right.")
        return _fail(
            "dtype",
            f"{label} has the right value, but as a float; a size is a whole number. "
            "Divide with `//`, or finish with `int(...)`.",
            label=label,
        )
    if right.ndim:
        differs = answer != right
        message = (
            f"{label} has the right shape, but other numbers in {differs.sum()} of {differs.size} places."
        )
        where = _where(differs, answer, right, label)
        return _fail("value", message, _detail(label, answer, right, differs), where, label)
    whole = np.array_equal(answer, np.floor(answer))
    message = (
        f"{label} is {answer}: another number than expected."
        if whole
        else (f"{label} is {answer}, but half a position does not exist: a size is a whole number.")
    )
    return _fail("value", message, f"expected {right}, got {answer}", label=label)


def _dtype_hint(dtype: np.dtype) -> str:
    return {
        "i": "Allocate the result with a float dtype: whole numbers cut the decimals off.",
        "u": "Convert to float first: unsigned numbers wrap around below 0.",
        "b": "A comparison gives True and False; did you mean to multiply by it?",
        "c": "The imaginary part is rounding dust: take `.real`.",
        "f": "float16 keeps three digits only: keep the input's dtype.",
    }.get(dtype.kind, "It should hold floating-point numbers.")


def unit(dtype: Any) -> float:
    """eps, the distance from 1 to the next number of a dtype: the step in which a comparison counts.

    float64 is granted 1e-11 instead of its 2.2e-16: no wrong idea is that small, and a guard such as log(p + 1e-12)
    is no mistake. An integer input is computed in float64.

    >>> f"{unit(np.float32):.1e}", unit(np.float64), unit(np.int64)
    ('1.2e-07', 1e-11, 1e-11)
    """
    dtype = np.dtype(dtype)
    return max(float(np.finfo(dtype).eps), 1e-11) if dtype.kind == "f" else 1e-11


def tolerance(magnitude: float, terms: int, dtype: Any) -> float:
    """The absolute tolerance for sums of `terms` products whose absolute values add up to `magnitude`: eight times the
    sqrt(terms) rounding errors that are to be expected, each half a unit (see the top of this file).

    >>> f"{tolerance(magnitude=100.0, terms=25, dtype=np.float32):.1e}"
    '2.4e-04'
    """
    return 4 * unit(dtype) * math.sqrt(max(terms, 1)) * float(magnitude)


# Which idea is behind it ------------------------------------------------------------------------------------


def _diagnosed(outcome: Outcome, got: Any, answer: Answer, labels: tuple[str, ...] | None) -> Outcome:
    """Add every wrong idea whose whole answer is the student's; failing that, whose first wrong part is."""
    if outcome.passed:
        return outcome
    whole, part = [], []
    for card, wrong in answer.wrong:
        all_of_it = _equal(got, wrong, answer.atol, labels, right=answer.expected)
        if not all_of_it and not _equal(
            got, wrong, answer.atol, labels, only=outcome.label, right=answer.expected
        ):
            continue
        if _equal(wrong, answer.expected, answer.atol, labels):
            continue  # on these inputs the wrong idea is right: it explains nothing
        if all_of_it:
            whole.append(card)
        else:
            part.append((card, wrong))
    explained = [
        card
        for card, wrong in part
        if not _equal(wrong, answer.expected, answer.atol, labels, only=outcome.label)
    ]
    outcome = replace(outcome, compared=(got, answer))
    if cards := tuple(dict.fromkeys(whole or explained)):
        return replace(outcome, diagnosis=one_of(cards), candidates=cards)
    if outcome.kind == "dtype":
        return outcome
    return replace(outcome, message=outcome.message + _known(got, answer, labels))


UNEXPLAINED = " None of the wrong ideas that we know gives this answer."


def _known(got: Any, answer: Answer, labels: tuple[str, ...] | None) -> str:
    """What can be said of an answer that no idea explains: which of its parts are right.

    >>> _known((1.0, 2.0, 3.0), Answer((1.0, 0.0, 3.0), 0.0), ("dx", "dw", "db"))
    ' dx and db are right. None of the wrong ideas that we know gives this answer.'
    """
    answers, tolerances = flatten(got, labels), flatten(answer.atol, labels)
    expected = flatten(answer.expected, labels)
    coarsest = _coarsest(answers)
    right = [
        k for k, v in expected.items() if _close(answers[k], v, tolerances.get(k, answer.atol), v, coarsest)
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


def _equal(
    a: Any, b: Any, atol: Any, labels: tuple[str, ...] | None, only: str = "", right: Any = None
) -> bool:
    """Equal in shape and values, whatever the dtype; `only` looks at one label of a nest. `atol` is that of the `right`
    answer, which is `b` where nothing is said, and of its dtype."""
    left, other, tolerances = (flatten(v, labels) for v in (a, b, atol))
    if left.keys() != other.keys() or (only and only not in left):
        return False
    rights, coarsest = flatten(b if right is None else right, labels), _coarsest(left)
    return all(
        _close(left[k], other[k], tolerances.get(k, atol), rights.get(k, other[k]), coarsest)
        for k in ([only] if only else left)
    )


def _close(a: Any, b: Any, atol: float, right: Any, coarsest: float) -> bool:
    a, b = np.asarray(a), np.asarray(b)
    if a.dtype.kind == b.dtype.kind == "U":
        return bool(a == b)
    if a.shape != b.shape or a.dtype.kind not in "iufb" or b.dtype.kind not in "iufb":
        return False
    granted = atol * max(1.0, coarsest / unit(np.asarray(right).dtype))
    a, b = a.astype(np.float64), b.astype(np.float64)
    with np.errstate(all="ignore"):
        near = (np.abs(a - b) <= granted) | (a == b)
    return bool(near.all() or (near | (np.isnan(a) & np.isnan(b))).all())


# Where it differs -------------------------------------------------------------------------------------------


def _where(
    differs: np.ndarray,
    got: np.ndarray | None,
    expected: np.ndarray | None,
    label: str,
    verbs: tuple[str, str] = ("differs", "differ"),
) -> str:
    """The first pattern, most telling first, that describes the sizes and places of the differences.

    >>> right = np.arange(1.0, 13.0).reshape(3, 4)
    >>> _where(np.ones((3, 4), bool), 2 * right, right, "dw")
    'every element is 2 times what it should be'
    """
    if differs.size < 2:
        return ""
    names = _names_of_axes(label, differs.ndim)
    across = _drawn_axes(label, differs.ndim)
    where = _of_places(differs, names, across, verbs)
    if got is None or expected is None:
        return where or (f"every element {verbs[0]}" if differs.all() else "")
    got, expected = got.astype(np.float64), expected.astype(np.float64)
    if told := _of_sizes(got, expected):
        return f"every element is {told}"
    if told := _rearranged(got, expected, names, across):
        return told
    if where:
        told = _of_sizes(got[differs], expected[differs])
        return f"{where}; each wrong element is {told}" if told else where
    return f"every element {verbs[0]}" if differs.all() else ""


def _names_of_axes(label: str, axes: int) -> tuple[str, ...]:
    if axes == 3 and label not in PICTURES:
        return ()
    return KERNEL_AXES if label == "dw" and axes == 4 else AXES.get(axes, ())


def _near(got: np.ndarray, expected: np.ndarray) -> bool:
    scale = float(np.abs(expected).max()) or 1.0
    return math.isfinite(scale) and bool((np.abs(got - expected) <= 1e-5 * scale).all())


def _varies(values: np.ndarray) -> bool:
    return bool(values.size > 2 and np.ptp(values) > 1e-3 * float(np.abs(values).max()))


def _of_sizes(got: np.ndarray, expected: np.ndarray) -> str:
    """How all elements are wrong in the same way: nothing, a factor, an offset."""
    if not (np.isfinite(got).all() and np.isfinite(expected).all()):
        return ""
    if expected.size > 1 and np.abs(expected).max() > 0 and not got.any():
        return "0"
    if not _varies(expected):
        return ""  # a factor and an offset are the same then
    factor = float((got * expected).sum() / (expected * expected).sum())
    if factor and abs(factor - 1) > 1e-3 and _near(got, factor * expected):
        return f"{factor:.4g} times what it should be"
    offset = float((got - expected).mean())
    return f"off by the same number, {offset:+.4g}" if _near(got, expected + offset) else ""


def _rearranged(
    got: np.ndarray, expected: np.ndarray, names: tuple[str, ...], across: tuple[int, ...]
) -> str:
    """Are the right numbers there, at other places?"""
    if not names:
        return ""
    rows_and_columns = [(*across, "rows and columns")] if len(across) == 2 else []
    channels = [(2, 3, "input and output channels")] if names == KERNEL_AXES else []
    for a, b, what in (*rows_and_columns, *channels):
        if expected.shape[a] == expected.shape[b] and _near(got, expected.swapaxes(a, b)):
            return f"{what} are exchanged"
    for axes in [*((axis,) for axis in across), across]:
        if _near(got, np.flip(expected, axes)):
            return f"the {' and the '.join(f'{names[axis]}s' for axis in axes)} stand in reverse order"
    for axis in across:
        if told := _rolled(got, expected, axis, names[axis]):
            return told
    return _shifted(got, expected, names, across) if len(across) == 2 else ""


def _rolled(got: np.ndarray, expected: np.ndarray, axis: int, name: str) -> str:
    size = expected.shape[axis]
    by = next((k for k in range(1, size) if _near(got, np.roll(expected, k, axis))), 0)
    signed = by if 2 * by <= size else by - size
    return f"the {name}s are rolled by {signed}: what belongs to {name} 0 stands at {name} {by}" if by else ""


SHIFTS = sorted(
    ((down, right) for down in range(-2, 3) for right in range(-2, 3) if down or right),
    key=lambda by: abs(by[0]) + abs(by[1]),
)


def _shifted(got: np.ndarray, expected: np.ndarray, names: tuple[str, ...], across: tuple[int, ...]) -> str:
    """Does everything stand up to two rows or columns beside its place? What comes in at the edge may be anything."""
    for down, right in SHIFTS:
        here, there = ([slice(None)] * expected.ndim for _ in range(2))
        for axis, by in zip(across, (down, right), strict=True):
            here[axis] = slice(max(by, 0), expected.shape[axis] + min(by, 0))
            there[axis] = slice(max(-by, 0), expected.shape[axis] - max(by, 0))
        belongs = expected[tuple(there)]
        if 2 * belongs.size < expected.size or min(belongs.shape[axis] for axis in across) < 2:
            continue
        if _varies(belongs) and _near(got[tuple(here)], belongs):
            steps = ((down, across[0], "down", "up"), (right, across[1], "right", "left"))
            return "everything stands " + " and ".join(
                f"{abs(by)} {names[axis]}{'s' * (abs(by) > 1)} too far {after if by > 0 else before}"
                for by, axis, after, before in steps
                if by
            )
    return ""


def _of_places(
    differs: np.ndarray, names: tuple[str, ...], across: tuple[int, ...], verbs: tuple[str, str]
) -> str:
    if not names:
        return ""
    one, many = verbs
    if told := _one_index(differs, names, one):
        return told
    if len(across) < 2:
        return ""
    plane = np.asarray(differs.any(axis=tuple(i for i in range(differs.ndim) if i not in across)))
    rows, columns = (names[axis] for axis in across)
    return (
        _one_edge(plane, rows, columns, many)
        or _border(plane, one, deepest=1)
        or _every_second_position(plane, verbs)
        or _every_second(np.asarray(plane.any(axis=1)), rows, one)
        or _every_second(np.asarray(plane.any(axis=0)), columns, one)
        or _border(plane, one, deepest=min(plane.shape) // 2 - 1)
    )


def _one_index(differs: np.ndarray, names: tuple[str, ...], verb: str) -> str:
    """All differences at one index of an axis, or all but one: image 0, channel 2, the last row."""
    for axis, name in enumerate(names):
        if (size := differs.shape[axis]) < 2:
            continue
        bad = np.asarray(differs.any(axis=tuple(i for i in range(differs.ndim) if i != axis)))
        spatial = name.endswith(("row", "column"))
        ends = {0: f"the first {name}", size - 1: f"the last {name}"} if spatial else {}
        if bad.sum() == 1:
            index = int(bad.argmax())
            return f"only {ends.get(index, f'{name} {index}')} {verb}"
        if bad.sum() == size - 1 and (right := int(bad.argmin())) in (ends or {0: ""}):
            return f"only {ends.get(right, f'{name} {right}')} is right"
    return ""


def _one_edge(plane: np.ndarray, row: str, column: str, verb: str) -> str:
    """Differences only in the last row and the last column, or only in the first ones."""
    if min(plane.shape) < 2:
        return ""
    if not plane[:-1, :-1].any():
        return f"only the last {row} and the last {column} {verb}"
    if not plane[1:, 1:].any():
        return f"only the first {row} and the first {column} {verb}"
    return ""


def _border(plane: np.ndarray, verb: str, deepest: int) -> str:
    """Differences only near the edge, and in most places there."""
    if min(plane.shape) < 3:
        return ""
    deep = next((d for d in range(1, deepest + 1) if not plane[d:-d, d:-d].any()), 0)
    if not deep or 2 * plane.sum() < plane.size - plane[deep:-deep, deep:-deep].size:
        return ""
    return f"only the border {verb}{f', {deep} positions deep' if deep > 1 else ''}"


def _every_second(bad: np.ndarray, name: str, verb: str) -> str:
    """Differences in every second or third row, and in no other; or everywhere else."""
    for step, word in ((2, "second"), (3, "third")):
        for first in range(min(step, bad.size - step)):
            rare = np.arange(bad.size) % step == first
            if np.array_equal(bad, rare):
                return f"every {word} {name} {verb}"
            if np.array_equal(bad, ~rare):
                return f"every second {name} {verb}" if step == 2 else f"only every {word} {name} is right"
    return ""


def _every_second_position(plane: np.ndarray, verbs: tuple[str, str]) -> str:
    """As a stride leaves them: every second position down and across is right, or is the only one that isn't."""
    for step, word in ((2, "second"), (3, "third")):
        for row, column in np.ndindex(*(min(step, max(size - step, 0)) for size in plane.shape)):
            rare = np.zeros_like(plane)
            rare[row::step, column::step] = True
            if np.array_equal(plane, ~rare):
                return f"every {word} position, down and across, is right; those between {verbs[1]}"
            if np.array_equal(plane, rare):
                return f"only every {word} position, down and across, {verbs[0]}"
    return ""


def _where_shape(got: tuple[int, ...], expected: tuple[int, ...]) -> str:
    if len(got) != len(expected):
        return f"{len(got)} axes instead of {len(expected)}"
    if len(got) == 4:
        n, h, w, c = expected
        if got == (n, w, h, c):
            return "height and width are exchanged"
        if got == (n, c, h, w):
            return "the channels stand before height and width; here they come last"
        if got[0] != n and got[1:] == expected[1:]:
            return "only the number of images differs"
        if got[3] != c and got[:3] == expected[:3]:
            return "only the number of channels differs"
        return " and ".join(
            f"{abs(g - e)} {name}{'s' * (abs(g - e) > 1)} too {'many' if g > e else 'few'}"
            for g, e, name in zip(got[1:3], (h, w), ("row", "column"), strict=True)
            if g != e
        )
    if len(got) == 2 and got == expected[::-1]:
        return "rows and columns are exchanged"
    return ""


# Small tables for public cases ------------------------------------------------------------------------------


def _detail(label: str, got: np.ndarray, expected: np.ndarray, differs: np.ndarray) -> str:
    if expected.ndim == 0:
        return f"expected {expected:.6g}, got {got:.6g}"
    place = tuple(int(i) for i in np.argwhere(differs)[0])
    head = (
        f"first difference at {label}[{', '.join(map(str, place))}]: "
        f"expected {expected[place]:.6g}, got {got[place]:.6g}"
    )
    if expected.ndim < 2:
        return head
    axes = _drawn_axes(label, expected.ndim)
    patch: list[Any] = list(place)
    for axis in axes:
        start = max(0, min(place[axis] - 2, expected.shape[axis] - 5))
        patch[axis] = slice(start, start + 5)
    there = tuple(patch)
    return f"{head}\n\nexpected around it\n{table(expected[there])}\n\ngot\n{table(got[there])}"


def table(values: np.ndarray) -> str:
    """A small matrix as aligned text.

    >>> print(table(np.array([[1.0, -20.0], [3.5, 4.0]])))
         1   -20
       3.5     4
    """
    cells = [[f"{v:.4g}" for v in row] for row in np.atleast_2d(values)]
    width = max(len(cell) for row in cells for cell in row) + 3
    return "\n".join("".join(cell.rjust(width) for cell in row) for row in cells)


def _window(name: str, args: tuple, kwargs: dict, outcome: Outcome, got: Any, answer: Answer) -> str:
    """The input that the first wrong output looks at, and the kernel."""
    if name not in WINDOWED:
        return ""
    place = _first_difference(np.asarray(got), np.asarray(answer.expected), answer.atol)
    window, kernel = _behind(name, args, kwargs, place)
    if window is None:
        return ""
    channel = 0 if kernel is not None else place[3]
    text = f"\n\nthe window it looks at, channel {channel}\n{table(window)}"
    if kernel is None:
        return text
    return f"{text}\n\nthe kernel from input channel 0 to output channel {place[3]}\n{table(kernel)}"


WINDOWED = ("conv2d_forward", "max_pool2d_forward", "avg_pool2d_forward")


def _first_difference(got: np.ndarray, expected: np.ndarray, atol: Any) -> tuple[int, ...]:
    coarser = max(1.0, unit(got.dtype) / unit(expected.dtype))
    with np.errstate(all="ignore"):
        differs = ~((np.abs(got - expected) <= atol * coarser) | (got == expected))
    return tuple(int(i) for i in np.argwhere(differs)[0])


def _behind(
    name: str, args: tuple, kwargs: dict, place: tuple[int, ...], zeros: Zeros | None = None
) -> tuple[np.ndarray | None, np.ndarray | None]:
    """The window of the input and the kernel, of one channel, behind one output: as `_all_behind` has them."""
    window, kernel = _all_behind(name, args, kwargs, place, zeros)
    if window is None or kernel is None:
        return None if window is None else window[:, :, place[3]], None
    return window[:, :, 0], kernel[:, :, 0]


def _all_behind(
    name: str, args: tuple, kwargs: dict, place: tuple[int, ...], zeros: Zeros | None = None
) -> tuple[np.ndarray | None, np.ndarray | None]:
    """The window (KH, KW, C) of the input behind one output, and the kernel of that output. None where nothing is known
    of the `zeros` that "same" puts around the image; a pooling window has none of them."""
    given = dict(zip(ARGUMENTS[name], args, strict=False)) | kwargs
    if given.get("padding", "valid") == "valid":
        zeros = NO_ZEROS
    if zeros is None:
        return None, None
    is_conv = name == "conv2d_forward"
    size = given["w"].shape[:2] if is_conv else _pair(given.get("pool_size", 2))
    strides = _pair(given.get("strides") or (1 if is_conv else size))
    x = np.pad(given["x"], ((0, 0), *zeros, (0, 0))) if is_conv else given["x"]
    spans = []
    for at, k, step, apart, (before, _) in zip(
        place[1:3], size, strides, _pair(given.get("dilation_rate", 1)), zeros, strict=True
    ):
        start = at * step - (0 if is_conv else before)
        spans.append(slice(max(start, 0), start + (k - 1) * apart + 1, apart))
    return x[place[0], spans[0], spans[1]], given["w"][..., place[3]] if is_conv else None


LARGEST_PICTURE = 32  # rows or columns


def _picture(
    name: str, args: tuple, kwargs: dict, label: str, got: Any, answer: Answer, zeros: Zeros | None = None
) -> Picture | None:
    """The image and channel of the first difference, or the part of a larger one around it; None for a number."""
    labels = LABELS.get(name)
    right = np.asarray(flatten(answer.expected, labels, f"`{name}`")[label])
    answered = np.asarray(flatten(got, labels, f"`{name}`")[label])
    if not right.ndim:
        return None
    atol = flatten(answer.atol, labels, f"`{name}`").get(label, answer.atol)
    place = _first_difference(answered, right, atol)
    plane: list[Any] = list(place)
    across = _drawn_axes(label, right.ndim)
    for axis in across:
        start = LARGEST_PICTURE * (place[axis] // LARGEST_PICTURE)
        plane[axis] = slice(start, start + LARGEST_PICTURE)
    shown = np.atleast_2d(right[tuple(plane)]), np.atleast_2d(answered[tuple(plane)])
    row, column = (0, *(place[axis] % LARGEST_PICTURE for axis in across))[-2:]
    window, kernel = _behind(name, args, kwargs, place, zeros) if name in WINDOWED else (None, None)
    return Picture(*shown, _plane(label, place, right.ndim), (row, column), window, kernel)


def _drawn_axes(label: str, axes: int) -> tuple[int, ...]:
    """Rows and columns: of an image, or of a kernel."""
    if axes < 3:
        return (0, 1)[:axes]
    return (0, 1) if label in PICTURES or (label == "dw" and axes == 4) else (1, 2)


def _plane(label: str, place: tuple[int, ...], axes: int) -> str:
    """What part of an answer a picture shows.

    >>> _plane("dx", (1, 4, 0, 2), 4), _plane("dw", (0, 0, 1, 3), 4), _plane("`dense_forward`", (0, 1), 2)
    ('dx of image 1, channel 2', 'dw from input channel 1 to output channel 3', 'dense_forward')
    """
    name = label.strip("`")
    if axes == 3:
        return f"{name}, channel {place[2]}" if label in PICTURES else f"{name}[{place[0]}]"
    if axes != 4:
        return name
    if label == "dw":
        return f"{name} from input channel {place[2]} to output channel {place[3]}"
    return f"{name} of image {place[0]}, channel {place[3]}"


def _pair(value: Any) -> tuple[int, int]:
    return (value, value) if isinstance(value, int) else tuple(value)


# A small example --------------------------------------------------------------------------------------------
#
# A wrong answer to a large input can't be followed by hand. So the function is asked again, about small inputs of whole
# numbers that stand ready on a ladder, the smallest first, until one shows the same mistake. A ladder is public and fixed:
# of the case that failed, only what kind of options it had chooses among the rungs.

ARGUMENTS = {
    name: tuple(words.split())
    for name, words in {
        "conv_output_size": "size kernel_size strides padding dilation_rate",
        "same_padding": "size kernel_size strides dilation_rate",
        "zero_pad2d": "x padding",
        "conv2d_forward": "x w b strides padding dilation_rate",
        "conv2d_backward": "dout x w strides padding dilation_rate",
        "max_pool2d_forward": "x pool_size strides padding",
        "max_pool2d_backward": "dout x pool_size strides padding",
        "avg_pool2d_forward": "x pool_size strides padding",
        "avg_pool2d_backward": "dout x pool_size strides padding",
        "global_avg_pool2d_forward": "x",
        "global_avg_pool2d_backward": "dout x",
        "dense_forward": "x w b",
        "dense_backward": "dout x w",
        "relu_forward": "x",
        "relu_backward": "dout x",
        "softmax_cross_entropy": "logits labels",
        "sgd_step": "params grads learning_rate",
        "gradient_of_polynomial": "coefficients x h",
        "first_layer": "x w b dout",
        "im2col": "x kernel_size strides padding",
        "shifted": "images down right",
        "lenet_activation_sizes": "height width padding",
        "conv_parameters": "kernel_size in_channels filters use_bias",
        "dense_parameters": "inputs units use_bias",
        "lenet_parameters": "height width padding",
        "accuracy": "probabilities labels",
        "confusion_matrix": "labels predictions classes",
        "pixel_uses": "size kernel_size padding",
        # a1_convolution_arithmetic
        "pixels_read": "position size kernel_size strides padding dilation_rate",
        "conv_output_shape": "image_shape kernel_size filters strides padding dilation_rate",
        "pool_output_shape": "image_shape pool_size strides",
        "activation_shapes": "image_shape layers",
        "fully_connected_parameters": "inputs units",
        "convolved_parameters": "image_shape kernel_size filters padding units",
        "local_layer": "height width kernel_size",
        "parameters_by_layer": "image_shape layers",
        "receptive_field": "layers",
        "conv_cost": "image_shape kernel_size filters padding",
        "cross_entropy": "probabilities classes",
        # a2_convolution_lab
        "picture_shape": "image",
        "largest_value": "image",
        "pixel_value": "image row column channel",
        "batch_shape": "count height width channels",
        "to_grey": "image",
        "correlate1d": "x kernel",
        "convolve2d": "image kernel",
        "shape_after": "image_shape kernel_shape times",
        "zeros_around": "kernel_shape",
        "moving_average": "image size",
        "readings": "pixels places",
        "repair": "image",
        "kernels_behind": "image maps",
        "flat_response": "kernel level",
        "feature_maps": "image kernels biases",
        "unmoved_share": "image size shift",
        "pixels_wrong": "mask size",
        "best_match": "image template",
        "convolution_matrix": "kernel length",
        "dense_weights": "height width",
        "equivariance_errors": "image kernel down right",
        "behaviour": "operation",
        # a6_modern_architectures
        "alexnet_activation_sizes": "size padding",
        "inception_parameters": "in_channels filters reductions",
        "resnet_parameters": "blocks bottleneck",
        "head_parameters": "height width channels classes head",
        "class_maps": "maps w b",
        "ensemble_predictions": "probabilities",
        "single_networks": "networks on_test errors",
        "relative_drop": "before after",
        # a7_transfer_learning
        "transfer_parameters": "size filters classes frozen batch_normalized",
        "class_means": "features labels classes",
        "nearest_class": "features means",
        "training_cost": "images epochs base head way",
        "choose_rate": "rates losses",
        "as_input": "kind signal",
        "values_seen": "network steps kernel_sizes",
        "rnn_forward": "x w_x w_h b",
        # a5_vgg
        "stack_reach": "kernel_size layers",
        "stack_parameters": "kernel_size layers channels",
        "vgg_depth": "convolutions dense",
        "vgg_parameters": "convolutions filters dense image classes",
        "dropout": "x noise rate training",
        "moved_images": "images moves",
        "top_k_error": "probabilities labels k",
        "accuracy_interval": "right total",
        "leaderboard": "accuracies parameters budget",
    }.items()
}
SHOWN = ("raised", "shape", "finite", "value")  # the failures that an example makes clearer
EXAMPLE_SECONDS = 0.3  # of computing, then no other input is tried; or ten times that on the wall clock
MOST_NUMBERS, MOST_TABLES = 64, 4  # of an answer that are printed
WIDTH = 84  # characters of a line of tables


@dataclass(frozen=True, eq=False)
class Rung:
    """A small input of whole numbers, and the zeros that "same" puts around its image."""

    args: tuple
    kwargs: dict = field(default_factory=dict)
    zeros: Zeros = NO_ZEROS


RUNG = ("args", "kwargs", "zeros")
Wrong = tuple[tuple[Diagnosis, Any], ...]


class Examples(Oracle, Protocol):
    """An oracle that has small inputs too."""

    def ladder(self, outcome: Outcome) -> Iterable[Rung]:
        """Inputs worth asking about after this outcome, the smallest first."""

    def believed(self, name: str, rung: Rung, cards: tuple[Diagnosis, ...]) -> Wrong:
        """The answers of those of these ideas that are wrong here, in one way at least, with None for one that leads to no
        answer."""

    def simplify(self, rung: Rung, shows: Callable[[Rung], bool]) -> Rung:
        """The rung with smaller numbers, as far as it still `shows` the mistake."""


def traits(name: str, args: tuple, kwargs: dict) -> frozenset[str]:
    """What kind of options a call has: all that the search for an example may know of a case that failed.

    >>> sorted(traits("conv2d_forward", (np.ones((1, 3, 3, 1)), 0, 0), {"strides": (2, 1), "padding": "same"}))
    ['same', 'strides', 'unequal strides']
    """
    given = dict(zip(ARGUMENTS.get(name, ()), args, strict=False)) | kwargs
    found = set()
    for option in ("strides", "dilation_rate"):
        usual = _pair(given.get("pool_size", 2)) if "pool" in name else (1, 1)
        down, across = _pair(given.get(option) or usual)
        if (down, across) != usual:
            found |= {option} if down == across else {option, f"unequal {option}"}
    if isinstance(padding := given.get("padding"), str):
        found |= {padding} - {"valid"}
    elif padding:
        found.add("padding")
    if given.get("use_bias") is False:
        found.add("no bias")
    if args and isinstance(args[0], np.ndarray) and args[0].dtype.kind in "iub":
        found.add("whole numbers")
    return frozenset(found)


def suited(rungs: Iterable[Rung], outcome: Outcome) -> Iterator[Rung]:
    """The rungs for an outcome: with a wrong idea any, as it knows where it shows, else those of no other options."""
    for rung in rungs:
        if outcome.candidates or traits(outcome.asked, rung.args, rung.kwargs) <= outcome.traits:
            yield rung


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
        outcome = search.told_apart(outcome)
        return outcome if outcome.example else search.with_smallest(outcome)


def _after(seconds: float) -> Callable[[], bool]:
    computing, clock = time.thread_time() + seconds, time.monotonic() + 10 * seconds
    return lambda: time.thread_time() > computing or time.monotonic() > clock


@dataclass(frozen=True)
class _Seen:
    """What a function made of a rung."""

    rung: Rung
    outcome: Outcome
    got: Any
    answer: Answer


@dataclass(frozen=True)
class _Search:
    function: Callable[..., Any]
    oracle: Examples
    over: Callable[[], bool]
    whose: str

    def told_apart(self, outcome: Outcome) -> Outcome:
        """Keep the candidates that give the function's answers to small inputs about which the candidates disagree."""
        for rung in self.oracle.ladder(outcome) if len(outcome.candidates) > 1 else ():
            if len(outcome.candidates) < 2 or self.over():
                break
            wrong = self.oracle.believed(outcome.asked, rung, outcome.candidates)
            if {card for card, _ in wrong} == set(outcome.candidates) and agree(
                outcome.asked, [value for _, value in wrong]
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

    def _refuted(self, seen: _Seen, wrong: Wrong) -> set[Diagnosis]:
        """The cards that no one has whose answer here is right."""
        name, answer = seen.outcome.asked, seen.answer
        right = {
            card
            for card, value in wrong
            if value is not None and agree(name, [value, answer.expected], answer.atol)
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
            if _same_mistake(seen, outcome):
                return replace(outcome, example=self._example(self._simplified(seen, outcome)))
            tried.append(seen)
        if elsewhere := next((seen for seen in tried if seen.outcome.candidates), None):
            return replace(outcome, example=self._example(elsewhere))
        if self.over() or not tried or not all(seen.outcome.passed for seen in tried):
            return outcome
        words = f" About the {len(tried)} small inputs of such options that we tried it is right: what do larger ones have?"
        return replace(outcome, message=outcome.message + words)

    def _simplified(self, seen: _Seen, outcome: Outcome) -> _Seen:
        """What is known of an idea is simple already, and a shape is wrong whatever the numbers are."""
        if outcome.candidates or outcome.kind in ("raised", "shape"):
            return seen

        def shows(rung: Rung) -> bool:
            simpler = self._ask(outcome, rung)
            return simpler is not None and _same_mistake(simpler, outcome)

        simplest = self._ask(outcome, self.oracle.simplify(seen.rung, shows))
        return simplest if simplest and _same_mistake(simplest, outcome) else seen

    def _ask(self, outcome: Outcome, rung: Rung) -> _Seen | None:
        """None when there is no time for an answer, or was none."""
        if self.over():
            return None
        name = outcome.asked
        wrong = self.oracle.believed(name, rung, outcome.candidates)
        answer = replace(self.oracle.answer(name, rung.args, rung.kwargs), wrong=wrong)
        seen, got = _outcome_and_answer(self.function, name, rung.args, rung.kwargs, _Known(answer))
        return None if self.over() else _Seen(rung, seen, got, answer)

    def _example(self, seen: _Seen, words: str = "") -> Example:
        name, rung, outcome = seen.outcome.asked, seen.rung, seen.outcome
        drawn = outcome.kind in ("finite", "value")
        return Example(
            _call(name, rung),
            words + _followed(seen, self.whose),
            _picture(name, rung.args, rung.kwargs, outcome.label, seen.got, seen.answer, rung.zeros)
            if drawn
            else None,
        )


@dataclass(frozen=True)
class _Known:
    """An oracle with one answer."""

    known: Answer

    def answer(self, name: str, args: tuple, kwargs: dict) -> Answer:
        return self.known


def _same_mistake(seen: _Seen, outcome: Outcome) -> bool:
    """Is it of the same kind in the same part, and explained by a candidate if there are any?"""
    alike = (seen.outcome.kind, seen.outcome.label) == (outcome.kind, outcome.label)
    return alike and bool(seen.outcome.candidates or not outcome.candidates)


def agree(name: str, answers: list[Any], atol: Any = 1e-9) -> bool:
    """Are these answers of the function called `name` equal, whatever their dtypes?"""
    return all(_equal(answers[0], answer, atol, LABELS.get(name)) for answer in answers[1:])


# An example as text: the inputs side by side, what is expected beside what came, the first difference as a sum.

Block = tuple[str, list[str]]  # a title, and the lines of a table


def _call(name: str, rung: Rung) -> str:
    """
    >>> _call("conv2d_forward", Rung((np.ones((1, 3, 3, 1)), np.ones((2, 2, 1, 1)), np.zeros(1)), {"strides": 2}))
    'conv2d_forward(x, w, b, strides=2)'
    """
    given = [
        argument if isinstance(value, (np.ndarray, dict)) else repr(value)
        for argument, value in zip(ARGUMENTS[name], rung.args, strict=False)
    ]
    return f"{name}({', '.join([*given, *(f'{option}={value!r}' for option, value in rung.kwargs.items())])})"


def _followed(seen: _Seen, whose: str) -> str:
    name, outcome = seen.outcome.asked, seen.outcome
    inputs = [
        block
        for argument, value in zip(ARGUMENTS[name], seen.rung.args, strict=False)
        for block in _blocks(argument, value)
    ]
    expected = flatten(seen.answer.expected, LABELS.get(name), f"`{name}`")
    if outcome.kind == "raised":
        right = [
            block
            for label, value in expected.items()
            for block in _blocks(_title("expected", label), value, label)
        ]
        words = outcome.message.partition(" instead of")[0].replace(f"`{name}`", "it", 1)
        results = [_side_by_side(right), f"{whose}: {words}. {outcome.detail[:200]}"]
    else:
        got = flatten(seen.got, LABELS.get(name), f"`{name}`")[outcome.label]
        results = [_compared(outcome.label, np.asarray(expected[outcome.label]), np.asarray(got), whose)]
        if outcome.kind in ("finite", "value") and name in WINDOWED:
            results.append(_as_a_sum(seen, whose))
    return "\n\n".join(([_side_by_side(inputs)] if inputs else []) + results)


def _title(whose: str, label: str) -> str:
    return whose if label.startswith("`") else f"{whose} {label}"


def _compared(label: str, expected: np.ndarray, got: np.ndarray, whose: str) -> str:
    """What is expected beside what came: of equal shapes the planes that differ, else all numbers if they are few."""
    if expected.ndim == 0 and got.ndim == 0:
        right, answer = (f"{leaf:.6g}" if leaf.dtype.kind in "iuf" else str(leaf) for leaf in (expected, got))
        return f"{_title('expected', label)}: {right}, {whose}: {answer}"
    if expected.shape == got.shape:
        both = zip(_planes(label, expected), _planes(label, got), strict=True)
        pairs = [(where, a, b) for (where, a), (_, b) in both if not _near(b, a)][:MOST_TABLES]
        return "\n\n".join(
            _side_by_side(
                _lines(_title(words, label) + where, v) for words, v in (("expected", a), (whose, b))
            )
            for where, a, b in pairs
        )
    titles = [
        f"{_title(words, label)}, shape {value.shape}"
        for words, value in (("expected", expected), (whose, got))
    ]
    few = 0 < got.size <= MOST_NUMBERS and 1 <= got.ndim <= 4 and got.dtype.kind in "iufb"
    blocks = [
        *_blocks(titles[0], expected, label),
        *(_blocks(titles[1], got, label) if few else [(titles[1], [])]),
    ]
    return _side_by_side(blocks)


def _blocks(title: str, value: Any, label: str = "") -> list[Block]:
    """The tables of an argument or of a part of an answer; none for what stands in the call itself."""
    if isinstance(value, dict):
        return [block for key, part in value.items() for block in _blocks(f"{title}[{key!r}]", part)]
    if not isinstance(value, (np.ndarray, np.generic)):
        return []
    return [_lines(title + where, plane) for where, plane in _planes(label or title, np.asarray(value))]


def _planes(label: str, values: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """(place, matrix) for each image and channel, for each pair of channels of a kernel, for each channel of a picture, or along
    the axes before the last two.

    >>> [(place, plane.shape) for place, plane in _planes("x", np.zeros((1, 3, 4, 2)))]
    [('[0, :, :, 0]', (3, 4)), ('[0, :, :, 1]', (3, 4))]
    """
    if values.ndim < 3:
        yield "", np.atleast_2d(values)
        return
    if label in PICTURES:
        yield from ((f"[:, :, {channel}]", values[:, :, channel]) for channel in range(values.shape[2]))
        return
    if values.ndim != 4:  # series (N, T, C), films
        for first in np.ndindex(*values.shape[:-2]):
            told = f"[{', '.join(map(str, first))}]" if math.prod(values.shape[:-2]) > 1 else ""
            yield told, values[first]
        return
    kernel = label in ("w", "dw", "kernels")
    outer = values.shape[2:] if kernel else (values.shape[0], values.shape[3])
    for a, b in np.ndindex(*outer):
        place = f"[:, :, {a}, {b}]" if kernel else f"[{a}, :, :, {b}]"
        yield "" if outer == (1, 1) else place, values[:, :, a, b] if kernel else values[a, :, :, b]


def _lines(title: str, plane: np.ndarray) -> Block:
    return title, table(plane).splitlines()


def _side_by_side(blocks: Iterable[Block]) -> str:
    """Tables beside one another, as many as fit on a line.

    >>> print(_side_by_side([("x", ["   1   2", "   3   4"]), ("w", ["   5"])]))
    x          w
       1   2      5
       3   4
    """
    lines: list[list[str]] = []
    for title, rows in blocks:
        width = max(len(line) for line in (title, *rows))
        if not lines or len(lines[-1][0]) + 3 + width > WIDTH:
            lines.append([""])
        beside = lines[-1]
        beside += [" " * len(beside[0])] * (len(rows) + 1 - len(beside))
        gap = "   " if beside[0] else ""
        cells = [title, *rows] + [""] * (len(beside) - len(rows) - 1)
        lines[-1] = [old + gap + cell.ljust(width) for old, cell in zip(beside, cells, strict=True)]
    return "\n\n".join("\n".join(line.rstrip() for line in row) for row in lines)


def _as_a_sum(seen: _Seen, whose: str) -> str:
    """The first wrong element, worked by hand.

    >>> x, w, b = np.array([[1.0, 2.0]]).reshape(1, 1, 2, 1), np.array([[3.0, 4.0]]).reshape(1, 2, 1, 1), np.ones(1)
    >>> answer, zeros = Answer(np.full((1, 1, 1, 1), 12.0)), np.zeros((1, 1, 1, 1))
    >>> outcome = Outcome(False, "value", "", asked="conv2d_forward")
    >>> _as_a_sum(_Seen(Rung((x, w, b)), outcome, zeros, answer), "got")
    'expected[0, 0, 0, 0] is 1*3 + 2*4 + 1 = 12, got 0'
    """
    name, rung = seen.outcome.asked, seen.rung
    expected, got = np.asarray(seen.answer.expected), np.asarray(seen.got)
    place = _first_difference(got, expected, seen.answer.atol)
    window, kernel = _all_behind(name, rung.args, rung.kwargs, place, rung.zeros)
    assert window is not None
    here = f"expected[{', '.join(map(str, place))}]"
    if kernel is None:
        what = "the largest" if name.startswith("max") else "the mean"
        numbers = ", ".join(f"{v:.4g}" for v in window[:, :, place[3]].ravel())
        sum_ = f"{here} is {what} of {numbers}: {expected[place]:.4g}"
    else:
        products = [
            f"{p:.4g}*{q:.4g}" for p, q in zip(window.ravel(), kernel.ravel(), strict=True) if p and q
        ]
        bias = [f"{rung.args[2][place[3]]:.4g}"] if rung.args[2][place[3]] or not products else []
        sum_ = f"{here} is {' + '.join(products + bias)} = {expected[place]:.4g}"
    return f"{sum_}, {whose} {got[place]:.4g}"


# Where expected answers come from ---------------------------------------------------------------------------


def key(name: str, args: tuple, kwargs: dict) -> str:
    """A name for one call: the SHA-256 of the function's name and its arguments, alike on every machine.

    >>> key("f", (np.arange(3.0), (2, 1)), {}) == key("f", (np.array([0.0, 1.0, 2.0]), (2, 1)), {})
    True
    >>> key("f", (1,), {}) == key("f", (1.0,), {})
    False
    """
    digest = hashlib.sha256()
    for piece in _canonical((name, args, kwargs)):
        digest.update(len(piece).to_bytes(8, "little") + piece)
    return digest.hexdigest()


def _canonical(value: Any) -> Iterator[bytes]:
    if isinstance(value, (np.ndarray, np.generic)) and value.ndim:
        little = np.asarray(value).astype(value.dtype.newbyteorder("<"), order="C")
        yield from (b"array", little.dtype.str.encode(), repr(value.shape).encode(), little.tobytes())
    elif isinstance(value, (np.ndarray, np.generic)):
        yield from _canonical(value.item())
    elif isinstance(value, (tuple, list)):
        yield f"sequence {len(value)}".encode()
        for item in value:
            yield from _canonical(item)
    elif isinstance(value, dict):
        yield f"dict {len(value)}".encode()
        for name in sorted(value):
            yield str(name).encode()
            yield from _canonical(value[name])
    elif value is None or isinstance(value, (bool, int, float, str, bytes)):
        yield f"{type(value).__name__} {value!r}".encode()
    else:
        yield f"other {type(value).__name__}".encode()


class FixtureOracle:
    """Expected answers for the public inputs, read from a `fixtures.npz` when the first is asked for."""

    def __init__(self, path: str | Path | None = None) -> None:
        self.path = Path(path) if path is not None else Path(__file__).with_name("fixtures.npz")
        self._index: dict | None = None
        self._arrays: dict[str, np.ndarray] = {}

    def answer(self, name: str, args: tuple, kwargs: dict) -> Answer:
        entry = self._load()["calls"].get(key(name, args, kwargs))
        if entry is None:
            raise LookupError(
                f"No expected answer for this call of `{name}` is known: this test file and "
                f"{self.path.name} don't belong together. Download the folder again."
            )
        cards = self._load()["cards"]
        wrong = tuple((Diagnosis(id, **cards[id]), self._tree(tree)) for id, tree in entry["wrong"])
        return Answer(self._tree(entry["expected"]), self._tree(entry["atol"]), wrong)

    def ladder(self, outcome: Outcome) -> Iterator[Rung]:
        rungs = self._load()["ladders"].get(outcome.asked, [])
        return suited((Rung(*(self._tree(rung[part]) for part in RUNG)) for rung in rungs), outcome)

    def believed(self, name: str, rung: Rung, cards: tuple[Diagnosis, ...]) -> Wrong:
        if not cards:
            return ()
        silent = self._load()["calls"][key(name, rung.args, rung.kwargs)]["silent"]
        wrong = self.answer(name, rung.args, rung.kwargs).wrong
        return (
            *((card, value) for card, value in wrong if card in cards),
            *((card, None) for card in cards if card.id in silent),
        )

    def simplify(self, rung: Rung, shows: Callable[[Rung], bool]) -> Rung:
        return rung  # of other numbers the answer isn't known

    def _load(self) -> dict:
        if self._index is None:
            if not self.path.exists():
                raise LookupError(
                    f"{self.path.name} is missing in {self.path.parent}. It comes with the "
                    "notebook: download the folder again and keep its files together."
                )
            with zipfile.ZipFile(self.path) as archive:
                self._index = json.loads(archive.read("index.json"))
                self._arrays = {
                    name.removesuffix(".npy"): np.load(io.BytesIO(archive.read(name)), allow_pickle=False)
                    for name in archive.namelist()
                    if name.endswith(".npy")
                }
        return self._index

    def _tree(self, node: Any) -> Any:
        """Back from JSON: {"array": name, "dtype": ...}, {"numbers": "1 2", "shape": "1 2", "dtype": ...}, {"tuple":
        [...]}, {"dict": {...}} or a plain value."""
        if not isinstance(node, dict):
            return node
        if "numbers" in node:
            shape = tuple(map(int, node["shape"].split()))
            return np.array(node["numbers"].split(), node["dtype"]).reshape(shape)
        if "array" in node:
            return self._arrays[node["array"]].astype(node["dtype"])
        if "tuple" in node:
            return tuple(self._tree(part) for part in node["tuple"])
        return {name: self._tree(part) for name, part in node["dict"].items()}


_oracle: Oracle = FixtureOracle()


def set_oracle(oracle: Oracle) -> Oracle:
    """Ask `oracle` from now on; returns the previous one, to be set again."""
    global _oracle
    previous, _oracle = _oracle, oracle
    return previous


# Models -----------------------------------------------------------------------------------------------------
#
# A model's answer is its outputs: give it known weights, show it images, compare. What is looked at is never the
# live model but its configuration, rebuilt; beside a notebook by Keras in the same process.


class Misfit(ValueError):
    """A configuration, weights or images that don't go together; the message says what doesn't fit."""


class Models(Protocol):
    """Whoever rebuilds Keras models from their configuration, as `blueprint.py` takes it. Raises `Misfit`."""

    def describe(self, config: dict) -> dict:
        """The blueprint, counted anew: see `Blueprint.to_dict`."""

    def outputs(
        self, config: dict, weights: list, x: np.ndarray, sizes: tuple[int, ...] | None = None
    ) -> np.ndarray:
        """The answer to images (N, H, W, C) under `weights`: arrays in layer order, reshaped where the sizes agree.

        They are asked in one batch, or in batches of these `sizes`.
        """

    def activations(self, config: dict, weights: list, x: np.ndarray) -> list:
        """What each layer gives there, in the order of computing: (name, kind, array), without the inputs."""


NUMBERS = "numbers"  # the kind of a blueprint's row that counts numbers in arguments: `admit.with_numbers`
Reader = Callable[[str, dict, list], Outcome]  # of a model's name, configuration and weights


class LiveModels:
    """Keras in this process."""

    def __init__(self) -> None:
        self._built: dict[str, Any] = {}

    def describe(self, config: dict) -> dict:
        return importlib.import_module("blueprint").of(self._model(config)).to_dict()

    def outputs(
        self, config: dict, weights: list, x: np.ndarray, sizes: tuple[int, ...] | None = None
    ) -> np.ndarray:
        from keras import ops

        model = self._loaded(config, weights)
        return in_batches(lambda images: ops.convert_to_numpy(model(images, training=False)), x, sizes)

    def activations(self, config: dict, weights: list, x: np.ndarray) -> list:
        model = self._loaded(config, weights)
        return importlib.import_module("blueprint").activations(model, np.asarray(x, np.float32))

    def _loaded(self, config: dict, weights: list) -> Any:
        model = self._model(config)
        if [int(np.prod(v.shape)) for v in model.weights] != [np.size(array) for array in weights]:
            raise Misfit(f"weights of {len(weights)} arrays don't fit a model with {len(model.weights)}")
        for variable, array in zip(model.weights, weights, strict=True):
            variable.assign(np.reshape(array, variable.shape))
        return model

    def _model(self, config: dict) -> Any:
        from keras import saving

        text = json.dumps(config, sort_keys=True)
        if text not in self._built:
            self._built[text] = saving.deserialize_keras_object(copy.deepcopy(config))
        return self._built[text]


def in_batches(
    answer: Callable[[np.ndarray], np.ndarray], x: np.ndarray, sizes: tuple[int, ...] | None
) -> np.ndarray:
    """`answer` to the images x (N, ...), asked about so many at a time (None: all at once); raises `Misfit` where a batch
    doesn't get an answer for each of its images.

    >>> in_batches(lambda images: images.sum(axis=1), np.arange(6.0).reshape(3, 2), (1, 2)).tolist()
    [1.0, 5.0, 9.0]
    """
    answers, images = [], np.asarray(x, np.float32)
    for size in sizes or (len(images),):
        batch, images = images[:size], images[size:]
        answers.append(np.asarray(answer(batch), np.float32))
        if answers[-1].ndim == 0 or len(answers[-1]) != len(batch):
            raise Misfit(f"for {len(batch)} images its answer has the shape {answers[-1].shape}; expected is one row "
                         "for each image")  # fmt: skip
    return np.concatenate(answers)


_models: Models = LiveModels()
_data: Mapping[str, np.ndarray] | None = None


def models() -> Models:
    """Whoever rebuilds models now."""
    return _models


def set_models(other: Models) -> Models:
    """Let `other` rebuild models from now on; returns the previous one."""
    global _models
    previous, _models = _models, other
    return previous


def data() -> Mapping[str, np.ndarray]:
    """The arrays of the `data.npz` beside this file (or those of `set_data`)."""
    if _data is None:
        with np.load(Path(__file__).with_name("data.npz"), allow_pickle=False) as stored:
            set_data({name: stored[name] for name in stored.files})
    assert _data is not None
    return _data


def set_data(arrays: Mapping[str, np.ndarray] | None) -> Mapping[str, np.ndarray] | None:
    """Let `data()` return `arrays` from now on (None: read the file again); returns what it did before."""
    global _data
    previous, _data = _data, arrays
    return previous


def check_layers(env: Mapping[str, Any], name: str, /, oracle: Oracle | None = None) -> None:
    """Has each layer of the model `env[name]` (or of the model it builds) the right number of weights?"""
    _raise(_of_plan(env, name, lambda plan, _: layers_outcome(name, plan, name, oracle)), name)


def check_model(env: Mapping[str, Any], name: str, weights: list, x: np.ndarray, /) -> None:
    """Does the model that `env[name]` builds, given `weights`, answer to images `x` as it should?"""
    outcome = model_outcome(env, name, (weights, x), {})
    _raise(followed(env, name, (weights, x), outcome), name)


def check_trained(env: Mapping[str, Any], name: str, /, like: str, trainable: bool = True) -> None:
    """Is `env[name]` a model with the layers of `like`, and are its weights numbers?

    trainable: whether the same of them must be trainable.
    """
    _raise(trained_outcome(env, name, like, trainable=trainable), name)


@dataclass(frozen=True)
class _Rebuilt:
    """A model that its configuration was made into again, as a function of weights and images."""

    plan: dict

    @property
    def elsewhere(self) -> bool:
        return not isinstance(models(), LiveModels)

    def __call__(self, weights: list, x: np.ndarray) -> np.ndarray:
        return models().outputs(self.plan["config"], as_listed(self.plan, weights), x)


def model_outcome(
    env: Mapping[str, Any], name: str, args: tuple, kwargs: dict, oracle: Oracle | None = None
) -> Outcome:
    """Like `outcome_of`, for a model: `args` are the weights it is given and the images it is shown."""
    weights, x = args

    def answered(plan: dict, _: Any) -> Outcome:
        takes = tuple(plan["input_shape"])[1:]
        fits = layers_outcome(name, plan, name, oracle)
        if takes != x.shape[1:]:
            message = f"`{name}` takes images of shape {takes}; here they have {x.shape[1:]}."
            return replace(fits, passed=False, kind="shape", message=message)
        if not fits.passed:
            return fits
        return outcome_of({name: _Rebuilt(plan)}, name, (weights, x), kwargs, oracle)

    return _of_plan(env, name, answered)


def trained_outcome(
    env: Mapping[str, Any],
    name: str,
    like: str,
    reads: Reader | None = None,
    oracle: Oracle | None = None,
    trainable: bool = True,
) -> Outcome:
    """Judge a trained model: its layers are those of `like`, its weights are finite, and it passes what `reads` asks of its
    name, configuration and weights."""

    def judged(plan: dict, weights: Any) -> Outcome:
        if not (fits := layers_outcome(name, plan, like, oracle, trainable)).passed:
            return fits
        fits = weights_outcome(name, plan, weights)
        return reads(name, plan["config"], list(weights)) if reads and fits.passed else fits

    return _of_plan(env, name, judged, weights=True)


def weights_outcome(name: str, plan: dict, weights: Any) -> Outcome:
    """Are these the weights of a trained model: arrays of finite numbers, as many as the model has weights?"""
    if not isinstance(weights, (list, tuple)) or not weights:
        return _fail("type", f"`{name}` should be a model with its weights loaded, not a function that builds "
                     "one: call the function.")  # fmt: skip
    if not all(isinstance(array, np.ndarray) and array.dtype.kind == "f" for array in weights):
        return _fail("dtype", f"The weights of `{name}` should be arrays of floating-point numbers.")
    if not all(np.isfinite(array).all() for array in weights):
        return _fail("finite", f"Some weights of `{name}` are not finite. Training that diverges does that: "
                     "try a smaller learning rate.")  # fmt: skip
    came, expected = (
        sum(map(np.size, weights)),
        sum(row["parameters"] for row in plan["rows"] if row["kind"] != NUMBERS),
    )
    if came != expected:
        return _fail("shape", f"`{name}` should be a model with its weights loaded: it has {expected:,} weights, and "
                     f"{came:,} numbers came.")  # fmt: skip
    return Outcome(True, "ok", "The layers are right and the weights are numbers.")


# A network of the student's own design ----------------------------------------------------------------------

DESIGNING = "Lecture 1, Designing a basic CNN architecture"
OVER_BUDGET = Diagnosis(
    "design.over_budget",
    "Convolutions are what costs parameters.",
    "Divide the count by layers in `model.summary()`. Where maps are flattened, a dense layer has a weight for every "
    "position: how many positions are left, and what would a mean over each map leave?",
    DESIGNING,
)
OTHER_IMAGES = Diagnosis(
    "design.other_images",
    "The network may take whatever images it likes.",
    "The digits are 28×28 with one channel, and the batch comes first on its own: `keras.Input((28, 28, 1))`.",
    DESIGNING,
)
NOT_TEN = Diagnosis(
    "design.not_ten_outputs",
    "The last layer's shape looks after itself.",
    "There are ten classes, and one number for each is wanted: a vector of ten, for every image.",
    DESIGNING,
)
FEW_CONVOLUTIONS = Diagnosis(
    "design.few_convolutions",
    "A dense layer can learn whatever a convolution does.",
    "It could, with a weight for every pixel and every place. Local patterns that may be anywhere are a convolution's "
    "work, and patterns made of them a second one's.",
    DESIGNING,
)
ALL_LINEAR = Diagnosis(
    "design.no_activation",
    "More layers make a network more powerful, whatever is between them.",
    "A convolution of a convolution is a convolution. What keeps two layers from being one?",
    "Lecture 1, Convolutional building blocks",
)
SIZES_STAY = Diagnosis(
    "design.sizes_do_not_fall",
    "Large maps keep what is known, so they should stay large.",
    "They keep where things are. Which digit it is doesn't hang on that, and every position costs time: let poolings or "
    "strides shrink the maps on the way.",
    DESIGNING,
)
CHANNELS_STAY = Diagnosis(
    "design.channels_do_not_rise",
    "The first layer sees the most pixels, so it needs the most kernels.",
    "There are few kinds of edges, and many of what edges can be put together to. Which layer needs more kernels?",
    DESIGNING,
)
MOST_LEFT = 7  # rows and columns of the last maps: the image's, halved twice
LINEAR = (None, "linear", "softmax", "log_softmax")


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Kinds of layers and operations are their classes, as Keras calls them: a word in a name says nothing.
CONVOLUTIONS = _names(
    """
    Conv1D Conv2D Conv3D Conv1DTranspose Conv2DTranspose Conv3DTranspose
    DepthwiseConv1D DepthwiseConv2D SeparableConv1D SeparableConv2D
    """
)
POOLINGS = _names(
    """
    MaxPooling1D MaxPooling2D MaxPooling3D AveragePooling1D AveragePooling2D AveragePooling3D
    GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D
    GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D MaxPool AveragePool
    """
)
PADDINGS = _names("ZeroPadding1D ZeroPadding2D ZeroPadding3D Pad")
BENT = _names(
    """
    ReLU LeakyReLU PReLU ELU Relu Relu6 LeakyRelu Elu Selu Gelu Silu Sigmoid Tanh Softplus Softsign
    Maximum Minimum Clip
    """
)


def check_design(env: Mapping[str, Any], name: str, budget: int, /) -> None:
    """Does the network that `env[name]` builds keep the rules of the design question, and the budget?"""
    _raise(_of_plan(env, name, lambda plan, _: design_outcome(name, plan, budget)), name)


def design_outcome(name: str, plan: dict, budget: int) -> Outcome:
    """The first rule that a network's blueprint breaks, with the idea that may be behind it.

    What it takes and gives, its parameters, at least two convolutions with something bent between them, maps that only
    shrink, to 7×7 or less, and channels that only become more.
    """
    rows = plan["rows"]
    parameters = sum(row["parameters"] for row in rows)
    convolutions = [row["output_shape"] for row in rows if row["kind"] in CONVOLUTIONS]
    maps = [
        row["output_shape"]
        for row in rows
        if row["kind"] in CONVOLUTIONS | POOLINGS and len(row["output_shape"]) == 4
    ]
    sides = [max(shape[1] or math.inf, shape[2] or math.inf) for shape in maps]  # an open size may be any
    channels = [shape[3] for shape in convolutions if len(shape) == 4]
    takes, gives = tuple(plan["input_shape"])[1:], tuple(plan["output_shape"])[1:]
    if takes != (28, 28, 1):
        return _broken(OTHER_IMAGES, f"`{name}` takes images of shape {takes}; the digits are (28, 28, 1).")
    if gives != (10,):
        return _broken(NOT_TEN, f"`{name}` gives {gives} for an image; expected is (10,).")
    if parameters > budget:
        largest = max(rows, key=lambda row: row["parameters"])
        return _broken(OVER_BUDGET, f"`{name}` has {parameters:,} parameters, {parameters - budget:,} more than the "
                       f"budget of {budget:,}. Most of them, {largest['parameters']:,}, are those of "
                       f"{largest['name']} ({largest['kind']}).")  # fmt: skip
    if len(channels) < 2:
        return _broken(
            FEW_CONVOLUTIONS, f"`{name}` has {len(channels)} convolutions; at least 2 are asked for."
        )
    if not _bends(plan["config"]):
        return _broken(ALL_LINEAR, f"`{name}` has no activation but its softmax: it is one linear layer.")
    if any(after > before for before, after in pairwise(sides)) or sides[-1] > MOST_LEFT:
        path = " -> ".join(map(str, dict.fromkeys(sides)))
        return _broken(SIZES_STAY, f"The maps of `{name}` have sides of {path}; they should only become smaller, "
                       f"and end with at most {MOST_LEFT}.")  # fmt: skip
    if sorted(channels) != channels or channels[-1] == channels[0]:
        path = " -> ".join(map(str, channels))
        return _broken(CHANNELS_STAY, f"The convolutions of `{name}` give {path} channels; the number should never "
                       "fall, and the last have more than the first.")  # fmt: skip
    return Outcome(True, "ok", f"It keeps the rules, with {parameters:,} of {budget:,} parameters.")


def designed_outcome(env: Mapping[str, Any], name: str, budget: int, reads: Reader) -> Outcome:
    """`trained_outcome` for a network of whatever design, which has to keep the rules."""

    def judged(plan: dict, weights: Any) -> Outcome:
        if not (kept := design_outcome(name, plan, budget)).passed:
            return kept
        fits = weights_outcome(name, plan, weights)
        return reads(name, plan["config"], list(weights)) if fits.passed else fits

    return _of_plan(env, name, judged, weights=True)


def _broken(card: Diagnosis, message: str) -> Outcome:
    return replace(_fail("value", message), diagnosis=card, candidates=(card,))


def _bends(config: Any) -> bool:
    """Is there an activation anywhere in a model's configuration that isn't linear?"""
    if isinstance(config, dict):
        if config.get("class_name") in BENT or _is_bent(config.get("activation")):
            return True
        return any(_bends(part) for part in config.values())
    return isinstance(config, (list, tuple)) and any(_bends(part) for part in config)


def _is_bent(activation: Any) -> bool:
    """A word, or an object, in which `_bends` looks for itself."""
    return not isinstance(activation, dict) and activation not in LINEAR


def layers_outcome(
    name: str, plan: dict, like: str, oracle: Oracle | None = None, trainable: bool = True
) -> Outcome:
    """Compare the number of weights of each layer that has any with those of the reference called `like`.

    How many positions its maps have decides nothing, as there are many ways to write a network, but tells apart wrong
    ideas that lead to the same weights.
    """
    rows = weighted_rows(plan)
    counts = np.array([row["parameters"] for row in rows], dtype=np.int64)
    maps = np.array([math.prod(n or 0 for n in row["output_shape"][1:-1]) for row in rows], dtype=np.int64)
    answer = (oracle or _oracle).answer(f"{like}/layers", (), {})
    expected = answer.expected["weights"]
    outcome = compare({"weights": counts}, {"weights": expected})
    outcome = _diagnosed(outcome, {"weights": counts, "maps": maps}, answer, None)
    if outcome.passed and not trainable:
        return outcome
    if outcome.passed:
        return _trainable_outcome(name, rows, (oracle or _oracle).answer(f"{like}/trainable", (), {}))
    if len(counts) != len(expected):
        names = ", ".join(f"{row['name']} ({row['kind']})" for row in rows) or "none at all"
        message = f"`{name}` has {len(rows)} layers with weights, expected {len(expected)}. It has: {names}."
    else:
        place = int(np.argmax(counts != expected))
        row = rows[place]
        message = (f"`{name}` can't take the weights of the network you were asked for. Its first layer that differs "
                   f"is number {place + 1} of those with weights, {row['name']} ({row['kind']}): it has "
                   f"{row['parameters']:,} weights. Compare its settings, and those of the layers before it, which "
                   "decide how much it looks at, with the question's.")  # fmt: skip
    layers = layer_tables(rows, [int(count) for count in expected])
    return replace(outcome, kind="shape", message=message, detail="", where="", layers=layers)


def weighted_rows(plan: dict) -> list[dict]:
    """The rows of the layers that have weights, in the network's own order: see `blueprint.weight_order`.

    Who adds a shortcut to a branch, or the branch to the shortcut, writes the same network; Keras lists its layers differently.
    """
    rows = [row for row in plan["rows"] if row["parameters"]]
    blueprint = importlib.import_module("blueprint")
    try:
        order = blueprint.weight_order(blueprint.wiring(plan["config"]))
    except (blueprint.BlueprintError, KeyError, TypeError, AttributeError, IndexError):
        return rows  # a layer that is called twice
    if sorted(order) != sorted(row["name"] for row in rows):
        return rows
    return sorted(rows, key=lambda row: order.index(row["name"]))


def as_listed(plan: dict, weights: list) -> list:
    """Weights that come in the network's own order, in the order in which Keras lists the layers of this model."""
    own, left = weighted_rows(plan), list(weights)
    arrays: dict[str, list] = {}
    for row in own:
        taken = arrays.setdefault(row["name"], [])
        while left and sum(map(np.size, taken)) < row["parameters"]:
            taken.append(left.pop(0))
    return [array for row in plan["rows"] if row["parameters"] for array in arrays[row["name"]]] + left


def _trainable_outcome(name: str, rows: list[dict], answer: Answer) -> Outcome:
    """Compare how many weights of each layer training changes with how many it should."""
    trainable = np.array([row["trainable"] for row in rows], dtype=np.int64)
    outcome = _diagnosed(compare(trainable, answer.expected), trainable, answer, None)
    if outcome.passed:
        return outcome
    if (trainable > answer.expected).any():
        row = rows[int(np.argmax(trainable > answer.expected))]
        message = f"`{name}` would train {row['name']} ({row['kind']}), which is to stay as it is."
    else:
        row = rows[int(np.argmax(trainable < answer.expected))]
        frozen = row["parameters"] - row["trainable"]
        message = (f"{frozen:,} weights of `{name}` can't be trained, though they should learn: is the `trainable` of "
                   f"{row['name']} ({row['kind']}) False?")  # fmt: skip
    return replace(outcome, message=message, detail="", where="")


def layer_tables(rows: list[dict], expected: list[int]) -> tuple[tuple[str, str, bool], ...]:
    """What is expected of each layer with weights beside what is there; the first difference is marked.

    >>> dense = {"name": "dense", "kind": "Dense", "output_shape": [None, 10], "parameters": 850}
    >>> layer_tables([dense], [850, 10])
    (('850 weights', '850 weights: dense (Dense), 10', False), ('10 weights', 'no layer', True))
    """
    counts = [row["parameters"] for row in rows]
    places = range(max(len(rows), len(expected)))
    first = next((i for i in places if counts[i : i + 1] != expected[i : i + 1]), None)
    wanted = [f"{count:,} weights" for count in expected] + ["no layer"] * len(places)
    shapes = ["×".join(map(str, row["output_shape"][1:])) for row in rows]
    found = [
        f"{row['parameters']:,} weights: {row['name']} ({row['kind']}), {shape}"
        for row, shape in zip(rows, shapes, strict=True)
    ]
    found += ["no layer"] * len(places)
    return tuple((wanted[i], found[i], i == first) for i in places)


# Following a model layer by layer ---------------------------------------------------------------------------

MOST_LOOKED_AT = 4  # images
BEFORE = " before its activation"
NO_ACTIVATION = CONVOLUTIONS | POOLINGS | PADDINGS | {"Dense"}


def looked_at(args: tuple) -> tuple:
    """What a model is followed with: the weights, and the first few of the images."""
    return args[0], args[1][:MOST_LOOKED_AT]


def digest(values: Any) -> np.ndarray:
    """Eight numbers (8,) made of every element of a layer's output, in its order, whatever its shape.

    They stand for the output where two are compared: in `fixtures.npz` they take a thousandth of its room.

    >>> maps, row = np.arange(8.0).reshape(1, 2, 2, 2), np.arange(8.0).reshape(1, 8)
    >>> np.array_equal(digest(maps), digest(row)), np.allclose(digest(maps), digest(row[:, ::-1]))
    (True, False)
    """
    flat = np.asarray(values, np.float64).ravel()
    return np.array([np.cos(step * np.arange(flat.size)) @ flat for step in range(1, 9)]) / max(1, flat.size)


def followed(
    env: Mapping[str, Any], name: str, args: tuple, outcome: Outcome, oracle: Oracle | None = None,
    hidden: bool = False,
) -> Outcome:  # fmt: skip
    """`outcome`, with the first layer whose output differs in `where` if it is one of a model with wrong answers.

    What keeps a model from being followed costs this explanation alone. In a hidden case its layers are told by number
    and kind, not by the names that they were given.
    """
    if outcome.asked != name or outcome.kind not in ("shape", "finite", "value"):
        return outcome
    given = looked_at(args)

    def along(plan: dict, _: Any) -> Outcome:
        layers = models().activations(plan["config"], as_listed(plan, given[0]), given[1])
        answer = (oracle or _oracle).answer(f"{name}/stages", given, {})
        there = first_difference(layers, answer, hidden, _sources(plan, [name for name, _, _ in layers]))
        return replace(outcome, where=there or outcome.where)

    with contextlib.suppress(Exception):
        if (found := _of_plan(env, name, along)).kind == outcome.kind:
            return found
    return outcome


def first_difference(
    layers: list, answer: Answer, hidden: bool = False, sources: list[list[int]] | None = None
) -> str:
    """Which of the `layers` (name, kind, array) is the first to differ from the stages of the `answer`, in words.

    `sources`, for a network that branches: the places of the layers whose outputs each one takes.

    Stages are the reference's layers with their digests, in order. One that none of the student's gives may be written
    another way, as a ReLU after its pooling: what counts is the last one that is met, and what comes behind it.

    >>> right = Answer({"00 C1": digest([1.0, 2.0]), "01 S2": digest([2.0])}, {"00 C1": 1e-6, "01 S2": 1e-6})
    >>> conv, pool = ("conv", "Conv2D", np.array([1.0, 2.0])), ("pool", "AveragePooling2D", np.array([1.5]))
    >>> first_difference([conv, pool], right)
    'the first layer whose output differs is number 2, `pool` (AveragePooling2D); everything up to C1 is right'
    """
    with np.errstate(all="ignore"):
        digests = [digest(array) for _, _, array in layers]
    if sources is not None:
        return _first_in_branches(layers, digests, answer, hidden, sources)
    met, label = [-1], ""
    for stage, right in sorted(answer.expected.items()):
        later = range(max(met[0], 0), len(layers))  # a ReLU of what is positive changes nothing
        same = [i for i in later if _close(digests[i], right, answer.atol[stage], right, 0.0)]
        met, label = (same, stage[3:]) if same else (met, label)
    behind = [i for i in range(met[-1] + 1, len(layers)) if layers[i][1] not in PADDINGS]
    if label.endswith(BEFORE) and not (behind and layers[behind[0]][1] not in NO_ACTIVATION):
        place, what = met[0], ": what it adds up is right, but no activation follows"
    elif behind:
        place, padded = behind[0], ", with the padding before it" if behind[0] > met[-1] + 1 else ""
        what = padded + (f"; everything up to {label} is right" if label else "")
    else:
        return ""  # these images don't show it
    return _differs_first(layers, place, what, hidden)


def _differs_first(layers: list, place: int, what: str, hidden: bool) -> str:
    own = "" if hidden else f", `{layers[place][0]}`"
    return f"the first layer whose output differs is number {place + 1}{own} ({layers[place][1]}){what}"


def _first_in_branches(
    layers: list, digests: list, answer: Answer, hidden: bool, sources: list[list[int]]
) -> str:
    """The same where layers take several inputs: the first one that gives no stage, and behind which none is met either."""
    met: list[set[str]] = [
        {
            stage[3:]
            for stage, right in answer.expected.items()
            if _close(given, right, answer.atol[stage], right, 0.0)
        }
        for given in digests
    ]
    fine = [bool(labels) for labels in met]
    for place in reversed(range(len(layers))):
        if fine[place]:
            for source in sources[place]:
                fine[source] = True  # it may be written another way
    wrong = [i for i in range(len(layers)) if not fine[i] and layers[i][1] not in PADDINGS]
    linear_only = ": what it adds up is right, but no activation follows"
    if not wrong:
        is_whole = max(answer.expected)[3:] in met[-1]
        return "" if is_whole else _differs_first(layers, met.index(met[-1]), linear_only, hidden)
    place, kind = wrong[0], layers[wrong[0]][1]
    linear = [i for i in sources[place] if met[i] and all(label.endswith(BEFORE) for label in met[i])]
    if linear and (kind in NO_ACTIVATION or len(sources[place]) > 1):
        return _differs_first(layers, linear[0], linear_only, hidden)
    what = "; what goes into it is right" if sources[place] and all(fine[i] for i in sources[place]) else ""
    return _differs_first(layers, place, what, hidden)


def _sources(plan: dict, names: list[str]) -> list[list[int]] | None:
    """For a network that branches, the places among `names` of the layers whose outputs each one takes; else None."""
    blueprint = importlib.import_module("blueprint")
    try:
        graph = blueprint.wiring(plan["config"])
    except (blueprint.BlueprintError, KeyError, TypeError, AttributeError, IndexError):
        return None
    paths = {path.rpartition("/")[2]: path for path in graph.kinds}
    if not graph.branches or len(paths) != len(graph.kinds) or not set(names) <= set(paths):
        return None
    places = {paths[name]: place for place, name in enumerate(names)}

    @cache  # and each place once: through inner models lead as many ways as there are layers, multiplied
    def nearest(path: str) -> list[int]:
        sources = dict.fromkeys(graph.inputs[path])
        found = [p for s in sources for p in ([places[s]] if s in places else nearest(s))]
        return list(dict.fromkeys(found))

    return [nearest(paths[name]) for name in names]


def _of_plan(
    env: Mapping[str, Any], name: str, judge: Callable[[dict, Any], Outcome], weights: bool = False
) -> Outcome:
    """What `judge` says of the blueprint of `env[name]`, a model or a builder, and (if asked for) its weights."""
    value = env.get(name)
    if value is None or value is Ellipsis:
        return _fail("missing", f"There is no `{name}` in your notebook. Write it (its cell may not have been run, or "
                     "has stopped with an error), keep this name, and run the check again.")  # fmt: skip
    try:
        if hasattr(type(value), "model") and not hasattr(value, "count_params"):
            claim = value.model(weights=weights)  # it lives elsewhere, and is rebuilt here
            plan, arrays = models().describe(claim["blueprint"].get("config")), claim["weights"]
        else:
            blueprint, admission = importlib.import_module("blueprint"), importlib.import_module("admit")
            plan = blueprint.of(value).to_dict()
            plan = admission.with_numbers(plan, admission.admit(plan["config"]))
            arrays = blueprint.weights_of(value) if weights and hasattr(value, "count_params") else None
    except (Exception, SystemExit) as error:
        if _is_ours(error, value) and not isinstance(error, Misfit):
            raise
        words = error.message if isinstance(error, Raised) else str(error)
        kind = error.type_name if isinstance(error, Raised) else type(error).__name__
        named = "" if kind in ("BlueprintError", "Rejected", "Misfit", "an exception") else f"{kind}: "
        return _fail("raised", f"`{name}` gives no Keras model that can be looked at: {named}{words[:400]}")
    return judge(plan, arrays)


def _raise(outcome: Outcome, name: str) -> None:
    """Raise `CheckFailed` unless `outcome` passed. In a student's notebook, where fixtures answer, its picture is shown
    first; what keeps that from being drawn costs the picture alone."""
    if outcome.passed:
        return
    if isinstance(_oracle, FixtureOracle):
        with contextlib.suppress(Exception):
            beside = f"{__package__}.cnnpictures" if __package__ else "cnnpictures"
            importlib.import_module(beside).show(name, outcome)
    raise CheckFailed(outcome)
