"""Wrong ideas about VGG: stacks and tables, regularisers, errors, budgets, and the networks themselves."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from grader.misconceptions.changes import (
    Layer,
    adding,
    computes,
    dropping,
    every,
    has_other_layers,
    hidden,
    images,
    layer,
    named,
    nth,
    setting,
    trains_less,
)
from grader.misconceptions.counting import bias_forgotten, channels_forgotten, rounded_up, square
from grader.misconceptions.idea import idea
from grader.misconceptions.models import (
    OUTPUT,
    as_many_units_as_inputs,
    average_for_max,
    average_pooling,
    axes_exchanged,
    convolution_missing,
    dense_added,
    dense_missing,
    flat_is_a_layer,
    frozen,
    input_channels,
    linear,
    linear_convolutions,
    linear_dense,
    no_activation,
    no_biases,
    no_softmax,
    normalised,
    padding_after,
    pooling_missing,
    sigmoid_output,
    softmax_twice,
    valid_for_same,
    zeros_behind,
)
from grader.misconceptions.right import (
    accuracy_interval,
    conv_parameters,
    dense_parameters,
    dropout,
    leaderboard,
    moved_images,
    stack_parameters,
    stack_reach,
    top_k_error,
    vgg_depth,
    vgg_parameters,
)

FILTER = "Lecture 1, Convolutional operation: filter size"
COUNTING = "Lecture 1, Number of parameters to learn in a convolutional layer"
VOLUMES = "Lecture 1, Convolutional operation: multiple filters"
DESIGN = "Lecture 1, Designing a basic CNN architecture"
SILVER = "Lecture 2, 2014 silver medal: VGGNet"
ERRORS = "Lecture 2, Reference challenge: top-5 error rate"
TYPICAL = "Lecture 2, A typical CNN architecture"
POOLING = "Lecture 2, Pooling layer"
EQUIVARIANCE = "Lecture 2, Superpowers of convolutional layers"
TIPS = "Lecture 4, Tips"

# Stacks -----------------------------------------------------------------------------------------------------

windows_side_by_side = idea(
    "stack.windows_side_by_side",
    belief="Each layer sees a window of its own, so the sizes are multiplied by the layers.",
    hint="Draw two layers in one dimension. The three values that an output of the second looks at lie side by side: "
    "how many pixels do their windows share?",
    lecture=FILTER,
)
last_layer_only = idea(
    "stack.last_layer_only",
    belief="An output depends on the pixels of one kernel.",
    hint="On so many values of the layer before. On which pixels do those depend?",
    lecture=FILTER,
)
one_side_only = idea(
    "stack.one_side_only",
    belief="A layer more lets an output see half a kernel further.",
    hint="Half a kernel on the left. And on the right?",
    lecture=FILTER,
)
own_pixel_forgotten = idea(
    "stack.own_pixel_forgotten",
    belief="Each layer adds one pixel less than its kernel has.",
    hint="It does. How many pixels are seen when there is no layer at all?",
    lecture=FILTER,
)
to_the_power = idea(
    "stack.to_the_power",
    belief="Three values of three pixels each, again and again: the reach is a power of the kernel's size.",
    hint="The three windows overlap at stride 1, as neighbours do. Mark the pixels in a drawing and count each once.",
    lecture=FILTER,
)
area = idea(
    "stack.area",
    belief="The reach is the number of pixels in the window.",
    hint="It is asked along one axis. A 5×5 window reaches over 5.",
    lecture=FILTER,
)
window_of_weights = idea(
    "stack.weights_of_the_window",
    belief="A stack has a weight for every pixel that it sees.",
    hint="Each layer has a small kernel of its own. How many weights has one, and how many layers are there?",
    lecture=COUNTING,
)
one_kernel = idea(
    "stack.one_map",
    belief="A layer is one kernel.",
    hint="A layer that gives C channels has C kernels, each over all channels of its input.",
    lecture=VOLUMES,
)
one_layer = idea(
    "stack.one_layer",
    belief="The layers share their kernels, as they have the same size.",
    hint="Weights are shared along a map, not from one layer to the next. Each layer learns its own.",
    lecture=COUNTING,
)


@windows_side_by_side.answers_to("stack_reach")
def _(kernel_size: int, layers: int) -> int:
    return kernel_size * layers


@last_layer_only.answers_to("stack_reach")
def _(kernel_size: int, layers: int) -> int:
    return kernel_size


@one_side_only.answers_to("stack_reach")
def _(kernel_size: int, layers: int) -> int:
    return 1 + layers * (kernel_size // 2)


@own_pixel_forgotten.answers_to("stack_reach")
def _(kernel_size: int, layers: int) -> int:
    return stack_reach(kernel_size, layers) - 1


@to_the_power.answers_to("stack_reach")
def _(kernel_size: int, layers: int) -> int:
    return int(kernel_size**layers)


@area.answers_to("stack_reach")
def _(kernel_size: int, layers: int) -> int:
    return stack_reach(kernel_size, layers) ** 2


@window_of_weights.answers_to("stack_parameters")
def _(kernel_size: int, layers: int, channels: int) -> int:
    return conv_parameters(stack_reach(kernel_size, layers), channels, channels)


@one_kernel.answers_to("stack_parameters")
def _(kernel_size: int, layers: int, channels: int) -> int:
    return layers * conv_parameters(kernel_size, channels, 1)


@one_layer.answers_to("stack_parameters")
def _(kernel_size: int, layers: int, channels: int) -> int:
    return stack_parameters(kernel_size, 1, channels)


@bias_forgotten.answers_to("stack_parameters")
def _(kernel_size: int, layers: int, channels: int) -> int:
    return layers * conv_parameters(kernel_size, channels, channels, use_bias=False)


@channels_forgotten.answers_to("stack_parameters")
def _(kernel_size: int, layers: int, channels: int) -> int:
    return layers * conv_parameters(kernel_size, 1, channels)


# The table --------------------------------------------------------------------------------------------------

output_forgotten = idea(
    "vgg.output_forgotten",
    belief="The dense layers are those that the table lists as hidden.",
    hint="The last one gives the classes. It has weights like the others.",
    lecture=SILVER,
)
blocks_counted = idea(
    "vgg.blocks_counted",
    belief="A block is a layer.",
    hint="A block is several convolutions and a pooling. Which of them have weights?",
    lecture=SILVER,
)
poolings_counted = idea(
    "vgg.poolings_counted",
    belief="A pooling is a layer like any other.",
    hint="VGG's number counts layers with weights. What has a pooling to learn?",
    lecture=POOLING,
)
all_are_convolutions = idea(
    "vgg.all_are_convolutions",
    belief="VGG16 has 16 convolutions, and some dense layers on top.",
    hint="The number in the name counts both. Add up the paper's column: how many of the layers are convolutions?",
    lecture=SILVER,
)
last_pooling_forgotten = idea(
    "vgg.last_pooling_forgotten",
    belief="The dense layers get the maps of the last convolution.",
    hint="The last block has its pooling too, which leaves a quarter of the positions.",
    lecture=SILVER,
)
never_halved = idea(
    "vgg.never_halved",
    belief='"same" padding keeps the size, so the dense layers see maps as large as the image.',
    hint="The convolutions keep it. What stands at the end of each block?",
    lecture=POOLING,
)
flat_is_channels = idea(
    "vgg.flat_is_channels",
    belief="The first dense layer has an input for each channel.",
    hint="Flattening writes every position of every channel in one row. How many are there?",
    lecture=TYPICAL,
)
channels_change_last = idea(
    "vgg.channels_change_last",
    belief="Every convolution of a block takes the channels that the block takes.",
    hint="The first convolution of a block has already made the block's number of channels. What does the second take?",
    lecture=VOLUMES,
)
channels_known_before = idea(
    "vgg.block_takes_its_own_channels",
    belief="A block's convolutions take and give the block's number of channels.",
    hint="All but the first, which takes what the block before has given, or the image.",
    lecture=VOLUMES,
)
one_per_block = idea(
    "vgg.one_convolution_per_block",
    belief="A block has one convolution.",
    hint="The table says how many. What is the first argument of the function for?",
    lecture=SILVER,
)
grey_image = idea(
    "vgg.colours_forgotten",
    belief="The image has one channel.",
    hint="How many numbers has a pixel? The last entry of `image` says so.",
    lecture=VOLUMES,
)


@output_forgotten.answers_to("vgg_depth")
def _(convolutions: Sequence[int], dense: Sequence[int]) -> tuple[int, int]:
    many, few = vgg_depth(convolutions, dense)
    return many, few - 1


@blocks_counted.answers_to("vgg_depth")
def _(convolutions: Sequence[int], dense: Sequence[int]) -> tuple[int, int]:
    return len(convolutions), vgg_depth(convolutions, dense)[1]


@poolings_counted.answers_to("vgg_depth")
def _(convolutions: Sequence[int], dense: Sequence[int]) -> tuple[int, int]:
    many, few = vgg_depth(convolutions, dense)
    return many + len(convolutions), few


@all_are_convolutions.answers_to("vgg_depth")
def _(convolutions: Sequence[int], dense: Sequence[int]) -> tuple[int, int]:
    many, few = vgg_depth(convolutions, dense)
    return many + few, few


@all_are_convolutions.answers_to("vgg_depth")
def _(convolutions: Sequence[int], dense: Sequence[int]) -> tuple[int, int]:
    many, few = vgg_depth(convolutions, dense)
    return many + few, few - 1


def halves(seeing: int, deciding: int) -> dict[str, int]:
    return {"convolutions": seeing, "dense": deciding, "total": seeing + deciding}


def with_flat(flat: Callable[[Sequence[int], Sequence[int], tuple], int]) -> Callable[..., dict[str, int]]:
    """The counts, if the flattened row were as long as `flat` of convolutions, filters and image says."""

    def answer(convolutions: Any, filters: Any, dense: Any, image: Any, classes: int) -> dict[str, int]:
        right = vgg_parameters(convolutions, filters, dense, image, classes)
        units = (flat(convolutions, filters, image), *dense, classes)
        return halves(right["convolutions"], sum(dense_parameters(*two) for two in pairwise(units)))

    return answer


def with_inputs(inputs: Callable[..., list[int]]) -> Callable[..., dict[str, int]]:
    """The counts, if convolution j of block i took `inputs(channels, filters, i, count)[j]` channels."""

    def answer(convolutions: Any, filters: Any, dense: Any, image: Any, classes: int) -> dict[str, int]:
        right = vgg_parameters(convolutions, filters, dense, image, classes)
        before = (image[2], *filters)
        seeing = sum(
            conv_parameters(3, channels, filters[block])
            for block, count in enumerate(convolutions)
            for channels in inputs(before[block], filters[block], count)
        )
        return halves(seeing, right["dense"])

    return answer


def halved(times: int, up: bool = False) -> Callable[[Any, Any, tuple], int]:
    """A flattened row behind some poolings fewer than there are blocks."""

    def flat(convolutions: Any, filters: Any, image: tuple) -> int:
        height, width = image[:2]
        for _ in range(max(0, len(convolutions) - times)):
            height, width = ((n + up) // 2 for n in (height, width))
        return height * width * filters[-1]

    return flat


last_pooling_forgotten.answers_to("vgg_parameters")(with_flat(halved(1)))
never_halved.answers_to("vgg_parameters")(with_flat(halved(99)))
rounded_up.answers_to("vgg_parameters")(with_flat(halved(0, up=True)))
flat_is_channels.answers_to("vgg_parameters")(with_flat(lambda convolutions, filters, image: filters[-1]))
square.answers_to("vgg_parameters")(
    with_flat(lambda convolutions, filters, image: halved(0)(convolutions, filters, (image[0], image[0])))
)
channels_change_last.answers_to("vgg_parameters")(with_inputs(lambda before, own, count: [before] * count))
channels_known_before.answers_to("vgg_parameters")(with_inputs(lambda before, own, count: [own] * count))
one_per_block.answers_to("vgg_parameters")(with_inputs(lambda before, own, count: [before]))


@grey_image.answers_to("vgg_parameters")
def _(convolutions: Any, filters: Any, dense: Any, image: Any, classes: int) -> Any:
    return vgg_parameters(convolutions, filters, dense, (*image[:2], 1), classes)


@output_forgotten.answers_to("vgg_parameters")
def _(convolutions: Any, filters: Any, dense: Any, image: Any, classes: int) -> Any:
    right = vgg_parameters(convolutions, filters, dense, image, classes)
    inputs = dense[-1] if dense else halved(0)(convolutions, filters, image)
    return halves(right["convolutions"], right["dense"] - dense_parameters(inputs, classes))


@bias_forgotten.answers_to("vgg_parameters")
def _(convolutions: Any, filters: Any, dense: Any, image: Any, classes: int) -> Any:
    right = vgg_parameters(convolutions, filters, dense, image, classes)
    biases = sum(count * width for count, width in zip(convolutions, filters, strict=True))
    return halves(right["convolutions"] - biases, right["dense"] - sum(dense) - classes)


# Dropout ----------------------------------------------------------------------------------------------------

not_rescaled = idea(
    "dropout.not_rescaled",
    belief="Dropout sets some numbers to 0, and that is all.",
    hint="Then a sum over many inputs is smaller in training than in testing. By which factor, on the average?",
    lecture=TIPS,
)
multiplied = idea(
    "dropout.multiplied_for_divided",
    belief="What is kept is multiplied by the share that is kept.",
    hint="Half of the numbers are gone, and the rest is to make up for them. Should it become smaller or larger?",
    lecture=TIPS,
)
divided_by_rate = idea(
    "dropout.divided_by_rate",
    belief="What is kept is divided by the rate.",
    hint="Drop a tenth: what is kept should grow a little. What does a division by 0.1 do?",
    lecture=TIPS,
)
rate_is_kept = idea(
    "dropout.rate_is_kept",
    belief="The rate is the share that is kept.",
    hint="In Keras, and here, `rate` is the share that is dropped. With a rate of 0.25, three of four stay.",
    lecture=TIPS,
)
kept_where_small = idea(
    "dropout.kept_where_noise_is_small",
    belief="A number stays where its noise is below the rate.",
    hint="The question says which are dropped. How large a share of numbers from 0 to 1 is below a rate of 0.1?",
    lecture=TIPS,
)
always_dropped = idea(
    "dropout.dropped_in_testing",
    belief="Dropout works in testing as it does in training.",
    hint="Who would like another answer each time the same image is shown? In testing all numbers stay.",
    lecture=TIPS,
)
scaled_in_testing = idea(
    "dropout.scaled_in_testing",
    belief="Nothing is divided in training; in testing everything is multiplied by the share that was kept.",
    hint="So the paper of 2014 had it, and on the average it is the same. Which of the two does this question ask for?",
    lecture=TIPS,
)
scaled_twice = idea(
    "dropout.scaled_twice",
    belief="The division belongs to the numbers, in training and in testing.",
    hint="It makes up for what was dropped. What was dropped in testing?",
    lecture=TIPS,
)
one_mask = idea(
    "dropout.one_mask_for_the_batch",
    belief="All images of a batch lose the same numbers.",
    hint="`noise` has a number for each element of each image. Are you using those of the first image alone?",
    lecture=TIPS,
)


@not_rescaled.answers_to("dropout")
def _(x: Any, noise: Any, rate: float, training: bool = True) -> Any:
    return np.where(noise < rate, 0, x) if training else x


@multiplied.answers_to("dropout")
def _(x: Any, noise: Any, rate: float, training: bool = True) -> Any:
    return np.where(noise < rate, 0, x * (1 - rate)) if training else x


@divided_by_rate.answers_to("dropout")
def _(x: Any, noise: Any, rate: float, training: bool = True) -> Any:
    return np.where(noise < rate, 0, x / rate) if training else x


@rate_is_kept.answers_to("dropout")
def _(x: Any, noise: Any, rate: float, training: bool = True) -> Any:
    return np.where(noise < rate, x / rate, 0) if training else x


@kept_where_small.answers_to("dropout")
def _(x: Any, noise: Any, rate: float, training: bool = True) -> Any:
    return np.where(noise < rate, x / (1 - rate), 0) if training else x


@always_dropped.answers_to("dropout")
def _(x: Any, noise: Any, rate: float, training: bool = True) -> Any:
    return dropout(x, noise, rate)


@scaled_in_testing.answers_to("dropout")
def _(x: Any, noise: Any, rate: float, training: bool = True) -> Any:
    return np.where(noise < rate, 0, x) if training else x * (1 - rate)


@scaled_twice.answers_to("dropout")
def _(x: Any, noise: Any, rate: float, training: bool = True) -> Any:
    return dropout(x, noise, rate) if training else x / (1 - rate)


@one_mask.answers_to("dropout")
def _(x: Any, noise: Any, rate: float, training: bool = True) -> Any:
    return dropout(x, np.broadcast_to(noise[:1], noise.shape), rate, training)


# Shifted copies ---------------------------------------------------------------------------------------------

rolled = idea(
    "moves.rolled",
    belief="`np.roll` moves an image.",
    hint="What leaves on the right comes back on the left. What should stand there instead?",
    lecture=EQUIVARIANCE,
)
directions_exchanged = idea(
    "moves.axes_exchanged",
    belief="A move is (right, down), as a point is (x, y).",
    hint="Rows come first, as in the image's own shape: a move is (down, right).",
    lecture=EQUIVARIANCE,
)
other_way = idea(
    "moves.other_way",
    belief="A positive move takes pixel i + move: it goes up and left.",
    hint="Follow the pixel in the first row under the move (1, 0): in which row is it then?",
    lecture=EQUIVARIANCE,
)
edge_repeated = idea(
    "moves.edge_repeated",
    belief="The free rows and columns repeat the edge.",
    hint="Around a digit there is paper. Which number stands for it, and what does the question say?",
    lecture=EQUIVARIANCE,
)
one_move = idea(
    "moves.one_move_for_all",
    belief="All images move alike.",
    hint="`moves` has a row for each image.",
    lecture=EQUIVARIANCE,
)
down_only = idea(
    "moves.down_only",
    belief="An image is moved along one axis.",
    hint="A move has two numbers. What becomes of the second?",
    lecture=EQUIVARIANCE,
)


def each(images: Any, moves: Any, moved: Callable[[Any, int, int], Any]) -> Any:
    rows = [(image, int(down), int(right)) for image, (down, right) in zip(images, moves, strict=True)]
    return np.stack([moved(*row) for row in rows])


@rolled.answers_to("moved_images")
def _(images: Any, moves: Any) -> Any:
    return each(images, moves, lambda image, down, right: np.roll(image, (down, right), axis=(0, 1)))


@directions_exchanged.answers_to("moved_images")
def _(images: Any, moves: Any) -> Any:
    return moved_images(images, moves[:, ::-1])


@other_way.answers_to("moved_images")
def _(images: Any, moves: Any) -> Any:
    return moved_images(images, -moves)


@edge_repeated.answers_to("moved_images")
def _(images: Any, moves: Any) -> Any:
    def moved(image: Any, down: int, right: int) -> Any:
        rows = np.clip(np.arange(image.shape[0]) - down, 0, image.shape[0] - 1)
        columns = np.clip(np.arange(image.shape[1]) - right, 0, image.shape[1] - 1)
        return image[rows][:, columns]

    return each(images, moves, moved)


@one_move.answers_to("moved_images")
def _(images: Any, moves: Any) -> Any:
    return moved_images(images, np.broadcast_to(moves[:1], moves.shape))


@down_only.answers_to("moved_images")
def _(images: Any, moves: Any) -> Any:
    return moved_images(images, moves * [1, 0])


# Errors and rankings ----------------------------------------------------------------------------------------

share_right = idea(
    "top_k.share_right",
    belief="Top-k is the share of images whose class is among the k.",
    hint="That is the top-k accuracy. The error is the rest.",
    lecture=ERRORS,
)
always_first = idea(
    "top_k.first_only",
    belief="An answer is right if the most probable class is.",
    hint="For k = 1. With k guesses, an image is right if one of them is.",
    lecture=ERRORS,
)
kth_only = idea(
    "top_k.kth_only",
    belief="The class has to stand in place k.",
    hint="In one of the first k places. An image whose class is the most probable one is no error for any k.",
    lecture=ERRORS,
)
least_probable = idea(
    "top_k.least_probable",
    belief="The first k of `argsort` are the k most probable classes.",
    hint="`argsort` begins with the smallest. At which end of it are the most probable?",
    lecture=ERRORS,
)
one_more = idea(
    "top_k.one_guess_more",
    belief="A class that has k more probable ones before it is among the first k.",
    hint="Count: with k = 1, how many classes may be more probable than the right one?",
    lecture=ERRORS,
)
error_percent = idea(
    "top_k.percent",
    belief="An error rate is a percentage.",
    hint="The function returns a share from 0 to 1; `:.1%` makes a percentage of it when you print it.",
    lecture=ERRORS,
)
errors_counted = idea(
    "top_k.count",
    belief="The error is how many images are wrong.",
    hint="Of how many? An error rate is a share.",
    lecture=ERRORS,
)


@share_right.answers_to("top_k_error")
def _(probabilities: Any, labels: Any, k: int = 5) -> float:
    return 1 - top_k_error(probabilities, labels, k)


@always_first.answers_to("top_k_error")
def _(probabilities: Any, labels: Any, k: int = 5) -> float:
    return top_k_error(probabilities, labels, 1)


@kth_only.answers_to("top_k_error")
def _(probabilities: Any, labels: Any, k: int = 5) -> float:
    return float(np.mean(np.argsort(-probabilities, axis=1)[:, k - 1] != labels))


@least_probable.answers_to("top_k_error")
def _(probabilities: Any, labels: Any, k: int = 5) -> float:
    return top_k_error(-probabilities, labels, k)


@one_more.answers_to("top_k_error")
def _(probabilities: Any, labels: Any, k: int = 5) -> float:
    return top_k_error(probabilities, labels, k + 1)


@error_percent.answers_to("top_k_error")
def _(probabilities: Any, labels: Any, k: int = 5) -> float:
    return 100 * top_k_error(probabilities, labels, k)


@errors_counted.answers_to("top_k_error")
def _(probabilities: Any, labels: Any, k: int = 5) -> float:
    return len(labels) * top_k_error(probabilities, labels, k)


one_error = idea(
    "interval.one_standard_error",
    belief="An interval reaches one standard error to either side.",
    hint="That holds the truth in two of three cases only. How many does the question ask for?",
    lecture=TIPS,
)
variance = idea(
    "interval.variance",
    belief="The standard error is p (1 - p) / N.",
    hint="That is its square. Which unit has a variance?",
    lecture=TIPS,
)
spread_of_one = idea(
    "interval.spread_of_one_image",
    belief="The standard error is the standard deviation, sqrt(p (1 - p)).",
    hint="So much does one image vary. A mean over N images varies less: by which factor?",
    lecture=TIPS,
)
divided_by_total = idea(
    "interval.divided_by_total",
    belief="The mean of N images varies N times less than one image does.",
    hint="Errors of single images cancel in part only: of N of them, sqrt(N) remain. What stands under the root?",
    lecture=TIPS,
)
worst_case = idea(
    "interval.as_for_one_half",
    belief="The error of a share depends on the number of images alone.",
    hint="A network that is always right has no spread at all. Where does the share come in?",
    lecture=TIPS,
)
in_images = idea(
    "interval.in_images",
    belief="The interval counts images.",
    hint="It is asked as a share from 0 to 1: divide by the number of images.",
    lecture=TIPS,
)


def around(right: int, total: int, error: float) -> tuple[float, float]:
    return right / total - 2 * error, right / total + 2 * error


@one_error.answers_to("accuracy_interval")
def _(right: int, total: int) -> tuple[float, float]:
    low, high = accuracy_interval(right, total)
    return (low + right / total) / 2, (high + right / total) / 2


@variance.answers_to("accuracy_interval")
def _(right: int, total: int) -> tuple[float, float]:
    return around(right, total, right / total * (1 - right / total) / total)


@spread_of_one.answers_to("accuracy_interval")
def _(right: int, total: int) -> tuple[float, float]:
    return around(right, total, math.sqrt(right / total * (1 - right / total)))


@divided_by_total.answers_to("accuracy_interval")
def _(right: int, total: int) -> tuple[float, float]:
    return around(right, total, math.sqrt(right / total * (1 - right / total)) / total)


@worst_case.answers_to("accuracy_interval")
def _(right: int, total: int) -> tuple[float, float]:
    return around(right, total, math.sqrt(1 / (4 * total)))


@in_images.answers_to("accuracy_interval")
def _(right: int, total: int) -> tuple[float, float]:
    low, high = accuracy_interval(right, total)
    return low * total, high * total


budget_is_too_much = idea(
    "leaderboard.budget_excluded",
    belief="A network has to have fewer parameters than the budget.",
    hint="At most as many, says the question. What of a network that has just as many?",
    lecture=DESIGN,
)
no_budget = idea(
    "leaderboard.budget_ignored",
    belief="The most accurate network wins, however large it is.",
    hint="What is the budget for? A network above it isn't in the list at all.",
    lecture=DESIGN,
)
worst_first = idea(
    "leaderboard.worst_first",
    belief="Sorting puts the best at the top.",
    hint="`argsort` begins with the smallest. Who should be first?",
    lecture=DESIGN,
)
as_entered = idea(
    "leaderboard.ties_as_entered",
    belief="Networks of equal accuracy stay in the order in which they came.",
    hint="Of two that are equally accurate, one is smaller. Which comes first, says the question?",
    lecture=DESIGN,
)
ties_reversed = idea(
    "leaderboard.ties_reversed",
    belief="Turning round a sorted list changes the order of the accuracies only.",
    hint="It turns the equal ones round as well. What decides between them?",
    lecture=DESIGN,
)
larger_first = idea(
    "leaderboard.larger_first",
    belief="Of two equally accurate networks the larger one comes first.",
    hint="The same accuracy with fewer numbers: which of the two is the better design?",
    lecture=DESIGN,
)
smallest_first = idea(
    "leaderboard.smallest_first",
    belief="The smallest network within the budget wins.",
    hint="The budget says what is allowed; among those that are, what counts is the accuracy.",
    lecture=DESIGN,
)
per_parameter = idea(
    "leaderboard.per_parameter",
    belief="What counts is the accuracy that a parameter brings.",
    hint="A network with one parameter would be hard to beat. Within the budget, the accuracy alone decides.",
    lecture=DESIGN,
)
places_renumbered = idea(
    "leaderboard.places_renumbered",
    belief="The places are those in the list that is left when the large ones are gone.",
    hint="The answer points into the arrays that were given. Does your 0 mean their first network?",
    lecture=DESIGN,
)


def ranked(key: Callable[[Any, Any], Any]) -> Callable[[Any, Any, int], Any]:
    """Those within the budget in the order of `key` of accuracies and parameters."""

    def answer(accuracies: Any, parameters: Any, budget: int) -> Any:
        order = np.argsort(key(accuracies, parameters), kind="stable")
        return order[parameters[order] <= budget]

    return answer


as_entered.answers_to("leaderboard")(ranked(lambda accuracies, parameters: -accuracies))
smallest_first.answers_to("leaderboard")(ranked(lambda accuracies, parameters: parameters))
per_parameter.answers_to("leaderboard")(
    ranked(lambda accuracies, parameters: -accuracies / np.maximum(1, parameters))
)


@budget_is_too_much.answers_to("leaderboard")
def _(accuracies: Any, parameters: Any, budget: int) -> Any:
    return leaderboard(accuracies, parameters, budget - 1)


@no_budget.answers_to("leaderboard")
def _(accuracies: Any, parameters: Any, budget: int) -> Any:
    return leaderboard(accuracies, parameters, int(parameters.max()))


@worst_first.answers_to("leaderboard")
def _(accuracies: Any, parameters: Any, budget: int) -> Any:
    return leaderboard(accuracies, parameters, budget)[::-1]


@worst_first.answers_to("leaderboard")
def _(accuracies: Any, parameters: Any, budget: int) -> Any:
    return ranked(lambda right, _: right)(accuracies, parameters, budget)


@ties_reversed.answers_to("leaderboard")
def _(accuracies: Any, parameters: Any, budget: int) -> Any:
    return ranked(lambda right, _: right)(accuracies, parameters, budget)[::-1]


@larger_first.answers_to("leaderboard")
def _(accuracies: Any, parameters: Any, budget: int) -> Any:
    order = np.lexsort((-parameters, -accuracies))
    return order[parameters[order] <= budget]


@places_renumbered.answers_to("leaderboard")
def _(accuracies: Any, parameters: Any, budget: int) -> Any:
    fits = parameters <= budget
    return leaderboard(accuracies[fits], parameters[fits], budget)


# Networks ---------------------------------------------------------------------------------------------------

SMALL, LARGE = "vgg_digits", "vgg19"

computes(no_activation, linear, SMALL)
computes(linear_convolutions, setting(every("Conv2D"), activation="linear"), SMALL)
computes(linear_dense, setting(hidden("Dense"), activation="linear"), SMALL)
computes(average_for_max, average_pooling, SMALL)
computes(no_softmax, setting(OUTPUT, activation="linear"), SMALL)
computes(softmax_twice, adding(OUTPUT, lambda _: layer("Softmax")), SMALL)
computes(sigmoid_output, setting(OUTPUT, activation="sigmoid"), SMALL)
computes(axes_exchanged, adding(every("InputLayer"), lambda _: layer("Permute", dims=[2, 1, 3])), SMALL)
computes(padding_after, zeros_behind, SMALL)

last_of_block_only = idea(
    "vgg.activation_once_per_block",
    belief="A block has one activation, before its pooling.",
    hint="Two convolutions with nothing between them are one larger convolution. What was the point of having two?",
    lecture=SILVER,
)
computes(
    last_of_block_only, setting(named(*(f"block{n}_conv1" for n in (1, 2, 3))), activation="linear"), SMALL
)

constant_filters = idea(
    "vgg.filters_constant",
    belief="All blocks have as many filters as the first.",
    hint="The maps become smaller from block to block. What becomes more in exchange? The table has a number for each.",
    lecture=TYPICAL,
)
column_d = idea(
    "vgg.column_d",
    belief="VGG19 has three convolutions in its last blocks, as VGG16 has.",
    hint="Three of the five blocks differ between the two columns, by one convolution each. Add up: is it 19?",
    lecture=SILVER,
)
five_by_five = idea(
    "vgg.kernels_of_five",
    belief="A kernel of 5×5 in place of two of 3×3.",
    hint="Every kernel in VGG is 3×3; that is what sets it apart. Look at the table, and at question 1.",
    lecture=FILTER,
)


def first_filters(layers: list[Layer]) -> list[Layer]:
    width = every("Conv2D")(layers)[0]["config"]["filters"]
    return setting(every("Conv2D"), filters=width)(layers)


computes(valid_for_same, setting(nth("Conv2D", 0), padding="valid"), SMALL)
computes(valid_for_same, setting(nth("Conv2D", 2), padding="valid"), SMALL)
has_other_layers(no_biases, setting(every("Conv2D", "Dense"), use_bias=False), SMALL, LARGE)
has_other_layers(dense_missing, dropping(nth("Dense", -2)), SMALL, LARGE)
has_other_layers(dense_added, adding(nth("Dense", -2), lambda part: part), SMALL, LARGE)
has_other_layers(flat_is_a_layer, as_many_units_as_inputs, SMALL, LARGE)
has_other_layers(pooling_missing, dropping(nth("MaxPooling2D", -1)), SMALL, LARGE)
has_other_layers(normalised, adding(every("Conv2D"), lambda _: layer("BatchNormalization")), SMALL, LARGE)
has_other_layers(input_channels, images(None, None, 3), SMALL)
has_other_layers(input_channels, images(None, None, 1), LARGE)
has_other_layers(constant_filters, first_filters, SMALL, LARGE, "vgg16")
has_other_layers(column_d, dropping(named(*(f"block{n}_conv4" for n in (3, 4, 5)))), LARGE)
has_other_layers(five_by_five, setting(every("Conv2D"), kernel_size=[5, 5]), SMALL, LARGE, "vgg16")
for _place in range(6):
    has_other_layers(convolution_missing, dropping(nth("Conv2D", _place)), SMALL)
for _place in (0, 5, 9, 13):
    has_other_layers(convolution_missing, dropping(nth("Conv2D", _place)), LARGE)
for _name in (SMALL, LARGE):
    trains_less(frozen, setting(every("Conv2D"), trainable=False), _name)
    trains_less(frozen, setting(nth("Conv2D", 0), trainable=False), _name)
