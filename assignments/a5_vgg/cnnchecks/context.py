"""What answers are judged with. It is handed on with the names that are asked, and nothing of it belongs to the process."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from .fixtures import FixtureOracle
from .oracle import Oracle


@dataclass(frozen=True)
class Context:
    """Whoever knows the right answers, and whoever rebuilds Keras models (see `models.Models`; None: Keras in this process)."""

    oracle: Oracle
    models: Any = None


class Names(dict[str, Any]):
    """Names to be asked, with the context in which their answers are judged."""

    def __init__(self, names: Mapping[str, Any], context: Context) -> None:
        super().__init__(names)
        self.context = context

    def __or__(self, others: Mapping[str, Any]) -> Names:  # type: ignore[override]  # as a dict's, with the context
        return Names({**self, **others}, self.context)


AT_HOME = Context(FixtureOracle())  # beside a notebook


def context_of(env: Mapping[str, Any]) -> Context:
    """What the names of `env` are judged with: a notebook's own have no context, and are judged by the files beside it."""
    context = getattr(env, "context", AT_HOME)
    return context if isinstance(context, Context) else AT_HOME


# A test file calls `data()` without its environment, so this alone can't be handed on with that.
_data: ContextVar[Mapping[str, np.ndarray] | None] = ContextVar("data", default=None)


def data() -> Mapping[str, np.ndarray]:
    """The arrays of the `data.npz` beside the notebook, or those that are handed out here."""
    handed_out = _data.get()
    return _beside() if handed_out is None else handed_out


@contextmanager
def hand_out(arrays: Mapping[str, np.ndarray]) -> Iterator[None]:
    """Inside the block `data()` returns `arrays`."""
    token = _data.set(arrays)
    try:
        yield
    finally:
        _data.reset(token)


@cache
def _beside() -> Mapping[str, np.ndarray]:
    with np.load(Path(__file__).parents[1] / "data.npz", allow_pickle=False) as stored:
        return {name: stored[name] for name in stored.files}
