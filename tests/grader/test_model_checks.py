"""A model is right when it computes the same function, however it is written; a wrong one is told its idea."""

import math
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from grader import cnnchecks
from grader.auditing.empty_answers import Claim
from grader.cnnchecks.check_models import model_outcome, trained_outcome
from grader.cnnchecks.fixtures import FixtureOracle
from grader.cnnchecks.models import LiveModels
from grader.cnnchecks.outcome import CheckFailed
from grader.judge.ask import check_model_drawn
from grader.judge.context import Judging
from grader.judge.fixtures import RecordingOracle
from grader.judge.models import check_accuracy, check_parameters, digits_for
from grader.judge.oracle import LiveOracle
from grader.judge.published import are_published
from grader.judge.reading import Question, reader
from grader.judge.reference import REFERENCE
from grader.sandbox.evaluator import describe
from grader.sandbox.weights import weights_from_bytes
from grader.tasks import networks as models
from grader.tasks.catalogue import by_id, for_function
from grader.tasks.lenet.models.computing import RandomWeights
from grader.tasks.network_shapes import counts_of, shapes_of, trained_of
from grader.tasks.networks import configs_for, model_config
from grader.tasks.trained import held_out_digits, trained
from tests.conftest import SUBMISSIONS

BUILDERS = ("lenet_same", "lenet_valid")
SHAPES = {"lenet_same": (28, 28, 1), "lenet_valid": (32, 32, 1)}


def images(name, count=3):
    return np.random.default_rng(2).standard_normal((count, *SHAPES[name])).astype(np.float32)


def random_weights(seed=3):
    return RandomWeights().draw(np.random.default_rng(seed))


def outcome_for(builder, name="lenet_same"):
    """What the check says of a student's builder."""
    return model_outcome({name: builder}, name, (random_weights(), images(name)), {}, LiveOracle())


# Right networks, written in every way ---------------------------------------------------------------------


