"""The environment that Otter's tests see: a mapping whose values are proxies onto the sandbox.

`env["conv2d_forward"](x, w, b)` sends three arrays to the worker and brings one back; the same test file runs against a
student's live notebook and against this.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from grader.grading.answers import Answers, Asker
from grader.judge.context import Judging


class SealedEnv(Mapping[str, Any]):
    """What one case's test sees of a notebook."""

    def __init__(self, answers: Answers, asker: Asker, context: Judging):
        self.answers, self.asker, self.context = answers, asker, context
        self.question = asker.question

    def __getitem__(self, name: str) -> Any:
        found = self.answers.look(self.asker, name)
        if found["kind"] == "missing":
            raise KeyError(name)
        return Remote(self.answers, self.asker, name) if found["kind"] == "callable" else found["value"]

    def __iter__(self) -> Iterator[str]:
        return iter(self.answers.questions[self.asker.question])

    def __len__(self) -> int:
        return len(self.answers.questions[self.asker.question])


@dataclass(frozen=True)
class Remote:
    """A function (or a model) of the student's, where it lives. Calling it costs one round trip."""

    elsewhere: ClassVar[bool] = True

    answers: Answers
    asker: Asker
    __name__: str

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        reply = self.answers.ask(self.asker, op="call", name=self.__name__, args=args, kwargs=kwargs)
        for index, value in reply.get("changed", {}).items():
            if isinstance(index, int) and 0 <= index < len(args):
                _write_back(args[index], value)
        return reply.get("value")

    def model(self, weights: bool = False) -> dict[str, Any]:
        """What the worker claims that it is: see `Answers.model`."""
        return self.answers.model(self.asker, self.__name__, weights)


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
