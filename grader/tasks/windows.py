"""Where windows lie, with nothing left to a default: what every wrong idea about them needs, and every case and small input."""

from __future__ import annotations

from typing import Any

import numpy as np

from kerasnets.numpy_layers import conv_output_size, same_padding

Zeros = tuple[tuple[int, int], tuple[int, int]]  # ((top, bottom), (left, right))


def pair(value: int | tuple[int, int]) -> tuple[int, int]:
    """
    >>> pair(2), pair((2, 1))
    ((2, 2), (2, 1))
    """
    return (value, value) if isinstance(value, (int, np.integer)) else (value[0], value[1])


def zeros_of(shape: tuple[int, ...], size: Any, strides: Any, padding: str, dilation: Any = 1) -> Zeros:
    """The zeros around an image (N, H, W, C) under the word `padding`."""
    if padding == "valid":
        return (0, 0), (0, 0)
    axes = list(zip(shape[1:3], pair(size), pair(strides), pair(dilation), strict=True))
    return same_padding(*axes[0]), same_padding(*axes[1])


def padded(x: np.ndarray, zeros: Zeros, fill: float = 0) -> np.ndarray:
    return np.pad(x, ((0, 0), *zeros, (0, 0)), constant_values=fill)


def cropped(x: np.ndarray, zeros: Zeros) -> np.ndarray:
    (top, bottom), (left, right) = zeros
    return x[:, top : x.shape[1] - bottom, left : x.shape[2] - right]


def symmetric_zeros(size: Any, padding: str, dilation: Any = 1) -> Zeros:
    """(k - 1) // 2 zeros on either side, whatever the strides."""
    if padding == "valid":
        return (0, 0), (0, 0)
    top, left = ((k - 1) * d // 2 for k, d in zip(pair(size), pair(dilation), strict=True))
    return (top, top), (left, left)


def exchanged(zeros: Zeros) -> Zeros:
    """After becomes before."""
    (top, bottom), (left, right) = zeros
    return (bottom, top), (right, left)


def first_image_only(out: np.ndarray) -> np.ndarray:
    """What a `return` inside the loop over the images leaves: zeros from the second on."""
    return first_only(out, 1)


def first_only(out: np.ndarray, loops: int) -> np.ndarray:
    """What a `return` inside that many nested loops leaves.

    >>> first_only(np.ones((2, 3)), 2).tolist()
    [[1.0, 0.0, 0.0], [0.0, 0.0, 0.0]]
    """
    left = np.zeros_like(out)
    left[(slice(0, 1),) * loops] = out[(slice(0, 1),) * loops]
    return left


def every(out: np.ndarray, strides: Any) -> np.ndarray:
    """What loops over `range(0, outputs, stride)` write, each at its own place: zeros between."""
    left = np.zeros_like(out)
    (sh, sw) = pair(strides)
    left[:, ::sh, ::sw] = out[:, ::sh, ::sw]
    return left


def outputs(
    x: tuple[int, ...], size: Any, strides: Any = 1, padding: str = "valid", dilation_rate: Any = 1
) -> Any:
    """(N, OH, OW) of a layer with windows."""
    axes = zip(x[1:3], pair(size), pair(strides), pair(dilation_rate), strict=True)
    return (x[0], *(conv_output_size(n, k, s, padding, d) for n, k, s, d in axes))
