"""Every attack of the battery ends with the score of its honest work, and with nobody's secret; see `battery`."""

import os
import sys

import pytest

from tests.hostile.attack import battery
from tests.hostile.battery import in_a_process

linux = pytest.mark.skipif(sys.platform != "linux", reason="the defences are Linux's")
ATTACKS = battery()
USERS = ("root", "not root") if os.geteuid() == 0 else ("not root",)
FAMILIES = (
    "accidents",
    "cheating",
    "dying",
    "escaping",
    "exhausting",
    "forging",
    "leaking",
    "reading",
    "writing",
)


@pytest.fixture(scope="module")
def outcomes(built):
    """(user, assignment) -> {attack: result}: each class is graded once, when it is first asked for."""
    graded: dict[tuple[str, str], dict] = {}

    def outcome(user, assignment):
        if (user, assignment) not in graded:
            zipped = built / "dist" / f"{assignment}-autograder.zip"
            results = in_a_process(assignment, zipped, ordinary=user != "root")
            graded[user, assignment] = {result.attack: result for result in results}
        return graded[user, assignment]

    return outcome


@linux
@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("user", USERS)
@pytest.mark.parametrize("assignment", ["a3_numpy_convnet"])  # the Keras one: scripts/hostile
def test_no_attack_wins_and_no_honest_student_loses(outcomes, assignment, user):
    results = outcomes(user, assignment)
    assert set(results) >= {attack.name for attack in ATTACKS if attack.runs_in(assignment)}
    assert sum(name.startswith("bystander") for name in results) == 3
    won = {name: (result.verdict, result.said[:2000]) for name, result in results.items() if result.verdict}
    assert won == {}


@linux
def test_some_attacks_in_the_quick_tests(built):
    zipped = built / "dist" / "a3_numpy_convnet-autograder.zip"
    results = {result.attack: result for result in in_a_process("a3_numpy_convnet", zipped, only="/patched_")}
    assert len(results) > 4
    assert {attack: result.verdict for attack, result in results.items()} == dict.fromkeys(results, "")


def test_the_battery_has_every_family_and_more_than_sixty_attacks():
    assert {attack.family for attack in ATTACKS} == set(FAMILIES)
    assert len(ATTACKS) >= 60


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_an_attack_says_what_it_tries_and_how_it_shows_that_it_ran(attack):
    assert len(attack.tries) > 20
    assert attack.shows
    assert list(attack.sections)
