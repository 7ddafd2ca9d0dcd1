"""What is drawn for a submission: the random numbers of its hidden cases."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import numpy as np

from grader.cnnchecks import (
    Outcome,
)
from grader.judge.two_ideas import Search
from grader.report import Measure

DEFAULT_SEED = b"kerasnets"
_seed: ContextVar[bytes] = ContextVar("seed", default=DEFAULT_SEED)
# function -> outcomes of its hidden cases, in the submission that is being graded
FOUND: ContextVar[dict[str, list[Outcome]] | None] = ContextVar("found", default=None)
# what is measured of it
MEASURES: ContextVar[list[Measure] | None] = ContextVar("measures", default=None)
SEARCHES: ContextVar[dict[tuple[str, str], Search] | None] = ContextVar("searches", default=None)


@contextmanager
def seeded(seed: bytes) -> Iterator[None]:
    """Draw the hidden inputs from `seed` inside the block.

    >>> with seeded(b"ada"): first = generator("conv2d_forward", "valid", 0).integers(1000)
    >>> with seeded(b"ada"): again = generator("conv2d_forward", "valid", 0).integers(1000)
    >>> bool(first == again)
    True
    """
    before, found, searches = _seed.set(seed), FOUND.set({}), SEARCHES.set({})
    try:
        yield
    finally:
        _seed.reset(before)
        FOUND.reset(found)
        SEARCHES.reset(searches)


@contextmanager
def measuring(measures: list[Measure]) -> Iterator[None]:
    """Inside the block hidden cases write what they measure of a submission into `measures`, for a leaderboard."""
    token = MEASURES.set(measures)
    try:
        yield
    finally:
        MEASURES.reset(token)


def generator(name: str, grid: str, index: int | str) -> np.random.Generator:
    """The random numbers of one hidden case: HMAC-SHA256 of the seed and the case's place."""
    digest = hmac.digest(_seed.get(), f"{name}/{grid}/{index}".encode(), hashlib.sha256)
    return np.random.default_rng(int.from_bytes(digest, "big"))
