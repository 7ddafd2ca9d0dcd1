"""The zoo's networks are the papers', layer by layer; VGG's weights are never allocated here."""

import json
import subprocess
import sys

import keras
import numpy as np
import pytest

from kerasnets import blueprint, models
from kerasnets.models import registry
from kerasnets.models.vgg import VGG16, vgg


@pytest.mark.parametrize("card", models.table(), ids=lambda card: card.name)
def test_the_published_count_holds(card):
    b = blueprint.of(card.builder)
    assert b.name == card.name
    assert (b.trainable if card.trainable_only else b.parameters) == card.parameters
    assert b.input_shape == (None, *card.input)


@pytest.mark.parametrize("name", ["vgg16", "vgg19"])
def test_vgg_is_layer_by_layer_that_of_keras_applications(name):
    theirs = blueprint.of(lambda: getattr(keras.applications, name.upper())(weights=None))
    ours = blueprint.of(models.card(name).builder)

    def layers_of(b):
        return [(r.kind, r.output_shape, r.parameters, r.flops) for r in b.rows if r.kind != "Dropout"]

    assert layers_of(ours) == layers_of(theirs)
    assert [r.name for r in ours.rows if "block" in r.name] == [
        r.name for r in theirs.rows if "block" in r.name
    ]


def test_vgg16_does_the_papers_work():
    """15.5 thousand million multiply-and-adds for one image."""
    flops = blueprint.of(models.vgg16).flops
    assert flops is not None
    assert round(flops / 2 / 1e9, 1) == 15.5


def test_vgg_differs_from_its_neighbour_by_the_tuple_alone():
    b = blueprint.of(lambda: vgg((2, 2, 4, 4, 4)))
    assert b.parameters == models.card("vgg19").parameters != models.card("vgg16").parameters
    assert sum(VGG16) + 3 == 16


@pytest.mark.parametrize(
    ("options", "parameters", "after_c1", "after_s4"),
    [
        ({}, 61_706, (28, 28, 6), (5, 5, 16)),
        ({"padding": "valid"}, 61_706, (28, 28, 6), (5, 5, 16)),
        ({"padding": "valid", "input_shape": (28, 28, 1)}, 44_426, (24, 24, 6), (4, 4, 16)),
    ],
)
@pytest.mark.parametrize("form", ["1998", "modern"])
def test_lenet_by_same_and_by_valid_padding(form, options, parameters, after_c1, after_s4):
    b = blueprint.of(lambda: models.lenet5(form, **options))
    shape = {row.name: row.output_shape[1:] for row in b.rows}
    assert b.parameters == parameters
    assert (shape["C1"], shape["S4"]) == (after_c1, after_s4)


def test_the_two_forms_differ_in_activation_and_pooling_alone():
    def described(form):
        parts = [
            layer["config"] for layer in blueprint.of(lambda: models.lenet5(form)).config["config"]["layers"]
        ]
        kinds = [
            row.kind for row in blueprint.of(lambda: models.lenet5(form)).rows if row.name.startswith("S")
        ]
        return kinds, {part["name"]: part["activation"] for part in parts if "activation" in part}

    hidden = ("C1", "C3", "C5", "F6")
    assert described("1998") == (
        ["AveragePooling2D"] * 2,
        {**dict.fromkeys(hidden, "tanh"), "output": "linear"},
    )
    assert described("modern") == (
        ["MaxPooling2D"] * 2,
        {**dict.fromkeys(hidden, "relu"), "output": "linear"},
    )


def test_a_wrong_option_says_what_there_is():
    with pytest.raises(ValueError, match="'1999'; expected one of '1998', 'modern'"):
        models.lenet5("1999")
    with pytest.raises(ValueError, match="'full'; expected 'same'"):
        models.lenet5(padding="full")
    with pytest.raises(ValueError, match="'vgg17'; there are lenet5, lenet5_1998, alexnet"):
        models.build("vgg17")
    with pytest.raises(ValueError, match="at least 32×32"):
        models.vgg16(input_shape=(28, 28, 1))


def test_softmax_on_request():
    model = models.build("lenet5", softmax=True)
    np.testing.assert_allclose(np.asarray(model(np.zeros((2, 28, 28, 1)))).sum(axis=1), 1, rtol=1e-6)


def test_shipped_weights_are_those_of_the_network():
    shapes = [tuple(w.shape) for w in models.lenet5().weights]
    assert [w.shape for w in models.weights("lenet5")] == shapes
    assert all(w.dtype == np.float32 and np.isfinite(w).all() for w in models.weights("lenet5"))


def test_shipped_weights_that_were_changed_are_refused(tmp_path):
    made = registry.training_card("lenet5")
    content = bytearray((registry.WEIGHTS / made["weights"]).read_bytes())

    def shipped(content, card):
        (tmp_path / made["weights"]).write_bytes(content)
        (tmp_path / "lenet5.json").write_text(json.dumps(card))
        return registry.weights("lenet5", tmp_path)

    assert len(shipped(content, made)) == 10
    with pytest.raises(registry.BadWeights, match="shapes"):
        shipped(content, {**made, "shapes": made["shapes"][::-1]})
    content[-1000] ^= 1
    with pytest.raises(registry.BadWeights, match="SHA-256"):
        shipped(content, made)
    with pytest.raises(ValueError, match="no trained weights for 'vgg16'"):
        registry.weights("vgg16")


def test_the_registry_is_read_without_keras():
    code = "import sys; from kerasnets import models, blueprint, data; models.table(); print('keras' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"
