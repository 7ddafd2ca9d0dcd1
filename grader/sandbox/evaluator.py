"""Rebuilds Keras models from their configuration, in a process that holds no secrets.

A configuration and weights come from a student's process: they are claims, made of plain data. `admit` lets through
what stands on its lists and is of bounded size; only then does Keras see it. (Keras's own `safe_mode=True` has let
code through before.) Nothing here is ever pickled, imported by name or opened by a path that the student chose.
"""

from __future__ import annotations

import importlib.util
import io
import math
import re
import sys
import zipfile
import zlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import IO, Any

import numpy as np

MOST_PARTS = 300_000  # values in a configuration; ResNet-152's has 60,000
MOST_DEPTH = 40
MOST_TEXT = 300
MOST_NUMBER = 1_000_000  # any one size, stride, number of filters
LARGEST_SEED = 2**31
MOST_LAYERS = 1_500  # each as often as it is called
MOST_PARAMETERS = 20_000_000  # of a model whose weights are allocated; a blueprint may have more
MOST_ACTIVATIONS = 300_000_000  # numbers in one layer's output, over all images
MOST_FOLLOWED = 3_000_000  # numbers in all layers' outputs together, where a model is followed layer by layer
MOST_BYTES = 200_000_000  # of a weights file, packed and unpacked
MOST_ARRAYS = 5_000
DEFLATE, SHUFFLE, FLETCHER32 = 1, 2, 3  # HDF5's numbers of what may be done to a chunk
H5_FILTERS, CHECKSUM = frozenset({DEFLATE, SHUFFLE, FLETCHER32}), 4  # bytes that the last of them adds
MOST_HEADER = 1_000  # characters before an array's numbers in an .npz: NumPy reads them as Python


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


