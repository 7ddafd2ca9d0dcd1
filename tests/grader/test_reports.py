"""One report, four outputs: what they say, what they must never say, and that Gradescope accepts it."""

from __future__ import annotations

import base64
import csv
import io
import json
import math
import os
import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pytest
from markupsafe import escape
from rich.console import Console

from grader.cnnchecks import Diagnosis, Example, Outcome, Picture
from grader.files import write_atomically, write_json
from grader.gradescope import html as gradescope_html
from grader.gradescope import results as gradescope
from grader.gradescope.schema import OUTPUT_LIMIT, validate
from grader.report import ByHand, CaseResult, Measure, QuestionResult, Report, Visibility
from grader.reports import class_report, file_name, gradebook, names, page, percent, public, terminal, tidy
from grader.sandbox.defences import Defence, State

SCRIPT = "<script>alert(1)</script>"

FLIPPED = Diagnosis(
    "conv.flipped_kernel",
    "A convolution turns the kernel by 180° before sliding it.",
    "Mathematicians flip, networks don't: slide the kernel as it is and multiply element by element. "
    "Look for `w[::-1, ::-1]` or `np.convolve`, which flips too.",
    "Lecture 2, the worked 5×5 example",
)
HALVES = Diagnosis(
    "pool.ties_split",
    "Equal maxima share the gradient.",
    "The rule of this course (and of TensorFlow) is that the first maximum gets all of it: `argmax`.",
    "Lecture 1, pooling",
)
TABLE = "row 0:  88  67  55\n        ↑\nyours:  61  67  55"

ISOLATION = (
    Defence("user", State.HELD, "a fresh unprivileged user"),
    Defence("system calls", State.HELD, "filtered"),
    Defence("files", State.MISSING, "this system has no Landlock"),
    Defence("privileges", State.NOT_TRIED, "the grader has no way to do this on darwin"),
)
VERSIONS = (("kerasnets", "0.1.0"), ("numpy", "2.4.6"), ("python", "3.11.9"))


def right(title: str, points: float = 0.5) -> CaseResult:
    return CaseResult(title, points > 0, points, True, Outcome(True, "ok", "Every element is right."))


def wrong(title: str, points: float, message: str, **more: object) -> CaseResult:
    return CaseResult(title, points > 0, points, False, Outcome(False, "value", message, **more))  # type: ignore[arg-type]


def unasked(title: str, points: float) -> CaseResult:
    return CaseResult(title, points > 0, points, False)


QUESTIONS = (
    ("q1", "Output sizes", 1.0,
     ("The sizes of lecture 1", "Strides that don't divide", "Dilation", "Unequal padding")),
    ("q2", "Convolution, forward", 2.0,
     ("The 5×5 image of lecture 2", "Strides, unequal", "Same, odd total", "Two images")),
    ("q3", "Convolution, backward", 2.0,
     ("A 3×3 kernel by hand", "Strides, unequal", "Same, even kernel", "Dilation")),
    ("q4", "Max pooling, forward", 1.0,
     ("The table of lecture 1", "Overlapping windows", "Same, all negative")),
    ("q5", "Max pooling, backward", 1.0, ("One window", "Overlapping windows", "Equal maxima")),
    ("q6", "Average pooling", 1.0, ("The moving averages of lecture 5", "Same: only real pixels count")),
    ("q7", "Dense layer", 1.0, ("Two numbers in, one out", "A batch of three", "The gradients")),
    ("q8", "Softmax and cross-entropy", 1.0,
     ("Equal logits: log 3", "Logits of a thousand", "The mean over the batch")),
    ("q9", "Gradient check", 1.0, ("x² at 3", "A function of an array", "The array is left as it was")),
    ("q10", "Train a LeNet", 3.0, ("The loss falls", "One step of SGD", "Accuracy on the digits")),
)  # fmt: skip


def correct(submission: str = "ada.ipynb") -> Report:
    """Ten questions, all right: the first case public, the points spread over the hidden ones."""
    questions = tuple(
        QuestionResult(
            f"a3.{name}",
            name,
            possible,
            (right(titles[0], 0), *(right(t, possible / (len(titles) - 1)) for t in titles[1:])),
            title=title,
        )
        for name, title, possible, titles in QUESTIONS
    )
    return Report(
        "a3_numpy_convnet", "A convolutional network in NumPy", submission, questions,
        isolation=ISOLATION, seed="5eed5eed5eed", seconds=1.84, versions=VERSIONS,
    )  # fmt: skip


def with_question(report: Report, name: str, cases: tuple[CaseResult, ...], note: str = "") -> Report:
    questions = tuple(
        replace(question, cases=cases, note=note) if question.name == name else question
        for question in report.questions
    )
    return replace(report, questions=questions)


def flipped() -> Report:
    message = "`conv2d_forward` has the right shape, but another value in 12 of 24 elements."
    cases = (
        wrong("The 5×5 image of lecture 2", 0, message, detail=TABLE, where="everywhere", diagnosis=FLIPPED),
        wrong("Strides, unequal", 0.8, message, detail="SECRET 4711", where="everywhere", diagnosis=FLIPPED),
        wrong("Same, odd total", 0.8, message, detail="SECRET 4712", where="everywhere", diagnosis=FLIPPED),
        right("One pixel", 0.4),
    )
    ties = (
        right("One window", 0),
        right("Overlapping windows", 0.5),
        wrong("Equal maxima", 0.5, "dx has the right shape, but another value in 6 of 32 elements.",
              where="only where two maxima are equal", diagnosis=HALVES),
    )  # fmt: skip
    return with_question(with_question(correct("grace.ipynb"), "q2", cases), "q5", ties)


def hanging() -> Report:
    note = (
        "It ran past its 10 seconds of computing time and was stopped. The rest of the notebook was graded."
    )
    cases = (
        right("x² at 3", 0),
        unasked("A function of an array", 0.5),
        unasked("The array is left as it was", 0.5),
    )
    report = with_question(correct("linus.ipynb"), "q9", cases, note)
    return replace(
        report, notes=("Cell 31 ran past its time limit and was skipped when the notebook ran again.",)
    )


def forger() -> Report:
    report = correct("mallory.ipynb")
    empty = tuple(
        replace(question, cases=(), note="The notebook has no answer here.") for question in report.questions
    )
    notes = (
        "A forged answer was refused: the notebook wrote to the grader's socket in cell 4.",
        "Tried to open a network connection (refused) in cell 7.",
    )
    return replace(report, questions=empty, notes=notes)


def unreadable() -> Report:
    report = correct("dennis.ipynb")
    return replace(
        report,
        questions=tuple(replace(question, cases=()) for question in report.questions),
        error="The file is not a notebook: it ends in the middle of a line, as an interrupted upload does.",
        what_to_do="Open the notebook in JupyterLab, save it, run `grader.export()` and hand that file in.",
    )


def sample_reports() -> list[Report]:
    return [hanging(), correct(), forger(), unreadable(), flipped()]


# Scores -----------------------------------------------------------------------------------------------------


def test_the_correct_submission_has_full_marks_although_thirds_do_not_add_up_exactly():
    assert correct().score == correct().possible == 14
    assert percent(correct()) == "100 %"


def test_partial_credit_is_the_sum_of_the_passed_hidden_cases():
    scores = {question.name: question.score for question in flipped().questions}
    assert (scores["q2"], scores["q5"], flipped().score) == (0.4, 0.5, 14 - 1.6 - 0.5)


