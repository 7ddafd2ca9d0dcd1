"""Wrong ideas about networks in Keras: what their layers compute, what they are made of, what is trained."""

from __future__ import annotations

from itertools import pairwise

from grader.misconceptions.changes import (
    CHANGES,
    Change,
    Layer,
    Which,
    adding,
    after,
    both,
    chain,
    computes,
    configuration,
    dropping,
    every,
    has_other_layers,
    hidden,
    images,
    kinds,
    layer,
    layers_of,
    named,
    nth,
    setting,
    settings,
    sizes_of,
    trains_less,
)
from grader.misconceptions.idea import idea

__all__ = ["CHANGES", "after", "chain", "configuration", "images", "kinds", "layer", "layers_of", "settings"]

COUNTING = "Lecture 1, Number of parameters to learn in a convolutional layer"
BLOCKS = "Lecture 1, Convolutional building blocks"
SIZE = "Lecture 1, Size of the feature map"
VOLUMES = "Lecture 1, Convolutional operation: volumes"
KERNELS = "Lecture 2, Convolution operation with kernels"
POOLING = "Lecture 2, Types of pooling"
PADDING = "Lecture 2, Convolutional layer parameters: padding"
STRIDE = "Lecture 2, Convolutional layer parameters: stride"
LENET = "Lecture 2, First CNN: LeNet-5"
TYPICAL = "Lecture 2, A typical CNN architecture"
TRAINING = "Lecture 2, Training: learn kernel weights"

LENETS = ("lenet_same", "lenet_valid")
RUN = (*LENETS, "vgg_small")  # their outputs are compared
ALL = (*RUN, "vgg16", "alexnet")  # their layers are
CONVOLUTIONS = {"vgg_small": 6, "vgg16": 13, "alexnet": 5}  # how many there are

# What the layers compute ------------------------------------------------------------------------------------

no_activation = idea(
    "models.no_activation",
    belief="Convolutions and dense layers follow each other directly.",
    hint="Without `activation=` a layer is linear, and a chain of linear layers is one linear layer. "
    "Which layers of the table have an activation?",
    lecture=BLOCKS,
)
linear_convolutions = idea(
    "models.convolutions_linear",
    belief="Activations belong to the dense layers; a convolution is followed by its pooling.",
    hint="Read the question's list again: the convolutions are in it. The activation stands between convolution and "
    "pooling.",
    lecture=BLOCKS,
)
linear_dense = idea(
    "models.dense_linear",
    belief="Activations belong to the convolutions; the dense layers only add up.",
    hint="Dense layers without anything between them are one. The hidden ones have an activation too.",
    lecture=BLOCKS,
)
activation_twice = idea(
    "models.activation_twice",
    belief="The layer has its activation, and an activation layer follows.",
    hint="For a ReLU that changes nothing. What is tanh(tanh(2)), compared with tanh(2)?",
    lecture=BLOCKS,
)
relu6 = idea(
    "models.relu6",
    belief="ReLU6 is the ReLU of convolutional networks.",
    hint="Draw both: what becomes of 10? Some networks for telephones cut there; does the question ask for that?",
    lecture=BLOCKS,
)
tanh_for_relu = idea(
    "models.tanh_for_relu",
    belief="LeNet's activation is tanh.",
    hint="In 1998 it was. Which activation does this question ask for?",
    lecture=LENET,
)
relu_for_tanh = idea(
    "models.relu_for_tanh",
    belief="Every modern network uses ReLU, and so does this one.",
    hint="This is the network of 1998: which activation does the question name?",
    lecture=LENET,
)
average_for_max = idea(
    "models.average_for_max",
    belief="Pooling takes the average of a window.",
    hint="There are two kinds of pooling. Compare the layer you use with the one that the question names.",
    lecture=POOLING,
)
max_for_average = idea(
    "models.max_for_average",
    belief="Pooling takes the maximum of a window.",
    hint="The older kind of pooling lets every pixel of the window have a say: which layer is that?",
    lecture=POOLING,
)
form_of_1998 = idea(
    "models.form_of_1998",
    belief="LeNet is LeNet: tanh and average pooling, as in the paper.",
    hint="This question asks for today's form. Two kinds of layers are others: which?",
    lecture=LENET,
)
modern_form = idea(
    "models.modern_form",
    belief="LeNet is LeNet: ReLU and max pooling, as everyone builds it.",
    hint="This question asks for the paper's form. Two kinds of layers are others: which?",
    lecture=LENET,
)
no_softmax = idea(
    "models.softmax_missing",
    belief="The last dense layer gives the probabilities.",
    hint="Add up the ten outputs of one image: do they make 1? What turns ten numbers into ten probabilities?",
    lecture=TYPICAL,
)
softmax_twice = idea(
    "models.softmax_twice",
    belief="A softmax more can't hurt: probabilities stay probabilities.",
    hint="Softmax of probabilities, which all lie between 0 and 1, is almost the same for every class. Use it once.",
    lecture=TYPICAL,
)
sigmoid_output = idea(
    "models.sigmoid_output",
    belief="Each output unit is a probability of its own: sigmoid.",
    hint="An image shows one thing only, so the probabilities add up to 1. Which activation sees all of them?",
    lecture=TYPICAL,
)
axes_exchanged = idea(
    "models.rows_and_columns_exchanged",
    belief="The first axis of an image runs across it, so I turn it first.",
    hint="Images are (N, H, W, C), kernels (KH, KW, C, K): rows first in both. Weights that learnt to see upright digits "
    "meet which digits in your network?",
    lecture=KERNELS,
)
transposed_convolution = idea(
    "models.transposed_convolution",
    belief="`Conv2DTranspose` is a convolution, too.",
    hint="It is the layer that carries gradients back, as a layer of its own: its kernel stands on its head, and where a "
    "convolution shrinks a map it makes one larger.",
    lecture=KERNELS,
)
dilated = idea(
    "models.dilated",
    belief="`dilation_rate=2` only makes a kernel look further.",
    hint="That it does: between its taps it skips pixels. What does the question say about dilation?",
    lecture=KERNELS,
)
padding_after = idea(
    "models.padding_after_convolution",
    belief="`ZeroPadding2D` belongs behind its convolution: there it gives the size back.",
    hint="The shapes in `model.summary()` are right, the border isn't: which pixels should the kernel see there, and "
    "when do the zeros have to be in place for that?",
    lecture=PADDING,
)


