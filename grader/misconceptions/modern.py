"""Wrong ideas about AlexNet, inception modules, residual blocks, global averages, ensembles and tables of errors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from grader.misconceptions.changes import (
    Change,
    Layer,
    adding,
    both,
    computes,
    dropping,
    every,
    has_other_layers,
    images,
    layer,
    moved,
    named,
    nth,
    reaching,
    setting,
    settings,
    taking,
    trains_less,
)
from grader.misconceptions.idea import idea
from grader.misconceptions.models import (
    average_for_max,
    average_pooling,
    frozen,
    input_channels,
    no_activation,
    no_biases,
)
from grader.misconceptions.right import (
    alexnet_activation_sizes,
    class_maps,
    conv_output_size,
    conv_parameters,
    dense_parameters,
    ensemble_predictions,
    head_parameters,
    inception_parameters,
    output_units,
    reduction_saving,
    relative_drop,
    resnet_parameters,
    single_networks,
)

ALEXNET = "Lecture 2, First CNN: LeNet-5 (its successor AlexNet)"
SIZE = "Lecture 1, Size of the feature map"
PADDING = "Lecture 2, Convolutional layer parameters: padding"
STRIDE = "Lecture 2, Convolutional layer parameters: stride"
POOLING = "Lecture 2, Pooling layer"
COUNTING = "Lecture 1, Number of parameters to learn in a convolutional layer"
VOLUMES = "Lecture 1, Convolutional operation: volumes"
ONE_BY_ONE = "Lecture 3, 1×1 convolution"
INCEPTION = "Lecture 2, Inception module"
RESNET = "Lecture 2, ResNet"
GLOBAL = "Lecture 2, Types of pooling"
CHALLENGE = "Lecture 2, Reference challenge"

# AlexNet's sizes --------------------------------------------------------------------------------------------

side_by_side = idea(
    "alexnet.poolings_side_by_side",
    belief="Pooling takes windows of 2×2 side by side, which halves a map.",
    hint="These windows are 3 wide and 2 apart: they overlap. How many fit on a row of 8 pixels?",
    lecture=POOLING,
)
plus_one_forgotten = idea(
    "alexnet.plus_one_forgotten",
    belief="As many windows fit as strides go into what the kernel leaves of the row.",
    hint="On a row of 11 pixels, how many kernels of 11 fit: none, or one? That one has its place before the first step.",
    lecture=SIZE,
)
stride_forgotten = idea(
    "alexnet.stride_forgotten",
    belief="The first convolution moves by one pixel, as convolutions do.",
    hint="Read its line in the table again: from one window to the next it moves by more.",
    lecture=STRIDE,
)
padding_ignored = idea(
    "alexnet.padding_ignored",
    belief="A kernel of 11 takes its border, whatever the padding.",
    hint='With "same" padding the windows begin outside: at stride s, n pixels give as many windows as there are steps of s '
    "in n, the last one begun counting too.",
    lecture=PADDING,
)
same_rounds_down = idea(
    "alexnet.same_rounds_down",
    belief='At stride 4, "same" padding gives a fourth of the pixels, rounded down.',
    hint="With five pixels and a stride of 4, a window stands at the first pixel and one at the fifth: how many are these?",
    lecture=PADDING,
)
same_keeps_size = idea(
    "alexnet.same_keeps_the_size",
    belief='"same" keeps the size of the image, as its name says.',
    hint="That holds at stride 1. What does a stride of 4 do, however much is padded?",
    lecture=STRIDE,
)
valid_throughout = idea(
    "alexnet.every_convolution_valid",
    belief="No convolution of AlexNet is padded.",
    hint="Which column of the table says how the second to the fifth convolution are padded?",
    lecture=PADDING,
)


def _alexnet(
    size: int, padding: str, pooled: Callable[[int], int] | None = None, conv1: int | None = None, lost: bool = False
) -> dict[str, tuple[int, ...]]:  # fmt: skip
    """The right sizes with another pooling, another first convolution, or none of the others padded."""
    pool = pooled or (lambda n: conv_output_size(n, 3, 2))
    first = conv_output_size(size, 11, 4, padding) if conv1 is None else conv1
    pool1 = pool(first)
    conv2 = pool1 - 4 * lost
    pool2 = pool(conv2)
    conv3, conv4, conv5 = (pool2 - 2 * lost * place for place in (1, 2, 3))
    pool5 = pool(conv5)
    sides = {"image": size, "conv1": first, "pool1": pool1, "conv2": conv2, "pool2": pool2}
    sides |= {"conv3": conv3, "conv4": conv4, "conv5": conv5, "pool5": pool5}
    if min(sides.values()) < 1:
        raise ValueError("nothing is left of the image")
    right = alexnet_activation_sizes(size, padding)
    maps: dict[str, tuple[int, ...]] = {name: (n, n, right[name][-1]) for name, n in sides.items()}
    return right | maps | {"flat": (pool5 * pool5 * right["pool5"][-1],)}


@side_by_side.answers_to("alexnet_activation_sizes")
def _(size: int, padding: str) -> Any:
    return _alexnet(size, padding, lambda n: n // 2)


@plus_one_forgotten.answers_to("alexnet_activation_sizes")
def _(size: int, padding: str) -> Any:
    conv1 = (size - 11) // 4 if padding == "valid" else None
    return _alexnet(size, padding, lambda n: (n - 3) // 2, conv1)


@stride_forgotten.answers_to("alexnet_activation_sizes")
def _(size: int, padding: str) -> Any:
    return _alexnet(size, padding, conv1=size - 10 if padding == "valid" else None)


@padding_ignored.answers_to("alexnet_activation_sizes")
def _(size: int, padding: str) -> Any:
    return alexnet_activation_sizes(size, "valid")


@same_rounds_down.answers_to("alexnet_activation_sizes")
def _(size: int, padding: str) -> Any:
    return _alexnet(size, padding, conv1=size // 4 if padding == "same" else None)


@same_keeps_size.answers_to("alexnet_activation_sizes")
def _(size: int, padding: str) -> Any:
    return _alexnet(size, padding, conv1=size if padding == "same" else None)


@valid_throughout.answers_to("alexnet_activation_sizes")
def _(size: int, padding: str) -> Any:
    return _alexnet(size, padding, lost=True)


# What an inception module has -------------------------------------------------------------------------------

bias_forgotten = idea(
    "inception.bias_forgotten",
    belief="The parameters of a module are the weights of its kernels.",
    hint="Every kernel has one more number, which it adds at the end, the 1×1 kernels too.",
    lecture=COUNTING,
)
one_weight = idea(
    "inception.one_by_one_is_one_weight",
    belief="A 1×1 kernel has one weight.",
    hint="It looks at one pixel, but at all its channels: how many weights is that?",
    lecture=ONE_BY_ONE,
)
reductions_not_used = idea(
    "inception.reductions_stand_beside",
    belief="The reductions are more branches: the 3×3 and the 5×5 kernels still see all channels of the input.",
    hint="Follow the arrows of the figure: whose output is the input of the 3×3 convolution?",
    lecture=INCEPTION,
)
reductions_free = idea(
    "inception.reductions_are_free",
    belief="The 1×1 reductions only rearrange channels: they have no parameters.",
    hint="They are convolutions like any other. Which of their weights does training change?",
    lecture=ONE_BY_ONE,
)
projection_forgotten = idea(
    "inception.pool_projection_forgotten",
    belief="The pooling branch has no parameters.",
    hint="The pooling itself has none. What stands behind it in the module with reductions?",
    lecture=INCEPTION,
)
projection_kept = idea(
    "inception.naive_pooling_projected",
    belief="A 1×1 convolution stands behind the pooling in both modules.",
    hint="The naive module has no 1×1 convolution but that of the first branch: what becomes of the pooled maps there?",
    lecture=INCEPTION,
)
in_a_row = idea(
    "inception.branches_in_a_row",
    belief="The convolutions follow each other: 1×1, then 3×3, then 5×5.",
    hint="They stand side by side: what is the input of each branch?",
    lecture=INCEPTION,
)
with_reductions = idea(
    "inception.always_reduced",
    belief="An inception module has its 1×1 reductions.",
    hint="There are two figures in the paper, and two of these networks. What does the naive one do without?",
    lecture=INCEPTION,
)
without_reductions = idea(
    "inception.never_reduced",
    belief="An inception module is three convolutions and a pooling, side by side.",
    hint="That is the naive one. What stands before its 3×3 and its 5×5 convolution in GoogLeNet, and behind its pooling?",
    lecture=INCEPTION,
)


def _inception(in_channels: int, filters: Sequence[int], reductions: bool, **changed: Any) -> int:
    """The right number out of its branches, some of which are changed."""
    one, reduce3, three, reduce5, five, projection = filters
    if reductions:
        parts = {
            "one": (1, in_channels, one),
            "reduce3": (1, in_channels, reduce3),
            "three": (3, reduce3, three),
            "reduce5": (1, in_channels, reduce5),
            "five": (5, reduce5, five),
            "projection": (1, in_channels, projection),
        }
    else:
        parts = {
            "one": (1, in_channels, one),
            "three": (3, in_channels, three),
            "five": (5, in_channels, five),
        }
    return sum(conv_parameters(*part) for part in (parts | changed).values() if part)


@bias_forgotten.answers_to("inception_parameters")
def _(in_channels: int, filters: Sequence[int], reductions: bool) -> int:
    kernels = filters if reductions else (filters[0], filters[2], filters[4])
    return inception_parameters(in_channels, filters, reductions) - sum(kernels)


@one_weight.answers_to("inception_parameters")
def _(in_channels: int, filters: Sequence[int], reductions: bool) -> int:
    one, reduce3, _, reduce5, _, projection = filters
    names = {"one": one, "reduce3": reduce3, "reduce5": reduce5, "projection": projection}
    kept = names if reductions else {"one": one}
    return _inception(in_channels, filters, reductions, **{name: (1, 1, n) for name, n in kept.items()})


@reductions_not_used.answers_to("inception_parameters")
def _(in_channels: int, filters: Sequence[int], reductions: bool) -> int:
    if not reductions:
        return inception_parameters(in_channels, filters, reductions)
    wide = {"three": (3, in_channels, filters[2]), "five": (5, in_channels, filters[4])}
    return _inception(in_channels, filters, reductions, **wide)


@reductions_free.answers_to("inception_parameters")
def _(in_channels: int, filters: Sequence[int], reductions: bool) -> int:
    gone: dict[str, Any] = {"reduce3": None, "reduce5": None} if reductions else {}
    return _inception(in_channels, filters, reductions, **gone)


@projection_forgotten.answers_to("inception_parameters")
def _(in_channels: int, filters: Sequence[int], reductions: bool) -> int:
    return _inception(in_channels, filters, reductions, projection=None)


@projection_kept.answers_to("inception_parameters")
def _(in_channels: int, filters: Sequence[int], reductions: bool) -> int:
    return _inception(in_channels, filters, reductions, projection=(1, in_channels, filters[5]))


@in_a_row.answers_to("inception_parameters")
def _(in_channels: int, filters: Sequence[int], reductions: bool) -> int:
    one, reduce3, three, reduce5, five, _ = filters
    if reductions:
        rows = {"reduce3": (1, one, reduce3), "reduce5": (1, three, reduce5)}
    else:
        rows = {"three": (3, one, three), "five": (5, three, five)}
    return _inception(in_channels, filters, reductions, **rows)


@with_reductions.answers_to("inception_parameters")
def _(in_channels: int, filters: Sequence[int], reductions: bool) -> int:
    return inception_parameters(in_channels, filters, True)


@without_reductions.answers_to("inception_parameters")
def _(in_channels: int, filters: Sequence[int], reductions: bool) -> int:
    return inception_parameters(in_channels, filters, False)


# What a reduction saves (lecture 3 has it add) ---------------------------------------------------------------

saving_negative = idea(
    "inception.saving_the_wrong_way_round",
    belief="What is saved is the new count less the old one.",
    hint="If something cost 5 and costs 2 now, you have saved 3, not -3. Which of the two branches is the old one?",
    lecture=ONE_BY_ONE,
)


@saving_negative.answers_to("reduction_saving")
def _(kernel_size: int, in_channels: int, reduced: int, filters: int) -> int:
    return -reduction_saving(kernel_size, in_channels, reduced, filters)


@bias_forgotten.answers_to("reduction_saving")
def _(kernel_size: int, in_channels: int, reduced: int, filters: int) -> int:
    return reduction_saving(kernel_size, in_channels, reduced, filters) + reduced


@reductions_not_used.answers_to("reduction_saving")
def _(kernel_size: int, in_channels: int, reduced: int, filters: int) -> int:
    return -conv_parameters(1, in_channels, reduced)


@reductions_free.answers_to("reduction_saving")
def _(kernel_size: int, in_channels: int, reduced: int, filters: int) -> int:
    return reduction_saving(kernel_size, in_channels, reduced, filters) + conv_parameters(
        1, in_channels, reduced
    )


# Inception modules as networks ------------------------------------------------------------------------------

INCEPTIONS = ("inception_naive", "inception_reduced")

linear_reductions = idea(
    "inception.reductions_linear",
    belief="A reduction only sums up channels: it needs no activation.",
    hint="The paper gives every convolution a ReLU, and names this as the reductions' second use. Without one, what are a "
    "1×1 and a 3×3 convolution that follow each other?",
    lecture=ONE_BY_ONE,
)
projected_first = idea(
    "inception.projection_before_pooling",
    belief="Pooling and its projection may change places.",
    hint="They don't commute: a maximum of sums is no sum of maxima. Which of the two comes first in the figure?",
    lecture=INCEPTION,
)
pooling_left_out = idea(
    "inception.pooling_left_out",
    belief="The fourth branch is a 1×1 convolution of the input.",
    hint="What stands before it in the figure? With windows of 3×3 at stride 1, padded, it keeps the size, so no shape will "
    "tell you.",
    lecture=INCEPTION,
)
reordered = idea(
    "inception.branches_in_another_order",
    belief="It doesn't matter in which order the branches are joined.",
    hint="The next layer has a weight for every channel, by its number. In which order does the question list the branches?",
    lecture=INCEPTION,
)
reduced_afterwards = idea(
    "inception.reduced_afterwards",
    belief="The 1×1 convolution reduces what the 3×3 or 5×5 convolution has made.",
    hint="Then the large kernels would still see all channels, and cost what they did. Where must the reduction stand to save "
    "anything?",
    lecture=ONE_BY_ONE,
)
five_as_three = idea(
    "inception.five_by_five_forgotten",
    belief="All kernels that aren't 1×1 are 3×3.",
    hint="The third branch looks further than the second: what is written on it?",
    lecture=INCEPTION,
)
windows_of_two = idea(
    "inception.pooling_of_two",
    belief="Pooling windows are 2×2.",
    hint="At stride 1 and padded, any window keeps the size. Which one does the question name?",
    lecture=POOLING,
)
POOL, PROJECTION = "inception_pool", "inception_pool_proj"
BRANCHES = {
    "inception_naive": ("inception_1x1", "inception_3x3", "inception_5x5", POOL),
    "inception_reduced": ("inception_1x1", "inception_3x3", "inception_5x5", PROJECTION),
}
REDUCTIONS = named("inception_3x3_reduce", "inception_5x5_reduce")


def joined(*branches: str) -> Change:
    return taking(inception_output=branches)


def swapped_sizes(layers: list[Layer]) -> list[Layer]:
    """Each reduction behind its convolution: the large kernels see the input, the 1×1 ones give the branch's channels."""
    sides = {part["config"]["name"]: part["config"] for part in layers}
    for size in ("3x3", "5x5"):
        one, large = sides[f"inception_{size}_reduce"], sides[f"inception_{size}"]
        one["kernel_size"], large["kernel_size"] = large["kernel_size"], one["kernel_size"]
    return layers


