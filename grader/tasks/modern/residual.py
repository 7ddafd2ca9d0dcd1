"""A residual block."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import Any

from grader.tasks.drawn import Case, Normal
from grader.tasks.lenet.models.layers import frozen, input_channels
from grader.tasks.modern.inception.module import Weights
from grader.tasks.networks import (
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
    network,
    nth,
    reaching,
    setting,
    settings,
    taking,
    trains_less,
)
from grader.tasks.task import idea

RESNET = "Lecture 2, ResNet"
STRIDE = "Lecture 2, Convolutional layer parameters: stride"
COUNTING = "Lecture 1, Number of parameters to learn in a convolutional layer"
ONE_BY_ONE = "Lecture 3, 1×1 convolution"
RESIDUAL_IMAGE = (8, 8, 6)


def residual_weights(filters: int, projection: bool) -> Weights:
    """Of both convolutions, each with its normalisation, and of the shortcut beside the second one."""
    channels = RESIDUAL_IMAGE[-1]
    first, second = ((3, 3, channels, filters), False), ((3, 3, filters, filters), False)
    shortcut, norm = ((1, 1, channels, filters), False), ((filters,), False)
    between = (shortcut, second, norm, norm) if projection else (second, norm)
    return Weights((first, norm, *between))


def residual(filters: int, strides: int) -> Any:
    """relu(shortcut + f), f two 3×3 convolutions (He et al. 2016, figure 2): (8, 8, 6) -> (8 / strides, 8 / strides, filters).

    The zoo's blocks have the ε of batch normalisation that ResNet's authors took; here it is Keras's.
    """
    import keras
    from keras import layers

    def normalized(x: Any, size: int, step: int, name: str) -> Any:
        x = layers.Conv2D(filters, size, step, "same", use_bias=False, name=f"{name}_conv")(x)
        return layers.BatchNormalization(name=f"{name}_bn")(x)

    image = shortcut = keras.Input(RESIDUAL_IMAGE, name="image")
    if strides > 1 or filters != RESIDUAL_IMAGE[-1]:
        shortcut = normalized(image, 1, strides, "shortcut")
    x = layers.Activation("relu", name="first_relu")(normalized(image, 3, strides, "first"))
    x = layers.Add(name="sum")([shortcut, normalized(x, 3, 1, "second")])
    return keras.Model(image, layers.Activation("relu", name="output")(x))


residual_identity = network(
    "a6_modern_architectures",
    hidden={
        "random": (
            Case(
                "Random weights and maps",
                (residual_weights(6, projection=False), Normal((3, *RESIDUAL_IMAGE), dtype="float32")),
            ),
        )
    },
    name="residual_identity",
)(partial(residual, 6, 1))
residual_projection = network(
    "a6_modern_architectures",
    hidden={
        "random": (
            Case(
                "Random weights and maps",
                (residual_weights(10, projection=True), Normal((3, *RESIDUAL_IMAGE), dtype="float32")),
            ),
        )
    },
    name="residual_projection",
)(partial(residual, 10, 2))


has_other_layers(
    input_channels, both(images(None, None, 3), setting(every("Conv2D"), filters=3)), "residual_identity"
)
has_other_layers(input_channels, images(None, None, 3), "residual_projection")


RESIDUALS = ("residual_identity", "residual_projection")


for _name in RESIDUALS:
    for _kind in ("Conv2D", "BatchNormalization"):
        trains_less(frozen, setting(nth(_kind, 0), trainable=False), _name)
        trains_less(frozen, setting(nth(_kind, -1), trainable=False), _name)
        trains_less(frozen, setting(every(_kind), trainable=False), _name)
    trains_less(frozen, setting(every("Conv2D", "BatchNormalization"), trainable=False), _name)


no_shortcut = idea(
    "residual.no_shortcut",
    belief="The block is its two convolutions; the shortcut is how one thinks of it.",
    hint="The input itself is added to what the convolutions make of it: which layer of yours does that?",
    lecture=RESNET,
)


def skipping(name: str) -> Change:
    """The ReLU behind the sum takes this layer in the sum's place."""

    def change(layers: list[Layer]) -> list[Layer]:
        return reaching(taking(output=(name,))(layers))

    return change


