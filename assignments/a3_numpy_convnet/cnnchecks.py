"""Is this answer right, where does it differ, and which idea is behind it?

`check(env, "conv2d_forward", x, w, b)` calls your function and compares its answer with the expected one:
every element, in the order shape, dtype, finiteness, values. A wrong answer raises `CheckFailed`, whose text
says what was compared, what came, where it differs and what to try next. The answers of well-known wrong
ideas are at hand too: where yours equals one of them, the text names the idea.

Expected answers come from an oracle. Beside a notebook that is `fixtures.npz`: numbers, never code.

**How close is close enough?** A sum of n products rounds n times. Its error grows like sqrt(n) rounding
units (rounding errors are as often up as down) of what was added up in absolute value, M = sum |x||w| + |b|,
not of the result, which may cancel to almost nothing. NumPy's `allclose` scales with the result, and so
rejects 2.4 % of the elements of a correct 5x5x64 convolution in float32. The oracle therefore hands over one
absolute tolerance,

    atol = 4 * unit * sqrt(n) * max(M)

with the largest M of the whole array, as a Fourier transform or Winograd's trick spreads its errors over all
positions. Four covers every order of summation we tried; a float16 accumulation is a thousand times coarser
and fails. `unit` belongs to the coarser of the input's and the answer's dtype: float32 has 1.2e-7; float64
gets 1e-11 instead of its 2.2e-16, because no idea is that small and a guard such as log(p + 1e-12) is no
mistake. Sizes and counts are integers, and those must be equal.
"""

from __future__ import annotations

import copy
import hashlib
import importlib
import io
import json
import linecache
import math
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np

LABELS = {
    "same_padding": ("before", "after"),
    "conv2d_backward": ("dx", "dw", "db"),
    "dense_backward": ("dx", "dw", "db"),
    "softmax_cross_entropy": ("loss", "dlogits"),
    "lenet_gradients": ("loss", "grads"),
}
AXES = {
    4: ("image", "row", "column", "channel"),
    2: ("row", "column"),
    1: ("position",),
}
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
    if outcome.detail:
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
    grader.cnnchecks.CheckFailed: `double` has the right shape, but another value in 2 of 2 elements.
    <BLANKLINE>
    ...
    >>> _ = set_oracle(previous)
    """
    outcome = outcome_of(env, name, args, kwargs)
    if not outcome.passed:
        raise CheckFailed(outcome)


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
        raised = error.type_name if isinstance(error, Raised) else type(error).__name__
        if raised == "ValueError":
            return
        raise CheckFailed(_raised(name, error)) from None
    raise CheckFailed(_fail("value", f"`{name}` answers where no answer is right. Look at the question's text for "
                      "what it must refuse, and raise a ValueError that says what was given."))  # fmt: skip


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
    given_args, given_kwargs = copy.deepcopy((args, kwargs))
    try:
        got = function(*given_args, **given_kwargs)
    except Misfit as error:  # ours, not the student's
        return _fail("raised", f"`{name}` can't be asked: {error}.")
    except (Exception, SystemExit) as error:
        return _raised(name, error)
    if (mutated := _mutated(name, (args, kwargs), (given_args, given_kwargs))) is not None:
        return mutated
    answer = (oracle or _oracle).answer(name, args, kwargs)
    outcome = compare(got, answer.expected, answer.atol, LABELS.get(name), name=name)
    if outcome.kind in ("shape", "finite", "value"):
        outcome = _diagnosed(outcome, got, answer, LABELS.get(name))
    if outcome.kind == "value":
        outcome = replace(outcome, detail=outcome.detail + _window(name, args, kwargs, outcome, got, answer))
    return outcome


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
    for label, right in flatten(expected, labels, subject).items():
        outcome = _compare_leaf(label, answers[label], right, tolerances.get(label, atol))
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


def _compare_leaf(label: str, got: Any, expected: Any, atol: float) -> Outcome:
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
    coarser = max(1.0, unit(answer.dtype) / unit(right.dtype))
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
            where=_where(lost, None, None, label),
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
        where = _where(differs, None, None, label)
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
    """The relative rounding unit a comparison grants to a dtype (see the top of this file).

    >>> unit(np.float64), unit(np.int64)
    (1e-11, 1e-11)
    """
    dtype = np.dtype(dtype)
    return max(float(np.finfo(dtype).eps), 1e-11) if dtype.kind == "f" else 1e-11


def tolerance(magnitude: float, terms: int, dtype: Any) -> float:
    """The absolute tolerance for sums of `terms` products whose absolute values add up to `magnitude`.

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
        if _equal(wrong, answer.expected, answer.atol, labels):
            continue  # on these inputs the wrong idea is right: it explains nothing
        if _equal(got, wrong, answer.atol, labels):
            whole.append(card)
        elif _equal(got, wrong, answer.atol, labels, only=outcome.label):
            part.append((card, wrong))
    explained = [
        card
        for card, wrong in part
        if not _equal(wrong, answer.expected, answer.atol, labels, only=outcome.label)
    ]
    cards = tuple(whole or explained)
    return replace(outcome, diagnosis=one_of(cards), candidates=cards)