def projection_then_pooling(layers: list[Layer]) -> list[Layer]:
    (pool,) = named(POOL)(layers)
    (projection,) = named(PROJECTION)(layers)
    others = [part for part in layers if part is not pool and part is not projection]
    pool["inbound"], projection["inbound"] = [PROJECTION], ["image"]
    return joined(*BRANCHES["inception_reduced"][:3], POOL)([*others[:-1], projection, pool, others[-1]])


computes(no_activation, setting(every("Conv2D"), activation="linear"), *INCEPTIONS)
computes(average_for_max, average_pooling, *INCEPTIONS)
computes(windows_of_two, settings(POOL, pool_size=[2, 2]), *INCEPTIONS)
computes(linear_reductions, setting(REDUCTIONS, activation="linear"), "inception_reduced")
computes(projected_first, projection_then_pooling, "inception_reduced")
computes(pooling_left_out, dropping(named(POOL)), "inception_reduced")
computes(
    reordered, joined(POOL, "inception_1x1", "inception_3x3", "inception_5x5"), "inception_naive"
)  # its pooling has no weights, so that all weights still fit
has_other_layers(
    reordered, joined("inception_1x1", "inception_5x5", "inception_3x3", POOL), "inception_naive"
)
has_other_layers(
    reordered, joined("inception_5x5", "inception_3x3", "inception_1x1", POOL), "inception_naive"
)
has_other_layers(reordered, joined(PROJECTION, *BRANCHES["inception_reduced"][:3]), "inception_reduced")
has_other_layers(
    reordered, joined("inception_1x1", "inception_5x5", "inception_3x3", PROJECTION), "inception_reduced"
)
has_other_layers(reduced_afterwards, swapped_sizes, "inception_reduced")
has_other_layers(five_as_three, settings("inception_5x5", kernel_size=[3, 3]), *INCEPTIONS)
has_other_layers(no_biases, setting(every("Conv2D"), use_bias=False), *INCEPTIONS)
has_other_layers(input_channels, images(None, None, 3), *INCEPTIONS)


