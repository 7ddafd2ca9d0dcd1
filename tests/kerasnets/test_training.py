"""The shipped weights do what their card says, and a training that was stopped leaves as much."""

import hashlib
import json
import os
import re
import signal
import subprocess
import sys

import keras
import numpy as np
import pytest
from click.testing import CliRunner

from grader.cli import cli
from kerasnets import blueprint, data, models, training
from kerasnets.models import registry
from kerasnets.recipes import RECIPES, Recipe


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


def learn(out, name="lenet5", **options):
    return training.train(name, **{"data": "digits", "epochs": 1, "out": out, **options})


def test_training_writes_weights_and_a_card_that_describes_them(few, tmp_path):
    trained = learn(tmp_path, epochs=2, seed=5)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["lenet5.json", "lenet5.npz"]
    card = json.loads((tmp_path / "lenet5.json").read_text())
    assert card == trained.card
    assert card["sha256"] == hashlib.sha256((tmp_path / "lenet5.npz").read_bytes()).hexdigest()
    assert card["keys"][0] == "00.C1.kernel"
    assert (card["seed"], card["epochs"], card["interrupted"], card["parameters"]) == (5, 2, False, 61706)
    assert card["command"] == "kerasnets train lenet5 --data digits --epochs 2 --seed 5"
    assert {"backend", "device", "seconds", "top5_error"} <= set(card)
    assert card["flops"] == blueprint.of(models.build("lenet5")).flops
    assert len(card["history"]["loss"]) == 2
    model = models.build("lenet5")
    model.set_weights(registry.weights("lenet5", tmp_path))
    found = training.scores(model, few.x_test, few.y_test)
    assert (found["accuracy"], found["confusion"]) == (card["accuracy"], card["confusion"])


def test_scores_by_hand():
    logits = np.array([[9, 1, 2, 3, 4, 5], [0, 9, 1, 1, 1, 1], [0, 5, 4, 3, 2, 1]], float)
    found = training.scores_of(logits, np.array([0, 2, 0]))
    assert found["accuracy"] == 1 / 3
    assert found["top5_error"] == 1 / 3  # the last one's class has the smallest logit
    assert found["confusion"][2] == [0, 1, 0, 0, 0, 0]
    assert found["confusion"][0] == [1, 1, 0, 0, 0, 0]


def test_installed_weights_are_the_reference_and_unfinished_ones_never(few, tmp_path):
    trained = learn(tmp_path / "here")
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


@pytest.mark.slow
def test_one_seed_gives_one_file(few, tmp_path):
    files = [
        learn(tmp_path / place, seed=seed).weights_path.read_bytes()
        for seed, place in ((1, "a"), (1, "b"), (2, "c"))
    ]
    assert files[0] == files[1]
    assert files[0] != files[2]


def test_other_networks_take_the_size_of_the_data(few, tmp_path):
    trained = learn(tmp_path, "vgg_small")
    assert trained.card["parameters"] == 214_954
    assert trained.weights_path.name == "vgg_small.npz"


def stopping_after(epochs):
    def told(progress):
        if progress.epoch == epochs:
            raise KeyboardInterrupt

    return told


def test_ctrl_c_leaves_weights_and_a_card_that_says_so(few, tmp_path):
    card = learn(tmp_path, epochs=9, told=stopping_after(1)).card
    assert (card["interrupted"], card["epochs"], card["recipe"]["epochs"]) == (True, 1, 9)
    assert len(registry.weights("lenet5", tmp_path)) == 10


@pytest.mark.slow
def test_a_training_that_was_stopped_twice_ends_with_the_same_bytes(few, tmp_path):
    at_once = learn(tmp_path / "once", "vgg_small", epochs=3).weights_path.read_bytes()  # with dropout
    for stop in (stopping_after(1), stopping_after(2), stopping_after(9)):
        stopped = learn(tmp_path / "parts", "vgg_small", epochs=3, told=stop)
    assert stopped.weights_path.read_bytes() == at_once
    assert len(stopped.card["history"]["loss"]) == 3
    assert not list((tmp_path / "parts").glob("*unfinished*"))


@pytest.mark.slow
def test_a_seed_that_is_done_is_not_trained_again(few, tmp_path):
    at_once = learn(tmp_path / "once", seeds=2).weights_path.read_bytes()

    def stop_in_the_second(progress):
        if progress.seed == 1:
            raise KeyboardInterrupt

    assert learn(tmp_path / "parts", seeds=2, told=stop_in_the_second).card["interrupted"]
    told = []
    trained = learn(tmp_path / "parts", seeds=2, told=told.append)
    assert told == []  # both were at the end of their only epoch
    assert trained.weights_path.read_bytes() == at_once
    assert len(trained.card["accuracies"]) == 2
    assert not list((tmp_path / "parts").glob("*unfinished*"))


def test_another_training_is_not_gone_on_from(few, tmp_path):
    learn(tmp_path, epochs=3, told=stopping_after(1))
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(ValueError, match="belongs to a training with other settings"):
        learn(tmp_path, epochs=4)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_of_several_seeds_the_first_one_s_weights_are_kept(few, tmp_path):
    one = learn(tmp_path / "one", seed=3)
    three = learn(tmp_path / "three", seed=3, seeds=3)
    assert three.weights_path.read_bytes() == one.weights_path.read_bytes()
    assert three.card["accuracies"][0] == one.card["accuracy"] == three.card["accuracy"]
    assert len(three.card["accuracies"]) == 3
    assert three.card["command"].endswith("--seed 3 --seeds 3")


