"""The right answers by name: what every graded function and every graded model is compared with."""

import math
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

import numpy as np

from grader.answers import ANSWERS
from grader.chains import layers_in, shapes_of, stages_of
from grader.cnnchecks import as_listed, models, weighted_rows
from grader.networks import NETWORKS
from grader.sandbox import admit
from kerasnets import blueprint, data, numpy_layers
from kerasnets.models import registry

NAMES = (
    "conv_output_size",
    "same_padding",
    "zero_pad2d",
    "conv2d_forward",
    "conv2d_backward",
    "max_pool2d_forward",
    "max_pool2d_backward",
    "avg_pool2d_forward",
    "avg_pool2d_backward",
    "global_avg_pool2d_forward",
    "global_avg_pool2d_backward",
    "dense_forward",
    "dense_backward",
    "relu_forward",
    "relu_backward",
    "softmax_cross_entropy",
    "lenet_forward",
    "lenet_gradients",
    "sgd_step",
)


def polynomial(coefficients: Sequence[float], x: np.ndarray) -> float:
    """f(x) = sum over k of c_k * sum(x**k), a scalar: what a numerical gradient is asked about.

    >>> polynomial([1.0, 0.0, 2.0], np.array([3.0, 4.0]))  # 1 * 2 elements + 2 * (9 + 16)
    52.0
    """
    return float(sum(c * np.sum(x**k) for k, c in enumerate(coefficients)))


def gradient_of_polynomial(coefficients: Sequence[float], x: np.ndarray, h: float = 1e-5) -> np.ndarray:
    """The central difference of `polynomial`, with the h that was asked for: functions can't cross the seal.

    >>> np.round(gradient_of_polynomial([0.0, 0.0, 1.0], np.array([1.0, 2.0])), 6).tolist()
    [2.0, 4.0]
    """
    return numpy_layers.numerical_gradient(lambda at: polynomial(coefficients, at), x, h)


# Models -----------------------------------------------------------------------------------------------------

MODEL_CONFIGS: dict[str, dict[str, Any]] = {}  # filled from the zip where Keras must stay out

# Their names in a student's folder, by which cnnchecks asks for them.
sys.modules.setdefault("blueprint", blueprint)
sys.modules.setdefault("admit", admit)


def model_configs(names: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The blueprints of reference models, as plain data: what the build puts into a zip. Imports Keras."""
    return {name: blueprint.of(NETWORKS[name].build).to_dict() for name in names}


def configs_for(assignment: str) -> dict[str, dict[str, Any]]:
    """The blueprints of all networks that an assignment's students are compared with."""
    return model_configs(name for name, network in NETWORKS.items() if network.assignment == assignment)


def model_config(name: str) -> dict[str, Any]:
    """The blueprint of the reference model `name`: from the zip if one was read, else built."""
    if name not in MODEL_CONFIGS:
        MODEL_CONFIGS.update(model_configs([name]))
    return MODEL_CONFIGS[name]


@cache
def trained(name: str) -> tuple[np.ndarray, ...]:
    """The trained weights of a network of the zoo, in layer order. They stay with the judge."""
    return tuple(registry.weights(name))


@cache
def held_out_digits() -> tuple[np.ndarray, np.ndarray]:
    """A thousand digits that no network of ours was trained on: float32 images (N, 28, 28, 1) from 0 to 1, labels (N,)."""
    digits = data.load("digits")
    return data.scaled(digits.x_test), digits.y_test


@dataclass(frozen=True)
class ReferenceModel:
    """A reference network: what it answers under given weights, and what a student's model would claim to be."""

    name: str

    def __call__(self, weights: Sequence[np.ndarray], x: np.ndarray) -> np.ndarray:
        plan = model_config(self.name)
        return models().outputs(plan["config"], as_listed(plan, list(weights)), x)

    def stages(self, weights: Sequence[np.ndarray], x: np.ndarray) -> dict[str, np.ndarray]:
        """What its layers give, as digests (8,) by place and name: see `chains.stages_of`."""
        return stages_of(layers_in(model_config(self.name)["config"]), list(weights), x)

    def layers(self) -> dict[str, np.ndarray]:
        """Of each layer that has weights: how many, and for how many positions of a map.

        >>> ReferenceModel("lenet_same").layers()["weights"].tolist()
        [156, 2416, 48120, 10164, 850]
        """
        rows = self._rows()
        maps = [math.prod(row["output_shape"][1:-1]) for row in rows]
        return {"weights": np.array([row["parameters"] for row in rows]), "maps": np.array(maps)}

    def trainable(self) -> np.ndarray:
        """How many of them training changes: all."""
        return np.array([row["trainable"] for row in self._rows()])

    def _rows(self) -> list[dict[str, Any]]:
        return weighted_rows(model_config(self.name))

    def model(self, weights: bool = False) -> dict[str, Any]:
        return {"blueprint": model_config(self.name), "weights": self._weights() if weights else None}

    def _weights(self) -> list[np.ndarray]:
        """Trained ones for LeNet; zeros for a network of which no question needs more."""
        if self.name.startswith("lenet"):
            return list(trained("lenet5"))
        layers = shapes_of(layers_in(model_config(self.name)["config"]))
        return [np.zeros(shape, np.float32) for _, shapes, _ in layers for shape in shapes]


_RUN = [name for name, network in NETWORKS.items() if network.run]
MODELS: dict[str, Callable[..., Any]] = {name: ReferenceModel(name) for name in NETWORKS}
MODELS |= {f"{name}/layers": ReferenceModel(name).layers for name in NETWORKS}
MODELS |= {f"{name}/trainable": ReferenceModel(name).trainable for name in NETWORKS}
MODELS |= {f"{name}/stages": ReferenceModel(name).stages for name in _RUN}
MODELS |= {"trained": ReferenceModel("lenet_same")}
MODELS |= {
    "extracted": ReferenceModel("frozen_network"),
    "finetuned": ReferenceModel("partly_frozen_network"),
}


REFERENCE: MappingProxyType[str, Callable[..., Any]] = MappingProxyType(
    {name: getattr(numpy_layers, name) for name in NAMES}
    | {"gradient_of_polynomial": gradient_of_polynomial}
    | ANSWERS
    | MODELS
)
