"""Writes broken frames into the channel to the judge: headers that recurse, arrays that lie, lengths beyond measure."""
# shows: raised Ran: broken frames
# stopped by: wire

# %% first
import json
import os
import struct
import sys


def descriptor():
    frame = sys._getframe(1)
    while frame is not None:
        if "channel" in frame.f_locals:
            return frame.f_locals["channel"].socket.fileno()
        frame = frame.f_back
    return 3


def frame_of(header, body=b""):
    return struct.pack("!IQ", len(header), len(body)) + header + body


def array_frame(npy_header, version=b"\x01\x00"):
    """A reply with one array, whose .npy header is this text."""
    length = struct.pack("<H" if version == b"\x01\x00" else "<I", len(npy_header))
    body = b"\x93NUMPY" + version + length + npy_header
    value = {"dict": [["done", True], ["value", {"array": 0}]]}
    return frame_of(json.dumps({"value": value, "arrays": [len(body)]}).encode(), body)


def described(descr, shape):
    return array_frame(f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}}}\n".encode())


BROKEN = [
    array_frame(b"-" * 9000 + b"1\n"),  # a number that takes a deep stack to read
    array_frame(b"\0" * 60000, version=b"\x02\x00"),
    described("'|O'", "(1,)"),
    described("[('x', '<f8'), ('y', '|O')]", "(1,)"),
    described("'<U2147483647'", "()"),
    described("'<f8'", "(0, 4611686018427387904, 4611686018427387904)"),
    struct.pack("!IQ", 2**32 - 1, 2**64 - 1) + b"{}",
    frame_of(b"[" * 10**5),
    frame_of(b'{"value": ' + b"9" * 10**6 + b', "arrays": []}'),
    frame_of(b'{"value": {"raised": 1}, "arrays": [1e999, -1, null]}'),
]
say("broken frames")

# %% before checks
os.write(descriptor(), BROKEN[int(QUESTION[1:]) - 1])