def reduced(layers: list[Layer]) -> list[Layer]:
    """The naive module with the other one's reductions."""
    from grader.networks.modern import INCEPTION as FILTERS

    for size, filters in (("3x3", FILTERS[1]), ("5x5", FILTERS[3])):
        (large,) = named(f"inception_{size}")(layers)
        one = layer(
            "Conv2D",
            **large["config"]
            | {"name": f"inception_{size}_reduce", "filters": filters, "kernel_size": [1, 1]},
        )
        one["inbound"] = list(large["inbound"])
        large["inbound"] = [f"inception_{size}_reduce"]
        place = next(i for i, part in enumerate(layers) if part is large)
        layers = [*layers[:place], one, *layers[place:]]
    return layers  # fmt: skip


def projected(layers: list[Layer]) -> list[Layer]:
    """The naive module with the other one's convolution behind its pooling."""
    from grader.networks.modern import INCEPTION as FILTERS

    (one,) = named("inception_1x1")(layers)
    last = layer("Conv2D", **one["config"] | {"name": PROJECTION, "filters": FILTERS[5]})
    last["inbound"] = [POOL]
    return joined(*BRANCHES["inception_reduced"])([*layers[:-1], last, layers[-1]])


has_other_layers(projection_kept, projected, "inception_naive")
has_other_layers(with_reductions, both(projected, reduced), "inception_naive")
has_other_layers(with_reductions, reduced, "inception_naive")
has_other_layers(
    without_reductions,
    dropping(named("inception_3x3_reduce", "inception_5x5_reduce", PROJECTION)),
    "inception_reduced",
)
has_other_layers(without_reductions, dropping(REDUCTIONS), "inception_reduced")
has_other_layers(projection_forgotten, dropping(named(PROJECTION)), "inception_reduced")
has_other_layers(
    in_a_row,
    taking(inception_3x3=("inception_1x1",), inception_5x5=("inception_3x3",)),
    "inception_naive",
)
for _name in INCEPTIONS:
    for _place in (0, 1, -1):
        trains_less(frozen, setting(nth("Conv2D", _place), trainable=False), _name)
    trains_less(frozen, setting(every("Conv2D"), trainable=False), _name)

