"""Keras models rebuilt from their configuration, in a process that holds no secrets."""

import copy
import hashlib
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from grader.cnnchecks.outcome import Misfit
from grader.grading.budgets import WALL_FACTOR
from grader.sandbox.client import Child, Zygote
from grader.sandbox.limits import Limits
from grader.sandbox.wire import WireError, encode

FOLLOW_SHARE = 0.25  # of the time for one answer, for following a model that is wrong
MOST_ANSWERS = 5  # of the longest kind that an evaluator gives to one submission
TOO_LARGE = "it could not be evaluated in time: it is too large"


@dataclass
class Evaluator:
    """Keras models rebuilt from their configuration, in a process of its own that holds no secrets.

    One for each submission, forked when it is first asked. Behind the seal it rebuilds the models: see `cnnchecks.models`.
    """

    zygote: Zygote
    seconds: float = 60.0  # of CPU for one answer; `MOST_ANSWERS` times that for all of a submission
    waited: Callable[[float], None] = lambda seconds: None  # is told how long an answer took
    deadline: float = math.inf  # on the wall clock
    _child: Child | None = None
    _answers: dict[str, Any] = field(default_factory=dict)  # several cases ask the same about the same model
    _given_up: set[str] = field(default_factory=set)  # models that took too long once
    spent: float = 0.0  # seconds, on answers and on opening a file
    _followed: float = 0.0  # seconds, spent on following models
    _is_hidden: bool = False  # is what is being asked a hidden case?

    def begin_hidden(self) -> None:
        """From here on hidden cases are asked: no word of Keras's is passed on."""
        self._is_hidden = True

    def describe(self, config: dict) -> dict:
        return self._ask(op="describe", config=config)

    def outputs(
        self, config: dict, weights: list, x: np.ndarray, sizes: tuple[int, ...] | None = None
    ) -> np.ndarray:
        return self._ask(op="outputs", config=config, weights=weights, x=x, sizes=sizes)

    def activations(self, config: dict, weights: list, x: np.ndarray) -> list:
        """What each layer gives, for an explanation: it takes nothing from the time for answers, and gives no model up.

        Where it takes too long once, or all of it as long as an answer may, no model of this submission is followed again.
        """
        if self._followed > self.seconds:
            raise Misfit(TOO_LARGE)
        spent, began = self.spent, time.monotonic()
        request = {"op": "activations", "config": config, "weights": weights, "x": x}
        try:
            return self._evaluate(request, FOLLOW_SHARE * self.seconds)
        except TimeoutError:
            self._followed = math.inf
            raise Misfit(TOO_LARGE) from None
        finally:
            self._followed += self.spent - spent
            self.spent = spent
            self.waited(time.monotonic() - began)

    def open_weights(self, content: bytes) -> int:
        """How many arrays a weights file holds. Raises `Misfit` for what isn't one, or takes too long to be opened."""
        try:
            return int(self._evaluate({"op": "open", "content": np.frombuffer(content, np.uint8)}))
        except TimeoutError:
            raise Misfit("it could not be opened in time: it unpacks to too much") from None

    def close(self) -> None:
        if self._child is not None:
            child, self._child = self._child, None
            child.end()

    def _ask(self, **request: Any) -> Any:
        try:
            key, model = (hashlib.sha256(encode(part)).hexdigest() for part in (request, request["config"]))
        except WireError:
            raise Misfit("this model and its weights are too large to be evaluated") from None
        if model in self._given_up or self.spent > MOST_ANSWERS * self.seconds:
            raise Misfit(TOO_LARGE)
        if key not in self._answers:
            began = time.monotonic()
            try:
                self._answers[key] = self._evaluate(request)
            except TimeoutError:
                self._given_up.add(model)
                raise Misfit(TOO_LARGE) from None
            finally:
                self.waited(time.monotonic() - began)
        return copy.deepcopy(self._answers[key])

    def _evaluate(self, request: dict[str, Any], seconds: float | None = None) -> Any:
        """One answer, within `seconds` of CPU (None: those for an answer). Raises `Misfit`, or `TimeoutError` where the
        process was stopped or ended itself."""
        limit = self.seconds if seconds is None else seconds
        if self._child is None:
            self._child = self.zygote.fork("evaluator", limits=Limits(memory=3 * 2**30))
        child, cpu, wall = self._child, self._child.cpu_seconds(), time.monotonic()
        overdue = min(wall + WALL_FACTOR * limit, self.deadline)

        def check_deadline() -> None:
            if child.cpu_seconds() - cpu > limit or time.monotonic() > overdue:
                raise TimeoutError

        child.channel.tick = check_deadline
        try:
            child.channel.send(request)
            reply = child.channel.receive()
        except (EOFError, OSError, WireError):
            self.close()
            raise TimeoutError from None
        finally:
            self.spent += min(time.monotonic() - wall, self.seconds)
        if "rejected" in reply:
            quoted = "" if self._is_hidden or not reply["quoted"] else f": {reply['quoted']}"
            raise Misfit(reply["rejected"] + quoted)
        return reply["value"]
