"""results.json, made from a report: its tests, its words, its pictures, and what must never stand there."""

import base64
import json
import re
from dataclasses import replace
from html import unescape

import pytest
from markupsafe import escape

from grader.cnnchecks.outcome import Diagnosis
from grader.gradescope import html, results
from grader.gradescope.results import to_results
from grader.gradescope.schema import OUTPUT_LIMIT, validate
from grader.report import Measure, Report, Visibility
from tests.grader import sample_reports as samples
from tests.grader.sample_reports import (
    Structure,
    all_wrong,
    by_hand,
    one_question,
    right,
    with_question,
    wrong,
)

HIDING = list(Visibility)[1:]  # all but "visible"
PLAIN = {"table", "tr", "td", "th", "p", "strong", "pre", "ul", "li", "img"}


def table_rows(output: str) -> list[list[str]]:
    """The words of each row's cells."""
    rows = re.findall(r"<tr>(.*?)</tr>", output)
    return [
        [" ".join(unescape(cell).split()) for cell in re.findall(r"<t[dh]>(.*?)</t[dh]>", row)]
        for row in rows
    ]


# Tests and their points -------------------------------------------------------------------------------------


def test_the_scores_add_up_to_the_total_whatever_is_hidden_and_whatever_failed():
    broken = replace(samples.FLIPS, error="The grader lost the notebook.")
    in_public = replace(right("One window", 0.5), hidden=False)
    for report in (
        *samples.SAMPLES,
        samples.HOSTILE,
        broken,
        with_question(samples.CORRECT, "q5", in_public, right("Equal maxima", 0.25)),
    ):
        for choice in Visibility:
            made = to_results(report, choice)
            assert made["score"] == report.score
            assert sum(test["score"] for test in made["tests"]) == pytest.approx(report.score)
            assert sum(test["max_score"] for test in made["tests"]) == pytest.approx(report.possible)
    assert {test["status"] for test in to_results(broken)["tests"]} == {"failed"}


def test_a_question_is_one_test_as_long_as_all_of_it_is_visible():
    tests = to_results(samples.FLIPS)["tests"]
    assert [test["number"] for test in tests] == [str(i) for i in range(1, 11)]
    assert [test["name"] for test in tests][:2] == ["q1 · Output sizes", "q2 · Convolution, forward"]
    assert {test["visibility"] for test in tests} == {"visible"}
    assert [i for i, test in enumerate(tests, 1) if test["status"] == "failed"] == [2, 5]
    assert {test["status"] for test in tests} == {"passed", "failed"}
    assert tests[1] | {"output": ""} == {
        "number": "2",
        "name": "q2 · Convolution, forward",
        "name_format": "text",
        "score": 0.4,
        "max_score": 2.0,
        "status": "failed",
        "visibility": "visible",
        "output": "",
        "output_format": "html",
        "tags": ["a3.q2", "public", "hidden"],
        "extra_data": {"question": "a3.q2", "kinds": ["value"], "diagnoses": [samples.FLIPPED.id]},
    }


def test_else_it_is_two_what_is_always_visible_and_what_the_instructor_chose():
    for choice in HIDING:
        tests = to_results(samples.FLIPS, choice.value)["tests"]
        assert [test["number"] for test in tests] == [f"{i}.{j}" for i in range(1, 11) for j in (1, 2)]
        assert {test["visibility"] for test in tests if "public" in test["tags"]} == {"visible"}
        assert {test["visibility"] for test in tests if "hidden" in test["tags"]} == {choice.value}
        assert [(test["name"], test["score"], test["max_score"]) for test in tests[2:4]] == [
            ("q2 · Convolution, forward · examples", 0, 0),
            ("q2 · Convolution, forward · hidden cases", 0.4, 2.0),
        ]
        # q5 fails in hidden cases alone
        assert [test["status"] for test in tests[8:10]] == ["passed", "failed"]
    with pytest.raises(ValueError, match="tomorrow"):
        to_results(samples.CORRECT, "tomorrow")


def test_a_question_of_one_kind_of_cases_is_one_test_in_any_case():
    report = with_question(with_question(samples.CORRECT, "q1", right("drawn", 1.0)), "q2", right("shown", 0))
    report = with_question(report, "q3", note="No answer here.")
    tests = to_results(report, Visibility.AFTER_PUBLISHED)["tests"][:3]
    assert [(test["number"], test["visibility"]) for test in tests] == [
        ("1", "after_published"), ("2", "visible"), ("3", "visible")
    ]  # fmt: skip
    assert [tests[2][key] for key in ("status", "score", "output")] == ["failed", 0, "<p>No answer here.</p>"]


