"""Following a model layer by layer: which is the first whose output differs?"""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from .context import context_of
from .kinds import CONVOLUTIONS, PADDINGS, POOLINGS
from .models import as_listed, models_for, of_plan
from .oracle import Oracle
from .outcome import Answer, Outcome
from .values import are_close

MOST_LOOKED_AT = 4  # images
BEFORE = " before its activation"
NO_ACTIVATION = CONVOLUTIONS | POOLINGS | PADDINGS | {"Dense"}


def first_images(args: tuple) -> tuple:
    """What a model is followed with: the weights, and the first few of the images."""
    return args[0], args[1][:MOST_LOOKED_AT]


def digest(values: Any) -> np.ndarray:
    """Eight numbers (8,) made of every element of a layer's output, in its order, whatever its shape.

    They stand for the output where two are compared: in `fixtures.npz` they take a thousandth of its room.

    >>> maps, row = np.arange(8.0).reshape(1, 2, 2, 2), np.arange(8.0).reshape(1, 8)
    >>> np.array_equal(digest(maps), digest(row)), np.allclose(digest(maps), digest(row[:, ::-1]))
    (True, False)
    """
    flat = np.asarray(values, np.float64).ravel()
    return np.array([np.cos(step * np.arange(flat.size)) @ flat for step in range(1, 9)]) / max(1, flat.size)


def follow(
    env: Mapping[str, Any], name: str, args: tuple, outcome: Outcome, oracle: Oracle | None = None,
    hidden: bool = False,
) -> Outcome:  # fmt: skip
    """`outcome`, with the first layer whose output differs in `where` if it is one of a model with wrong answers.

    What keeps a model from being followed costs this explanation alone. In a hidden case its layers are told by number
    and kind, not by the names that they were given.
    """
    if outcome.asked != name or outcome.kind not in ("shape", "finite", "value"):
        return outcome
    given = first_images(args)

    def along(plan: dict, _: Any) -> Outcome:
        layers = models_for(env).activations(plan["config"], as_listed(plan, given[0]), given[1])
        answer = (oracle or context_of(env).oracle).answer(f"{name}/stages", given, {})
        there = first_difference(layers, answer, hidden, _sources(plan, [name for name, _, _ in layers]))
        return replace(outcome, where=there or outcome.where)

    with contextlib.suppress(Exception):
        if (found := of_plan(env, name, along)).kind == outcome.kind:
            return found
    return outcome


def first_difference(
    layers: list, answer: Answer, hidden: bool = False, sources: list[list[int]] | None = None
) -> str:
    """Which of the `layers` (name, kind, array) is the first to differ from the stages of the `answer`, in words.

    `sources`, for a network that branches: the places of the layers whose outputs each one takes.

    Stages are the reference's layers with their digests, in order. One that none of the student's gives may be written
    another way, as a ReLU after its pooling: what counts is the last one that is met, and what comes behind it.

    >>> right = Answer({"00 C1": digest([1.0, 2.0]), "01 S2": digest([2.0])}, {"00 C1": 1e-6, "01 S2": 1e-6})
    >>> conv, pool = ("conv", "Conv2D", np.array([1.0, 2.0])), ("pool", "AveragePooling2D", np.array([1.5]))
    >>> first_difference([conv, pool], right)
    'the first layer whose output differs is number 2, `pool` (AveragePooling2D); everything up to C1 is right'
    """
    with np.errstate(all="ignore"):
        digests = [digest(array) for _, _, array in layers]
    if sources is not None:
        return _first_in_branches(layers, digests, answer, hidden, sources)
    met, label = [-1], ""
    for stage, right in sorted(answer.expected.items()):
        later = range(max(met[0], 0), len(layers))  # a ReLU of what is positive changes nothing
        same = [i for i in later if are_close(digests[i], right, answer.atol[stage], right, 0.0)]
        met, label = (same, stage[3:]) if same else (met, label)
    behind = [i for i in range(met[-1] + 1, len(layers)) if layers[i][1] not in PADDINGS]
    if label.endswith(BEFORE) and not (behind and layers[behind[0]][1] not in NO_ACTIVATION):
        place, what = met[0], ": what it adds up is right, but no activation follows"
    elif behind:
        place, padded = behind[0], ", with the padding before it" if behind[0] > met[-1] + 1 else ""
        what = padded + (f"; everything up to {label} is right" if label else "")
    else:
        return ""  # these images don't show it
    return _differs_first(layers, place, what, hidden)


def _differs_first(layers: list, place: int, what: str, hidden: bool) -> str:
    own = "" if hidden else f", `{layers[place][0]}`"
    return f"the first layer whose output differs is number {place + 1}{own} ({layers[place][1]}){what}"


def _first_in_branches(
    layers: list, digests: list, answer: Answer, hidden: bool, sources: list[list[int]]
) -> str:
    """The same where layers take several inputs: the first one that gives no stage, and behind which none is met either."""
    met: list[set[str]] = [
        {
            stage[3:]
            for stage, right in answer.expected.items()
            if are_close(given, right, answer.atol[stage], right, 0.0)
        }
        for given in digests
    ]
    fine = [bool(labels) for labels in met]
    for place in reversed(range(len(layers))):
        if fine[place]:
            for source in sources[place]:
                fine[source] = True  # it may be written another way
    wrong = [i for i in range(len(layers)) if not fine[i] and layers[i][1] not in PADDINGS]
    linear_only = ": what it adds up is right, but no activation follows"
    if not wrong:
        is_whole = max(answer.expected)[3:] in met[-1]
        return "" if is_whole else _differs_first(layers, met.index(met[-1]), linear_only, hidden)
    place, kind = wrong[0], layers[wrong[0]][1]
    linear = [i for i in sources[place] if met[i] and all(label.endswith(BEFORE) for label in met[i])]
    if linear and (kind in NO_ACTIVATION or len(sources[place]) > 1):
        return _differs_first(layers, linear[0], linear_only, hidden)
    what = "; what goes into it is right" if sources[place] and all(fine[i] for i in sources[place]) else ""
    return _differs_first(layers, place, what, hidden)


def _sources(plan: dict, names: list[str]) -> list[list[int]] | None:
    """For a network that branches, the places among `names` of the layers whose outputs each one takes; else None."""
    blueprint = importlib.import_module("blueprint")
    try:
        graph = blueprint.wiring(plan["config"])
    except (blueprint.BlueprintError, KeyError, TypeError, AttributeError, IndexError):
        return None
    paths = {path.rpartition("/")[2]: path for path in graph.kinds}
    if not graph.branches or len(paths) != len(graph.kinds) or not set(names) <= set(paths):
        return None
    places = {paths[name]: place for place, name in enumerate(names)}

    @cache  # and each place once: through inner models lead as many ways as there are layers, multiplied
    def nearest(path: str) -> list[int]:
        sources = dict.fromkeys(graph.inputs[path])
        found = [p for s in sources for p in ([places[s]] if s in places else nearest(s))]
        return list(dict.fromkeys(found))

    return [nearest(paths[name]) for name in names]
