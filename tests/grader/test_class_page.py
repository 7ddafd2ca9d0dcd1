"""class.html and its short form in the terminal: what a class believes, so that the next lecture can start there."""

import os
from dataclasses import replace

import pytest

from grader.gradescope.results import to_results
from grader.report import Report
from grader.reports import file_name, page, terminal
from grader.reports.class_report import render, summarise
from tests.grader import sample_reports as samples
from tests.grader.sample_reports import (
    a_class,
    one_question,
    parse_page,
    printed,
    right,
    with_question,
    words,
    wrong,
)

FLIP_ALONE = (
    wrong("By hand", 0, "no", diagnosis=samples.FLIPPED),
    wrong("Drawn", 2, "no", diagnosis=samples.FLIPPED),
)


def class_page(reports: list[Report]) -> str:
    folders = [file_name(report.submission).removesuffix(".ipynb") for report in reports]
    return render(summarise(reports, folders))


def test_ideas_are_counted_once_for_each_submission_and_the_most_common_comes_first():
    one_more = replace(with_question(samples.CORRECT, "q2", *FLIP_ALONE), submission="one more.ipynb")
    summary = summarise([*a_class(), one_more])
    assert [(idea.card.id, idea.questions, len(idea.held_by)) for idea in summary.ideas] == [
        ("conv.flipped_kernel", ("q2",), 14),
        ("pool.ties_split", ("q5",), 13),
    ]
    by_question = {question.name: [len(i.held_by) for i in question.ideas] for question in summary.questions}
    assert by_question == {key: [] for key in samples.NAMES} | {"q2": [14], "q5": [13]}
    (idea,) = summarise([with_question(one_more, "q3", *FLIP_ALONE)]).ideas  # in two questions it is one idea
    assert (idea.questions, len(idea.held_by)) == (("q2", "q3"), 1)
    twice = [with_question(samples.CORRECT, "q2", *samples.FLIP_CASES)] * 2  # two of one name are two
    (idea,) = summarise(twice).ideas
    assert len(idea.held_by) == 2


def test_the_scores_of_a_class_and_of_each_question_are_distributed():
    summary = summarise(a_class())
    assert (summary.size, len(summary.percents)) == (17, 16)
    assert summary.distribution[0] == ("0–9", 1)  # the forger
    assert summary.distribution[-1] == ("100", 1)
    assert sum(count for _, count in summary.distribution) == 16
    q2 = summary.questions[1]
    assert q2.distribution == [("2", 2), ("0.4", 13), ("0", 1)]
    assert q2.mean == pytest.approx(100 * (2 * 2 + 13 * 0.4) / (16 * 2))
    assert dict(q2.states) == {"complete": 2, "partly": 13, "no verdict": 1}
    reports = [one_question(right("x", i / 2), possible=10) for i in range(21)]
    (question,) = summarise(reports).questions  # many different scores are told in fifths
    fifths = ["8 to 10", "6 to 8", "4 to 6", "2 to 4", "0 to 2"]
    assert question.distribution == list(zip(fifths, (5, 4, 4, 4, 4), strict=True))


def test_what_no_idea_explains_what_was_stopped_and_what_was_not_graded_is_listed_with_its_files():
    summary = summarise(a_class())
    found = {
        part: {why: [who.name for who in whose] for why, whose in groups}
        for part, groups in [
            ("q3", summary.questions[2].unexplained),
            ("not graded", summary.not_graded),
            ("stopped", summary.stopped),
            ("noted", summary.noted),
        ]
    }
    assert found["q3"] == {"stopped with an exception": ["odd.ipynb"]}
    assert found["not graded"] == {samples.UNREADABLE.error: ["dennis.ipynb"]}
    assert [who for why, who in found["stopped"].items() if why.startswith("q9: It ran past")] == [
        ["linus.ipynb"]
    ]
    assert found["stopped"][f"{', '.join(samples.NAMES)}: The notebook has no answer here."] == [
        "mallory.ipynb"
    ]
    assert ["linus.ipynb"] in found["noted"].values()


def test_the_page_is_well_formed_links_to_the_students_pages_and_takes_nothing_from_elsewhere():
    page_ = parse_page(class_page(a_class()))
    assert page_.images == []
    pages = {value for name, value in page_.attributes if name == "href" and not str(value).startswith("#")}
    assert "flips%203/feedback.html" in pages
    assert len(pages) == 16  # all but ada, of whom there is nothing to say
    for reports in ([], [samples.UNREADABLE], [samples.CORRECT]):
        said = parse_page(class_page(reports)).words
        assert "No wrong idea that we know was recognised." in said, reports


def test_the_page_says_where_the_next_lecture_can_start():
    text = words(class_page(a_class()))
    assert text.count(samples.FLIPPED.belief) == 2  # for the class, and for its question
    order = ("Where the next lecture can start", "13 of 16", samples.FLIPPED.belief, "Stopped, or not graded")
    assert [text.index(said) for said in order] == sorted(text.index(said) for said in order)
    others = (
        samples.FLIPPED.lecture,
        "w[::-1, ::-1]",
        "16 of 17 submissions graded.",
        "Stopped with an exception",
    )
    assert [said for said in others if said not in text] == []


def test_the_terminal_says_the_same_in_short():
    text = printed(*terminal.class_tables(summarise(a_class())), width=100)
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert max(map(len, lines)) <= 100
    assert f"13 of 16 q2 {samples.FLIPPED.id}: {samples.FLIPPED.belief}" in lines
    for begin in ("1 dennis The file is not a notebook", "1 linus q9: It ran past its 10 seconds"):
        assert any(line.startswith(begin) for line in lines), begin
    assert list(terminal.class_tables(summarise([samples.CORRECT]))) == []


def test_the_page_holds_text_whatever_a_student_named_a_file():
    for report in (samples.HOSTILE, replace(samples.HOSTILE, error=samples.SCRIPT)):
        html = render(summarise([report], ["javascript:alert(1)"]))
        parse_page(html)
        assert "javascript:" not in html
    # a zip packed with another system's letters unpacks to such names; a link has them as they are on the disk
    html = render(summarise([samples.UNREADABLE], [os.fsdecode(b"Jos\xe9")]))
    assert 'href="Jos%E9/feedback.html"' in html
    assert html.encode()


def test_what_failed_in_the_grader_is_the_instructors_and_on_no_students_page():
    report = replace(
        samples.CORRECT, log=("a case of q2: ZeroDivisionError in judge.py, line 7: hidden <input> LOOT",)
    )
    summary = summarise([report, replace(samples.FLIPS, log=())])
    assert "hidden &lt;input&gt; LOOT" in render(summary)
    assert "hidden <input> LOOT" in printed(*terminal.class_tables(summary))
    assert "LOOT" not in page.render(report) + str(to_results(report))