def sequential():
    import keras
    from keras import layers

    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(6, 5, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(16, 5, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(120, activation="relu"),
            layers.Dense(84, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )


def functional_with_c5_as_convolution():
    import keras
    from keras import layers

    x = inputs = keras.Input((28, 28, 1))
    for filters, padding in ((6, "same"), (16, "valid")):
        x = layers.ReLU()(layers.Conv2D(filters, 5, padding=padding)(x))
        x = layers.MaxPooling2D(2)(x)
    x = layers.Flatten()(layers.Conv2D(120, 5, activation="relu")(x))
    x = layers.Dropout(0.5)(layers.Dense(84, activation="relu")(x))
    return keras.Model(inputs, layers.Softmax()(layers.Dense(10)(x)))


def subclassed():
    import keras
    from keras import layers, ops

    class LeNet(keras.Model):
        def __init__(self):
            super().__init__()
            self.output_layer = layers.Dense(10)  # attributes in another order than the data's
            self.f6, self.c5 = layers.Dense(84), layers.Dense(120)
            self.c3, self.c1 = layers.Conv2D(16, 5), layers.Conv2D(6, 5, padding="same")
            self.pool, self.flat = layers.MaxPooling2D(2), layers.Flatten()

        def call(self, x):
            for convolution in (self.c1, self.c3):
                x = self.pool(ops.relu(convolution(x)))
            x = ops.relu(self.f6(ops.relu(self.c5(self.flat(x)))))
            return ops.softmax(self.output_layer(x))

    model = LeNet()
    model(keras.Input((28, 28, 1)))
    return model


def compiled():
    model = sequential()
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


RIGHT = [sequential, functional_with_c5_as_convolution, subclassed, compiled]


@pytest.mark.parametrize("builder", RIGHT, ids=lambda builder: builder.__name__)
def test_the_same_function_passes_however_it_is_written(builder):
    assert outcome_for(builder).passed
    check_parameters({"lenet_same": builder}, "lenet_same")


def test_a_live_model_is_as_good_as_its_builder():
    assert outcome_for(sequential()).passed


@pytest.mark.parametrize("grid", ["random", "trained"])
def test_a_right_network_passes_the_drawn_cases(grid):
    check_model_drawn({"lenet_same": functional_with_c5_as_convolution}, "lenet_same", grid)


def test_the_reference_agrees_with_numpy_layers():
    weights, x = random_weights(), images("lenet_same")
    names = [f"{kind}{place}" for place in range(1, 6) for kind in "wb"]
    logits = REFERENCE["lenet_forward"](dict(zip(names, weights, strict=True)), x)
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    right = powers / powers.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(REFERENCE["lenet_same"](weights, x), right, rtol=0, atol=1e-5)


def test_published_counts_hold():
    counts = {name: int(REFERENCE[f"{name}/layers"]()["weights"].sum()) for name in NETWORKS}
    assert counts == {
        "lenet_same": 61_706,
        "lenet_valid": 61_706,
        "vgg_small": 271_914,
        "vgg16": 138_357_544,
        "alexnet": 62_378_344,
    }
    assert REFERENCE["lenet_parameters"](28, 28, "valid")["total"] == 44_426
    assert REFERENCE["lenet_parameters"](32, 32, "valid") == REFERENCE["lenet_parameters"](28, 28, "same")


# Wrong networks --------------------------------------------------------------------------------------------

NETWORKS = (*BUILDERS, "vgg_small", "vgg16", "alexnet")
COMPUTES = [(idea.card.id, name) for name in BUILDERS for idea in for_function(name)]
COUNTED = [  # the ideas about a network's layers, and about which of them learn
    pytest.param(idea.card.id, name, marks=[pytest.mark.slow] * (name == "vgg16"))  # which is large
    for about in ("layers", "trainable")
    for name in NETWORKS
    for idea in for_function(f"{name}/{about}")
]


@pytest.mark.parametrize(("id", "name"), COMPUTES, ids=lambda part: part)
def test_a_network_that_computes_something_else_is_told_its_idea_through_the_seal(id, name, sealed):
    outcome = outcome_for(Claim(models.configuration(by_id(id), name)), name)
    assert (outcome.passed, outcome.kind) == (False, "value")
    assert [card.id for card in outcome.candidates] == [id]


@pytest.mark.parametrize(("id", "name"), COUNTED, ids=lambda part: part)
def test_a_network_of_other_layers_is_told_its_idea_through_the_seal(id, name, sealed):
    kind = "shape" if (id, f"{name}/layers") in models.CHANGES else "value"
    for way in range(len(models.CHANGES[id, f"{name}/{'layers' if kind == 'shape' else 'trainable'}"])):
        claim = Claim(models.configuration(by_id(id), name, way))
        with pytest.raises(CheckFailed) as failed:
            check_parameters({name: claim}, name)
        assert failed.value.outcome.kind == kind
        assert [card.id for card in failed.value.outcome.candidates] == [id]


@pytest.mark.parametrize(("id", "name"), COUNTED, ids=lambda part: part)
def test_a_changed_network_is_counted_as_keras_counts_it(id, name, sealed):
    """The library counts without Keras, so that a diagnosis is quick."""
    changes = models.CHANGES.get((id, f"{name}/layers"), []) + models.CHANGES.get(
        (id, f"{name}/trainable"), []
    )
    for change in changes:
        layers = change(models.layers_of(name))
        rows = [row for row in describe(models.chain(layers))["rows"] if row["parameters"]]
        counts = counts_of(layers)
        assert counts["weights"].tolist() == [row["parameters"] for row in rows]
        assert counts["maps"].tolist() == [math.prod(row["output_shape"][1:-1]) for row in rows]
        assert trained_of(layers).tolist() == [row["trainable"] for row in rows]


@pytest.mark.parametrize("name", NETWORKS)
def test_the_reference_is_counted_as_keras_counts_it(name):
    layers, right = models.layers_of(name), REFERENCE[f"{name}/layers"]()
    assert counts_of(layers)["weights"].tolist() == right["weights"].tolist()
    assert counts_of(layers)["maps"].tolist() == right["maps"].tolist()
    assert trained_of(layers).tolist() == REFERENCE[f"{name}/trainable"]().tolist()


def shapes(name, *ids):
    """The sides of the maps that the convolutions and poolings of a changed network give, in order."""
    layers = models.layers_of(name)
    for id in ids:
        layers = models.CHANGES[id, f"{name}/layers"][0](layers)
    return [size[0] for _, _, size in shapes_of(layers) if len(size) == 3]


def test_the_networks_seen_in_public_have_the_sizes_that_were_seen():
    right = counts_of(models.layers_of("vgg16"))["weights"]
    narrow = [
        counts_of(change(models.layers_of("vgg16")))["weights"]
        for change in models.CHANGES["models.narrow_kernel", "vgg16/layers"]
    ]
    assert 24_576 in [(right - counts).sum() for counts in narrow]  # 64 maps become 128: one kernel is (3, 2)
    assert shapes("alexnet", "models.alexnet_without_padding")[1:] == [54, 26, 26, 12, 12, 12, 12, 5]
    assert shapes("alexnet", "models.valid_everywhere")[-1] == 1
    assert shapes("vgg16", "models.valid_everywhere")[-1] == 1
    assert shapes("lenet_valid", "models.same_for_valid")[1:] == [32, 16, 12, 6]
    flat = counts_of(models.CHANGES["models.flat_is_a_layer", "vgg16/layers"][0](models.layers_of("vgg16")))
    assert 25_088 * (25_088 + 1) in flat["weights"]


def test_zeros_behind_a_convolution_change_no_shape_and_no_count():
    (change,) = models.CHANGES["models.padding_after_convolution", "vgg_small"]
    right, wrong = models.layers_of("vgg_small"), change(models.layers_of("vgg_small"))
    assert counts_of(right)["weights"].tolist() == counts_of(wrong)["weights"].tolist()
    assert [size for _, _, size in shapes_of(right)][-1] == [size for _, _, size in shapes_of(wrong)][-1]
    kinds = [part["class_name"] for part in wrong]
    assert kinds[1:3] == ["Conv2D", "ZeroPadding2D"]


@pytest.mark.parametrize(("images", "takes"), [((28, 28, 3), 3), ((32, 32, 1), 1)], ids=["colours", "larger"])
def test_a_network_for_other_images_is_told_what_it_takes(images, takes, sealed):
    changed = models.images(*images)(models.layers_of("lenet_same"))
    outcome = outcome_for(Claim(models.chain(changed)))
    assert (outcome.passed, outcome.kind) == (False, "shape")
    assert outcome.message.startswith(f"`lenet_same` takes images of shape {images}")
    assert [card.id for card in outcome.candidates] == (["models.input_channels"] if takes == 3 else [])


@pytest.mark.parametrize("name", BUILDERS)
def test_the_reference_passes_through_the_seal(name, sealed):
    claim = Claim(model_config(name)["config"])
    assert outcome_for(claim, name).passed
    assert check_model_drawn({name: claim}, name, "trained") is None


def with_frozen_layer():
    model = sequential()
    model.layers[0].trainable = False
    return model


def for_colour():
    import keras

    return keras.Sequential([keras.Input((28, 28)), keras.layers.Reshape((28, 28, 1)), *sequential().layers])


WRONG = {
    "nothing": (lambda: None, "raised", "let it return the keras.Model"),
    "a number": (7, "raised", "expected a Keras model"),
    "missing": (None, "missing", "There is no `lenet_same`"),
    "an error": (lambda: 1 / 0, "raised", "ZeroDivisionError"),
    "sys.exit": (lambda: sys.exit(), "raised", "SystemExit"),
    "a frozen layer": (with_frozen_layer, "value", "156 weights"),
    "other images": (for_colour, "shape", "takes images of shape (28, 28)"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_no_such_network_is_told_why(case):
    builder, kind, words = WRONG[case]
    outcome = outcome_for(builder)
    assert (outcome.passed, outcome.kind) == (False, kind)
    assert words in outcome.message


def test_a_claim_in_another_form_is_a_failed_check_not_a_crash(sealed):
    for nonsense in (
        None,
        {},
        {"module": "os", "class_name": "system", "config": {}, "registered_name": None},
    ):
        assert outcome_for(Claim(nonsense)).kind == "raised"


def test_no_message_of_a_hidden_case_quotes_the_expected_counts():
    right = {f"{n:,}" for n in REFERENCE["lenet_same/layers"]()["weights"]} | {"61,706"}
    for id in ("models.valid_for_same", "models.kernels_of_three", "models.biases_off"):
        claim = Claim(models.configuration(by_id(id), "lenet_same"))
        outcome = outcome_for(claim)
        said = set(outcome.message.replace(".", " ").split())
        own = {f"{row['parameters']:,}" for row in LiveModels().describe(claim.config)["rows"]}
        assert not (said & right) - own
        assert outcome.detail == ""


# Trained networks ------------------------------------------------------------------------------------------


def test_a_network_that_reads_digits_passes_and_an_untrained_one_does_not():
    good = sequential()
    with zipfile.ZipFile(SUBMISSIONS / "a4_lenet" / "correct_sequential.zip") as sample:
        own = sample.read("my_lenet.weights.h5")  # the published ones are refused
    good.set_weights(weights_from_bytes(own, model_config("lenet_same")["config"]))
    check_accuracy({"trained": good}, "trained", "lenet_same", 0.95)
    with pytest.raises(CheckFailed, match="that it has never seen"):
        check_accuracy({"trained": sequential()}, "trained", "lenet_same", 0.9)


def test_the_threshold_is_met_exactly_or_missed():
    pictures, labels = held_out_digits()
    claim = Claim(model_config("lenet_same")["config"], list(trained("lenet5")))
    probabilities = REFERENCE["lenet_same"](trained("lenet5"), pictures[:50])
    share = REFERENCE["accuracy"](probabilities, labels[:50])
    place = np.array([7])
    question = Question(
        np.concatenate([pictures[:50], *[pictures[place]] * 2]), (20, 30, 2), labels[:50], place, place
    )
    for threshold, passed in ((share, True), (share + 0.001, False)):
        reads = reader(LiveModels(), question, threshold)
        outcome = trained_outcome({"trained": claim}, "trained", "lenet_same", reads, LiveOracle())
        assert outcome.passed is passed


def judged(value):
    return trained_outcome({"trained": value}, "trained", "lenet_same", oracle=LiveOracle())


def test_weights_in_the_order_of_a_class_s_attributes_are_put_into_the_data_s():
    import keras

    keras.utils.set_random_seed(1)
    model = subclassed()
    order = {layer.name: layer for layer in (model.c1, model.c3, model.c5, model.f6, model.output_layer)}
    for layer, place in zip(order.values(), range(5), strict=True):
        layer.set_weights(trained("lenet5")[2 * place : 2 * place + 2])
    reads = reader(LiveModels(), digits_for(Judging(), "trained"), 0.95)
    assert trained_outcome({"trained": model}, "trained", "lenet_same", reads, LiveOracle()).passed


def test_a_trained_model_must_be_a_model_with_finite_weights_of_a_lenet():
    assert judged(sequential()).passed
    assert judged(sequential).kind == "type"
    spoilt = sequential()
    spoilt.set_weights([np.full_like(array, np.nan) for array in spoilt.get_weights()])
    assert judged(spoilt).kind == "finite"
    config = model_config("lenet_same")["config"]
    assert judged(Claim(config, [np.array(["a"])])).kind == "dtype"
    assert judged(Claim(config, "weights")).kind == "type"
    assert judged(Claim(models.chain(models.layers_of("lenet_same")[:-1]), [])).kind == "shape"


def as_dense(arrays):
    """LeNet's C5 as a dense layer: the same numbers in another shape."""
    return [array.reshape(-1, 120) if array.shape == (5, 5, 16, 120) else array for array in arrays]


@pytest.mark.parametrize("change", [list, as_dense, lambda arrays: [a.astype(np.float16) for a in arrays]])
def test_the_published_weights_are_nobodys_own(change):
    claim = Claim(model_config("lenet_same")["config"], change(trained("lenet5")))
    with pytest.raises(CheckFailed, match="that the course publishes"):
        check_accuracy({"trained": claim}, "trained", "lenet_same", 0.9)


def test_other_weights_are_not_taken_for_the_published_ones():
    arrays = list(trained("lenet5"))
    rng = np.random.default_rng(1)
    assert are_published([array * rng.normal(1, 0.05, array.shape) for array in arrays])
    assert not are_published([array * rng.normal(1, 0.5, array.shape) for array in arrays])
    swapped = [array.copy() for array in arrays]
    order = rng.permutation(6)
    swapped[0], swapped[1], swapped[2] = arrays[0][..., order], arrays[1][order], arrays[2][:, :, order]
    assert are_published(swapped)
    assert not are_published(arrays[:-1])


def test_weights_that_do_not_fit_are_no_crash():
    claim = Claim(model_config("lenet_same")["config"], [np.zeros(3)])
    reads = reader(LiveModels(), digits_for(Judging(), "trained"), 0.9)
    outcome = trained_outcome({"trained": claim}, "trained", "lenet_same", reads, LiveOracle())
    assert (outcome.passed, outcome.kind) == (False, "shape")


# Beside a notebook, and without Keras ----------------------------------------------------------------------


def test_data_is_what_lies_beside_the_checks_or_what_is_handed_out(tmp_path):
    shutil.copytree(Path(cnnchecks.__file__).parent, tmp_path / "cnnchecks")
    np.savez(tmp_path / "data.npz", a=np.arange(3))
    program = (
        "import numpy as np\n"
        "from cnnchecks import data\n"
        "from cnnchecks.context import hand_out\n"
        "assert data()['a'].tolist() == [0, 1, 2]\n"
        "with hand_out({'b': np.ones(1)}):\n"
        "    assert list(data()) == ['b']\n"
        "assert list(data()) == ['a']\n"
    )
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=True)


def test_the_recorded_fixtures_know_right_and_wrong_networks(tmp_path):
    recording = RecordingOracle()
    given = random_weights(), images("lenet_same")
    model_outcome(REFERENCE, "lenet_same", given, {}, recording)
    recording.save(tmp_path / "fixtures.npz")
    fixtures = FixtureOracle(tmp_path / "fixtures.npz")
    assert model_outcome({"lenet_same": sequential}, "lenet_same", given, {}, fixtures).passed

    def tanh():
        import keras

        model = sequential()
        for layer in model.layers[:-1]:
            if hasattr(layer, "activation"):
                layer.activation = keras.activations.tanh
        return model

    outcome = model_outcome({"lenet_same": tanh}, "lenet_same", given, {}, fixtures)
    assert [card.id for card in outcome.candidates] == ["models.tanh_for_relu"]


def test_the_judge_s_way_imports_no_keras(tmp_path):
    """With blueprints from the zip and another process to rebuild models, neither a pass nor a diagnosis needs Keras."""
    import json

    (tmp_path / "configs.json").write_text(json.dumps(configs_for("a4_lenet")))
    code = f"""
import json, sys
import numpy as np
from grader.cnnchecks.outcome import CheckFailed
from grader.judge.oracle import LiveOracle
from grader.judge.fixtures import RecordingOracle
from grader.judge.published import are_published
from grader.judge.models import check_accuracy, check_parameters, digits_for
from grader.judge.ask import check_model_drawn
from grader.judge.context import Judging
from grader.tasks.networks import know_configs
from grader.tasks.trained import trained
CONFIGS = json.load(open({str(tmp_path / "configs.json")!r}))
know_configs(CONFIGS)
class Elsewhere:
    def describe(self, config): return CONFIGS["lenet_same"] | {{"config": config}}
    def outputs(self, config, weights, x, sizes=None): return np.full((len(x), 10), len(json.dumps(config)) / 1e6, np.float32)
elsewhere = Elsewhere()
context = Judging(LiveOracle(elsewhere), elsewhere)
class Claim:
    def model(self, weights=False):
        return {{"blueprint": {{"config": {{}}}}, "weights": [1.02 * w for w in trained("lenet5")]}}
for ask in (
    lambda env: check_model_drawn(env, "lenet_same", "random"),
    lambda env: check_model_drawn(env, "lenet_same", "trained"),
    lambda env: check_accuracy(env, "lenet_same", "lenet_same", 0.9),
):
    try:
        ask(context.names({{"lenet_same": Claim()}}))
    except CheckFailed as failed:
        assert failed.outcome.kind == "value", failed
    else:
        raise SystemExit("passed")
check_parameters(context.names({{"lenet_same": Claim()}}), "lenet_same")
assert not {{"keras", "tensorflow"}} & set(sys.modules)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