def _equal(a: Any, b: Any, atol: Any, labels: tuple[str, ...] | None, only: str = "") -> bool:
    """Equal in shape and values, whatever the dtype; `only` looks at one label of a nest."""
    left, right, tolerances = (flatten(v, labels) for v in (a, b, atol))
    if left.keys() != right.keys() or (only and only not in left):
        return False
    return all(_close(left[k], right[k], tolerances.get(k, atol)) for k in ([only] if only else left))


def _close(a: Any, b: Any, atol: float) -> bool:
    a, b = np.asarray(a), np.asarray(b)
    if a.shape != b.shape or a.dtype.kind not in "iufb" or b.dtype.kind not in "iufb":
        return False
    coarser = max(1.0, unit(a.dtype) / unit(b.dtype))
    return np.allclose(
        a.astype(np.float64), b.astype(np.float64), rtol=0, atol=atol * coarser, equal_nan=True
    )


# Where it differs -------------------------------------------------------------------------------------------


def _where(differs: np.ndarray, got: np.ndarray | None, expected: np.ndarray | None, label: str) -> str:
    """The first pattern, most telling first, that describes the places and sizes of the differences."""
    if differs.ndim == 0 or differs.size == 1:
        return ""
    if got is not None and expected is not None and (pattern := _pattern_of_values(got, expected)):
        return pattern
    names = KERNEL_AXES if label == "dw" and differs.ndim == 4 else AXES.get(differs.ndim, ())
    patterns = [
        _one_index(differs, names),
        _one_edge(differs, names),
        _border(differs),
        _every_second(differs),
    ]
    return next(
        (pattern for pattern in patterns if pattern), "every element differs" if differs.all() else ""
    )


def _pattern_of_values(got: np.ndarray, expected: np.ndarray) -> str:
    got, expected = got.astype(np.float64), expected.astype(np.float64)
    scale = float(np.abs(expected).max()) or 1.0

    def near(a: Any, b: Any) -> bool:
        return bool(np.allclose(a, b, rtol=0, atol=1e-5 * scale))

    if np.ptp(expected) > 1e-3 * scale and expected.size > 2:
        factor = float((got * expected).sum() / (expected * expected).sum())
        if near(got, factor * expected) and factor and abs(factor - 1) > 1e-3:
            return f"every element is {factor:.4g} times what it should be"
        if near(got - expected, (got - expected).flat[0]):
            return f"every element is off by the same number, {float((got - expected).flat[0]):+.4g}"
    if expected.ndim == 4 and np.allclose(got, 0):
        return "every element is 0"
    for a, b, words in ((1, 2, "rows and columns are exchanged"), (0, 1, "rows and columns are exchanged")):
        if expected.ndim == (4 if a else 2) and expected.shape[a] == expected.shape[b]:
            exchanged = np.swapaxes(expected, a, b)
            if near(got, exchanged):
                return words
    return ""


