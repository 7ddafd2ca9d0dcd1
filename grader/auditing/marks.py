"""What the cases said of one answer, under each seed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from grader.auditing.empty_answers import Env
from grader.auditing.questions import Case, Question
from grader.cnnchecks.outcome import CheckFailed, Outcome, Raised
from grader.judge.context import Judging
from grader.judge.reference import REFERENCE
from grader.judge.together import AND


@dataclass(frozen=True)
class Said:
    """What a case that failed said: what kind of mistake, and whose idea it may be."""

    kind: str
    ideas: tuple[str, ...]
    sure: bool = True

    @property
    def named(self) -> str:
        """The one idea (or pair of ideas) that is named without a doubt, or nothing."""
        return self.ideas[0] if self.sure and len(self.ideas) == 1 else ""


@dataclass(frozen=True)
class Marks:
    """What the cases said of one answer (None: passed): the public ones, and the hidden ones under each seed."""

    question: str
    names: tuple[str, ...]  # the functions that it answers
    sample: str
    public: tuple[Said | None, ...]
    hidden: tuple[tuple[Said | None, ...], ...]
    # other ideas that nothing tells from these: they answer alike everywhere
    alike: frozenset[str] = frozenset()

    @property
    def killed(self) -> bool:
        """Every draw took points."""
        return all(any(draw) for draw in self.hidden)

    @property
    def killed_in_public(self) -> bool:
        return any(self.public)

    @property
    def clean(self) -> bool:
        """No case of any draw took a point, and none that is visible failed."""
        return not any(self.public) and not any(any(draw) for draw in self.hidden)

    @property
    def empty(self) -> bool:
        """No case of any draw gave a point."""
        return all(all(draw) for draw in self.hidden)

    @property
    def steady(self) -> bool:
        """The score does not depend on the draw."""
        return len({sum(said is None for said in draw) for draw in self.hidden}) == 1

    def named(self) -> list[bool]:
        """Per draw: were the ideas at work named, all of them, without a doubt?"""
        return [
            any(said is not None and set(said.named.split(AND)) == self.truth for said in draw)
            for draw in self.hidden
        ]

    @property
    def truth(self) -> set[str]:
        """The ideas at work: one, or both of a pair."""
        return set(self.sample.split(AND))

    def confident(self) -> list[str]:
        """The ideas that were named without a doubt, case by case and draw by draw."""
        return [said.named for draw in self.hidden for said in draw if said is not None and said.named]

    def misnamed(self) -> list[str]:
        """Those of them that aren't at work."""
        names = [name for name in self.confident() if name not in self.alike]
        return [name for name in names if not set(name.split(AND)) <= self.truth]


def seeds(count: int, word: str = "audit") -> list[bytes]:
    """Seeds that no idea or case was written on; the tests take later ones than the audit does."""
    return [hashlib.sha256(f"{word}/{number}".encode()).digest() for number in range(count)]


@dataclass(frozen=True)
class Apart:
    """A function as it looks across the seal, where checks judge first and illustrate later."""

    function: Callable[..., Any]
    elsewhere = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return self.function(*args, **kwargs)
        except Exception as error:  # across the seal it comes as data, a class of one's own by its parent
            kind = next(kind for kind in type(error).__mro__ if kind.__module__ == "builtins")
            raise Raised(kind.__name__, str(error)) from None


def marks(context: Judging, question: Question, sample: str, env: Env, draws: Sequence[bytes]) -> Marks:
    """Ask `env`, and the reference for what it leaves out, every case of a question."""
    plain = {name: Apart(f) if callable(f) and not question.about_models else f for name, f in env.items()}
    whole = dict(REFERENCE) | plain
    public, *hidden = (
        tuple(_said(case, judged) for case in question.cases if case.hidden is bool(number))
        for number, judged in enumerate(
            Judging(context.oracle, context.models, seed).names(whole) for seed in (b"", *draws)
        )
    )
    return Marks(question.id, tuple(env), sample, public, tuple(hidden))


def _said(case: Case, env: Env) -> Said | None:
    try:
        case.ask(env)
    except CheckFailed as failed:
        outcome: Outcome = failed.outcome
        sure = outcome.diagnosis in outcome.candidates  # else it is one of several, or a doubted one
        return Said(outcome.kind, tuple(card.id for card in outcome.candidates), sure)
    return None
