"""What stands between a student's code and the machine: each defence by its name, with a state and a sentence.

A state is what the rest of the grader asks for. The sentence is for people; nothing decides by its words.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class State(StrEnum):
    """How a defence stands on this machine. Where it isn't held, nothing of it may be counted on."""

    HELD = "held"  # put up, and the kernel agreed
    MISSING = "missing"  # wanted, and this machine or this user can't give it
    NOT_TRIED = "not tried"  # there is no way to put it up on this system (macOS)


USER, FILES, CALLS, PRIVILEGES = "user", "files", "system calls", "privileges"
NAMES = (PRIVILEGES, FILES, USER, CALLS)  # of a worker, in the order in which they are put up
NUMPY_ALONE = "NumPy alone"


@dataclass(frozen=True)
class Defence:
    """One defence.

    >>> Defence(FILES, State.MISSING, "this system has no Landlock").in_words
    'missing: this system has no Landlock'
    """

    name: str
    state: State
    words: str

    @property
    def holds(self) -> bool:
        return self.state is State.HELD

    @property
    def in_words(self) -> str:
        return f"{self.state}: {self.words}"


NO_LANDLOCK = Defence(
    FILES, State.MISSING, "this system has no Landlock, so files are held by their owners alone"
)
OPEN_FILES = Defence(
    FILES, State.MISSING, "this system has no Landlock, and the grader's files were open to the submission"
)
NO_FILTER = Defence(CALLS, State.MISSING, "this system has no filter for system calls (seccomp)")
SAME_USER = Defence(USER, State.MISSING, "submissions run as the grader's own user, which is not root")
NO_PRIVILEGES = Defence(PRIVILEGES, State.MISSING, "a set-uid program could give a submission other rights")


def untried(defence: Defence, system: str) -> Defence:
    """The same defence on a system for which we have no way to put it up."""
    return Defence(defence.name, State.NOT_TRIED, f"the grader has no way to do this on {system}")


def holds(defences: Iterable[Defence], name: str) -> bool:
    """Is there a defence of this name, and does it hold? One that nobody named doesn't."""
    return any(one.name == name and one.holds for one in defences)


def to_data(defences: Iterable[Defence]) -> list[dict[str, str]]:
    """Plain data, for the wire.

    >>> from_data(to_data([NO_LANDLOCK]), names=(FILES,)) == (NO_LANDLOCK,)
    True
    """
    return [{"name": one.name, "state": str(one.state), "words": one.words} for one in defences]


def from_data(data: Any, names: tuple[str, ...] = NAMES) -> tuple[Defence, ...]:
    """What `to_data` made. Raises `ValueError` where it isn't: each of `names` once, a known state, words."""
    if not isinstance(data, list) or not all(_is_defence(entry) for entry in data):
        raise ValueError("the defences are not a list of names, states and words")
    found = tuple(Defence(entry["name"], State(entry["state"]), entry["words"]) for entry in data)
    if sorted(one.name for one in found) != sorted(names):
        raise ValueError(f"the defences are not {', '.join(names)}, each once")
    return found


def _is_defence(entry: Any) -> bool:
    return (
        isinstance(entry, dict)
        and set(entry) == {"name", "state", "words"}
        and all(isinstance(text, str) and text for text in entry.values())
        and entry["state"] in set(State)
    )
