"""What can't be asked isn't passed: every check of models, with models that it can't ask."""

from functools import partial

import numpy as np
import pytest

from grader import cnnchecks, judge
from grader.auditing.empty_answers import Claim
from grader.cnnchecks import check_models, design, models
from grader.cnnchecks.check_models import check_layers, check_model, check_trained
from grader.cnnchecks.design import check_design
from grader.cnnchecks.outcome import CheckFailed, Misfit, Raised
from grader.judge import kept_weights
from grader.judge.ask import check_model_drawn
from grader.judge.context import Judging
from grader.judge.models import (
    check_accuracy,
    check_design_accuracy,
    check_design_rules,
    check_narrow_copy,
    check_parameters,
)
from grader.sandbox.admit import Rejected
from grader.sandbox.evaluator import activations, describe, outputs
from grader.tasks.networks import chain, layer, layers_of, model_config

IMAGES = np.zeros((2, 28, 28, 1), np.float32)
SHAPES = [(5, 5, 1, 6), (6,), (5, 5, 6, 16), (16,), (400, 120), (120,), (120, 84), (84,), (84, 10), (10,)]
WEIGHTS = [np.zeros(shape, np.float32) for shape in SHAPES]
BUDGET = 100_000
CHECKS = {  # what asks a model called `lenet_same`, and whether it needs what the model computes
    check_layers: (lambda env: check_layers(env, "lenet_same"), False),
    check_model: (lambda env: check_model(env, "lenet_same", WEIGHTS, IMAGES), True),
    check_trained: (lambda env: check_trained(env, "lenet_same", like="lenet_same"), False),
    check_design: (lambda env: check_design(env, "lenet_same", BUDGET), False),
    check_parameters: (lambda env: check_parameters(env, "lenet_same"), False),
    check_model_drawn: (lambda env: check_model_drawn(env, "lenet_same", "random"), True),
    check_narrow_copy: (lambda env: check_narrow_copy(env, "lenet_same"), True),
    check_accuracy: (lambda env: check_accuracy(env, "lenet_same", "lenet_same", 0.0), True),
    check_design_rules: (lambda env: check_design_rules(env, "lenet_same", BUDGET), False),
    check_design_accuracy: (lambda env: check_design_accuracy(env, "lenet_same", BUDGET, 0.0), True),
    kept_weights.check_kept_weights: (
        lambda env: kept_weights.check_kept_weights(env, "lenet_same", "lenet_same", WEIGHTS[:2], kept=2, tuned=2), False
    ),
}  # fmt: skip
OF_FUNCTIONS = {
    "check", "check_refuses", "check_form", "check_drawn", "check_network_drawn", "check_value"
}  # fmt: skip


def right(weights=None):
    return Claim(model_config("lenet_same")["config"], [*WEIGHTS] if weights is None else weights)


class Gone:
    """A model whose process ended when it was asked for."""

    def model(self, weights=False):
        raise Raised("Stopped", "the process ended itself")


def broken():
    raise RuntimeError("no model today")


def changed(change):
    return Claim(chain(change(layers_of("lenet_same"))), [*WEIGHTS])


def hidden_numbers(layers):
    return [layers[0], layer("Rescaling", scale=[1.0] * 28, offset=0.0), *layers[1:]]


def too_large(layers):
    return [*layers[:-1], layer("Dense", units=900_000), layer("Dense", units=900_000), layers[-1]]


def too_wide(layers):
    return [layers[0], layer("ZeroPadding2D", padding=[[9_000, 9_000], [9_000, 9_000]]), *layers[1:]]


