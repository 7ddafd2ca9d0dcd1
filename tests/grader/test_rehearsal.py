"""How a rehearsal measures a command, and that one that fails is told of in a sentence."""

import sys

import pytest

from grader.auditing import rehearsal
from grader.course import MasterError
from grader.gradescope.meter import MEASURED

HOLDS_60_MB = "import time; held = bytearray(b'1') * 60_000_000; time.sleep(0.7)"


def test_seconds_and_the_commands_own_memory_are_measured():
    held = bytearray(b"1") * 200_000_000  # ours, which is not the command's
    seconds, megabytes = rehearsal.measure([sys.executable, "-c", HOLDS_60_MB])
    assert 0.7 < seconds < 30
    assert len(held) == 200_000_000
    assert 57 < megabytes < 120 if MEASURED else megabytes == 0


def test_a_command_that_fails_is_quoted():
    with pytest.raises(MasterError, match=r"ended with 3: .*no such master"):
        rehearsal.measure([sys.executable, "-c", "import sys; print('no such master'); sys.exit(3)"])


def test_only_full_marks_and_an_empty_skeleton_pass():
    def found(solution, skeleton):
        way = {"solution": rehearsal.Graded(solution, 1, 1), "skeleton": rehearsal.Graded(skeleton, 1, 1)}
        good = {"solution": rehearsal.Graded(100, 1, 1), "skeleton": rehearsal.Graded(0, 1, 1)}
        return [rehearsal.Rehearsed("a", 100, 1, *ways).passed for ways in ((way, good), (good, way))]

    assert found(100, 0) == [True, True]
    assert found(99.9, 0) == [False, False]
    assert found(100, 0.5) == [False, False]
