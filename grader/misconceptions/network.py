"""Wrong ideas about the whole chain: the network, its gradients, the step downhill, the gradient check."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.misconceptions.idea import Misconception, idea
from grader.misconceptions.right import (
    avg_pool2d_forward,
    conv2d_forward,
    dense_forward,
    lenet_forward,
    lenet_gradients,
    max_pool2d_forward,
    relu_forward,
    replaceable,
    sgd_step,
)

LENET = "Lecture 2, First CNN: LeNet-5"
TRAINING = "Lecture 2, Training: learn kernel weights"

# LeNet ------------------------------------------------------------------------------------------------------

softmax_inside = idea(
    "network.softmax_inside",
    belief="The network ends with a softmax.",
    hint="The loss takes logits and computes the softmax itself: what would it do to probabilities?",
    lecture=LENET,
)
relu_on_logits = idea(
    "network.relu_on_logits",
    belief="Every dense layer is followed by a ReLU, the last one too.",
    hint="A logit may be negative: that is how a class says no.",
    lecture=LENET,
)
activations_forgotten = idea(
    "network.activations_forgotten",
    belief="Convolutions and dense layers follow each other directly.",
    hint="Without something nonlinear between them, two dense layers are one. Where are the activations?",
    lecture=LENET,
)
average_pooling = idea(
    "network.average_pooling",
    belief="LeNet pools by averages.",
    hint="In 1998 it did. The form asked for here names another kind.",
    lecture=LENET,
)
channels_first = idea(
    "network.flatten_channels_first",
    belief="Flattening runs through one whole map after the other.",
    hint="`reshape(N, -1)` keeps the order of the axes (H, W, C): the channel moves fastest.",
    lecture=LENET,
)
gradients_not_averaged = idea(
    "network.gradients_summed",
    belief="The gradients of a batch are the sums of its images' gradients.",
    hint="The loss is a mean over the batch, so its gradient carries a 1/N: which layer brings it in?",
    lecture=TRAINING,
)


@replaceable
def parts_of_lenet() -> dict[str, Any]:
    """What follows the layers with weights, and the order in which the last maps are written in a row."""
    return {"act": relu_forward, "pool": max_pool2d_forward, "order": (0, 1, 2, 3)}


def _lenet(params: Any, x: Any, act: Any, pool: Any, order: Any) -> Any:
    p = params
    a = pool(act(conv2d_forward(x, p["w1"], p["b1"], padding="same")))
    a = pool(act(conv2d_forward(a, p["w2"], p["b2"])))
    a = a.transpose(order).reshape(len(x), -1)
    a = act(dense_forward(a, p["w3"], p["b3"]))
    a = act(dense_forward(a, p["w4"], p["b4"]))
    return dense_forward(a, p["w5"], p["b5"])


def has_parts(wrong: Misconception, **parts: Any) -> None:
    """The idea builds the network rightly, but of these parts."""

    def others() -> dict[str, Any]:
        return parts_of_lenet() | parts

    @wrong.answers_to("lenet_forward", parts_of_lenet=others)
    def _(params: Any, x: Any) -> Any:
        return _lenet(params, x, **others())


has_parts(activations_forgotten, act=lambda a: a)
has_parts(average_pooling, pool=avg_pool2d_forward)
has_parts(channels_first, order=(0, 3, 1, 2))


@softmax_inside.answers_to("lenet_forward")
def _(params: Any, x: Any) -> Any:
    logits = lenet_forward(params, x)
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


@relu_on_logits.answers_to("lenet_forward")
def _(params: Any, x: Any) -> Any:
    return relu_forward(lenet_forward(params, x))


@gradients_not_averaged.answers_to("lenet_gradients")
def _(params: Any, x: Any, labels: Any) -> Any:
    loss, grads = lenet_gradients(params, x, labels)
    return loss, {name: grad * len(x) for name, grad in grads.items()}


first_example = idea(
    "network.first_image_only",
    belief="The gradient of a batch is its first image's.",
    hint="Every image has a say: does the gradient change if you exchange the second image?",
    lecture=TRAINING,
)


@first_example.answers_to("lenet_gradients")
def _(params: Any, x: Any, labels: Any) -> Any:
    loss, _ = lenet_gradients(params, x, labels)
    return loss, lenet_gradients(params, x[:1], labels[:1])[1]


# The step ---------------------------------------------------------------------------------------------------

uphill = idea(
    "network.step_uphill",
    belief="The parameters move along the gradient.",
    hint="The gradient points where the loss grows. Which way do you want to go?",
    lecture=TRAINING,
)
rate_ignored = idea(
    "network.learning_rate_ignored",
    belief="The step is the gradient itself.",
    hint="What does `learning_rate` do in your update?",
    lecture=TRAINING,
)


@uphill.answers_to("sgd_step")
def _(params: Any, grads: Any, learning_rate: float) -> Any:
    return sgd_step(params, {name: -grad for name, grad in grads.items()}, learning_rate)


@rate_ignored.answers_to("sgd_step")
def _(params: Any, grads: Any, learning_rate: float) -> Any:
    return sgd_step(params, grads, 1.0)


# The gradient check -----------------------------------------------------------------------------------------

forward_difference = idea(
    "gradcheck.one_sided",
    belief="The slope is (f(x + h) - f(x)) / h.",
    hint="One side errs by a multiple of h, both sides by one of h squared: step to x - h as well.",
    lecture=TRAINING,
)
half_step = idea(
    "gradcheck.divided_by_h",
    belief="The difference of both sides is divided by h.",
    hint="How far apart are x - h and x + h?",
    lecture=TRAINING,
)
all_at_once = idea(
    "gradcheck.all_elements_at_once",
    belief="I shift the whole array by h and divide.",
    hint="Each element has its own derivative: move one, leave the others where they are.",
    lecture=TRAINING,
)


def _f(coefficients: Any, x: np.ndarray) -> float:
    return sum(c * np.sum(x**k) for k, c in enumerate(coefficients))


def _tried(coefficients: Any, x: Any, above: float, below: float, width: float) -> np.ndarray:
    """Per element (f at x + above - f at x + below) / width."""
    probe, grad = x.astype(np.float64), np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        middle = probe[i]
        probe[i] = middle + above
        up = _f(coefficients, probe)
        probe[i] = middle + below
        grad[i] = (up - _f(coefficients, probe)) / width
        probe[i] = middle
    return grad


@forward_difference.answers_to("gradient_of_polynomial")
def _(coefficients: Any, x: Any, h: float = 1e-5) -> Any:
    return _tried(coefficients, x, h, 0, h)


@half_step.answers_to("gradient_of_polynomial")
def _(coefficients: Any, x: Any, h: float = 1e-5) -> Any:
    return _tried(coefficients, x, h, -h, h)


@all_at_once.answers_to("gradient_of_polynomial")
def _(coefficients: Any, x: Any, h: float = 1e-5) -> Any:
    return np.full(x.shape, (_f(coefficients, x + h) - _f(coefficients, x - h)) / (2 * h))