MODELS = {
    "nothing": lambda: None,
    "the placeholder": lambda: ...,
    "a number": lambda: 7,
    "a function that raises": lambda: broken,
    "a function that gives no model": lambda: lambda: None,
    "a process that ended": Gone,
    "a claim without layers": lambda: Claim(
        {**model_config("lenet_same")["config"], "config": {"name": "m", "layers": []}}, [*WEIGHTS]
    ),
    "an input alone": lambda: changed(lambda layers: layers[:1]),
    "a layer that isn't let in": lambda: changed(lambda layers: [*layers, layer("Lambda", function="x")]),
    "numbers in an argument": lambda: changed(hidden_numbers),
    "a model that is too large": lambda: changed(too_large),
    "maps that are too large": lambda: changed(too_wide),
    "no configuration": lambda: Claim(None, [*WEIGHTS]),
    "a configuration of another kind": lambda: Claim({"config": {}}, [*WEIGHTS]),
}
WEIGHTLESS = {
    "no weights": lambda: right([]),
    "too few weights": lambda: right(WEIGHTS[:1]),
    "weights of no numbers": lambda: right([np.full_like(array, np.nan) for array in WEIGHTS]),
    "weights that are no arrays": lambda: right([array.tolist() for array in WEIGHTS]),
}
OF_ANY_MODEL = [  # LeNet isn't what the others ask for: see the tests of their own questions
    check
    for check in CHECKS
    if check.__name__ not in ("check_narrow_copy", "check_kept_weights", "check_design", "check_design_rules")
    and check not in (check_accuracy, check_design_accuracy)
]
NEED_WEIGHTS = (
    check_trained, check_accuracy, check_design_accuracy, kept_weights.check_kept_weights
)  # fmt: skip


class Sealed:
    """The evaluator as it is behind the seal: what isn't let in is a `Misfit`."""

    def describe(self, config):
        return self._or_misfit(describe, config)

    def outputs(self, config, weights, x, sizes=None):
        return self._or_misfit(outputs, config, weights, x, sizes)

    def activations(self, config, weights, x):
        return self._or_misfit(activations, config, weights, x)

    def _or_misfit(self, ask, *given):
        try:
            return ask(*given)
        except Rejected as refusal:
            raise Misfit(str(refusal)) from None


class Silent(Sealed):
    """It counts, and never comes to an answer."""

    def outputs(self, config, weights, x, sizes=None):
        raise Misfit("it could not be evaluated in time: it is too large")

    activations = outputs


@pytest.fixture
def asked_by(monkeypatch):
    monkeypatch.setattr(models, "IN_THIS_PROCESS", Sealed())
    return partial(monkeypatch.setattr, models, "IN_THIS_PROCESS")


def said_by(check, model):
    """The words of a check that failed; None if it passed."""
    try:
        CHECKS[check][0](Judging().names({"lenet_same": model}))
    except CheckFailed as failed:
        return failed.outcome.message
    return None


def test_every_check_of_models_is_tried():
    known = {
        name: value
        for module in (cnnchecks, check_models, design, judge, kept_weights)
        for name, value in vars(module).items()
        if name.startswith("check") and callable(value)
    }
    assert set(known) - OF_FUNCTIONS == {check.__name__ for check in CHECKS}


@pytest.mark.parametrize("check", OF_ANY_MODEL, ids=lambda check: check.__name__)
def test_a_right_model_passes_so_that_the_others_prove_something(check, asked_by):
    assert said_by(check, right()) is None


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_a_model_that_cannot_be_asked_fails_in_words(check, asked_by):
    for model, make in MODELS.items():
        words = said_by(check, make())
        assert words is not None, model
        assert len(words) > 20, model
        assert words[-1] in ".)" or "gives no Keras model that can be looked at" in words, model


@pytest.mark.parametrize("check", NEED_WEIGHTS, ids=lambda check: check.__name__)
def test_weights_that_cannot_be_asked_fail_in_words(check, asked_by):
    assert [weights for weights, make in WEIGHTLESS.items() if not said_by(check, make())] == []


@pytest.mark.parametrize(
    "check", [check for check, (_, computes) in CHECKS.items() if computes], ids=lambda check: check.__name__
)
def test_a_model_that_gives_no_answer_fails_in_words(check, asked_by):
    asked_by(Silent())
    assert said_by(check, right())
