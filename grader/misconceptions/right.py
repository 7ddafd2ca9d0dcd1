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

from grader.answers import arithmetic, lab, layers, lenet, modern, transfer, vgg
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

pixels_read = replaceable(arithmetic.pixels_read)
conv_output_shape = replaceable(arithmetic.conv_output_shape)
pool_output_shape = replaceable(arithmetic.pool_output_shape)
activation_shapes = replaceable(arithmetic.activation_shapes)
fully_connected_parameters = replaceable(arithmetic.fully_connected_parameters)
convolved_parameters = replaceable(arithmetic.convolved_parameters)
local_layer = replaceable(arithmetic.local_layer)
parameters_by_layer = replaceable(arithmetic.parameters_by_layer)
receptive_field = replaceable(arithmetic.receptive_field)
conv_cost = replaceable(arithmetic.conv_cost)
which_operation = replaceable(arithmetic.which_operation)
output_layer = replaceable(arithmetic.output_layer)
cross_entropy = replaceable(arithmetic.cross_entropy)
input_values = replaceable(arithmetic.input_values)
average_tap = replaceable(arithmetic.average_tap)
kernel_taps = replaceable(arithmetic.kernel_taps)
window_sum = replaceable(arithmetic.window_sum)
picture_shape = replaceable(lab.picture_shape)
largest_value = replaceable(lab.largest_value)
pixel_value = replaceable(lab.pixel_value)
batch_shape = replaceable(lab.batch_shape)
to_grey = replaceable(lab.to_grey)
correlate1d = replaceable(lab.correlate1d)
convolve2d = replaceable(lab.convolve2d)
shape_after = replaceable(lab.shape_after)
zeros_around = replaceable(lab.zeros_around)
moving_average = replaceable(lab.moving_average)
readings = replaceable(lab.readings)
repair = replaceable(lab.repair)
kernels_behind = replaceable(lab.kernels_behind)
flat_response = replaceable(lab.flat_response)
feature_maps = replaceable(lab.feature_maps)
unmoved_share = replaceable(lab.unmoved_share)
pixels_wrong = replaceable(lab.pixels_wrong)
best_match = replaceable(lab.best_match)
convolution_matrix = replaceable(lab.convolution_matrix)
dense_weights = replaceable(lab.dense_weights)
equivariance_errors = replaceable(lab.equivariance_errors)
behaviour = replaceable(lab.behaviour)
alexnet_activation_sizes = replaceable(modern.alexnet_activation_sizes)
inception_parameters = replaceable(modern.inception_parameters)
reduction_saving = replaceable(modern.reduction_saving)
resnet_parameters = replaceable(modern.resnet_parameters)
head_parameters = replaceable(modern.head_parameters)
class_maps = replaceable(modern.class_maps)
ensemble_predictions = replaceable(modern.ensemble_predictions)
single_networks = replaceable(modern.single_networks)
output_units = replaceable(modern.output_units)
relative_drop = replaceable(modern.relative_drop)
transfer_parameters = replaceable(transfer.transfer_parameters)
class_means = replaceable(transfer.class_means)
nearest_class = replaceable(transfer.nearest_class)
training_cost = replaceable(transfer.training_cost)
choose_rate = replaceable(transfer.choose_rate)
as_input = replaceable(transfer.as_input)
values_seen = replaceable(transfer.values_seen)
rnn_forward = replaceable(transfer.rnn_forward)

stack_reach = replaceable(vgg.stack_reach)
stack_parameters = replaceable(vgg.stack_parameters)
vgg_depth = replaceable(vgg.vgg_depth)
vgg_parameters = replaceable(vgg.vgg_parameters)
dropout = replaceable(vgg.dropout)
moved_images = replaceable(vgg.moved_images)
top_k_error = replaceable(vgg.top_k_error)
accuracy_interval = replaceable(vgg.accuracy_interval)
leaderboard = replaceable(vgg.leaderboard)
