"""Rebuilds Keras models from their configuration, in a process that holds no secrets.

A configuration and weights come from a student's process: they are claims, made of plain data. Only what `admit` lets
through is seen by Keras. Nothing here is ever pickled, imported by name or opened by a path that the student chose.
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

from grader.cnnchecks import in_batches
from grader.sandbox.admit import (
    LEFT_OUT,
    MODELS,
    MOST_DEPTH,
    MOST_TEXT,
    Rejected,
    admit,
    kind_of,
    shortened,
    with_numbers,
)

MOST_PARAMETERS = 20_000_000  # of a model whose weights are allocated; a blueprint may have more
MOST_ACTIVATIONS = 300_000_000  # numbers in one layer's output, over all images
MOST_FOLLOWED = 3_000_000  # numbers in all layers' outputs together, where a model is followed layer by layer
MOST_BYTES = 200_000_000  # of a weights file, packed and unpacked
MOST_ARRAYS = 5_000
DEFLATE, SHUFFLE, FLETCHER32 = 1, 2, 3  # HDF5's numbers of what may be done to a chunk
H5_FILTERS, CHECKSUM = frozenset({DEFLATE, SHUFFLE, FLETCHER32}), 4  # bytes that the last of them adds
MOST_HEADER = 1_000  # characters before an array's numbers in an .npz: NumPy reads them as Python


# ---- models ----


def describe(config: Any) -> dict[str, Any]:
    """The blueprint of an admitted configuration, counted anew and without weights, as `Blueprint.to_dict` has it; numbers
    in arguments count too, if they are more than a few."""
    numbers = admit(config)
    blueprint = load_blueprint()
    try:
        plan = blueprint.of(lambda: _deserialised(config), fallback=False).to_dict()
        return with_numbers(plan, numbers)
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


def outputs(
    config: Any, weights: list[np.ndarray], x: np.ndarray, sizes: tuple[int, ...] | None = None
) -> np.ndarray:
    """What the model with these weights answers to the images `x`, as float32: in one batch, or in batches of these sizes.

    weights: one array per weight in layer order; an array of the same number of elements is reshaped, so that
    LeNet's C5 may be a convolution (5, 5, 16, 120) or a dense layer (400, 120).
    Raises Rejected if weights or images don't fit the model.
    """
    model = _loaded(config, weights, x, max(sizes or (len(x),)))
    try:
        return in_batches(lambda images: np.asarray(model(images, training=False)), x, sizes)
    except Exception as error:
        raise Rejected("the model can't be run", _first_line(error)) from None


def activations(config: Any, weights: list[np.ndarray], x: np.ndarray) -> list[tuple[str, str, np.ndarray]]:
    """What each layer of the model with these weights gives for the batch `x`: (name, kind, array), in order of computing.

    For a few images and small networks: raises Rejected where these are more than `MOST_FOLLOWED` numbers.
    """
    model = _loaded(config, weights, x, len(x))
    try:
        rows = load_blueprint().activations(model, np.asarray(x, np.float32), MOST_FOLLOWED)
    except Exception as error:
        raise Rejected("the model can't be followed", _first_line(error)) from None
    return [(name, kind, np.asarray(array, np.float32)) for name, kind, array in rows]


def _loaded(config: Any, weights: list[np.ndarray], x: np.ndarray, together: int) -> Any:
    """The rebuilt model with these weights, which can take so many of the images together. Raises Rejected."""
    rows = describe(config)["rows"]
    biggest = max((math.prod(n or 0 for n in row["output_shape"][1:]) for row in rows), default=0)
    if biggest * together > MOST_ACTIVATIONS:
        raise Rejected(
            f"a layer's output for {together} images has {biggest * together:,} numbers, more than are run here"
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
        raise Rejected(f"the weights {shortened(name)} have numbers that are not finite")
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
                    raise Rejected(f"{shortened(member.filename)} is in a format that is not read: {version}")
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
                    f"{shortened(member.filename)} announces {shape} and holds {len(content):,} bytes"
                )
            yield member.filename, np.frombuffer(content, dtype).reshape(shape, order="F" if fortran else "C")


def _plain_dtype(name: str, dtype: np.dtype) -> None:
    if dtype.kind not in "fiu" or dtype.itemsize > 8:
        raise Rejected(f"{shortened(name)} holds {dtype}; expected numbers")


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
        raise Rejected(f"{shortened(name)} in the .weights.h5 is packed twice, or in a way that is not read")
    if DEFLATE not in filters:
        return
    most = math.prod(dataset.chunks) * dataset.dtype.itemsize + CHECKSUM
    for number in range(dataset.id.get_num_chunks()):
        left_out, packed = dataset.id.read_direct_chunk(dataset.id.get_chunk_info(number).chunk_offset)
        if left_out & 1 << filters.index(DEFLATE):  # what would not shrink was stored as it is
            continue
        if len(zlib.decompressobj().decompress(packed, most + 1)) > most:
            raise Rejected(f"{shortened(name)} in the .weights.h5 unpacks to more than a chunk of it")


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
            raise Rejected(f"{shortened(name)} in the .weights.h5 is a link to somewhere else")
        if key == "seed_generator" or name == "optimizer":
            continue
        kind = group.get(key, getclass=True)
        if kind is h5py.Group:
            yield from _h5_datasets(group[key], h5py, name + "/", depth + 1, seats)
        elif kind is h5py.Dataset:
            dataset = group[key]
            if dataset.external or dataset.is_virtual or dataset.compression not in (None, "gzip"):
                raise Rejected(f"{shortened(name)} in the .weights.h5 is not stored in the file itself")
            yield name, dataset
        else:
            raise Rejected(f"{shortened(name)} in the .weights.h5 is neither a group nor numbers")


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
            if kind_of(part) in MODELS:
                yield from _h5_folders(part, folder + "/")


def _snake(name: str) -> str:
    """Conv2D -> conv2d, BatchNormalization -> batch_normalization, ReLU -> re_lu."""
    return re.sub("([a-z])([A-Z])", r"\1_\2", re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)).lower()


# ---- the process ----


def serve(channel: Any) -> None:
    """Answer requests from a `grader.sandbox.wire.Channel` until its other end is gone.

    {"op": "describe", "config": ...}                             -> {"value": blueprint as a dict}
    {"op": "outputs", "config": ..., "weights": [...], "x": ...}  -> {"value": array}, with "sizes": in these batches
    {"op": "activations", and the same without sizes}             -> {"value": [(name, kind, array)]}
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