def test_a_held_out_part_is_of_the_training_images_and_not_learned_from(few, tmp_path):
    part = training._split(few, 50)
    seen, judged = ({image.tobytes() for image in images} for images in (part.x_train, part.x_test))
    assert (len(part.x_train), len(part.x_test)) == (150, 50)
    assert not seen & judged
    assert seen | judged == {image.tobytes() for image in few.x_train}
    card = learn(tmp_path, holdout=50).card
    assert (card["tested_on"], card["test"]) == (50, "50 images held out of the training set")
    with pytest.raises(ValueError, match="holdout is 200"):
        learn(tmp_path, holdout=200)


def test_weights_learned_in_half_precision_are_kept_and_judged_in_full(few, tmp_path):
    card = learn(tmp_path, precision="mixed_bfloat16").card
    assert (card["precision"], card["recipe"]["precision"]) == ("mixed_bfloat16", "mixed_bfloat16")
    assert {array.dtype for array in registry.weights("lenet5", tmp_path)} == {np.dtype(np.float32)}
    assert keras.config.dtype_policy().name == "float32"
    assert learn(tmp_path / "auto").card["precision"] == "float32"  # on a CPU


def test_the_command_tells_of_each_epoch_and_draws_the_curve(few, tmp_path):
    words = ["train", "lenet5", "--data", "digits", "--epochs", "2", "-o", str(tmp_path)]
    done = CliRunner().invoke(cli, words)
    assert done.exit_code == 0, done.output
    assert re.search(r"epoch 2 of 2, seed 0, loss [\d.]+, [\d.]+% right, [\d,]+ images/s", done.output)
    assert (tmp_path / "lenet5.png").read_bytes().startswith(b"\x89PNG")


# ---- recipes ----


def test_the_learning_rate_rises_then_falls_along_half_a_cosine():
    schedule = Recipe(learning_rate=0.2, warmup=0.1).optimizer(100)._learning_rate
    rates = [float(schedule(step)) for step in (0, 5, 10, 55, 100)]
    np.testing.assert_allclose(rates, [0, 0.1, 0.2, 0.1, 0], atol=1e-7)


def test_kernels_decay_and_biases_do_not():
    layer = keras.layers.Dense(2, bias_initializer="ones")
    layer.build((None, 3))
    before = [w.numpy().copy() for w in layer.weights]
    optimizer = Recipe(learning_rate=0.5, warmup=0.0, weight_decay=0.1).optimizer(10)
    optimizer.build(layer.trainable_weights)
    for _ in range(2):  # the first step is the warm-up's
        optimizer.apply_gradients([(keras.ops.zeros_like(w), w) for w in layer.trainable_weights])
    kernel, bias = (w.numpy() for w in layer.weights)
    np.testing.assert_allclose(kernel, before[0] * (1 - 0.5 * 0.1), rtol=1e-5)
    np.testing.assert_array_equal(bias, before[1])


def test_images_are_moved_by_whole_pixels_and_nothing_is_lost():
    images = np.zeros((500, 8, 9, 1), np.float32)
    images[:, 3, 4] = 1
    (shift,) = Recipe(shift=2).augmentation(8, 9, seed=0)
    moved = np.asarray(shift(images, training=True))
    rows, columns = np.nonzero(moved[..., 0])[1:]
    assert moved.shape == images.shape
    assert moved.sum() == 500
    assert set(zip((rows - 3).tolist(), (columns - 4).tolist(), strict=True)) == {
        (i, j) for i in range(-2, 3) for j in range(-2, 3)
    }


def test_every_network_of_the_shipped_zoo_has_a_recipe_for_data_that_fits_it():
    for name, settings in RECIPES.items():
        assert models.card(name).parameters < 1_000_000
        assert settings.data in data.SETS
        shape = data.SETS[settings.data].image
        assert (
            blueprint.of(lambda name=name, shape=shape: models.build(name, input_shape=shape)).parameters > 0
        )


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_real_ctrl_c_in_a_real_process(tmp_path):
    code = f"""
from kerasnets import training
training.train(data="digits", epochs=500, out={str(tmp_path)!r}, told=lambda progress: print("an epoch", flush=True))
"""
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen(
        [sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, text=True
    )
    while process.stdout.readline() != "an epoch\n":
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    assert process.wait(600) == 0  # 500 epochs take longer
    card = json.loads((tmp_path / "lenet5.json").read_text())
    assert card["interrupted"]
    assert len(registry.weights("lenet5", tmp_path)) == 10


def test_a_full_disk_leaves_the_old_files(tmp_path, monkeypatch):
    training.write(models.build("lenet5"), {"name": "lenet5"}, tmp_path)
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        training.write(models.build("lenet5"), {"name": "lenet5"}, tmp_path)
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == before


def test_a_wrong_number_of_epochs_is_an_error():
    with pytest.raises(ValueError, match="epochs is 0"):
        training.train(epochs=0)
