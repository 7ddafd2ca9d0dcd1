"""A network's layers from its configuration: their order, and the shapes of their weights and maps. Nothing is computed."""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from grader.cnnchecks.outcome import Misfit
from kerasnets import blueprint
from kerasnets.numpy_layers import (
    conv_output_size,
)

Arguments = dict[str, Any]
Shape = tuple[int, ...]  # without the batch


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


def own_order(layers: Sequence[dict[str, Any]], sources: list[list[int]]) -> list[int]:
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


def on_a_column(arguments: Arguments) -> Arguments:
    """The arguments of a Conv1D as those of a Conv2D."""
    sizes = {key: arguments.get(key) or 1 for key in ("kernel_size", "strides", "dilation_rate")}
    column = {key: (size if isinstance(size, int) else size[0], 1) for key, size in sizes.items()}
    return arguments | column | {"padding": arguments.get("padding", "valid")}


def how_windows_lie(arguments: Arguments) -> Iterator[Any]:
    """Strides, padding and dilation, with what Keras takes where nothing is said."""
    for key, usual in (("strides", 1), ("padding", "valid"), ("dilation_rate", 1)):
        yield usual if arguments.get(key) is None else arguments[key]


MERGING = frozenset({"Add", "Concatenate"})  # these take a list


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
    return [rows[place] for place in own_order(layers, sources_of(layers)) if rows[place][1]]


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
    strides, padding, dilation_rate = how_windows_lie(arguments)
    axes = zip(shape, as_pair(size), as_pair(strides), as_pair(dilation_rate), strict=False)
    return tuple(conv_output_size(n, k, s, padding, d) for n, k, s, d in axes)


def _of_convolution(shape: Shape, arguments: Arguments) -> Plan:
    size, filters = as_pair(arguments["kernel_size"]), arguments["filters"]
    weights = [(*size, shape[-1], filters), (filters,)]
    return weights[: 1 + arguments.get("use_bias", True)], (*_windows(shape, arguments, size), filters)


def _of_convolution_1d(shape: Shape, arguments: Arguments) -> Plan:
    flat = on_a_column(arguments)
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
    (top, bottom), (left, right) = sides_of_padding(arguments)
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


def as_pair(value: Any) -> tuple[int, int]:
    return (value, value) if isinstance(value, int) else (value[0], value[1])


def sides_of_padding(arguments: Arguments) -> tuple[tuple[int, int], tuple[int, int]]:
    rows, columns = as_pair(arguments.get("padding", 1))
    return as_pair(rows), as_pair(columns)


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
