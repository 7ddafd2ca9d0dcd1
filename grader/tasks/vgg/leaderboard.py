"""The best networks within a budget."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.cnnchecks.oracle import Rung
from grader.tasks.drawn import RowCase
from grader.tasks.task import idea, task

DESIGN = "Lecture 1, Designing a basic CNN architecture"


@dataclass(frozen=True)
class Entries:
    """Accuracies, parameters and a budget: one network just fits, the two most accurate are too large.

    Two are equally good; `larger_first` says which of them is entered first. The smallest is far worse than the next.
    """

    larger_first: bool

    def draw(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, int]:
        budget = 1000 * int(rng.integers(20, 60))
        steps = rng.integers(1, 9, 6)
        large = [(0.96, 2 * budget + steps[0]), (0.98, budget + steps[1])]
        fit = [(0.95, budget), (0.9, budget // 20 + steps[2]), (0.6, budget // 20 - steps[3])]
        equals = [(0.93, budget // 2 + steps[4]), (0.93, budget // 3 - steps[5])]
        pair = equals if self.larger_first else equals[::-1]
        rest = [*fit, pair[0]]
        entries = [large[0], *(rest[i] for i in rng.permutation(4)), pair[1]]
        entries.insert(int(rng.integers(2, 5)), large[1])
        accuracies, parameters = zip(*entries, strict=True)
        return np.array(accuracies), np.array(parameters, dtype=int), budget


def entered(accuracies: list[float], parameters: list[int], budget: int) -> Rung:
    return Rung((np.array(accuracies), np.array(parameters), budget))


@task(
    hidden={
        "plain": (RowCase("Seven networks", (Entries(True),)), RowCase("Seven others", (Entries(False),)))
    },
    small=[
        entered([1.0], [2], 2),
        entered([0.0, 1.0], [1, 2], 2),
        entered([1.0, 0.0], [3, 1], 2),
        entered([1.0, 1.0], [2, 1], 2),
        entered([1.0, 1.0], [1, 2], 2),
        entered([1.0, 0.0, 1.0], [9, 1, 2], 2),
        entered([1.0, 2.0, 3.0], [1, 4, 9], 9),
    ],
)
def leaderboard(accuracies: np.ndarray, parameters: np.ndarray, budget: int) -> np.ndarray:
    """The places of the networks with at most `budget` parameters, the most accurate first, of two equals the smaller.

    >>> leaderboard(np.array([0.9, 0.99, 0.95, 0.95]), np.array([100, 9000, 900, 800]), 1000).tolist()
    [3, 2, 0]
    """
    order = np.lexsort((parameters, -np.asarray(accuracies)))
    return order[np.asarray(parameters)[order] <= budget]


@leaderboard.wrongly(
    idea(
        "leaderboard.budget_excluded",
        belief="A network has to have fewer parameters than the budget.",
        hint="At most as many, says the question. What of a network that has just as many?",
        lecture=DESIGN,
    )
)
def budget_is_too_much(accuracies: Any, parameters: Any, budget: int) -> Any:
    return leaderboard(accuracies, parameters, budget - 1)


@leaderboard.wrongly(
    idea(
        "leaderboard.budget_ignored",
        belief="The most accurate network wins, however large it is.",
        hint="What is the budget for? A network above it isn't in the list at all.",
        lecture=DESIGN,
    )
)
def no_budget(accuracies: Any, parameters: Any, budget: int) -> Any:
    return leaderboard(accuracies, parameters, int(parameters.max()))


worst_first = idea(
    "leaderboard.worst_first",
    belief="Sorting puts the best at the top.",
    hint="`argsort` begins with the smallest. Who should be first?",
    lecture=DESIGN,
)


@leaderboard.wrongly(worst_first)
def worst_first_leaderboard(accuracies: Any, parameters: Any, budget: int) -> Any:
    return leaderboard(accuracies, parameters, budget)[::-1]


def ranked(key: Callable[[Any, Any], Any]) -> Callable[[Any, Any, int], Any]:
    """Those within the budget in the order of `key` of accuracies and parameters."""

    def answer(accuracies: Any, parameters: Any, budget: int) -> Any:
        order = np.argsort(key(accuracies, parameters), kind="stable")
        return order[parameters[order] <= budget]

    return answer


@leaderboard.wrongly(worst_first)
def worst_first_leaderboard_2(accuracies: Any, parameters: Any, budget: int) -> Any:
    return ranked(lambda right, _: right)(accuracies, parameters, budget)


as_entered = idea(
    "leaderboard.ties_as_entered",
    belief="Networks of equal accuracy stay in the order in which they came.",
    hint="Of two that are equally accurate, one is smaller. Which comes first, says the question?",
    lecture=DESIGN,
)
as_entered.answers_to("leaderboard")(ranked(lambda accuracies, parameters: -accuracies))


@leaderboard.wrongly(
    idea(
        "leaderboard.ties_reversed",
        belief="Turning round a sorted list changes the order of the accuracies only.",
        hint="It turns the equal ones round as well. What decides between them?",
        lecture=DESIGN,
    )
)
def ties_reversed(accuracies: Any, parameters: Any, budget: int) -> Any:
    return ranked(lambda right, _: right)(accuracies, parameters, budget)[::-1]


@leaderboard.wrongly(
    idea(
        "leaderboard.larger_first",
        belief="Of two equally accurate networks the larger one comes first.",
        hint="The same accuracy with fewer numbers: which of the two is the better design?",
        lecture=DESIGN,
    )
)
def larger_first(accuracies: Any, parameters: Any, budget: int) -> Any:
    order = np.lexsort((-parameters, -accuracies))
    return order[parameters[order] <= budget]


smallest_first = idea(
    "leaderboard.smallest_first",
    belief="The smallest network within the budget wins.",
    hint="The budget says what is allowed; among those that are, what counts is the accuracy.",
    lecture=DESIGN,
)
smallest_first.answers_to("leaderboard")(ranked(lambda accuracies, parameters: parameters))

per_parameter = idea(
    "leaderboard.per_parameter",
    belief="What counts is the accuracy that a parameter brings.",
    hint="A network with one parameter would be hard to beat. Within the budget, the accuracy alone decides.",
    lecture=DESIGN,
)
per_parameter.answers_to("leaderboard")(
    ranked(lambda accuracies, parameters: -accuracies / np.maximum(1, parameters))
)


@leaderboard.wrongly(
    idea(
        "leaderboard.places_renumbered",
        belief="The places are those in the list that is left when the large ones are gone.",
        hint="The answer points into the arrays that were given. Does your 0 mean their first network?",
        lecture=DESIGN,
    )
)
def places_renumbered(accuracies: Any, parameters: Any, budget: int) -> Any:
    fits = parameters <= budget
    return leaderboard(accuracies[fits], parameters[fits], budget)
