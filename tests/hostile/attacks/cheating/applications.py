"""Takes networks that Keras has ready, with their published weights, for its own; cuts and relabels them until they have
the right input."""
# only: keras
# shows: raised Ran: (\w*(Error|Exception)\w* ?)+ \(cell

# %% last
import keras

came = []
for way in (
    lambda: keras.applications.MobileNetV2(input_shape=(32, 32, 3), weights="imagenet"),
    lambda: keras.utils.get_file("lenet.h5", "https://storage.googleapis.com/tensorflow/keras-applications/lenet.h5"),
    lambda: keras.models.load_model("hf://someone/lenet5"),
    lambda: keras.saving.load_model("https://example.org/lenet.keras"),
):
    try:
        came.append(str(way()))
    except BaseException as error:
        came.append(type(error).__name__)

# %% before checks
import keras


def ready_made():
    return keras.applications.VGG16(weights=None, input_shape=(32, 32, 1), classes=10)


for name in NAMES:
    if name in ("lenet_same", "lenet_valid", "trained"):
        globals()[name] = ready_made

# %% last
say(" ".join(dict.fromkeys(came)))