def admit(config: Any) -> None:
    """Let a model's configuration pass, as `kerasnets.blueprint` takes it, or raise Rejected that says why not.

    Every layer, operation, activation, initialiser, regulariser and constraint must stand on the lists above, under
    Keras's own module; sizes, depth and number are bounded, so that nothing large is made of a small text.

    >>> admit({"module": "os", "class_name": "system", "config": "ls", "registered_name": None})
    Traceback (most recent call last):
    grader.sandbox.evaluator.Rejected: os.system is not a Keras model; expected Sequential or Functional
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
        raise Rejected(f"the number {_short(value)} in the model's configuration")
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
    kind = _kind(part)
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
    module, name = kind = _kind(part)
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
            raise Rejected(f"a layer is called on {_short(name)}: only tensors and plain numbers are let in")
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
                    f"{owner}'s {key} is {_short(value)}, which is not on the list of what is graded"
                )
        else:
            module, names = SLOTS[slot]
            kind = _kind(value)
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
        raise Rejected(f"{where} is {_short(value)}; at most {largest:,} is let in")


def _kind(part: Any) -> tuple[str, str]:
    if not isinstance(part, dict):
        raise Rejected(f"a {type(part).__name__} where the description of a Keras object is expected")
    known = {"module", "class_name", "config", "registered_name", "name", "inbound_nodes", *LEFT_OUT}
    _only(part, known, "the description of a Keras object")
    module, name, registered = (part.get(key) for key in ("module", "class_name", "registered_name"))
    if not isinstance(module, str) or not isinstance(name, str):
        raise Rejected("a Keras object without module or class_name")
    if registered not in (None, name):
        raise Rejected(f"{name} is registered as {_short(registered)}: custom objects are not let in")
    return module, name


def _config(part: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(part.get("config"), dict):
        raise Rejected(f"{_short(part.get('class_name'))} without a configuration")
    return part["config"]


def _only(part: dict[str, Any], keys: set[str], where: str) -> None:
    if strange := set(part) - keys:
        raise Rejected(f"{_short(min(strange))} in {where} is not let in")


def _short(value: Any) -> str:
    text = repr(value) if not isinstance(value, int) or abs(value) < 10**30 else "of more than 30 digits"
    return text if len(text) < 60 else text[:57] + "..."


# ---- models ----


def describe(config: Any) -> dict[str, Any]:
    """The blueprint of an admitted configuration, counted anew and without weights, as `Blueprint.to_dict` has it."""
    admit(config)
    blueprint = load_blueprint()
    try:
        return blueprint.of(lambda: _deserialised(config), fallback=False).to_dict()
    except Exception as error:
        raise (
            error if isinstance(error, Rejected) else Rejected("the model can't be read", _first_line(error))
        ) from None


def rebuild(config: Any) -> Any:
    """The Keras model of an admitted configuration, with new weights. Raises Rejected, also for a large one."""
    parameters = sum(row["parameters"] for row in describe(config)["rows"])
    if parameters > MOST_PARAMETERS:
        raise Rejected(f"the model has {parameters:,} parameters; at most {MOST_PARAMETERS:,} are run here")
    return _deserialised(config)


def outputs(config: Any, weights: list[np.ndarray], x: np.ndarray) -> np.ndarray:
    """What the model with these weights answers to the batch `x`, in one call, as float32.

    weights: one array per weight in layer order; an array of the same number of elements is reshaped, so that
    LeNet's C5 may be a convolution (5, 5, 16, 120) or a dense layer (400, 120).
    Raises Rejected if weights or images don't fit the model.
    """
    model = _loaded(config, weights, x)
    try:
        return np.asarray(model(np.asarray(x, np.float32), training=False), dtype=np.float32)
    except Exception as error:
        raise Rejected("the model can't be run", _first_line(error)) from None


def activations(config: Any, weights: list[np.ndarray], x: np.ndarray) -> list[tuple[str, str, np.ndarray]]:
    """What each layer of the model with these weights gives for the batch `x`: (name, kind, array), in order of computing.

    For a few images and small networks: raises Rejected where these are more than `MOST_FOLLOWED` numbers.
    """
    model = _loaded(config, weights, x)
    try:
        rows = load_blueprint().activations(model, np.asarray(x, np.float32), MOST_FOLLOWED)
    except Exception as error:
        raise Rejected("the model can't be followed", _first_line(error)) from None
    return [(name, kind, np.asarray(array, np.float32)) for name, kind, array in rows]


def _loaded(config: Any, weights: list[np.ndarray], x: np.ndarray) -> Any:
    """The rebuilt model with these weights, which can take the images. Raises Rejected."""
    rows = describe(config)["rows"]
    biggest = max((math.prod(n or 0 for n in row["output_shape"][1:]) for row in rows), default=0)
    if biggest * len(x) > MOST_ACTIVATIONS:
        raise Rejected(
            f"a layer's output for {len(x)} images has {biggest * len(x):,} numbers, more than are run here"
        )
    model = rebuild(config)
    if len(model.inputs) != 1 or len(model.outputs) != 1:
        raise Rejected(
            f"the model has {len(model.inputs)} inputs and {len(model.outputs)} outputs; expected one each"
        )
    shape = model.inputs[0].shape
    if len(shape) != x.ndim or any(
        want not in (None, got) for want, got in zip(shape[1:], x.shape[1:], strict=True)
    ):
        raise Rejected(f"the model takes images of shape {shape[1:]}; it is asked about {x.shape[1:]}")
    _assign(model, weights)
    return model


def _assign(model: Any, weights: list[np.ndarray]) -> None:
    if len(weights) != len(model.weights):
        raise Rejected(f"the model has {len(model.weights)} weight arrays; got {len(weights)}")
    for number, (variable, array) in enumerate(zip(model.weights, weights, strict=True), 1):
        if math.prod(variable.shape) != array.size:
            raise Rejected(
                f"weight {number} of {len(weights)}, {variable.path}, has the shape {tuple(variable.shape)}; "
                f"got an array of shape {array.shape}"
            )
        variable.assign(np.asarray(array, np.float32).reshape(variable.shape))


def _deserialised(config: Any) -> Any:
    import keras

    try:
        return keras.saving.deserialize_keras_object(_stripped(config), safe_mode=True)
    except Exception as error:
        raise Rejected("Keras can't build the model", _first_line(error)) from None


def _stripped(value: Any) -> Any:
    """A copy without the parts that only tell Keras to allocate."""
    if isinstance(value, dict):
        return {key: _stripped(part) for key, part in value.items() if key not in LEFT_OUT}
    return [_stripped(part) for part in value] if isinstance(value, list | tuple) else value


def _first_line(error: Exception) -> str:
    text = re.sub(r"\x1b\[\d*m", "", str(error)).strip()
    return (text.splitlines() or [type(error).__name__])[0][:MOST_TEXT]


@cache
def load_blueprint() -> ModuleType:
    """blueprint.py as a file, as students have it: beside this one, or in `kerasnets`."""
    here = Path(__file__).resolve()
    places = (here.parent / "blueprint.py", here.parents[2] / "kerasnets" / "blueprint.py")
    path = next((place for place in places if place.exists()), places[0])
    spec = importlib.util.spec_from_file_location("blueprint", path)
    if spec is None or spec.loader is None:
        raise ImportError(f"no blueprint.py at {path}")
    module = importlib.util.module_from_spec(spec)
    sys.modules.setdefault("blueprint", module)  # its dataclasses look their own module up
    spec.loader.exec_module(module)
    return module


# ---- weights ----


def weights_from_file(path: str | Path, config: Any = None) -> list[np.ndarray]:
    """The arrays of a handed-in .npz or .weights.h5, float32, in layer order; see `weights_from_bytes`."""
    try:
        with Path(path).open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise Rejected(f"the weights file can't be read: {error.strerror}") from None
    return weights_from_bytes(content, config)


def weights_from_bytes(content: bytes, config: Any = None) -> list[np.ndarray]:
    """The arrays of a handed-in .npz or .weights.h5, float32, in layer order.

    An .npz holds them in the order in which they were saved. Keras's .weights.h5 files them by kind of layer and
    number, so its order needs the model's `config`; without it they come as a person would sort their names.
    Whatever could run code, reach another file or grow in memory is refused, as are numbers that aren't finite.
    Raises Rejected.
    """
    if len(content) > MOST_BYTES:
        raise Rejected(f"the weights file is larger than the {MOST_BYTES:,} bytes that are read")
    if content[:4] == b"PK\x03\x04":
        read, kind = _npz, ".npz"
    elif content[:8] == b"\x89HDF\r\n\x1a\n":
        read, kind = _h5, ".weights.h5"
    else:
        raise Rejected(
            "the weights file is neither an .npz nor a .weights.h5: save it with model.save_weights(...)"
        )
    try:
        arrays = {name: _numbers(name, array) for name, array in read(io.BytesIO(content))}
    except Rejected:
        raise
    except Exception as error:  # a broken file fails in as many ways as there are libraries that read it
        raise Rejected(f"the {kind} can't be read", _first_line(error)) from None
    return list(arrays.values()) if read is _npz else _in_order(arrays, config)


def _numbers(name: str, array: np.ndarray) -> np.ndarray:
    with np.errstate(over="ignore"):  # what is too large becomes infinite, and is refused
        array = array.astype(np.float32)
    if not np.isfinite(array).all():
        raise Rejected(f"the weights {_short(name)} have numbers that are not finite")
    return array


def _npz(file: IO[bytes]) -> Iterator[tuple[str, np.ndarray]]:
    """Each array after its header was found to announce as much as is there: nothing is allocated on trust."""
    with zipfile.ZipFile(file) as archive:
        members = archive.infolist()
        if any(member.filename == "config.json" for member in members):
            raise Rejected(
                "it holds a whole model (.keras): save the weights alone, with model.save_weights(...)"
            )
        if len(members) > MOST_ARRAYS or sum(member.file_size for member in members) > MOST_BYTES:
            raise Rejected(f"the .npz unpacks to more than {MOST_ARRAYS:,} arrays or {MOST_BYTES:,} bytes")
        for member in members:
            with archive.open(member) as stream:
                version = np.lib.format.read_magic(stream)
                if version not in ((1, 0), (2, 0)):
                    raise Rejected(f"{_short(member.filename)} is in a format that is not read: {version}")
                read = (
                    np.lib.format.read_array_header_1_0
                    if version[0] == 1
                    else np.lib.format.read_array_header_2_0
                )
                shape, fortran, dtype = read(stream, max_header_size=MOST_HEADER)
                _plain_dtype(member.filename, dtype)
                content = stream.read(MOST_BYTES)
            if len(content) != math.prod(shape) * dtype.itemsize or min(shape, default=0) < 0:
                raise Rejected(
                    f"{_short(member.filename)} announces {shape} and holds {len(content):,} bytes"
                )
            yield member.filename, np.frombuffer(content, dtype).reshape(shape, order="F" if fortran else "C")


def _plain_dtype(name: str, dtype: np.dtype) -> None:
    if dtype.kind not in "fiu" or dtype.itemsize > 8:
        raise Rejected(f"{_short(name)} holds {dtype}; expected numbers")


def _h5(file: IO[bytes]) -> Iterator[tuple[str, np.ndarray]]:
    import h5py

    room = MOST_BYTES
    with h5py.File(file, "r") as root:
        if "model_config" in root.attrs:
            raise Rejected("it holds a whole model: save the weights alone, with model.save_weights(...)")
        for name, dataset in _h5_datasets(root, h5py, "", 0, iter(range(MOST_ARRAYS))):
            room -= max(dataset.nbytes, math.prod(dataset.chunks or ()) * dataset.dtype.itemsize)
            if room < 0:
                raise Rejected(f"the .weights.h5 unpacks to more than {MOST_BYTES:,} bytes")
            _plain_dtype(name, dataset.dtype)
            _unpacks_as_it_says(name, dataset)
            yield name, dataset[()]


def _unpacks_as_it_says(name: str, dataset: Any) -> None:
    """Raises `Rejected` where a chunk is packed twice, or unpacks to more than a chunk: HDF5 takes whatever comes out."""
    if dataset.chunks is None:
        return
    plan = dataset.id.get_create_plist()
    filters = [plan.get_filter(number)[0] for number in range(plan.get_nfilters())]
    if len(set(filters)) < len(filters) or not set(filters) <= H5_FILTERS:
        raise Rejected(f"{_short(name)} in the .weights.h5 is packed twice, or in a way that is not read")
    if DEFLATE not in filters:
        return
    most = math.prod(dataset.chunks) * dataset.dtype.itemsize + CHECKSUM
    for number in range(dataset.id.get_num_chunks()):
        left_out, packed = dataset.id.read_direct_chunk(dataset.id.get_chunk_info(number).chunk_offset)
        if left_out & 1 << filters.index(DEFLATE):  # what would not shrink was stored as it is
            continue
        if len(zlib.decompressobj().decompress(packed, most + 1)) > most:
            raise Rejected(f"{_short(name)} in the .weights.h5 unpacks to more than a chunk of it")


def _h5_datasets(
    group: Any, h5py: Any, prefix: str, depth: int, seats: Iterator[int]
) -> Iterator[tuple[str, Any]]:
    """The weights by their names; the optimizer's state and the dropouts' seeds are not among them.

    `seats` runs out when more entries were seen than are read: of groups that lie twice in one another, forty make
    a million million paths to look at.
    """
    if depth > MOST_DEPTH:
        raise Rejected(f"the .weights.h5 is nested more than {MOST_DEPTH} deep")
    for key in group:
        name = prefix + key
        if next(seats, None) is None:
            raise Rejected(f"the .weights.h5 has more than {MOST_ARRAYS:,} entries")
        if not isinstance(group.get(key, getlink=True), h5py.HardLink):
            raise Rejected(f"{_short(name)} in the .weights.h5 is a link to somewhere else")
        if key == "seed_generator" or name == "optimizer":
            continue
        kind = group.get(key, getclass=True)
        if kind is h5py.Group:
            yield from _h5_datasets(group[key], h5py, name + "/", depth + 1, seats)
        elif kind is h5py.Dataset:
            dataset = group[key]
            if dataset.external or dataset.is_virtual or dataset.compression not in (None, "gzip"):
                raise Rejected(f"{_short(name)} in the .weights.h5 is not stored in the file itself")
            yield name, dataset
        else:
            raise Rejected(f"{_short(name)} in the .weights.h5 is neither a group nor numbers")


NUMBERED = re.compile(r"(\D*)(\d*)")


def _in_order(arrays: dict[str, np.ndarray], config: Any) -> list[np.ndarray]:
    natural = sorted(arrays, key=lambda name: [(text, len(n), n) for text, n in NUMBERED.findall(name)])
    if config is None:
        return [arrays[name] for name in natural]
    admit(config)
    known = {folder: number for number, folder in enumerate(_h5_folders(config, ""))}
    if not all(
        name.rsplit("/", 1)[0] in known for name in arrays
    ):  # a subclassed model's, by its attributes' names
        return [arrays[name] for name in natural]
    by_layer = sorted(natural, key=lambda name: known[name.rsplit("/", 1)[0]])
    return [arrays[name] for name in by_layer]


def _h5_folders(config: dict[str, Any], prefix: str) -> Iterator[str]:
    """Where Keras files each layer's weights: layers/conv2d/vars, layers/conv2d_1/vars, counted by kind."""
    counts: dict[str, int] = {}
    for part in config["config"]["layers"]:
        if not part["module"].startswith("keras.src.ops"):
            kind = _snake(part["class_name"])
            folder = f"{prefix}layers/{kind}" + (f"_{counts[kind]}" if kind in counts else "")
            counts[kind] = counts.get(kind, 0) + 1
            yield f"{folder}/vars"
            if _kind(part) in MODELS:
                yield from _h5_folders(part, folder + "/")


