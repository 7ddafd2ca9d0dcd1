"""Turns its process into a fresh interpreter (exec), without the guards that were put into this one, with a library to preload
and a path of its own, which then goes on answering over the same channel."""
# shows: raised Ran: (from a new program|(PermissionError|OSError|FileNotFoundError)( \w*Error)*)
# tried: process
# stopped by: landlock, seccomp

# %% last
import glob
import os
import sys


def descriptor():
    frame = sys._getframe(1)
    while frame is not None:
        if "channel" in frame.f_locals:
            return frame.f_locals["channel"].socket.fileno()
        frame = frame.f_back
    return 3


number, came = descriptor(), []
os.set_inheritable(number, True)
PROGRAM = f"""
import json, os, struct
def read(count):
    data = b""
    while len(data) < count:
        part = os.read({number}, count - len(data))
        data += part or os._exit(0)
    return data
def say(value):
    header = json.dumps({{"value": value, "arrays": []}}).encode()
    os.write({number}, struct.pack("!IQ", len(header), 0) + header)
pairs = lambda **entries: {{"dict": [[key, value] for key, value in entries.items()]}}
ran = pairs(raised=pairs(type="Ran", message="from a new program", line=""))
answers = {{"look": pairs(kind="callable"), "call": pairs(value=True, changed=pairs(), passed=True), "cell": ran}}
try:
    open("{DROP}/{ATTACK}-exec", "w").write(str(os.getresuid()))
except OSError:
    pass
say(ran)
while True:
    asked = read(sum(struct.unpack("!IQ", read(12))))[:60]
    say(next((answer for op, answer in answers.items() if op.encode() in asked), pairs(value=pairs(blueprint=pairs(), weights=None))))
"""
ENVIRONMENT = {"LD_PRELOAD": "/lib/x86_64-linux-gnu/libm.so.6", "PYTHONPATH": os.getcwd(), "LD_LIBRARY_PATH": os.getcwd()}
for program in (*glob.glob("/usr/bin/python3"), *glob.glob("/usr/local/bin/python3"), sys.executable, "/proc/self/exe"):
    try:
        os.execve(program, [program, "-c", PROGRAM], ENVIRONMENT)
    except OSError as error:
        came.append(type(error).__name__)
say(" ".join(dict.fromkeys(came)))