def test_a_question_with_all_its_points_is_passed_as_its_state_says_though_an_example_fails():
    report = with_question(samples.CORRECT, "q2", wrong("shown", 0, "no"), right("drawn", 2))
    made = to_results(report)
    assert (made["tests"][1]["status"], table_rows(made["output"])[2][2]) == ("passed", "✓ complete")
    assert [test["status"] for test in to_results(report, "hidden")["tests"][2:4]] == ["failed", "passed"]


# What a test says -------------------------------------------------------------------------------------------


def test_a_test_begins_with_a_table_of_its_cases():
    q2, q9 = (
        to_results(report)["tests"][i]["output"] for report, i in ((samples.FLIPS, 1), (samples.HANGS, 8))
    )
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
    shown, rest = to_results(samples.FLIPS, Visibility.HIDDEN)["tests"][2:4]
    # where no case has points there is no column of them
    assert table_rows(shown["output"]) == [row[:3] for row in table_rows(q2)[:2]]
    assert table_rows(rest["output"])[1] == ["1", "Strides, unequal", "✗ failed", "0 / 0.8"]


IDEA, FLIPPED = str(escape(samples.FLIPPED.belief)), {"diagnosis": samples.FLIPPED}
REASONS = ("9 of 9.", "8 of 9.", "8 of 9.", "7 of 9.")
SAYS = {  # what is tested -> (the cases of a question, what is said of them in this order, and how often at most)
    "an idea is explained once, its other cases are named": (
        samples.FLIP_CASES,
        ("Case 1:", "Where:", "The idea to check:", IDEA, "Hint:", "To re-read:", "yours:",
         "Cases 2, 3: </strong>the same idea. `conv2d_forward` has the right shape"),
        {IDEA: 1},
    ),
    "an idea that shows in several ways has a line for each": (
        [wrong(reason, 0, reason, where="here", **FLIPPED) for reason in REASONS],
        ("<strong>Case 1: </strong>9 of 9.", "<strong>Cases 2-4: </strong>the same idea.</p>",
         "<li>Cases 2, 3: 8 of 9. Where: here</li>\n<li>Case 4: 7 of 9. Where: here</li>"),
        {},
    ),
    "one of these isn't told beside the one that it is": (
        [wrong("Both", 0, "no", diagnosis=samples.EITHER), wrong("One", 2, "no", **FLIPPED)],
        (IDEA,),
        {"one of these": 0},
    ),
    "reasons that differ are told apart, one reason once": (
        [wrong("a", 0, "came back as None."), wrong("b", 1, "came back as None."), wrong("c", 1, "is short.")],
        ("<strong>Cases 1, 2: </strong>came back as None.", "<strong>Case 3: </strong>is short."),
        {"None.": 1},
    ),
    "an example and the case itself are told apart": (
        samples.ILLUSTRATED.questions[1].cases,
        ("table of one", "Case 1: </strong>expected and got, in numbers", samples.TABLE),
        {"table of one": 1, "one again": 0},
    ),
    "an example stands alone": (samples.ILLUSTRATED.questions[2].cases, ("table of two",), {"in numbers": 0}),
    "layers are a table": (samples.ILLUSTRATED.questions[9].cases, ("&gt; 2,416 weights",), {}),
    "each line is a paragraph, an indented block stays one": (
        [wrong("a", 0, "first\nsecond", detail="  two\n    four")],
        ("first</p>\n<p>second</p>", "<pre>  two\n    four</pre>"),
        {},
    ),
    "a cell is short and names no folder": (
        [right(f"/srv/grading/x.npz {'a' * 1_000}", 0)], ("…/x.npz aaa", "more characters)"), {"srv": 0}
    ),
}  # fmt: skip


def test_a_test_says_each_thing_once_and_in_order():
    found = []
    for what, (cases, said, most) in SAYS.items():
        output = to_results(with_question(samples.CORRECT, "q2", *cases))["tests"][1]["output"]
        places = [output.find(words) for words in said]
        is_said = -1 not in places and places == sorted(places)
        found += [what] if not is_said or any(output.count(words) > n for words, n in most.items()) else []
    assert found == []


def test_gradescope_gets_a_few_plain_tags_and_words_that_read_without_them():
    for report in (*samples.SAMPLES, samples.ILLUSTRATED, samples.HOSTILE, samples.HOSTILE_ERROR):
        for choice in Visibility:
            made = to_results(report, choice, ["Handed in late."])
            for output in (made["output"], *(test["output"] for test in made["tests"])):
                structure = Structure(re.sub(r"<img [^>]*>", "", output))
                assert set(structure.tags) <= PLAIN
                assert (structure.open, structure.attributes) == ([], [])
    bare = " ".join(re.sub(r"<[^>]*>", "", to_results(samples.FLIPS)["tests"][1]["output"]).split())
    assert "2 Strides, unequal ✗ failed 0 / 0.8, hidden 3 Same, odd total ✗ failed" in bare


