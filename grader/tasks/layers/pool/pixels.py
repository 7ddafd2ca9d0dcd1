"""Wrong ideas about pooling: what a window makes of its pixels."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.tasks.layers.pool.layer import (
    avg_pool2d_backward,
    avg_pool2d_forward,
    max_pool2d_forward,
)
from grader.tasks.layers.pool.windows import average, maximum, spoil, windows_of
from grader.tasks.task import idea

PADDING = "Lecture 2, Convolutional layer parameters: padding"
MAXIMUM = "Lecture 4, Max-pooling"
STRIDE = "Lecture 2, Convolutional layer parameters: stride"
KINDS = "Lecture 2, Types of pooling"


zero_maximum = idea(
    "pool.maximum_starts_at_zero",
    belief="I start the maximum at 0 and raise it pixel by pixel.",
    hint="What comes out of a window whose pixels are all negative?",
    lecture=MAXIMUM,
)
spoil(zero_maximum, lambda out: np.maximum(out, 0), "max_pool2d_forward")


@max_pool2d_forward.wrongly(
    idea(
        "pool.padding_wins_maximum",
        belief="`same` pads with zeros, and a zero may be the maximum.",
        hint="A padded position is no pixel: it must lose against every number, negative ones included.",
        lecture=PADDING,
    )
)
def zeros_as_pixels(x: Any, *options: Any, **named: Any) -> Any:
    return windows_of(x, *options, **named).of(x).max(axis=(4, 5))


@max_pool2d_forward.wrongly(
    idea(
        "pool.absolute_maximum",
        belief="The maximum is the pixel with the largest absolute value.",
        hint="-3 is less than 2. Max pooling compares the values with their signs.",
        lecture=MAXIMUM,
    )
)
def absolute_maximum(x: Any, *options: Any, **named: Any) -> Any:
    return max_pool2d_forward(np.abs(x), *options, **named)


over_channels = idea(
    "pool.maximum_over_channels",
    belief="A window has one maximum, whatever the number of channels.",
    hint="Each channel is pooled by itself: the depth doesn't change, nor do channels mix.",
    lecture="Lecture 4, Operation pooling",
)
spoil(
    over_channels,
    lambda out: np.broadcast_to(out.max(axis=3, keepdims=True), out.shape),
    "max_pool2d_forward",
)


@max_pool2d_forward.wrongly(
    idea(
        "pool.average_for_maximum",
        belief="Pooling averages each window.",
        hint="There are two kinds of pooling; look at the name of the function.",
        lecture=KINDS,
    )
)
def average_for_maximum(x: Any, *options: Any, **named: Any) -> Any:
    return average(x, windows_of(x, *options, **named))


@avg_pool2d_forward.wrongly(
    idea(
        "pool.maximum_for_average",
        belief="Pooling keeps the largest pixel of each window.",
        hint="There are two kinds of pooling; look at the name of the function.",
        lecture=KINDS,
    )
)
def maximum_for_average(x: Any, *options: Any, **named: Any) -> Any:
    return maximum(x, windows_of(x, *options, **named))


padding_counted = idea(
    "pool.average_counts_padding",
    belief="An average divides by the window's size, at the border too.",
    hint="With `same`, a window at the border sees fewer real pixels: only these enter the average, above "
    "and below the line of the fraction.",
    lecture=PADDING,
)


@avg_pool2d_forward.wrongly(padding_counted)
def padding_counted_avg_pool2d_forward(x: Any, *options: Any, **named: Any) -> Any:
    return windows_of(x, *options, **named).of(x).mean(axis=(4, 5))


@avg_pool2d_backward.wrongly(padding_counted)
def padding_counted_avg_pool2d_backward(dout: Any, x: Any, *options: Any, **named: Any) -> Any:
    at = windows_of(x, *options, **named)
    equal = np.broadcast_to(1 / np.prod(at.size), at.of(x).shape)
    return at.back(equal * dout[..., None, None], x)


sum_for_average = idea(
    "pool.sum_for_average",
    belief="The window's pixels are summed.",
    hint="An average is a convolution with equal weights that add up to 1: what are they for a 2x2 window?",
    lecture=KINDS,
)


@avg_pool2d_forward.wrongly(sum_for_average)
def sum_for_average_avg_pool2d_forward(x: Any, *options: Any, **named: Any) -> Any:
    return windows_of(x, *options, **named).of(x).sum(axis=(4, 5))


@avg_pool2d_backward.wrongly(sum_for_average)
def sum_for_average_avg_pool2d_backward(dout: Any, x: Any, *options: Any, **named: Any) -> Any:
    at = windows_of(x, *options, **named)
    return at.back(np.broadcast_to(dout[..., None, None], at.of(x).shape), x)


@avg_pool2d_forward.wrongly(
    idea(
        "pool.kept_as_integers",
        belief="The average of whole numbers has the image's dtype.",
        hint="What becomes of 2.5 in an array of uint8? An average needs room for fractions.",
        lecture=KINDS,
    )
)
def kept_as_integers(x: Any, *options: Any, **named: Any) -> Any:
    out = avg_pool2d_forward(x, *options, **named)
    return out.astype(x.dtype) if x.dtype.kind in "iu" else out  # cut off
