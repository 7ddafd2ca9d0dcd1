"""What goes into the student's data.npz: MNIST digits as unsigned bytes."""

import numpy as np

from kerasnets.data import load

TRAIN, TEST = 2_000, 500  # enough to read 96 % of new digits; half a megabyte in the zip


def data() -> dict[str, np.ndarray]:
    """The first digits of the course's shuffled set: images (N, 28, 28) and labels (N,), all uint8.

    >>> sorted(data())
    ['x_test', 'x_train', 'y_test', 'y_train']
    """
    digits = load("digits")  # all from its training half: the other one is what trained networks are marked with
    images, labels = digits.x_train[:, :, :, 0], digits.y_train.astype(np.uint8)
    return {
        "x_train": images[:TRAIN],
        "y_train": labels[:TRAIN],
        "x_test": images[TRAIN : TRAIN + TEST],
        "y_test": labels[TRAIN : TRAIN + TEST],
    }
