"""Wrong ideas about pooling: where the windows lie, what each makes of its pixels, and where gradients go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from grader.misconceptions.idea import (
    Misconception,
    Zeros,
    every,
    exchanged,
    first_image_only,
    first_only,
    idea,
    padded,
    pair,
    symmetric_zeros,
    zeros_of,
)
from grader.misconceptions.right import (
    Step,
    avg_pool2d_backward,
    avg_pool2d_forward,
    global_avg_pool2d_backward,
    global_avg_pool2d_forward,
    max_pool2d_backward,
    max_pool2d_forward,
    replaceable,
)

KINDS = "Lecture 2, Types of pooling"
POOLING = "Lecture 2, Pooling layer"
MAXIMUM = "Lecture 4, Max-pooling"
STRIDE = "Lecture 2, Convolutional layer parameters: stride"
PADDING = "Lecture 2, Convolutional layer parameters: padding"
TRAINING = "Lecture 2, Training: learn kernel weights"


# Pooling written so that each step can be exchanged ---------------------------------------------------------


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


@replaceable
def windows_of(x: Any, pool_size: Any = (2, 2), strides: Any = None, padding: str = "valid") -> Windows:
    size = pair(pool_size)
    steps = size if strides is None else pair(strides)
    return Windows(size, steps, zeros_of(x.shape, size, steps, padding))


def maximum(x: np.ndarray, at: Windows) -> np.ndarray:
    return at.of(x, outside=-np.inf).max(axis=(4, 5))


def average(x: np.ndarray, at: Windows) -> np.ndarray:
    return at.of(x).sum(axis=(4, 5)) / at.inside(x).sum(axis=(4, 5))


def first_maximum(x: np.ndarray, at: Windows) -> np.ndarray:
    """1 at the first largest pixel of each window, else 0."""
    seen = at.of(x, outside=-np.inf)
    flat = seen.reshape(*seen.shape[:4], -1)
    return (np.arange(flat.shape[-1]) == flat.argmax(axis=-1)[..., None]).reshape(seen.shape) * 1.0


def equal_parts(x: np.ndarray, at: Windows) -> np.ndarray:
    """1/n at each of the n real pixels of a window."""
    inside = at.inside(x)
    return np.broadcast_to(inside / inside.sum(axis=(4, 5), keepdims=True), at.of(x).shape)


FORWARD: dict[str, Callable[..., np.ndarray]] = {
    "max_pool2d_forward": maximum,
    "avg_pool2d_forward": average,
}
BACKWARD: dict[str, Callable[..., np.ndarray]] = {
    "max_pool2d_backward": first_maximum,
    "avg_pool2d_backward": equal_parts,
}
RIGHT: dict[str, Step] = {
    "max_pool2d_forward": max_pool2d_forward,
    "avg_pool2d_forward": avg_pool2d_forward,
    "max_pool2d_backward": max_pool2d_backward,
    "avg_pool2d_backward": avg_pool2d_backward,
}


def look_elsewhere(wrong: Misconception, change: Callable[[Windows, Any], Windows]) -> None:
    """The idea pools rightly, but through windows that lie elsewhere."""

    def claim(name: str, pooled: Callable[..., np.ndarray]) -> None:
        @wrong.answers_to(name, windows_of=elsewhere)
        def _(x: Any, *options: Any, **named: Any) -> Any:
            return pooled(x, elsewhere(x, *options, **named))

    def elsewhere(x: Any, *options: Any, **named: Any) -> Windows:
        return change(windows_of(x, *options, **named), x)

    for name, pooled in FORWARD.items():
        claim(name, pooled)


def spoil(wrong: Misconception, change: Callable[[Any], Any], *names: str) -> None:
    """The idea pools rightly, but does something to the result."""

    def claim(name: str) -> None:
        @wrong.answers_to(name)
        def _(*args: Any, **named: Any) -> Any:
            return change(RIGHT[name](*args, **named))

    for name in names:
        claim(name)


# Where the windows lie --------------------------------------------------------------------------------------

strides_ignored = idea(
    "pool.stride_one",
    belief="A pooling window moves on by one pixel, like a kernel.",
    hint="Pooling makes maps smaller: without other wishes its windows lie side by side, the stride is their "
    "size.",
    lecture=POOLING,
)
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


@start_without_stride.answers_to("max_pool2d_forward")
def _(x: Any, *options: Any, **named: Any) -> Any:
    at = windows_of(x, *options, **named)
    oh, ow = maximum(x, at).shape[1:3]
    return maximum(x, replace(at, strides=(1, 1)))[:, :oh, :ow]


@start_without_stride.answers_to("avg_pool2d_forward")
def _(x: Any, *options: Any, **named: Any) -> Any:
    at = windows_of(x, *options, **named)
    oh, ow = average(x, at).shape[1:3]
    return average(x, replace(at, strides=(1, 1)))[:, :oh, :ow]


def _crowded(name: str) -> None:
    @start_without_stride.answers_to(name)
    def _(dout: Any, x: Any, *options: Any, **named: Any) -> Any:
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
first_image = idea(
    "pool.first_image_only",
    belief="One image goes in, one comes out.",
    hint="`x` is a batch: look for a `return` inside the loop, or an index 0 where the image's number "
    "belongs.",
    lecture=POOLING,
)


inner_return = idea(
    "pool.return_in_inner_loop",
    belief="The loops go on after `return`.",
    hint="A `return` ends the function at once, wherever it stands. Count the loops around yours, or look at which "
    "outputs are still 0.",
    lecture=POOLING,
)
channels_first = idea(
    "pool.channels_first",
    belief="Channels come before height and width: (N, C, H, W).",
    hint="Other libraries do that. Here they come last: pooling changes which two axes of (N, H, W, C)?",
    lecture=POOLING,
)
spoil(sizes_exchanged, lambda out: out.swapaxes(1, 2), *FORWARD)
spoil(channels_first, lambda out: out.transpose(0, 3, 1, 2), *FORWARD)
spoil(first_image, first_image_only, *RIGHT)
for _loops in (2, 3, 4):  # over images and rows, columns, channels
    spoil(inner_return, partial(first_only, loops=_loops), *FORWARD)

outputs_skipped = idea(
    "pool.outputs_skipped",
    belief="With stride s my loops over the outputs take steps of s, `range(0, outputs, s)`.",
    hint="Every output has a value, whatever the stride: how many of yours are still 0? The stride belongs to where "
    "a window starts.",
    lecture=STRIDE,
)


@outputs_skipped.answers_to("max_pool2d_forward")
def _(x: Any, *options: Any, **named: Any) -> Any:
    return every(max_pool2d_forward(x, *options, **named), windows_of(x, *options, **named).strides)


@outputs_skipped.answers_to("avg_pool2d_forward")
def _(x: Any, *options: Any, **named: Any) -> Any:
    return every(avg_pool2d_forward(x, *options, **named), windows_of(x, *options, **named).strides)


@outputs_skipped.answers_to("max_pool2d_backward")
def _(dout: Any, x: Any, *options: Any, **named: Any) -> Any:
    left = every(dout, windows_of(x, *options, **named).strides)
    return max_pool2d_backward(left, x, *options, **named)


@outputs_skipped.answers_to("avg_pool2d_backward")
def _(dout: Any, x: Any, *options: Any, **named: Any) -> Any:
    left = every(dout, windows_of(x, *options, **named).strides)
    return avg_pool2d_backward(left, x, *options, **named)


# What a window makes of its pixels --------------------------------------------------------------------------

zero_maximum = idea(
    "pool.maximum_starts_at_zero",
    belief="I start the maximum at 0 and raise it pixel by pixel.",
    hint="What comes out of a window whose pixels are all negative?",
    lecture=MAXIMUM,
)
zeros_as_pixels = idea(
    "pool.padding_wins_maximum",
    belief="`same` pads with zeros, and a zero may be the maximum.",
    hint="A padded position is no pixel: it must lose against every number, negative ones included.",
    lecture=PADDING,
)
absolute_maximum = idea(
    "pool.absolute_maximum",
    belief="The maximum is the pixel with the largest absolute value.",
    hint="-3 is less than 2. Max pooling compares the values with their signs.",
    lecture=MAXIMUM,
)
over_channels = idea(
    "pool.maximum_over_channels",
    belief="A window has one maximum, whatever the number of channels.",
    hint="Each channel is pooled by itself: the depth doesn't change, nor do channels mix.",
    lecture="Lecture 4, Operation pooling",
)
average_for_maximum = idea(
    "pool.average_for_maximum",
    belief="Pooling averages each window.",
    hint="There are two kinds of pooling; look at the name of the function.",
    lecture=KINDS,
)
maximum_for_average = idea(
    "pool.maximum_for_average",
    belief="Pooling keeps the largest pixel of each window.",
    hint="There are two kinds of pooling; look at the name of the function.",
    lecture=KINDS,
)
padding_counted = idea(
    "pool.average_counts_padding",
    belief="An average divides by the window's size, at the border too.",
    hint="With `same`, a window at the border sees fewer real pixels: only these enter the average, above "
    "and below the line of the fraction.",
    lecture=PADDING,
)
sum_for_average = idea(
    "pool.sum_for_average",
    belief="The window's pixels are summed.",
    hint="An average is a convolution with equal weights that add up to 1: what are they for a 2x2 window?",
    lecture=KINDS,
)


kept_as_integers = idea(
    "pool.kept_as_integers",
    belief="The average of whole numbers has the image's dtype.",
    hint="What becomes of 2.5 in an array of uint8? An average needs room for fractions.",
    lecture=KINDS,
)
spoil(zero_maximum, lambda out: np.maximum(out, 0), "max_pool2d_forward")


@kept_as_integers.answers_to("avg_pool2d_forward")
def _(x: Any, *options: Any, **named: Any) -> Any:
    out = avg_pool2d_forward(x, *options, **named)
    return out.astype(x.dtype) if x.dtype.kind in "iu" else out  # cut off


@zeros_as_pixels.answers_to("max_pool2d_forward")
def _(x: Any, *options: Any, **named: Any) -> Any:
    return windows_of(x, *options, **named).of(x).max(axis=(4, 5))


@absolute_maximum.answers_to("max_pool2d_forward")
def _(x: Any, *options: Any, **named: Any) -> Any:
    return max_pool2d_forward(np.abs(x), *options, **named)


spoil(
    over_channels,
    lambda out: np.broadcast_to(out.max(axis=3, keepdims=True), out.shape),
    "max_pool2d_forward",
)


@average_for_maximum.answers_to("max_pool2d_forward")
def _(x: Any, *options: Any, **named: Any) -> Any:
    return average(x, windows_of(x, *options, **named))


@maximum_for_average.answers_to("avg_pool2d_forward")
def _(x: Any, *options: Any, **named: Any) -> Any:
    return maximum(x, windows_of(x, *options, **named))


@padding_counted.answers_to("avg_pool2d_forward")
def _(x: Any, *options: Any, **named: Any) -> Any:
    return windows_of(x, *options, **named).of(x).mean(axis=(4, 5))


@padding_counted.answers_to("avg_pool2d_backward")
def _(dout: Any, x: Any, *options: Any, **named: Any) -> Any:
    at = windows_of(x, *options, **named)
    equal = np.broadcast_to(1 / np.prod(at.size), at.of(x).shape)
    return at.back(equal * dout[..., None, None], x)


@sum_for_average.answers_to("avg_pool2d_forward")
def _(x: Any, *options: Any, **named: Any) -> Any:
    return windows_of(x, *options, **named).of(x).sum(axis=(4, 5))


@sum_for_average.answers_to("avg_pool2d_backward")
def _(dout: Any, x: Any, *options: Any, **named: Any) -> Any:
    at = windows_of(x, *options, **named)
    return at.back(np.broadcast_to(dout[..., None, None], at.of(x).shape), x)


# Where the gradient goes ------------------------------------------------------------------------------------

all_ties = idea(
    "pool.gradient_to_all_ties",
    belief="Every pixel that equals the maximum gets the whole gradient (`mask = window == window.max()`).",
    hint="Look at a window with two equal maxima: how much gradient goes in, how much comes out? The text's "
    "rule names one of them.",
    lecture=MAXIMUM,
)
split_ties = idea(
    "pool.gradient_split_among_ties",
    belief="Equal maxima share the gradient.",
    hint="Sharing is thinkable, but the rule stated here, and TensorFlow's, gives all of it to one of them.",
    lecture=MAXIMUM,
)
last_tie = idea(
    "pool.gradient_to_last_tie",
    belief="Of equal maxima the last one gets the gradient (`>=` where I search).",
    hint="Reading a window row by row, which of two equal pixels does `argmax` find?",
    lecture=MAXIMUM,
)
spread = idea(
    "pool.gradient_spread_evenly",
    belief="The gradient of a window is shared by all of its pixels.",
    hint="That is the average's rule. If another pixel than the largest moves a little, does the output "
    "move?",
    lecture=TRAINING,
)
to_maximum = idea(
    "pool.average_gradient_to_maximum",
    belief="The gradient of a window goes to its largest pixel.",
    hint="That is the maximum's rule. Which pixels of a window does an average depend on?",
    lecture=TRAINING,
)
assigned = idea(
    "pool.assign_for_accumulate",
    belief="I set the gradient of a window: `dx[window] = ...`.",
    hint="Windows may overlap: a pixel's gradient is the sum over all windows that it lies in.",
    lecture=TRAINING,
)
only_mask = idea(
    "pool.dout_forgotten",
    belief="The gradient of a maximum is 1 where the maximum is and 0 elsewhere.",
    hint="That is the local derivative. What does the chain rule multiply it with?",
    lecture=TRAINING,
)


@all_ties.answers_to("max_pool2d_backward")
def _(dout: Any, x: Any, *options: Any, **named: Any) -> Any:
    at = windows_of(x, *options, **named)
    return at.back(_largest(x, at) * dout[..., None, None], x)


@split_ties.answers_to("max_pool2d_backward")
def _(dout: Any, x: Any, *options: Any, **named: Any) -> Any:
    at = windows_of(x, *options, **named)
    largest = _largest(x, at)
    return at.back(largest / largest.sum(axis=(4, 5), keepdims=True) * dout[..., None, None], x)


@last_tie.answers_to("max_pool2d_backward")
def _(dout: Any, x: Any, *options: Any, **named: Any) -> Any:
    at = windows_of(x, *options, **named)
    seen = at.of(x, outside=-np.inf)[..., ::-1, ::-1]
    flat = seen.reshape(*seen.shape[:4], -1)
    last = (np.arange(flat.shape[-1]) == flat.argmax(axis=-1)[..., None]).reshape(seen.shape)[..., ::-1, ::-1]
    return at.back(last * dout[..., None, None], x)


def _largest(x: np.ndarray, at: Windows) -> np.ndarray:
    """1 at every pixel that equals its window's maximum."""
    return (at.of(x, outside=-np.inf) == maximum(x, at)[..., None, None]) * 1.0


