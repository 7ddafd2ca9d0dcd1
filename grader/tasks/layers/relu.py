"""The ReLU, forwards and backwards."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.cnnchecks.oracle import Rung
from grader.tasks.drawn import Case, Levels, Normal
from grader.tasks.small import signed
from grader.tasks.task import idea, task
from kerasnets import numpy_layers

ACTIVATION = "Lecture 4, First hidden layer: the activation function"
TRAINING = "Lecture 2, Training: learn kernel weights"
relu_forward = task(
    hidden={
        "plain": (
            Case("Numbers of both signs", (Normal((2, 4, 5, 3)),)),
            Case("Whole numbers and zeros", (Levels((3, 7), -2, 9),)),
        ),
    },
    small=[Rung((np.array(row),)) for row in ([-2.0, 3.0], [0.0, -1.0, 2.0])] + [Rung((signed((2, 3)),))],
)(numpy_layers.relu_forward)


relu_backward = task(
    hidden={
        "plain": (
            Case("Numbers of both signs", (Normal((2, 4, 5, 3)), Normal((2, 4, 5, 3)))),
            Case("Zeros in x", (Normal((6, 20)), Levels((6, 20), -1, 1))),
        ),
    },
    small=[
        Rung((np.array(dout), np.array(x)))
        for dout, x in (
            ([2.0, 3.0], [-1.0, 4.0]),
            ([-2.0, 3.0], [1.0, -4.0]),
            ([2.0, 3.0, 4.0], [0.0, 1.0, -1.0]),
        )
    ],
)(numpy_layers.relu_backward)


@relu_forward.wrongly(
    idea(
        "relu.absolute_value",
        belief="A ReLU makes every number positive.",
        hint="What should come out for -3: 3, or nothing?",
        lecture=ACTIVATION,
    )
)
def absolute(x: Any) -> Any:
    return np.abs(x)


@relu_forward.wrongly(
    idea(
        "relu.leaky",
        belief="A ReLU lets a hundredth of negative numbers through.",
        hint="That is the leaky variant. The plain one is flat left of 0.",
        lecture=ACTIVATION,
    )
)
def leaky(x: Any) -> Any:
    return np.where(x > 0, x, 0.01 * x)


@relu_backward.wrongly(
    idea(
        "relu.mask_from_gradient",
        belief="Negative gradients are cut off.",
        hint="The mask comes from the forward's input x: where x was positive, dout passes, whatever its sign.",
        lecture=TRAINING,
    )
)
def sign_of_gradient(dout: Any, x: Any) -> Any:
    return relu_backward(dout, dout)


@relu_backward.wrongly(
    idea(
        "relu.slope_one_at_zero",
        belief="At x = 0 the gradient passes (`x >= 0`).",
        hint="At 0 the slope is a convention; the one stated here is 0.",
        lecture=ACTIVATION,
    )
)
def one_at_zero(dout: Any, x: Any) -> Any:
    return np.where(x >= 0, dout, 0)


@relu_backward.wrongly(
    idea(
        "relu.dout_forgotten",
        belief="The gradient of a ReLU is 1 for positive x, else 0.",
        hint="That is the local derivative. What does the chain rule multiply it with?",
        lecture=TRAINING,
    )
)
def mask_only(dout: Any, x: Any) -> Any:
    return relu_backward(np.ones_like(dout), x)


@relu_backward.wrongly(
    idea(
        "relu.gradient_of_everything",
        belief="The gradient passes through a ReLU unchanged.",
        hint="Where x was negative the output was flat: how much does a small change of x change it?",
        lecture=TRAINING,
    )
)
def through(dout: Any, x: Any) -> Any:
    return dout * 1.0
