"""What the README and docs/ say of the course is there: every question that they name, and what they count."""

import re

import pytest

from grader.building import master
from grader.tasks.catalogue import IDEAS
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
LECTURES = (ROOT / "docs" / "lectures.md").read_text(encoding="utf-8")
PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]


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
    named = {(short, name) for short, name in re.findall(r"\b(a\d)\.(q\d+)\b", LECTURES)}
    assert len(named) > 60
    assert {(short, name) for short, name in named if name not in asked[short][0]} == set()


def test_every_question_of_the_course_belongs_to_a_topic(asked):
    every = {(short, name) for short, (names, _) in asked.items() for name in names if name.startswith("q")}
    assert every - set(re.findall(r"\b(a\d)\.(q\d+)\b", LECTURES)) == set()


def test_the_table_of_assignments_counts_their_questions(asked):
    rows = dict(re.findall(r"^\| (a\d) \| .* \| (\d+) \| [\d a-z]+ \| \w+ \|$", README, re.MULTILINE))
    counts = {short: sum(name.startswith("q") for name in names) for short, (names, _) in asked.items()}
    assert {short: int(count) for short, count in rows.items()} == counts


def test_sections_that_are_named_are_there(asked):
    for short, number in re.findall(r"\b(a\d) section (\d+)", LECTURES):
        assert re.search(rf"^# ## {number}\. ", asked[short][1], re.MULTILINE), (short, number)


def test_the_readme_is_read_in_three_minutes():
    assert len(README.split()) <= 700


def test_the_readme_counts_the_misconceptions():
    (told,) = re.findall(r"knows ([\d,]+) named misconceptions", README)
    assert int(told) == len(IDEAS)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_that_a_page_links_to_are_there(page):
    targets = re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []
