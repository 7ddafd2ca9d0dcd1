"""Nests of arrays and numbers: their leaves, their names, and how exactly they can be compared.

**How close is close enough?** Every product and every sum is rounded, by at most u of its size: u is 6e-8 for
float32. A sum of n products may be added up in any order, so what a check grants must cover them all, and no more:

* At worst all roundings point the same way, and the error comes to n u M, where M = sum |x||w| + |b| is what was
  added up, signs left out (Higham, "Accuracy and stability of numerical algorithms", 2002, section 3.1). It is
  measured by M and not by the result, which may cancel to almost nothing. NumPy's `allclose` scales with the result,
  and so rejects 2.4 % of the elements of a correct 5x5x64 convolution in float32.
* Roundings that go up as often as down add up to something like sqrt(n) u M; that it comes to more than k times that
  has a chance below 2 exp(-k*k/2) (Ipsen and Zhou, "Probabilistic error analysis for inner products", 2020).

The oracle hands over one absolute tolerance for the whole array,

    atol = 4 * eps * sqrt(n) * max(M),        eps = 2 u

which is the second with k = 8, a chance of 3e-14; up to 60 terms it is more than the first, which nothing exceeds. M
is the largest of the array, as a Fourier transform or Winograd's trick spreads its errors over all positions. Of the
orders we tried, up to 5x5x512, none came to a fifth of it; a float16 accumulation comes to seven times as much at
least. What it doesn't cover are thousands of equal numbers, added up one by one in float32: then all roundings do
point the same way. No case asks for that.

eps belongs to the inputs' common dtype or, where that is coarser, to the coarsest part of the answer (see `unit`).
Sizes and counts are integers, and those must be equal.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from .outcome import Misfit


def flatten(
    value: Any, labels: tuple[str, ...] | None = None, name: str = "the result", nested: bool = False
) -> dict[str, Any]:
    """The leaves of a nest by label.

    >>> flatten((1.5, {"w": 2, "shape": (3, 4)}), ("loss", "grads"))
    {'loss': 1.5, 'w': 2, 'shape, item 0': 3, 'shape, item 1': 4}
    """
    if isinstance(value, dict):
        parts = [(str(k), v) for k, v in value.items()]
    elif isinstance(value, (tuple, list)):
        item = f"{name}, item" if nested else "item"
        parts = [(labels[i] if labels and i < len(labels) else f"{item} {i}", v) for i, v in enumerate(value)]
    else:
        return {name: value}
    return {label: leaf for part, v in parts for label, leaf in flatten(v, None, part, True).items()}


def coarsest_unit(answers: Mapping[str, Any]) -> float:
    """The largest unit of an answer's parts: a gradient that went through a float32 layer is no finer than that layer."""
    return max((unit(np.asarray(part).dtype) for part in answers.values()), default=unit(np.float64))


def unit(dtype: Any) -> float:
    """eps, the distance from 1 to the next number of a dtype: the step in which a comparison counts.

    float64 is granted 1e-11 instead of its 2.2e-16: no wrong idea is that small, and a guard such as log(p + 1e-12)
    is no mistake. An integer input is computed in float64.

    >>> f"{unit(np.float32):.1e}", unit(np.float64), unit(np.int64)
    ('1.2e-07', 1e-11, 1e-11)
    """
    dtype = np.dtype(dtype)
    return max(float(np.finfo(dtype).eps), 1e-11) if dtype.kind == "f" else 1e-11


def tolerance(magnitude: float, terms: int, dtype: Any) -> float:
    """The absolute tolerance for sums of `terms` products whose absolute values add up to `magnitude`: eight times the
    sqrt(terms) rounding errors that are to be expected, each half a unit (see the top of this file).

    >>> f"{tolerance(magnitude=100.0, terms=25, dtype=np.float32):.1e}"
    '2.4e-04'
    """
    return 4 * unit(dtype) * math.sqrt(max(terms, 1)) * float(magnitude)


