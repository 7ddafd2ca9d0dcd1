"""The right answers of the arithmetic of convolution: places, shapes, counts, reach, cost, and what a picture shows."""

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import Any

import numpy as np

from grader.answers.lenet import conv_parameters, dense_parameters
from kerasnets.numpy_layers import conv_output_size, same_padding

Shape = tuple[int, ...]
Layer = tuple[Any, ...]  # ("conv", size, filters, padding), ("pool", size), ("flatten",) or ("dense", units)


# Where a window lies ----------------------------------------------------------------------------------------


def pixels_read(
    position: int,
    size: int,
    kernel_size: int,
    strides: int = 1,
    padding: str | int = "valid",
    dilation_rate: int = 1,
) -> np.ndarray:
    """The places on an axis of `size` pixels that one output reads; those below 0, and from `size` on, are zeros.

    Lecture 1's last exercise: the same size, and other pixels.

    >>> pixels_read(0, 64, 5, 2, padding=2).tolist(), pixels_read(0, 64, 5, 2, padding="same").tolist()
    ([-2, -1, 0, 1, 2], [-1, 0, 1, 2, 3])
    """
    word = same_padding(size, kernel_size, strides, dilation_rate)[0] if padding == "same" else padding
    before = 0 if word == "valid" else int(word)
    return position * strides - before + dilation_rate * np.arange(kernel_size)


# Shapes -----------------------------------------------------------------------------------------------------


def conv_output_shape(
    image_shape: Shape,
    kernel_size: int,
    filters: int,
    strides: int = 1,
    padding: str | int = "valid",
    dilation_rate: int = 1,
) -> Shape:
    """
    >>> conv_output_shape((32, 32, 1), 5, 10)  # lecture 4
    (28, 28, 10)
    """
    height, width, _ = image_shape
    rows, columns = (
        conv_output_size(n, kernel_size, strides, padding, dilation_rate) for n in (height, width)
    )
    return rows, columns, filters


def pool_output_shape(image_shape: Shape, pool_size: int, strides: int | None = None) -> Shape:
    """
    >>> pool_output_shape((480, 640, 32), 2)  # lecture 4
    (240, 320, 32)
    """
    height, width, channels = image_shape
    rows, columns = (conv_output_size(n, pool_size, strides or pool_size) for n in (height, width))
    return rows, columns, channels


def activation_shapes(image_shape: Shape, layers: Sequence[Layer]) -> list[Shape]:
    """The shape of one image's activation after each layer.

    >>> activation_shapes((28, 28, 1), [("conv", 5, 6, "same"), ("pool", 2), ("flatten",), ("dense", 10)])
    [(28, 28, 6), (14, 14, 6), (1176,), (10,)]
    """
    shapes = [image_shape]
    for kind, *options in layers:
        if kind == "conv":
            size, filters, padding = options
            shapes.append(conv_output_shape(shapes[-1], size, filters, 1, padding))
        elif kind == "pool":
            shapes.append(pool_output_shape(shapes[-1], *options))
        else:
            shapes.append((math.prod(shapes[-1]),) if kind == "flatten" else (options[0],))
    return shapes[1:]


# Parameters -------------------------------------------------------------------------------------------------


def fully_connected_parameters(inputs: int, units: Sequence[int]) -> int:
    """
    >>> fully_connected_parameters(1024 * 1024 * 3, (1000, 100, 1))  # lecture 1
    3145829201
    """
    sizes = (inputs, *units)
    return sum(map(dense_parameters, sizes, sizes[1:]))


def convolved_parameters(
    image_shape: Shape, kernel_size: int, filters: int, padding: str, units: Sequence[int]
) -> int:
    """A convolution, and dense layers on its maps.

    >>> [convolved_parameters((1024, 1024, 3), 3, 10, padding, (100, 1)) for padding in ("same", "valid")]
    [1048576481, 1044484481]
    """
    inputs = math.prod(conv_output_shape(image_shape, kernel_size, filters, 1, padding))
    return conv_parameters(kernel_size, image_shape[2], filters) + fully_connected_parameters(inputs, units)


