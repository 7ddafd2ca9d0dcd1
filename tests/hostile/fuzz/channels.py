"""Fuzzers of a channel between the judge and a process that runs student code: what is sent arrives, and nothing blocks."""

import re
import socket
import struct
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as drawn

from grader.cnnchecks.outcome import Opaque
from grader.sandbox import wire
from grader.sandbox.wire import Channel, WireError
from tests.hostile.fuzz.frames import FRAMES, endless, is_data, mutated_frame
from tests.hostile.fuzz.fuzzer import GROWTH, HANGS, MEGABYTE, MEMORY, Fuzzer, Hole, examined, expect, patched
from tests.hostile.fuzz.mutation import FLOATS, seeded

# ---- values that cross ----


def crossing() -> st.SearchStrategy:
    dtypes = st.one_of(
        *(kind() for kind in (drawn.boolean_dtypes, drawn.integer_dtypes, drawn.unsigned_integer_dtypes)),
        *(kind() for kind in (drawn.floating_dtypes, drawn.complex_number_dtypes)),
        *(kind(max_len=5) for kind in (drawn.byte_string_dtypes, drawn.unicode_string_dtypes)),
    )
    shapes = drawn.array_shapes(min_dims=0, max_dims=5, min_side=0, max_side=4)
    some = drawn.arrays(dtypes, shapes)
    scalars = some.filter(lambda array: array.size).map(lambda array: array.flat[0])
    keys = st.text(max_size=5) | st.integers(-(2**59), 2**59) | st.tuples(st.integers())
    huge = st.sampled_from([2**1023, -(2**1023), "x" * 2**18, "é\ud800\0", b"x" * 10_000, *FLOATS])
    strange = st.sampled_from(
        [set(), endless, Opaque("Sly"), 2**1024, np.array([None]), np.datetime64("2020")]
    )
    plain = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | huge
    fortran = some.map(np.asfortranarray) | some.map(lambda array: array.T[::-1] if array.ndim else array)
    return st.recursive(
        plain | some | fortran | scalars | strange,
        lambda x: st.lists(x) | st.lists(x).map(tuple) | st.dictionaries(keys, x, max_size=8),
        max_leaves=20,
    )


def same(value: Any, back: Any) -> bool:
    """The same value of the same type, down to an array's bytes; a name where an object was."""
    if type(back) is Opaque:
        return type(value) is Opaque or not is_data(value) or value == 2**1024
    if type(back) is not type(value):
        return False
    if isinstance(value, list | tuple):
        return len(value) == len(back) and all(map(same, value, back))
    if isinstance(value, dict):
        return same(list(value.items()), list(back.items()))
    if isinstance(value, np.ndarray | np.generic):
        return (value.dtype, value.shape, value.tobytes()) == (back.dtype, back.shape, back.tobytes())
    return value.hex() == back.hex() if isinstance(value, float) else value == back


def what_may_cross_arrives_as_it_was(there_and_back: Callable, value: Any) -> None:
    back = examined(lambda: there_and_back(value), (), 2**28)
    expect(same(value, back), f"sent {value!r:.200}, got {back!r:.200}")


def there_and_back(value: Any) -> Any:
    return wire.decode(wire.encode(value))


CROSSING_HOLES = {
    "tuples become lists": Hole(
        patched(there_and_back, wire._Unpacker, _tuple=wire._Unpacker._list), "^sent "
    ),
    "Fortran's order is forgotten": Hole(
        lambda value: wire.decode(
            re.sub(rb": True, ('shape': .*?\}) ", rb": False, \1", wire.encode(value))  # of the same length
        ),
        "^sent ",
    ),
    "the sign of zero is lost": Hole(
        lambda value: wire.decode(wire.encode(value).replace(b"-0.0", b"0.00")), "^sent "
    ),
}

# ---- channels ----


class GaveUp(Exception):
    """What a judge's tick raises when a worker's time is over."""


PATIENCE = 0.02  # seconds until the tick gives up


def scripts() -> st.SearchStrategy:
    """What the other end writes, in which pieces, and whether it then hangs up or says no more."""
    promises = st.sampled_from([struct.pack("!IQ", 10, 2**27), struct.pack("!IQ", 2**24, 0), bytes(12), b""])
    written = st.lists(
        st.sampled_from(FRAMES) | seeded(mutated_frame) | promises | st.binary(max_size=30), max_size=4
    )
    return st.tuples(written.map(b"".join), st.sampled_from([1, 7, 2**16]), st.booleans())


def a_channel_never_waits_past_its_tick(make: Callable, script: tuple[bytes, int, bool]) -> None:
    written, piece, hangs_up = script
    rest = written[-3 * piece :]  # this much drips in, piece by piece
    here, there = socket.socketpair()
    until = time.monotonic() + PATIENCE

    def tick() -> None:
        nonlocal rest
        if rest:
            there.send(rest[:piece])
            rest = rest[piece:]
        elif hangs_up:
            there.close()
        if time.monotonic() > until:
            raise GaveUp

    def listen() -> None:
        channel = make(here, tick)
        while True:
            channel.receive()

    with here, there:
        there.send(written[: -3 * piece])
        examined(listen, (WireError, EOFError, GaveUp), 4 * MEGABYTE + GROWTH * len(written))


class Waiting(Channel):
    def _read(self, parts: bytearray, count: int) -> None:
        parts += self.socket.recv(count - len(parts), socket.MSG_WAITALL)


class Roomy(Channel):
    def _read(self, parts: bytearray, count: int) -> None:
        parts += bytearray(count)[:0]
        super()._read(parts, count)


CHANNEL_HOLES = {
    "it waits for all that is promised": Hole(Waiting, HANGS),
    "it makes room for all that is promised": Hole(Roomy, MEMORY),
}

FUZZERS = {
    "values that cross": Fuzzer(
        crossing, what_may_cross_arrives_as_it_was, there_and_back, 50, 3_000, CROSSING_HOLES
    ),
    "channels": Fuzzer(scripts, a_channel_never_waits_past_its_tick, Channel, 50, 1_000, CHANNEL_HOLES),
}
