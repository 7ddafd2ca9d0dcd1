"""Does a trained network read digits? It is asked so that only reading earns the points.

Which digits are held out is public, and so are their labels. What a network is asked is therefore drawn for each
submission: the order of the digits, the sizes of the batches in which they come, how bright each one is, and a little
noise. Some come a second time in other batches, where they must get the same answers, and some a second time moved by a
pixel, where most of them must still be read.

Each digit counts once, where it lies in the data set, and none is left out: of nine in ten the share would vary by half a
point, and where a mark hangs on it, by luck. So the draw takes no points from an honest network: see the numbers below.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from grader.cnnchecks.models import Models
from grader.cnnchecks.outcome import Outcome

SIZES = (1, 2, 5, 7, 16, 32, 50, 64, 100)  # of batches
# Over 20 draws they changed the share that a network reads by 0.1 points on average and by 0.4 at most: of a sample, of the
# reference, or of one that was trained without copies.
BRIGHTNESS, NOISE = (0.95, 1.05), 0.01
AGAIN = 64  # digits that are asked a second time in other company
MOVED = 200  # digits that are asked a second time, moved by a pixel, or a third of all
# Over the same draws it took up to 6 points of a hundred where no copies were trained on, up to 7 where ten digits of a class
# were; what knows the images by heart loses 80.
MOVED_MAY_LOSE = 0.25
MOVES = ((1, 0), (-1, 0), (0, 1), (0, -1))  # rows down, columns to the right
# by which an answer may differ: of what lies between its numbers, and of the largest
SPREAD, ROUNDING = (1e-3, 1e-4)
# of one number: of ten equal answers all may differ by so much
LAST_BITS = 4 * float(np.finfo(np.float32).eps)
FLIPS = 1  # digits whose class may be another, where two classes are as good as equal


@dataclass(frozen=True)
class Question:
    """What one network is asked: `images` (M, H, W, C) in batches of these `sizes`, which add up to M.

    First come all the digits once, whose classes are `labels` (N,); then those at the places `again`, as they were; then
    those at the places `moved`, moved.
    """

    images: np.ndarray
    sizes: tuple[int, ...]
    labels: np.ndarray
    again: np.ndarray
    moved: np.ndarray


def drawn(images: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> Question:
    """A question about these digits: float32 images (N, H, W, C) from 0 to 1, labels (N,).

    >>> digits = np.zeros((300, 28, 28, 1), np.float32)
    >>> question = drawn(digits, np.arange(300) % 10, np.random.default_rng(1))
    >>> len(question.images), sum(question.sizes), question.labels[:4].tolist()
    (464, 464, [7, 4, 3, 9])
    """
    order = rng.permutation(len(images))
    shape = (len(images), *[1] * (images.ndim - 1))
    asked = images[order] * rng.uniform(*BRIGHTNESS, shape) + rng.normal(0, NOISE, images.shape)
    asked = np.clip(asked, 0, 1).astype(np.float32)
    again = rng.permutation(len(images))[:AGAIN]
    moved = rng.permutation(len(images))[: min(MOVED, len(images) // 3)]
    shifted = np.stack([_moved(asked[place], *MOVES[rng.integers(len(MOVES))]) for place in moved])
    parts = (asked, asked[again], shifted)
    sizes = tuple(size for part in parts for size in _sizes(len(part), rng))
    return Question(np.concatenate(parts), sizes, labels[order], again, moved)


def _moved(image: np.ndarray, down: int, right: int) -> np.ndarray:
    """The image (H, W, C) with its content moved; what comes in at the border is black."""
    rows, columns, _ = image.shape
    framed = np.pad(image, ((1, 1), (1, 1), (0, 0)))
    return framed[1 - down : 1 - down + rows, 1 - right : 1 - right + columns]


def _sizes(images: int, rng: np.random.Generator) -> list[int]:
    """Of the batches for so many images."""
    sizes: list[int] = []
    while (left := images - sum(sizes)) > 0:
        sizes.append(min(left, int(rng.choice(SIZES))))
    return sizes


def reader(models: Models, question: Question, at_least: float) -> Callable[[str, dict, list], Outcome]:
    """What judges whether a model, rebuilt by `models`, reads a share of `at_least` of the digits: called with its name, its
    configuration and its weights."""

    def reads(name: str, config: dict, weights: list) -> Outcome:
        try:
            answers = models.outputs(config, weights, question.images, question.sizes)
        except ValueError as error:  # a Misfit, or what Keras or the admission says in this process
            return Outcome(False, "shape", f"`{name}` can't be asked about the digits: {error}")
        return reading_outcome(name, question, answers, at_least)

    return reads


def reading_outcome(name: str, question: Question, answers: np.ndarray, at_least: float) -> Outcome:
    """What the answers (M, classes) to a question say."""
    asked = len(question.labels)
    if answers.ndim != 2 or len(answers) != len(question.images):
        message = (
            f"`{name}` should give one row of numbers for an image, but its answer has shape {answers.shape}."
        )
        return Outcome(False, "shape", message)
    if not np.isfinite(answers).all():
        return Outcome(False, "finite", f"Some answers of `{name}` are not finite.")
    first, again, moved = np.split(answers, [asked, asked + len(question.again)])
    if not _agree(first[question.again], again):
        return Outcome(False, "value", f"The answer of `{name}` to an image depends on the other images of its batch, or "
                       "on chance. Each image has to be read on its own: look for a layer or an operation that works "
                       "along the first axis, or that is told `training=True`.")  # fmt: skip
    right = np.argmax(first, axis=1) == question.labels
    share, kept = float(np.mean(right)), np.argmax(moved, axis=1) == question.labels[question.moved]
    if share < at_least:
        message = (f"`{name}` reads {share:.1%} of {asked:,} digits that it has never seen; this "
                   f"case asks for {at_least:.0%}. Train longer, with a smaller step at the end, or on more "
                   "images: shifted copies are new ones. Is the file you hand in the one that training wrote "
                   "last?")  # fmt: skip
        return Outcome(False, "value", message, measured=share)
    if len(kept) and np.mean(kept) < np.mean(right[question.moved]) - MOVED_MAY_LOSE:
        message = (f"`{name}` reads {share:.1%} of the digits, but {np.mean(kept):.0%} of them where they are moved by one "
                   "pixel. It knows these images, not the digits: train on copies that are shifted by a pixel.")  # fmt: skip
        return Outcome(False, "value", message)
    return Outcome(True, "ok", f"It reads {share:.1%}.", measured=share)


def _agree(first: np.ndarray, again: np.ndarray) -> bool:
    """Are these the same answers (N, classes), but for rounding?

    What lies between an image's own numbers is the measure, as it decides: a large number that is added to all of them
    must not hide it.

    >>> sure = np.array([[0.0, 9.0]])
    >>> _agree(sure, sure + 1e-4), _agree(sure, sure + 0.1), _agree(sure + 1e6, sure[:, ::-1] + 1e6)
    (True, False, False)
    """
    spread, largest = np.ptp(first, axis=1, keepdims=True), np.abs(first).max(axis=1, keepdims=True)
    allowed = SPREAD * spread + np.minimum(ROUNDING * largest, spread / 4) + LAST_BITS * largest
    flips = np.count_nonzero(np.argmax(first, axis=1) != np.argmax(again, axis=1))
    return bool((np.abs(first - again) <= allowed).all() and flips <= FLIPS)