@spread.answers_to("max_pool2d_backward")
def _(dout: Any, x: Any, *options: Any, **named: Any) -> Any:
    at = windows_of(x, *options, **named)
    return at.back(equal_parts(x, at) * dout[..., None, None], x)


@to_maximum.answers_to("avg_pool2d_backward")
def _(dout: Any, x: Any, *options: Any, **named: Any) -> Any:
    at = windows_of(x, *options, **named)
    return at.back(first_maximum(x, at) * dout[..., None, None], x)


@assigned.answers_to("max_pool2d_backward")
def _(dout: Any, x: Any, *options: Any, **named: Any) -> Any:
    at = windows_of(x, *options, **named)
    return at.back(first_maximum(x, at) * dout[..., None, None], x, add=False)


@assigned.answers_to("avg_pool2d_backward")
def _(dout: Any, x: Any, *options: Any, **named: Any) -> Any:
    at = windows_of(x, *options, **named)
    return at.back(equal_parts(x, at) * dout[..., None, None], x, add=False)


@only_mask.answers_to("max_pool2d_backward")
def _(dout: Any, x: Any, *options: Any, **named: Any) -> Any:
    at = windows_of(x, *options, **named)
    return at.back(first_maximum(x, at), x)


# Global average ---------------------------------------------------------------------------------------------

