"""VGG's arithmetic in plain Python: recursion, sorted lists, images row by row."""

import math
from itertools import pairwise

import numpy as np


def stack_reach(kernel_size, layers):
    return kernel_size if layers == 1 else stack_reach(kernel_size, layers - 1) + kernel_size - 1


def stack_parameters(kernel_size, layers, channels):
    return channels * layers + channels**2 * kernel_size**2 * layers


def vgg_depth(convolutions, dense):
    return [sum(convolutions), len([*dense, "output"])]


def vgg_parameters(convolutions, filters, dense, image, classes):
    height, width, channels = image
    if not convolutions:
        row = (height * width * channels, *dense, classes)
        count = sum((n + 1) * m for n, m in pairwise(row))
        return {"convolutions": 0, "dense": count, "total": count}
    kernels = filters[0]
    here = (9 * channels + 1) * kernels + (convolutions[0] - 1) * (9 * kernels + 1) * kernels
    half = (height // 2, width // 2, kernels)
    rest = vgg_parameters(convolutions[1:], filters[1:], dense, half, classes)
    return rest | {"convolutions": here + rest["convolutions"], "total": here + rest["total"]}


def dropout(x, noise, rate, training=True):
    if not training:
        return x + 0.0
    flat = [0.0 if n < rate else v / (1 - rate) for v, n in zip(x.ravel(), noise.ravel(), strict=True)]
    return np.array(flat).reshape(x.shape)


def moved_images(images, moves):
    def moved(lines, step, empty):
        """Lines of an image, so many later; a negative step: earlier."""
        if step >= 0:
            return ([empty] * step + lines)[: len(lines)]
        return (lines + [empty] * -step)[-len(lines) :]

    out = []
    for image, (down, right) in zip(images, moves.tolist(), strict=True):
        rows = moved(list(image), down, np.zeros_like(image[0]))
        out.append([moved(list(row), right, np.zeros_like(image[0, 0])) for row in rows])
    return np.array(out, images.dtype)


def top_k_error(probabilities, labels, k=5):
    missed = 0
    for row, label in zip(probabilities.tolist(), labels.tolist(), strict=True):
        missed += row[label] not in sorted(row, reverse=True)[:k]
    return missed / len(labels)


def accuracy_interval(right, total):
    wrong = total - right
    half = 2 * math.sqrt(right * wrong / total**3)
    return right / total - half, right / total + half


def leaderboard(accuracies, parameters, budget):
    left = {
        place: row for place, row in enumerate(zip(accuracies, parameters, strict=True)) if row[1] <= budget
    }
    ranking = []
    while left:
        best = max(left, key=lambda place: (left[place][0], -left[place][1]))
        ranking.append(best)
        del left[best]
    return np.array(ranking)
