"""LeNet-5 in the two forms that are asked for, and wrong ideas about what the layers of a network compute."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.tasks.drawn import Case, Normal
from grader.tasks.networks import (
    Change,
    Layer,
    Which,
    adding,
    both,
    computes,
    every,
    hidden,
    kinds,
    layer,
    network,
    nth,
    setting,
)
from grader.tasks.task import idea
from grader.tasks.trained import held_out_digits, trained

BLOCKS = "Lecture 1, Convolutional building blocks"
LENET = "Lecture 2, First CNN: LeNet-5"
POOLING = "Lecture 2, Types of pooling"
TYPICAL = "Lecture 2, A typical CNN architecture"
KERNELS = "Lecture 2, Convolution operation with kernels"
PADDING = "Lecture 2, Convolutional layer parameters: padding"


def in_a_corner(image: np.ndarray, down: int, right: int) -> np.ndarray:
    """An image (H, W, C) moved until what is drawn on it meets two sides: the lower one (1) or the upper (0), and so on.

    >>> in_a_corner(np.array([[0, 0, 0], [0, 7, 0]])[..., None], 0, 1)[..., 0].tolist()
    [[0, 0, 7], [0, 0, 0]]
    """
    rows, columns = (np.flatnonzero(image.any(axis=(other, 2))) for other in (1, 0))
    height, width, _ = image.shape
    shift = (height - 1 - rows[-1] if down else -rows[0], width - 1 - columns[-1] if right else -columns[0])
    return np.roll(image, shift, axis=(0, 1))


@dataclass(frozen=True)
class Digits:
    """Some of the digits that no student's folder holds, each moved into a corner, in a frame of so many pixels of zeros.

    Their own margin of four pixels would hide what happens at the border.
    """

    count: int
    frame: int = 0

    def draw(self, rng: np.random.Generator) -> np.ndarray:
        images, _ = held_out_digits()
        chosen = images[rng.choice(len(images), self.count, replace=False)]
        moved = [in_a_corner(image, *rng.integers(2, size=2)) for image in chosen]
        sides = (self.frame, self.frame)
        return np.pad(moved, ((0, 0), sides, sides, (0, 0)))


LENET_SHAPES = ((5, 5, 1, 6), (5, 5, 6, 16), (400, 120), (120, 84), (84, 10))


@dataclass(frozen=True)
class RandomWeights:
    """Weights in layer order, kernels of these shapes and biases in turn, float32."""

    shapes: tuple[tuple[int, ...], ...] = LENET_SHAPES

    def draw(self, rng: np.random.Generator) -> list[np.ndarray]:
        arrays = []
        for shape in self.shapes:
            kernel = rng.standard_normal(shape) * (2 / np.prod(shape[:-1])) ** 0.5
            arrays += [kernel, rng.normal(0, 0.2, shape[-1:])]
        return [array.astype(np.float32) for array in arrays]


@dataclass(frozen=True)
class TrainedLenet:
    """The weights of our trained network: nothing is drawn."""

    def draw(self, rng: np.random.Generator) -> list[np.ndarray]:
        return list(trained("lenet5"))


@network(
    "a4_lenet",
    hidden={
        "random": (
            Case("Random weights and images", (RandomWeights(), Normal((6, 28, 28, 1), dtype="float32"))),
        ),
        "trained": (Case("Trained weights, digits in the corners", (TrainedLenet(), Digits(12))),),
    },
    trained_name="trained",
    weights="lenet5",
)
def lenet_same() -> Any:
    from kerasnets.models import lenet5

    return lenet5(form="modern", padding="same", softmax=True)


@network(
    "a4_lenet",
    hidden={
        "random": (
            Case("Random weights and images", (RandomWeights(), Normal((6, 32, 32, 1), dtype="float32"))),
        ),
        "trained": (Case("Trained weights, digits in the corners", (TrainedLenet(), Digits(12, frame=2))),),
    },
    weights="lenet5",
)
def lenet_valid() -> Any:
    from kerasnets.models import lenet5

    return lenet5(form="1998", padding="valid", softmax=True)


VGG_CHANNELS = ((3, 32), (32, 32), (32, 64), (64, 64), (64, 64), (64, 64))
VGG_SHAPES = (*((3, 3, *channels) for channels in VGG_CHANNELS), (1024, 128), (128, 10))


@network(
    hidden={
        "random": (
            Case(
                "Random weights and images",
                (RandomWeights(VGG_SHAPES), Normal((2, 32, 32, 3), dtype="float32")),
            ),
        ),
    }
)
def vgg_small() -> Any:
    from kerasnets.models import vgg_small

    return vgg_small(softmax=True, batch_normalization=False)


no_activation = idea(
    "models.no_activation",
    belief="Convolutions and dense layers follow each other directly.",
    hint="Without `activation=` a layer is linear, and a chain of linear layers is one linear layer. "
    "Which layers of the table have an activation?",
    lecture=BLOCKS,
)


LENETS = ("lenet_same", "lenet_valid")
RUN = (*LENETS, "vgg_small")  # their outputs are compared
WITH_ACTIVATION = hidden("Conv2D", "Dense")
linear = setting(WITH_ACTIVATION, activation="linear")


computes(no_activation, linear, *RUN)

linear_convolutions = idea(
    "models.convolutions_linear",
    belief="Activations belong to the dense layers; a convolution is followed by its pooling.",
    hint="Read the question's list again: the convolutions are in it. The activation stands between convolution and "
    "pooling.",
    lecture=BLOCKS,
)
computes(linear_convolutions, setting(every("Conv2D"), activation="linear"), *RUN)

linear_dense = idea(
    "models.dense_linear",
    belief="Activations belong to the convolutions; the dense layers only add up.",
    hint="Dense layers without anything between them are one. The hidden ones have an activation too.",
    lecture=BLOCKS,
)
computes(linear_dense, setting(hidden("Dense"), activation="linear"), *RUN)

activation_twice = idea(
    "models.activation_twice",
    belief="The layer has its activation, and an activation layer follows.",
    hint="For a ReLU that changes nothing. What is tanh(tanh(2)), compared with tanh(2)?",
    lecture=BLOCKS,
)
computes(
    activation_twice, adding(WITH_ACTIVATION, lambda _: layer("Activation", activation="tanh")), "lenet_valid"
)

relu6 = idea(
    "models.relu6",
    belief="ReLU6 is the ReLU of convolutional networks.",
    hint="Draw both: what becomes of 10? Some networks for telephones cut there; does the question ask for that?",
    lecture=BLOCKS,
)
computes(relu6, setting(WITH_ACTIVATION, activation="relu6"), "lenet_same", "vgg_small")

tanh_for_relu = idea(
    "models.tanh_for_relu",
    belief="LeNet's activation is tanh.",
    hint="In 1998 it was. Which activation does this question ask for?",
    lecture=LENET,
)


tanh, relu = (setting(WITH_ACTIVATION, activation=name) for name in ("tanh", "relu"))


computes(tanh_for_relu, tanh, "lenet_same")

relu_for_tanh = idea(
    "models.relu_for_tanh",
    belief="Every modern network uses ReLU, and so does this one.",
    hint="This is the network of 1998: which activation does the question name?",
    lecture=LENET,
)
computes(relu_for_tanh, relu, "lenet_valid")

average_for_max = idea(
    "models.average_for_max",
    belief="Pooling takes the average of a window.",
    hint="There are two kinds of pooling. Compare the layer you use with the one that the question names.",
    lecture=POOLING,
)


average_pooling, max_pooling = kinds(MaxPooling2D="AveragePooling2D"), kinds(AveragePooling2D="MaxPooling2D")


computes(average_for_max, average_pooling, "lenet_same", "vgg_small")

max_for_average = idea(
    "models.max_for_average",
    belief="Pooling takes the maximum of a window.",
    hint="The older kind of pooling lets every pixel of the window have a say: which layer is that?",
    lecture=POOLING,
)
computes(max_for_average, max_pooling, "lenet_valid")

form_of_1998 = idea(
    "models.form_of_1998",
    belief="LeNet is LeNet: tanh and average pooling, as in the paper.",
    hint="This question asks for today's form. Two kinds of layers are others: which?",
    lecture=LENET,
)
computes(form_of_1998, both(tanh, average_pooling), "lenet_same")

modern_form = idea(
    "models.modern_form",
    belief="LeNet is LeNet: ReLU and max pooling, as everyone builds it.",
    hint="This question asks for the paper's form. Two kinds of layers are others: which?",
    lecture=LENET,
)
computes(modern_form, both(relu, max_pooling), "lenet_valid")

no_softmax = idea(
    "models.softmax_missing",
    belief="The last dense layer gives the probabilities.",
    hint="Add up the ten outputs of one image: do they make 1? What turns ten numbers into ten probabilities?",
    lecture=TYPICAL,
)


OUTPUT = nth("Dense", -1)


computes(no_softmax, setting(OUTPUT, activation="linear"), *RUN)

softmax_twice = idea(
    "models.softmax_twice",
    belief="A softmax more can't hurt: probabilities stay probabilities.",
    hint="Softmax of probabilities, which all lie between 0 and 1, is almost the same for every class. Use it once.",
    lecture=TYPICAL,
)
computes(softmax_twice, adding(OUTPUT, lambda _: layer("Softmax")), *RUN)

sigmoid_output = idea(
    "models.sigmoid_output",
    belief="Each output unit is a probability of its own: sigmoid.",
    hint="An image shows one thing only, so the probabilities add up to 1. Which activation sees all of them?",
    lecture=TYPICAL,
)
computes(sigmoid_output, setting(OUTPUT, activation="sigmoid"), *RUN)

axes_exchanged = idea(
    "models.rows_and_columns_exchanged",
    belief="The first axis of an image runs across it, so I turn it first.",
    hint="Images are (N, H, W, C), kernels (KH, KW, C, K): rows first in both. Weights that learnt to see upright digits "
    "meet which digits in your network?",
    lecture=KERNELS,
)
computes(axes_exchanged, adding(every("InputLayer"), lambda _: layer("Permute", dims=[2, 1, 3])), *RUN)

transposed_convolution = idea(
    "models.transposed_convolution",
    belief="`Conv2DTranspose` is a convolution, too.",
    hint="It is the layer that carries gradients back, as a layer of its own: its kernel stands on its head, and where a "
    "convolution shrinks a map it makes one larger.",
    lecture=KERNELS,
)


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


computes(transposed_convolution, transposed(nth("Conv2D", 0)), "lenet_same")

dilated = idea(
    "models.dilated",
    belief="`dilation_rate=2` only makes a kernel look further.",
    hint="That it does: between its taps it skips pixels. What does the question say about dilation?",
    lecture=KERNELS,
)
computes(dilated, setting(nth("Conv2D", 0), dilation_rate=[2, 2]), "lenet_same", "vgg_small")
computes(dilated, setting(every("Conv2D"), dilation_rate=[2, 2]), "vgg_small")

padding_after = idea(
    "models.padding_after_convolution",
    belief="`ZeroPadding2D` belongs behind its convolution: there it gives the size back.",
    hint="The shapes in `model.summary()` are right, the border isn't: which pixels should the kernel see there, and "
    "when do the zeros have to be in place for that?",
    lecture=PADDING,
)
