"""Wrong ideas about pooling: where the windows lie."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from grader.tasks.layers.pool.layer import (
    avg_pool2d_backward,
    avg_pool2d_forward,
    max_pool2d_backward,
    max_pool2d_forward,
)
from grader.tasks.task import Idea, Step, idea, replaceable
from grader.tasks.windows import (
    Zeros,
    every,
    exchanged,
    first_image_only,
    first_only,
    padded,
    pair,
    symmetric_zeros,
    zeros_of,
)

POOLING = "Lecture 2, Pooling layer"
MAXIMUM = "Lecture 4, Max-pooling"
STRIDE = "Lecture 2, Convolutional layer parameters: stride"
PADDING = "Lecture 2, Convolutional layer parameters: padding"


strides_ignored = idea(
    "pool.stride_one",
    belief="A pooling window moves on by one pixel, like a kernel.",
    hint="Pooling makes maps smaller: without other wishes its windows lie side by side, the stride is their "
    "size.",
    lecture=POOLING,
)


@dataclass(frozen=True)
class Windows:
    """Where a pooling layer looks."""

    size: tuple[int, int]
    strides: tuple[int, int]
    zeros: Zeros

    def of(self, x: np.ndarray, outside: float = 0) -> np.ndarray:  # (N, OH, OW, C, KH, KW)
        framed = padded(x.astype(np.float64), self.zeros, outside)
        return sliding_window_view(framed, self.size, axis=(1, 2))[:, :: self.strides[0], :: self.strides[1]]

    def inside(self, x: np.ndarray) -> np.ndarray:
        """1 for each pixel of the image that a window sees, 0 for padding: (1, OH, OW, 1, KH, KW)."""
        return self.of(np.ones((1, *x.shape[1:3], 1)))

    def back(self, shares: np.ndarray, x: np.ndarray, add: bool = True) -> np.ndarray:
        """Bring what each window sends to its pixels (N, OH, OW, C, KH, KW) to where they stand in x."""
        dframed = np.zeros_like(padded(x, self.zeros))
        (kh, kw), (sh, sw) = self.size, self.strides
        for i, j in np.ndindex(shares.shape[1:3]):
            window = dframed[:, i * sh : i * sh + kh, j * sw : j * sw + kw]
            share = shares[:, i, j].transpose(0, 2, 3, 1)
            window[...] = window + share if add else share
        (top, _), (left, _) = self.zeros
        return dframed[:, top : top + x.shape[1], left : left + x.shape[2]]


def average(x: np.ndarray, at: Windows) -> np.ndarray:
    return at.of(x).sum(axis=(4, 5)) / at.inside(x).sum(axis=(4, 5))


def maximum(x: np.ndarray, at: Windows) -> np.ndarray:
    return at.of(x, outside=-np.inf).max(axis=(4, 5))


FORWARD: dict[str, Callable[..., np.ndarray]] = {
    "max_pool2d_forward": maximum,
    "avg_pool2d_forward": average,
}


@replaceable
def windows_of(x: Any, pool_size: Any = (2, 2), strides: Any = None, padding: str = "valid") -> Windows:
    size = pair(pool_size)
    steps = size if strides is None else pair(strides)
    return Windows(size, steps, zeros_of(x.shape, size, steps, padding))


def look_elsewhere(wrong: Idea, change: Callable[[Windows, Any], Windows]) -> None:
    """The idea pools rightly, but through windows that lie elsewhere."""

    def claim(name: str, pooled: Callable[..., np.ndarray]) -> None:
        @wrong.answers_to(name, windows_of=elsewhere)
        def answer(x: Any, *options: Any, **named: Any) -> Any:
            return pooled(x, elsewhere(x, *options, **named))

    def elsewhere(x: Any, *options: Any, **named: Any) -> Windows:
        return change(windows_of(x, *options, **named), x)

    for name, pooled in FORWARD.items():
        claim(name, pooled)


look_elsewhere(strides_ignored, lambda at, x: replace(at, strides=(1, 1)))

stride_is_size = idea(
    "pool.stride_is_pool_size",
    belief="Pooling windows never overlap: the stride is the window's size.",
    hint="That is the default only. Where `strides` is given, it decides where the next window starts.",
    lecture=MAXIMUM,
)
look_elsewhere(stride_is_size, lambda at, x: replace(at, strides=at.size))

one_stride = idea(
    "pool.one_stride_for_both",
    belief="The first stride is the stride.",
    hint="`strides` is (vertical, horizontal): the columns move by the second one.",
    lecture=STRIDE,
)
look_elsewhere(one_stride, lambda at, x: replace(at, strides=(at.strides[0], at.strides[0])))

square_window = idea(
    "pool.square_window",
    belief="A pooling window is as wide as it is high.",
    hint="`pool_size` is (height, width). Try a window of 2 rows and 3 columns.",
    lecture=POOLING,
)
look_elsewhere(square_window, lambda at, x: replace(at, size=(at.size[0], at.size[0])))

ceil_for_floor = idea(
    "pool.ceil_for_floor",
    belief="A last window that sticks out of the image still counts.",
    hint="With valid padding every window lies inside: round the number of steps down. Left-over rows are "
    "dropped.",
    lecture="Lecture 1, Size of the feature map",
)


def _room_for_one_more(at: Windows, x: Any) -> Windows:
    missing = [-(n - k) % s for n, k, s in zip(x.shape[1:3], at.size, at.strides, strict=True)]
    nothing_padded = at.zeros == ((0, 0), (0, 0))
    return replace(at, zeros=((0, missing[0]), (0, missing[1]))) if nothing_padded else at


look_elsewhere(ceil_for_floor, _room_for_one_more)

symmetric_same = idea(
    "pool.symmetric_same",
    belief="`same` puts (k - 1) // 2 rows on either side.",
    hint="The number of rows that `same` needs may be odd, with even windows or a stride. Where does the "
    "extra go?",
    lecture=PADDING,
)


def _symmetric(at: Windows, x: Any) -> Windows:
    padding = "valid" if at.zeros == ((0, 0), (0, 0)) else "same"
    return replace(at, zeros=symmetric_zeros(at.size, padding))


look_elsewhere(symmetric_same, _symmetric)

extra_row_before = idea(
    "pool.extra_row_before",
    belief="When `same` needs an odd number of rows, the extra one goes at the top and left.",
    hint="The rule is TensorFlow's, as for convolutions: after, not before.",
    lecture=PADDING,
)
look_elsewhere(extra_row_before, lambda at, x: replace(at, zeros=exchanged(at.zeros)))

padding_ignored = idea(
    "pool.padding_ignored",
    belief="Windows stay inside the image, whatever `padding` says.",
    hint="With `same` there are ceil(size / stride) windows, and the last ones may stick out.",
    lecture=PADDING,
)
look_elsewhere(padding_ignored, lambda at, x: replace(at, zeros=((0, 0), (0, 0))))

start_without_stride = idea(
    "pool.start_without_stride",
    belief="Output (i, j) belongs to the window that starts at pixel (i, j).",
    hint="Where does the window of output (1, 1) start if the stride is 2? Check the backward pass, too.",
    lecture=STRIDE,
)


@max_pool2d_forward.wrongly(start_without_stride)
def start_without_stride_max_pool2d_forward(x: Any, *options: Any, **named: Any) -> Any:
    at = windows_of(x, *options, **named)
    oh, ow = maximum(x, at).shape[1:3]
    return maximum(x, replace(at, strides=(1, 1)))[:, :oh, :ow]


@avg_pool2d_forward.wrongly(start_without_stride)
def start_without_stride_avg_pool2d_forward(x: Any, *options: Any, **named: Any) -> Any:
    at = windows_of(x, *options, **named)
    oh, ow = average(x, at).shape[1:3]
    return average(x, replace(at, strides=(1, 1)))[:, :oh, :ow]


def equal_parts(x: np.ndarray, at: Windows) -> np.ndarray:
    """1/n at each of the n real pixels of a window."""
    inside = at.inside(x)
    return np.broadcast_to(inside / inside.sum(axis=(4, 5), keepdims=True), at.of(x).shape)


def first_maximum(x: np.ndarray, at: Windows) -> np.ndarray:
    """1 at the first largest pixel of each window, else 0."""
    seen = at.of(x, outside=-np.inf)
    flat = seen.reshape(*seen.shape[:4], -1)
    return (np.arange(flat.shape[-1]) == flat.argmax(axis=-1)[..., None]).reshape(seen.shape) * 1.0


BACKWARD: dict[str, Callable[..., np.ndarray]] = {
    "max_pool2d_backward": first_maximum,
    "avg_pool2d_backward": equal_parts,
}


def _crowded(name: str) -> None:
    @start_without_stride.answers_to(name)
    def answer(dout: Any, x: Any, *options: Any, **named: Any) -> Any:
        at = replace(windows_of(x, *options, **named), strides=(1, 1))
        parts = BACKWARD[name](x, at)[:, : dout.shape[1], : dout.shape[2]]
        return at.back(parts * dout[..., None, None], x)


for _name in BACKWARD:
    _crowded(_name)


sizes_exchanged = idea(
    "pool.height_width_exchanged",
    belief="Width comes first: an image is (N, W, H, C).",
    hint="Images here are (N, H, W, C): `x.shape[1]` is the height. Test with an image that isn't square.",
    lecture=POOLING,
)


RIGHT: dict[str, Step] = {
    "max_pool2d_forward": max_pool2d_forward,
    "avg_pool2d_forward": avg_pool2d_forward,
    "max_pool2d_backward": max_pool2d_backward,
    "avg_pool2d_backward": avg_pool2d_backward,
}


def spoil(wrong: Idea, change: Callable[[Any], Any], *names: str) -> None:
    """The idea pools rightly, but does something to the result."""

    def claim(name: str) -> None:
        @wrong.answers_to(name)
        def answer(*args: Any, **named: Any) -> Any:
            return change(RIGHT[name](*args, **named))

    for name in names:
        claim(name)


spoil(sizes_exchanged, lambda out: out.swapaxes(1, 2), *FORWARD)

first_image = idea(
    "pool.first_image_only",
    belief="One image goes in, one comes out.",
    hint="`x` is a batch: look for a `return` inside the loop, or an index 0 where the image's number "
    "belongs.",
    lecture=POOLING,
)
spoil(first_image, first_image_only, *RIGHT)

inner_return = idea(
    "pool.return_in_inner_loop",
    belief="The loops go on after `return`.",
    hint="A `return` ends the function at once, wherever it stands. Count the loops around yours, or look at which "
    "outputs are still 0.",
    lecture=POOLING,
)


for _loops in (2, 3, 4):  # over images and rows, columns, channels
    spoil(inner_return, partial(first_only, loops=_loops), *FORWARD)


channels_first = idea(
    "pool.channels_first",
    belief="Channels come before height and width: (N, C, H, W).",
    hint="Other libraries do that. Here they come last: pooling changes which two axes of (N, H, W, C)?",
    lecture=POOLING,
)
spoil(channels_first, lambda out: out.transpose(0, 3, 1, 2), *FORWARD)

outputs_skipped = idea(
    "pool.outputs_skipped",
    belief="With stride s my loops over the outputs take steps of s, `range(0, outputs, s)`.",
    hint="Every output has a value, whatever the stride: how many of yours are still 0? The stride belongs to where "
    "a window starts.",
    lecture=STRIDE,
)


@max_pool2d_forward.wrongly(outputs_skipped)
def outputs_skipped_max_pool2d_forward(x: Any, *options: Any, **named: Any) -> Any:
    return every(max_pool2d_forward(x, *options, **named), windows_of(x, *options, **named).strides)


@avg_pool2d_forward.wrongly(outputs_skipped)
def outputs_skipped_avg_pool2d_forward(x: Any, *options: Any, **named: Any) -> Any:
    return every(avg_pool2d_forward(x, *options, **named), windows_of(x, *options, **named).strides)


@max_pool2d_backward.wrongly(outputs_skipped)
def outputs_skipped_max_pool2d_backward(dout: Any, x: Any, *options: Any, **named: Any) -> Any:
    left = every(dout, windows_of(x, *options, **named).strides)
    return max_pool2d_backward(left, x, *options, **named)


@avg_pool2d_backward.wrongly(outputs_skipped)
def outputs_skipped_avg_pool2d_backward(dout: Any, x: Any, *options: Any, **named: Any) -> Any:
    left = every(dout, windows_of(x, *options, **named).strides)
    return avg_pool2d_backward(left, x, *options, **named)
