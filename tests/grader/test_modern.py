"""Assignment 6: published counts hold, branches may be written in any order, and a wrong branch is told which and why."""

import importlib.util
import math
import re
import sys

import numpy as np
import pytest

from grader import cnnchecks
from grader.auditing.empty_answers import Claim
from grader.auditing.questions import function_of
from grader.building.build import assemble
from grader.building.source import Source
from grader.cnnchecks.check_models import check_model, model_outcome
from grader.cnnchecks.context import Context, Names
from grader.cnnchecks.fixtures import FixtureOracle
from grader.cnnchecks.follow import _sources, first_difference, first_images
from grader.cnnchecks.models import LiveModels, as_listed, weighted_rows
from grader.cnnchecks.outcome import CheckFailed
from grader.judge import narrow_copy
from grader.judge.ask import check_model_drawn
from grader.judge.context import Judging
from grader.judge.fixtures import RecordingOracle
from grader.judge.models import check_narrow_copy, check_parameters
from grader.judge.oracle import LiveOracle
from grader.judge.reference import REFERENCE, ReferenceModel
from grader.sandbox.evaluator import activations, describe
from grader.tasks.catalogue import GRIDS, by_id, for_function
from grader.tasks.modern.inception.module import INCEPTION
from grader.tasks.network_shapes import counts_of, trained_of
from grader.tasks.networks import CHANGES, chain, configuration, layers_of, model_config, taking
from grader.tasks.numpy_networks import run_chain
from kerasnets import blueprint, numpy_layers
from kerasnets.models import alexnet, registry, resnet34, resnet152, vgg16
from kerasnets.models.blocks import inception_module
from tests.conftest import ROOT

BRANCHING = ("inception_naive", "inception_reduced", "residual_identity", "residual_projection")
MASTER = ROOT / "solutions" / "a6_modern_architectures" / "a6_modern_architectures.py"


def given(name, seed=5):
    """Weights in the network's own order, and maps."""
    return GRIDS[name]["random"][0].draw(np.random.default_rng(seed))[0]


# The right answers ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("reductions", "published"), [(True, 163_696), (False, 387_296)])
def test_inception_3a_has_as_many_parameters_as_keras_counts(reductions, published):
    import keras

    filters = (64, 96, 128, 16, 32, 32)

    def module():
        x = keras.Input((28, 28, 192))
        return keras.Model(x, inception_module(x, filters, "3a", reductions))

    assert REFERENCE["inception_parameters"](192, filters, reductions) == published
    assert blueprint.of(module).parameters == published


def test_the_first_branch_of_five_needs_a_tenth_with_its_reduction():
    import keras

    def branch(*convolutions):
        x = keras.Input((28, 28, 192))
        return keras.Sequential([x, *(keras.layers.Conv2D(n, k, padding="same") for n, k in convolutions)])

    with_it, without = (
        blueprint.of(lambda: branch((16, 1), (32, 5))).parameters,
        blueprint.of(lambda: branch((32, 5))).parameters,
    )
    assert (without, with_it) == (153_632, 15_920)
    assert REFERENCE["reduction_saving"](5, 192, 16, 32) == without - with_it


def test_the_last_layer_of_vgg16_has_as_many_parameters_as_the_text_says():
    last = blueprint.of(vgg16).rows[-1]
    assert (last.kind, last.output_shape[-1], last.parameters) == ("Dense", 1000, 4_097_000)
    assert REFERENCE["output_units"](4096, last.parameters) == 1000


def test_whole_resnets_have_as_many_as_keras_counts():
    count = REFERENCE["resnet_parameters"]
    assert count((2, 2, 2, 2), False) == 11_689_512  # the 11 M of lecture 2's ResNet-152
    assert count((3, 4, 6, 3), False) == blueprint.of(resnet34).trainable
    assert (
        count((3, 8, 36, 3), True) == blueprint.of(lambda: resnet152(use_bias=False)).trainable == 60_192_808
    )


