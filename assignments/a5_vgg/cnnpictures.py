"""Pictures of a wrong answer: expected, got and their difference as heat maps, and two layer tables side by side.

`show` puts them into a live notebook, where there is one; `png`, `alt` and `layers_html` are what a page needs.
Colours differ in lightness as well as in hue (cividis, magma), so that they survive any colour vision and a grey
printer; lines have a light and a dark edge, and cells carry their numbers as long as these fit. Matplotlib is
imported by the function that draws, without pyplot: no figure, style or backend of the notebook is touched.
"""

from __future__ import annotations

import base64
import html
import io
import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from grader.cnnchecks import Outcome, Picture

Table = tuple[tuple[float, ...], ...]  # a matrix that can be hashed
Layers = Sequence[tuple[str, str, bool]]  # what is expected, what is there, is it the first difference?

VALUES, DIFFERENCES = "cividis", "magma_r"
SHARPEST, MOST_PIXELS = 150, 320_000  # dots per inch; large pictures get fewer, so that no file exceeds 30 kB
PAGE, WIDEST, TALLEST, LARGEST_CELL = 470.0, 150.0, 150.0, 34.0  # all panels, a panel's sides, a cell's
MOST_NUMBERS = 50  # in one panel
TITLE, SMALLEST_TEXT, LARGEST_TEXT = 9.5, 6.5, 9.5
ABOVE, BELOW, TICKS, GAP, BAR, BAR_ROOM = 20.0, 16.0, 16.0, 18.0, 7.0, 40.0
FAR = 1e30  # nothing larger is drawn: Matplotlib computes with differences


# A picture in words -----------------------------------------------------------------------------------------


def alt(picture: Picture) -> str:
    """What the picture shows, for those who can't see it.

    >>> from grader.cnnchecks import Picture
    >>> alt(Picture(np.zeros((2, 2)), np.array([[0.0, 3.0], [0.0, -1.0]]), "dx of image 0", (0, 1)))
    'Heat maps of dx of image 0, 2 rows by 2 columns: expected, got and their difference. 2 of 4 elements differ, \
the first at row 0, column 1: expected 0, got 3. The largest difference is 3.'
    """
    rows, columns = picture.expected.shape
    size = f"{rows} row{'s' * (rows != 1)} by {columns} column{'s' * (columns != 1)}"
    if picture.got is None:
        return f"Heat map of what is expected: {picture.title}, {size}. The answer has another shape."
    difference = _difference(picture.expected, picture.got)
    wrong = ~(difference == 0)
    words = [f"Heat maps of {picture.title}, {size}: expected, got and their difference."]
    words.append(f"{wrong.sum()} of {wrong.size} elements differ" + _first(picture) + ".")
    if np.isfinite(difference).any():
        largest = np.max(difference, where=np.isfinite(difference), initial=0)
        words.append(f"The largest difference is {_number(float(largest))}.")
    return " ".join(words)


def _first(picture: Picture) -> str:
    if picture.outlined is None or picture.got is None:
        return ""
    row, column = picture.outlined
    expected, got = (_number(float(values[row, column])) for values in (picture.expected, picture.got))
    return f", the first at row {row}, column {column}: expected {expected}, got {got}"


def _difference(expected: np.ndarray, got: np.ndarray) -> np.ndarray:
    """|got - expected|, and 0 where that is rounding, or where both are the same infinity or no number."""
    expected, got = _clipped(expected), _clipped(got)
    with np.errstate(invalid="ignore"):
        difference = np.abs(got - expected)
    scale = float(np.max(np.abs(expected), where=np.isfinite(expected), initial=0))
    same = (got == expected) | (np.isnan(got) & np.isnan(expected)) | (difference <= 1e-6 * scale)
    return np.where(same, 0.0, difference)


def _clipped(values: Any) -> np.ndarray:
    values = np.asarray(values, dtype=np.float64)
    return np.where(np.isfinite(values), np.clip(values, -FAR, FAR), values)