@pytest.mark.parametrize("points", [math.nan, math.inf, -math.inf, -3.0, 1e300])
def test_a_score_is_finite_and_within_its_question_whatever_a_case_claims(points):
    question = QuestionResult("a3.q1", "q1", 2, (right("a", points), right("b", 1)))
    assert 0 <= question.score <= 2
    assert (
        0 <= Report("a3", "A", "s", (question, replace(question, possible=points))).score < math.inf
        or points == 1e300
    )
    assert validate(gradescope.to_results(Report("a3", "A", "s", (question,)))) == []


def test_almost_everything_is_not_called_100_percent():
    question = QuestionResult("a.q", "q", 1000, (right("most", 999.9),))
    assert percent(Report("a", "A", "s", (question,))) == "99 %"


def test_a_submission_that_could_not_be_graded_scores_zero_out_of_the_right_total():
    assert (unreadable().score, unreadable().possible, unreadable().status) == (0, 14, "not graded")
    assert replace(correct(), error="broken").score == 0


def test_each_state_of_a_question_has_its_own_word():
    states = {question.name: question.state for question in flipped().questions}
    assert (states["q1"], states["q2"]) == ("complete", "partly")
    assert {question.state for question in forger().questions} == {"no verdict"}
    assert QuestionResult("a.q", "q", 1, (wrong("x", 1, "no"),)).state == "no points"


def test_a_wrong_idea_is_named_once_per_question_and_once_per_report():
    assert [len(question.diagnoses) for question in flipped().questions] == [0, 1, 0, 0, 1, 0, 0, 0, 0, 0]
    assert flipped().diagnoses == ("conv.flipped_kernel", "pool.ties_split")


# The page ---------------------------------------------------------------------------------------------------


class Structure(HTMLParser):
    """Opening tags, what stays open, and the words a reader sees."""

    VOID = ("meta", "br", "link")

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.open: list[str] = []
        self.ids: list[str] = []
        self.words = ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        self.ids += [value for name, value in attrs if name == "id"]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.words += data


@pytest.mark.parametrize("report", sample_reports(), ids=lambda report: report.submission)
def test_a_page_is_well_formed_and_takes_nothing_from_elsewhere(report):
    html = page.render(report)
    structure = Structure(html)
    assert structure.open == []
    assert not {"script", "link", "img", "iframe", "object", "form"} & set(structure.tags)
    assert not re.search(r"https?:|url\(|@import|src=|\son\w+=", html)
    assert len(structure.ids) == len(set(structure.ids))
    targets = {value[1:] for name, value in structure.attributes if name == "href" and value}
    assert targets <= set(structure.ids)


def test_a_page_says_with_words_what_its_colours_say():
    words = Structure(page.render(flipped())).words
    for word in ("complete", "partly", "passed", "failed", "example", "hidden", "11.9 of 14 points"):
        assert word in words


def test_a_page_explains_the_same_wrong_idea_once_per_question():
    words = Structure(page.render(flipped())).words
    assert words.count(FLIPPED.belief) == 1
    assert words.count("w[::-1, ::-1]") == 1
    assert words.count("To re-read: Lecture 2") == 1
    assert words.count("For the same reason.") == 2  # the hidden cases, after the public one with its table


def test_a_page_shows_a_public_detail_and_never_a_hidden_one():
    html = page.render(flipped())
    assert "yours:  61  67  55" in html
    assert "SECRET" not in html


def test_a_page_keeps_the_seed_to_the_instructor():
    assert correct().seed not in page.render(correct())


def test_a_page_tells_a_hang_and_a_refused_trick_in_plain_words():
    assert "ran past its 10 seconds" in page.render(hanging())
    assert page.render(hanging()).count("ran past its 10 seconds") == 1
    assert "network connection (refused) in cell 7" in page.render(forger())


def test_a_page_of_an_unreadable_file_says_what_to_do():
    words = Structure(page.render(unreadable())).words
    assert "could not be graded" in words
    assert "run grader.export() and hand that" in words


def hostile() -> Report:
    """`<script>` in every text that a student may have a hand in, and in all others too."""
    idea = Diagnosis(SCRIPT, SCRIPT, SCRIPT, SCRIPT)
    case = wrong(SCRIPT, 0, f"{SCRIPT} `{SCRIPT}`", detail=f"</pre>{SCRIPT}", where=SCRIPT, diagnosis=idea)
    question = QuestionResult(
        "a3.q1", SCRIPT, 1, (case, replace(case, hidden=True, points=1.0)), SCRIPT, SCRIPT
    )
    return Report(SCRIPT, SCRIPT, f"{SCRIPT}.ipynb", (question,), (SCRIPT,), (Defence(SCRIPT, State.HELD, SCRIPT),), SCRIPT, 1.0,
                  ((SCRIPT, SCRIPT),))  # fmt: skip


def test_whatever_a_student_wrote_is_text():
    for report in (hostile(), replace(hostile(), error=SCRIPT, what_to_do=SCRIPT)):
        structure = Structure(page.render(report))
        assert "script" not in structure.tags
        assert structure.open == []
        assert "alert(1)" in structure.words
        results = json.dumps(gradescope.to_results(report))
        shown = json.loads(results)
        assert "<script" not in shown["output"] + "".join(test["output"] for test in shown["tests"])


def test_no_page_names_a_folder_or_an_address():
    note = "No such file: '/srv/grading/run7/w.npz' (asked by ana@uni.example) in C:\\grading\\x.py"
    report = replace(hanging(), submission="/srv/class/ana@uni.example/hw.ipynb", notes=(note,))
    for text in (page.render(report), json.dumps(gradescope.to_results(report))):
        assert not re.search(r"srv|uni\.example|C:\\+grading", text)
        assert "hw.ipynb" in text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://example.org/a/b stays", "https://example.org/a/b stays"),
        ("x @ w.T / 3 and 1/4", "x @ w.T / 3 and 1/4"),
        ('File "/tmp/a b', 'File "/tmp/a b'.replace("/tmp/", "…/")),
        ("x@w.dot(v)", "x@w.dot(v)"),
        ("at ~/course/a3/x.py", "at …/x.py"),
    ],
)
def test_only_folders_and_addresses_are_taken_out(text, shown):
    assert public(text) == shown


def test_a_text_of_a_million_characters_is_cut_in_no_time():
    for filler in ("a", "@", "/a", "a.", "\x1b[", "`"):
        assert len(public(filler * 500_000)) < 10_000
        assert len(page.prose(filler * 500_000)) < 40_000


def test_characters_that_would_break_or_disguise_a_page_are_dropped():
    assert tidy("a\x00b\ud800c\u202ed\x1b[31me\r\nf") == "abcde\nf"
    page.render(replace(correct(), submission="\ud800\x00.ipynb")).encode("utf-8")
    assert file_name("..\\..\\x\\y.ipynb") == "y.ipynb"


# Pictures, examples and layer tables ------------------------------------------------------------------------


def heat_map(value: float, title: str) -> Picture:
    expected = np.zeros((3, 3))
    expected[0, 1] = value
    return Picture(expected, np.eye(3), title, (0, 0))


def by_hand(name: str) -> Example:
    return Example(f"{name}(x, w)", f"table of {name}", heat_map(2, f"example of {name}"))


LAYERS = (("156 weights", "c1 (Conv2D), 156 weights", False), ("2,416 weights", SCRIPT, True))


def illustrated() -> Report:
    """q2: a public picture and an example; q3: a hidden case alone, with a picture that must not be shown."""
    message = "another value"
    q2 = (
        wrong("Public", 0, message, detail=TABLE, picture=heat_map(3, "the first"), example=by_hand("one")),
        wrong("Public too", 0, message, picture=heat_map(4, "the second"), example=by_hand("one again")),
        wrong("Hidden", 2, message, picture=heat_map(5, "SECRET"), layers=(("SECRET", "SECRET", True),)),
    )
    q3 = (
        right("Public", 0),
        wrong("Hidden", 2, message, picture=heat_map(6, "SECRET"), example=by_hand("two")),
    )
    q10 = (wrong("Public", 0, message, layers=LAYERS), right("Hidden", 3))
    return with_question(with_question(with_question(correct(), "q2", q2), "q3", q3), "q10", q10)


