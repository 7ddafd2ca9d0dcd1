"""Wrong ideas about what a network is made of, and what of it is trained."""

from __future__ import annotations

from itertools import pairwise

from grader.tasks.lenet.models.computing import LENETS, RUN, WITH_ACTIVATION, padding_after
from grader.tasks.networks import (
    Layer,
    adding,
    computes,
    dropping,
    every,
    has_other_layers,
    images,
    layer,
    named,
    nth,
    setting,
    settings,
    sizes_of,
    trains_less,
)
from grader.tasks.task import idea

PADDING = "Lecture 2, Convolutional layer parameters: padding"
SIZE = "Lecture 1, Size of the feature map"
COUNTING = "Lecture 1, Number of parameters to learn in a convolutional layer"
LENET = "Lecture 2, First CNN: LeNet-5"
TYPICAL = "Lecture 2, A typical CNN architecture"
KERNELS = "Lecture 2, Convolution operation with kernels"
VOLUMES = "Lecture 1, Convolutional operation: volumes"
STRIDE = "Lecture 2, Convolutional layer parameters: stride"
TRAINING = "Lecture 2, Training: learn kernel weights"


def zeros_behind(layers: list[Layer]) -> list[Layer]:
    """Convolutions that were padded aren't, and what they lost is put on behind them."""
    padded = [part for part in every("Conv2D")(layers) if part["config"]["padding"] == "same"]
    longer = adding(
        lambda _: padded, lambda part: layer("ZeroPadding2D", padding=part["config"]["kernel_size"][0] // 2)
    )
    return setting(lambda _: padded, padding="valid")(longer(layers))


computes(padding_after, zeros_behind, "lenet_same", "vgg_small")

valid_for_same = idea(
    "models.valid_for_same",
    belief="A convolution that says nothing about padding keeps the size.",
    hint='Keras\'s default is "valid", which loses a border. Which convolutions are to keep the size?',
    lecture=PADDING,
)


for _place in range(3):
    has_other_layers(valid_for_same, setting(nth("Conv2D", _place), padding="valid"), "vgg_small", "vgg16")
    has_other_layers(valid_for_same, setting(nth("Conv2D", _place + 1), padding="valid"), "alexnet")
has_other_layers(valid_for_same, setting(nth("Conv2D", 0), padding="valid"), "lenet_same")

valid_everywhere = idea(
    "models.valid_everywhere",
    belief="A chain of convolutions needs no padding.",
    hint="Follow one side of the image through `model.summary()`, down to the last map. How much of it do the borders "
    "eat, and how much do the poolings?",
    lecture=PADDING,
)
has_other_layers(valid_everywhere, setting(every("Conv2D"), padding="valid"), "vgg16", "alexnet")

same_for_valid = idea(
    "models.same_for_valid",
    belief="C1 is padded.",
    hint="Here the image brings its own frame of 32×32, and nothing is padded.",
    lecture=PADDING,
)
has_other_layers(same_for_valid, settings("C1", padding="same"), "lenet_valid")

padded_everywhere = idea(
    "models.padded_everywhere",
    belief="Both convolutions are padded.",
    hint="C3 never is: its maps lose four rows and four columns. Look at the shapes in `model.summary()`.",
    lecture=PADDING,
)
has_other_layers(padded_everywhere, settings("C1", "C3", padding="same"), *LENETS)

first_layer_of_alexnet = idea(
    "models.alexnet_without_padding",
    belief="AlexNet's first layer takes 224×224 pixels as they are.",
    hint="Count its steps: (224 - 11) / 4 doesn't come out even, and one pixel too few goes on down to the last map. "
    "How large is that in the table?",
    lecture=SIZE,
)
has_other_layers(first_layer_of_alexnet, setting(nth("Conv2D", 0), padding="valid"), "alexnet")

no_biases = idea(
    "models.biases_off",
    belief="The layers have no biases.",
    hint="Each kernel and each unit has one: leave `use_bias` as it is.",
    lecture=COUNTING,
)


ALL = (*RUN, "vgg16", "alexnet")  # their layers are


has_other_layers(no_biases, setting(every("Conv2D", "Dense"), use_bias=False), *ALL)

dense_missing = idea(
    "models.dense_missing",
    belief="One dense layer less does it, between the maps and the output.",
    hint="Compare `model.summary()` with the table line by line, from the flattened row on.",
    lecture=LENET,
)
has_other_layers(dense_missing, dropping(nth("Dense", -2)), *ALL)
has_other_layers(dense_missing, dropping(nth("Dense", 0)), *LENETS)

dense_added = idea(
    "models.dense_added",
    belief="One more hidden dense layer can't hurt.",
    hint="Compare `model.summary()` with the table line by line, from the flattened row on.",
    lecture=LENET,
)
has_other_layers(dense_added, adding(nth("Dense", -2), lambda part: part), *ALL)

flat_is_a_layer = idea(
    "models.flat_is_a_layer",
    belief="The flattened row is a dense layer as well.",
    hint="The row has no weights: `layers.Flatten()` only writes the maps in one line.",
    lecture=LENET,
)


def as_many_units_as_inputs(layers: list[Layer]) -> list[Layer]:
    """A dense layer behind the flattened row, as wide as that."""
    widths = [
        size for part, size in zip(layers, sizes_of(layers), strict=True) if part["class_name"] == "Flatten"
    ]
    return adding(every("Flatten"), lambda _: layer("Dense", units=widths[0][0], activation="relu"))(layers)


has_other_layers(flat_is_a_layer, as_many_units_as_inputs, *ALL)

pooling_missing = idea(
    "models.last_pooling_missing",
    belief="The maps of the last convolution go straight to the dense layers.",
    hint="How large are the last maps in the table, and in `model.summary()`? And how many inputs has the first dense "
    "layer then?",
    lecture=TYPICAL,
)


POOLINGS = ("MaxPooling2D", "AveragePooling2D")


has_other_layers(pooling_missing, dropping(lambda layers: every(*POOLINGS)(layers)[-1:]), *ALL)

kernels_of_three = idea(
    "models.kernels_of_three",
    belief="Kernels are 3×3.",
    hint="They are in most networks today. What does the table say?",
    lecture=LENET,
)
has_other_layers(kernels_of_three, settings("C1", "C3", kernel_size=[3, 3]), *LENETS)

one_by_one = idea(
    "models.one_by_one",
    belief="A convolution more adds depth, whatever the size of its kernel: 1×1.",
    hint="A kernel of 1×1 looks at one pixel, and mixes its channels. Which column of the paper's table has some, and "
    "which one is asked for?",
    lecture=KERNELS,
)
convolution_missing = idea(
    "models.convolution_missing",
    belief="A block has about that many convolutions.",
    hint="Count the convolutions between two poolings, block by block, beside the paper's table.",
    lecture=TYPICAL,
)
narrow_kernel = idea(
    "models.narrow_kernel",
    belief="A slip of one digit in one kernel would show in the shapes.",
    hint='With "same" padding no kernel changes a shape. Its weights do tell: divide each convolution\'s count in '
    "`model.summary()` by its channels and filters.",
    lecture=COUNTING,
)


CONVOLUTIONS = {"vgg_small": 6, "vgg16": 13, "alexnet": 5}  # how many there are


for _name, _count in CONVOLUTIONS.items():
    _convolutions = [nth("Conv2D", place) for place in range(_count)]
    for _convolution in _convolutions if _name != "alexnet" else ():
        has_other_layers(one_by_one, setting(_convolution, kernel_size=[1, 1]), _name)
    for _convolution in _convolutions if _name != "alexnet" else ():
        has_other_layers(narrow_kernel, setting(_convolution, kernel_size=[3, 2]), _name)
    for _convolution in _convolutions:
        has_other_layers(convolution_missing, dropping(_convolution), _name)


LAST_OF_THREE = named(*(f"block{number}_conv3" for number in (3, 4, 5)))  # 1×1 in column C of VGG's table


has_other_layers(one_by_one, setting(LAST_OF_THREE, kernel_size=[1, 1]), "vgg16")

normalised = idea(
    "models.batch_normalised",
    belief="Every convolution is followed by a batch normalisation.",
    hint="That came later, and it has weights of its own: four for each map, two of which are moving averages. Does the "
    "question ask for it?",
    lecture=TYPICAL,
)
has_other_layers(normalised, adding(every("Conv2D"), lambda _: layer("BatchNormalization")), *ALL)
has_other_layers(normalised, adding(WITH_ACTIVATION, lambda _: layer("BatchNormalization")), *ALL)

input_channels = idea(
    "models.input_channels",
    belief="The number of colours makes no difference to a network.",
    hint="A kernel spans every channel of its input. How many have the images here?",
    lecture=VOLUMES,
)
has_other_layers(input_channels, images(None, None, 3), *LENETS)
has_other_layers(input_channels, images(None, None, 1), "vgg_small", "vgg16", "alexnet")

strides_on_convolution = idea(
    "models.strides_on_the_convolution",
    belief="It doesn't matter which of the two takes the strides, the convolution or its pooling.",
    hint="Both make maps smaller, but a pooling that moves by one pixel makes them smaller still by one. Where does the "
    "table put the stride?",
    lecture=STRIDE,
)


def strides_before_poolings(layers: list[Layer]) -> list[Layer]:
    """The convolution before a pooling takes two steps at a time, and the pooling one."""
    for part, following in pairwise(layers):
        if following["class_name"] in POOLINGS:
            part["config"]["strides"], following["config"]["strides"] = [2, 2], [1, 1]
    return layers


has_other_layers(strides_on_convolution, strides_before_poolings, *RUN, "vgg16")

frozen = idea(
    "models.frozen_layers",
    belief="A layer learns, whatever its `trainable` says.",
    hint="`model.summary()` counts the weights that are not trained. Which layers do they belong to, and who set "
    "`trainable` to False there?",
    lecture=TRAINING,
)
trains_less(frozen, setting(every("Conv2D"), trainable=False), *ALL)
trains_less(frozen, setting(WITH_ACTIVATION, trainable=False), *ALL)
trains_less(frozen, setting(every("Conv2D", "Dense"), trainable=False), *ALL)
for _kind, _places in {"Conv2D": (0, 1, -1), "Dense": (0, 1, -1)}.items():
    for _place in _places:
        trains_less(frozen, setting(nth(_kind, _place), trainable=False), *ALL)
