"""A wrong model is followed layer by layer: the first whose output differs is named, and the verdict is nobody else's."""

import importlib.util
import re
from pathlib import Path

import numpy as np
import pytest

from grader.auditing.empty_answers import Claim
from grader.cnnchecks.check_models import check_model, model_outcome
from grader.cnnchecks.context import Context, Names
from grader.cnnchecks.fixtures import FixtureOracle
from grader.cnnchecks.follow import digest, first_difference, first_images, follow
from grader.cnnchecks.models import LiveModels
from grader.cnnchecks.outcome import CheckFailed, Misfit, explain
from grader.grading.models import Evaluator
from grader.judge.ask import check_model_drawn
from grader.judge.context import Judging
from grader.judge.fixtures import RecordingOracle
from grader.judge.oracle import LiveOracle
from grader.judge.reference import REFERENCE
from grader.sandbox import evaluator
from grader.sandbox.admit import Rejected
from grader.sandbox.evaluator import activations
from grader.tasks import networks as models
from grader.tasks.catalogue import GRIDS, by_id
from grader.tasks.lenet.models.computing import RandomWeights
from grader.tasks.networks import model_config
from grader.tasks.numpy_networks import stages_of
from kerasnets import blueprint
from kerasnets.models import lenet5

ACCEPTED = sorted((Path(__file__).parents[1] / "accepted" / "models").glob("*.py"))
WEIGHTS = RandomWeights().draw(np.random.default_rng(3))
IMAGES = np.random.default_rng(2).standard_normal((6, 28, 28, 1)).astype(np.float32)


# Wrong networks, each in one place -------------------------------------------------------------------------


def lenet(
    c1=("relu",), s2="Max", c3=("relu",), s4="Max", f6=("relu",), output="softmax", padding="same", first=()
):
    """LeNet as a Sequential. Where an activation is a tuple, more layers may come behind the layer that has it."""
    import keras
    from keras import layers

    pool = {"Max": layers.MaxPooling2D, "Average": layers.AveragePooling2D}
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            *first,
            layers.Conv2D(6, 5, padding=padding, activation=c1[0], name="my_c1"),
            *c1[1:],
            pool[s2](2, name="my_s2"),
            layers.Conv2D(16, 5, activation=c3[0], name="my_c3"),
            *c3[1:],
            pool[s4](2, name="my_s4"),
            layers.Flatten(),
            layers.Dropout(0.2),
            layers.Dense(120, activation="relu", name="my_c5"),
            layers.Dense(84, activation=f6[0], name="my_f6"),
            *f6[1:],
            layers.Dense(10, activation=output, name="my_output"),
        ]
    )


def average_pooling_at_s4():
    return lenet(s4="Average")


def tanh_at_c3():
    return lenet(c3=("tanh",))


def tanh_behind_c3():
    from keras import layers

    return lenet(c3=(None, layers.Activation("tanh", name="my_tanh")))


def zeros_behind_c1():
    from keras import layers

    return lenet(c1=("relu", layers.ZeroPadding2D(2)), padding="valid")


def no_activation_at_f6():
    return lenet(f6=(None,))


def no_softmax():
    return lenet(output=None)


def two_activations():
    from keras import layers

    return lenet(f6=("relu", layers.Activation("sigmoid", name="my_sigmoid")))


def within_a_model():
    """Of two inner models, with C5 as a convolution; the second pooling takes averages."""
    import keras
    from keras import layers

    image = keras.Input((28, 28, 1))
    x = layers.MaxPooling2D(2)(layers.Conv2D(6, 5, padding="same", activation="relu")(image))
    eyes = keras.Model(image, layers.ReLU()(layers.Conv2D(16, 5)(x)), name="eyes")
    maps = keras.Input(eyes.output_shape[1:])
    x = layers.AveragePooling2D(2, name="my_s4")(maps)
    x = layers.Flatten()(layers.Conv2D(120, 5, activation="relu")(x))
    x = layers.Dense(84, activation="relu")(x)
    head = keras.Model(maps, layers.Dense(10, activation="softmax")(x), name="head")
    return keras.Sequential([keras.Input((28, 28, 1)), eyes, head])


