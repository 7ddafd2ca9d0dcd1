"""A narrow copy of a network too large to be run: the same layers with a share of the filters and units.

What its layers compute (activations, poolings, strides) shows in its outputs, for a few hundred thousand weights.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.cnnchecks.kinds import names_in
from grader.cnnchecks.oracle import Signature
from grader.cnnchecks.outcome import Answer, Diagnosis
from grader.cnnchecks.values import tolerance
from grader.tasks.lenet.models import computing as ideas
from grader.tasks.network_shapes import counts_of, shapes_of, trained_of
from grader.tasks.networks import Change, every, hidden, kinds, layers_of, setting
from grader.tasks.numpy_networks import run_chain

BY = 16
WIDTHS = {"Conv2D": "filters", "Dense": "units"}
# A narrow copy has other channels at a place, or none: what picks some out computes another thing there. No layer of a network
# like the reference does that
PLACED = names_in(
    """
    GetItem Cropping1D Cropping2D Cropping3D Concatenate Stack Permute Transpose RepeatVector Dot Matmul UpSampling1D
    UpSampling2D UpSampling3D ZeroPadding1D ZeroPadding3D MaxPooling1D MaxPooling3D AveragePooling1D AveragePooling3D
    GroupNormalization
    """
)
UNTOLD = frozenset({"build_config", "compile_config"})  # sizes of the wide network, which nothing needs
WRONG: tuple[tuple[Any, Change], ...] = (  # ideas that change no number of weights
    (ideas.no_activation, setting(hidden("Conv2D", "Dense"), activation="linear")),
    (ideas.linear_convolutions, setting(every("Conv2D"), activation="linear")),
    (ideas.linear_dense, setting(hidden("Dense"), activation="linear")),
    (ideas.tanh_for_relu, setting(hidden("Conv2D", "Dense"), activation="tanh")),
    (ideas.relu6, setting(hidden("Conv2D", "Dense"), activation="relu6")),
    (ideas.average_for_max, kinds(MaxPooling2D="AveragePooling2D")),
)


def narrowed(part: Any, by: int = BY) -> Any:
    """A model's configuration, or a list of layers, with so few filters and units; rows are flattened whatever their length.

    >>> narrowed([{"class_name": "Dense", "config": {"units": 1000, "activation": "relu"}}])
    [{'class_name': 'Dense', 'config': {'units': 62, 'activation': 'relu'}}]
    """
    if isinstance(part, list | tuple):
        return [narrowed(piece, by) for piece in part]
    if not isinstance(part, dict):
        return part
    narrow = {key: narrowed(piece, by) for key, piece in part.items() if key not in UNTOLD}
    kind, config = narrow.get("class_name"), narrow.get("config")
    if isinstance(config, dict):
        if kind in WIDTHS and isinstance(config.get(WIDTHS[kind]), int):
            config[WIDTHS[kind]] = max(1, config[WIDTHS[kind]] // by)
        elif kind == "Reshape":  # a layer, or an operation
            config |= {
                key: _narrow_shape(config[key], by) for key in ("target_shape", "newshape") if config.get(key)
            }
    return narrow


def first_placed(part: Any) -> str:
    """The kind of a layer in a configuration that tells channels apart by their places; nothing if there is none.

    >>> first_placed({"layers": [{"class_name": "Dense", "config": {}}, {"class_name": "GetItem", "config": {}}]})
    'GetItem'
    """
    if isinstance(part, dict):
        kind = part.get("class_name")
        if isinstance(kind, str) and kind in PLACED:
            return kind
        part = list(part.values())
    found = map(first_placed, part) if isinstance(part, list | tuple) else ()
    return next(filter(None, found), "")


def _narrow_shape(shape: list[Any], by: int) -> list[Any]:
    """A row's length, or the number of channels, as it is in the narrow copy.

    >>> _narrow_shape([-1, 9216], 16), _narrow_shape([6, 6, 256], 16), _narrow_shape([-1, 224, 224, 3], 16)
    ([-1, 576], [6, 6, 16], [-1, 224, 224, 3])
    """
    *others, last = shape
    return [*others, last // by if isinstance(last, int) and last > 0 and last % by == 0 else last]


@dataclass(frozen=True)
class NarrowModel:
    """The narrow copy of a student's model, as what it would claim to be."""

    config: dict[str, Any]

    def model(self, weights: bool = False) -> dict[str, Any]:
        return {"blueprint": {"config": narrowed(self.config)}, "weights": None}


@dataclass(frozen=True)
class NarrowOracle:
    """What a reference's narrow copy has and answers, and what it would under each wrong idea; nothing needs Keras."""

    def answer(self, name: str, args: tuple, kwargs: dict) -> Answer:
        like, _, about = name.partition("/")
        layers = narrowed(layers_of(like))
        if about:
            return Answer(counts_of(layers) if about == "layers" else trained_of(layers))
        expected = run_chain(layers, *args).astype(np.float32)
        atol = tolerance(float(np.abs(expected).max(initial=0)) * 10, 1000, np.dtype(np.float32))
        return Answer(expected, atol, _WrongAnswers(like, args))

    def signature(self, name: str) -> Signature:
        return Signature()


@dataclass(frozen=True)
class _WrongAnswers:
    like: str
    args: tuple

    def __iter__(self) -> Iterator[tuple[Diagnosis, Any]]:
        for wrong, change in WRONG:
            answer = run_chain(narrowed(change(layers_of(self.like))), *self.args)
            yield wrong.card, answer.astype(np.float32)


def draw_weights(name: str, rng: np.random.Generator) -> tuple[list[np.ndarray], np.ndarray]:
    """Weights for the reference's narrow copy, in its own order, and two images to show it.

    >>> weights, x = draw_weights("alexnet", np.random.default_rng(1))
    >>> weights[0].shape, sum(array.size for array in weights), x.shape
    ((11, 11, 3, 6), 246198, (2, 224, 224, 3))
    """
    layers = narrowed(layers_of(name))
    shapes = [shape for _, weights, _ in shapes_of(layers) for shape in weights]
    scales = [(2 / np.prod(shape[:-1])) ** 0.5 if len(shape) > 1 else 0.3 for shape in shapes]
    weights = [
        rng.normal(0, scale, shape).astype(np.float32) for scale, shape in zip(scales, shapes, strict=True)
    ]
    _, *image = layers[0]["config"]["batch_shape"]
    return weights, rng.standard_normal((2, *image)).astype(np.float32)
