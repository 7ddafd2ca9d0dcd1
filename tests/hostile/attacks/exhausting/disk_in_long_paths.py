"""Fills the disk below more folders than a path may name, where who looks by path sees nothing; no file is kept open."""
# from: solved
# shows: code cell \d+ was stopped and left out: it wrote more files|raised OSError
# stopped by: disk

# %% last
import os
import time

home = os.open(".", os.O_RDONLY)
for _ in range(50):
    os.mkdir("d" * 200)
    os.chdir("d" * 200)
for number in range(20):
    with open(f"part{number}", "wb") as file:
        os.posix_fallocate(file.fileno(), 0, 100 * 2**20)
os.fchdir(home)
time.sleep(1.5)
say("2 GB below long paths")
