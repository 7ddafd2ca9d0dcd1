"""A Keras model without its weights: layers, shapes, parameters, FLOPs and configuration, as plain data.

Students get this file as it stands, so it imports nothing of ours, and Keras only inside functions.

>>> import keras
>>> def tiny():
...     x = keras.Input((32, 32, 1))
...     y = keras.layers.Conv2D(6, 5, activation="tanh", name="C1")(x)
...     return keras.Model(x, y, name="tiny")
>>> b = of(tiny)
>>> b.parameters, b.output_shape, b.flops
(156, (None, 28, 28, 6), 235200)
>>> b == Blueprint.from_dict(json.loads(json.dumps(b.to_dict())))
True

The 156 are 5·5·1 weights and one bias for each of 6 filters; the 235,200 FLOPs are 150 weights, each
multiplied once and added once at each of 28·28 positions.
"""

from __future__ import annotations

import json
import math
import random
import re
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from functools import cache, partial
from typing import Any

Shape = tuple[int | None, ...]

# Layers whose kernels meet the image (or the vector) once per position.
KERNEL_LAYERS = frozenset(
    f"{before}Conv{n}D{after}"
    for before, after in (("", ""), ("Depthwise", ""), ("Separable", ""), ("", "Transpose"))
    for n in (1, 2, 3)
) | {"Dense"}
CONVERSIONS = ("ConvertToTensor", "Cast")
MOST_UNROLLINGS = 20  # how deep custom layers may sit inside custom layers
MOST_ACTIVATIONS = 3_000_000  # numbers that all layers together give, where they are looked at one by one


class BlueprintError(ValueError):
    """A model that no blueprint can be taken of; the message says what to change in it."""


@dataclass(frozen=True)
class Row:
    """One line of a layer table.

    `kind` is Keras's class name; a layer inside an inner model is called "inner/layer". `output_shape`
    starts with the batch (None). `flops` are for one example, two per multiply-and-add of convolutions,
    dense layers and matrix products; the rest (biases, activations, pooling) counts 0, as in the papers'
    tables. None where the image size is open.
    """

    name: str
    kind: str
    output_shape: Shape
    parameters: int
    trainable: int
    flops: int | None


@dataclass(frozen=True)
class Blueprint:
    """What is known of a model before any weight is allocated.

    `input_shape` and `output_shape` start with the batch (None); with several inputs or outputs they are
    tuples of such shapes. `config` is the model's configuration, as Keras serialises it: dicts, lists,
    strings, numbers, booleans and None only. `print(blueprint)` shows the layer table.
    """

    name: str
    rows: tuple[Row, ...]
    input_shape: Any
    output_shape: Any
    config: dict[str, Any]

    @property
    def parameters(self) -> int:
        """All weights, those of a shared layer once."""
        return sum(row.parameters for row in self.rows)

    @property
    def trainable(self) -> int:
        """The weights that training changes: not the moving averages of batch normalisation, no frozen layer."""
        return sum(row.trainable for row in self.rows)

    @property
    def flops(self) -> int | None:
        """Floating-point operations for one example, two per multiply-and-add; None if a size is open."""
        flops = [row.flops for row in self.rows]
        return None if None in flops else sum(f for f in flops if f is not None)

    def to_dict(self) -> dict[str, Any]:
        """Plain data that survives JSON; `Blueprint.from_dict` is its inverse."""
        return json.loads(json.dumps(asdict(self)))

    @classmethod
    def from_dict(cls, data: Any) -> Blueprint:
        """The blueprint that `to_dict` wrote. Raises BlueprintError for anything else."""
        try:
            rows = tuple(Row(**{**row, "output_shape": _tuples(row["output_shape"])}) for row in data["rows"])
            shapes = {key: _tuples(data[key]) for key in ("input_shape", "output_shape")}
            return cls(name=data["name"], rows=rows, config=data["config"], **shapes)
        except (TypeError, KeyError, AttributeError) as error:
            raise BlueprintError(f"this is no blueprint: expected what to_dict() returns ({error})") from None

    def __str__(self) -> str:
        lines = [("layer", "kind", "output", "parameters", "FLOPs")]
        lines += [
            (r.name, r.kind, _text(r.output_shape), _text(r.parameters), _text(r.flops)) for r in self.rows
        ]
        lines += [("total", "", _text(self.output_shape), _text(self.parameters), _text(self.flops))]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        return "\n".join(
            "  ".join(
                c.ljust(w) if i < 3 else c.rjust(w) for i, (c, w) in enumerate(zip(line, widths, strict=True))
            )
            for line in lines
        )


