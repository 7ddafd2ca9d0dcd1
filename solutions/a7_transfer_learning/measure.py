"""Trains the base network of this assignment and measures what its text tells; both are committed beside this file.

    python solutions/a7_transfer_learning/measure.py base       # base.npz, half a minute
    python solutions/a7_transfer_learning/measure.py tables     # measured.npz, ten minutes on one core

The base learns the digits 0 to 4 of the course's 4,000; everything else happens with the digits 5 to 9: so many labels of
each, drawn anew for each run, and the held-out digits to be measured with.
"""

import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from kerasnets.data import load, scaled
from kerasnets.training import npz_bytes

HERE = Path(__file__).parent
OLD, NEW = range(5), range(5, 10)
RUNS = 6
LABELS = (1, 3, 10, 30)  # of each class
FROZEN = (0, 1, 2, 3, 4)  # layers with weights, from the image on; 4: the dense layer `features` too
RATES = (1e-5, 1e-4, 1e-3, 3e-3, 1e-2, 3e-2)
HEAD_RATE, RATE = 1e-2, 1e-3  # while only the head learns, and afterwards
HEAD_EPOCHS, EPOCHS, BATCH = 40, 20, 10


@cache
def network(frozen: int, tops: tuple[str, ...] = ("head",)) -> Any:
    """Three convolutions, dense layers of the names `tops`; so many layers with weights can't be trained.

    Compiled, and used again: each run draws its weights anew and empties the optimizer's memory.
    """
    import keras
    from keras import layers

    parts: list[Any] = [keras.Input((28, 28, 1))]
    for number, filters in enumerate((8, 16, 32), 1):
        parts.append(layers.Conv2D(filters, 3, padding="same", activation="relu", name=f"conv{number}"))
        parts.append(layers.MaxPooling2D(2, name=f"pool{number}"))
    parts.append(layers.Flatten(name="flat"))
    dense = {"features": (64, "relu"), "head": (5, "softmax")}
    parts += [layers.Dense(dense[name][0], activation=dense[name][1], name=name) for name in tops]
    model = keras.Sequential(parts)
    for layer in [layer for layer in model.layers if layer.weights][:frozen]:
        layer.trainable = False
    return compiled(model)


@cache
def head_alone(numbers: int) -> Any:
    import keras

    return compiled(keras.Sequential([keras.Input((numbers,)), keras.layers.Dense(5, activation="softmax")]))


def compiled(model: Any) -> Any:
    import keras

    model.compile(keras.optimizers.Adam(RATE), "sparse_categorical_crossentropy")
    return model


def drawn(model: Any, rng: np.random.Generator) -> list[np.ndarray]:
    """Weights as Keras draws them: kernels by Glorot's rule, biases of zeros."""
    arrays = []
    for array in model.get_weights():
        area = np.prod(array.shape[:-2]) if array.ndim > 1 else 0
        limit = (6 / (area * (array.shape[-2] + array.shape[-1]))) ** 0.5 if area else 0
        arrays.append(rng.uniform(-limit, limit, array.shape))
    return arrays


def digits(classes: range, held_out: bool) -> tuple[np.ndarray, np.ndarray]:
    """Images (N, 28, 28, 1) from 0 to 1 of these classes, which are numbered from 0."""
    data = load_once()
    x, y = (data.x_test, data.y_test) if held_out else (data.x_train, data.y_train)
    chosen = np.isin(y, classes)
    return scaled(x[chosen]), y[chosen] - classes[0]


load_once = cache(load)


