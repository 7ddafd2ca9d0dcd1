"""Trains a network of the zoo and writes its weights with a card that says how they came about.

`<name>.npz` holds float32 arrays in layer order under keys like "00.C1.kernel"; `<name>.json` is the card. Both are
written beside their place and then renamed, the card last, so that a card never describes other weights.

How it is trained: `kerasnets.fitting`.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shlex
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kerasnets import blueprint, fitting
from kerasnets import data as datasets
from kerasnets.files import npz_bytes, write_atomically
from kerasnets.fitting import Progress
from kerasnets.models import registry
from kerasnets.recipes import Recipe, recipe

if TYPE_CHECKING:
    from keras import Model


@dataclass(frozen=True)
class Trained:
    """What `train` returns: the card as written, and where it and the weights lie."""

    card: dict[str, Any]
    card_path: Path
    weights_path: Path


def train(
    name: str = "lenet5",
    data: str | None = None,
    epochs: int | None = None,
    seed: int = 0,
    seeds: int = 1,
    out: str | os.PathLike[str] = ".",
    told: Callable[[Progress], None] = lambda progress: None,
    folder: str | os.PathLike[str] | None = None,
    holdout: int = 0,
    **changes: Any,
) -> Trained:
    """Train the network `name` and write `<out>/<name>.npz` and `<out>/<name>.json`.

    data, epochs, changes: instead of the recipe's, see `recipes.Recipe`. folder: where the data lies, as in `data.load`.
    seeds: so many trainings, from `seed` on; the first one's weights are kept, whatever the others reach, and the card
        has the accuracies of all.
    holdout: so many training images are not learned from; the accuracy is theirs, and the test set isn't looked at. For
        choosing a recipe.
    told: is called after every epoch.

    The test images are looked at once, after the last epoch. Ctrl-C ends training early: the weights of that moment are
    written, the card says how many epochs they had, and the same call goes on from there.
    Raises ValueError for an unknown name or sizes that don't fit, DataNotFound for data that is nowhere.
    """
    given = {"data": data, "epochs": epochs, **changes}
    chosen = replace(recipe(name), **{key: value for key, value in given.items() if value is not None})
    if chosen.epochs < 1:
        raise ValueError(f"train: epochs is {chosen.epochs}; expected 1 or more")
    dataset = _split(datasets.load(chosen.data, folder), holdout)
    runs = []
    for number in range(seed, seed + seeds):
        runs.append(fitting.run(name, chosen, dataset, number, Path(out), told))
        if runs[-1].interrupted:
            break
    first, judged = runs[0], [scores(run.model, dataset.x_test, dataset.y_test) for run in runs]
    facts = {
        "name": name,
        "data": {"name": chosen.data, "source": _without_folder(dataset), "sha256": dataset.sha256},
        "trained_on": len(dataset.x_train),
        "tested_on": len(dataset.x_test),
        "test": f"{holdout} images held out of the training set" if holdout else "the test set",
        "recipe": asdict(chosen),
        "command": _command(name, chosen, seed, seeds, holdout),
        "seed": seed,
        "epochs": first.state.epoch,
        "interrupted": any(run.interrupted for run in runs),
        "seconds": round(first.state.seconds, 1),
        "parameters": first.model.count_params(),
        "flops": blueprint.of(first.model).flops,
        "accuracy": judged[0]["accuracy"],
        "top5_error": judged[0]["top5_error"],
        "accuracies": [reached["accuracy"] for reached in judged],
        "confusion": judged[0]["confusion"],
        "history": first.state.history,
        "precision": first.precision,
        **machine(),
    }
    trained = write(first.model, facts, Path(out))
    if not facts["interrupted"]:
        for number in range(seed, seed + seeds):
            fitting.unfinished_path(Path(out), name, number).unlink(missing_ok=True)
    return trained


def scores(model: Model, images: np.ndarray, labels: np.ndarray) -> dict[str, Any]:
    """What a network makes of images (N, H, W, C), uint8: accuracy, the share whose class is not among the five largest
    logits, and the confusion matrix, a row for each class."""
    logits = model.predict(datasets.scaled(images), batch_size=250, verbose=0)  # (N, classes)
    return scores_of(logits, labels)


def scores_of(logits: np.ndarray, labels: np.ndarray) -> dict[str, Any]:
    """
    >>> scores_of(np.eye(6)[[0, 1, 1]], np.array([0, 1, 5]))["accuracy"]
    0.6666666666666666
    """
    classes = logits.shape[1]
    by_size = np.argsort(-logits, axis=1, kind="stable")  # (N, classes)
    confusion = np.zeros((classes, classes), int)
    np.add.at(confusion, (labels, by_size[:, 0]), 1)
    return {
        "accuracy": float(np.mean(by_size[:, 0] == labels)),
        "top5_error": float(np.mean((by_size[:, :5] != labels[:, None]).all(axis=1))),
        "confusion": confusion.tolist(),
    }


def accuracy(model: Model, images: np.ndarray, labels: np.ndarray) -> float:
    """The share of images (N, H, W, C), uint8, whose largest logit is at their label."""
    return scores(model, images, labels)["accuracy"]


def _split(dataset: datasets.Dataset, holdout: int) -> datasets.Dataset:
    """The last `holdout` of the training images, in a fixed random order, instead of the test images."""
    if not holdout:
        return dataset
    if not 0 < holdout < len(dataset.x_train):
        raise ValueError(f"train: holdout is {holdout}; expected fewer than {len(dataset.x_train):,} images")
    order = np.random.default_rng(0).permutation(len(dataset.x_train))
    kept, out = order[:-holdout], order[-holdout:]
    x, y = dataset.x_train, dataset.y_train
    return replace(dataset, x_train=x[kept], y_train=y[kept], x_test=x[out], y_test=y[out])


def _command(name: str, chosen: Recipe, seed: int, seeds: int, holdout: int) -> str:
    """The command that repeats a training: what differs from the network's recipe is named."""
    words = ["kerasnets", "train", name]
    usual = asdict(recipe(name))
    for key, value in asdict(chosen).items():
        if value != usual[key]:
            option = f"--{key.replace('_', '-')}"
            words += (
                [option, str(value)] if not isinstance(value, bool) else [option if value else f"--no-{key}"]
            )
    words += ["--seed", str(seed)] * (seed > 0) + ["--seeds", str(seeds)] * (seeds > 1)
    return shlex.join(words + ["--holdout", str(holdout)] * (holdout > 0))


