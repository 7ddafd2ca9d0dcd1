"""Weights files that were handed in, `.npz` or `.h5`, become arrays of plain numbers, or a sentence that says why not."""

from __future__ import annotations

import io
import math
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np

from grader.sandbox.admit import (
    MODELS,
    MOST_DEPTH,
    MOST_TEXT,
    Rejected,
    admit,
    kind_of,
    shortened,
)

MOST_BYTES = 200_000_000  # of a weights file, packed and unpacked
MOST_ARRAYS = 5_000
DEFLATE, SHUFFLE, FLETCHER32 = 1, 2, 3  # HDF5's numbers of what may be done to a chunk
H5_FILTERS, CHECKSUM = frozenset({DEFLATE, SHUFFLE, FLETCHER32}), 4  # bytes that the last of them adds
MOST_HEADER = 1_000  # characters before an array's numbers in an .npz: NumPy reads them as Python


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
        raise Rejected(f"the {kind} can't be read", first_line(error)) from None
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
    # a subclassed model's folders have its attributes' names
    if not all(name.rsplit("/", 1)[0] in known for name in arrays):
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


def first_line(error: Exception) -> str:
    text = re.sub(r"\x1b\[\d*m", "", str(error)).strip()
    return (text.splitlines() or [type(error).__name__])[0][:MOST_TEXT]