def in_a_class():
    """Functions for layers, ReLU behind the first pooling, padding by hand, and tanh after C3."""
    import keras
    from keras import layers, ops

    class LeNet(keras.Model):
        def __init__(self):
            super().__init__()
            self.frame, self.pool, self.flat = (
                layers.ZeroPadding2D(2),
                layers.MaxPooling2D(2),
                layers.Flatten(),
            )
            self.c1, self.c3 = layers.Conv2D(6, 5), layers.Conv2D(16, 5)
            self.c5, self.f6, self.out = layers.Dense(120), layers.Dense(84), layers.Dense(10)

        def call(self, x):
            x = ops.relu(self.pool(self.c1(self.frame(x))))
            x = self.pool(ops.tanh(self.c3(x)))
            x = ops.relu(self.f6(ops.relu(self.c5(self.flat(x)))))
            return ops.softmax(self.out(x))

    model = LeNet()
    model(keras.Input((28, 28, 1)))
    return model


FIRST = {  # builder: its first layer that differs, and what is said of the others
    average_pooling_at_s4: ("number 4, `my_s4` (AveragePooling2D)", "; everything up to C3 is right"),
    tanh_at_c3: ("number 3, `my_c3` (Conv2D)", "; everything up to S2 is right"),
    tanh_behind_c3: (
        "number 4, `my_tanh` (Activation)",
        "; everything up to C3 before its activation is right",
    ),
    zeros_behind_c1: ("number 1, `my_c1` (Conv2D)", ""),
    no_activation_at_f6: (
        "number 8, `my_f6` (Dense)",
        ": what it adds up is right, but no activation follows",
    ),
    no_softmax: ("number 9, `my_output` (Dense)", ": what it adds up is right, but no activation follows"),
    two_activations: ("number 9, `my_sigmoid` (Activation)", "; everything up to F6 is right"),
    within_a_model: ("number 5, `my_s4` (AveragePooling2D)", "; everything up to C3 is right"),
    in_a_class: ("number 6, `tanh` (Tanh)", "; everything up to C3 before its activation is right"),
}


def claim(builder):
    return Claim(blueprint.of(builder).config)


def where(value, **how):
    """What is said of a model's first difference, after an outcome that knows none."""
    env, args = {"lenet_same": value}, (WEIGHTS, IMAGES)
    outcome = model_outcome(env, "lenet_same", args, {}, LiveOracle())
    assert not outcome.passed
    return follow(env, "lenet_same", args, outcome, LiveOracle(), **how).where


def builders(table):
    return pytest.mark.parametrize("builder", table, ids=lambda builder: builder.__name__)


@builders(FIRST)
def test_the_first_layer_that_differs_is_named_in_the_notebook(builder):
    assert where(builder) == "the first layer whose output differs is " + "".join(FIRST[builder])


@builders(FIRST)
def test_and_through_the_seal_by_number_and_kind_alone(builder, sealed):
    layer, others = FIRST[builder]
    said = where(claim(builder), hidden=True)
    assert said == "the first layer whose output differs is " + re.sub(r", `\w+`", "", layer) + others


KNOWN = {  # a wrong idea in another network: its first layer that differs
    ("models.activation_twice", "lenet_valid"): "number 2 (Activation); everything up to C1 is right",
    ("models.max_for_average", "lenet_valid"): "number 2 (MaxPooling2D); everything up to C1 is right",
    ("models.sigmoid_output", "lenet_valid"): "number 8 (Dense); everything up to F6 is right",
    ("models.rows_and_columns_exchanged", "lenet_valid"): "number 1 (Permute)",
    ("models.relu6", "vgg_small"): "number 2 (Conv2D); everything up to block1_conv1 is right",
    ("models.average_for_max", "vgg_small"): "number 3 (AveragePooling2D); everything up to block1_conv2 is right",
    ("models.dilated", "vgg_small"): "number 1 (Conv2D)",
    ("models.softmax_twice", "vgg_small"): "number 14 (Softmax); everything up to output is right",
}  # fmt: skip


@pytest.mark.parametrize(("id", "name"), KNOWN, ids=lambda part: part)
def test_known_ideas_begin_where_they_begin(id, name, sealed):
    config = models.configuration(by_id(id), name)
    args = GRIDS[name]["random"][0].draw(np.random.default_rng(5))[0]
    layers = activations(config, *first_images(args))
    answer = LiveOracle().answer(f"{name}/stages", first_images(args), {})
    said = first_difference(layers, answer, hidden=True)
    assert said == f"the first layer whose output differs is {KNOWN[id, name]}"


