"""Fills the disk where nobody looks: files that are deleted but open, files below more folders than a path may name."""
# from: solved
# shows: raised Ran: 2 GB out of sight|it wrote more files than|raised OSError
# stopped by: limits

# %% last
import os

HELD = []
for number in range(10):
    HELD.append(open(f"part{number}", "wb"))
    os.unlink(f"part{number}")
    os.posix_fallocate(HELD[-1].fileno(), 0, 100 * 2**20)
home = os.open(".", os.O_RDONLY)
try:
    for _ in range(50):
        os.mkdir("d" * 200)
        os.chdir("d" * 200)
    for number in range(10):
        with open(f"part{number}", "wb") as file:
            os.posix_fallocate(file.fileno(), 0, 100 * 2**20)
finally:
    os.fchdir(home)
say("2 GB out of sight")
