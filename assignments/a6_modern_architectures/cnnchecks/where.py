"""Where does an answer differ, and how? In words: the border, every second row, twice as large."""

from __future__ import annotations

from typing import Any

import numpy as np

from .values import is_near, unit

AXES = {
    4: ("image", "row", "column", "channel"),
    3: ("row", "column", "channel"),
    2: ("row", "column"),
    1: ("position",),
}
KERNEL_AXES = ("kernel row", "kernel column", "input channel", "output channel")


def tell_where(
    differs: np.ndarray,
    got: np.ndarray | None,
    expected: np.ndarray | None,
    label: str,
    verbs: tuple[str, str] = ("differs", "differ"),
    picture: bool = False,
) -> str:
    """The first pattern, most telling first, that describes the sizes and places of the differences.

    >>> right = np.arange(1.0, 13.0).reshape(3, 4)
    >>> tell_where(np.ones((3, 4), bool), 2 * right, right, "dw")
    'every element is 2 times what it should be'
    """
    if differs.size < 2:
        return ""
    names = _names_of_axes(label, differs.ndim, picture)
    across = axes_across(label, differs.ndim, picture)
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


def _names_of_axes(label: str, axes: int, picture: bool) -> tuple[str, ...]:
    if axes == 3 and not is_picture(label, picture):
        return ()
    return KERNEL_AXES if label == "dw" and axes == 4 else AXES.get(axes, ())


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
    if factor and abs(factor - 1) > 1e-3 and is_near(got, factor * expected):
        return f"{factor:.4g} times what it should be"
    offset = float((got - expected).mean())
    return f"off by the same number, {offset:+.4g}" if is_near(got, expected + offset) else ""


def _rearranged(
    got: np.ndarray, expected: np.ndarray, names: tuple[str, ...], across: tuple[int, ...]
) -> str:
    """Are the right numbers there, at other places?"""
    if not names:
        return ""
    rows_and_columns = [(*across, "rows and columns")] if len(across) == 2 else []
    channels = [(2, 3, "input and output channels")] if names == KERNEL_AXES else []
    for a, b, what in (*rows_and_columns, *channels):
        if expected.shape[a] == expected.shape[b] and is_near(got, expected.swapaxes(a, b)):
            return f"{what} are exchanged"
    for axes in [*((axis,) for axis in across), across]:
        if is_near(got, np.flip(expected, axes)):
            return f"the {' and the '.join(f'{names[axis]}s' for axis in axes)} stand in reverse order"
    for axis in across:
        if told := _rolled(got, expected, axis, names[axis]):
            return told
    return _shifted(got, expected, names, across) if len(across) == 2 else ""


def _rolled(got: np.ndarray, expected: np.ndarray, axis: int, name: str) -> str:
    size = expected.shape[axis]
    by = next((k for k in range(1, size) if is_near(got, np.roll(expected, k, axis))), 0)
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
        if _varies(belongs) and is_near(got[tuple(here)], belongs):
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


def where_shape(got: tuple[int, ...], expected: tuple[int, ...]) -> str:
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


def first_difference_of(got: np.ndarray, expected: np.ndarray, atol: Any) -> tuple[int, ...]:
    coarser = max(1.0, unit(got.dtype) / unit(expected.dtype))
    with np.errstate(all="ignore"):
        differs = ~((np.abs(got - expected) <= atol * coarser) | (got == expected))
    return tuple(int(i) for i in np.argwhere(differs)[0])


def is_picture(label: str, picture: bool) -> bool:
    """Is this (H, W, C), with no batch in front: an argument that is called so, or the whole answer of a function that
    gives a `picture`?"""
    return label == "image" or (picture and label.startswith("`"))


def axes_across(label: str, axes: int, picture: bool = False) -> tuple[int, ...]:
    """Rows and columns: of an image, or of a kernel."""
    if axes < 3:
        return (0, 1)[:axes]
    return (0, 1) if is_picture(label, picture) or (label == "dw" and axes == 4) else (1, 2)
