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
