"""What goes into the student's data.npz: scikit-image's cat and logo as unsigned bytes, and this term's riddle."""

from typing import Any

import numpy as np
import skimage.data

from grader.tasks.lab.detector import KERNELS
from grader.tasks.lab.grey import to_grey
from grader.tasks.lab.turn import correlate2d
from kerasnets.data import photo


def data() -> dict[str, np.ndarray]:
    """cat (300, 451, 3); logo (500, 500), grey; logo_rgba (100, 100, 4), every fifth pixel of it with all channels.

    >>> {name: array.shape for name, array in data().items()}
    {'cat': (300, 451, 3), 'logo': (500, 500), 'logo_rgba': (100, 100, 4)}
    """
    logo = skimage.data.logo()  # (500, 500, 4), every pixel opaque: as a whole it would be a megabyte
    grey = np.rint(to_grey(logo)).astype(np.uint8)
    return {"cat": photo("cat"), "logo": grey, "logo_rgba": logo[::5, ::5].copy()}


def draws(rng: np.random.Generator) -> dict[str, Any]:
    """A pixel of the cat that tells apart who reads it how, and the maps of five kernels in an order of this term's."""
    maps = np.stack([correlate2d(data()["logo"][::5, ::5], kernel) for kernel in KERNELS.values()])
    return drawn_pixel(rng) | {"maps": rng.permutation(maps).astype(np.int16)}


def drawn_pixel(rng: np.random.Generator) -> dict[str, int]:
    """Row, column and channel, of which another order, another first number or other channels would show."""
    cat = data()["cat"].astype(int)
    while True:
        row, column, channel = int(rng.integers(50, 300)), int(rng.integers(50, 300)), int(rng.choice((0, 2)))
        read = {
            cat[row, column, channel],
            cat[column, row, channel],
            cat[row - 1, column - 1, channel],
            cat[row, column, 2 - channel],
        }
        if len(read) == 4:
            return {"row": row, "column": column, "channel": channel}