def _number(value: float, digits: int = 3) -> str:
    """A few digits, with a real minus.

    >>> _number(-0.33333), _number(12.0), _number(float("nan"))
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


# Drawing ----------------------------------------------------------------------------------------------------


def png(picture: Picture) -> bytes:
    """The heat maps as a PNG file of less than 30 kB. The same picture is drawn once."""
    window, kernel = picture.window, picture.kernel
    return _png(
        _table(picture.expected),
        None if picture.got is None else _table(picture.got),
        picture.outlined,
        None if window is None else _table(window),
        None if kernel is None else _table(kernel),
    )


def _table(values: np.ndarray) -> Table:
    return tuple(map(tuple, _clipped(np.atleast_2d(values)).tolist()))


@lru_cache(maxsize=256)
def _png(
    expected: Table,
    got: Table | None,
    outlined: tuple[int, int] | None,
    window: Table | None,
    kernel: Table | None,
) -> bytes:
    compared = _compared(np.array(expected), None if got is None else np.array(got), outlined)
    rows = [[panel] for panel in compared] if _is_wide(compared[0].values) else [compared]
    inputs = [("the window it reads", window, True), ("the kernel", kernel, False)]
    rows.append([_input(title, np.array(values), framed) for title, values, framed in inputs if values])
    return _drawn([row for row in rows if row])


@dataclass(frozen=True)
class _Panel:
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


def _input(title: str, values: np.ndarray, framed: bool) -> _Panel:
    """Numbers on white, as in a hand calculation; colours only where there are too many of them."""
    panel = _panel(title, values, framed=framed)
    return panel if panel.words else replace(panel, colours=VALUES, limits=_limits(values), bar=True)


def _panel(title: str, values: np.ndarray, widest: float = WIDEST, **how: Any) -> _Panel:
    """A panel whose cells are as large as there is room, with numbers of three or else two digits if they fit."""
    rows, columns = values.shape
    width, height = min(widest / columns, LARGEST_CELL), min(TALLEST / rows, LARGEST_CELL)
    square = min(width, height)
    cell = (square, square) if min(rows, columns) > 1 else (width, min(height, 0.7 * LARGEST_CELL))
    for digits in (3, 2) if values.size <= MOST_NUMBERS else ():
        words = _words(values, digits)
        longest = max(2, *(len(word) for row in words for word in row))
        if (text := min(LARGEST_TEXT, 0.92 * cell[0] / (0.62 * longest), 0.8 * cell[1])) >= SMALLEST_TEXT:
            return _Panel(title, values, words, cell, text, **how)
    return _Panel(title, values, [], cell, 0.0, **how)


def _words(values: np.ndarray, digits: int) -> list[list[str]]:
    """Every cell's number, with as many decimals as give the largest one `digits` digits.

    >>> _words(np.array([[1.2345, -0.001], [0.0, np.inf]]), 3), _words(np.array([[120.0, -3.0]]), 2)
    ([['1.23', '0.00'], ['0', '∞']], [['120', '−3']])
    """
    finite = values[np.isfinite(values)]
    largest = float(np.abs(finite).max(initial=0))
    if largest and not 1e-3 <= largest < 1e5:
        return [[_number(value, digits) for value in row] for row in values.tolist()]
    decimals = max(0, digits - 1 - math.floor(math.log10(largest or 1.0)))
    while decimals and np.array_equal(np.round(finite, decimals), np.round(finite, decimals - 1)):
        decimals -= 1

    def word(value: float) -> str:
        if value == 0 or not math.isfinite(value):
            return _number(value)
        return f"{round(value, decimals) + 0.0:.{decimals}f}".replace("-", "−")  # + 0.0: never a minus zero

    return [[word(value) for value in row] for row in values.tolist()]


def _compared(expected: np.ndarray, got: np.ndarray | None, outlined: tuple[int, int] | None) -> list[_Panel]:
    """One scale for what is compared, so that a colour is a value; the difference begins at 0, in other colours."""
    widest = PAGE if _is_wide(expected) else WIDEST
    if got is None:
        panel = _panel("expected", expected, widest, colours=VALUES, limits=_limits(expected))
        return [replace(panel, bar=not panel.words)]
    difference = _difference(expected, got)
    limits = _limits(np.concatenate([expected, got]))
    largest = float(np.max(difference, where=np.isfinite(difference), initial=0)) or 1.0
    panels = [
        _panel("expected", expected, widest, colours=VALUES, limits=limits, outlined=outlined),
        _panel("got", got, widest, colours=VALUES, limits=limits, outlined=outlined),
        _panel(
            "|difference|", difference, widest, colours=DIFFERENCES, limits=(0.0, largest), outlined=outlined
        ),
    ]
    silent = [not panel.words for panel in panels]
    bars = (False, silent[0] or silent[1], silent[2])
    return [replace(panel, bar=bar) for panel, bar in zip(panels, bars, strict=True)]


def _is_wide(values: np.ndarray) -> bool:
    """Do the panels stand better one below the other?"""
    rows, columns = values.shape
    return columns > max(6, 2 * rows)


def _limits(values: np.ndarray) -> tuple[float, float]:
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    around = max(0.5, abs(high) / 2)  # one value alone has the middle of the scale
    return (low, high) if high > low else (low - around, high + around)


def _drawn(rows: list[list[_Panel]]) -> bytes:
    """Panels in rows, on one pair of axes measured in points from the top left: one for each panel takes five times
    as long."""
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    width = TICKS + max(sum(panel.room for panel in row) for row in rows)
    height = sum(_height(row) for row in rows)
    plain = {name: value for name, value in matplotlib.rcParamsDefault.items() if "backend" not in name}
    with matplotlib.rc_context(plain):  # whatever style the notebook has set
        dpi = min(SHARPEST, 72 * math.sqrt(MOST_PIXELS / (width * height)))
        figure = Figure((width / 72, height / 72), dpi=dpi, facecolor="white")
        axes = figure.add_axes((0, 0, 1, 1), xlim=(0, width), ylim=(height, 0))
        axes.set_axis_off()
        top = 0.0
        for row in rows:
            left = TICKS
            for panel in row:
                _draw(axes, panel, left, top + ABOVE)
                left += panel.room
            top += _height(row)
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
    return _with_few_colours(np.asarray(canvas.buffer_rgba())[..., :3], dpi)


def _height(row: list[_Panel]) -> float:
    return ABOVE + max(panel.size[1] for panel in row) + BELOW


def _draw(axes: Any, panel: _Panel, left: float, top: float) -> None:
    from matplotlib import colormaps

    (rows, columns), (width, height), (across, down) = panel.values.shape, panel.size, panel.cell
    low, high = panel.limits
    shades = np.ones((rows, columns, 4))
    known = np.isfinite(panel.values)
    if panel.colours:
        shades[known] = colormaps[panel.colours]((panel.values[known] - low) / (high - low))
    x, y = left + across * np.arange(columns + 1), top + down * np.arange(rows + 1)
    edges = {"edgecolor": "white" if panel.colours else "0.75", "linewidth": 0.5} if panel.words else {}
    axes.pcolormesh(x, y, shades, **edges)
    axes.text(left, top - 5, panel.title, fontsize=TITLE)
    _write_places(axes, panel, left, top)
    if panel.words:
        _write_numbers(axes, panel, shades, x[:-1] + across / 2, y[:-1] + down / 2)
    else:
        crossed = [((x[j], y[i]), (x[j + 1], y[i + 1])) for i, j in np.argwhere(~known)]
        crossed += [((x[j + 1], y[i]), (x[j], y[i + 1])) for i, j in np.argwhere(~known)]
        axes.add_collection(_lines(crossed))
    _outline(axes, left, top, width, height, "0.5", 0.6)
    if panel.framed:
        _mark(axes, left, top, width, height)
    if panel.outlined is not None:
        row, column = panel.outlined
        _mark(axes, x[column], y[row], across, down)
    if panel.bar:
        _draw_bar(axes, panel, left + width + BAR, top)


def _lines(segments: list[Any]) -> Any:
    from matplotlib.collections import LineCollection

    return LineCollection(segments, colors="0.4", linewidths=0.8)


def _write_places(axes: Any, panel: _Panel, left: float, top: float) -> None:
    """Numbers of rows and columns, at most ten."""
    rows, columns = panel.values.shape
    style = {"fontsize": SMALLEST_TEXT, "color": "0.35"}
    across, down = panel.cell
    for row in range(0, rows, math.ceil(rows / 10)):
        axes.text(left - 4, top + (row + 0.5) * down, row, ha="right", va="center", **style)
    below = top + panel.size[1] + 3
    for column in range(0, columns, math.ceil(columns / 10)):
        axes.text(left + (column + 0.5) * across, below, column, ha="center", va="top", **style)


def _write_numbers(axes: Any, panel: _Panel, shades: np.ndarray, x: np.ndarray, y: np.ndarray) -> None:
    style = {"ha": "center", "va": "center_baseline", "fontsize": panel.text}
    for row, column in np.ndindex(panel.values.shape):
        axes.text(x[column], y[row], panel.words[row][column], color=ink(shades[row, column]), **style)


def ink(ground: np.ndarray) -> str:
    """Black or white, whichever stands out from a colour of red, green and blue between 0 and 1."""
    luminance = ground[:3] ** 2.2 @ (0.2126, 0.7152, 0.0722)
    return "black" if luminance > 0.18 else "white"


def _mark(axes: Any, left: float, top: float, width: float, height: float) -> None:
    """A black line with white edges, which is seen on any ground."""
    _outline(axes, left, top, width, height, "white", 3.6)
    _outline(axes, left, top, width, height, "black", 1.8)


def _outline(
    axes: Any, left: float, top: float, width: float, height: float, colour: str, line: float
) -> None:
    from matplotlib.patches import Rectangle

    axes.add_patch(
        Rectangle((left, top), width, height, fill=False, edgecolor=colour, linewidth=line, zorder=3)
    )


def _draw_bar(axes: Any, panel: _Panel, left: float, top: float) -> None:
    """Which colour is which value: the highest at the top."""
    from matplotlib import colormaps

    height, steps = panel.size[1], 24
    shades = colormaps[panel.colours](np.linspace(1, 0, steps))[:, None]
    axes.pcolormesh([left, left + BAR], top + np.linspace(0, height, steps + 1), shades)
    for value in np.linspace(*panel.limits, 3 if height > 30 else 2):
        share = (value - panel.limits[0]) / (panel.limits[1] - panel.limits[0])
        place = (left + BAR + 3, top + (1 - share) * height)
        axes.text(*place, _number(float(value)), va="center", fontsize=6.5, color="0.35")


def _with_few_colours(pixels: np.ndarray, dpi: float) -> bytes:
    """The picture as a PNG file with a palette: a third of the bytes."""
    from PIL import Image  # comes with Matplotlib

    out = io.BytesIO()
    picture = Image.fromarray(np.ascontiguousarray(pixels)).quantize(256, method=Image.Quantize.FASTOCTREE)
    palette = np.array(picture.getpalette())
    picture.putpalette(np.where(palette > 252, 255, palette).tolist())  # white stays white
    picture.save(out, format="PNG", dpi=(dpi, dpi))
    return out.getvalue()


# On a page and in a notebook --------------------------------------------------------------------------------


def figure_html(picture: Picture) -> str:
    """The picture and its words as HTML that stands alone: no file, no script, no style sheet."""
    data = png(picture)
    width, height = _shown_size(data)
    return (
        f'<figure style="margin: 0.8em 0"><img src="data:image/png;base64,{base64.b64encode(data).decode()}" '
        f'alt="{html.escape(alt(picture))}" width="{width}" height="{height}" '
        'style="max-width: 100%; height: auto; background: white; border-radius: 6px">'
        f'<figcaption style="font-size: 0.875em">{html.escape(_caption(picture))}</figcaption></figure>'
    )


def _shown_size(data: bytes) -> tuple[int, int]:
    """Width and height in a page's pixels, 96 to an inch."""
    from PIL import Image

    with Image.open(io.BytesIO(data)) as picture:
        dpi = picture.info["dpi"][0]
        return round(picture.width * 96 / dpi), round(picture.height * 96 / dpi)


