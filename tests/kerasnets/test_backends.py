"""The same numbers under TensorFlow and under JAX, which nothing else here needs: where it isn't installed, it is put beside,
for these tests alone (90 MB), since TensorFlow would load it into every other process."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from kerasnets import data
from tests.kerasnets.test_cards import SHIPPED, is_here
from tests.kerasnets.test_same_numbers import KEPT, RTOL

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def beside(tmp_path_factory):
    """A folder with JAX in it, in the version that constraints.txt names, or an empty one where it is installed."""
    folder = tmp_path_factory.mktemp("jax")
    if find_spec("jax") is None:
        words = ("install", "--quiet", "--no-deps", "--target", folder, "-c", ROOT / "constraints.txt")
        subprocess.run([sys.executable, "-m", "pip", *words, "jax", "jaxlib"], check=True)
    return folder


@pytest.fixture
def under(beside):
    def run(backend, *arguments):
        path = os.pathsep.join(filter(None, [str(beside), os.environ.get("PYTHONPATH")]))
        environment = {**os.environ, "KERAS_BACKEND": backend, "JAX_PLATFORMS": "cpu", "PYTHONPATH": path}
        return subprocess.run(
            [sys.executable, *map(str, arguments)], env=environment, check=True, capture_output=True
        )

    return run


LOGITS = """
import sys
import keras, numpy as np
from kerasnets import data
from kerasnets.models import registry
name, out, of = sys.argv[1:]
test = data.load(of)
model = registry.build(name, input_shape=test.x_test.shape[1:])
model.set_weights(registry.weights(name))
logits = model.predict(data.scaled(test.x_test), batch_size=250, verbose=0)
np.savez(out, logits=logits, backend=keras.backend.backend())
"""


@pytest.mark.full
@pytest.mark.timeout(1800)
def test_shipped_weights_give_the_same_logits_and_the_same_accuracy(under, tmp_path):
    """On the whole test set, where it is here."""
    near = {card["name"]: card["data"]["name"] for card in SHIPPED if is_here(card["data"]["name"])}
    if not near:
        pytest.skip("no data of theirs is here")
    for name, of in near.items():
        assert_same_logits(name, of, under, tmp_path)


def assert_same_logits(name, of, under, tmp_path):
    """To a hundred-thousandth of the largest logit."""
    labels, found = data.load(of).y_test, {}
    for backend in ("tensorflow", "jax"):
        under(backend, "-c", LOGITS, name, tmp_path / backend, of)
        with np.load(tmp_path / f"{backend}.npz") as saved:
            assert saved["backend"] == backend
            found[backend] = saved["logits"]
    one, other = found.values()
    np.testing.assert_allclose(one, other, rtol=0, atol=1e-5 * np.abs(one).max())
    right = [int(np.sum(logits.argmax(axis=1) == labels)) for logits in (one, other)]
    assert right[0] == right[1]


@pytest.mark.slow
def test_the_same_command_trains_under_jax(under, tmp_path):
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
fitting.device = lambda: "as on a GPU"  # Keras's layers change the images
images, labels = digits.x_train[:count], np.eye(10, dtype="float32")[digits.y_train[:count]]
for way in (fitting.by_fit, fitting.by_scan):
    keras.utils.set_random_seed(3)
    model = registry.build(name, input_shape=(28, 28, 1))
    learner = fitting.behind_augmentation(model, Recipe(average=0.1, turn=5), (28, 28, 1), 0, steps=10)
    epoch = way(learner, images, labels, 64)
    seen = epoch(np.random.default_rng(0))
    seeds = [np.asarray(v) for v in learner.non_trainable_variables if "seed" in v.path]
    np.savez(out + way.__name__, seen["loss"], seen["accuracy"], *seeds, *model.get_weights())
"""


@pytest.mark.full
@pytest.mark.timeout(1800)
@pytest.mark.parametrize(("name", "count", "rtol"), [("lenet5", 300, 1e-4), ("vgg_small", 150, 3e-2)])
def test_an_epoch_in_one_call_is_an_epoch_of_fit(under, tmp_path, name, count, rtol):
    """With augmentation, and in the VGG dropout and batch normalisation; Adam blows rounding up where gradients are tiny,
    there to hundredths of the largest number."""
    under("jax", "-c", EPOCHS, name, f"{tmp_path}/", count)
    one, other = (np.load(tmp_path / f"{way}.npz") for way in ("by_fit", "by_scan"))
    for key in one.files:
        np.testing.assert_allclose(
            one[key], other[key], rtol=0, atol=rtol * max(np.abs(one[key]).max(), 1e-9)
        )


ANEW = """
import sys
import numpy as np
from tests.kerasnets.test_same_numbers import SHIPPED, logits
np.savez(sys.argv[1], **{name: logits(name) for name in SHIPPED})
"""


@pytest.mark.slow
def test_the_logits_that_the_quick_tests_compare_with_are_those_of_jax(under, tmp_path):
    anew = tmp_path / "anew.npz"
    under("jax", "-c", ANEW, anew)
    with np.load(KEPT) as kept, np.load(anew) as found:
        assert set(kept.files) == set(found.files) == {card["name"] for card in SHIPPED}
        for name in kept.files:
            np.testing.assert_allclose(found[name], kept[name], rtol=0, atol=RTOL * np.abs(kept[name]).max())
