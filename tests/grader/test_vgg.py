"""Assignment 5's right answers against other sources, and its check of a network of one's own design."""

import numpy as np
import pytest

from grader.auditing.empty_answers import Claim
from grader.cnnchecks.design import check_design
from grader.cnnchecks.outcome import CheckFailed
from grader.gradescope import results as gradescope
from grader.gradescope.schema import validate
from grader.judge.context import Judging
from grader.judge.models import check_design_accuracy, check_design_rules, check_parameters
from grader.judge.reference import REFERENCE
from grader.report import Report
from grader.tasks import networks as models
from grader.tasks.catalogue import by_id
from grader.tasks.networks import model_config
from grader.tasks.trained import held_out_digits
from grader.tasks.vgg.leaderboard import Entries
from grader.tasks.vgg.vgg import DIGITS_SHAPES
from kerasnets import blueprint

FILTERS, DENSE, IMAGE = (64, 128, 256, 512, 512), (4096, 4096), (224, 224, 3)
PUBLISHED = {"vgg16": ((2, 2, 3, 3, 3), 138_357_544), "vgg19": ((2, 2, 4, 4, 4), 143_667_240)}


# Right answers ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_table_s_arithmetic_gives_the_published_counts_and_those_of_the_network(name):
    convolutions, published = PUBLISHED[name]
    counts = REFERENCE["vgg_parameters"](convolutions, FILTERS, DENSE, IMAGE, 1000)
    assert counts["total"] == published == sum(REFERENCE[f"{name}/layers"]()["weights"])
    kinds = [row["kind"] for row in model_config(name)["rows"]]
    assert REFERENCE["vgg_depth"](convolutions, DENSE) == (kinds.count("Conv2D"), kinds.count("Dense"))


def test_vgg16_is_thirteen_convolutions_and_three_dense_layers():
    assert REFERENCE["vgg_depth"](PUBLISHED["vgg16"][0], DENSE) == (13, 3)


def test_the_small_network_has_the_shapes_of_its_cases():
    assert REFERENCE["vgg_digits/layers"]()["weights"].tolist() == [
        int(np.prod(shape)) + shape[-1] for shape in DIGITS_SHAPES
    ]
    assert REFERENCE["vgg_parameters"]((2, 2, 2), (8, 16, 32), (64,), (28, 28, 1), 10)["total"] == 37_186


def test_the_paper_s_bargain():
    """Section 2.3: three layers of 3×3 have 27 C² weights, one of 7×7 has 49 C², 81 % more."""
    reach, count = REFERENCE["stack_reach"], REFERENCE["stack_parameters"]
    assert reach(3, 3) == reach(7, 1) == 7
    weights = [count(3, 3, 512) - 3 * 512, count(7, 1, 512) - 512]
    assert weights == [27 * 512**2, 49 * 512**2]
    assert round(weights[1] / weights[0] - 1, 2) == 0.81


def test_a_stack_reaches_as_far_as_a_changed_pixel_shows():
    """The gradient of one output, by the layers of assignment 3."""
    for kernel_size, layers in ((3, 2), (3, 4), (5, 3)):
        dx = np.zeros((1, 31, 31, 1))
        dx[0, 15, 15, 0] = 1
        for _ in range(layers):
            w = np.ones((kernel_size, kernel_size, 1, 1))
            dx, _, _ = REFERENCE["conv2d_backward"](dx, np.zeros_like(dx), w, padding="same")
        assert np.count_nonzero(dx[0, 15, :, 0]) == REFERENCE["stack_reach"](kernel_size, layers)


def test_dropout_keeps_the_mean_and_agrees_with_keras_on_what_a_kept_number_becomes():
    import keras

    x = np.full((200, 200), 3.0)
    ours = REFERENCE["dropout"](x, np.random.default_rng(1).random(x.shape), 0.2)
    theirs = np.asarray(keras.layers.Dropout(0.2, seed=1)(x, training=True))
    assert ours.mean() == pytest.approx(3, rel=0.02)
    np.testing.assert_allclose(np.unique(ours), np.unique(theirs), rtol=1e-6)
    np.testing.assert_array_equal(REFERENCE["dropout"](x, x * 0, 0.2, training=False), x)


