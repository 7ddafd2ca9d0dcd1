"""What a battery's results become: a row that is kept, and the page of all attacks. An attack that wins stands in both."""

from tests import evidence
from tests.hostile.__main__ import Column, columns, page, row
from tests.hostile.attack import battery
from tests.hostile.battery import Result

ASSIGNMENT = "a3_numpy_convnet"
ROOTS = Column("root", None, ASSIGNMENT)
ATTACKS = [attack for attack in battery() if attack.runs_in(ASSIGNMENT)][:2]
HELD = Result(ATTACKS[0].name, ATTACKS[0].family, 0, 0, 1.0, False, True, (), "")
WON = Result(ATTACKS[1].name, ATTACKS[1].family, 100, 0, 1.0, False, True, ("the metadata",), "")
LOST = Result("bystander/bystander-m.ipynb", "bystander", 90, 100, 1.0, False, True, (), "")


def test_a_row_counts_attacks_and_honest_students_and_names_who_won():
    kept = row(ROOTS, [HELD, WON, LOST])
    assert (kept["attacks"], kept["honest"]) == (2, 1)
    assert kept["counts"] == {
        "forged": 1, "leaked": 1, "hung": 0, "honest marks lost": 1, "not shown to have run": 0
    }  # fmt: skip
    assert kept["won"] == {WON.attack: "forged, leaked the metadata", LOST.attack: "lost"}


def test_the_page_says_what_won_what_came_to_nothing_and_what_was_not_run():
    lines = page([row(ROOTS, [HELD, WON])], ATTACKS, {}).splitlines()
    found = {
        line.split(" | ")[0].strip("| `"): line.split(" | ")[2] for line in lines if line.startswith("| `")
    }
    assert found == {HELD.attack: "nothing", WON.attack: "forged, leaked the metadata"}
    assert " | not run | " in page([], ATTACKS, {})


def test_one_column_can_be_chosen():
    assert columns(["docker"], "", [ASSIGNMENT]) == [Column("root as in Docker", None, ASSIGNMENT)]
    assert [str(column) for column in columns(["ordinary"], "2,newest", [ASSIGNMENT])] == [
        "not root, Landlock 2, numpy",
        "not root, numpy",
    ]
    assert len(columns(["root"], "", None)) == 2


def test_an_older_landlock_is_named_in_the_row():
    assert row(Column("not root", 0, ASSIGNMENT), [HELD])["machine"]["landlock"] == 0


def test_grading_that_stops_is_a_row_of_its_own():
    open_files = Column("not root", 0, ASSIGNMENT)
    assert (open_files.is_open, ROOTS.is_open) == (True, False)
    kept = row(open_files, None)
    assert (kept["stopped"], kept["attacks"]) == (True, 0)
    assert "grading stops" in evidence.attacks([kept])
    assert evidence.promises([kept]).count("| grading stops |") == len(evidence.PROMISES)