# Residual blocks as networks --------------------------------------------------------------------------------

RESIDUALS = ("residual_identity", "residual_projection")

no_shortcut = idea(
    "residual.no_shortcut",
    belief="The block is its two convolutions; the shortcut is how one thinks of it.",
    hint="The input itself is added to what the convolutions make of it: which layer of yours does that?",
    lecture=RESNET,
)
added_to_itself = idea(
    "residual.added_to_itself",
    belief="`x` is still the block's input when the sum is made.",
    hint="Each `x = …(x)` gives the name to something else. What is `x` two convolutions later? Keep the input under a name of "
    "its own.",
    lecture=RESNET,
)
relu_before_sum = idea(
    "residual.relu_before_the_sum",
    belief="The second convolution is followed by its ReLU, then comes the sum.",
    hint="Then the block could only ever add, never take away. Where does the last ReLU stand in the figure?",
    lecture=RESNET,
)
no_last_relu = idea(
    "residual.no_relu_behind_the_sum",
    belief="The sum is the block's output.",
    hint="So it is in a later paper. What stands behind the sum in this one?",
    lecture=RESNET,
)
no_first_relu = idea(
    "residual.no_relu_between",
    belief="One ReLU for a block is enough: the one at its end.",
    hint="Two convolutions with nothing between them are one. What stands between them in the figure?",
    lecture=RESNET,
)
no_relus = idea(
    "residual.no_relus",
    belief="A block is convolutions, normalisations and a sum.",
    hint="Where is something in it that isn't linear? The figure has two of them.",
    lecture=RESNET,
)
normalised_afterwards = idea(
    "residual.normalised_after_the_sum",
    belief="The second normalisation comes behind the sum, before the ReLU.",
    hint="Then the shortcut is rescaled with the rest, and nothing passes unchanged. What is normalised: the branch, or the sum?",
    lecture=RESNET,
)
late_shortcut = idea(
    "residual.shortcut_from_behind_the_first",
    belief="The shortcut skips the second convolution.",
    hint="It begins before the first one. How many convolutions does it skip in the figure?",
    lecture=RESNET,
)
stride_on_second = idea(
    "residual.stride_on_the_second",
    belief="It doesn't matter which of the two convolutions takes the stride.",
    hint="The shapes are the same, the pixels that are looked at aren't. Which one does the question name?",
    lecture=STRIDE,
)
shortcut_relu = idea(
    "residual.shortcut_with_relu",
    belief="The shortcut's convolution has its ReLU, as every convolution.",
    hint="A shortcut is to pass on what comes, of either sign. Which layers does the question put on it?",
    lecture=RESNET,
)
shortcut_pools = idea(
    "residual.shortcut_pools",
    belief="The shortcut shrinks by pooling, and its 1×1 convolution takes steps of one.",
    hint="That has been done since. Here the 1×1 convolution itself takes every second pixel.",
    lecture=RESNET,
)
biases_left_on = idea(
    "residual.biases_left_on",
    belief="A convolution has a bias, whatever follows.",
    hint="The normalisation subtracts a mean, and the bias with it; its own shift does a bias's work. So what does the question "
    "leave out?",
    lecture=COUNTING,
)
not_normalised = idea(
    "residual.not_normalised",
    belief="A block is two convolutions, a ReLU and a sum.",
    hint="What follows each convolution in the question's list?",
    lecture=RESNET,
)
shortcut_not_normalised = idea(
    "residual.shortcut_not_normalised",
    belief="The shortcut's convolution isn't normalised.",
    hint="Every convolution of the block is followed by a normalisation of its own, that of the shortcut too.",
    lecture=RESNET,
)
shortcut_of_three = idea(
    "residual.shortcut_of_three",
    belief="The shortcut's kernel is 3×3, like the others.",
    hint="It only has to fit channels and size: which is the smallest kernel that can?",
    lecture=ONE_BY_ONE,
)
projection_always = idea(
    "residual.always_projected",
    belief="A shortcut has a 1×1 convolution.",
    hint="Where nothing about the shape changes, the input can be added as it is: that is what makes it a shortcut.",
    lecture=RESNET,
)
normalised_first = idea(
    "residual.normalised_first",
    belief="Normalisation and ReLU come before each convolution.",
    hint="So they do in the authors' second paper of 2016. This question asks for the first one's block.",
    lecture=RESNET,
)
third_convolution = idea(
    "residual.bottleneck",
    belief="A residual block has three convolutions.",
    hint="From ResNet-50 on it has. How many does the question list?",
    lecture=RESNET,
)

