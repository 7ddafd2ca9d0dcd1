"""A notebook in a worker: its cells run there, it is watched, and it starts anew when a request ends it."""

from dataclasses import dataclass, field
from functools import partial
from typing import Any

from grader.cnnchecks.outcome import Raised
from grader.grading.budgets import Allowance, Budget
from grader.grading.intake import Cell
from grader.grading.told import AN_EXCEPTION, Notes, exception_in_words, left_out_in_words, tried_in_words
from grader.sandbox.audit_hook import KINDS
from grader.sandbox.client import Child, Zygote
from grader.sandbox.defences import Defence
from grader.sandbox.shell import MOST_LEFT_OUT
from grader.sandbox.wire import WireError

MOST_RECEIVED = 2**29  # bytes that a notebook may answer with, all questions together
MOST_HEARD = 100  # frames before an answer: one for each kind of what is tried, and what threads say twice
TOO_MANY_FILES = "it wrote more files than a notebook of this course needs"
MOST_KEPT = 3 * 2**30  # bytes of memory after a cell; a worker has four gigabytes
MOST_STOPPED_CELLS = 10  # then the cells after the last of them are left out: each costs a restart


class Stopped(Raised):
    """The worker was ended: past its deadline, gone, or speaking out of turn. The question gets no verdict from it."""

    def __init__(self, why: str):
        super().__init__("Stopped", why)


