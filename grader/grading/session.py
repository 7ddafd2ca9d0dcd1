"""A notebook in a worker: its cells run there, and what a question asks of its names is answered from there."""

import math
import re
import time
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from grader.cnnchecks.outcome import Misfit, Opaque, Raised
from grader.grading.budgets import WALL_FACTOR, JudgesTime, Meter, for_notebook
from grader.grading.intake import Cell
from grader.grading.told import (
    AN_EXCEPTION,
    AN_OBJECT,
    TOO_LARGE_TO_SEND,
    exception_in_words,
    known_type,
    listed_type,
    redact,
    tried_in_words,
)
from grader.sandbox.audit_hook import KINDS
from grader.sandbox.client import Child, Zygote
from grader.sandbox.defences import Defence
from grader.sandbox.wire import WireError

CALL_SHARE = 0.5  # of a question's time, for one call: a function that hangs leaves time to ask the question's other ones
MOST_RECEIVED = 2**29  # bytes that a notebook may answer with, all questions together
MOST_HEARD = 100  # frames before an answer: one for each kind of what is tried, and what threads say twice
TOO_SLOW_TO_COMPARE = "comparing the answers of the whole notebook took too long (are they very large?)"
TOO_MANY_FILES = "it wrote more files than a notebook of this course needs"
MOST_KEPT = 3 * 2**30  # bytes of memory after a cell; a worker has four gigabytes
MOST_STOPPED_CELLS = 10  # then the cells after the last of them are left out: each costs a restart


class Stopped(Raised):
    """The worker was ended: past its deadline, gone, or speaking out of turn. The question gets no verdict from it."""


