"""The right answers about LeNet that no network needs itself: sizes, counts, measures."""

import math
from itertools import pairwise

import numpy as np

from kerasnets import numpy_layers


def lenet_activation_sizes(height: int, width: int, padding: str) -> dict[str, tuple[int, ...]]:
    """The shape of one image's activation after each layer of LeNet-5.

    >>> lenet_activation_sizes(28, 28, "same")["flat"]
    (400,)
    """
    maps = [(height, width, 1)]
    for filters, word in ((6, padding), (16, "valid")):
        convolved = [numpy_layers.conv_output_size(n, 5, 1, word) for n in maps[-1][:2]]
        pooled = [numpy_layers.conv_output_size(n, 2, 2) for n in convolved]
        maps += [(convolved[0], convolved[1], filters), (pooled[0], pooled[1], filters)]
    vectors = {"flat": math.prod(maps[-1]), "C5": 120, "F6": 84, "output": 10}
    sizes = dict(zip(("image", "C1", "S2", "C3", "S4"), maps, strict=True))
    return sizes | {name: (units,) for name, units in vectors.items()}


def conv_parameters(
    kernel_size: int | tuple[int, int], in_channels: int, filters: int, use_bias: bool = True
) -> int:
    """
    >>> conv_parameters(3, 3, 10)
    280
    """
    height, width = (kernel_size, kernel_size) if isinstance(kernel_size, int) else kernel_size
    return height * width * in_channels * filters + (filters if use_bias else 0)


def dense_parameters(inputs: int, units: int, use_bias: bool = True) -> int:
    return inputs * units + (units if use_bias else 0)


def lenet_parameters(height: int, width: int, padding: str) -> dict[str, int]:
    """
    >>> lenet_parameters(28, 28, "same")["total"], lenet_parameters(28, 28, "valid")["total"]
    (61706, 44426)
    """
    (flat,) = lenet_activation_sizes(height, width, padding)["flat"]
    counts = {"C1": conv_parameters(5, 1, 6), "C3": conv_parameters(5, 6, 16)}
    for name, (inputs, units) in zip(("C5", "F6", "output"), pairwise((flat, 120, 84, 10)), strict=True):
        counts[name] = dense_parameters(inputs, units)
    return counts | {"total": sum(counts.values())}


def accuracy(probabilities: np.ndarray, labels: np.ndarray) -> float:
    return float(np.mean(np.argmax(probabilities, axis=1) == labels))


def confusion_matrix(labels: np.ndarray, predictions: np.ndarray, classes: int = 10) -> np.ndarray:
    """Rows are labels, columns predictions."""
    return np.bincount(labels * classes + predictions, minlength=classes**2).reshape(classes, classes)


def pixel_uses(size: int, kernel_size: int, padding: str) -> np.ndarray:
    """How often each pixel of a square image lies under a kernel that takes one step at a time.

    >>> pixel_uses(4, 3, "same")[0].tolist()
    [4, 6, 6, 4]
    """
    reach = kernel_size // 2 if padding == "same" else 0
    first = np.arange(-reach, size + reach - kernel_size + 1)[:, None]  # where each window begins
    along = ((first <= np.arange(size)) & (np.arange(size) < first + kernel_size)).sum(axis=0)
    return np.outer(along, along)


def shifted(images: np.ndarray, down: int, right: int) -> np.ndarray:
    """Images (N, H, W, C) moved by whole pixels, zeros where nothing was.

    >>> shifted(np.ones((1, 2, 2, 1)), -1, 0)[0, ..., 0].tolist()
    [[1.0, 1.0], [0.0, 0.0]]
    """
    _, height, width, _ = images.shape
    rows, columns = abs(down), abs(right)
    framed = np.pad(images, ((0, 0), (rows, rows), (columns, columns), (0, 0)))
    return framed[:, rows - down :, columns - right :][:, :height, :width]


ANSWERS = (
    lenet_activation_sizes,
    conv_parameters,
    dense_parameters,
    lenet_parameters,
    accuracy,
    confusion_matrix,
    pixel_uses,
    shifted,
)
