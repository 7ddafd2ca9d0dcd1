"""What small inputs are made of: whole numbers, few of them, and a rung for each kind of function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from grader.cnnchecks.oracle import Rung
from grader.tasks.windows import outputs, zeros_of

SEED = 5


Shape = tuple[int, ...]
Values = Callable[[Shape], np.ndarray]


def digits(shape: Shape, low: int = 1, high: int = 9) -> np.ndarray:
    """Whole numbers as floats, the same at every call: each once, where there are enough of them.

    >>> digits((2, 2)).tolist()
    [[2.0, 5.0], [3.0, 4.0]]
    """
    rng = np.random.default_rng(SEED)
    size = int(np.prod(shape))
    rounds = -(-size // (high - low + 1))
    numbers = np.concatenate([rng.permutation(np.arange(low, high + 1.0)) for _ in range(rounds)])
    return numbers[:size].reshape(shape)


def ties(shape: Shape) -> np.ndarray:
    """Only two different numbers, so that in most windows the largest one stands more than once."""
    return digits(shape, 1, 2)


def negative(shape: Shape) -> np.ndarray:
    return digits(shape) - 10


def signed(shape: Shape) -> np.ndarray:
    return digits(shape) - 5


# Rungs -------------------------------------------------------------------------------------------------------


def conv(x: Shape, w: Shape, dtype: str = "float64", **options: Any) -> Rung:
    args = digits(x).astype(dtype), digits(w, 1, 5), digits(w[3:], 1, 3)
    return Rung(args, options, zeros_of(x, w[:2], *windows(1, **options)))


def conv_back(x: Shape, w: Shape, **options: Any) -> Rung:
    dout = digits((*outputs(x, w[:2], *windows(1, **options)), w[3]), 1, 4)
    return Rung((dout, digits(x), digits(w, 1, 5)), options, zeros_of(x, w[:2], *windows(1, **options)))


def pooled(x: Shape, values: Values = digits, pool_size: Any = 2, **options: Any) -> Rung:
    zeros = zeros_of(x, pool_size, *windows(pool_size, **options))
    return Rung((values(x), pool_size), options, zeros)


def pooled_back(x: Shape, values: Values = digits, pool_size: Any = 2, **options: Any) -> Rung:
    forward = pooled(x, values, pool_size, **options)
    dout = digits((*outputs(x, pool_size, *windows(pool_size, **options)), x[3]), 1, 4)
    return replace(forward, args=(12 * dout, *forward.args))  # averages stay whole numbers


def windows(
    usual: Any, strides: Any = None, padding: str = "valid", dilation_rate: Any = 1
) -> tuple[Any, str, Any]:
    """(strides, padding, dilation), with the defaults filled in; the default of strides is `usual`."""
    return strides or usual, padding, dilation_rate


def shapes(*rows: tuple[Any, ...], **options: Any) -> list[Rung]:
    return [Rung(row, options) for row in rows]
