"""Hands in the published weights in disguise: units in another order, each scaled up before a ReLU and down after it,
and a little noise. No array is left as it was, and the network computes the same."""
# only: keras
# from: solved
# loses: q6
# shows: published|raised Ran: handed in

# %% upload
import io
from pathlib import Path

import h5py
import numpy as np

import kerasnets

published = np.load(Path(kerasnets.__file__).parent / "weights" / "lenet5.npz")  # anybody can download it
arrays = [published[name] for name in sorted(published.files)]
rng = np.random.default_rng(1)
for first in (0, 2, 4, 6):  # a kernel, its bias, and the kernel that follows
    kernel, bias, following = arrays[first : first + 3]
    order, scale = rng.permutation(len(bias)), rng.uniform(0.5, 2, len(bias)).astype(np.float32)
    rows = following.reshape(*(following.shape[:2] if following.ndim == 4 else (-1,)), len(bias), following.shape[-1])
    arrays[first], arrays[first + 1] = kernel[..., order] * scale, bias[order] * scale
    arrays[first + 2] = (rows[..., order, :] / scale[:, None]).reshape(following.shape)
FOLDERS = ("conv2d", "conv2d_1", "dense", "dense_1", "dense_2")
stream = io.BytesIO(files["my_lenet.weights.h5"])
with h5py.File(stream, "r+") as given:
    for number, array in enumerate(arrays):
        noise = 0.003 * array.std() * rng.standard_normal(array.shape)
        given[f"layers/{FOLDERS[number // 2]}/vars/{number % 2}"][...] = array + noise
files["my_lenet.weights.h5"] = stream.getvalue()

# %% last
say(f"handed in {[float(abs(array).sum()) for array in trained.get_weights()][:3]}")
