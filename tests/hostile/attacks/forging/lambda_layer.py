"""Hands over one Lambda layer, whose marshalled code would run where the model is rebuilt."""
# only: keras
# shows: raised Ran: a Lambda layer is on its way
# stopped by: allow-list

# %% before checks
import base64
import marshal

import blueprint

RUNS = compile(f"lambda x: open({DROP + '/' + ATTACK + '-evaluator'!r}, 'w').write('ran in the evaluator') and x", "", "eval").co_consts[0]
CODE = {"code": base64.b64encode(marshal.dumps(RUNS)).decode(), "defaults": None, "closure": None}


def part(kind, **config):
    module = "keras" if kind == "Sequential" else "keras.layers"
    return {"module": module, "class_name": kind, "config": config, "registered_name": None}


LAYERS = [
    part("InputLayer", batch_shape=[None, 28, 28, 1], dtype="float32", sparse=False, name="pixels"),
    part("Lambda", function={"class_name": "__lambda__", "config": CODE}, name="code"),
]


class Plan:
    def to_dict(self):
        return {"rows": [], "input_shape": [None, 28, 28, 1], "config": part("Sequential", name="lenet", layers=LAYERS)}


blueprint.of = lambda model, *args, **kwargs: Plan()
blueprint.weights_of = lambda model: []
for name in NAMES:
    if name == "trained" or name.startswith("lenet"):
        globals()[name] = lambda: None

# %% last
say("a Lambda layer is on its way")
