"""What a check can say, and in which words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

UNEXPLAINED = " None of the wrong ideas that we know gives this answer."


@dataclass(frozen=True)
class Diagnosis:
    """The card of a wrong idea: a belief in the student's voice, a hint that teaches, a lecture to reread."""

    id: str
    belief: str
    hint: str
    lecture: str


@dataclass(frozen=True)
class Picture:
    """What a drawing needs: small arrays, never a hidden input."""

    expected: np.ndarray  # (rows, columns): one image, one channel, at most 32x32
    got: np.ndarray | None  # of the same shape; None where the shapes differ
    title: str  # "dx of image 0, channel 1"
    outlined: tuple[int, int] | None = None  # row and column of the first element that differs
    window: np.ndarray | None = None  # of the input, behind that element, where it is known
    kernel: np.ndarray | None = None


@dataclass(frozen=True)
class Example:
    """The smallest public-style input found that shows the difference, to be followed by hand."""

    call: str  # "conv2d_forward(x, w, b, strides=(2, 1))"
    text: str  # window, kernel, expected and got as small tables
    picture: Picture | None = None


@dataclass(frozen=True)
class Answer:
    """What an oracle knows about one call: the right answer, its tolerance, and the wrong ideas' answers."""

    expected: Any
    atol: Any = 0.0  # a number, or a nest of numbers shaped like `expected`
    wrong: Iterable[tuple[Diagnosis, Any]] = ()


@dataclass(frozen=True)
class Call:
    """The call that an outcome is about, for whoever looks further behind it. It is in no report."""

    name: str = ""  # the function
    traits: frozenset[str] = frozenset()  # of its options: see `oracle.traits`
    got: Any = None  # what came
    answer: Answer | None = None  # what is known of the right one, if the two were compared


@dataclass(frozen=True)
class Outcome:
    """What one check found. `message` and `where` quote no input and no expected value; `detail` does."""

    passed: bool
    kind: str  # ok missing raised type shape dtype finite value mutated
    message: str
    detail: str = ""  # small tables and numbers: for public cases only
    where: str = ""
    diagnosis: Diagnosis | None = None
    candidates: tuple[Diagnosis, ...] = ()  # every wrong idea whose answer this is; usually one
    label: str = field(default="", repr=False)  # which part of the answer: "dw"
    call: Call = field(default=Call(), compare=False, repr=False)
    example: Example | None = field(default=None, compare=False, repr=False)
    picture: Picture | None = field(default=None, compare=False, repr=False)  # of a public case itself
    # of a model: what is expected, what is there, and whether it is the first difference
    layers: tuple[tuple[str, str, bool], ...] = field(default=(), compare=False, repr=False)
    measured: float | None = field(default=None, compare=False, repr=False)  # the share that a network reads

    @property
    def asked(self) -> str:
        """The function; nothing where none was called."""
        return self.call.name


class CheckFailed(AssertionError):
    """A check that did not pass; `outcome` says why, `str()` is the whole text for a notebook."""

    __module__ = __name__.rpartition(".")[0]  # tracebacks name the package, which is what students know

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(explain(outcome))
        self.outcome = outcome


class Raised(Exception):
    """An exception in the student's code, reported by a process that is not ours."""

    def __init__(self, type_name: str, message: str = "", line: str | int = "") -> None:
        super().__init__(f"{type_name}: {message}")
        self.type_name, self.message, self.line = type_name, message, line


@dataclass(frozen=True)
class Opaque:
    """A value that could not cross from the student's process; only the name of its type did."""

    type_name: str


def explain(outcome: Outcome) -> str:
    """The whole text of an outcome, for a notebook."""
    parts = [outcome.message]
    if outcome.where:
        parts.append(f"Where: {outcome.where}.")
    if example := outcome.example:
        parts.append(f"A small example to follow by hand: {example.call}\n\n{example.text}")
    elif outcome.detail:
        parts.append(outcome.detail)
    if card := outcome.diagnosis:
        parts.append(
            f"You may think: {card.belief}\nHint: {card.hint}\nRead again: {card.lecture}.   [{card.id}]"
        )
    return "\n\n".join(parts)


def one_of(cards: tuple[Diagnosis, ...]) -> Diagnosis | None:
    """One card for all ideas that give the same answer on these inputs: an honest "one of", never a guess."""
    if len(cards) < 2:
        return cards[0] if cards else None
    return Diagnosis(
        id=" | ".join(card.id for card in cards),
        belief="One of these, which give the same answer here: "
        + " -- or: ".join(f"“{card.belief}”" for card in cards),
        hint=" -- Or: ".join(card.hint for card in cards),
        lecture="; ".join(dict.fromkeys(card.lecture for card in cards)),
    )


def doubt(card: Diagnosis | None) -> Diagnosis | None:
    """The card of an idea that gives the answer in one case and not in another, which says so."""
    return card and replace(
        card, belief=f"Not in every case, but in this one your answer is what follows from: “{card.belief}”"
    )


def is_ours(error: BaseException, function: Any) -> bool:
    """Is it no exception of the student's? Of a function that lives `elsewhere` those arrive as `Raised`, and whatever
    else is raised here is a defect of the grader's."""
    return bool(getattr(function, "elsewhere", False)) and not isinstance(error, Raised)


def fail(kind: str, message: str, detail: str = "", where: str = "", label: str = "") -> Outcome:
    return Outcome(False, kind, message, detail, where, label=label)


def type_name(value: Any) -> str:
    return value.type_name if isinstance(value, Opaque) else type(value).__name__


class Misfit(ValueError):
    """A configuration, weights or images that don't go together; the message says what doesn't fit."""
