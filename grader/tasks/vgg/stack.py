"""Stacks of small kernels."""

from __future__ import annotations

from grader.tasks.arithmetic.lenet.weights import bias_forgotten, channels_forgotten, conv_parameters
from grader.tasks.drawn import Case, OneOf, Whole
from grader.tasks.small import shapes
from grader.tasks.task import idea, task

FILTER = "Lecture 1, Convolutional operation: filter size"
COUNTING = "Lecture 1, Number of parameters to learn in a convolutional layer"
VOLUMES = "Lecture 1, Convolutional operation: multiple filters"


@task(
    hidden={"plain": (Case("Some kernels of one size", (OneOf((3, 5, 7)), OneOf((3, 5, 6)))),)},
    small=shapes((3, 1), (3, 2), (3, 4), (5, 2), (5, 4)),
)
def stack_reach(kernel_size: int, layers: int) -> int:
    """Along one axis, how many pixels one output of some convolutions at stride 1 depends on.

    >>> stack_reach(3, 2), stack_reach(3, 3), stack_reach(7, 1)
    (5, 7, 7)
    """
    return 1 + layers * (kernel_size - 1)


@task(
    hidden={"plain": (Case("Some kernels of one size", (OneOf((3, 5, 7)), Whole(2, 5), Whole(16, 64))),)},
    small=shapes((1, 1, 2), (3, 1, 1), (1, 2, 1), (3, 2, 1), (3, 2, 2)),
)
def stack_parameters(kernel_size: int, layers: int, channels: int) -> int:
    """Of some convolutions that take and give as many channels: Simonyan and Zisserman 2015, section 2.3, with biases.

    >>> stack_parameters(3, 2, 64), stack_parameters(5, 1, 64)
    (73856, 102464)
    """
    return layers * conv_parameters(kernel_size, channels, channels)


@stack_parameters.wrongly(bias_forgotten)
def bias_forgotten_stack_parameters(kernel_size: int, layers: int, channels: int) -> int:
    return layers * conv_parameters(kernel_size, channels, channels, use_bias=False)


@stack_parameters.wrongly(channels_forgotten)
def channels_forgotten_stack_parameters(kernel_size: int, layers: int, channels: int) -> int:
    return layers * conv_parameters(kernel_size, 1, channels)


@stack_reach.wrongly(
    idea(
        "stack.windows_side_by_side",
        belief="Each layer sees a window of its own, so the sizes are multiplied by the layers.",
        hint="Draw two layers in one dimension. The three values that an output of the second looks at lie side by side: "
        "how many pixels do their windows share?",
        lecture=FILTER,
    )
)
def windows_side_by_side(kernel_size: int, layers: int) -> int:
    return kernel_size * layers


@stack_reach.wrongly(
    idea(
        "stack.last_layer_only",
        belief="An output depends on the pixels of one kernel.",
        hint="On so many values of the layer before. On which pixels do those depend?",
        lecture=FILTER,
    )
)
def last_layer_only(kernel_size: int, layers: int) -> int:
    return kernel_size


@stack_reach.wrongly(
    idea(
        "stack.one_side_only",
        belief="A layer more lets an output see half a kernel further.",
        hint="Half a kernel on the left. And on the right?",
        lecture=FILTER,
    )
)
def one_side_only(kernel_size: int, layers: int) -> int:
    return 1 + layers * (kernel_size // 2)


@stack_reach.wrongly(
    idea(
        "stack.own_pixel_forgotten",
        belief="Each layer adds one pixel less than its kernel has.",
        hint="It does. How many pixels are seen when there is no layer at all?",
        lecture=FILTER,
    )
)
def own_pixel_forgotten(kernel_size: int, layers: int) -> int:
    return stack_reach(kernel_size, layers) - 1


@stack_reach.wrongly(
    idea(
        "stack.to_the_power",
        belief="Three values of three pixels each, again and again: the reach is a power of the kernel's size.",
        hint="The three windows overlap at stride 1, as neighbours do. Mark the pixels in a drawing and count each once.",
        lecture=FILTER,
    )
)
def to_the_power(kernel_size: int, layers: int) -> int:
    return int(kernel_size**layers)


@stack_reach.wrongly(
    idea(
        "stack.area",
        belief="The reach is the number of pixels in the window.",
        hint="It is asked along one axis. A 5×5 window reaches over 5.",
        lecture=FILTER,
    )
)
def area(kernel_size: int, layers: int) -> int:
    return stack_reach(kernel_size, layers) ** 2


@stack_parameters.wrongly(
    idea(
        "stack.weights_of_the_window",
        belief="A stack has a weight for every pixel that it sees.",
        hint="Each layer has a small kernel of its own. How many weights has one, and how many layers are there?",
        lecture=COUNTING,
    )
)
def window_of_weights(kernel_size: int, layers: int, channels: int) -> int:
    return conv_parameters(stack_reach(kernel_size, layers), channels, channels)


@stack_parameters.wrongly(
    idea(
        "stack.one_map",
        belief="A layer is one kernel.",
        hint="A layer that gives C channels has C kernels, each over all channels of its input.",
        lecture=VOLUMES,
    )
)
def one_kernel(kernel_size: int, layers: int, channels: int) -> int:
    return layers * conv_parameters(kernel_size, channels, 1)


@stack_parameters.wrongly(
    idea(
        "stack.one_layer",
        belief="The layers share their kernels, as they have the same size.",
        hint="Weights are shared along a map, not from one layer to the next. Each layer learns its own.",
        lecture=COUNTING,
    )
)
def one_layer(kernel_size: int, layers: int, channels: int) -> int:
    return stack_parameters(kernel_size, 1, channels)
