"""feedback.html: what a student reads, and what must never stand there."""

import re
import subprocess
import sys
from dataclasses import replace

from grader.reports import file_name, page, public, tidy
from tests.grader import sample_reports as samples
from tests.grader.sample_reports import by_hand, large, parse_page, with_question, words, wrong

SAYS = [  # (report, words, how often; None: at all)
    *(
        (samples.FLIPS, word, None)
        for word in ("complete", "partly", "passed", "failed", "example", "hidden")
    ),
    (samples.FLIPS, "11.9 of 14 points", None),
    (samples.FLIPS, samples.FLIPPED.belief, 1),  # the same idea once for each question
    (samples.FLIPS, "w[::-1, ::-1]", 1),
    (samples.FLIPS, "To re-read: Lecture 2", 1),
    (samples.FLIPS, "For the same reason.", 2),  # the hidden cases, after the public one with its table
    (samples.HANGS, "ran past its 10 seconds", 1),
    (samples.FORGES, "network connection (refused) in cell 7", None),
    (samples.UNREADABLE, "could not be graded", None),
    (samples.UNREADABLE, "run grader.export() and hand that", None),
    (samples.CORRECT, "user ✓ held: a fresh unprivileged user", None),
    (samples.CORRECT, "files ✗ missing: this system has no Landlock", None),
    (samples.CORRECT, "privileges ✗ not tried: the grader has no way", None),
    (samples.ILLUSTRATED, "2,416 weights", None),
    (samples.ILLUSTRATED, "← first difference", 1),  # of two layer tables, side by side
    (samples.ILLUSTRATED, "table of one", 1),  # an example once for each question
    (samples.ILLUSTRATED, "one again", 0),
    (samples.ILLUSTRATED, "table of two", None),  # that of a hidden case
]
NEVER = [(samples.FLIPS, "SECRET"), (samples.ILLUSTRATED, "SECRET"), (samples.CORRECT, samples.CORRECT.seed)]


def test_a_page_says_in_words_what_a_student_needs():
    found = [
        (report.submission, said, times, words(page.render(report)).count(said))
        for report, said, times in SAYS
    ]
    assert [row for row in found if row[3] != row[2] and not (row[2] is None and row[3])] == []
    assert "yours:  61  67  55" in page.render(samples.FLIPS)  # in its columns
    assert [secret for report, secret in NEVER if secret in page.render(report)] == []


def test_a_page_is_well_formed_and_takes_nothing_from_elsewhere():
    for report in samples.SAMPLES:
        html = page.render(report)
        assert parse_page(html).images == []
        assert "src=" not in html
    html = page.render(samples.ILLUSTRATED)
    assert parse_page(html).titles == ["Heat maps of the first", "Heat maps of example of two"]
    assert "img-src data:" in html


def test_a_page_has_a_handful_of_pictures_and_stays_small_when_everything_is_wrong():
    report = samples.CORRECT
    for number, name in enumerate(samples.NAMES):
        shown = wrong("Public", 0, "no", picture=large(name, number), example=by_hand(name))
        report = with_question(report, name, shown, wrong("Hidden", 1, "no"))
    html = page.render(report)
    assert len(parse_page(html).images) == page.MOST_DRAWINGS == 6
    assert len(html) < 300_000
    assert [name for name in samples.NAMES if f"table of {name}" not in html] == []


def test_whatever_a_student_wrote_is_text():
    for report in (samples.HOSTILE, samples.HOSTILE_ERROR):
        assert "alert(1)" in parse_page(page.render(report)).words
    page.render(replace(samples.CORRECT, submission="\ud800\x00.ipynb")).encode("utf-8")


def test_no_time_on_a_page_could_tell_a_hidden_input():
    """A function could sleep for as many seconds as a digit of its input."""
    reports = [replace(samples.CORRECT, seconds=seconds) for seconds in (0.2, 3.0, 17.5, 55.0)]
    assert len(set(map(page.render, reports))) == 1


def test_only_folders_and_addresses_are_taken_out():
    rows = [
        ("https://example.org/a/b stays", "https://example.org/a/b stays"),
        ("x @ w.T / 3 and 1/4", "x @ w.T / 3 and 1/4"),
        ('File "/tmp/a b', 'File "…/a b'),
        ("x@w.dot(v)", "x@w.dot(v)"),
        ("at ~/course/a3/x.py", "at …/x.py"),
    ]
    assert [(text, public(text)) for text, shown in rows if public(text) != shown] == []
    html = page.render(samples.NAMES_FOLDERS)
    assert not re.search(r"srv|uni\.example|C:\\+grading", html)
    assert "hw.ipynb" in html


def test_a_text_is_cut_in_no_time_and_loses_what_would_break_or_disguise_a_page():
    for filler in ("a", "@", "/a", "a.", "\x1b[", "`"):
        assert len(public(filler * 500_000)) < 10_000, filler
        assert len(page.prose(filler * 500_000)) < 40_000, filler
    assert tidy("a\x00b\ud800c\u202ed\x1b[31me\r\nf") == "abcde\nf"
    assert file_name("..\\..\\x\\y.ipynb") == "y.ipynb"


def test_pages_and_results_load_no_keras_and_what_draws_only_for_a_picture():
    modules = ["grader.gradescope.results", "grader.reports.terminal", "grader.reports.page"]
    for code, heavy in [
        (f"import {', '.join(modules)}", {"tensorflow", "keras", "numpy", "matplotlib", "jsonschema"}),
        (
            "from tests.grader.test_feedback_page import page, samples; page.render(samples.FLIPS)",
            {"matplotlib"},
        ),
    ]:
        loaded = "import sys; sys.path.insert(0, '.'); " + code + "; print(*sys.modules)"
        run = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
        assert "grader.reports.page" in run.stdout.split()
        assert heavy & set(run.stdout.split()) == set(), code
