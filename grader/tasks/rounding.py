"""How much an honest answer may be off, where the number of products in a sum doesn't say it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from grader.cnnchecks.values import tolerance


def map_leaves(function: Callable[[Any], Any], value: Any) -> Any:
    """Apply `function` to the numbers and arrays in a nest.

    >>> map_leaves(lambda leaf: 2 * leaf, (1, {"w": [3.0, 4.0]}))
    (2, {'w': (6.0, 8.0)})
    """
    if isinstance(value, dict):
        return {name: map_leaves(function, part) for name, part in value.items()}
    if isinstance(value, (tuple, list)):
        return tuple(map_leaves(function, part) for part in value)
    return function(value)


def of_a_network(args: tuple, kwargs: dict, expected: Any, dtype: Any) -> Any:
    """Of what several layers make of an image: a thousand terms stand for all of theirs."""
    return map_leaves(lambda leaf: tolerance(float(np.abs(leaf).max(initial=0)) * 10, 1000, dtype), expected)
