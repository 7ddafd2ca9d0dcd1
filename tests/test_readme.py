"""What the README and docs/ say of the course is there, and what they count is right."""

import json
import re
import shutil
from collections import Counter
from dataclasses import replace

import pytest
from click.testing import CliRunner

from grader.auditing import figures, lectures, measured
from grader.cli import cli
from grader.course import CourseError
from grader.tasks.catalogue import IDEAS
from kerasnets.models import registry
from tests.conftest import ROOT, SUBMISSIONS

README = (ROOT / "README.md").read_text(encoding="utf-8")
NETWORKS = (ROOT / "docs" / "networks.md").read_text(encoding="utf-8")
PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]
MADE = ("docs/lectures.md", "docs/figures.md")


@pytest.fixture(scope="module")
def asked(the_course):
    return lectures.questions(the_course)


@pytest.fixture(scope="module")
def made(the_course, asked):
    """The generated pages, as they would be written now."""
    return dict(zip(MADE, (lectures.page(the_course, asked), figures.page(the_course, asked)), strict=True))


@pytest.fixture
def course_at(made, tmp_path):
    """The course, with a docs/ of its own that a test may change; its generated pages are up to date."""
    for name in ("solutions", "assignments", "grader", "kerasnets", "tests", "benchmarks"):
        (tmp_path / name).symlink_to(ROOT / name)
    for name in ("course.toml", "README.md"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / "docs", tmp_path / "docs", ignore=shutil.ignore_patterns("*.png", "zoo"))
    for name, text in made.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


# Pages that a command makes ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", MADE)
def test_a_generated_page_is_up_to_date(made, name):
    assert (ROOT / name).read_text(encoding="utf-8") == made[name], "run `kerasnets docs --write`, and commit"


def test_a_stale_page_is_named_with_exit_code_1_and_written_anew(course_at):
    page, called = course_at / MADE[0], ["docs", "--course", str(course_at / "course.toml")]
    right = page.read_text(encoding="utf-8")
    page.write_text(
        right.replace("| a1.q1 | sizes by hand |", "| a1.q1 | sizes by heart |"), encoding="utf-8"
    )
    looked = CliRunner().invoke(cli, called)
    assert (looked.exit_code, looked.output) == (1, f"{page} is out of date: run `kerasnets docs --write`\n")
    wrote = CliRunner().invoke(cli, [*called, "--write"])
    assert (wrote.exit_code, wrote.output) == (0, f"wrote {page}\n")
    assert page.read_text(encoding="utf-8") == right


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"a1.q12, a3.q8"', '"a1.q12, a3.q80"', "no master asks a3.q80"),
        ('"a1.q11"', '"a1.q12"', "no topic names a1.q11"),
        ('"a2 section 8, a3.q5, a3.q6"', '"a2 section 80, a3.q5, a3.q6"', "a2 has no section 80"),
        ('"a7.q10"]', "10]", "a topic is [what, where]"),
    ],
)
def test_a_topic_that_names_what_is_not_there_is_refused(the_course, asked, course_at, old, new, said):
    path = course_at / lectures.SOURCE
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(CourseError, match=re.escape(said)):
        lectures.page(replace(the_course, root=course_at), asked)


def test_every_idea_that_names_a_lecture_is_behind_one_of_its_parts(asked, made):
    cards = {idea.card.id: idea.card for one in asked for idea in one.ideas}
    assert len(cards) > 0.98 * len(IDEAS)
    for card in cards.values():
        number, _, part = card.lecture.removeprefix("Lecture ").partition(", ")
        table = made[MADE[0]].partition(f"## Lecture {number}: read again\n")[2].partition("\n## ")[0]
        assert f"| {part} |" in table, card.id


def test_every_question_with_a_function_has_a_topic(asked):
    for one in asked:
        assert one.title, one.id
        assert all((ROOT / "grader" / "tasks" / f"{topic}.py").exists() for topic in one.topics), one.id
        assert bool(one.topics) == bool(one.functions), one.id


# What was measured ------------------------------------------------------------------------------------------


def test_a_benchmark_takes_the_place_of_its_earlier_figures(tmp_path):
    (tmp_path / "benchmarks").mkdir()
    for number in ("0.9", "1.1"):
        measured.keep(tmp_path, "conv", "python benchmarks/conv.py --write", 0.04, {"ratio": number})
    measured.keep(tmp_path, "seal", "python benchmarks/seal.py --write", 2.0, {"ratio": "1.2"})
    kept = measured.recorded(tmp_path)
    assert {name: one.figures for name, one in kept.items()} == {
        "conv": {"ratio": "1.1"},
        "seal": {"ratio": "1.2"},
    }
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", kept["conv"].day)
    assert re.match(r"\d+ processors, ", kept["conv"].machine)


