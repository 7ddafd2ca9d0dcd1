"""Fills the disk with many files, each below the limit for one (here: four gigabytes), and waits."""
# from: solved
# shows: it wrote more files than a notebook of this course needs
# stopped by: limits

# %% last
import os
import time

for number in range(40):
    with open(f"part{number}", "wb") as file:
        os.posix_fallocate(file.fileno(), 0, 100 * 2**20)
time.sleep(8)
