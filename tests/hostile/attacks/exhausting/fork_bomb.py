"""Forks as fast as it can, children of children too (here: for three seconds, and 3,000 in all)."""
# from: solved
# shows: raised Ran: (fewer than 200 processes, then|0 processes, then) (BlockingIOError|PermissionError)
# tried: process
# stopped by: limits, seccomp

# %% last
import os
import time

until, made, end = time.monotonic() + 3, 0, "time"
try:
    while time.monotonic() < until and made < 1000:
        if os.fork() == 0:
            for _ in range(2):
                try:
                    if os.fork() == 0:
                        break
                except OSError:
                    break
            while time.monotonic() < until:
                time.sleep(0.1)
            os._exit(0)
        made += 1
except OSError as error:
    end = type(error).__name__
say(f"{'0' if not made else 'fewer than 200' if made < 200 else 'many'} processes, then {end}")
