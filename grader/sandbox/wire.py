"""What may cross between the judge and a process that runs student code: data, never objects.

A frame is a header length (4 bytes), a body length (8 bytes), a JSON header and a body of `.npy` payloads.
Allowed are None, bool, int, float, str, bytes, tuples, lists and dicts of exactly these types, NumPy scalars, and
NumPy arrays of a number, bool or string dtype. Everything else arrives as `Opaque("its type name")`. Nothing is ever unpickled.

>>> import numpy as np
>>> decode(encode({"loss": 0.5, "grads": (np.arange(3), None)}))
{'loss': 0.5, 'grads': (array([0, 1, 2]), None)}
>>> decode(encode([lambda x: x]))
[Opaque(type_name='function')]
"""

import base64
import io
import json
import select
import socket
import struct
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

import numpy as np

from grader.cnnchecks import Opaque

MAX_FRAME = 256 * 2**20  # bytes of one frame, headers and arrays together
MAX_HEADER = 16 * 2**20  # bytes of its JSON
MAX_DEPTH = 32  # nested tuples, lists, dicts
MAX_ITEMS = 200_000  # values in one frame
MAX_TEXT = 1 * 2**20  # characters of one string, bytes of one bytes object
MAX_INT_BITS = 1024
MAX_KEY_BITS = 60  # an integer key this small is its own hash: no two of them collide
MAX_OTHER_KEYS = 100  # of kinds whose hashes can be made to collide
TICK_SECONDS = 0.05
ARRAY_KINDS = frozenset("biufcSU")  # bool, integers, floats, complex, bytes, str

_LENGTHS = struct.Struct("!IQ")


class WireError(Exception):
    """A frame that breaks the rules. It ends the worker that sent it, not the judge."""


def encode(value: Any) -> bytes:
    """One frame. What may not cross becomes an `Opaque` with the name of its type."""
    payloads: list[bytes] = []
    header = json.dumps({"value": _pack(value, payloads, 0), "arrays": [len(p) for p in payloads]}).encode()
    body = b"".join(payloads)
    if len(header) > MAX_HEADER or len(header) + len(body) > MAX_FRAME:
        raise WireError(f"a value of {len(header) + len(body):,} bytes is too large to hand over")
    return _LENGTHS.pack(len(header), len(body)) + header + body


