"""Takes memory bit by bit (here: up to eight gigabytes), past every handler of its own, and holds it."""
# from: solved
# shows: raised Ran: MemoryError after|code cell \d+ was stopped and left out
# stopped by: limits, deadlines

# %% last
HELD = []
try:
    while len(HELD) < 8000:
        HELD.append(bytearray(2**20))
    words = "8 GB are held"
except MemoryError:
    words = f"MemoryError after {len(HELD)} MB"
    del HELD[:100]
say(words)