def test_a_layer_behind_a_padding_is_named_with_it():
    from keras import layers

    def builder():
        return lenet(c1=("tanh",), padding="valid", first=[layers.ZeroPadding2D(2)])

    assert where(builder).endswith("number 2, `my_c1` (Conv2D), with the padding before it")


def test_a_known_idea_stays_the_first_word():
    outcome = drawn(no_softmax)
    assert [card.id for card in outcome.candidates] == ["models.softmax_missing"]
    assert outcome.message.startswith("Random weights and images")
    assert "number 9 (Dense)" in outcome.where


# In a student's folder -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def fixtures(tmp_path_factory):
    path = tmp_path_factory.mktemp("folder") / "fixtures.npz"
    recording = RecordingOracle()
    assert model_outcome(REFERENCE, "lenet_same", (WEIGHTS, IMAGES), {}, recording).passed
    recording.save(path)
    return FixtureOracle(path)


def test_the_fixtures_are_enough_to_follow_a_model(fixtures):
    beside = Context(fixtures)
    with pytest.raises(CheckFailed) as failed:
        check_model(Names({"lenet_same": average_pooling_at_s4}, beside), "lenet_same", WEIGHTS, IMAGES)
    text = str(failed.value)
    check_model(Names({"lenet_same": lenet}, beside), "lenet_same", WEIGHTS, IMAGES)
    assert "Where: the first layer whose output differs is number 4, `my_s4` (AveragePooling2D)" in text


def test_they_hold_a_few_numbers_for_each_layer_and_no_layer_s_output(fixtures):
    answer = fixtures.answer("lenet_same/stages", first_images((WEIGHTS, IMAGES)), {})
    assert [stage[3:] for stage in answer.expected if "before" not in stage] == [
        "C1", "S2", "C3", "S4", "C5", "F6", "output",
    ]  # fmt: skip
    assert {numbers.shape for numbers in answer.expected.values()} == {(8,)}


def test_a_right_model_is_not_followed(monkeypatch):
    monkeypatch.setattr(LiveModels, "activations", lambda *args: pytest.fail("it was followed"))
    outcome = model_outcome({"lenet_same": lenet}, "lenet_same", (WEIGHTS, IMAGES), {}, LiveOracle())
    assert follow({"lenet_same": lenet}, "lenet_same", (WEIGHTS, IMAGES), outcome) is outcome


