"""The rehearsal on Gradescope must be able to fail: each of its runs, marked wrongly, is named."""

import json

import pytest

from grader.gradescope.harness import Run
from grader.grading.uploads import MAX_UPLOAD
from tests.gradescope.cases import ATTACK, cases


def run(score, output="", tests=()):
    results = {"score": score, "output": output, "tests": list(tests)}
    return Run(results, (), 1.0, 100.0, "", "", True)


@pytest.fixture(scope="module")
def five(a3, tmp_path_factory):
    return list(cases(a3, tmp_path_factory.mktemp("cases")))


def test_a_right_one_has_every_point(five):
    assert five[0].wrong(run(100)) == ""
    assert five[0].wrong(run(99.5)) == "scored 99.5, not 100"


def test_a_wrong_one_loses_the_questions_that_its_sample_says(five):
    tests = [{"tags": [f"a3.q{i}"], "score": 0 if i == 5 else 8, "max_score": 8} for i in range(1, 13)]
    assert five[1].name == "wrong_all_ties"
    assert five[1].wrong(run(88, tests=tests)) == ""
    assert five[1].wrong(run(80, tests=[*tests, {"tags": ["a3.q6"], "score": 0, "max_score": 8}])) == (
        "lost q5, q6, not q5"
    )
    assert five[1].wrong(run(100, tests=tests[5:])) == "lost nothing, not q5"


def test_a_hostile_one_gains_nothing_and_has_run(five):
    shown = "code cell 1 raised Ran: 0 written, FileNotFoundError PermissionError"
    assert five[2].wrong(run(0, shown)) == ""
    assert five[2].wrong(run(2000, shown)) == "scored 2000, not 0"
    assert five[2].wrong(run(0, "3 written")) == "the attack didn't show that it ran"
    assert ATTACK.name.removeprefix("writing/") in five[2].path.name


def test_an_oversized_one_is_told_so(five):
    assert five[3].path.stat().st_size > MAX_UPLOAD
    json.loads(five[3].path.read_bytes())
    assert five[3].wrong(run(0, "The submission is 65 MB; at most 64 MB are accepted.")) == ""
    assert five[3].wrong(run(0, "The grader itself failed.")) == "it isn't told its size"


def test_an_interrupted_one_is_a_zero_that_says_so(five):
    assert [case.interrupted for case in five] == [False] * 4 + [True]
    assert five[4].wrong(run(0, "Grading began, and was ended from outside before it was done")) == ""
    assert five[4].wrong(run(0, "")) == "it isn't told that grading was ended"