def _one_index(differs: np.ndarray, names: tuple[str, ...]) -> str:
    """All differences at one index of an axis, or all but one: image 0, channel 2, the last row."""
    for axis, name in enumerate(names):
        if (size := differs.shape[axis]) < 2:
            continue
        bad = np.asarray(differs.any(axis=tuple(i for i in range(differs.ndim) if i != axis)))
        spatial = name in ("row", "column")
        if bad.sum() == 1:
            index = int(bad.argmax())
            ends = {0: f"the first {name}", size - 1: f"the last {name}"} if spatial else {}
            return f"only {ends.get(index, f'{name} {index}')} differs"
        if bad.sum() == size - 1 and not bad[0] and not spatial:
            return f"only {name} 0 is right"
    return ""


def _one_edge(differs: np.ndarray, names: tuple[str, ...]) -> str:
    """Differences only in the last row and the last column, or only in the first ones."""
    if differs.ndim != 4 or min(differs.shape[1:3]) < 2:
        return ""
    if not differs[:, :-1, :-1].any():
        return "only the last row and the last column differ"
    if not differs[:, 1:, 1:].any():
        return "only the first row and the first column differ"
    return ""


def _border(differs: np.ndarray) -> str:
    if differs.ndim != 4 or min(differs.shape[1:3]) < 3:
        return ""
    inner = differs[:, 1:-1, 1:-1]
    if not inner.any():
        return "only the border differs"
    thin = min(differs.shape[1:3]) // 2
    deep = next((d for d in range(2, thin) if not differs[:, d:-d, d:-d].any()), 0)
    return f"only the border differs, {deep} positions deep" if deep else ""


def _every_second(differs: np.ndarray) -> str:
    if differs.ndim != 4 or max(differs.shape[1:3]) < 3:
        return ""
    rows, columns = np.asarray(differs.any(axis=(0, 2, 3))), np.asarray(differs.any(axis=(0, 1, 3)))
    for bad, name in ((rows, "row"), (columns, "column")):
        if bad.size > 2 and (bad[0::2].all() != bad[1::2].all()) and (bad[0::2].any() != bad[1::2].any()):
            return f"every second {name} differs"
    plane = np.asarray(differs.any(axis=(0, 3)))
    if min(plane.shape) > 2 and not plane[::2, ::2].any() and plane[1::2, :].all() and plane[:, 1::2].all():
        return "every second position, down and across, is right; those between differ"
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
    axes = (1, 2) if expected.ndim == 4 and label != "dw" else (0, 1)
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
    """The input that the first wrong output looks at (valid padding, no dilation), and the kernel."""
    if name not in ("conv2d_forward", "max_pool2d_forward", "avg_pool2d_forward"):
        return ""
    is_conv = name == "conv2d_forward"
    size = args[1].shape[:2] if is_conv else _pair(kwargs.get("pool_size", args[1] if len(args) > 1 else 2))
    given = dict(
        zip(("strides", "padding", "dilation_rate"), args[3:] if is_conv else args[2:], strict=False)
    )
    given |= kwargs
    if given.get("padding", "valid") != "valid" or _pair(given.get("dilation_rate", 1)) != (1, 1):
        return ""
    (kh, kw), (sh, sw) = size, _pair(given.get("strides") or (1 if is_conv else size))
    differs = ~(np.abs(np.asarray(got) - answer.expected) <= answer.atol)
    n, i, j, k = (int(v) for v in np.argwhere(differs)[0])
    channel = 0 if is_conv else k
    text = f"\n\nthe window it looks at, channel {channel}\n" + table(
        args[0][n, i * sh : i * sh + kh, j * sw : j * sw + kw, channel]
    )
    return text + (
        f"\n\nthe kernel from input channel {channel} to output channel {k}\n{table(args[1][:, :, channel, k])}"
        if is_conv
        else ""
    )