def local_layer(height: int, width: int, kernel_size: int) -> dict[str, int]:
    """What a convolution of one channel has as a layer of units, without padding or bias.

    >>> local_layer(10, 10, 3)  # lecture 4
    {'units': 64, 'connections': 576, 'weights': 9, 'dense weights': 6400}
    """
    units = (height - kernel_size + 1) * (width - kernel_size + 1)
    return {
        "units": units,
        "connections": units * kernel_size**2,
        "weights": kernel_size**2,
        "dense weights": units * height * width,
    }


def parameters_by_layer(image_shape: Shape, layers: Sequence[Layer]) -> list[int]:
    """How many numbers each layer learns.

    >>> parameters_by_layer((28, 28, 1), [("conv", 5, 6, "same"), ("pool", 2), ("flatten",), ("dense", 10)])
    [156, 0, 0, 11770]
    """
    before = [image_shape, *activation_shapes(image_shape, layers)]
    counts: dict[str, Callable[..., int]] = {
        "conv": lambda shape, size, filters, padding: conv_parameters(size, shape[2], filters),
        "dense": lambda shape, units: dense_parameters(shape[0], units),
    }
    return [
        counts[kind](shape, *options) if kind in counts else 0
        for shape, (kind, *options) in zip(before, layers, strict=False)
    ]


# Reach and cost ---------------------------------------------------------------------------------------------


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


def conv_cost(image_shape: Shape, kernel_size: int, filters: int, padding: str) -> dict[str, int]:
    """What a convolution costs one image, at stride 1, in float32.

    >>> conv_cost((28, 28, 1), 5, 6, "same")
    {'products': 117600, 'flops': 235200, 'weight bytes': 624, 'map bytes': 18816}
    """
    outputs = math.prod(conv_output_shape(image_shape, kernel_size, filters, 1, padding))
    products = outputs * kernel_size**2 * image_shape[2]
    return {
        "products": products,
        "flops": 2 * products,
        "weight bytes": 4 * conv_parameters(kernel_size, image_shape[2], filters),
        "map bytes": 4 * outputs,
    }


# What a picture shows ---------------------------------------------------------------------------------------

OPERATIONS = ("max pooling", "average pooling", "convolution")
SIZES, STRIDES, DILATIONS, ZEROS = (2, 3), (1, 2, 3), (1, 2), (0, 1, 2)


def which_operation(
    image: np.ndarray, shown: np.ndarray, kernel: np.ndarray | None = None
) -> tuple[str, int, int, int, int]:
    """(operation, size, strides, dilation, zeros on each side) that makes `shown` of `image`, both matrices.

    >>> image = np.array([[1, 5, 2, 3], [4, 2, 9, 2], [8, 1, 3, 6], [2, 5, 4, 3]])
    >>> which_operation(image, np.array([[3, 4], [4, 4]]))
    ('average pooling', 2, 2, 1, 0)
    """
    found = [row for row in candidates(kernel) if _makes(image, shown, kernel, *row)]
    if len(found) != 1:
        raise ValueError(f"{len(found)} operations make this picture")
    return found[0]


def candidates(kernel: np.ndarray | None) -> Iterator[tuple[str, int, int, int, int]]:
    """With a kernel drawn beside it a picture is of a convolution, without one it is of a pooling."""
    if kernel is None:
        for word, size, strides, zeros in product(OPERATIONS[:2], SIZES, STRIDES, ZEROS):
            if zeros < size:
                yield word, size, strides, 1, zeros
        return
    for strides, dilation, zeros in product(STRIDES, DILATIONS, ZEROS):
        yield "convolution", len(kernel), strides, dilation, zeros


