"""A simple recurrent layer."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.cnnchecks.oracle import Rung
from grader.tasks.drawn import Case, Normal
from grader.tasks.small import digits
from grader.tasks.task import idea, task

MEMORY = "Lecture 4, CNN against RNN"


@task(
    hidden={
        "plain": (
            Case("Two series, two units", (Normal((2, 5, 3)), Normal((3, 2)), Normal((2, 2)), Normal((2,)))),
            Case(
                "Three short series, four units",
                (Normal((3, 2, 1)), Normal((1, 4)), Normal((4, 4)), Normal((4,))),
            ),
        ),
    },
    small=[
        Rung((digits(x, 1, 2), digits(w_x, 0, 1), digits(w_h, 0, 1), np.zeros(w_x[1:]) + bias))
        for x, w_x, w_h, bias in (
            ((1, 1, 1), (1, 1), (1, 1), 1.0),
            ((1, 2, 1), (1, 1), (1, 1), 0.0),
            ((2, 2, 1), (1, 1), (1, 1), 0.0),
            ((1, 2, 1), (1, 2), (2, 2), 0.0),
            ((2, 3, 2), (2, 2), (2, 2), 1.0),
        )
    ],
)
def rnn_forward(x: np.ndarray, w_x: np.ndarray, w_h: np.ndarray, b: np.ndarray) -> np.ndarray:
    """A simple recurrent layer: x (N, T, D), w_x (D, U), w_h (U, U), b (U,) -> all its states (N, T, U).

    >>> np.round(rnn_forward(np.ones((1, 2, 1)), np.ones((1, 1)), np.ones((1, 1)), np.zeros(1)), 2).ravel().tolist()
    [0.76, 0.94]
    """
    state, states = np.zeros((len(x), len(b)), x.dtype), []
    for step in range(x.shape[1]):
        state = np.tanh(x[:, step] @ w_x + state @ w_h + b)
        states.append(state)
    return np.stack(states, axis=1)


@rnn_forward.wrongly(
    idea(
        "rnn.no_memory",
        belief="Each step is computed from its own input.",
        hint="Change the first input: does your second state change?",
        lecture=MEMORY,
    )
)
def no_memory(x: Any, w_x: Any, w_h: Any, b: Any) -> Any:
    return rnn_forward(x, w_x, 0 * w_h, b)


@rnn_forward.wrongly(
    idea(
        "rnn.last_state_only",
        belief="The answer is the last state.",
        hint="Here all states are asked for: an axis for the steps stands between those for the series and the units.",
        lecture=MEMORY,
    )
)
def last_state_only(x: Any, w_x: Any, w_h: Any, b: Any) -> Any:
    return rnn_forward(x, w_x, w_h, b)[:, -1]


@rnn_forward.wrongly(
    idea(
        "rnn.no_squashing",
        belief="A state is a sum of products.",
        hint="The formula has a function around the sum: without it, states of a long series grow without bound.",
        lecture=MEMORY,
    )
)
def no_squashing(x: Any, w_x: Any, w_h: Any, b: Any) -> Any:
    states = [x[:, 0] @ w_x + b]
    for step in range(1, x.shape[1]):
        states.append(x[:, step] @ w_x + states[-1] @ w_h + b)
    return np.stack(states, axis=1)


@rnn_forward.wrongly(
    idea(
        "rnn.carried_over",
        belief="The memory goes on from one series of the batch to the next.",
        hint="Every series begins anew, with a state of zeros.",
        lecture=MEMORY,
    )
)
def carried_over(x: Any, w_x: Any, w_h: Any, b: Any) -> Any:
    return rnn_forward(x.reshape(1, -1, x.shape[2]), w_x, w_h, b).reshape(*x.shape[:2], len(b))


@rnn_forward.wrongly(
    idea(
        "rnn.transposed_weights",
        belief="The state is multiplied by its matrix from the left.",
        hint="States are rows here: `state @ w_h`. Which index of `w_h` belongs to the old state, and which to the new?",
        lecture=MEMORY,
    )
)
def transposed_weights(x: Any, w_x: Any, w_h: Any, b: Any) -> Any:
    return rnn_forward(x, w_x, w_h.T, b)


@rnn_forward.wrongly(
    idea(
        "rnn.state_added",
        belief="The old state is added to the new one as it is.",
        hint="What is `w_h` for?",
        lecture=MEMORY,
    )
)
def state_added(x: Any, w_x: Any, w_h: Any, b: Any) -> Any:
    return rnn_forward(x, w_x, np.eye(len(b)), b)


@rnn_forward.wrongly(
    idea(
        "rnn.bias_forgotten",
        belief="There is no bias.",
        hint="There is one number for each unit more, which is added before the tanh.",
        lecture=MEMORY,
    )
)
def no_bias(x: Any, w_x: Any, w_h: Any, b: Any) -> Any:
    return rnn_forward(x, w_x, w_h, 0 * b)