WITH_ACTIVATION = hidden("Conv2D", "Dense")
OUTPUT = nth("Dense", -1)
linear = setting(WITH_ACTIVATION, activation="linear")
tanh, relu = (setting(WITH_ACTIVATION, activation=name) for name in ("tanh", "relu"))
average_pooling, max_pooling = kinds(MaxPooling2D="AveragePooling2D"), kinds(AveragePooling2D="MaxPooling2D")


def zeros_behind(layers: list[Layer]) -> list[Layer]:
    """Convolutions that were padded aren't, and what they lost is put on behind them."""
    padded = [part for part in every("Conv2D")(layers) if part["config"]["padding"] == "same"]
    longer = adding(
        lambda _: padded, lambda part: layer("ZeroPadding2D", padding=part["config"]["kernel_size"][0] // 2)
    )
    return setting(lambda _: padded, padding="valid")(longer(layers))


def transposed(which: Which) -> Change:
    """These convolutions become transposed ones."""

    def change(layers: list[Layer]) -> list[Layer]:
        for part in which(layers):
            known = {
                key: part["config"][key]
                for key in ("name", "filters", "kernel_size", "padding", "activation")
            }
            part |= layer("Conv2DTranspose", **known)
        return layers

    return change


computes(no_activation, linear, *RUN)
computes(linear_convolutions, setting(every("Conv2D"), activation="linear"), *RUN)
computes(linear_dense, setting(hidden("Dense"), activation="linear"), *RUN)
computes(
    activation_twice, adding(WITH_ACTIVATION, lambda _: layer("Activation", activation="tanh")), "lenet_valid"
)
computes(relu6, setting(WITH_ACTIVATION, activation="relu6"), "lenet_same", "vgg_small")
computes(tanh_for_relu, tanh, "lenet_same")
computes(relu_for_tanh, relu, "lenet_valid")
computes(average_for_max, average_pooling, "lenet_same", "vgg_small")
computes(max_for_average, max_pooling, "lenet_valid")
computes(form_of_1998, both(tanh, average_pooling), "lenet_same")
computes(modern_form, both(relu, max_pooling), "lenet_valid")
computes(no_softmax, setting(OUTPUT, activation="linear"), *RUN)
computes(softmax_twice, adding(OUTPUT, lambda _: layer("Softmax")), *RUN)
computes(sigmoid_output, setting(OUTPUT, activation="sigmoid"), *RUN)
computes(axes_exchanged, adding(every("InputLayer"), lambda _: layer("Permute", dims=[2, 1, 3])), *RUN)
computes(transposed_convolution, transposed(nth("Conv2D", 0)), "lenet_same")
computes(dilated, setting(nth("Conv2D", 0), dilation_rate=[2, 2]), "lenet_same", "vgg_small")
computes(dilated, setting(every("Conv2D"), dilation_rate=[2, 2]), "vgg_small")
computes(padding_after, zeros_behind, "lenet_same", "vgg_small")

# What they are made of --------------------------------------------------------------------------------------

valid_for_same = idea(
    "models.valid_for_same",
    belief="A convolution that says nothing about padding keeps the size.",
    hint='Keras\'s default is "valid", which loses a border. Which convolutions are to keep the size?',
    lecture=PADDING,
)
valid_everywhere = idea(
    "models.valid_everywhere",
    belief="A chain of convolutions needs no padding.",
    hint="Follow one side of the image through `model.summary()`, down to the last map. How much of it do the borders "
    "eat, and how much do the poolings?",
    lecture=PADDING,
)
same_for_valid = idea(
    "models.same_for_valid",
    belief="C1 is padded.",
    hint="Here the image brings its own frame of 32×32, and nothing is padded.",
    lecture=PADDING,
)
padded_everywhere = idea(
    "models.padded_everywhere",
    belief="Both convolutions are padded.",
    hint="C3 never is: its maps lose four rows and four columns. Look at the shapes in `model.summary()`.",
    lecture=PADDING,
)
first_layer_of_alexnet = idea(
    "models.alexnet_without_padding",
    belief="AlexNet's first layer takes 224×224 pixels as they are.",
    hint="Count its steps: (224 - 11) / 4 doesn't come out even, and one pixel too few goes on down to the last map. "
    "How large is that in the table?",
    lecture=SIZE,
)
no_biases = idea(
    "models.biases_off",
    belief="The layers have no biases.",
    hint="Each kernel and each unit has one: leave `use_bias` as it is.",
    lecture=COUNTING,
)
dense_missing = idea(
    "models.dense_missing",
    belief="One dense layer less does it, between the maps and the output.",
    hint="Compare `model.summary()` with the table line by line, from the flattened row on.",
    lecture=LENET,
)
dense_added = idea(
    "models.dense_added",
    belief="One more hidden dense layer can't hurt.",
    hint="Compare `model.summary()` with the table line by line, from the flattened row on.",
    lecture=LENET,
)
flat_is_a_layer = idea(
    "models.flat_is_a_layer",
    belief="The flattened row is a dense layer as well.",
    hint="The row has no weights: `layers.Flatten()` only writes the maps in one line.",
    lecture=LENET,
)
pooling_missing = idea(
    "models.last_pooling_missing",
    belief="The maps of the last convolution go straight to the dense layers.",
    hint="How large are the last maps in the table, and in `model.summary()`? And how many inputs has the first dense "
    "layer then?",
    lecture=TYPICAL,
)
kernels_of_three = idea(
    "models.kernels_of_three",
    belief="Kernels are 3×3.",
    hint="They are in most networks today. What does the table say?",
    lecture=LENET,
)
one_by_one = idea(
    "models.one_by_one",
    belief="A convolution more adds depth, whatever the size of its kernel: 1×1.",
    hint="A kernel of 1×1 looks at one pixel, and mixes its channels. Which column of the paper's table has some, and "
    "which one is asked for?",
    lecture=KERNELS,
)
narrow_kernel = idea(
    "models.narrow_kernel",
    belief="A slip of one digit in one kernel would show in the shapes.",
    hint='With "same" padding no kernel changes a shape. Its weights do tell: divide each convolution\'s count in '
    "`model.summary()` by its channels and filters.",
    lecture=COUNTING,
)
convolution_missing = idea(
    "models.convolution_missing",
    belief="A block has about that many convolutions.",
    hint="Count the convolutions between two poolings, block by block, beside the paper's table.",
    lecture=TYPICAL,
)
normalised = idea(
    "models.batch_normalised",
    belief="Every convolution is followed by a batch normalisation.",
    hint="That came later, and it has weights of its own: four for each map, two of which are moving averages. Does the "
    "question ask for it?",
    lecture=TYPICAL,
)
input_channels = idea(
    "models.input_channels",
    belief="The number of colours makes no difference to a network.",
    hint="A kernel spans every channel of its input. How many have the images here?",
    lecture=VOLUMES,
)
strides_on_convolution = idea(
    "models.strides_on_the_convolution",
    belief="It doesn't matter which of the two takes the strides, the convolution or its pooling.",
    hint="Both make maps smaller, but a pooling that moves by one pixel makes them smaller still by one. Where does the "
    "table put the stride?",
    lecture=STRIDE,
)


def as_many_units_as_inputs(layers: list[Layer]) -> list[Layer]:
    """A dense layer behind the flattened row, as wide as that."""
    widths = [
        size for part, size in zip(layers, sizes_of(layers), strict=True) if part["class_name"] == "Flatten"
    ]
    return adding(every("Flatten"), lambda _: layer("Dense", units=widths[0][0], activation="relu"))(layers)


def strides_before_poolings(layers: list[Layer]) -> list[Layer]:
    """The convolution before a pooling takes two steps at a time, and the pooling one."""
    for part, following in pairwise(layers):
        if following["class_name"] in POOLINGS:
            part["config"]["strides"], following["config"]["strides"] = [2, 2], [1, 1]
    return layers


POOLINGS = ("MaxPooling2D", "AveragePooling2D")
LAST_OF_THREE = named(*(f"block{number}_conv3" for number in (3, 4, 5)))  # 1×1 in column C of VGG's table

for _place in range(3):
    has_other_layers(valid_for_same, setting(nth("Conv2D", _place), padding="valid"), "vgg_small", "vgg16")
    has_other_layers(valid_for_same, setting(nth("Conv2D", _place + 1), padding="valid"), "alexnet")
has_other_layers(valid_for_same, setting(nth("Conv2D", 0), padding="valid"), "lenet_same")
has_other_layers(valid_everywhere, setting(every("Conv2D"), padding="valid"), "vgg16", "alexnet")
has_other_layers(same_for_valid, settings("C1", padding="same"), "lenet_valid")
has_other_layers(padded_everywhere, settings("C1", "C3", padding="same"), *LENETS)
has_other_layers(first_layer_of_alexnet, setting(nth("Conv2D", 0), padding="valid"), "alexnet")
has_other_layers(no_biases, setting(every("Conv2D", "Dense"), use_bias=False), *ALL)
has_other_layers(dense_missing, dropping(nth("Dense", -2)), *ALL)
has_other_layers(dense_missing, dropping(nth("Dense", 0)), *LENETS)
has_other_layers(dense_added, adding(nth("Dense", -2), lambda part: part), *ALL)
has_other_layers(flat_is_a_layer, as_many_units_as_inputs, *ALL)
has_other_layers(pooling_missing, dropping(lambda layers: every(*POOLINGS)(layers)[-1:]), *ALL)
has_other_layers(kernels_of_three, settings("C1", "C3", kernel_size=[3, 3]), *LENETS)
has_other_layers(normalised, adding(every("Conv2D"), lambda _: layer("BatchNormalization")), *ALL)
has_other_layers(normalised, adding(WITH_ACTIVATION, lambda _: layer("BatchNormalization")), *ALL)
has_other_layers(input_channels, images(None, None, 3), *LENETS)
has_other_layers(input_channels, images(None, None, 1), "vgg_small", "vgg16", "alexnet")
has_other_layers(strides_on_convolution, strides_before_poolings, *RUN, "vgg16")
for _name, _count in CONVOLUTIONS.items():
    for _place in range(_count):
        has_other_layers(convolution_missing, dropping(nth("Conv2D", _place)), _name)
        if _name != "alexnet":
            has_other_layers(one_by_one, setting(nth("Conv2D", _place), kernel_size=[1, 1]), _name)
            has_other_layers(narrow_kernel, setting(nth("Conv2D", _place), kernel_size=[3, 2]), _name)
has_other_layers(one_by_one, setting(LAST_OF_THREE, kernel_size=[1, 1]), "vgg16")

# What is trained --------------------------------------------------------------------------------------------

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
