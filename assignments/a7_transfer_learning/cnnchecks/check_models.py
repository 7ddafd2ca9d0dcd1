"""Checks of Keras models: their layers, what they answer under given weights, whether they were trained."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .asking import outcome_of
from .check_functions import raise_failure
from .context import context_of
from .follow import follow
from .layers import layers_outcome
from .models import NUMBERS, LiveModels, Models, as_listed, models_for, of_plan
from .oracle import Oracle
from .outcome import Outcome, fail

Reader = Callable[[str, dict, list], Outcome]  # of a model's name, configuration and weights


def check_layers(env: Mapping[str, Any], name: str, /, oracle: Oracle | None = None) -> None:
    """Has each layer of the model `env[name]` (or of the model it builds) the right number of weights?"""
    oracle = oracle or context_of(env).oracle
    raise_failure(env, of_plan(env, name, lambda plan, _: layers_outcome(name, plan, name, oracle)), name)


def check_model(env: Mapping[str, Any], name: str, weights: list, x: np.ndarray, /) -> None:
    """Does the model that `env[name]` builds, given `weights`, answer to images `x` as it should?"""
    outcome = model_outcome(env, name, (weights, x), {})
    raise_failure(env, follow(env, name, (weights, x), outcome), name)


def check_trained(env: Mapping[str, Any], name: str, /, like: str, trainable: bool = True) -> None:
    """Is `env[name]` a model with the layers of `like`, and are its weights numbers?

    trainable: whether the same of them must be trainable.
    """
    raise_failure(env, trained_outcome(env, name, like, trainable=trainable), name)


@dataclass(frozen=True)
class _Rebuilt:
    """A model that its configuration was made into again, as a function of weights and images."""

    plan: dict
    models: Models

    @property
    def elsewhere(self) -> bool:
        return not isinstance(self.models, LiveModels)

    def __call__(self, weights: list, x: np.ndarray) -> np.ndarray:
        return self.models.outputs(self.plan["config"], as_listed(self.plan, weights), x)


def model_outcome(
    env: Mapping[str, Any], name: str, args: tuple, kwargs: dict, oracle: Oracle | None = None
) -> Outcome:
    """Like `outcome_of`, for a model: `args` are the weights it is given and the images it is shown."""
    weights, x = args
    oracle = oracle or context_of(env).oracle

    def answered(plan: dict, _: Any) -> Outcome:
        takes = tuple(plan["input_shape"])[1:]
        fits = layers_outcome(name, plan, name, oracle)
        if takes != x.shape[1:]:
            message = f"`{name}` takes images of shape {takes}; here they have {x.shape[1:]}."
            return replace(fits, passed=False, kind="shape", message=message)
        if not fits.passed:
            return fits
        return outcome_of({name: _Rebuilt(plan, models_for(env))}, name, (weights, x), kwargs, oracle)

    return of_plan(env, name, answered)


def trained_outcome(
    env: Mapping[str, Any],
    name: str,
    like: str,
    reads: Reader | None = None,
    oracle: Oracle | None = None,
    trainable: bool = True,
) -> Outcome:
    """Judge a trained model: its layers are those of `like`, its weights are finite, and it passes what `reads` asks of its
    name, configuration and weights."""
    oracle = oracle or context_of(env).oracle

    def judged(plan: dict, weights: Any) -> Outcome:
        if not (fits := layers_outcome(name, plan, like, oracle, trainable)).passed:
            return fits
        fits = weights_outcome(name, plan, weights)
        return reads(name, plan["config"], list(weights)) if reads and fits.passed else fits

    return of_plan(env, name, judged, weights=True)


def weights_outcome(name: str, plan: dict, weights: Any) -> Outcome:
    """Are these the weights of a trained model: arrays of finite numbers, as many as the model has weights?"""
    if not isinstance(weights, (list, tuple)) or not weights:
        return fail("type", f"`{name}` should be a model with its weights loaded, not a function that builds "
                     "one: call the function.")  # fmt: skip
    if not all(isinstance(array, np.ndarray) and array.dtype.kind == "f" for array in weights):
        return fail("dtype", f"The weights of `{name}` should be arrays of floating-point numbers.")
    if not all(np.isfinite(array).all() for array in weights):
        return fail("finite", f"Some weights of `{name}` are not finite. Training that diverges does that: "
                     "try a smaller learning rate.")  # fmt: skip
    came, expected = (
        sum(map(np.size, weights)),
        sum(row["parameters"] for row in plan["rows"] if row["kind"] != NUMBERS),
    )
    if came != expected:
        return fail("shape", f"`{name}` should be a model with its weights loaded: it has {expected:,} weights, and "
                     f"{came:,} numbers came.")  # fmt: skip
    return Outcome(True, "ok", "The layers are right and the weights are numbers.")
