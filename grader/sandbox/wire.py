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
import math
import re
import select
import socket
import struct
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

import numpy as np

from grader.cnnchecks.outcome import Opaque
from grader.sandbox.json_size import has_more_parts

MAX_FRAME = 256 * 2**20  # bytes of one frame, headers and arrays together
MAX_HEADER = 16 * 2**20  # bytes of its JSON
MAX_DEPTH = 32  # nested tuples, lists, dicts
MAX_ITEMS = 200_000  # values in one frame
MAX_PARTS = 4 * MAX_ITEMS  # brackets and commas of its JSON: a pair in a dict has three
MAX_TEXT = 1 * 2**20  # characters of one string, bytes of one bytes object
MAX_INT_BITS = 1024
MAX_KEY_BITS = 60  # an integer key this small is its own hash: no two of them share one
MAX_KEYS = 10_000  # of one dict: small integers can be chosen that all seek the same places in it
MAX_OTHER_KEYS = 100  # of kinds whose hashes can be made to collide
MAX_AXES = 32
MAX_ARRAY_HEADER = 512
TICK_SECONDS = 0.05
ARRAY_KINDS = frozenset("biufcSU")  # bool, integers, floats, complex, bytes, str

_LENGTHS = struct.Struct("!IQ")
# What NumPy writes before an array's elements, matched and not evaluated: NumPy's reader takes 10,000 characters of
# Python's grammar for a single number, and fails as Python's parser and tokenizer do.
_ARRAY_HEADER = re.compile(
    rb"\x93NUMPY\x01\x00(?s:..)\{'descr': '(?P<dtype>[<>|][biufcSU]\d{1,9})', "
    rb"'fortran_order': (?P<order>True|False), 'shape': \((?P<shape>[\d, ]*)\), \} *\n"
)


class WireError(Exception):
    """A frame that breaks the rules. It ends the worker that sent it, not the judge."""


def encode(value: Any) -> bytes:
    """One frame. What may not cross becomes an `Opaque` with the name of its type."""
    packer = _Packer()
    tree = packer.pack(value, 0)
    header = json.dumps({"value": tree, "arrays": [len(p) for p in packer.payloads]}).encode()
    body = b"".join(packer.payloads)
    if len(header) > MAX_HEADER or len(header) + len(body) > MAX_FRAME:
        raise WireError("a value too large to hand over")
    return _LENGTHS.pack(len(header), len(body)) + header + body


