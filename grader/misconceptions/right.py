"""The right answers, as wrong ideas call them.

A wrong idea is the right computation with one step changed. Two ideas together are the first one's code, in which the
step that is left right is taken by the second: so each right function here can be taken by another (`taken_by`).

>>> def forgets_the_border(x, padding): return x
>>> with taken_by({"zero_pad2d": forgets_the_border}):
...     zero_pad2d([1, 2], 1)
[1, 2]
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from types import MappingProxyType
from typing import Any

from grader.answers import layers, lenet, transfer
from kerasnets import numpy_layers

Step = Callable[..., Any]
_NOBODY: Mapping[str, Step] = MappingProxyType({})
_taken: ContextVar[Mapping[str, Step]] = ContextVar("taken", default=_NOBODY)


@contextmanager
def taken_by(others: Mapping[str, Step]) -> Iterator[None]:
    """Inside the block these functions answer in place of the right ones of their names."""
    token = _taken.set(others)
    try:
        yield
    finally:
        _taken.reset(token)


def all_are_right() -> bool:
    """Has no step been taken by another here?"""
    return not _taken.get()


def replaceable(step: Step) -> Step:
    """`step`, until another takes its place; that one's own steps are the right ones again."""

    @wraps(step)
    def answer(*args: Any, **kwargs: Any) -> Any:
        other = _taken.get().get(step.__name__)
        if other is None:
            return step(*args, **kwargs)
        with taken_by(_NOBODY):
            return other(*args, **kwargs)

    return answer


conv_output_size = replaceable(numpy_layers.conv_output_size)
same_padding = replaceable(numpy_layers.same_padding)
zero_pad2d = replaceable(numpy_layers.zero_pad2d)
conv2d_forward = replaceable(numpy_layers.conv2d_forward)
conv2d_backward = replaceable(numpy_layers.conv2d_backward)
max_pool2d_forward = replaceable(numpy_layers.max_pool2d_forward)
max_pool2d_backward = replaceable(numpy_layers.max_pool2d_backward)
avg_pool2d_forward = replaceable(numpy_layers.avg_pool2d_forward)
avg_pool2d_backward = replaceable(numpy_layers.avg_pool2d_backward)
global_avg_pool2d_forward = replaceable(numpy_layers.global_avg_pool2d_forward)
global_avg_pool2d_backward = replaceable(numpy_layers.global_avg_pool2d_backward)
dense_forward = replaceable(numpy_layers.dense_forward)
dense_backward = replaceable(numpy_layers.dense_backward)
relu_forward = replaceable(numpy_layers.relu_forward)
relu_backward = replaceable(numpy_layers.relu_backward)
softmax_cross_entropy = replaceable(numpy_layers.softmax_cross_entropy)
lenet_forward = replaceable(numpy_layers.lenet_forward)
lenet_gradients = replaceable(numpy_layers.lenet_gradients)
sgd_step = replaceable(numpy_layers.sgd_step)

lenet_activation_sizes = replaceable(lenet.lenet_activation_sizes)
lenet_parameters = replaceable(lenet.lenet_parameters)
conv_parameters = replaceable(lenet.conv_parameters)
dense_parameters = replaceable(lenet.dense_parameters)
accuracy = replaceable(lenet.accuracy)
confusion_matrix = replaceable(lenet.confusion_matrix)
pixel_uses = replaceable(lenet.pixel_uses)
shifted = replaceable(lenet.shifted)

first_layer = replaceable(layers.first_layer)
im2col = replaceable(layers.im2col)

transfer_parameters = replaceable(transfer.transfer_parameters)
class_means = replaceable(transfer.class_means)
nearest_class = replaceable(transfer.nearest_class)
training_cost = replaceable(transfer.training_cost)
choose_rate = replaceable(transfer.choose_rate)
as_input = replaceable(transfer.as_input)
values_seen = replaceable(transfer.values_seen)
rnn_forward = replaceable(transfer.rnn_forward)
