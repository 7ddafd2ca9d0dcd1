"""Lets the grader compute: asks the oracle of the checks for the answer it was asked for, sets an oracle that finds
everything right, replaces the checks' functions, and returns verdicts instead of answers."""
# stopped by: roles
# shows: \w: .\w+. stopped with an exception

# %% first
import importlib
import sys

from cnnchecks import context
from cnnchecks.outcome import Answer
from cnnchecks.oracle import Signature
from cnnchecks.outcome import Outcome

MODULES = [module for name, module in list(sys.modules.items()) if "cnnchecks" in name]
ORACLES = [module.AT_HOME.oracle for module in MODULES if hasattr(module, "AT_HOME")]


def asked_of_all(name, args, kwargs):
    for oracle in ORACLES:
        try:
            return oracle.answer(name, args, kwargs).expected
        except BaseException:
            continue
    judge = importlib.import_module("grader.judge.oracle")
    return judge.LiveOracle().answer(name, args, kwargs).expected


class Agreeing:
    def answer(self, name, args, kwargs):
        return Answer(..., float("inf"))

    def signature(self, name):
        return Signature()


for module in MODULES:
    for name in ("check", "check_refuses", "check_model", "check_layers", "check_trained", "raise_failure"):
        setattr(module, name, lambda *args, **kwargs: None)
    for name in ("compare", "outcome_of", "model_outcome", "trained_outcome"):
        setattr(module, name, lambda *args, **kwargs: Outcome(True, "ok", "Every element is right."))
    module.mutated_outcome = lambda *args: None
    module.AT_HOME = context.Context(Agreeing())


def answering(name, question):
    def answer(*args, **kwargs):
        try:
            return asked_of_all(name, args, kwargs)
        except BaseException:
            if question == "q7":
                raise BufferError("nobody knows") from None
            return Outcome(True, "ok", "Every element is right.")

    return answer


# %% before checks
for name in NAMES:
    globals()[name] = answering(name, QUESTION)