def of(model: Any, input_shape: Shape | None = None, fallback: bool = True) -> Blueprint:
    """The blueprint of a Keras model, or of the model that a function without arguments builds.

    A builder is called where Keras makes no weights, so that VGG16's 528 MB are never allocated. Sequential
    and functional models are read as they are; subclassed models and layers are unrolled by calling their
    `call` on a symbolic input, until only Keras's own layers and operations remain.

    `input_shape`, without the batch, e.g. (28, 28, 1), is needed only for a model that doesn't know its own.
    `fallback`: whether a builder that can't work without weights (it calls `compile`) is called a second time, with.

    Raises BlueprintError, with what to change, if that can't be done: a layer that owns weights made by
    `add_weight`, calls that are no Keras operations, an unknown input shape. An error of the builder itself
    comes out as it is.
    """
    import keras

    if isinstance(model, keras.Model):
        return _in_own_thread(lambda: _read(model, input_shape))
    if not callable(model):
        raise BlueprintError(
            f"got a {type(model).__name__}; expected a Keras model or a function that builds one"
        )
    try:
        return _in_own_thread(lambda: _build(model, input_shape, without_weights=True))
    except BlueprintError:
        raise
    except Exception:  # `compile`, or a variable made from an array: neither works without weights
        if not fallback:
            raise
        return _in_own_thread(lambda: _build(model, input_shape, without_weights=False))


def weights_of(model: Any) -> list[Any]:
    """A live model's weights as NumPy arrays, in the order in which its blueprint's configuration builds them.

    A subclassed model lists its own weights in the order of its attributes; here they follow the data.
    """
    return _in_own_thread(lambda: _unrolled(model, None).get_weights())


def activations(model: Any, x: Any, most: int = MOST_ACTIVATIONS) -> list[tuple[str, str, Any]]:
    """What each layer and operation of a model gives for the batch x, in the order of computing: (name, kind, array).

    The layers of an inner model stand in its place; inputs, and what Keras puts in to convert them, are left out.
    Raises BlueprintError if these would be more than `most` numbers.

    >>> import keras, numpy
    >>> sums = keras.layers.Dense(2, kernel_initializer="ones", activation="relu", name="sums")
    >>> inner = keras.Sequential([keras.Input((3,)), sums])
    >>> model = keras.Sequential([keras.Input((3, 1)), keras.layers.Flatten(name="flat"), inner])
    >>> [(name, kind, array.tolist()) for name, kind, array in activations(model, numpy.ones((1, 3, 1)))]
    [('flat', 'Flatten', [[1.0, 1.0, 1.0]]), ('sums', 'Dense', [[3.0, 3.0]])]
    """
    return _in_own_thread(lambda: _activations(_flat(_graph(_unrolled(model, None))), x, most))


def _activations(graph: Any, x: Any, most: int) -> list[tuple[str, str, Any]]:
    import keras

    by_depth = sorted(graph._nodes_by_depth.items(), reverse=True)
    nodes = [
        node
        for _, nodes in by_depth
        for node in nodes
        if not node.is_input and type(node.operation).__name__ not in CONVERSIONS
    ]
    tensors = [node.outputs[0] for node in nodes]
    _refuse_many(len(x) * sum(math.prod(n or 1 for n in tensor.shape[1:]) for tensor in tensors), most)
    outputs = keras.Model(graph.inputs, tensors)([x], training=False)
    arrays = [keras.ops.convert_to_numpy(output) for output in outputs]
    _refuse_many(sum(array.size for array in arrays), most)  # a size that was open
    named = [(node.operation.name, type(node.operation).__name__) for node in nodes]
    return [(name, kind, array) for (name, kind), array in zip(named, arrays, strict=True)]


def _refuse_many(numbers: int, most: int) -> None:
    if numbers > most:
        raise BlueprintError(f"its layers give {numbers:,} numbers; at most {most:,} are looked at")


