"""Hidden cases about Keras models: their layers, what they compute, how well they read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from grader.cnnchecks.check_models import Reader, check_layers, model_outcome, trained_outcome
from grader.cnnchecks.design import check_design, designed_outcome
from grader.cnnchecks.models import models_for
from grader.cnnchecks.outcome import CheckFailed, Outcome
from grader.judge.context import Judging, judging_of
from grader.judge.explain import Asked, by_two_ideas, without_answer
from grader.judge.narrow_copy import NarrowModel, NarrowOracle, draw_weights, first_placed
from grader.judge.published import are_published
from grader.judge.reading import Question, reader
from grader.judge.reading import drawn as ask_digits
from grader.report import Measure
from grader.tasks.trained import held_out_digits
from kerasnets import blueprint

COMPUTES_ELSE = (
    "All layers have the right number of weights, but the network computes something else: a copy with fewer filters and units "
    "gives other outputs. Compare the activations (also of the last layer), the kinds of pooling, and the strides "
    "with the question's."
)
NO_COPY = (
    "All layers have the right number of weights, but what the network computes can't be seen: a copy with fewer filters and "
    "units, which would show it, can't be built. Write no size down that follows from the numbers of filters and units: flatten "
    "with `layers.Flatten()`, and leave out what cuts or joins channels."
)


def check_parameters(env: Mapping[str, Any], name: str) -> None:
    """Raise `CheckFailed` unless each layer of the model has as many weights as it should, all to be trained."""
    context = judging_of(env)
    try:
        check_layers(env, name, context.oracle)
    except CheckFailed as failed:
        asked: list[Asked] = [(name, (), {}, failed.outcome)]
        search = context.search_for(getattr(env, "question", name), name)
        raise CheckFailed(by_two_ideas(context.oracle, failed.outcome, asked, search)) from None


def check_narrow_copy(env: Mapping[str, Any], name: str) -> None:
    """Raise `CheckFailed` unless the model has the right layers, and a narrow copy of it (see `narrow_copy`) gives under drawn
    weights what the reference's gives. Where none can be made, nothing is known of what the model computes: it fails."""
    check_parameters(env, name)
    context = judging_of(env)
    value = env[name]
    claimed = hasattr(type(value), "model") and not hasattr(value, "count_params")
    config = value.model()["blueprint"]["config"] if claimed else blueprint.of(value).to_dict()["config"]
    if kind := first_placed(config):
        raise CheckFailed(
            Outcome(False, "value", f"{NO_COPY} What stands in the way: a layer of the kind {kind}.")
        )
    given = draw_weights(name, context.generator(name, "thin", 0))  # its old name, which the draws follow
    outcome = model_outcome(context.names({name: NarrowModel(config)}), name, given, {}, NarrowOracle())
    if outcome.passed:
        return
    message = COMPUTES_ELSE if outcome.asked else f"{NO_COPY} What stands in the way: {outcome.message}"
    outcome = replace(outcome, message=message, detail="", where="", picture=None)
    raise CheckFailed(without_answer(outcome))


def check_accuracy(
    env: Mapping[str, Any],
    name: str,
    like: str,
    at_least: float,
    digits: range = range(10),
    trainable: bool = True,
) -> None:
    """Raise `CheckFailed` unless the trained model `env[name]` is one `like` the reference of that name and reads a
    share of `at_least` of the digits that no student's folder holds. Published weights are nobody's own work.

    digits: those that it tells apart; its first output is for the first of them. trainable: as `check_trained` has it."""
    context = judging_of(env)
    reads = unless_published(reader(models_for(env), digits_for(context, name, digits), at_least))
    outcome = trained_outcome(env, name, like, reads, context.oracle, trainable)
    if not outcome.passed:
        raise CheckFailed(outcome)


def check_design_rules(env: Mapping[str, Any], name: str, budget: int) -> None:
    """Raise `CheckFailed` unless the network that `env[name]` builds keeps the rules and the budget."""
    check_design(env, name, budget)


def check_design_accuracy(env: Mapping[str, Any], name: str, budget: int, at_least: float) -> None:
    """Raise `CheckFailed` unless the trained model `env[name]`, of whatever design, keeps the rules and the budget and reads
    a share of `at_least` of the digits that no student's folder holds."""
    context, models = judging_of(env), models_for(env)
    reads = unless_published(reader(models, digits_for(context, name), at_least))

    def reads_and_measures(name: str, config: dict, weights: list) -> Outcome:
        outcome = reads(name, config, weights)
        if outcome.measured is not None:
            parameters = sum(row["parameters"] for row in models.describe(config)["rows"])
            context.measures.append(Measure(f"accuracy with at most {budget:,} parameters", outcome.measured))
            context.measures.append(Measure("parameters", parameters, order="asc"))
        return outcome

    outcome = designed_outcome(env, name, budget, reads_and_measures)
    if not outcome.passed:
        raise CheckFailed(outcome)


def digits_for(context: Judging, name: str, digits: range = range(10)) -> Question:
    """What the network called `name` is asked about the digits that no student's folder holds: the same in all cases of a
    submission, another draw in the next."""
    images, labels = held_out_digits()
    chosen = np.isin(labels, digits)
    return ask_digits(images[chosen], labels[chosen] - digits.start, context.generator(name, "digits", 0))


def unless_published(reads: Reader) -> Reader:
    """`reads`, after a look at whose weights these are."""

    def asked(name: str, config: dict, weights: list) -> Outcome:
        if are_published(weights):
            return Outcome(False, "value", f"The weights of `{name}` are those that the course publishes, number for "
                           "number, or nearly so. Hand in the file that your own training wrote.")  # fmt: skip
        return reads(name, config, weights)

    return asked
