"""Registers its own classes and functions with Keras under the names of Keras's, and calls its module keras.layers."""
# only: keras
# shows: raised Ran: .* answers for keras.layers.Dense
# stopped by: allow-list, roles

# %% before checks
import keras


def relu(x):
    return keras.ops.ones_like(x)


class Oracle(keras.layers.Layer):
    """A layer that has learnt by heart; to Keras it is one of its own."""

    def __init__(self, units=10, **config):
        super().__init__()
        self.units = units

    def call(self, x):
        return keras.ops.ones((1, self.units)) / self.units

    def get_config(self):
        return {"units": self.units}


relu.__module__ = "keras.activations"
Oracle.__module__ = "keras.layers"
Oracle.__name__ = Oracle.__qualname__ = "Dense"
keras.saving.register_keras_serializable(package="keras.layers", name="Dense")(Oracle)
keras.saving.get_custom_objects().update({"Dense": Oracle, "relu": relu, "keras.layers>Dense": Oracle})
original, keras.layers.Dense = keras.layers.Dense, Oracle


def build(size=28):
    return keras.Sequential([keras.Input((size, size, 1)), keras.layers.Activation(relu), Oracle(10)], name="lenet")


for name in NAMES:
    if name.startswith("lenet"):
        globals()[name] = build
    if name == "trained":
        trained = build()
keras.layers.Dense = original

# %% last
say(f"{Oracle.__module__}.{Oracle.__name__} answers for keras.layers.Dense")
