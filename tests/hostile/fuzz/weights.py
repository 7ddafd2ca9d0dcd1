"""Fuzzers of handed-in files of weights: finite float32 arrays come out of them, or a sentence."""

import functools
import io
import zipfile
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import numpy as np

from grader.cnnchecks.outcome import Misfit
from grader.grading.models import Evaluator
from grader.sandbox import weights as weights_files
from grader.sandbox.admit import Rejected
from grader.sandbox.weights import MOST_ARRAYS, weights_from_bytes
from tests.hostile.fuzz.frames import NPYS, payload
from tests.hostile.fuzz.fuzzer import (
    GROWTH,
    MEGABYTE,
    MEMORY,
    REFUSED,
    Fuzzer,
    Hole,
    examined,
    expect,
    patched,
)
from tests.hostile.fuzz.models import retuned_configurations
from tests.hostile.fuzz.mutation import mutated, seeded

SMALL = 2**18  # bytes that a file may unpack to here


def archived(members: list[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, data in members:
            info = zipfile.ZipInfo(name)  # of 1980, so that the same members make the same bytes
            info.compress_type = method
            archive.writestr(info, data)
    return stream.getvalue()


@functools.cache
def bomb(name: str = "a.npy") -> bytes:
    """An eighth of a megabyte that unpacks to 128."""
    header = b"\x93NUMPY\x01\x00v\x00{'descr': '|u1', 'fortran_order': False, 'shape': (134217728,), }"
    return archived([(name, header.ljust(127) + b"\n" + bytes(2**27))])


ARCHIVES = [
    archived([(f"{i}.npy", data) for i, data in enumerate(NPYS[:2])], method)
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
]


def hostile_npz(random: Random) -> bytes:
    names = ("a.npy", "b.npy", "../a.npy", "", "ä" * 200)
    made = archived([(random.choice(names), payload(random)) for _ in range(random.randrange(5))])
    return random.choices(
        [mutated(random, ARCHIVES), made, mutated(random, [made]), bomb()], [20, 20, 10, 1]
    )[0]


@functools.cache
def h5_files() -> list[bytes]:
    """As Keras writes them, compressed ones, and one whose groups lie in one another."""
    import h5py

    def plain(root: Any) -> None:
        for name in ("layers/conv2d/vars/0", "layers/conv2d/vars/1", "layers/dense/vars/0"):
            root.create_dataset(name, data=np.arange(6.0).reshape(2, 3))

    def packed(root: Any) -> None:
        root.create_dataset(
            "a", data=np.ones((20, 20), "f4"), chunks=(5, 5), compression="gzip", shuffle=True
        )
        root.create_dataset("b", data=np.ones(20, "f4"), chunks=(5,), compression="gzip", fletcher32=True)

    def woven(root: Any) -> None:
        inner = root.create_group("a/b")
        inner["c"], root["d"] = h5py.SoftLink("/a"), inner

    made = []
    for write in (plain, packed, woven):
        stream = io.BytesIO()
        with h5py.File(stream, "w") as root:
            write(root)
        made.append(stream.getvalue())
    return made


def mutated_h5(random: Random) -> bytes:
    return mutated(random, h5_files())


def weights_are_finite_numbers_or_refused(read: Callable, content: bytes) -> None:
    weights = examined(lambda: read(content), Rejected, 2 * MEGABYTE + GROWTH * len(content) + 16 * SMALL)
    expect(weights is REFUSED or are_weights(weights), "weights that are no finite float32 arrays")


def arrays_are_counted_or_a_misfit(count: Callable, content: bytes) -> None:
    """HDF5's library may crash over a broken file: that ends an evaluator, whose judge then refuses the file."""
    found = examined(lambda: count(content), Misfit, 2**28)
    counted = type(found) is int and 0 <= found <= MOST_ARRAYS
    expect(found is REFUSED or counted, "no number of arrays that are read")


def are_weights(weights: Any) -> bool:
    return type(weights) is list and all(
        type(array) is np.ndarray and array.dtype == np.float32 and np.isfinite(array).all()
        for array in weights
    )


read_small = patched(weights_from_bytes, weights_files, MOST_BYTES=SMALL)
NPZ_HOLES = {
    "a bomb is unpacked": Hole(weights_from_bytes, MEMORY),
    "numbers as they are": Hole(
        patched(read_small, weights_files, _numbers=lambda name, array: array), "^weights that are no finite"
    ),
    "the archive's errors": Hole(
        lambda content: list(np.load(io.BytesIO(content)).values()), "^BadZipFile: "
    ),
}
H5_HOLES = {"every byte is an array": Hole(len, "^no number of arrays")}


def in_order(config: Any) -> list[np.ndarray]:
    return weights_from_bytes(h5_files()[0], config)


def an_order_is_found_or_refused(order: Callable, config: Any) -> None:
    weights = examined(lambda: order(config), Rejected, 16 * MEGABYTE + GROWTH * len(repr(config)))
    expect(weights is REFUSED or len(weights) == 3, "weights went missing")


def folders_of_any_layers(config: dict[str, Any], prefix: str) -> Iterator[str]:
    for part in config["config"]["layers"]:
        yield f"{prefix}layers/{part['class_name']}"
        if "layers" in part["config"]:
            yield from folders_of_any_layers(part, prefix)


ORDER_HOLES = {
    "an argument named layers": Hole(
        patched(in_order, weights_files, _h5_folders=folders_of_any_layers), "^TypeError: "
    ),
    "a configuration that isn't looked at": Hole(
        patched(in_order, weights_files, admit=lambda config: None), "^KeyError: 'layers'"
    ),
}

FUZZERS = {
    "weights in an npz": Fuzzer(
        lambda: seeded(hostile_npz), weights_are_finite_numbers_or_refused, read_small, 100, 10_000, NPZ_HOLES
    ),
    "order of weights": Fuzzer(
        retuned_configurations, an_order_is_found_or_refused, in_order, 40, 2_000, ORDER_HOLES
    ),
}
SEALED = {
    "weights in an h5": Fuzzer(
        lambda: seeded(mutated_h5),
        arrays_are_counted_or_a_misfit,
        Evaluator.open_weights,
        60,
        3_000,
        H5_HOLES,
    ),
}
