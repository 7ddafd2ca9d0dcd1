"""An example as text: the inputs side by side, what is expected beside what came, the first difference as a sum."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from .asking import Seen
from .oracle import Rung
from .tables import Block, channels_behind, table
from .values import flatten, is_near
from .where import first_difference_of, is_picture

MOST_NUMBERS, MOST_TABLES = 64, 4  # of an answer that are printed
WIDTH = 84  # characters of a line of tables


def call_text(name: str, arguments: tuple[str, ...], rung: Rung) -> str:
    """A call as it is written; arrays by their names.

    >>> rung = Rung((np.ones((1, 3, 3, 1)), np.ones((2, 2, 1, 1)), np.zeros(1)), {"strides": 2})
    >>> call_text("conv2d_forward", ("x", "w", "b", "strides"), rung)
    'conv2d_forward(x, w, b, strides=2)'
    """
    given = [
        argument if isinstance(value, (np.ndarray, dict)) else repr(value)
        for argument, value in zip(arguments, rung.args, strict=False)
    ]
    return f"{name}({', '.join([*given, *(f'{option}={value!r}' for option, value in rung.kwargs.items())])})"


def work_out(seen: Seen, whose: str) -> str:
    """The inputs, what is expected, what came, and the first wrong element as a sum."""
    outcome, signature = seen.outcome, seen.signature
    name = outcome.asked
    inputs = [
        block
        for argument, value in zip(signature.arguments, seen.rung.args, strict=False)
        for block in _blocks(argument, value)
    ]
    expected = flatten(seen.answer.expected, signature.labels, f"`{name}`")
    if outcome.kind == "raised":
        right = [
            block
            for label, value in expected.items()
            for block in _blocks(_title("expected", label), value, label, signature.picture)
        ]
        words = outcome.message.partition(" instead of")[0].replace(f"`{name}`", "it", 1)
        results = [_side_by_side(right), f"{whose}: {words}. {outcome.detail[:200]}"]
    else:
        got = flatten(seen.got, signature.labels, f"`{name}`")[outcome.label]
        leaves = np.asarray(expected[outcome.label]), np.asarray(got)
        results = [_compared(outcome.label, *leaves, whose, signature.picture)]
        if outcome.kind in ("finite", "value") and signature.window:
            results.append(_as_a_sum(seen, whose))
    return "\n\n".join(([_side_by_side(inputs)] if inputs else []) + results)


def _title(whose: str, label: str) -> str:
    return whose if label.startswith("`") else f"{whose} {label}"


def _compared(label: str, expected: np.ndarray, got: np.ndarray, whose: str, picture: bool) -> str:
    """What is expected beside what came: of equal shapes the planes that differ, else all numbers if they are few."""
    if expected.ndim == 0 and got.ndim == 0:
        right, answer = (f"{leaf:.6g}" if leaf.dtype.kind in "iuf" else str(leaf) for leaf in (expected, got))
        return f"{_title('expected', label)}: {right}, {whose}: {answer}"
    if expected.shape == got.shape:
        both = zip(_planes(label, expected, picture), _planes(label, got, picture), strict=True)
        pairs = [(where, a, b) for (where, a), (_, b) in both if not is_near(b, a)][:MOST_TABLES]
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
        *_blocks(titles[0], expected, label, picture),
        *(_blocks(titles[1], got, label, picture) if few else [(titles[1], [])]),
    ]
    return _side_by_side(blocks)


def _blocks(title: str, value: Any, label: str = "", picture: bool = False) -> list[Block]:
    """The tables of an argument or of a part of an answer; none for what stands in the call itself."""
    if isinstance(value, dict):
        return [block for key, part in value.items() for block in _blocks(f"{title}[{key!r}]", part)]
    if not isinstance(value, (np.ndarray, np.generic)):
        return []
    planes = _planes(label or title, np.asarray(value), picture)
    return [_lines(title + where, plane) for where, plane in planes]


def _planes(label: str, values: np.ndarray, picture: bool = False) -> Iterator[tuple[str, np.ndarray]]:
    """(place, matrix) for each image and channel, for each pair of channels of a kernel, for each channel of a picture, or along
    the axes before the last two.

    >>> [(place, plane.shape) for place, plane in _planes("x", np.zeros((1, 3, 4, 2)))]
    [('[0, :, :, 0]', (3, 4)), ('[0, :, :, 1]', (3, 4))]
    """
    if values.ndim < 3:
        yield "", np.atleast_2d(values)
        return
    if is_picture(label, picture):
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


def _as_a_sum(seen: Seen, whose: str) -> str:
    """The first wrong element, worked by hand.

    >>> from grader.cnnchecks.outcome import Answer
    >>> from grader.cnnchecks.oracle import Signature
    >>> from grader.cnnchecks.outcome import Outcome
    >>> x, w, b = np.array([[1.0, 2.0]]).reshape(1, 1, 2, 1), np.array([[3.0, 4.0]]).reshape(1, 2, 1, 1), np.ones(1)
    >>> answer, zeros = Answer(np.full((1, 1, 1, 1), 12.0)), np.zeros((1, 1, 1, 1))
    >>> outcome, convolution = Outcome(False, "value", ""), Signature(("x", "w", "b"), window="sum")
    >>> _as_a_sum(Seen(Rung((x, w, b)), outcome, zeros, answer, convolution), "got")
    'expected[0, 0, 0, 0] is 1*3 + 2*4 + 1 = 12, got 0'
    """
    rung, signature = seen.rung, seen.signature
    expected, got = np.asarray(seen.answer.expected), np.asarray(seen.got)
    place = first_difference_of(got, expected, seen.answer.atol)
    window, kernel = channels_behind(signature, rung.args, rung.kwargs, place, rung.zeros)
    assert window is not None
    here = f"expected[{', '.join(map(str, place))}]"
    if kernel is None:
        what = "the largest" if signature.window == "max" else "the mean"
        numbers = ", ".join(f"{v:.4g}" for v in window[:, :, place[3]].ravel())
        sum_ = f"{here} is {what} of {numbers}: {expected[place]:.4g}"
    else:
        products = [
            f"{p:.4g}*{q:.4g}" for p, q in zip(window.ravel(), kernel.ravel(), strict=True) if p and q
        ]
        bias = [f"{rung.args[2][place[3]]:.4g}"] if rung.args[2][place[3]] or not products else []
        sum_ = f"{here} is {' + '.join(products + bias)} = {expected[place]:.4g}"
    return f"{sum_}, {whose} {got[place]:.4g}"
