"""A network of Keras layers, as configurations: counted, and computed by our NumPy layers in float64, without Keras.

It is a list of layers. In a chain each takes what the one before it gives; in a network that branches each says in `inbound`
from which layers it takes its inputs, all of which stand before it. Weights come in the network's own order
(`blueprint.weight_order`), which is a chain's order.

The same digits on every machine, for fixtures: TensorFlow's float32 sums differ in the last bits from one processor, and
one setting, to the next. And quick: many wrong networks are looked through behind one wrong answer.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from grader.cnnchecks import BEFORE, LiveModels, Misfit, digest, in_batches
from kerasnets import blueprint
from kerasnets.numpy_layers import (
    avg_pool2d_forward,
    conv2d_forward,
    conv_output_size,
    dense_forward,
    global_avg_pool2d_forward,
    max_pool2d_forward,
    zero_pad2d,
)

Arguments = dict[str, Any]
Shape = tuple[int, ...]  # without the batch


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


# Which layer takes what -------------------------------------------------------------------------------------


def layers_in(config: dict[str, Any]) -> list[dict[str, Any]]:
    """The layers of a model's configuration; with `inbound` if it is no chain."""
    kept = ("module", "class_name", "registered_name")
    parts = config["config"]["layers"]
    layers = [{key: part.get(key) for key in kept} | {"config": dict(part["config"])} for part in parts]
    graph = blueprint.wiring(config)
    names = list(graph.kinds)
    chain = [(), *((name,) for name in names[:-1])]
    if list(graph.inputs.values()) != chain and len(names) == len(layers):
        for layer, inbound in zip(layers, graph.inputs.values(), strict=True):
            layer["inbound"] = list(inbound)
    return layers


def sources_of(layers: Sequence[dict[str, Any]]) -> list[list[int]]:
    """The places of the layers whose outputs each layer takes. Raises `Misfit` for one that isn't there, or comes later.

    >>> a, b = {"config": {"name": "a"}, "inbound": []}, {"config": {"name": "b"}, "inbound": ["a", "a"]}
    >>> sources_of([a, b])
    [[], [0, 0]]
    """
    places: dict[str, int] = {}
    sources = []
    for place, layer in enumerate(layers):
        inbound = layer.get("inbound")
        if inbound is None:
            sources.append([place - 1] if place else [])
        elif missing := [name for name in inbound if name not in places]:
            raise Misfit(f"no layer {missing[0]} comes before this one")
        else:
            sources.append([places[name] for name in inbound])
        places[layer["config"].get("name", f"layer {place}")] = place
    return sources


def _own_order(layers: Sequence[dict[str, Any]], sources: list[list[int]]) -> list[int]:
    """The places of the layers that have weights, in the network's own order."""
    graph = blueprint.Wiring(
        {str(place): layer["class_name"] for place, layer in enumerate(layers)},
        {str(place): tuple(map(str, given)) for place, given in enumerate(sources)},
        {
            str(place): " ".join(str(layer["config"].get(key)) for key in ("filters", "units", "kernel_size"))
            for place, layer in enumerate(layers)
        },
        (str(len(layers) - 1),),
    )
    return [int(place) for place in blueprint.weight_order(graph)]


# Computing --------------------------------------------------------------------------------------------------


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
    own = _handed_out(layers, weights, _own_order(layers, sources) if order is None else order)
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
    return conv2d_forward(x, w, b, *_how_windows_lie(arguments))


def _convolution_1d(x: np.ndarray, arguments: Arguments, left: list[np.ndarray]) -> np.ndarray:
    """A series (N, T, C) is an image of one column."""
    flat = _on_a_column(arguments)
    left[0] = left[0][:, None]  # (K, C, F) -> (K, 1, C, F)
    if flat["padding"] == "causal":
        before = (flat["kernel_size"][0] - 1) * flat["dilation_rate"][0]
        x, flat["padding"] = np.pad(x, ((0, 0), (before, 0), (0, 0))), "valid"
    return _convolution(x[:, :, None], flat, left)[:, :, 0]


def _on_a_column(arguments: Arguments) -> Arguments:
    """The arguments of a Conv1D as those of a Conv2D."""
    sizes = {key: arguments.get(key) or 1 for key in ("kernel_size", "strides", "dilation_rate")}
    column = {key: (size if isinstance(size, int) else size[0], 1) for key, size in sizes.items()}
    return arguments | column | {"padding": arguments.get("padding", "valid")}


