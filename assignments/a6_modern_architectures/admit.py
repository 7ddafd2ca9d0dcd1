"""Which configurations of Keras models are let in: what stands on its lists and is of bounded size.

A configuration comes from a student's process: it is a claim, made of plain data. Only what `admit` lets through is
seen by Keras (whose own `safe_mode=True` has let code through before). Students get this file as it stands, so that
their checks refuse what grading refuses, in the same words; it imports nothing of ours and no Keras.

Numbers in a layer's arguments are weights by another name: an array of them is refused, and single ones beyond a few
count as parameters.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

MOST_PARTS = 300_000  # values in a configuration; ResNet-152's has 60,000
MOST_DEPTH = 40
MOST_TEXT = 300
MOST_NUMBER = 1_000_000  # any one size, stride, number of filters
LARGEST_SEED = 2**31
MOST_LAYERS = 1_500  # each as often as it is called
MOST_SIZES = 16  # whole numbers of an argument that says how something lies: eight for a padding of four axes
HANDFUL = 4  # numbers of any other argument: one for each colour
FREE = 16  # numbers in all arguments together that don't count as parameters
BITS = 32  # of a weight
FREE_CHOICES = 64  # the same of what is joined and cut; a DenseNet-201's concatenations come to twenty


class Rejected(ValueError):
    """A configuration or weights that are not let in; the message is fit for the student's report.

    `quoted` are a library's own words, which may be made of numbers that it was given: a hidden case leaves them out.
    """

    def __init__(self, message: str, quoted: str = "") -> None:
        super().__init__(f"{message}: {quoted}" if quoted else message)
        self.message, self.quoted = message, quoted


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

# Numbers in arguments, by what they are for. Whatever is on none of these lists changes what a network computes.
WIRING = _names("input_layers output_layers")
SIZES = _names(
    """
    filters units groups depth_multiplier n kernel_size strides pool_size dilation_rate padding cropping size
    output_padding pad_width target_shape newshape dims axis axes shared_axes noise_shape
    shape input_shape batch_shape batch_input_shape build_input_shape
    """
)
IDLE = _names(
    "rate stddev seed momentum factor height_factor width_factor fill_value value_range"
)  # in training only
TRAINED = _names("initializer regularizer constraint")  # weights are loaded, so these do nothing to an answer
ARRAYS = _names("__numpy__ __tensor__")  # how Keras writes down an array that stands in an argument
SLICED = "GetItem"  # the one operation that is called with whole numbers that are no values
PLACES = _names("cropping padding pad_width")  # sizes that say which part of something is meant
JOINED, CUT = ("", "joined"), ("", "cut")  # which outputs are put together, and which parts of them are taken

# (class, argument) -> the numbers there, in all layers; without a class: what was chosen there, among several
Numbers = dict[tuple[str, str], list[Any]]


def admit(config: Any) -> int:
    """Let a model's configuration pass, as `kerasnets.blueprint` takes it, or raise Rejected that says why not.

    Every layer, operation, activation, initialiser, regulariser and constraint must stand on the lists above, under
    Keras's own module; sizes, depth and number are bounded, so that nothing large is made of a small text.

    Returns how many of the numbers in arguments count as parameters: see `_as_parameters` and `_as_choices`.

    >>> admit({"module": "os", "class_name": "system", "config": "ls", "registered_name": None})
    Traceback (most recent call last):
    grader.sandbox.admit.Rejected: os.system is not a Keras model; expected Sequential or Functional
    """
    for number, _ in enumerate(_parts(config, 0)):
        if number > MOST_PARTS:
            raise Rejected(f"the model's configuration has more than {MOST_PARTS:,} parts")
    found: Numbers = {}
    layers = _admit_model(config, found)
    if layers > MOST_LAYERS:
        raise Rejected(
            f"the model has {layers:,} layers, each counted as often as it is called; "
            f"at most {MOST_LAYERS:,} are let in"
        )
    choices = [found.pop(kind) for kind in list(found) if not kind[0]]
    return max(0, _as_parameters(found) - FREE) + max(0, _as_choices(choices) - FREE_CHOICES)


def _as_parameters(found: Numbers) -> int:
    """How many weights would hold what stands in arguments: each number of a kind once, and the choice among several.

    One epsilon in fifty layers is one number. Which of two slopes each of fifty layers has is fifty bits more.

    >>> _as_parameters({("BatchNormalization", "epsilon"): [1e-5] * 50, ("LeakyReLU", "negative_slope"): [0.1, 0.2] * 25})
    4
    """
    kinds = ((len(set(numbers)), len(numbers)) for numbers in found.values())
    return sum(different + int(places * math.log2(different)) // BITS for different, places in kinds)


def _as_choices(found: list[list[Any]]) -> int:
    """How many weights would hold which of several things stands in each place: a row of ten thousand numbers can be put
    together of sixteen.

    >>> _as_choices([["a", "b", "c", "d"] * 80])
    20
    """
    return sum(int(len(chosen) * math.log2(len(set(chosen)) or 1)) // BITS for chosen in found)


def with_numbers(plan: dict[str, Any], counted: int) -> dict[str, Any]:
    """A blueprint, as `Blueprint.to_dict` has it, with a row for the numbers in arguments that count as parameters."""
    if not counted:
        return plan
    row = {"name": "the numbers in its arguments", "kind": "numbers", "output_shape": [None], "flops": 0}
    return {**plan, "rows": [*plan["rows"], {**row, "parameters": counted, "trainable": counted}]}


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


def _admit_model(part: Any, found: Numbers) -> int:
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
    _admit_arguments({key: config[key] for key in config if key != "layers"}, kind[1], found)
    layers = config.get("layers")
    if not isinstance(layers, list):
        raise Rejected(f"{kind[1]} without a list of layers")
    return sum(_admit_layer(layer, found) for layer in layers)


def _admit_layer(part: Any, found: Numbers) -> int:
    """How many layers and operations it calls: an inner model that is called twice, of such, of such, has many."""
    module, name = kind = kind_of(part)
    calls = max(1, _admit_nodes(part.get("inbound_nodes", []), name, found))
    if kind in MODELS:
        return calls * (1 + _admit_model(part, found))
    if not ((module == "keras.layers" and name in LAYERS) or name in OPERATIONS.get(module, ())):
        raise Rejected(
            f"the layer {'.'.join(kind)} is not on the list of what is graded: build it from Keras layers"
        )
    _admit_arguments(_config(part), name, found)
    return calls


def _admit_nodes(nodes: Any, owner: str, found: Numbers) -> int:
    """How a layer is called: on tensors of this model, with plain arguments; and how often."""
    if not isinstance(nodes, list) or not all(isinstance(node, dict) for node in nodes):
        raise Rejected("a layer's inbound_nodes are no list of calls")
    for node in nodes:
        _only(node, {"args", "kwargs"}, "inbound_nodes")
        if not isinstance(node.get("args"), list) or not isinstance(node.get("kwargs"), dict):
            raise Rejected("a layer's call lacks args or kwargs")
        joined: list[str] = []
        numbers = list(_numbers_in_call([node["args"], node["kwargs"]], owner, joined))
        found.setdefault(JOINED, []).extend(joined[1:])  # what goes into a layer of one input is no choice
        _admit_few(numbers, owner, "call", MOST_SIZES if owner == SLICED else HANDFUL)
        _count(numbers, *(CUT if owner == SLICED else (owner, "call")), found)
    return len(nodes)


def _numbers_in_call(value: Any, owner: str, joined: list[str]) -> Iterator[Any]:
    """What a layer is called on beside tensors, each proved to be plain; the tensors' names are written into `joined`."""
    if isinstance(value, dict) and "class_name" not in value:  # keyword arguments
        value = list(value.values())
    if isinstance(value, list | tuple):
        for part in value:
            yield from _numbers_in_call(part, owner, joined)
    elif isinstance(value, dict):
        allowed = {
            "__keras_tensor__": {"shape", "dtype", "keras_history"},
            "__slice__": {"start", "stop", "step"},
        }
        name = value.get("class_name")
        if isinstance(name, str) and name in ARRAYS:
            yield from _plain_numbers(value, f"the call of {owner}", MOST_NUMBER)
            return
        if set(value) != {"class_name", "config"} or not isinstance(name, str) or name not in allowed:
            raise Rejected(
                f"a layer is called on {shortened(name)}: only tensors and plain numbers are let in"
            )
        _only(_config(value), allowed[name], name)
        if name == "__keras_tensor__":
            joined.append(repr(value["config"].get("keras_history")))
        for part in value["config"].values():
            numbers = _plain_numbers(part, name, MOST_NUMBER)
            yield from numbers if name == "__slice__" else ()
            _admit_few(numbers, owner, "call", MOST_SIZES)
    else:
        yield from _plain_numbers(value, f"the call of {owner}", MOST_NUMBER)


