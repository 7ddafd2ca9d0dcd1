"""The average of a whole map, forwards and backwards."""

from __future__ import annotations

from typing import Any

from grader.cnnchecks.oracle import Rung
from grader.tasks.drawn import Case, Normal
from grader.tasks.small import digits
from grader.tasks.task import idea, task
from kerasnets import numpy_layers

KINDS = "Lecture 2, Types of pooling"
MAPS = ((1, 1, 2, 1), (1, 2, 2, 1), (1, 2, 2, 2), (2, 1, 2, 2), (2, 2, 3, 2))
global_avg_pool2d_forward = task(
    hidden={"plain": (Case("Maps that aren't square", (Normal((2, 3, 5, 4)),)),)},
    small=[Rung((12 * digits(x),)) for x in MAPS],
    terms=lambda x: x[0, ..., 0].size,
)(numpy_layers.global_avg_pool2d_forward)
global_avg_pool2d_backward = task(
    hidden={
        "plain": (Case("Maps that aren't square", (Normal((2, 4)), Normal((2, 3, 5, 4)))),),
    },
    small=[Rung((12 * digits((x[0], x[3])), digits(x))) for x in MAPS],
)(numpy_layers.global_avg_pool2d_backward)


@global_avg_pool2d_forward.wrongly(
    idea(
        "pool.global_axes_kept",
        belief="Global pooling leaves maps of one pixel, (N, 1, 1, C).",
        hint="Each map becomes one number; what follows is a dense layer, which wants (N, C).",
        lecture=KINDS,
    )
)
def axes_kept(x: Any) -> Any:
    return global_avg_pool2d_forward(x)[:, None, None]


channels_pooled = idea(
    "pool.global_over_channels",
    belief="Global means over everything in the image, the channels too.",
    hint="One number per map: which axes of (N, H, W, C) disappear, and which stay?",
    lecture=KINDS,
)


@global_avg_pool2d_forward.wrongly(channels_pooled)
def channels_pooled_global_avg_pool2d_forward(x: Any) -> Any:
    return x.mean(axis=(1, 2, 3))


@global_avg_pool2d_backward.wrongly(channels_pooled)
def channels_pooled_global_avg_pool2d_backward(dout: Any, x: Any) -> Any:
    return global_avg_pool2d_backward(dout, x) / x.shape[3]


global_sum = idea(
    "pool.global_sum",
    belief="Global pooling adds up each map; each pixel's gradient is the map's.",
    hint="It is an average: by how many pixels is the sum divided, and what does that mean for each one's "
    "share?",
    lecture=KINDS,
)


@global_avg_pool2d_forward.wrongly(global_sum)
def global_sum_global_avg_pool2d_forward(x: Any) -> Any:
    return x.sum(axis=(1, 2))


@global_avg_pool2d_backward.wrongly(global_sum)
def global_sum_global_avg_pool2d_backward(dout: Any, x: Any) -> Any:
    return global_avg_pool2d_backward(dout, x) * x[0, ..., 0].size


@global_avg_pool2d_forward.wrongly(
    idea(
        "pool.global_maximum",
        belief="Global pooling keeps the largest pixel of each map.",
        hint="That layer exists, but the function's name asks for another one.",
        lecture=KINDS,
    )
)
def global_maximum(x: Any) -> Any:
    return x.max(axis=(1, 2))
