"""Rebuilds Keras models from their configuration, in a process that holds no secrets.

A configuration and weights come from a student's process: they are claims, made of plain data. Only what `admit` lets
through is seen by Keras. Nothing here is ever pickled, imported by name or opened by a path that the student chose.
"""

from __future__ import annotations

import importlib.util
import math
import sys
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from grader.cnnchecks.values import in_batches
from grader.sandbox.admit import (
    LEFT_OUT,
    Rejected,
    admit,
    with_numbers,
)
from grader.sandbox.weights import first_line, weights_from_bytes

MOST_PARAMETERS = 20_000_000  # of a model whose weights are allocated; a blueprint may have more
MOST_ACTIVATIONS = 300_000_000  # numbers in one layer's output, over all images
MOST_FOLLOWED = 3_000_000  # numbers in all layers' outputs together, where a model is followed layer by layer


def describe(config: Any) -> dict[str, Any]:
    """The blueprint of an admitted configuration, counted anew and without weights, as `Blueprint.to_dict` has it; numbers
    in arguments count too, if they are more than a few."""
    numbers = admit(config)
    blueprint = load_blueprint()
    try:
        plan = blueprint.of(lambda: _deserialised(config), fallback=False).to_dict()
        return with_numbers(plan, numbers)
    except Exception as error:
        raise (
            error if isinstance(error, Rejected) else Rejected("the model can't be read", first_line(error))
        ) from None


def rebuild(config: Any) -> Any:
    """The Keras model of an admitted configuration, with new weights. Raises Rejected, also for a large one."""
    parameters = sum(row["parameters"] for row in describe(config)["rows"])
    if parameters > MOST_PARAMETERS:
        raise Rejected(f"the model has {parameters:,} parameters; at most {MOST_PARAMETERS:,} are run here")
    return _deserialised(config)


def outputs(
    config: Any, weights: list[np.ndarray], x: np.ndarray, sizes: tuple[int, ...] | None = None
) -> np.ndarray:
    """What the model with these weights answers to the images `x`, as float32: in one batch, or in batches of these sizes.

    weights: one array per weight in layer order; an array of the same number of elements is reshaped, so that
    LeNet's C5 may be a convolution (5, 5, 16, 120) or a dense layer (400, 120).
    Raises Rejected if weights or images don't fit the model.
    """
    model = _loaded(config, weights, x, max(sizes or (len(x),)))
    try:
        return in_batches(lambda images: np.asarray(model(images, training=False)), x, sizes)
    except Exception as error:
        raise Rejected("the model can't be run", first_line(error)) from None


def activations(config: Any, weights: list[np.ndarray], x: np.ndarray) -> list[tuple[str, str, np.ndarray]]:
    """What each layer of the model with these weights gives for the batch `x`: (name, kind, array), in order of computing.

    For a few images and small networks: raises Rejected where these are more than `MOST_FOLLOWED` numbers.
    """
    model = _loaded(config, weights, x, len(x))
    try:
        rows = load_blueprint().activations(model, np.asarray(x, np.float32), MOST_FOLLOWED)
    except Exception as error:
        raise Rejected("the model can't be followed", first_line(error)) from None
    return [(name, kind, np.asarray(array, np.float32)) for name, kind, array in rows]


def _loaded(config: Any, weights: list[np.ndarray], x: np.ndarray, together: int) -> Any:
    """The rebuilt model with these weights, which can take so many of the images together. Raises Rejected."""
    rows = describe(config)["rows"]
    biggest = max((math.prod(n or 0 for n in row["output_shape"][1:]) for row in rows), default=0)
    if biggest * together > MOST_ACTIVATIONS:
        raise Rejected(
            f"a layer's output for {together} images has {biggest * together:,} numbers, more than are run here"
        )
    model = rebuild(config)
    if len(model.inputs) != 1 or len(model.outputs) != 1:
        raise Rejected(
            f"the model has {len(model.inputs)} inputs and {len(model.outputs)} outputs; expected one each"
        )
    shape = model.inputs[0].shape
    if len(shape) != x.ndim or any(
        want not in (None, got) for want, got in zip(shape[1:], x.shape[1:], strict=True)
    ):
        raise Rejected(f"the model takes images of shape {shape[1:]}; it is asked about {x.shape[1:]}")
    _assign(model, weights)
    return model


def _assign(model: Any, weights: list[np.ndarray]) -> None:
    if len(weights) != len(model.weights):
        raise Rejected(f"the model has {len(model.weights)} weight arrays; got {len(weights)}")
    for number, (variable, array) in enumerate(zip(model.weights, weights, strict=True), 1):
        if math.prod(variable.shape) != array.size:
            raise Rejected(
                f"weight {number} of {len(weights)}, {variable.path}, has the shape {tuple(variable.shape)}; "
                f"got an array of shape {array.shape}"
            )
        variable.assign(np.asarray(array, np.float32).reshape(variable.shape))


def _deserialised(config: Any) -> Any:
    import keras

    try:
        return keras.saving.deserialize_keras_object(_stripped(config), safe_mode=True)
    except Exception as error:
        raise Rejected("Keras can't build the model", first_line(error)) from None


def _stripped(value: Any) -> Any:
    """A copy without the parts that only tell Keras to allocate."""
    if isinstance(value, dict):
        return {key: _stripped(part) for key, part in value.items() if key not in LEFT_OUT}
    return [_stripped(part) for part in value] if isinstance(value, list | tuple) else value


@cache
def load_blueprint() -> ModuleType:
    """blueprint.py as a file, as students have it: beside this one, or in `kerasnets`."""
    here = Path(__file__).resolve()
    places = (here.parent / "blueprint.py", here.parents[2] / "kerasnets" / "blueprint.py")
    path = next((place for place in places if place.exists()), places[0])
    spec = importlib.util.spec_from_file_location("blueprint", path)
    if spec is None or spec.loader is None:
        raise ImportError(f"no blueprint.py at {path}")
    module = importlib.util.module_from_spec(spec)
    sys.modules.setdefault("blueprint", module)  # its dataclasses look their own module up
    spec.loader.exec_module(module)
    return module


def serve(channel: Any) -> None:
    """Answer requests from a `grader.sandbox.wire.Channel` until its other end is gone.

    {"op": "describe", "config": ...}                             -> {"value": blueprint as a dict}
    {"op": "outputs", "config": ..., "weights": [...], "x": ...}  -> {"value": array}, with "sizes": in these batches
    {"op": "activations", and the same without sizes}             -> {"value": [(name, kind, array)]}
    {"op": "open", "content": uint8 array}                        -> {"value": how many arrays a weights file holds}
    What isn't let in is answered by {"rejected": why, "quoted": a library's words, or nothing}.
    """
    while True:
        try:
            request = channel.receive()
        except EOFError:
            return
        try:
            channel.send({"value": _answer(request)})
        except Rejected as error:
            channel.send({"rejected": error.message, "quoted": error.quoted})


def _answer(request: dict[str, Any]) -> Any:
    match request.pop("op"):
        case "describe":
            return describe(**request)
        case "outputs":
            return outputs(**request)
        case "activations":
            return activations(**request)
        case "open":
            return len(weights_from_bytes(bytes(request["content"])))
    raise Rejected("an unknown request")