def _pair(value: Any) -> tuple[int, int]:
    return (value, value) if isinstance(value, int) else tuple(value)


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
        """Back from JSON: {"array": name, "dtype": ...}, {"tuple": [...]}, {"dict": {...}} or a plain "
        "number."""
        if not isinstance(node, dict):
            return node
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

    def outputs(self, config: dict, weights: list, x: np.ndarray) -> np.ndarray:
        """The answer to images (N, H, W, C) under `weights`: arrays in layer order, reshaped where the sizes agree."""


class LiveModels:
    """Keras in this process."""

    def __init__(self) -> None:
        self._built: dict[str, Any] = {}

    def describe(self, config: dict) -> dict:
        return importlib.import_module("blueprint").of(self._model(config)).to_dict()

    def outputs(self, config: dict, weights: list, x: np.ndarray) -> np.ndarray:
        from keras import ops

        model = self._model(config)
        if [int(np.prod(v.shape)) for v in model.weights] != [np.size(array) for array in weights]:
            raise Misfit(f"weights of {len(weights)} arrays don't fit a model with {len(model.weights)}")
        for variable, array in zip(model.weights, weights, strict=True):
            variable.assign(np.reshape(array, variable.shape))
        return ops.convert_to_numpy(model(np.asarray(x, np.float32), training=False))

    def _model(self, config: dict) -> Any:
        from keras import saving

        text = json.dumps(config, sort_keys=True)
        if text not in self._built:
            self._built[text] = saving.deserialize_keras_object(copy.deepcopy(config))
        return self._built[text]


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
    _raise(_of_plan(env, name, lambda plan, _: layers_outcome(name, plan, name, oracle)))


def check_model(env: Mapping[str, Any], name: str, weights: list, x: np.ndarray, /) -> None:
    """Does the model that `env[name]` builds, given `weights`, answer to images `x` as it should?"""
    _raise(model_outcome(env, name, (weights, x), {}))


def check_trained(env: Mapping[str, Any], name: str, /, like: str) -> None:
    """Is `env[name]` a model with the layers of `like`, and are its weights numbers?"""
    _raise(trained_outcome(env, name, like))


def model_outcome(
    env: Mapping[str, Any], name: str, args: tuple, kwargs: dict, oracle: Oracle | None = None
) -> Outcome:
    """Like `outcome_of`, for a model: `args` are the weights it is given and the images it is shown."""
    weights, x = args

    def answered(plan: dict, _: Any) -> Outcome:
        takes = tuple(plan["input_shape"])[1:]
        if takes != x.shape[1:]:
            return _fail("shape", f"`{name}` takes images of shape {takes}; here they have {x.shape[1:]}.")
        if not (fits := layers_outcome(name, plan, name, oracle)).passed:
            return fits
        answer = {name: lambda weights, x: models().outputs(plan["config"], weights, x)}
        return outcome_of(answer, name, (weights, x), kwargs, oracle)

    return _of_plan(env, name, answered)


