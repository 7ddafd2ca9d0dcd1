"""The right answers about pictures: what sliding a kernel, averaging, matching and pooling do to one image."""

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from kerasnets import numpy_layers

Array = np.ndarray[Any, Any]

GREY = np.array([0.2126, 0.7152, 0.0722])  # red, green, blue: ITU-R BT.709

EDGE = np.array([[-1.0, -1.0, -1.0], [0.0, 0.0, 0.0], [1.0, 1.0, 1.0]])
KERNELS: dict[str, Array] = {  # the notebook has the same table
    "blur": np.ones((3, 3)),
    "sharpen": np.array([[0.0, -1.0, 0.0], [-1.0, 5.0, -1.0], [0.0, -1.0, 0.0]]),
    "horizontal edges": EDGE,
    "vertical edges": EDGE.T,
    "outline": np.array([[-1.0, -1.0, -1.0], [-1.0, 8.0, -1.0], [-1.0, -1.0, -1.0]]),
}


# What a picture is ------------------------------------------------------------------------------------------


def picture_shape(image: Array) -> tuple[int, ...]:
    """(height, width, channels)."""
    return image.shape


def largest_value(image: Array) -> int:
    return int(image.max())


def pixel_value(image: Array, row: int, column: int, channel: int) -> int:
    return int(image[row, column, channel])


def batch_shape(count: int, height: int, width: int, channels: int) -> tuple[int, int, int, int]:
    """
    >>> batch_shape(32, 28, 28, 1)
    (32, 28, 28, 1)
    """
    return count, height, width, channels


def to_grey(image: Array) -> Array:
    """The brightness of a colour picture (H, W, 3 or 4), a fourth channel left out: (H, W), as large as the channels.

    >>> to_grey(np.array([[[10, 20, 30], [9, 9, 9]]])).round(3).tolist()
    [[18.596, 9.0]]
    """
    return image[..., :3] @ GREY


# Sliding a kernel -------------------------------------------------------------------------------------------


def correlate1d(x: Array, kernel: Array) -> Array:
    """
    >>> correlate1d(np.array([1.0, 4.0, 9.0, 16.0]), np.array([-1.0, 0.0, 1.0])).tolist()
    [8.0, 12.0]
    """
    return sliding_window_view(x, len(kernel)) @ kernel


def correlate2d(image: Array, kernel: Array) -> Array:
    """One channel, one kernel, no padding, as students are given it."""
    batch, one = np.asarray(image, float)[None, :, :, None], np.asarray(kernel, float)[:, :, None, None]
    return numpy_layers.conv2d_forward(batch, one, np.zeros(1))[0, :, :, 0]


def convolve2d(image: Array, kernel: Array) -> Array:
    """Lecture 2's first patch: 13, where cross-correlation says 88.

    >>> patch = np.array([[2.0, 9.0, 11.0], [12.0, 43.0, 2.0], [9.0, 87.0, 65.0]])
    >>> kernel = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    >>> convolve2d(patch, kernel).tolist(), correlate2d(patch, kernel).tolist()
    ([[13.0]], [[88.0]])
    """
    return correlate2d(image, kernel[::-1, ::-1])


def shape_after(
    image_shape: tuple[int, int], kernel_shape: tuple[int, int], times: int = 1
) -> tuple[int, ...]:
    """
    >>> shape_after((972, 1920), (3, 3), 10)
    (952, 1900)
    """
    return tuple(n - times * (k - 1) for n, k in zip(image_shape, kernel_shape, strict=True))


