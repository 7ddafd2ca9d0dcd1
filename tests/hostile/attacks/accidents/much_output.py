"""Prints 50 MB, a bar of progress, a table of a million rows, and returns a large value at a cell's end."""
# from: solved
# shows: raised Ran: printed

# %% first
import sys

for _ in range(50):
    print("x" * 2**20)
for step in range(2000):
    print(f"\r{step / 20:.1f} %" + "█" * (step // 40), end="", flush=True, file=sys.stderr)
say("printed")

# %% first
"y" * 20_000_000

# %% last
list(range(200_000))
