"""The page of a results.json: Gradescope's rules of who sees what, and nothing of a results.json gets past the cleaning."""

from __future__ import annotations

import re
import subprocess
import sys
from itertools import product
from typing import Any

from grader.gradescope.results import to_results
from grader.gradescope.show import TAGS, clean, format_text, show
from grader.report import Visibility
from tests.grader import sample_reports as samples
from tests.grader.sample_reports import Structure, parse_page, words

SCRIPT = samples.SCRIPT
ROLES, BOTH = ("student", "instructor"), (False, True)
LUMINANCE = (0.2126, 0.7152, 0.0722)
PNG = "data:image/png;base64,AAAA"


def one(visibility: str = "visible", **more: Any) -> dict[str, Any]:
    """A results.json of one open and one other test."""
    return {
        "output": "ABOVE",
        "tests": [
            {"name": "OPEN", "score": 1, "max_score": 2},
            {"name": "OTHER", "score": 3, "max_score": 4, "visibility": visibility, "output": "SECRET"},
        ],
        **more,
    }


# Who sees what ----------------------------------------------------------------------------------------------

WHEN_SEEN = {  # (published, after_due) -> does a student see it?
    "visible": {(False, False), (True, False), (False, True), (True, True)},
    "after_due_date": {(False, True), (True, True)},
    "after_published": {(True, False), (True, True)},
    "hidden": set(),
}
TOLD = {  # an instructor of it
    "visible": "",
    "after_due_date": "students see this after the due date",
    "after_published": "students see this when grades are published",
    "hidden": "students never see this",
}


def test_a_student_sees_a_hidden_test_and_the_total_when_its_visibility_says():
    for visibility, *when in product(WHEN_SEEN, BOTH, BOTH):
        page = words(show(one(visibility), "student", *when))
        is_seen = tuple(when) in WHEN_SEEN[visibility]
        found = [said in page for said in ("2) OTHER", "SECRET", "4 / 6 points")]
        assert found == [is_seen] * 3, (visibility, when)
        assert ("No total is shown as long as any test is hidden." in page) != is_seen, (visibility, when)
        assert "1) OPEN" in page


def test_an_instructor_sees_everything_and_when_students_will():
    for visibility, said in TOLD.items():
        page = words(show(one(visibility), "instructor"))
        assert [part for part in ("2) OTHER", "4 / 6 points", said) if part not in page] == []
        assert ("students" in page) == bool(said), visibility


def test_a_visibility_above_the_tests_is_that_of_those_without_one_and_of_the_output():
    results = one(visibility="hidden") | {"visibility": "after_published"}
    results["tests"][1]["visibility"] = "visible"
    page = words(show(results, "student"))
    assert "OTHER" in page
    assert not {"OPEN", "ABOVE", "points"} & set(page.split())
    assert "ABOVE" in words(show(results, "student", published=True))


def test_what_the_run_printed_is_the_instructors_unless_stdout_visibility_says_more():
    for choice, seen in (("visible", True), ("hidden", False), ("after_published", False), (None, False)):
        results = one() | ({"stdout_visibility": choice} if choice else {})
        assert ("LOG" in show(results, "student", stdout="LOG")) == seen
        assert "LOG" in show(results, "instructor", stdout="LOG")
    assert "LOG" in show(one(stdout_visibility="after_published"), "student", published=True, stdout="LOG")


def test_extra_data_tags_and_times_are_the_instructors():
    results = one(extra_data={"seed": "5eed"}, execution_time=12.5)
    results["tests"][0]["tags"] = ["a3.q1"]
    for secret in ("5eed", "12.5 s", "a3.q1"):
        assert secret not in show(results, "student", published=True, after_due=True)
        assert secret in show(results, "instructor")


def test_without_valid_results_all_that_a_student_reads_is_that_it_failed():
    for results, problem in [
        (None, "there is no results.json"),
        ({"score": "3"}, "score: '3' is not allowed"),
        ([1], "results.json: an object is expected, not list"),
        ({"tests": [{"name": SCRIPT, "score": "3"}]}, "tests[0].score: '3' is not allowed"),
        ({"score": SCRIPT}, "score: '<script>"),
    ]:
        pages = [show(results, role, stdout="LOG") for role in ROLES]
        student, instructor = (parse_page(page).words for page in pages)
        assert "The autograder failed to execute correctly." in student
        assert "The autograder failed to execute correctly." in instructor
        assert (problem in student, "LOG" in student) == (False, False), problem
        assert (problem in instructor, "LOG" in instructor) == (True, True), problem


