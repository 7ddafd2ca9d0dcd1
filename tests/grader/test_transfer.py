"""Transfer learning and series: right answers against Keras, numbers worked by hand, and networks through the seal."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from grader.auditing.empty_answers import Claim
from grader.cnnchecks.check_models import model_outcome, trained_outcome
from grader.cnnchecks.outcome import CheckFailed
from grader.judge.ask import check_drawn, check_model_drawn
from grader.judge.kept_weights import check_kept_weights, kept_weights_outcome
from grader.judge.models import check_accuracy, check_parameters
from grader.judge.oracle import LiveOracle
from grader.judge.reference import REFERENCE
from grader.tasks import networks as models
from grader.tasks.catalogue import GRIDS, NETWORKS, by_id, for_function
from grader.tasks.network_shapes import shapes_of
from grader.tasks.networks import model_config
from grader.tasks.numpy_networks import run_chain
from grader.tasks.trained import held_out_digits
from grader.tasks.transfer.grid import as_input
from grader.tasks.transfer.memory import values_seen
from grader.tasks.transfer.prototype import class_means, nearest_class
from grader.tasks.transfer.rnn import rnn_forward
from grader.tasks.transfer.transfer import transfer_parameters

ROOT = Path(__file__).parents[2]
NAMES = [name for name, network in NETWORKS.items() if network.assignment == "a7_transfer_learning"]
ACCEPTED = sorted((ROOT / "tests" / "accepted" / "models").glob("transfer_*.py"))


@pytest.fixture(scope="module")
def given():
    """The arrays of the student's data.npz."""
    with np.load(ROOT / "assignments" / "a7_transfer_learning" / "data.npz") as stored:
        return {name: stored[name] for name in stored.files}


# Right answers, by another way -----------------------------------------------------------------------------


def network(size, filters, classes, frozen, batch_normalized):
    import keras
    from keras import layers

    model = keras.Sequential([keras.Input((size, size, 1))])
    for place, kernels in enumerate(filters):
        model.add(layers.Conv2D(kernels, 3, padding="same", trainable=place >= frozen))
        if batch_normalized:
            model.add(layers.BatchNormalization(trainable=place >= frozen))
        model.add(layers.MaxPooling2D(2))
    model.add(layers.Flatten())
    model.add(layers.Dense(classes))
    return model


@pytest.mark.parametrize("batch_normalized", [False, True])
@pytest.mark.parametrize(("size", "frozen"), [(16, 0), (21, 1), (28, 2)])
def test_counts_are_those_of_keras(size, frozen, batch_normalized):
    model = network(size, (4, 6, 5), 3, frozen, batch_normalized)
    counts = transfer_parameters(size, (4, 6, 5), 3, frozen, batch_normalized)
    learnt = sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)
    assert counts["trainable"] == learnt
    assert counts["total"] == model.count_params()
    assert counts["non_trainable"] == model.count_params() - learnt


def test_two_maps_counted_by_hand():
    """Lecture 1's formula for a convolution; a scale and a shift are learnt, a mean and a variance are not."""
    assert transfer_parameters(2, (2,), 1, 0, True) == {
        "trainable": (9 + 1) * 2 + 2 * 2 + (2 + 1),
        "non_trainable": 2 * 2,
        "total": 31,
    }


def test_states_are_those_of_keras():
    import keras

    x, w_x, w_h, b = GRIDS["rnn_forward"]["plain"][0].draw(np.random.default_rng(3))[0]
    layer = keras.layers.SimpleRNN(len(b), return_sequences=True)
    layer.build(x.shape)
    layer.set_weights([w_x, w_h, b])
    np.testing.assert_allclose(rnn_forward(x, w_x, w_h, b), layer(x), atol=1e-5)


