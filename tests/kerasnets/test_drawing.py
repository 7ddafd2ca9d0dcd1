"""What a drawing shows is what the blueprint says: every size, every weight, and no more boxes than can be read."""

import subprocess
import sys

import keras
import numpy as np
import pytest

from kerasnets import blueprint, drawing, models


def boxes(name):
    return drawing.boxes(blueprint.of(models.card(name).builder).rows)


def test_lenet_is_drawn_layer_by_layer():
    assert [(box.name, box.kind, box.shape.replace("\n", "")) for box in boxes("lenet5")] == [
        ("image", "image", "28×28×1"),
        ("C1", "convolution", "28×28×6"),
        ("S2", "pooling", "14×14×6"),
        ("C3", "convolution", "10×10×16"),
        ("S4", "pooling", "5×5×16"),
        ("C5", "dense layer", "120"),
        ("F6", "dense layer", "84"),
        ("output", "dense layer", "10"),
    ]


def test_vggs_equal_convolutions_stand_together():
    runs = [box for box in boxes("vgg16") if box.kind == "convolution"]
    assert [box.count for box in runs] == [2, 2, 3, 3, 3]
    assert runs[0].name == "block1\nconv1-2"


def test_a_deep_network_is_as_many_boxes_as_a_shallow_one():
    shallow, deep = boxes("resnet50"), boxes("resnet152")
    assert len(deep) == len(shallow) == 9
    assert [box.count for box in deep if box.kind == "residual blocks"] == [3, 8, 36, 3]
    assert deep[5].name == "conv4\nblock1-36"
    assert deep[1].name == "conv1"  # of conv1_conv


def test_an_inception_module_is_one_box_and_local_responses_are_none():
    modules = [box for box in boxes("googlenet") if box.kind == "inception modules"]
    assert [(box.name, box.channels) for box in modules] == [
        ("inception\n3a", 256),
        ("inception\n3b", 480),
        ("inception\n4a-c", 512),
        ("inception\n4d", 528),
        ("inception\n4e", 832),
        ("inception\n5a", 832),
        ("inception\n5b", 1024),
    ]
    assert not any("norm" in box.name for box in boxes("alexnet"))


@pytest.mark.parametrize("name", ["lenet5", "alexnet", "vgg16", "googlenet"])
def test_every_weight_is_in_a_box(name):
    assert sum(box.parameters for box in boxes(name)) == models.card(name).parameters


@pytest.mark.parametrize("card", models.table(), ids=lambda card: card.name)
def test_every_network_is_drawn_within_its_frame(card, tmp_path):
    from matplotlib.image import imread

    drawing.draw(blueprint.of(card.builder)).savefig(tmp_path / "drawn.png")
    ink = imread(tmp_path / "drawn.png")[..., :3].min(axis=-1) < 0.8  # (H, W)
    assert ink.mean() > 0.02
    assert not any(edge.any() for edge in (ink[0], ink[-1], ink[:, 0], ink[:, -1]))


def test_kinds_differ_in_lightness_too():
    """A grey printer's view: what stands in one picture differs by a tenth of the way from black to white."""
    from matplotlib.colors import to_rgb

    for block in ("inception modules", "residual blocks"):
        kinds = ["image", "convolution", "dense layer", "pooling", block]
        greys = sorted(np.dot(to_rgb(drawing.COLOURS[kind]), (0.299, 0.587, 0.114)) for kind in kinds)
        assert min(np.diff(greys)) > 0.1


def test_an_open_size_cannot_be_drawn():
    inputs = keras.Input((None, None, 3))
    model = keras.Model(inputs, keras.layers.Conv2D(8, 3)(inputs))
    with pytest.raises(ValueError, match="expected fixed sizes"):
        drawing.boxes(blueprint.of(model).rows)


def test_matplotlib_is_imported_by_drawing_alone():
    code = "import sys; from kerasnets import drawing; print('matplotlib' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"
