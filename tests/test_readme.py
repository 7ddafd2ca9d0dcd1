"""What the README says of the course is there: every question that its tables name, and their number."""

import re

import pytest

from grader import master
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def asked(the_course):
    """{"a3": (the names of its questions, the text of its master)}"""
    found = {}
    for assignment in the_course.assignments.values():
        path = ROOT / "solutions" / assignment.id / f"{assignment.id}.py"
        names = [question.name for question in master.questions(master.read(path))]
        found[assignment.short] = names, path.read_text(encoding="utf-8")
    return found


def test_every_question_that_is_named_is_there(asked):
    named = {(short, name) for short, name in re.findall(r"\b(a\d)\.(q\d+)\b", README)}
    assert len(named) > 60
    assert {(short, name) for short, name in named if name not in asked[short][0]} == set()


def test_every_question_of_the_course_belongs_to_a_topic(asked):
    every = {(short, name) for short, (names, _) in asked.items() for name in names if name.startswith("q")}
    assert every - set(re.findall(r"\b(a\d)\.(q\d+)\b", README)) == set()


def test_the_table_of_assignments_counts_their_questions(asked):
    rows = dict(re.findall(r"^\| (a\d) \| .* \| (\d+) \| [\d a-z]+ \| \w+ \|$", README, re.MULTILINE))
    counts = {short: sum(name.startswith("q") for name in names) for short, (names, _) in asked.items()}
    assert {short: int(count) for short, count in rows.items()} == counts


def test_sections_that_are_named_are_there(asked):
    for short, number in re.findall(r"\b(a\d) section (\d+)", README):
        assert re.search(rf"^# ## {number}\. ", asked[short][1], re.MULTILINE), (short, number)
