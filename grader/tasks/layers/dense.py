"""A dense layer, forwards and backwards."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.cnnchecks.oracle import Rung
from grader.tasks.drawn import Case, Normal
from grader.tasks.layers.relu import relu_forward
from grader.tasks.small import digits, negative
from grader.tasks.task import idea, task
from kerasnets import numpy_layers

DENSE = "Lecture 4, Fully connected layers"
TRAINING = "Lecture 2, Training: learn kernel weights"
WEIGHTS = (
    ((1, 1), (1, 1)),
    ((1, 2), (2, 1)),
    ((1, 2), (2, 3)),
    ((2, 1), (1, 2)),
    ((2, 2), (2, 2)),
    ((3, 2), (2, 2)),
)


dense_forward = task(
    hidden={
        "plain": (
            Case("More inputs than outputs", (Normal((3, 5)), Normal((5, 4)), Normal((4,)))),
            Case(
                "float32",
                (
                    Normal((2, 3), dtype="float32"),
                    Normal((3, 6), dtype="float32"),
                    Normal((6,), dtype="float32"),
                ),
            ),
        ),
    },
    small=[Rung((v(x), digits(w), digits(w[1:]))) for x, w in WEIGHTS for v in (digits, negative)],
    terms=lambda x, w, b: w.shape[0] + 1,
)(numpy_layers.dense_forward)


dense_backward = task(
    hidden={
        "plain": (
            Case("More inputs than outputs", (Normal((3, 4)), Normal((3, 5)), Normal((5, 4)))),
            Case("As many images as outputs", (Normal((4, 4)), Normal((4, 3)), Normal((3, 4)))),
        ),
    },
    small=[Rung((digits((x[0], w[1])), digits(x), digits(w, 2, 6))) for x, w in WEIGHTS],
    labels=("dx", "dw", "db"),
    terms=lambda dout, x, w: max(x.shape[0], w.shape[1]),
)(numpy_layers.dense_backward)


@dense_forward.wrongly(
    idea(
        "dense.bias_forgotten",
        belief="A dense layer is the product with its weights.",
        hint="Each output has one more parameter. Where is `b`?",
        lecture=DENSE,
    )
)
def bias_forgotten(x: Any, w: Any, b: Any) -> Any:
    return dense_forward(x, w, np.zeros_like(b))


@dense_forward.wrongly(
    idea(
        "dense.bias_per_input",
        belief="Every product gets the bias before they are summed.",
        hint="Count how often `b` enters one output: look at the brackets around the sum.",
        lecture=DENSE,
    )
)
def bias_per_input(x: Any, w: Any, b: Any) -> Any:
    return dense_forward(x, w, b * x.shape[1])


@dense_forward.wrongly(
    idea(
        "dense.activation_inside",
        belief="A dense layer ends with its ReLU.",
        hint="The activation is a layer of its own here: this function only multiplies and adds.",
        lecture=DENSE,
    )
)
def activated(x: Any, w: Any, b: Any) -> Any:
    return relu_forward(dense_forward(x, w, b))


@dense_backward.wrongly(
    idea(
        "dense.gradient_transposed",
        belief="dw is `dout.T @ x`.",
        hint="A gradient has the shape of what it belongs to: compare dw's shape with w's.",
        lecture=TRAINING,
    )
)
def weights_transposed(dout: Any, x: Any, w: Any) -> Any:
    dx, dw, db = dense_backward(dout, x, w)
    return dx, dw.T, db


@dense_backward.wrongly(
    idea(
        "dense.bias_gradient_averaged",
        belief="The bias gradient is the mean of dout over the images.",
        hint="The loss carries the mean already; the chain rule sums over all uses of the bias.",
        lecture=TRAINING,
    )
)
def bias_averaged(dout: Any, x: Any, w: Any) -> Any:
    dx, dw, _ = dense_backward(dout, x, w)
    return dx, dw, dout.mean(axis=0)


@dense_backward.wrongly(
    idea(
        "dense.bias_gradient_over_outputs",
        belief="The bias gradient is summed over the outputs.",
        hint="There is one bias per output: the axis that disappears is the images'.",
        lecture=TRAINING,
    )
)
def bias_wrong_axis(dout: Any, x: Any, w: Any) -> Any:
    dx, dw, _ = dense_backward(dout, x, w)
    return dx, dw, dout.sum(axis=1)


divided = idea(
    "dense.divided_by_batch",
    belief="The gradients of the parameters are divided by the number of images here.",
    hint="The mean over the batch belongs to the loss, whose gradient carries the 1/N already.",
    lecture=TRAINING,
)


def _divided(*parts: int) -> None:
    @divided.answers_to("dense_backward")
    def answer(dout: Any, x: Any, w: Any) -> Any:
        gradients = dense_backward(dout, x, w)
        return tuple(g / len(x) if i in parts else g for i, g in enumerate(gradients))


for _parts in ((1, 2), (1,), (0, 1, 2)):  # of dx, dw, db; db alone is the mean
    _divided(*_parts)


@dense_backward.wrongly(
    idea(
        "dense.first_image_only",
        belief="The gradient of the weights comes from one image.",
        hint="Every image uses the same weights: their shares add up.",
        lecture=TRAINING,
    )
)
def first_image(dout: Any, x: Any, w: Any) -> Any:
    _, dw, db = dense_backward(dout[:1], x[:1], w)
    return dense_backward(dout, x, w)[0], dw, db
