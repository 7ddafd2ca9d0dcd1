"""What a misconception is: a card to show, and per function the code that gives this wrong idea's answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from grader.cnnchecks import Diagnosis
from grader.misconceptions.right import Step, conv2d_backward, conv2d_forward
from kerasnets.numpy_layers import same_padding

LIBRARY: list[Misconception] = []  # in the order in which the catalogue defines them


@dataclass(frozen=True)
class Way:
    """One way to make a mistake: the answer, and how it sees steps that several answers share (where windows lie)."""

    answer: Step
    steps: Mapping[str, Step]


@dataclass(frozen=True)
class Misconception:
    """A wrong idea: its card, and what it answers for each function that it claims.

    `answers` has its usual way to make the mistake, `ways` all of them: a convolution may be left out in this block or in
    that one.
    """

    card: Diagnosis
    answers: dict[str, Step] = field(default_factory=dict, compare=False)
    ways: dict[str, list[Way]] = field(default_factory=dict, compare=False)

    def answers_to(self, *names: str, **steps: Step) -> Callable[[Step], Step]:
        """Decorate the function that gives this idea's answer to the functions called `names`, in one way more."""

        def claim(function: Step) -> Step:
            for name in names:
                self.answers.setdefault(name, function)
                self.ways.setdefault(name, []).append(Way(function, steps))
            return function

        return claim

    def answer(self, name: str, *args: Any, **kwargs: Any) -> Any:
        return self.answers[name](*args, **kwargs)


def idea(id: str, belief: str, hint: str, lecture: str) -> Misconception:
    """Define a misconception and enter it into the library."""
    misconception = Misconception(Diagnosis(id, belief, hint, lecture))
    LIBRARY.append(misconception)
    return misconception


# Geometry that every wrong idea about windows needs, with nothing left to a default -------------------------

Zeros = tuple[tuple[int, int], tuple[int, int]]  # ((top, bottom), (left, right))


def pair(value: int | tuple[int, int]) -> tuple[int, int]:
    """
    >>> pair(2), pair((2, 1))
    ((2, 2), (2, 1))
    """
    return (value, value) if isinstance(value, (int, np.integer)) else (value[0], value[1])


def zeros_of(shape: tuple[int, ...], size: Any, strides: Any, padding: str, dilation: Any = 1) -> Zeros:
    """The zeros around an image (N, H, W, C) under the word `padding`."""
    if padding == "valid":
        return (0, 0), (0, 0)
    axes = list(zip(shape[1:3], pair(size), pair(strides), pair(dilation), strict=True))
    return same_padding(*axes[0]), same_padding(*axes[1])


def padded(x: np.ndarray, zeros: Zeros, fill: float = 0) -> np.ndarray:
    return np.pad(x, ((0, 0), *zeros, (0, 0)), constant_values=fill)


def cropped(x: np.ndarray, zeros: Zeros) -> np.ndarray:
    (top, bottom), (left, right) = zeros
    return x[:, top : x.shape[1] - bottom, left : x.shape[2] - right]


def convolved(x: Any, w: Any, b: Any, zeros: Zeros, strides: Any, dilation: Any = 1) -> Any:
    """The reference, with zeros that are chosen by hand."""
    return conv2d_forward(padded(x, zeros), w, b, strides, "valid", dilation)


def convolved_backward(dout: Any, x: Any, w: Any, zeros: Zeros, strides: Any, dilation: Any = 1) -> Any:
    """The gradients that belong to `convolved`."""
    dx, dw, db = conv2d_backward(dout, padded(x, zeros), w, strides, "valid", dilation)
    return cropped(dx, zeros), dw, db


def symmetric_zeros(size: Any, padding: str, dilation: Any = 1) -> Zeros:
    """(k - 1) // 2 zeros on either side, whatever the strides."""
    if padding == "valid":
        return (0, 0), (0, 0)
    top, left = ((k - 1) * d // 2 for k, d in zip(pair(size), pair(dilation), strict=True))
    return (top, top), (left, left)


def exchanged(zeros: Zeros) -> Zeros:
    """After becomes before."""
    (top, bottom), (left, right) = zeros
    return (bottom, top), (right, left)


def first_image_only(out: np.ndarray) -> np.ndarray:
    """What a `return` inside the loop over the images leaves: zeros from the second on."""
    return first_only(out, 1)


def first_only(out: np.ndarray, loops: int) -> np.ndarray:
    """What a `return` inside that many nested loops leaves.

    >>> first_only(np.ones((2, 3)), 2).tolist()
    [[1.0, 0.0, 0.0], [0.0, 0.0, 0.0]]
    """
    left = np.zeros_like(out)
    left[(slice(0, 1),) * loops] = out[(slice(0, 1),) * loops]
    return left


def every(out: np.ndarray, strides: Any) -> np.ndarray:
    """What loops over `range(0, outputs, stride)` write, each at its own place: zeros between."""
    left = np.zeros_like(out)
    (sh, sw) = pair(strides)
    left[:, ::sh, ::sw] = out[:, ::sh, ::sw]
    return left
