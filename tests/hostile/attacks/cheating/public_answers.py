"""Reads the answer to every public call out of fixtures.npz while it is asked, and has none of its own for any other."""
# stopped by: fresh-inputs
# shows: \w: .\w+. stopped with an exception

# %% first
from cnnchecks.fixtures import FixtureOracle

oracle = FixtureOracle()


def answering(name):
    return lambda *args, **kwargs: oracle.answer(name, args, kwargs).expected


# %% before checks
for name in NAMES:
    globals()[name] = answering(name)
