"""What follows from a submission's metadata, with dates worked by hand."""

import datetime as dt
import json

import pytest

from grader import course
from grader.course import CourseError, Policy
from grader.gradescope import container, metadata
from grader.gradescope.metadata import Attempt, Earlier

NOON = dt.datetime(2026, 12, 1, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)

DOCUMENTED = {  # the example of Gradescope's documentation, shortened
    "id": 123456,
    "created_at": "2018-07-01T14:22:32.365935-07:00",
    "assignment": {
        "due_date": "2018-07-31T23:00:00.000000-07:00",
        "group_size": 4,
        "group_submission": True,
        "id": 25828,
        "late_due_date": None,
        "total_points": "20.0",
    },
    "submission_method": "upload",
    "users": [{"email": "student@example.com", "id": 1234, "name": "Student User"}],
    "previous_submissions": [
        {"submission_time": "2017-04-06T14:24:48.087023-07:00", "score": 0.0, "results": {}},
        {"submission_time": "2017-03-06T14:24:48.087023-07:00", "score": "12.5", "autograder_error": False},
        {"submission_time": "2017-05-06T14:24:48.087023-07:00", "score": None, "autograder_error": True},
    ],
}


def earlier(*hours_and_scores):
    return tuple(Earlier(NOON + hours * HOUR, score) for hours, score in hours_and_scores)


def test_the_documented_example_is_read_and_earlier_submissions_stand_in_order():
    found = metadata.attempt(DOCUMENTED)
    assert (found.id, found.authors, found.late) == ("123456", 1, dt.timedelta(0))
    # the failed one counts for nothing
    assert [submission.score for submission in found.earlier] == [12.5, 0.0]


def test_no_name_and_no_address_is_kept():
    assert "tudent" not in repr(metadata.attempt(DOCUMENTED))


@pytest.mark.parametrize(
    "content",
    [
        "",
        "no JSON",
        "[]",
        '{"created_at": 3}',
        '{"users": {"a": 1}, "assignment": 7, "previous_submissions": [null, {"submission_time": "x"}]}',
        '{"created_at": "2026-13-45"}',
        '{"previous_submissions": [{"submission_time": "2026-12-01T12:00:00Z", "score": "NaN"}]}',
    ],
)
def test_what_is_not_understood_stays_unknown(tmp_path, content):
    path = tmp_path / "submission_metadata.json"
    path.write_text(content)
    found = metadata.read(path)
    assert (found.at, found.due, found.earlier) == (None, None, ())
    assert metadata.counted(80, found, Policy(keep="best", per_day=1, late_percent=50)) == 80


def test_a_file_that_is_not_there_is_no_error(tmp_path):
    assert metadata.read(tmp_path / "nothing") == Attempt()


def test_a_students_extension_counts_and_not_the_classs_date():
    user = {"assignment": {"due_date": "2026-12-02T12:00:00Z"}}
    entries = {"created_at": "2026-12-02T11:00:00Z", "assignment": {"due_date": "2026-12-01T12:00:00Z"}}
    assert metadata.attempt(entries).late == 23 * HOUR
    assert metadata.attempt({**entries, "users": [user]}).late == dt.timedelta(0)


@pytest.mark.parametrize(
    ("hours", "score"), [(-1, 80), (0, 80), (0.01, 72), (24, 72), (24.01, 64), (24 * 30, 0)]
)
def test_each_day_begun_costs_its_share(hours, score):
    attempt = Attempt(at=NOON + hours * HOUR, due=NOON)
    assert metadata.counted(80, attempt, Policy(late_percent=10)) == score
    assert metadata.counted(80, attempt, Policy()) == 80


def test_the_best_counts_or_the_last():
    attempt = Attempt(at=NOON, earlier=earlier((-2, 90), (-1, 40)))
    assert [metadata.counted(70, attempt, Policy(keep=keep)) for keep in ("last", "best")] == [70, 90]
    assert metadata.counted(95, attempt, Policy(keep="best")) == 95
    assert [metadata.kept(attempt, Policy(keep=keep)) for keep in ("last", "best")] == [40, 90]
    assert metadata.kept(Attempt(), Policy()) == 0


