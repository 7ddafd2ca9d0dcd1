"""All tasks, networks and wrong ideas. Every file in the folders here is imported, so that no list of topics is kept."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Iterator

from grader.tasks.drawn import Case, Grid
from grader.tasks.networks import NETWORKS
from grader.tasks.task import CLAIMS, IDEAS, TASKS, Idea, Way

__all__ = ["GRIDS", "IDEAS", "NETWORKS", "TASKS", "by_id", "for_function", "ways_about"]

for _module in pkgutil.walk_packages(sys.modules["grader.tasks"].__path__, "grader.tasks."):
    importlib.import_module(_module.name)

GRIDS: dict[str, Grid] = {name: task.hidden for name, task in TASKS.items() if task.hidden}
for _name, _network in NETWORKS.items():
    if _network.hidden:
        GRIDS[_name] = _network.hidden
    GRIDS[f"{_name}/layers"] = {"plain": (Case("The layers", ()),)}
    GRIDS[f"{_name}/trainable"] = {"plain": (Case("What is trained", ()),)}


def for_function(name: str) -> tuple[Idea, ...]:
    """The ideas that claim the function called `name`, in the order in which its topic has them.

    >>> [idea.card.id for idea in for_function("zero_pad2d")][:2]
    ['shapes.pad_after_only', 'shapes.pad_every_axis']
    """
    known = {idea.card.id: idea for idea in IDEAS}
    return tuple(known[idea.card.id] for idea in CLAIMS.get(name, ()) if idea.card.id in known)


def ways_about(name: str) -> Iterator[tuple[Idea, Way]]:
    """Every way of every idea about the function called `name`."""
    return ((idea, way) for idea in for_function(name) for way in idea.ways.get(name, ()))


def by_id(id: str) -> Idea:
    """The idea called `id`; KeyError for an unknown one."""
    return {idea.card.id: idea for idea in IDEAS}[id]
