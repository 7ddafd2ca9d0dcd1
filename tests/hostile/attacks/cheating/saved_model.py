"""Builds no network, but hands in a whole saved model (.keras) under the name of the weights file, and loads it."""
# only: keras
# from: solved
# loses: q3, q6
# stopped by: intake
# shows: set aside.*my_lenet.weights.h5|lenet_same. stopped with|lenet_same. gives no Keras model|raised Ran: loaded

# %% upload
import io
import json
import zipfile

names = [("C1", 6), ("C3", 16)], [("C5", 120, "relu"), ("F6", 84, "relu"), ("output", 10, "softmax")]
layers = [("InputLayer", {"batch_shape": [None, 28, 28, 1], "name": "image"})]
for (name, filters), padding in zip(names[0], ("same", "valid")):
    kernel = {"filters": filters, "kernel_size": [5, 5], "padding": padding, "activation": "relu", "name": name}
    layers += [("Conv2D", kernel), ("MaxPooling2D", {"pool_size": [2, 2], "name": f"after{name}"})]
layers += [("Flatten", {"name": "flat"})]
layers += [("Dense", {"units": units, "activation": kind, "name": name}) for name, units, kind in names[1]]
described = [{"module": "keras.layers", "class_name": kind, "config": options, "registered_name": None}
             for kind, options in layers]  # fmt: skip
config = {"module": "keras", "class_name": "Sequential", "registered_name": None,
          "config": {"name": "lenet_same", "trainable": True, "layers": described},
          "build_config": {"input_shape": [None, 28, 28, 1]}}  # fmt: skip
stream = io.BytesIO()
with zipfile.ZipFile(stream, "w") as model:
    model.writestr("metadata.json", json.dumps({"keras_version": "3.15.1", "date_saved": "2026-01-01@00:00:00"}))
    model.writestr("config.json", json.dumps(config))
    model.writestr("model.weights.h5", files["my_lenet.weights.h5"])
files["my_lenet.weights.h5"] = stream.getvalue()

# %% after lenet_same
import shutil


def lenet_same():
    shutil.copy("my_lenet.weights.h5", "my_lenet.keras")
    return keras.models.load_model("my_lenet.keras")


# %% after lenet_same
try:
    trained = lenet_same()
    came = f"loaded {trained.count_params()}"
except BaseException as error:
    came = type(error).__name__
say(came)

# %% last
say(came)
