"""A wrong answer shown small: tables, the window behind an output, the plane that a picture draws."""

from __future__ import annotations

from typing import Any

import numpy as np

from .oracle import NO_ZEROS, Signature, Zeros
from .outcome import Answer, Picture
from .values import as_pair, flatten
from .where import axes_across, first_difference_of, is_picture


def detail_of(
    label: str, got: np.ndarray, expected: np.ndarray, differs: np.ndarray, picture: bool = False
) -> str:
    if expected.ndim == 0:
        return f"expected {expected:.6g}, got {got:.6g}"
    place = tuple(int(i) for i in np.argwhere(differs)[0])
    head = (
        f"first difference at {label}[{', '.join(map(str, place))}]: "
        f"expected {expected[place]:.6g}, got {got[place]:.6g}"
    )
    if expected.ndim < 2:
        return head
    axes = axes_across(label, expected.ndim, picture)
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


def window_text(signature: Signature, args: tuple, kwargs: dict, got: Any, answer: Answer) -> str:
    """The input that the first wrong output looks at, and the kernel."""
    if not signature.window:
        return ""
    place = first_difference_of(np.asarray(got), np.asarray(answer.expected), answer.atol)
    window, kernel = window_behind(signature, args, kwargs, place)
    if window is None:
        return ""
    channel = 0 if kernel is not None else place[3]
    text = f"\n\nthe window it looks at, channel {channel}\n{table(window)}"
    if kernel is None:
        return text
    return f"{text}\n\nthe kernel from input channel 0 to output channel {place[3]}\n{table(kernel)}"


def window_behind(
    signature: Signature, args: tuple, kwargs: dict, place: tuple[int, ...], zeros: Zeros | None = None
) -> tuple[np.ndarray | None, np.ndarray | None]:
    """The window of the input and the kernel, of one channel, behind one output: as `channels_behind` has them."""
    window, kernel = channels_behind(signature, args, kwargs, place, zeros)
    if window is None or kernel is None:
        return None if window is None else window[:, :, place[3]], None
    return window[:, :, 0], kernel[:, :, 0]


def channels_behind(
    signature: Signature, args: tuple, kwargs: dict, place: tuple[int, ...], zeros: Zeros | None = None
) -> tuple[np.ndarray | None, np.ndarray | None]:
    """The window (KH, KW, C) of the input behind one output, and the kernel of that output. None where nothing is known
    of the `zeros` that "same" puts around the image; a pooling window has none of them."""
    given = signature.bind(args, kwargs)
    if given.get("padding", "valid") == "valid":
        zeros = NO_ZEROS
    if zeros is None:
        return None, None
    is_conv = signature.window == "sum"
    size = given["w"].shape[:2] if is_conv else as_pair(given.get("pool_size", 2))
    strides = as_pair(given.get("strides") or (1 if is_conv else size))
    x = np.pad(given["x"], ((0, 0), *zeros, (0, 0))) if is_conv else given["x"]
    spans = []
    for at, k, step, apart, (before, _) in zip(
        place[1:3], size, strides, as_pair(given.get("dilation_rate", 1)), zeros, strict=True
    ):
        start = at * step - (0 if is_conv else before)
        spans.append(slice(max(start, 0), start + (k - 1) * apart + 1, apart))
    return x[place[0], spans[0], spans[1]], given["w"][..., place[3]] if is_conv else None


LARGEST_PICTURE = 32  # rows or columns


def picture_of(
    name: str,
    signature: Signature,
    args: tuple,
    kwargs: dict,
    label: str,
    got: Any,
    answer: Answer,
    zeros: Zeros | None = None,
) -> Picture | None:
    """The image and channel of the first difference, or the part of a larger one around it; None for a number."""
    labels = signature.labels
    right = np.asarray(flatten(answer.expected, labels, f"`{name}`")[label])
    answered = np.asarray(flatten(got, labels, f"`{name}`")[label])
    if not right.ndim:
        return None
    atol = flatten(answer.atol, labels, f"`{name}`").get(label, answer.atol)
    place = first_difference_of(answered, right, atol)
    plane: list[Any] = list(place)
    across = axes_across(label, right.ndim, signature.picture)
    for axis in across:
        start = LARGEST_PICTURE * (place[axis] // LARGEST_PICTURE)
        plane[axis] = slice(start, start + LARGEST_PICTURE)
    shown = np.atleast_2d(right[tuple(plane)]), np.atleast_2d(answered[tuple(plane)])
    row, column = (0, *(place[axis] % LARGEST_PICTURE for axis in across))[-2:]
    window, kernel = (
        window_behind(signature, args, kwargs, place, zeros) if signature.window else (None, None)
    )
    return Picture(
        *shown, name_plane(label, place, right.ndim, signature.picture), (row, column), window, kernel
    )


def name_plane(label: str, place: tuple[int, ...], axes: int, picture: bool = False) -> str:
    """What part of an answer a picture shows.

    >>> name_plane("dx", (1, 4, 0, 2), 4), name_plane("dw", (0, 0, 1, 3), 4), name_plane("`dense_forward`", (0, 1), 2)
    ('dx of image 1, channel 2', 'dw from input channel 1 to output channel 3', 'dense_forward')
    """
    name = label.strip("`")
    if axes == 3:
        return f"{name}, channel {place[2]}" if is_picture(label, picture) else f"{name}[{place[0]}]"
    if axes != 4:
        return name
    if label == "dw":
        return f"{name} from input channel {place[2]} to output channel {place[3]}"
    return f"{name} of image {place[0]}, channel {place[3]}"


Block = tuple[str, list[str]]  # a title, and the lines of a table