computes(no_shortcut, skipping("second_bn"), "residual_identity")
has_other_layers(no_shortcut, skipping("second_bn"), "residual_projection")

added_to_itself = idea(
    "residual.added_to_itself",
    belief="`x` is still the block's input when the sum is made.",
    hint="Each `x = …(x)` gives the name to something else. What is `x` two convolutions later? Keep the input under a name of "
    "its own.",
    lecture=RESNET,
)
computes(added_to_itself, taking(sum=("second_bn", "second_bn")), "residual_identity")

relu_before_sum = idea(
    "residual.relu_before_the_sum",
    belief="The second convolution is followed by its ReLU, then comes the sum.",
    hint="Then the block could only ever add, never take away. Where does the last ReLU stand in the figure?",
    lecture=RESNET,
)


WITHOUT_RELU = {"activation": "linear"}


def relu_on(name: str) -> Change:
    return adding(named(name), lambda _: layer("Activation", activation="relu"))


computes(relu_before_sum, both(relu_on("second_bn"), settings("output", **WITHOUT_RELU)), *RESIDUALS)
computes(relu_before_sum, relu_on("second_bn"), *RESIDUALS)

no_last_relu = idea(
    "residual.no_relu_behind_the_sum",
    belief="The sum is the block's output.",
    hint="So it is in a later paper. What stands behind the sum in this one?",
    lecture=RESNET,
)
computes(no_last_relu, settings("output", **WITHOUT_RELU), *RESIDUALS)

no_first_relu = idea(
    "residual.no_relu_between",
    belief="One ReLU for a block is enough: the one at its end.",
    hint="Two convolutions with nothing between them are one. What stands between them in the figure?",
    lecture=RESNET,
)
computes(no_first_relu, settings("first_relu", **WITHOUT_RELU), *RESIDUALS)

no_relus = idea(
    "residual.no_relus",
    belief="A block is convolutions, normalisations and a sum.",
    hint="Where is something in it that isn't linear? The figure has two of them.",
    lecture=RESNET,
)
computes(no_relus, settings("first_relu", "output", **WITHOUT_RELU), *RESIDUALS)

normalised_afterwards = idea(
    "residual.normalised_after_the_sum",
    belief="The second normalisation comes behind the sum, before the ReLU.",
    hint="Then the shortcut is rescaled with the rest, and nothing passes unchanged. What is normalised: the branch, or the sum?",
    lecture=RESNET,
)
computes(
    normalised_afterwards,
    both(
        moved("second_bn", "sum"),
        taking(second_bn=("sum",), output=("second_bn",), sum=("image", "second_conv")),
    ),
    "residual_identity",
)

late_shortcut = idea(
    "residual.shortcut_from_behind_the_first",
    belief="The shortcut skips the second convolution.",
    hint="It begins before the first one. How many convolutions does it skip in the figure?",
    lecture=RESNET,
)
computes(late_shortcut, taking(sum=("first_relu", "second_bn")), "residual_identity")

stride_on_second = idea(
    "residual.stride_on_the_second",
    belief="It doesn't matter which of the two convolutions takes the stride.",
    hint="The shapes are the same, the pixels that are looked at aren't. Which one does the question name?",
    lecture=STRIDE,
)
computes(
    stride_on_second,
    both(settings("first_conv", strides=[1, 1]), settings("second_conv", strides=[2, 2])),
    "residual_projection",
)

shortcut_relu = idea(
    "residual.shortcut_with_relu",
    belief="The shortcut's convolution has its ReLU, as every convolution.",
    hint="A shortcut is to pass on what comes, of either sign. Which layers does the question put on it?",
    lecture=RESNET,
)
computes(shortcut_relu, relu_on("shortcut_bn"), "residual_projection")