def _snake(name: str) -> str:
    """Conv2D -> conv2d, BatchNormalization -> batch_normalization, ReLU -> re_lu."""
    return re.sub("([a-z])([A-Z])", r"\1_\2", re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)).lower()


# ---- the process ----


def serve(channel: Any) -> None:
    """Answer requests from a `grader.sandbox.wire.Channel` until its other end is gone.

    {"op": "describe", "config": ...}                             -> {"value": blueprint as a dict}
    {"op": "outputs", "config": ..., "weights": [...], "x": ...}  -> {"value": array}
    {"op": "activations", and the same}                           -> {"value": [(name, kind, array)]}
    {"op": "open", "content": uint8 array}                        -> {"value": how many arrays a weights file holds}
    What isn't let in is answered by {"rejected": why, "quoted": a library's words, or nothing}.
    """
    while True:
        try:
            request = channel.receive()
        except EOFError:
            return
        try:
            channel.send({"value": _answer(request)})
        except Rejected as error:
            channel.send({"rejected": error.message, "quoted": error.quoted})


def _answer(request: dict[str, Any]) -> Any:
    match request.pop("op"):
        case "describe":
            return describe(**request)
        case "outputs":
            return outputs(**request)
        case "activations":
            return activations(**request)
        case "open":
            return len(weights_from_bytes(bytes(request["content"])))
    raise Rejected("an unknown request")
