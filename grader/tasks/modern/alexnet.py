"""AlexNet: its sizes, and the network."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from grader.tasks.drawn import Case, Whole
from grader.tasks.layers.shapes.sizes import conv_output_size
from grader.tasks.networks import network
from grader.tasks.small import shapes
from grader.tasks.task import idea, task
from kerasnets import numpy_layers

POOLING = "Lecture 2, Pooling layer"
SIZE = "Lecture 1, Size of the feature map"
STRIDE = "Lecture 2, Convolutional layer parameters: stride"
PADDING = "Lecture 2, Convolutional layer parameters: padding"


def sizes(padding: str, *residues: int) -> tuple[Case, ...]:
    """Images whose sides leave these rests when they are divided by 32: then every pooling meets what it is to meet."""
    return tuple(
        Case(f"A small or a large image, {padding}", (Whole(160 + rest, 384 + rest, step=32),), (("padding", padding),))
        for rest in residues
    )  # fmt: skip


@task(
    hidden={"valid": sizes("valid", 3, 9, 17), "same": sizes("same", 0, 6, 21)},
    small=[
        *shapes((67,), (79,), (75,), (99,), (131,), (199,), padding="valid"),
        *shapes((60,), (57,), (63,), (92,), padding="same"),
    ],
)
def alexnet_activation_sizes(size: int, padding: str) -> dict[str, tuple[int, ...]]:
    """The shape of one image's activation after each layer of AlexNet (Krizhevsky et al. 2012, figure 2, on one processor).

    >>> [alexnet_activation_sizes(227, "valid")[name] for name in ("conv1", "pool5", "flat")]
    [(55, 55, 96), (6, 6, 256), (9216,)]
    """

    def maps(n: int, filters: int) -> tuple[int, int, int]:
        return n, n, filters

    def pooled(n: int) -> int:
        return numpy_layers.conv_output_size(n, 3, 2)

    conv1 = numpy_layers.conv_output_size(size, 11, 4, padding)
    pool1 = pooled(conv1)
    pool2 = pooled(pool1)
    pool5 = pooled(pool2)
    return {
        "image": maps(size, 3),
        "conv1": maps(conv1, 96),
        "pool1": maps(pool1, 96),
        "conv2": maps(pool1, 256),
        "pool2": maps(pool2, 256),
        "conv3": maps(pool2, 384),
        "conv4": maps(pool2, 384),
        "conv5": maps(pool2, 256),
        "pool5": maps(pool5, 256),
        "flat": (pool5 * pool5 * 256,),
        "fc6": (4096,),
        "fc7": (4096,),
        "output": (1000,),
    }


@network("a6_modern_architectures", run=False)
def alexnet() -> Any:
    """AlexNet (Krizhevsky, Sutskever, Hinton 2012) for images of 224×224, on one processor: 62,378,344 weights.

    The first layer is padded, so that its maps are 56×56 and the others as large as in the paper: 27, 13 and 6.
    """
    import keras
    from keras import layers

    convolve = partial(layers.Conv2D, padding="same", activation="relu")
    return keras.Sequential(
        [
            keras.Input((224, 224, 3)),
            convolve(96, 11, strides=4),  # (N, 56, 56, 96)
            layers.MaxPooling2D(3, strides=2),  # (N, 27, 27, 96)
            convolve(256, 5),
            layers.MaxPooling2D(3, strides=2),  # (N, 13, 13, 256)
            convolve(384, 3),
            convolve(384, 3),
            convolve(256, 3),
            layers.MaxPooling2D(3, strides=2),  # (N, 6, 6, 256)
            layers.Flatten(),  # (N, 9216)
            layers.Dense(4096, activation="relu"),
            layers.Dropout(0.5),
            layers.Dense(4096, activation="relu"),
            layers.Dropout(0.5),
            layers.Dense(1000),
        ]
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


@alexnet_activation_sizes.wrongly(
    idea(
        "alexnet.poolings_side_by_side",
        belief="Pooling takes windows of 2×2 side by side, which halves a map.",
        hint="These windows are 3 wide and 2 apart: they overlap. How many fit on a row of 8 pixels?",
        lecture=POOLING,
    )
)
def side_by_side(size: int, padding: str) -> Any:
    return _alexnet(size, padding, lambda n: n // 2)


@alexnet_activation_sizes.wrongly(
    idea(
        "alexnet.plus_one_forgotten",
        belief="As many windows fit as strides go into what the kernel leaves of the row.",
        hint="On a row of 11 pixels, how many kernels of 11 fit: none, or one? That one has its place before the first step.",
        lecture=SIZE,
    )
)
def plus_one_forgotten(size: int, padding: str) -> Any:
    conv1 = (size - 11) // 4 if padding == "valid" else None
    return _alexnet(size, padding, lambda n: (n - 3) // 2, conv1)


@alexnet_activation_sizes.wrongly(
    idea(
        "alexnet.stride_forgotten",
        belief="The first convolution moves by one pixel, as convolutions do.",
        hint="Read its line in the table again: from one window to the next it moves by more.",
        lecture=STRIDE,
    )
)
def stride_forgotten(size: int, padding: str) -> Any:
    return _alexnet(size, padding, conv1=size - 10 if padding == "valid" else None)


@alexnet_activation_sizes.wrongly(
    idea(
        "alexnet.padding_ignored",
        belief="A kernel of 11 takes its border, whatever the padding.",
        hint='With "same" padding the windows begin outside: at stride s, n pixels give as many windows as there are steps of s '
        "in n, the last one begun counting too.",
        lecture=PADDING,
    )
)
def padding_ignored(size: int, padding: str) -> Any:
    return alexnet_activation_sizes(size, "valid")


@alexnet_activation_sizes.wrongly(
    idea(
        "alexnet.same_rounds_down",
        belief='At stride 4, "same" padding gives a fourth of the pixels, rounded down.',
        hint="With five pixels and a stride of 4, a window stands at the first pixel and one at the fifth: how many are these?",
        lecture=PADDING,
    )
)
def same_rounds_down(size: int, padding: str) -> Any:
    return _alexnet(size, padding, conv1=size // 4 if padding == "same" else None)


@alexnet_activation_sizes.wrongly(
    idea(
        "alexnet.same_keeps_the_size",
        belief='"same" keeps the size of the image, as its name says.',
        hint="That holds at stride 1. What does a stride of 4 do, however much is padded?",
        lecture=STRIDE,
    )
)
def same_keeps_size(size: int, padding: str) -> Any:
    return _alexnet(size, padding, conv1=size if padding == "same" else None)


@alexnet_activation_sizes.wrongly(
    idea(
        "alexnet.every_convolution_valid",
        belief="No convolution of AlexNet is padded.",
        hint="Which column of the table says how the second to the fifth convolution are padded?",
        lecture=PADDING,
    )
)
def valid_throughout(size: int, padding: str) -> Any:
    return _alexnet(size, padding, lost=True)
