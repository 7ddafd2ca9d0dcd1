"""Patches blueprint.of so that it hands over a table with the reference's counts, beside the configuration of a small model."""
# only: keras
# shows: raised Ran: a table of 61706 weights
# stopped by: allow-list, roles

# %% before checks
import blueprint
import keras
import numpy as np

COUNTS = {"C1": 156, "C3": 2416, "C5": 48120, "F6": 10164, "output": 850}
ROWS = [
    {"name": name, "kind": "Conv2D", "output_shape": [None, 10], "parameters": count, "trainable": count, "flops": 1}
    for name, count in COUNTS.items()
]


class Plan:
    """A blueprint whose table and configuration have nothing to do with each other."""

    def __init__(self, model):
        size = 32 if "valid" in getattr(model, "__name__", "") else 28
        small = keras.Sequential([keras.Input((size, size, 1)), keras.layers.Flatten(), keras.layers.Dense(10)])
        self.config = keras.saving.serialize_keras_object(small)
        self.rows, self.size = ROWS, size

    def to_dict(self):
        return {
            "name": "lenet", "rows": ROWS, "parameters": 61706, "passed": True, "config": self.config,
            "input_shape": [None, self.size, self.size, 1], "output_shape": [None, 10],
        }  # fmt: skip


blueprint.of = lambda model, *args, **kwargs: Plan(model)
blueprint.weights_of = lambda model: [np.zeros(count, np.float32) for count in COUNTS.values()]
for name in NAMES:
    if name == "trained" or name.startswith("lenet"):
        globals()[name] = lambda: None

# %% last
say(f"a table of {sum(row['parameters'] for row in Plan(None).rows)} weights")
