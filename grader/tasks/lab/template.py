"""Looking for a template."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from grader.cnnchecks.oracle import Rung
from grader.tasks.drawn import RowCase
from grader.tasks.lab.picture import Array, instead
from grader.tasks.lab.repair import plane
from grader.tasks.lab.turn import correlate2d
from grader.tasks.task import idea, task

TEMPLATE = "Lecture 3, Template matching"


@dataclass(frozen=True)
class Hidden:
    """A picture with a template in it, paler and darker, and three windows that only look right: (image, template).

    One is bright, one of strong contrast and roughly alike, one nearly the template itself with noise.
    """

    template: tuple[int, int]
    size: tuple[int, int] = (18, 22)

    def draw(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        height, width = self.template
        template = 100 + 20 * rng.standard_normal(self.template)
        rough = template + 20 * rng.standard_normal(self.template)
        image = 60 + 4 * rng.standard_normal(self.size)
        patches = [
            0.25 * template + 20,
            250 + rng.standard_normal(self.template),
            5 * (rough - rough.mean()) + 100,
            template + 6 * rng.standard_normal(self.template),
        ]
        corners = [(1, 1), (1, 12), (10, 1), (10, 12)]
        for patch, at in zip(patches, rng.permutation(4), strict=True):
            row, column = corners[at] + rng.integers(0, 3, 2)
            image[row : row + height, column : column + width] = patch
        return image, template


SEARCHED = (
    (plane("9 9 1 2"), plane("1 2")),
    (plane("9 9 9 9", "9 1 2 9", "9 2 1 9"), plane("5 6", "6 5")),
    (plane("9 9 9 9 9", "9 1 2 9 9", "9 1 3 9 1", "8 9 9 1 9"), plane("11 12", "11 13")),
    (plane("0 9 0 9 0", "5 6 5 5 5", "6 5 5 9 9", "9 9 9 9 9"), plane("1 2", "2 1")),
    (plane("3 3 3 3", "3 4 5 3", "3 5 6 3", "9 0 9 9"), plane("40 50", "50 60")),
    (plane("1 3 1 2 1", "2 5 0 9 2", "1 7 9 1 3", "2 2 4 5 8"), plane("1 0", "3 5")),
)


def match_scores(image: Array, template: Array) -> Array:
    """The normalised cross-correlation of each window with a template, from -1 to 1; 0 where a window is flat.

    J. P. Lewis, "Fast normalized cross-correlation", Vision Interface (1995), equation (2).
    """
    windows = sliding_window_view(np.asarray(image, float), np.shape(template))
    windows = windows - windows.mean(axis=(2, 3), keepdims=True)
    pattern = template - np.mean(template)
    sizes = np.sqrt((windows**2).sum(axis=(2, 3)) * (pattern**2).sum())
    return (windows * pattern).sum(axis=(2, 3)) / np.where(sizes > 1e-9, sizes, np.inf)


@task(
    hidden={
        "plain": (
            RowCase("A wide template", (Hidden((4, 5)),)),
            RowCase("A high template", (Hidden((5, 4)),)),
            RowCase("A large template", (Hidden((5, 6)),)),
        ),
    },
    small=[Rung((x.astype(int), t.astype(int))) for x, t in SEARCHED],
    labels=("row", "column"),
)
def best_match(image: Array, template: Array) -> tuple[int, int]:
    """Row and column of the top left pixel of the window that is most like the template, brightness and contrast aside.

    >>> image = np.array([[9.0, 9.0, 9.0, 9.0], [9.0, 1.0, 2.0, 9.0], [9.0, 3.0, 3.0, 9.0]])
    >>> best_match(image, np.array([[50.0, 60.0], [70.0, 70.0]]))
    (1, 1)
    """
    scores = match_scores(image, template)
    row, column = np.unravel_index(np.argmax(scores), scores.shape)
    return int(row), int(column)


brightest = idea(
    "template.brightest_window",
    belief="The window with the largest sum of products is the one that is most alike.",
    hint="White pixels make any sum large. Take the mean off window and template, and divide by their sizes.",
    lecture=TEMPLATE,
)


def place_of(scores: Any) -> tuple[int, int]:
    row, column = np.unravel_index(np.argmax(scores), scores.shape)
    return int(row), int(column)


instead(brightest, "best_match", lambda image, template: place_of(correlate2d(image, template)))

strongest = idea(
    "template.strongest_window",
    belief="Taking the means off is enough.",
    hint="A window of strong contrast still wins over a pale one that is exactly alike. What makes scores comparable?",
    lecture=TEMPLATE,
)
instead(
    strongest, "best_match", lambda image, template: place_of(correlate2d(image, template - template.mean()))
)

nearest = idea(
    "template.nearest_window",
    belief="The window with the smallest difference is the one that is most alike.",
    hint="In another light the same thing has other pixels. The score in the text doesn't mind that.",
    lecture=TEMPLATE,
)


def distances(image: Any, template: Any) -> Any:
    return ((sliding_window_view(image, template.shape) - template) ** 2).sum(axis=(2, 3))


instead(nearest, "best_match", lambda image, template: place_of(-distances(image, template)))

template_turned = idea(
    "template.turned",
    belief="A template is convolved with the picture.",
    hint="Then it is turned by 180 degrees first, and one looks for it upside down. Matching is a cross-correlation.",
    lecture=TEMPLATE,
)
instead(
    template_turned, "best_match", lambda image, template: place_of(match_scores(image, template[::-1, ::-1]))
)


@best_match.wrongly(
    idea(
        "template.centre",
        belief="A match is where the template's centre lies.",
        hint="Asked for is the window's top left pixel: the place of the score in the array of scores.",
        lecture=TEMPLATE,
    )
)
def centre(image: Any, template: Any) -> Any:
    row, column = best_match(image, template)
    return row + template.shape[0] // 2, column + template.shape[1] // 2


place_exchanged = idea(
    "template.column_first",
    belief="A place is x and y: the column comes first.",
    hint="The row comes first here, as in `scores.shape`: see the order in `np.unravel_index`.",
    lecture=TEMPLATE,
)
instead(place_exchanged, "best_match", lambda *args: best_match(*args)[::-1])
