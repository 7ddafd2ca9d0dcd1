"""The frames: what crosses, what doesn't, and that a broken one ends in a WireError and nothing else."""

import contextlib
import io
import itertools
import json
import os
import pickle
import socket
import struct
import sys
import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.cnnchecks.outcome import Opaque
from grader.sandbox import wire
from grader.sandbox.wire import Channel, WireError, decode, encode


def frame(value, arrays=(), header=None):
    """A frame made by hand, as a forger would."""
    payloads = b"".join(arrays)
    header = (
        header
        if header is not None
        else json.dumps({"value": value, "arrays": [len(a) for a in arrays]}).encode()
    )
    return struct.pack("!IQ", len(header), len(payloads)) + header + payloads


def header_of(dtype, shape):
    return f"{{'descr': '{dtype}', 'fortran_order': False, 'shape': {shape!r}, }}\n"


def npy(array, shape=None):
    """`.npy` bytes; with `shape`, a header that lies."""
    stream = io.BytesIO()
    np.save(stream, array)
    data = stream.getvalue()
    if shape is None:
        return data
    head = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        head, {"descr": array.dtype.str, "fortran_order": False, "shape": shape}
    )
    return head.getvalue() + array.tobytes()


def headed(text, elements=b""):
    """`.npy` bytes with any text where NumPy writes an array's dtype, order and shape."""
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text.encode() + elements


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        3,
        -(2**70),
        0.1,
        float("inf"),
        "né",
        b"\x00\xff",
        (),
        [1, (2, [3])],
        {"a": 1, 2: (3,)},
        {(1, 2): None},
    ],
    ids=repr,
)
def test_plain_data_crosses_unchanged(value):
    back = decode(encode(value))
    assert back == value
    assert type(back) is type(value)


@pytest.mark.parametrize("dtype", ["?", "u1", "i8", "f2", "f4", "f8", "c16", "S3", "U4"])
def test_arrays_cross_element_by_element(dtype):
    for shape, order in itertools.product([(), (0,), (3,), (2, 0, 3), (2, 3, 4)], "CF"):
        array = np.asarray(np.arange(np.prod(shape, dtype=int)).reshape(shape), order=order).astype(dtype)
        back = decode(encode(array))
        assert (back.dtype, back.shape) == (array.dtype, array.shape)
        assert np.array_equal(back, array), (shape, order)
        assert back.flags.writeable


def test_a_numpy_scalar_stays_one():
    back = decode(encode(np.float32(1.5)))
    assert type(back) is np.float32
    assert back == np.float32(1.5)


class Sly(np.ndarray):
    """An array that agrees with everything."""

    def __eq__(self, other):
        return True


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (np.zeros(2).view(Sly), "Sly"),
        (np.array([object()]), "ndarray"),
        (np.zeros(2, dtype=[("a", "f4")]), "ndarray"),
        (type("Int", (int,), {})(3), "Int"),
        (lambda: 0, "function"),
        ({1}, "set"),
    ],
    ids=["subclass", "objects", "fields", "int subclass", "function", "set"],
)
def test_everything_else_arrives_as_the_name_of_its_type(value, name):
    assert decode(encode([value])) == [Opaque(name)]


def test_what_is_nested_too_deeply_is_cut_off():
    value = []
    for _ in range(500):
        value = [value]
    assert "nested" in repr(decode(encode(value)))


