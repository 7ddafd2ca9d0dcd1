"""Numbers in a layer's arguments: a few are settings, many are weights."""

import copy
import json

import keras
import numpy as np
import pytest
from keras import layers, ops

from grader.auditing.empty_answers import Claim
from grader.cnnchecks.design import check_design
from grader.cnnchecks.outcome import CheckFailed
from grader.sandbox.admit import FREE, FREE_CHOICES, Rejected, admit
from grader.sandbox.evaluator import describe
from grader.tasks.catalogue import NETWORKS
from grader.tasks.networks import model_config
from kerasnets import blueprint
from kerasnets.models import registry

MANY = np.linspace(-1, 1, 10).tolist()  # one for each class


def config_of(*parts, image=(8, 8, 3)):
    """A chain's configuration: layers, and functions of what comes before them."""
    x = given = keras.Input(image)
    for part in parts:
        x = part(x)
    return json.loads(json.dumps(blueprint.of(keras.Model(given, x)).config))


def with_argument(key, value, *parts, layer=-1):
    config = copy.deepcopy(config_of(*parts))
    config["config"]["layers"][layer]["config"][key] = value
    return config


def called_with(value, part):
    """Whose last operation is called on `value` too: Keras itself writes lists only inside of arrays."""
    config = config_of(part)
    config["config"]["layers"][-1]["inbound_nodes"][0]["args"].append(value)
    return config


def initializer(kind, **arguments):
    return {"module": "keras.initializers", "class_name": kind, "config": arguments, "registered_name": None}


SETTINGS = {
    "bytes to shares": lambda: config_of(layers.Rescaling(1 / 255)),
    "a mean for each colour": lambda: config_of(lambda x: x - np.array([103.9, 116.8, 123.7])),
    "the same in a layer": lambda: config_of(layers.Rescaling(1.0, offset=[-103.9, -116.8, -123.7])),
    "a tensor": lambda: config_of(lambda x: x / ops.convert_to_tensor([2.0, 3.0, 4.0])),
    "groups": lambda: config_of(layers.GroupNormalization(3)),
    "axes": lambda: config_of(layers.LayerNormalization(axis=[1, 2, 3]), lambda x: ops.mean(x, axis=(1, 2))),
    "copies": lambda: config_of(
        layers.RandomFlip(seed=2**30), layers.RandomTranslation((-0.1, 0.1), 0.1, seed=7), layers.RandomContrast(0.2)
    ),
    "frames": lambda: config_of(
        layers.ZeroPadding2D(((1, 2), (3, 4))), layers.Cropping2D(((1, 0), (0, 1))),
        lambda x: ops.pad(x, ((0, 0), (1, 1), (2, 2), (0, 0))),
    ),
    "parts": lambda: config_of(lambda x: x[:, 1:7, ::2, 0:2], layers.Reshape((4, 6, 2)), layers.Permute((3, 1, 2))),
    "volumes": lambda: config_of(
        layers.Conv3D(2, (1, 2, 3), strides=(1, 1, 2), dilation_rate=(1, 1, 1)), image=(8, 8, 8, 1)
    ),
    "slopes and caps": lambda: config_of(
        layers.LeakyReLU(0.2), layers.ReLU(max_value=6, negative_slope=0.1), lambda x: ops.clip(x, 0.0, 1.0)
    ),
    "a start": lambda: config_of(
        layers.Conv2D(4, 3, bias_initializer=keras.initializers.Constant(0.1), kernel_regularizer=keras.regularizers.L2(1e-4))
    ),
    "a power": lambda: config_of(lambda x: 2 * (x - 0.5) ** 2 + 1),
}  # fmt: skip
HIDDEN = {
    "a rescaling's offset": lambda: config_of(layers.Rescaling(0.0, offset=MANY[:8] * 3), image=(24,)),
    "its scale, as an array": lambda: config_of(layers.Rescaling(np.array(MANY)), image=(10,)),
    "whole numbers": lambda: config_of(layers.Rescaling([1, 0, 0, 1, 0]), image=(5,)),
    "nested lists": lambda: config_of(layers.Rescaling([[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]]), image=(3, 2)),
    "truth values": lambda: with_argument("scale", [True, False] * 5, layers.Rescaling(1.0)),
    "an epsilon for each channel": lambda: with_argument("epsilon", MANY, layers.BatchNormalization()),
    "a slope for each unit": lambda: with_argument("negative_slope", MANY, layers.LeakyReLU(0.1)),
    "an initial value": lambda: with_argument(
        "bias_initializer", initializer("Constant", value=MANY), layers.Conv2D(4, 3)
    ),
    "numbers where sizes belong": lambda: with_argument("pool_size", MANY, layers.MaxPooling2D(2)),
    "more sizes than axes": lambda: with_argument("target_shape", list(range(1, 18)), layers.Reshape((192,))),
    "an array that is added": lambda: config_of(lambda x: x + np.ones((8, 8, 3))),
    "a tensor that is multiplied by": lambda: config_of(lambda x: ops.matmul(x, ops.ones((3, 20)))),
    "a list in an operation": lambda: called_with(MANY, ops.square),
    "lists in a list": lambda: called_with([[0.1] * 3] * 3, lambda x: ops.concatenate([x, x])),
    "places to pick": lambda: called_with(list(range(20)), lambda x: x[:, 0:]),
    "steps of a slice": lambda: called_with(
        {"class_name": "__slice__", "config": {"start": list(range(20)), "stop": None, "step": None}}, lambda x: x[:, 0:]
    ),
    "a cap for each place": lambda: with_argument("x_max", MANY, lambda x: ops.clip(x, 0.0, 1.0)),
}  # fmt: skip