def images(html: str) -> list[dict[str, str | None]]:
    """The attributes of each image."""
    found: list[dict[str, str | None]] = []

    class Images(HTMLParser):
        def handle_starttag(self, tag, attrs):
            if tag == "img":
                found.append(dict(attrs))

    Images().feed(html)
    return found


def test_a_question_has_one_picture_with_words_and_it_is_inside_the_page():
    html = page.render(illustrated())
    drawn = images(html)
    assert [str(image["alt"]).split(",")[0] for image in drawn] == [
        "Heat maps of the first",
        "Heat maps of example of two",
    ]
    assert all(str(image["src"]).startswith("data:image/png;base64,") for image in drawn)
    assert "img-src data:" in html
    assert Structure(html.replace("<img ", "<meta ")).open == []
    assert not re.search(r"https?:|url\(|@import|\son\w+=", html)


def test_a_hidden_case_shows_the_picture_of_an_example_and_never_its_own():
    for text in (page.render(illustrated()), json.dumps(gradescope.to_results(illustrated()))):
        assert "SECRET" not in text
        assert "table of two" in text


def test_an_example_is_given_once_for_each_question():
    for text in (page.render(illustrated()), json.dumps(gradescope.to_results(illustrated()))):
        assert text.count("table of one") == 1
        assert "one again" not in text


def test_an_example_of_a_hidden_case_stays_as_hidden_as_the_case():
    results = gradescope.to_results(illustrated(), Visibility.HIDDEN)
    visible = [test for test in results["tests"] if test["visibility"] == "visible"]
    assert "table of one" in json.dumps(visible)
    assert "table of two" not in json.dumps(visible)


def test_a_picture_on_gradescope_stands_right_beside_its_words_and_only_there():
    """ "Public too" has a picture and no words: nothing is drawn for it, even where the first picture is missing."""
    results = gradescope.to_results(illustrated())
    assert validate(results) == []
    q2, q3, q10 = (results["tests"][i]["output"] for i in (1, 2, 9))
    assert [str(image["alt"]).split(",")[0] for image in images(q2 + q3)] == [
        "Heat maps of the first",
        "Heat maps of example of two",
    ]
    assert re.search(r"yours:  61  67  55</pre>\n<p><img ", q2)
    assert re.search(r"table of two</pre>\n<p><img ", q3)
    assert not images(q10)
    assert "&gt; 2,416 weights" in q10


def test_what_is_drawn_is_a_png_inside_the_file_of_some_tens_of_kilobytes():
    for image in images(json.loads(json.dumps(gradescope.to_results(illustrated())))["tests"][1]["output"]):
        kind, data = str(image["src"]).split(",")
        assert kind == "data:image/png;base64"
        assert base64.b64decode(data).startswith(b"\x89PNG")
        assert len(data) < gradescope.PICTURE_LIMIT == 45_000
        assert 50 < int(str(image["width"])) < 700


def without_pictures(results: dict[str, Any]) -> dict[str, Any]:
    def bare(test: dict[str, Any]) -> dict[str, Any]:
        return test | {"output": re.sub(r"\n<p><img [^>]*></p>", "", test["output"])}

    return results | {"tests": [bare(test) for test in results["tests"]]}


@pytest.mark.parametrize("limit", ["MOST_PICTURES", "PICTURE_LIMIT", "OUTPUT_LIMIT"])
def test_over_a_limit_the_picture_is_left_out_and_never_a_word(limit, monkeypatch):
    drawn = gradescope.to_results(illustrated())
    monkeypatch.setattr(gradescope, limit, 0 if limit == "MOST_PICTURES" else 2_000)
    bare = gradescope.to_results(illustrated())
    assert "<img" not in json.dumps(bare)
    assert bare == without_pictures(drawn) != drawn


def test_a_drawing_that_fails_costs_the_picture_alone(monkeypatch):
    drawn = gradescope.to_results(illustrated())
    monkeypatch.setattr("grader.cnnpictures.png", lambda picture: 1 / 0)
    assert gradescope.to_results(illustrated()) == without_pictures(drawn) != drawn


def all_wrong() -> Report:
    """Every question has a large picture in public and one behind the examples of its hidden cases."""
    report = correct()
    for number, (name, *_) in enumerate(QUESTIONS):
        big = Picture(np.random.default_rng(number).normal(size=(7, 7)), np.full((7, 7), 1 / 3), name, (0, 0))
        cases = (
            wrong("Public", 0, "no", detail=TABLE, picture=big),
            wrong("Hidden", 1, "no", example=Example(name, f"table of {name}", big)),
        )
        report = with_question(report, name, cases)
    return report


@pytest.mark.parametrize("visibility", list(Visibility))
def test_results_have_a_handful_of_pictures_and_stay_small_when_everything_is_wrong(visibility):
    results = gradescope.to_results(all_wrong(), visibility)
    text = json.dumps(results)
    assert len(images("".join(test["output"] for test in results["tests"]))) == gradescope.MOST_PICTURES == 6
    assert len(text) < 300_000
    assert all(f"table of {name}" in text for name, *_ in QUESTIONS)
    assert validate(results) == []


def test_pictures_of_public_cases_leave_none_over_for_hidden_ones():
    """Else what is visible would say how many hidden cases failed before it."""
    tests = gradescope.to_results(all_wrong(), Visibility.HIDDEN)["tests"]
    drawn = [test["number"] for test in tests if "<img" in test["output"]]
    assert drawn == ["1.1", "2.1", "3.1", "4.1", "5.1", "6.1"]


def test_layer_tables_stand_side_by_side_with_the_first_difference_marked():
    structure = Structure(page.render(illustrated()).replace("<img ", "<meta "))
    assert "script" not in structure.tags
    assert "2,416 weights" in structure.words
    assert structure.words.count("← first difference") == 1


def test_a_page_has_a_handful_of_pictures_and_stays_small_when_everything_is_wrong():
    report = correct()
    for number, (name, *_) in enumerate(QUESTIONS):
        big = Picture(np.random.default_rng(number).normal(size=(7, 7)), np.full((7, 7), 1 / 3), name, (0, 0))
        cases = (wrong("Public", 0, "no", picture=big, example=by_hand(name)), wrong("Hidden", 1, "no"))
        report = with_question(report, name, cases)
    html = page.render(report)
    assert len(images(html)) == page.MOST_DRAWINGS == 6
    assert len(html) < 300_000
    assert all(f"table of {name}" in html for name, *_ in QUESTIONS)


# Gradescope -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("visibility", list(Visibility))
@pytest.mark.parametrize("report", [*sample_reports(), hostile()], ids=lambda report: report.submission[:8])
def test_results_follow_gradescopes_schema(report, visibility):
    results = gradescope.to_results(report, visibility)
    assert validate(results) == []
    assert validate(json.loads(json.dumps(results))) == []
    assert results["score"] == report.score
    assert sum(test["max_score"] for test in results["tests"]) == pytest.approx(report.possible)


def test_the_tests_scores_add_up_to_the_total_whatever_is_hidden_and_whatever_failed():
    broken = replace(flipped(), error="The grader lost the notebook.")
    half_in_public = with_question(correct(), "q5", (right("One window", 0.5), right("Equal maxima", 0.25)))
    worth = tuple(replace(case, hidden=i > 0) for i, case in enumerate(half_in_public.questions[4].cases))
    for report in (*sample_reports(), broken, with_question(correct(), "q5", worth)):
        for choice in Visibility:
            tests = gradescope.to_results(report, choice)["tests"]
            assert sum(test["score"] for test in tests) == pytest.approx(report.score)
            assert sum(test["max_score"] for test in tests) == pytest.approx(report.possible)
    assert {test["status"] for test in gradescope.to_results(broken)["tests"]} == {"failed"}


