"""NumPy's numbers instead of Python's: sizes as arrays, all axes at once, and 64-bit integers come back."""

import numpy as np


def pixels_read(position, size, kernel_size, strides=1, padding="valid", dilation_rate=1):
    reach = dilation_rate * (kernel_size - 1) + 1
    zeros = {"valid": 0, "same": max((int(np.ceil(size / strides)) - 1) * strides + reach - size, 0) // 2}
    return (
        np.linspace(0, reach - 1, kernel_size).round().astype(np.int32)
        + position * strides
        - zeros.get(padding, padding)
    )


def conv_output_shape(image_shape, kernel_size, filters, strides=1, padding="valid", dilation_rate=1):
    sizes = np.array(image_shape[:2])
    if padding == "same":
        return (*np.ceil(sizes / strides).astype(int), filters)
    zeros = 0 if padding == "valid" else padding
    return (*((sizes + 2 * zeros - dilation_rate * (kernel_size - 1) - 1) // strides + 1), np.int64(filters))


def pool_output_shape(image_shape, pool_size, strides=None):
    sizes = (np.array(image_shape[:2]) - pool_size) // (strides or pool_size) + 1
    return tuple(np.append(sizes, image_shape[2]))


def fully_connected_parameters(inputs, units):
    sizes = np.array([inputs, *units])
    return (sizes[:-1] + 1) @ sizes[1:]


def convolved_parameters(image_shape, kernel_size, filters, padding, units):
    flat = np.prod(conv_output_shape(image_shape, kernel_size, filters, 1, padding))
    return (kernel_size**2 * image_shape[2] + 1) * filters + fully_connected_parameters(flat, units)


def receptive_field(layers):
    kernels, strides, dilations = np.array(layers).T
    apart = np.cumprod(np.append(1, strides[:-1]))
    return 1 + np.sum((kernels - 1) * dilations * apart)


def conv_cost(image_shape, kernel_size, filters, padding):
    maps = np.prod(conv_output_shape(image_shape, kernel_size, filters, padding=padding))
    weights = kernel_size**2 * image_shape[2]
    names = ("products", "flops", "weight bytes", "map bytes")
    return dict(zip(names, np.array([1, 2, 0, 4]) * maps * np.array([weights, weights, 0, 1])
                    + np.array([0, 0, 4 * filters * (weights + 1), 0]), strict=True))  # fmt: skip


def cross_entropy(probabilities, classes):
    return -np.log(np.take_along_axis(probabilities, classes[:, None], axis=1)).mean()