@pytest.mark.parametrize("what", SETTINGS)
def test_the_settings_of_an_honest_layer_are_let_in_and_cost_nothing(what):
    assert admit(SETTINGS[what]()) == 0


@pytest.mark.parametrize("what", HIDDEN)
def test_an_array_in_an_argument_is_weights_and_says_so(what):
    with pytest.raises(
        Rejected, match=r"holds \d+ numbers; at most \d+ are let in. So many numbers are weights"
    ):
        describe(HIDDEN[what]())


def test_an_object_that_is_no_array_is_still_refused():
    for value in ({"class_name": "__lambda__", "config": {"value": "x"}}, {"class_name": "__numpy__"}):
        with pytest.raises(Rejected):
            admit(with_argument("scale", value, layers.Rescaling(1.0)))
    words = {"class_name": "__numpy__", "config": {"value": ["a"], "dtype": "object"}}
    with pytest.raises(Rejected, match="not of numbers"):
        admit(with_argument("scale", words, layers.Rescaling(1.0)))


@pytest.mark.parametrize("name", [*NETWORKS, "googlenet", "resnet50"])
def test_no_network_of_the_course_of_the_zoo_has_a_number_too_many(name):
    config = (
        model_config(name)["config"] if name in NETWORKS else blueprint.of(registry.card(name).builder).config
    )
    assert admit(config) == 0


# Single numbers, in many layers ------------------------------------------------------------------------------


def slopes(count):
    """A design within the rules, whose activations have `count` different slopes."""
    stages = [layers.LeakyReLU(0.001 * (1 + place)) for place in range(count)]
    return [
        layers.Conv2D(4, 3, strides=2, padding="same"), *stages, layers.Conv2D(5, 3, strides=2, padding="same"),
        layers.GlobalAveragePooling2D(), layers.Dense(10),
    ]  # fmt: skip


def counted(config):
    return sum(row["parameters"] for row in describe(config)["rows"])


def test_numbers_beyond_a_few_count_as_parameters():
    few, many = (config_of(*slopes(count), image=(28, 28, 1)) for count in (1, 301))
    assert counted(many) - counted(few) == 301 + int(301 * np.log2(301)) // 32 - FREE
    assert describe(many)["rows"][-1]["name"] == "the numbers in its arguments"


def test_one_number_in_many_layers_is_one_number():
    same = [layers.LeakyReLU(0.3) for _ in range(200)]
    assert admit(config_of(*same, layers.BatchNormalization(epsilon=1e-5))) == 0


def test_which_of_a_few_numbers_each_layer_has_is_counted_too():
    """Four slopes tell two bits in each layer: in 320 of them as much as twenty weights."""
    chosen = [layers.LeakyReLU(0.1 * (1 + place % 4)) for place in range(320)]
    assert admit(config_of(*chosen)) == 4 + 320 * 2 // 32 - FREE


def test_what_is_joined_of_a_few_numbers_is_counted():
    """Sixteen numbers of one layer's bias, and 1,600 places in which one of them stands: 200 weights."""
    image = keras.Input((28, 28, 1))
    book = layers.Dense(16)(layers.GlobalAveragePooling2D()(image))
    entries = [book[:, place : place + 1] for place in range(16)]
    row = layers.Concatenate()(entries * 100)
    assert admit(blueprint.of(keras.Model(image, row)).config) == 1599 * 4 // 32 - FREE_CHOICES + 4


def test_truth_values_are_bits():
    image = keras.Input((4, 4, 2))
    config = blueprint.of(keras.Sequential([image, layers.Rescaling(1.0, offset=[True, False])])).config
    first, *others = config["config"]["layers"]
    config["config"]["layers"] = [first, *others * 1400]
    assert admit(config) == 2800 // 32 - FREE_CHOICES


def test_a_student_is_told_of_them_as_grading_is(request):
    """Beside the notebook and behind the seal: the same words."""

    def design():
        return keras.Sequential([keras.Input((28, 28, 1)), *slopes(220)])

    def array():
        return keras.Sequential(
            [keras.Input((28, 28, 1)), layers.Rescaling(np.ones((28, 28, 1))), *slopes(1)]
        )

    def said(model):
        with pytest.raises(CheckFailed) as failed:
            check_design({"mine": model}, "mine", 300)
        return str(failed.value)

    beside = [said(builder) for builder in (design, array)]
    assert "Most of them, 257, are those of the numbers in its arguments" in beside[0]
    no_model = "`mine` gives no Keras model that can be looked at: Rescaling's scale holds 784 numbers"
    assert no_model in beside[1]
    request.getfixturevalue("sealed")
    assert [said(Claim(blueprint.of(builder).config)) for builder in (design, array)] == beside
