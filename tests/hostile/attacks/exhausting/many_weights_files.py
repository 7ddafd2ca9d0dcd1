"""Hands in 160 weights files, each of which takes a while to be opened."""
# from: solved
# only: keras
# shows: set aside, not used in grading: .*more than \d+ weights files
# stopped by: evaluator

# %% upload
import io

import numpy as np

stream = io.BytesIO()
np.savez_compressed(stream, *[np.zeros(1_000_000, np.float32)] * 10)
for number in range(80):
    files[f"part{number}.npz"] = stream.getvalue()
    files[f"part{number}.weights.h5"] = stream.getvalue()
