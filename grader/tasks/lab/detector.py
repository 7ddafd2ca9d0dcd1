"""Kernels that detect."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.cnnchecks.oracle import Rung
from grader.tasks.drawn import Case, Normal, RowCase, Whole
from grader.tasks.lab.picture import Array, instead
from grader.tasks.lab.repair import plane
from grader.tasks.lab.turn import correlate2d
from grader.tasks.task import Idea, idea, task

KERNEL_EFFECTS = "Lecture 5, Convolutional layer: kernel effects"
STEPS = "Lecture 5, Convolutions: computing cross-correlation"
EDGE = np.array([[-1.0, -1.0, -1.0], [0.0, 0.0, 0.0], [1.0, 1.0, 1.0]])
KERNELS: dict[str, Array] = {  # the notebook has the same table
    "blur": np.ones((3, 3)),
    "sharpen": np.array([[0.0, -1.0, 0.0], [-1.0, 5.0, -1.0], [0.0, -1.0, 0.0]]),
    "horizontal edges": EDGE,
    "vertical edges": EDGE.T,
    "outline": np.array([[-1.0, -1.0, -1.0], [-1.0, 8.0, -1.0], [-1.0, -1.0, -1.0]]),
}


@dataclass(frozen=True)
class Made:
    """A picture and the maps that the table's kernels make of it, in drawn order: (image, maps)."""

    shape: tuple[int, int]

    def draw(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        image = rng.integers(0, 256, self.shape).astype(np.float64)
        kernels = list(KERNELS.values())
        return image, np.stack([correlate2d(image, kernels[i]) for i in rng.permutation(len(kernels))])


@task(hidden={"plain": (RowCase("Five maps of one picture", (Made((7, 8)),)),)})
def kernels_behind(image: Array, maps: Array) -> tuple[str, ...]:
    """Which kernel of the table made each of these maps (M, OH, OW)."""
    made = {name: correlate2d(image, kernel) for name, kernel in KERNELS.items()}
    return tuple(next(name for name, known in made.items() if np.allclose(known, one)) for one in maps)


@task(
    hidden={
        "plain": (
            Case("A kernel of three", (Normal((3, 3), mean=0.3), Whole(20, 200))),
            Case("A wide kernel", (Normal((2, 5), mean=-0.2), Whole(20, 200))),
        ),
    },
    small=[
        Rung((kernel, level))
        for kernel, level in (
            (plane("1"), 5),
            (plane("2"), 5),
            (plane("1 1"), 7),
            (plane("-1 2"), 5),
            (plane("-1 2", "3 1"), 4),
        )
    ],
    terms=lambda kernel, level: kernel.size,
)
def flat_response(kernel: Array, level: float) -> float:
    """What a kernel answers where all pixels have the same grey."""
    return float(level * np.sum(kernel))


edges_exchanged = idea(
    "detector.edges_exchanged",
    belief="A kernel whose weights change from left to right finds edges that run from left to right.",
    hint="A horizontal edge is where something changes as you go down. In which direction does the kernel compare?",
    lecture=KERNEL_EFFECTS,
)


def exchanged(misconception: Idea, one: str, other: str) -> None:
    @misconception.answers_to("kernels_behind")
    def answer(image: Any, maps: Any) -> Any:
        return tuple({one: other, other: one}.get(name, name) for name in kernels_behind(image, maps))


exchanged(edges_exchanged, "horizontal edges", "vertical edges")

outline_for_sharpen = idea(
    "detector.sharpen_for_outline",
    belief="Sharpening shows the outlines alone.",
    hint="Add up each kernel's weights. With a sum of 0 flat areas vanish; with 1 they stay as they are.",
    lecture=KERNEL_EFFECTS,
)
exchanged(outline_for_sharpen, "sharpen", "outline")

flat_is_nothing = idea(
    "detector.flat_is_nothing",
    belief="A kernel answers 0 where nothing changes.",
    hint="That holds for detectors. Try a moving average on a wall of grey 100.",
    lecture=KERNEL_EFFECTS,
)
instead(flat_is_nothing, "flat_response", lambda kernel, level: 0.0)

flat_stays = idea(
    "detector.flat_stays",
    belief="A flat area stays as it is.",
    hint="That holds for kernels whose weights add up to 1. What do yours add up to?",
    lecture=KERNEL_EFFECTS,
)
instead(flat_stays, "flat_response", lambda kernel, level: float(level))

mean_weight = idea(
    "detector.mean_weight",
    belief="The answer is the level times the mean weight.",
    hint="Every weight meets a pixel of that level, and the products are added up, not averaged.",
    lecture=STEPS,
)
instead(mean_weight, "flat_response", lambda kernel, level: flat_response(kernel / np.size(kernel), level))

signs_dropped = idea(
    "detector.signs_dropped",
    belief="Weights count by their size.",
    hint="A negative weight takes away what a positive one adds.",
    lecture=STEPS,
)
instead(signs_dropped, "flat_response", lambda kernel, level: flat_response(np.abs(kernel), level))
