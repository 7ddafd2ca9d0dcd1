"""Sends an array whose header is half a text (brackets and quotes that never close, a sum of thousands) to whoever reads it."""
# shows: raised Ran: half a header
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


BROKEN = [
    array_frame(b"1+" * 4000 + b"1\n"),  # a sum that takes a deep stack to read
    array_frame(b"((((\n"),
    array_frame(b"(" * 9000 + b"\n"),
    array_frame(b"{'descr': \"\"\"\n"),
    array_frame(b"  x\n y\n"),
] * 3
say("half a header")

# %% before checks
os.write(descriptor(), BROKEN[int(QUESTION[1:]) - 1])