@dataclass
class Session:
    """A notebook in a worker: runs its cells, answers for its names, and starts anew when a question ends it."""

    zygote: Zygote
    cells: tuple[Cell, ...]
    files: dict[str, bytes]
    questions: dict[str, list[str]]
    seconds: float  # of CPU, for each question and each cell
    until: float = math.inf  # on the wall clock, when the time of the whole submission is used up
    deadline: float = math.inf  # the same, whoever took the time: the machine's own end
    notes: list[str] = field(default_factory=list)
    log: list[str] = field(default_factory=list)  # for the instructor alone
    stopped: dict[str, str] = field(default_factory=dict)  # question -> what ended the worker, for the report
    # (question, name, weights) -> a model, or why there is none
    claims: dict[tuple[str, str, bool], dict | Raised | Misfit] = field(default_factory=dict)
    no_answer: str = ""  # what ended the worker since this was last emptied
    defences: tuple[Defence, ...] = ()
    hidden: bool = False  # is what is being asked a hidden case? Then no word of the answer is passed on
    _child: Child | None = None
    _skipped: set[int] = field(default_factory=set)  # cells that ended a worker are not run again
    _raised: set[int] = field(default_factory=set)
    _closed: dict[tuple[str, str], str] = field(
        default_factory=dict
    )  # (question, name) -> why it isn't asked again
    _has_seen_hidden: bool = False  # has the notebook seen an input of a hidden case?
    _received: int = 0  # bytes from workers that were ended
    _spent: dict[str, float] = field(default_factory=dict)  # question -> CPU seconds so far
    _heard: set[str] = field(default_factory=set)  # what the present request's code tried
    _overdue: float = math.inf  # when the present request is, on the clock
    _judge: JudgesTime = field(default_factory=JudgesTime)

    @cached_property
    def _meter(self) -> Meter:
        return for_notebook(self.seconds, len(self.questions))

    def run_cells(self) -> None:
        """Run the notebook in a fresh worker. A cell that hangs or kills the worker counts as one that raised."""
        if self.until == math.inf:
            self.until = time.monotonic() + self._meter.longest
        while self._child is None and not self._is_over():
            self._start()
            for cell in self.cells:
                if cell.number in self._skipped:
                    continue
                if len(self._skipped) >= MOST_STOPPED_CELLS and cell.number > max(self._skipped):
                    self._note(
                        f"code cell {cell.number} and those after it were left out: too many cells were stopped",
                        later="code cells were left out when the notebook ran again: too many cells were stopped",
                    )
                    break
                who = f"code cell {cell.number}", "a code cell, when it ran again,"
                try:
                    reply = self._request(
                        self.seconds,
                        f"{self.seconds:.2g} seconds",
                        op="cell",
                        index=cell.number,
                        source=cell.source,
                    )
                except Stopped as error:
                    self._leave_out(cell, error.message)
                    self._note_what_was_tried(*who)
                    break
                if "raised" in reply and cell.number not in self._raised:
                    self._raised.add(cell.number)
                    self._note(
                        f"code cell {cell.number} raised {exception_in_words(reply['raised'])}",
                        later=f"a code cell raised {AN_EXCEPTION} when it ran again",
                    )
                self._note_what_was_tried(*who)
                if self._child is not None and (why := _keeps_too_much(self._child)):
                    self.close()  # what is left would not do for the questions
                    self._leave_out(cell, why)
                    break

    def _leave_out(self, cell: Cell, why: str) -> None:
        self._skipped.add(cell.number)
        self._note(
            f"code cell {cell.number} was stopped and left out: {why}",
            later=f"a code cell was stopped and left out when it ran again: {why}",
        )

    def _note(self, words: str, later: str) -> None:
        """Say it once. `later` is what may be said when the notebook has seen a hidden input: that could have picked
        the cell, and the words of an exception could be made of it."""
        note = later if self._has_seen_hidden else words
        if note not in self.notes:
            self.notes.append(note)

    def wait(self, seconds: float) -> None:
        """Time that others took, which isn't the notebook's."""
        self.until += seconds

    def _is_over(self) -> bool:
        """Is the time of the whole submission used up? Then what wasn't asked yet gets no verdict."""
        if self._meter.is_used_up or time.monotonic() >= min(self.until, self.deadline):
            why = "the whole notebook took too long (cells that wait or never end?)"
        elif self._judge.is_used_up:
            why = TOO_SLOW_TO_COMPARE
        else:
            return False
        for question in self.questions:
            self._close(question, "", why)
        return True

    def ask(self, question: str, **request: Any) -> dict[str, Any]:
        """One request on behalf of a question, within what is left of its time. Raises `Stopped` or `Raised`.

        A name whose call was stopped is not asked for again; the question's other names are, while there is time.
        """
        name = str(request.get("name", ""))
        self._is_over()
        self._refuse_closed(question, name)
        self.run_cells()
        self._refuse_closed(question, "")
        child = self._child
        assert child is not None
        self._has_seen_hidden |= self.hidden
        before, began = child.cpu_seconds(), time.monotonic()
        left, share = self.seconds - self._spent.get(question, 0.0), CALL_SHARE * self.seconds
        # what is left depends on what was asked before, hidden cases too: the words name no such number
        seconds = (
            f"{share:.2g} seconds" if share <= left else f"all of the question's {self.seconds:.2g} seconds"
        )
        try:
            reply = self._request(min(left, share), seconds, question=question, **request)
        except Stopped as error:
            self._spend(question, min(share, time.monotonic() - began))
            self._close(question, name if self._spent[question] < self.seconds else "", error.message)
            raise
        finally:
            self._note_what_was_tried(
                f"the code asked for in {question}", "the code asked for in a hidden case"
            )
        self._spend(question, child.cpu_seconds() - before)
        if "withheld" in reply:
            raise Misfit(TOO_LARGE_TO_SEND)
        if "raised" in reply:
            raised = reply["raised"]
            if self.hidden:
                raise Raised(listed_type(raised["type"]))
            kind = known_type(raised["type"], self._words, AN_EXCEPTION)
            raise Raised(kind, redact(raised["message"]), self._own_line(raised["line"]))
        return {key: self._without_names(value) for key, value in reply.items()}

    def _refuse_closed(self, question: str, name: str) -> None:
        why = self._closed.get((question, "")) or self._closed.get((question, name))
        if why:
            self.no_answer = why
            raise Stopped("Stopped", why)

    def _close(self, question: str, name: str, why: str) -> None:
        """Ask no more for `name` in this question; for none of its names, if it is empty."""
        self._closed.setdefault((question, name), why)
        self.stopped.setdefault(question, why)
        self.no_answer = why

    def _spend(self, question: str, seconds: float) -> None:
        self._spent[question] = self._spent.get(question, 0.0) + seconds

    def _note_what_was_tried(self, who: str, later: str) -> None:
        """Such as "code cell 7 tried to open a network connection (refused)": what the worker says, in our words."""
        for kind in sorted(self._heard):
            tried = tried_in_words(kind, self.defences)
            self._note(f"{who} {tried}", later=f"{later} {tried}")

    def _without_names(self, value: Any) -> Any:
        """A reply whose `Opaque` values name no type but a known one; in a hidden case none but a placeholder's."""
        if isinstance(value, Opaque):
            return Opaque(known_type(value.type_name, self._words, AN_OBJECT, self.hidden))
        if isinstance(value, tuple | list):
            return type(value)(map(self._without_names, value))
        if isinstance(value, dict):
            return {key: self._without_names(part) for key, part in value.items()}
        return value

    def _own_line(self, place: str) -> str:
        """The line of the notebook that an exception names, as the notebook has it."""
        match = re.match(r"cell (\d{1,6}), line (\d{1,6})(?!\d)", place)
        if match is None:
            return ""
        lines = {cell.number: cell.source.splitlines() for cell in self.cells}.get(int(match[1]), [])
        return lines[int(match[2]) - 1] if 0 < int(match[2]) <= len(lines) else ""

    @cached_property
    def _words(self) -> set[str]:
        return {word for cell in self.cells for word in re.findall(r"[^\W\d]\w*", cell.source)}

    def close(self) -> None:
        """End the worker and all it started. To be called before any result is written."""
        if self._child is not None:
            child, self._child = self._child, None
            self._received += child.channel.received
            child.end()

    def _start(self) -> None:
        self._child = self.zygote.fork("worker", self.files)
        self._child.channel.tick = self._check_deadline
        self.defences = self._child.defences

    def _request(self, seconds: float, in_words: str, **request: Any) -> dict[str, Any]:
        child = self._child
        assert child is not None
        self._overdue = min(time.monotonic() + WALL_FACTOR * seconds, self.until, self.deadline)
        self._meter.begin(child, seconds, in_words)
        try:
            self._heard.clear()
            child.channel.send({**request, "aloud": True})
            reply = self._after_what_is_heard(child)
            if not isinstance(reply, dict) or not _is_reply(request["op"], reply):
                raise WireError("an answer that isn't one")
            self._heard.update(reply.pop("tried", []))
            return reply
        except Stopped:
            self.close()
            raise
        except (EOFError, OSError):
            self.close()
            raise Stopped(
                "Stopped", "the process ended itself (sys.exit, os._exit, a crash, or too much memory)"
            ) from None
        except WireError as error:
            self.close()
            self.log.append(f"what came back was not data in the agreed form: {error}")
            raise Stopped("Stopped", "what came back was not data in the agreed form") from None
        finally:
            self._meter.end()

    def _after_what_is_heard(self, child: Child) -> Any:
        """The answer, behind what the notebook tries meanwhile. Each word of that costs the judge some time: they are few."""
        for _ in range(MOST_HEARD):
            if not _is_heard(reply := child.channel.receive()):
                return reply
            self._heard.add(reply["heard"])
        raise WireError("more was said of what is tried than there is to say")

    def _check_deadline(self) -> None:
        child = self._child
        if child is None:
            return
        self._meter.look()
        if why := self._meter.why_over():
            raise Stopped("Stopped", why)
        if time.monotonic() > self._overdue:
            raise Stopped("Stopped", "it was not done when its time on the clock was over")
        if self._judge.is_used_up:
            raise Stopped("Stopped", TOO_SLOW_TO_COMPARE)
        if self._received + child.channel.received > MOST_RECEIVED:
            raise Stopped("Stopped", "its answers are larger than those of a notebook of this course")
        if child.has_too_many_threads():
            raise Stopped("Stopped", "it started more threads than a notebook of this course needs")
        if child.fills_the_disk():
            raise Stopped("Stopped", TOO_MANY_FILES)