def _how_windows_lie(arguments: Arguments) -> Iterator[Any]:
    """Strides, padding and dilation, with what Keras takes where nothing is said."""
    for key, usual in (("strides", 1), ("padding", "valid"), ("dilation_rate", 1)):
        yield usual if arguments.get(key) is None else arguments[key]


def _transposed_convolution(x: np.ndarray, arguments: Arguments, left: list[np.ndarray]) -> np.ndarray:
    """With an odd kernel at stride 1 and "same" padding: the convolution with the kernel turned round."""
    kh, kw = _pair(arguments["kernel_size"])
    w = left.pop(0).reshape(kh, kw, -1, x.shape[-1])  # (KH, KW, K, C)
    b = left.pop(0) if arguments.get("use_bias", True) else np.zeros(w.shape[2])
    strides, padding, dilation_rate = _how_windows_lie(arguments)
    if (max(_pair(strides)), padding, max(_pair(dilation_rate)), kh % 2, kw % 2) != (1, "same", 1, 1, 1):
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
MERGING = frozenset({"Add", "Concatenate"})  # these take a list
LAYERS: dict[str, Callable[[Any, Arguments, list[np.ndarray]], np.ndarray]] = {
    "InputLayer": _same,
    "Conv2D": _convolution,
    "Conv1D": _convolution_1d,
    "Conv2DTranspose": _transposed_convolution,
    "ZeroPadding2D": lambda x, arguments, left: zero_pad2d(x, _sides(arguments)),
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


# Counting ---------------------------------------------------------------------------------------------------


def shapes_of(layers: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], list[Shape], Shape]]:
    """Each layer with the shapes of its weights and of what it gives for one image; nothing is computed.

    Raises `Misfit` for a layer that isn't known here, ValueError for a window that doesn't fit.

    >>> image = {"class_name": "InputLayer", "config": {"batch_shape": [None, 28, 28, 1]}}
    >>> c1 = {"class_name": "Conv2D", "config": {"filters": 6, "kernel_size": [5, 5]}}
    >>> [(weights, gives) for _, weights, gives in shapes_of([image, c1])]
    [([], (28, 28, 1)), ([(5, 5, 1, 6), (6,)], (24, 24, 6))]
    """
    given: list[Shape] = []
    for layer, inputs in zip(layers, sources_of(layers), strict=True):
        kind, arguments = layer["class_name"], layer["config"]
        if kind not in SHAPES:
            raise Misfit(f"a layer of class {kind} is not one that this chain knows")
        taken = [given[place] for place in inputs] or [()]
        weights, shape = SHAPES[kind](taken if kind in MERGING else taken[0], arguments)
        given.append(shape)
        yield layer, weights, shape


def _weighted(layers: list[dict[str, Any]]) -> list[tuple[dict[str, Any], list[Shape], Shape]]:
    """`shapes_of` those layers that have weights, in the network's own order."""
    rows = list(shapes_of(layers))
    return [rows[place] for place in _own_order(layers, sources_of(layers)) if rows[place][1]]


def counts_of(layers: list[dict[str, Any]]) -> dict[str, np.ndarray]:
    """Of each layer that has weights: how many, and for how many positions of a map.

    >>> image = {"class_name": "InputLayer", "config": {"batch_shape": [None, 28, 28, 1]}}
    >>> c1 = {"class_name": "Conv2D", "config": {"filters": 6, "kernel_size": [5, 5]}}
    >>> counts_of([image, c1])
    {'weights': array([156]), 'maps': array([576])}
    """
    rows = [(sum(map(math.prod, weights)), gives) for _, weights, gives in _weighted(layers)]
    return {
        "weights": np.array([count for count, _ in rows]),
        "maps": np.array([math.prod(gives[:-1]) for _, gives in rows]),
    }


def trained_of(layers: list[dict[str, Any]]) -> np.ndarray:
    """Of each layer that has weights: how many of them training changes."""
    return np.array(
        [
            sum(
                map(math.prod, weights[:AVERAGES] if layer["class_name"] == "BatchNormalization" else weights)
            )
            * layer["config"].get("trainable", True)
            for layer, weights, _ in _weighted(layers)
        ]
    )


AVERAGES = 2  # a batch normalisation learns a scale and a shift; its moving averages come behind them