def test_a_question_is_one_test_as_long_as_all_of_it_is_visible():
    tests = gradescope.to_results(flipped())["tests"]
    assert [test["number"] for test in tests] == [str(i) for i in range(1, 11)]
    assert [test["name"] for test in tests][:2] == ["q1 · Output sizes", "q2 · Convolution, forward"]
    assert {test["visibility"] for test in tests} == {"visible"}
    q2 = tests[1]
    assert (q2["score"], q2["max_score"], q2["status"]) == (0.4, 2.0, "failed")
    assert (q2["name_format"], q2["output_format"]) == ("text", "html")
    assert q2["tags"] == ["a3.q2", "public", "hidden"]
    assert q2["extra_data"] == {"question": "a3.q2", "kinds": ["value"], "diagnoses": [FLIPPED.id]}
    assert [test["status"] for test in tests] == [
        "passed",
        "failed",
        *["passed"] * 2,
        "failed",
        *["passed"] * 5,
    ]


def test_else_it_is_two_what_is_always_visible_and_what_the_instructor_chose():
    for choice in list(Visibility)[1:]:
        tests = gradescope.to_results(flipped(), choice.value)["tests"]
        assert [test["number"] for test in tests] == [f"{i}.{j}" for i in range(1, 11) for j in (1, 2)]
        assert {test["visibility"] for test in tests if "public" in test["tags"]} == {"visible"}
        assert {test["visibility"] for test in tests if "hidden" in test["tags"]} == {choice.value}
        shown, rest = tests[2:4]
        assert (shown["name"], shown["score"], shown["max_score"]) == (
            "q2 · Convolution, forward · examples",
            0,
            0,
        )
        assert (rest["name"], rest["score"], rest["max_score"]) == (
            "q2 · Convolution, forward · hidden cases", 0.4, 2.0
        )  # fmt: skip
        # q5 fails in hidden cases alone
        assert (tests[8]["status"], tests[9]["status"]) == ("passed", "failed")
    with pytest.raises(ValueError, match="tomorrow"):
        gradescope.to_results(correct(), "tomorrow")


def test_a_question_of_one_kind_of_cases_is_one_test_in_any_case():
    report = with_question(correct(), "q1", (right("drawn", 1.0),))
    report = with_question(
        with_question(report, "q2", (right("shown", 0),)), "q3", (), note="No answer here."
    )
    tests = gradescope.to_results(report, Visibility.AFTER_PUBLISHED)["tests"][:3]
    assert [(test["number"], test["visibility"]) for test in tests] == [
        ("1", "after_published"), ("2", "visible"), ("3", "visible")
    ]  # fmt: skip
    assert (tests[2]["status"], tests[2]["score"], tests[2]["output"]) == (
        "failed",
        0,
        "<p>No answer here.</p>",
    )


def table_rows(html: str) -> list[list[str]]:
    """The words of each row's cells."""
    rows = re.findall(r"<tr>(.*?)</tr>", html)
    return [
        [" ".join(unescape(cell).split()) for cell in re.findall(r"<t[dh]>(.*?)</t[dh]>", row)]
        for row in rows
    ]


def test_a_test_begins_with_a_table_of_its_cases():
    results = gradescope.to_results(with_question(hanging(), "q2", flipped().questions[1].cases))
    q2, q9 = results["tests"][1]["output"], results["tests"][8]["output"]
    assert q2.startswith("<table>")
    assert table_rows(q2) == [
        ["Case", "What it tests", "Result", "Points"],
        ["1", "The 5×5 image of lecture 2", "✗ failed", "example"],
        ["2", "Strides, unequal", "✗ failed", "0 / 0.8, hidden"],
        ["3", "Same, odd total", "✗ failed", "0 / 0.8, hidden"],
        ["4", "One pixel", "✓ passed", "0.4 / 0.4, hidden"],
    ]
    assert table_rows(q9)[2] == ["2", "A function of an array", "– no verdict", "0 / 0.5, hidden"]
    assert q9.count("ran past its 10 seconds") == 1
    assert "<p><strong>Cases 2, 3: </strong>It ran past" in q9


def test_where_no_case_has_points_the_table_has_no_column_of_them():
    shown, rest = gradescope.to_results(flipped(), Visibility.HIDDEN)["tests"][2:4]
    assert table_rows(shown["output"]) == [
        ["Case", "What it tests", "Result"],
        ["1", "The 5×5 image of lecture 2", "✗ failed"],
    ]
    assert table_rows(rest["output"])[1] == ["1", "Strides, unequal", "✗ failed", "0 / 0.8"]


def test_a_cell_of_a_table_is_short_and_names_no_folder():
    cases = (right(f"/srv/grading/x.npz {'a' * 1_000}", 0),)
    output = gradescope.to_results(with_question(correct(), "q2", cases))["tests"][1]["output"]
    assert "srv" not in output
    assert "…/x.npz aaa" in output
    assert "more characters)" in output


def test_a_wrong_idea_is_explained_once_in_a_test_and_its_other_cases_are_named():
    output = gradescope.to_results(flipped())["tests"][1]["output"]
    order = (
        "Case 1:",
        "Where:",
        "The idea to check:",
        "Hint:",
        "To re-read:",
        "yours:",
        "Cases 2, 3:",
        "the same idea",
    )
    places = [output.index(words) for words in order]
    assert places == sorted(places)
    assert output.count(str(escape(FLIPPED.belief))) == 1
    assert "Cases 2, 3: </strong>the same idea. `conv2d_forward` has the right shape" in output


def test_an_idea_that_shows_in_several_ways_has_a_line_for_each():
    messages = ("9 of 9.", "8 of 9.", "8 of 9.", "7 of 9.")
    cases = tuple(wrong(message, 0, message, diagnosis=FLIPPED, where="here") for message in messages)
    output = gradescope.to_results(with_question(correct(), "q2", cases))["tests"][1]["output"]
    assert "<strong>Case 1: </strong>9 of 9." in output
    assert "<strong>Cases 2-4: </strong>the same idea.</p>" in output
    assert "<li>Cases 2, 3: 8 of 9. Where: here</li>\n<li>Case 4: 7 of 9. Where: here</li>" in output


def test_a_question_with_all_its_points_is_passed_as_its_state_says_though_an_example_fails():
    results = gradescope.to_results(
        with_question(correct(), "q2", (wrong("shown", 0, "no"), right("drawn", 2)))
    )
    assert (results["tests"][1]["status"], table_rows(results["output"])[2][2]) == ("passed", "✓ complete")
    shown, rest = gradescope.to_results(
        with_question(correct(), "q2", (wrong("shown", 0, "no"), right("drawn", 2))), "hidden"
    )["tests"][2:4]
    assert (shown["status"], rest["status"]) == ("failed", "passed")


def test_one_of_these_ideas_is_not_told_beside_the_one_that_it_is():
    either = Diagnosis(f"{FLIPPED.id} | other.idea", "one of these", "", "")
    cases = (wrong("Both", 0, "no", diagnosis=either), wrong("One", 2, "no", diagnosis=FLIPPED))
    output = gradescope.to_results(with_question(correct(), "q2", cases))["tests"][1]["output"]
    assert "one of these" not in output
    assert str(escape(FLIPPED.belief)) in output