def _caption(picture: Picture) -> str:
    if picture.got is None:
        return f"What is expected: {picture.title}. The answer has another shape."
    frame = " The frame marks the first element that differs." if picture.outlined else ""
    return f"{picture.title}: expected and got share one scale of colours, |difference| has its own.{frame}"


def layers_html(layers: Layers) -> str:
    """Two tables of layers side by side; the first difference is marked in words, in bold and by a line.

    >>> print(layers_html([("Conv2D 156", "Conv2D 156", False), ("Dense 48,120", "Dense 48,000", True)]))
    ... # doctest: +ELLIPSIS
    <div ...><table ...>...<td ...>Dense 48,000</td><td ...>← first difference</td></tr></tbody></table></div>
    """
    head = "".join(_cell(words, "th") for words in ("expected", "yours", ""))
    rows = "".join(_layer(*layer) for layer in layers)
    return (
        '<div style="overflow-x: auto; margin: 0.8em 0"><table style="border-collapse: collapse; width: auto; '
        f'font-size: 0.875em"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
    )


def _layer(expected: str, got: str, is_first: bool) -> str:
    style = "font-weight: bold; border: 2px solid currentColor" if is_first else ""
    cells = "".join(_cell(words) for words in (expected, got, "← first difference" if is_first else ""))
    return f'<tr style="{style}">{cells}</tr>'


