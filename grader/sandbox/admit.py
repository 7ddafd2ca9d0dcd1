"""Which configurations of Keras models are let in: what stands on its lists and is of bounded size.

A configuration comes from a student's process: it is a claim, made of plain data. Only what `admit` lets through is
seen by Keras (whose own `safe_mode=True` has let code through before).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

MOST_PARTS = 300_000  # values in a configuration; ResNet-152's has 60,000
MOST_DEPTH = 40
MOST_TEXT = 300
MOST_NUMBER = 1_000_000  # any one size, stride, number of filters
LARGEST_SEED = 2**31
MOST_LAYERS = 1_500  # each as often as it is called


class Rejected(ValueError):
    """A configuration or weights that are not let in; the message is fit for the student's report."""


# ---- what may stand in a configuration ----


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


LAYERS = _names(
    """
    InputLayer Dense Flatten Reshape Permute RepeatVector Activation Identity Dropout
    SpatialDropout1D SpatialDropout2D SpatialDropout3D GaussianNoise GaussianDropout
    Conv1D Conv2D Conv3D Conv1DTranspose Conv2DTranspose Conv3DTranspose
    DepthwiseConv1D DepthwiseConv2D SeparableConv1D SeparableConv2D
    MaxPooling1D MaxPooling2D MaxPooling3D AveragePooling1D AveragePooling2D AveragePooling3D
    GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D
    GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D
    BatchNormalization LayerNormalization GroupNormalization
    ReLU LeakyReLU PReLU ELU Softmax
    Add Subtract Multiply Average Maximum Minimum Concatenate Dot
    ZeroPadding1D ZeroPadding2D ZeroPadding3D Cropping1D Cropping2D Cropping3D
    UpSampling1D UpSampling2D UpSampling3D Rescaling
    RandomFlip RandomTranslation RandomRotation RandomZoom RandomContrast
    """
)
OPERATIONS = {
    "keras.src.ops.numpy": _names(
        """
        Absolute Add Concatenate Divide ExpandDims GetItem Max Maximum Mean Min Minimum Multiply Negative Pad Power
        Reshape Sqrt Square Squeeze Stack Subtract Sum Tanh Transpose TrueDivide Matmul Exp Log Clip
        """
    ),
    "keras.src.ops.nn": _names(
        """
        Relu Relu6 Sigmoid Softmax LogSoftmax Softplus Softsign Silu Elu Selu Gelu LeakyRelu MaxPool AveragePool
        """
    ),
    "keras.src.ops.core": _names("ConvertToTensor Cast"),
}
ACTIVATIONS = _names(
    """
    linear relu relu6 tanh sigmoid softmax log_softmax softplus softsign silu swish elu selu gelu leaky_relu mish
    exponential hard_sigmoid hard_silu hard_swish
    """
)
ACTIVATION_LAYERS = _names("ReLU LeakyReLU PReLU ELU Softmax")
INITIALIZERS = _names(
    """
    Zeros Ones Constant RandomNormal RandomUniform TruncatedNormal VarianceScaling GlorotNormal GlorotUniform
    HeNormal HeUniform LecunNormal LecunUniform Orthogonal Identity
    """
)
REGULARIZERS = _names("L1 L2 L1L2")
CONSTRAINTS = _names("MaxNorm MinMaxNorm NonNeg UnitNorm")
DTYPES = _names("float16 bfloat16 float32 float64 mixed_float16 uint8 int32 int64")
MODELS = {("keras", "Sequential"), ("keras.src.models.functional", "Functional"), ("keras", "Functional")}

# The end of an argument's name says what may be its value: a module of Keras and the classes in it.
SLOTS = {
    "activation": ("keras.layers", ACTIVATION_LAYERS),
    "initializer": ("keras.initializers", INITIALIZERS),
    "regularizer": ("keras.regularizers", REGULARIZERS),
    "constraint": ("keras.constraints", CONSTRAINTS),
    "dtype": ("keras", _names("DTypePolicy")),
}
STRINGS = {
    "activation": ACTIVATIONS,
    "dtype": DTYPES,
}  # initializers and the like are always written as objects
LEFT_OUT = _names("build_config compile_config")  # the graph says it all; these only tell Keras to allocate