def test_a_recurrent_layer_sees_its_first_value_and_convolutions_see_their_window():
    """Values are changed one by one: the last answer changes for as many as `values_seen` says."""
    rng = np.random.default_rng(1)
    w_x, w_h, b = rng.normal(size=(1, 4)), rng.normal(size=(4, 4)), rng.normal(size=4)

    def recurrent(x):
        return rnn_forward(x, w_x, w_h, b)[0, -1]

    def convolved(x):
        layers = [
            {"class_name": "Conv1D", "config": {"kernel_size": [k], "filters": 1, "padding": "causal"}}
            for k in (3, 2)
        ]
        return run_chain(layers, [np.ones((3, 1, 1)), b[:1], np.ones((2, 1, 1)), b[1:2]], x)[0, -1]

    for network, answer, sizes in (("recurrent", recurrent, ()), ("convolution", convolved, (3, 2))):
        x = rng.normal(size=(1, 7, 1))
        changed = [answer(x + 0.5 * (np.arange(7) == t)[None, :, None]) for t in range(7)]
        seen = sum(not np.allclose(other, answer(x), rtol=0, atol=1e-12) for other in changed)
        assert seen == values_seen(network, 7, sizes)


@pytest.mark.parametrize("padding", ["valid", "same", "causal"])
@pytest.mark.parametrize(("strides", "dilation"), [(1, 1), (2, 1), (1, 2)])
def test_a_chain_computes_and_counts_a_series_as_keras_does(padding, strides, dilation):
    import keras

    options = {"strides": strides, "padding": padding, "dilation_rate": dilation}
    model = keras.Sequential([keras.Input((9, 2)), keras.layers.Conv1D(3, 3, activation="relu", **options)])
    layers = model_layers(model)
    rng = np.random.default_rng(0)
    weights = [rng.normal(size=(3, 2, 3)), rng.normal(size=3)]
    x = rng.normal(size=(4, 9, 2))
    model.set_weights(weights)
    np.testing.assert_allclose(run_chain(layers, weights, x), model(x), atol=1e-5)
    assert list(shapes_of(layers))[1][1:] == ([(3, 2, 3), (3,)], model.output_shape[1:])


def model_layers(model):
    import keras

    return keras.saving.serialize_keras_object(model)["config"]["layers"]


def test_the_layer_that_is_named_takes_the_batch():
    import keras

    for kind, shape in {
        "series": (9,),
        "audio": (2, 9),
        "text": (7, 4),
        "image": (5, 6),
        "video": (4, 5, 6),
    }.items():
        layer, batch = as_input(kind, np.zeros(shape))
        assert getattr(keras.layers, layer)(1, 2)(batch).ndim == batch.ndim


def test_lecture_5_s_four_values_grow_by_these_steps():
    series = np.array([93_750, 113_163, 144_778, 172_050.0])
    layer = {"class_name": "Conv1D", "config": {"filters": 1, "kernel_size": [2], "use_bias": False}}
    _, batch = as_input("series", series)
    steps = run_chain([layer], [np.array([-1.0, 1.0]).reshape(2, 1, 1)], batch)
    assert steps.ravel().tolist() == [19_413, 31_615, 27_272]


def test_the_nearest_mean_is_the_class_of_a_mean():
    features = np.array([[0.0, 0.0], [2.0, 0.0], [9.0, 9.0]])
    means = class_means(features, np.array([0, 0, 1]), 2)
    assert means.tolist() == [[1.0, 0.0], [9.0, 9.0]]
    assert nearest_class(features, means).tolist() == [0, 0, 1]


# Networks --------------------------------------------------------------------------------------------------


def test_counts_of_the_text():
    counts = {name: int(REFERENCE[f"{name}/layers"]()["weights"].sum()) for name in NAMES}
    assert counts == {
        "digit_base": 24_709, "frozen_network": 7_333, "partly_frozen_network": 7_333, "series_network": 57,
    }  # fmt: skip
    assert REFERENCE["frozen_network/trainable"]().tolist() == [0, 0, 0, 1445]
    assert REFERENCE["partly_frozen_network/trainable"]().tolist() == [0, 0, 4640, 1445]
    assert transfer_parameters(28, (8, 16, 32), 5, 2)["trainable"] == 6_085


