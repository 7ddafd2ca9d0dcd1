"""VGG16, VGG19 and a small one, in Keras."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from grader.tasks.arithmetic.lenet.weights import conv_parameters, dense_parameters
from grader.tasks.drawn import Case, Normal
from grader.tasks.lenet.models.computing import (
    OUTPUT,
    Digits,
    RandomWeights,
    average_for_max,
    average_pooling,
    axes_exchanged,
    linear,
    linear_convolutions,
    linear_dense,
    no_activation,
    no_softmax,
    padding_after,
    sigmoid_output,
    softmax_twice,
)
from grader.tasks.lenet.models.layers import (
    as_many_units_as_inputs,
    convolution_missing,
    dense_added,
    dense_missing,
    flat_is_a_layer,
    frozen,
    input_channels,
    no_biases,
    normalised,
    pooling_missing,
    valid_for_same,
    zeros_behind,
)
from grader.tasks.networks import (
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
    network,
    nth,
    setting,
    trains_less,
)
from grader.tasks.task import idea
from grader.tasks.vgg.table import halved, halves, vgg_depth, vgg_parameters, with_flat

SILVER = "Lecture 2, 2014 silver medal: VGGNet"
POOLING = "Lecture 2, Pooling layer"
TYPICAL = "Lecture 2, A typical CNN architecture"
VOLUMES = "Lecture 1, Convolutional operation: multiple filters"
FILTER = "Lecture 1, Convolutional operation: filter size"


@network("a5_vgg", run=False)
def vgg16() -> Any:
    from kerasnets.models import vgg16

    return vgg16()


@network("a5_vgg", run=False)
def vgg19() -> Any:
    from kerasnets.models import vgg19

    return vgg19()


DIGITS_CHANNELS = ((1, 8), (8, 8), (8, 16), (16, 16), (16, 32), (32, 32))
DIGITS_SHAPES = (*((3, 3, *channels) for channels in DIGITS_CHANNELS), (288, 64), (64, 10))


@network(
    "a5_vgg",
    hidden={
        "random": (
            Case(
                "Random weights and images",
                (RandomWeights(DIGITS_SHAPES), Normal((4, 28, 28, 1), scale=0.4, dtype="float32")),
            ),
            Case("Random weights, digits in the corners", (RandomWeights(DIGITS_SHAPES), Digits(4))),
        ),
    },
)
def vgg_digits() -> Any:
    """Three blocks of two for images of 28×28: 37,186 parameters."""
    from kerasnets.models.vgg import vgg

    return vgg(
        convolutions=(2, 2, 2),
        filters=(8, 16, 32),
        dense=(64,),
        dropout=0.5,
        input_shape=(28, 28, 1),
        classes=10,
        softmax=True,
        name="vgg_digits",
    )


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
computes(valid_for_same, setting(nth("Conv2D", 0), padding="valid"), SMALL)
computes(valid_for_same, setting(nth("Conv2D", 2), padding="valid"), SMALL)
has_other_layers(no_biases, setting(every("Conv2D", "Dense"), use_bias=False), SMALL, LARGE)
has_other_layers(dense_missing, dropping(nth("Dense", -2)), SMALL, LARGE)
has_other_layers(dense_added, adding(nth("Dense", -2), lambda part: part), SMALL, LARGE)
has_other_layers(flat_is_a_layer, as_many_units_as_inputs, SMALL, LARGE)
has_other_layers(pooling_missing, dropping(nth("MaxPooling2D", -1)), SMALL, LARGE)
for _place in range(6):
    has_other_layers(convolution_missing, dropping(nth("Conv2D", _place)), SMALL)
for _place in (0, 5, 9, 13):
    has_other_layers(convolution_missing, dropping(nth("Conv2D", _place)), LARGE)
has_other_layers(normalised, adding(every("Conv2D"), lambda _: layer("BatchNormalization")), SMALL, LARGE)
has_other_layers(input_channels, images(None, None, 3), SMALL)
has_other_layers(input_channels, images(None, None, 1), LARGE)
for _name in (SMALL, LARGE):
    trains_less(frozen, setting(every("Conv2D"), trainable=False), _name)
    trains_less(frozen, setting(nth("Conv2D", 0), trainable=False), _name)


output_forgotten = idea(
    "vgg.output_forgotten",
    belief="The dense layers are those that the table lists as hidden.",
    hint="The last one gives the classes. It has weights like the others.",
    lecture=SILVER,
)


@vgg_depth.wrongly(output_forgotten)
def output_forgotten_vgg_depth(convolutions: Sequence[int], dense: Sequence[int]) -> tuple[int, int]:
    many, few = vgg_depth(convolutions, dense)
    return many, few - 1


@vgg_parameters.wrongly(output_forgotten)
def output_forgotten_vgg_parameters(
    convolutions: Any, filters: Any, dense: Any, image: Any, classes: int
) -> Any:
    right = vgg_parameters(convolutions, filters, dense, image, classes)
    inputs = dense[-1] if dense else halved(0)(convolutions, filters, image)
    return halves(right["convolutions"], right["dense"] - dense_parameters(inputs, classes))


@vgg_depth.wrongly(
    idea(
        "vgg.blocks_counted",
        belief="A block is a layer.",
        hint="A block is several convolutions and a pooling. Which of them have weights?",
        lecture=SILVER,
    )
)
def blocks_counted(convolutions: Sequence[int], dense: Sequence[int]) -> tuple[int, int]:
    return len(convolutions), vgg_depth(convolutions, dense)[1]


@vgg_depth.wrongly(
    idea(
        "vgg.poolings_counted",
        belief="A pooling is a layer like any other.",
        hint="VGG's number counts layers with weights. What has a pooling to learn?",
        lecture=POOLING,
    )
)
def poolings_counted(convolutions: Sequence[int], dense: Sequence[int]) -> tuple[int, int]:
    many, few = vgg_depth(convolutions, dense)
    return many + len(convolutions), few


all_are_convolutions = idea(
    "vgg.all_are_convolutions",
    belief="VGG16 has 16 convolutions, and some dense layers on top.",
    hint="The number in the name counts both. Add up the paper's column: how many of the layers are convolutions?",
    lecture=SILVER,
)


@vgg_depth.wrongly(all_are_convolutions)
def all_are_convolutions_vgg_depth(convolutions: Sequence[int], dense: Sequence[int]) -> tuple[int, int]:
    many, few = vgg_depth(convolutions, dense)
    return many + few, few


@vgg_depth.wrongly(all_are_convolutions)
def all_are_convolutions_vgg_depth_2(convolutions: Sequence[int], dense: Sequence[int]) -> tuple[int, int]:
    many, few = vgg_depth(convolutions, dense)
    return many + few, few - 1


last_pooling_forgotten = idea(
    "vgg.last_pooling_forgotten",
    belief="The dense layers get the maps of the last convolution.",
    hint="The last block has its pooling too, which leaves a quarter of the positions.",
    lecture=SILVER,
)
last_pooling_forgotten.answers_to("vgg_parameters")(with_flat(halved(1)))

never_halved = idea(
    "vgg.never_halved",
    belief='"same" padding keeps the size, so the dense layers see maps as large as the image.',
    hint="The convolutions keep it. What stands at the end of each block?",
    lecture=POOLING,
)
never_halved.answers_to("vgg_parameters")(with_flat(halved(99)))

flat_is_channels = idea(
    "vgg.flat_is_channels",
    belief="The first dense layer has an input for each channel.",
    hint="Flattening writes every position of every channel in one row. How many are there?",
    lecture=TYPICAL,
)
flat_is_channels.answers_to("vgg_parameters")(with_flat(lambda convolutions, filters, image: filters[-1]))

channels_change_last = idea(
    "vgg.channels_change_last",
    belief="Every convolution of a block takes the channels that the block takes.",
    hint="The first convolution of a block has already made the block's number of channels. What does the second take?",
    lecture=VOLUMES,
)


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


channels_change_last.answers_to("vgg_parameters")(with_inputs(lambda before, own, count: [before] * count))

channels_known_before = idea(
    "vgg.block_takes_its_own_channels",
    belief="A block's convolutions take and give the block's number of channels.",
    hint="All but the first, which takes what the block before has given, or the image.",
    lecture=VOLUMES,
)
channels_known_before.answers_to("vgg_parameters")(with_inputs(lambda before, own, count: [own] * count))

one_per_block = idea(
    "vgg.one_convolution_per_block",
    belief="A block has one convolution.",
    hint="The table says how many. What is the first argument of the function for?",
    lecture=SILVER,
)
one_per_block.answers_to("vgg_parameters")(with_inputs(lambda before, own, count: [before]))


@vgg_parameters.wrongly(
    idea(
        "vgg.colours_forgotten",
        belief="The image has one channel.",
        hint="How many numbers has a pixel? The last entry of `image` says so.",
        lecture=VOLUMES,
    )
)
def grey_image(convolutions: Any, filters: Any, dense: Any, image: Any, classes: int) -> Any:
    return vgg_parameters(convolutions, filters, dense, (*image[:2], 1), classes)


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


def first_filters(layers: list[Layer]) -> list[Layer]:
    width = every("Conv2D")(layers)[0]["config"]["filters"]
    return setting(every("Conv2D"), filters=width)(layers)


has_other_layers(constant_filters, first_filters, SMALL, LARGE, "vgg16")

column_d = idea(
    "vgg.column_d",
    belief="VGG19 has three convolutions in its last blocks, as VGG16 has.",
    hint="Three of the five blocks differ between the two columns, by one convolution each. Add up: is it 19?",
    lecture=SILVER,
)
has_other_layers(column_d, dropping(named(*(f"block{n}_conv4" for n in (3, 4, 5)))), LARGE)

five_by_five = idea(
    "vgg.kernels_of_five",
    belief="A kernel of 5×5 in place of two of 3×3.",
    hint="Every kernel in VGG is 3×3; that is what sets it apart. Look at the table, and at question 1.",
    lecture=FILTER,
)
has_other_layers(five_by_five, setting(every("Conv2D"), kernel_size=[5, 5]), SMALL, LARGE, "vgg16")