def _keeps_too_much(child: Child) -> str:
    """Why a cell that left so much in memory or on the disk is left out."""
    if child.memory() > MOST_KEPT:
        return "it kept too much memory"
    return TOO_MANY_FILES if child.fills_the_disk(at_once=True) else ""


def _is_heard(reply: Any) -> bool:
    """Is it no answer yet, but what the notebook is just trying?"""
    return isinstance(reply, dict) and isinstance(kind := reply.get("heard"), str) and kind in KINDS


def _is_reply(op: str, reply: dict[Any, Any]) -> bool:
    """Has a worker's answer the form that the operation's answer has? Its content is a claim in any case."""
    tried = reply.get("tried", [])
    if not isinstance(tried, list) or not all(isinstance(kind, str) and kind in KINDS for kind in tried):
        return False
    if "withheld" in reply:
        return True
    if "raised" in reply:
        raised = reply["raised"]
        return isinstance(raised, dict) and all(
            isinstance(raised.get(k), str) for k in ("type", "message", "line")
        )
    match op:
        case "look":
            kind = reply.get("kind")
            return isinstance(kind, str) and (
                kind in ("callable", "missing") or (kind == "value" and "value" in reply)
            )
        case "call":
            return "value" in reply and isinstance(reply.get("changed", {}), dict)
        case "model":
            value = reply.get("value")
            return isinstance(value, dict) and isinstance(value.get("blueprint"), dict) and "weights" in value
    return True
