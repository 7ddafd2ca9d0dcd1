"""The right answers about VGG that no network needs itself: stacks of kernels, counts, errors, regularisers, a ranking."""

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from grader.answers.lenet import conv_parameters, dense_parameters


def stack_reach(kernel_size: int, layers: int) -> int:
    """Along one axis, how many pixels one output of some convolutions at stride 1 depends on.

    >>> stack_reach(3, 2), stack_reach(3, 3), stack_reach(7, 1)
    (5, 7, 7)
    """
    return 1 + layers * (kernel_size - 1)


def stack_parameters(kernel_size: int, layers: int, channels: int) -> int:
    """Of some convolutions that take and give as many channels: Simonyan and Zisserman 2015, section 2.3, with biases.

    >>> stack_parameters(3, 2, 64), stack_parameters(5, 1, 64)
    (73856, 102464)
    """
    return layers * conv_parameters(kernel_size, channels, channels)


def vgg_depth(convolutions: Sequence[int], dense: Sequence[int]) -> tuple[int, int]:
    """Convolutions, and dense layers with the output.

    >>> vgg_depth((2, 2, 3, 3, 3), (4096, 4096))
    (13, 3)
    """
    return sum(convolutions), len(dense) + 1


def vgg_parameters(
    convolutions: Sequence[int],
    filters: Sequence[int],
    dense: Sequence[int],
    image: tuple[int, int, int],
    classes: int,
) -> dict[str, int]:
    """Of a network that is written as VGG's table, in its two halves and in all.

    >>> vgg_parameters((2, 2, 3, 3, 3), (64, 128, 256, 512, 512), (4096, 4096), (224, 224, 3), 1000)
    {'convolutions': 14714688, 'dense': 123642856, 'total': 138357544}
    """
    height, width, channels = image
    seeing = 0
    for count, width_of_block in zip(convolutions, filters, strict=True):
        for _ in range(count):
            seeing += conv_parameters(3, channels, width_of_block)
            channels = width_of_block
        height, width = height // 2, width // 2
    deciding = sum(dense_parameters(*two) for two in pairwise((height * width * channels, *dense, classes)))
    return {"convolutions": seeing, "dense": deciding, "total": seeing + deciding}


def dropout(x: np.ndarray, noise: np.ndarray, rate: float, training: bool = True) -> np.ndarray:
    """Inverted dropout with the random numbers given: what is kept is divided by the chance to be kept.

    >>> dropout(np.array([4.0, 4.0]), np.array([0.2, 0.9]), 0.5)
    array([0., 8.])
    """
    return np.where(noise < rate, 0, x / (1 - rate)) if training else np.array(x)


def moved_images(images: np.ndarray, moves: np.ndarray) -> np.ndarray:
    """Each image (N, H, W, C) moved down and right by its row of `moves` (N, 2), in a frame of zeros.

    >>> moved_images(np.array([[1, 2], [3, 4]]).reshape(1, 2, 2, 1), np.array([[0, 1]]))[0, ..., 0].tolist()
    [[0, 1], [0, 3]]
    """
    out = np.zeros_like(images)
    height, width = images.shape[1:3]
    for new, image, (down, right) in zip(out, images, np.asarray(moves).astype(int), strict=True):
        if abs(down) < height and abs(right) < width:
            kept = image[max(-down, 0) : height - max(down, 0), max(-right, 0) : width - max(right, 0)]
            new[max(down, 0) : height + min(down, 0), max(right, 0) : width + min(right, 0)] = kept
    return out


def top_k_error(probabilities: np.ndarray, labels: np.ndarray, k: int = 5) -> float:
    """The share of images whose label is not among the k most probable classes.

    >>> top_k_error(np.array([[0.5, 0.3, 0.2], [0.1, 0.6, 0.3]]), np.array([1, 0]), k=2)
    0.5
    """
    own = np.take_along_axis(probabilities, np.asarray(labels)[:, None], axis=1)  # (N, 1)
    return float(np.mean((probabilities > own).sum(axis=1) >= k))


def accuracy_interval(right: int, total: int) -> tuple[float, float]:
    """The share that is right, less and plus two standard errors of a share: sqrt(p (1 - p) / N).

    >>> [round(end, 3) for end in accuracy_interval(90, 100)]
    [0.84, 0.96]
    """
    share = right / total
    error = math.sqrt(share * (1 - share) / total)
    return share - 2 * error, share + 2 * error


def leaderboard(accuracies: np.ndarray, parameters: np.ndarray, budget: int) -> np.ndarray:
    """The places of the networks with at most `budget` parameters, the most accurate first, of two equals the smaller.

    >>> leaderboard(np.array([0.9, 0.99, 0.95, 0.95]), np.array([100, 9000, 900, 800]), 1000).tolist()
    [3, 2, 0]
    """
    order = np.lexsort((parameters, -np.asarray(accuracies)))
    return order[np.asarray(parameters)[order] <= budget]


ANSWERS = (
    stack_reach,
    stack_parameters,
    vgg_depth,
    vgg_parameters,
    dropout,
    moved_images,
    top_k_error,
    accuracy_interval,
    leaderboard,
)
