"""Images changed at random, in NumPy: on a CPU a whole epoch of them takes less time than Keras's layers take in each step.

Where the device is fast, Keras's layers do the same on it (`Recipe.augmentation`).
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

ANGLES = 21  # so many, evenly spaced; the images of one are turned together
AT_A_TIME = 128  # of them: what a processor's cache holds


def shifted(images: np.ndarray, most: int, random: np.random.Generator) -> np.ndarray:
    """Images (N, H, W, C), each moved by up to `most` whole pixels both ways; what comes in from outside is 0.

    >>> shifted(np.ones((1, 2, 2, 1), np.uint8), 1, np.random.default_rng(0))[0, ..., 0]
    array([[1, 1],
           [0, 0]], dtype=uint8)
    """
    count, height, width, _ = images.shape
    padded = np.pad(images, ((0, 0), (most, most), (most, most), (0, 0)))
    windows = sliding_window_view(padded, (height, width), axis=(1, 2))  # (N, 2·most+1, 2·most+1, C, H, W)
    rows, columns = random.integers(2 * most + 1, size=(2, count))
    return np.moveaxis(windows[np.arange(count), rows, columns], 1, -1)


def turned(images: np.ndarray, most: float, random: np.random.Generator) -> np.ndarray:
    """Images (N, H, W, C), each turned about its middle by up to `most` degrees, between four pixels; outside is 0."""
    of_angle = random.integers(ANGLES, size=len(images))
    result = np.empty_like(images)
    for number, degrees in enumerate(np.linspace(-most, most, ANGLES)):
        (chosen,) = np.nonzero(of_angle == number)
        for few in np.array_split(chosen, 1 + len(chosen) // AT_A_TIME):
            result[few] = turned_by(images[few], degrees)
    return result


def turned_by(images: np.ndarray, degrees: float) -> np.ndarray:
    """All images turned against the clock.

    >>> turned_by(np.array([[1, 2], [3, 4]]).reshape(1, 2, 2, 1), 90)[0, ..., 0]
    array([[2, 4],
           [1, 3]])
    """
    _, height, width, _ = images.shape
    y, x = np.mgrid[:height, :width] - np.array([height - 1, width - 1])[:, None, None] / 2
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    # the place in the old image that each pixel of the new one is read from
    rows, columns = cos * y + sin * x + (height - 1) / 2, cos * x - sin * y + (width - 1) / 2
    top, left = np.floor(rows).astype(int), np.floor(columns).astype(int)
    pixels = np.moveaxis(images, 0, -1).astype(np.float32)  # (H, W, C, N)
    pixels = np.pad(pixels, ((1, 1), (1, 1), (0, 0), (0, 0)))
    result = np.zeros((height, width, *pixels.shape[2:]), np.float32)
    for row, down in ((top, 1 - (rows - top)), (top + 1, rows - top)):
        for column, right in ((left, 1 - (columns - left)), (left + 1, columns - left)):
            seen = pixels[row.clip(-1, height) + 1, column.clip(-1, width) + 1]  # (H, W, C, N)
            result += (down * right).astype(np.float32)[..., None, None] * seen
    return np.moveaxis(np.rint(result).astype(images.dtype), -1, 0)


def flipped(images: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Images (N, H, W, C), of every second, at random, left and right exchanged."""
    return np.where(random.random(len(images))[:, None, None, None] < 0.5, images[:, :, ::-1], images)
