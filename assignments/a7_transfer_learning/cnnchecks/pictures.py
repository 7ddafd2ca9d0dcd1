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
import sys
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from .outcome import Outcome, Picture
from .drawing import draw_panels
from .panels import clip, compared_panels, difference_of, input_panel, is_wide, number_text

Table = tuple[tuple[float, ...], ...]  # a matrix that can be hashed
Layers = Sequence[tuple[str, str, bool]]  # what is expected, what is there, is it the first difference?


def alt(picture: Picture) -> str:
    """What the picture shows, for those who can't see it.

    >>> from grader.cnnchecks.outcome import Picture
    >>> alt(Picture(np.zeros((2, 2)), np.array([[0.0, 3.0], [0.0, -1.0]]), "dx of image 0", (0, 1)))
    'Heat maps of dx of image 0, 2 rows by 2 columns: expected, got and their difference. 2 of 4 elements differ, \
the first at row 0, column 1: expected 0, got 3. The largest difference is 3.'
    """
    rows, columns = picture.expected.shape
    size = f"{rows} row{'s' * (rows != 1)} by {columns} column{'s' * (columns != 1)}"
    if picture.got is None:
        return f"Heat map of what is expected: {picture.title}, {size}. The answer has another shape."
    difference = difference_of(picture.expected, picture.got)
    wrong = ~(difference == 0)
    words = [f"Heat maps of {picture.title}, {size}: expected, got and their difference."]
    words.append(f"{wrong.sum()} of {wrong.size} elements differ" + _first(picture) + ".")
    if np.isfinite(difference).any():
        largest = np.max(difference, where=np.isfinite(difference), initial=0)
        words.append(f"The largest difference is {number_text(float(largest))}.")
    return " ".join(words)


def _first(picture: Picture) -> str:
    if picture.outlined is None or picture.got is None:
        return ""
    row, column = picture.outlined
    expected, got = (number_text(float(values[row, column])) for values in (picture.expected, picture.got))
    return f", the first at row {row}, column {column}: expected {expected}, got {got}"


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
    return tuple(map(tuple, clip(np.atleast_2d(values)).tolist()))


@lru_cache(maxsize=256)
def _png(
    expected: Table,
    got: Table | None,
    outlined: tuple[int, int] | None,
    window: Table | None,
    kernel: Table | None,
) -> bytes:
    compared = compared_panels(np.array(expected), None if got is None else np.array(got), outlined)
    rows = [[panel] for panel in compared] if is_wide(compared[0].values) else [compared]
    inputs = [("the window it reads", window, True), ("the kernel", kernel, False)]
    rows.append([input_panel(title, np.array(values), framed) for title, values, framed in inputs if values])
    return draw_panels([row for row in rows if row])


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