def _flat(graph: Any) -> Any:
    """The same layers in a graph without inner models."""
    import keras

    def called(op: Any, *args: Any, **kwargs: Any) -> Any:
        return op.call(*args, **kwargs) if _is_graph(op) else op(*args, **kwargs)

    for _ in range(MOST_UNROLLINGS):
        if not any(_is_graph(op) for op in graph.operations):
            break
        graph = keras.models.clone_model(graph, clone_function=lambda layer: layer, call_function=called)
    return graph


def _in_own_thread(take: Callable[[], Any]) -> Any:
    """Keras keeps its state (layer names, weights still to be allocated) per thread, its seeds in `random`.

    In a thread of its own the model leaves nothing behind, and the caller's names and seeds stay as they were;
    `keras.backend.clear_session()` would reset them.
    """
    seeds = random.getstate()
    try:
        with ThreadPoolExecutor(max_workers=1) as thread:
            return thread.submit(take).result()
    finally:
        random.setstate(seeds)


def _build(builder: Callable[[], Any], input_shape: Shape | None, without_weights: bool) -> Blueprint:
    import keras

    with keras.StatelessScope(initialize_variables=False) if without_weights else nullcontext():
        model = builder()
        if not isinstance(model, keras.Model):
            raise BlueprintError(
                f"the builder returned a {type(model).__name__}; let it return the keras.Model"
            )
        return _read(model, input_shape)


def _read(model: Any, input_shape: Shape | None) -> Blueprint:
    import keras

    plain = _unrolled(model, input_shape)
    graph = _graph(plain) if isinstance(plain, keras.Sequential) else plain
    _refuse_own_activations(graph)
    config = _plain_config(plain)
    rows = tuple(_rows(graph, set()))
    lost = _count(model.weights) - sum(row.parameters for row in rows)
    if lost:
        raise BlueprintError(
            f"{lost:,} weights of {model.name!r} belong to no Keras layer (made by add_weight, or in a layer that "
            "`call` doesn't use): build it from Keras layers, such as keras.layers.Dense or Conv2D"
        )
    return Blueprint(model.name, rows, _tuples(plain.input_shape), _tuples(plain.output_shape), config)


# ---- unrolling: from any model to Keras's own layers and operations ----


def _unrolled(model: Any, input_shape: Shape | None) -> Any:
    """The same model of Keras layers and operations alone; itself, if it is that already."""
    import keras

    if isinstance(model, keras.Sequential) and not _is_foreign_call(model):
        graph = _sequential_graph(model, input_shape)
        if not _has_foreign(graph) and type(model) is keras.Sequential:
            return model
    elif _is_graph(model):
        if not _has_foreign(model) and _is_keras(type(model)):
            return model
        graph = _graph(model)
    else:
        x = keras.Input(batch_shape=_known_input_shape(model, input_shape))
        graph = keras.Model(x, _opened(model, x), name=model.name)
    for _ in range(MOST_UNROLLINGS):
        if not _has_foreign(graph):
            return graph
        graph = _or_explain(model, partial(_open_once, graph))
    raise BlueprintError(
        f"{model.name!r} has custom layers within custom layers, more than {MOST_UNROLLINGS} deep: "
        "build it from Keras layers"
    )


def _open_once(graph: Any) -> Any:
    """The same layers in a new graph, where each custom one is replaced by what its `call` does."""
    import keras

    return keras.models.clone_model(graph, clone_function=lambda layer: layer, call_function=_opened)


def _opened(op: Any, *args: Any, **kwargs: Any) -> Any:
    """Call a Keras layer as it is; of a custom one, or a model that contains one, call what is inside."""
    if not _is_foreign(op):
        return op(*args, **kwargs)
    return _or_explain(op, lambda: op.call(*args, **kwargs))


def _or_explain(op: Any, attempt: Callable[[], Any]) -> Any:
    try:
        return attempt()
    except BlueprintError:
        raise
    except Exception as error:
        words = [line for line in _plain_lines(error) if not line.startswith("Exception encountered")]
        reason = words[0] if words else type(error).__name__
        raise BlueprintError(
            f"{op.name!r} ({type(op).__name__}) can't be taken apart on a symbolic input: {reason} "
            "Next: build it from Keras layers and keras.ops, and give each layer a name of its own"
        ) from error


