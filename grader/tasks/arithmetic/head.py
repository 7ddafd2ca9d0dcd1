"""A network's last layer, by its task."""

from __future__ import annotations

from typing import Any

from grader.tasks.drawn import Case, Whole
from grader.tasks.task import idea, task

BANDIT = "Lecture 5, Exercise: multi-armed bandit"
ENTROPY = "Lecture 5, Multiclass classification"


@task(
    hidden={
        "plain": (
            Case("One of several classes", ("one of", Whole(3, 400))),
            Case("Numbers", ("numbers", Whole(2, 400))),
            Case("Yes or no", ("yes or no", 1)),
        ),
    },
    labels=("task", "units", "activation", "loss"),
)
def output_layer(kind: str, count: int) -> tuple[str, int, str, str]:
    """(task, units, activation, loss) for a network that answers with `count` numbers, says yes or no, or takes one of
    `count` classes.

    >>> output_layer("one of", 10)
    ('classification', 10, 'softmax', 'cross-entropy')
    """
    if kind == "numbers":
        return "regression", count, "none", "mean squared error"
    if kind == "yes or no":
        return "classification", 1, "sigmoid", "binary cross-entropy"
    return "classification", count, "softmax", "cross-entropy"


@task(hidden={})
def input_units(kinds: int) -> int:
    """One of so many things, one-hot."""
    return kinds


@output_layer.wrongly(
    idea(
        "head.numbers_mean_regression",
        belief="The rewards are numbers, so it is regression.",
        hint="Can the machine pay 57? Where only some values can occur, each of them is a class.",
        lecture=BANDIT,
    )
)
def numbers_are_regression(kind: str, count: int) -> Any:
    if kind != "one of":
        return output_layer(kind, count)
    return output_layer("numbers", 1)


@output_layer.wrongly(
    idea(
        "head.yes_or_no_needs_softmax",
        belief="A classifier has a unit for each class, always.",
        hint="For a yes or no, one probability says both. Which activation makes a probability of one number?",
        lecture=ENTROPY,
    )
)
def softmax_for_two(kind: str, count: int) -> Any:
    return output_layer("one of", 2) if kind == "yes or no" else output_layer(kind, count)


@output_layer.wrongly(
    idea(
        "head.sigmoid_for_each_class",
        belief="Each class has its own yes or no.",
        hint="Then the probabilities needn't add up to 1. Exactly one of these classes is right: what makes them share?",
        lecture=ENTROPY,
    )
)
def sigmoid_for_many(kind: str, count: int) -> Any:
    task, units, activation, loss = output_layer(kind, count)
    return (
        (task, units, "sigmoid", "binary cross-entropy")
        if kind == "one of"
        else (task, units, activation, loss)
    )


@output_layer.wrongly(
    idea(
        "head.squared_error_of_probabilities",
        belief="Mean squared error is the loss of every network.",
        hint="What does the lecture take the logarithm of?",
        lecture=ENTROPY,
    )
)
def squares(kind: str, count: int) -> Any:
    return *output_layer(kind, count)[:3], "mean squared error"


@output_layer.wrongly(
    idea(
        "head.one_unit_for_the_class",
        belief="The network answers with the number of the class: one unit.",
        hint="A class is no quantity: class 2 isn't twice class 1. How many probabilities are there to give?",
        lecture=ENTROPY,
    )
)
def one_class(kind: str, count: int) -> Any:
    task, units, *rest = output_layer(kind, count)
    return task, 1 if kind == "one of" else units, *rest
