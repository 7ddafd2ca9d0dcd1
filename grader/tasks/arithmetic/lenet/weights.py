"""How many parameters a layer has."""

from __future__ import annotations

from typing import Any

from grader.tasks.drawn import Case, OneOf, Whole
from grader.tasks.small import shapes
from grader.tasks.task import idea, task
from grader.tasks.windows import pair

COUNTING = "Lecture 1, Number of parameters to learn in a convolutional layer"
BLOCKS = "Lecture 1, Convolutional building blocks"


@task(
    hidden={
        "kernels": (
            Case("Square kernels", (Whole(3, 11), Whole(2, 40), Whole(41, 99))),
            Case(
                "Kernels that aren't square", (OneOf(((1, 3), (2, 5), (7, 3))), Whole(2, 40), Whole(41, 99))
            ),
            Case("Without biases", (Whole(3, 11), Whole(2, 40), Whole(41, 99)), (("use_bias", False),)),
        ),
    },
    small=[
        *shapes((1, 1, 1), (2, 1, 1), (1, 1, 2), (1, 2, 1), (2, 1, 3), ((1, 2), 1, 1), ((2, 1), 2, 3)),
        *shapes((1, 1, 1), (2, 1, 2), use_bias=False),
    ],
)
def conv_parameters(
    kernel_size: int | tuple[int, int], in_channels: int, filters: int, use_bias: bool = True
) -> int:
    """
    >>> conv_parameters(3, 3, 10)
    280
    """
    height, width = (kernel_size, kernel_size) if isinstance(kernel_size, int) else kernel_size
    return height * width * in_channels * filters + (filters if use_bias else 0)


@task(
    hidden={
        "plain": (
            Case("With biases", (Whole(100, 999), Whole(2, 99))),
            Case("Without biases", (Whole(100, 999), Whole(2, 99)), (("use_bias", False),)),
        ),
    },
    small=[*shapes((1, 1), (2, 1), (1, 2), (3, 2)), *shapes((1, 1), (2, 3), use_bias=False)],
)
def dense_parameters(inputs: int, units: int, use_bias: bool = True) -> int:
    return inputs * units + (units if use_bias else 0)


bias_forgotten = idea(
    "lenet.bias_forgotten",
    belief="A layer's parameters are the weights of its kernels.",
    hint="Each kernel, each unit, has one more number, which it adds at the end.",
    lecture=COUNTING,
)


@conv_parameters.wrongly(bias_forgotten)
def bias_forgotten_conv_parameters(
    kernel_size: Any, in_channels: int, filters: int, use_bias: bool = True
) -> int:
    return conv_parameters(kernel_size, in_channels, filters, use_bias=False)


@dense_parameters.wrongly(bias_forgotten)
def bias_forgotten_dense_parameters(inputs: int, units: int, use_bias: bool = True) -> int:
    return dense_parameters(inputs, units, use_bias=False)


bias_always = idea(
    "lenet.bias_always",
    belief="A layer always has biases.",
    hint="What should `use_bias=False` change?",
    lecture=COUNTING,
)


@conv_parameters.wrongly(bias_always)
def bias_always_conv_parameters(
    kernel_size: Any, in_channels: int, filters: int, use_bias: bool = True
) -> int:
    return conv_parameters(kernel_size, in_channels, filters)


@dense_parameters.wrongly(bias_always)
def bias_always_dense_parameters(inputs: int, units: int, use_bias: bool = True) -> int:
    return dense_parameters(inputs, units)


channels_forgotten = idea(
    "lenet.channels_forgotten",
    belief="A kernel of k×k has k·k weights.",
    hint="It spans every channel of its input: k·k weights for each of them.",
    lecture="Lecture 1, Convolutional operation: volumes",
)


@conv_parameters.wrongly(channels_forgotten)
def channels_forgotten_conv_parameters(
    kernel_size: Any, in_channels: int, filters: int, use_bias: bool = True
) -> int:
    return conv_parameters(kernel_size, 1, filters, use_bias)


bias_per_channel = idea(
    "lenet.bias_per_channel",
    belief="There is a bias for every pair of input channel and kernel.",
    hint="The products of all channels are added up, and then one bias is added, one for each kernel.",
    lecture=COUNTING,
)


@conv_parameters.wrongly(bias_per_channel)
def bias_per_channel_conv_parameters(
    kernel_size: Any, in_channels: int, filters: int, use_bias: bool = True
) -> int:
    return in_channels * conv_parameters(kernel_size, 1, filters, use_bias)


bias_per_input = idea(
    "lenet.bias_per_input",
    belief="Every input of a dense layer has a bias.",
    hint="The bias is added to the sum that a unit makes: how many sums are there?",
    lecture=BLOCKS,
)


@dense_parameters.wrongly(bias_per_input)
def bias_per_input_dense_parameters(inputs: int, units: int, use_bias: bool = True) -> int:
    return inputs * units + (inputs if use_bias else 0)


@conv_parameters.wrongly(
    idea(
        "lenet.square_kernel",
        belief="A kernel is as wide as it is high.",
        hint="`kernel_size` may be a pair, such as (1, 3). How many weights has a kernel of one row and three columns?",
        lecture=COUNTING,
    )
)
def square_kernel(kernel_size: Any, in_channels: int, filters: int, use_bias: bool = True) -> int:
    return conv_parameters(pair(kernel_size)[0], in_channels, filters, use_bias)
