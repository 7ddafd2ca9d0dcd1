"""The right answers about layers that no network needs itself: a first layer both ways, and windows as a matrix."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from kerasnets import numpy_layers
from kerasnets.numpy_layers import conv_output_size, same_padding

PARTS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        name: getattr(numpy_layers, name)
        for name in ("conv2d_forward", "conv2d_backward", "relu_forward", "relu_backward")
    }
)


def first_layer(
    x: np.ndarray,
    w: np.ndarray,
    b: np.ndarray,
    dout: np.ndarray,
    layers: Mapping[str, Callable[..., Any]] = PARTS,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """LeNet's first layer, a convolution with padding "same" and its ReLU, forwards and backwards: out, dx, dw, db.

    >>> x, w, b = np.ones((1, 2, 2, 1)), np.ones((1, 1, 1, 1)), np.array([-3.0])
    >>> [float(part.sum()) for part in first_layer(x, w, b, np.ones((1, 2, 2, 1)))]  # ReLU lets nothing through
    [0.0, 0.0, 0.0, 0.0]
    """
    before = layers["conv2d_forward"](x, w, b, padding="same")  # (N, H, W, K)
    gradients = layers["conv2d_backward"](layers["relu_backward"](dout, before), x, w, padding="same")
    return layers["relu_forward"](before), *gradients


def im2col(x: np.ndarray, kernel_size: int, strides: int = 1, padding: str = "valid") -> np.ndarray:
    """Each window of x (N, H, W, C) as a row: (N·OH·OW, KH·KW·C), pixels by rows, channels fastest.

    >>> im2col(np.arange(9.0).reshape(1, 3, 3, 1), 2).tolist()[0]
    [0.0, 1.0, 3.0, 4.0]
    """
    n, height, width, channels = x.shape
    sides = [
        same_padding(size, kernel_size, strides) if padding == "same" else (0, 0) for size in (height, width)
    ]
    rows, columns = (conv_output_size(size, kernel_size, strides, padding) for size in (height, width))
    padded = np.pad(x, ((0, 0), *sides, (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (kernel_size, kernel_size), axis=(1, 2))
    windows = windows[:, ::strides, ::strides][:, :rows, :columns]  # (N, OH, OW, C, KH, KW)
    return windows.transpose(0, 1, 2, 4, 5, 3).reshape(n * rows * columns, kernel_size**2 * channels)


ANSWERS = (first_layer, im2col)