def few(x: np.ndarray, y: np.ndarray, count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """So many images of each class."""
    places = np.concatenate([rng.choice(np.flatnonzero(y == c), count, replace=False) for c in np.unique(y)])
    return x[places], y[places]


def fit(model: Any, x: np.ndarray, y: np.ndarray, rate: float, epochs: int, rng: Any, batch: int = BATCH) -> None:
    for variable in model.optimizer.variables:
        variable.assign(np.zeros(variable.shape, variable.dtype))
    model.optimizer.learning_rate.assign(rate)
    for _ in range(epochs):
        order = rng.permutation(len(x))
        for start in range(0, len(x), batch):
            chosen = order[start : start + batch]
            model.train_on_batch(x[chosen], y[chosen])


def train_base() -> list[np.ndarray]:
    """Six epochs over the digits 0 to 4, each at five places."""
    rng = np.random.default_rng(7)
    x, y = digits(OLD, held_out=False)
    moves = [(0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)]
    x = np.concatenate([np.roll(x, move, axis=(1, 2)) for move in moves])
    model = network(0, ("features", "head"))
    model.set_weights(drawn(model, rng))
    fit(model, x, np.tile(y, len(moves)), 2e-3, 6, rng, batch=64)
    kept = [array.astype(np.float16) for array in model.get_weights()]
    model.set_weights([array.astype(np.float32) for array in kept])
    print(f"the base reads {share_right(model, *digits(OLD, held_out=True)):.2%} of unseen digits 0 to 4")
    return kept


def share_right(model: Any, x: np.ndarray, y: np.ndarray) -> float:
    return float(np.mean(np.argmax(model(x, training=False), axis=1) == y))


@cache
def base() -> list[np.ndarray]:
    with np.load(HERE / "base.npz", allow_pickle=False) as arrays:
        return [arrays[name].astype(np.float32) for name in sorted(arrays.files)]


def take_over(frozen: int, rng: np.random.Generator) -> Any:
    """The base's layers under a new head that knows nothing."""
    tops = ("features", "head") if frozen == 4 else ("head",)
    model = network(frozen, tops)
    known = 2 * (len(tops) + 2)  # arrays
    model.set_weights([*base()[:known], *drawn(model, rng)[known:]])
    return model


def train_head(model: Any, x: np.ndarray, y: np.ndarray, rng: np.random.Generator) -> None:
    """On the features below it, which are computed once."""
    import keras

    features = np.asarray(keras.Model(model.inputs[0], model.layers[-1].input)(x))
    head = head_alone(features.shape[1])
    head.set_weights(model.layers[-1].get_weights())
    fit(head, features, y, HEAD_RATE, HEAD_EPOCHS, rng)
    model.layers[-1].set_weights(head.get_weights())


def one_run(frozen: int | None, count: int, seed: int, rate: float = RATE, head_first: bool = True) -> float:
    """The share of held-out digits that is read; `frozen` None: from scratch."""
    rng = np.random.default_rng([seed, count])
    x, y = few(*digits(NEW, held_out=False), count, rng)
    if frozen is None:
        model = network(0)
        model.set_weights(drawn(model, rng))
        fit(model, x, y, rate, HEAD_EPOCHS + EPOCHS, rng)
        return share_right(model, *digits(NEW, held_out=True))
    model = take_over(frozen, rng)
    if head_first:
        train_head(model, x, y, rng)
    if frozen < 3:
        fit(model, x, y, rate, EPOCHS, rng)
    return share_right(model, *digits(NEW, held_out=True))


def tables() -> Iterator[tuple[str, np.ndarray]]:
    """Shares, the last axis over the runs."""
    runs = range(RUNS)
    yield "labels", np.array(LABELS)
    yield "rates", np.array(RATES)
    yield "scratch", np.array([[one_run(None, n, run) for run in runs] for n in LABELS])
    yield "by_frozen", np.array([[[one_run(k, n, run) for run in runs] for n in LABELS] for k in FROZEN])
    yield "by_rate", np.array([[one_run(0, 10, run, rate) for run in runs] for rate in RATES])
    yield "by_rate_two_frozen", np.array([[one_run(2, 10, run, rate) for run in runs] for rate in RATES])
    yield "at_once", np.array([[one_run(0, 10, run, rate, False) for run in runs] for rate in RATES])


def main(what: str) -> None:
    if what == "base":
        arrays = {f"base{place}": array for place, array in enumerate(train_base())}
        (HERE / "base.npz").write_bytes(npz_bytes(arrays))
        return
    found = {}
    for name, array in tables():
        found[name] = array if name in ("labels", "rates") else array.astype(np.float32)
        print(name, np.round(array.mean(axis=-1), 3), flush=True)
    (HERE / "measured.npz").write_bytes(npz_bytes(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
