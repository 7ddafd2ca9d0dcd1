"""Small inputs of the functions about VGG: stacks and tables, regularisers, errors, a ranking."""

from __future__ import annotations

import numpy as np

from grader.cnnchecks import Rung
from grader.ladders.kinds import digits, shapes


def unlike(rows: list[list[float]], labels: list[int], k: int) -> Rung:
    return Rung((np.array(rows), np.array(labels)), {"k": k})


def moved(*moves: tuple[int, int]) -> Rung:
    return Rung((digits((len(moves), 2, 3, 1)), np.array(moves)))


def kept(x: list[float], noise: list[float], rate: float, **options: bool) -> Rung:
    return Rung((np.array([x]), np.array([noise]), rate), options)


def entered(accuracies: list[float], parameters: list[int], budget: int) -> Rung:
    return Rung((np.array(accuracies), np.array(parameters), budget))


FIRST, SECOND = [4.0, 3.0, 2.0, 1.0], [1.0, 4.0, 3.0, 2.0]

LADDERS: dict[str, list[Rung]] = {
    "stack_reach": shapes((3, 1), (3, 2), (3, 4), (5, 2), (5, 4)),
    "stack_parameters": shapes((1, 1, 2), (3, 1, 1), (1, 2, 1), (3, 2, 1), (3, 2, 2)),
    "vgg_depth": shapes(((1,), (1,)), ((2,), (1,)), ((1, 2), ()), ((2, 3), (1, 1))),
    "vgg_parameters": [
        *shapes(((1,), (1,), (), (2, 2, 1), 2), ((2,), (3,), (), (2, 4, 2), 2), ((1,), (2,), (), (3, 2, 1), 2)),
        *shapes(((1, 1), (1, 2), (3,), (4, 4, 1), 2), ((2, 1), (2, 3), (2,), (7, 4, 3), 2)),
    ],
    "dropout": [
        kept([6.0, 12.0], [0.0, 1.0], 0.75),
        kept([6.0, 12.0], [0.0, 1.0], 0.25),
        kept([6.0, 12.0], [0.0, 1.0], 0.75, training=False),
        Rung((np.array([[3.0, 6.0], [9.0, 12.0]]), np.array([[0.0, 1.0], [1.0, 0.0]]), 0.25)),
    ],
    "moved_images": [moved((0, 1)), moved((1, 0)), moved((1, -1)), moved((0, 1), (1, 0)), moved((0, -2))],
    "top_k_error": [
        unlike([FIRST], [0], 1),
        unlike([FIRST], [1], 1),
        unlike([FIRST], [1], 2),
        unlike([FIRST], [2], 2),
        unlike([FIRST, SECOND], [1, 0], 1),
        unlike([FIRST, SECOND, FIRST], [1, 0, 0], 2),
        unlike([FIRST, SECOND, FIRST], [2, 1, 0], 3),
    ],
    "accuracy_interval": shapes((1, 4), (3, 4), (9, 10)),
    "leaderboard": [
        entered([1.0], [2], 2),
        entered([0.0, 1.0], [1, 2], 2),
        entered([1.0, 0.0], [3, 1], 2),
        entered([1.0, 1.0], [2, 1], 2),
        entered([1.0, 1.0], [1, 2], 2),
        entered([1.0, 0.0, 1.0], [9, 1, 2], 2),
        entered([1.0, 2.0, 3.0], [1, 4, 9], 9),
    ],
}  # fmt: skip
