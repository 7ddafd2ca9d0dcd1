"""Whatever is handed in, a reader answers with a value or with an error of ours: in time, and in bounded memory.

Each fuzzer is a strategy for hostile things, a property that must hold of what a reader makes of them, and holes: readers
broken on purpose, which the fuzzer must find, or it proves nothing. The quick look, the same on every machine, is
in the fast tests; the long one draws anew each time and prints what is needed to draw a failure again.

The frame decoder, the admission, the .npz reader and the intake run here, under tracemalloc and an alarm. Keras and
HDF5 are large programs in C++ and C, whose promise is the sealed evaluator: there they are fuzzed, within its limits.
"""

from functools import partial

import pytest
from hypothesis import Phase

from grader.grading.models import Evaluator
from grader.sandbox import wire
from tests.hostile.fuzz import channels, frames, fuzzer, models, uploads, weights
from tests.hostile.fuzz.fuzzer import HANGS, Found, Fuzzer

pytestmark = pytest.mark.filterwarnings("ignore:Duplicate name:UserWarning", "ignore:overflow:RuntimeWarning")

FUZZERS: dict[str, Fuzzer] = {
    **frames.FUZZERS,
    **channels.FUZZERS,
    **models.FUZZERS,
    **weights.FUZZERS,
    **uploads.FUZZERS,
}
SEALED: dict[str, Fuzzer] = {**models.SEALED, **weights.SEALED}
HOLES = [(name, hole) for name, one in {**FUZZERS, **SEALED}.items() for hole in one.holes]


@pytest.fixture(autouse=True)
def _hurry(monkeypatch):
    """Ticks that come often, so that many channels can be tried."""
    monkeypatch.setattr(wire, "TICK_SECONDS", 0.005)


@pytest.fixture(scope="module")
def evaluator(keras_zygote):
    sealed = Evaluator(keras_zygote)
    yield sealed
    sealed.close()


@pytest.mark.parametrize("name", FUZZERS)
def test_a_quick_look_finds_nothing(name):
    one = FUZZERS[name]
    one.look(one.reader, max_examples=one.quick, derandomize=True)


@pytest.mark.parametrize("name", SEALED)
def test_a_quick_look_into_the_evaluator_finds_nothing(name, evaluator):
    one = SEALED[name]
    one.look(partial(one.reader, evaluator), max_examples=one.quick, derandomize=True)


@pytest.mark.full
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", FUZZERS)
def test_a_long_look_finds_nothing(name):
    one = FUZZERS[name]
    one.look(one.reader, max_examples=one.slow, print_blob=True)


@pytest.mark.full
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", SEALED)
def test_a_long_look_into_the_evaluator_finds_nothing(name, evaluator):
    one = SEALED[name]
    one.look(partial(one.reader, evaluator), max_examples=one.slow // 2, print_blob=True)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "hole"), HOLES)
def test_a_reader_with_a_hole_is_found(name, hole, monkeypatch):
    """And for what it is: a slow machine would find anything by its time, so only those that hang have little of it."""
    one = {**FUZZERS, **SEALED}[name]
    broken = one.holes[hole]
    if broken.shows == HANGS:
        monkeypatch.setattr(fuzzer, "SECONDS", 1.0)
    with pytest.raises(Found, match=broken.shows):
        one.look(broken.reader, max_examples=one.slow, derandomize=True, phases=[Phase.generate])
