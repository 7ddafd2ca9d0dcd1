"""The environment that Otter's tests see: a mapping whose values are proxies onto the sandbox.

`env["conv2d_forward"](x, w, b)` sends three arrays to the worker and brings one back; the same test file runs against a
student's live notebook and against this.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from grader.cnnchecks.outcome import Misfit, Raised
from grader.grading.session import Session
from grader.judge.context import Judging


class SealedEnv(Mapping[str, Any]):
    """What one question's tests see of a notebook."""

    def __init__(self, session: Session, question: str, context: Judging):
        self.session, self.question, self.context = session, question, context
        self._seen: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._seen:
            found = self.session.ask(self.question, op="look", name=name)
            kinds = {
                "callable": Remote(self.session, self.question, name),
                "value": found.get("value"),
                "missing": None,
            }
            self._seen[name] = found["kind"], kinds.get(found["kind"])
        kind, value = self._seen[name]
        if kind == "missing":
            raise KeyError(name)
        return value

    def __iter__(self) -> Iterator[str]:
        return iter(self.session.questions[self.question])

    def __len__(self) -> int:
        return len(self.session.questions[self.question])


@dataclass(frozen=True)
class Remote:
    """A function (or a model) of the student's, where it lives. Calling it costs one round trip."""

    elsewhere: ClassVar[bool] = True

    session: Session
    question: str
    __name__: str

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        reply = self.session.ask(self.question, op="call", name=self.__name__, args=args, kwargs=kwargs)
        for index, value in reply.get("changed", {}).items():
            if isinstance(index, int) and 0 <= index < len(args):
                _write_back(args[index], value)
        return reply.get("value")

    def model(self, weights: bool = False) -> dict[str, Any]:
        """The blueprint that the worker claims, and a live model's weights. A claim: the evaluator rebuilds it.

        It is made once, for the public cases, also if that fails: a model that was built later could tell of hidden
        inputs by its sizes and names.
        """
        key, claims = (self.question, self.__name__, weights), self.session.claims
        if key not in claims:
            try:
                request = {"op": "model", "name": self.__name__, "weights": weights}
                claims[key] = self.session.ask(self.question, **request)["value"]
            except (Raised, Misfit) as error:
                claims[key] = error
        claim = claims[key]
        if isinstance(claim, Raised | Misfit):
            raise claim
        return claim


def _write_back(ours: Any, theirs: Any) -> None:
    """Make "you changed the input" the same check on both sides of the seal."""
    if isinstance(ours, np.ndarray):
        if isinstance(theirs, np.ndarray) and theirs.shape == ours.shape:
            ours[...] = theirs
        else:  # resized or replaced in place: any change will do
            ours[...] = np.zeros_like(ours) if ours.any() else np.ones_like(ours)
    elif isinstance(ours, dict) and isinstance(theirs, dict):
        for key in ours:
            if key in theirs:
                _write_back(ours[key], theirs[key])
