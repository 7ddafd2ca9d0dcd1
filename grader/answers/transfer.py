"""The right answers about networks that learn from another's weights, and about series."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from grader.answers.lenet import conv_parameters, dense_parameters


def transfer_parameters(
    size: int, filters: Sequence[int], classes: int, frozen: int, batch_normalized: bool = False
) -> dict[str, int]:
    """What is learnt of convolutions of 3×3, each before a pooling of 2, under one dense layer; the first ones are frozen.

    >>> transfer_parameters(28, (8, 16, 32), 5, frozen=3)
    {'trainable': 1445, 'non_trainable': 5888, 'total': 7333}
    """
    channels = (1, *filters)
    trainable = dense_parameters((size // 2 ** len(filters)) ** 2 * channels[-1], classes)
    non_trainable = 0
    for place, maps in enumerate(filters):
        learnt = conv_parameters(3, channels[place], maps) + (2 * maps if batch_normalized else 0)
        averages = 2 * maps if batch_normalized else 0
        if place < frozen:
            non_trainable += learnt + averages
        else:
            trainable, non_trainable = trainable + learnt, non_trainable + averages
    return {
        "trainable": trainable,
        "non_trainable": non_trainable,
        "total": trainable + non_trainable,
    }


def class_means(features: np.ndarray, labels: np.ndarray, classes: int) -> np.ndarray:
    """The mean feature vector of each class, (classes, D).

    >>> class_means(np.array([[1.0], [3.0], [7.0]]), np.array([0, 0, 1]), 2).tolist()
    [[2.0], [7.0]]
    """
    members = (labels == np.arange(classes)[:, None]).astype(features.dtype)  # (classes, N)
    return np.asarray(members @ features / members.sum(axis=1, keepdims=True))


def nearest_class(features: np.ndarray, means: np.ndarray) -> np.ndarray:
    """For each row of features the number of the mean that is nearest, by Euclid's distance."""
    return np.argmin(((features[:, None] - means) ** 2).sum(axis=2), axis=1)


def training_cost(images: int, epochs: int, base: int, head: int, way: str) -> int:
    """Operations of a training, if going back through a layer costs twice as much as going forward.

    >>> [training_cost(2, 10, 100, 1, way) for way in ("cached", "frozen", "fine-tuned")]
    [260, 2060, 6060]
    """
    if way == "cached":
        return images * base + epochs * images * 3 * head
    return epochs * images * ((1 if way == "frozen" else 3) * base + 3 * head)


def choose_rate(rates: np.ndarray, losses: np.ndarray) -> float:
    """The rate with the smallest mean loss over its runs, of those that never diverged; of equal ones the smaller.

    >>> choose_rate(np.array([0.1, 0.01]), np.array([[0.25, np.nan], [0.5, 0.75]]))
    0.01
    """
    means = losses.mean(axis=1)  # NaN for a rate with a run that diverged
    return float(rates[means == np.nanmin(means)].min())


LAYER_OF = {"series": "Conv1D", "audio": "Conv1D", "text": "Conv1D", "image": "Conv2D", "video": "Conv3D"}


def as_input(kind: str, signal: np.ndarray) -> tuple[str, np.ndarray]:
    """The Keras layer that a signal is for, and the signal as its batch of one.

    >>> layer, batch = as_input("audio", np.zeros((2, 9)))
    >>> layer, batch.shape
    ('Conv1D', (1, 9, 2))
    """
    example = {"audio": signal.T, "text": signal}.get(kind, signal[..., None])
    return LAYER_OF[kind], np.ascontiguousarray(example[None])


def values_seen(network: str, steps: int, kernel_sizes: Sequence[int] = ()) -> int:
    """On how many of a series' last values the last answer hangs.

    >>> values_seen("convolution", 9, (3, 2)), values_seen("recurrent", 9)
    (4, 9)
    """
    if network == "one at a time":
        return 1
    return steps if network == "recurrent" else min(steps, 1 + sum(size - 1 for size in kernel_sizes))


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


ANSWERS: tuple[Any, ...] = (
    transfer_parameters,
    class_means,
    nearest_class,
    training_cost,
    choose_rate,
    as_input,
    values_seen,
    rnn_forward,
)
