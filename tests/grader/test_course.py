"""course.toml: what it means, and that each mistake is named where it stands."""

import datetime as dt

import pytest
from click.testing import CliRunner

from grader import course
from grader.cli import cli
from grader.course import CourseError

GOOD = """
[course]
name = "CNN"
term = "autumn"
seed = "a secret of ours"
[assignments.a1_first]
title = "First"
backend = "numpy"
due = 2026-12-01T23:59:00+01:00
visibility = "hidden"
seconds = 3
files = ["mine.weights.h5"]
[assignments.a1_first.points]
q1 = 40
q2 = 60.5
"""


def load(tmp_path, text):
    path = tmp_path / "course.toml"
    path.write_text(text)
    return course.load(path)


def test_what_is_graded_by_hand_has_points_of_its_own(tmp_path):
    text = GOOD + "[assignments.a1_first.manual]\ntalk = 10\n"
    (first,) = load(tmp_path, text).assignments.values()
    assert (first.points, first.manual) == ({"q1": 40.0, "q2": 60.5}, {"talk": 10.0})
    with pytest.raises(CourseError, match=r"assignments\.a1_first\.manual\.talk is -1"):
        load(tmp_path, text.replace("talk = 10", "talk = -1"))


def test_every_entry_is_read(tmp_path):
    (first,) = load(tmp_path, GOOD).assignments.values()
    assert (first.id, first.short, first.title, first.backend) == ("a1_first", "a1", "First", "numpy")
    assert first.points == {"q1": 40.0, "q2": 60.5}
    assert first.due == dt.datetime(2026, 12, 1, 23, 59, tzinfo=dt.timezone(dt.timedelta(hours=1)))
    assert (first.visibility, first.seconds, first.files) == ("hidden", 3.0, ("mine.weights.h5",))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('seed = "a secret of ours"', "", "course.seed is missing"),
        ('seed = "a secret of ours"', 'seed = "short"', "at least 8 characters"),
        (
            'backend = "numpy"',
            'backend = "torch"',
            "assignments.a1_first.backend is 'torch'; wanted: one of numpy, keras",
        ),
        ("q1 = 40", "q1 = -1", "assignments.a1_first.points.q1 is -1"),
        ("q1 = 40", "q1 = nan", "points.q1"),
        ("q1 = 40", "q1 = true", "points.q1 is True"),
        ("q1 = 40\nq2 = 60.5", "", "points"),
        ("due = 2026-12-01T23:59:00+01:00", "due = 2026-12-01T23:59:00", "an offset"),
        ("seconds = 3", "seconds = 0", "between 0 and 600"),
        ("seconds = 3", "secnods = 3", "assignments.a1_first.secnods is unknown"),
        ('visibility = "hidden"', 'visibility = "never"', "one of visible, after_due_date"),
        ('["mine.weights.h5"]', '["../mine.weights.h5"]', "names that end in"),
        ('["mine.weights.h5"]', '["mine.pkl"]', "names that end in"),
        ("[course]", "[course", "is not TOML"),
    ],
)
def test_a_mistake_is_named_where_it_stands(tmp_path, old, new, words):
    assert old in GOOD
    with pytest.raises(CourseError) as error:
        load(tmp_path, GOOD.replace(old, new))
    assert words in str(error.value)


def test_points_that_make_another_sum_than_a_hundred_are_told(tmp_path):
    assert load(tmp_path, GOOD.replace("60.5", "60")).points_warnings() == []
    words = ["the points of a1_first in course.toml add up to 100.5, not to 100"]
    assert load(tmp_path, GOOD).points_warnings(("a1_first",)) == words


def test_every_build_tells_it_and_ends_well(tmp_path, monkeypatch):
    monkeypatch.setattr("grader.building.build.build", lambda *given, **options: [])
    for points, told in (("60.5", True), ("60", False)):
        load(tmp_path, GOOD.replace("60.5", points))
        done = CliRunner().invoke(cli, ["build", "--quick", "--course", str(tmp_path / "course.toml")])
        assert done.exit_code == 0
        assert ("warning: the points of a1_first in course.toml add up to 100.5" in done.output) is told


def test_another_seed_term_or_assignment_draws_other_inputs(tmp_path):
    here = load(tmp_path, GOOD)
    keys = {
        here.key("a1_first"),
        here.key("a2_second"),
        load(tmp_path, GOOD.replace("a secret of ours", "another secret")).key("a1_first"),
        load(tmp_path, GOOD.replace("autumn", "spring")).key("a1_first"),
    }
    assert len(keys) == 4


def test_the_course_is_found_from_a_folder_inside_it(tmp_path):
    (tmp_path / "course.toml").write_text(GOOD)
    inside = tmp_path / "solutions" / "a1"
    inside.mkdir(parents=True)
    assert course.find(inside) == tmp_path / "course.toml"


def test_an_unknown_assignment_lists_the_known(tmp_path):
    with pytest.raises(CourseError, match=r"no assignment 'a9'; course\.toml has a1_first"):
        load(tmp_path, GOOD).choose(("a9",))
