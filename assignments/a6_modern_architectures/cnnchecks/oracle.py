"""What an oracle knows of a function: the right answer, how exactly, what wrong ideas answer, and small inputs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from .outcome import Answer, Diagnosis, Outcome
from .values import as_pair

Zeros = tuple[tuple[int, int], tuple[int, int]]  # rows (above, below) and columns (left, right)
NO_ZEROS: Zeros = ((0, 0), (0, 0))


@dataclass(frozen=True)
class Signature:
    """What is known of a function beside its answers: how it is called, and what these are."""

    arguments: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()  # what several returned values are called
    picture: bool = False  # is the answer a picture (H, W, C), with no batch in front?
    window: str = ""  # what becomes of each window of x: a "sum" of products, its "max", its "mean"

    def bind(self, args: tuple, kwargs: dict) -> dict[str, Any]:
        """The arguments of a call, by name."""
        return dict(zip(self.arguments, args, strict=False)) | kwargs


class Oracle(Protocol):
    def answer(self, name: str, args: tuple, kwargs: dict) -> Answer: ...

    def signature(self, name: str) -> Signature: ...


@dataclass(frozen=True)
class OneAnswer:
    """An oracle with one answer."""

    known: Answer
    about: Signature = Signature()

    def answer(self, name: str, args: tuple, kwargs: dict) -> Answer:
        return self.known

    def signature(self, name: str) -> Signature:
        return self.about


@dataclass(frozen=True, eq=False)
class Rung:
    """A small input of whole numbers, and the zeros that "same" puts around its image."""

    args: tuple
    kwargs: dict = field(default_factory=dict)
    zeros: Zeros = NO_ZEROS


RUNG = ("args", "kwargs", "zeros")
Wrong = tuple[tuple[Diagnosis, Any], ...]


class Examples(Oracle, Protocol):
    """An oracle that has small inputs too."""

    def ladder(self, outcome: Outcome) -> Iterable[Rung]:
        """Inputs worth asking about after this outcome, the smallest first."""

    def believed(self, name: str, rung: Rung, cards: tuple[Diagnosis, ...]) -> Wrong:
        """The answers of those of these ideas that are wrong here, in one way at least, with None for one that leads to no
        answer."""

    def simplify(self, rung: Rung, shows: Callable[[Rung], bool]) -> Rung:
        """The rung with smaller numbers, as far as it still `shows` the mistake."""


def traits(signature: Signature, args: tuple, kwargs: dict) -> frozenset[str]:
    """What kind of options a call has: all that the search for an example may know of a case that failed.

    >>> convolution = Signature(("x", "w", "b", "strides", "padding"))
    >>> sorted(traits(convolution, (np.ones((1, 3, 3, 1)), 0, 0, (2, 1)), {"padding": "same"}))
    ['same', 'strides', 'unequal strides']
    """
    given = signature.bind(args, kwargs)
    found = set()
    for option in ("strides", "dilation_rate"):
        usual = as_pair(given.get("pool_size", 2)) if "pool_size" in signature.arguments else (1, 1)
        down, across = as_pair(given.get(option) or usual)
        if (down, across) != usual:
            found |= {option} if down == across else {option, f"unequal {option}"}
    if isinstance(padding := given.get("padding"), str):
        found |= {padding} - {"valid"}
    elif padding:
        found.add("padding")
    if given.get("use_bias") is False:
        found.add("no bias")
    if args and isinstance(args[0], np.ndarray) and args[0].dtype.kind in "iub":
        found.add("whole numbers")
    return frozenset(found)


def choose_rungs(rungs: Iterable[Rung], outcome: Outcome, signature: Signature) -> Iterator[Rung]:
    """The rungs for an outcome: with a wrong idea any, as it knows where it shows, else those of no other options."""
    for rung in rungs:
        if outcome.candidates or traits(signature, rung.args, rung.kwargs) <= outcome.call.traits:
            yield rung
