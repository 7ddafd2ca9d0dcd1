"""A network drawn as the lectures draw it: blocks as high as their maps and as wide as their channels.

`boxes` says what is drawn, from the rows of a blueprint alone; `draw` draws it. Matplotlib is imported by the
functions that draw.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from kerasnets.blueprint import Blueprint, Row

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# What is drawn, in words for the legend, and in colours that differ in lightness: a grey printer tells them apart.
COLOURS = {
    "image": "#ffffff",
    "convolution": "#bcdcf0",
    "dense layer": "#eda75f",
    "inception modules": "#4f86b5",
    "residual blocks": "#4f86b5",
    "pooling": "#7a1f3d",
}
# A block is all rows that share the name of its last one up to the underscore, and is named so.
JOINS = {"Add": "residual blocks", "Concatenate": "inception modules", "Multiply": None}  # None: not drawn

# Inches. Areas would span five orders of magnitude: heights and widths grow with the square roots of the sizes.
HIGHEST, NARROWEST_SLOT, BETWEEN_SLOTS, BETWEEN_SAME = 2.5, 0.66, 0.12, 0.07
WIDTH_OF_ONE, WIDEST_AT_LEAST = 0.0125, 0.45
SLANT = (0.24, 0.16)  # of a map's width, which is drawn up to the right
TOP, AXIS, LABELS = 5.55, 3.2, 1.6  # heights: of the figure, the boxes' centres, the names
LINE, MARGIN, NARROWEST = 0.17, 0.3, 7.6
GREY = "#5a5a5a"
MOST_DRAWN = 4  # of equal boxes; their number stands above them


@dataclass(frozen=True)
class Box:
    """Layers or blocks in a row that are alike: `count` maps of (height, width, channels); a vector's are 1×1."""

    kind: str
    first: str
    last: str
    height: int
    width: int
    channels: int
    parameters: int
    count: int = 1

    @property
    def name(self) -> str:
        """One line for each part of the name.

        >>> Box("convolution", "block3_conv1", "block3_conv3", 56, 56, 256, 1475328, 3).name
        'block3\\nconv1-3'
        """
        words, last = self.first.split("_"), self.last.split("_")[-1]
        if self.count > 1:
            pairs = enumerate(zip(words[-1], last, strict=False))
            words[-1] += "-" + last[next((at for at, (a, b) in pairs if a != b), 0) :]
        if len(words) > 1 and words[0].startswith(words[-1]):  # conv1_conv says it twice
            words.pop()
        return "\n".join(words)

    @property
    def shape(self) -> str:
        """The size of its maps in two lines, a vector's in one."""
        size = f"{self.height}×{self.width}\n×" if (self.height, self.width) != (1, 1) else ""
        return f"{size}{self.channels}"


def boxes(rows: Iterable[Row]) -> list[Box]:
    """What to draw of a network: rows that only pass numbers on are left out, blocks are one box, equal ones join.

    >>> rows = [Row("C1", "Conv2D", (None, 28, 28, 6), 156, 156, 235200), Row("act", "Activation", (None, 28, 28, 6), 0, 0, 0)]
    >>> [(box.name, box.shape) for box in boxes(rows)]
    [('C1', '28×28\\n×6')]
    """
    drawn: list[Box] = []
    for box in _single_boxes(list(rows)):
        alike = drawn and _looks(drawn[-1]) == _looks(box)
        drawn[-1:] = [_joined(drawn[-1], box)] if alike else [*drawn[-1:], box]
    return drawn


def _single_boxes(rows: list[Row]) -> Iterator[Box]:
    blocks = {row.name.rpartition("_")[0]: row for row in rows if row.kind in JOINS and "_" in row.name}
    within = {name: [row for row in rows if row.name.startswith(f"{name}_")] for name in blocks}
    inside = {row.name for members in within.values() for row in members}
    for row in rows:
        block = row.name.rpartition("_")[0]
        if blocks.get(block) is row and (kind := JOINS[row.kind]):
            yield _box(kind, block, row, sum(member.parameters for member in within[block]))
        elif row.name not in inside and (kind := _kind(row)):
            yield _box(kind, row.name, row, row.parameters)


def _kind(row: Row) -> str | None:
    """What a row is in the legend; None for one that isn't drawn."""
    if row.kind == "InputLayer":
        return "image"
    kinds = {"Conv": "convolution", "Pooling": "pooling", "Dense": "dense layer"}
    return next((kind for word, kind in kinds.items() if word in row.kind), None)


def _box(kind: str, name: str, row: Row, parameters: int) -> Box:
    sizes = [size for size in row.output_shape[1:] if size is not None]
    if not sizes or len(sizes) < len(row.output_shape) - 1:
        raise ValueError(
            f"{row.name}: its output is {row.output_shape}; expected fixed sizes, to draw them. "
            "Next: build the network with an input_shape"
        )
    height, width, channels = sizes if len(sizes) == 3 else (1, 1, sizes[-1])
    return Box(kind, name, name, height, width, channels, parameters)


def _looks(box: Box) -> tuple[Any, ...]:
    return box.kind, box.height, box.width, box.channels


def _joined(one: Box, other: Box) -> Box:
    return replace(one, last=other.last, count=one.count + 1, parameters=one.parameters + other.parameters)


# ---- drawing ----