def test_reasons_that_differ_are_told_apart_and_one_reason_is_told_once():
    cases = (
        wrong("a", 0, "came back as None."),
        wrong("b", 1, "came back as None."),
        wrong("c", 1, "has another shape."),
    )
    output = gradescope.to_results(with_question(correct(), "q2", cases))["tests"][1]["output"]
    assert output.count("came back as None.") == 1
    assert "<strong>Cases 1, 2: </strong>came back" in output
    assert "<strong>Case 3: </strong>has another shape." in output


def test_an_example_and_the_case_itself_are_told_apart():
    q2, q3 = (gradescope.to_results(illustrated())["tests"][i]["output"] for i in (1, 2))
    assert (
        q2.index("table of one") < q2.index("Case 1: </strong>expected and got, in numbers") < q2.index(TABLE)
    )
    assert "in numbers" not in q3


def test_each_line_of_a_text_is_a_paragraph_and_an_indented_block_stays_one():
    cases = (wrong("a", 0, "first\nsecond", detail="  two\n    four"),)
    output = gradescope.to_results(with_question(correct(), "q2", cases))["tests"][1]["output"]
    assert "first</p>\n<p>second</p>" in output
    assert "<pre>  two\n    four</pre>" in output


PLAIN = {"table", "tr", "td", "th", "p", "strong", "pre", "ul", "li", "img"}


@pytest.mark.parametrize("visibility", list(Visibility))
def test_gradescope_gets_a_few_plain_tags_and_words_that_read_without_them(visibility):
    for report in (*sample_reports(), illustrated(), hostile()):
        results = gradescope.to_results(report, visibility, ["Handed in late."])
        for output in (results["output"], *(test["output"] for test in results["tests"])):
            structure = Structure(re.sub(r"<img [^>]*>", "", output))
            assert set(structure.tags) <= PLAIN
            assert (structure.open, structure.attributes) == ([], [])
    bare = " ".join(re.sub(r"<[^>]*>", "", gradescope.to_results(flipped())["tests"][1]["output"]).split())
    assert "2 Strides, unequal ✗ failed 0 / 0.8, hidden 3 Same, odd total ✗ failed" in bare


def test_the_summary_comes_with_points_and_states_of_all_questions():
    output = gradescope.to_results(flipped())["output"]
    assert (
        "11.9 of 14 points (85 %); 8 of 10 questions complete. Start with q2 · Convolution, forward."
        in output
    )
    rows = table_rows(output)
    assert len(rows) == 11
    assert rows[1:3] == [
        ["q1 · Output sizes", "1 / 1", "✓ complete"],
        ["q2 · Convolution, forward", "0.4 / 2", "◐ partly"],
    ]
    assert "Start with" not in gradescope.to_results(correct())["output"]


def test_while_hidden_cases_are_hidden_the_summary_is_of_the_examples():
    results = gradescope.to_results(flipped(), Visibility.AFTER_PUBLISHED)
    assert "appear when the grades are published" in results["output"]
    assert "Start with q2 · Convolution, forward." in results["output"]
    assert table_rows(results["output"])[1:3] == [
        ["q1 · Output sizes", "✓ 1 of 1"],
        ["q2 · Convolution, forward", "✗ 0 of 1"],
    ]


def test_while_hidden_cases_are_hidden_nothing_visible_depends_on_them():
    def seen(report: Report) -> list[str]:
        results = gradescope.to_results(report, Visibility.HIDDEN)
        visible = [test for test in results["tests"] if test["visibility"] == "visible"]
        return [results["output"], *(json.dumps(test) for test in visible)]

    hidden_fails = (
        right("One window", 0),
        right("Overlapping windows", 0.5),
        wrong("Equal maxima", 0.5, "no", example=by_hand("pool"), diagnosis=HALVES),
    )
    note = "the code asked for in q5 tried to open a network connection (refused)"
    fails = with_question(correct(), "q5", hidden_fails, note="stopped in a hidden case")
    assert seen(correct()) == seen(replace(fails, notes=(note,), hidden_notes=(note,)))
    assert seen(correct()) != seen(replace(fails, notes=(note,)))  # it came up before a hidden case was asked
    results = gradescope.to_results(replace(fails, notes=(note,), hidden_notes=(note,)))
    assert note in results["output"]  # all of it is visible
    assert results["extra_data"]["notes"] == [note]


def test_remarks_come_first_and_are_text():
    for report in (correct(), unreadable()):
        for choice in Visibility:
            output = gradescope.to_results(report, choice, ["Two days late.", f"Best of 3 {SCRIPT}"])[
                "output"
            ]
            assert output.startswith("<p>Two days late.</p>\n<p>Best of 3 &lt;script&gt;")


def test_a_submission_that_could_not_be_graded_says_why_and_what_to_do_in_its_summary():
    results = gradescope.to_results(unreadable())
    first, second = results["output"].split("\n")
    assert first.startswith("<p><strong>Not graded: </strong>The file is not a notebook")
    assert second.startswith("<p><strong>What to do: </strong>Open the notebook in JupyterLab")
    assert {test["status"] for test in results["tests"]} == {"failed"}
    assert {test["output"] for test in results["tests"]} == {"<p>Nothing of this question was graded.</p>"}


def test_what_happened_while_grading_is_listed():
    output = gradescope.to_results(forger())["output"]
    assert output.count("<li>") == 2
    assert "<li>Tried to open a network connection (refused) in cell 7.</li>" in output
    assert "What happened" not in gradescope.to_results(correct())["output"]


def test_a_leaderboard_has_what_was_measured_and_else_there_is_none():
    report = replace(correct(), measures=(Measure("accuracy", 0.98765), Measure("parameters", 9_990, "asc")))
    results = gradescope.to_results(report, Visibility.HIDDEN)
    assert results["leaderboard"] == [
        {"name": "accuracy", "value": 0.9877, "order": "desc"},
        {"name": "parameters", "value": 9990.0, "order": "asc"},
    ]
    assert validate(results) == []
    assert "leaderboard" not in gradescope.to_results(correct())


def test_results_are_timed_and_their_log_is_for_the_instructor():
    results = gradescope.to_results(correct())
    assert (results["execution_time"], results["stdout_visibility"]) == (60, "hidden")


def test_no_time_on_a_page_could_tell_a_hidden_input():
    """A function could sleep for as many seconds as a digit of its input."""
    pages = {page.render(replace(correct(), seconds=seconds)) for seconds in (0.2, 3.0, 17.5, 55.0)}
    results = {
        json.dumps(gradescope.to_results(replace(correct(), seconds=s))) for s in (0.2, 3.0, 17.5, 55.0)
    }
    assert (len(pages), len(results)) == (1, 1)


def test_what_failed_in_the_grader_is_on_the_class_page_and_on_no_students():
    report = replace(
        correct(), log=("a case of q2: ZeroDivisionError in judge.py, line 7: hidden <input> LOOT",)
    )
    assert "hidden &lt;input&gt; LOOT" in class_report.render(class_report.summarise([report]))
    printed = Console(width=200, record=True, file=io.StringIO())
    for table in terminal.class_tables(class_report.summarise([report])):
        printed.print(table)
    assert "hidden <input> LOOT" in printed.export_text()
    assert "LOOT" not in page.render(report) + json.dumps(gradescope.to_results(report))


def test_results_never_carry_a_hidden_detail():
    text = json.dumps(gradescope.to_results(flipped()))
    assert "SECRET" not in text
    assert text.count(json.dumps(FLIPPED.belief)[1:-1]) == 1


