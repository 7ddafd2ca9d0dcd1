"""The shipped weights do what their card says, and a training that was stopped leaves as much."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time

import keras
import numpy as np
import pytest

from kerasnets import data, models, training
from kerasnets.models import registry


@pytest.fixture
def few(monkeypatch):
    """Two hundred digits instead of four thousand."""
    digits = data.load()
    shorter = data.Dataset(
        digits.x_train[:200], digits.y_train[:200], digits.x_test[:50], digits.y_test[:50],
        "digits", digits.classes, digits.source,
    )  # fmt: skip
    monkeypatch.setattr(training.datasets, "load", lambda name, folder=None: shorter)
    return shorter


def test_the_shipped_lenet_has_the_accuracy_on_its_card():
    card, digits = registry.training_card("lenet5"), data.load()
    model = models.build("lenet5")
    model.set_weights(models.weights("lenet5"))
    right = training.accuracy(model, digits.x_test, digits.y_test) * 1000
    assert abs(right - card["accuracy"] * 1000) < 1.5  # one digit for another processor's last bits
    assert card["accuracy"] >= 0.97
    assert card["data"]["sha256"] == digits.sha256
    assert card["parameters"] == models.card("lenet5").parameters
    assert not card["interrupted"]
    untrained = training.accuracy(models.build("lenet5"), digits.x_test, digits.y_test)
    assert untrained < 0.5


def test_numpys_lenet_reads_the_same_digits_with_the_shipped_weights():
    """An independent oracle: the network written out in NumPy."""
    layers = pytest.importorskip("kerasnets.numpy_layers")
    digits, weights = data.load(), models.weights("lenet5")
    names = [f"{kind}{layer}" for layer in range(1, 6) for kind in "wb"]
    logits = layers.lenet_forward(dict(zip(names, weights, strict=True)), data.scaled(digits.x_test[:200]))
    model = models.build("lenet5")
    model.set_weights(weights)
    np.testing.assert_allclose(
        logits, np.asarray(model(data.scaled(digits.x_test[:200]))), rtol=1e-3, atol=1e-3
    )


def test_training_writes_weights_and_a_card_that_describes_them(few, tmp_path):
    trained = training.train(epochs=2, seed=5, out=tmp_path, progress=False)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["lenet5.json", "lenet5.npz"]
    card = json.loads((tmp_path / "lenet5.json").read_text())
    assert card == trained.card
    assert card["sha256"] == hashlib.sha256((tmp_path / "lenet5.npz").read_bytes()).hexdigest()
    assert card["keys"][0] == "00.C1.kernel"
    assert (card["seed"], card["epochs"], card["interrupted"], card["parameters"]) == (5, 2, False, 61706)
    assert {"backend", "device", "seconds", "accuracy", "command"} <= set(card)
    model = models.build("lenet5")
    model.set_weights(registry.weights("lenet5", tmp_path))
    assert training.accuracy(model, few.x_test, few.y_test) == card["accuracy"]


def test_installed_weights_are_the_reference_and_unfinished_ones_never(few, tmp_path):
    trained = training.train(epochs=1, out=tmp_path / "here", progress=False)
    package = tmp_path / "package"
    package.mkdir()
    training.install(trained, package)
    for ours, theirs in zip(
        registry.weights("lenet5", package), registry.weights("lenet5", tmp_path / "here"), strict=True
    ):
        np.testing.assert_array_equal(ours, theirs)
    unfinished = training.Trained(
        {**trained.card, "interrupted": True}, trained.card_path, trained.weights_path
    )
    with pytest.raises(ValueError, match="interrupted"):
        training.install(unfinished, package)


def test_one_seed_gives_one_file(few, tmp_path):
    files = [
        training.train(epochs=1, seed=seed, out=tmp_path / place, progress=False).weights_path.read_bytes()
        for seed, place in ((1, "a"), (1, "b"), (2, "c"))
    ]
    assert files[0] == files[1]
    assert files[0] != files[2]


def test_other_networks_take_the_size_of_the_data(few, tmp_path):
    trained = training.train("vgg_small", epochs=1, out=tmp_path, progress=False)
    assert trained.card["parameters"] == 213_994
    assert trained.weights_path.name == "vgg_small.npz"


def test_ctrl_c_leaves_weights_and_a_card_that_says_so(few, tmp_path, monkeypatch):
    fit = keras.Model.fit
    turns = []

    def interrupted(*args, **kwargs):
        turns.append(1)
        if len(turns) == 2:
            raise KeyboardInterrupt
        return fit(*args, **kwargs)

    monkeypatch.setattr(keras.Model, "fit", interrupted)
    card = training.train(epochs=9, out=tmp_path, progress=False).card
    assert (card["interrupted"], card["epochs"], card["epochs_planned"]) == (True, 1, 9)
    assert len(registry.weights("lenet5", tmp_path)) == 10


@pytest.mark.slow
def test_a_real_ctrl_c_in_a_real_process(tmp_path):
    code = f"from kerasnets import training; training.train(epochs=500, out={str(tmp_path)!r})"
    process = subprocess.Popen([sys.executable, "-c", code], env={**os.environ, "OMP_NUM_THREADS": "1"})
    time.sleep(20)
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0
    card = json.loads((tmp_path / "lenet5.json").read_text())
    assert card["interrupted"]
    assert len(registry.weights("lenet5", tmp_path)) == 10


def test_a_full_disk_leaves_the_old_files(tmp_path, monkeypatch):
    training.write(models.build("lenet5"), {"name": "lenet5"}, tmp_path)
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}

    def full(self, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_bytes", full)
    with pytest.raises(OSError, match="No space"):
        training.write(models.build("lenet5"), {"name": "lenet5"}, tmp_path)
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == before


def test_images_are_shifted_by_a_pixel_at_most_and_nothing_is_lost():
    images = np.zeros((500, 6, 6, 1), np.float32)
    images[:, 3, 2] = 1
    moved = training.shifted(images, np.random.default_rng(0))
    rows, columns = np.nonzero(moved[..., 0])[1:]
    assert moved.shape == images.shape
    assert set(zip((rows - 3).tolist(), (columns - 2).tolist(), strict=True)) == {
        (i, j) for i in (-1, 0, 1) for j in (-1, 0, 1)
    }


def test_a_wrong_number_of_epochs_is_an_error():
    with pytest.raises(ValueError, match="epochs is 0"):
        training.train(epochs=0)
