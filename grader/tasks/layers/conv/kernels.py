"""Wrong ideas about a convolution: which pixel meets which weight."""

from __future__ import annotations

from typing import Any

from grader.tasks.layers.conv.layer import conv2d_backward, conv2d_forward
from grader.tasks.task import idea
from grader.tasks.windows import pair
from kerasnets.numpy_layers import conv_output_size

KERNELS = "Lecture 2, Convolution operation with kernels"
CHANNELS = "Lecture 2, Multiple channels and multiple kernels"


flipped_kernel = idea(
    "conv.flipped_kernel",
    belief="I turn the kernel by 180 degrees before sliding it, as the mathematical convolution does.",
    hint="Layers compute a cross-correlation: the weight at the top left meets the pixel at the window's top "
    "left. Work one window by hand and watch which weight meets which pixel.",
    lecture="Lecture 5, General definition of convolution",
)


@conv2d_forward.wrongly(flipped_kernel)
def flipped_kernel_conv2d_forward(x: Any, w: Any, b: Any, *options: Any, **named: Any) -> Any:
    return conv2d_forward(x, w[::-1, ::-1], b, *options, **named)


@conv2d_backward.wrongly(flipped_kernel)
def flipped_kernel_conv2d_backward(dout: Any, x: Any, w: Any, *options: Any, **named: Any) -> Any:
    _, dw, db = conv2d_backward(dout, x, w, *options, **named)
    return conv2d_backward(dout, x, w[::-1, ::-1], *options, **named)[0], dw, db


@conv2d_forward.wrongly(
    idea(
        "conv.transposed_kernel",
        belief="The kernel's first axis runs along the image's columns.",
        hint="A kernel is stored (KH, KW, C, K): its first index moves down, like the image's row index.",
        lecture=KERNELS,
    )
)
def transposed_kernel(x: Any, w: Any, b: Any, *options: Any, **named: Any) -> Any:
    return conv2d_forward(x, w.swapaxes(0, 1), b, *options, **named)


@conv2d_forward.wrongly(
    idea(
        "conv.square_kernel",
        belief="A kernel is as wide as it is high.",
        hint="Read height and width from `w.shape` separately, and try a kernel of 2 rows and 3 columns.",
        lecture=KERNELS,
    )
)
def square_kernel(x: Any, w: Any, b: Any, *options: Any, **named: Any) -> Any:
    return conv2d_forward(x, w[:, : w.shape[0]], b, *options, **named)


@conv2d_forward.wrongly(
    idea(
        "conv.width_from_kernel_height",
        belief="One output size formula with the kernel's height serves both axes.",
        hint="The output's width depends on the kernel's width. Which of your two formulas uses `KW`?",
        lecture="Lecture 1, Size of the feature map",
    )
)
def width_from_height(
    x: Any, w: Any, b: Any, strides: Any = 1, padding: str = "valid", dilation_rate: Any = 1
) -> Any:
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


@conv2d_forward.wrongly(sizes_exchanged)
def sizes_exchanged_conv2d_forward(x: Any, w: Any, b: Any, *options: Any, **named: Any) -> Any:
    return conv2d_forward(x, w, b, *options, **named).swapaxes(1, 2)


@conv2d_backward.wrongly(sizes_exchanged)
def sizes_exchanged_conv2d_backward(dout: Any, x: Any, w: Any, *options: Any, **named: Any) -> Any:
    dx, dw, db = conv2d_backward(dout, x, w, *options, **named)
    return dx.swapaxes(1, 2), dw.swapaxes(0, 1), db


channels_first = idea(
    "conv.channels_first",
    belief="Channels come before height and width: (N, C, H, W).",
    hint="Other libraries do that. Here the channels stand last: which axis of your result has as many entries as "
    "there are kernels?",
    lecture=CHANNELS,
)


@conv2d_forward.wrongly(channels_first)
def channels_first_conv2d_forward(x: Any, w: Any, b: Any, *options: Any, **named: Any) -> Any:
    return conv2d_forward(x, w, b, *options, **named).transpose(0, 3, 1, 2)


@conv2d_backward.wrongly(channels_first)
def channels_first_conv2d_backward(dout: Any, x: Any, w: Any, *options: Any, **named: Any) -> Any:
    dx, dw, db = conv2d_backward(dout, x, w, *options, **named)
    return dx.transpose(0, 3, 1, 2), dw, db


@conv2d_forward.wrongly(
    idea(
        "conv.kernel_channels_exchanged",
        belief="A kernel array's third axis counts the kernels, its fourth the input's channels.",
        hint="`w` is (KH, KW, C, K): first where, then from which channel, then to which. Test with other numbers of "
        "channels and kernels.",
        lecture=CHANNELS,
    )
)
def kernel_channels_exchanged(x: Any, w: Any, b: Any, *options: Any, **named: Any) -> Any:
    return conv2d_forward(x, w.swapaxes(2, 3), b, *options, **named)