def test_results_record_seed_versions_and_isolation_for_the_instructor():
    extra = gradescope.to_results(correct())["extra_data"]
    assert (extra["seed"], extra["versions"], extra["isolation"]) == (
        "5eed5eed5eed",
        dict(VERSIONS),
        {
            "user": {"state": "held", "words": "a fresh unprivileged user"},
            "system calls": {"state": "held", "words": "filtered"},
            "files": {"state": "missing", "words": "this system has no Landlock"},
            "privileges": {"state": "not tried", "words": "the grader has no way to do this on darwin"},
        },
    )


def test_the_page_says_of_each_defence_whether_it_is_held():
    text = " ".join(Structure(page.render(correct())).words.split())
    assert "user ✓ held: a fresh unprivileged user" in text
    assert "files ✗ missing: this system has no Landlock" in text
    assert "privileges ✗ not tried: the grader has no way" in text


def test_outputs_stay_below_gradescopes_limit_however_much_was_said():
    long = "&" * 200_000
    case = wrong("long", 0, long, detail=long, where=long, diagnosis=Diagnosis("x", long, long, long))
    report = Report(
        "a", "A", "s", (QuestionResult("a.q1", "q1", 1, (case,)),), notes=(long,) * 60, error=long
    )
    results = gradescope.to_results(report)
    assert validate(results) == []
    for output in (results["output"], results["tests"][0]["output"]):
        assert Structure(output).open == []
        assert 10_000 < len(output) < OUTPUT_LIMIT


def test_what_is_cut_says_so():
    long = "&" * 4_000
    cases = tuple(wrong(f"{i}", 0, long, detail=f"{i}{long}") for i in range(30))
    output = gradescope.to_results(Report("a", "A", "s", (QuestionResult("a.q1", "q1", 1, cases),)))["tests"][
        0
    ]["output"]
    assert gradescope_html.WORDS_LIMIT > len(output) > gradescope_html.WORDS_LIMIT - 25_000
    assert output.endswith("<p>There was more than fits here.</p>")


@pytest.mark.parametrize(
    ("results", "problem"),
    [
        ([], "results.json holds an object, not list"),
        ({}, "neither a score nor tests: Gradescope needs one of them"),
        ({"score": True}, "score: True is not allowed"),
        ({"score": math.inf}, "score: inf is not allowed"),
        ({"score": -1}, "score: -1 is not allowed"),
        ({"score": "3"}, "score: '3' is not allowed"),
        ({"score": 1, "points": 1}, "points: no such field"),
        ({"score": 1, "visibility": "secret"}, "visibility: 'secret' is not allowed"),
        ({"score": 1, "tests": {}}, "tests: {} is not allowed"),
        ({"score": 1, "tests": [3]}, "tests[0]: an object is expected, not int"),
        ({"score": 1, "tests": [{"status": "ok"}]}, "tests[0].status: 'ok' is not allowed"),
        ({"score": 1, "tests": [{"number": 1}]}, "tests[0].number: 1 is not allowed"),
        ({"score": 1, "tests": [{"output_format": "pdf"}]}, "tests[0].output_format: 'pdf' is not allowed"),
        ({"score": 1, "tests": [{"tags": ["a", 1]}]}, "tests[0].tags: ['a', 1] is not allowed"),
        ({"score": 1, "tests": [{"number": "2."}]}, "tests[0].number: '2.' is not allowed"),
        ({"score": 1, "tests": [{"tags": "a"}]}, "tests[0].tags: 'a' is not allowed"),
        ({"score": 1, "tests": [{"tags": [" "]}]}, "tests[0].tags: [' '] is not allowed"),
        ({"score": 1, "tests": [{"name": ""}]}, "tests[0].name: '' is not allowed"),
        ({"score": 1, "tests": [{"status": None}]}, "tests[0].status: None is not allowed"),
        (
            {"score": 1, "tests": [{"score": 10**400, "max_score": -1}]},
            "tests[0].max_score: -1 is not allowed",
        ),
        ({"tests": [{"score": 1}, {"max_score": 1}]}, "tests[1]: no score, and none above the tests"),
        ({"score": 1, "leaderboard": {}}, "leaderboard: {} is not allowed"),
        ({"score": 1, "leaderboard": [{"name": "", "value": 1}]}, "leaderboard[0].name: '' is not allowed"),
        (
            {"score": 1, "leaderboard": [{"name": "A", "value": 1, "order": "up"}]},
            "leaderboard[0].order: 'up' is not allowed",
        ),
        (
            {"score": 1, "leaderboard": [{"name": "A", "value": [1]}]},
            "leaderboard[0].value: [1] is not allowed",
        ),
        ({"score": 1, "extra_data": {"a": "\ud800"}}, "not JSON"),
        ({"score": 1, "output": "x" * 100_001}, "output: 'xxx"),
        ({"score": 1, "output": "\ud800"}, "output: "),
        ({"score": 1, "leaderboard": [{"name": "Accuracy"}]}, "leaderboard[0]: needs a name and a value"),
        ({"score": 1, "extra_data": {"a": math.nan}}, "not JSON"),
        ({"score": 1, "extra_data": {"a": b"1"}}, "not JSON"),
    ],
)
def test_the_validator_names_what_gradescope_would_not_take(results, problem):
    found = validate(results)
    assert len(found) == 1
    assert found[0].startswith(problem)


def test_the_validator_takes_what_gradescope_documents():
    assert validate(
        {
            "execution_time": 136,
            "output": "Text relevant to the entire submission",
            "leaderboard": [{"name": "Time", "value": -100, "order": "asc"}, {"name": "*", "value": "*****"}],
            "tests": [{"score": 2.0, "max_score": 2.0, "name": "x", "number": "1.1", "extra_data": {}}],
        }
    ) == []  # fmt: skip


# The gradebook ----------------------------------------------------------------------------------------------


def test_the_gradebook_has_the_points_possible_first_and_then_the_class_by_name(tmp_path):
    path = gradebook.write_csv(sample_reports(), tmp_path / "gradebook.csv")
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert list(rows[0]) == [
        "file", *(f"a3.q{i}" for i in range(1, 11)), "total", "possible", "percent", "status", "diagnoses"
    ]  # fmt: skip
    assert [row["file"] for row in rows] == [
        gradebook.POINTS_ROW, "ada.ipynb", "dennis.ipynb", "grace.ipynb", "linus.ipynb", "mallory.ipynb"
    ]  # fmt: skip
    assert (rows[0]["a3.q10"], rows[0]["total"], rows[1]["a3.q10"], rows[1]["percent"]) == (
        "3",
        "14",
        "3",
        "100",
    )
    grace = rows[3]
    assert (grace["a3.q2"], grace["total"], grace["percent"]) == ("0.4", "11.9", "85")
    assert grace["diagnoses"] == "conv.flipped_kernel; pool.ties_split"
    assert [row["status"] for row in rows[1:]] == ["graded", "not graded", "graded", "see notes", "see notes"]


def test_no_cell_of_the_gradebook_is_a_formula(tmp_path):
    names = ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "\r=1", "\x00=1", "\n=1", '=cmd|"/c"!A1', "＝1"]
    path = gradebook.write_csv([correct(name) for name in names], tmp_path / "gradebook.csv")
    with path.open(encoding="utf-8", newline="") as stream:
        files = [row["file"] for row in csv.DictReader(stream)][1:]
    assert len(files) == len(names)
    assert all(file.startswith("'") for file in files)


def test_a_submission_without_questions_has_zeros_and_another_assignments_questions_stay_blank():
    bare = Report("a3_numpy_convnet", "A", "bare.ipynb", error="empty file")
    other = Report("a4_lenet", "B", "zoe.ipynb", (QuestionResult("a4.q1", "q1", 1, (right("x", 1),)),))
    rows = gradebook.rows([correct(), bare, other])
    assert rows[3][:12] == ["bare.ipynb", *["0"] * 11]
    assert rows[4][:12] == ["zoe.ipynb", *[""] * 10, "1"]