def test_outputs_stay_below_gradescopes_limit_and_what_is_cut_says_so():
    long = "&" * 200_000
    case = wrong("long", 0, long, detail=long, where=long, diagnosis=Diagnosis("x", long, long, long))
    made = to_results(one_question(case, notes=(long,) * 60, error=long))
    assert validate(made) == []
    for output in (made["output"], made["tests"][0]["output"]):
        assert Structure(output).open == []
        assert 10_000 < len(output) < OUTPUT_LIMIT
    many = (wrong(f"{i}", 0, long[:4_000], detail=f"{i}{long[:4_000]}") for i in range(30))
    output = to_results(one_question(*many))["tests"][0]["output"]
    assert html.WORDS_LIMIT > len(output) > html.WORDS_LIMIT - 25_000
    assert output.endswith("<p>There was more than fits here.</p>")


# The summary ------------------------------------------------------------------------------------------------


def test_the_summary_comes_with_points_and_states_of_all_questions():
    output = to_results(samples.FLIPS)["output"]
    points = "11.9 of 14 points (85 %); 8 of 10 questions complete. Start with q2 · Convolution, forward."
    assert points in output
    rows = table_rows(output)
    assert len(rows) == 11
    assert rows[1] == ["q1 · Output sizes", "1 / 1", "✓ complete"]
    assert rows[2] == ["q2 · Convolution, forward", "0.4 / 2", "◐ partly"]
    assert "Start with" not in to_results(samples.CORRECT)["output"]
    # of the examples, while the rest is hidden
    output = to_results(samples.FLIPS, Visibility.AFTER_PUBLISHED)["output"]
    assert "appear when the grades are published" in output
    assert "Start with q2 · Convolution, forward." in output
    assert table_rows(output)[1] == ["q1 · Output sizes", "✓ 1 of 1"]
    assert table_rows(output)[2] == ["q2 · Convolution, forward", "✗ 0 of 1"]


def test_remarks_come_first_and_are_text():
    for report in (samples.CORRECT, samples.UNREADABLE):
        for choice in Visibility:
            output = to_results(report, choice, ["Two days late.", f"Best of 3 {samples.SCRIPT}"])["output"]
            assert output.startswith("<p>Two days late.</p>\n<p>Best of 3 &lt;script&gt;")


def test_a_submission_that_could_not_be_graded_says_why_and_what_to_do_in_its_summary():
    made = to_results(samples.UNREADABLE)
    first, second = made["output"].split("\n")
    assert first.startswith("<p><strong>Not graded: </strong>The file is not a notebook")
    assert second.startswith("<p><strong>What to do: </strong>Open the notebook in JupyterLab")
    assert {test["status"] for test in made["tests"]} == {"failed"}
    assert {test["output"] for test in made["tests"]} == {"<p>Nothing of this question was graded.</p>"}


def test_what_happened_while_grading_is_listed():
    output = to_results(samples.FORGES)["output"]
    assert output.count("<li>") == 2
    assert "<li>Tried to open a network connection (refused) in cell 7.</li>" in output
    assert "What happened" not in to_results(samples.CORRECT)["output"]


# What must not be told --------------------------------------------------------------------------------------


def test_no_hidden_detail_no_folder_and_no_markup_is_in_any_results():
    for report in (samples.FLIPS, samples.ILLUSTRATED):
        assert "SECRET" not in json.dumps(to_results(report))
    assert json.dumps(to_results(samples.FLIPS)).count(json.dumps(samples.FLIPPED.belief)[1:-1]) == 1
    text = json.dumps(to_results(samples.NAMES_FOLDERS))
    assert not re.search(r"srv|uni\.example|C:\\+grading", text)
    assert "hw.ipynb" in text
    note = "code cell 2 raised Ran: <leak src=x onerror=alert(1)>"  # text in the instructor's data too
    text = json.dumps(to_results(replace(samples.CORRECT, notes=(note,))))
    assert "<leak" not in text
    assert "&lt;leak" in text


def test_while_hidden_cases_are_hidden_nothing_visible_depends_on_them():
    def seen(report: Report) -> list[str]:
        made = to_results(report, Visibility.HIDDEN)
        visible = [test for test in made["tests"] if test["visibility"] == "visible"]
        return [made["output"], *(json.dumps(test) for test in visible)]

    note = "the code asked for in q5 asked for a network connection (refused)"
    maxima = wrong("Equal maxima", 0.5, "no", example=by_hand("pool"), diagnosis=samples.HALVES)
    cases = (right("By hand", 0), right("Overlapping windows", 0.5), maxima)
    fails = replace(
        with_question(samples.CORRECT, "q5", *cases, note="stopped in a hidden case"), notes=(note,)
    )
    assert seen(samples.CORRECT) == seen(replace(fails, hidden_notes=(note,)))
    assert seen(samples.CORRECT) != seen(fails)  # it came up before a hidden case was asked
    made = to_results(replace(fails, hidden_notes=(note,)))
    assert note in made["output"]  # all of it is visible
    assert made["extra_data"]["notes"] == [note]
    visible = " ".join(seen(samples.ILLUSTRATED))
    assert "table of one" in visible
    assert "table of two" not in visible  # the example of a hidden case