@dataclass(frozen=True)
class Scale:
    """Inches for the sizes of one network."""

    tallest: int
    widest: int

    def front(self, box: Box) -> tuple[float, float]:
        """Width and height of one box's front."""
        one = max(WIDTH_OF_ONE, WIDEST_AT_LEAST / self.widest**0.5)
        return one * box.channels**0.5, HIGHEST * (box.height / self.tallest) ** 0.5

    def taken(self, box: Box) -> float:
        """The width of a box and its fellows."""
        drawn = min(box.count, MOST_DRAWN)
        return drawn * self.front(box)[0] + (drawn - 1) * BETWEEN_SAME

    def slot(self, box: Box) -> float:
        """How much room they get, for their words and a part of their depth."""
        return max(NARROWEST_SLOT, self.taken(box) + 0.6 * SLANT[0] * self.front(box)[1])


def draw(blueprint: Blueprint) -> Figure:
    """A figure of the network, in inches that fit a slide; `figure.savefig("vgg16.png")` writes it."""
    from matplotlib.figure import Figure

    shown = boxes(blueprint.rows)
    scale = Scale(max(box.height for box in shown), max(box.channels for box in shown))
    slots = [scale.slot(box) for box in shown]
    length = sum(slots) + BETWEEN_SLOTS * (len(slots) - 1)
    width = max(length + 2 * MARGIN, NARROWEST)
    figure = Figure(figsize=(width, TOP), dpi=150)
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, width), ylim=(0, TOP))
    axes.axis("off")
    x = (width - length) / 2
    for number, (box, slot) in enumerate(zip(shown, slots, strict=True)):
        _draw_boxes(axes, box, scale, x + slot / 2, zorder=number)
        _label(axes, box, x + slot / 2)
        x += slot + BETWEEN_SLOTS
    _draw_words(axes, blueprint, {box.kind for box in shown}, width)
    return figure


def _draw_boxes(axes: Axes, box: Box, scale: Scale, middle: float, zorder: float) -> None:
    """A box and its fellows, from the left to the right, the right one in front, and how many they are."""
    (width, height), left = scale.front(box), middle - scale.taken(box) / 2
    for number in range(min(box.count, MOST_DRAWN)):
        corner = (left + number * (width + BETWEEN_SAME), AXIS - height / 2)
        _cuboid(axes, corner, width, height, box, zorder + number / 10)
    if box.count > 1:
        above = (middle + height * SLANT[0] / 2, AXIS + height * (0.5 + SLANT[1]) + 0.05)
        axes.text(*above, f"{box.count}×", ha="center", fontsize=11, zorder=1000)


def _label(axes: Axes, box: Box, middle: float) -> None:
    """Name, size and number of parameters, from the height LABELS down."""
    lines: list[tuple[str, dict[str, Any]]] = [(line, {"weight": "bold"}) for line in box.name.split("\n")]
    lines += [(line, {}) for line in box.shape.split("\n")]
    lines += [(_short(box.parameters), {"color": GREY})] if box.parameters else []
    for number, (line, style) in enumerate(lines):
        axes.text(middle, LABELS - LINE * number, line, ha="center", va="baseline", fontsize=9, **style)


def _cuboid(
    axes: Axes, corner: tuple[float, float], width: float, height: float, box: Box, zorder: float
) -> None:
    """A front, and behind it, up to the right, a top and a side as deep as the maps are wide."""
    from matplotlib.colors import to_rgb
    from matplotlib.patches import Polygon

    (x, y), deep = corner, height * (box.width / box.height) ** 0.5
    across, up = deep * SLANT[0], deep * SLANT[1]
    front = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
    back = [(px + across, py + up) for px, py in front]
    faces = ((front[3], front[2], back[2], back[3]), (front[1], back[1], back[2], front[2]), front)
    for face, light in zip(faces, (0.92, 0.8, 1.0), strict=True):
        colour = tuple(part * light for part in to_rgb(COLOURS[box.kind]))
        axes.add_patch(Polygon(face, facecolor=colour, edgecolor="#222222", linewidth=0.7, zorder=zorder))


def _draw_words(axes: Axes, blueprint: Blueprint, kinds: set[str], width: float) -> None:
    """Title above, legend and scale below."""
    from matplotlib.patches import Patch

    flops = f", {_short(blueprint.flops)} FLOPs" if blueprint.flops else ""
    title = f"{blueprint.name}: {_short(blueprint.parameters)} parameters{flops}"
    axes.text(width / 2, TOP - 0.12, title, fontsize=15, weight="bold", ha="center", va="top")
    handles = [
        Patch(facecolor=colour, edgecolor="#222222", label=kind)
        for kind, colour in COLOURS.items()
        if kind in kinds
    ]
    at = (width / 2, 0.22)
    axes.legend(
        handles=handles, loc="lower center", bbox_to_anchor=at, bbox_transform=axes.transData,
        ncols=len(handles), frameon=False, fontsize=11, columnspacing=1.5,
    )  # fmt: skip
    note = "Grey: parameters. FLOPs: two per multiply-and-add. Heights and widths: square roots of size and channels."
    axes.text(width / 2, 0.1, note, fontsize=8, color=GREY, ha="center")


def _short(number: int) -> str:
    """A count in three digits.

    >>> _short(138_357_544), _short(6_998_552), _short(30_940_528_640), _short(156)
    ('138 M', '7.00 M', '30.9 G', '156')
    """
    for size, letter in ((10**9, "G"), (10**6, "M"), (10**3, "k")):
        if number >= size:
            return f"{number / size:#.3g}".rstrip(".") + f" {letter}"
    return str(number)
