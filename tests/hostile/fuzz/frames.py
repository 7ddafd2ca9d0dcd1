"""Fuzzers of the frame decoder: from noise to trees that almost follow the format, over arrays whose headers lie."""

import io
import json
import struct
import time
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import numpy as np
from hypothesis import strategies as st

from grader.cnnchecks.outcome import Opaque
from grader.sandbox import wire
from grader.sandbox.wire import WireError
from tests.hostile.fuzz.fuzzer import (
    GROWTH,
    HANGS,
    MEGABYTE,
    MEMORY,
    REFUSED,
    Fuzzer,
    Hole,
    examined,
    expect,
    patched,
)
from tests.hostile.fuzz.mutation import PLAIN, grafted, mutated, seeded, words

SENT = [
    None,
    {"loss": 0.5, "grads": (np.arange(3.0), None)},
    [np.float32(1), b"x", "né", 2**70, {1: -0.0, "a": [[], (), {}]}],
    {"value": {"weights": [np.zeros((2, 3), "f4")], "rows": [{"name": "C1"}]}, "changed": {0: np.ones(4)}},
    [np.array(["a", "bc"]), np.array([True, False]), np.zeros((2, 0, 3)), np.asfortranarray(np.eye(3))],
]
FRAMES = [wire.encode(value) for value in SENT]


def framed(value: Any, payloads: list[bytes], sizes: Any = None) -> bytes:
    sizes = [len(payload) for payload in payloads] if sizes is None else sizes
    header, body = json.dumps({"value": value, "arrays": sizes}).encode(), b"".join(payloads)
    return struct.pack("!IQ", len(header), len(body)) + header + body


DTYPES = words(
    "'<f8' '<f4' '|b1' '|u1' '<U1' '>U2' '<U0' '|S0' '|S3' '|O' '|V8' '<f3' '<c16' '<M8[s]' '>i8' '<U999999999' "
    "'i4,i4' [('a','<f4')] ('<f4',(2,)) 3 ((( {}"
)
SHAPES = [
    f"({sizes})" for sizes in ("", "1,", "2, 2", "12500,", "0,", "-1,", "-1, -2", "True,", "1L,", "(1,),")
]
SHAPES += [
    "(1000000000000,)",
    "(0, 99999999999999)",
    "(99999999999999999999, 0)",
    f"({'1, ' * 33})",
    "3",
    "(" * 90,
]


def lying_payload(random: Random) -> bytes:
    """`.npy` bytes whose header tells the truth by accident."""
    dtype, shape, order = (random.choice(some) for some in (DTYPES, SHAPES, ("True", "False", "None")))
    text = f"{{'descr': {dtype}, 'fortran_order': {order}, 'shape': {shape}, }}" * random.choice([1, 1, 1, 2])
    text += random.choice(["\n", "\n", "", " " * 20 + "\n", "#" * 9_000 + "\n", "\\", "'"])
    elements = random.choice([b"", bytes(8), bytes(100_000), b"\xff" * 8, random.randbytes(16)])
    version = random.choice([b"\x01\x00", b"\x01\x00", b"\x02\x00", b"\x03\x00", b"\x09\x00"])
    size = struct.pack("<H" if version[0] == 1 else "<I", len(text) + random.choice([0, 0, 0, 1, -1]))
    return b"\x93NUMPY" + version + size + text.encode() + elements