WITHOUT_RELU = {"activation": "linear"}


def skipping(name: str) -> Change:
    """The ReLU behind the sum takes this layer in the sum's place."""

    def change(layers: list[Layer]) -> list[Layer]:
        return reaching(taking(output=(name,))(layers))

    return change


def relu_on(name: str) -> Change:
    return adding(named(name), lambda _: layer("Activation", activation="relu"))


computes(no_shortcut, skipping("second_bn"), "residual_identity")
computes(added_to_itself, taking(sum=("second_bn", "second_bn")), "residual_identity")
computes(late_shortcut, taking(sum=("first_relu", "second_bn")), "residual_identity")
computes(relu_before_sum, both(relu_on("second_bn"), settings("output", **WITHOUT_RELU)), *RESIDUALS)
computes(relu_before_sum, relu_on("second_bn"), *RESIDUALS)
computes(no_last_relu, settings("output", **WITHOUT_RELU), *RESIDUALS)
computes(no_first_relu, settings("first_relu", **WITHOUT_RELU), *RESIDUALS)
computes(no_relus, settings("first_relu", "output", **WITHOUT_RELU), *RESIDUALS)
computes(
    normalised_afterwards,
    both(
        moved("second_bn", "sum"),
        taking(second_bn=("sum",), output=("second_bn",), sum=("image", "second_conv")),
    ),
    "residual_identity",
)
computes(
    stride_on_second,
    both(settings("first_conv", strides=[1, 1]), settings("second_conv", strides=[2, 2])),
    "residual_projection",
)
computes(shortcut_relu, relu_on("shortcut_bn"), "residual_projection")
computes(
    shortcut_pools,
    both(
        settings("shortcut_conv", strides=[1, 1]),
        adding(named("image"), lambda _: layer("MaxPooling2D", pool_size=[2, 2])),
        taking(first_conv=("image",)),
    ),
    "residual_projection",
)
computes(
    shortcut_pools,
    both(
        settings("shortcut_conv", strides=[1, 1]),
        adding(named("image"), lambda _: layer("AveragePooling2D", pool_size=[2, 2])),
        taking(first_conv=("image",)),
    ),
    "residual_projection",
)
has_other_layers(no_shortcut, skipping("second_bn"), "residual_projection")
has_other_layers(biases_left_on, setting(every("Conv2D"), use_bias=True), *RESIDUALS)
has_other_layers(not_normalised, dropping(every("BatchNormalization")), *RESIDUALS)
has_other_layers(
    not_normalised,
    both(dropping(every("BatchNormalization")), setting(every("Conv2D"), use_bias=True)),
    *RESIDUALS,
)
has_other_layers(shortcut_not_normalised, dropping(named("shortcut_bn")), "residual_projection")
has_other_layers(shortcut_of_three, settings("shortcut_conv", kernel_size=[3, 3]), "residual_projection")
has_other_layers(
    input_channels, both(images(None, None, 3), setting(every("Conv2D"), filters=3)), "residual_identity"
)
has_other_layers(input_channels, images(None, None, 3), "residual_projection")
for _name in RESIDUALS:
    for _kind in ("Conv2D", "BatchNormalization"):
        trains_less(frozen, setting(nth(_kind, 0), trainable=False), _name)
        trains_less(frozen, setting(nth(_kind, -1), trainable=False), _name)
        trains_less(frozen, setting(every(_kind), trainable=False), _name)
    trains_less(frozen, setting(every("Conv2D", "BatchNormalization"), trainable=False), _name)


def shortcut_projected(layers: list[Layer]) -> list[Layer]:
    """A convolution and its normalisation on a shortcut that needs none."""
    (first,), (norm,) = named("first_conv")(layers), named("first_bn")(layers)
    one = layer("Conv2D", **first["config"] | {"name": "shortcut_conv", "kernel_size": [1, 1]})
    bn = layer("BatchNormalization", **norm["config"] | {"name": "shortcut_bn"})
    one["inbound"], bn["inbound"] = ["image"], ["shortcut_conv"]
    return taking(sum=("shortcut_bn", "second_bn"))([layers[0], one, bn, *layers[1:]])