def are_equal(
    a: Any, b: Any, atol: Any, labels: tuple[str, ...] | None, only: str = "", right: Any = None
) -> bool:
    """Equal in shape and values, whatever the dtype; `only` looks at one label of a nest. `atol` is that of the `right`
    answer, which is `b` where nothing is said, and of its dtype."""
    left, other, tolerances = (flatten(v, labels) for v in (a, b, atol))
    if left.keys() != other.keys() or (only and only not in left):
        return False
    rights, coarsest = flatten(b if right is None else right, labels), coarsest_unit(left)
    return all(
        are_close(left[k], other[k], tolerances.get(k, atol), rights.get(k, other[k]), coarsest)
        for k in ([only] if only else left)
    )


def are_close(a: Any, b: Any, atol: float, right: Any, coarsest: float) -> bool:
    a, b = np.asarray(a), np.asarray(b)
    if a.dtype.kind == b.dtype.kind == "U":
        return bool(a == b)
    if a.shape != b.shape or a.dtype.kind not in "iufb" or b.dtype.kind not in "iufb":
        return False
    granted = atol * max(1.0, coarsest / unit(np.asarray(right).dtype))
    a, b = a.astype(np.float64), b.astype(np.float64)
    with np.errstate(all="ignore"):
        near = (np.abs(a - b) <= granted) | (a == b)
    return bool(near.all() or (near | (np.isnan(a) & np.isnan(b))).all())


def is_near(got: np.ndarray, expected: np.ndarray) -> bool:
    scale = float(np.abs(expected).max()) or 1.0
    return math.isfinite(scale) and bool((np.abs(got - expected) <= 1e-5 * scale).all())


def as_pair(value: Any) -> tuple[int, int]:
    return (value, value) if isinstance(value, int) else tuple(value)


def agree(answers: list[Any], atol: Any = 1e-9, labels: tuple[str, ...] = ()) -> bool:
    """Are these answers of one function equal, whatever their dtypes?"""
    return all(are_equal(answers[0], answer, atol, labels) for answer in answers[1:])


def key(name: str, args: tuple, kwargs: dict) -> str:
    """A name for one call: the SHA-256 of the function's name and its arguments, alike on every machine.

    >>> key("f", (np.arange(3.0), (2, 1)), {}) == key("f", (np.array([0.0, 1.0, 2.0]), (2, 1)), {})
    True
    >>> key("f", (1,), {}) == key("f", (1.0,), {})
    False
    """
    digest = hashlib.sha256()
    for piece in _canonical((name, args, kwargs)):
        digest.update(len(piece).to_bytes(8, "little") + piece)
    return digest.hexdigest()


def _canonical(value: Any) -> Iterator[bytes]:
    if isinstance(value, (np.ndarray, np.generic)) and value.ndim:
        little = np.asarray(value).astype(value.dtype.newbyteorder("<"), order="C")
        yield from (b"array", little.dtype.str.encode(), repr(value.shape).encode(), little.tobytes())
    elif isinstance(value, (np.ndarray, np.generic)):
        yield from _canonical(value.item())
    elif isinstance(value, (tuple, list)):
        yield f"sequence {len(value)}".encode()
        for item in value:
            yield from _canonical(item)
    elif isinstance(value, dict):
        yield f"dict {len(value)}".encode()
        for name in sorted(value):
            yield str(name).encode()
            yield from _canonical(value[name])
    elif value is None or isinstance(value, (bool, int, float, str, bytes)):
        yield f"{type(value).__name__} {value!r}".encode()
    else:
        yield f"other {type(value).__name__}".encode()


def in_batches(
    answer: Callable[[np.ndarray], np.ndarray], x: np.ndarray, sizes: tuple[int, ...] | None
) -> np.ndarray:
    """`answer` to the images x (N, ...), asked about so many at a time (None: all at once); raises `Misfit` where a batch
    doesn't get an answer for each of its images.

    >>> in_batches(lambda images: images.sum(axis=1), np.arange(6.0).reshape(3, 2), (1, 2)).tolist()
    [1.0, 5.0, 9.0]
    """
    answers, images = [], np.asarray(x, np.float32)
    for size in sizes or (len(images),):
        batch, images = images[:size], images[size:]
        answers.append(np.asarray(answer(batch), np.float32))
        if answers[-1].ndim == 0 or len(answers[-1]) != len(batch):
            raise Misfit(f"for {len(batch)} images its answer has the shape {answers[-1].shape}; expected is one row "
                         "for each image")  # fmt: skip
    return np.concatenate(answers)