def npy(array: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


def filled_payload(random: Random) -> bytes:
    """`.npy` bytes whose header tells the truth, and whose other bytes are all the same."""
    dtype = np.dtype(random.choice(words("<f8 <f4 |b1 |u1 <U1 >U2 |S3 <c16 >i8 |V8 <M8[s] i4,i4")))
    size = random.choice([1, 4, 12_500]) * dtype.itemsize
    return npy(np.frombuffer(random.choice([b"\0", b"\1", b"\2", b"\xff"]) * size, dtype))


def payload(random: Random) -> bytes:
    """`.npy` bytes of each sort."""
    make = random.choice([filled_payload, lying_payload, lambda random: mutated(random, NPYS)])
    return make(random)


NPYS = [npy(np.arange(3.0)), npy(np.eye(2, dtype="f4")), npy(np.array(["a"])), npy(np.array([True]))]
KINDS = words("tuple list dict bytes array scalar opaque pickle __class__")


def mutated_frame(random: Random) -> bytes:
    return mutated(random, FRAMES)


def almost_value(random: Random, depth: int = 4) -> Any:
    """The tree of a frame's header as `encode` makes it, or nearly so."""
    inside = [almost_value(random, depth - 1) for _ in range(random.randrange(4))] if depth else []
    match random.randrange(10):
        case 0 | 1 | 2 | 3:
            return {random.choice(["list", "tuple"]): inside}
        case 4:
            return {"dict": [[random.choice(["a", 1, 2**70, *inside]), item] for item in inside]}
        case 5 | 6:
            return {random.choice(["array", "scalar"]): random.choice([0, 0, 1, 2, -1, 2.0])}
        case 7:
            return {"list": [random.choice([{"array": 0}, *inside])] * random.choice([2, 300])}
        case 8:
            return {random.choice(KINDS): random.choice([inside, "eA==", "é", random.choice(PLAIN)])}
    return random.choice([*PLAIN, *PLAIN, inside])


def almost_frame(random: Random) -> bytes:
    payloads = [payload(random) for _ in range(random.randrange(4))]
    wrong_sizes = [[], [-1, 1], [2**64], 3, {"a": 1}, [0.5], [True]]
    return framed(almost_value(random), payloads, random.choice([None] * 20 + wrong_sizes))


def grafted_frame(random: Random) -> bytes:
    """A frame of ours whose header's JSON was edited and its lengths set right again."""
    frame = random.choice(FRAMES)
    length, _ = wire.lengths(frame[:12])
    header = json.dumps(grafted(random, [json.loads(frame[12 : 12 + length])], KINDS)).encode()
    return struct.pack("!IQ", len(header), len(frame) - 12 - length) + header + frame[12 + length :]


def is_data(value: Any) -> bool:
    """Is this made of nothing but what may cross?"""
    if type(value) in (tuple, list):
        return all(map(is_data, value))
    if type(value) is dict:
        return all(is_data(key) and is_data(item) for key, item in value.items())
    if type(value) is np.ndarray or isinstance(value, np.generic):
        return value.dtype.kind in "biufcSU" and value.dtype.fields is None
    return type(value) in (type(None), bool, int, float, str, bytes, Opaque)


def a_frame_is_data_or_refused(decode: Callable, frame: bytes) -> None:
    """And what it is can be shown, counted and sent on."""
    value = examined(lambda: decode(frame), WireError, 2 * MEGABYTE + GROWTH * len(frame))
    if value is not REFUSED:
        expect(is_data(value), f"an object crossed: {type(value)}")
        examined(lambda: (repr(value), wire.decode(wire.encode(value))), (), 2**30)
        expect(all(array.sum() <= array.size for array in truths(value)), "a truth that counts twice")


def truths(value: Any) -> Iterator[np.ndarray]:
    if isinstance(value, np.ndarray) and value.dtype.kind == "b":
        yield value
    elif isinstance(value, tuple | list):
        for item in value:
            yield from truths(item)


def trusting_decode(frame: bytes) -> Any:
    header_length, _ = struct.unpack("!IQ", frame[:12])
    return wire._Unpacker([]).unpack(json.loads(frame[12 : 12 + header_length])["value"], 0)


def numpys_array(unpacker: Any, content: Any, depth: int) -> np.ndarray:
    return np.load(io.BytesIO(unpacker.payloads[content]), allow_pickle=False)


def named_for_ever(unpacker: Any, payloads: list[memoryview]) -> None:
    class Kept(dict):
        pop = dict.__getitem__

    unpacker.payloads, unpacker.items = Kept(enumerate(payloads)), 0


def endless(*_: Any) -> None:
    while True:
        time.sleep(0.01)


HEADER_HOLES = {"a header that is trusted": Hole(trusting_decode, "Error|^error: unpack requires")}
ARRAY_HOLES = {
    "arrays as NumPy reads them": Hole(
        patched(wire.decode, wire._Unpacker, _array=numpys_array), f"{MEMORY}|^an object crossed|Error"
    ),
    "an array may be named twice": Hole(
        patched(wire.decode, wire._Unpacker, __init__=named_for_ever), MEMORY
    ),
    "elements as they stand": Hole(
        patched(wire.decode, wire, _plain=lambda flat: flat),
        "Error: (invalid maximum character|text of characters that don't exist)",
    ),
    "bytes without an end": Hole(patched(wire.decode, wire._Unpacker, _bytes=endless), HANGS),
}

FUZZERS = {
    "bytes": Fuzzer(
        lambda: st.binary(max_size=300), a_frame_is_data_or_refused, wire.decode, 200, 5_000, HEADER_HOLES
    ),
    "mutated frames": Fuzzer(
        lambda: seeded(mutated_frame), a_frame_is_data_or_refused, wire.decode, 200, 10_000, HEADER_HOLES
    ),
    "grafted frames": Fuzzer(
        lambda: seeded(grafted_frame), a_frame_is_data_or_refused, wire.decode, 100, 5_000, HEADER_HOLES
    ),
    "almost frames": Fuzzer(
        lambda: seeded(almost_frame), a_frame_is_data_or_refused, wire.decode, 100, 5_000, ARRAY_HOLES
    ),
}
