"""A zip of ten thousand files."""
# shows: The zip holds 10,00\d files
# stopped by: intake

# %% upload
for number in range(10_000):
    files[f"{number}.weights.h5"] = b""