def normalising_first(layers: list[Layer]) -> list[Layer]:
    """Normalisation and ReLU before each convolution of the branch, nothing behind the sum."""
    order = ("image", "first_bn", "first_relu", "first_conv", "second_bn", "output", "second_conv", "sum")
    parts = {part["config"]["name"]: part for part in layers}
    wired = [parts[name] | {"inbound": [before]} for before, name in pairwise(order)]
    wired[-1]["inbound"] = ["image", "second_conv"]
    return [parts["image"], *wired]


def three_convolutions(layers: list[Layer]) -> list[Layer]:
    """A third convolution and its normalisation on the branch."""
    (conv,), (norm,) = named("second_conv")(layers), named("second_bn")(layers)
    third = layer("Conv2D", **conv["config"] | {"name": "third_conv"})
    bn = layer("BatchNormalization", **norm["config"] | {"name": "third_bn"})
    relu = layer("Activation", activation="relu", name="second_relu")
    relu["inbound"], third["inbound"], bn["inbound"] = ["second_bn"], ["second_relu"], ["third_conv"]
    place = next(i for i, part in enumerate(layers) if part is norm)
    longer = [*layers[: place + 1], relu, third, bn, *layers[place + 1 :]]
    (end,) = named("sum")(longer)
    return taking(sum=(end["inbound"][0], "third_bn"))(longer)


has_other_layers(projection_always, shortcut_projected, "residual_identity")
has_other_layers(normalised_first, normalising_first, "residual_identity")
has_other_layers(third_convolution, three_convolutions, *RESIDUALS)

# What a ResNet has ------------------------------------------------------------------------------------------

norm_forgotten = idea(
    "resnet.normalisation_has_none",
    belief="Batch normalisation computes its mean and variance: it has nothing to learn.",
    hint="Behind them come a scale and a shift for each channel, which are learnt.",
    lecture=RESNET,
)
averages_counted = idea(
    "resnet.averages_counted",
    belief="A batch normalisation has four trainable numbers for each channel.",
    hint="Two of the four are moving averages: are they learnt, or measured?",
    lecture=RESNET,
)
biased = idea(
    "resnet.biases_counted",
    belief="Each kernel has a bias.",
    hint="Not here: what does the question say of convolutions that a normalisation follows?",
    lecture=COUNTING,
)
projections_forgotten = idea(
    "resnet.projections_forgotten",
    belief="Shortcuts have no parameters.",
    hint="Where the number of channels changes, the input can't be added as it is. How many blocks is that, in each stage?",
    lecture=RESNET,
)
projections_everywhere = idea(
    "resnet.projections_everywhere",
    belief="Every block's shortcut has a 1×1 convolution.",
    hint="Only where channels or size change. What comes into the second block of a stage, and what goes out?",
    lecture=RESNET,
)
projection_with_stride = idea(
    "resnet.projection_where_the_size_changes",
    belief="The first stage keeps the size of its maps, so none of its shortcuts has a convolution.",
    hint="Compare the channels that enter the first stage with those that leave its first block: plain, and as a bottleneck.",
    lecture=RESNET,
)
projection_bare = idea(
    "resnet.projection_not_normalised",
    belief="The 1×1 convolution of a shortcut isn't normalised.",
    hint="Each convolution is, those of the shortcuts too.",
    lecture=RESNET,
)
not_widened = idea(
    "resnet.bottleneck_not_widened",
    belief="All three convolutions of a bottleneck have the stage's number of filters.",
    hint="Its last one has four times as many: it is a bottleneck because it is narrow in the middle.",
    lecture=RESNET,
)
stem_forgotten = idea(
    "resnet.stem_forgotten",
    belief="A ResNet is its blocks and a dense layer.",
    hint="What stands between the image with its three channels and the first block with its 64?",
    lecture=RESNET,
)
dense_forgotten = idea(
    "resnet.dense_forgotten",
    belief="Behind the average nothing is left to learn.",
    hint="How do the averages of all maps become a thousand scores?",
    lecture=RESNET,
)
dense_of_512 = idea(
    "resnet.dense_unbiased",
    belief="The dense layer has no biases either.",
    hint="Nothing normalises its outputs, so it has one for each class.",
    lecture=COUNTING,
)


def _projected(channels: int, out: int, stage: int, number: int) -> bool:
    return channels != out


def _resnet(
    blocks: Sequence[int], bottleneck: bool, projected: Callable[[int, int, int, int], bool] = _projected,
    norm: int = 2, projection_norm: int | None = None, bias: bool = False, widening: int = 4,
) -> int:  # fmt: skip
    """The right count with other shortcuts, normalisations, biases or bottlenecks."""

    def convolution(size: int, channels: int, filters: int, each: int = norm) -> int:
        return conv_parameters(size, channels, filters, use_bias=bias) + each * filters

    channels, total = 64, convolution(7, 3, 64)
    beside = norm if projection_norm is None else projection_norm
    for stage, count in enumerate(blocks):
        width = 64 * 2**stage
        out = widening * width if bottleneck else width
        for number in range(count):
            steps = (1, channels, width), (3, width, width), (1, width, out)
            plain = (3, channels, width), (3, width, width)
            total += sum(convolution(*step) for step in (steps if bottleneck else plain))
            if projected(channels, out, stage, number):
                total += convolution(1, channels, out, beside)
            channels = out
    return total + dense_parameters(channels, 1000)


def _resnet_idea(wrong: Any, **changed: Any) -> None:
    @wrong.answers_to("resnet_parameters")
    def _(blocks: Sequence[int], bottleneck: bool) -> int:
        return _resnet(blocks, bottleneck, **changed)


_resnet_idea(norm_forgotten, norm=0)
_resnet_idea(averages_counted, norm=4)
_resnet_idea(biased, bias=True)
_resnet_idea(projections_forgotten, projected=lambda *_: False)
_resnet_idea(projections_everywhere, projected=lambda *_: True)
_resnet_idea(
    projections_everywhere,
    projected=lambda channels, out, stage, number: (number == 0 and stage == 0) or channels != out,
)
_resnet_idea(projection_with_stride, projected=lambda channels, out, stage, number: stage > 0 and number == 0)
_resnet_idea(projection_bare, projection_norm=0)
_resnet_idea(not_widened, widening=1)


