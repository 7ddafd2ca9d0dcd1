"""A network of Keras layers, as configurations: counted, and computed by our NumPy layers in float64, without Keras.

It is a list of layers. In a chain each takes what the one before it gives; in a network that branches each says in `inbound`
from which layers it takes its inputs, all of which stand before it. Weights come in the network's own order
(`blueprint.weight_order`), which is a chain's order.

The same digits on every machine, for fixtures: TensorFlow's float32 sums differ in the last bits from one processor, and
one setting, to the next. And quick: many wrong networks are looked through behind one wrong answer.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from grader.cnnchecks.follow import BEFORE, digest
from grader.cnnchecks.models import LiveModels
from grader.cnnchecks.outcome import Misfit
from grader.cnnchecks.values import in_batches
from grader.tasks.network_shapes import (
    MERGING,
    Arguments,
    as_pair,
    how_windows_lie,
    layers_in,
    on_a_column,
    own_order,
    sides_of_padding,
    sources_of,
)
from kerasnets import blueprint
from kerasnets.numpy_layers import (
    avg_pool2d_forward,
    conv2d_forward,
    dense_forward,
    global_avg_pool2d_forward,
    max_pool2d_forward,
    zero_pad2d,
)


class ChainModels(LiveModels):
    """Keras's counts, our outputs; no weights are allocated."""

    def describe(self, config: dict) -> dict:
        return blueprint.of(lambda: self._model(config)).to_dict()

    def outputs(
        self, config: dict, weights: list, x: np.ndarray, sizes: tuple[int, ...] | None = None
    ) -> np.ndarray:
        layers = layers_in(config)
        order = range(len(layers))  # weights come as Keras lists the layers

        def answer(images: np.ndarray) -> np.ndarray:
            *_, (_, _, last) = _steps(layers, weights, images, order)
            return last

        return answer(x) if sizes is None else in_batches(answer, x, sizes)


def run_chain(layers: list[dict[str, Any]], weights: list[np.ndarray], x: np.ndarray) -> np.ndarray:
    """What a list of Keras layer configurations answers to x (N, H, W, C) under `weights`, in layer order.

    Raises `Misfit` for a layer that isn't known here and for weights that are too many or too few.

    >>> flat = {"class_name": "Flatten", "config": {}}
    >>> sums = {"class_name": "Dense", "config": {"activation": "relu"}}
    >>> run_chain([flat, sums], [np.array([[1.0], [-3.0]]), np.zeros(1)], np.array([[[[2.0, 1.0]]], [[[4.0, 1.0]]]]))
    array([[0.],
           [1.]])
    """
    for _, _, after in _steps(layers, weights, x):
        x = after
    return np.asarray(x, np.float64)


def stages_of(
    layers: list[dict[str, Any]], weights: list[np.ndarray], x: np.ndarray
) -> dict[str, np.ndarray]:
    """What a chain's layers give for x, as digests (8,) by place and name; twice where a layer has an activation.

    >>> flat = {"class_name": "Flatten", "config": {"name": "flat"}}
    >>> sums = {"class_name": "Dense", "config": {"activation": "relu", "name": "F6"}}
    >>> list(stages_of([flat, sums], [np.array([[1.0], [-3.0]]), np.zeros(1)], np.array([[[[2.0, 1.0]]]])))
    ['00 F6 before its activation', '01 F6']
    """
    stages: dict[str, np.ndarray] = {}
    for layer, before, after in _steps(layers, weights, x):
        name = layer["config"].get("name", layer["class_name"])
        if layer["class_name"] in UNSEEN:
            continue
        if before is not after:
            stages[f"{len(stages):02} {name}{BEFORE}"] = digest(before)
        stages[f"{len(stages):02} {name}"] = digest(after)
    return stages


def _steps(
    layers: list[dict[str, Any]], weights: list[np.ndarray], x: np.ndarray, order: Sequence[int] | None = None
) -> Iterator[tuple[dict[str, Any], np.ndarray, np.ndarray]]:
    """Each layer with what it gives before its activation and after it."""
    sources = sources_of(layers)
    own = _handed_out(layers, weights, own_order(layers, sources) if order is None else order)
    given: list[np.ndarray] = []
    for layer, inputs, left in zip(layers, sources, own, strict=True):
        kind, arguments = layer["class_name"], layer["config"]
        if kind not in LAYERS:
            raise Misfit(f"a layer of class {kind} is not one that this chain knows")
        taken = [given[place] for place in inputs] or [np.asarray(x, np.float64)]
        try:
            before = LAYERS[kind](taken if kind in MERGING else taken[0], arguments, left)
        except IndexError:
            raise Misfit(f"the weights end before layer {arguments.get('name', kind)}") from None
        given.append(ACTIVATIONS[arguments.get("activation") or "linear"](before))
        yield layer, before, given[-1]


def _handed_out(
    layers: list[dict[str, Any]], weights: list[np.ndarray], order: Sequence[int]
) -> list[list[np.ndarray]]:
    """The weights of each layer. Raises `Misfit` for some that are left over."""
    left = [np.asarray(array, np.float64) for array in weights]
    own: list[list[np.ndarray]] = [[] for _ in layers]
    for place in order:
        kind, arguments = layers[place]["class_name"], layers[place]["config"]
        arrays = ARRAYS.get(kind, lambda arguments: 0)(arguments)
        own[place], left = left[:arrays], left[arrays:]
    if left:
        raise Misfit(f"{len(left)} arrays of weights are left over")
    return own


