"""Wrong ideas about convolution, forward beside backward."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.misconceptions.idea import (
    convolved,
    convolved_backward,
    exchanged,
    first_image_only,
    idea,
    padded,
    pair,
    symmetric_zeros,
    zeros_of,
)
from kerasnets.numpy_layers import conv2d_backward, conv2d_forward, conv_output_size

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


# Channels, images, bias -------------------------------------------------------------------------------------

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


@edge_padding.answers_to("conv2d_forward")
def _(x: Any, w: Any, b: Any, strides: Any = 1, padding: str = "valid", dilation_rate: Any = 1) -> Any:
    zeros = zeros_of(x.shape, w.shape[:2], strides, padding, dilation_rate)
    continued = np.pad(x, ((0, 0), *zeros, (0, 0)), mode="edge")
    return conv2d_forward(continued, w, b, strides, "valid", dilation_rate)


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


@assign_for_accumulate.answers_to("conv2d_backward")
def _(dout: Any, x: Any, w: Any, strides: Any = 1, padding: str = "valid", dilation_rate: Any = 1) -> Any:
    return _assigned(dout, x, w, strides, padding, dilation_rate, kernels=range(w.shape[3]))


assign_windows = idea(
    "conv.assign_windows",
    belief="I sum over the kernels, then set the window of dx: `dx[window] = w @ dout`.",
    hint="Windows overlap. What happens to a pixel's gradient when the next window writes over it?",
    lecture=TRAINING,
)


@assign_windows.answers_to("conv2d_backward")
def _(dout: Any, x: Any, w: Any, strides: Any = 1, padding: str = "valid", dilation_rate: Any = 1) -> Any:
    return _assigned(dout, x, w, strides, padding, dilation_rate, kernels=[slice(None)])


def _assigned(
    dout: Any, x: Any, w: Any, strides: Any, padding: str, dilation_rate: Any, kernels: Any
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The loops of a backward pass with `=`: the kernels one at a time, or all at once (a slice)."""
    zeros = zeros_of(x.shape, w.shape[:2], strides, padding, dilation_rate)
    framed = padded(x, zeros)
    dframed, dw, db = np.zeros_like(framed), np.zeros_like(w), np.zeros(w.shape[3])
    (kh, kw), (sh, sw), (dh, dw_) = w.shape[:2], pair(strides), pair(dilation_rate)
    for n, i, j in np.ndindex(dout.shape[:3]):
        rows = slice(i * sh, i * sh + (kh - 1) * dh + 1, dh)
        columns = slice(j * sw, j * sw + (kw - 1) * dw_ + 1, dw_)
        for k in kernels:
            many = isinstance(k, slice)
            dframed[n, rows, columns] = w @ dout[n, i, j] if many else w[..., k] * dout[n, i, j, k]
            patch = framed[n, rows, columns]
            dw[..., k] = patch[..., None] * dout[n, i, j] if many else patch * dout[n, i, j, k]
            db[k] = dout[n, i, j, k]
    (top, _), (left, _) = zeros
    return dframed[:, top : top + x.shape[1], left : left + x.shape[2]], dw, db


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
    belief="dw and db are divided by the number of images here.",
    hint="The mean over the batch belongs to the loss, whose gradient carries the 1/N already.",
    lecture=TRAINING,
)


@divided_by_batch.answers_to("conv2d_backward")
def _(dout: Any, x: Any, w: Any, *options: Any, **named: Any) -> Any:
    dx, dw, db = conv2d_backward(dout, x, w, *options, **named)
    return dx, dw / len(x), db / len(x)


empty_crop = idea(
    "conv.empty_crop",
    belief="I take the padding off with `dx[:, p:-p, p:-p]`.",
    hint="What does `a[0:-0]` give? Crop to `p : p + H`, which is right for every padding.",
    lecture=PADDING,
)


@empty_crop.answers_to("conv2d_backward")
def _(dout: Any, x: Any, w: Any, strides: Any = 1, padding: str = "valid", dilation_rate: Any = 1) -> Any:
    zeros = zeros_of(x.shape, w.shape[:2], strides, padding, dilation_rate)
    (top, _), (left, _) = zeros
    dx, dw, db = conv2d_backward(dout, padded(x, zeros), w, strides, "valid", dilation_rate)
    return dx[:, top:-top, left:-left], dw, db  # -0 is 0: nothing is left


crop_forgotten = idea(
    "conv.crop_forgotten",
    belief="dx is the gradient of the padded image.",
    hint="The gradient of x has the shape of x: take off the rows and columns that you padded.",
    lecture=PADDING,
)


@crop_forgotten.answers_to("conv2d_backward")
def _(dout: Any, x: Any, w: Any, strides: Any = 1, padding: str = "valid", dilation_rate: Any = 1) -> Any:
    zeros = zeros_of(x.shape, w.shape[:2], strides, padding, dilation_rate)
    return conv2d_backward(dout, padded(x, zeros), w, strides, "valid", dilation_rate)