shortcut_pools = idea(
    "residual.shortcut_pools",
    belief="The shortcut shrinks by pooling, and its 1×1 convolution takes steps of one.",
    hint="That has been done since. Here the 1×1 convolution itself takes every second pixel.",
    lecture=RESNET,
)
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

biases_left_on = idea(
    "residual.biases_left_on",
    belief="A convolution has a bias, whatever follows.",
    hint="The normalisation subtracts a mean, and the bias with it; its own shift does a bias's work. So what does the question "
    "leave out?",
    lecture=COUNTING,
)
has_other_layers(biases_left_on, setting(every("Conv2D"), use_bias=True), *RESIDUALS)

not_normalised = idea(
    "residual.not_normalised",
    belief="A block is two convolutions, a ReLU and a sum.",
    hint="What follows each convolution in the question's list?",
    lecture=RESNET,
)
has_other_layers(not_normalised, dropping(every("BatchNormalization")), *RESIDUALS)
has_other_layers(
    not_normalised,
    both(dropping(every("BatchNormalization")), setting(every("Conv2D"), use_bias=True)),
    *RESIDUALS,
)

shortcut_not_normalised = idea(
    "residual.shortcut_not_normalised",
    belief="The shortcut's convolution isn't normalised.",
    hint="Every convolution of the block is followed by a normalisation of its own, that of the shortcut too.",
    lecture=RESNET,
)
has_other_layers(shortcut_not_normalised, dropping(named("shortcut_bn")), "residual_projection")

shortcut_of_three = idea(
    "residual.shortcut_of_three",
    belief="The shortcut's kernel is 3×3, like the others.",
    hint="It only has to fit channels and size: which is the smallest kernel that can?",
    lecture=ONE_BY_ONE,
)
has_other_layers(shortcut_of_three, settings("shortcut_conv", kernel_size=[3, 3]), "residual_projection")

projection_always = idea(
    "residual.always_projected",
    belief="A shortcut has a 1×1 convolution.",
    hint="Where nothing about the shape changes, the input can be added as it is: that is what makes it a shortcut.",
    lecture=RESNET,
)


def shortcut_projected(layers: list[Layer]) -> list[Layer]:
    """A convolution and its normalisation on a shortcut that needs none."""
    (first,), (norm,) = named("first_conv")(layers), named("first_bn")(layers)
    one = layer("Conv2D", **first["config"] | {"name": "shortcut_conv", "kernel_size": [1, 1]})
    bn = layer("BatchNormalization", **norm["config"] | {"name": "shortcut_bn"})
    one["inbound"], bn["inbound"] = ["image"], ["shortcut_conv"]
    return taking(sum=("shortcut_bn", "second_bn"))([layers[0], one, bn, *layers[1:]])


has_other_layers(projection_always, shortcut_projected, "residual_identity")

normalised_first = idea(
    "residual.normalised_first",
    belief="Normalisation and ReLU come before each convolution.",
    hint="So they do in the authors' second paper of 2016. This question asks for the first one's block.",
    lecture=RESNET,
)


def normalising_first(layers: list[Layer]) -> list[Layer]:
    """Normalisation and ReLU before each convolution of the branch, nothing behind the sum."""
    order = ("image", "first_bn", "first_relu", "first_conv", "second_bn", "output", "second_conv", "sum")
    parts = {part["config"]["name"]: part for part in layers}
    wired = [parts[name] | {"inbound": [before]} for before, name in pairwise(order)]
    wired[-1]["inbound"] = ["image", "second_conv"]
    return [parts["image"], *wired]


has_other_layers(normalised_first, normalising_first, "residual_identity")

third_convolution = idea(
    "residual.bottleneck",
    belief="A residual block has three convolutions.",
    hint="From ResNet-50 on it has. How many does the question list?",
    lecture=RESNET,
)


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


has_other_layers(third_convolution, three_convolutions, *RESIDUALS)
