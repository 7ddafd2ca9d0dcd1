"""All tasks, networks and wrong ideas. Every file in the folders here is imported, so that no list of topics is kept."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from grader.tasks.drawn import Case, Grid
from grader.tasks.networks import NETWORKS
from grader.tasks.task import CLAIMS, IDEAS, TASKS, Idea, Way

__all__ = [
    "GRIDS",
    "IDEAS",
    "NETWORKS",
    "TASKS",
    "by_id",
    "cached",
    "for_function",
    "hidden_cases",
    "ways_about",
]

for _module in pkgutil.walk_packages(sys.modules["grader.tasks"].__path__, "grader.tasks."):
    importlib.import_module(_module.name)


class _Grids(Mapping[str, Grid]):
    """The hidden cases of each task and network that is known by now, and of what a network's layers are."""

    def __getitem__(self, name: str) -> Grid:
        builder, _, part = name.partition("/")
        if part in OF_LAYERS and builder in NETWORKS:
            return OF_LAYERS[part]
        asked = NETWORKS.get(name) or TASKS.get(name)
        if asked is None or not asked.hidden:
            raise KeyError(f"there are no hidden cases for {name!r}")
        return asked.hidden

    def __iter__(self) -> Iterator[str]:
        yield from (name for name, task in TASKS.items() if task.hidden)
        for name, network in NETWORKS.items():
            yield from ([name] if network.hidden and name not in TASKS else [])
            yield from (f"{name}/{part}" for part in OF_LAYERS)

    def __len__(self) -> int:
        return sum(1 for _ in self)


OF_LAYERS: dict[str, Grid] = {
    "layers": {"plain": (Case("The layers", ()),)},
    "trainable": {"plain": (Case("What is trained", ()),)},
}
GRIDS: Mapping[str, Grid] = _Grids()


def hidden_cases(name: str, grid: str) -> tuple[Case, ...]:
    """The cases of one grid of a task or network; KeyError, in words, for one that isn't there.

    >>> hidden_cases("stack_reach", "plian")
    Traceback (most recent call last):
        ...
    KeyError: "stack_reach has no grid 'plian', but plain"
    """
    grids = GRIDS[name]
    if grid not in grids:
        raise KeyError(f"{name} has no grid {grid!r}, but {', '.join(grids)}")
    return grids[grid]


EMPTIED: list[Callable[[], None]] = []  # to call when other topics become known


def cached(function: Any) -> Any:
    """`functools.cache` for what follows from the topics that are known: it is emptied when others are."""
    known = cache(function)
    EMPTIED.append(known.cache_clear)
    return known


def for_function(name: str, ideas: Iterable[Idea] | None = None) -> tuple[Idea, ...]:
    """Those of these `ideas` (None: of all) that claim the function called `name`, in the order in which its topic has them.

    >>> [idea.card.id for idea in for_function("zero_pad2d")][:2]
    ['shapes.pad_after_only', 'shapes.pad_every_axis']
    """
    if ideas is None:
        return tuple(CLAIMS.get(name, ()))
    known = {idea.card.id: idea for idea in ideas}
    return tuple(known[idea.card.id] for idea in CLAIMS.get(name, ()) if idea.card.id in known)


def ways_about(name: str, ideas: Iterable[Idea] | None = None) -> Iterator[tuple[Idea, Way]]:
    """Every way of every idea about the function called `name`."""
    return ((idea, way) for idea in for_function(name, ideas) for way in idea.ways.get(name, ()))


def by_id(id: str) -> Idea:
    """The idea called `id`; KeyError for an unknown one."""
    return {idea.card.id: idea for idea in IDEAS}[id]
