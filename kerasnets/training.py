"""Trains a reference model and writes its weights with a card that says how they came about.

`<name>.npz` holds float32 arrays in layer order under keys like "00.C1.kernel"; `<name>.json` is the card. Both are
written beside their place and then renamed, the card last, so that a card never describes other weights.
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
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kerasnets import data as datasets
from kerasnets.models import registry

if TYPE_CHECKING:
    from keras import Model

SHIFT = 1  # pixels; digits are drawn anew at up to this distance in every epoch
BATCH = 64
LEARNING_RATE = 2e-3  # at the start; falls to nothing along half a cosine


@dataclass(frozen=True)
class Trained:
    """What `train` returns: the card as written, and where it and the weights lie."""

    card: dict[str, Any]
    card_path: Path
    weights_path: Path


def train(
    name: str = "lenet5",
    data: str = "digits",
    epochs: int = 40,
    seed: int = 0,
    out: str | os.PathLike[str] = ".",
    progress: bool = True,
    folder: str | os.PathLike[str] | None = None,
) -> Trained:
    """Train the network `name` on the data set `data` and write `<out>/<name>.npz` and `<out>/<name>.json`.

    Adam, cross-entropy, images shifted at random by up to a pixel, the learning rate along half a cosine. The held
    out images are looked at once, after the last epoch. Ctrl-C ends training early: the weights of that moment are
    written, and the card says how many epochs they had. Works under each of Keras's backends.

    progress: whether a bar is drawn on the terminal. folder: where the data lies, as in `data.load`.
    Raises ValueError for an unknown name or sizes that don't fit, DataNotFound for data that is nowhere.
    """
    import keras

    if epochs < 1:
        raise ValueError(f"train: epochs is {epochs}; expected 1 or more")
    dataset = datasets.load(data, folder)
    keras.utils.set_random_seed(seed)
    model = registry.build(name, input_shape=dataset.x_train.shape[1:], classes=len(dataset.classes))
    start = time.perf_counter()
    finished = _fit(model, dataset, epochs, seed, progress)
    seconds = time.perf_counter() - start
    command = ["kerasnets", "train", name, "--data", data, "--epochs", str(epochs), "--seed", str(seed)]
    facts = {
        "name": name,
        "data": {"name": data, "source": _without_folder(dataset), "sha256": dataset.sha256},
        "trained_on": len(dataset.x_train),
        "seed": seed,
        "epochs": finished,
        "interrupted": finished < epochs,
        "epochs_planned": epochs,
        "seconds": round(seconds, 1),
        "parameters": model.count_params(),
        "accuracy": accuracy(model, dataset.x_test, dataset.y_test),
        "tested_on": len(dataset.x_test),
        "command": shlex.join(command),
        **machine(),
    }
    return write(model, facts, Path(out))


def accuracy(model: Model, images: np.ndarray, labels: np.ndarray) -> float:
    """The share of images (N, H, W, C), uint8, whose largest logit is at their label."""
    logits = model.predict(datasets.scaled(images), batch_size=250, verbose=0)  # (N, classes)
    return float(np.mean(np.argmax(logits, axis=1) == labels))


def machine() -> dict[str, str]:
    """Where a training ran: backend and device, versions, machine."""
    import keras

    backend = keras.backend.backend()
    if backend == "jax":
        import jax

        device = str(jax.devices()[0].device_kind)
    elif backend == "tensorflow":
        import tensorflow as tf

        gpus = [
            tf.config.experimental.get_device_details(gpu) for gpu in tf.config.list_physical_devices("GPU")
        ]
        device = gpus[0].get("device_name", "GPU") if gpus else "CPU"
    else:
        device = "unknown"
    versions = {"keras": keras.__version__, "numpy": np.__version__, "python": platform.python_version()}
    return {"backend": backend, "device": device, "machine": platform.machine(), **versions}


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
    _replace(card_path, (json.dumps(card, indent=2, ensure_ascii=False) + "\n").encode())
    return Trained(card, card_path, weights_path)


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
    owned = [(layer.name, weight) for layer in model.layers for weight in layer.weights]
    return {
        f"{number:02d}.{layer}.{weight.name}": np.asarray(weight, dtype=np.float32)
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


# ---- the training itself ----


def _fit(model: Model, dataset: datasets.Dataset, epochs: int, seed: int, progress: bool) -> int:
    """Train in place; the number of epochs completed, fewer than asked for after Ctrl-C."""
    import keras

    images, labels = datasets.scaled(dataset.x_train), dataset.y_train
    steps = epochs * -(-len(images) // BATCH)
    model.compile(
        optimizer=keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(LEARNING_RATE, steps)),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    finished = 0
    random = np.random.default_rng(seed)
    try:
        for report in _bar(epochs, progress):
            history = model.fit(shifted(images, random), labels, batch_size=BATCH, verbose=0)
            finished += 1
            report(history.history["loss"][-1], history.history["accuracy"][-1])
    except KeyboardInterrupt:
        pass  # the weights of this moment are worth keeping; the card says how far they came
    return finished


def shifted(images: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Each of the images (N, H, W, C) moved by up to SHIFT pixels up, down, left, right; zeros come in."""
    n, height, width, _ = images.shape
    framed = np.pad(images, ((0, 0), (SHIFT, SHIFT), (SHIFT, SHIFT), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(
        framed, (height, width), axis=(1, 2)
    )  # (N, 3, 3, C, H, W)
    down, right = random.integers(0, 2 * SHIFT + 1, size=(2, n))
    return np.ascontiguousarray(windows[np.arange(n), down, right].transpose(0, 2, 3, 1))  # (N, H, W, C)


def _bar(epochs: int, shown: bool) -> Iterator[Callable[[float, float], None]]:
    """One turn per epoch, each with a function that reports its loss and accuracy on the bar."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("epoch"), MofNCompleteColumn(), BarColumn(), TextColumn("{task.description}"))
    with Progress(*columns, TimeRemainingColumn(), disable=not shown) as bar:
        task = bar.add_task("starting", total=epochs)
        for _ in range(epochs):
            yield lambda loss, share: bar.update(task, description=f"loss {loss:.4f}, {share:.1%} right")
            bar.advance(task)


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
