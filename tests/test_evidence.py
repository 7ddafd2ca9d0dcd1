"""SECURITY.md says what the recorded runs have shown, and a run replaces its own row alone."""

import json

import pytest

from tests import evidence
from tests.hostile.attack import battery

MACHINE = {
    "kernel": "6.1", "architecture": "x86_64", "landlock": 2, "libseccomp": "2.5.4", "python": "3.11.2", "system": "Debian 12"
}  # fmt: skip
COUNTS = dict.fromkeys(evidence.COUNTS, 0)
ROW = {
    "machine": MACHINE,
    "user": "root",
    "stopped": False,
    "assignment": "a3_numpy_convnet",
    "attacks": 200,
    "honest": 3,
    "counts": COUNTS,
    "families": {"reading": 9},
    "won": {},
}
MARKS = """before
<!-- promises: of runs -->
<!-- end -->
<!-- attacks: of a run -->
an earlier table
<!-- end -->
<!-- userlands: of runs -->
<!-- end -->
after
"""


@pytest.fixture
def files(tmp_path):
    data, page = tmp_path / "shown.json", tmp_path / "page.md"
    page.write_text(MARKS)
    return data, page


def test_the_tables_of_security_md_are_what_the_data_says():
    text = evidence.PAGE.read_text(encoding="utf-8")
    assert evidence.rendered(text, evidence.recorded()) == text


def test_a_number_that_is_changed_by_hand_is_found():
    text = evidence.PAGE.read_text(encoding="utf-8")
    changed = evidence.recorded()
    changed["attacks"].append(ROW)
    assert evidence.rendered(text, changed) != text


def test_a_run_takes_the_place_of_the_same_run_and_of_no_other(files):
    other = {**ROW, "machine": {**MACHINE, "landlock": 6}}
    for row in (ROW, other, {**ROW, "user": "not root"}, {**ROW, "counts": {**COUNTS, "forged": 7}}):
        evidence.keep("attacks", row, *files)
    kept = evidence.recorded(files[0])["attacks"]
    assert [(row["user"], row["machine"]["landlock"], row["counts"]["forged"]) for row in kept] == [
        ("not root", 2, 0),
        ("root", 2, 7),
        ("root", 6, 0),
    ]
    text = files[1].read_text()
    assert "| root | 2 | a3 | 200 | 3 | 7 | 0 | 0 | 0 | 0 | Linux 6.1, x86_64, 2.5.4 |" in text
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "an earlier table" not in text


def test_macos_is_not_tried(files):
    assert "| macOS | not tried |" in evidence.rendered(MARKS, {"attacks": [ROW], "userlands": []})


def test_no_row_has_a_date_or_a_place_of_this_machine():
    text = json.dumps(evidence.recorded())
    assert "/" not in text


def test_nothing_is_promised_that_no_run_has_shown():
    read = next(words for words, families in evidence.PROMISES.items() if families == ("reading",))
    nothing, held = evidence.promises([]), evidence.promises([ROW])
    assert "yes" not in nothing
    (line,) = (line for line in held.splitlines() if read in line)
    assert line == f"| {read} | yes |{' not tried |' * 5}"
    won = {**ROW, "won": {"reading/mail": "leaked the metadata"}}
    assert f"| {read} | no: 1 attack | " in evidence.promises([ROW, won])


def test_every_family_of_the_battery_is_behind_a_promise():
    families = {attack.family for attack in battery()} | {"bystander"}
    assert {family for families in evidence.PROMISES.values() for family in families} == families


def test_a_page_without_its_marks_is_refused():
    with pytest.raises(ValueError, match="0 places for the table of promises"):
        evidence.rendered("no marks", {"attacks": [], "userlands": []})
