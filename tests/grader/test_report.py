"""A report's numbers and words, before any page is made of it."""

import math
from dataclasses import replace

from grader.gradescope.results import to_results
from grader.gradescope.schema import validate
from grader.report import ByHand, QuestionResult, Report
from grader.reports import gradebook, page, percent
from tests.grader import sample_reports as samples
from tests.grader.sample_reports import one_question, right, wrong


def test_a_score_is_the_sum_of_the_hidden_cases_that_passed():
    assert samples.CORRECT.score == samples.CORRECT.possible == 14  # although thirds don't add up exactly
    assert percent(samples.CORRECT) == "100 %"
    scores = {question.name: question.score for question in samples.FLIPS.questions}
    assert (scores["q2"], scores["q5"], samples.FLIPS.score) == (0.4, 0.5, 14 - 1.6 - 0.5)
    assert percent(one_question(right("most", 999.9), possible=1000)) == "99 %"  # almost everything isn't 100


def test_a_score_is_finite_and_within_its_question_whatever_a_case_claims():
    for points in (math.nan, math.inf, -math.inf, -3.0, 1e300):
        question = QuestionResult("a3.q1", "q1", 2, (right("a", points), right("b", 1)))
        assert 0 <= question.score <= 2, points
        both = Report("a3", "A", "s", (question, replace(question, possible=points)))
        assert 0 <= both.score < math.inf or points == 1e300, points
        assert validate(to_results(Report("a3", "A", "s", (question,)))) == [], points


def test_what_could_not_be_graded_is_zero_out_of_the_right_total():
    assert (samples.UNREADABLE.score, samples.UNREADABLE.possible, samples.UNREADABLE.status) == (
        0,
        14,
        "not graded",
    )
    assert replace(samples.CORRECT, error="broken").score == 0


def test_each_state_of_a_question_has_its_own_word():
    states = {question.name: question.state for question in samples.FLIPS.questions}
    assert (states["q1"], states["q2"]) == ("complete", "partly")
    assert {question.state for question in samples.FORGES.questions} == {"no verdict"}
    assert QuestionResult("a.q", "q", 1, (wrong("x", 1, "no"),)).state == "no points"


def test_a_wrong_idea_is_named_once_and_one_of_these_gives_way_to_the_case_that_says_which():
    assert [len(question.diagnoses) for question in samples.FLIPS.questions] == [0, 1, 0, 0, 1, 0, 0, 0, 0, 0]
    assert samples.FLIPS.diagnoses == ("conv.flipped_kernel", "pool.ties_split")
    cases = tuple(wrong(card.id, 1, "wrong", diagnosis=card) for card in (samples.EITHER, samples.FLIPPED))
    assert QuestionResult("a3.q3", "q3", 2, cases).diagnoses == (samples.FLIPPED,)
    assert QuestionResult("a3.q3", "q3", 2, cases[:1]).diagnoses == (samples.EITHER,)


def test_what_is_graded_by_hand_is_named_and_counts_in_no_total():
    talk = ByHand("a6.talk", "talk", "Twenty minutes <b>on</b> one network", 10)
    report = one_question(right("x", 2), possible=2, by_hand=(talk,))
    assert (report.score, report.possible, report.percent) == (2, 2, 100)
    html, results = page.render(report), to_results(report)
    for text in (html, results["output"]):
        assert "graded by hand: up to 10 points beside the total" in text
        assert "<b>on</b>" not in text
    assert validate(results) == []
    assert sum(test["max_score"] for test in results["tests"]) == 2
    assert "a6.talk" not in gradebook.points_possible([report])
