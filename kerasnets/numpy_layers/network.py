"""A LeNet-5 out of our own layers, trained by plain stochastic gradient descent.

The modern form of LeCun et al., "Gradient-based learning applied to document recognition", 1998: ReLU for
tanh, maxima for averages, 61,706 parameters as then.

    (28, 28, 1) → conv 5×5 same (28, 28, 6) → pool (14, 14, 6) → conv 5×5 (10, 10, 16) → pool (5, 5, 16)
    → flatten (400) → dense (120) → dense (84) → dense (10)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from kerasnets.numpy_layers.activations import relu_backward, relu_forward
from kerasnets.numpy_layers.checks import Array, floats, need_shape, whole
from kerasnets.numpy_layers.conv import conv2d_backward, conv2d_forward
from kerasnets.numpy_layers.dense import dense_backward, dense_forward
from kerasnets.numpy_layers.losses import softmax_cross_entropy
from kerasnets.numpy_layers.pool import max_pool2d_backward, max_pool2d_forward

Params = dict[str, Array]


@dataclass(frozen=True)
class Layer:
    """A link of the chain: forward(x, *weights) -> out and backward(dout, x, *weights) -> dx, *gradients."""

    forward: Callable[..., Array]
    backward: Callable[..., tuple[Array, ...]]
    names: tuple[str, ...] = ()

    def weights(self, params: Params) -> list[Array]:
        return [params[name] for name in self.names]


OURS: Mapping[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (
        conv2d_forward, conv2d_backward, max_pool2d_forward, max_pool2d_backward, dense_forward, dense_backward,
        relu_forward, relu_backward, softmax_cross_entropy,
    )
}  # fmt: skip


def lenet(layers: Mapping[str, Callable[..., Any]] = OURS) -> tuple[Layer, ...]:
    """The chain, out of `layers`: functions under our names, which may be somebody else's.

    >>> [layer.names for layer in lenet() if layer.names]
    [('w1', 'b1'), ('w2', 'b2'), ('w3', 'b3'), ('w4', 'b4'), ('w5', 'b5')]
    """

    def conv(number: int, padding: str) -> Layer:
        return Layer(
            lambda x, w, b: layers["conv2d_forward"](x, w, b, padding=padding),
            lambda dout, x, w, b: layers["conv2d_backward"](dout, x, w, padding=padding),
            (f"w{number}", f"b{number}"),
        )

    def dense(number: int) -> Layer:
        return Layer(
            lambda x, w, b: layers["dense_forward"](x, w, b),
            lambda dout, x, w, b: layers["dense_backward"](dout, x, w),
            (f"w{number}", f"b{number}"),
        )

    relu = Layer(lambda x: layers["relu_forward"](x), lambda dout, x: (layers["relu_backward"](dout, x),))
    pool = Layer(
        lambda x: layers["max_pool2d_forward"](x), lambda dout, x: (layers["max_pool2d_backward"](dout, x),)
    )
    flatten = Layer(lambda x: x.reshape(len(x), -1), lambda dout, x: (dout.reshape(x.shape),))
    return (
        conv(1, "same"), relu, pool,
        conv(2, "valid"), relu, pool,
        flatten,
        dense(3), relu,
        dense(4), relu,
        dense(5),
    )  # fmt: skip


LENET = lenet()

SHAPES = {1: (5, 5, 1, 6), 2: (5, 5, 6, 16), 3: (400, 120), 4: (120, 84), 5: (84, 10)}


def init_lenet(seed: int = 0) -> Params:
    """Return fresh float32 parameters: w1, b1 … w5, b5, weights drawn from the seed and biases 0.

    Weights are normal with variance 2 / fan-in, fan-in being the numbers that one output sums over: it keeps
    the size of activations under ReLU (He et al., "Delving deep into rectifiers", 2015).

    >>> params = init_lenet()
    >>> params["w2"].shape, sum(array.size for array in params.values())
    ((5, 5, 6, 16), 61706)
    """
    rng = np.random.default_rng(seed)
    params: Params = {}
    for number, shape in SHAPES.items():
        fan_in = np.prod(shape[:-1])
        params[f"w{number}"] = (rng.standard_normal(shape) * np.sqrt(2 / fan_in)).astype(np.float32)
        params[f"b{number}"] = np.zeros(shape[-1], np.float32)
    return params


def lenet_forward(params: Params, x: ArrayLike) -> Array:
    """Return the logits (N, 10) for images x (N, 28, 28, 1), pixels from 0 to 1.

    Raises ValueError for images of another shape, and for parameters that are missing or don't fit.

    >>> lenet_forward(init_lenet(), np.zeros((2, 28, 28, 1), np.float32)).shape
    (2, 10)
    """
    return _run(params, x)[-1]


def lenet_gradients(
    params: Params, x: ArrayLike, labels: ArrayLike, layers: Mapping[str, Callable[..., Any]] = OURS
) -> tuple[float, Params]:
    """Return (loss, grads) of a batch: its mean cross-entropy, and a gradient under each name in params.

    x is (N, 28, 28, 1), labels (N,) whole numbers from 0 to 9. With `layers` (see `lenet`) the network is built
    out of those: what it would compute if they were right. Raises ValueError as `lenet_forward` and
    `softmax_cross_entropy` do.

    >>> loss, grads = lenet_gradients(init_lenet(), np.zeros((2, 28, 28, 1), np.float32), [3, 7])
    >>> round(loss, 4), grads["w1"].shape, grads["b5"][2:5].round(1)
    (2.3026, (5, 5, 1, 6), array([ 0.1, -0.4,  0.1], dtype=float32))
    """
    chain = lenet(layers)
    *inputs, logits = _run(params, x, chain)
    loss, dout = layers["softmax_cross_entropy"](logits, labels)
    grads: Params = {}
    for layer, layer_input in zip(reversed(chain), reversed(inputs), strict=True):
        dout, *found = layer.backward(dout, layer_input, *layer.weights(params))
        grads |= dict(zip(layer.names, found, strict=True))
    return loss, {name: grads[name] for name in params}


def _run(params: Params, x: ArrayLike, chain: tuple[Layer, ...] = LENET) -> list[Array]:
    """Return what each layer is given, and at the end what the last one gives."""
    (x,) = floats(x=x)
    need_shape("x", x, (*x.shape[:1], 28, 28, 1), "(N, 28, 28, 1)")
    missing = [name for layer in chain for name in layer.names if name not in params]
    if missing:
        raise ValueError(f"params must have the names of init_lenet(); {', '.join(missing)} missing.")
    activations = [x]
    for layer in chain:
        activations.append(layer.forward(activations[-1], *layer.weights(params)))
    return activations


def sgd_step(params: Params, grads: Params, learning_rate: float) -> Params:
    """Return new parameters, one step downhill: p - learning_rate · grad. Neither argument is modified.

    Each parameter keeps its dtype. Raises ValueError if the two don't have the same names and shapes, or for
    a learning rate that isn't a positive number.

    >>> sgd_step({"w": np.array([1.0, 2.0])}, {"w": np.array([10.0, -10.0])}, learning_rate=0.1)
    {'w': array([0., 3.])}
    """
    if not 0 < learning_rate < np.inf:
        raise ValueError(f"learning_rate must be a positive number; got {learning_rate!r}.")
    if params.keys() != grads.keys():
        raise ValueError(f"grads must have the names of params, {sorted(params)}; got {sorted(grads)}.")
    for name in params:
        need_shape(f"grads[{name!r}]", grads[name], params[name].shape, f"that of params[{name!r}]")
    return {name: (p - learning_rate * grads[name]).astype(p.dtype) for name, p in params.items()}


def train_lenet(
    images: ArrayLike,
    labels: ArrayLike,
    epochs: int,
    batch_size: int,
    learning_rate: float,
    seed: int,
    progress: Callable[[int, int, float], None] | None = None,
) -> tuple[Params, dict[str, list[float]]]:
    """Return (params, history) of a LeNet trained from scratch; history["loss"] has each epoch's mean loss.

    images (N, 28, 28, 1) hold pixels from 0 to 1 and labels (N,) the digits. Every epoch goes once through
    all images in a new order, batch_size at a time; the last batch may be smaller. The seed decides the first
    parameters and the orders: the same seed gives the same network. After each batch, progress(done, total,
    loss) is called with numbers of batches. 0.05 is a good learning rate for batches of 32.

    Computed in float32, whatever the images' dtype. Raises ValueError as `lenet_gradients` does, and for an
    empty training set, or epochs and batch sizes below 1.

    >>> images, labels = np.eye(28, dtype=np.float32)[None, :, :, None], [1]
    >>> params, history = train_lenet(images, labels, epochs=5, batch_size=1, learning_rate=0.05, seed=0)
    >>> history["loss"][-1] < history["loss"][0]
    True
    """
    x, y = floats(images=images)[0].astype(np.float32), np.asarray(labels)
    epochs, batch_size = whole("epochs", epochs), whole("batch_size", batch_size)
    if len(x) == 0 or y.shape != x.shape[:1]:
        raise ValueError(f"images and labels must be as many, at least 1; got {x.shape} and {y.shape}.")

    params = init_lenet(seed)
    rng = np.random.default_rng(seed)
    total = epochs * -(-len(x) // batch_size)
    done, history = 0, []
    for _ in range(epochs):
        order, losses = rng.permutation(len(x)), 0.0
        for first in range(0, len(x), batch_size):
            batch = order[first : first + batch_size]
            loss, grads = lenet_gradients(params, x[batch], y[batch])
            params = sgd_step(params, grads, learning_rate)
            done, losses = done + 1, losses + loss * len(batch)
            if progress is not None:
                progress(done, total, loss)
        history.append(losses / len(x))
    return params, {"loss": history}
