"""Panels drawn side by side, as a PNG file with a palette. Matplotlib is imported by the functions that draw, without pyplot."""

from __future__ import annotations

import io
import math
from typing import Any

import numpy as np

from .panels import ABOVE, BAR, BELOW, SMALLEST_TEXT, TICKS, TITLE, Panel, number_text

SHARPEST, MOST_PIXELS = 150, 320_000  # dots per inch; large pictures get fewer, so that no file exceeds 30 kB


def draw_panels(rows: list[list[Panel]]) -> bytes:
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


def _height(row: list[Panel]) -> float:
    return ABOVE + max(panel.size[1] for panel in row) + BELOW


def _draw(axes: Any, panel: Panel, left: float, top: float) -> None:
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


def _write_places(axes: Any, panel: Panel, left: float, top: float) -> None:
    """Numbers of rows and columns, at most ten."""
    rows, columns = panel.values.shape
    style = {"fontsize": SMALLEST_TEXT, "color": "0.35"}
    across, down = panel.cell
    for row in range(0, rows, math.ceil(rows / 10)):
        axes.text(left - 4, top + (row + 0.5) * down, row, ha="right", va="center", **style)
    below = top + panel.size[1] + 3
    for column in range(0, columns, math.ceil(columns / 10)):
        axes.text(left + (column + 0.5) * across, below, column, ha="center", va="top", **style)


def _write_numbers(axes: Any, panel: Panel, shades: np.ndarray, x: np.ndarray, y: np.ndarray) -> None:
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


def _draw_bar(axes: Any, panel: Panel, left: float, top: float) -> None:
    """Which colour is which value: the highest at the top."""
    from matplotlib import colormaps

    height, steps = panel.size[1], 24
    shades = colormaps[panel.colours](np.linspace(1, 0, steps))[:, None]
    axes.pcolormesh([left, left + BAR], top + np.linspace(0, height, steps + 1), shades)
    for value in np.linspace(*panel.limits, 3 if height > 30 else 2):
        share = (value - panel.limits[0]) / (panel.limits[1] - panel.limits[0])
        place = (left + BAR + 3, top + (1 - share) * height)
        axes.text(*place, number_text(float(value)), va="center", fontsize=6.5, color="0.35")


def _with_few_colours(pixels: np.ndarray, dpi: float) -> bytes:
    """The picture as a PNG file with a palette: a third of the bytes."""
    from PIL import Image  # comes with Matplotlib

    out = io.BytesIO()
    picture = Image.fromarray(np.ascontiguousarray(pixels)).quantize(256, method=Image.Quantize.FASTOCTREE)
    palette = np.array(picture.getpalette())
    picture.putpalette(np.where(palette > 252, 255, palette).tolist())  # white stays white
    picture.save(out, format="PNG", dpi=(dpi, dpi))
    return out.getvalue()
