"""Sizes from NumPy: `divmod`, ceil and floor of quotients, and results that are NumPy's integers, not Python's."""

import numpy as np


def conv_output_size(size, kernel_size, strides=1, padding="valid", dilation_rate=1):
    if padding == "same":
        return np.ceil(size / strides).astype(int)
    p = {"valid": 0}.get(padding, padding)
    room = np.int64(size + 2 * p - dilation_rate * (kernel_size - 1) - 1)
    if room < 0:
        raise ValueError("the kernel does not fit")
    return np.floor_divide(room, strides) + 1


def same_padding(size, kernel_size, strides=1, dilation_rate=1):
    _, rest = divmod(size - 1, strides)
    total = np.maximum(dilation_rate * (kernel_size - 1) - rest, 0)
    return tuple(np.array([total // 2, -(-total // 2)]))


def conv_parameters(kernel_size, in_channels, filters, use_bias=True):
    taps = np.prod(np.broadcast_to(kernel_size, 2))
    return filters * (taps * in_channels + np.int64(use_bias))


def dense_parameters(inputs, units, use_bias=True):
    return np.int64(inputs) * units + units * use_bias


def lenet_activation_sizes(height, width, padding):
    sides = np.array([height, width])
    c1 = sides if padding == "same" else sides - 4
    s2 = c1 // 2
    c3 = s2 - 4
    s4 = c3 // 2
    maps = {"image": (*sides, 1), "C1": (*c1, 6), "S2": (*s2, 6), "C3": (*c3, 16), "S4": (*s4, 16)}
    return maps | {"flat": (16 * np.prod(s4),), "C5": (120,), "F6": (84,), "output": (10,)}


def lenet_parameters(height, width, padding):
    flat = lenet_activation_sizes(height, width, padding)["flat"][0]
    inputs, outputs = np.array([25, 150, flat, 120, 84]), np.array([6, 16, 120, 84, 10])
    counts = dict(zip(("C1", "C3", "C5", "F6", "output"), (inputs + 1) * outputs, strict=True))
    return counts | {"total": np.sum(list(counts.values()))}


def accuracy(probabilities, labels):
    return np.float32(np.mean(probabilities.argmax(-1) == labels))


def pixel_uses(size, kernel_size, padding):
    place = np.arange(size)
    if padding == "same":
        reach = kernel_size // 2
        along = np.minimum(place, reach) + np.minimum(size - 1 - place, reach) + 1
    else:
        along = np.minimum.reduce(
            [place + 1, size - place, np.full(size, kernel_size), np.full(size, size - kernel_size + 1)]
        )
    return np.multiply.outer(along, along)
