"""Writes one file of four gigabytes into its home."""
# from: solved
# shows: raised Ran: OSError after \d+ MB
# stopped by: limits

# %% last
written = 0
try:
    with open("large", "wb", buffering=0) as file:
        while written < 4096:
            file.write(bytes(2**20))
            written += 1
    words = "4 GB"
except OSError as error:
    words = f"{type(error).__name__} after {written} MB"
say(words)
