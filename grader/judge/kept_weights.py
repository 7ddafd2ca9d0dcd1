"""Did a network begin with the weights that were given, keep those that were to stay, and change the others?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from grader.cnnchecks.check_models import weights_outcome
from grader.cnnchecks.layers import layers_outcome
from grader.cnnchecks.models import of_plan
from grader.cnnchecks.outcome import CheckFailed, Diagnosis, Outcome
from grader.judge.context import judging_of
from grader.tasks.transfer.networks import nothing_frozen
from grader.tasks.transfer.transfer import TRANSFER

NOT_LOADED = Diagnosis(
    "transfer.base_not_loaded",
    "A network of the same layers is the same network.",
    "A new model has new, random weights. Which call puts the base's into it, and does it come before `fit`?",
    TRANSFER,
)
NOT_TUNED = Diagnosis(
    "transfer.not_tuned",
    "A network whose layer may learn has learnt.",
    "`trainable` only allows it. Was the network itself fitted, after its head was, and was that file saved?",
    TRANSFER,
)
ALIKE = 0.5  # of two arrays' correlation: a base that was trained on keeps its kernels' looks


def check_kept_weights(
    env: Mapping[str, Any], name: str, like: str, given: Sequence[np.ndarray], kept: int, tuned: int = 0
) -> None:
    """Raise `CheckFailed` unless the first `kept` arrays of weights of the model `env[name]`, which has the layers of
    `like`, are those `given`, and the next `tuned` are not."""

    def judged(plan: dict, weights: Any) -> Outcome:
        if not (fits := layers_outcome(name, plan, like, judging_of(env).oracle, trainable=False)).passed:
            return fits
        if not (fits := weights_outcome(name, plan, weights)).passed:
            return fits
        if len(weights) < len(given):  # as many numbers, in other arrays
            return Outcome(False, "type", f"`{name}` should be a model with its weights loaded.")
        return kept_weights_outcome(name, weights, given, kept, tuned)

    outcome = of_plan(env, name, judged, weights=True)
    if not outcome.passed:
        raise CheckFailed(outcome)


def kept_weights_outcome(
    name: str, weights: Sequence[np.ndarray], given: Sequence[np.ndarray], kept: int, tuned: int
) -> Outcome:
    """What the numbers alone say.

    >>> given = [np.arange(4.0), np.ones(2)]
    >>> kept_weights_outcome("mine", [np.arange(4.0), np.zeros(2)], given, kept=1, tuned=1).passed
    True
    >>> kept_weights_outcome("mine", [np.arange(4.0) + 0.1, np.ones(2)], given, kept=1, tuned=0).diagnosis.id
    'transfer.nothing_frozen'
    """
    for place in range(kept):
        if not _equal(weights[place], given[place]):
            card = nothing_frozen.card if _alike(weights[0], given[0]) else NOT_LOADED
            message = f"`{name}` doesn't have the weights of the base where it should: array {place} differs."
            return Outcome(False, "value", message, diagnosis=card, candidates=(card,))
    if any(_equal(weights[place], given[place]) for place in range(kept, kept + tuned)):
        message = f"`{name}` still has the base's weights, number for number, where it was to learn."
        return Outcome(False, "value", message, diagnosis=NOT_TUNED, candidates=(NOT_TUNED,))
    return Outcome(True, "ok", "The weights are those of the base where they were to stay.")


def _equal(ours: np.ndarray, given: np.ndarray) -> bool:
    return ours.size == given.size and np.allclose(np.ravel(ours), np.ravel(given), rtol=1e-5, atol=1e-6)


def _alike(ours: np.ndarray, given: np.ndarray) -> bool:
    return ours.size == given.size and bool(
        np.corrcoef(np.ravel(ours), np.ravel(given))[0, 1] > ALIKE  # a NaN is not
    )
