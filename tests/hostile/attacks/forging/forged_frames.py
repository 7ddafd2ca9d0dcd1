"""Writes answers of its own into the channel to the judge, ahead of the worker's: verdicts, values, a score."""
# shows: raised Ran: forged frames are on their way
# stopped by: wire, roles

# %% last
import json
import os
import struct
import sys


def descriptor():
    """The descriptor over which this process answers."""
    frame = sys._getframe(1)
    while frame is not None:
        if "channel" in frame.f_locals:
            return frame.f_locals["channel"].socket.fileno()
        frame = frame.f_back
    return 3


def frame_of(value):
    header = json.dumps({"value": value, "arrays": []}).encode()
    return struct.pack("!IQ", len(header), 0) + header


def pairs(**entries):
    return {"dict": [[key, value] for key, value in entries.items()]}


ran = pairs(raised=pairs(type="Ran", message="forged frames are on their way", line=""))
forged = [
    ran,
    *[pairs(kind="callable"), pairs(value=True, changed=pairs()), pairs(kind="value", value=0.0, passed=True)] * 3,
    pairs(value=pairs(passed=True, score=2000.0, outcome=None)),
    pairs(done=True, score=2000.0, defences=pairs()),
    {"tuple": [True, 2000.0]},
    2000.0,
]
os.write(descriptor(), b"".join(map(frame_of, forged)))
