"""Hands in a weights file of a few kilobytes that says it holds a terabyte, or that its numbers are in other files."""
# from: solved
# only: keras
# loses: q6
# shows: set aside, not used in grading: my_lenet.weights.h5 \(|raised (MemoryError|ValueError|OSError|KeyError)
# stopped by: limits

# %% upload
import io

import h5py

stream = io.BytesIO()
with h5py.File(stream, "w") as root:
    for number, layer in enumerate(("conv2d", "conv2d_1", "dense", "dense_1", "dense_2")):
        folder = root.create_group(f"layers/{layer}/vars")
        folder.create_dataset("0", shape=(5, 5, 1, 6, 10**9), chunks=(1, 1, 1, 1, 10**4), dtype="f4", compression="gzip")
        folder["1"] = h5py.ExternalLink("/etc/passwd", "/x") if number % 2 else h5py.SoftLink("/layers/conv2d/vars/0")
for name in [name for name in files if name.endswith(".weights.h5")]:
    files[name] = stream.getvalue()