axes_kept = idea(
    "pool.global_axes_kept",
    belief="Global pooling leaves maps of one pixel, (N, 1, 1, C).",
    hint="Each map becomes one number; what follows is a dense layer, which wants (N, C).",
    lecture=KINDS,
)
channels_pooled = idea(
    "pool.global_over_channels",
    belief="Global means over everything in the image, the channels too.",
    hint="One number per map: which axes of (N, H, W, C) disappear, and which stay?",
    lecture=KINDS,
)
global_sum = idea(
    "pool.global_sum",
    belief="Global pooling adds up each map; each pixel's gradient is the map's.",
    hint="It is an average: by how many pixels is the sum divided, and what does that mean for each one's "
    "share?",
    lecture=KINDS,
)
global_maximum = idea(
    "pool.global_maximum",
    belief="Global pooling keeps the largest pixel of each map.",
    hint="That layer exists, but the function's name asks for another one.",
    lecture=KINDS,
)


@axes_kept.answers_to("global_avg_pool2d_forward")
def _(x: Any) -> Any:
    return global_avg_pool2d_forward(x)[:, None, None]


@channels_pooled.answers_to("global_avg_pool2d_forward")
def _(x: Any) -> Any:
    return x.mean(axis=(1, 2, 3))


@global_sum.answers_to("global_avg_pool2d_forward")
def _(x: Any) -> Any:
    return x.sum(axis=(1, 2))


@global_sum.answers_to("global_avg_pool2d_backward")
def _(dout: Any, x: Any) -> Any:
    return global_avg_pool2d_backward(dout, x) * x[0, ..., 0].size


@global_maximum.answers_to("global_avg_pool2d_forward")
def _(x: Any) -> Any:
    return x.max(axis=(1, 2))


@channels_pooled.answers_to("global_avg_pool2d_backward")
def _(dout: Any, x: Any) -> Any:
    return global_avg_pool2d_backward(dout, x) / x.shape[3]
