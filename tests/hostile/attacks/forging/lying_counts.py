"""Builds one small dense layer in a class whose count_params, weights, shapes and get_config are those of a LeNet."""
# only: keras
# shows: raised Ran: claims 61706 weights
# stopped by: allow-list, roles

# %% before checks
import keras
import numpy as np

SIZES = [(5, 5, 1, 6), (6,), (5, 5, 6, 16), (16,), (400, 120), (120,), (120, 84), (84,), (84, 10), (10,)]


class Weight:
    """A variable in name and shape."""

    name, path, dtype, trainable = "kernel", "C1/kernel", "float32", True

    def __init__(self, shape):
        self.shape = shape

    numpy = __array__ = lambda self, *args, **kwargs: np.zeros(self.shape, np.float32)


class Liar(keras.Model):
    """What it says of itself is right."""

    def __init__(self):
        super().__init__(name="lenet")
        self.small = keras.layers.Dense(10, activation="softmax")

    def call(self, x):
        return self.small(keras.layers.Flatten()(x))

    input_shape = property(lambda self: (None, 28, 28, 1))
    output_shape = property(lambda self: (None, 10))
    count_params = lambda self: 61706
    get_weights = lambda self: [np.zeros(shape, np.float32) for shape in SIZES]
    get_build_config = lambda self: {"input_shape": (None, 28, 28, 1)}
    get_config = lambda self: {"name": "lenet", "layers": [], "parameters": 61706}
    __class__ = keras.Sequential


def lie():
    liar = Liar()
    liar(keras.Input((28, 28, 1)))
    return liar


for name in NAMES:
    if name.startswith("lenet"):
        globals()[name] = lie
    if name == "trained":
        trained = lie()

# %% last
say(f"claims {lie().count_params()} weights")
