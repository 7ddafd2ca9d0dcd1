"""The layers of a convolutional network in NumPy, forward beside backward: right, readable, fast.

Images are (N, H, W, C), kernels (KH, KW, C, K), names are Keras's. Every layer is a pure function; its
backward takes the gradient of the output, then what the forward took. Start with `conv.py`, end with
`network.py`.
"""

from kerasnets.numpy_layers.activations import relu_backward, relu_forward
from kerasnets.numpy_layers.conv import conv2d_backward, conv2d_forward
from kerasnets.numpy_layers.dense import dense_backward, dense_forward
from kerasnets.numpy_layers.gradcheck import numerical_gradient
from kerasnets.numpy_layers.losses import softmax_cross_entropy
from kerasnets.numpy_layers.network import init_lenet, lenet_forward, lenet_gradients, sgd_step, train_lenet
from kerasnets.numpy_layers.pool import (
    avg_pool2d_backward,
    avg_pool2d_forward,
    global_avg_pool2d_backward,
    global_avg_pool2d_forward,
    max_pool2d_backward,
    max_pool2d_forward,
)
from kerasnets.numpy_layers.shapes import conv_output_size, same_padding, zero_pad2d

__all__ = [
    "avg_pool2d_backward",
    "avg_pool2d_forward",
    "conv2d_backward",
    "conv2d_forward",
    "conv_output_size",
    "dense_backward",
    "dense_forward",
    "global_avg_pool2d_backward",
    "global_avg_pool2d_forward",
    "init_lenet",
    "lenet_forward",
    "lenet_gradients",
    "max_pool2d_backward",
    "max_pool2d_forward",
    "numerical_gradient",
    "relu_backward",
    "relu_forward",
    "same_padding",
    "sgd_step",
    "softmax_cross_entropy",
    "train_lenet",
    "zero_pad2d",
]