@pytest.mark.parametrize(("size", "padding"), [(227, "valid"), (224, "same")])
def test_alexnets_sizes_are_those_of_keras(size, padding):
    plan = blueprint.of(alexnet) if padding == "valid" else None
    rows = plan.to_dict()["rows"] if plan else model_config("alexnet")["rows"]
    maps = [tuple(row["output_shape"][1:]) for row in rows if row["kind"] in ("Conv2D", "MaxPooling2D")]
    sizes = REFERENCE["alexnet_activation_sizes"](size, padding)
    names = ("conv1", "pool1", "conv2", "pool2", "conv3", "conv4", "conv5", "pool5")
    assert [sizes[name] for name in names] == maps
    assert sizes["flat"] == (9216,)


def test_the_mean_of_class_maps_is_the_score():
    rng = np.random.default_rng(1)
    maps, w, b = rng.normal(size=(2, 3, 5, 4)), rng.normal(size=(4, 6)), rng.normal(size=6)
    scores = numpy_layers.dense_forward(numpy_layers.global_avg_pool2d_forward(maps), w, b)
    np.testing.assert_allclose(REFERENCE["class_maps"](maps, w, b).mean(axis=(1, 2)), scores)


def test_a_sure_network_outweighs_two_that_hesitate():
    probabilities = np.array([[[0.6, 0.4]], [[0.55, 0.45]], [[0.1, 0.9]]])  # 1.25 : 1.75
    assert REFERENCE["ensemble_predictions"](probabilities).tolist() == [1]


def test_the_table_of_errors_is_that_of_the_zoos_cards():
    """Every error of one network, and of the ensembles that took part, as the papers have it."""
    text = MASTER.read_text()
    rows = [
        [cell.strip() for cell in line.strip("# |\n").split("|")]
        for line in text.splitlines()
        if line.startswith("# | 20")
    ]
    told = {(row[1].split(",")[0], float(row[5])) for row in rows}
    names = {"alexnet": "AlexNet", "vgg16": "VGG16", "vgg19": "VGG19", "googlenet": "GoogLeNet", "resnet34": "ResNet-34",
             "resnet50": "ResNet-50", "resnet101": "ResNet-101", "resnet152": "ResNet-152"}  # fmt: skip
    for card in registry.table():
        for top5 in card.top5:
            family = {"vgg": "VGG", "resnet": "ResNet"}.get(card.family, names.get(card.name, ""))
            alone = top5.of.startswith("1 network")
            assert (names[card.name] if alone else family, top5.percent) in told, (card.name, top5)
    assert {28.2, 25.8, 11.7, 5.1} <= {error for _, error in told}


def test_the_counts_in_the_text_are_the_zoos():
    text, parameters = MASTER.read_text(), {card.name: card.parameters for card in registry.CARDS}
    # the second is VGG's first dense layer
    alone, first = parameters["alexnet_single_tower"], REFERENCE["dense_parameters"](7 * 7 * 512, 4096)
    assert f"{alone / 1e6:.0f} million parameters would take {4 * alone / 1e6:.0f} MB" in text
    assert f"the {first / 1e6:.0f} million" in text
    assert f"{1 - parameters['googlenet'] / parameters['vgg19']:.2f}" == "0.95"  # nineteen of twenty


def test_the_modules_in_the_text_and_what_stands_around_them_are_googlenet(capsys):
    text = MASTER.read_text()
    table = re.search(r"^GOOGLENET = .*?^}", text, re.MULTILINE | re.DOTALL)
    sum_up = re.search(r"^channels, counts = 192, \[.*?(?=\n# %%)", text, re.MULTILINE | re.DOTALL)
    exec(f"{table[0]}\n{sum_up[0]}", dict(REFERENCE))
    assert capsys.readouterr().out.startswith(f"{registry.card('googlenet').parameters:,} parameters")


