"""Fills the disk in folders that nobody may look into, moved to and fro all the time."""
# from: solved
# shows: code cell \d+ was stopped and left out: it wrote more files|raised (OSError|PermissionError)
# stopped by: disk

# %% last
import os
import time

os.mkdir("a")
os.mkdir("b")
os.mkdir("a/full")
for number in range(20):
    with open(f"a/full/part{number}", "wb") as file:
        os.posix_fallocate(file.fileno(), 0, 100 * 2**20)
os.mkdir("closed", 0)
there, until = "a", time.monotonic() + 1.8
while time.monotonic() < until:
    there, before = ("b", "a") if there == "a" else ("a", "b")
    os.rename(f"{before}/full", f"{there}/full")
    time.sleep(0.005)
say("2 GB on the move")