def test_so_many_are_graded_in_24_hours_and_those_that_were_not_do_not_count():
    policy = Policy(per_day=2)
    waits = [
        metadata.wait_until(
            Attempt(at=NOON + hour * HOUR, earlier=earlier(*((h, 0) for h in before))), policy
        )
        for hour, before in (
            (1, (0,)),
            (2, (0, 1)),
            (23, (0, 1, 2)),
            (24, (0, 1, 2, 23)),
            (24.5, (0, 1, 2, 23, 24)),
        )
    ]
    tomorrow = NOON + 24 * HOUR
    assert waits == [None, tomorrow, tomorrow, None, tomorrow + HOUR]
    assert metadata.wait_until(Attempt(at=NOON, earlier=earlier(*((-1, 0),) * 9)), Policy()) is None


def test_the_page_says_late_group_and_best_and_never_a_score():
    attempt = Attempt(at=NOON + 27 * HOUR, due=NOON, authors=3, earlier=earlier((-1, 43.21)))
    said = metadata.remarks(attempt, Policy(late_percent=7.5, keep="best"))
    assert said == [
        "Handed in 1 day 3 hours after the due date: 15 % of the points are taken off in the end.",
        "Handed in by a group of 3: this page and its score are everybody's.",
        "The best of your submissions counts.",
    ]
    assert metadata.remarks(Attempt(at=NOON, due=NOON), Policy(keep="best")) == []


# ---- course.toml ----

COURSE = """
[course]
name = "n"
term = "t"
seed = "12345678"
{table}
[assignments.a1]
title = "One"
backend = "numpy"
points = {{q1 = 1}}
"""


def loaded(tmp_path, table):
    path = tmp_path / "course.toml"
    path.write_text(COURSE.format(table=table))
    return course.load(path)


def test_the_policy_stands_in_course_toml_and_may_be_left_out(tmp_path):
    assert loaded(tmp_path, "").gradescope == Policy()
    table = '[gradescope]\nminutes = 20\nkeep = "best"\nper_day = 5\nlate_percent = 2.5'
    assert loaded(tmp_path, table).gradescope == Policy(20, "best", 5, 2.5)


@pytest.mark.parametrize(
    ("entry", "named"),
    [
        ("minutes = 41", "gradescope.minutes is 41; wanted: whole minutes from 1 to 40"),
        ("minutes = 1.5", "gradescope.minutes"),
        ("per_day = -1", "gradescope.per_day"),
        ("late_percent = 101", "gradescope.late_percent"),
        ('keep = "worst"', "gradescope.keep"),
        ("memory = 3", "gradescope.memory is unknown"),
    ],
)
def test_a_policy_that_cannot_be_meant_is_named(tmp_path, entry, named):
    with pytest.raises(CourseError) as raised:
        loaded(tmp_path, f"[gradescope]\n{entry}")
    assert named in str(raised.value)


# ---- the container ----


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({}, None),
        ({"sys/fs/cgroup/memory.max": "max\n"}, None),
        ({"sys/fs/cgroup/memory.max": f"{768 * 2**20}\n"}, 768),
        ({"sys/fs/cgroup/memory/memory.limit_in_bytes": f"{512 * 2**20}"}, 512),
        ({"sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712"}, None),
    ],
)
def test_a_containers_memory_is_read_as_both_kinds_of_cgroup_write_it(tmp_path, files, found):
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)
    assert container.memory(tmp_path) == found


def test_a_container_that_is_too_small_is_called_that(tmp_path):
    (tmp_path / "sys/fs/cgroup").mkdir(parents=True)
    (tmp_path / "sys/fs/cgroup/memory.max").write_text(str(512 * 2**20))
    (said,) = container.remarks("keras", tmp_path)
    assert said.startswith("This container is too small: it has 512 MB of memory")
    assert container.remarks("numpy", tmp_path) == []


def test_the_metadata_that_is_read_is_what_json_has(tmp_path):
    path = tmp_path / "submission_metadata.json"
    path.write_text(json.dumps(DOCUMENTED))
    assert metadata.read(path) == metadata.attempt(DOCUMENTED)
