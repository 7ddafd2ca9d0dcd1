"""Fuzzers of a model's configuration: what is admitted stands on the lists, and Keras describes it or says why not."""

import copy
import functools
import math
from collections.abc import Callable
from random import Random
from typing import Any

import numpy as np
from hypothesis import strategies as st

from grader.cnnchecks.outcome import Misfit
from grader.grading.models import Evaluator
from grader.sandbox import admit as admission
from grader.sandbox.admit import Rejected
from grader.sandbox.evaluator import load_blueprint
from tests.hostile.fuzz.channels import crossing
from tests.hostile.fuzz.fuzzer import GROWTH, MEGABYTE, REFUSED, Fuzzer, Hole, examined, expect, patched
from tests.hostile.fuzz.mutation import grafted, seeded, value, words

WORDS = words(
    """
    module class_name config registered_name name layers inbound_nodes args kwargs build_config compile_config value
    input_layers output_layers dtype activation kernel_initializer seed shared_object_id
    keras keras.layers keras.src.ops.numpy builtins os system exec Lambda TFSMLayer Custom>Dense
    __lambda__ __keras_tensor__ __tensor__ __numpy__ __slice__ Dense Conv2D Functional Sequential GetItem
    """
)


@functools.cache
def configurations() -> list[dict[str, Any]]:
    """LeNet, a small VGG, and a subclassed model as its blueprint unrolls it: layers, operations, an inner model."""
    import keras
    from keras import layers, ops

    from kerasnets import blueprint
    from kerasnets.models import lenet5, vgg_small

    class Own(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.inner = keras.Sequential([keras.Input((8, 8, 3)), layers.Conv2D(4, 3), layers.ReLU()])
            self.out = layers.Dense(2, activation="softmax", kernel_regularizer="l2")

        def call(self, x: Any) -> Any:
            x = layers.Dropout(0.5, seed=3)(self.inner(x)[:, 1:] * 2.0)
            return self.out(ops.mean(ops.relu(x), axis=(1, 2)))

    models = [blueprint.of(lenet5), blueprint.of(vgg_small), blueprint.of(Own(), (8, 8, 3))]
    return [model.config for model in models]


def hostile_configuration(random: Random) -> Any:
    trees = configurations()
    return random.choice([grafted(random, trees, WORDS), retuned(random, trees), value(random, WORDS)])


def hostile_configurations() -> st.SearchStrategy:
    configurations()  # now: building a model draws from Python's own random numbers, which hypothesis keeps watch on
    return seeded(hostile_configuration)


def retuned_configurations() -> st.SearchStrategy:
    trees = configurations()
    return seeded(lambda random: retuned(random, trees))


def listed(config: Any, depth: int = 0) -> bool:
    """The admission's promise, read from its lists a second time: no class, module or registered name but Keras's own that
    stand there, nothing deep, no number that isn't small."""
    if isinstance(config, int | float):
        return abs(config) <= admission.LARGEST_SEED
    if isinstance(config, dict):
        kept = {key: part for key, part in config.items() if key not in admission.LEFT_OUT}
        return depth < 50 and _is_listed(kept) and all(listed(part, depth + 1) for part in kept.values())
    if isinstance(config, list | tuple):
        return depth < 50 and all(listed(part, depth + 1) for part in config)
    return config is None or (type(config) is str and len(config) <= admission.MOST_TEXT)


CALLS = {"__keras_tensor__", "__slice__", *admission.ARRAYS}
OF_KERAS = {
    "keras": {"Sequential", "Functional", "DTypePolicy"},
    "keras.src.models.functional": {"Functional"},
    "keras.layers": admission.LAYERS,
    "keras.initializers": admission.INITIALIZERS,
    "keras.regularizers": admission.REGULARIZERS,
    "keras.constraints": admission.CONSTRAINTS,
    **admission.OPERATIONS,
}
OF_AN_OBJECT = {"module", "class_name", "config", "registered_name", "name", "inbound_nodes"}


def _is_listed(part: dict[str, Any]) -> bool:
    if "class_name" not in part or "config" not in part:
        return True  # to Keras these are arguments
    name = part["class_name"]
    if name in CALLS:
        return set(part) == {"class_name", "config"}
    known = name in OF_KERAS.get(part.get("module"), ())
    return known and part.get("registered_name") in (None, name) and set(part) <= OF_AN_OBJECT


def what_is_admitted_is_on_the_lists(admit: Callable, config: Any) -> None:
    size = len(repr(config)) if not isinstance(config, np.ndarray) else config.nbytes
    if examined(lambda: admit(config), Rejected, 4 * MEGABYTE + GROWTH * size) is not REFUSED:
        expect(listed(config), "something was admitted that is not on the lists")


class Anything(frozenset):
    def __contains__(self, name: object) -> bool:
        return True


def kind_alone(part: Any) -> tuple[str, str]:
    """Module and class, whatever else the part says."""
    if not isinstance(part, dict) or not isinstance(part.get("module"), str):
        raise Rejected("no module")
    return part["module"], str(part.get("class_name"))


def admit_with(**attributes: Any) -> Callable:
    return patched(admission.admit, admission, **attributes)


NOT_LISTED = "^something was admitted that is not on the lists"
ADMISSION_HOLES = {
    "any layer": Hole(admit_with(LAYERS=Anything()), NOT_LISTED),
    "any further key": Hole(admit_with(_only=lambda *_: None), NOT_LISTED),
    "any number": Hole(admit_with(LARGEST_SEED=math.inf, MOST_NUMBER=math.inf), NOT_LISTED),
    "any registered name": Hole(admit_with(kind_of=kind_alone), NOT_LISTED),
    "a configuration is believed to be there": Hole(
        admit_with(_config=lambda part: part["config"]), "^(Attribute|Key|Type)Error: "
    ),
}

ANY_VALUE_HOLES = {
    "the type is not looked at": Hole(
        admit_with(_parts=lambda *_: [], kind_of=dict.popitem), "^TypeError: descriptor 'popitem'"
    )
}

SETTINGS: list[Any] = [
    *words("same valid causal channels_first relu softmax float16 int32 uint8 mixed_float16 C1 a/b"),
    *(
        0,
        1,
        2,
        3,
        7,
        1_000,
        1_000_000,
        -1,
        0.5,
        None,
        True,
        False,
        "",
        [],
        [0],
        [1, 1],
        [2, 3],
        [-1],
        [None, 4],
    ),
    *([1] * 9, [1_000_000] * 2, [[1, 2], [3, 4]]),
    *(10**9, -(10**9), math.nan, math.inf, [2**40], {"a": -math.inf}),
]


def retuned(random: Random, trees: list[Any]) -> Any:
    """A real model with other arguments, and layers that became others, or were called on others: mostly let in."""
    config = copy.deepcopy(random.choice(trees))
    layers = config["config"]["layers"]
    for _ in range(random.randint(1, 4)):
        layer, other = random.choice(layers), copy.deepcopy(random.choice(layers))
        arguments = [key for key in layer["config"] if key != "layers"]
        match random.choice(["tune", "tune", "tune", "rename", "swap", "rewire", "forget", "extra", "twice"]):
            case "tune" if arguments:
                layer["config"][random.choice(arguments)] = copy.deepcopy(random.choice(SETTINGS))
            case "rename" if layer["module"] == "keras.layers":
                layer["class_name"] = random.choice([*sorted(admission.LAYERS), "Lambda", "TFSMLayer"])
            case "swap":
                layer["config"] = other["config"]
            case "rewire":
                layer["inbound_nodes"] = other.get("inbound_nodes", [])
            case "forget" if arguments:
                del layer["config"][random.choice(arguments)]
            case "extra":
                layer["config"][random.choice(WORDS)] = copy.deepcopy(random.choice(SETTINGS))
            case "twice":
                layers.append(other)
    return config


def what_is_admitted_is_described_or_rejected(describe: Callable, config: Any) -> None:
    """By an evaluator that is still there afterwards: no crash, no deadline, no memory run out."""
    try:
        admission.admit(config)
    except Rejected:
        return
    plan = examined(lambda: survived(describe, config), Misfit, 16 * MEGABYTE + GROWTH * len(repr(config)))
    if plan is not REFUSED:
        expect(all(row["parameters"] >= 0 for row in plan["rows"]), "a layer with less than no parameters")


def survived(ask: Callable, *arguments: Any) -> Any:
    try:
        return ask(*arguments)
    except Misfit as refusal:
        expect("could not be evaluated" not in str(refusal), f"the evaluator ended: {refusal}")
        raise


def unguarded_describe(config: Any) -> dict[str, Any]:
    """What Keras says of a configuration, in Keras's own exceptions."""
    import keras

    return load_blueprint().of(lambda: keras.saving.deserialize_keras_object(config)).to_dict()


DESCRIPTION_HOLES = {"Keras's own errors": Hole(unguarded_describe, r"^\w+Error: ")}

FUZZERS = {
    "admission": Fuzzer(
        hostile_configurations,
        what_is_admitted_is_on_the_lists,
        admission.admit,
        100,
        6_000,
        ADMISSION_HOLES,
    ),
    "admission of any value": Fuzzer(
        crossing, what_is_admitted_is_on_the_lists, admission.admit, 30, 2_000, ANY_VALUE_HOLES
    ),
}
SEALED = {
    "descriptions": Fuzzer(
        hostile_configurations,
        what_is_admitted_is_described_or_rejected,
        Evaluator.describe,
        30,
        5_000,
        DESCRIPTION_HOLES,
    ),
}