# The page ---------------------------------------------------------------------------------------------------


def test_tests_have_numbers_and_states_whether_they_say_so_or_not():
    tests = [
        {"score": 2, "max_score": 2, "name": "a"},
        {"score": 1, "max_score": 2, "name": "b"},
        {"score": 0, "max_score": 2, "name": "c", "status": "passed", "number": "7.1"},
        {"score": 0, "name": "d"},
    ]
    html = show({"tests": tests}, "student")
    shown = ("1) a ✓ passed 2 / 2", "2) b ✗ failed 1 / 2", "7.1) c ✓ passed 0 / 2", "4) d 0")
    assert [test for test in shown if test not in words(html)] == []
    assert html.count("<details") == 4
    assert html.count(" open>") == 2  # b, and d of which nothing is known


def test_a_score_above_the_tests_counts_instead_of_their_sum_and_a_leaderboard_is_shown():
    assert "5.5 / 6 points" in words(show(one(score=5.5), "student"))
    assert "5.5 points" in words(show({"score": 5.5}, "student"))
    assert "accuracy 0.98" in words(show(one(leaderboard=[{"name": "accuracy", "value": 0.98}]), "student"))
    assert "Leaderboard" not in words(show(one(), "student"))


def test_a_page_is_well_formed_and_takes_nothing_from_elsewhere():
    reports = (*samples.SAMPLES, samples.ILLUSTRATED, samples.HOSTILE)
    for report, visibility, role in product(reports, Visibility, ROLES):
        parse_page(show(to_results(report, visibility, [SCRIPT]), role, True, True, stdout=SCRIPT))


def test_a_page_says_whose_it_is_and_that_gradescopes_looks_different():
    student = words(show(one(), "student", after_due=True))
    assert "What a student sees after the due date, before grades are published." in student
    assert "Gradescope's own page looks different" in student
    assert "What an instructor sees." in words(show(one(), "instructor"))
    assert 'name="viewport" content="width=device-width' in show(one(), "student")


def test_without_pictures_the_words_still_say_where_an_answer_differs():
    results = to_results(samples.ILLUSTRATED)
    drawn, bare = show(results, "student"), show(results, "student", keep_pictures=False)
    assert (len(Structure(drawn).images), Structure(bare).images) == (2, [])
    assert words(drawn) == words(bare)
    expected = ("yours: 61 67 55", "table of one", "table of two", "> 2,416 weights", "✗ failed")
    assert [said for said in expected if said not in words(bare)] == []


def test_a_hidden_case_is_on_no_page_of_a_student_before_it_may_be():
    results = to_results(samples.FLIPS, "after_published")
    before, after = show(results, "student", after_due=True), show(results, "student", published=True)
    for said in ("Strides, unequal", samples.HALVES.belief, "11.9 / 14 points"):
        assert (said in words(before), said in words(after)) == (False, True), said
    for secret in ("SECRET", samples.CORRECT.seed):
        assert secret not in before + after
    assert "11.9" not in before


def test_a_submission_that_was_not_graded_has_a_page_with_a_next_step():
    page = words(show(to_results(samples.UNREADABLE, "after_published"), "student"))
    assert "Not graded: The file is not a notebook" in page
    assert "What to do: Open the notebook in JupyterLab" in page


def read_colours(html: str) -> list[dict[str, str]]:
    """The page's two palettes: light, dark."""
    found = re.findall(r":root \{(.*?)\}", html, re.DOTALL)
    return [dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", palette)) for palette in found]


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip(LUMINANCE, linear, strict=True))


def test_every_text_stands_out_from_its_ground_in_light_and_dark():
    """WCAG 2's 4.5 to 1; black on white is worth 21."""
    palettes = read_colours(show(one(), "student"))
    assert len(palettes) == 2
    assert (1.05 / 0.05, luminance("#ffffff")) == (21, 1)
    for palette, ink, ground in product(palettes, ("ink", "soft", "good", "bad"), ("page", "card")):
        dark, light = sorted(luminance(palette[name]) for name in (ink, ground))
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (ink, ground)


# Formats and the cleaning -----------------------------------------------------------------------------------

FORMATS = {
    "text": "<pre>*a* &lt;b&gt;c&lt;/b&gt;\n\nd</pre>",
    "html": "*a* <b>c</b>\n\nd",
    "simple_format": "<p>*a* <b>c</b></p><p>d</p>",
    "md": "<p><em>a</em> &lt;b&gt;c&lt;/b&gt;</p>\n<p>d</p>\n",
    "ansi": "<pre>*a* &lt;b&gt;c&lt;/b&gt;\n\nd</pre>",
}