def decode(frame: bytes) -> Any:
    """The value of one whole frame. Raises `WireError` for anything that `encode` would not have written."""
    header_length, body_length = lengths(frame[: _LENGTHS.size])
    if len(frame) != _LENGTHS.size + header_length + body_length:
        raise WireError("a frame that is shorter or longer than it says")
    header = frame[_LENGTHS.size : _LENGTHS.size + header_length]
    try:
        message = json.loads(header)
        sizes, tree = message["arrays"], message["value"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise WireError(f"a header that is not ours: {type(error).__name__}") from None
    return _Unpacker(_split(frame, _LENGTHS.size + header_length, sizes)).unpack(tree, 0)


def lengths(prefix: bytes) -> tuple[int, int]:
    """Header and body length of a frame, checked against the caps before anything is allocated."""
    header_length, body_length = _LENGTHS.unpack(prefix)
    if header_length > MAX_HEADER or header_length + body_length > MAX_FRAME:
        raise WireError(f"a frame of {header_length + body_length:,} bytes, more than the cap")
    return header_length, body_length


class Channel:
    """Frames over a stream socket. `tick` is called some twenty times a second in between, whether the other end is silent
    or drips byte by byte: it may raise to give up. Nothing here blocks, as the other end may stop in mid-frame."""

    def __init__(self, sock: socket.socket, tick: Callable[[], None] = lambda: None):
        self.socket, self.tick = sock, tick
        self._next_tick = 0.0

    def send(self, value: Any) -> None:
        view = memoryview(encode(value))
        while view:
            if self._ready(write=True):
                with suppress(BlockingIOError):  # there was room, but not for a byte more
                    view = view[self.socket.send(view[: 2**20], socket.MSG_DONTWAIT) :]

    def receive(self) -> Any:
        """The next value. Raises `EOFError` when the other end is gone, `WireError` for a bad frame."""
        prefix = self._read(_LENGTHS.size)
        return decode(prefix + self._read(sum(lengths(prefix))))

    def close(self) -> None:
        self.socket.close()

    def _read(self, count: int) -> bytes:
        parts = bytearray()
        while len(parts) < count:
            if not self._ready(write=False):
                continue
            part = self.socket.recv(min(count - len(parts), 2**20))
            if not part:
                raise EOFError("the other end of the channel is gone")
            parts += part
        return bytes(parts)

    def _ready(self, write: bool) -> bool:
        reading, writing = ([], [self.socket]) if write else ([self.socket], [])
        ready = select.select(reading, writing, [], TICK_SECONDS)
        if (now := time.monotonic()) >= self._next_tick:
            self._next_tick = now + TICK_SECONDS
            self.tick()
        return bool(ready[0] or ready[1])


def _pack(value: Any, payloads: list[bytes], depth: int) -> Any:
    """The JSON tree of a value: plain JSON where it can be, else a one-key dict that names the kind."""
    kind = type(value)
    if depth > MAX_DEPTH:
        return {"opaque": "something nested too deeply"}
    if value is None or kind in (bool, float) or (kind is int and value.bit_length() <= MAX_INT_BITS):
        return value
    if kind is str and len(value) <= MAX_TEXT:
        return value
    if kind is bytes and len(value) <= MAX_TEXT:
        return {"bytes": base64.b64encode(value).decode()}
    if kind in (tuple, list):
        return {kind.__name__: [_pack(item, payloads, depth + 1) for item in value]}
    if kind is dict:
        if _colliding(value):
            return {"opaque": "dict with many keys that are neither text nor small integers"}
        return {
            "dict": [[_pack(k, payloads, depth + 1), _pack(v, payloads, depth + 1)] for k, v in value.items()]
        }
    if isinstance(value, np.generic) or kind is np.ndarray:
        array = np.asarray(value)
        if array.dtype.kind in ARRAY_KINDS and array.dtype.fields is None:
            payloads.append(_npy(array))
            return {"array" if kind is np.ndarray else "scalar": len(payloads) - 1}
    return {"opaque": value.type_name if kind is Opaque else str(kind.__name__)[:100]}


def _colliding(keys: Iterable[Any]) -> bool:
    """Could these keys share one hash? Of tuples and large integers thousands can be made that do, and a dict of
    them takes minutes to build, with every other thread waiting."""
    others = (
        type(key) is not str and not (type(key) is int and key.bit_length() <= MAX_KEY_BITS) for key in keys
    )
    return sum(others) > MAX_OTHER_KEYS


def _npy(array: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, array, allow_pickle=False)
    return buffer.getvalue()


def _split(frame: bytes, start: int, sizes: Any) -> list[memoryview]:
    if type(sizes) is not list or any(type(size) is not int or size < 0 for size in sizes):
        raise WireError("array sizes that are not sizes")
    if len(sizes) > MAX_ITEMS or start + sum(sizes) != len(frame):
        raise WireError("arrays that don't fill the frame")
    view, parts = memoryview(frame), []
    for size in sizes:
        parts.append(view[start : start + size])
        start += size
    return parts


class _Unpacker:
    """Reads a JSON tree back, counting as it goes."""

    def __init__(self, payloads: list[memoryview]):
        self.payloads, self.items = payloads, 0

    def unpack(self, tree: Any, depth: int) -> Any:
        self.items += 1
        if self.items > MAX_ITEMS or depth > MAX_DEPTH + 1:
            raise WireError("a value with too many parts")
        if type(tree) is int and tree.bit_length() > MAX_INT_BITS:
            raise WireError("an integer with too many digits")
        if tree is None or type(tree) in (bool, int, float, str):
            return tree
        if type(tree) is not dict or len(tree) != 1:
            raise WireError("a header with an unknown shape")
        ((kind, content),) = tree.items()
        reader = getattr(self, f"_{kind}", None) if kind in self.KINDS else None
        if reader is None:
            raise WireError("an unknown kind of value")  # unquoted: it may be a hidden input
        try:
            return reader(content, depth + 1)
        except (
            ValueError,
            TypeError,
            IndexError,
            KeyError,
            SyntaxError,
            OverflowError,
            MemoryError,
        ) as error:
            raise WireError(f"a broken {kind}: {type(error).__name__}") from None

    KINDS = frozenset({"tuple", "list", "dict", "bytes", "array", "scalar", "opaque"})

    def _list(self, content: Any, depth: int) -> list:
        if type(content) is not list:
            raise WireError("a list that is none")
        return [self.unpack(item, depth) for item in content]

    def _tuple(self, content: Any, depth: int) -> tuple:
        return tuple(self._list(content, depth))

    def _dict(self, content: Any, depth: int) -> dict:
        pairs = [(self.unpack(k, depth), self.unpack(v, depth)) for k, v in content]
        if _colliding(key for key, _ in pairs):
            raise WireError("a dict with many keys that are neither text nor small integers")
        return dict(pairs)  # a key that can't be hashed is a TypeError, hence a broken dict

    def _bytes(self, content: Any, depth: int) -> bytes:
        return base64.b64decode(content, validate=True)

    def _opaque(self, content: Any, depth: int) -> Opaque:
        return Opaque(str(content)[:100])

    def _scalar(self, content: Any, depth: int) -> Any:
        array = self._array(content, depth)
        if array.ndim:
            raise WireError("a scalar with axes")
        return array[()]

    def _array(self, content: Any, depth: int) -> np.ndarray:
        """One `.npy` payload. Its header is compared with its length before an element is read."""
        if type(content) is not int or content < 0:
            raise WireError("an array without a number")
        payload = self.payloads[content]
        stream = io.BytesIO(payload)
        version = np.lib.format.read_magic(stream)
        read_header = (
            np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        )
        shape, fortran, dtype = read_header(stream)
        if dtype.kind not in ARRAY_KINDS or dtype.fields is not None or dtype.hasobject or len(shape) > 32:
            raise WireError("an array of a dtype that may not cross")
        count = 1
        for size in shape:
            count *= int(size)
        if any(size < 0 for size in shape) or count * dtype.itemsize != len(payload) - stream.tell():
            raise WireError("an array whose shape and size disagree")
        flat = (
            np.frombuffer(payload, dtype=dtype, count=count, offset=stream.tell())
            if count * dtype.itemsize
            else np.empty(0, dtype)
        )
        return flat.reshape(shape, order="F" if fortran else "C").copy()