def _admit_arguments(config: dict[str, Any], owner: str, found: Numbers) -> None:
    """A layer's arguments: a few plain values, or Keras's objects where their names say so."""
    for key, value in config.items():
        slot = next((slot for slot in SLOTS if key == slot or key.endswith("_" + slot)), None)
        if slot is None or value is None:
            largest = LARGEST_SEED if key == "seed" else MOST_NUMBER
            _admit_numbers(_plain_numbers(value, f"{owner}'s {key}", largest), owner, key, found)
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
            unused: Numbers = {}
            arguments = _named_as_dtype(_config(value), slot)
            _admit_arguments(arguments, kind[1], unused if slot in TRAINED else found)


def _named_as_dtype(config: dict[str, Any], slot: str) -> dict[str, Any]:
    """A DTypePolicy holds its dtype under `name`."""
    if slot != "dtype":
        return config
    _only(config, {"name"}, "DTypePolicy")
    return {"dtype": config.get("name")}


def _plain_numbers(value: Any, where: str, largest: float) -> list[Any]:
    """The values in an argument, all in one list; an array counts as the list of its numbers."""
    if isinstance(value, dict):
        if set(value) != {"class_name", "config"} or value["class_name"] not in ARRAYS:
            raise Rejected(f"{where} holds an object where only numbers, names and lists are let in")
        _only(_config(value), {"value", "dtype"}, "an array")
        if value["config"].get("dtype") not in DTYPES | {"bool"}:
            raise Rejected(f"{where} holds an array that is not of numbers")
        value = value["config"].get("value")
    if isinstance(value, list | tuple):
        return [number for part in value for number in _plain_numbers(part, where, largest)]
    if isinstance(value, int | float) and abs(value) > largest:
        raise Rejected(f"{where} is {shortened(value)}; at most {largest:,} is let in")
    return [value]