def test_a_move_worked_by_hand():
    """A move down by one and left by two, written out."""
    image = np.arange(1, 13).reshape(1, 3, 4, 1)
    moved = REFERENCE["moved_images"](image, np.array([[1, -2]]))[0, ..., 0]
    assert moved.tolist() == [[0, 0, 0, 0], [3, 4, 0, 0], [7, 8, 0, 0]]


def test_top_k_agrees_with_keras_and_top_1_with_the_accuracy():
    import keras

    rng = np.random.default_rng(2)
    probabilities, labels = rng.random((300, 20), dtype=np.float32), rng.integers(0, 20, 300)
    for k in (1, 3, 5):
        right = np.mean(
            np.asarray(keras.metrics.sparse_top_k_categorical_accuracy(labels, probabilities, k=k))
        )
        assert REFERENCE["top_k_error"](probabilities, labels, k) == pytest.approx(1 - right, abs=1e-6)
    accuracy = REFERENCE["accuracy"](probabilities, labels)
    assert REFERENCE["top_k_error"](probabilities, labels, 1) == pytest.approx(1 - accuracy)


def test_an_interval_holds_the_truth_in_95_of_100_measurements():
    rights = np.random.default_rng(3).binomial(1000, 0.9, 2000)
    ends = [REFERENCE["accuracy_interval"](int(right), 1000) for right in rights]
    assert 0.94 < np.mean([low <= 0.9 <= high for low, high in ends]) < 0.965


def test_a_board_lists_who_keeps_within_the_budget_best_first():
    accuracies, parameters, budget = Entries(True).draw(np.random.default_rng(4))
    order = REFERENCE["leaderboard"](accuracies, parameters, budget)
    listed = [(-accuracies[i], parameters[i]) for i in order]
    assert listed == sorted(listed)
    assert sorted(order) == [i for i in range(7) if parameters[i] <= budget]
    assert budget in parameters[order]


# A network of one's own --------------------------------------------------------------------------------------


def design(*parts, image=(28, 28, 1)):
    def build():
        import keras

        return keras.Sequential([keras.Input(image), *[part() for part in parts]])

    return build


def conv(filters, **options):
    from functools import partial

    from keras import layers

    return partial(layers.Conv2D, filters, 3, **{"activation": "relu", "padding": "same"} | options)


def other(kind, *given, **options):
    from functools import partial

    from keras import layers

    return partial(getattr(layers, kind), *given, **options)


def halving():
    return other("MaxPooling2D", 2)


def flat():
    return other("Flatten")


def ten(**options):
    return other("Dense", 10, **options)


def claim(builder, weights=None):
    return Claim(blueprint.of(builder).to_dict()["config"], weights)


GOOD = {
    "poolings": lambda: design(conv(8), halving(), conv(16), halving(), flat(), ten(activation="softmax")),
    "strides": lambda: design(
        conv(6, strides=2), conv(6, strides=2), conv(12), other("GlobalAveragePooling2D"), ten()
    ),
    "framed": lambda: design(
        other("ZeroPadding2D", 2), conv(6, padding="valid"), halving(), conv(12), halving(), flat(), ten()
    ),
    "activation layers": lambda: design(
        conv(8, activation=None), other("ReLU"), halving(), conv(9, activation=None), halving(), flat(), ten()
    ),
}
BROKEN = {
    "over_budget": lambda: design(conv(8), conv(16), halving(), halving(), flat(), other("Dense", 64), ten()),
    "other_images": lambda: design(conv(8), halving(), conv(16), halving(), flat(), ten(), image=(32, 32, 1)),
    "not_ten_outputs": lambda: design(conv(8), halving(), conv(16), halving(), ten()),
    "few_convolutions": lambda: design(conv(8), halving(), halving(), flat(), ten()),
    "no_activation": lambda: design(
        conv(8, activation=None), halving(), conv(16, activation=None), halving(), flat(), ten(activation="softmax")
    ),
    "sizes_do_not_fall": lambda: design(conv(8), conv(16), other("GlobalAveragePooling2D"), ten()),
    "channels_do_not_rise": lambda: design(conv(16), halving(), conv(8), halving(), conv(16), flat(), ten()),
}  # fmt: skip


