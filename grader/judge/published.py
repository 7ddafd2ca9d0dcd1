"""Are these weights the course's own, which it publishes?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from grader.tasks.trained import trained
from kerasnets.models import registry

ALIKE = 0.99  # the cosine of two filters that are one: numbers that are off by a tenth of their size come to 0.995


def are_published(weights: list[np.ndarray]) -> bool:
    """Are these the trained weights of a network of the zoo, as they ship? Reshaped or rounded to float16, they still are.

    So they are with filters in another order or of another sign, or with a little noise: see `_same_kernels`. Who trains on from
    them for long isn't found out: the reference is public (see SECURITY.md).
    """
    published = [trained(card.name) for card in registry.table() if card.trained]
    return any(_same_numbers(weights, known) or _same_kernels(weights, known) for known in published)


def _same_numbers(some: Sequence[np.ndarray], others: Sequence[np.ndarray]) -> bool:
    pairs = [(np.ravel(a), np.ravel(b)) for a, b in zip(some, others, strict=False)]
    return len(some) == len(others) and all(
        a.size == b.size and np.allclose(a, b, rtol=1e-2, atol=1e-4) for a, b in pairs
    )


def _same_kernels(some: Sequence[np.ndarray], others: Sequence[np.ndarray]) -> bool:
    """Has each filter and unit of a chain of layers its like in another one, where those before it are set in their order?

    >>> rng = np.random.default_rng(1)
    >>> kernels = [rng.normal(size=shape) for shape in ((3, 3, 1, 4), (16, 5), (5, 3))]  # maps of 2x2, flattened
    >>> first, second = kernels[0][..., ::-1], -kernels[1].reshape(4, 4, 5)[:, ::-1].reshape(16, 5)
    >>> _same_kernels([first, second, -kernels[2]], kernels), _same_kernels([first, *kernels[1:]], kernels)
    (True, False)
    """
    if [np.size(array) for array in some] != [np.size(array) for array in others]:
        return False
    order, signs = np.zeros(1, int), np.ones(1)  # of the layer before: one channel, an image's
    for given, known in zip(some, others, strict=True):
        if known.ndim < 2:
            continue  # biases
        if known.shape[-2] % len(order):
            return False  # it is no chain
        places = known.reshape(-1, len(order), known.shape[-1])
        set_right = (np.reshape(given, places.shape)[:, order] * signs[:, None]).reshape(-1, known.shape[-1])
        units = [_of_length_one(array) for array in (places.reshape(set_right.shape), set_right)]
        alike = units[0].T @ units[1]
        order = np.abs(alike).argmax(axis=1)
        best = alike[np.arange(len(order)), order]
        if not (np.abs(best) > ALIKE).all() or len(set(order.tolist())) < len(order):
            return False
        signs = np.sign(best)
    return True


def _of_length_one(columns: np.ndarray) -> np.ndarray:
    with np.errstate(all="ignore"):
        return np.asarray(columns / np.linalg.norm(columns, axis=0))
