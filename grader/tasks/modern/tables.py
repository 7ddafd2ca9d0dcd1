"""The table of ILSVRC, read with care."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.cnnchecks.oracle import Rung
from grader.tasks.drawn import Case, OneOf, RowCase, Whole
from grader.tasks.small import shapes
from grader.tasks.task import idea, task

CHALLENGE = "Lecture 2, Reference challenge"


@dataclass(frozen=True)
class Table:
    """(networks, on_test, errors): rows of single networks and of ensembles, on both kinds of images, all errors different."""

    rows: int

    def draw(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        kinds = rng.permutation(np.arange(self.rows) % 4)  # single or several, validation or test
        networks = np.where(kinds < 2, 1, rng.integers(2, 8, self.rows))
        errors = rng.permutation(np.arange(300, 2600, 2300 // self.rows)[: self.rows]) / 100
        single = np.flatnonzero(kinds == 0)
        falling, rising = np.sort(errors[single])[::-1], np.sort(errors[single])
        errors[single] = rng.permutation(errors[single])
        if np.array_equal(errors[single], rising) or np.array_equal(errors[single], falling):
            errors[single] = np.roll(falling, 1)
        return networks, kinds % 2 == 1, errors


@task(
    hidden={
        "plain": (
            RowCase("A table of sixteen rows", (Table(16),)),
            RowCase("A table of thirty rows", (Table(30),)),
        ),
    },
    small=[
        Rung((np.array(networks), np.array(on_test), np.array(errors)))
        for networks, on_test, errors in (
            ([1, 2], [False, False], [2.0, 1.0]),
            ([1, 1], [False, True], [2.0, 1.0]),
            ([1, 1], [False, False], [2.0, 1.0]),
            ([2, 1, 1, 1], [False, False, True, False], [1.0, 4.0, 2.0, 3.0]),
            ([3, 1, 1, 1, 1], [True, False, False, True, False], [1.0, 3.0, 5.0, 2.0, 4.0]),
        )
    ],
)
def single_networks(networks: np.ndarray, on_test: np.ndarray, errors: np.ndarray) -> np.ndarray:
    """The places, best first, of a table's rows that are single networks on the validation images.

    >>> single_networks(np.array([1, 6, 1]), np.array([False, True, False]), np.array([5.0, 3.0, 4.0]))
    array([2, 0])
    """
    ranked = np.argsort(errors, kind="stable")
    return ranked[((networks == 1) & ~on_test)[ranked]]


@dataclass(frozen=True)
class LastLayer:
    """How many numbers a dense layer reads, and how many parameters it has."""

    def draw(self, rng: np.random.Generator) -> tuple[int, int]:
        inputs, units = (int(n) for n in rng.integers((500, 20), (5000, 400)))
        return inputs, (inputs + 1) * units


@task(hidden={"plain": (RowCase("A dense layer with biases", (LastLayer(),)),)})
def output_units(inputs: int, parameters: int) -> int:
    """How many units a dense layer with biases has, which reads so many inputs and has so many parameters.

    >>> output_units(4096, 4_097_000)  # VGG16's last layer, a unit for each class of ILSVRC; lecture 2: 10,000
    1000
    """
    return parameters // (inputs + 1)


@task(
    hidden={
        "plain": (
            Case("An error that falls", (Whole(12, 30), Whole(3, 11))),
            Case("One that falls a little", (OneOf((25.8, 16.5, 11.75)), OneOf((11.5, 10.75, 9.5)))),
            Case("One that grows", (OneOf((3.5, 5.25)), OneOf((7.5, 8.25)))),
        ),
    },
    small=[*shapes((2.0, 1.0), (4.0, 1.0), (4.0, 3.0), (8.0, 6.0))],
)
def relative_drop(before: float, after: float) -> float:
    """By which share of what it was an error has fallen.

    >>> relative_drop(8.0, 6.0)
    0.25
    """
    return float((before - after) / before)


@single_networks.wrongly(
    idea(
        "tables.ensembles_kept",
        belief="An error is an error: ensembles stand in the same table as single networks.",
        hint="Six networks together are better than each of them. Which column says how many there were?",
        lecture=CHALLENGE,
    )
)
def ensembles_kept(networks: Any, on_test: Any, errors: Any) -> Any:
    return single_networks(np.ones_like(networks), on_test, errors)


@single_networks.wrongly(
    idea(
        "tables.test_kept",
        belief="Test and validation images are as good as each other: their errors can be compared.",
        hint="They are other images, and the same network's errors differ on them. Which ones does the question ask for?",
        lecture=CHALLENGE,
    )
)
def test_kept(networks: Any, on_test: Any, errors: Any) -> Any:
    return single_networks(networks, np.zeros_like(on_test), errors)


@single_networks.wrongly(
    idea(
        "tables.worst_first",
        belief="The best entry has the largest number.",
        hint="The numbers are errors. Which error would you rather have?",
        lecture=CHALLENGE,
    )
)
def worst_first(networks: Any, on_test: Any, errors: Any) -> Any:
    return single_networks(networks, on_test, errors)[::-1]


@single_networks.wrongly(
    idea(
        "tables.not_sorted",
        belief="The rows stay as the table has them.",
        hint="They are asked for best first. NumPy has a function that says in which order numbers would be sorted.",
        lecture=CHALLENGE,
    )
)
def unsorted(networks: Any, on_test: Any, errors: Any) -> Any:
    return np.sort(single_networks(networks, on_test, errors))


def _short_places(networks: Any, on_test: Any, errors: Any) -> Any:
    rows = single_networks(networks, on_test, errors)
    return np.searchsorted(np.sort(rows), rows)


@single_networks.wrongly(
    idea(
        "tables.places_among_the_kept",
        belief="A row's place is counted among the rows that were kept.",
        hint="Choosing first and sorting then gives places in the short table. Which rows of the long one are these?",
        lecture=CHALLENGE,
    )
)
def places_among_kept(networks: Any, on_test: Any, errors: Any) -> Any:
    return _short_places(networks, on_test, errors)


@single_networks.wrongly(
    idea(
        "tables.ranks_for_places",
        belief="`argsort` says which rank each row has.",
        hint="It says which row comes first, which second, and so on. The answer begins with the place of the best row.",
        lecture=CHALLENGE,
    )
)
def ranks(networks: Any, on_test: Any, errors: Any) -> Any:
    return np.argsort(_short_places(networks, on_test, errors))


@output_units.wrongly(
    idea(
        "tables.ten_times_the_classes",
        belief="The challenge has as many classes as lecture 2 writes: 10,000.",
        hint="A network's last layer has one unit for each class. With so many units, how many parameters would it have?",
        lecture=CHALLENGE,
    )
)
def tenfold_classes(inputs: int, parameters: int) -> int:
    return 10 * output_units(inputs, parameters)


in_points = idea(
    "tables.drop_in_points",
    belief="A drop from 8 % to 6 % is a drop of 2 %.",
    hint="It is one of two percentage points. Which share of the mistakes has gone?",
    lecture=CHALLENGE,
)


@relative_drop.wrongly(in_points)
def in_points_relative_drop(before: float, after: float) -> float:
    return float(before - after)


@relative_drop.wrongly(in_points)
def in_points_relative_drop_2(before: float, after: float) -> float:
    return float(before - after) / 100


@relative_drop.wrongly(
    idea(
        "tables.drop_of_what_is_left",
        belief="The drop is compared with the error that is left.",
        hint="If an error falls from 8 to 4, half of it has gone: half of what?",
        lecture=CHALLENGE,
    )
)
def of_what_is_left(before: float, after: float) -> float:
    return float(relative_drop(before, after) * before / after)


@relative_drop.wrongly(
    idea(
        "tables.ratio_for_drop",
        belief="The new error divided by the old one says by how much it fell.",
        hint="That says how much is left. If an error stays as it is, by how much did it fall?",
        lecture=CHALLENGE,
    )
)
def ratio(before: float, after: float) -> float:
    return 1 - relative_drop(before, after)


@relative_drop.wrongly(
    idea(
        "tables.gain_in_accuracy",
        belief="The drop is how much the accuracy has grown, compared with what it was.",
        hint="From 98 % to 99 % of accuracy half of the mistakes go. Which number shows that?",
        lecture=CHALLENGE,
    )
)
def of_accuracy(before: float, after: float) -> float:
    return float((before - after) / (100 - before))
