"""Has each layer of a model the right number of weights, and are the right ones trained?"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from .compare import compare
from .diagnose import diagnose
from .models import weighted_rows
from .oracle import Oracle
from .outcome import Answer, Outcome


def layers_outcome(name: str, plan: dict, like: str, oracle: Oracle, trainable: bool = True) -> Outcome:
    """Compare the number of weights of each layer that has any with those of the reference called `like`.

    How many positions its maps have decides nothing, as there are many ways to write a network, but tells apart wrong
    ideas that lead to the same weights.
    """
    rows = weighted_rows(plan)
    counts = np.array([row["parameters"] for row in rows], dtype=np.int64)
    maps = np.array([math.prod(n or 0 for n in row["output_shape"][1:-1]) for row in rows], dtype=np.int64)
    answer = oracle.answer(f"{like}/layers", (), {})
    expected = answer.expected["weights"]
    outcome = compare({"weights": counts}, {"weights": expected})
    outcome = diagnose(outcome, {"weights": counts, "maps": maps}, answer, None)
    if outcome.passed and not trainable:
        return outcome
    if outcome.passed:
        return _trainable_outcome(name, rows, oracle.answer(f"{like}/trainable", (), {}))
    if len(counts) != len(expected):
        names = ", ".join(f"{row['name']} ({row['kind']})" for row in rows) or "none at all"
        message = f"`{name}` has {len(rows)} layers with weights, expected {len(expected)}. It has: {names}."
    else:
        place = int(np.argmax(counts != expected))
        row = rows[place]
        message = (f"`{name}` can't take the weights of the network you were asked for. Its first layer that differs "
                   f"is number {place + 1} of those with weights, {row['name']} ({row['kind']}): it has "
                   f"{row['parameters']:,} weights. Compare its settings, and those of the layers before it, which "
                   "decide how much it looks at, with the question's.")  # fmt: skip
    layers = layer_tables(rows, [int(count) for count in expected])
    return replace(outcome, kind="shape", message=message, detail="", where="", layers=layers)


def _trainable_outcome(name: str, rows: list[dict], answer: Answer) -> Outcome:
    """Compare how many weights of each layer training changes with how many it should."""
    trainable = np.array([row["trainable"] for row in rows], dtype=np.int64)
    outcome = diagnose(compare(trainable, answer.expected), trainable, answer, None)
    if outcome.passed:
        return outcome
    if (trainable > answer.expected).any():
        row = rows[int(np.argmax(trainable > answer.expected))]
        message = f"`{name}` would train {row['name']} ({row['kind']}), which is to stay as it is."
    else:
        row = rows[int(np.argmax(trainable < answer.expected))]
        frozen = row["parameters"] - row["trainable"]
        message = (f"{frozen:,} weights of `{name}` can't be trained, though they should learn: is the `trainable` of "
                   f"{row['name']} ({row['kind']}) False?")  # fmt: skip
    return replace(outcome, message=message, detail="", where="")


def layer_tables(rows: list[dict], expected: list[int]) -> tuple[tuple[str, str, bool], ...]:
    """What is expected of each layer with weights beside what is there; the first difference is marked.

    >>> dense = {"name": "dense", "kind": "Dense", "output_shape": [None, 10], "parameters": 850}
    >>> layer_tables([dense], [850, 10])
    (('850 weights', '850 weights: dense (Dense), 10', False), ('10 weights', 'no layer', True))
    """
    counts = [row["parameters"] for row in rows]
    places = range(max(len(rows), len(expected)))
    first = next((i for i in places if counts[i : i + 1] != expected[i : i + 1]), None)
    wanted = [f"{count:,} weights" for count in expected] + ["no layer"] * len(places)
    shapes = ["×".join(map(str, row["output_shape"][1:])) for row in rows]
    found = [
        f"{row['parameters']:,} weights: {row['name']} ({row['kind']}), {shape}"
        for row, shape in zip(rows, shapes, strict=True)
    ]
    found += ["no layer"] * len(places)
    return tuple((wanted[i], found[i], i == first) for i in places)