def admit(config: Any) -> None:
    """Let a model's configuration pass, as `kerasnets.blueprint` takes it, or raise Rejected that says why not.

    Every layer, operation, activation, initialiser, regulariser and constraint must stand on the lists above, under
    Keras's own module; sizes, depth and number are bounded, so that nothing large is made of a small text.

    >>> admit({"module": "os", "class_name": "system", "config": "ls", "registered_name": None})
    Traceback (most recent call last):
    grader.sandbox.admit.Rejected: os.system is not a Keras model; expected Sequential or Functional
    """
    for number, _ in enumerate(_parts(config, 0)):
        if number > MOST_PARTS:
            raise Rejected(f"the model's configuration has more than {MOST_PARTS:,} parts")
    layers = _admit_model(config)
    if layers > MOST_LAYERS:
        raise Rejected(
            f"the model has {layers:,} layers, each counted as often as it is called; "
            f"at most {MOST_LAYERS:,} are let in"
        )


def _parts(value: Any, depth: int) -> Iterator[Any]:
    """Every value within, each proved to be plain and of bounded size."""
    if depth > MOST_DEPTH:
        raise Rejected(f"the model's configuration is nested more than {MOST_DEPTH} deep")
    if type(value) not in (dict, list, tuple, str, int, float, bool, type(None)):
        raise Rejected(f"a {type(value).__name__} in the model's configuration; expected plain data")
    if isinstance(value, str) and len(value) > MOST_TEXT:
        raise Rejected(f"a text of {len(value):,} characters in the model's configuration")
    if isinstance(value, int | float) and not abs(value) <= LARGEST_SEED:  # a NaN is not, either
        raise Rejected(f"the number {shortened(value)} in the model's configuration")
    yield value
    if isinstance(value, dict):
        if not all(type(key) is str and len(key) <= MOST_TEXT for key in value):
            raise Rejected("a name in the model's configuration is not a short text")
        value = list(value.values())
    if isinstance(value, list | tuple):
        if len(value) > MOST_PARTS:
            raise Rejected(f"a list of {len(value):,} in the model's configuration")
        for part in value:
            yield from _parts(part, depth + 1)


def _admit_model(part: Any) -> int:
    """A model's own part, or an inner model's; how many layers and operations are called in it."""
    kind = kind_of(part)
    if kind not in MODELS:
        raise Rejected(f"{'.'.join(kind)} is not a Keras model; expected Sequential or Functional")
    config = _config(part)
    _only(
        config,
        {"name", "trainable", "dtype", "build_input_shape", "layers", "input_layers", "output_layers"},
        kind[1],
    )
    _admit_arguments({key: config[key] for key in config if key != "layers"}, kind[1])
    layers = config.get("layers")
    if not isinstance(layers, list):
        raise Rejected(f"{kind[1]} without a list of layers")
    return sum(map(_admit_layer, layers))


def _admit_layer(part: Any) -> int:
    """How many layers and operations it calls: an inner model that is called twice, of such, of such, has many."""
    module, name = kind = kind_of(part)
    calls = max(1, _admit_nodes(part.get("inbound_nodes", [])))
    if kind in MODELS:
        return calls * (1 + _admit_model(part))
    if not ((module == "keras.layers" and name in LAYERS) or name in OPERATIONS.get(module, ())):
        raise Rejected(
            f"the layer {'.'.join(kind)} is not on the list of what is graded: build it from Keras layers"
        )
    _admit_arguments(_config(part), name)
    return calls


def _admit_nodes(nodes: Any) -> int:
    """How a layer is called: on tensors of this model, with plain arguments; and how often."""
    if not isinstance(nodes, list) or not all(isinstance(node, dict) for node in nodes):
        raise Rejected("a layer's inbound_nodes are no list of calls")
    for node in nodes:
        _only(node, {"args", "kwargs"}, "inbound_nodes")
        if not isinstance(node.get("args"), list) or not isinstance(node.get("kwargs"), dict):
            raise Rejected("a layer's call lacks args or kwargs")
        _admit_call(node["args"])
        for argument in node["kwargs"].values():
            _admit_call(argument)
    return len(nodes)


