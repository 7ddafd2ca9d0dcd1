"""Names of submissions: one that only looks like another's is told apart, wherever a teacher reads it."""

import re
from dataclasses import replace
from html import unescape

from grader.reports import gradebook, terminal
from grader.reports.class_report import render, summarise
from grader.reports.names import shown_names
from tests.grader import sample_reports as samples
from tests.grader.sample_reports import printed

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


def in_terminal(reports):
    lines = printed(terminal.table(reports)).splitlines()
    return [line.split("  ")[0].strip() for line in lines if "a" in line[:12] and "%" in line]


def on_class_page(reports):
    html = render(summarise([replace(report, error="empty") for report in reports]))
    return [" ".join(unescape(name).split()) for name in re.findall(r"<li>([^<]*)</li>", html)]


def test_a_name_that_only_looks_like_anothers_is_told_apart():
    for place in (in_gradebook, in_terminal, on_class_page):
        for what, name in LOOKALIKES.items():
            if place is on_class_page and "\\" in name:  # a backslash parts folders there
                continue
            shown = place([replace(samples.CORRECT, submission=one) for one in ("ada.ipynb", name)])
            assert len(set(shown)) == len(shown) == 2, (place.__name__, what)
            if place is not on_class_page:
                plain = [text.isascii() and text.isprintable() and " " not in text for text in shown]
                assert all(plain), (place.__name__, what)


def test_an_accent_in_one_character_or_in_two_is_told_apart_only_where_both_are_there():
    one, two = "Zo\xeb.ipynb", "Zoe\u0308.ipynb"
    assert shown_names([two]) == shown_names([one]) == ["Zo\xeb.ipynb"]
    assert shown_names([one, two]) == ["Zo\xeb.ipynb", "Zoe\\u0308.ipynb"]


def test_names_that_people_have_stay_as_they_are():
    people = [
        "Ada Lovelace.ipynb",
        "José-María_1.zip",
        "Łukasz.ipynb",
        "李小龍.ipynb",
        "नेहा.ipynb",
        "O'Neill (2).ipynb",
    ]
    assert shown_names(people) == people


def test_long_names_that_differ_at_the_end_differ():
    first, second = shown_names(["\u200b" * 80 + "a", "\u200b" * 80 + "b"])
    assert first != second
    assert len(first) < 400
