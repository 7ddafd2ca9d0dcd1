"""LeNet in NumPy, out of the layers: its answers, its gradients, one step of training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.cnnchecks.oracle import Rung
from grader.cnnchecks.values import tolerance
from grader.tasks.drawn import Case, Labels, Normal, OneOf, Several
from grader.tasks.layers.conv.layer import conv2d_forward
from grader.tasks.layers.dense import dense_forward
from grader.tasks.layers.pool.layer import avg_pool2d_forward, max_pool2d_forward
from grader.tasks.layers.relu import relu_forward
from grader.tasks.rounding import of_a_network
from grader.tasks.small import digits
from grader.tasks.task import Idea, idea, replaceable, task
from kerasnets import numpy_layers
from kerasnets.numpy_layers import init_lenet
from kerasnets.numpy_layers.network import OURS

LENET = "Lecture 2, First CNN: LeNet-5"
TRAINING = "Lecture 2, Training: learn kernel weights"


@dataclass(frozen=True)
class Lenet:
    """Parameters of a LeNet with biases that matter."""

    def draw(self, rng: np.random.Generator) -> dict[str, np.ndarray]:
        params = init_lenet(seed=int(rng.integers(2**31)))
        return {k: p + 0.1 * rng.standard_normal(p.shape) * (k[0] == "b") for k, p in params.items()}


lenet_forward = task(
    allowed=of_a_network,
    hidden={
        "plain": (Case("Two images", (Lenet(), Normal((2, 28, 28, 1)))),),
    },
)(numpy_layers.lenet_forward)
lenet_gradients = task(
    allowed=of_a_network,
    hidden={
        "plain": (Case("Two images", (Lenet(), Normal((2, 28, 28, 1)), Labels(2, 10))),),
    },
    labels=("loss", "grads"),
    parts=OURS,
)(numpy_layers.lenet_gradients)
PARAMS = (("w1", (3, 3, 1, 2)), ("b1", (2,)), ("w2", (8, 3)), ("b2", (3,)))
PARAMETERS = {"w": digits((2,)), "b": digits((1,))}


def rounding_of_step(args: tuple, kwargs: dict, expected: Any, dtype: Any) -> dict[str, float]:
    params, grads, rate = (*args, *kwargs.values())
    return {
        k: tolerance(np.abs(p).max() + rate * np.abs(grads[k]).max(), 1, dtype) for k, p in params.items()
    }


sgd_step = task(
    allowed=rounding_of_step,
    hidden={
        "plain": (
            Case(
                "Four parameters",
                (
                    Several(tuple((name, Normal(shape)) for name, shape in PARAMS)),
                    Several(tuple((name, Normal(shape)) for name, shape in PARAMS)),
                    OneOf((0.1, 0.05, 0.3)),
                ),
            ),
        ),
    },
    small=[Rung((PARAMETERS, {k: 10 * v + 10 for k, v in PARAMETERS.items()}, 0.1))],
)(numpy_layers.sgd_step)


@lenet_forward.wrongly(
    idea(
        "network.softmax_inside",
        belief="The network ends with a softmax.",
        hint="The loss takes logits and computes the softmax itself: what would it do to probabilities?",
        lecture=LENET,
    )
)
def softmax_inside(params: Any, x: Any) -> Any:
    logits = lenet_forward(params, x)
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


@lenet_forward.wrongly(
    idea(
        "network.relu_on_logits",
        belief="Every dense layer is followed by a ReLU, the last one too.",
        hint="A logit may be negative: that is how a class says no.",
        lecture=LENET,
    )
)
def relu_on_logits(params: Any, x: Any) -> Any:
    return relu_forward(lenet_forward(params, x))


activations_forgotten = idea(
    "network.activations_forgotten",
    belief="Convolutions and dense layers follow each other directly.",
    hint="Without something nonlinear between them, two dense layers are one. Where are the activations?",
    lecture=LENET,
)


def _lenet(params: Any, x: Any, act: Any, pool: Any, order: Any) -> Any:
    p = params
    a = pool(act(conv2d_forward(x, p["w1"], p["b1"], padding="same")))
    a = pool(act(conv2d_forward(a, p["w2"], p["b2"])))
    a = a.transpose(order).reshape(len(x), -1)
    a = act(dense_forward(a, p["w3"], p["b3"]))
    a = act(dense_forward(a, p["w4"], p["b4"]))
    return dense_forward(a, p["w5"], p["b5"])


@replaceable
def parts_of_lenet() -> dict[str, Any]:
    """What follows the layers with weights, and the order in which the last maps are written in a row."""
    return {"act": relu_forward, "pool": max_pool2d_forward, "order": (0, 1, 2, 3)}


def has_parts(wrong: Idea, **parts: Any) -> None:
    """The idea builds the network rightly, but of these parts."""

    def others() -> dict[str, Any]:
        return parts_of_lenet() | parts

    @wrong.answers_to("lenet_forward", parts_of_lenet=others)
    def answer(params: Any, x: Any) -> Any:
        return _lenet(params, x, **others())


has_parts(activations_forgotten, act=lambda a: a)

average_pooling = idea(
    "network.average_pooling",
    belief="LeNet pools by averages.",
    hint="In 1998 it did. The form asked for here names another kind.",
    lecture=LENET,
)
has_parts(average_pooling, pool=avg_pool2d_forward)

channels_first = idea(
    "network.flatten_channels_first",
    belief="Flattening runs through one whole map after the other.",
    hint="`reshape(N, -1)` keeps the order of the axes (H, W, C): the channel moves fastest.",
    lecture=LENET,
)
has_parts(channels_first, order=(0, 3, 1, 2))


@lenet_gradients.wrongly(
    idea(
        "network.gradients_summed",
        belief="The gradients of a batch are the sums of its images' gradients.",
        hint="The loss is a mean over the batch, so its gradient carries a 1/N: which layer brings it in?",
        lecture=TRAINING,
    )
)
def gradients_not_averaged(params: Any, x: Any, labels: Any) -> Any:
    loss, grads = lenet_gradients(params, x, labels)
    return loss, {name: grad * len(x) for name, grad in grads.items()}


@lenet_gradients.wrongly(
    idea(
        "network.first_image_only",
        belief="The gradient of a batch is its first image's.",
        hint="Every image has a say: does the gradient change if you exchange the second image?",
        lecture=TRAINING,
    )
)
def first_example(params: Any, x: Any, labels: Any) -> Any:
    loss, _ = lenet_gradients(params, x, labels)
    return loss, lenet_gradients(params, x[:1], labels[:1])[1]


@sgd_step.wrongly(
    idea(
        "network.step_uphill",
        belief="The parameters move along the gradient.",
        hint="The gradient points where the loss grows. Which way do you want to go?",
        lecture=TRAINING,
    )
)
def uphill(params: Any, grads: Any, learning_rate: float) -> Any:
    return sgd_step(params, {name: -grad for name, grad in grads.items()}, learning_rate)


@sgd_step.wrongly(
    idea(
        "network.learning_rate_ignored",
        belief="The step is the gradient itself.",
        hint="What does `learning_rate` do in your update?",
        lecture=TRAINING,
    )
)
def rate_ignored(params: Any, grads: Any, learning_rate: float) -> Any:
    return sgd_step(params, grads, 1.0)