def test_a_class_of_nobody_has_a_gradebook_too(tmp_path):
    assert gradebook.write_csv([], tmp_path / "g.csv").read_text().startswith("file,total,possible")


def test_a_file_is_whole_or_untouched(tmp_path, monkeypatch):
    path = write_json(tmp_path / "results.json", {"score": 1})
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        write_atomically(path, "half")
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_json(path, {"score": math.nan})
    assert json.loads(path.read_text()) == {"score": 1}
    assert [file.name for file in tmp_path.iterdir()] == ["results.json"]


def test_writing_replaces_a_link_instead_of_following_it(tmp_path):
    target = tmp_path / "precious"
    target.write_text("kept")
    (tmp_path / "results.json").symlink_to(target)
    write_atomically(tmp_path / "results.json", "new")
    assert (target.read_text(), (tmp_path / "results.json").read_text()) == ("kept", "new")


# The class --------------------------------------------------------------------------------------------------


def a_class() -> list[Report]:
    """The samples, eleven more that flip the kernel, one that both flips and does something unknown to q3."""
    strange = (right("By hand", 0), CaseResult("Strides", True, 2.0, False, Outcome(False, "raised", "no")))
    more = [replace(flipped(), submission=f"flips {i}.ipynb") for i in range(11)]
    odd = replace(with_question(flipped(), "q3", strange), submission="odd.ipynb")
    return [*sample_reports(), *more, odd]


def class_page(reports: list[Report]) -> str:
    folders = [file_name(report.submission).removesuffix(".ipynb") for report in reports]
    return class_report.render(class_report.summarise(reports, folders))


def test_ideas_are_counted_once_for_each_submission_and_the_most_common_comes_first():
    q2_alone = (wrong("By hand", 0, "no", diagnosis=FLIPPED), wrong("Drawn", 2, "no", diagnosis=FLIPPED))
    reports = [*a_class(), replace(with_question(correct(), "q2", q2_alone), submission="one more.ipynb")]
    summary = class_report.summarise(reports)
    assert [(idea.card.id, idea.questions, len(idea.held_by)) for idea in summary.ideas] == [
        ("conv.flipped_kernel", ("q2",), 14),
        ("pool.ties_split", ("q5",), 13),
    ]
    by_question = {question.name: [len(i.held_by) for i in question.ideas] for question in summary.questions}
    assert by_question == {name: [] for name, *_ in QUESTIONS} | {"q2": [14], "q5": [13]}


def test_an_idea_that_shows_in_two_questions_is_one_idea_of_the_class():
    cases = (wrong("Drawn", 2, "no", diagnosis=FLIPPED),)
    report = with_question(with_question(correct(), "q2", cases), "q3", cases)
    (idea,) = class_report.summarise([report]).ideas
    assert (idea.questions, len(idea.held_by)) == (("q2", "q3"), 1)


def test_two_submissions_of_one_name_are_two():
    (idea,) = class_report.summarise([with_question(correct(), "q2", flipped().questions[1].cases)] * 2).ideas
    assert len(idea.held_by) == 2


def test_the_scores_of_a_class_and_of_each_question_are_distributed():
    summary = class_report.summarise(a_class())
    assert (summary.size, len(summary.percents)) == (17, 16)
    assert summary.distribution[0] == ("0–9", 1)  # the forger
    assert summary.distribution[-1] == ("100", 1)
    assert sum(count for _, count in summary.distribution) == 16
    q2 = next(question for question in summary.questions if question.name == "q2")
    assert q2.distribution == [("2", 2), ("0.4", 13), ("0", 1)]
    assert q2.mean == pytest.approx(100 * (2 * 2 + 13 * 0.4) / (16 * 2))
    assert dict(q2.states) == {"complete": 2, "partly": 13, "no verdict": 1}


def test_many_different_scores_are_told_in_fifths():
    reports = [
        Report("a", "A", f"{i}", (QuestionResult("a.q1", "q1", 10, (right("x", i / 2),)),)) for i in range(21)
    ]
    (question,) = class_report.summarise(reports).questions
    assert question.distribution == [
        ("8 to 10", 5),
        ("6 to 8", 4),
        ("4 to 6", 4),
        ("2 to 4", 4),
        ("0 to 2", 4),
    ]


def test_what_no_idea_explains_what_was_stopped_and_what_was_not_graded_is_listed_with_its_files():
    summary = class_report.summarise(a_class())
    q3 = next(question for question in summary.questions if question.name == "q3")
    ((why, (who,)),) = q3.unexplained
    assert (why, who.name) == ("stopped with an exception", "odd.ipynb")
    ((error, (who,)),) = summary.not_graded
    assert (error, who.name) == (unreadable().error, "dennis.ipynb")
    stopped = {why: [who.name for who in whose] for why, whose in summary.stopped}
    assert [names for why, names in stopped.items() if why.startswith("q9: It ran past")] == [["linus.ipynb"]]
    names = ", ".join(name for name, *_ in QUESTIONS)
    assert stopped[f"{names}: The notebook has no answer here."] == ["mallory.ipynb"]
    assert ["linus.ipynb"] in [[who.name for who in whose] for _, whose in summary.noted]


def test_the_class_page_is_well_formed_and_takes_nothing_from_elsewhere():
    html = class_page(a_class())
    structure = Structure(html)
    assert structure.open == []
    assert not {"script", "link", "img", "iframe", "object", "form"} & set(structure.tags)
    assert not re.search(r"https?:|url\(|@import|src=|\son\w+=", html)
    assert len(structure.ids) == len(set(structure.ids))
    targets = [str(value) for name, value in structure.attributes if name == "href"]
    assert {target[1:] for target in targets if target.startswith("#")} <= set(structure.ids)
    pages = {target for target in targets if not target.startswith("#")}
    assert "flips%203/feedback.html" in pages
    assert len(pages) == 16  # all but ada, of whom there is nothing to say


def test_the_class_page_says_where_the_next_lecture_can_start():
    words = " ".join(Structure(class_page(a_class())).words.split())
    assert words.count(FLIPPED.belief) == 2  # for the class, and for its question
    start = words.index("Where the next lecture can start")
    assert (
        start < words.index("13 of 16") < words.index(FLIPPED.belief) < words.index("Stopped, or not graded")
    )
    for said in (
        FLIPPED.lecture,
        "w[::-1, ::-1]",
        "16 of 17 submissions graded.",
        "Stopped with an exception",
    ):
        assert said in words


def test_a_folder_whose_name_is_no_utf_8_costs_the_class_nothing():
    """A zip packed with another system's letters unpacks to such names; a link has them as they are on the disk."""
    html = class_report.render(class_report.summarise([unreadable()], [os.fsdecode(b"Jos\xe9")]))
    assert 'href="Jos%E9/feedback.html"' in html
    assert html.encode()


def test_the_class_page_holds_text_whatever_a_student_named_a_file():
    for report in (hostile(), replace(hostile(), error=SCRIPT)):
        html = class_report.render(class_report.summarise([report], ["javascript:alert(1)"]))
        structure = Structure(html)
        assert "script" not in structure.tags
        assert structure.open == []
        assert "javascript:" not in html


@pytest.mark.parametrize("reports", [[], [unreadable()], [correct()]], ids=["nobody", "unreadable", "one"])
def test_a_class_of_nobody_and_of_one_has_a_page_too(reports):
    structure = Structure(class_page(reports))
    assert structure.open == []
    assert "No wrong idea that we know was recognised." in structure.words


