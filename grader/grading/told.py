"""What may be told of a notebook's doings: the words that reach a student's page, and what keeps hidden inputs out of them.

A function that is asked a hidden case sees its input, and could say it by whatever it may choose of what the page shows.
So of a hidden case nothing is told but sentences of ours, and of the types of exceptions those that students need most.
"""

import builtins
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

import numpy as np

from grader.grading.intake import Cell
from grader.sandbox.audit_hook import BELOW, FILE, NETWORK, PROCESS, SIGNAL
from grader.sandbox.defences import CALLS, FILES, USER, Defence, holds

AN_EXCEPTION, AN_OBJECT = "an exception", "an object"
TOO_LARGE_TO_SEND = "its answer is too large to hand over, or has too many parts"
# Of a hidden case a page names these types of exceptions and no other: what array code raises on an input that nobody
# thought of, the one that a question asks for, and the one of a function that isn't written yet.
LISTED = ("ValueError", "TypeError", "IndexError", "NotImplementedError")
PLACEHOLDERS = frozenset({"ellipsis", "NotImplementedType"})
# fmt: off
TYPES = frozenset({  # what a public case may name beside Python's own types and the notebook's words
    "function", "generator", "module", "ellipsis", "NotImplementedType", "matrix", "MaskedArray", "ndarray", "datetime64",
    "DataFrame", "Series", "Tensor", "EagerTensor", "KerasTensor", "Variable", "ResourceVariable", "Functional", "Sequential",
})
# fmt: on
TRIED = {
    NETWORK: "asked for a network connection",
    PROCESS: "asked for another process",
    SIGNAL: "asked to send a signal to another process",
    FILE: "asked for a file outside its folder",
    BELOW: "went below Python, to the C library or the objects in memory",
}


@dataclass
class Notes:
    """What is told of a submission beside its verdicts."""

    told: list[str] = field(default_factory=list)
    log: list[str] = field(default_factory=list)  # for the instructor alone
    # how many notes there were before a hidden case was asked
    _public: int | None = field(init=False, default=None)

    def add(self, words: str) -> None:
        """Say it once."""
        if words not in self.told:
            self.told.append(words)

    def begin_hidden(self) -> None:
        """From here on hidden cases are asked."""
        self._public = len(self.told)

    def tell_instructor(self, words: str) -> None:
        self.log.append(words)

    @property
    def with_hidden(self) -> tuple[str, ...]:
        """Those that came up when hidden cases were asked."""
        return () if self._public is None else tuple(self.told[self._public :])


def known_type(name: str, words: Collection[str], else_: str, hidden: bool = False) -> str:
    """A type's name as a page may tell it: Python's own, or a word of the notebook; another could be made of an input.
    In a hidden case that could pick one of those too, so there it is a placeholder's or `else_`.

    >>> known_type("OSError", (), AN_EXCEPTION), known_type("Secret", (), AN_EXCEPTION)
    ('OSError', 'an exception')
    """
    if hidden:
        return name if name in PLACEHOLDERS else else_
    known = isinstance(getattr(builtins, name, None), type) or name in TYPES or name in words
    return name if known else else_


def listed_type(name: str) -> str:
    """An exception's type as a hidden case may tell it: the listed one that it is a kind of, or that it is one.

    >>> listed_type("UnicodeDecodeError"), listed_type("AxisError"), listed_type("BufferError")
    ('ValueError', 'ValueError', 'an exception')
    """
    kind = getattr(builtins, name, None) or getattr(np.exceptions, name, None)
    parents = [parent.__name__ for parent in kind.__mro__] if isinstance(kind, type) else []
    return next((parent for parent in parents if parent in LISTED), AN_EXCEPTION)


def tried_in_words(kind: str, defences: tuple[Defence, ...]) -> str:
    """What a notebook tried, and what came of it under these defences.

    >>> from grader.sandbox.defences import State
    >>> tried_in_words("network", (Defence(CALLS, State.HELD, "a filter"),))
    'asked for a network connection (refused)'
    """
    if kind == BELOW:
        return TRIED[BELOW]
    filtered, own_user, closed = (holds(defences, name) for name in (CALLS, USER, FILES))
    is_met = {NETWORK: filtered, PROCESS: filtered, SIGNAL: filtered or own_user, FILE: closed}[kind]
    return f"{TRIED[kind]} ({'refused' if is_met else 'nothing on this machine refuses that'})"


def exception_in_words(raised: dict[str, str]) -> str:
    """Type, message and line of an exception of a cell."""
    where = f" ({raised['line']})" if raised["line"] else ""
    return redact(f"{raised['type']}: {raised['message']}"[:200] + where)


def left_out_in_words(cell: Cell, raised: dict[str, str]) -> str:
    """A statement that can't run in grading, and why.

    >>> missing = {"type": "ModuleNotFoundError", "message": "No module named 'tqdm'", "line": "cell 2, line 1: `import tqdm`"}
    >>> left_out_in_words(Cell(2, "import tqdm", ""), missing)
    "code cell 2, line 1: `import tqdm` can't run in grading and was left out (ModuleNotFoundError: No module named 'tqdm')"
    """
    match = re.match(rf"cell {cell.number}, line (\d{{1,6}})(?!\d)", raised["line"])
    text = line_of([cell], raised["line"]).strip()
    place = f"code cell {cell.number}" + (
        f", line {match[1]}: `{text[:80]}`" if match and text else ": a statement"
    )
    why = redact(f"{raised['type']}: {raised['message']}"[:200])
    return f"{place} can't run in grading and was left out ({why})"


def words_of(cells: Iterable[Cell]) -> set[str]:
    """The names, keywords and other words of a notebook's code."""
    return {word for cell in cells for word in re.findall(r"[^\W\d]\w*", cell.source)}


def line_of(cells: Iterable[Cell], place: str) -> str:
    """The line of the notebook that an exception names, as the notebook has it; nothing, if there is none.

    >>> line_of([Cell(2, "x = 1\\ny = 1 / 0", "")], "cell 2, line 2: `y = 7`")
    'y = 1 / 0'
    """
    match = re.match(r"cell (\d{1,6}), line (\d{1,6})(?!\d)", place)
    if match is None:
        return ""
    lines = {cell.number: cell.source.splitlines() for cell in cells}.get(int(match[1]), [])
    return lines[int(match[2]) - 1] if 0 < int(match[2]) <= len(lines) else ""


def redact(text: str) -> str:
    """Leave of a path only its last part: where we keep our files is nobody's business.

    >>> redact("[Errno 2] No such file: '/tmp/kerasnets-x/y/data.npz'")
    "[Errno 2] No such file: '…/data.npz'"
    """
    return re.sub(r"(?<![\w.])(?:/[\w.@+~-]+)+/([\w.@+~-]+)", r"…/\1", text)