def _cell(words: str, tag: str = "td") -> str:
    style = "text-align: left; padding: 0.2em 0.5em; white-space: pre"
    return f'<{tag} style="{style}">{html.escape(words)}</{tag}>'


_shown: set[tuple[int, str]] = set()  # runs of cells, and the functions that were shown there


def show(name: str, outcome: Outcome) -> bool:
    """Display the picture of a failure in a live notebook, the first of each function in a run of a cell.

    Returns whether it did. In a terminal, or while Otter grades, nobody looks: then Matplotlib isn't imported either.
    """
    shell = _live_notebook()
    if shell is None or (run := (shell.execution_count, name)) in _shown:
        return False
    parts = [figure_html(picture) for picture in _pictures(outcome)[:1]]
    parts += [layers_html(outcome.layers)] if outcome.layers else []
    if not parts:
        return False
    _shown.add(run)
    from IPython.display import display

    markup = f"<div><p><code>{html.escape(name)}</code></p>{''.join(parts)}</div>"
    display({"text/html": markup, "text/plain": _plain(outcome)}, raw=True)
    return True


def _pictures(outcome: Outcome) -> list[Picture]:
    """The case's own picture, else that of an example made for it."""
    example = outcome.example.picture if outcome.example else None
    return [picture for picture in (outcome.picture, example) if picture is not None]


def _plain(outcome: Outcome) -> str:
    return " ".join(alt(picture) for picture in _pictures(outcome)[:1]) or "Two layer tables side by side."


def _live_notebook() -> Any | None:
    """The shell of a notebook that somebody looks at: it has a kernel, and Otter isn't grading in it."""
    ipython, otter = sys.modules.get("IPython"), sys.modules.get("otter.check.notebook")
    shell = ipython.get_ipython() if ipython else None
    is_grading = otter is not None and otter.Notebook._grading_mode
    return None if is_grading or getattr(shell, "kernel", None) is None else shell
