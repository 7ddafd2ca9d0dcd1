"""Receptive fields."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from grader.tasks.arithmetic.volumes import Made
from grader.tasks.drawn import Case, OneOf
from grader.tasks.layers.shapes.sizes import dilation_ignored, dilation_times_kernel
from grader.tasks.small import shapes
from grader.tasks.task import idea, task

FIELD = "Lecture 5, Convolutional vs fully connected layers: receptive field"


@task(
    hidden={
        "strides": (
            Case(
                "Convolutions and poolings",
                (Made(((5, 1, 1), (2, 2, 1), (OneOf((3, 5, 7)), 1, 1), (2, 2, 1))),),
            ),
            Case(
                "A deeper network",
                (
                    Made(
                        (
                            (5, 2, 1),
                            (3, 2, 1),
                            (OneOf((3, 5)), 1, 1),
                            (3, OneOf((2, 3)), 1),
                            (OneOf((3, 5)), 1, 1),
                        )
                    ),
                ),
            ),
        ),
        "dilated": (
            Case(
                "Dilations that grow",
                (Made(((3, 1, 1), (OneOf((3, 5)), 1, 2), (3, 1, 4), (3, 1, OneOf((8, 6))))),),
            ),
            Case("Strides and dilations", (Made(((3, 2, 1), (OneOf((3, 5)), 1, OneOf((2, 3))), (3, 2, 2))),)),
        ),
    },
    small=shapes(
        (((3, 1, 1),),),
        (((3, 1, 1), (3, 1, 1)),),
        (((3, 2, 1), (3, 1, 1)),),
        (((2, 2, 1), (3, 1, 1)),),
        (((3, 1, 2),),),
        (((3, 2, 1), (3, 2, 1), (3, 1, 2)),),
    ),
)
def receptive_field(layers: Sequence[tuple[int, int, int]]) -> int:
    """How many pixels of the image, along one axis, a unit behind these layers can see; (size, strides, dilation) each.

    >>> receptive_field([(5, 1, 1), (2, 2, 1), (5, 1, 1), (2, 2, 1), (5, 1, 1)])  # LeNet, up to C5
    32
    """
    field, apart = 1, 1
    for kernel_size, strides, dilation_rate in layers:
        field += (kernel_size - 1) * dilation_rate * apart
        apart *= strides
    return field


@receptive_field.wrongly(dilation_ignored)
def dilation_ignored_receptive_field(layers: Any) -> int:
    return receptive_field([(kernel_size, strides, 1) for kernel_size, strides, _ in layers])


@receptive_field.wrongly(dilation_times_kernel)
def dilation_times_kernel_receptive_field(layers: Any) -> int:
    return receptive_field(
        [(kernel_size * dilation, strides, 1) for kernel_size, strides, dilation in layers]
    )


def _field(
    layers: Any,
    reach: Callable[[int, int], int] = lambda k, d: (k - 1) * d,
    first: bool = False,
    strided: bool = True,
) -> int:
    field, apart = 1, 1
    for kernel_size, strides, dilation_rate in layers:
        apart *= strides if first and strided else 1
        field += reach(kernel_size, dilation_rate) * apart
        apart *= strides if strided and not first else 1
    return field


@receptive_field.wrongly(
    idea(
        "field.strides_ignored",
        belief="Each layer adds k - 1 pixels.",
        hint="Behind a stride of 2 two neighbours look at places two pixels apart. How far does a kernel of 3 reach there?",
        lecture=FIELD,
    )
)
def field_strides(layers: Any) -> int:
    return _field(layers, strided=False)


@receptive_field.wrongly(
    idea(
        "field.own_stride_counted",
        belief="A layer's own stride spreads its own taps.",
        hint="The stride is the distance between two outputs of the layer. Who reads those?",
        lecture=FIELD,
    )
)
def own_stride(layers: Any) -> int:
    return _field(layers, first=True)


@receptive_field.wrongly(
    idea(
        "field.kernels_added",
        belief="The receptive fields of the layers add up.",
        hint="Two kernels of 3 in a row: draw them. Their windows overlap, so they see 5 pixels, not 6.",
        lecture=FIELD,
    )
)
def kernels_added(layers: Any) -> int:
    return _field(layers, reach=lambda k, d: (k - 1) * d + 1) - 1


@receptive_field.wrongly(
    idea(
        "field.last_kernel_alone",
        belief="A unit sees as many pixels as its kernel is wide.",
        hint="That many of the layer before it. And each of those sees several pixels of the image.",
        lecture=FIELD,
    )
)
def last_kernel(layers: Any) -> int:
    return receptive_field(layers[-1:])