def _plain_lines(error: Exception) -> list[str]:
    """The lines of a message without the terminal's bold marks, which Keras writes."""
    return [line.strip() for line in re.sub(r"\x1b\[\d*m", "", str(error)).splitlines() if line.strip()]


def _known_input_shape(model: Any, input_shape: Shape | None) -> Shape:
    if input_shape is not None:
        return (None, *input_shape)
    known = (model.get_build_config() or {}).get("input_shape") if model.built else None
    if not known or not all(size is None or isinstance(size, int) for size in known):
        raise BlueprintError(
            f"{model.name!r} doesn't know its input shape: call it on keras.Input((28, 28, 1)) "
            "(or whatever its images are) before you return it"
        )
    return (None, *known[1:])


def _sequential_graph(model: Any, input_shape: Shape | None) -> Any:
    if not model.built and input_shape is not None:
        model.build((None, *input_shape))
    if not model.built:
        raise BlueprintError(
            f"{model.name!r} has no shapes yet: make its first line keras.Input, "
            "e.g. keras.Sequential([keras.Input((28, 28, 1)), ...])"
        )
    return _graph(model)


def _graph(model: Any) -> Any:
    """The layers of a Sequential or functional model as a plain functional one."""
    import keras

    return keras.Model(model.inputs, model.outputs, name=model.name)


def _is_keras(kind: type) -> bool:
    return kind.__module__.split(".")[0] == "keras"


def _is_foreign_call(op: Any) -> bool:
    return (type(op).call.__module__ or "").split(".")[0] != "keras"


def _is_graph(op: Any) -> bool:
    """A model whose `call` is Keras's own and follows a graph of operations."""
    import keras

    return isinstance(op, keras.Model) and bool(getattr(op, "inputs", None)) and not _is_foreign_call(op)


def _is_foreign(op: Any) -> bool:
    """Not Keras's own class, or a container of such, or a Lambda (whose function may hold anything)."""
    import keras

    own = _is_keras(type(op)) and not isinstance(op, keras.layers.Lambda)
    return not own or (_is_graph(op) and _has_foreign(_graph(op)))


def _has_foreign(graph: Any) -> bool:
    return any(_is_foreign(op) for op in graph.operations)


def _refuse_own_activations(graph: Any) -> None:
    """Keras writes an activation down by its name, so that a function of ours called `relu` would pass for Keras's."""
    for op in graph.operations:
        if _is_graph(op):
            _refuse_own_activations(_graph(op))
        activation = getattr(op, "activation", None)
        module = getattr(activation, "__module__", None) or "keras"
        if callable(activation) and module.split(".")[0] not in ("keras", "tensorflow", "jax", "torch"):
            name = getattr(activation, "__name__", type(activation).__name__)
            raise BlueprintError(
                f"the activation {name} of {op.name!r} is not Keras's own: build it from Keras layers, "
                "e.g. activation='relu' or keras.layers.Activation"
            )


def _plain_config(model: Any) -> dict[str, Any]:
    """The configuration as JSON would give it back; whatever in it isn't Keras's own is an error."""
    import keras

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Keras warns of lambdas; we refuse them below
        whole = _or_explain(model, lambda: keras.saving.serialize_keras_object(model))
    kept = {key: whole[key] for key in ("module", "class_name", "config", "registered_name")}
    config = _or_explain(model, lambda: json.loads(json.dumps(kept)))
    for part in _parts(config):
        module = part.get("module")
        function = set(part) == {"value"} and not isinstance(part["value"], int | float)
        if function or (module is not None and module.split(".")[0] != "keras"):
            what = (
                part.get("config")
                if isinstance(part.get("config"), str)
                else part.get("class_name", "a lambda")
            )
            raise BlueprintError(f"{what} in {model.name!r} is not Keras's own: build it from Keras layers")
    return config


def _parts(config: Any) -> Iterator[dict[str, Any]]:
    if isinstance(config, dict):
        yield config
        config = list(config.values())
    if isinstance(config, list):
        for part in config:
            yield from _parts(part)


# ---- reading: one row per layer ----


