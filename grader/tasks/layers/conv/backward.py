"""Wrong ideas about a convolution's gradients alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from grader.tasks.layers.conv.layer import conv2d_backward
from grader.tasks.task import Idea, idea
from grader.tasks.windows import Zeros, cropped, exchanged, padded, pair, zeros_of

TRAINING = "Lecture 2, Training: learn kernel weights"
PADDING = "Lecture 2, Convolutional layer parameters: padding"
STRIDE = "Lecture 2, Convolutional layer parameters: stride"


assign_for_accumulate = idea(
    "conv.assign_for_accumulate",
    belief="Inside the loops I set the gradient of a window: `dx[window] = ...`, `dw = ...`.",
    hint="A pixel lies in many windows, a weight meets many pixels: every use adds its share. Assigning "
    "keeps the last one only.",
    lecture=TRAINING,
)


def _last_used(dout: Any, x: Any, w: Any, *options: Any, **named: Any) -> Any:
    """The gradients that the very last output brings."""
    last = np.zeros_like(dout)
    last[-1:, -1:, -1:] = dout[-1:, -1:, -1:]
    return conv2d_backward(last, x, w, *options, **named)


def _from(dframed: np.ndarray, zeros: Zeros, x: np.ndarray) -> np.ndarray:
    """As many rows and columns as x has, after those that were padded before."""
    (top, _), (left, _) = zeros
    return dframed[:, top : top + x.shape[1], left : left + x.shape[2]]


def _last_window(
    dout: Any, x: Any, w: Any, strides: Any = 1, padding: str = "valid", dilation_rate: Any = 1
) -> np.ndarray:
    """dx where each window writes over what the windows before it left."""
    zeros = zeros_of(x.shape, w.shape[:2], strides, padding, dilation_rate)
    dframed = np.zeros_like(padded(x, zeros))
    (kh, kw), (sh, sw), (dh, dw) = w.shape[:2], pair(strides), pair(dilation_rate)
    for i, j in np.ndindex(dout.shape[1:3]):
        rows = slice(i * sh, i * sh + (kh - 1) * dh + 1, dh)
        columns = slice(j * sw, j * sw + (kw - 1) * dw + 1, dw)
        dframed[:, rows, columns] = np.einsum("nk,uvck->nuvc", dout[:, i, j], w)
    return _from(dframed, zeros, x)


@conv2d_backward.wrongly(assign_for_accumulate)
def assign_for_accumulate_conv2d_backward(dout: Any, x: Any, w: Any, *options: Any, **named: Any) -> Any:
    _, dw, db = _last_used(dout, x, w, *options, **named)
    return _last_window(dout[..., -1:], x, w[..., -1:], *options, **named), dw, db


@conv2d_backward.wrongly(assign_for_accumulate)
def assign_for_accumulate_conv2d_backward_2(dout: Any, x: Any, w: Any, *options: Any, **named: Any) -> Any:
    _, dw, db = conv2d_backward(dout, x, w, *options, **named)
    return _last_window(dout[..., -1:], x, w[..., -1:], *options, **named), dw, db


assign_windows = idea(
    "conv.assign_windows",
    belief="I sum over the kernels, then set the window of dx: `dx[window] = w @ dout`.",
    hint="Windows overlap. What happens to a pixel's gradient when the next window writes over it?",
    lecture=TRAINING,
)


@conv2d_backward.wrongly(assign_windows)
def assign_windows_conv2d_backward(dout: Any, x: Any, w: Any, *options: Any, **named: Any) -> Any:
    _, dw, db = _last_used(dout, x, w, *options, **named)
    return _last_window(dout, x, w, *options, **named), dw, db


@conv2d_backward.wrongly(assign_windows)
def assign_windows_conv2d_backward_2(dout: Any, x: Any, w: Any, *options: Any, **named: Any) -> Any:
    _, dw, db = conv2d_backward(dout, x, w, *options, **named)
    return _last_window(dout, x, w, *options, **named), dw, db


dw_transposed = idea(
    "conv.gradient_transposed",
    belief="dw comes out of the product the way it is; the order of its axes doesn't matter.",
    hint="A gradient has the axes of what it belongs to: compare `dw.shape` with `w.shape` for a kernel that isn't "
    "square, with other numbers of channels and kernels.",
    lecture=TRAINING,
)


def _turned(*order: int) -> None:
    @dw_transposed.answers_to("conv2d_backward")
    def answer(dout: Any, x: Any, w: Any, *options: Any, **named: Any) -> Any:
        dx, dw, db = conv2d_backward(dout, x, w, *options, **named)
        return dx, dw.transpose(order), db


for _order in ((1, 0, 2, 3), (0, 1, 3, 2), (3, 2, 1, 0), (3, 0, 1, 2)):
    _turned(*_order)


@conv2d_backward.wrongly(
    idea(
        "conv.gradient_flipped",
        belief="Going back everything is turned round, so dw is as well.",
        hint="dx is what a turned kernel makes of dout. But which weight met which pixel? Work out one element of dw by hand, "
        "for a dout with a single 1.",
        lecture=TRAINING,
    )
)
def dw_flipped(dout: Any, x: Any, w: Any, *options: Any, **named: Any) -> Any:
    dx, dw, db = conv2d_backward(dout, x, w, *options, **named)
    return dx, dw[::-1, ::-1], db


@conv2d_backward.wrongly(
    idea(
        "conv.dout_transposed",
        belief="dout's first spatial axis runs along the columns.",
        hint="dout has the output's axes, (N, OH, OW, K). A map that is as wide as it is high can't tell: try another.",
        lecture=TRAINING,
    )
)
def dout_transposed(dout: Any, x: Any, w: Any, *options: Any, **named: Any) -> Any:
    return conv2d_backward(dout.swapaxes(1, 2), x, w, *options, **named)


@conv2d_backward.wrongly(
    idea(
        "conv.bias_gradient_averaged",
        belief="The bias gradient is the mean of dout over images and positions.",
        hint="The bias is added at every position of every image: the chain rule sums over all of its uses.",
        lecture=TRAINING,
    )
)
def bias_gradient_averaged(dout: Any, x: Any, w: Any, *options: Any, **named: Any) -> Any:
    dx, dw, _ = conv2d_backward(dout, x, w, *options, **named)
    return dx, dw, dout.mean(axis=(0, 1, 2))


@conv2d_backward.wrongly(
    idea(
        "conv.bias_gradient_per_pixel",
        belief="The bias gradient is summed over the images.",
        hint="One bias serves all positions of the map, so the gradient is summed over rows and columns as well.",
        lecture=TRAINING,
    )
)
def bias_gradient_per_pixel(dout: Any, x: Any, w: Any, *options: Any, **named: Any) -> Any:
    dx, dw, _ = conv2d_backward(dout, x, w, *options, **named)
    return dx, dw, dout.sum(axis=0)


divided_by_batch = idea(
    "conv.divided_by_batch",
    belief="The gradients of the parameters are divided by the number of images here.",
    hint="The mean over the batch belongs to the loss, whose gradient carries the 1/N already.",
    lecture=TRAINING,
)


def _divided(*parts: int) -> None:
    @divided_by_batch.answers_to("conv2d_backward")
    def answer(dout: Any, x: Any, w: Any, *options: Any, **named: Any) -> Any:
        gradients = conv2d_backward(dout, x, w, *options, **named)
        return tuple(g / len(x) if i in parts else g for i, g in enumerate(gradients))


for _parts in ((1, 2), (1,), (2,), (0, 1, 2)):  # of dx, dw, db
    _divided(*_parts)


empty_crop = idea(
    "conv.empty_crop",
    belief="I take the padding off with `dx[:, p:-p, p:-p]`.",
    hint="What does `a[0:-0]` give? Crop to `p : p + H`, which is right for every padding.",
    lecture=PADDING,
)


def _slices(zeros: Zeros) -> tuple[slice, slice]:
    """`p:-p` for rows and columns; -0 is 0, so that nothing is left where p is 0."""
    (top, _), (left, _) = zeros
    return slice(top, -top), slice(left, -left)


def _uncropped(wrong: Idea, crop: Callable[[np.ndarray, Zeros, Any], np.ndarray]) -> None:
    """The gradients are right; it is only in another way that the padding is taken off dx."""

    @wrong.answers_to("conv2d_backward")
    def answer(
        dout: Any, x: Any, w: Any, strides: Any = 1, padding: str = "valid", dilation_rate: Any = 1
    ) -> Any:
        zeros = zeros_of(x.shape, w.shape[:2], strides, padding, dilation_rate)
        dframed, dw, db = conv2d_backward(dout, padded(x, zeros), w, strides, "valid", dilation_rate)
        return crop(dframed, zeros, x), dw, db


_uncropped(empty_crop, lambda dframed, zeros, x: dframed[:, *_slices(zeros)])

crop_forgotten = idea(
    "conv.crop_forgotten",
    belief="dx is the gradient of the padded image.",
    hint="The gradient of x has the shape of x: take off the rows and columns that you padded.",
    lecture=PADDING,
)
_uncropped(crop_forgotten, lambda dframed, zeros, x: dframed)

crop_on_other_axes = idea(
    "conv.crop_on_other_axes",
    belief="The padding comes off the axes that I slice first.",
    hint="Only rows and columns were padded. Which of the four axes of (N, H, W, C) are those?",
    lecture=PADDING,
)
_uncropped(crop_on_other_axes, lambda dframed, zeros, x: dframed[_slices(zeros)])
_uncropped(crop_on_other_axes, lambda dframed, zeros, x: dframed[:, :, *_slices(zeros)])
_uncropped(crop_on_other_axes, lambda dframed, zeros, x: dframed[(*_slices(zeros), *_slices(zeros))])

crop_of_one = idea(
    "conv.crop_of_one",
    belief="One row and one column come off on each side: `dx[:, 1:-1, 1:-1]`.",
    hint="Take off what you put on: that may be none, or two, or more at the end than at the start.",
    lecture=PADDING,
)
_uncropped(crop_of_one, lambda dframed, zeros, x: dframed[:, 1:-1, 1:-1])
_uncropped(crop_of_one, lambda dframed, zeros, x: _from(dframed, ((1, 1), (1, 1)), x))

crop_on_wrong_side = idea(
    "conv.crop_on_wrong_side",
    belief="The first H rows and W columns of the padded gradient are dx.",
    hint="Where does the image start inside the padded array, after how many rows of zeros?",
    lecture=PADDING,
)
_uncropped(crop_on_wrong_side, lambda dframed, zeros, x: _from(dframed, ((0, 0), (0, 0)), x))
_uncropped(crop_on_wrong_side, lambda dframed, zeros, x: cropped(dframed, exchanged(zeros)))


@conv2d_backward.wrongly(
    idea(
        "conv.left_over_rows_lost",
        belief="dx is as large as what the windows reach.",
        hint="A last row that no window reaches is a part of the image all the same: what is its gradient?",
        lecture=STRIDE,
    )
)
def left_over_rows(
    dout: Any, x: Any, w: Any, strides: Any = 1, padding: str = "valid", dilation_rate: Any = 1
) -> Any:
    dx, dw, db = conv2d_backward(dout, x, w, strides, padding, dilation_rate)
    if padding == "same":
        return dx, dw, db
    axes = zip(dout.shape[1:3], w.shape[:2], pair(strides), pair(dilation_rate), strict=True)
    rows, columns = ((outputs - 1) * s + (k - 1) * d + 1 for outputs, k, s, d in axes)
    return dx[:, :rows, :columns], dw, db