def test_each_format_is_honoured_above_the_tests_in_outputs_and_in_names():
    text = "*a* <b>c</b>\n\nd"
    for format, shown in FORMATS.items():
        assert format_text(text, format) == shown
        results = [
            {"output": text, "output_format": format},
            {"tests": [{"output": text, "output_format": format}]},
            {"tests": [{"output": text}], "test_output_format": format},
            {"tests": [{"name": text, "name_format": format}]},
            {"tests": [{"name": text}], "test_name_format": format},
        ]
        asked = results[:3] if format == "text" else results  # a plain name is no block
        assert [one for one in asked if shown not in show({"score": 1, **one}, "student")] == [], format


def test_without_a_format_tests_are_text_and_what_is_above_them_is_simple():
    html = show({"score": 1, "output": "a\nb", "tests": [{"name": "<b>", "output": "c\nd"}]}, "student")
    assert [said for said in ("<p>a<br>b</p>", "<pre>c\nd</pre>", "&lt;b&gt;") if said not in html] == []


CLEANED = [
    ("<script>alert(1)</script>a", "a"),
    ("<SCRIPT SRC=x>alert(1)</SCRIPT >a", "a"),
    ("<style>p{}</style><svg><a>x</a></svg>a", "a"),
    ("<svg><p>x</p></svg>a", "<p>x</p>a"),  # a paragraph ends a drawing, for browsers too
    ("<p style='x' onclick='y' class=z>a", "<p>a</p>"),
    ("<a href='javascript:x'>a</a>", "a"),
    ("<img src=x onerror=y>a", "a"),
    ("<img src='data:image/svg+xml;base64,AAAA'>a", "a"),
    ("<img src='data:image/png;base64,AA\" onload=\"x'>a", "a"),
    (f"<img src='{PNG}' alt='\"<b>' width='9\"'>", f'<img src="{PNG}" alt="&quot;&lt;b&gt;">'),
    (f"<img src='{PNG}' width=90>", f'<img src="{PNG}" width="90">'),
    ("<img src='x' alt='\"<img src=y>' width=90>a", "a"),
    ("<table><tr><td>a</table>b", "<table><tbody><tr><td>a</td></tr></tbody></table>b"),
    ("</p></main>a<b>c</i>", "<p></p>a<b>c</b>"),
    ("a < b &lt;script&gt; &amp;amp;", "a &lt; b &lt;script&gt; &amp;amp;"),
    ("<!-- x --><?php y ?><![CDATA[z]]>a", "a"),
    ("<form><input><button>a</button></form>", "a"),
    ("<iframe><script></iframe>a", "a"),
    ("<math><mi>x</mi></math>a", "a"),
]


def test_of_html_a_few_tags_stay_and_of_attributes_those_of_pictures():
    assert [(html, clean(html)) for html, kept in CLEANED if clean(html) != kept] == []
    for nasty in ("<" * 50_000, "<p" * 9_000, "<p>" * 30_000, "<!--" * 5_000, "&" * 50_000):
        structure = Structure(clean(nasty))
        assert set(structure.tags) <= TAGS
        assert structure.open == []


def test_a_results_json_of_someone_else_brings_no_markup_into_the_page():
    everywhere = {
        "score": 1,
        "output": SCRIPT,
        "tests": [{"name": SCRIPT, "output": SCRIPT, "tags": [SCRIPT], "number": "1"}],
        "leaderboard": [{"name": SCRIPT, "value": SCRIPT}],
        "extra_data": {SCRIPT: SCRIPT},
    }
    for format in FORMATS:
        formats = {"output_format": format, "test_output_format": format, "test_name_format": format}
        html = show({**everywhere, **formats}, "instructor", stdout=SCRIPT)
        parse_page(html)
        assert "<script" not in html, format


def test_the_schema_loads_nothing_heavy_and_the_page_nothing_that_grades():
    for name, heavy in [
        ("schema", {"jinja2", "markupsafe", "markdown_it", "numpy", "rich", "otter", "jsonschema"}),
        ("show", {"numpy", "matplotlib", "otter", "keras", "tensorflow"}),
    ]:
        code = f"import sys, grader.gradescope.{name}; print(*sys.modules)"
        run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert f"grader.gradescope.{name}" in run.stdout.split()
        assert heavy & set(run.stdout.split()) == set()