# The lectures' slips -----------------------------------------------------------------------------------------

FOUND = [  # what a question asks for, what is right, and wrong answers with the idea that each is told
    ("q3", "saved_by_reduction", 137_712, {
        -137_712: "inception.saving_the_wrong_way_round",
        -3_088: "inception.reductions_stand_beside",  # the 1x1 only adds, as lecture 3 says
        140_800: "inception.reductions_are_free",
        137_728: "inception.bias_forgotten",
        15_920: None,
        153_632: None,
    }),
    ("q6", "resnet_152", 60_192_808, {11_689_512: None, 11_000_000: None}),
    ("q9", "ilsvrc_classes", 1000, {10_000: "tables.ten_times_the_classes", 1001: None, 4096: None}),
]  # fmt: skip


@pytest.fixture(scope="module")
def source(the_course):
    return Source(the_course, the_course.assignments["a6_modern_architectures"])


@pytest.mark.parametrize(("question", "name", "right", "wrong"), FOUND, ids=[row[1] for row in FOUND])
def test_a_slip_is_found_by_the_student(source, monkeypatch, question, name, right, wrong):
    monkeypatch.setitem(sys.modules, "cnnchecks", cnnchecks)  # what a case imports
    (asked,) = [one for one in source.questions if one.name == question]
    form, value = (
        function_of(
            next(test.source for test in asked.tests if name in test.source and test.hidden is hidden)
        )
        for hidden in (False, True)
    )
    value({name: right})
    for answer, idea in wrong.items():
        form({name: answer})  # says nothing of the value
        with pytest.raises(CheckFailed) as failed:
            value({name: answer})
        told = failed.value.outcome.diagnosis
        assert (told.id if told else None) == idea, answer
    for nothing in ({}, {name: ...}):
        with pytest.raises(CheckFailed):
            form(nothing)
        with pytest.raises(CheckFailed):
            value(nothing)


def test_no_slip_is_corrected_in_the_students_folder(source):
    files = assemble(source).student
    texts = {name: data.decode() for name, data in files.items() if name.endswith((".ipynb", ".py"))}
    for given_away in (*(f"{n}" for n in (137712, 153632, 15920, 60192808)), "137,712", "153,632", "15,920", "60,192,808",
                       "1,000 classes", "1,000** classes", "1000 classes"):  # fmt: skip
        assert not [name for name, text in texts.items() if given_away in text], given_away
    text = texts["a6_modern_architectures.ipynb"]
    assert "10,000 classes" in text
    assert "it adds parameters" in text
    assert "4,096 numbers and has 4,097,000 parameters" in text  # and from this it follows


def test_the_table_in_the_code_is_the_table_in_the_text():
    text = MASTER.read_text()
    listed = re.findall(r'^    \("([^"]+)", (\d+), (\d), (True|False), ([\d.]+)\),$', text, re.MULTILINE)
    assert len(listed) == 13
    for name, depth, networks, on_test, error in listed:
        images = "test" if on_test == "True" else "validation"
        rows = [
            line
            for line in text.splitlines()
            if line.startswith("# | 20")
            and f"| {networks} | {images} | {float(error):g}" in line.replace("4.60", "4.6")
        ]
        assert rows, (name, depth, error)


# One network, written in several ways -----------------------------------------------------------------------


