"""The shipped networks give under TensorFlow the logits that they give under JAX: on fifty digits, kept in a file, since JAX
isn't installed here. `test_backends` does the same on the full test sets, with JAX beside, and checks the file.

To make it anew, where JAX is installed: KERAS_BACKEND=jax python -m tests.kerasnets.test_same_numbers
"""

from pathlib import Path

import numpy as np
import pytest

from kerasnets import cards, data
from kerasnets.models import registry

KEPT = Path(__file__).with_name("logits_under_jax.npz")
SHIPPED = [card["name"] for card in cards.all_cards()]
RTOL = 1e-5  # of the largest logit


def logits(name: str) -> np.ndarray:
    """(50, 10), under the backend that Keras has."""
    model = registry.build(name, input_shape=(28, 28, 1))
    model.set_weights(registry.weights(name))
    return model.predict(data.scaled(data.load().x_test[:50]), verbose=0)


@pytest.mark.parametrize("name", SHIPPED)
def test_logits_under_tensorflow_are_those_under_jax(name):
    import keras

    assert keras.backend.backend() == "tensorflow"
    with np.load(KEPT) as kept:
        expected = kept[name]
    found = logits(name)
    np.testing.assert_allclose(found, expected, rtol=0, atol=RTOL * np.abs(expected).max())
    assert np.array_equal(found.argmax(axis=1), expected.argmax(axis=1))


if __name__ == "__main__":
    np.savez(KEPT, **{name: logits(name) for name in SHIPPED})
