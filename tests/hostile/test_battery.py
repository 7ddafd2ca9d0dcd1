"""Every attack of the battery ends with the score of its honest work, and with nobody's secret; see `battery`."""

import os
import subprocess
import sys
from types import SimpleNamespace

import pytest

from grader.grading.told import TRIED
from grader.report import Report
from grader.sandbox import limits
from grader.sandbox.audit_hook import KINDS
from tests.hostile.attack import BACKENDS, HERE, battery
from tests.hostile.battery import IN_DOCKER, ORDINARY, ROOT, in_a_process, judged, tells_the_time
from tests.hostile.ordinary import as_in_docker

linux = pytest.mark.skipif(sys.platform != "linux", reason="the defences are Linux's")
ATTACKS = battery()
USERS = (ROOT, ORDINARY) if os.geteuid() == 0 else (ORDINARY,)
CLASSES = [(user, assignment) for user in USERS for assignment in BACKENDS]
CLASSES += [(IN_DOCKER, "a3_numpy_convnet")] if os.geteuid() == 0 else []
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


@linux
@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize(("user", "assignment"), CLASSES)
def test_no_attack_wins_and_no_honest_student_loses(built, user, assignment):
    zipped = built / "dist" / f"{assignment}-autograder.zip"
    results = {result.attack: result for result in in_a_process(assignment, zipped, user)}
    assert set(results) >= {attack.name for attack in ATTACKS if attack.runs_in(assignment)}
    assert sum(name.startswith("bystander") for name in results) == 3
    won = {name: (result.verdict, result.said[:2000]) for name, result in results.items() if result.verdict}
    assert won == {}


@linux
@pytest.mark.slow
@pytest.mark.skipif(limits.landlock_abi() == 0, reason="this kernel has no Landlock")
@pytest.mark.parametrize("version", [1, 4])
def test_what_an_older_landlock_lacks_is_closed_by_the_list_of_system_calls(built, version):
    """Below version 3 anybody may empty a file, below 5 command a device, below 6 signal a process outside."""
    zipped = built / "dist" / "a3_numpy_convnet-autograder.zip"
    only = "writing/,escaping/signals,escaping/undone,reading/results,exhausting/room"
    results = in_a_process("a3_numpy_convnet", zipped, ORDINARY, only, f"landlock-{version}")
    assert len(results) > 12
    assert {result.attack: result.verdict for result in results if result.verdict} == {}


@linux
def test_some_attacks_in_the_quick_tests(built):
    zipped = built / "dist" / "a3_numpy_convnet-autograder.zip"
    results = {result.attack: result for result in in_a_process("a3_numpy_convnet", zipped, only="/patched_")}
    assert len(results) > 4
    assert {attack: result.verdict for attack, result in results.items()} == dict.fromkeys(results, "")


@linux
@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
def test_root_as_in_docker_has_the_capabilities_that_docker_documents():
    status = subprocess.run(
        ["cat", "/proc/self/status"], preexec_fn=as_in_docker, capture_output=True, text=True, check=True
    ).stdout
    assert "CapEff:\t00000000a80425fb" in status  # as its documentation and every container's status print it


def test_the_battery_has_every_family_and_more_than_sixty_attacks():
    assert {attack.family for attack in ATTACKS} == set(FAMILIES)
    assert len(ATTACKS) >= 60


def test_the_battery_asks_that_a_report_names_what_was_tried():
    (attack,) = [attack for attack in ATTACKS if attack.name == "escaping/network"]
    plan = SimpleNamespace(points={"q1": 1.0}, seconds=1.0, questions={"q1": ["f"]}, key=b"key")
    for note, unnamed in (
        (f"code cell 1 {TRIED['network']} (refused)", ()),
        ("code cell 1 raised Ran", ("network",)),
    ):
        report = Report("a3", "A", "x.ipynb", notes=(note,))
        result = judged(report, attack, plan, 0.0, "", HERE / "nothing")
        assert result.unnamed == unnamed
        assert ("did not name what it tried: network" in result.verdict) is bool(unnamed)


@pytest.mark.parametrize(
    ("shown", "tells"),
    [
        ("In 3.4 s.", True),
        ('"execution_time": 3.42', True),
        ('"execution_time": 60', False),
        ("after 3.4 seconds", False),
    ],
)
def test_the_battery_sees_a_time_on_a_page(shown, tells):
    assert tells_the_time(3.42, shown) is tells


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_an_attack_says_what_it_tries_and_how_it_shows_that_it_ran(attack):
    assert len(attack.tries) > 20
    assert attack.shows
    assert set(attack.tried) <= KINDS
    assert list(attack.sections)
