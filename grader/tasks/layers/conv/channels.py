"""Wrong ideas about a convolution: channels, images, biases, kinds of numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.tasks.layers.conv.layer import conv2d_backward, conv2d_forward
from grader.tasks.task import idea
from grader.tasks.windows import first_image_only, first_only

KERNELS = "Lecture 2, Convolution operation with kernels"
CHANNELS = "Lecture 2, Multiple channels and multiple kernels"


@conv2d_forward.wrongly(
    idea(
        "conv.patch_not_multiplied",
        belief="An output is the sum of the pixels in its window.",
        hint="Change one weight of the kernel: does your output change? Where does `w` meet the window?",
        lecture=KERNELS,
    )
)
def patch_not_multiplied(x: Any, w: Any, b: Any, *options: Any, **named: Any) -> Any:
    return conv2d_forward(x, np.ones_like(w), b, *options, **named)


@conv2d_forward.wrongly(
    idea(
        "conv.bias_forgotten",
        belief="A convolution is the sum of products; that is all.",
        hint="Each kernel has one more parameter than its weights. Where does it enter?",
        lecture=KERNELS,
    )
)
def bias_forgotten(x: Any, w: Any, b: Any, *options: Any, **named: Any) -> Any:
    return conv2d_forward(x, w, np.zeros_like(b), *options, **named)


@conv2d_forward.wrongly(
    idea(
        "conv.bias_per_tap",
        belief="I add the bias to each product, then sum.",
        hint="Count how often your bias enters one output: look at the brackets around the sum.",
        lecture=KERNELS,
    )
)
def bias_per_tap(x: Any, w: Any, b: Any, *options: Any, **named: Any) -> Any:
    return conv2d_forward(x, w, b * w[..., 0].size, *options, **named)


@conv2d_forward.wrongly(
    idea(
        "conv.bias_per_channel",
        belief="Every input channel's map gets the bias before the maps are summed.",
        hint="The channels of one kernel share a single bias: add it once, after the sum over channels.",
        lecture=CHANNELS,
    )
)
def bias_per_channel(x: Any, w: Any, b: Any, *options: Any, **named: Any) -> Any:
    return conv2d_forward(x, w, b * w.shape[2], *options, **named)


@conv2d_forward.wrongly(
    idea(
        "conv.batch_size_for_bias",
        belief="`b` is still the bias when I add it.",
        hint="Print what you add, just before you add it: did an assignment such as `b, h, w, c = x.shape` give the name "
        "another meaning?",
        lecture=KERNELS,
    )
)
def batch_size_for_bias(x: Any, w: Any, b: Any, *options: Any, **named: Any) -> Any:
    return conv2d_forward(x, w, np.full_like(b, len(x)), *options, **named)


@conv2d_forward.wrongly(
    idea(
        "conv.bias_per_image",
        belief="Image n gets the bias b[n].",
        hint="A bias belongs to a kernel, so every image meets all of them: which of your loop's indices picks it?",
        lecture=KERNELS,
    )
)
def bias_per_image(x: Any, w: Any, b: Any, *options: Any, **named: Any) -> Any:
    out = conv2d_forward(x, w, np.zeros_like(b), *options, **named)
    if len(x) > len(b):
        raise IndexError("more images than biases")
    return out + b[: len(x), None, None, None]


@conv2d_forward.wrongly(
    idea(
        "conv.channels_averaged",
        belief="The maps of the input channels are averaged into one.",
        hint="A kernel is a volume: multiply all of it with the window and sum, over the channels too.",
        lecture=CHANNELS,
    )
)
def channels_averaged(x: Any, w: Any, b: Any, *options: Any, **named: Any) -> Any:
    return conv2d_forward(x, w / w.shape[2], b, *options, **named)


@conv2d_forward.wrongly(
    idea(
        "conv.first_channel_only",
        belief="A kernel looks at one channel, the first.",
        hint="Does your sum run over the third axis of `w`? An image with one channel can't tell.",
        lecture=CHANNELS,
    )
)
def first_channel_only(x: Any, w: Any, b: Any, *options: Any, **named: Any) -> Any:
    return conv2d_forward(x[..., :1], w[:, :, :1], b, *options, **named)


first_image = idea(
    "conv.first_image_only",
    belief="One image goes in, one comes out.",
    hint="`x` is a batch: look for a `return` inside the loop, or an index 0 where the image's number "
    "belongs.",
    lecture=KERNELS,
)


@conv2d_forward.wrongly(first_image)
def first_image_conv2d_forward(x: Any, w: Any, b: Any, *options: Any, **named: Any) -> Any:
    return first_image_only(conv2d_forward(x, w, b, *options, **named))


@conv2d_backward.wrongly(first_image)
def first_image_conv2d_backward(dout: Any, x: Any, w: Any, *options: Any, **named: Any) -> Any:
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
    def forward(x: Any, w: Any, b: Any, *options: Any, **named: Any) -> Any:
        return first_only(conv2d_forward(x, w, b, *options, **named), loops)

    @inner_return.answers_to("conv2d_backward")
    def backward(dout: Any, x: Any, w: Any, *options: Any, **named: Any) -> Any:
        return conv2d_backward(first_only(dout, loops), x, w, *options, **named)


for _loops in (2, 3, 4):  # over images and rows, columns, kernels
    _after(_loops)


@conv2d_forward.wrongly(
    idea(
        "conv.kept_as_integers",
        belief="The maps have the image's dtype, `np.zeros(shape, x.dtype)`.",
        hint="What becomes of 2.7, of -1 and of 300 in an array of uint8? Images of whole numbers need room for others.",
        lecture=KERNELS,
    )
)
def kept_as_integers(x: Any, w: Any, b: Any, *options: Any, **named: Any) -> Any:
    out = conv2d_forward(x, w, b, *options, **named)
    # the fraction is cut off, then the number wraps around
    return out.astype(np.int64).astype(x.dtype) if x.dtype.kind in "iu" else out


@conv2d_forward.wrongly(
    idea(
        "conv.half_precision",
        belief="float16 is exact enough, and takes half the room.",
        hint="float16 keeps three digits of each number, and a sum of many loses more: compute in the input's dtype.",
        lecture=KERNELS,
    )
)
def half_precision(x: Any, w: Any, b: Any, *options: Any, **named: Any) -> Any:
    halves = (a.astype(np.float16).astype(np.float64) for a in (x, w, b))
    return conv2d_forward(*halves, *options, **named).astype(np.float16).astype(np.float64)