def _convolution(x: np.ndarray, arguments: Arguments, left: list[np.ndarray]) -> np.ndarray:
    w = left.pop(0)  # (KH, KW, C, K)
    b = left.pop(0) if arguments.get("use_bias", True) else np.zeros(w.shape[-1])
    return conv2d_forward(x, w, b, *how_windows_lie(arguments))


def _convolution_1d(x: np.ndarray, arguments: Arguments, left: list[np.ndarray]) -> np.ndarray:
    """A series (N, T, C) is an image of one column."""
    flat = on_a_column(arguments)
    left[0] = left[0][:, None]  # (K, C, F) -> (K, 1, C, F)
    if flat["padding"] == "causal":
        before = (flat["kernel_size"][0] - 1) * flat["dilation_rate"][0]
        x, flat["padding"] = np.pad(x, ((0, 0), (before, 0), (0, 0))), "valid"
    return _convolution(x[:, :, None], flat, left)[:, :, 0]


def _transposed_convolution(x: np.ndarray, arguments: Arguments, left: list[np.ndarray]) -> np.ndarray:
    """With an odd kernel at stride 1 and "same" padding: the convolution with the kernel turned round."""
    kh, kw = as_pair(arguments["kernel_size"])
    w = left.pop(0).reshape(kh, kw, -1, x.shape[-1])  # (KH, KW, K, C)
    b = left.pop(0) if arguments.get("use_bias", True) else np.zeros(w.shape[2])
    strides, padding, dilation_rate = how_windows_lie(arguments)
    if (max(as_pair(strides)), padding, max(as_pair(dilation_rate)), kh % 2, kw % 2) != (1, "same", 1, 1, 1):
        raise Misfit("only the plainest transposed convolutions are known here")
    return conv2d_forward(x, w[::-1, ::-1].swapaxes(2, 3), b, padding="same")


def _dense(x: np.ndarray, arguments: Arguments, left: list[np.ndarray]) -> np.ndarray:
    w = left.pop(0)  # (D, M)
    b = left.pop(0) if arguments.get("use_bias", True) else np.zeros(w.shape[-1])
    return dense_forward(x, w, b)


def _pooling(pool: Callable[..., np.ndarray]) -> Callable[..., np.ndarray]:
    return lambda x, arguments, left: pool(
        x, arguments.get("pool_size", 2), arguments.get("strides"), arguments.get("padding", "valid")
    )


def _normalisation(x: np.ndarray, arguments: Arguments, left: list[np.ndarray]) -> np.ndarray:
    """As when nothing is trained: with the moving averages."""
    scale, shift, mean, variance = (left.pop(0) for _ in range(4))
    return scale * (x - mean) / np.sqrt(variance + arguments.get("epsilon", 1e-3)) + shift


def _softmax(x: np.ndarray) -> np.ndarray:
    exponentials = np.exp(x - x.max(axis=-1, keepdims=True))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


def _same(x: np.ndarray, *_: Any) -> np.ndarray:
    return x


def _kernel_and_bias(arguments: Arguments) -> int:
    return 1 + bool(arguments.get("use_bias", True))


ARRAYS: dict[str, Callable[[Arguments], int]] = {  # of weights
    "Conv1D": _kernel_and_bias,
    "Conv2D": _kernel_and_bias,
    "Conv2DTranspose": _kernel_and_bias,
    "Dense": _kernel_and_bias,
    "BatchNormalization": lambda arguments: 4,
}
LAYERS: dict[str, Callable[[Any, Arguments, list[np.ndarray]], np.ndarray]] = {
    "InputLayer": _same,
    "Conv2D": _convolution,
    "Conv1D": _convolution_1d,
    "Conv2DTranspose": _transposed_convolution,
    "ZeroPadding2D": lambda x, arguments, left: zero_pad2d(x, sides_of_padding(arguments)),
    "Permute": lambda x, arguments, left: x.transpose(0, *arguments["dims"]),
    "MaxPooling2D": _pooling(max_pool2d_forward),
    "AveragePooling2D": _pooling(avg_pool2d_forward),
    "GlobalAveragePooling2D": lambda x, arguments, left: global_avg_pool2d_forward(x),
    "BatchNormalization": _normalisation,
    "Add": lambda xs, arguments, left: np.sum(xs, axis=0),
    "Concatenate": lambda xs, arguments, left: np.concatenate(xs, axis=arguments.get("axis", -1)),
    "Flatten": lambda x, arguments, left: x.reshape(len(x), -1),
    "Dense": _dense,
    "Dropout": _same,  # nothing is trained here
    "Activation": _same,  # its activation is applied as any layer's
    "Softmax": lambda x, arguments, left: _softmax(x),
}
# Others write these elsewhere, or not at all.
UNSEEN = frozenset({"InputLayer", "ZeroPadding2D", "Permute", "Flatten", "Dropout"})
ACTIVATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "linear": _same,
    "relu": lambda x: np.maximum(x, 0),
    "relu6": lambda x: np.clip(x, 0, 6),
    "tanh": np.tanh,
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "softmax": _softmax,
}
