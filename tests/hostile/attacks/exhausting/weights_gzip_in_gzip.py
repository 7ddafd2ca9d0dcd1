"""Hands in weights files whose chunks unpack to far more than they announce: packed twice, or longer than a chunk."""
# from: solved
# only: keras
# loses: q6
# shows: set aside, not used in grading: my_lenet.weights.h5 \(.* (twice|more than a chunk)
# stopped by: evaluator

# %% upload
import io
import zlib

import h5py


def bomb(layers):
    """Sixteen chunks of a thousand numbers, each of which unpacks to a hundred megabytes."""
    content = zlib.compress(bytes(10**8), 9)
    for _ in range(layers - 1):
        content = zlib.compress(content, 9)
    stream = io.BytesIO()
    with h5py.File(stream, "w") as root:
        plan = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        plan.set_chunk((1000,))
        for _ in range(layers):
            plan.set_deflate(9)
        space = h5py.h5s.create_simple((16_000,))
        folder = root.create_group("layers/conv2d/vars")
        made = h5py.h5d.create(folder.id, b"0", h5py.h5t.IEEE_F32LE, space, plan)
        for chunk in range(16):
            made.write_direct_chunk((chunk * 1000,), content)
    return stream.getvalue()


for name in [name for name in files if name.endswith(".weights.h5")]:
    files[name] = bomb(1)
files["other.weights.h5"] = bomb(3)
