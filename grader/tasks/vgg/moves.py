"""Moved copies of images."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.cnnchecks.oracle import Rung
from grader.tasks.drawn import Bytes, Case, Normal
from grader.tasks.small import digits
from grader.tasks.task import idea, task

EQUIVARIANCE = "Lecture 2, Superpowers of convolutional layers"


@dataclass(frozen=True)
class Moves:
    """(N, 2) whole numbers, down and right: no two rows alike, the two of a row of different size, some of them 0."""

    count: int
    most: int

    def draw(self, rng: np.random.Generator) -> np.ndarray:
        steps = np.arange(-self.most, self.most + 1)
        rows = np.array([(down, right) for down in steps for right in steps if abs(down) != abs(right)])
        straight = rows[(rows == 0).any(axis=1)]
        slanted = rng.permutation(rows[(rows != 0).all(axis=1)])
        return rng.permutation(np.concatenate([slanted[: self.count - 1], rng.permutation(straight)[:1]]))


def moved(*moves: tuple[int, int]) -> Rung:
    return Rung((digits((len(moves), 2, 3, 1)), np.array(moves)))


@task(
    hidden={
        "bytes": (Case("Images of bytes", (Bytes((6, 7, 9, 1)), Moves(6, 3))),),
        "floats": (
            Case(
                "Images of floats, with colours", (Normal((5, 8, 8, 3), mean=5, dtype="float32"), Moves(5, 3))
            ),
        ),
    },
    small=[moved((0, 1)), moved((1, 0)), moved((1, -1)), moved((0, 1), (1, 0)), moved((0, -2))],
)
def moved_images(images: np.ndarray, moves: np.ndarray) -> np.ndarray:
    """Each image (N, H, W, C) moved down and right by its row of `moves` (N, 2), in a frame of zeros.

    >>> moved_images(np.array([[1, 2], [3, 4]]).reshape(1, 2, 2, 1), np.array([[0, 1]]))[0, ..., 0].tolist()
    [[0, 1], [0, 3]]
    """
    out = np.zeros_like(images)
    height, width = images.shape[1:3]
    for new, image, (down, right) in zip(out, images, np.asarray(moves).astype(int), strict=True):
        if abs(down) < height and abs(right) < width:
            kept = image[max(-down, 0) : height - max(down, 0), max(-right, 0) : width - max(right, 0)]
            new[max(down, 0) : height + min(down, 0), max(right, 0) : width + min(right, 0)] = kept
    return out


def each(images: Any, moves: Any, moved: Callable[[Any, int, int], Any]) -> Any:
    rows = [(image, int(down), int(right)) for image, (down, right) in zip(images, moves, strict=True)]
    return np.stack([moved(*row) for row in rows])


@moved_images.wrongly(
    idea(
        "moves.rolled",
        belief="`np.roll` moves an image.",
        hint="What leaves on the right comes back on the left. What should stand there instead?",
        lecture=EQUIVARIANCE,
    )
)
def rolled(images: Any, moves: Any) -> Any:
    return each(images, moves, lambda image, down, right: np.roll(image, (down, right), axis=(0, 1)))


@moved_images.wrongly(
    idea(
        "moves.axes_exchanged",
        belief="A move is (right, down), as a point is (x, y).",
        hint="Rows come first, as in the image's own shape: a move is (down, right).",
        lecture=EQUIVARIANCE,
    )
)
def directions_exchanged(images: Any, moves: Any) -> Any:
    return moved_images(images, moves[:, ::-1])


@moved_images.wrongly(
    idea(
        "moves.other_way",
        belief="A positive move takes pixel i + move: it goes up and left.",
        hint="Follow the pixel in the first row under the move (1, 0): in which row is it then?",
        lecture=EQUIVARIANCE,
    )
)
def other_way(images: Any, moves: Any) -> Any:
    return moved_images(images, -moves)


@moved_images.wrongly(
    idea(
        "moves.edge_repeated",
        belief="The free rows and columns repeat the edge.",
        hint="Around a digit there is paper. Which number stands for it, and what does the question say?",
        lecture=EQUIVARIANCE,
    )
)
def edge_repeated(images: Any, moves: Any) -> Any:
    def moved(image: Any, down: int, right: int) -> Any:
        rows = np.clip(np.arange(image.shape[0]) - down, 0, image.shape[0] - 1)
        columns = np.clip(np.arange(image.shape[1]) - right, 0, image.shape[1] - 1)
        return image[rows][:, columns]

    return each(images, moves, moved)


@moved_images.wrongly(
    idea(
        "moves.one_move_for_all",
        belief="All images move alike.",
        hint="`moves` has a row for each image.",
        lecture=EQUIVARIANCE,
    )
)
def one_move(images: Any, moves: Any) -> Any:
    return moved_images(images, np.broadcast_to(moves[:1], moves.shape))


@moved_images.wrongly(
    idea(
        "moves.down_only",
        belief="An image is moved along one axis.",
        hint="A move has two numbers. What becomes of the second?",
        lecture=EQUIVARIANCE,
    )
)
def down_only(images: Any, moves: Any) -> Any:
    return moved_images(images, moves * [1, 0])
