"""How much an honest answer may be off."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.cnnchecks.values import flatten, tolerance
from grader.judge.reference import MODELS, REFERENCE
from grader.tasks.catalogue import TASKS
from grader.tasks.rounding import map_leaves, of_a_network


def allowed_error(name: str, args: tuple, kwargs: dict, expected: Any, dtype: Any) -> Any:
    """The absolute tolerance per label of `expected` (see the top of `cnnchecks.values`), by label for a nest.

    Sums of products: the reference, asked about absolute values, says how much was added up.
    """
    if not any(is_float(leaf) or isinstance(leaf, float) for leaf in flatten(expected).values()):
        return 0.0  # sizes and counts
    task = TASKS.get(name)
    if task is not None and task.allowed is not None:
        return task.allowed(args, kwargs, expected, dtype)
    if name.removesuffix("/stages") in MODELS:
        return of_a_network(args, kwargs, expected, dtype)
    magnitude = REFERENCE[name](*map_leaves(absolute, args), **map_leaves(absolute, kwargs))
    terms = task.terms(*args) if task is not None and task.terms is not None else 1
    return map_leaves(lambda leaf: tolerance(float(np.abs(leaf).max(initial=0)), terms, dtype), magnitude)


def is_float(leaf: Any) -> bool:
    return isinstance(leaf, (np.ndarray, np.floating)) and leaf.dtype.kind == "f"


def widen(leaf: Any) -> Any:
    return leaf.astype(np.float64) if is_float(leaf) else leaf


def narrow(leaf: Any, dtype: np.dtype) -> Any:
    return np.asarray(leaf).astype(dtype)[()] if isinstance(leaf, float) or is_float(leaf) else leaf


def absolute(leaf: Any) -> Any:
    return np.abs(leaf) if isinstance(leaf, np.ndarray) else leaf


def answer_dtype(args: tuple, kwargs: dict) -> np.dtype:
    """float32 when all floating-point inputs are, else float64."""
    leaves = [*flatten(args).values(), *flatten(kwargs).values()]
    floats = [leaf.dtype for leaf in leaves if is_float(leaf)]
    return np.result_type(*floats) if floats else np.dtype(np.float64)
