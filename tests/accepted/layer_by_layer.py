"""Networks by recursion: a layer is taken off the front, and the rest is asked about what it leaves."""

from functools import reduce

import numpy as np


def fully_connected_parameters(inputs, units):
    if len(units) == 0:
        return 0
    return (inputs + 1) * units[0] + fully_connected_parameters(units[0], units[1:])


def convolved_parameters(image_shape, kernel_size, filters, padding, units):
    lost = (kernel_size - 1) * (padding == "valid")
    flat = (image_shape[0] - lost) * (image_shape[1] - lost) * filters
    return filters * (kernel_size**2 * image_shape[2] + 1) + fully_connected_parameters(flat, units)


def behind(shape, layer):
    """The shape behind one layer."""
    if layer[0] == "conv":
        lost = 0 if layer[3] == "same" else layer[1] - 1
        return shape[0] - lost, shape[1] - lost, layer[2]
    if layer[0] == "pool":
        return shape[0] // layer[1], shape[1] // layer[1], shape[2]
    return (reduce(int.__mul__, shape),) if layer[0] == "flatten" else (layer[1],)


def activation_shapes(image_shape, layers):
    if not layers:
        return ()
    shape = behind(image_shape, layers[0])
    return (shape, *activation_shapes(shape, layers[1:]))


def parameters_by_layer(image_shape, layers):
    if not layers:
        return ()
    kind, number, *more = (*layers[0], 0)
    here = 0
    if kind == "conv":
        here = (number * number * image_shape[2] + 1) * more[0]
    elif kind == "dense":
        here = (image_shape[0] + 1) * number
    return (here, *parameters_by_layer(behind(image_shape, layers[0]), layers[1:]))


def receptive_field(layers):
    if not layers:
        return 1
    (kernel_size, strides, dilation_rate), *rest = layers
    return (receptive_field(rest) - 1) * strides + dilation_rate * (kernel_size - 1) + 1


def cross_entropy(probabilities, classes):
    one_hot = np.eye(probabilities.shape[1])[classes]
    return -np.sum(one_hot * np.log(probabilities + 1e-12)) / len(classes)
