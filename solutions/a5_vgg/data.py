"""What goes into the student's data.npz: MNIST digits as unsigned bytes, weights that mean nothing, and the budget."""

import numpy as np

from kerasnets.data import load

TRAIN = 3_000  # of the 4,000 that no network is tested with
CHANNELS = ((1, 8), (8, 8), (8, 16), (16, 16), (16, 32), (32, 32))
SHAPES = (*((3, 3, *channels) for channels in CHANNELS), (288, 64), (64, 10))


def draws(rng: np.random.Generator) -> dict[str, int]:
    """How many parameters a network of one's own design may have."""
    return {"budget": 500 * int(rng.integers(16, 25))}


def data() -> dict[str, np.ndarray]:
    """The first digits of the course's training half, x_train (N, 28, 28) and y_train (N,), uint8; w00 to w15, float32.

    >>> sorted(data())[:3], data()["w14"].shape
    (['w00', 'w01', 'w02'], (64, 10))
    """
    digits = load("digits")
    return {
        "x_train": digits.x_train[:TRAIN, :, :, 0],
        "y_train": digits.y_train[:TRAIN].astype(np.uint8),
    } | {f"w{place:02}": array for place, array in enumerate(random_weights(seed=5))}


def random_weights(seed: int) -> list[np.ndarray]:
    """Kernel, bias, kernel, bias, ... in whole 1/64: large enough for every activation to bend, too small to saturate."""
    draw = np.random.default_rng(seed)
    arrays = []
    for shape in SHAPES:
        arrays += [draw.normal(0, (2 / np.prod(shape[:-1])) ** 0.5, shape), draw.normal(0, 0.2, shape[-1:])]
    return [(np.round(array * 64) / 64).astype(np.float32) for array in arrays]