def zeros_around(kernel_shape: tuple[int, int]) -> tuple[int, ...]:
    """Rows above and below, columns left and right, that keep a picture's size; the kernel's sizes are odd.

    >>> zeros_around((3, 7))
    (1, 3)
    """
    return tuple((k - 1) // 2 for k in kernel_shape)


# Noise ------------------------------------------------------------------------------------------------------


def moving_average(image: Array, size: int) -> Array:
    return correlate2d(image, np.full((size, size), 1 / size**2))


def readings(pixels: Array, places: tuple[tuple[int, int], ...]) -> tuple[int, ...]:
    """The pixels at these places (row, column)."""
    return tuple(int(pixels[place]) for place in places)


def repair(image: Array) -> Array:
    """Lost pixels, those that are 0, become the mean of the pixels that are left in their 3x3 window; 0 if none are.

    >>> repair(np.array([[4.0, 2.0, 8.0], [3.0, 0.0, 0.0], [5.0, 2.0, 2.0]])).tolist()[1]
    [3.0, 3.7142857142857144, 3.5]
    """
    ones, image = np.ones((3, 3)), np.asarray(image, float)
    total, left = (correlate2d(np.pad(part, 1), ones) for part in (image, image > 0))
    return np.where(image > 0, image, total / np.maximum(left, 1))


# Kernels and maps -------------------------------------------------------------------------------------------


def kernels_behind(image: Array, maps: Array) -> tuple[str, ...]:
    """Which kernel of the table made each of these maps (M, OH, OW)."""
    made = {name: correlate2d(image, kernel) for name, kernel in KERNELS.items()}
    return tuple(next(name for name, known in made.items() if np.allclose(known, one)) for one in maps)


def flat_response(kernel: Array, level: float) -> float:
    """What a kernel answers where all pixels have the same grey."""
    return float(level * np.sum(kernel))


def feature_maps(image: Array, kernels: Array, biases: Array) -> Array:
    """ReLU(convolution + bias) of one picture (H, W, C) with kernels (KH, KW, C, K): (OH, OW, K)."""
    return numpy_layers.relu_forward(numpy_layers.conv2d_forward(image[None], kernels, biases))[0]


# Pooling ----------------------------------------------------------------------------------------------------


def max_pool(image: Array, size: int) -> Array:
    """Side by side, what is left over left out, as students are given it."""
    return numpy_layers.max_pool2d_forward(np.asarray(image, float)[None, :, :, None], size)[0, :, :, 0]


def unmoved_share(image: Array, size: int, shift: int) -> float:
    """How many of the pooled values, of 1, stay when the picture moves `shift` columns to the right (round the edge).

    >>> unmoved_share(np.array([[0.0, 9.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0]]), 2, 1)  # the 9 gets to the other window
    0.0
    >>> unmoved_share(np.array([[9.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0]]), 2, 1)  # it stays in its own
    1.0
    """
    return float(np.mean(max_pool(np.roll(image, shift, axis=1), size) == max_pool(image, size)))


def pixels_wrong(mask: Array, size: int) -> int:
    """How many pixels of a mask of 0 and 1 differ when it was pooled and made as large again.

    >>> pixels_wrong(np.array([[1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0]]), 2)
    3
    """
    return int(np.sum(np.kron(max_pool(mask, size), np.ones((size, size))) != mask))


# Template matching ------------------------------------------------------------------------------------------


def match_scores(image: Array, template: Array) -> Array:
    """The normalised cross-correlation of each window with a template, from -1 to 1; 0 where a window is flat.

    J. P. Lewis, "Fast normalized cross-correlation", Vision Interface (1995), equation (2).
    """
    windows = sliding_window_view(np.asarray(image, float), np.shape(template))
    windows = windows - windows.mean(axis=(2, 3), keepdims=True)
    pattern = template - np.mean(template)
    sizes = np.sqrt((windows**2).sum(axis=(2, 3)) * (pattern**2).sum())
    return (windows * pattern).sum(axis=(2, 3)) / np.where(sizes > 1e-9, sizes, np.inf)


def best_match(image: Array, template: Array) -> tuple[int, int]:
    """Row and column of the top left pixel of the window that is most like the template, brightness and contrast aside.

    >>> image = np.array([[9.0, 9.0, 9.0, 9.0], [9.0, 1.0, 2.0, 9.0], [9.0, 3.0, 3.0, 9.0]])
    >>> best_match(image, np.array([[50.0, 60.0], [70.0, 70.0]]))
    (1, 1)
    """
    scores = match_scores(image, template)
    row, column = np.unravel_index(np.argmax(scores), scores.shape)
    return int(row), int(column)


# A matrix, and what moves with what -------------------------------------------------------------------------


def convolution_matrix(kernel: Array, length: int) -> Array:
    """The matrix for which x @ matrix is the cross-correlation of x (length,) with the kernel.

    Lecture 5's, for a row of five:

    >>> convolution_matrix(np.array([-1.0, 0.0, 1.0]), 5).astype(int).tolist()
    [[-1, 0, 0], [0, -1, 0], [1, 0, -1], [0, 1, 0], [0, 0, 1]]
    """
    matrix = np.zeros((length, length - len(kernel) + 1))
    for column in range(matrix.shape[1]):
        matrix[column : column + len(kernel), column] = kernel
    return matrix


def dense_weights(height: int, width: int) -> int:
    """Of a fully connected layer, without biases, from a grey picture to one of the same size.

    >>> dense_weights(28, 28)
    614656
    """
    return (height * width) ** 2


def equivariance_errors(image: Array, kernel: Array, down: int, right: int) -> tuple[float, float]:
    """How far apart moving first and filtering first are, at worst: for a shift (rows and columns cut off), and a turn."""
    answers = correlate2d(image, kernel)
    shifted = correlate2d(image[down:, right:], kernel) - answers[down:, right:]
    turned = correlate2d(np.rot90(image), kernel) - np.rot90(answers)
    return float(np.abs(shifted).max()), float(np.abs(turned).max())


BEHAVIOUR = {  # towards a shift of its input
    "convolution": "equivariant",
    "maximum of the whole map": "invariant",
    "flattening and a dense layer": "neither",
}


def behaviour(operation: str) -> str:
    """
    >>> behaviour("convolution")
    'equivariant'
    """
    return BEHAVIOUR[operation]


ANSWERS = (
    picture_shape, largest_value, pixel_value, batch_shape, to_grey, correlate1d, convolve2d, shape_after, zeros_around,
    moving_average, readings, repair, kernels_behind, flat_response, feature_maps, unmoved_share, pixels_wrong, best_match,
    convolution_matrix, dense_weights, equivariance_errors, behaviour,
)  # fmt: skip
