"""AlexNet, GoogLeNet, ResNet and the small networks, against the papers, TensorFlow and keras.applications."""

from collections.abc import Iterator
from functools import cache, partial

import keras
import numpy as np
import pytest

from kerasnets import blueprint, models
from kerasnets.models import blocks
from kerasnets.models.alexnet import ALEXNET
from kerasnets.models.googlenet import GOOGLENET
from kerasnets.models.resnet import PLAIN, resnet

SMALL = ("alexnet_small", "vgg_small", "googlenet_small", "resnet_small")


@cache
def zoo(name: str) -> blueprint.Blueprint:
    return blueprint.of(models.card(name).builder)


def row(b: blueprint.Blueprint, name: str) -> blueprint.Row:
    (found,) = (row for row in b.rows if row.name == name)
    return found


# ---- the same outputs as keras.applications ----


def randomized(model: keras.Model, seed: int) -> keras.Model:
    """Kernels stay as drawn; scales and variances become numbers about 1, biases, shifts and means small ones."""
    random = np.random.default_rng(seed)
    for weight in model.weights:
        if weight.name in ("gamma", "moving_variance"):
            weight.assign(random.uniform(0.5, 1.5, weight.shape))
        elif weight.name != "kernel":
            weight.assign(random.normal(0, 0.1, weight.shape))
    return model


def give_weights(theirs: keras.Model, ours: keras.Model) -> None:
    for layer in theirs.layers:
        if layer.weights:
            ours.get_layer({"predictions": "output"}.get(layer.name, layer.name)).set_weights(
                layer.get_weights()
            )


@pytest.mark.parametrize(
    ("application", "size"),
    [
        ("VGG16", 32),
        ("VGG19", 32),
        ("ResNet50", 64),
        pytest.param("ResNet101", 64, marks=pytest.mark.slow),
        pytest.param("ResNet152", 64, marks=pytest.mark.slow),
    ],
)
def test_the_weights_of_keras_applications_give_its_outputs(application, size):
    keras.utils.set_random_seed(3)
    options = {"input_shape": (size, size, 3), "classes": 10}
    application_of = getattr(keras.applications, application)
    theirs = randomized(application_of(weights=None, classifier_activation=None, **options), seed=5)
    ours = models.build(application.lower(), **options)
    images = np.random.default_rng(7).uniform(-128, 128, (2, size, size, 3)).astype("float32")
    expected = np.asarray(theirs(images, training=False))
    tolerance = {"rtol": 0, "atol": 1e-4 * np.abs(expected).max()}
    assert np.ptp(expected, axis=0).max() > 10 * tolerance["atol"]  # the two images are told apart
    assert not np.allclose(ours(images, training=False), expected, **tolerance)
    give_weights(theirs, ours)
    np.testing.assert_allclose(ours(images, training=False), expected, **tolerance)


@pytest.mark.parametrize("name", ["resnet50", "resnet101", "resnet152"])
def test_resnet_is_layer_by_layer_that_of_keras_applications(name):
    theirs = blueprint.of(lambda: getattr(keras.applications, name.replace("resnet", "ResNet"))(weights=None))
    ours = zoo(name)

    def layers_of(b):
        return {r.name: (r.kind, r.output_shape, r.parameters, r.flops) for r in b.rows[1:-1]}

    assert layers_of(ours) == layers_of(theirs)


@pytest.mark.parametrize(
    ("name", "torchvision"),
    [("resnet50", 25_557_032), ("resnet101", 44_549_160), ("resnet152", 60_192_808)],
)
def test_without_biases_the_bottlenecks_have_torchvisions_count_too(name, torchvision):
    assert blueprint.of(partial(models.build, name, use_bias=False)).trainable == torchvision


# ---- what the papers say ----


def heads(layer: dict) -> Iterator[str]:
    """The names of the layers whose outputs a layer takes, from the configuration's nested lists."""
    pending = [layer["inbound_nodes"]]
    while pending:
        part = pending.pop()
        if isinstance(part, dict) and "keras_history" in part:
            yield part["keras_history"][0]
        elif isinstance(part, dict | list | tuple):
            pending.extend(part.values() if isinstance(part, dict) else part)


def depth(b: blueprint.Blueprint) -> int:
    """The most weight layers on a path from input to output; batch normalisations aren't counted."""
    passed: dict[str, int] = {}
    for layer in b.config["config"]["layers"]:
        weighs = layer["class_name"] in blueprint.KERNEL_LAYERS
        passed[layer["name"]] = max((passed[name] for name in heads(layer)), default=0) + weighs
    return max(passed.values())


@pytest.mark.parametrize("card", models.table(), ids=lambda card: card.name)
def test_a_card_tells_the_depth(card):
    assert depth(zoo(card.name)) == card.depth


@pytest.mark.parametrize(
    ("name", "thousand_millions"),
    [("resnet18", 1.8), ("resnet34", 3.6), ("resnet50", 3.8), ("resnet101", 7.6), ("resnet152", 11.3)],
)
def test_resnets_do_the_papers_work(name, thousand_millions):
    """Multiply-and-adds for one image: table 1 of the paper, which leaves out the convolutions on shortcuts."""
    flops = zoo(name).flops
    assert flops is not None
    assert flops / 2 / 1e9 == pytest.approx(thousand_millions, rel=0.025)


