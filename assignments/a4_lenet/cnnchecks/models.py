"""A Keras model is its configuration: rebuilt, described, asked.

A model's answer is its outputs: give it known weights, show it images, compare. What is looked at is never the live model
but its configuration, rebuilt; beside a notebook by Keras in the same process.
"""

from __future__ import annotations

import copy
import importlib
import json
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import numpy as np

from .context import context_of
from .outcome import Misfit, Outcome, Raised, fail, is_ours
from .values import in_batches


class Models(Protocol):
    """Whoever rebuilds Keras models from their configuration, as `blueprint.py` takes it. Raises `Misfit`."""

    def describe(self, config: dict) -> dict:
        """The blueprint, counted anew: see `Blueprint.to_dict`."""

    def outputs(
        self, config: dict, weights: list, x: np.ndarray, sizes: tuple[int, ...] | None = None
    ) -> np.ndarray:
        """The answer to images (N, H, W, C) under `weights`: arrays in layer order, reshaped where the sizes agree.

        They are asked in one batch, or in batches of these `sizes`.
        """

    def activations(self, config: dict, weights: list, x: np.ndarray) -> list:
        """What each layer gives there, in the order of computing: (name, kind, array), without the inputs."""


NUMBERS = "numbers"  # the kind of a blueprint's row that counts numbers in arguments: `admit.with_numbers`


class LiveModels:
    """Keras in this process."""

    def __init__(self) -> None:
        self._built: dict[str, Any] = {}

    def describe(self, config: dict) -> dict:
        return importlib.import_module("blueprint").of(self._model(config)).to_dict()

    def outputs(
        self, config: dict, weights: list, x: np.ndarray, sizes: tuple[int, ...] | None = None
    ) -> np.ndarray:
        from keras import ops

        model = self._loaded(config, weights)
        return in_batches(lambda images: ops.convert_to_numpy(model(images, training=False)), x, sizes)

    def activations(self, config: dict, weights: list, x: np.ndarray) -> list:
        model = self._loaded(config, weights)
        return importlib.import_module("blueprint").activations(model, np.asarray(x, np.float32))

    def _loaded(self, config: dict, weights: list) -> Any:
        model = self._model(config)
        if [int(np.prod(v.shape)) for v in model.weights] != [np.size(array) for array in weights]:
            raise Misfit(f"weights of {len(weights)} arrays don't fit a model with {len(model.weights)}")
        for variable, array in zip(model.weights, weights, strict=True):
            variable.assign(np.reshape(array, variable.shape))
        return model

    def _model(self, config: dict) -> Any:
        from keras import saving

        text = json.dumps(config, sort_keys=True)
        if text not in self._built:
            self._built[text] = saving.deserialize_keras_object(copy.deepcopy(config))
        return self._built[text]


IN_THIS_PROCESS = LiveModels()


def models_for(env: Mapping[str, Any]) -> Models:
    """Whoever rebuilds the models among the names of `env`.

    Raises `LookupError` for names that live elsewhere, in an environment that doesn't say who rebuilds them.
    """
    models = context_of(env).models
    if models is None and any(getattr(value, "elsewhere", False) for value in env.values()):
        raise LookupError("hand `env` on as it is: a copy has lost who rebuilds its models")
    return models or IN_THIS_PROCESS


def weighted_rows(plan: dict) -> list[dict]:
    """The rows of the layers that have weights, in the network's own order: see `blueprint.weight_order`.

    Who adds a shortcut to a branch, or the branch to the shortcut, writes the same network; Keras lists its layers differently.
    """
    rows = [row for row in plan["rows"] if row["parameters"]]
    blueprint = importlib.import_module("blueprint")
    try:
        order = blueprint.weight_order(blueprint.wiring(plan["config"]))
    except (blueprint.BlueprintError, KeyError, TypeError, AttributeError, IndexError):
        return rows  # a layer that is called twice
    if sorted(order) != sorted(row["name"] for row in rows):
        return rows
    return sorted(rows, key=lambda row: order.index(row["name"]))


def as_listed(plan: dict, weights: list) -> list:
    """Weights that come in the network's own order, in the order in which Keras lists the layers of this model."""
    own, left = weighted_rows(plan), list(weights)
    arrays: dict[str, list] = {}
    for row in own:
        taken = arrays.setdefault(row["name"], [])
        while left and sum(map(np.size, taken)) < row["parameters"]:
            taken.append(left.pop(0))
    return [array for row in plan["rows"] if row["parameters"] for array in arrays[row["name"]]] + left


def of_plan(
    env: Mapping[str, Any], name: str, judge: Callable[[dict, Any], Outcome], weights: bool = False
) -> Outcome:
    """What `judge` says of the blueprint of `env[name]`, a model or a builder, and (if asked for) its weights."""
    value = env.get(name)
    if value is None or value is Ellipsis:
        return fail("missing", f"There is no `{name}` in your notebook. Write it (its cell may not have been run, or "
                     "has stopped with an error), keep this name, and run the check again.")  # fmt: skip
    try:
        if hasattr(type(value), "model") and not hasattr(value, "count_params"):
            claim = value.model(weights=weights)  # it lives elsewhere, and is rebuilt here
            plan, arrays = models_for(env).describe(claim["blueprint"].get("config")), claim["weights"]
        else:
            blueprint, admission = importlib.import_module("blueprint"), importlib.import_module("admit")
            plan = blueprint.of(value).to_dict()
            plan = admission.with_numbers(plan, admission.admit(plan["config"]))
            arrays = blueprint.weights_of(value) if weights and hasattr(value, "count_params") else None
    except (Exception, SystemExit) as error:
        if is_ours(error, value) and not isinstance(error, Misfit):
            raise
        words = error.message if isinstance(error, Raised) else str(error)
        kind = error.type_name if isinstance(error, Raised) else type(error).__name__
        named = "" if kind in ("BlueprintError", "Rejected", "Misfit", "an exception") else f"{kind}: "
        return fail("raised", f"`{name}` gives no Keras model that can be looked at: {named}{words[:400]}")
    return judge(plan, arrays)