Plan = tuple[list[Shape], Shape]  # the shapes of the weights, and of what comes out


def _windows(shape: Shape, arguments: Arguments, size: Any) -> Shape:
    strides, padding, dilation_rate = _how_windows_lie(arguments)
    axes = zip(shape, _pair(size), _pair(strides), _pair(dilation_rate), strict=False)
    return tuple(conv_output_size(n, k, s, padding, d) for n, k, s, d in axes)


def _of_convolution(shape: Shape, arguments: Arguments) -> Plan:
    size, filters = _pair(arguments["kernel_size"]), arguments["filters"]
    weights = [(*size, shape[-1], filters), (filters,)]
    return weights[: 1 + arguments.get("use_bias", True)], (*_windows(shape, arguments, size), filters)


def _of_convolution_1d(shape: Shape, arguments: Arguments) -> Plan:
    flat = _on_a_column(arguments)
    flat["padding"] = "same" if flat["padding"] == "causal" else flat["padding"]  # of the same size
    (kernel, *bias), (steps, _, filters) = _of_convolution((shape[0], 1, shape[1]), flat)
    return [(kernel[0], *kernel[2:]), *bias], (steps, filters)


def _of_transposed(shape: Shape, arguments: Arguments) -> Plan:
    weights, _ = _of_convolution(shape, arguments)
    if arguments.get("padding") != "same":
        raise Misfit("only the plainest transposed convolutions are known here")
    return weights, (*shape[:2], arguments["filters"])


def _of_pooling(shape: Shape, arguments: Arguments) -> Plan:
    size = arguments.get("pool_size", 2)
    return [], (*_windows(shape, {"strides": size} | _given(arguments), size), shape[-1])


def _of_dense(shape: Shape, arguments: Arguments) -> Plan:
    units = arguments["units"]
    return [(shape[-1], units), (units,)][: 1 + arguments.get("use_bias", True)], (*shape[:-1], units)


def _of_padding(shape: Shape, arguments: Arguments) -> Plan:
    (top, bottom), (left, right) = _sides(arguments)
    return [], (shape[0] + top + bottom, shape[1] + left + right, shape[2])


def _of_normalisation(shape: Shape, arguments: Arguments) -> Plan:
    return [shape[-1:]] * 4, shape  # scale, shift, moving mean and variance


def _of_sum(shapes: list[Shape], arguments: Arguments) -> Plan:
    if len(set(shapes)) != 1:
        raise ValueError(f"{shapes} can't be added")
    return [], shapes[0]


def _of_concatenation(shapes: list[Shape], arguments: Arguments) -> Plan:
    if len({shape[:-1] for shape in shapes}) != 1:
        raise ValueError(f"{shapes} don't stand side by side")
    return [], (*shapes[0][:-1], sum(shape[-1] for shape in shapes))


def _kept(shape: Shape, arguments: Arguments) -> Plan:
    return [], shape


def _pair(value: Any) -> tuple[int, int]:
    return (value, value) if isinstance(value, int) else (value[0], value[1])


def _sides(arguments: Arguments) -> tuple[tuple[int, int], tuple[int, int]]:
    rows, columns = _pair(arguments.get("padding", 1))
    return _pair(rows), _pair(columns)


def _given(arguments: Arguments) -> Arguments:
    return {key: value for key, value in arguments.items() if value is not None}


SHAPES: dict[str, Callable[[Any, Arguments], Plan]] = {
    "InputLayer": lambda shape, arguments: ([], tuple(arguments["batch_shape"][1:])),
    "Conv2D": _of_convolution,
    "Conv1D": _of_convolution_1d,
    "Conv2DTranspose": _of_transposed,
    "MaxPooling2D": _of_pooling,
    "AveragePooling2D": _of_pooling,
    "ZeroPadding2D": _of_padding,
    "Permute": lambda shape, arguments: ([], tuple(shape[axis - 1] for axis in arguments["dims"])),
    "Flatten": lambda shape, arguments: ([], (int(np.prod(shape)),)),
    "Dense": _of_dense,
    "BatchNormalization": _of_normalisation,
    "GlobalAveragePooling2D": lambda shape, arguments: ([], shape[-1:]),
    "Add": _of_sum,
    "Concatenate": _of_concatenation,
    "Dropout": _kept,
    "Activation": _kept,
    "Softmax": _kept,
}