def accepted(stem):
    path = ROOT / "tests" / "accepted" / "models" / f"{stem}.py"
    spec = importlib.util.spec_from_file_location(f"modern_{stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("stem", ["branches", "branches_in_classes"])
@pytest.mark.parametrize("name", BRANCHING)
def test_branches_may_be_written_in_any_order(name, stem):
    env = {name: getattr(accepted(stem), name)}
    for seed in (b"ada", b"bob"):
        check_model_drawn(Judging(seed=seed).names(env), name, "random")
    check_parameters(env, name)


# A network too large to be run -------------------------------------------------------------------------------


def alexnet_of(relu, pooling, flatten, **last):
    """A builder of assignment 6's AlexNet, its activations layers of their own."""
    import keras
    from keras import layers

    def builder():
        x = image = keras.Input((224, 224, 3))
        for filters, size, strides, pooled in (
            (96, 11, 4, 1),
            (256, 5, 1, 1),
            (384, 3, 1, 0),
            (384, 3, 1, 0),
            (256, 3, 1, 1),
        ):
            x = relu()(layers.Conv2D(filters, size, strides, padding="same")(x))
            x = pooling(3, strides=2)(x) if pooled else x
        x = flatten()(x)
        for _ in range(2):
            x = layers.Dropout(0.5)(relu()(layers.Dense(4096)(x)))
        return keras.Model(image, layers.Dense(1000, **last)(x))

    return builder


def ask_narrow(builder, seed=b"ada"):
    check_narrow_copy(Judging(seed=seed).names({"alexnet": builder}), "alexnet")


def test_a_narrow_copy_of_alexnet_has_its_layers_and_a_hundredth_of_its_weights():
    wide, narrow = layers_of("alexnet"), narrow_copy.narrowed(layers_of("alexnet"))
    assert [part["class_name"] for part in wide] == [part["class_name"] for part in narrow]
    assert counts_of(wide)["maps"].tolist() == counts_of(narrow)["maps"].tolist()
    assert counts_of(wide)["weights"].sum() == 62_378_344
    assert counts_of(narrow)["weights"].sum() < 623_783
    assert layers_of("alexnet")[-1]["config"]["units"] == 1000, "the wide one stays as it is"


def test_alexnet_written_in_other_words_computes_the_same():
    from keras import layers, ops

    for flatten in (
        layers.Flatten,
        lambda: layers.Reshape((9216,)),
        lambda: lambda x: ops.reshape(x, (-1, 9216)),
    ):
        for seed in (b"ada", b"bob"):
            ask_narrow(alexnet_of(layers.ReLU, layers.MaxPooling2D, flatten), seed)


@pytest.mark.parametrize(
    ("wrong", "change"), narrow_copy.WRONG, ids=[wrong.card.id for wrong, _ in narrow_copy.WRONG]
)
def test_a_network_of_the_right_weights_is_told_what_else_it_computes(wrong, change):
    layers = change(layers_of("alexnet"))
    check_parameters({"alexnet": Claim(chain(layers))}, "alexnet")
    for seed in (b"ada", b"bob"):
        with pytest.raises(CheckFailed) as failed:
            ask_narrow(Claim(chain(layers)), seed)
        assert failed.value.outcome.candidates == (wrong.card,)


@pytest.mark.parametrize("activation", ["ReLU", "Identity"])
def test_an_alexnet_of_which_no_narrow_copy_can_be_made_fails_in_words(activation):
    """Not even a right one passes unseen: with linear layers it would be the same model to count."""
    from keras import Sequential, layers

    def in_one_row():
        return Sequential([layers.Flatten(), layers.Reshape((9216, 1)), layers.Reshape((9216,))])

    builder = alexnet_of(getattr(layers, activation), layers.MaxPooling2D, in_one_row)
    check_parameters({"alexnet": builder}, "alexnet")
    with pytest.raises(CheckFailed, match=r"can't be seen: a copy .* What stands in the way: ") as failed:
        ask_narrow(builder)
    assert not failed.value.outcome.candidates


def test_an_alexnet_that_tells_its_narrow_copy_by_the_number_of_channels_fails():
    """Only as many channels are bent as a narrow copy has: it would answer as the right one, and the whole one is linear."""
    from keras import layers

    def few():
        def bend(x):
            first, channels = [slice(None)] * (len(x.shape) - 1), x.shape[-1] // narrow_copy.BY
            bent, others = x[(*first, slice(0, channels))], x[(*first, slice(channels, None))]
            return layers.Concatenate()([layers.ReLU()(bent), others])

        return bend

    builder = alexnet_of(few, layers.MaxPooling2D, layers.Flatten)
    check_parameters({"alexnet": builder}, "alexnet")
    with pytest.raises(CheckFailed, match="What stands in the way: a layer of the kind GetItem"):
        ask_narrow(builder)


def test_a_softmax_on_the_scores_is_found_though_no_idea_names_it():
    from keras import layers

    builder = alexnet_of(layers.ReLU, layers.MaxPooling2D, layers.Flatten, activation="softmax")
    check_parameters({"alexnet": builder}, "alexnet")
    with pytest.raises(CheckFailed, match="also of the last layer") as failed:
        ask_narrow(builder)
    assert not failed.value.outcome.candidates


def test_other_layers_are_told_as_in_the_whole_network():
    change = CHANGES["models.alexnet_without_padding", "alexnet/layers"][0]
    with pytest.raises(CheckFailed) as failed:
        ask_narrow(Claim(chain(change(layers_of("alexnet")))))
    assert failed.value.outcome.diagnosis.id == "models.alexnet_without_padding"


@pytest.mark.parametrize("name", BRANCHING)
def test_it_is_computed_without_keras_as_keras_does(name):
    weights, x = given(name)
    assert np.abs(run_chain(layers_of(name), weights, x)).max() > 0.1
    np.testing.assert_allclose(
        run_chain(layers_of(name), weights, x), ReferenceModel(name)(weights, x), rtol=1e-4, atol=1e-4
    )


def test_keras_lists_the_same_block_in_two_ways_and_one_order_is_its_own():
    plans = [
        blueprint.of(accepted(stem).residual_projection).to_dict()
        for stem in ("branches", "branches_in_classes")
    ]
    plans.append(model_config("residual_projection"))
    listed = {tuple(row["parameters"] for row in plan["rows"] if row["parameters"]) for plan in plans}
    own = {tuple(row["parameters"] for row in weighted_rows(plan)) for plan in plans}
    assert len(listed) > 1
    assert own == {(540, 40, 60, 900, 40, 40)}


def test_a_layer_that_is_called_twice_leaves_keras_own_order():
    import keras
    from keras import layers

    def shared():
        x = keras.Input((4, 4, 2))
        twice = layers.Conv2D(2, 1)
        return keras.Model(x, layers.Add()([twice(x), twice(twice(x))]))

    plan = blueprint.of(shared).to_dict()
    assert [row["parameters"] for row in weighted_rows(plan)] == [6]
    assert as_listed(plan, [1, 2]) != []


def test_zoos_networks_are_in_keras_order_already():
    for name in ("lenet5", "vgg_small", "googlenet_small", "resnet_small"):
        plan = blueprint.of(registry.card(name).builder).to_dict()
        assert weighted_rows(plan) == [row for row in plan["rows"] if row["parameters"]]


# Wrong ones --------------------------------------------------------------------------------------------------


WAYS = [
    (idea.card.id, name, about, way)
    for name in BRANCHING
    for about in ("", "/layers", "/trainable")
    for idea in for_function(name + about)
    for way in range(len(CHANGES[idea.card.id, name + about]))
]


@pytest.mark.parametrize(("id", "name", "about", "way"), WAYS, ids=lambda part: str(part))
def test_a_wrong_network_is_told_its_idea_through_the_seal_and_counted_as_keras_counts(
    id, name, about, way, sealed
):
    layers = CHANGES[id, name + about][way](layers_of(name))
    plan = describe(chain(layers))
    rows, counts = weighted_rows(plan), counts_of(layers)
    assert counts["weights"].tolist() == [row["parameters"] for row in rows]
    assert counts["maps"].tolist() == [math.prod(row["output_shape"][1:-1]) for row in rows]
    assert trained_of(layers).tolist() == [row["trainable"] for row in rows]
    outcome = model_outcome({name: Claim(chain(layers))}, name, given(name), {}, LiveOracle())
    assert not outcome.passed
    assert id in [card.id for card in outcome.candidates] or "takes images of shape" in outcome.message


LINEAR = ": what it adds up is right, but no activation follows"
FIRST = {  # of a wrong idea: the first layer that differs, and what is right
    ("inception.reductions_linear", "inception_reduced"): f"number 3 (Conv2D){LINEAR}",
    ("inception.pooling_of_two", "inception_reduced"): "number 1 (MaxPooling2D)",
    ("inception.pooling_left_out", "inception_reduced"): "number 6 (Conv2D)",
    ("residual.added_to_itself", "residual_identity"): "number 6 (Add); what goes into it is right",
    ("residual.relu_before_the_sum", "residual_identity"): "number 6 (Activation); what goes into it is right",
    ("residual.stride_on_the_second", "residual_projection"): "number 1 (Conv2D)",
    ("residual.shortcut_pools", "residual_projection"): "number 4 (MaxPooling2D)",
    ("residual.no_relu_behind_the_sum", "residual_projection"): f"number 8 (Add){LINEAR}",
}  # fmt: skip


def followed_to(config, name):
    plan = blueprint.of(lambda: LiveModels()._model(config)).to_dict()
    weights, x = first_images(given(name))
    layers = activations(config, as_listed(plan, weights), x)
    answer = LiveOracle().answer(f"{name}/stages", (weights, x), {})
    return first_difference(layers, answer, True, _sources(plan, [layer[0] for layer in layers]))


@pytest.mark.parametrize(("id", "name"), FIRST, ids=lambda part: part)
def test_a_wrong_branch_is_followed_to_where_it_begins(id, name):
    said = followed_to(configuration(by_id(id), name), name)
    assert said == f"the first layer whose output differs is {FIRST[id, name]}"


@pytest.mark.parametrize("name", BRANCHING)
@pytest.mark.parametrize("stem", ["branches", "branches_in_classes"])
def test_a_right_one_has_nothing_to_follow(name, stem):
    plan = blueprint.of(getattr(accepted(stem), name)).to_dict()
    assert followed_to(plan["config"], name) == ""


def test_a_mistake_that_no_idea_explains_is_followed_all_the_same(sealed):
    swapped = taking(
        inception_output=("inception_1x1", "inception_3x3", "inception_pool_proj", "inception_5x5")
    )
    config = chain(swapped(layers_of("inception_reduced")))
    outcome = model_outcome(
        {"inception_reduced": Claim(config)},
        "inception_reduced",
        given("inception_reduced"),
        {},
        LiveOracle(),
    )
    assert not outcome.passed


def test_the_fixtures_follow_a_branch_in_a_students_folder(tmp_path):
    name = "inception_reduced"
    recording = RecordingOracle()
    weights, x = given(name)
    assert model_outcome(REFERENCE, name, (weights, x), {}, recording).passed
    recording.save(tmp_path / "fixtures.npz")

    def linear_five():
        import keras
        from keras import layers

        one, reduce3, three, reduce5, five, projection = INCEPTION
        maps = keras.Input((8, 8, 16))

        def convolve(x, filters, size, activation="relu"):
            return layers.Conv2D(filters, size, padding="same", activation=activation)(x)

        branches = [
            convolve(maps, one, 1), convolve(convolve(maps, reduce3, 1), three, 3),
            convolve(convolve(maps, reduce5, 1), five, 5, activation=None),
            convolve(layers.MaxPooling2D(3, 1, "same")(maps), projection, 1),
        ]  # fmt: skip
        return keras.Model(maps, layers.Concatenate()(branches))

    env = Names({name: linear_five}, Context(FixtureOracle(tmp_path / "fixtures.npz")))
    with pytest.raises(
        CheckFailed,
        match=r"is number \d, `conv2d_\d` \(Conv2D\): what it adds up is right, but no activation",
    ):
        check_model(env, name, weights, x)
