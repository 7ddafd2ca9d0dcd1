"""The panels of a picture: a matrix each, with what is written into its cells, how large these are, and which colours."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

VALUES, DIFFERENCES = "cividis", "magma_r"
PAGE, WIDEST, TALLEST, LARGEST_CELL = 470.0, 150.0, 150.0, 34.0  # all panels, a panel's sides, a cell's
MOST_NUMBERS = 50  # in one panel
TITLE, SMALLEST_TEXT, LARGEST_TEXT = 9.5, 6.5, 9.5
ABOVE, BELOW, TICKS, GAP, BAR, BAR_ROOM = 20.0, 16.0, 16.0, 18.0, 7.0, 40.0
FAR = 1e30  # nothing larger is drawn: Matplotlib computes with differences


def difference_of(expected: np.ndarray, got: np.ndarray) -> np.ndarray:
    """|got - expected|, and 0 where that is rounding, or where both are the same infinity or no number."""
    expected, got = clip(expected), clip(got)
    with np.errstate(invalid="ignore"):
        difference = np.abs(got - expected)
    scale = float(np.max(np.abs(expected), where=np.isfinite(expected), initial=0))
    same = (got == expected) | (np.isnan(got) & np.isnan(expected)) | (difference <= 1e-6 * scale)
    return np.where(same, 0.0, difference)


def clip(values: Any) -> np.ndarray:
    values = np.asarray(values, dtype=np.float64)
    return np.where(np.isfinite(values), np.clip(values, -FAR, FAR), values)


def number_text(value: float, digits: int = 3) -> str:
    """A few digits, with a real minus.

    >>> number_text(-0.33333), number_text(12.0), number_text(float("nan"))
    ('−0.333', '12', 'NaN')
    """
    if math.isnan(value):
        return "NaN"
    return (
        f"{value:.{digits}g}".replace("e+0", "e")
        .replace("e+", "e")
        .replace("e-0", "e-")
        .replace("-", "−")
        .replace("inf", "∞")
    )


@dataclass(frozen=True)
class Panel:
    """A matrix and how it is drawn: its colours, what is marked, how large a cell and its number are (points)."""

    title: str
    values: np.ndarray
    words: list[list[str]]  # empty where numbers would be too small to read
    cell: tuple[float, float]
    text: float
    colours: str = ""
    limits: tuple[float, float] = (0.0, 1.0)
    outlined: tuple[int, int] | None = None
    framed: bool = False
    bar: bool = False  # does its colour bar stand to its right?

    @property
    def size(self) -> tuple[float, float]:
        rows, columns = self.values.shape
        return columns * self.cell[0], rows * self.cell[1]

    @property
    def room(self) -> float:
        """The width that it takes, with title and colour bar."""
        bar = BAR_ROOM if self.bar else 0.0
        return max(self.size[0], 0.55 * TITLE * len(self.title)) + bar + GAP


def input_panel(title: str, values: np.ndarray, framed: bool) -> Panel:
    """Numbers on white, as in a hand calculation; colours only where there are too many of them."""
    panel = make_panel(title, values, framed=framed)
    return panel if panel.words else replace(panel, colours=VALUES, limits=limits_of(values), bar=True)


def make_panel(title: str, values: np.ndarray, widest: float = WIDEST, **how: Any) -> Panel:
    """A panel whose cells are as large as there is room, with numbers of three or else two digits if they fit."""
    rows, columns = values.shape
    width, height = min(widest / columns, LARGEST_CELL), min(TALLEST / rows, LARGEST_CELL)
    square = min(width, height)
    cell = (square, square) if min(rows, columns) > 1 else (width, min(height, 0.7 * LARGEST_CELL))
    for digits in (3, 2) if values.size <= MOST_NUMBERS else ():
        words = _words(values, digits)
        longest = max(2, *(len(word) for row in words for word in row))
        if (text := min(LARGEST_TEXT, 0.92 * cell[0] / (0.62 * longest), 0.8 * cell[1])) >= SMALLEST_TEXT:
            return Panel(title, values, words, cell, text, **how)
    return Panel(title, values, [], cell, 0.0, **how)


def _words(values: np.ndarray, digits: int) -> list[list[str]]:
    """Every cell's number, with as many decimals as give the largest one `digits` digits.

    >>> _words(np.array([[1.2345, -0.001], [0.0, np.inf]]), 3), _words(np.array([[120.0, -3.0]]), 2)
    ([['1.23', '0.00'], ['0', '∞']], [['120', '−3']])
    """
    finite = values[np.isfinite(values)]
    largest = float(np.abs(finite).max(initial=0))
    if largest and not 1e-3 <= largest < 1e5:
        return [[number_text(value, digits) for value in row] for row in values.tolist()]
    decimals = max(0, digits - 1 - math.floor(math.log10(largest or 1.0)))
    while decimals and np.array_equal(np.round(finite, decimals), np.round(finite, decimals - 1)):
        decimals -= 1

    def word(value: float) -> str:
        if value == 0 or not math.isfinite(value):
            return number_text(value)
        return f"{round(value, decimals) + 0.0:.{decimals}f}".replace("-", "−")  # + 0.0: never a minus zero

    return [[word(value) for value in row] for row in values.tolist()]


def compared_panels(
    expected: np.ndarray, got: np.ndarray | None, outlined: tuple[int, int] | None
) -> list[Panel]:
    """One scale for what is compared, so that a colour is a value; the difference begins at 0, in other colours."""
    widest = PAGE if is_wide(expected) else WIDEST
    if got is None:
        panel = make_panel("expected", expected, widest, colours=VALUES, limits=limits_of(expected))
        return [replace(panel, bar=not panel.words)]
    difference = difference_of(expected, got)
    limits = limits_of(np.concatenate([expected, got]))
    largest = float(np.max(difference, where=np.isfinite(difference), initial=0)) or 1.0
    panels = [
        make_panel("expected", expected, widest, colours=VALUES, limits=limits, outlined=outlined),
        make_panel("got", got, widest, colours=VALUES, limits=limits, outlined=outlined),
        make_panel(
            "|difference|", difference, widest, colours=DIFFERENCES, limits=(0.0, largest), outlined=outlined
        ),
    ]
    silent = [not panel.words for panel in panels]
    bars = (False, silent[0] or silent[1], silent[2])
    return [replace(panel, bar=bar) for panel, bar in zip(panels, bars, strict=True)]


def is_wide(values: np.ndarray) -> bool:
    """Do the panels stand better one below the other?"""
    rows, columns = values.shape
    return columns > max(6, 2 * rows)


def limits_of(values: np.ndarray) -> tuple[float, float]:
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    around = max(0.5, abs(high) / 2)  # one value alone has the middle of the scale
    return (low, high) if high > low else (low - around, high + around)
