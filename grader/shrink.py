"""Small inputs to follow a mistake by hand: for each function a ladder of them, and how to make one simpler still.

`ladder(name)` is fixed and public. Its rungs have whole numbers and few of them, and between them every kind of option; a
test proves that each wrong idea shows on one. They are tried the smallest first, so the first that shows a mistake is the
smallest of the ladder; `simplest` then replaces its numbers by 0 and 1 for as long as the mistake is still there. That is
bounded, needs no second library at grading time, and never starts from a hidden input.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from grader.cases import outputs
from grader.cnnchecks import Rung
from grader.misconceptions.idea import zeros_of

MOST_TRIES = 40  # of simpler numbers: in a sandbox each is a round trip
SEED = 5


# Values ------------------------------------------------------------------------------------------------------

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
    """So few different numbers that most windows have their largest one more than once."""
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
    """(strides, padding, dilation) with nothing left to a default."""
    return strides or usual, padding, dilation_rate


def shapes(*rows: tuple[Any, ...], **options: Any) -> list[Rung]:
    return [Rung(row, options) for row in rows]


CONVOLUTIONS: tuple[tuple[Shape, Shape, dict[str, Any]], ...] = (
    ((1, 1, 1, 1), (1, 1, 1, 1), {}),
    ((1, 2, 2, 1), (1, 1, 1, 1), {}),
    ((1, 2, 2, 1), (2, 2, 1, 1), {}),
    ((1, 2, 3, 1), (1, 2, 1, 1), {}),
    ((1, 3, 2, 1), (2, 1, 1, 1), {}),
    ((1, 3, 3, 1), (2, 2, 1, 1), {}),
    ((1, 3, 4, 1), (2, 3, 1, 1), {}),
    ((1, 4, 3, 1), (3, 2, 1, 1), {}),
    ((1, 1, 2, 2), (1, 1, 2, 1), {}),
    ((1, 2, 2, 2), (2, 2, 2, 1), {}),
    ((1, 1, 2, 1), (1, 1, 1, 2), {}),
    ((1, 2, 2, 2), (1, 1, 2, 2), {}),
    ((2, 1, 2, 1), (1, 1, 1, 1), {}),
    ((2, 2, 2, 1), (2, 2, 1, 1), {}),
    ((2, 2, 3, 2), (2, 2, 2, 2), {}),
    ((1, 2, 2, 1), (2, 2, 1, 1), {"padding": "same"}),
    ((1, 2, 2, 1), (3, 3, 1, 1), {"padding": "same"}),
    ((1, 3, 3, 1), (2, 2, 1, 1), {"padding": "same"}),
    ((1, 3, 3, 1), (3, 3, 1, 1), {"padding": "same"}),
    ((1, 3, 4, 1), (2, 3, 1, 1), {"padding": "same"}),
    ((1, 3, 3, 1), (1, 1, 1, 1), {"strides": 2}),
    ((1, 3, 3, 1), (2, 2, 1, 1), {"strides": 2}),
    ((1, 4, 4, 1), (2, 2, 1, 1), {"strides": 2}),
    ((1, 3, 2, 1), (1, 1, 1, 1), {"strides": (2, 1)}),
    ((1, 2, 3, 1), (1, 1, 1, 1), {"strides": (1, 2)}),
    ((1, 3, 3, 1), (1, 1, 1, 1), {"strides": (2, 1)}),
    ((1, 4, 3, 1), (2, 2, 1, 1), {"strides": (2, 1)}),
    ((1, 3, 3, 1), (3, 3, 1, 1), {"strides": 2, "padding": "same"}),
    ((1, 4, 4, 1), (3, 3, 1, 1), {"strides": 2, "padding": "same"}),
    ((1, 4, 3, 1), (2, 2, 1, 1), {"strides": (2, 1), "padding": "same"}),
    ((1, 3, 3, 1), (2, 2, 1, 1), {"dilation_rate": 2}),
    ((1, 3, 2, 1), (2, 2, 1, 1), {"dilation_rate": (2, 1)}),
    ((1, 3, 3, 1), (2, 2, 1, 1), {"padding": "same", "dilation_rate": 2}),
    ((1, 3, 3, 1), (2, 2, 1, 1), {"padding": "same", "dilation_rate": (2, 1)}),
)  # fmt: skip
POOLS: tuple[tuple[Shape, dict[str, Any]], ...] = (
    ((1, 2, 2, 1), {}),
    ((1, 2, 4, 1), {}),
    ((1, 3, 2, 1), {}),
    ((1, 3, 3, 1), {}),
    ((1, 2, 2, 2), {}),
    ((2, 2, 2, 1), {}),
    ((1, 4, 4, 1), {}),
    ((1, 2, 4, 2), {}),
    ((1, 2, 3, 1), {"pool_size": (1, 3)}),
    ((1, 2, 2, 1), {"pool_size": (2, 1)}),
    ((1, 4, 4, 1), {"pool_size": (1, 2)}),
    ((1, 2, 3, 1), {"strides": 1}),
    ((1, 3, 3, 1), {"strides": 1}),
    ((1, 3, 3, 1), {"pool_size": 1, "strides": 2}),
    ((1, 3, 2, 1), {"pool_size": 1, "strides": (2, 1)}),
    ((1, 3, 3, 1), {"strides": (1, 2)}),
    ((1, 4, 3, 1), {"strides": (2, 1)}),
    ((1, 2, 2, 1), {"strides": 1, "padding": "same"}),
    ((1, 3, 3, 1), {"padding": "same"}),
    ((1, 3, 3, 1), {"pool_size": 3, "strides": 1, "padding": "same"}),
    ((1, 4, 4, 1), {"pool_size": 3, "strides": 2, "padding": "same"}),
)

POOLED = [pooled(x, values, **options) for x, options in POOLS for values in (digits, negative)]
POOLED_BACK = [pooled_back(x, **options) for x, options in POOLS]
LOGITS = [
    Rung((digits((n, k), 0, 4), np.arange(n)[::-1] % k)) for n, k in ((1, 2), (1, 3), (2, 2), (2, 3), (3, 2))
]
LARGE = [
    Rung((800.0 * np.array([signs]), np.array([label]))) for signs, label in (((1, -1), 0), ((1, -1), 1))
]
MAPS = ((1, 1, 2, 1), (1, 2, 2, 1), (1, 2, 2, 2), (2, 1, 2, 2), (2, 2, 3, 2))
WEIGHTS = (
    ((1, 1), (1, 1)),
    ((1, 2), (2, 1)),
    ((1, 2), (2, 3)),
    ((2, 1), (1, 2)),
    ((2, 2), (2, 2)),
    ((3, 2), (2, 2)),
)
SIDES = (1, (0, 1), (1, 0), (1, 2), ((0, 1), (0, 0)), ((1, 0), (0, 2)))
PARAMETERS = {"w": digits((2,)), "b": digits((1,))}

LADDERS: dict[str, list[Rung]] = {
    "conv_output_size": [
        *shapes((2, 1), (3, 2), (4, 2), (5, 3), (4, 2, 2), (5, 2, 2), (5, 3, 2), (6, 3, 2)),
        *shapes((3, 2), (4, 3), (4, 3, 2), (5, 3, 2), (5, 2, 2), padding=1),
        *shapes((4, 3), (4, 3, 2), (5, 3, 2), (5, 2, 3), padding="same"),
        *shapes((4, 2), (6, 3), (6, 2, 2), (6, 3, 2), dilation_rate=2),
    ],
    "same_padding": [
        *shapes((3, 3), (3, 2), (4, 4), (4, 3, 2), (5, 3, 2), (6, 3, 2), (5, 2, 2), (4, 2, 3), (5, 5, 2), (5, 4, 3)),
        *shapes((4, 1, 2), (4, 1, 3), (5, 1, 3), (5, 2, 3)),
        *shapes((4, 2), (5, 3), (6, 3, 2), dilation_rate=2),
    ],
    "zero_pad2d": [Rung((digits(x), p)) for x in ((1, 1, 2, 1), (1, 2, 2, 1), (1, 2, 1, 2), (2, 1, 1, 1)) for p in SIDES],
    "conv2d_forward": [
        *(conv(x, w, **options) for x, w, options in CONVOLUTIONS),
        conv((1, 2, 2, 1), (1, 1, 1, 1), dtype="uint8"),
        conv((1, 3, 3, 1), (2, 2, 1, 1), dtype="uint8"),
    ],
    "conv2d_backward": [conv_back(x, w, **options) for x, w, options in CONVOLUTIONS],
    "max_pool2d_forward": [*POOLED, pooled((1, 2, 2, 1), signed), pooled((1, 4, 4, 1), signed)],
    "max_pool2d_backward": [
        *POOLED_BACK,
        *(pooled_back(x, ties, **options) for x, options in POOLS),
    ],
    "avg_pool2d_forward": [replace(rung, args=(12 * rung.args[0], *rung.args[1:])) for rung in POOLED],
    "avg_pool2d_backward": POOLED_BACK,
    "global_avg_pool2d_forward": [Rung((12 * digits(x),)) for x in MAPS],
    "global_avg_pool2d_backward": [Rung((12 * digits((x[0], x[3])), digits(x))) for x in MAPS],
    "dense_forward": [Rung((v(x), digits(w), digits(w[1:]))) for x, w in WEIGHTS for v in (digits, negative)],
    "dense_backward": [Rung((digits((x[0], w[1])), digits(x), digits(w, 2, 6))) for x, w in WEIGHTS],
    "relu_forward": [Rung((np.array(row),)) for row in ([-2.0, 3.0], [0.0, -1.0, 2.0])] + [Rung((signed((2, 3)),))],
    "relu_backward": [
        Rung((np.array(dout), np.array(x)))
        for dout, x in (
            ([2.0, 3.0], [-1.0, 4.0]),
            ([-2.0, 3.0], [1.0, -4.0]),
            ([2.0, 3.0, 4.0], [0.0, 1.0, -1.0]),
        )
    ],
    "softmax_cross_entropy": LOGITS + LARGE,
    "sgd_step": [Rung((PARAMETERS, {k: 10 * v + 10 for k, v in PARAMETERS.items()}, 0.1))],
    "gradient_of_polynomial": [
        Rung((c, np.array(x), h))
        for c, x, h in (
            ([0.0, 1.0], [1.0, 2.0], 0.5),
            ([0.0, 0.0, 1.0], [1.0, 2.0], 0.5),
            ([0.0, 0.0, 0.0, 1.0], [1.0, 2.0], 0.5),
            ([0.0, 0.0, 1.0], [[1.0, 2.0], [3.0, 4.0]], 0.5),
        )
    ],
    "lenet_activation_sizes": [
        *shapes((16, 16), (16, 20), (17, 16), padding="valid"),
        *shapes((12, 12), (12, 16), (13, 12), (16, 16), padding="same"),
    ],
    "conv_parameters": [
        *shapes((1, 1, 1), (2, 1, 1), (1, 1, 2), (1, 2, 1), (2, 1, 3), ((1, 2), 1, 1), ((2, 1), 2, 3)),
        *shapes((1, 1, 1), (2, 1, 2), use_bias=False),
    ],
    "dense_parameters": [*shapes((1, 1), (2, 1), (1, 2), (3, 2)), *shapes((1, 1), (2, 3), use_bias=False)],
    "lenet_parameters": [
        *shapes((16, 16), (16, 20), padding="valid"),
        *shapes((12, 12), (12, 16), (16, 16), padding="same"),
    ],
    "accuracy": [
        Rung((np.array(rows), np.array(labels)))
        for rows, labels in (
            ([[1.0, 0.0]], [1]),
            ([[1.0, 0.0], [0.0, 1.0]], [0, 0]),
            ([[0.75, 0.25], [0.25, 0.75], [0.25, 0.75]], [0, 1, 0]),
            ([[0.5, 0.25, 0.25], [0.25, 0.5, 0.25]], [0, 2]),
        )
    ],
    "confusion_matrix": [
        Rung((np.array(labels), np.array(predictions)), {"classes": classes})
        for labels, predictions, classes in (
            ([0], [1], 2),
            ([0, 0], [1, 1], 2),
            ([0, 1, 1], [1, 1, 1], 2),
            ([0, 0, 1], [1, 1, 0], 3),
        )
    ],
    "pixel_uses": [
        *shapes((3, 3), (4, 3), (5, 3), padding="valid"),
        *shapes((3, 3), (4, 3), (5, 3), padding="same"),
    ],
}  # fmt: skip


@cache
def ladder(name: str) -> tuple[Rung, ...]:
    """The small inputs of a function, the smallest first; none for networks and models, whose parts have theirs.

    >>> [(x.shape, padding) for x, padding in (rung.args for rung in ladder("zero_pad2d")[:3])]
    [((1, 1, 2, 1), 1), ((1, 1, 2, 1), (0, 1)), ((1, 1, 2, 1), (1, 0))]
    """
    return tuple(sorted(LADDERS.get(name, ()), key=extent))


def extent(rung: Rung) -> float:
    """How much there is to look at: numbers in arrays, or sizes; a little for each option and each number but 0."""
    arrays = [leaf for leaf in _leaves(rung.args) if isinstance(leaf, np.ndarray)]
    whole = 0 if arrays else sum(leaf for leaf in _leaves(rung.args) if isinstance(leaf, int))
    numbers = sum(array.size + np.count_nonzero(array) / 100 for array in arrays)
    return numbers + whole + len(rung.kwargs) / 2


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, (tuple, list)):
        for part in value:
            yield from _leaves(part)
    elif isinstance(value, dict):
        yield from _leaves(list(value.values()))
    else:
        yield value


# Simpler numbers --------------------------------------------------------------------------------------------


def simplest(rung: Rung, shows: Callable[[Rung], bool], tries: int = MOST_TRIES) -> Rung:
    """The rung with as many zeros and units as leave the mistake: whole arrays first, then number by number.

    >>> rung = Rung((np.array([[7.0, 5.0], [3.0, 4.0]]),))
    >>> simplest(rung, lambda rung: rung.args[0][1, 0] > 0).args[0].tolist()
    [[0.0, 0.0], [1.0, 0.0]]
    """
    for which, place, value in moves(rung):
        if tries == 0:
            break
        simpler = _with(rung, which, place, value)
        if simpler is None:
            continue
        tries -= 1
        if shows(simpler):
            rung = simpler
    return rung


Place = Any  # an index into an array


def moves(rung: Rung) -> Iterator[tuple[int, Place, float]]:
    """(argument, place, new value), the boldest first."""
    arrays = [
        i for i, value in enumerate(rung.args) if isinstance(value, np.ndarray) and value.dtype.kind == "f"
    ]
    for which in reversed(arrays):
        yield which, ..., 0.0
    for value in (lambda _: 0.0, _unit):
        for which in arrays:
            for place in np.ndindex(rung.args[which].shape):
                yield which, place, value(rung.args[which])


def _unit(values: np.ndarray) -> float:
    """What stands for one: 12, of which averages are whole numbers, or 800, where it is about large numbers.

    >>> _unit(np.array([24.0, -12.0])), _unit(np.array([5.0]))
    (12.0, 1.0)
    """
    return next((unit for unit in (800.0, 12.0) if not (values % unit).any()), 1.0)


def _with(rung: Rung, which: int, place: Place, value: float) -> Rung | None:
    """The rung with another value there, with its sign; None if that changes nothing or isn't simpler."""
    old = rung.args[which]
    new = old.copy()
    new[place] = np.where(old[place] < 0, -value, value) if value else 0.0
    if np.array_equal(new, old) or (value and not np.any(old[place])):
        return None
    return replace(rung, args=(*rung.args[:which], new, *rung.args[which + 1 :]))
