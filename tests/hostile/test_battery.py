"""Every attack of the battery ends with the score of its honest work, and with nobody's secret; see `battery`."""

import os
import re
import subprocess
import sys
from importlib.util import find_spec
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
A3, A4 = BACKENDS
IN_A4_ALONE = [attack.name for attack in ATTACKS if not attack.runs_in(A3)]
USERS = (ROOT, ORDINARY) if os.geteuid() == 0 else (ORDINARY,)
# each attack once, as Gradescope grades and as a teacher's laptop does
ONCE = [(IN_DOCKER if os.geteuid() == 0 else ORDINARY, A3, ""), (ORDINARY, A4, ",".join(IN_A4_ALONE))]
CLASSES = [
    *(pytest.param(*one, id=f"{one[0]}-{one[1]}", marks=pytest.mark.slow) for one in ONCE),
    *(
        pytest.param(user, assignment, "", id=f"{user}-{assignment}-whole", marks=pytest.mark.full)
        for user in USERS
        for assignment in BACKENDS
        if (user, assignment, "") not in ONCE
    ),
]
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
@pytest.mark.timeout(1800)
@pytest.mark.parametrize(("user", "assignment", "only"), CLASSES)
def test_no_attack_wins_and_no_honest_student_loses(built, user, assignment, only):
    zipped = built / "dist" / f"{assignment}-autograder.zip"
    results = {result.attack: result for result in in_a_process(assignment, zipped, user, only)}
    assert set(results) >= {attack.name for attack in battery(only) if attack.runs_in(assignment)}
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


def test_every_attack_is_tried_in_the_slow_tests():
    tried = {
        attack.name for _, assignment, only in ONCE for attack in battery(only) if attack.runs_in(assignment)
    }
    assert tried == {attack.name for attack in ATTACKS}


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


def test_modules_of_ours_that_attacks_name_are_there():
    """An attack on a module that has moved would come to nothing for that reason alone."""
    named = set()
    for attack in ATTACKS:
        found = re.findall(r"(?<![\w./-])(?:grader|kerasnets)(?:\.\w+)+", attack.text)
        named |= {
            (attack.name, name)
            for name in found
            if not name.endswith((".json", ".zip", ".py", ".pth", ".check", ".__file__"))
        }
    assert len(named) > 10
    assert {(attack, name) for attack, name in named if find_spec(name) is None} == set()


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


def test_attacks_say_what_they_try_and_how_they_show_that_they_ran():
    def says(attack):
        return (
            len(attack.tries) > 20 and attack.shows and set(attack.tried) <= KINDS and list(attack.sections)
        )

    assert [attack.name for attack in ATTACKS if not says(attack)] == []
