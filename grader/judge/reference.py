"""The right answers by name, as tests and the judge ask for them: layers of the library, functions, and reference networks.

Both tables look into the tasks and networks that are known at the moment: an assignment may bring topics of its own.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.cnnchecks import models as live
from grader.cnnchecks.models import Models, as_listed, weighted_rows
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
        return (self.models or live.IN_THIS_PROCESS).outputs(
            plan["config"], as_listed(plan, list(weights)), x
        )

    def stages(self, weights: Sequence[np.ndarray], x: np.ndarray) -> dict[str, np.ndarray]:
        """What its layers give, as digests (8,) by place and name: see `numpy_networks.stages_of`."""
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


def _trained() -> dict[str, str]:
    """The networks by the names that notebooks have for trained models of them."""
    return {network.trained_name: name for name, network in NETWORKS.items() if network.trained_name}


class _Models(Mapping[str, Callable[..., Any]]):
    """Each reference network, and what is asked of its layers: `name`, `name/layers`, `name/trainable`, `name/stages`."""

    def __getitem__(self, name: str) -> Callable[..., Any]:
        if name in (trained := _trained()):
            return ReferenceModel(trained[name])
        builder, _, part = name.partition("/")
        if builder not in NETWORKS or part not in self._parts(builder):
            raise KeyError(f"no network is called {name!r}")
        model = ReferenceModel(builder)
        asked: dict[str, Callable[..., Any]] = {
            "": model,
            "layers": model.layers,
            "trainable": model.trainable,
            "stages": model.stages,
        }
        return asked[part]

    def _parts(self, builder: str) -> tuple[str, ...]:
        """What its weights and images are compared for too, if it is run."""
        return ("", "layers", "trainable", *(("stages",) if NETWORKS[builder].run else ()))

    def __iter__(self) -> Iterator[str]:
        yield from _trained()
        for builder in NETWORKS:
            yield from (f"{builder}/{part}".removesuffix("/") for part in self._parts(builder))

    def __len__(self) -> int:
        return sum(1 for _ in self)


class _Answers(Mapping[str, Callable[..., Any]]):
    """The right answers of all tasks, and all networks."""

    def __getitem__(self, name: str) -> Callable[..., Any]:
        if name in MODELS:
            return MODELS[name]
        if name not in TASKS:
            raise KeyError(f"no task and no network is called {name!r}")
        return TASKS[name].answer

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys([*TASKS, *MODELS]))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __ror__(self, other: dict[str, Any]) -> dict[str, Any]:
        return {**other, **self}


MODELS: Mapping[str, Callable[..., Any]] = _Models()
REFERENCE = _Answers()
