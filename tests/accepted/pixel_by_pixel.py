"""No formula for windows: they are laid out place by place, fields are sets of pixels, and what there is gets counted."""

import math

import numpy as np


def windows(size, kernel_size, strides=1, padding="valid", dilation_rate=1):
    """The places of each window, in order."""
    reach = [dilation_rate * tap for tap in range(kernel_size)]
    before, after = (0, 0) if padding == "valid" else (padding, padding)
    if padding == "same":
        before = after = 0
        while len(range(-before, size + after - reach[-1], strides)) < len(range(0, size, strides)):
            before, after = (before + 1, after) if before < after else (before, after + 1)
    return [[start + place for place in reach] for start in range(-before, size + after - reach[-1], strides)]


def pixels_read(position, size, kernel_size, strides=1, padding="valid", dilation_rate=1):
    return np.array(windows(size, kernel_size, strides, padding, dilation_rate)[position])


def conv_output_shape(image_shape, kernel_size, filters, strides=1, padding="valid", dilation_rate=1):
    height, width, _ = image_shape
    options = kernel_size, strides, padding, dilation_rate
    return [len(windows(height, *options)), len(windows(width, *options)), filters]


def pool_output_shape(image_shape, pool_size, strides=None):
    return conv_output_shape(image_shape, pool_size, image_shape[2], strides or pool_size)


def local_layer(height, width, kernel_size):
    rows, columns = windows(height, kernel_size), windows(width, kernel_size)
    pairs = [(i, j) for below in rows for beside in columns for i in below for j in beside]
    units = len(rows) * len(columns)
    return {
        "connections": len(pairs),
        "units": units,
        "dense weights": units * np.empty((height, width)).size,
        "weights": len(pairs) // units,
    }


def receptive_field(layers):
    seen = {0}
    for kernel_size, strides, dilation_rate in reversed(layers):
        seen = {place * strides + dilation_rate * tap for place in seen for tap in range(kernel_size)}
    return max(seen) - min(seen) + 1


def conv_cost(image_shape, kernel_size, filters, padding):
    kernels = np.empty((kernel_size, kernel_size, image_shape[2], filters), np.float32)
    rows, columns, _ = conv_output_shape(image_shape, kernel_size, filters, padding=padding)
    return {
        "flops": rows * columns * kernels.size * 2,
        "products": rows * columns * kernels.size,
        "map bytes": np.empty((rows, columns, filters), np.float32).nbytes,
        "weight bytes": kernels.nbytes + np.empty(filters, np.float32).nbytes,
    }


def cross_entropy(probabilities, classes):
    losses = [-math.log(row[label]) for row, label in zip(probabilities, classes, strict=True)]
    return sum(losses) / len(losses)
