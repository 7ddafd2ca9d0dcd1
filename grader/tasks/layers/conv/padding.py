"""Wrong ideas about a convolution: padding, strides and dilation."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from grader.tasks.layers.conv.layer import conv2d_backward, conv2d_forward
from grader.tasks.task import Idea, idea
from grader.tasks.windows import Zeros, cropped, every, exchanged, padded, pair, symmetric_zeros, zeros_of

PADDING = "Lecture 2, Convolutional layer parameters: padding"
STRIDE = "Lecture 2, Convolutional layer parameters: stride"
KERNELS = "Lecture 2, Convolution operation with kernels"


symmetric_same = idea(
    "conv.symmetric_same",
    belief="`same` puts (k - 1) // 2 zeros on either side.",
    hint="That holds for odd kernels at stride 1. With an even kernel, or a stride, the number of zeros may "
    "be odd: how many does the last window need, and where does the extra one go?",
    lecture=PADDING,
)


def convolved(x: Any, w: Any, b: Any, zeros: Zeros, strides: Any, dilation: Any = 1) -> Any:
    """The reference, with zeros that are chosen by hand."""
    return conv2d_forward(padded(x, zeros), w, b, strides, "valid", dilation)


@conv2d_forward.wrongly(symmetric_same)
def symmetric_same_conv2d_forward(
    x: Any, w: Any, b: Any, strides: Any = 1, padding: str = "valid", dilation_rate: Any = 1
) -> Any:
    zeros = symmetric_zeros(w.shape[:2], padding, dilation_rate)
    return convolved(x, w, b, zeros, strides, dilation_rate)


def convolved_backward(dout: Any, x: Any, w: Any, zeros: Zeros, strides: Any, dilation: Any = 1) -> Any:
    """The gradients that belong to `convolved`."""
    dx, dw, db = conv2d_backward(dout, padded(x, zeros), w, strides, "valid", dilation)
    return cropped(dx, zeros), dw, db


@conv2d_backward.wrongly(symmetric_same)
def symmetric_same_conv2d_backward(
    dout: Any, x: Any, w: Any, strides: Any = 1, padding: str = "valid", dilation_rate: Any = 1
) -> Any:
    zeros = symmetric_zeros(w.shape[:2], padding, dilation_rate)
    return convolved_backward(dout, x, w, zeros, strides, dilation_rate)


extra_zero_before = idea(
    "conv.extra_zero_before",
    belief="When `same` needs an odd number of zeros, the extra one goes at the top and left.",
    hint="The rule here is TensorFlow's: count where the odd row of zeros stands in the text's example.",
    lecture=PADDING,
)


@conv2d_forward.wrongly(extra_zero_before)
def extra_zero_before_conv2d_forward(
    x: Any, w: Any, b: Any, strides: Any = 1, padding: str = "valid", dilation_rate: Any = 1
) -> Any:
    zeros = exchanged(zeros_of(x.shape, w.shape[:2], strides, padding, dilation_rate))
    return convolved(x, w, b, zeros, strides, dilation_rate)


@conv2d_backward.wrongly(extra_zero_before)
def extra_zero_before_conv2d_backward(
    dout: Any, x: Any, w: Any, strides: Any = 1, padding: str = "valid", dilation_rate: Any = 1
) -> Any:
    zeros = exchanged(zeros_of(x.shape, w.shape[:2], strides, padding, dilation_rate))
    return convolved_backward(dout, x, w, zeros, strides, dilation_rate)


@conv2d_forward.wrongly(
    idea(
        "conv.padding_ignored",
        belief="Windows stay inside the image, whatever `padding` says.",
        hint="`same` keeps ceil(size / stride) outputs: pad the image with zeros first, then slide.",
        lecture=PADDING,
    )
)
def padding_ignored(
    x: Any, w: Any, b: Any, strides: Any = 1, padding: str = "valid", dilation_rate: Any = 1
) -> Any:
    return conv2d_forward(x, w, b, strides, "valid", dilation_rate)


@conv2d_forward.wrongly(
    idea(
        "conv.padding_as_if_stride_one",
        belief="`same` pads k - 1 zeros in all, whatever the stride.",
        hint="With a stride the last window ends elsewhere, and fewer zeros may do. The rule starts from the "
        "number of outputs, ceil(size / stride).",
        lecture=PADDING,
    )
)
def stride_one_in_same(
    x: Any, w: Any, b: Any, strides: Any = 1, padding: str = "valid", dilation_rate: Any = 1
) -> Any:
    zeros = zeros_of(x.shape, w.shape[:2], 1, padding, dilation_rate)
    return convolved(x, w, b, zeros, strides, dilation_rate)


edge_padding = idea(
    "conv.edge_padding",
    belief="`same` repeats the pixels at the edge.",
    hint="What stands outside the image is zero.",
    lecture=PADDING,
)


def _continued(wrong: Idea, mode: Literal["edge", "reflect", "wrap"]) -> None:
    @wrong.answers_to("conv2d_forward")
    def answer(
        x: Any, w: Any, b: Any, strides: Any = 1, padding: str = "valid", dilation_rate: Any = 1
    ) -> Any:
        zeros = zeros_of(x.shape, w.shape[:2], strides, padding, dilation_rate)
        continued = np.pad(x, ((0, 0), *zeros, (0, 0)), mode=mode)
        return conv2d_forward(continued, w, b, strides, "valid", dilation_rate)


_continued(edge_padding, "edge")

reflected_padding = idea(
    "conv.reflected_padding",
    belief="`same` mirrors the image at its edge.",
    hint="What stands outside the image is zero, not a copy of what is inside.",
    lecture=PADDING,
)
_continued(reflected_padding, "reflect")

wrapped_padding = idea(
    "conv.wrapped_padding",
    belief="Past the edge, the image goes on at its other side.",
    hint="In NumPy the index -1 is no error: it reads the last row. What should a window read above the first row?",
    lecture=PADDING,
)
_continued(wrapped_padding, "wrap")


@conv2d_forward.wrongly(
    idea(
        "conv.one_zero_always",
        belief="`same` puts one row of zeros around the image.",
        hint="That is enough for a kernel of 3. How many does a kernel of 5 need, and one of 1?",
        lecture=PADDING,
    )
)
def one_zero_always(
    x: Any, w: Any, b: Any, strides: Any = 1, padding: str = "valid", dilation_rate: Any = 1
) -> Any:
    zeros = ((1, 1), (1, 1)) if padding == "same" else ((0, 0), (0, 0))
    return convolved(x, w, b, zeros, strides, dilation_rate)


@conv2d_forward.wrongly(
    idea(
        "conv.ceil_for_floor",
        belief="A window that sticks out of the image still counts.",
        hint="With valid padding every window lies inside: round the number of steps down, not up.",
        lecture="Lecture 1, Size of the feature map",
    )
)
def ceil_for_floor(
    x: Any, w: Any, b: Any, strides: Any = 1, padding: str = "valid", dilation_rate: Any = 1
) -> Any:
    if padding != "valid":
        return conv2d_forward(x, w, b, strides, padding, dilation_rate)
    axes = zip(x.shape[1:3], w.shape[:2], pair(strides), pair(dilation_rate), strict=True)
    missing = [-(size - (k - 1) * d - 1) % s for size, k, s, d in axes]  # pixels short of one more window
    return convolved(x, w, b, ((0, missing[0]), (0, missing[1])), strides, dilation_rate)


@conv2d_forward.wrongly(
    idea(
        "conv.strides_ignored",
        belief="The window moves on by one pixel.",
        hint="Output row i looks at the rows that start at i * stride, in the forward and in the backward pass "
        "alike.",
        lecture=STRIDE,
    )
)
def strides_ignored(
    x: Any, w: Any, b: Any, strides: Any = 1, padding: str = "valid", dilation_rate: Any = 1
) -> Any:
    return conv2d_forward(x, w, b, 1, padding, dilation_rate)


start_without_stride = idea(
    "conv.start_without_stride",
    belief="Output (i, j) belongs to the window that starts at pixel (i, j).",
    hint="You have the right number of outputs, but where does the window of output (1, 1) start if the "
    "stride is 2?",
    lecture=STRIDE,
)


def _from_their_own_pixel(x: Any, w: Any, b: Any, strides: Any, padding: str, dilation_rate: Any) -> Any:
    """As many outputs as there should be, but that of (i, j) looks at the window from pixel (i, j) on."""
    zeros = zeros_of(x.shape, w.shape[:2], strides, padding, dilation_rate)
    oh, ow = convolved(x, w, b, zeros, strides, dilation_rate).shape[1:3]
    return convolved(x, w, b, zeros, 1, dilation_rate)[:, :oh, :ow]


@conv2d_forward.wrongly(start_without_stride)
def start_without_stride_conv2d_forward(
    x: Any, w: Any, b: Any, strides: Any = 1, padding: str = "valid", dilation_rate: Any = 1
) -> Any:
    return _from_their_own_pixel(x, w, b, strides, padding, dilation_rate)


@conv2d_backward.wrongly(start_without_stride)
def start_without_stride_conv2d_backward(
    dout: Any, x: Any, w: Any, strides: Any = 1, padding: str = "valid", dilation_rate: Any = 1
) -> Any:
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


@conv2d_forward.wrongly(outputs_skipped)
def outputs_skipped_conv2d_forward(
    x: Any, w: Any, b: Any, strides: Any = 1, padding: str = "valid", dilation_rate: Any = 1
) -> Any:
    return every(conv2d_forward(x, w, b, strides, padding, dilation_rate), strides)


@conv2d_forward.wrongly(outputs_skipped)
def outputs_skipped_conv2d_forward_2(
    x: Any, w: Any, b: Any, strides: Any = 1, padding: str = "valid", dilation_rate: Any = 1
) -> Any:
    return every(_from_their_own_pixel(x, w, b, strides, padding, dilation_rate), strides)


@conv2d_backward.wrongly(outputs_skipped)
def outputs_skipped_conv2d_backward(
    dout: Any, x: Any, w: Any, strides: Any = 1, padding: str = "valid", dilation_rate: Any = 1
) -> Any:
    return conv2d_backward(every(dout, strides), x, w, strides, padding, dilation_rate)


@conv2d_forward.wrongly(
    idea(
        "conv.stride_on_rows_only",
        belief="The stride is for the rows; the columns follow one after the other.",
        hint="You have both loops: does the stride stand in both of them?",
        lecture=STRIDE,
    )
)
def stride_on_rows_only(
    x: Any, w: Any, b: Any, strides: Any = 1, padding: str = "valid", dilation_rate: Any = 1
) -> Any:
    return conv2d_forward(x, w, b, (pair(strides)[0], 1), padding, dilation_rate)


@conv2d_forward.wrongly(
    idea(
        "conv.one_stride_for_both",
        belief="The first stride is the stride.",
        hint="`strides` is (vertical, horizontal): the columns move by the second one.",
        lecture=STRIDE,
    )
)
def first_stride_for_both(
    x: Any, w: Any, b: Any, strides: Any = 1, padding: str = "valid", dilation_rate: Any = 1
) -> Any:
    return conv2d_forward(x, w, b, pair(strides)[0], padding, dilation_rate)


@conv2d_forward.wrongly(
    idea(
        "conv.strides_exchanged",
        belief="The first stride is the horizontal one.",
        hint="`strides` is (vertical, horizontal), in the order of the axes (N, H, W, C).",
        lecture=STRIDE,
    )
)
def strides_exchanged(
    x: Any, w: Any, b: Any, strides: Any = 1, padding: str = "valid", dilation_rate: Any = 1
) -> Any:
    return conv2d_forward(x, w, b, pair(strides)[::-1], padding, dilation_rate)


@conv2d_forward.wrongly(
    idea(
        "conv.dilation_ignored",
        belief="The taps of a kernel are neighbours.",
        hint="With `dilation_rate` d, neighbouring weights meet pixels that are d apart, and the window covers "
        "(k - 1) d + 1 pixels.",
        lecture=KERNELS,
    )
)
def dilation_ignored(
    x: Any, w: Any, b: Any, strides: Any = 1, padding: str = "valid", dilation_rate: Any = 1
) -> Any:
    return conv2d_forward(x, w, b, strides, padding, 1)
