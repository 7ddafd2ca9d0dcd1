"""A chain of Keras layers computed by our NumPy layers in float64: the same digits on every machine, for fixtures.

TensorFlow's float32 sums differ in the last bits from one processor, and one setting, to the next.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from grader.cnnchecks import LiveModels, Misfit
from kerasnets.numpy_layers import avg_pool2d_forward, conv2d_forward, dense_forward, max_pool2d_forward

Arguments = dict[str, Any]


class ChainModels(LiveModels):
    """Keras's counts, our outputs."""

    def outputs(self, config: dict, weights: list, x: np.ndarray) -> np.ndarray:
        return run_chain(config["config"]["layers"], weights, x)


def run_chain(layers: list[dict[str, Any]], weights: list[np.ndarray], x: np.ndarray) -> np.ndarray:
    """What a list of Keras layer configurations answers to x (N, H, W, C) under `weights`, in layer order.

    Raises `Misfit` for a layer that isn't known here and for weights that are too many or too few.

    >>> flat = {"class_name": "Flatten", "config": {}}
    >>> sums = {"class_name": "Dense", "config": {"activation": "relu"}}
    >>> run_chain([flat, sums], [np.array([[1.0], [-3.0]]), np.zeros(1)], np.array([[[[2.0, 1.0]]], [[[4.0, 1.0]]]]))
    array([[0.],
           [1.]])
    """
    left = [np.asarray(array, np.float64) for array in weights]
    x = np.asarray(x, np.float64)
    for layer in layers:
        kind, arguments = layer["class_name"], layer["config"]
        if kind not in LAYERS:
            raise Misfit(f"a layer of class {kind} is not one that this chain knows")
        try:
            x = ACTIVATIONS[arguments.get("activation") or "linear"](LAYERS[kind](x, arguments, left))
        except IndexError:
            raise Misfit(f"the weights end before layer {arguments.get('name', kind)}") from None
    if left:
        raise Misfit(f"{len(left)} arrays of weights are left over")
    return x


def _convolution(x: np.ndarray, arguments: Arguments, left: list[np.ndarray]) -> np.ndarray:
    w = left.pop(0)  # (KH, KW, C, K)
    b = left.pop(0) if arguments.get("use_bias", True) else np.zeros(w.shape[-1])
    return conv2d_forward(x, w, b, arguments.get("strides", 1), arguments.get("padding", "valid"))


def _dense(x: np.ndarray, arguments: Arguments, left: list[np.ndarray]) -> np.ndarray:
    w = left.pop(0)  # (D, M)
    b = left.pop(0) if arguments.get("use_bias", True) else np.zeros(w.shape[-1])
    return dense_forward(x, w, b)


def _pooling(pool: Callable[..., np.ndarray]) -> Callable[..., np.ndarray]:
    return lambda x, arguments, left: pool(
        x, arguments.get("pool_size", 2), arguments.get("strides"), arguments.get("padding", "valid")
    )


def _softmax(x: np.ndarray) -> np.ndarray:
    exponentials = np.exp(x - x.max(axis=-1, keepdims=True))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


def _same(x: np.ndarray, *_: Any) -> np.ndarray:
    return x


LAYERS: dict[str, Callable[[np.ndarray, Arguments, list[np.ndarray]], np.ndarray]] = {
    "InputLayer": _same,
    "Conv2D": _convolution,
    "MaxPooling2D": _pooling(max_pool2d_forward),
    "AveragePooling2D": _pooling(avg_pool2d_forward),
    "Flatten": lambda x, arguments, left: x.reshape(len(x), -1),
    "Dense": _dense,
    "Activation": _same,  # its activation is applied as any layer's
    "Softmax": lambda x, arguments, left: _softmax(x),
}
ACTIVATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "linear": _same,
    "relu": lambda x: np.maximum(x, 0),
    "tanh": np.tanh,
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "softmax": _softmax,
}