@pytest.mark.parametrize("path", ACCEPTED, ids=lambda path: path.stem)
def test_the_same_network_passes_however_it_is_written(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found = {name: getattr(module, name) for name in NAMES if hasattr(module, name)}
    assert len(found) > 2
    for name in found:
        check_parameters(found, name)
        check_model_drawn(found, name, "random")


@pytest.mark.parametrize("name", NAMES)
def test_the_reference_passes_through_the_seal(name, sealed):
    claim = Claim(model_config(name)["config"])
    check_parameters({name: claim}, name)
    check_model_drawn({name: claim}, name, "random")


WRONG = [
    (idea.card.id, name, about)
    for name in NAMES
    for about in ("", "/layers", "/trainable")
    for idea in for_function(name + about)
]


@pytest.mark.parametrize(("id", "name", "about"), WRONG, ids=lambda part: part)
def test_a_wrong_network_is_told_its_idea_through_the_seal(id, name, about, sealed):
    """Keras's outputs and counts, against ideas that are counted and computed without Keras."""
    for change in models.CHANGES[id, name + about]:
        claim = Claim(models.chain(change(models.layers_of(name))))
        if about:
            with pytest.raises(CheckFailed) as failed:
                check_parameters({name: claim}, name)
            outcome = failed.value.outcome
        else:
            case = GRIDS[name]["random"][0].draw(np.random.default_rng(1))[0]
            outcome = model_outcome({name: claim}, name, case, {}, LiveOracle())
        assert not outcome.passed
        assert [card.id for card in outcome.candidates] == [id]


def told_of(name, **learns):
    layers = models.layers_of(name)
    for part in layers:
        part["config"]["trainable"] = learns.get(part["class_name"], True)
    with pytest.raises(CheckFailed) as failed:
        check_parameters({name: Claim(models.chain(layers))}, name)
    return failed.value.outcome.message


def test_what_is_said_of_layers_that_should_learn_or_should_not(sealed):
    assert "would train conv2d" in told_of("frozen_network")
    assert "1,445 weights" in told_of("frozen_network", Conv2D=False, Dense=False)


# Trained networks ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def nearest_means(given):
    """A head that decides as the nearest mean does, on the base's convolutions: arrays in layer order."""
    base = [given[f"base{place}"].astype(np.float32) for place in range(6)]
    layers = models.layers_of("frozen_network")
    images = given["x_few"][..., None].astype(np.float32) / 255
    features = run_chain([part for part in layers if part["class_name"] != "Dense"], base, images)
    means = class_means(features, given["y_few"], 5)
    return [*base, means.T, -(means**2).sum(axis=1) / 2]  # the distance's square, without what is everyone's


def test_the_base_reads_as_many_unseen_digits_as_the_text_says(given):
    base = [given[f"base{place}"].astype(np.float32) for place in range(10)]
    images, labels = held_out_digits()
    known = labels < 5
    answers = run_chain(models.layers_of("digit_base"), base, images[known]).argmax(axis=1)
    text = (ROOT / "solutions" / "a7_transfer_learning" / "a7_transfer_learning.py").read_text()
    assert f"it reads {100 * np.mean(answers == labels[known]):.0f} % of such digits" in text


def test_ten_labels_of_each_class_and_the_base_read_unseen_digits(nearest_means, sealed):
    """And no network that wasn't made for the digits 5 to 9 does."""
    config = model_config("frozen_network")["config"]
    arrays = [array.astype(np.float32) for array in nearest_means]
    ask = {"like": "frozen_network", "at_least": 0.8, "digits": range(5, 10), "trainable": False}
    check_accuracy({"extracted": Claim(config, arrays)}, "extracted", **ask)
    with pytest.raises(CheckFailed, match="digits that it has never seen"):
        check_accuracy({"extracted": Claim(config, [0 * array for array in arrays])}, "extracted", **ask)
    _, labels = held_out_digits()
    assert (labels >= 5).sum() > 450


def test_answers_by_position_read_nothing(nearest_means, sealed, monkeypatch):
    """The labels of the unseen digits are public: neither may they stand in a layer, nor does their order help."""
    from grader.sandbox import admit

    _, labels = held_out_digits()
    rows = np.eye(5)[labels[labels >= 5] - 5].tolist()
    by_heart = models.layer("Rescaling", scale=0.0, offset=rows)
    claim = Claim(models.chain([*models.layers_of("frozen_network"), by_heart]), nearest_means)
    ask = {"like": "frozen_network", "at_least": 0.8, "digits": range(5, 10), "trainable": False}
    with pytest.raises(CheckFailed, match="numbers are weights"):
        check_accuracy({"extracted": claim}, "extracted", **ask)
    monkeypatch.setattr(admit, "_plain_numbers", lambda *_: [])
    with pytest.raises(CheckFailed, match="can't be asked about the digits"):
        check_accuracy({"extracted": claim}, "extracted", **ask)


def test_a_base_that_was_kept_tuned_lost_or_trained_on(nearest_means, given, sealed):
    name, like = "mine", "partly_frozen_network"
    config = model_config(like)["config"]
    base = [given[f"base{place}"] for place in range(6)]
    rng = np.random.default_rng(0)

    def said(arrays):
        env = {name: Claim(config, [np.asarray(array, np.float32) for array in arrays])}
        try:
            check_kept_weights(env, name, like, base, kept=4, tuned=2)
        except CheckFailed as failed:
            return failed.outcome.diagnosis.id
        return "kept"

    tuned = [*nearest_means[:4], *(array + 0.01 for array in nearest_means[4:])]
    assert said(tuned) == "kept"
    assert said(nearest_means) == "transfer.not_tuned"
    assert said([array + 0.01 * rng.normal(size=array.shape) for array in tuned]) == "transfer.nothing_frozen"
    assert said([rng.normal(size=array.shape) for array in tuned]) == "transfer.base_not_loaded"


def test_too_few_arrays_are_no_crash(given, sealed):
    base = [given[f"base{place}"] for place in range(6)]
    claim = Claim(model_config("frozen_network")["config"], base[:2])
    with pytest.raises(CheckFailed, match="with its weights loaded"):
        check_kept_weights({"mine": claim}, "mine", "frozen_network", base, kept=6)
    assert not kept_weights_outcome("mine", [np.zeros(3)] * 6, base, 6, 0).passed


def test_what_was_frozen_may_be_left_out_of_a_check(nearest_means, sealed):
    """A wrong answer to the question about freezing isn't charged again to the one about training."""
    layers = models.layers_of("frozen_network")
    for part in layers:
        part["config"]["trainable"] = False
    claim = Claim(models.chain(layers), [array.astype(np.float32) for array in nearest_means])
    trained_outcome({"m": claim}, "m", "frozen_network", oracle=LiveOracle(), trainable=False)
    for trainable in (True, False):
        outcome = trained_outcome(
            {"m": claim}, "m", "frozen_network", oracle=LiveOracle(), trainable=trainable
        )
        assert outcome.passed is not trainable


def test_an_answer_of_a_word_and_an_array_is_shown_at_work():
    wrong = by_id("grid.text_as_image").answers["as_input"]
    with pytest.raises(CheckFailed) as failed:
        check_drawn({"as_input": wrong}, "as_input", "line")
    assert "expected layer: Conv1D" in failed.value.outcome.example.text
    assert [card.id for card in failed.value.outcome.candidates] == ["grid.text_as_image"]


# What the text tells of the measurements -------------------------------------------------------------------


def test_the_hand_out_is_small_and_holds_no_unseen_digit(given):
    assert sum(array.nbytes for array in given.values()) < 300_000
    seen = {image.tobytes() for image in (*given["x_few"], *given["x_look"])}
    unseen, labels = held_out_digits()
    assert not seen & {np.rint(255 * image).astype(np.uint8).tobytes() for image in unseen[labels >= 5]}
    assert np.bincount(given["y_few"]).tolist() == [10] * 5
