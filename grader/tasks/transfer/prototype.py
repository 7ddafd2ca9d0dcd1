"""Nearest means of features."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.cnnchecks.oracle import Rung
from grader.tasks.drawn import Case, Labels, Normal
from grader.tasks.task import idea, task

TRANSFER = "Lecture 4, Towards standardization: transfer learning and fine-tuning"


@task(
    hidden={
        "plain": (
            Case("Three classes of one size", (Normal((12, 5)), Labels(12, 3), 3)),
            Case("Classes of different sizes", (Normal((11, 4), mean=2.0), Labels(11, 4), 4)),
        ),
    },
    small=[
        Rung((np.array(features), np.array(labels), classes))
        for features, labels, classes in (
            ([[1.0], [3.0]], [0, 0], 1),
            ([[2.0], [4.0]], [1, 0], 2),
            ([[1.0, 4.0], [3.0, 2.0], [8.0, 6.0]], [0, 0, 1], 2),
            ([[1.0, 5.0], [3.0, 2.0], [8.0, 6.0], [5.0, 9.0]], [1, 0, 1, 0], 2),
        )
    ],
)
def class_means(features: np.ndarray, labels: np.ndarray, classes: int) -> np.ndarray:
    """The mean feature vector of each class, (classes, D).

    >>> class_means(np.array([[1.0], [3.0], [7.0]]), np.array([0, 0, 1]), 2).tolist()
    [[2.0], [7.0]]
    """
    members = (labels == np.arange(classes)[:, None]).astype(features.dtype)  # (classes, N)
    return np.asarray(members @ features / members.sum(axis=1, keepdims=True))


@task(
    hidden={
        "plain": (
            Case("Thirty rows of features, five means", (Normal((30, 6)), Normal((5, 6)))),
            Case("Means of very different lengths", (Normal((25, 4)), Normal((4, 4), mean=1.5, scale=2.0))),
        ),
    },
    small=[
        Rung((np.array(features), np.array(means)))
        for features, means in (
            ([[1.0]], [[0.0], [3.0]]),
            ([[4.0]], [[5.0], [9.0]]),
            ([[1.0, 3.0]], [[9.0, 9.0], [1.0, 2.0]]),
            ([[0.0, 0.0]], [[3.0, 0.0], [2.0, 2.0]]),
            ([[2.0, 0.0]], [[0.0, 2.0], [3.0, 1.0]]),
            ([[2.0, 0.0], [0.0, 2.0]], [[0.0, 3.0], [5.0, 1.0]]),
        )
    ],
)
def nearest_class(features: np.ndarray, means: np.ndarray) -> np.ndarray:
    """For each row of features the number of the mean that is nearest, by Euclid's distance."""
    return np.argmin(((features[:, None] - means) ** 2).sum(axis=2), axis=1)


def _members(labels: Any, classes: int) -> Any:
    return np.bincount(labels, minlength=classes)[:, None]


@class_means.wrongly(
    idea(
        "prototype.sum_for_mean",
        belief="The features of a class are added up.",
        hint="A class with twice as many images would lie twice as far out. By what do you divide?",
        lecture=TRANSFER,
    )
)
def sum_for_mean(features: Any, labels: Any, classes: int) -> Any:
    return class_means(features, labels, classes) * _members(labels, classes)


@class_means.wrongly(
    idea(
        "prototype.divided_by_all",
        belief="A mean is a sum divided by the number of images.",
        hint="Of which images: all of them, or those of this class?",
        lecture=TRANSFER,
    )
)
def divided_by_all(features: Any, labels: Any, classes: int) -> Any:
    return class_means(features, labels, classes) * _members(labels, classes) / len(features)


@class_means.wrongly(
    idea(
        "prototype.labels_not_read",
        belief="The images come class by class, equally many of each.",
        hint="Read the labels: which rows does `features[labels == 2]` take?",
        lecture=TRANSFER,
    )
)
def labels_not_read(features: Any, labels: Any, classes: int) -> Any:
    return np.stack([rows.mean(axis=0) for rows in np.array_split(features, classes)])


one_mean = idea(
    "prototype.one_mean",
    belief="The mean of the features is the mean of all of them.",
    hint="Each class has a mean of its own: the answer has a row for each.",
    lecture=TRANSFER,
)


@class_means.wrongly(one_mean)
def one_mean_class_means(features: Any, labels: Any, classes: int) -> Any:
    return np.tile(features.mean(axis=0), (classes, 1))


@class_means.wrongly(one_mean)
def one_mean_class_means_2(features: Any, labels: Any, classes: int) -> Any:
    return features.mean(axis=0)


@nearest_class.wrongly(
    idea(
        "prototype.largest_product",
        belief="The nearest mean has the largest scalar product with the features.",
        hint="A mean twice as long has twice the product, wherever it lies. What is the distance of two vectors?",
        lecture=TRANSFER,
    )
)
def largest_product(features: Any, means: Any) -> Any:
    return np.argmax(features @ means.T, axis=1)


@nearest_class.wrongly(
    idea(
        "prototype.farthest",
        belief="`argmax` of the distances finds the class, as `argmax` of the probabilities does.",
        hint="A large probability speaks for a class. Does a large distance?",
        lecture=TRANSFER,
    )
)
def farthest(features: Any, means: Any) -> Any:
    return np.argmax(((features[:, None] - means) ** 2).sum(axis=2), axis=1)


signed_difference = idea(
    "prototype.signed_difference",
    belief="The distance is the sum of the differences.",
    hint="+3 and -3 add up to 0, though both are off. What is done to a difference before the sum?",
    lecture=TRANSFER,
)


@nearest_class.wrongly(signed_difference)
def signed_difference_nearest_class(features: Any, means: Any) -> Any:
    return np.argmin((features[:, None] - means).sum(axis=2), axis=1)


@nearest_class.wrongly(signed_difference)
def signed_difference_nearest_class_2(features: Any, means: Any) -> Any:
    return np.argmin(np.abs((features[:, None] - means).sum(axis=2)), axis=1)


@nearest_class.wrongly(
    idea(
        "prototype.city_block",
        belief="Distances along the axes are added: a sum of absolute differences is a distance too.",
        hint="It is one, and sometimes finds another mean. Which of them does the question ask for?",
        lecture=TRANSFER,
    )
)
def city_block(features: Any, means: Any) -> Any:
    return np.argmin(np.abs(features[:, None] - means).sum(axis=2), axis=1)


@nearest_class.wrongly(
    idea(
        "prototype.nearest_length",
        belief="The nearest mean is the one whose length is nearest.",
        hint="Two vectors of one length may point in opposite directions. Subtract first, then take the length.",
        lecture=TRANSFER,
    )
)
def nearest_length(features: Any, means: Any) -> Any:
    lengths = np.linalg.norm(features, axis=1)[:, None], np.linalg.norm(means, axis=1)
    return nearest_class(lengths[0], lengths[1][:, None])
