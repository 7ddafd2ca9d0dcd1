"""Training itself, an epoch at a time, so that one that is stopped and taken up again ends with the same numbers.

Keras does the work: `fit`, its schedule, optimizer and moving average, 16 steps in each call of the compiled function. On a
CPU the images of an epoch are changed before it, in NumPy; on anything faster Keras's augmentation layers do it. Under
TensorFlow batch normalisation is one operation (`kerasnets.fused`). Under JAX on a GPU or TPU, where a small network's step
is over before the next can be handed in, the images stay on the device and an epoch is one call: a `scan` over Keras's own
training step. (On a CPU that is several times slower than `fit`.)

The order of the images follows from the seed and the epoch; `<name>.seed<seed>.unfinished.npz` holds everything that
changes from step to step, until all seeds are done.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kerasnets import blueprint
from kerasnets.data import Dataset
from kerasnets.files import npz_bytes, write_atomically
from kerasnets.fused import fused
from kerasnets.models import registry
from kerasnets.recipes import Recipe

if TYPE_CHECKING:
    from keras import Model

STEPS_AT_A_TIME = 16
WORTH_HALVING = 10e6  # FLOPs of a network for an image: below, half the precision gains nothing


@dataclass(frozen=True)
class Progress:
    """How far a training has come, for whoever draws a bar."""

    seed: int
    epoch: int  # finished ones
    epochs: int
    loss: float
    accuracy: float  # of the images as they were augmented, while they were learned from
    images_per_second: float  # in this epoch


@dataclass(frozen=True)
class Run:
    """One training with one seed, finished or interrupted; the model computes in float32, whatever it learned in."""

    model: Model
    state: State
    interrupted: bool
    precision: str


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
        write_atomically(
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


def unfinished_path(out: Path, name: str, seed: int) -> Path:
    return out / f"{name}.seed{seed}.unfinished.npz"


def run(
    name: str, chosen: Recipe, dataset: Dataset, seed: int, out: Path, told: Callable[[Progress], None]
) -> Run:
    """Train with one seed, from the start or from where it was left."""
    import keras

    keras.utils.set_random_seed(seed)
    shape, classes = dataset.x_train.shape[1:], len(dataset.classes)
    precision = precision_for(chosen, lambda: registry.build(name, input_shape=shape, classes=classes))
    with computing_in(precision):
        model = quick(registry.build(name, input_shape=shape, classes=classes))
        steps = chosen.epochs * -(-len(dataset.x_train) // chosen.batch_size)
        learner = behind_augmentation(model, chosen, shape, seed, steps)
    settings = [name, asdict(chosen) | {"precision": precision}, seed, dataset.sha256, len(dataset.x_train)]
    unfinished = Unfinished(
        unfinished_path(out, name, seed), json.dumps(settings, sort_keys=True),
        [*learner.variables, *learner.optimizer.variables],
    )  # fmt: skip
    state = unfinished.load()
    interrupted = _learn(learner, chosen, dataset, seed, unfinished, state, told)
    learner.optimizer.finish(learner.trainable_variables)
    exact = registry.build(name, input_shape=shape, classes=classes)
    exact.set_weights(model.get_weights())
    return Run(exact, state, interrupted, precision)


def behind_augmentation(model: Model, chosen: Recipe, shape: tuple[int, ...], seed: int, steps: int) -> Model:
    """The model behind what changes images at random, compiled: (N, H, W, C) uint8 -> logits (N, classes) float32.

    On a CPU nothing stands before it: there `epochs_of` changes the images of an epoch.
    """
    import keras

    changing = [] if device() == "CPU" else chosen.augmentation(shape[0], shape[1], seed)
    learner = keras.Sequential(
        [
            keras.Input(shape),
            keras.layers.Rescaling(1 / 255, dtype="float32"),
            *changing,
            model,
            keras.layers.Activation("linear", dtype="float32"),
        ]
    )
    learner.compile(
        optimizer=chosen.optimizer(steps),
        loss=keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=chosen.label_smoothing),
        metrics=["accuracy"],
        steps_per_execution=STEPS_AT_A_TIME,
    )
    learner.optimizer.build(learner.trainable_variables)
    return learner


def _learn(
    learner: Model,
    chosen: Recipe,
    dataset: Dataset,
    seed: int,
    unfinished: Unfinished,
    state: State,
    told: Callable[[Progress], None],
) -> bool:
    """Train from the epoch on at which `state` is, which is kept, saved and told of. True if Ctrl-C ended it."""
    labels = np.eye(len(dataset.classes), dtype=np.float32)[dataset.y_train]  # (N, classes)
    epoch_of = epochs_of(learner, dataset.x_train, labels, chosen)
    try:
        for epoch in range(state.epoch, chosen.epochs):
            start = time.perf_counter()
            seen = epoch_of(np.random.default_rng([seed, epoch]))
            taken = time.perf_counter() - start
            state.epoch, state.seconds = epoch + 1, state.seconds + taken
            for what, values in state.history.items():
                values.append(round(seen[what], 5))
            unfinished.save(state)
            told(
                Progress(seed, epoch + 1, chosen.epochs, seen["loss"], seen["accuracy"], len(labels) / taken)
            )
    except KeyboardInterrupt:
        return True
    return False


# ---- an epoch ----

Epoch = Callable[[np.random.Generator], dict[str, float]]  # -> loss and accuracy on the way


def epochs_of(learner: Model, images: np.ndarray, labels: np.ndarray, chosen: Recipe) -> Epoch:
    """Whichever way is the quicker here."""
    import keras

    if device() == "CPU":
        return by_fit(learner, images, labels, chosen.batch_size, chosen.augmented)
    way = by_scan if keras.backend.backend() == "jax" else by_fit
    return way(learner, images, labels, chosen.batch_size)


def by_fit(
    learner: Model,
    images: np.ndarray,
    labels: np.ndarray,
    batch_size: int,
    change: Callable[[np.ndarray, np.random.Generator], np.ndarray] = lambda images, random: images,
) -> Epoch:
    def epoch(random: np.random.Generator) -> dict[str, float]:
        order = random.permutation(len(labels))
        changed = change(images[order], random)
        told = learner.fit(changed, labels[order], batch_size=batch_size, shuffle=False, verbose=0)
        return {what: float(values[-1]) for what, values in told.history.items()}

    return epoch


def by_scan(learner: Model, images: np.ndarray, labels: np.ndarray, batch_size: int) -> Epoch:
    """The same numbers by one call for all whole batches, and one for the rest. Under JAX only."""
    import jax

    learner.evaluate(images[:1], labels[:1], verbose=0)  # makes the metrics' variables
    on_device = jax.device_put((images, labels))

    @partial(jax.jit, donate_argnums=0)
    def steps(state: Any, batches: Any, images: Any, labels: Any) -> Any:
        def step(state: Any, rows: Any) -> tuple[Any, None]:
            _, after = learner.train_step(state, (images[rows], labels[rows]))
            return tuple(list(part) for part in after), None

        return jax.lax.scan(step, state, batches)[0]

    def epoch(random: np.random.Generator) -> dict[str, float]:
        learner.reset_metrics()
        order = random.permutation(len(labels))
        whole = len(order) // batch_size * batch_size
        state = tuple([variable.value for variable in part] for part in _changing(learner))
        for batches in (order[:whole].reshape(-1, batch_size), order[None, whole:]):
            state = steps(state, batches, *on_device) if batches.size else state
        for part, values in zip(_changing(learner), state, strict=True):
            for variable, value in zip(part, values, strict=True):
                variable.assign(value)
        return {what: float(value) for what, value in learner.get_metrics_result().items()}

    return epoch


def _changing(learner: Model) -> tuple[list[Any], ...]:
    """All variables that a training step changes, in the order in which Keras's step under JAX takes them."""
    return (
        learner.trainable_variables,
        learner.non_trainable_variables,
        learner.optimizer.variables,
        learner.metrics_variables,
    )


# ---- devices and precision ----


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


def precision_for(chosen: Recipe, build: Callable[[], Model]) -> str:
    """The recipe's precision; where that says "auto", bfloat16 for all but the smallest networks if the device gains by it."""
    if chosen.precision != "auto":
        return chosen.precision
    large = (blueprint.of(build).flops or 0) >= WORTH_HALVING
    return "mixed_bfloat16" if large and multiplies_halves() else "float32"


def multiplies_halves() -> bool:
    """Whether products of bfloat16 are quicker here: on a GPU or TPU, and under TensorFlow on a CPU with AMX."""
    import keras

    if device() != "CPU":
        return device() != "unknown"
    about = Path("/proc/cpuinfo")
    amx = about.exists() and " amx_bf16 " in about.read_text()
    return amx and keras.backend.backend() == "tensorflow"


def quick(model: Model) -> Model:
    """The network as it learns, its layers in other words where those are quicker."""
    import keras

    return fused(model) if keras.backend.backend() == "tensorflow" else model


@contextmanager
def computing_in(precision: str) -> Iterator[None]:
    """Layers that are made inside compute in this precision; their weights are float32 all the same."""
    import keras

    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(precision)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)
