"""Knows all public answers, and answers another call with the public answer whose arguments look most like it: the same
shapes and options, a little noise on the numbers."""
# stopped by: fresh-inputs
# shows: \w: [`\w, ]+ has (another|other)

# %% first
import numpy as np
from cnnchecks.fixtures import FixtureOracle

oracle, seen = FixtureOracle(), {}


def looks(value):
    if isinstance(value, dict):
        return {key: looks(part) for key, part in value.items()}
    if isinstance(value, (tuple, list)):
        return [looks(part) for part in value]
    return np.shape(value) or type(value).__name__


def noisy(value):
    if isinstance(value, dict):
        return {key: noisy(part) for key, part in value.items()}
    if isinstance(value, tuple):
        return tuple(map(noisy, value))
    return value * (1 + 1e-9) if isinstance(value, np.ndarray) and value.dtype.kind == "f" else value


def answering(name):
    def answer(*args, **kwargs):
        likeness = [(name, looks(args), kwargs), (name, looks(args)), name]
        try:
            expected = oracle.answer(name, args, kwargs).expected
        except LookupError:
            known = next((seen[str(like)] for like in likeness if str(like) in seen), None)
            if known is None:
                raise Ran("nothing like it was asked") from None
            return noisy(known)
        seen.update({str(like): expected for like in likeness})
        return expected

    return answer


# %% before checks
for name in NAMES:
    globals()[name] = answering(name)
