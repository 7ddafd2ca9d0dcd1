"""Builds no network, but hands in a whole model in Keras's older format as its weights file, and loads it."""
# only: keras
# from: solved
# loses: q3, q6
# stopped by: intake
# shows: set aside.*my_lenet.weights.h5|raised Ran: (loaded|\w+Error)

# %% upload
import io
import json

import h5py

LAYERS = {"C1": ("conv2d", "Conv2D", {"filters": 6, "kernel_size": [5, 5], "padding": "same", "activation": "relu"}),
          "S2": ("", "MaxPooling2D", {"pool_size": [2, 2]}),
          "C3": ("conv2d_1", "Conv2D", {"filters": 16, "kernel_size": [5, 5], "activation": "relu"}),
          "S4": ("", "MaxPooling2D", {"pool_size": [2, 2]}),
          "flat": ("", "Flatten", {}),
          "C5": ("dense", "Dense", {"units": 120, "activation": "relu"}),
          "F6": ("dense_1", "Dense", {"units": 84, "activation": "relu"}),
          "output": ("dense_2", "Dense", {"units": 10, "activation": "softmax"})}  # fmt: skip
image = {"class_name": "InputLayer", "config": {"batch_shape": [None, 28, 28, 1], "name": "image"}}
described = [{"class_name": kind, "config": {**options, "name": name}} for name, (_, kind, options) in LAYERS.items()]
config = {"class_name": "Sequential", "config": {"name": "lenet_same", "layers": [image, *described]}}
given = h5py.File(io.BytesIO(files["my_lenet.weights.h5"]))
stream = io.BytesIO()
with h5py.File(stream, "w") as whole:
    whole.attrs.update({"model_config": json.dumps(config), "keras_version": "3.15.1", "backend": "tensorflow"})
    weights = whole.create_group("model_weights")
    weights.attrs["layer_names"] = [name.encode() for name in LAYERS]
    for name, (folder, _, _) in LAYERS.items():
        group = weights.create_group(name)
        parts = ("kernel", "bias") if folder else ()
        group.attrs["weight_names"] = [part.encode() for part in parts]
        for number, part in enumerate(parts):
            group[part] = given[f"layers/{folder}/vars/{number}"][()]
files["my_lenet.weights.h5"] = stream.getvalue()

# %% after lenet_same
import shutil


def lenet_same():
    shutil.copy("my_lenet.weights.h5", "my_lenet.h5")
    return keras.models.load_model("my_lenet.h5")


# %% after lenet_same
try:
    trained = lenet_same()
    came = f"loaded {trained.count_params()}"
except BaseException as error:
    came = type(error).__name__
say(came)
