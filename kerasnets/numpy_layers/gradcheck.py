"""The gradient by trying: slow, but it needs no calculus, so every backward can be checked by it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from kerasnets.numpy_layers.checks import Array, floats


def numerical_gradient(f: Callable[[Array], float], x: ArrayLike, h: float = 1e-5) -> Array:
    """Return the gradient of the scalar-valued f at x, in the shape of x, by central differences:

        grad[i] = (f(x with x[i] + h) - f(x with x[i] - h)) / 2h        for every element i

    Always in float64, whatever x is: in float32 a step of 1e-5 drowns in rounding. The error is then about h²
    times f's third derivative, plus 1e-11 times f. f is called twice per element, and x isn't modified.

    To check a backward for a given dout, differentiate the sum that dout stands for:
    `numerical_gradient(lambda x: (dout * relu_forward(x)).sum(), x)` is `relu_backward(dout, x)`, unless some
    x is within h of a kink.

    Raises ValueError for an h that isn't a positive number and an f that doesn't return one real number.
    Source: Press et al., "Numerical Recipes", section 5.7.

    >>> numerical_gradient(lambda x: (x**2).sum(), [1.0, -3.0]).round(6)
    array([ 2., -6.])
    """
    if not 0 < h < np.inf:
        raise ValueError(f"h, the step, must be a positive number; got {h!r}.")
    (x,) = floats(x=x)
    probe = x.astype(np.float64)  # a copy: the caller's x stays as it is
    grad = np.empty_like(probe)
    for i in np.ndindex(probe.shape):
        middle = probe[i]
        probe[i] = middle + h
        above = _scalar(f(probe))
        probe[i] = middle - h
        below = _scalar(f(probe))
        probe[i] = middle
        grad[i] = (above - below) / (2 * h)
    return grad


def _scalar(value: object) -> float:
    array = np.asarray(value)
    if array.shape != () or array.dtype.kind not in "biuf":
        raise ValueError(
            f"f must return one real number; got shape {array.shape}, dtype {array.dtype}. "
            "Sum it, or multiply it by dout and sum."
        )
    return float(array)
