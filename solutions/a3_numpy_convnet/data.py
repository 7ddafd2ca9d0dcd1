"""What goes into the student's data.npz: MNIST digits as unsigned bytes."""

import numpy as np

from kerasnets.data import load

TRAIN, TEST = 2_000, 500  # enough to read 94 % of new digits; half a megabyte in the zip


def data() -> dict[str, np.ndarray]:
    """The first digits of the course's shuffled set: images (N, 28, 28) and labels (N,), all uint8.

    >>> sorted(data())
    ['x_test', 'x_train', 'y_test', 'y_train']
    """
    digits = load("digits")
    return {
        "x_train": digits.x_train[:TRAIN, :, :, 0],
        "y_train": digits.y_train[:TRAIN].astype(np.uint8),
        "x_test": digits.x_test[:TEST, :, :, 0],
        "y_test": digits.y_test[:TEST].astype(np.uint8),
    }