def decode(frame: bytes | bytearray) -> Any:
    """The value of one whole frame. Raises `WireError` for anything that `encode` would not have written."""
    header_length, body_length = lengths(frame[: _LENGTHS.size])
    if len(frame) != _LENGTHS.size + header_length + body_length:
        raise WireError("a frame that is shorter or longer than it says")
    header = frame[_LENGTHS.size : _LENGTHS.size + header_length]
    if has_more_parts(header, MAX_PARTS):
        raise WireError("a header of too many parts")
    try:
        message = json.loads(header)
        sizes, tree = message["arrays"], message["value"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise WireError(f"a header that is not ours: {type(error).__name__}") from None
    return _Unpacker(_split(frame, _LENGTHS.size + header_length, sizes)).unpack(tree, 0)


def lengths(prefix: bytes | bytearray) -> tuple[int, int]:
    """Header and body length of a frame, checked against the caps before anything is allocated."""
    if len(prefix) != _LENGTHS.size:
        raise WireError("a frame without its lengths")
    header_length, body_length = _LENGTHS.unpack(prefix)
    if header_length > MAX_HEADER or header_length + body_length > MAX_FRAME:
        raise WireError("a frame larger than the cap")  # unquoted: the size may be made of a hidden input
    return header_length, body_length


class Channel:
    """Frames over a stream socket. `tick` is called some twenty times a second in between, whether the other end is silent
    or drips byte by byte: it may raise to give up. Nothing here blocks, as the other end may stop in mid-frame."""

    def __init__(self, sock: socket.socket, tick: Callable[[], None] = lambda: None):
        self.socket, self.tick = sock, tick
        self.received = 0  # bytes
        self._next_tick = 0.0

    def send(self, value: Any) -> None:
        view = memoryview(encode(value))
        while view:
            if self._ready(write=True):
                with suppress(BlockingIOError):  # there was room, but not for a byte more
                    view = view[self.socket.send(view[: 2**20], socket.MSG_DONTWAIT) :]

    def receive(self) -> Any:
        """The next value. Raises `EOFError` when the other end is gone, `WireError` for a bad frame."""
        frame = bytearray()
        self._read(frame, _LENGTHS.size)
        self._read(frame, _LENGTHS.size + sum(lengths(frame)))
        return decode(frame)

    def close(self) -> None:
        self.socket.close()

    def _read(self, parts: bytearray, count: int) -> None:
        """Read on into `parts` until there are `count` bytes: a frame is large, and copied nowhere."""
        while len(parts) < count:
            if not self._ready(write=False):
                continue
            try:  # what can be read may be out of band, and recv would wait for more
                part = self.socket.recv(min(count - len(parts), 2**20), socket.MSG_DONTWAIT)
            except BlockingIOError:
                time.sleep(TICK_SECONDS)
                continue
            if not part:
                raise EOFError("the other end of the channel is gone")
            parts += part
            self.received += len(part)

    def _ready(self, write: bool) -> bool:
        reading, writing = ([], [self.socket]) if write else ([self.socket], [])
        ready = select.select(reading, writing, [], TICK_SECONDS)
        if (now := time.monotonic()) >= self._next_tick:
            self._next_tick = now + TICK_SECONDS
            self.tick()
        return bool(ready[0] or ready[1])


class _Packer:
    """Makes the JSON tree of a value, counting as it goes, and the arrays' payloads beside it."""

    def __init__(self) -> None:
        self.payloads: list[bytes] = []
        self.items = 0

    def pack(self, value: Any, depth: int) -> Any:
        """Plain JSON where it can be, else a one-key dict that names the kind."""
        self.items += 1
        if self.items > MAX_ITEMS:
            raise WireError(f"a value of more than {MAX_ITEMS:,} parts is too large to hand over")
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
            return {kind.__name__: [self.pack(item, depth + 1) for item in value]}
        if kind is dict:
            if _colliding(value):
                return {"opaque": "dict with too many keys"}
            return {"dict": [[self.pack(k, depth + 1), self.pack(v, depth + 1)] for k, v in value.items()]}
        if isinstance(value, np.generic) or kind is np.ndarray:
            array = np.asarray(value)
            if _may_cross(array.dtype) and array.ndim <= MAX_AXES:
                self.payloads.append(_npy(array))
                return {"array" if kind is np.ndarray else "scalar": len(self.payloads) - 1}
        return {"opaque": value.type_name if kind is Opaque else str(kind.__name__)[:100]}


def _colliding(keys: Iterable[Any]) -> bool:
    """Could these keys get in each other's way? Of tuples and large integers thousands can be made that share one
    hash, and a dict of them takes minutes to build, with every other thread waiting. Of small integers, which are
    their own hashes, it takes ten times as many."""
    keys = list(keys)
    others = (
        type(key) is not str and not (type(key) is int and key.bit_length() <= MAX_KEY_BITS) for key in keys
    )
    return len(keys) > MAX_KEYS or sum(others) > MAX_OTHER_KEYS


def _may_cross(dtype: np.dtype) -> bool:
    return dtype.kind in ARRAY_KINDS and dtype.fields is None and dtype.itemsize > 0


def _npy(array: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, array, allow_pickle=False)
    return buffer.getvalue()


def _split(frame: bytes | bytearray, start: int, sizes: Any) -> list[memoryview]:
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
        self.payloads, self.items = dict(enumerate(payloads)), 0

    def unpack(self, tree: Any, depth: int) -> Any:
        self.items += 1
        if self.items > MAX_ITEMS or depth > MAX_DEPTH + 1:
            raise WireError("a value with too many parts")
        if type(tree) is int and tree.bit_length() > MAX_INT_BITS:
            raise WireError("an integer with too many digits")
        if type(tree) is str and len(tree) > MAX_TEXT:
            raise WireError("a text that is too long")
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
        except WireError:
            raise
        except Exception as error:  # of whatever kind the library that reads it has
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
            raise WireError("a dict with too many keys")
        return dict(pairs)  # a key that can't be hashed is a TypeError, hence a broken dict

    def _bytes(self, content: Any, depth: int) -> bytes:
        return base64.b64decode(content, validate=True)

    def _opaque(self, content: Any, depth: int) -> Opaque:
        if type(content) is not str:
            raise WireError("a type without a name")
        return Opaque(content[:100])

    def _scalar(self, content: Any, depth: int) -> Any:
        array = self._array(content, depth)
        if array.ndim:
            raise WireError("a scalar with axes")
        return array[()]

    def _array(self, content: Any, depth: int) -> np.ndarray:
        """One `.npy` payload. Its header is compared with its length before an element is read."""
        if type(content) is not int:
            raise WireError("an array without a number")
        payload = self.payloads.pop(content)  # once: each further mention would be a further copy
        header = _ARRAY_HEADER.match(bytes(payload[:MAX_ARRAY_HEADER]))
        if header is None:
            raise WireError("an array without the header that NumPy writes")
        dtype = np.dtype(header["dtype"].decode())
        shape = tuple(int(size) for size in re.findall(rb"\d+", header["shape"]))
        if not _may_cross(dtype) or len(shape) > MAX_AXES:
            raise WireError("an array of a dtype that may not cross")
        elements = payload[header.end() :]
        if math.prod(shape) * dtype.itemsize != len(elements):
            raise WireError("an array whose shape and size disagree")
        flat = np.frombuffer(elements, dtype) if len(elements) else np.empty(0, dtype)
        return _plain(flat).reshape(shape, order="F" if header["order"] == b"True" else "C").copy()


def _plain(flat: np.ndarray) -> np.ndarray:
    """The elements as NumPy itself would make them: a bool that counts twice or a character beyond Unicode is a trap
    for what reads them later."""
    if flat.dtype.kind == "b":
        return flat.view(np.uint8) != 0
    if flat.dtype.kind == "U" and (flat.view(f"{flat.dtype.str[0]}u4") > sys.maxunicode).any():
        raise WireError("text of characters that don't exist")
    return flat
