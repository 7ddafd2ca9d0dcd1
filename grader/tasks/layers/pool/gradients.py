"""Wrong ideas about pooling: where the gradient goes."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.tasks.layers.pool.layer import avg_pool2d_backward, max_pool2d_backward
from grader.tasks.layers.pool.windows import Windows, equal_parts, first_maximum, maximum, windows_of
from grader.tasks.task import idea

MAXIMUM = "Lecture 4, Max-pooling"
TRAINING = "Lecture 2, Training: learn kernel weights"


def _largest(x: np.ndarray, at: Windows) -> np.ndarray:
    """1 at every pixel that equals its window's maximum."""
    return (at.of(x, outside=-np.inf) == maximum(x, at)[..., None, None]) * 1.0


@max_pool2d_backward.wrongly(
    idea(
        "pool.gradient_to_all_ties",
        belief="Every pixel that equals the maximum gets the whole gradient (`mask = window == window.max()`).",
        hint="Look at a window with two equal maxima: how much gradient goes in, how much comes out? The text's "
        "rule names one of them.",
        lecture=MAXIMUM,
    )
)
def all_ties(dout: Any, x: Any, *options: Any, **named: Any) -> Any:
    at = windows_of(x, *options, **named)
    return at.back(_largest(x, at) * dout[..., None, None], x)


@max_pool2d_backward.wrongly(
    idea(
        "pool.gradient_split_among_ties",
        belief="Equal maxima share the gradient.",
        hint="Sharing is thinkable, but the rule stated here, and TensorFlow's, gives all of it to one of them.",
        lecture=MAXIMUM,
    )
)
def split_ties(dout: Any, x: Any, *options: Any, **named: Any) -> Any:
    at = windows_of(x, *options, **named)
    largest = _largest(x, at)
    return at.back(largest / largest.sum(axis=(4, 5), keepdims=True) * dout[..., None, None], x)


@max_pool2d_backward.wrongly(
    idea(
        "pool.gradient_to_last_tie",
        belief="Of equal maxima the last one gets the gradient (`>=` where I search).",
        hint="Reading a window row by row, which of two equal pixels does `argmax` find?",
        lecture=MAXIMUM,
    )
)
def last_tie(dout: Any, x: Any, *options: Any, **named: Any) -> Any:
    at = windows_of(x, *options, **named)
    seen = at.of(x, outside=-np.inf)[..., ::-1, ::-1]
    flat = seen.reshape(*seen.shape[:4], -1)
    last = (np.arange(flat.shape[-1]) == flat.argmax(axis=-1)[..., None]).reshape(seen.shape)[..., ::-1, ::-1]
    return at.back(last * dout[..., None, None], x)


@max_pool2d_backward.wrongly(
    idea(
        "pool.gradient_spread_evenly",
        belief="The gradient of a window is shared by all of its pixels.",
        hint="That is the average's rule. If another pixel than the largest moves a little, does the output "
        "move?",
        lecture=TRAINING,
    )
)
def spread(dout: Any, x: Any, *options: Any, **named: Any) -> Any:
    at = windows_of(x, *options, **named)
    return at.back(equal_parts(x, at) * dout[..., None, None], x)


@avg_pool2d_backward.wrongly(
    idea(
        "pool.average_gradient_to_maximum",
        belief="The gradient of a window goes to its largest pixel.",
        hint="That is the maximum's rule. Which pixels of a window does an average depend on?",
        lecture=TRAINING,
    )
)
def to_maximum(dout: Any, x: Any, *options: Any, **named: Any) -> Any:
    at = windows_of(x, *options, **named)
    return at.back(first_maximum(x, at) * dout[..., None, None], x)


assigned = idea(
    "pool.assign_for_accumulate",
    belief="I set the gradient of a window: `dx[window] = ...`.",
    hint="Windows may overlap: a pixel's gradient is the sum over all windows that it lies in.",
    lecture=TRAINING,
)


@max_pool2d_backward.wrongly(assigned)
def assigned_max_pool2d_backward(dout: Any, x: Any, *options: Any, **named: Any) -> Any:
    at = windows_of(x, *options, **named)
    return at.back(first_maximum(x, at) * dout[..., None, None], x, add=False)


@avg_pool2d_backward.wrongly(assigned)
def assigned_avg_pool2d_backward(dout: Any, x: Any, *options: Any, **named: Any) -> Any:
    at = windows_of(x, *options, **named)
    return at.back(equal_parts(x, at) * dout[..., None, None], x, add=False)


@max_pool2d_backward.wrongly(
    idea(
        "pool.dout_forgotten",
        belief="The gradient of a maximum is 1 where the maximum is and 0 elsewhere.",
        hint="That is the local derivative. What does the chain rule multiply it with?",
        lecture=TRAINING,
    )
)
def only_mask(dout: Any, x: Any, *options: Any, **named: Any) -> Any:
    at = windows_of(x, *options, **named)
    return at.back(first_maximum(x, at), x)