def test_the_class_in_the_terminal_says_the_same_in_short():
    console = Console(width=100, record=True, file=open("/dev/null", "w"), color_system=None)  # noqa: SIM115
    for table in terminal.class_tables(class_report.summarise(a_class())):
        console.print(table)
    lines = [" ".join(line.split()) for line in console.export_text().splitlines()]
    assert max(map(len, lines)) <= 100
    assert f"13 of 16 q2 {FLIPPED.id}: {FLIPPED.belief}" in lines
    assert any(line.startswith("1 dennis The file is not a notebook") for line in lines)
    assert any(line.startswith("1 linus q9: It ran past its 10 seconds") for line in lines)
    assert list(terminal.class_tables(class_report.summarise([correct()]))) == []


# The terminal -----------------------------------------------------------------------------------------------


def printed(reports: list[Report], width: int) -> str:
    console = Console(width=width, record=True, file=open("/dev/null", "w"), color_system=None)  # noqa: SIM115
    console.print(terminal.table(reports))
    return console.export_text()


@pytest.mark.parametrize("width", [100, 120])
def test_the_table_fits_with_ten_questions_and_cuts_no_score(width):
    text = printed(sample_reports(), width)
    assert max(map(len, text.splitlines())) <= width
    for name in (*(f"q{i}" for i in range(1, 11)), "submission", "total", "100 %", "85 %", "grace"):
        assert name in text
    assert "…" not in text.replace("…/", "")


def test_the_table_says_what_to_look_at():
    text = " ".join(printed(sample_reports(), 200).split())
    assert f"q2: {FLIPPED.id}: {FLIPPED.belief}" in text
    assert "q9: It ran past its 10 seconds" in text
    assert "not graded: The file is not a notebook" in text
    assert "all correct" in text
    assert "wrote to the grader's socket in cell 4" in text


def test_a_file_name_brings_no_markup_or_terminal_codes_into_the_table():
    text = printed([correct("[red]x\x1b]0;t\x07.ipynb")], 120)
    assert r"[red]x\x1b]0;t\x07" in text
    assert "\x1b" not in text


def test_the_reports_need_neither_tensorflow_nor_keras():
    import subprocess
    import sys

    code = (
        "import sys; from grader.reports import class_report, gradebook, gradescope, page, terminal; "
        "sys.exit(any(m in sys.modules for m in ('tensorflow', 'keras', 'numpy', 'matplotlib')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_page_without_pictures_does_not_load_what_draws_them():
    import subprocess
    import sys

    code = (
        "import sys; sys.path.insert(0, '.'); from tests.grader import test_reports as t; t.page.render(t.flipped()); "
        "sys.exit('matplotlib' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_one_of_these_gives_way_to_the_case_that_says_which():
    either = Diagnosis(f"{FLIPPED.id} | other.idea", "one of these", "", "")
    outcomes = [Outcome(False, "value", "wrong", diagnosis=card) for card in (either, FLIPPED)]
    cases = tuple(CaseResult(str(i), True, 1, False, outcome) for i, outcome in enumerate(outcomes))
    assert QuestionResult("a3.q3", "q3", 2, cases).diagnoses == (FLIPPED,)
    assert QuestionResult("a3.q3", "q3", 2, cases[:1]).diagnoses == (either,)


def test_what_is_graded_by_hand_is_named_and_counts_in_no_total():
    talk = ByHand("a6.talk", "talk", "Twenty minutes <b>on</b> one network", 10)
    question = QuestionResult("a6.q1", "q1", 2, (right("x", 2),))
    report = Report("a6", "Modern", "ana.ipynb", (question,), by_hand=(talk,))
    assert (report.score, report.possible, report.percent) == (2, 2, 100)
    words = "graded by hand: up to 10 points beside the total"
    assert words in page.render(report)
    assert "<b>on</b>" not in page.render(report)
    results = gradescope.to_results(report)
    assert validate(results) == []
    assert words in results["output"]
    assert sum(test["max_score"] for test in results["tests"]) == 2
    assert "a6.talk" not in gradebook.points_possible([report])


def test_what_a_note_quotes_of_a_notebook_is_text_in_the_instructors_data_too():
    report = replace(correct(), notes=("code cell 2 raised Ran: <leak src=x onerror=alert(1)>",))
    results = json.dumps(gradescope.to_results(report))
    assert "<leak" not in results
    assert "&lt;leak" in results


# Names ------------------------------------------------------------------------------------------------------

LOOKALIKES = {
    "a zero-width space": "ada\u200b.ipynb",
    "a zero-width joiner": "a\u200dda.ipynb",
    "a mark of direction": "\u202eada.ipynb",
    "a soft hyphen": "ad\u00ada.ipynb",
    "a filler of Hangul": "ada\u3164.ipynb",
    "a selector of a variant": "ada\ufe0f.ipynb",
    "a joiner of graphemes": "ada\u034f.ipynb",
    "an empty Braille sign": "ada\u2800.ipynb",
    "a tag": "ada\U000e0041.ipynb",
    "a blank at the end": "ada.ipynb ",
    "a blank before the dot": "ada .ipynb",
    "a blank before": " ada.ipynb",
    "a blank that breaks no line": "ada\xa0.ipynb",
    "a bell": "ada\x07.ipynb",
    "an escape sequence": "ada\x1b[0m.ipynb",
    "a line's end": "ada\n.ipynb",
    "bytes that are no text": "ada\udcff.ipynb",
    "the escape itself, spelled out": "ada\\u200b.ipynb",
}


def in_gradebook(reports):
    return [row[0] for row in gradebook.rows(reports)[2:]]


def on_class_page(reports):
    reports = [replace(report, error="empty") for report in reports]
    html = class_report.render(class_report.summarise(reports))
    return [" ".join(unescape(name).split()) for name in re.findall(r"<li>([^<]*)</li>", html)]


def in_terminal(reports):
    console = Console(width=200, record=True, file=io.StringIO())
    console.print(terminal.table(reports))
    lines = console.export_text().splitlines()
    return [line.split("  ")[0].strip() for line in lines if ("a" in line[:12]) and "%" in line]


@pytest.mark.parametrize("place", [in_gradebook, in_terminal], ids=lambda place: place.__name__)
@pytest.mark.parametrize("name", LOOKALIKES.values(), ids=LOOKALIKES.keys())
def test_a_name_that_only_looks_like_anothers_is_told_apart(name, place):
    shown = place([replace(correct(), submission=one) for one in ("ada.ipynb", name)])
    assert len(shown) == 2
    assert len(set(shown)) == 2
    assert all(text.isascii() and text.isprintable() and " " not in text for text in shown)


# a backslash parts folders there
@pytest.mark.parametrize("name", [n for n in LOOKALIKES.values() if "\\" not in n])
def test_the_class_page_tells_them_apart_too(name):
    shown = on_class_page([replace(correct(), submission=one) for one in ("ada.ipynb", name)])
    assert len(set(shown)) == len(shown) == 2


def test_an_accent_in_one_character_or_in_two_is_told_apart_only_where_both_are_there():
    one, two = "Zo\xeb.ipynb", "Zoe\u0308.ipynb"
    assert names.shown_names([two]) == names.shown_names([one]) == ["Zo\xeb.ipynb"]
    assert names.shown_names([one, two]) == ["Zo\xeb.ipynb", "Zoe\\u0308.ipynb"]


def test_names_that_people_have_stay_as_they_are():
    people = [
        "Ada Lovelace.ipynb",
        "José-María_1.zip",
        "Łukasz.ipynb",
        "李小龍.ipynb",
        "नेहा.ipynb",
        "O'Neill (2).ipynb",
    ]
    assert names.shown_names(people) == people


def test_long_names_that_differ_at_the_end_differ():
    first, second = names.shown_names(["\u200b" * 80 + "a", "\u200b" * 80 + "b"])
    assert first != second
    assert len(first) < 400