def _admit_call(value: Any) -> None:
    if isinstance(value, list):
        for part in value:
            _admit_call(part)
    elif isinstance(value, dict):
        allowed = {
            "__keras_tensor__": {"shape", "dtype", "keras_history"},
            "__slice__": {"start", "stop", "step"},
        }
        name = value.get("class_name")
        if set(value) != {"class_name", "config"} or not isinstance(name, str) or name not in allowed:
            raise Rejected(
                f"a layer is called on {shortened(name)}: only tensors and plain numbers are let in"
            )
        _only(_config(value), allowed[name], name)
        for part in value["config"].values():
            _admit_plain(part, name)
    else:
        _admit_plain(value, "a call")


def _admit_arguments(config: dict[str, Any], owner: str) -> None:
    """A layer's arguments: plain values, or Keras's objects where their names say so."""
    for key, value in config.items():
        slot = next((slot for slot in SLOTS if key == slot or key.endswith("_" + slot)), None)
        if slot is None or value is None:
            _admit_plain(value, f"{owner}'s {key}", largest=LARGEST_SEED if key == "seed" else MOST_NUMBER)
        elif isinstance(value, str):
            if value not in STRINGS.get(slot, ()):
                raise Rejected(
                    f"{owner}'s {key} is {shortened(value)}, which is not on the list of what is graded"
                )
        else:
            module, names = SLOTS[slot]
            kind = kind_of(value)
            if kind[0] != module or kind[1] not in names:
                raise Rejected(
                    f"{owner}'s {key} is {'.'.join(kind)}, which is not on the list of what is graded"
                )
            _admit_arguments(_named_as_dtype(_config(value), slot), kind[1])


def _named_as_dtype(config: dict[str, Any], slot: str) -> dict[str, Any]:
    """A DTypePolicy holds its dtype under `name`."""
    if slot != "dtype":
        return config
    _only(config, {"name"}, "DTypePolicy")
    return {"dtype": config.get("name")}


def _admit_plain(value: Any, where: str, largest: int = MOST_NUMBER) -> None:
    if isinstance(value, dict):
        raise Rejected(f"{where} holds an object where only numbers, names and lists are let in")
    if isinstance(value, list | tuple):
        for part in value:
            _admit_plain(part, where, largest)
    elif isinstance(value, int | float) and abs(value) > largest:
        raise Rejected(f"{where} is {shortened(value)}; at most {largest:,} is let in")


def kind_of(part: Any) -> tuple[str, str]:
    """A Keras object's module and class."""
    if not isinstance(part, dict):
        raise Rejected(f"a {type(part).__name__} where the description of a Keras object is expected")
    known = {"module", "class_name", "config", "registered_name", "name", "inbound_nodes", *LEFT_OUT}
    _only(part, known, "the description of a Keras object")
    module, name, registered = (part.get(key) for key in ("module", "class_name", "registered_name"))
    if not isinstance(module, str) or not isinstance(name, str):
        raise Rejected("a Keras object without module or class_name")
    if registered not in (None, name):
        raise Rejected(f"{name} is registered as {shortened(registered)}: custom objects are not let in")
    return module, name


def _config(part: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(part.get("config"), dict):
        raise Rejected(f"{shortened(part.get('class_name'))} without a configuration")
    return part["config"]


def _only(part: dict[str, Any], keys: set[str], where: str) -> None:
    if strange := set(part) - keys:
        raise Rejected(f"{shortened(min(strange))} in {where} is not let in")


def shortened(value: Any) -> str:
    """A value as a message shows it."""
    text = repr(value) if not isinstance(value, int) or abs(value) < 10**30 else "of more than 30 digits"
    return text if len(text) < 60 else text[:57] + "..."