def test_times_are_whole_minutes_and_the_log_is_the_instructors():
    """A function could sleep for as many seconds as a digit of its input."""
    made = [to_results(replace(samples.CORRECT, seconds=seconds)) for seconds in (0.2, 3.0, 17.5, 55.0)]
    assert [one for one in made if one != made[0]] == []
    assert (made[0]["execution_time"], made[0]["stdout_visibility"]) == (60, "hidden")


def test_seed_versions_and_isolation_are_recorded_for_the_instructor():
    extra = to_results(samples.CORRECT)["extra_data"]
    assert (extra["seed"], extra["versions"]) == ("5eed5eed5eed", dict(samples.VERSIONS))
    assert extra["isolation"] == {
        "user": {"state": "held", "words": "a fresh unprivileged user"},
        "system calls": {"state": "held", "words": "filtered"},
        "files": {"state": "missing", "words": "this system has no Landlock"},
        "privileges": {"state": "not tried", "words": "the grader has no way to do this on darwin"},
    }


def test_a_leaderboard_has_what_was_measured_and_else_there_is_none():
    measures = (Measure("accuracy", 0.98765), Measure("parameters", 9_990, "asc"))
    made = to_results(replace(samples.CORRECT, measures=measures), Visibility.HIDDEN)
    assert made["leaderboard"] == [
        {"name": "accuracy", "value": 0.9877, "order": "desc"},
        {"name": "parameters", "value": 9990.0, "order": "asc"},
    ]
    assert validate(made) == []
    assert "leaderboard" not in to_results(samples.CORRECT)


# Pictures ---------------------------------------------------------------------------------------------------


def test_a_picture_stands_right_beside_its_words_and_only_there():
    """ "Public too" has a picture and no words: nothing is drawn for it, even where the first picture is missing."""
    made = to_results(samples.ILLUSTRATED)
    assert validate(made) == []
    q2, q3, q10 = (made["tests"][i]["output"] for i in (1, 2, 9))
    assert Structure(q2 + q3).titles == ["Heat maps of the first", "Heat maps of example of two"]
    assert re.search(r"yours:  61  67  55</pre>\n<p><img ", q2)
    assert re.search(r"table of two</pre>\n<p><img ", q3)
    assert not Structure(q10).images


def test_what_is_drawn_is_a_png_inside_the_file_of_some_tens_of_kilobytes():
    (image,) = Structure(json.loads(json.dumps(to_results(samples.ILLUSTRATED)))["tests"][1]["output"]).images
    kind, data = image["src"].split(",")
    assert kind == "data:image/png;base64"
    assert base64.b64decode(data).startswith(b"\x89PNG")
    assert len(data) < results.PICTURE_LIMIT == 45_000
    assert 50 < int(image["width"]) < 700


def test_over_a_limit_or_where_drawing_fails_the_picture_is_left_out_and_never_a_word(monkeypatch):
    drawn = to_results(samples.ILLUSTRATED)
    bare = [test | {"output": re.sub(r"\n<p><img [^>]*></p>", "", test["output"])} for test in drawn["tests"]]
    for place, instead in [
        ("grader.gradescope.results.MOST_PICTURES", 0),
        ("grader.gradescope.results.PICTURE_LIMIT", 2_000),
        ("grader.gradescope.results.OUTPUT_LIMIT", 2_000),
        ("grader.cnnchecks.pictures.png", lambda picture: 1 / 0),
    ]:
        with monkeypatch.context() as patch:
            patch.setattr(place, instead)
            made = to_results(samples.ILLUSTRATED)
        assert "<img" not in json.dumps(made), place
        assert made == drawn | {"tests": bare} != drawn, place


def test_results_have_a_handful_of_pictures_and_stay_small_when_everything_is_wrong():
    """Those of public cases come first, else what is visible would say how many hidden cases failed before it."""
    report = all_wrong()
    for choice in Visibility:
        made = to_results(report, choice)
        text = json.dumps(made)
        drawn = [test["number"] for test in made["tests"] for _ in Structure(test["output"]).images]
        assert len(drawn) == results.MOST_PICTURES == 6
        assert drawn == [str(i) if choice is Visibility.VISIBLE else f"{i}.1" for i in range(1, 7)]
        assert len(text) < 300_000
        assert [name for name in samples.NAMES if f"table of {name}" not in text] == []
        assert validate(made) == []
