"""Trains a network of the zoo and writes its weights with a card that says how they came about.

`<name>.npz` holds float32 arrays in layer order under keys like "00.C1.kernel"; `<name>.json` is the card. Both are
written beside their place and then renamed, the card last, so that a card never describes other weights.

Keras does the training: `fit`, its schedule, optimizer, moving average and augmentation layers. What is here is what
it takes to end with the same numbers when a training is stopped and taken up again: the order of the images follows from
the seed and the epoch, and `<name>.seed<seed>.unfinished.npz` holds everything that changes
from step to step, until all seeds are done.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import platform
import shlex
import time
import zipfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kerasnets import blueprint
from kerasnets import data as datasets
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


@dataclass(frozen=True)
class Progress:
    """How far a training has come, for whoever draws a bar."""

    seed: int
    epoch: int  # finished ones
    epochs: int
    loss: float
    accuracy: float  # of the images as they were augmented, while they were learned from
    images_per_second: float  # in this epoch


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
        runs.append(_run(name, chosen, dataset, number, Path(out), told))
        if runs[-1].interrupted:
            break
    first = runs[0]
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
        "accuracy": first.scores["accuracy"],
        "top5_error": first.scores["top5_error"],
        "accuracies": [run.scores["accuracy"] for run in runs],
        "confusion": first.scores["confusion"],
        "history": first.state.history,
        **machine(),
    }
    trained = write(first.model, facts, Path(out))
    if not facts["interrupted"]:
        for number in range(seed, seed + seeds):
            _unfinished(Path(out), name, number).unlink(missing_ok=True)
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
    return {"backend": backend, "device": device(), "machine": platform.machine(), **versions}


def device() -> str:
    """What Keras computes on: the name of a GPU or TPU, or "CPU"."""
    import keras

    match keras.backend.backend():
        case "jax":
            import jax

            return "CPU" if jax.devices()[0].platform == "cpu" else str(jax.devices()[0].device_kind)
        case "tensorflow":
            import tensorflow as tf

            gpus = tf.config.list_physical_devices("GPU")
            details = [tf.config.experimental.get_device_details(gpu) for gpu in gpus]
            return details[0].get("device_name", "GPU") if details else "CPU"
    return "unknown"


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
    _replace(weights_path, content)
    _replace(card_path, as_json(card).encode())
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
    _replace(weights_path, trained.weights_path.read_bytes())
    _replace(card_path, trained.card_path.read_bytes())
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


def npz_bytes(arrays: dict[str, np.ndarray]) -> bytes:
    """An .npz whose bytes depend on the arrays alone: no date, no pickle.

    >>> npz_bytes({"a": np.zeros(2)}) == npz_bytes({"a": np.zeros(2)})
    True
    """
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for key, array in arrays.items():
            member = io.BytesIO()
            np.lib.format.write_array(member, np.ascontiguousarray(array), version=(1, 0), allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{key}.npy", (1980, 1, 1, 0, 0, 0)), member.getvalue())
    return file.getvalue()


def _without_folder(dataset: datasets.Dataset) -> str:
    """Where the data was found, without the folders of this machine."""
    return dataset.source if dataset.name == "digits" else dataset.source.split(":")[0]


def _replace(path: Path, content: bytes) -> None:
    beside = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


# ---- the training itself ----


@dataclass(frozen=True)
class Run:
    """One training with one seed, finished or interrupted."""

    model: Model
    state: State
    interrupted: bool
    scores: dict[str, Any]


@dataclass
class State:
    """How far a training has come at the end of an epoch, beside its variables."""

    epoch: int = 0
    seconds: float = 0.0
    history: dict[str, list[float]] = field(default_factory=lambda: {"loss": [], "accuracy": []})


@dataclass(frozen=True)
class Unfinished:
    """The file that a training goes on from: every variable of network, optimizer and random layers, and the state."""

    path: Path
    about: str  # what is trained and how: a file of another training is not gone on from
    variables: list[Any]

    def save(self, state: State) -> None:
        import keras

        arrays = [keras.ops.convert_to_numpy(variable) for variable in self.variables]
        words = np.array([self.about, json.dumps(asdict(state))])
        self.path.parent.mkdir(parents=True, exist_ok=True)
        _replace(
            self.path, npz_bytes({"words": words, **{f"{n:04d}": array for n, array in enumerate(arrays)}})
        )

    def load(self) -> State:
        """The state that was saved last, put into the variables; a fresh one if there is none. Raises ValueError for a
        file of another training."""
        if not self.path.exists():
            return State()
        with np.load(self.path, allow_pickle=False) as saved:
            about, state = saved["words"].tolist()
            if about != self.about:
                raise ValueError(
                    f"{self.path} belongs to a training with other settings or data: finish that one with its own "
                    "command, delete the file, or choose another folder (--out)"
                )
            for number, variable in enumerate(self.variables):
                variable.assign(saved[f"{number:04d}"].reshape(variable.shape))
        return State(**json.loads(state))


def _unfinished(out: Path, name: str, seed: int) -> Path:
    return out / f"{name}.seed{seed}.unfinished.npz"


def _run(
    name: str,
    chosen: Recipe,
    dataset: datasets.Dataset,
    seed: int,
    out: Path,
    told: Callable[[Progress], None],
) -> Run:
    """Train with one seed, from the start or from where it was left."""
    import keras

    keras.utils.set_random_seed(seed)
    shape = dataset.x_train.shape[1:]
    model = registry.build(name, input_shape=shape, classes=len(dataset.classes))
    batches = _batches(dataset, chosen.batch_size, seed)
    learner = _learner(model, chosen, shape, seed, chosen.epochs * len(batches))
    about = json.dumps([name, asdict(chosen), seed, dataset.sha256, len(dataset.x_train)], sort_keys=True)
    unfinished = Unfinished(
        _unfinished(out, name, seed), about, [*learner.variables, *learner.optimizer.variables]
    )
    state = unfinished.load()
    batches.epoch = state.epoch
    watcher = _watcher(unfinished, state, seed, chosen.epochs, len(dataset.x_train), told)
    interrupted = _fit(learner, batches, chosen.epochs, watcher)
    return Run(model, state, interrupted, scores(model, dataset.x_test, dataset.y_test))


def _learner(model: Model, chosen: Recipe, shape: tuple[int, ...], seed: int, steps: int) -> Model:
    """The model behind what changes images at random: (N, H, W, C) uint8 -> logits (N, classes)."""
    import keras

    before = [
        keras.Input(shape),
        keras.layers.Rescaling(1 / 255),
        *chosen.augmentation(shape[0], shape[1], seed),
    ]
    learner = keras.Sequential([*before, model])
    learner.compile(
        optimizer=chosen.optimizer(steps),
        loss=keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=chosen.label_smoothing),
        metrics=["accuracy"],
    )
    learner.optimizer.build(learner.trainable_variables)
    return learner


def _fit(learner: Model, batches: Any, epochs: int, watcher: Any) -> bool:
    """Train from the epoch on at which `batches` are. True if Ctrl-C ended it."""
    interrupted = False
    try:
        if batches.epoch < epochs:
            learner.fit(batches, epochs=epochs, initial_epoch=batches.epoch, callbacks=[watcher], verbose=0)
            return False
    except KeyboardInterrupt:
        interrupted = True
    learner.optimizer.finalize_variable_values(learner.trainable_variables)  # as `fit` does at its end
    return interrupted


def _batches(dataset: datasets.Dataset, batch_size: int, seed: int) -> Any:
    """The training images in an order that follows from the seed and the epoch alone, with one-hot labels."""
    import keras

    class Batches(keras.utils.PyDataset):
        epoch = 0
        labels = np.eye(len(dataset.classes), dtype=np.float32)[dataset.y_train]

        def __len__(self) -> int:
            return -(-len(self.labels) // batch_size)

        def __getitem__(self, number: int) -> tuple[np.ndarray, np.ndarray]:
            rows = self.order(self.epoch)[number * batch_size : (number + 1) * batch_size]
            return dataset.x_train[rows], self.labels[rows]  # (N, H, W, C) uint8, (N, classes)

        @lru_cache(maxsize=1)  # noqa: B019  (it lives as long as its training)
        def order(self, epoch: int) -> np.ndarray:
            return np.random.default_rng([seed, epoch]).permutation(len(self.labels))

        def on_epoch_end(self) -> None:
            self.epoch += 1

    return Batches()


def _watcher(
    unfinished: Unfinished,
    state: State,
    seed: int,
    epochs: int,
    images: int,
    told: Callable[[Progress], None],
) -> Any:
    """A Keras callback that keeps `state`, saves it and tells of it at the end of each epoch."""
    import keras

    class Watcher(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
            self.start = time.perf_counter()

        def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
            taken, seen = time.perf_counter() - self.start, logs or {}
            state.epoch, state.seconds = epoch + 1, state.seconds + taken
            for what, values in state.history.items():
                values.append(round(float(seen[what]), 5))
            unfinished.save(state)
            told(Progress(seed, state.epoch, epochs, seen["loss"], seen["accuracy"], images / taken))

    return Watcher()
