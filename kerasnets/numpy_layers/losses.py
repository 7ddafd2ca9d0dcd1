"""Softmax and cross-entropy together: apart they overflow, together the gradient is one subtraction."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kerasnets.numpy_layers.checks import Array, floats, need_axes


def softmax_cross_entropy(logits: ArrayLike, labels: ArrayLike) -> tuple[float, Array]:
    """Return (loss, dlogits): the batch's mean cross-entropy, in nats, and its gradient (N, C).

        p = softmax(logits)      loss = -(1/N) Σ log p[n, labels[n]]      dlogits = (p - one_hot(labels)) / N

    logits (N, C) are a network's last outputs, before any softmax; labels (N,) are whole numbers from 0 to C
    - 1. The 1/N of the mean is in dlogits, so that the layers before only sum. Large logits don't overflow:
    each row's largest is subtracted first, which leaves p as it is.

    float32 logits give float32 dlogits, anything else float64; loss is a Python float. Raises ValueError for
    logits without two axes, an empty batch, and labels that are one-hot, fractional or out of range. Same
    values as tf.nn.sparse_softmax_cross_entropy_with_logits, averaged over the batch. Source: Bridle,
    "Probabilistic interpretation of feedforward classification network outputs", 1990.

    Ten classes and no idea: the loss is log(10), where an untrained network starts.

    >>> loss, dlogits = softmax_cross_entropy(np.zeros((1, 10)), [3])
    >>> round(loss, 4), dlogits.round(1).tolist()
    (2.3026, [[0.1, 0.1, 0.1, -0.9, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1]])
    """
    (logits,) = floats(logits=logits)
    need_axes("logits", logits, "N, C")
    n, classes = logits.shape
    targets = _labels(labels, n, classes)

    shifted = logits - logits.max(axis=1, keepdims=True)  # (N, C), at most 0
    exp = np.exp(shifted)
    total = exp.sum(axis=1, keepdims=True)  # (N, 1)
    rows = np.arange(n)
    loss = (np.log(total[:, 0]) - shifted[rows, targets]).mean()
    dlogits = exp / total  # (N, C): p, the probabilities
    dlogits[rows, targets] -= 1
    return float(loss), dlogits / n


def _labels(labels: ArrayLike, n: int, classes: int) -> NDArray[np.intp]:
    array = np.asarray(labels)
    if n == 0:
        raise ValueError(
            "logits must have at least 1 row: the mean over an empty batch has no value; got 0 rows."
        )
    if array.dtype.kind not in "iu":
        raise ValueError(f"labels must be whole numbers, class indices; got dtype {array.dtype}.")
    if array.shape != (n,):
        one_hot = " They look one-hot: pass labels.argmax(axis=1)." if array.shape == (n, classes) else ""
        raise ValueError(f"labels must have shape {(n,)}, one per row of logits; got {array.shape}.{one_hot}")
    if array.min() < 0 or array.max() >= classes:
        raise ValueError(
            f"labels must lie from 0 to {classes - 1}, as logits has {classes} columns; "
            f"got {array.min()} to {array.max()}."
        )
    return array.astype(np.intp)
