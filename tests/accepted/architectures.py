"""Networks are walked through layer by layer: weights are arrays and have a size, images are averaged pixel by pixel."""

import numpy as np


def alexnet_activation_sizes(size, padding):
    image = np.empty((size, size))
    starts = range(0, size, 4) if padding == "same" else range(0, size - 10, 4)
    conv1 = image[: len(starts), : len(starts)]
    halved = [conv1]
    for _ in range(3):
        here = halved[-1]
        halved.append(np.lib.stride_tricks.sliding_window_view(here, (3, 3))[::2, ::2, 0, 0])
    maps = {
        "image": (image, 3), "conv1": (conv1, 96), "pool1": (halved[1], 96), "conv2": (halved[1], 256),
        "pool2": (halved[2], 256), "conv3": (halved[2], 384), "conv4": (halved[2], 384), "conv5": (halved[2], 256),
        "pool5": (halved[3], 256),
    }  # fmt: skip
    shapes = {name: [*plane.shape, channels] for name, (plane, channels) in maps.items()}
    vectors = {"flat": [int(np.prod(shapes["pool5"]))], "fc6": [4096], "fc7": [4096], "output": [1000]}
    return {name: tuple(shape) for name, shape in (shapes | vectors).items()}


def inception_parameters(in_channels, filters, reductions):
    one, reduce3, three, reduce5, five, projection = filters
    wide = np.empty(in_channels)
    kernels = {1: [(wide, one)], 3: [(wide, three)], 5: [(wide, five)]}
    if reductions:
        kernels[1] += [(wide, reduce3), (wide, reduce5), (wide, projection)]
        kernels[3], kernels[5] = [(np.empty(reduce3), three)], [(np.empty(reduce5), five)]
    return sum((size**2 * x.size + 1) * made for size, pairs in kernels.items() for x, made in pairs)


def resnet_parameters(blocks, bottleneck):
    kernels, norms, channels = [(7, 7, 3, 64)], [64], 64
    for stage, count in enumerate(blocks):
        width = 2 ** (6 + stage)
        for _ in range(count):
            chain = [(1, width), (3, width), (1, 4 * width)] if bottleneck else [(3, width), (3, width)]
            if channels != chain[-1][1]:
                kernels.append((1, 1, channels, chain[-1][1]))
                norms.append(chain[-1][1])
            for size, filters in chain:
                kernels.append((size, size, channels, filters))
                norms.append(filters)
                channels = filters
    return sum(int(np.prod(kernel)) for kernel in kernels) + 2 * sum(norms) + 1000 * channels + 1000


def head_parameters(height, width, channels, classes, head):
    weights = np.zeros((channels, classes) if head == "average" else (height, width, channels, classes))
    return np.int64(weights.size + classes)


def class_maps(maps, w, b):
    out = np.zeros((*maps.shape[:3], w.shape[1]))
    for channel in range(maps.shape[3]):
        out += maps[..., channel, None] * w[channel]
    return out + b


def ensemble_predictions(probabilities):
    networks, images, classes = probabilities.shape
    total = np.zeros((images, classes))
    for network in range(networks):
        total += probabilities[network]
    return np.array([max(range(classes), key=row.__getitem__) for row in total])


def single_networks(networks, on_test, errors):
    rows = [row for row in range(len(errors)) if networks[row] < 2 and not on_test[row]]
    return np.array(sorted(rows, key=lambda row: errors[row]))


def relative_drop(before, after):
    return np.float64(1 - after / before)
