"""Builds a model of ten thousand layers, and hands over configurations of as many: flat, and one inside the other."""
# from: solved
# only: keras
# loses: q4
# shows: raised Ran: \d+ layers
# stopped by: deadlines, allow-list

# %% before checks
import itertools

import blueprint
import keras

if QUESTION == "q4":

    def part(class_name, **config):
        return {"module": "keras.layers", "class_name": class_name, "config": config, "registered_name": None}

    def model(layers):
        whole = {"name": "m", "layers": [part("InputLayer", batch_shape=[None, 32, 32, 1], name="i"), *layers]}
        return {"module": "keras", "class_name": "Sequential", "config": whole, "registered_name": None}

    def nested(depth):
        inner = model([])
        for _ in range(depth):
            inner = model([inner])
        return inner

    def built():
        return keras.Sequential([keras.Input((32, 32, 1)), *(keras.layers.ReLU() for _ in range(10_000))])

    MANY = [
        model([part("ReLU", name=f"r{number}") for number in range(10_000)]),
        model([part("Identity", name=f"r{number}") for number in range(1_400)]),
        nested(9),
        nested(10**4 // 2),
    ]
    TURN, read = itertools.count(), blueprint.of

    class Plan:
        def to_dict(self):
            config = MANY[next(TURN) % len(MANY)]
            return {"config": config, "rows": [], "input_shape": [None, 32, 32, 1]}

    blueprint.of = lambda value, *args, **kwargs: Plan() if value is built else read(value, *args, **kwargs)
    lenet_valid = built

# %% last
say(f"{len(MANY[0]['config']['layers'])} layers")

# %% last
lenet_valid()