@dataclass
class Notebook:
    """Runs the cells in a worker within a budget, and answers requests from there. Use it from one thread."""

    zygote: Zygote
    cells: tuple[Cell, ...]
    files: dict[str, bytes]  # name -> content, beside the notebook
    budget: Budget
    notes: Notes = field(default_factory=Notes)  # gets what is to be told of the cells and of what was tried
    defences: tuple[Defence, ...] = field(init=False, default=())  # of the last worker
    _child: Child | None = field(init=False, default=None)
    # the numbers of cells: those that ended a worker are not run again
    _skipped: set[int] = field(init=False, default_factory=set)
    _told: set[int] = field(init=False, default_factory=set)
    _has_seen_hidden: bool = field(init=False, default=False)  # an input of a hidden case
    _received: int = field(init=False, default=0)  # bytes from workers that were ended
    _heard: set[str] = field(init=False, default_factory=set)  # what the present request's code tried

    def run_cells(self) -> None:
        """Run the notebook in a fresh worker, unless there is one. A cell that hangs or kills the worker counts as one that
        raised. Where the budget is used up before there is a worker, there is none afterwards."""
        self.budget.start_clock()
        while self._child is None and not self.budget.is_over():
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
                if not self._run_cell(cell):
                    break

    def request(self, allowed: Allowance, question: str, hidden: bool, **request: Any) -> dict[str, Any]:
        """The worker's answer to one request on behalf of a question; `hidden`: it brings an input of a hidden case.

        There must be a worker. Raises `Stopped` where this ends it.
        """
        self._has_seen_hidden |= hidden
        try:
            return self._request(allowed, question=question, **request)
        finally:
            self._note_what_was_tried(
                f"the code asked for in {question}", "the code asked for in a hidden case"
            )

    def close(self) -> None:
        """End the worker and all it started. To be called before any result is written."""
        if self._child is not None:
            child, self._child = self._child, None
            self._received += child.channel.received
            child.end()

    def _start(self) -> None:
        child = self.zygote.fork("worker", self.files)
        child.channel.tick = partial(self._watch, child)
        self._child, self.defences = child, child.defences

    def _run_cell(self, cell: Cell) -> bool:
        """Run it; is the worker still there?"""
        try:
            reply = self._request(self.budget.for_cell(), op="cell", index=cell.number, source=cell.source)
            if cell.number not in self._told:
                self._tell(cell, reply)
        except Stopped as error:
            self._leave_out(cell, error.message)
            return False
        finally:
            self._note_what_was_tried(f"code cell {cell.number}", "a code cell, when it ran again,")
        if self._child is not None and (why := _keeps_too_much(self._child)):
            self.close()  # what is left would not do for the questions
            self._leave_out(cell, why)
        return self._child is not None

    def _tell(self, cell: Cell, reply: dict[str, Any]) -> None:
        """What stopped a cell, and which of its statements were left out."""
        left_out = reply.get("left_out", [])
        if "raised" in reply or left_out:
            self._told.add(cell.number)
        for raised in left_out:
            self._note(
                left_out_in_words(cell, raised),
                later="a statement of a code cell can't run in grading, and was left out when it ran again",
            )
        if "raised" in reply:
            self._note(
                f"code cell {cell.number} raised {exception_in_words(reply['raised'])}",
                later=f"a code cell raised {AN_EXCEPTION} when it ran again",
            )

    def _leave_out(self, cell: Cell, why: str) -> None:
        self._skipped.add(cell.number)
        self._note(
            f"code cell {cell.number} was stopped and left out: {why}",
            later=f"a code cell was stopped and left out when it ran again: {why}",
        )

    def _note_what_was_tried(self, who: str, later: str) -> None:
        """Such as "code cell 7 asked for a network connection (refused)": what the worker says, in our words."""
        for kind in sorted(self._heard):
            tried = tried_in_words(kind, self.defences)
            self._note(f"{who} {tried}", later=f"{later} {tried}")

    def _note(self, words: str, later: str) -> None:
        """`later` is what may be said when the notebook has seen a hidden input: that could have picked the cell, and the
        words of an exception could be made of it."""
        self.notes.add(later if self._has_seen_hidden else words)

    def _request(self, allowed: Allowance, **request: Any) -> dict[str, Any]:
        child = self._child
        assert child is not None
        self.budget.begin(child, allowed)
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
                "the process ended itself (sys.exit, os._exit, a crash, or too much memory)"
            ) from None
        except WireError as error:
            self.close()
            self.notes.tell_instructor(f"what came back was not data in the agreed form: {error}")
            raise Stopped("what came back was not data in the agreed form") from None
        finally:
            self.budget.end()

    def _after_what_is_heard(self, child: Child) -> Any:
        """The answer, behind what the notebook tries meanwhile. Each word of that costs the judge some time: they are few."""
        for _ in range(MOST_HEARD):
            if not _is_heard(reply := child.channel.receive()):
                return reply
            self._heard.add(reply["heard"])
        raise WireError("more was said of what is tried than there is to say")

    def _watch(self, child: Child) -> None:
        """Called some twenty times a second while a request runs."""
        if why := self.budget.why_stop() or self._takes_too_much(child):
            raise Stopped(why)

    def _takes_too_much(self, child: Child) -> str:
        """Of bytes, threads or files: why the present request has to end, nothing while it may go on."""
        if self._received + child.channel.received > MOST_RECEIVED:
            return "its answers are larger than those of a notebook of this course"
        if child.has_too_many_threads():
            return "it started more threads than a notebook of this course needs"
        return TOO_MANY_FILES if child.fills_the_disk() else ""


def _keeps_too_much(child: Child) -> str:
    """Why a cell that left so much in memory or on the disk is left out."""
    if child.memory() > MOST_KEPT:
        return "it kept too much memory"
    return TOO_MANY_FILES if child.fills_the_disk(at_once=True) else ""


def _is_heard(reply: Any) -> bool:
    """Is it no answer yet, but what the notebook is just trying?"""
    return isinstance(reply, dict) and isinstance(kind := reply.get("heard"), str) and kind in KINDS


def _is_exception(raised: Any) -> bool:
    return isinstance(raised, dict) and all(
        isinstance(raised.get(k), str) for k in ("type", "message", "line")
    )


def _is_reply(op: str, reply: dict[Any, Any]) -> bool:
    """Has a worker's answer the form that the operation's answer has? Its content is a claim in any case."""
    tried = reply.get("tried", [])
    if not isinstance(tried, list) or not all(isinstance(kind, str) and kind in KINDS for kind in tried):
        return False
    if "withheld" in reply:
        return True
    left_out = reply.get("left_out", [])
    if (
        not isinstance(left_out, list)
        or len(left_out) > MOST_LEFT_OUT
        or not all(map(_is_exception, left_out))
    ):
        return False
    if "raised" in reply:
        return _is_exception(reply["raised"])
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
