"""No formula: positions are counted, the padding is the smallest that works, weights are arrays and have a size."""

import numpy as np


class DoesNotFit(ValueError):
    """A kind of its own."""


def conv_output_size(size, kernel_size, strides=1, padding="valid", dilation_rate=1):
    if padding == "same":
        return len(range(0, size, strides))
    zeros = 0 if padding == "valid" else padding
    last_tap = dilation_rate * (kernel_size - 1)
    starts = range(-zeros, size + zeros - last_tap, strides)
    if not starts:
        raise DoesNotFit(f"{kernel_size} taps, {dilation_rate} apart, on {size} pixels")
    return len(starts)


def same_padding(size, kernel_size, strides=1, dilation_rate=1):
    wanted, total = conv_output_size(size, kernel_size, strides, "same"), 0
    while len(range(0, size + total - dilation_rate * (kernel_size - 1), strides)) < wanted:
        total += 1
    return [total // 2, total - total // 2]


def conv_parameters(kernel_size, in_channels, filters, use_bias=True):
    kernel = kernel_size if isinstance(kernel_size, tuple) else (kernel_size, kernel_size)
    return np.empty((*kernel, in_channels, filters)).size + np.empty(filters if use_bias else 0).size


def dense_parameters(inputs, units, use_bias=True):
    return np.empty((inputs, units)).size + (units if use_bias else 0)


def lenet_activation_sizes(height, width, padding):
    edge = 2 if padding == "same" else 0
    image = np.empty((height, width, 1))
    c1 = np.empty((height + 2 * edge, width + 2 * edge, 6))[4:, 4:]
    s2 = c1[: c1.shape[0] // 2 * 2 : 2, : c1.shape[1] // 2 * 2 : 2]
    c3 = np.empty((*s2.shape[:2], 16))[2:-2, 2:-2]
    s4 = c3[1::2, 1::2]
    vectors = {"flat": s4.ravel(), "C5": np.empty(120), "F6": np.empty(84), "output": np.empty(10)}
    maps = {"image": image, "C1": c1, "S2": s2, "C3": c3, "S4": s4}
    return {name: a.shape for name, a in {**maps, **vectors}.items()}


def lenet_parameters(height, width, padding):
    sizes = lenet_activation_sizes(height, width, padding)
    counts = {
        "output": dense_parameters(84, 10),  # the order of a dictionary is no matter
        "C5": dense_parameters(*sizes["flat"], 120),
        "F6": dense_parameters(120, 84),
        "C3": conv_parameters(5, 6, 16),
        "C1": conv_parameters(5, 1, 6),
    }
    counts["total"] = sum(counts.values())
    return counts
