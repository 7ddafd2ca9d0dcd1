"""Wrong ideas about convolution, forward beside backward."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import numpy as np

from grader.misconceptions.idea import (
    Misconception,
    Zeros,
    convolved,
    convolved_backward,
    cropped,
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
from grader.misconceptions.right import conv2d_backward, conv2d_forward
from kerasnets.numpy_layers import conv_output_size

KERNELS = "Lecture 2, Convolution operation with kernels"
PADDING = "Lecture 2, Convolutional layer parameters: padding"
STRIDE = "Lecture 2, Convolutional layer parameters: stride"
CHANNELS = "Lecture 2, Multiple channels and multiple kernels"
TRAINING = "Lecture 2, Training: learn kernel weights"

# Which pixel meets which weight -----------------------------------------------------------------------------

flipped_kernel = idea(
    "conv.flipped_kernel",
    belief="I turn the kernel by 180 degrees before sliding it, as the mathematical convolution does.",
    hint="Layers compute a cross-correlation: the weight at the top left meets the pixel at the window's top "
    "left. Work one window by hand and watch which weight meets which pixel.",
    lecture="Lecture 5, General definition of convolution",
)


@flipped_kernel.answers_to("conv2d_forward")
def _(x: Any, w: Any, b: Any, *options: Any, **named: Any) -> Any:
    return conv2d_forward(x, w[::-1, ::-1], b, *options, **named)


@flipped_kernel.answers_to("conv2d_backward")
def _(dout: Any, x: Any, w: Any, *options: Any, **named: Any) -> Any:
    _, dw, db = conv2d_backward(dout, x, w, *options, **named)
    return conv2d_backward(dout, x, w[::-1, ::-1], *options, **named)[0], dw, db


transposed_kernel = idea(
    "conv.transposed_kernel",
    belief="The kernel's first axis runs along the image's columns.",
    hint="A kernel is stored (KH, KW, C, K): its first index moves down, like the image's row index.",
    lecture=KERNELS,
)


@transposed_kernel.answers_to("conv2d_forward")
def _(x: Any, w: Any, b: Any, *options: Any, **named: Any) -> Any:
    return conv2d_forward(x, w.swapaxes(0, 1), b, *options, **named)


square_kernel = idea(
    "conv.square_kernel",
    belief="A kernel is as wide as it is high.",
    hint="Read height and width from `w.shape` separately, and try a kernel of 2 rows and 3 columns.",
    lecture=KERNELS,
)


@square_kernel.answers_to("conv2d_forward")
def _(x: Any, w: Any, b: Any, *options: Any, **named: Any) -> Any:
    return conv2d_forward(x, w[:, : w.shape[0]], b, *options, **named)


width_from_height = idea(
    "conv.width_from_kernel_height",
    belief="One output size formula with the kernel's height serves both axes.",
    hint="The output's width depends on the kernel's width. Which of your two formulas uses `KW`?",
    lecture="Lecture 1, Size of the feature map",
)


@width_from_height.answers_to("conv2d_forward")
def _(x: Any, w: Any, b: Any, strides: Any = 1, padding: str = "valid", dilation_rate: Any = 1) -> Any:
    out = conv2d_forward(x, w, b, strides, padding, dilation_rate)
    width = conv_output_size(x.shape[2], w.shape[0], pair(strides)[1], padding, pair(dilation_rate)[1])
    if width > out.shape[2]:
        raise IndexError("the last windows stick out of the image")
    return out[:, :, :width]


sizes_exchanged = idea(
    "conv.height_width_exchanged",
    belief="Width comes first: an image is (N, W, H, C).",
    hint="Images here are (N, H, W, C): `x.shape[1]` is the height. Test with an image that isn't square.",
    lecture=KERNELS,
)


@sizes_exchanged.answers_to("conv2d_forward")
def _(x: Any, w: Any, b: Any, *options: Any, **named: Any) -> Any:
    return conv2d_forward(x, w, b, *options, **named).swapaxes(1, 2)


@sizes_exchanged.answers_to("conv2d_backward")
def _(dout: Any, x: Any, w: Any, *options: Any, **named: Any) -> Any:
    dx, dw, db = conv2d_backward(dout, x, w, *options, **named)
    return dx.swapaxes(1, 2), dw.swapaxes(0, 1), db


channels_first = idea(
    "conv.channels_first",
    belief="Channels come before height and width: (N, C, H, W).",
    hint="Other libraries do that. Here the channels stand last: which axis of your result has as many entries as "
    "there are kernels?",
    lecture=CHANNELS,
)


@channels_first.answers_to("conv2d_forward")
def _(x: Any, w: Any, b: Any, *options: Any, **named: Any) -> Any:
    return conv2d_forward(x, w, b, *options, **named).transpose(0, 3, 1, 2)


@channels_first.answers_to("conv2d_backward")
def _(dout: Any, x: Any, w: Any, *options: Any, **named: Any) -> Any:
    dx, dw, db = conv2d_backward(dout, x, w, *options, **named)
    return dx.transpose(0, 3, 1, 2), dw, db


kernel_channels_exchanged = idea(
    "conv.kernel_channels_exchanged",
    belief="A kernel array's third axis counts the kernels, its fourth the input's channels.",
    hint="`w` is (KH, KW, C, K): first where, then from which channel, then to which. Test with other numbers of "
    "channels and kernels.",
    lecture=CHANNELS,
)


@kernel_channels_exchanged.answers_to("conv2d_forward")
def _(x: Any, w: Any, b: Any, *options: Any, **named: Any) -> Any:
    return conv2d_forward(x, w.swapaxes(2, 3), b, *options, **named)


# Channels, images, bias -------------------------------------------------------------------------------------

patch_not_multiplied = idea(
    "conv.patch_not_multiplied",
    belief="An output is the sum of the pixels in its window.",
    hint="Change one weight of the kernel: does your output change? Where does `w` meet the window?",
    lecture=KERNELS,
)


@patch_not_multiplied.answers_to("conv2d_forward")
def _(x: Any, w: Any, b: Any, *options: Any, **named: Any) -> Any:
    return conv2d_forward(x, np.ones_like(w), b, *options, **named)


bias_forgotten = idea(
    "conv.bias_forgotten",
    belief="A convolution is the sum of products; that is all.",
    hint="Each kernel has one more parameter than its weights. Where does it enter?",
    lecture=KERNELS,
)


@bias_forgotten.answers_to("conv2d_forward")
def _(x: Any, w: Any, b: Any, *options: Any, **named: Any) -> Any:
    return conv2d_forward(x, w, np.zeros_like(b), *options, **named)


bias_per_tap = idea(
    "conv.bias_per_tap",
    belief="I add the bias to each product, then sum.",
    hint="Count how often your bias enters one output: look at the brackets around the sum.",
    lecture=KERNELS,
)


@bias_per_tap.answers_to("conv2d_forward")
def _(x: Any, w: Any, b: Any, *options: Any, **named: Any) -> Any:
    return conv2d_forward(x, w, b * w[..., 0].size, *options, **named)


bias_per_channel = idea(
    "conv.bias_per_channel",
    belief="Every input channel's map gets the bias before the maps are summed.",
    hint="The channels of one kernel share a single bias: add it once, after the sum over channels.",
    lecture=CHANNELS,
)


@bias_per_channel.answers_to("conv2d_forward")
def _(x: Any, w: Any, b: Any, *options: Any, **named: Any) -> Any:
    return conv2d_forward(x, w, b * w.shape[2], *options, **named)


batch_size_for_bias = idea(
    "conv.batch_size_for_bias",
    belief="`b` is still the bias when I add it.",
    hint="Print what you add, just before you add it: did an assignment such as `b, h, w, c = x.shape` give the name "
    "another meaning?",
    lecture=KERNELS,
)


@batch_size_for_bias.answers_to("conv2d_forward")
def _(x: Any, w: Any, b: Any, *options: Any, **named: Any) -> Any:
    return conv2d_forward(x, w, np.full_like(b, len(x)), *options, **named)


bias_per_image = idea(
    "conv.bias_per_image",
    belief="Image n gets the bias b[n].",
    hint="A bias belongs to a kernel, so every image meets all of them: which of your loop's indices picks it?",
    lecture=KERNELS,
)


@bias_per_image.answers_to("conv2d_forward")
def _(x: Any, w: Any, b: Any, *options: Any, **named: Any) -> Any:
    out = conv2d_forward(x, w, np.zeros_like(b), *options, **named)
    if len(x) > len(b):
        raise IndexError("more images than biases")
    return out + b[: len(x), None, None, None]


channels_averaged = idea(
    "conv.channels_averaged",
    belief="The maps of the input channels are averaged into one.",
    hint="A kernel is a volume: multiply all of it with the window and sum, over the channels too.",
    lecture=CHANNELS,
)


@channels_averaged.answers_to("conv2d_forward")
def _(x: Any, w: Any, b: Any, *options: Any, **named: Any) -> Any:
    return conv2d_forward(x, w / w.shape[2], b, *options, **named)


first_channel_only = idea(
    "conv.first_channel_only",
    belief="A kernel looks at one channel, the first.",
    hint="Does your sum run over the third axis of `w`? An image with one channel can't tell.",
    lecture=CHANNELS,
)


@first_channel_only.answers_to("conv2d_forward")
def _(x: Any, w: Any, b: Any, *options: Any, **named: Any) -> Any:
    return conv2d_forward(x[..., :1], w[:, :, :1], b, *options, **named)


first_image = idea(
    "conv.first_image_only",
    belief="One image goes in, one comes out.",
    hint="`x` is a batch: look for a `return` inside the loop, or an index 0 where the image's number "
    "belongs.",
    lecture=KERNELS,
)


@first_image.answers_to("conv2d_forward")
def _(x: Any, w: Any, b: Any, *options: Any, **named: Any) -> Any:
    return first_image_only(conv2d_forward(x, w, b, *options, **named))


@first_image.answers_to("conv2d_backward")
def _(dout: Any, x: Any, w: Any, *options: Any, **named: Any) -> Any:
    return conv2d_backward(first_image_only(dout), x, w, *options, **named)


inner_return = idea(
    "conv.return_in_inner_loop",
    belief="The loops go on after `return`.",
    hint="A `return` ends the function at once, wherever it stands. Count the loops around yours, or look at which "
    "outputs are still 0.",
    lecture=KERNELS,
)


def _after(loops: int) -> None:
    @inner_return.answers_to("conv2d_forward")
    def _(x: Any, w: Any, b: Any, *options: Any, **named: Any) -> Any:
        return first_only(conv2d_forward(x, w, b, *options, **named), loops)

    @inner_return.answers_to("conv2d_backward")
    def _(dout: Any, x: Any, w: Any, *options: Any, **named: Any) -> Any:
        return conv2d_backward(first_only(dout, loops), x, w, *options, **named)


for _loops in (2, 3, 4):  # over images and rows, columns, kernels
    _after(_loops)

# Kinds of numbers -------------------------------------------------------------------------------------------

kept_as_integers = idea(
    "conv.kept_as_integers",
    belief="The maps have the image's dtype, `np.zeros(shape, x.dtype)`.",
    hint="What becomes of 2.7, of -1 and of 300 in an array of uint8? Images of whole numbers need room for others.",
    lecture=KERNELS,
)


@kept_as_integers.answers_to("conv2d_forward")
def _(x: Any, w: Any, b: Any, *options: Any, **named: Any) -> Any:
    out = conv2d_forward(x, w, b, *options, **named)
    return (
        out.astype(np.int64).astype(x.dtype) if x.dtype.kind in "iu" else out
    )  # cut off, then wrapped around


half_precision = idea(
    "conv.half_precision",
    belief="float16 is exact enough, and takes half the room.",
    hint="float16 keeps three digits of each number, and a sum of many loses more: compute in the input's dtype.",
    lecture=KERNELS,
)


@half_precision.answers_to("conv2d_forward")
def _(x: Any, w: Any, b: Any, *options: Any, **named: Any) -> Any:
    halves = (a.astype(np.float16).astype(np.float64) for a in (x, w, b))
    return conv2d_forward(*halves, *options, **named).astype(np.float16).astype(np.float64)


# Padding, strides, dilation ---------------------------------------------------------------------------------

symmetric_same = idea(
    "conv.symmetric_same",
    belief="`same` puts (k - 1) // 2 zeros on either side.",
    hint="That holds for odd kernels at stride 1. With an even kernel, or a stride, the number of zeros may "
    "be odd: how many does the last window need, and where does the extra one go?",
    lecture=PADDING,
)


@symmetric_same.answers_to("conv2d_forward")
def _(x: Any, w: Any, b: Any, strides: Any = 1, padding: str = "valid", dilation_rate: Any = 1) -> Any:
    zeros = symmetric_zeros(w.shape[:2], padding, dilation_rate)
    return convolved(x, w, b, zeros, strides, dilation_rate)


@symmetric_same.answers_to("conv2d_backward")
def _(dout: Any, x: Any, w: Any, strides: Any = 1, padding: str = "valid", dilation_rate: Any = 1) -> Any:
    zeros = symmetric_zeros(w.shape[:2], padding, dilation_rate)
    return convolved_backward(dout, x, w, zeros, strides, dilation_rate)


extra_zero_before = idea(
    "conv.extra_zero_before",
    belief="When `same` needs an odd number of zeros, the extra one goes at the top and left.",
    hint="The rule here is TensorFlow's: count where the odd row of zeros stands in the text's example.",
    lecture=PADDING,
)


@extra_zero_before.answers_to("conv2d_forward")
def _(x: Any, w: Any, b: Any, strides: Any = 1, padding: str = "valid", dilation_rate: Any = 1) -> Any:
    zeros = exchanged(zeros_of(x.shape, w.shape[:2], strides, padding, dilation_rate))
    return convolved(x, w, b, zeros, strides, dilation_rate)


@extra_zero_before.answers_to("conv2d_backward")
def _(dout: Any, x: Any, w: Any, strides: Any = 1, padding: str = "valid", dilation_rate: Any = 1) -> Any:
    zeros = exchanged(zeros_of(x.shape, w.shape[:2], strides, padding, dilation_rate))
    return convolved_backward(dout, x, w, zeros, strides, dilation_rate)


padding_ignored = idea(
    "conv.padding_ignored",
    belief="Windows stay inside the image, whatever `padding` says.",
    hint="`same` keeps ceil(size / stride) outputs: pad the image with zeros first, then slide.",
    lecture=PADDING,
)


@padding_ignored.answers_to("conv2d_forward")
def _(x: Any, w: Any, b: Any, strides: Any = 1, padding: str = "valid", dilation_rate: Any = 1) -> Any:
    return conv2d_forward(x, w, b, strides, "valid", dilation_rate)


stride_one_in_same = idea(
    "conv.padding_as_if_stride_one",
    belief="`same` pads k - 1 zeros in all, whatever the stride.",
    hint="With a stride the last window ends elsewhere, and fewer zeros may do. The rule starts from the "
    "number of outputs, ceil(size / stride).",
    lecture=PADDING,
)


@stride_one_in_same.answers_to("conv2d_forward")
def _(x: Any, w: Any, b: Any, strides: Any = 1, padding: str = "valid", dilation_rate: Any = 1) -> Any:
    zeros = zeros_of(x.shape, w.shape[:2], 1, padding, dilation_rate)
    return convolved(x, w, b, zeros, strides, dilation_rate)


edge_padding = idea(
    "conv.edge_padding",
    belief="`same` repeats the pixels at the edge.",
    hint="What stands outside the image is zero.",
    lecture=PADDING,
)
reflected_padding = idea(
    "conv.reflected_padding",
    belief="`same` mirrors the image at its edge.",
    hint="What stands outside the image is zero, not a copy of what is inside.",
    lecture=PADDING,
)
wrapped_padding = idea(
    "conv.wrapped_padding",
    belief="Past the edge, the image goes on at its other side.",
    hint="In NumPy the index -1 is no error: it reads the last row. What should a window read above the first row?",
    lecture=PADDING,
)


def _continued(wrong: Misconception, mode: Literal["edge", "reflect", "wrap"]) -> None:
    @wrong.answers_to("conv2d_forward")
    def _(x: Any, w: Any, b: Any, strides: Any = 1, padding: str = "valid", dilation_rate: Any = 1) -> Any:
        zeros = zeros_of(x.shape, w.shape[:2], strides, padding, dilation_rate)
        continued = np.pad(x, ((0, 0), *zeros, (0, 0)), mode=mode)
        return conv2d_forward(continued, w, b, strides, "valid", dilation_rate)


_continued(edge_padding, "edge")
_continued(reflected_padding, "reflect")
_continued(wrapped_padding, "wrap")

one_zero_always = idea(
    "conv.one_zero_always",
    belief="`same` puts one row of zeros around the image.",
    hint="That is enough for a kernel of 3. How many does a kernel of 5 need, and one of 1?",
    lecture=PADDING,
)


@one_zero_always.answers_to("conv2d_forward")
def _(x: Any, w: Any, b: Any, strides: Any = 1, padding: str = "valid", dilation_rate: Any = 1) -> Any:
    zeros = ((1, 1), (1, 1)) if padding == "same" else ((0, 0), (0, 0))
    return convolved(x, w, b, zeros, strides, dilation_rate)


ceil_for_floor = idea(
    "conv.ceil_for_floor",
    belief="A window that sticks out of the image still counts.",
    hint="With valid padding every window lies inside: round the number of steps down, not up.",
    lecture="Lecture 1, Size of the feature map",
)


@ceil_for_floor.answers_to("conv2d_forward")
def _(x: Any, w: Any, b: Any, strides: Any = 1, padding: str = "valid", dilation_rate: Any = 1) -> Any:
    if padding != "valid":
        return conv2d_forward(x, w, b, strides, padding, dilation_rate)
    axes = zip(x.shape[1:3], w.shape[:2], pair(strides), pair(dilation_rate), strict=True)
    missing = [-(size - (k - 1) * d - 1) % s for size, k, s, d in axes]  # pixels short of one more window
    return convolved(x, w, b, ((0, missing[0]), (0, missing[1])), strides, dilation_rate)


strides_ignored = idea(
    "conv.strides_ignored",
    belief="The window moves on by one pixel.",
    hint="Output row i looks at the rows that start at i * stride, in the forward and in the backward pass "
    "alike.",
    lecture=STRIDE,
)


@strides_ignored.answers_to("conv2d_forward")
def _(x: Any, w: Any, b: Any, strides: Any = 1, padding: str = "valid", dilation_rate: Any = 1) -> Any:
    return conv2d_forward(x, w, b, 1, padding, dilation_rate)


start_without_stride = idea(
    "conv.start_without_stride",
    belief="Output (i, j) belongs to the window that starts at pixel (i, j).",
    hint="You have the right number of outputs, but where does the window of output (1, 1) start if the "
    "stride is 2?",
    lecture=STRIDE,
)


@start_without_stride.answers_to("conv2d_forward")
def _(x: Any, w: Any, b: Any, strides: Any = 1, padding: str = "valid", dilation_rate: Any = 1) -> Any:
    return _from_their_own_pixel(x, w, b, strides, padding, dilation_rate)


def _from_their_own_pixel(x: Any, w: Any, b: Any, strides: Any, padding: str, dilation_rate: Any) -> Any:
    """As many outputs as there should be, but that of (i, j) looks at the window from pixel (i, j) on."""
    zeros = zeros_of(x.shape, w.shape[:2], strides, padding, dilation_rate)
    oh, ow = convolved(x, w, b, zeros, strides, dilation_rate).shape[1:3]
    return convolved(x, w, b, zeros, 1, dilation_rate)[:, :oh, :ow]


@start_without_stride.answers_to("conv2d_backward")
def _(dout: Any, x: Any, w: Any, strides: Any = 1, padding: str = "valid", dilation_rate: Any = 1) -> Any:
    zeros = zeros_of(x.shape, w.shape[:2], strides, padding, dilation_rate)
    stride_one = convolved(x, w, np.zeros(w.shape[3]), zeros, 1, dilation_rate)
    crowded = np.zeros_like(stride_one)  # all of dout in the top left corner, nothing elsewhere
    crowded[:, : dout.shape[1], : dout.shape[2]] = dout
    return convolved_backward(crowded, x, w, zeros, 1, dilation_rate)


outputs_skipped = idea(
    "conv.outputs_skipped",
    belief="With stride s my loops over the outputs take steps of s, `range(0, outputs, s)`.",
    hint="Every output has a value, whatever the stride: how many of yours are still 0? The stride belongs to where "
    "a window starts.",
    lecture=STRIDE,
)


@outputs_skipped.answers_to("conv2d_forward")
def _(x: Any, w: Any, b: Any, strides: Any = 1, padding: str = "valid", dilation_rate: Any = 1) -> Any:
    return every(conv2d_forward(x, w, b, strides, padding, dilation_rate), strides)


@outputs_skipped.answers_to("conv2d_forward")
def _(x: Any, w: Any, b: Any, strides: Any = 1, padding: str = "valid", dilation_rate: Any = 1) -> Any:
    return every(_from_their_own_pixel(x, w, b, strides, padding, dilation_rate), strides)


@outputs_skipped.answers_to("conv2d_backward")
def _(dout: Any, x: Any, w: Any, strides: Any = 1, padding: str = "valid", dilation_rate: Any = 1) -> Any:
    return conv2d_backward(every(dout, strides), x, w, strides, padding, dilation_rate)


stride_on_rows_only = idea(
    "conv.stride_on_rows_only",
    belief="The stride is for the rows; the columns follow one after the other.",
    hint="You have both loops: does the stride stand in both of them?",
    lecture=STRIDE,
)


@stride_on_rows_only.answers_to("conv2d_forward")
def _(x: Any, w: Any, b: Any, strides: Any = 1, padding: str = "valid", dilation_rate: Any = 1) -> Any:
    return conv2d_forward(x, w, b, (pair(strides)[0], 1), padding, dilation_rate)


first_stride_for_both = idea(
    "conv.one_stride_for_both",
    belief="The first stride is the stride.",
    hint="`strides` is (vertical, horizontal): the columns move by the second one.",
    lecture=STRIDE,
)


@first_stride_for_both.answers_to("conv2d_forward")
def _(x: Any, w: Any, b: Any, strides: Any = 1, padding: str = "valid", dilation_rate: Any = 1) -> Any:
    return conv2d_forward(x, w, b, pair(strides)[0], padding, dilation_rate)


strides_exchanged = idea(
    "conv.strides_exchanged",
    belief="The first stride is the horizontal one.",
    hint="`strides` is (vertical, horizontal), in the order of the axes (N, H, W, C).",
    lecture=STRIDE,
)


@strides_exchanged.answers_to("conv2d_forward")
def _(x: Any, w: Any, b: Any, strides: Any = 1, padding: str = "valid", dilation_rate: Any = 1) -> Any:
    return conv2d_forward(x, w, b, pair(strides)[::-1], padding, dilation_rate)


dilation_ignored = idea(
    "conv.dilation_ignored",
    belief="The taps of a kernel are neighbours.",
    hint="With `dilation_rate` d, neighbouring weights meet pixels that are d apart, and the window covers "
    "(k - 1) d + 1 pixels.",
    lecture=KERNELS,
)


@dilation_ignored.answers_to("conv2d_forward")
def _(x: Any, w: Any, b: Any, strides: Any = 1, padding: str = "valid", dilation_rate: Any = 1) -> Any:
    return conv2d_forward(x, w, b, strides, padding, 1)


# Backward only ----------------------------------------------------------------------------------------------

assign_for_accumulate = idea(
    "conv.assign_for_accumulate",
    belief="Inside the loops I set the gradient of a window: `dx[window] = ...`, `dw = ...`.",
    hint="A pixel lies in many windows, a weight meets many pixels: every use adds its share. Assigning "
    "keeps the last one only.",
    lecture=TRAINING,
)
assign_windows = idea(
    "conv.assign_windows",
    belief="I sum over the kernels, then set the window of dx: `dx[window] = w @ dout`.",
    hint="Windows overlap. What happens to a pixel's gradient when the next window writes over it?",
    lecture=TRAINING,
)


@assign_for_accumulate.answers_to("conv2d_backward")
def _(dout: Any, x: Any, w: Any, *options: Any, **named: Any) -> Any:
    _, dw, db = _last_used(dout, x, w, *options, **named)
    return _last_window(dout[..., -1:], x, w[..., -1:], *options, **named), dw, db


@assign_windows.answers_to("conv2d_backward")
def _(dout: Any, x: Any, w: Any, *options: Any, **named: Any) -> Any:
    _, dw, db = _last_used(dout, x, w, *options, **named)
    return _last_window(dout, x, w, *options, **named), dw, db


@assign_for_accumulate.answers_to("conv2d_backward")
def _(dout: Any, x: Any, w: Any, *options: Any, **named: Any) -> Any:
    _, dw, db = conv2d_backward(dout, x, w, *options, **named)
    return _last_window(dout[..., -1:], x, w[..., -1:], *options, **named), dw, db


@assign_windows.answers_to("conv2d_backward")
def _(dout: Any, x: Any, w: Any, *options: Any, **named: Any) -> Any:
    _, dw, db = conv2d_backward(dout, x, w, *options, **named)
    return _last_window(dout, x, w, *options, **named), dw, db


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


def _last_used(dout: Any, x: Any, w: Any, *options: Any, **named: Any) -> Any:
    """The gradients that the very last output brings."""
    last = np.zeros_like(dout)
    last[-1:, -1:, -1:] = dout[-1:, -1:, -1:]
    return conv2d_backward(last, x, w, *options, **named)


dw_transposed = idea(
    "conv.gradient_transposed",
    belief="dw comes out of the product the way it is; the order of its axes doesn't matter.",
    hint="A gradient has the axes of what it belongs to: compare `dw.shape` with `w.shape` for a kernel that isn't "
    "square, with other numbers of channels and kernels.",
    lecture=TRAINING,
)


def _turned(*order: int) -> None:
    @dw_transposed.answers_to("conv2d_backward")
    def _(dout: Any, x: Any, w: Any, *options: Any, **named: Any) -> Any:
        dx, dw, db = conv2d_backward(dout, x, w, *options, **named)
        return dx, dw.transpose(order), db


for _order in ((1, 0, 2, 3), (0, 1, 3, 2), (3, 2, 1, 0), (3, 0, 1, 2)):
    _turned(*_order)

dw_flipped = idea(
    "conv.gradient_flipped",
    belief="Going back everything is turned round, so dw is as well.",
    hint="dx is what a turned kernel makes of dout. But which weight met which pixel? Work out one element of dw by hand, "
    "for a dout with a single 1.",
    lecture=TRAINING,
)


@dw_flipped.answers_to("conv2d_backward")
def _(dout: Any, x: Any, w: Any, *options: Any, **named: Any) -> Any:
    dx, dw, db = conv2d_backward(dout, x, w, *options, **named)
    return dx, dw[::-1, ::-1], db


dout_transposed = idea(
    "conv.dout_transposed",
    belief="dout's first spatial axis runs along the columns.",
    hint="dout has the output's axes, (N, OH, OW, K). A map that is as wide as it is high can't tell: try another.",
    lecture=TRAINING,
)


@dout_transposed.answers_to("conv2d_backward")
def _(dout: Any, x: Any, w: Any, *options: Any, **named: Any) -> Any:
    return conv2d_backward(dout.swapaxes(1, 2), x, w, *options, **named)


bias_gradient_averaged = idea(
    "conv.bias_gradient_averaged",
    belief="The bias gradient is the mean of dout over images and positions.",
    hint="The bias is added at every position of every image: the chain rule sums over all of its uses.",
    lecture=TRAINING,
)


@bias_gradient_averaged.answers_to("conv2d_backward")
def _(dout: Any, x: Any, w: Any, *options: Any, **named: Any) -> Any:
    dx, dw, _ = conv2d_backward(dout, x, w, *options, **named)
    return dx, dw, dout.mean(axis=(0, 1, 2))


bias_gradient_per_pixel = idea(
    "conv.bias_gradient_per_pixel",
    belief="The bias gradient is summed over the images.",
    hint="One bias serves all positions of the map, so the gradient is summed over rows and columns as well.",
    lecture=TRAINING,
)


@bias_gradient_per_pixel.answers_to("conv2d_backward")
def _(dout: Any, x: Any, w: Any, *options: Any, **named: Any) -> Any:
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
    def _(dout: Any, x: Any, w: Any, *options: Any, **named: Any) -> Any:
        gradients = conv2d_backward(dout, x, w, *options, **named)
        return tuple(g / len(x) if i in parts else g for i, g in enumerate(gradients))


for _parts in ((1, 2), (1,), (2,), (0, 1, 2)):  # of dx, dw, db
    _divided(*_parts)

# Taking the padding off -------------------------------------------------------------------------------------

empty_crop = idea(
    "conv.empty_crop",
    belief="I take the padding off with `dx[:, p:-p, p:-p]`.",
    hint="What does `a[0:-0]` give? Crop to `p : p + H`, which is right for every padding.",
    lecture=PADDING,
)
crop_forgotten = idea(
    "conv.crop_forgotten",
    belief="dx is the gradient of the padded image.",
    hint="The gradient of x has the shape of x: take off the rows and columns that you padded.",
    lecture=PADDING,
)
crop_on_other_axes = idea(
    "conv.crop_on_other_axes",
    belief="The padding comes off the axes that I slice first.",
    hint="Only rows and columns were padded. Which of the four axes of (N, H, W, C) are those?",
    lecture=PADDING,
)
crop_of_one = idea(
    "conv.crop_of_one",
    belief="One row and one column come off on each side: `dx[:, 1:-1, 1:-1]`.",
    hint="Take off what you put on: that may be none, or two, or more at the end than at the start.",
    lecture=PADDING,
)
crop_on_wrong_side = idea(
    "conv.crop_on_wrong_side",
    belief="The first H rows and W columns of the padded gradient are dx.",
    hint="Where does the image start inside the padded array, after how many rows of zeros?",
    lecture=PADDING,
)
left_over_rows = idea(
    "conv.left_over_rows_lost",
    belief="dx is as large as what the windows reach.",
    hint="A last row that no window reaches is a part of the image all the same: what is its gradient?",
    lecture=STRIDE,
)


def _uncropped(wrong: Misconception, crop: Callable[[np.ndarray, Zeros, Any], np.ndarray]) -> None:
    """The gradients are right; it is only in another way that the padding is taken off dx."""

    @wrong.answers_to("conv2d_backward")
    def _(dout: Any, x: Any, w: Any, strides: Any = 1, padding: str = "valid", dilation_rate: Any = 1) -> Any:
        zeros = zeros_of(x.shape, w.shape[:2], strides, padding, dilation_rate)
        dframed, dw, db = conv2d_backward(dout, padded(x, zeros), w, strides, "valid", dilation_rate)
        return crop(dframed, zeros, x), dw, db


def _from(dframed: np.ndarray, zeros: Zeros, x: np.ndarray) -> np.ndarray:
    """As many rows and columns as x has, after those that were padded before."""
    (top, _), (left, _) = zeros
    return dframed[:, top : top + x.shape[1], left : left + x.shape[2]]


def _slices(zeros: Zeros) -> tuple[slice, slice]:
    """`p:-p` for rows and columns; -0 is 0, so that nothing is left where p is 0."""
    (top, _), (left, _) = zeros
    return slice(top, -top), slice(left, -left)


_uncropped(empty_crop, lambda dframed, zeros, x: dframed[:, *_slices(zeros)])
_uncropped(crop_forgotten, lambda dframed, zeros, x: dframed)
_uncropped(crop_on_other_axes, lambda dframed, zeros, x: dframed[_slices(zeros)])
_uncropped(crop_on_other_axes, lambda dframed, zeros, x: dframed[:, :, *_slices(zeros)])
_uncropped(crop_on_other_axes, lambda dframed, zeros, x: dframed[(*_slices(zeros), *_slices(zeros))])
_uncropped(crop_of_one, lambda dframed, zeros, x: dframed[:, 1:-1, 1:-1])
_uncropped(crop_of_one, lambda dframed, zeros, x: _from(dframed, ((1, 1), (1, 1)), x))
_uncropped(crop_on_wrong_side, lambda dframed, zeros, x: _from(dframed, ((0, 0), (0, 0)), x))
_uncropped(crop_on_wrong_side, lambda dframed, zeros, x: cropped(dframed, exchanged(zeros)))


@left_over_rows.answers_to("conv2d_backward")
def _(dout: Any, x: Any, w: Any, strides: Any = 1, padding: str = "valid", dilation_rate: Any = 1) -> Any:
    dx, dw, db = conv2d_backward(dout, x, w, strides, padding, dilation_rate)
    if padding == "same":
        return dx, dw, db
    axes = zip(dout.shape[1:3], w.shape[:2], pair(strides), pair(dilation_rate), strict=True)
    rows, columns = ((outputs - 1) * s + (k - 1) * d + 1 for outputs, k, s, d in axes)
    return dx[:, :rows, :columns], dw, db