def test_every_measured_figure_is_on_the_page_with_its_command(made):
    kept = measured.recorded(ROOT)
    assert set(kept) <= set(figures.TITLES)
    for one in kept.values():
        assert f"| command | `{one.command}` |" in made[MADE[1]]
        assert all(f"| {what} | {figure} |" in made[MADE[1]] for what, figure in one.figures.items())


def test_the_marks_of_the_samples_are_those_that_their_files_expect(the_course):
    """Each sample has a mark; full marks where its file says so, else at least what the other questions are worth."""
    marks = {name: float(mark) for name, mark in measured.recorded(ROOT)["samples"].figures.items()}
    assert set(marks) == {
        f"{assignment.short}/{path.name}"
        for assignment in the_course.assignments.values()
        for path in (SUBMISSIONS / assignment.id).iterdir()
    }
    for assignment in the_course.assignments.values():
        for path in (SUBMISSIONS / "answers" / assignment.id).glob("*.py"):
            words = re.search(r"^# expects: (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)[1]
            lost = [] if words == "full marks" else [entry.split()[0] for entry in words.split(", ")]
            (mark,) = [marks[name] for name in marks if name.startswith(f"{assignment.short}/{path.stem}.")]
            most = sum(assignment.points.values())
            least = most - sum(assignment.points[question] for question in lost)
            assert least <= mark <= most, path.name
            assert (mark == most) == (not lost), path.name


# Numbers in pages that are written by hand ------------------------------------------------------------------


def test_the_table_of_assignments_counts_their_questions(the_course, asked):
    rows = dict(re.findall(r"^\| (a\d) \| .* \| (\d+) \| [\d a-z]+ \| \w+ \|$", README, re.MULTILINE))
    counts = Counter(one.id.partition(".")[0] for one in asked if one.hidden)
    assert {short: int(count) for short, count in rows.items()} == counts


def test_the_readme_is_read_in_three_minutes():
    assert len(README.split()) <= 700


def test_the_readme_counts_the_misconceptions():
    (told,) = re.findall(r"knows ([\d,]+) named misconceptions", README)
    assert int(told) == len(IDEAS)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_misconceptions_are_counted_alike_on_every_page(page):
    told = re.findall(
        r"\b([\d,]+) (?:named )?(?:misconceptions|wrong ideas)\b", page.read_text(encoding="utf-8")
    )
    assert {int(count.replace(",", "")) for count in told} <= {len(IDEAS)}


def test_the_changelog_counts_what_is_there(asked):
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    attacks = list((ROOT / "tests" / "hostile" / "attacks").glob("*/*.py"))
    (questions,), (tries,) = re.findall(r"with (\d+) questions", text), re.findall(r"(\d+) attacks", text)
    assert (int(questions), int(tries)) == (sum(one.hidden > 0 for one in asked), len(attacks))


def test_parameters_in_the_table_of_networks_are_the_cards():
    """`lenet5`, …: each number of a row's second column is a card's, or one of the four that options give."""
    with_options = {"60,965,224", "13,378,280", "272,874", "777,738"}
    known = {f"{card.parameters:,}" for card in registry.CARDS} | with_options
    rows = re.findall(r"^\| `\w+`.* \| ([\d,; to]+)[^|]* \| [a-z][^|]* \|$", NETWORKS, re.MULTILINE)
    told = {number for row in rows for number in re.findall(r"\d[\d,]{4,}\d", row)}
    assert len(told) > 10
    assert told - known == set()


def test_what_the_trained_networks_reached_is_their_cards():
    rows = re.findall(r"^\| `(\w+)`: .* \| ([\d.]+) % \| ([\d.]+) ± ([\d.]+) % \|", NETWORKS, re.MULTILINE)
    cards = {path.stem: json.loads(path.read_text()) for path in registry.WEIGHTS.glob("*.json")}
    assert {name for name, *_ in rows} == set(cards)
    for name, accuracy, mean, _ in rows:
        card = cards[name]
        assert accuracy == f"{100 * card['accuracy']:.2f}", name
        assert mean == f"{100 * sum(card['accuracies']) / len(card['accuracies']):.2f}", name


# What pages name is there -----------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_that_a_page_links_to_are_there(page):
    targets = re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_that_a_page_names_are_there(page):
    """`grader/judge/ask.py`, `grader/sandbox/`: a name in code type that begins with a folder of ours."""
    folders = "grader|kerasnets|tests|scripts|benchmarks|docs|solutions"
    named = re.findall(rf"`((?:{folders})/[\w./-]*)`", page.read_text(encoding="utf-8"))
    # a module may be a file or, when it has grown, a folder
    assert [name for name in named if not _is_there(name)] == []


def _is_there(name):
    path = ROOT / name
    return path.exists() or (name.endswith("/") and path.with_suffix(".py").exists())