def named_like_convolutions():
    """One convolution, and layers, operations and an inner model that only have the word in their names."""
    import keras
    from keras import layers, ops

    x = image = keras.Input((28, 28, 1), name="Conv2D_input")
    x = layers.Conv2D(8, 3, strides=2, padding="same", activation="relu")(x)
    x = ops.cast(ops.convert_to_tensor(x), "float32")
    inner = keras.Sequential(
        [keras.Input((14, 14, 8)), layers.Dense(16, name="Conv2D")], name="Conv2D_MaxPooling2D"
    )
    x = layers.Identity(name="SeparableConv2D")(
        layers.Flatten(name="MaxPool")(layers.AveragePooling2D(2)(inner(x)))
    )
    return keras.Model(image, layers.Dense(10, name="Conv3D")(x))


def named_like_activations():
    """Two convolutions, linear ones; what bends is in names, and in the softmax at the end."""
    import keras
    from keras import layers

    x = image = keras.Input((28, 28, 1), name="relu")
    for filters in (8, 12):
        x = layers.Conv2D(filters, 3, strides=2, padding="same", name=f"ReLU_{filters}")(x)
        x = layers.Activation("linear", name=f"Relu_{filters}")(x)
    x = layers.GlobalAveragePooling2D(name="Sigmoid")(x)
    return keras.Model(image, layers.Dense(10, activation=layers.Softmax(name="ReLU"))(x))


def written_as_operations():
    """Right, with functions where others take layers."""
    import keras
    from keras import layers, ops

    x = image = keras.Input((28, 28, 1))
    for filters in (8, 12):
        x = ops.max_pool(ops.maximum(layers.Conv2D(filters, 3, padding="same")(x), 0.0), 2)
    return keras.Model(image, layers.Dense(10)(ops.mean(x, axis=(1, 2))))


@pytest.mark.parametrize(
    ("builder", "rule"),
    [(named_like_convolutions, "few_convolutions"), (named_like_activations, "no_activation")],
)
def test_a_layer_is_what_its_class_says_not_what_it_is_called(builder, rule, sealed):
    for asked in (builder, claim(builder)):
        with pytest.raises(CheckFailed) as failed:
            check_design_rules({"my_cnn": asked}, "my_cnn", 40_000)
        assert failed.value.outcome.diagnosis.id == f"design.{rule}"


def test_operations_count_as_the_layers_that_they_stand_for(sealed):
    for asked in (written_as_operations, claim(written_as_operations)):
        check_design_rules({"my_cnn": asked}, "my_cnn", 12_000)


@pytest.mark.parametrize("good", GOOD.values(), ids=GOOD.keys())
def test_a_design_that_keeps_the_rules_passes_live_and_sealed(good, sealed):
    check_design({"my_cnn": good()}, "my_cnn", 12_000)
    check_design_rules({"my_cnn": claim(good())}, "my_cnn", 12_000)


@pytest.mark.parametrize(("rule", "broken"), BROKEN.items(), ids=BROKEN.keys())
def test_a_design_that_breaks_a_rule_is_told_which_and_why(rule, broken, sealed):
    for builder in (broken(), claim(broken())):
        with pytest.raises(CheckFailed) as failed:
            check_design_rules({"my_cnn": builder}, "my_cnn", 12_000)
        card = failed.value.outcome.diagnosis
        assert card.id == f"design.{rule}"
        assert card.belief[-1] == "."
        assert card.hint[-1] in ".?"
        assert len(card.hint) < 300


def test_no_design_is_a_next_step_and_no_crash():
    for missing in ({}, {"my_cnn": ...}, {"my_cnn": 3}):
        with pytest.raises(CheckFailed):
            check_design(missing, "my_cnn", 12_000)


