"""Closes and replaces the standard streams, so that whoever prints afterwards fails."""
# from: solved
# shows: raised Ran: no more streams
# stopped by: roles

# %% last
import os
import sys


class Broken:
    def __getattr__(self, name):
        raise SystemExit(f"no {name}")


for stream in (sys.stdin, sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
    attempt(stream.close)
for number in (0, 1, 2):
    attempt(os.close, number)
sys.stdout = sys.stderr = sys.stdin = sys.__stdout__ = sys.__stderr__ = Broken()
say("no more streams")
