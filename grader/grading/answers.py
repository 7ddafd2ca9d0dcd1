"""What a notebook answers when a case asks for a name, and what may be told of the answer."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from grader.cnnchecks.outcome import Misfit, Opaque, Raised
from grader.grading.notebook import Notebook, Stopped
from grader.grading.told import (
    AN_EXCEPTION,
    AN_OBJECT,
    TOO_LARGE_TO_SEND,
    known_type,
    line_of,
    listed_type,
    redact,
    words_of,
)


@dataclass
class Asker:
    """One case of a question. If it is hidden, no word of an answer is passed on."""

    question: str
    hidden: bool = False
    no_answer: str = field(init=False, default="")  # why its last request without an answer got none

    def refuse(self, why: str) -> None:
        """It gets no answer to this request."""
        self.no_answer = why


@dataclass
class Answers:
    """Asks a notebook on behalf of its questions. A name whose call was stopped is not asked for again; the question's other
    names are, while there is time."""

    notebook: Notebook
    questions: dict[str, list[str]]  # question -> the names that it asks for
    # (question, name) -> why it isn't asked again; all of the question's names, if the name is empty
    _closed: dict[tuple[str, str], str] = field(init=False, default_factory=dict)
    # question -> what ended the worker first
    _stopped: dict[str, str] = field(init=False, default_factory=dict)
    _looks: dict[tuple[str, str], dict[str, Any]] = field(init=False, default_factory=dict)
    # (question, name, weights) -> a model, or why there is none
    _claims: dict[tuple[str, str, bool], dict | Raised | Misfit] = field(init=False, default_factory=dict)

    def ask(self, asker: Asker, **request: Any) -> dict[str, Any]:
        """One request, within what is left of the question's time. Raises `Stopped` (and the asker remembers it), `Raised`
        or `Misfit`."""
        try:
            return self._told(self._ask(asker, **request), asker.hidden)
        except Stopped as stopped:
            asker.refuse(stopped.message)
            raise

    def look(self, asker: Asker, name: str) -> dict[str, Any]:
        """What a name is: its `kind`, and a value's `value`. Once there is an answer, it is the question's."""
        key = asker.question, name
        if key not in self._looks:
            self._looks[key] = self.ask(asker, op="look", name=name)
        return self._looks[key]

    def model(self, asker: Asker, name: str, weights: bool) -> dict[str, Any]:
        """The blueprint that the worker claims, and a live model's weights. A claim: the evaluator rebuilds it.

        It is made once, for the public cases, also if that fails: a model that was built later could tell of hidden
        inputs by its sizes and names.
        """
        key = asker.question, name, weights
        if key not in self._claims:
            try:
                self._claims[key] = self.ask(asker, op="model", name=name, weights=weights)["value"]
            except (Raised, Misfit) as error:
                self._claims[key] = error
        claim = self._claims[key]
        if isinstance(claim, Raised | Misfit):
            raise claim
        return claim

    def why_stopped(self, question: str) -> str:
        """What ended the question's worker, or kept it from being asked at all, for the report. Nothing, if all was answered."""
        return self._stopped.get(question) or self.notebook.budget.why_over

    def _ask(self, asker: Asker, **request: Any) -> dict[str, Any]:
        question, name, budget = asker.question, str(request.get("name", "")), self.notebook.budget
        budget.is_over()
        self._refuse_closed(question, name)
        self.notebook.run_cells()
        self._refuse_closed(question, "")
        try:
            reply = self.notebook.request(budget.for_call(question), question, asker.hidden, **request)
        except Stopped as error:
            budget.charge(question, stopped=True)
            self._close(question, "" if budget.is_spent(question) else name, error.message)
            raise
        budget.charge(question)
        return reply

    def _refuse_closed(self, question: str, name: str) -> None:
        closed = self._closed.get((question, "")) or self.notebook.budget.why_over
        if why := closed or self._closed.get((question, name)):
            raise Stopped(why)

    def _close(self, question: str, name: str, why: str) -> None:
        """Ask no more for `name` in this question; for none of its names, if it is empty."""
        self._closed.setdefault((question, name), why)
        self._stopped.setdefault(question, why)

    def _told(self, reply: dict[str, Any], hidden: bool) -> dict[str, Any]:
        """A reply as the judge may tell it. Raises what it says that the student's code raised."""
        if "withheld" in reply:
            raise Misfit(TOO_LARGE_TO_SEND)
        if "raised" in reply:
            raised = reply["raised"]
            if hidden:
                raise Raised(listed_type(raised["type"]))
            kind = known_type(raised["type"], self._words, AN_EXCEPTION)
            line = line_of(self.notebook.cells, raised["line"])
            raise Raised(kind, redact(raised["message"]), line)
        return {key: self._without_names(value, hidden) for key, value in reply.items()}

    def _without_names(self, value: Any, hidden: bool) -> Any:
        """A value whose `Opaque` parts name no type but a known one; in a hidden case none but a placeholder's."""
        if isinstance(value, Opaque):
            return Opaque(known_type(value.type_name, self._words, AN_OBJECT, hidden))
        if isinstance(value, tuple | list):
            return type(value)(self._without_names(part, hidden) for part in value)
        if isinstance(value, dict):
            return {key: self._without_names(part, hidden) for key, part in value.items()}
        return value

    @cached_property
    def _words(self) -> set[str]:
        return words_of(self.notebook.cells)
