"""Is this answer the expected one? Every element, in the order shape, dtype, finiteness, values."""

from __future__ import annotations

from typing import Any

import numpy as np

from .outcome import Outcome, fail, type_name
from .tables import detail_of
from .values import coarsest_unit, flatten, unit
from .where import tell_where, where_shape


def compare(
    got: Any,
    expected: Any,
    atol: Any = 0.0,
    labels: tuple[str, ...] | None = None,
    *,
    name: str = "the result",
    picture: bool = False,
) -> Outcome:
    """Compare nested tuples, lists and dicts of arrays and numbers; the first difference decides.

    picture: whether the answer is one, (H, W, C), with no batch in front.

    >>> compare(np.array([1.0, 2.0]), np.array([1.0, 2.0])).passed
    True
    >>> compare((np.ones(2), np.ones((2, 3))), (np.ones(2), np.ones((3, 2))), labels=("dx", "dw")).message
    'dw has shape (2, 3), expected (3, 2).'
    """
    subject = f"`{name}`" if name != "the result" else name
    if (misfit := structure_outcome(got, expected, subject, labels or ())) is not None:
        return misfit
    answers, tolerances = flatten(got, labels, subject), flatten(atol, labels, subject)
    coarsest = coarsest_unit(answers)
    for label, right in flatten(expected, labels, subject).items():
        outcome = _compare_leaf(label, answers[label], right, tolerances.get(label, atol), coarsest, picture)
        if not outcome.passed:
            return outcome
    return Outcome(True, "ok", "Every element is right.")


def structure_outcome(got: Any, expected: Any, label: str, labels: tuple[str, ...]) -> Outcome | None:
    """An outcome if `got` has not the nesting of `expected`, else None."""
    if got is None:
        return fail(
            "type",
            f"{label} came back as None. Is the function not written yet, or did you forget its `return`?",
            label=label,
        )
    if got is Ellipsis or got is NotImplemented or type_name(got) in ("ellipsis", "NotImplementedType"):
        return fail(
            "missing", f"{label} is still a placeholder (`...`). Replace it with your code.", label=label
        )
    if isinstance(expected, dict):
        return _structure_of_dict(got, expected, label)
    if isinstance(expected, (tuple, list)):
        wanted = f"{len(expected)} values" + (f" ({', '.join(labels)})" if labels else "")
        inside = label != "the result" and not label.startswith("`")  # a dictionary or another tuple
        if not isinstance(got, (tuple, list)) and inside:
            return fail(
                "type",
                f"{label} should be a tuple of length {len(expected)}, but it is of type {type_name(got)}. "
                "`(7,)` is a tuple of one number.",
                label=label,
            )
        if not isinstance(got, (tuple, list)):
            return fail(
                "type",
                f"{label} should return {wanted}, but returned one {type_name(got)}. "
                "Separate them by commas after `return`.",
                label=label,
            )
        if len(got) != len(expected):
            return fail("type", f"{label} should return {wanted}, but returned {len(got)}.", label=label)
        names = [labels[i] if i < len(labels) else f"item {i}" for i in range(len(expected))]
        parts = (structure_outcome(g, e, n, ()) for g, e, n in zip(got, expected, names, strict=True))
        return next((part for part in parts if part is not None), None)
    if isinstance(expected, str):
        wanted = f"{label} should be a word in quotes, but it is of type {type_name(got)}."
        return None if isinstance(got, str) else fail("type", wanted, label=label)
    if isinstance(got, (np.ndarray, np.generic, bool, int, float, complex)):
        return None
    wanted = "a NumPy array" if np.ndim(expected) else "a number"
    repair = " Turn it into one with `np.array(...)`." if isinstance(got, (list, tuple)) else ""
    return fail(
        "type", f"{label} should be {wanted}, but it is of type {type_name(got)}.{repair}", label=label
    )


def _structure_of_dict(got: Any, expected: dict, label: str) -> Outcome | None:
    if not isinstance(got, dict):
        return fail("type", f"{label} should be a dict, but it is of type {type_name(got)}.", label=label)
    if missing := [repr(k) for k in expected if k not in got]:
        return fail("type", f"{label} lacks the key {', '.join(missing)}.", label=label)
    if extra := [k for k in got if k not in expected]:
        return fail(
            "type",
            f"{label} has {len(extra)} key{'s' * (len(extra) > 1)} too many; expected are "
            f"{', '.join(map(repr, expected))}.",
            label=label,
        )
    parts = (structure_outcome(got[k], expected[k], str(k), ()) for k in expected)
    return next((part for part in parts if part is not None), None)


def _compare_leaf(
    label: str, got: Any, expected: Any, atol: float, coarsest: float, picture: bool
) -> Outcome:
    if isinstance(expected, str):
        same = got == expected
        return Outcome(
            same, "ok" if same else "value", f"{label} is {'right' if same else 'another word'}.", label=label
        )
    answer, right = np.asarray(got), np.asarray(expected)
    if answer.shape != right.shape:
        return fail(
            "shape",
            f"{label} has shape {answer.shape}, expected {right.shape}.",
            where=where_shape(answer.shape, right.shape),
            label=label,
        )
    if right.dtype.kind in "iu":
        return _compare_integers(label, answer, right, picture)
    if answer.dtype.kind != "f" or answer.dtype.itemsize < 4:
        return fail(
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
        return fail(
            "finite",
            f"{label} {count} {what}. A division 0/0, an overflowing exponential or the logarithm "
            "of 0 does that: print the intermediate values and find the first one.",
            where=tell_where(lost, None, None, label, verbs=(f"is {what}", f"are {what}"), picture=picture),
            label=label,
        )
    count = "" if right.ndim == 0 else f" in {differs.sum()} of {differs.size} elements"
    message = f"{label} has the right {'type' if right.ndim == 0 else 'shape'}, but another value{count}."
    return fail(
        "value",
        message,
        detail_of(label, answer, right, differs, picture),
        tell_where(differs, answer, right, label, picture=picture),
        label,
    )


def _compare_integers(label: str, answer: np.ndarray, right: np.ndarray, picture: bool) -> Outcome:
    if answer.dtype.kind not in "iuf":
        return fail("dtype", f"{label} has dtype {answer.dtype}, expected whole numbers.", label=label)
    if np.array_equal(answer, right):
        if answer.dtype.kind in "iu":
            return Outcome(True, "ok", "Every element is right.")
        return fail(
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
        where = tell_where(differs, answer, right, label, picture=picture)
        return fail("value", message, detail_of(label, answer, right, differs, picture), where, label)
    whole = np.array_equal(answer, np.floor(answer))
    message = (
        f"{label} is {answer}: another number than expected."
        if whole
        else (f"{label} is {answer}, but half a position does not exist: a size is a whole number.")
    )
    return fail("value", message, f"expected {right}, got {answer}", label=label)


def _dtype_hint(dtype: np.dtype) -> str:
    return {
        "i": "Allocate the result with a float dtype: whole numbers cut the decimals off.",
        "u": "Convert to float first: unsigned numbers wrap around below 0.",
        "b": "A comparison gives True and False; did you mean to multiply by it?",
        "c": "The imaginary part is rounding dust: take `.real`.",
        "f": "float16 keeps three digits only: keep the input's dtype.",
    }.get(dtype.kind, "It should hold floating-point numbers.")
