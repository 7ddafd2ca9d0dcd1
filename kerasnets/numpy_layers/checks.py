"""What every layer asks of its arguments, in one place: each refusal says what it got and what it wanted.

Nothing here computes a layer: reading `conv.py` or `pool.py` needs only the names of these functions.
"""

from __future__ import annotations

import operator
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array: TypeAlias = NDArray[Any]  # float32 or float64; mypy can't tell shapes apart
Pair: TypeAlias = int | tuple[int, int]


def floats(**named: ArrayLike) -> tuple[Array, ...]:
    """Return the arrays in one floating dtype, in the order given; none of them is modified.

    All float32 stays float32; anything else is computed in float64, integer and bool images too. What would
    lose digits or has no order (float16, longdouble, complex, objects, text) raises ValueError.

    >>> [a.dtype.name for a in floats(x=np.zeros(3, np.uint8), w=np.zeros(3, np.float32))]
    ['float64', 'float64']
    """
    arrays = [_real(name, value) for name, value in named.items()]
    single = all(a.dtype == np.float32 for a in arrays)
    return tuple(a.astype(np.float32 if single else np.float64, copy=False) for a in arrays)


def _real(name: str, value: ArrayLike) -> Array:
    try:
        array = np.asarray(value)
    except ValueError as error:  # rows of different lengths
        raise ValueError(f"{name} must be an array of numbers; NumPy can't make one: {error}") from None
    if array.dtype.kind in "biu" or (array.dtype.kind == "f" and array.dtype.itemsize in (4, 8)):
        return array
    raise ValueError(
        f"{name} must hold float32, float64, integers or bools; got dtype {array.dtype}. "
        f"Convert it first, e.g. {name}.astype(np.float32)."
    )


def need_axes(name: str, array: Array, axes: str) -> None:
    """Refuse an array that has not these axes, or whose axes (the batch N apart) are empty.

    >>> need_axes("x", np.zeros((28, 28)), "N, H, W, C")
    Traceback (most recent call last):
    ...
    ValueError: x must have 4 axes (N, H, W, C); got 2, shape (28, 28).
    """
    names = axes.split(", ")
    if array.ndim != len(names):
        raise ValueError(
            f"{name} must have {len(names)} axes ({axes}); got {array.ndim}, shape {array.shape}."
        )
    empty = [axis for axis, size in zip(names, array.shape, strict=True) if size == 0 and axis != "N"]
    if empty:
        raise ValueError(f"{name} ({axes}) must have at least 1 along {empty[0]}; got shape {array.shape}.")


def need_shape(name: str, array: Array, shape: tuple[int, ...], because: str) -> None:
    """Refuse an array of another shape, and say where the expected shape comes from.

    >>> need_shape("b", np.zeros(3), (8,), "one bias per kernel of w")
    Traceback (most recent call last):
    ...
    ValueError: b must have shape (8,), one bias per kernel of w; got (3,).
    """
    if array.shape != shape:
        raise ValueError(f"{name} must have shape {shape}, {because}; got {array.shape}.")


def whole(name: str, value: object, least: int = 1) -> int:
    """Return value as an int if it is a whole number of at least `least`.

    >>> whole("strides", 2)
    2
    >>> whole("strides", 0)
    Traceback (most recent call last):
    ...
    ValueError: strides must be a whole number, 1 or more; got 0.
    """
    try:
        number = operator.index(value)  # type: ignore[arg-type]  # a float or a str ends in the except
    except TypeError:
        number = least - 1
    if number < least or isinstance(value, bool | np.bool_):
        raise ValueError(f"{name} must be a whole number, {least} or more; got {value!r}.")
    return number


def pair(name: str, value: object, least: int = 1) -> tuple[int, int]:
    """Return (vertical, horizontal) from an int, which stands for both, or from a pair of ints.

    >>> pair("strides", 2), pair("strides", (2, 1))
    ((2, 2), (2, 1))
    >>> pair("strides", (1, 2, 2, 1))
    Traceback (most recent call last):
    ...
    ValueError: strides must be an int or a pair (vertical, horizontal); got (1, 2, 2, 1).
    """
    if not isinstance(value, tuple | list):
        both = whole(name, value, least)
        return both, both
    if len(value) != 2:
        raise ValueError(f"{name} must be an int or a pair (vertical, horizontal); got {value!r}.")
    return whole(name, value[0], least), whole(name, value[1], least)


def word(padding: object) -> str:
    """Return padding if it is one of the two words that layers take.

    >>> word("SAME")
    Traceback (most recent call last):
    ...
    ValueError: padding must be "valid" or "same"; got 'SAME'.
    """
    if isinstance(padding, str) and padding in ("valid", "same"):
        return padding
    hint = " For a number of zeros call zero_pad2d first." if isinstance(padding, int | tuple | list) else ""
    raise ValueError(f'padding must be "valid" or "same"; got {padding!r}.{hint}')
