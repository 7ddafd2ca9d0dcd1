"""The schema of results.json: what Gradescope takes, and what it is told that it would not take."""

import json
import math

from grader.gradescope.results import to_results
from grader.gradescope.schema import validate
from grader.report import Visibility
from tests.grader import sample_reports as samples

ABOVE = [  # (results.json, how the only problem begins)
    ([], "results.json: an object is expected, not list"),
    ({}, "neither a score nor tests: Gradescope needs one of them"),
    ({"score": True}, "score: True is not allowed"),
    ({"score": math.inf}, "score: inf is not allowed"),
    ({"score": -1}, "score: -1 is not allowed"),
    ({"score": "3"}, "score: '3' is not allowed"),
    ({"score": 1, "points": 1}, "points: no such field"),
    ({"score": 1, "visibility": "secret"}, "visibility: 'secret' is not allowed"),
    ({"score": 1, "output": "x" * 100_001}, "output: 'xxx"),
    ({"score": 1, "output": "\ud800"}, "output: "),
    ({"score": 1, "tests": {}}, "tests: {} is not allowed"),
    ({"score": 1, "tests": [3]}, "tests[0]: an object is expected, not int"),
    ({"tests": []}, "tests: no score, and no test that has one"),
    ({"tests": [{"score": 1}, {"max_score": 1}]}, "tests[1]: no score, and none above the tests"),
    ({"score": 1, "leaderboard": {}}, "leaderboard: {} is not allowed"),
    ({"score": 1, "extra_data": {"a": math.nan}}, "not JSON"),
    ({"score": 1, "extra_data": {"a": b"1"}}, "not JSON"),
    ({"score": 1, "extra_data": {"a": "\ud800"}}, "not JSON"),
    ({"score": 1, "extra_data": {1: "a"}}, "extra_data: 1 is not allowed"),
]
OF_A_TEST = [  # (the test, how the only problem begins)
    ({"status": "ok"}, ".status: 'ok' is not allowed"),
    ({"status": None}, ".status: None is not allowed"),
    ({"number": 1}, ".number: 1 is not allowed"),
    ({"number": "2."}, ".number: '2.' is not allowed"),
    ({"number": "2\n"}, ".number: '2\\n' is not allowed"),
    ({"output_format": "pdf"}, ".output_format: 'pdf' is not allowed"),
    ({"tags": "a"}, ".tags: 'a' is not allowed"),
    ({"tags": ["a", 1]}, ".tags[1]: 1 is not allowed"),
    ({"tags": [" "]}, ".tags[0]: ' ' is not allowed"),
    ({"name": ""}, ".name: '' is not allowed"),
    ({"points": 1}, ".points: no such field"),
    ({"score": 10**400, "max_score": -1}, ".max_score: -1 is not allowed"),
]
OF_A_LEADERBOARD = [  # (the entry, how the only problem begins)
    ({}, ": needs a name and a value"),
    ({"name": "Accuracy"}, ": needs a name and a value"),
    ({"name": "", "value": 1}, ".name: '' is not allowed"),
    ({"name": "A", "value": 1, "order": "up"}, ".order: 'up' is not allowed"),
    ({"name": "A", "value": [1]}, ".value: [1] is not allowed"),
]


def test_what_gradescope_would_not_take_is_named_with_its_place():
    rows = [
        *ABOVE,
        *(({"score": 1, "tests": [test]}, f"tests[0]{problem}") for test, problem in OF_A_TEST),
        *(
            ({"score": 1, "leaderboard": [entry]}, f"leaderboard[0]{problem}")
            for entry, problem in OF_A_LEADERBOARD
        ),
    ]
    found = [(problem, validate(results)) for results, problem in rows]
    assert [row for row in found if len(row[1]) != 1 or not row[1][0].startswith(row[0])] == []
    both = validate({"score": "3", "tests": [{"status": "ok"}]})
    assert both == ["score: '3' is not allowed", "tests[0].status: 'ok' is not allowed"]


def test_what_gradescope_documents_is_taken():
    assert validate(
        {
            "execution_time": 136,
            "output": "Text relevant to the entire submission",
            "leaderboard": [{"name": "Time", "value": -100, "order": "asc"}, {"name": "*", "value": "*****"}],
            "tests": [{"score": 2.0, "max_score": 2.0, "name": "x", "number": "1.1", "extra_data": {}}],
        }
    ) == []  # fmt: skip


def test_what_we_make_is_taken_whatever_is_hidden():
    for report in (*samples.SAMPLES, samples.HOSTILE):
        for choice in Visibility:
            results = to_results(report, choice)
            assert validate(results) == validate(json.loads(json.dumps(results))) == []