def test_a_design_reads_digits_or_it_does_not(sealed):
    """Weights that know nothing read a tenth of them; within the rules, no more is asked than the share."""
    builder = GOOD["strides"]()
    zeros = [
        np.zeros(shape, np.float32)
        for shape in ((3, 3, 1, 6), 6, (3, 3, 6, 6), 6, (3, 3, 6, 12), 12, (12, 10), 10)
    ]
    share = np.mean(held_out_digits()[1] == 0)
    env = {"my_trained": claim(builder, zeros)}
    check_design_accuracy(env, "my_trained", 12_000, at_least=float(share))
    with pytest.raises(CheckFailed, match="digits that it has never seen"):
        check_design_accuracy(env, "my_trained", 12_000, at_least=0.9)
    with pytest.raises(CheckFailed, match="more than the budget"):
        check_design_accuracy(env, "my_trained", 500, at_least=0.0)


def test_what_a_design_reads_is_measured_for_a_leaderboard_only_if_it_keeps_the_rules(sealed):
    zeros = [
        np.zeros(shape, np.float32)
        for shape in ((3, 3, 1, 6), 6, (3, 3, 6, 6), 6, (3, 3, 6, 12), 12, (12, 10), 10)
    ]
    context = Judging()
    env = context.names({"my_trained": claim(GOOD["strides"](), zeros)})
    for budget in (500, 12_000):
        with pytest.raises(CheckFailed):
            check_design_accuracy(env, "my_trained", budget, at_least=0.9)
    share = float(np.mean(held_out_digits()[1] == 0))
    parameters = sum(array.size for array in map(np.asarray, zeros))
    results = gradescope.to_results(Report("a5", "A", "s", measures=tuple(context.measures)))
    assert results["leaderboard"] == [
        {"name": "accuracy with at most 12,000 parameters", "value": round(share, 4), "order": "desc"},
        {"name": "parameters", "value": parameters, "order": "asc"},
    ]
    assert validate({**results, "score": 0}) == []
    assert "leaderboard" not in gradescope.to_results(Report("a3", "A", "s"))


# Forged accuracy ----------------------------------------------------------------------------------------------


def untrained():
    """The weights of the design that keeps the rules by strides, as they are before training."""
    rng = np.random.default_rng(1)
    shapes = ((3, 3, 1, 6), 6, (3, 3, 6, 6), 6, (3, 3, 6, 12), 12, (12, 10), 10)
    return [rng.normal(0, 0.1, shape).astype(np.float32) for shape in shapes]


def test_answers_by_position_earn_nothing_and_stand_on_no_leaderboard(sealed, monkeypatch):
    """The labels of the held-out digits are public; with the constants let in, it is the drawn question that knows better."""
    from grader.sandbox import admit

    rows = np.eye(10)[held_out_digits()[1]].tolist()

    def build():
        import keras

        base = GOOD["strides"]()()
        return keras.Model(base.inputs, keras.layers.Rescaling(0.0, offset=rows)(base.outputs[0]))

    context = Judging()
    env = context.names({"my_trained": claim(build, untrained())})
    with pytest.raises(CheckFailed, match="offset holds 10,000 numbers"):
        check_design_accuracy(env, "my_trained", 12_000, 0.9)
    monkeypatch.setattr(admit, "_plain_numbers", lambda *_: [])
    with pytest.raises(CheckFailed, match="can't be asked about the digits"):
        check_design_accuracy(env, "my_trained", 12_000, 0.9)
    assert not context.measures


# Wrong networks -----------------------------------------------------------------------------------------------

CHANGED = [
    ("vgg.column_d", "vgg19"),
    ("vgg.filters_constant", "vgg16"),
    ("vgg.kernels_of_five", "vgg_digits"),
]


@pytest.mark.parametrize(("id", "name"), CHANGED)
def test_a_network_of_other_layers_is_told_its_idea_through_the_seal(id, name, sealed):
    changed = Claim(models.configuration(by_id(id), name))
    with pytest.raises(CheckFailed) as failed:
        check_parameters({name: changed}, name)
    assert [card.id for card in failed.value.outcome.candidates] == [id]