def trained_outcome(
    env: Mapping[str, Any],
    name: str,
    like: str,
    images: np.ndarray | None = None,
    labels: np.ndarray | None = None,
    at_least: float = 0.0,
    oracle: Oracle | None = None,
    are_published: Callable[[list], bool] = lambda weights: False,
) -> Outcome:
    """Judge a trained model: its layers are those of `like`, its weights finite and not the published ones, and, if
    `images` are given, it gives the largest output to the right class for a share of `at_least` of them."""

    def judged(plan: dict, weights: Any) -> Outcome:
        if not (fits := layers_outcome(name, plan, like, oracle)).passed:
            return fits
        if not isinstance(weights, (list, tuple)) or not weights:
            return _fail("type", f"`{name}` should be a model with its weights loaded, not a function that builds "
                         "one: call the function.")  # fmt: skip
        if not all(isinstance(array, np.ndarray) and array.dtype.kind == "f" for array in weights):
            return _fail("dtype", f"The weights of `{name}` should be arrays of floating-point numbers.")
        if not all(np.isfinite(array).all() for array in weights):
            return _fail("finite", f"Some weights of `{name}` are not finite. Training that diverges does that: "
                         "try a smaller learning rate.")  # fmt: skip
        if are_published(list(weights)):
            return _fail("value", f"The weights of `{name}` are those that the course publishes, number for number. "
                         "Hand in the file that your own training wrote.")  # fmt: skip
        if images is None:
            return Outcome(True, "ok", "The layers are right and the weights are numbers.")
        try:
            answers = np.argmax(models().outputs(plan["config"], list(weights), images), axis=1)
        except Misfit as error:
            return _fail("shape", f"`{name}` can't be asked about the digits: {error}")
        share = float(np.mean(answers == labels))
        if share >= at_least:
            return Outcome(True, "ok", f"It reads {share:.1%}.")
        return _fail("value", f"`{name}` reads {share:.1%} of {len(answers):,} digits that it has never seen; this "
                     f"case asks for {at_least:.0%}. Train longer, with a smaller step at the end, or on more "
                     "images: shifted copies are new ones. Is the file you hand in the one that training wrote "
                     "last?")  # fmt: skip

    return _of_plan(env, name, judged, weights=True)


def layers_outcome(name: str, plan: dict, like: str, oracle: Oracle | None = None) -> Outcome:
    """Compare the number of weights of each layer that has any with those of the reference called `like`."""
    rows = [row for row in plan["rows"] if row["parameters"]]
    counts = np.array([row["parameters"] for row in rows], dtype=np.int64)
    answer = (oracle or _oracle).answer(f"{like}/layers", (), {})
    outcome = _diagnosed(compare(counts, answer.expected), counts, answer, None)
    if outcome.passed:
        frozen = int(sum(row["parameters"] - row["trainable"] for row in rows))
        return outcome if not frozen else _fail(
            "value", f"{frozen:,} weights of `{name}` can't be trained: is a layer's `trainable` False?")  # fmt: skip
    if len(counts) != len(answer.expected):
        names = ", ".join(f"{row['name']} ({row['kind']})" for row in rows) or "none at all"
        message = (
            f"`{name}` has {len(rows)} layers with weights, expected {len(answer.expected)}. It has: {names}."
        )
    else:
        place = int(np.argmax(counts != answer.expected))
        row = rows[place]
        message = (f"`{name}` can't take the weights of the network you were asked for. Its first layer that differs "
                   f"is number {place + 1} of those with weights, {row['name']} ({row['kind']}): it has "
                   f"{row['parameters']:,} weights. Compare its settings, and those of the layers before it, which "
                   "decide how much it looks at, with the question's.")  # fmt: skip
    return replace(outcome, kind="shape", message=message, detail="", where="")


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
            plan, arrays = models().describe(claim["blueprint"]["config"]), claim["weights"]
        else:
            blueprint = importlib.import_module("blueprint")
            plan = blueprint.of(value).to_dict()
            arrays = blueprint.weights_of(value) if weights and hasattr(value, "count_params") else None
    except (Exception, SystemExit) as error:
        words = error.message if isinstance(error, Raised) else str(error)
        kind = error.type_name if isinstance(error, Raised) else type(error).__name__
        named = "" if kind in ("BlueprintError", "Misfit", "an exception") else f"{kind}: "
        return _fail("raised", f"`{name}` gives no Keras model that can be looked at: {named}{words[:400]}")
    return judge(plan, arrays)


def _raise(outcome: Outcome) -> None:
    if not outcome.passed:
        raise CheckFailed(outcome)
