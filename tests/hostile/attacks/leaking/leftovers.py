"""Reads its own memory, which it has from a process that forks for everybody, and looks for names of other students,
hidden tests and the grader's tokens."""
# stopped by: roles
# shows: raised Ran: (\[\] in \d+ (regions|bytes)|PermissionError)

# %% first
import ctypes
import re
import sys
import time

# patterns that don't match themselves
TELLING = [rb"bystande[r]-[amz]", rb"check_draw[n]", rb"token-2f9c41d[7]", rb"ada\.2f9c41d[7]", rb"memory-2f9c41d[7]-5d1b"]
SECONDS = 0.6 if "keras" not in sys.modules else 2.5  # a cell may take 1, or 4


def leftovers():
    ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)  # what is dumpable may be read
    found, regions, until = set(), 0, time.process_time() + SECONDS
    with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", buffering=0) as memory:
        for line in maps.read().splitlines():
            start, end = (int(part, 16) for part in line.split()[0].split("-"))
            if line.split()[1].startswith("rw") and end - start < 2**28 and time.process_time() < until:
                memory.seek(start)
                content = attempt_bytes(memory, end - start)
                for pattern in TELLING:
                    found |= {content[m.start() : m.end() + 40] for m in re.finditer(pattern, content)}
                regions += 1
    return f"{sorted(found)[:3]} in {regions} regions"


def attempt_bytes(memory, count):
    try:
        return memory.read(count)
    except OSError:
        return b""


# %% first
say(attempt(leftovers))
