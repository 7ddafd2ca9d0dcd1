"""The same numbers under TensorFlow and under JAX. Needs JAX (`pip install jax`), which nothing else here does."""

import os
import subprocess
import sys
from importlib.util import find_spec

import numpy as np
import pytest

from kerasnets import cards

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_spec("jax") is None, reason="JAX isn't installed"),
]
LOGITS = """
import sys
import numpy as np
from kerasnets import data
from kerasnets.models import registry
model = registry.build(sys.argv[1])
model.set_weights(registry.weights(sys.argv[1]))
np.save(sys.argv[2], model.predict(data.scaled(data.load().x_test), verbose=0))
"""


def under(backend, *arguments):
    environment = {**os.environ, "KERAS_BACKEND": backend, "JAX_PLATFORMS": "cpu"}
    return subprocess.run(
        [sys.executable, *map(str, arguments)], env=environment, check=True, capture_output=True
    )


@pytest.mark.parametrize(
    "name", [card["name"] for card in cards.all_cards() if card["data"]["name"] == "mnist"]
)
def test_shipped_weights_give_the_same_logits(name, tmp_path):
    files = {backend: tmp_path / f"{backend}.npy" for backend in ("tensorflow", "jax")}
    for backend, path in files.items():
        under(backend, "-c", LOGITS, name, path)
    one, other = map(np.load, files.values())
    np.testing.assert_allclose(one, other, rtol=0, atol=1e-5 * np.abs(one).max())
    np.testing.assert_array_equal(one.argmax(axis=1), other.argmax(axis=1))


def test_the_same_command_trains_under_jax(tmp_path):
    words = ("train", "lenet5", "--data", "digits", "--epochs", "1", "--backend", "jax", "-o", tmp_path)
    done = under("tensorflow", "-m", "grader.cli", *words)  # the option counts, not the variable
    assert b"wrote" in done.stdout
    assert '"backend": "jax"' in (tmp_path / "lenet5.json").read_text()


EPOCHS = """
import sys
import keras, numpy as np
from kerasnets import data, fitting
from kerasnets.models import registry
from kerasnets.recipes import Recipe

name, out, count = sys.argv[1], sys.argv[2], int(sys.argv[3])  # batches of 64, and a rest
digits = data.load()
images, labels = digits.x_train[:count], np.eye(10, dtype="float32")[digits.y_train[:count]]
for way in (fitting.by_fit, fitting.by_scan):
    keras.utils.set_random_seed(3)
    model = registry.build(name, input_shape=(28, 28, 1))
    learner = fitting.behind_augmentation(model, Recipe(average=0.1, turn=5), (28, 28, 1), 0, steps=10)
    epoch = way(learner, images, labels, 64)
    seen = epoch(np.random.default_rng(0).permutation(count))
    seeds = [np.asarray(v) for v in learner.non_trainable_variables if "seed" in v.path]
    np.savez(out + way.__name__, seen["loss"], seen["accuracy"], *seeds, *model.get_weights())
"""


@pytest.mark.parametrize(("name", "count", "rtol"), [("lenet5", 300, 1e-4), ("vgg_small", 150, 1e-3)])
def test_an_epoch_in_one_call_is_an_epoch_of_fit(tmp_path, name, count, rtol):
    """With augmentation, and in the VGG dropout and batch normalisation; Adam blows rounding up where gradients are tiny."""
    under("jax", "-c", EPOCHS, name, f"{tmp_path}/", count)
    one, other = (np.load(tmp_path / f"{way}.npz") for way in ("by_fit", "by_scan"))
    for key in one.files:
        np.testing.assert_allclose(
            one[key], other[key], rtol=0, atol=rtol * max(np.abs(one[key]).max(), 1e-9)
        )
