"""The table in the terminal: it fits, cuts no score, and says what to look at."""

from dataclasses import replace

from grader.reports import terminal
from tests.grader import sample_reports as samples
from tests.grader.sample_reports import printed


def test_the_table_fits_with_ten_questions_and_cuts_no_score():
    for width in (100, 120):
        text = printed(terminal.table(samples.SAMPLES), width=width)
        assert max(map(len, text.splitlines())) <= width
        shown = (*samples.NAMES, "submission", "total", "100 %", "85 %", "grace")
        assert [name for name in shown if name not in text] == [], width
        assert "…" not in text.replace("…/", ""), width


def test_the_table_says_what_to_look_at():
    text = " ".join(printed(terminal.table(samples.SAMPLES)).split())
    expected = (
        f"q2: {samples.FLIPPED.id}: {samples.FLIPPED.belief}",
        "q9: It ran past its 10 seconds",
        "not graded: The file is not a notebook",
        "all correct",
        "wrote to the grader's socket in cell 4",
    )
    assert [said for said in expected if said not in text] == []


def test_a_file_name_brings_no_markup_or_terminal_codes_into_the_table():
    text = printed(
        terminal.table([replace(samples.CORRECT, submission="[red]x\x1b]0;t\x07.ipynb")]), width=120
    )
    assert r"[red]x\x1b]0;t\x07" in text
    assert "\x1b" not in text
