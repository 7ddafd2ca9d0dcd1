"""Images per second while training: our recipe against Keras's plain `fit` of the same network, in turns, in one run; and how
much of what the device can do that is.

Plain `fit` gets arrays of float32 and Adam, no augmentation, no moving average. The recipe computes in whatever precision it
would. The floor is the time that the network's multiply-adds (forward, and twice that backward) would take at the rate of a
large matrix product, measured in the same run.
Usage: python benchmarks/train.py [--images 8192] [--rounds 3] [--write] [NAME ...]
"""

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np

from grader.auditing import measured
from kerasnets import blueprint, data, fitting
from kerasnets.models import registry
from kerasnets.recipes import recipe

SIDE = 2048  # of the matrices


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=["lenet5", "vgg_small"])
    parser.add_argument("--images", type=int, default=8192)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--write", action="store_true", help="keep the figures for docs/figures.md")
    options, load, figures = parser.parse_args(), measured.load_now(), {}
    digits = data.load()
    rows = np.random.default_rng(0).integers(len(digits.x_train), size=options.images)
    few = data.Dataset(digits.x_train[rows], digits.y_train[rows], digits.x_test, digits.y_test, "digits",
                       digits.classes, digits.source)  # fmt: skip
    peak = flops_per_second()
    print(
        f"{fitting.device()} under {keras.backend.backend()}: {peak / 1e9:.0f} GFLOP/s in a product of {SIDE}×{SIDE}"
    )
    print(f"{'network':16} {'plain fit':>12} {'recipe':>12} {'ratio':>7} {'of the peak':>12}")
    for name in options.names:
        ways = {"plain": plain(name, few), "recipe": by_recipe(name, few)}
        seconds: dict[str, list[float]] = {way: [] for way in ways}
        for _ in range(options.rounds + 1):
            for way, epoch in ways.items():
                start = time.perf_counter()
                epoch()
                seconds[way].append(time.perf_counter() - start)
        # the first epoch compiles, and isn't counted
        rates = {way: options.images / statistics.median(taken[1:]) for way, taken in seconds.items()}
        flops = blueprint.of(lambda name=name: build(name, few)).flops or 0
        print(f"{name:16} {rates['plain']:10,.0f}/s {rates['recipe']:10,.0f}/s {rates['recipe'] / rates['plain']:6.2f}x "
              f"{rates['recipe'] * 3 * flops / peak:11.1%}", flush=True)  # fmt: skip
        figures[f"{name}, our recipe / plain fit, images per second"] = (
            f"{rates['recipe'] / rates['plain']:.2f}, median of {options.rounds} rounds"
        )
    if options.write:
        measured.keep(Path(__file__).parents[1], "train", measured.command(), load, figures)


def build(name: str, few: data.Dataset) -> keras.Model:
    return registry.build(name, input_shape=few.x_train.shape[1:], classes=len(few.classes))


def plain(name: str, few: data.Dataset) -> Callable[[], object]:
    """One epoch as anyone would write it."""
    model, images = build(name, few), data.scaled(few.x_train)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("adam", loss, metrics=["accuracy"])
    return lambda: model.fit(images, few.y_train, batch_size=recipe(name).batch_size, verbose=0)


def by_recipe(name: str, few: data.Dataset) -> Callable[[], object]:
    """One epoch as `kerasnets train` does it."""
    settings = recipe(name)
    shape, steps = few.x_train.shape[1:], 100 * (len(few.x_train) // settings.batch_size)
    with fitting.computing_in(fitting.precision_for(settings, lambda: build(name, few))):
        learner = fitting.behind_augmentation(fitting.quick(build(name, few)), settings, shape, 0, steps)
    labels = np.eye(len(few.classes), dtype=np.float32)[few.y_train]
    epoch = fitting.epochs_of(learner, few.x_train, labels, settings)
    return lambda: epoch(np.random.default_rng(0))


def flops_per_second() -> float:
    """What a product of two large matrices reaches: the median of five."""
    ones = keras.ops.ones((SIDE, SIDE))
    product = keras.ops.matmul
    taken = []
    for _ in range(6):
        start = time.perf_counter()
        keras.ops.convert_to_numpy(product(ones, ones)[0, 0])
        taken.append(time.perf_counter() - start)
    return 2 * SIDE**3 / statistics.median(taken[1:])


if __name__ == "__main__":
    main()
