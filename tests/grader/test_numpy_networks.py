"""Chains of Keras layers in NumPy: equal to Keras, element by element, and deaf to what they don't know."""

import numpy as np
import pytest

from grader.cnnchecks.models import LiveModels
from grader.cnnchecks.outcome import Misfit
from grader.tasks.networks import after, chain, kinds, layer, layers_of, settings
from grader.tasks.numpy_networks import run_chain
from kerasnets import models

CHANGES = {
    "as it is": lambda layers: layers,
    "sigmoids": settings("C1", "C3", "C5", "F6", activation="sigmoid"),
    "tanh": settings("C1", "C3", "C5", "F6", activation="tanh"),
    "average pooling": kinds(MaxPooling2D="AveragePooling2D"),
    "softmax twice": after("output", layer("Softmax", name="again")),
    "scores": settings("output", activation="linear"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_chain_is_keras_own(change):
    layers, x = change(layers_of("lenet_same")), np.random.default_rng(0).random((3, 28, 28, 1))
    weights = models.weights("lenet5")
    keras = LiveModels().outputs(chain(layers), weights, x)
    np.testing.assert_allclose(run_chain(layers, weights, x), keras, rtol=1e-4, atol=1e-5)


def test_weights_too_few_too_many_and_unknown_layers_are_misfits():
    layers, x, weights = layers_of("lenet_same"), np.zeros((1, 28, 28, 1)), models.weights("lenet5")
    for wrong in (weights[:-2], [*weights, weights[0]]):
        with pytest.raises(Misfit):
            run_chain(layers, wrong, x)
    with pytest.raises(Misfit, match="Lambda"):
        run_chain([layer("Lambda")], [], x)
