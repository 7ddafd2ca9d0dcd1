"""The right answers by name, as tests and the judge ask for them: layers of the library, functions, and reference networks."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from grader.cnnchecks.models import IN_THIS_PROCESS, Models, as_listed, weighted_rows
from grader.tasks.catalogue import NETWORKS, TASKS
from grader.tasks.network_shapes import layers_in, shapes_of
from grader.tasks.networks import model_config
from grader.tasks.numpy_networks import stages_of
from grader.tasks.trained import trained


@dataclass(frozen=True)
class ReferenceModel:
    """A reference network: what it answers under given weights, and what a student's model would claim to be."""

    name: str
    models: Models | None = None  # whoever computes what it answers; None: Keras in this process

    def __call__(self, weights: Sequence[np.ndarray], x: np.ndarray) -> np.ndarray:
        plan = model_config(self.name)
        return (self.models or IN_THIS_PROCESS).outputs(plan["config"], as_listed(plan, list(weights)), x)

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
        """Trained ones where there are any; zeros for a network of which no question needs more."""
        if weights := NETWORKS[self.name].weights:
            return list(trained(weights))
        layers = shapes_of(layers_in(model_config(self.name)["config"]))
        return [np.zeros(shape, np.float32) for _, shapes, _ in layers for shape in shapes]


_RUN = [name for name, network in NETWORKS.items() if network.run]
MODELS: dict[str, Callable[..., Any]] = {name: ReferenceModel(name) for name in NETWORKS}
MODELS |= {f"{name}/layers": ReferenceModel(name).layers for name in NETWORKS}
MODELS |= {f"{name}/trainable": ReferenceModel(name).trainable for name in NETWORKS}
MODELS |= {f"{name}/stages": ReferenceModel(name).stages for name in _RUN}
MODELS |= {
    network.trained_name: ReferenceModel(name) for name, network in NETWORKS.items() if network.trained_name
}


REFERENCE: MappingProxyType[str, Callable[..., Any]] = MappingProxyType(
    {name: task.answer for name, task in TASKS.items()} | MODELS
)