def machine() -> dict[str, str]:
    """Where a training ran: backend and device, versions, machine."""
    import keras

    backend = keras.backend.backend()
    versions = {"keras": keras.__version__, "numpy": np.__version__, "python": platform.python_version()}
    return {"backend": backend, "device": fitting.device(), "machine": platform.machine(), **versions}


# ---- files ----


def write(model: Model, facts: dict[str, Any], out: Path) -> Trained:
    """The model's weights and a card of `facts` with the weights' file, SHA-256, keys and shapes."""
    arrays = named_arrays(model)
    content = npz_bytes(arrays)
    weights_path, card_path = out / f"{facts['name']}.npz", out / f"{facts['name']}.json"
    card = {
        **facts,
        "weights": weights_path.name,
        "sha256": hashlib.sha256(content).hexdigest(),
        "keys": list(arrays),
        "shapes": [list(array.shape) for array in arrays.values()],
    }
    out.mkdir(parents=True, exist_ok=True)
    write_atomically(weights_path, content)
    write_atomically(card_path, as_json(card))
    return Trained(card, card_path, weights_path)


def as_json(card: dict[str, Any]) -> str:
    """A card as text: an entry on a line, and a list of lists a row on a line.

    >>> print(as_json({"a": 1, "rows": [[1, 2], [3, 4]]}), end="")
    {
      "a": 1,
      "rows": [
        [1, 2],
        [3, 4]
      ]
    }
    """

    def line(value: Any) -> str:
        if isinstance(value, list) and value and isinstance(value[0], list):
            return "[\n" + ",\n".join(f"    {json.dumps(row)}" for row in value) + "\n  ]"
        if isinstance(value, dict):
            inner = ",\n".join(f"    {json.dumps(key)}: {json.dumps(part)}" for key, part in value.items())
            return "{\n" + inner + "\n  }"
        return json.dumps(value, ensure_ascii=False)

    return "{\n" + ",\n".join(f"  {json.dumps(key)}: {line(value)}" for key, value in card.items()) + "\n}\n"


def install(trained: Trained, folder: Path = registry.WEIGHTS) -> Trained:
    """Make finished weights the package's own: what `registry.weights` reads, and references are compared with."""
    if trained.card["interrupted"]:
        raise ValueError(
            f"install: the training of {trained.card['name']} was interrupted; train it to its end"
        )
    weights_path, card_path = folder / trained.weights_path.name, folder / trained.card_path.name
    write_atomically(weights_path, trained.weights_path.read_bytes())
    write_atomically(card_path, trained.card_path.read_bytes())
    return Trained(trained.card, card_path, weights_path)


def named_arrays(model: Model) -> dict[str, np.ndarray]:
    """The weights in layer order as float32, under keys like "00.C1.kernel" that sort in that order."""
    import keras

    owned = [(layer.name, weight) for layer in model.layers for weight in layer.weights]
    digits = max(2, len(str(len(owned) - 1)))
    return {
        f"{number:0{digits}d}.{layer}.{weight.name}": keras.ops.convert_to_numpy(weight).astype(np.float32)
        for number, (layer, weight) in enumerate(owned)
    }


def _without_folder(dataset: datasets.Dataset) -> str:
    """Where the data was found, without the folders of this machine."""
    return dataset.source if dataset.name == "digits" else dataset.source.split(":")[0]