def _rows(graph: Any, counted: set[int], prefix: str = "", times: int = 1) -> Iterator[Row]:
    calls: dict[int, list[Any]] = {}
    for nodes in graph._nodes_by_depth.values():  # Keras has no public list of which layer is called where
        for node in nodes:
            calls.setdefault(id(node.operation), []).append(node)
    for op in graph.operations:
        nodes = calls[id(op)]
        if _is_graph(op):
            yield from _rows(_graph(op), counted, f"{prefix}{op.name}/", times * len(nodes))
        elif not (
            prefix and type(op).__name__ == "InputLayer"
        ):  # an inner model's input is no layer of the whole
            flops = [_flops(op, node) for node in nodes]
            weights = [w for w in getattr(op, "weights", []) if id(w) not in counted]
            counted.update(map(id, weights))
            learnt = set(map(id, getattr(op, "trainable_weights", [])))
            yield Row(
                name=prefix + op.name,
                kind=type(op).__name__,
                output_shape=_tuples(nodes[0].outputs[0].shape),
                parameters=_count(weights),
                trainable=_count([w for w in weights if id(w) in learnt]),
                flops=None if None in flops else times * sum(f for f in flops if f is not None),
            )


def _flops(op: Any, node: Any) -> int | None:
    kind, shape = type(op).__name__, node.outputs[0].shape
    if kind == "Matmul":
        sizes = (*shape[1:], node.input_tensors[0].shape[-1])
        return None if None in sizes else 2 * math.prod(sizes)
    if kind not in KERNEL_LAYERS:
        return 0
    if "Transpose" in kind:  # each input pixel, not each output pixel, meets the whole kernel
        shape = node.input_tensors[0].shape
    positions = shape[2:] if getattr(op, "data_format", None) == "channels_first" else shape[1:-1]
    kernels = sum(math.prod(w.shape) for w in op.weights if w.name.endswith("kernel"))
    return None if None in positions else 2 * kernels * math.prod(positions)


def _count(weights: list[Any]) -> int:
    return sum(math.prod(w.shape) for w in weights)


def _tuples(shape: Any) -> Any:
    return tuple(map(_tuples, shape)) if isinstance(shape, list | tuple) else shape


def _text(value: Any) -> str:
    if isinstance(value, tuple):
        return " × ".join("?" if size is None else _text(size) for size in value[1:])
    return "?" if value is None else f"{value:,}"


# ---- which layer hands its output to which, read from a configuration: without Keras ----

COMMUTATIVE = frozenset({"Add", "Multiply", "Average", "Maximum", "Minimum"})
WEIGHTED = frozenset({"BatchNormalization", "LayerNormalization", "GroupNormalization", "PReLU"})


@dataclass(frozen=True)
class Wiring:
    """A network's layers, each after those that it takes its inputs from: names, classes, inputs, and the network's outputs.

    `sizes` is what else tells two layers of a class apart: filters, kernels, units, as text.
    """

    kinds: dict[str, str]
    inputs: dict[str, tuple[str, ...]]
    sizes: dict[str, str]
    outputs: tuple[str, ...]

    @property
    def branches(self) -> bool:
        """Does a layer take several inputs?"""
        return any(len(names) > 1 for names in self.inputs.values())


def wiring(config: dict[str, Any]) -> Wiring:
    """The wiring of a Sequential or functional model's configuration; a layer inside an inner model is "inner/layer".

    Raises BlueprintError for a layer that is called twice: it has no one place.
    """
    known = Wiring({}, {}, {}, ())
    outputs = tuple(_wire(config, "", (), known))
    return Wiring(known.kinds, known.inputs, known.sizes, outputs)


def _wire(part: dict[str, Any], prefix: str, given: tuple[str, ...], known: Wiring) -> list[str]:
    """Enter the layers of a model that is called on the layers `given`; returns those that give its outputs."""
    stands_for: dict[str, tuple[str, ...]] = {}
    before = given
    for layer in part["config"]["layers"]:
        name = layer.get("name") or layer["config"].get("name") or layer["class_name"]
        nodes = layer.get("inbound_nodes")
        if nodes is not None and len(nodes) > 1:
            raise BlueprintError(f"{prefix + name!r} is called {len(nodes)} times")
        sources = _tensors(nodes) if nodes is not None else None
        inputs = before if sources is None else tuple(_output(stands_for[s], place) for s, place in sources)
        inputs = inputs or (given if layer["class_name"] == "InputLayer" else ())
        if "layers" in layer["config"]:
            before = tuple(_wire(layer, f"{prefix}{name}/", inputs, known))
        else:
            path = prefix + name
            known.kinds[path], known.inputs[path] = layer["class_name"], inputs
            sizes = (layer["config"].get(key) for key in ("filters", "units", "kernel_size"))
            known.sizes[path] = " ".join(map(str, sizes))
            before = (path,)
        stands_for[name] = before
    if "output_layers" not in part["config"]:
        return list(before)
    return [_output(stands_for[end], place) for end, place in _ends(part["config"]["output_layers"])]


