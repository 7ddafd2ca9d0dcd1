"""Wrong ideas about dense layers, the ReLU and the softmax cross-entropy."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.misconceptions.idea import idea
from grader.misconceptions.right import (
    dense_backward,
    dense_forward,
    relu_backward,
    relu_forward,
    softmax_cross_entropy,
)

DENSE = "Lecture 4, Fully connected layers"
ACTIVATION = "Lecture 4, First hidden layer: the activation function"
TRAINING = "Lecture 2, Training: learn kernel weights"
LOSS = "Lecture 2, Training: learn kernel weights"

# Dense ------------------------------------------------------------------------------------------------------

bias_forgotten = idea(
    "dense.bias_forgotten",
    belief="A dense layer is the product with its weights.",
    hint="Each output has one more parameter. Where is `b`?",
    lecture=DENSE,
)
bias_per_input = idea(
    "dense.bias_per_input",
    belief="Every product gets the bias before they are summed.",
    hint="Count how often `b` enters one output: look at the brackets around the sum.",
    lecture=DENSE,
)
activated = idea(
    "dense.activation_inside",
    belief="A dense layer ends with its ReLU.",
    hint="The activation is a layer of its own here: this function only multiplies and adds.",
    lecture=DENSE,
)
weights_transposed = idea(
    "dense.gradient_transposed",
    belief="dw is `dout.T @ x`.",
    hint="A gradient has the shape of what it belongs to: compare dw's shape with w's.",
    lecture=TRAINING,
)
bias_averaged = idea(
    "dense.bias_gradient_averaged",
    belief="The bias gradient is the mean of dout over the images.",
    hint="The loss carries the mean already; the chain rule sums over all uses of the bias.",
    lecture=TRAINING,
)
bias_wrong_axis = idea(
    "dense.bias_gradient_over_outputs",
    belief="The bias gradient is summed over the outputs.",
    hint="There is one bias per output: the axis that disappears is the images'.",
    lecture=TRAINING,
)
divided = idea(
    "dense.divided_by_batch",
    belief="The gradients of the parameters are divided by the number of images here.",
    hint="The mean over the batch belongs to the loss, whose gradient carries the 1/N already.",
    lecture=TRAINING,
)
first_image = idea(
    "dense.first_image_only",
    belief="The gradient of the weights comes from one image.",
    hint="Every image uses the same weights: their shares add up.",
    lecture=TRAINING,
)


@bias_forgotten.answers_to("dense_forward")
def _(x: Any, w: Any, b: Any) -> Any:
    return dense_forward(x, w, np.zeros_like(b))


@bias_per_input.answers_to("dense_forward")
def _(x: Any, w: Any, b: Any) -> Any:
    return dense_forward(x, w, b * x.shape[1])


@activated.answers_to("dense_forward")
def _(x: Any, w: Any, b: Any) -> Any:
    return relu_forward(dense_forward(x, w, b))


@weights_transposed.answers_to("dense_backward")
def _(dout: Any, x: Any, w: Any) -> Any:
    dx, dw, db = dense_backward(dout, x, w)
    return dx, dw.T, db


@bias_averaged.answers_to("dense_backward")
def _(dout: Any, x: Any, w: Any) -> Any:
    dx, dw, _ = dense_backward(dout, x, w)
    return dx, dw, dout.mean(axis=0)


@bias_wrong_axis.answers_to("dense_backward")
def _(dout: Any, x: Any, w: Any) -> Any:
    dx, dw, _ = dense_backward(dout, x, w)
    return dx, dw, dout.sum(axis=1)


def _divided(*parts: int) -> None:
    @divided.answers_to("dense_backward")
    def _(dout: Any, x: Any, w: Any) -> Any:
        gradients = dense_backward(dout, x, w)
        return tuple(g / len(x) if i in parts else g for i, g in enumerate(gradients))


for _parts in ((1, 2), (1,), (0, 1, 2)):  # of dx, dw, db; db alone is the mean
    _divided(*_parts)


@first_image.answers_to("dense_backward")
def _(dout: Any, x: Any, w: Any) -> Any:
    _, dw, db = dense_backward(dout[:1], x[:1], w)
    return dense_backward(dout, x, w)[0], dw, db


# ReLU -------------------------------------------------------------------------------------------------------

absolute = idea(
    "relu.absolute_value",
    belief="A ReLU makes every number positive.",
    hint="What should come out for -3: 3, or nothing?",
    lecture=ACTIVATION,
)
leaky = idea(
    "relu.leaky",
    belief="A ReLU lets a hundredth of negative numbers through.",
    hint="That is the leaky variant. The plain one is flat left of 0.",
    lecture=ACTIVATION,
)
sign_of_gradient = idea(
    "relu.mask_from_gradient",
    belief="Negative gradients are cut off.",
    hint="The mask comes from the forward's input x: where x was positive, dout passes, whatever its sign.",
    lecture=TRAINING,
)
one_at_zero = idea(
    "relu.slope_one_at_zero",
    belief="At x = 0 the gradient passes (`x >= 0`).",
    hint="At 0 the slope is a convention; the one stated here is 0.",
    lecture=ACTIVATION,
)
mask_only = idea(
    "relu.dout_forgotten",
    belief="The gradient of a ReLU is 1 for positive x, else 0.",
    hint="That is the local derivative. What does the chain rule multiply it with?",
    lecture=TRAINING,
)
through = idea(
    "relu.gradient_of_everything",
    belief="The gradient passes through a ReLU unchanged.",
    hint="Where x was negative the output was flat: how much does a small change of x change it?",
    lecture=TRAINING,
)


@absolute.answers_to("relu_forward")
def _(x: Any) -> Any:
    return np.abs(x)


@leaky.answers_to("relu_forward")
def _(x: Any) -> Any:
    return np.where(x > 0, x, 0.01 * x)


@sign_of_gradient.answers_to("relu_backward")
def _(dout: Any, x: Any) -> Any:
    return relu_backward(dout, dout)


@one_at_zero.answers_to("relu_backward")
def _(dout: Any, x: Any) -> Any:
    return np.where(x >= 0, dout, 0)


@mask_only.answers_to("relu_backward")
def _(dout: Any, x: Any) -> Any:
    return relu_backward(np.ones_like(dout), x)


@through.answers_to("relu_backward")
def _(dout: Any, x: Any) -> Any:
    return dout * 1.0


# Softmax cross-entropy --------------------------------------------------------------------------------------

unshifted = idea(
    "loss.overflow",
    belief="softmax is exp(z) / sum(exp(z)), as written.",
    hint="exp(800) is more than a float can hold. Softmax doesn't change if you subtract the same number "
    "from a whole row: which one keeps all exponents at 0 or below?",
    lecture=LOSS,
)
log_of_zero = idea(
    "loss.logarithm_of_zero",
    belief="The loss is -log of the probability that softmax computed.",
    hint="A tiny probability becomes 0 in floating point, and its logarithm infinite. Work with "
    "log-probabilities: z - log(sum(exp(z))), after the shift.",
    lecture=LOSS,
)
guarded = idea(
    "loss.guarded_logarithm",
    belief="log(p + 1e-12) keeps me safe from log(0).",
    hint="The guard is safe but caps the loss near 27.6: with large logits the true loss is much larger. "
    "Work with log-probabilities instead.",
    lecture=LOSS,
)
summed = idea(
    "loss.sum_for_mean",
    belief="The loss of a batch is the sum over its images.",
    hint="The loss shouldn't grow with the batch's size: divide, and its gradient with it.",
    lecture=LOSS,
)
per_class = idea(
    "loss.divided_by_classes",
    belief="`np.mean` of one_hot * log(p) is the loss.",
    hint="That mean runs over N * C numbers, but the loss is a mean over N images: sum over the classes "
    "first.",
    lecture=LOSS,
)
gradient_not_divided = idea(
    "loss.gradient_not_divided",
    belief="dlogits is softmax minus one-hot.",
    hint="If the loss is a mean over N images, what happens to each image's gradient?",
    lecture=LOSS,
)
sign = idea(
    "loss.gradient_sign",
    belief="dlogits is one-hot minus softmax.",
    hint="If the right class's logit rises, does the loss rise or fall? The gradient points where it rises.",
    lecture=LOSS,
)
probabilities = idea(
    "loss.gradient_without_labels",
    belief="dlogits are the probabilities.",
    hint="The labels must matter: what is subtracted at the right class?",
    lecture=LOSS,
)
loss_sign = idea(
    "loss.sign_of_loss",
    belief="The loss is the mean log-probability of the right class.",
    hint="A loss is 0 at best and positive otherwise; what is the sign of a logarithm of a probability?",
    lecture=LOSS,
)
label_subtracted = idea(
    "loss.label_for_one_hot",
    belief="dlogits is the probabilities minus the label.",
    hint="A label is a class's number, and 7 isn't more than 3 here. In which place of a row does the right class "
    "stand, and what is subtracted there?",
    lecture=LOSS,
)
labels_as_rows = idea(
    "loss.labels_pick_rows",
    belief="`p[labels] -= 1` subtracts 1 at each image's class.",
    hint="One index picks whole rows. To meet one number in each row you need two: which row, and which class?",
    lecture=LOSS,
)
labels_as_columns = idea(
    "loss.labels_pick_columns",
    belief="`p[:, labels]` are the probabilities of the right classes.",
    hint="Print its shape: how many numbers should there be for N images? Each label belongs to one row only.",
    lecture=LOSS,
)
over_images = idea(
    "loss.softmax_over_images",
    belief="The probabilities add up to 1 along the first axis.",
    hint="Each image has its own distribution over the classes: along which axis of (N, C) do you sum?",
    lecture=LOSS,
)


def _softmax(z: np.ndarray, axis: int = 1, shift: bool = True) -> np.ndarray:
    e = np.exp(z - z.max(axis=axis, keepdims=True) if shift else z)
    return e / e.sum(axis=axis, keepdims=True)


def _gradient(p: np.ndarray, labels: np.ndarray) -> np.ndarray:
    return (p - np.eye(p.shape[1])[labels]) / len(p)


def _of_class(p: np.ndarray, labels: np.ndarray) -> np.ndarray:
    return p[np.arange(len(p)), labels]


@unshifted.answers_to("softmax_cross_entropy")
def _(logits: Any, labels: Any) -> Any:
    p = _softmax(logits, shift=False)
    return -np.log(_of_class(p, labels)).mean(), _gradient(p, labels)


@log_of_zero.answers_to("softmax_cross_entropy")
def _(logits: Any, labels: Any) -> Any:
    p = _softmax(logits)
    return -np.log(_of_class(p, labels)).mean(), _gradient(p, labels)


@guarded.answers_to("softmax_cross_entropy")
def _(logits: Any, labels: Any) -> Any:
    p = _softmax(logits)
    return -np.log(_of_class(p, labels) + 1e-12).mean(), _gradient(p, labels)


@summed.answers_to("softmax_cross_entropy")
def _(logits: Any, labels: Any) -> Any:
    loss, dlogits = softmax_cross_entropy(logits, labels)
    return loss * len(logits), dlogits * len(logits)


@per_class.answers_to("softmax_cross_entropy")
def _(logits: Any, labels: Any) -> Any:
    loss, dlogits = softmax_cross_entropy(logits, labels)
    return loss / logits.shape[1], dlogits


@per_class.answers_to("softmax_cross_entropy")
def _(logits: Any, labels: Any) -> Any:
    loss, dlogits = softmax_cross_entropy(logits, labels)
    return loss / logits.shape[1], dlogits / logits.shape[1]


@per_class.answers_to("softmax_cross_entropy")
def _(logits: Any, labels: Any) -> Any:
    loss, dlogits = softmax_cross_entropy(logits, labels)
    return loss * len(logits) / logits.shape[1], dlogits * len(logits) / logits.shape[1]


@label_subtracted.answers_to("softmax_cross_entropy")
def _(logits: Any, labels: Any) -> Any:
    loss, _ = softmax_cross_entropy(logits, labels)
    return loss, (_softmax(logits) - labels[:, None]) / len(logits)


@labels_as_rows.answers_to("softmax_cross_entropy")
def _(logits: Any, labels: Any) -> Any:
    loss, _ = softmax_cross_entropy(logits, labels)
    p = _softmax(logits)
    p[labels] -= 1  # a label that is no row's number raises
    return loss, p / len(p)


@labels_as_columns.answers_to("softmax_cross_entropy")
def _(logits: Any, labels: Any) -> Any:
    _, dlogits = softmax_cross_entropy(logits, labels)
    shifted = logits - logits.max(axis=1, keepdims=True)
    logarithms = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -logarithms[:, labels].mean(), dlogits


@gradient_not_divided.answers_to("softmax_cross_entropy")
def _(logits: Any, labels: Any) -> Any:
    loss, dlogits = softmax_cross_entropy(logits, labels)
    return loss, dlogits * len(logits)


@sign.answers_to("softmax_cross_entropy")
def _(logits: Any, labels: Any) -> Any:
    loss, dlogits = softmax_cross_entropy(logits, labels)
    return loss, -dlogits


@probabilities.answers_to("softmax_cross_entropy")
def _(logits: Any, labels: Any) -> Any:
    return softmax_cross_entropy(logits, labels)[0], _softmax(logits) / len(logits)


@loss_sign.answers_to("softmax_cross_entropy")
def _(logits: Any, labels: Any) -> Any:
    loss, dlogits = softmax_cross_entropy(logits, labels)
    return -loss, dlogits


@over_images.answers_to("softmax_cross_entropy")
def _(logits: Any, labels: Any) -> Any:
    p = _softmax(logits, axis=0)
    return -np.log(_of_class(p, labels)).mean(), _gradient(p, labels)