BROKEN = {
    "no JSON": frame(None, header=b"{"),
    "not our JSON": frame(None, header=b"[1, 2]"),
    "deep JSON": frame(None, header=b"[" * 200_000),
    "an unknown kind": frame({"pickle": "gASVAQAAAAAAAABOLg=="}),
    "a method for a kind": frame({"__init__": []}),
    "two kinds": frame({"tuple": [], "list": []}),
    "bare JSON list": frame([1]),
    "a huge integer": frame(None, header=b'{"arrays": [], "value": ' + b"9" * 4000 + b"}"),
    "bad base64": frame({"bytes": "***"}),
    "an array that isn't there": frame({"array": 0}),
    "a negative array": frame({"array": -1}, [npy(np.zeros(2))]),
    "sizes that overlap": frame(None, [npy(np.zeros(2))], b'{"value": {"array": 0}, "arrays": [1, -1, 144]}'),
    "a lying shape": frame({"array": 0}, [npy(np.zeros(2), shape=(10**12,))]),
    "a negative shape": frame({"array": 0}, [npy(np.zeros(2), shape=(-1, -2))]),
    "a pickle as an array": frame({"array": 0}, [pickle.dumps(np.zeros(2))]),
    "an object array": frame({"array": 0}, [npy(np.array([1]).astype("O"))]),
    "a list as a key": frame({"dict": [[{"list": []}, 1]]}),
    "a scalar with axes": frame({"scalar": 0}, [npy(np.zeros(2))]),
    "too many parts": frame({"list": [0] * (wire.MAX_ITEMS + 1)}),
    "a text that is too long": frame("x" * (wire.MAX_TEXT + 1)),
    "cut off": encode([1, 2, 3])[:-1],
    "too long": encode(1) + b"x",
    "shorter than its lengths": b"\x00" * 11,
    "a head that Python's tokenizer can't read": frame({"array": 0}, [headed("(((")]),
    "a head of 10,000 characters": frame(
        {"array": 0}, [headed("{" + "'descr': '<f4'," * 600 + "}", bytes(4))]
    ),
    "an array of text without width": frame({"array": 0}, [headed(header_of("<U0", (3,)))]),
    "an array of 33 axes": frame({"array": 0}, [npy(np.zeros((1,) * 33))]),
    "characters beyond Unicode": frame({"array": 0}, [headed(header_of("<U1", (1,)), b"\xff" * 4)]),
    "a type whose name is a list": frame({"opaque": [["x"]]}),
    "too many keys": frame({"dict": [[i, 0] for i in range(wire.MAX_KEYS + 1)]}),
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_frame_is_a_wire_error(data):
    with pytest.raises(WireError):
        decode(data)


def test_an_array_named_twice_is_not_copied_twice():
    """A megabyte that is named a thousand times would be a gigabyte."""
    with pytest.raises(WireError):
        decode(frame({"list": [{"array": 0}, {"array": 0}]}, [npy(np.zeros(2))]))


def test_a_true_counts_once_however_it_is_written():
    back = decode(frame({"array": 0}, [headed(header_of("|b1", (2,)), b"\x02\x00")]))
    assert back.sum() == 1


@pytest.mark.parametrize(
    ("value", "arrives"),
    [
        (np.zeros((1,) * 33), "ndarray"),
        (np.zeros(3, [("a", "U0"), ("b", "f4")])["a"], "ndarray"),
        (dict.fromkeys(range(wire.MAX_KEYS + 1)), "dict with too many keys"),
    ],
    ids=["33 axes", "text without width", "keys"],
)
def test_what_the_other_end_would_refuse_is_not_sent(value, arrives):
    assert decode(encode(value)) == Opaque(arrives)


def test_more_parts_than_may_cross_are_an_error_of_the_sender():
    with pytest.raises(WireError, match="more than 200,000 parts"):
        encode([0] * wire.MAX_ITEMS)


def test_a_frame_that_says_it_is_huge_is_refused_before_it_is_read():
    with pytest.raises(WireError, match="cap"):
        wire.lengths(struct.pack("!IQ", 10, 2**60))


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300))
def test_noise_never_raises_anything_else(noise):
    for data in (bytes(12) + noise, frame(None, header=noise), frame({"array": 0}, [noise])):
        with contextlib.suppress(WireError):
            decode(data)


def test_a_channel_carries_frames_of_any_size_and_sees_the_end():
    here, there = socket.socketpair()
    here.setblocking(False)
    ours, theirs = Channel(here), Channel(there)
    big = np.arange(3_000_000.0)
    sender = threading.Thread(target=ours.send, args=(big,))
    sender.start()
    assert np.array_equal(theirs.receive(), big)
    sender.join()
    ours.close()
    with pytest.raises(EOFError):
        theirs.receive()


def test_a_tick_can_give_up_waiting():
    def give_up():
        raise TimeoutError

    here, _there = socket.socketpair()
    with pytest.raises(TimeoutError):
        Channel(here, give_up).receive()


def test_a_head_of_millions_of_parts_is_not_decoded(monkeypatch):
    monkeypatch.setattr(wire.json, "loads", None)  # it would be called, and fail in other words
    for part in (b"[],", b"0,", b"{},", b'"",'):
        header = b'{"arrays": [], "value": {"list": [' + part * 1_000_000 + b"0]}}"
        with pytest.raises(WireError, match="too many parts"):
            decode(struct.pack("!IQ", len(header), 0) + header)


def test_the_largest_values_that_may_cross_have_a_head_that_is_decoded():
    many = {f"{i}": (i, [f"a, [{{ {i}"]) for i in range(wire.MAX_KEYS)}
    assert decode(encode(many)) == many
    commas = [",[{" * 300_000]  # a text is one part, whatever is in it
    assert decode(encode(commas)) == commas


@pytest.mark.skipif(sys.platform != "linux", reason="counts descriptors in /proc")
def test_what_comes_beside_an_answer_is_dropped():
    """Descriptors, and a byte out of band: no worker can send them while its system calls are filtered."""
    ours, theirs = socket.socketpair()
    words = encode(42)
    socket.send_fds(theirs, [words[:1]], [theirs.fileno()] * 10)
    theirs.send(words[1:14])
    theirs.send(b"!", socket.MSG_OOB)
    theirs.send(words[14:])
    before = len(os.listdir("/proc/self/fd"))
    assert Channel(ours).receive() == 42
    assert len(os.listdir("/proc/self/fd")) == before
    theirs.close()
    ours.close()
