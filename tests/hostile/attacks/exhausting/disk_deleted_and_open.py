"""Fills the disk with files that it deletes while it keeps them open, or only in its memory: no folder has them."""
# from: solved
# shows: code cell \d+ was stopped and left out: it wrote more files|raised OSError
# stopped by: disk

# %% last
import mmap
import os
import time

HELD = []
for number in range(20):
    with open(f"part{number}", "w+b") as file:
        os.unlink(f"part{number}")
        os.posix_fallocate(file.fileno(), 0, 100 * 2**20)
        HELD.append(mmap.mmap(file.fileno(), 4096) if number % 2 else os.dup(file.fileno()))
time.sleep(1.5)
say("2 GB that no folder has")
