"""What is trained and what it never saw: the weights of the zoo, and digits that no student's folder holds."""

from functools import cache

import numpy as np

from kerasnets import data
from kerasnets.models import registry


@cache
def trained(name: str) -> tuple[np.ndarray, ...]:
    """The trained weights of a network of the zoo, in layer order. They stay with the judge."""
    return tuple(registry.weights(name))


@cache
def held_out_digits() -> tuple[np.ndarray, np.ndarray]:
    """A thousand digits that no network of ours was trained on: float32 images (N, 28, 28, 1) from 0 to 1, labels (N,)."""
    digits = data.load("digits")
    return data.scaled(digits.x_test), digits.y_test
