"""The right answers by name: what every graded function of a NumPy assignment is compared with."""

from collections.abc import Callable, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np

from kerasnets import numpy_layers

NAMES = (
    "conv_output_size",
    "same_padding",
    "zero_pad2d",
    "conv2d_forward",
    "conv2d_backward",
    "max_pool2d_forward",
    "max_pool2d_backward",
    "avg_pool2d_forward",
    "avg_pool2d_backward",
    "global_avg_pool2d_forward",
    "global_avg_pool2d_backward",
    "dense_forward",
    "dense_backward",
    "relu_forward",
    "relu_backward",
    "softmax_cross_entropy",
    "lenet_forward",
    "lenet_gradients",
    "sgd_step",
)


def polynomial(coefficients: Sequence[float], x: np.ndarray) -> float:
    """f(x) = sum over k of c_k * sum(x**k), a scalar: what a numerical gradient is asked about.

    >>> polynomial([1.0, 0.0, 2.0], np.array([3.0, 4.0]))  # 1 * 2 elements + 2 * (9 + 16)
    52.0
    """
    return float(sum(c * np.sum(x**k) for k, c in enumerate(coefficients)))


def gradient_of_polynomial(coefficients: Sequence[float], x: np.ndarray, h: float = 1e-5) -> np.ndarray:
    """The central difference of `polynomial`, with the h that was asked for: functions can't cross the seal.

    >>> np.round(gradient_of_polynomial([0.0, 0.0, 1.0], np.array([1.0, 2.0])), 6).tolist()
    [2.0, 4.0]
    """
    return numpy_layers.numerical_gradient(lambda at: polynomial(coefficients, at), x, h)


REFERENCE: MappingProxyType[str, Callable[..., Any]] = MappingProxyType(
    {name: getattr(numpy_layers, name) for name in NAMES} | {"gradient_of_polynomial": gradient_of_polynomial}
)
