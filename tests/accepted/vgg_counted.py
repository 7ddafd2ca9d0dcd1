"""VGG's arithmetic without formulas: taps are collected, weights are arrays and have a size, classes stand in a queue."""

import numpy as np


def stack_reach(kernel_size, layers):
    taps = np.ones(1, int)
    for _ in range(layers):
        taps = np.convolve(taps, np.ones(kernel_size, int))
    return int(np.count_nonzero(taps))


def stack_parameters(kernel_size, layers, channels):
    kernels = np.broadcast_to(0, (layers, kernel_size, kernel_size, channels, channels))
    return kernels.size + np.broadcast_to(0, (layers, channels)).size


def vgg_depth(convolutions, dense):
    return np.sum(convolutions), np.size(dense) + 1


def vgg_parameters(convolutions, filters, dense, image, classes):
    maps = np.broadcast_to(0, image)
    seeing, deciding = 0, 0
    for count, width in zip(convolutions, filters, strict=True):
        for _ in range(count):
            seeing += np.broadcast_to(0, (3, 3, maps.shape[2], width)).size + width
            maps = np.broadcast_to(0, (*maps.shape[:2], width))
        maps = maps[1::2, 1::2]
    row = maps.size
    for units in [*dense, classes]:
        deciding, row = deciding + row * units + units, units
    return {"dense": deciding, "convolutions": seeing, "total": deciding + seeing}


def dropout(x, noise, rate, training=True):
    out = np.array(x)
    if training:
        out /= 1 - rate
        out[noise < rate] = 0
    return out


def moved_images(images, moves):
    n, height, width = images.shape[:3]
    rows = np.arange(height) - moves[:, :1]
    columns = np.arange(width) - moves[:, 1:]
    inside = ((rows >= 0) & (rows < height))[:, :, None] & ((columns >= 0) & (columns < width))[:, None]
    rows, columns = rows % height, columns % width
    moved = images[np.arange(n)[:, None, None], rows[:, :, None], columns[:, None]]
    return moved * inside[..., None].astype(images.dtype)


def top_k_error(probabilities, labels, k=5):
    best = np.argpartition(-probabilities, k - 1, axis=1)[:, :k]
    return 1 - np.mean([label in row for row, label in zip(best, labels, strict=True)])


def accuracy_interval(right, total):
    answers = np.repeat([1.0, 0.0], [right, total - right])
    half = 2 * np.std(answers) / np.sqrt(total)
    return np.mean(answers) - half, np.mean(answers) + half


def leaderboard(accuracies, parameters, budget):
    fits = np.flatnonzero(parameters <= budget)
    return fits[np.lexsort((parameters[fits], -accuracies[fits]))]