@stem_forgotten.answers_to("resnet_parameters")
def _(blocks: Sequence[int], bottleneck: bool) -> int:
    return resnet_parameters(blocks, bottleneck) - conv_parameters(7, 3, 64, use_bias=False) - 2 * 64


def _last_channels(blocks: Sequence[int], bottleneck: bool) -> int:
    return 64 * 2 ** (len(blocks) - 1) * (4 if bottleneck else 1)


@dense_forgotten.answers_to("resnet_parameters")
def _(blocks: Sequence[int], bottleneck: bool) -> int:
    return resnet_parameters(blocks, bottleneck) - dense_parameters(_last_channels(blocks, bottleneck), 1000)


@dense_of_512.answers_to("resnet_parameters")
def _(blocks: Sequence[int], bottleneck: bool) -> int:
    return resnet_parameters(blocks, bottleneck) - 1000


# Global averages --------------------------------------------------------------------------------------------

average_keeps_places = idea(
    "heads.average_keeps_places",
    belief="Global average pooling hands on whole maps.",
    hint="It makes one number of each map, however large: how many numbers reach the dense layer?",
    lecture=GLOBAL,
)
flatten_by_channels = idea(
    "heads.flatten_drops_places",
    belief="A dense layer behind maps has a weight for each channel.",
    hint="`Flatten` writes every place of every map in one row: how long is that?",
    lecture=GLOBAL,
)
average_learns = idea(
    "heads.average_learns",
    belief="Global average pooling has weights of its own, one for each channel.",
    hint="A mean weighs all places alike: what would it learn?",
    lecture=GLOBAL,
)
head_unbiased = idea(
    "heads.bias_forgotten",
    belief="A dense layer has as many parameters as it has connections.",
    hint="And one number more for each unit, which it adds at the end.",
    lecture="Lecture 1, Convolutional building blocks",
)
average_is_the_answer = idea(
    "heads.one_channel_per_class",
    belief="Behind a global average there is no dense layer: each class has its map.",
    hint="That is another paper's head. Here the averages of all channels go into a dense layer with a unit for each class.",
    lecture=GLOBAL,
)


@average_keeps_places.answers_to("head_parameters")
def _(height: int, width: int, channels: int, classes: int, head: str) -> int:
    return head_parameters(height, width, channels, classes, "flatten")


@flatten_by_channels.answers_to("head_parameters")
def _(height: int, width: int, channels: int, classes: int, head: str) -> int:
    return head_parameters(height, width, channels, classes, "average")


@average_learns.answers_to("head_parameters")
def _(height: int, width: int, channels: int, classes: int, head: str) -> int:
    return head_parameters(height, width, channels, classes, head) + (channels if head == "average" else 0)


@head_unbiased.answers_to("head_parameters")
def _(height: int, width: int, channels: int, classes: int, head: str) -> int:
    return head_parameters(height, width, channels, classes, head) - classes


@average_is_the_answer.answers_to("head_parameters")
def _(height: int, width: int, channels: int, classes: int, head: str) -> int:
    return 0 if head == "average" else head_parameters(height, width, channels, classes, head)


bias_left_out = idea(
    "heads.map_without_bias",
    belief="The bias belongs to the class, not to a place: it is left out of the maps.",
    hint="Take the mean of your maps over all places and compare it with the network's scores: what is missing?",
    lecture=GLOBAL,
)
bias_shared_out = idea(
    "heads.bias_divided_by_places",
    belief="The bias is shared out among the places.",
    hint="The scores are the mean of the maps, not their sum. What is the mean of a constant?",
    lecture=GLOBAL,
)
averaged_already = idea(
    "heads.averaged_already",
    belief="The maps are averaged first, then weighted.",
    hint="That gives the scores, and all places are gone. Weight each place, and average last.",
    lecture=GLOBAL,
)
cut_at_zero = idea(
    "heads.maps_cut_at_zero",
    belief="What speaks against a class isn't shown: negative numbers become 0.",
    hint="A picture may be cut like that. Then the mean of the maps is no longer the score.",
    lecture=GLOBAL,
)


@bias_left_out.answers_to("class_maps")
def _(maps: Any, w: Any, b: Any) -> Any:
    return class_maps(maps, w, 0 * b)


@bias_shared_out.answers_to("class_maps")
def _(maps: Any, w: Any, b: Any) -> Any:
    return class_maps(maps, w, b / (maps.shape[1] * maps.shape[2]))


@averaged_already.answers_to("class_maps")
def _(maps: Any, w: Any, b: Any) -> Any:
    return class_maps(maps, w, b).mean(axis=(1, 2))


@averaged_already.answers_to("class_maps")
def _(maps: Any, w: Any, b: Any) -> Any:
    everywhere = class_maps(maps, w, b)
    return np.broadcast_to(everywhere.mean(axis=(1, 2), keepdims=True), everywhere.shape)


@cut_at_zero.answers_to("class_maps")
def _(maps: Any, w: Any, b: Any) -> Any:
    return np.maximum(class_maps(maps, w, b), 0)


# Ensembles and tables ---------------------------------------------------------------------------------------

votes = idea(
    "ensembles.votes",
    belief="The networks vote: each has one voice, for its likeliest class.",
    hint="A network that is barely sure then counts as much as one that is certain. What does the question average?",
    lecture=CHALLENGE,
)
surest = idea(
    "ensembles.the_surest",
    belief="The network that is surest decides.",
    hint="A network can be sure and wrong. All are heard: what does the question average?",
    lecture=CHALLENGE,
)
first_alone = idea(
    "ensembles.first_network_alone",
    belief="One of the networks speaks for all of them.",
    hint="Which of the three axes are the networks? Every one of them has to count.",
    lecture=CHALLENGE,
)
multiplied_together = idea(
    "ensembles.multiplied",
    belief="Probabilities of independent events are multiplied.",
    hint="One network that says almost 0 then rules a class out for all. The question asks for another mean.",
    lecture=CHALLENGE,
)