def _output(layers: tuple[str, ...], place: int) -> str:
    """Which layer gives an output: an inner model has several, each of one layer. Were it all of them, ten models in one
    another, of ten outputs each, would have ten thousand million."""
    return layers[min(place, len(layers) - 1)]


def _tensors(call: Any) -> list[tuple[str, int]]:
    """The names of the layers whose outputs a call takes, in order, and which of its outputs it is."""
    if isinstance(call, dict) and call.get("class_name") == "__keras_tensor__":
        history = call["config"]["keras_history"]  # name, call, place
        return [(history[0], history[2])]
    parts = call.values() if isinstance(call, dict) else call if isinstance(call, list | tuple) else ()
    return [tensor for part in parts for tensor in _tensors(part)]


def _ends(outputs: Any) -> list[tuple[str, int]]:
    """Keras writes one output as ["name", 0, 0], several as a list of such."""
    if outputs and isinstance(outputs[0], str):
        return [(outputs[0], outputs[2])]
    return [end for output in outputs for end in _ends(output)]


def has_weights(kind: str) -> bool:
    return kind in WEIGHTED or kind in KERNEL_LAYERS


def weight_order(graph: Wiring) -> list[str]:
    """The layers that have weights, in an order that is the network's own, however it is written down.

    Those further from the output come first: counted in layers that have weights, as a ReLU may be a layer or not. Of those
    equally far the first branch of a `Concatenate` comes first; the branches of an `Add`, where order means nothing, come by the
    number of their layers, the shortest first. For a chain it is the order of the chain, and for the networks of this
    course it is Keras's.

    >>> skip = {"image": (), "long": ("image",), "longer": ("long",), "short": ("image",), "sum": ("longer", "short")}
    >>> kinds = {name: "Conv2D" for name in skip} | {"image": "InputLayer", "sum": "Add"}
    >>> weight_order(Wiring(kinds, skip, dict.fromkeys(skip, ""), ("sum",)))
    ['long', 'short', 'longer']
    """
    counts = {name: int(has_weights(kind)) for name, kind in graph.kinds.items()}
    height: dict[str, int] = {}
    for name in graph.kinds:
        height[name] = counts[name] + max((height[n] for n in graph.inputs[name]), default=0)
    depth = dict.fromkeys(graph.kinds, 0)
    for name in reversed(graph.kinds):
        for source in graph.inputs[name]:
            depth[source] = max(depth[source], depth[name] + counts[source])
    met = _first_met(graph, height)
    return sorted((n for n in met if counts[n]), key=lambda n: (-depth[n], met[n]))


def _first_met(graph: Wiring, height: dict[str, int]) -> dict[str, int]:
    """Layers by when a walk from the outputs to the inputs meets them, branch by branch."""
    met: dict[str, int] = {}
    behind = cache(partial(_behind, graph))
    ahead = list(reversed(graph.outputs))
    while ahead:
        name = ahead.pop()
        if name not in met:
            met[name] = len(met)
            sources = list(dict.fromkeys(graph.inputs[name]))
            if graph.kinds[name] in COMMUTATIVE:
                sources.sort(key=lambda n: (height[n], behind(n)))
            ahead.extend(reversed(sources))
    return met


def _behind(graph: Wiring, name: str) -> list[str]:
    """What a branch is made of, to tell it from another one that is as long."""
    seen, ahead = set(), [name]
    while ahead:
        if (here := ahead.pop()) not in seen:
            seen.add(here)
            ahead.extend(graph.inputs[here])
    return sorted(f"{graph.kinds[n]} {graph.sizes[n]}" for n in seen if has_weights(graph.kinds[n]))
