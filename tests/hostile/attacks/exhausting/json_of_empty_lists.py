"""Answers with frames whose text is five million empty lists, or texts of one letter: small to send, large to decode."""
# from: solved
# loses: q7
# shows: what came back was not data in the agreed form
# stopped by: wire

# %% before checks
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


def crowd(part):
    def answer(*args, **kwargs):
        header = b'{"arrays": [], "value": {"list": [' + part * 5_000_000 + b"0]}}"
        view = memoryview(struct.pack("!IQ", len(header), 0) + header)
        while view:
            view = view[os.write(descriptor(), view) :]

    return answer


globals().update(globals().pop("KEPT", {}))  # only question 7 is to suffer
if QUESTION == "q7":
    KEPT = {name: globals()[name] for name in NAMES}
    for name, part in zip(NAMES, [b"[],", b"0,", b"{},"] * len(NAMES)):
        globals()[name] = crowd(part)