def _admit_numbers(numbers: list[Any], owner: str, key: str, found: Numbers) -> None:
    """Those of one argument: sizes are bounded in number, others are few, and counted if they matter."""
    if key in WIRING:
        return
    sizes = key in SIZES and not any(isinstance(number, float) for number in numbers)
    _admit_few(numbers, owner, key, MOST_SIZES if sizes else HANDFUL)
    if sizes and key in PLACES:
        _count(numbers, *CUT, found)
    elif not sizes and key not in IDLE:
        _count(numbers, owner, key, found)


def _admit_few(numbers: list[Any], owner: str, key: str, most: int) -> None:
    numbers = [number for number in numbers if number is not None]
    if len(numbers) > most:
        where = f"a call of {owner}" if key == "call" else f"{owner}'s {key}"
        raise Rejected(
            f"{where} holds {len(numbers):,} numbers; at most {most} are let in. So many numbers are weights: put "
            "them into a layer that has weights, such as Dense, Conv2D or BatchNormalization"
        )


def _count(numbers: list[Any], owner: str, key: str, found: Numbers) -> None:
    """Numbers that change what a network computes: True and False only choose between two ways to compute it."""
    truths = [number for number in numbers if type(number) is bool]
    values = [number for number in numbers if type(number) in (int, float)]
    for kind, some in (((owner, key), values), (("", f"{owner} {key}"), truths)):
        if some:
            found.setdefault(kind, []).extend(some)


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
