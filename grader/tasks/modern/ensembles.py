"""Several networks asked at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.cnnchecks.oracle import Rung
from grader.tasks.drawn import Case
from grader.tasks.task import idea, task

CHALLENGE = "Lecture 2, Reference challenge"


@dataclass(frozen=True)
class Disagreeing:
    """Probabilities (M, N, K) of networks that err apart.

    In the first third of the images most networks lean to one class and another one is sure of a second, which wins on
    average; in the second third one network is the surest of all, and is overruled; the rest are drawn.
    """

    networks: int
    images: int
    classes: int

    def draw(self, rng: np.random.Generator) -> np.ndarray:
        shape = (self.networks, self.images, self.classes)
        p = np.exp(rng.standard_normal(shape))
        third = self.images // 3
        for image in range(2 * third):
            a, b = rng.choice(self.classes, 2, replace=False)
            p[:, image] = 0.02
            if image < third:
                p[:, image, a], p[:, image, b] = 0.52, 0.46
                p[rng.integers(1, self.networks), image, [a, b]] = 0.01, 0.97
            else:
                p[:, image, a], p[:, image, b] = 0.80, 0.10
                p[rng.integers(0, self.networks), image, [a, b]] = 0.05, 0.93
        return p / p.sum(axis=2, keepdims=True)


@task(
    hidden={
        "plain": (
            Case("Five networks", (Disagreeing(5, 18, 6),)),
            Case("Four networks, many classes", (Disagreeing(4, 21, 9),)),
        ),
    },
    small=[
        Rung((np.array(rows),))
        for rows in (
            [[[0.75, 0.25]], [[0.125, 0.875]]],
            [[[0.625, 0.375]], [[0.625, 0.375]], [[0.125, 0.875]]],
            [[[0.875, 0.125]], [[0.875, 0.125]], [[0.0, 1.0]]],
            [[[0.75, 0.125, 0.125]], [[0.75, 0.125, 0.125]], [[0.0625, 0.875, 0.0625]]],
            [[[0.5, 0.25, 0.25], [0.25, 0.75, 0.0]], [[0.0, 0.875, 0.125], [0.25, 0.75, 0.0]]],
        )
    ],
)
def ensemble_predictions(probabilities: np.ndarray) -> np.ndarray:
    """The classes (N,) that networks with the probabilities (M, N, K) predict together: by their mean.

    >>> ensemble_predictions(np.array([[[0.6, 0.4]], [[0.6, 0.4]], [[0.1, 0.9]]]))  # the third one is sure
    array([1])
    """
    return np.argmax(np.mean(probabilities, axis=0), axis=-1)


@ensemble_predictions.wrongly(
    idea(
        "ensembles.votes",
        belief="The networks vote: each has one voice, for its likeliest class.",
        hint="A network that is barely sure then counts as much as one that is certain. What does the question average?",
        lecture=CHALLENGE,
    )
)
def votes(probabilities: Any) -> Any:
    p = np.asarray(probabilities)
    return ensemble_predictions(np.eye(p.shape[-1])[p.argmax(axis=-1)])


@ensemble_predictions.wrongly(
    idea(
        "ensembles.the_surest",
        belief="The network that is surest decides.",
        hint="A network can be sure and wrong. All are heard: what does the question average?",
        lecture=CHALLENGE,
    )
)
def surest(probabilities: Any) -> Any:
    return np.max(probabilities, axis=0).argmax(axis=-1)


first_alone = idea(
    "ensembles.first_network_alone",
    belief="One of the networks speaks for all of them.",
    hint="Which of the three axes are the networks? Every one of them has to count.",
    lecture=CHALLENGE,
)


@ensemble_predictions.wrongly(first_alone)
def first_alone_ensemble_predictions(probabilities: Any) -> Any:
    return ensemble_predictions(probabilities[:1])


@ensemble_predictions.wrongly(first_alone)
def first_alone_ensemble_predictions_2(probabilities: Any) -> Any:
    return ensemble_predictions(probabilities[-1:])


@ensemble_predictions.wrongly(
    idea(
        "ensembles.multiplied",
        belief="Probabilities of independent events are multiplied.",
        hint="One network that says almost 0 then rules a class out for all. The question asks for another mean.",
        lecture=CHALLENGE,
    )
)
def multiplied_together(probabilities: Any) -> Any:
    return ensemble_predictions(np.log(np.maximum(probabilities, 1e-300)))