def test_a_groups_filter_sees_half_of_the_channels():
    two, one = zoo("alexnet"), zoo("alexnet_single_tower")
    for number in (2, 4, 5):
        line, name = ALEXNET[number - 1], f"conv{number}"
        assert row(two, name).parameters - line.filters == (row(one, name).parameters - line.filters) / 2
    assert [row(two, f"conv{n}").output_shape[1:3] for n in range(1, 6)] == [
        (size, size) for size in (55, 27, 13, 13, 13)
    ]


def test_local_responses_are_normalised_as_tensorflow_does():
    import tensorflow as tf

    x = np.random.default_rng(1).normal(0, 100, (2, 3, 4, 7)).astype("float32")
    expected = tf.nn.local_response_normalization(x, depth_radius=2, bias=2.0, alpha=1e-4, beta=0.75)
    inputs = keras.Input(x.shape[1:])
    model = keras.Model(inputs, blocks.local_response_normalization(inputs, "norm1"))
    np.testing.assert_allclose(np.asarray(model(x)), expected, rtol=1e-5)
    assert np.abs(np.asarray(model(x)) - x / 2**0.75).max() > 1  # the neighbours do matter


def test_a_reduction_saves_nine_of_ten_weights():
    """The first 5×5 branch: 5·5·192·32 + 32 weights, or 192·16 + 16 and 5·5·16·32 + 32 of them."""
    naive = blueprint.of(lambda: models.googlenet(reductions=False))
    reduced = zoo("googlenet")
    assert row(naive, "inception_3a_5x5").parameters == 153_632
    branch = [row(reduced, f"inception_3a_5x5{part}").parameters for part in ("_reduce", "")]
    assert sum(branch) == 15_920
    assert row(naive, "inception_3a_output").output_shape[-1] == 64 + 128 + 32 + 192


def test_googlenets_modules_are_as_wide_as_the_papers_table_says():
    b = zoo("googlenet")
    names = [f"{number}{letter}" for number, many in ((3, "ab"), (4, "abcde"), (5, "ab")) for letter in many]
    shapes = [row(b, f"inception_{name}_output").output_shape[1:] for name in names]
    assert [shape[-1] for shape in shapes] == [256, 480, 512, 512, 512, 528, 832, 832, 1024]
    assert [shape[0] for shape in shapes] == [28] * 2 + [14] * 5 + [7] * 2
    assert sum(map(len, GOOGLENET)) == len(names)


def test_the_auxiliary_heads_are_two_further_outputs():
    b = blueprint.of(lambda: models.googlenet(auxiliary=True))
    assert b.parameters == 13_378_280
    assert b.output_shape == ((None, 1000),) * 3
    assert row(b, "auxiliary1_pool").output_shape == (None, 4, 4, 512)
    assert row(b, "auxiliary2_pool").output_shape == (None, 4, 4, 528)


@pytest.mark.parametrize(("blocks_each", "million"), [(3, 0.27), (5, 0.46), (7, 0.66), (9, 0.85), (18, 1.7)])
def test_the_papers_networks_for_cifar10_are_options_of_ours(blocks_each, million):
    """Its table 6, ResNet-20 to ResNet-110. Its shortcuts have no weights; ours add 2,560 and their normalisation."""
    b = blueprint.of(
        lambda: resnet(
            (PLAIN, (blocks_each,) * 3), (16, 32, 64), small_images=True, input_shape=(32, 32, 3), classes=10
        )
    )
    assert b.trainable / 1e6 == pytest.approx(million, abs=0.035)
    assert depth(b) == 6 * blocks_each + 2


# ---- small images ----


@pytest.mark.parametrize("shape", [(28, 28, 1), (32, 32, 3)], ids=["28x28x1", "32x32x3"])
@pytest.mark.parametrize("name", SMALL)
def test_small_networks_take_digits_and_photographs(name, shape):
    model = models.build(name, input_shape=shape)
    assert model.count_params() < 1_000_000
    logits = np.asarray(model(np.random.default_rng(0).uniform(0, 1, (3, *shape))))
    assert logits.shape == (3, 10)
    assert np.isfinite(logits).all()
    assert np.ptp(logits, axis=0).max() > 0


def test_images_too_small_for_alexnet_are_refused_in_a_sentence():
    assert blueprint.of(lambda: models.alexnet(input_shape=(67, 67, 3))).output_shape == (None, 1000)
    with pytest.raises(ValueError, match=r"images are 66×67.*expected at least 67×67"):
        models.alexnet(input_shape=(66, 67, 3))
    with pytest.raises(ValueError, match="at least 15×15"):
        models.alexnet_small(input_shape=(14, 14, 1))


@pytest.mark.parametrize("name", ["lenet5", *SMALL])
def test_softmax_is_an_option_of_each_family(name):
    activations = [
        blueprint.of(partial(models.build, name, softmax=softmax)).config["config"]["layers"][-1]["config"]
        for softmax in (False, True)
    ]
    assert [layer["activation"] for layer in activations] == ["linear", "softmax"]