@votes.answers_to("ensemble_predictions")
def _(probabilities: Any) -> Any:
    p = np.asarray(probabilities)
    return ensemble_predictions(np.eye(p.shape[-1])[p.argmax(axis=-1)])


@surest.answers_to("ensemble_predictions")
def _(probabilities: Any) -> Any:
    return np.max(probabilities, axis=0).argmax(axis=-1)


@first_alone.answers_to("ensemble_predictions")
def _(probabilities: Any) -> Any:
    return ensemble_predictions(probabilities[:1])


@first_alone.answers_to("ensemble_predictions")
def _(probabilities: Any) -> Any:
    return ensemble_predictions(probabilities[-1:])


@multiplied_together.answers_to("ensemble_predictions")
def _(probabilities: Any) -> Any:
    return ensemble_predictions(np.log(np.maximum(probabilities, 1e-300)))


ensembles_kept = idea(
    "tables.ensembles_kept",
    belief="An error is an error: ensembles stand in the same table as single networks.",
    hint="Six networks together are better than each of them. Which column says how many there were?",
    lecture=CHALLENGE,
)
test_kept = idea(
    "tables.test_kept",
    belief="Test and validation images are as good as each other: their errors can be compared.",
    hint="They are other images, and the same network's errors differ on them. Which ones does the question ask for?",
    lecture=CHALLENGE,
)
worst_first = idea(
    "tables.worst_first",
    belief="The best entry has the largest number.",
    hint="The numbers are errors. Which error would you rather have?",
    lecture=CHALLENGE,
)
unsorted = idea(
    "tables.not_sorted",
    belief="The rows stay as the table has them.",
    hint="They are asked for best first. NumPy has a function that says in which order numbers would be sorted.",
    lecture=CHALLENGE,
)
places_among_kept = idea(
    "tables.places_among_the_kept",
    belief="A row's place is counted among the rows that were kept.",
    hint="Choosing first and sorting then gives places in the short table. Which rows of the long one are these?",
    lecture=CHALLENGE,
)
ranks = idea(
    "tables.ranks_for_places",
    belief="`argsort` says which rank each row has.",
    hint="It says which row comes first, which second, and so on. The answer begins with the place of the best row.",
    lecture=CHALLENGE,
)


@ensembles_kept.answers_to("single_networks")
def _(networks: Any, on_test: Any, errors: Any) -> Any:
    return single_networks(np.ones_like(networks), on_test, errors)


@test_kept.answers_to("single_networks")
def _(networks: Any, on_test: Any, errors: Any) -> Any:
    return single_networks(networks, np.zeros_like(on_test), errors)


@worst_first.answers_to("single_networks")
def _(networks: Any, on_test: Any, errors: Any) -> Any:
    return single_networks(networks, on_test, errors)[::-1]


@unsorted.answers_to("single_networks")
def _(networks: Any, on_test: Any, errors: Any) -> Any:
    return np.sort(single_networks(networks, on_test, errors))


@places_among_kept.answers_to("single_networks")
def _(networks: Any, on_test: Any, errors: Any) -> Any:
    return _short_places(networks, on_test, errors)


@ranks.answers_to("single_networks")
def _(networks: Any, on_test: Any, errors: Any) -> Any:
    return np.argsort(_short_places(networks, on_test, errors))


def _short_places(networks: Any, on_test: Any, errors: Any) -> Any:
    rows = single_networks(networks, on_test, errors)
    return np.searchsorted(np.sort(rows), rows)


tenfold_classes = idea(
    "tables.ten_times_the_classes",
    belief="The challenge has as many classes as lecture 2 writes: 10,000.",
    hint="A network's last layer has one unit for each class. With so many units, how many parameters would it have?",
    lecture=CHALLENGE,
)


@tenfold_classes.answers_to("output_units")
def _(inputs: int, parameters: int) -> int:
    return 10 * output_units(inputs, parameters)


in_points = idea(
    "tables.drop_in_points",
    belief="A drop from 8 % to 6 % is a drop of 2 %.",
    hint="It is one of two percentage points. Which share of the mistakes has gone?",
    lecture=CHALLENGE,
)
of_what_is_left = idea(
    "tables.drop_of_what_is_left",
    belief="The drop is compared with the error that is left.",
    hint="If an error falls from 8 to 4, half of it has gone: half of what?",
    lecture=CHALLENGE,
)
ratio = idea(
    "tables.ratio_for_drop",
    belief="The new error divided by the old one says by how much it fell.",
    hint="That says how much is left. If an error stays as it is, by how much did it fall?",
    lecture=CHALLENGE,
)
of_accuracy = idea(
    "tables.gain_in_accuracy",
    belief="The drop is how much the accuracy has grown, compared with what it was.",
    hint="From 98 % to 99 % of accuracy half of the mistakes go. Which number shows that?",
    lecture=CHALLENGE,
)


@in_points.answers_to("relative_drop")
def _(before: float, after: float) -> float:
    return float(before - after)


@in_points.answers_to("relative_drop")
def _(before: float, after: float) -> float:
    return float(before - after) / 100


@of_what_is_left.answers_to("relative_drop")
def _(before: float, after: float) -> float:
    return float(relative_drop(before, after) * before / after)


@ratio.answers_to("relative_drop")
def _(before: float, after: float) -> float:
    return 1 - relative_drop(before, after)


@of_accuracy.answers_to("relative_drop")
def _(before: float, after: float) -> float:
    return float((before - after) / (100 - before))