def _makes(image: np.ndarray, shown: np.ndarray, kernel: np.ndarray | None, *row: Any) -> bool:
    made = operated(image, kernel, *row)
    return made.shape == shown.shape and np.allclose(made, shown)


def operated(
    image: np.ndarray,
    kernel: np.ndarray | None,
    operation: str,
    size: int,
    strides: int,
    dilation: int,
    zeros: int,
) -> np.ndarray:
    """The picture (rows, columns) that an operation makes of an image; its zeros are pixels like others."""
    framed = np.pad(image.astype(float), zeros)
    reach = dilation * (size - 1) + 1
    if min(framed.shape) < reach:
        return np.empty((0, 0))
    windows = np.lib.stride_tricks.sliding_window_view(framed, (reach, reach))[::strides, ::strides]
    taps = windows[..., ::dilation, ::dilation]
    if kernel is not None:
        return np.einsum("ijuv,uv->ij", taps, kernel)
    return taps.max(axis=(2, 3)) if operation == "max pooling" else taps.mean(axis=(2, 3))


# The last layer ---------------------------------------------------------------------------------------------


def output_layer(kind: str, count: int) -> tuple[str, int, str, str]:
    """(task, units, activation, loss) for a network that answers with `count` numbers, says yes or no, or takes one of
    `count` classes.

    >>> output_layer("one of", 10)
    ('classification', 10, 'softmax', 'cross-entropy')
    """
    if kind == "numbers":
        return "regression", count, "none", "mean squared error"
    if kind == "yes or no":
        return "classification", 1, "sigmoid", "binary cross-entropy"
    return "classification", count, "softmax", "cross-entropy"


def input_units(kinds: int) -> int:
    """One of so many things, one-hot."""
    return kinds


def cross_entropy(probabilities: np.ndarray, classes: np.ndarray) -> float:
    """The mean of -log(probability of the right class); probabilities (N, K), classes (N,).

    >>> round(cross_entropy(np.array([[0.5, 0.5], [0.25, 0.75]]), np.array([0, 0])), 4)
    1.0397
    """
    with np.errstate(divide="ignore"):
        return float(-np.mean(np.log(probabilities[np.arange(len(classes)), classes])))


# Statements of the lectures ---------------------------------------------------------------------------------


def input_values(height: int, width: int, channels: int) -> int:
    """
    >>> input_values(972, 1920, 3)  # lecture 5
    5598720
    """
    return height * width * channels


def kernel_taps(kernel_size: int) -> int:
    """
    >>> kernel_taps(3)  # lecture 4
    9
    """
    return kernel_size**2


def average_tap(pool_size: int) -> float:
    """The weight of each tap, if average pooling is written as a convolution.

    >>> average_tap(2)  # lecture 2
    0.25
    """
    return 1 / pool_size**2


def window_sum(image: np.ndarray, kernel: np.ndarray, row: int, column: int) -> float:
    """The value of a `same` convolution with an odd kernel at one place, the kernel as it stands.

    >>> window_sum(np.arange(9).reshape(3, 3), np.array([[0, 0, 1], [0, 0, 0], [0, 0, 0]]), 1, 1)
    2
    """
    framed = np.pad(image, len(kernel) // 2)
    return np.vdot(framed[row : row + len(kernel), column : column + len(kernel)], kernel).item()


def pixels_at(image: np.ndarray, places: Sequence[tuple[int, int]]) -> tuple[int, ...]:
    return tuple(int(image[place]) for place in places)


ANSWERS = (
    pixels_read,
    conv_output_shape,
    pool_output_shape,
    activation_shapes,
    fully_connected_parameters,
    convolved_parameters,
    local_layer,
    parameters_by_layer,
    receptive_field,
    conv_cost,
    which_operation,
    output_layer,
    input_units,
    cross_entropy,
    input_values,
    kernel_taps,
    average_tap,
    window_sum,
    pixels_at,
)