@pytest.mark.parametrize("path", ACCEPTED, ids=lambda path: path.stem)
def test_every_way_to_write_a_right_network_reaches_the_last_stage(path):
    """As if it had failed: there is nothing to tell, as its last output is the reference's."""
    spec = importlib.util.spec_from_file_location(f"followed_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    names = [name for name in ("lenet_same", "lenet_valid", "vgg_small") if hasattr(module, name)]
    for name in names:
        weights, x = GRIDS[name]["random"][0].draw(np.random.default_rng(5))[0]
        layers = LiveModels().activations(
            blueprint.of(getattr(module, name)).config, *first_images((weights, x))
        )
        answer = LiveOracle().answer(f"{name}/stages", first_images((weights, x)), {})
        assert first_difference(layers, answer) == ""


def test_a_layer_s_digest_is_that_of_keras():
    layers = model_config("lenet_same")["config"]["config"]["layers"]
    stages = stages_of(layers, WEIGHTS, IMAGES[:2])
    keras_s = {
        name: array
        for name, _, array in LiveModels().activations(
            model_config("lenet_same")["config"], WEIGHTS, IMAGES[:2]
        )
    }
    for stage, numbers in stages.items():
        if "before" not in stage:
            np.testing.assert_allclose(digest(keras_s[stage[3:]]), numbers, rtol=0, atol=1e-5)


# Hidden cases ----------------------------------------------------------------------------------------------


def drawn(builder, grid="random", seed=b"ada"):
    with pytest.raises(CheckFailed) as failed:
        check_model_drawn(Judging(seed=seed).names({"lenet_same": builder}), "lenet_same", grid)
    return failed.value.outcome


@pytest.mark.parametrize("grid", ["random", "trained"])
def test_a_drawn_case_names_the_layer_and_no_number_of_its_input(grid, sealed):
    of_tanh = claim(tanh_at_c3)
    said = [drawn(of_tanh, grid, seed).where for seed in (b"ada", b"grace")]
    assert (
        said
        == ["the first layer whose output differs is number 3 (Conv2D); everything up to S2 is right"] * 2
    )


def test_a_layer_s_own_name_stays_out_of_a_drawn_case(sealed):
    outcome = drawn(claim(average_pooling_at_s4))
    assert "my_" not in explain(outcome)


# What may keep a model from being followed -----------------------------------------------------------------


def test_too_many_numbers_are_refused_before_they_are_computed(monkeypatch):
    monkeypatch.setattr(evaluator, "MOST_FOLLOWED", 10_000)
    config = blueprint.of(lenet5).config
    assert activations(config, WEIGHTS, IMAGES[:1])
    with pytest.raises(Rejected, match=r"can't be followed: its layers give .* at most 10,000"):
        activations(config, WEIGHTS, IMAGES[:2])
    with pytest.raises(Rejected, match="got 9"):
        activations(config, WEIGHTS[:-1], IMAGES[:1])


def test_a_model_called_many_times_over_is_not_followed(sealed):
    """Three hundred layers that keep a map's size: admitted, run, and too much to look at layer by layer."""
    import keras
    from keras import layers

    def huge():
        x = inputs = keras.Input((28, 28, 1))
        x = layers.Conv2D(6, 5, padding="same", activation="tanh")(x)
        for _ in range(300):
            x = layers.ReLU()(x)
        x = layers.MaxPooling2D(2)(layers.Conv2D(16, 5, activation="relu")(layers.MaxPooling2D(2)(x)))
        for units in (120, 84):
            x = layers.Dense(units, activation="relu")(layers.Flatten()(x))
        return keras.Model(inputs, layers.Dense(10, activation="softmax")(x))

    outcome = drawn(claim(huge))
    assert outcome.kind == "value"
    assert "number" not in outcome.where


def test_whatever_goes_wrong_while_following_the_outcome_stands(monkeypatch):
    outcome = model_outcome({"lenet_same": tanh_at_c3}, "lenet_same", (WEIGHTS, IMAGES), {}, LiveOracle())

    def broken(*args):
        raise RuntimeError

    for spoilt in (broken, lambda *args: "nonsense", lambda *args: [], lambda *args: [("a", "b", None)]):
        monkeypatch.setattr(LiveModels, "activations", spoilt)
        again = follow({"lenet_same": tanh_at_c3}, "lenet_same", (WEIGHTS, IMAGES), outcome, LiveOracle())
        assert (again.passed, again.kind, again.message, again.candidates) == (
            False, "value", outcome.message, outcome.candidates,
        )  # fmt: skip


class Elsewhere(Evaluator):
    """An evaluator whose process never has an answer to what layers give."""

    def _evaluate(self, request, seconds=None):
        self.asked = [*getattr(self, "asked", []), (request["op"], seconds)]
        self.spent += 10
        if request["op"] == "activations":
            raise TimeoutError
        return np.zeros((1, 10))


def test_time_spent_on_following_is_not_taken_from_answers():
    waited = []
    judged = Elsewhere(zygote=None, seconds=60.0, waited=waited.append)
    for _ in range(3):
        with pytest.raises(Misfit, match="too large"):
            judged.activations({"a": 1}, [], IMAGES)
    assert judged.asked == [("activations", 15.0)]  # once; then nothing is followed any more
    assert (judged.spent, len(waited)) == (0.0, 1)
    assert judged.outputs({"a": 1}, [], IMAGES).shape == (1, 10)  # the model isn't given up


def test_the_evaluator_s_process_follows_a_model(keras_zygote):
    judged = Evaluator(keras_zygote)
    try:
        config = blueprint.of(lenet5).config
        rows = judged.activations(config, WEIGHTS, IMAGES[:2])
        assert [kind for _, kind, _ in rows].count("Dense") == 3
        assert rows[0][2].shape == (2, 28, 28, 6)
        with pytest.raises(Misfit, match="weight arrays"):
            judged.activations(config, WEIGHTS[:-1], IMAGES[:2])
    finally:
        judged.close()
