"""A gradient by differences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from grader.cnnchecks.oracle import Rung
from grader.tasks.drawn import Case, Normal
from grader.tasks.task import idea, task
from kerasnets import numpy_layers

TRAINING = "Lecture 2, Training: learn kernel weights"


def polynomial(coefficients: Sequence[float], x: np.ndarray) -> float:
    """f(x) = sum over k of c_k * sum(x**k), a scalar: what a numerical gradient is asked about.

    >>> polynomial([1.0, 0.0, 2.0], np.array([3.0, 4.0]))  # 1 * 2 elements + 2 * (9 + 16)
    52.0
    """
    return float(sum(c * np.sum(x**k) for k, c in enumerate(coefficients)))


def rounding_of_difference(args: tuple, kwargs: dict, expected: Any, dtype: Any) -> float:
    """(f(x + h) - f(x - h)) / 2h keeps the rounding of f, blown up by 1/h."""
    coefficients, x, h = (*args, *kwargs.values(), 1e-5)[:3]
    magnitude = sum(abs(c) * np.sum((np.abs(x) + h) ** k) for k, c in enumerate(coefficients))
    return 16 * np.finfo(np.float64).eps * float(magnitude) / h


@task(
    allowed=rounding_of_difference,
    hidden={
        "plain": (
            Case("A cubic, with a coarse step", (Normal((4,)), Normal((2, 3), mean=2), 0.05)),
            Case("A quadratic, with a fine step", (Normal((3,), mean=2), Normal((5,), mean=2), 0.001)),
        ),
        "axes": (
            Case("Three axes, with a large step", (Normal((4,), mean=1), Normal((2, 3, 2), mean=2), 0.25)),
        ),
    },
    small=[
        Rung((c, np.array(x), h))
        for c, x, h in (
            ([0.0, 1.0], [1.0, 2.0], 0.5),
            ([0.0, 0.0, 1.0], [1.0, 2.0], 0.5),
            ([0.0, 0.0, 0.0, 1.0], [1.0, 2.0], 0.5),
            ([0.0, 0.0, 1.0], [[1.0, 2.0], [3.0, 4.0]], 0.5),
        )
    ],
)
def gradient_of_polynomial(coefficients: Sequence[float], x: np.ndarray, h: float = 1e-5) -> np.ndarray:
    """The central difference of `polynomial`, with the h that was asked for: functions can't cross the seal.

    >>> np.round(gradient_of_polynomial([0.0, 0.0, 1.0], np.array([1.0, 2.0])), 6).tolist()
    [2.0, 4.0]
    """
    return numpy_layers.numerical_gradient(lambda at: polynomial(coefficients, at), x, h)


def _f(coefficients: Any, x: np.ndarray) -> float:
    return sum(c * np.sum(x**k) for k, c in enumerate(coefficients))


def _tried(coefficients: Any, x: Any, above: float, below: float, width: float) -> np.ndarray:
    """Per element (f at x + above - f at x + below) / width."""
    probe, grad = x.astype(np.float64), np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        middle = probe[i]
        probe[i] = middle + above
        up = _f(coefficients, probe)
        probe[i] = middle + below
        grad[i] = (up - _f(coefficients, probe)) / width
        probe[i] = middle
    return grad


@gradient_of_polynomial.wrongly(
    idea(
        "gradcheck.one_sided",
        belief="The slope is (f(x + h) - f(x)) / h.",
        hint="One side errs by a multiple of h, both sides by one of h squared: step to x - h as well.",
        lecture=TRAINING,
    )
)
def forward_difference(coefficients: Any, x: Any, h: float = 1e-5) -> Any:
    return _tried(coefficients, x, h, 0, h)


@gradient_of_polynomial.wrongly(
    idea(
        "gradcheck.divided_by_h",
        belief="The difference of both sides is divided by h.",
        hint="How far apart are x - h and x + h?",
        lecture=TRAINING,
    )
)
def half_step(coefficients: Any, x: Any, h: float = 1e-5) -> Any:
    return _tried(coefficients, x, h, -h, h)


@gradient_of_polynomial.wrongly(
    idea(
        "gradcheck.all_elements_at_once",
        belief="I shift the whole array by h and divide.",
        hint="Each element has its own derivative: move one, leave the others where they are.",
        lecture=TRAINING,
    )
)
def all_at_once(coefficients: Any, x: Any, h: float = 1e-5) -> Any:
    return np.full(x.shape, (_f(coefficients, x + h) - _f(coefficients, x - h)) / (2 * h))
