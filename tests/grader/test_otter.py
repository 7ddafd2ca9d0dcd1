"""The autograder zip is an Otter zip: `otter run` gives every honest sample the score that the seal gives it."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from grader.grading import autograder, grade
from tests.conftest import SUBMISSIONS

# these forge, never end, or (the last two) have nothing to run
NOT_FOR_OTTER = ("forger", "hang", "empty", "skeleton")


# of each assignment a right sample and a wrong one, since `otter run` takes its time; of these all others too, in the full tests
WHOLE = ("a3_numpy_convnet", "a4_lenet")


def samples():
    paths = [p for p in sorted(SUBMISSIONS.glob("*_*/*")) if re.match(r"a\d_", p.parent.name)]
    honest = [p for p in paths if p.stem not in NOT_FOR_OTTER]
    first = {(p.parent.name, p.stem.partition("_")[0]): p for p in reversed(honest)}
    chosen = [p for p in honest if p.parent.name in WHOLE or p in first.values()]
    return [
        pytest.param(
            path,
            id=f"{path.parent.name}-{path.stem}",
            marks=pytest.mark.slow if path in first.values() else pytest.mark.full,
        )
        for path in chosen
    ]


def otter_run(zipped: Path, submission: Path, out: Path) -> float:
    """The score in the results.json that `otter run` writes."""
    command = [
        Path(sys.executable).with_name("otter"),
        "run",
        "-a",
        zipped,
        "-o",
        out,
        "--no-logo",
        submission,
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=280)
    tests = json.loads((out / "results.json").read_text())["tests"]
    return sum(test["score"] for test in tests if "score" in test)  # the summary of public cases has none


@pytest.mark.parametrize("sample", samples())
def test_otter_run_gives_the_same_score(sample, built, numpy_zygote, keras_zygote, tmp_path):
    zipped = built / "dist" / f"{sample.parent.name}-autograder.zip"
    assignment = autograder.read(zipped)
    sealed = grade.grade(
        sample, assignment, {"numpy": numpy_zygote, "keras": keras_zygote}[assignment.backend]
    )
    assert otter_run(zipped, sample, tmp_path) == pytest.approx(sealed.score)


def test_there_are_samples_to_compare():
    assert len(samples()) > 15
