"""Softmax and cross-entropy: the loss and its gradient."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.cnnchecks.oracle import Rung
from grader.cnnchecks.values import tolerance
from grader.tasks.drawn import Case, Labels, LargeLogits, Normal, RowCase
from grader.tasks.small import digits
from grader.tasks.task import idea, task
from kerasnets import numpy_layers

LOSS = "Lecture 2, Training: learn kernel weights"
LARGE = [
    Rung((800.0 * np.array([signs]), np.array([label]))) for signs, label in (((1, -1), 0), ((1, -1), 1))
]
LOGITS = [
    Rung((digits((n, k), 0, 4), np.arange(n)[::-1] % k)) for n, k in ((1, 2), (1, 3), (2, 2), (2, 3), (3, 2))
]


def rounding_of_guarded(args: tuple, kwargs: dict, expected: Any, dtype: Any) -> tuple[float, float]:
    """log(p + 1e-8) is a fair guard."""
    of_one = tolerance(float(np.abs(args[0]).max()) + 1, 1, dtype)
    return 1e-7 + of_one, of_one


softmax_cross_entropy = task(
    allowed=rounding_of_guarded,
    hidden={
        "plain": (
            Case("Small logits", (Normal((3, 5), scale=2), Labels(3, 5))),
            Case("More images than classes", (Normal((6, 4)), Labels(6, 4))),
            Case("float32", (Normal((4, 3), dtype="float32"), Labels(4, 3))),
        ),
        "large": (RowCase("Logits as large as ±800", (LargeLogits(4, 6, size=800.0),)),),
    },
    small=LOGITS + LARGE,
    labels=("loss", "dlogits"),
)(numpy_layers.softmax_cross_entropy)


def _gradient(p: np.ndarray, labels: np.ndarray) -> np.ndarray:
    return (p - np.eye(p.shape[1])[labels]) / len(p)


def _of_class(p: np.ndarray, labels: np.ndarray) -> np.ndarray:
    return p[np.arange(len(p)), labels]


def _softmax(z: np.ndarray, axis: int = 1, shift: bool = True) -> np.ndarray:
    e = np.exp(z - z.max(axis=axis, keepdims=True) if shift else z)
    return e / e.sum(axis=axis, keepdims=True)


@softmax_cross_entropy.wrongly(
    idea(
        "loss.overflow",
        belief="softmax is exp(z) / sum(exp(z)), as written.",
        hint="exp(800) is more than a float can hold. Softmax doesn't change if you subtract the same number "
        "from a whole row: which one keeps all exponents at 0 or below?",
        lecture=LOSS,
    )
)
def unshifted(logits: Any, labels: Any) -> Any:
    p = _softmax(logits, shift=False)
    return -np.log(_of_class(p, labels)).mean(), _gradient(p, labels)


@softmax_cross_entropy.wrongly(
    idea(
        "loss.logarithm_of_zero",
        belief="The loss is -log of the probability that softmax computed.",
        hint="A tiny probability becomes 0 in floating point, and its logarithm infinite. Work with "
        "log-probabilities: z - log(sum(exp(z))), after the shift.",
        lecture=LOSS,
    )
)
def log_of_zero(logits: Any, labels: Any) -> Any:
    p = _softmax(logits)
    return -np.log(_of_class(p, labels)).mean(), _gradient(p, labels)


@softmax_cross_entropy.wrongly(
    idea(
        "loss.guarded_logarithm",
        belief="log(p + 1e-12) keeps me safe from log(0).",
        hint="The guard is safe but caps the loss near 27.6: with large logits the true loss is much larger. "
        "Work with log-probabilities instead.",
        lecture=LOSS,
    )
)
def guarded(logits: Any, labels: Any) -> Any:
    p = _softmax(logits)
    return -np.log(_of_class(p, labels) + 1e-12).mean(), _gradient(p, labels)


@softmax_cross_entropy.wrongly(
    idea(
        "loss.sum_for_mean",
        belief="The loss of a batch is the sum over its images.",
        hint="The loss shouldn't grow with the batch's size: divide, and its gradient with it.",
        lecture=LOSS,
    )
)
def summed(logits: Any, labels: Any) -> Any:
    loss, dlogits = softmax_cross_entropy(logits, labels)
    return loss * len(logits), dlogits * len(logits)


per_class = idea(
    "loss.divided_by_classes",
    belief="`np.mean` of one_hot * log(p) is the loss.",
    hint="That mean runs over N * C numbers, but the loss is a mean over N images: sum over the classes "
    "first.",
    lecture=LOSS,
)


@softmax_cross_entropy.wrongly(per_class)
def per_class_softmax_cross_entropy(logits: Any, labels: Any) -> Any:
    loss, dlogits = softmax_cross_entropy(logits, labels)
    return loss / logits.shape[1], dlogits


@softmax_cross_entropy.wrongly(per_class)
def per_class_softmax_cross_entropy_2(logits: Any, labels: Any) -> Any:
    loss, dlogits = softmax_cross_entropy(logits, labels)
    return loss / logits.shape[1], dlogits / logits.shape[1]


@softmax_cross_entropy.wrongly(per_class)
def per_class_softmax_cross_entropy_3(logits: Any, labels: Any) -> Any:
    loss, dlogits = softmax_cross_entropy(logits, labels)
    return loss * len(logits) / logits.shape[1], dlogits * len(logits) / logits.shape[1]


@softmax_cross_entropy.wrongly(
    idea(
        "loss.gradient_not_divided",
        belief="dlogits is softmax minus one-hot.",
        hint="If the loss is a mean over N images, what happens to each image's gradient?",
        lecture=LOSS,
    )
)
def gradient_not_divided(logits: Any, labels: Any) -> Any:
    loss, dlogits = softmax_cross_entropy(logits, labels)
    return loss, dlogits * len(logits)


@softmax_cross_entropy.wrongly(
    idea(
        "loss.gradient_sign",
        belief="dlogits is one-hot minus softmax.",
        hint="If the right class's logit rises, does the loss rise or fall? The gradient points where it rises.",
        lecture=LOSS,
    )
)
def sign(logits: Any, labels: Any) -> Any:
    loss, dlogits = softmax_cross_entropy(logits, labels)
    return loss, -dlogits


@softmax_cross_entropy.wrongly(
    idea(
        "loss.gradient_without_labels",
        belief="dlogits are the probabilities.",
        hint="The labels must matter: what is subtracted at the right class?",
        lecture=LOSS,
    )
)
def probabilities(logits: Any, labels: Any) -> Any:
    return softmax_cross_entropy(logits, labels)[0], _softmax(logits) / len(logits)


@softmax_cross_entropy.wrongly(
    idea(
        "loss.sign_of_loss",
        belief="The loss is the mean log-probability of the right class.",
        hint="A loss is 0 at best and positive otherwise; what is the sign of a logarithm of a probability?",
        lecture=LOSS,
    )
)
def loss_sign(logits: Any, labels: Any) -> Any:
    loss, dlogits = softmax_cross_entropy(logits, labels)
    return -loss, dlogits


@softmax_cross_entropy.wrongly(
    idea(
        "loss.label_for_one_hot",
        belief="dlogits is the probabilities minus the label.",
        hint="A label is a class's number, and 7 isn't more than 3 here. In which place of a row does the right class "
        "stand, and what is subtracted there?",
        lecture=LOSS,
    )
)
def label_subtracted(logits: Any, labels: Any) -> Any:
    loss, _ = softmax_cross_entropy(logits, labels)
    return loss, (_softmax(logits) - labels[:, None]) / len(logits)


@softmax_cross_entropy.wrongly(
    idea(
        "loss.labels_pick_rows",
        belief="`p[labels] -= 1` subtracts 1 at each image's class.",
        hint="One index picks whole rows. To meet one number in each row you need two: which row, and which class?",
        lecture=LOSS,
    )
)
def labels_as_rows(logits: Any, labels: Any) -> Any:
    loss, _ = softmax_cross_entropy(logits, labels)
    p = _softmax(logits)
    p[labels] -= 1  # a label that is no row's number raises
    return loss, p / len(p)


@softmax_cross_entropy.wrongly(
    idea(
        "loss.labels_pick_columns",
        belief="`p[:, labels]` are the probabilities of the right classes.",
        hint="Print its shape: how many numbers should there be for N images? Each label belongs to one row only.",
        lecture=LOSS,
    )
)
def labels_as_columns(logits: Any, labels: Any) -> Any:
    _, dlogits = softmax_cross_entropy(logits, labels)
    shifted = logits - logits.max(axis=1, keepdims=True)
    logarithms = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -logarithms[:, labels].mean(), dlogits


@softmax_cross_entropy.wrongly(
    idea(
        "loss.softmax_over_images",
        belief="The probabilities add up to 1 along the first axis.",
        hint="Each image has its own distribution over the classes: along which axis of (N, C) do you sum?",
        lecture=LOSS,
    )
)
def over_images(logits: Any, labels: Any) -> Any:
    p = _softmax(logits, axis=0)
    return -np.log(_of_class(p, labels)).mean(), _gradient(p, labels)
