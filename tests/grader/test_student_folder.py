"""The student's five minutes: unzip, install, open, run, check, export, in an environment with nothing of ours."""

import json
import re
import subprocess
import sys
import zipfile

import pytest

from grader.grading import grade
from tests.conftest import SUBMISSIONS


@pytest.fixture(scope="module")
def students(built, tmp_path_factory):
    """The unzipped folder, and the bin/ of an environment with what its requirements.txt names."""
    home = tmp_path_factory.mktemp("student")
    with zipfile.ZipFile(built / "dist" / "a3_numpy_convnet-student.zip") as archive:
        archive.extractall(home)
    folder, binaries = home / "a3_numpy_convnet", home / "venv" / "bin"
    subprocess.run([sys.executable, "-m", "venv", home / "venv"], check=True)
    subprocess.run([binaries / "pip", "install", "-q", "-r", folder / "requirements.txt"], check=True)
    return folder, binaries


def run(students, notebook):
    """{name of the question: what its check printed}, and the outputs of all cells."""
    folder, binaries = students
    (folder / "a3_numpy_convnet.ipynb").write_bytes(notebook)
    command = [binaries / "jupyter", "execute", "--inplace", "--allow-errors", "a3_numpy_convnet.ipynb"]
    subprocess.run(command, cwd=folder, check=True, timeout=280)
    cells = json.loads((folder / "a3_numpy_convnet.ipynb").read_text())["cells"]
    said = {"".join(cell["source"]): json.dumps(cell.get("outputs", [])) for cell in cells}
    asked = {source: re.fullmatch(r'grader\.check\("(\w+)"\)', source) for source in said}
    return {found[1]: said[source] for source, found in asked.items() if found}, said


def without_training(path):
    notebook = json.loads(path.read_text())
    tagged = [cell for cell in notebook["cells"] if "otter_ignore" in cell["metadata"].get("tags", [])]
    return json.dumps(
        {**notebook, "cells": [cell for cell in notebook["cells"] if cell not in tagged]}
    ).encode()


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_solved_notebook_passes_every_check_and_its_export_is_graded(students, a3, numpy_zygote):
    checks, said = run(students, without_training(SUBMISSIONS / "a3_numpy_convnet" / "correct_loops.ipynb"))
    assert list(checks) == list(a3.points)
    assert all("passed!" in out for out in checks.values())
    (export,) = students[0].glob("*.zip")
    report = grade.grade(export, a3, numpy_zygote)
    assert (report.score, report.notes) == (100, ())
    assert not [source for source, out in said.items() if "Traceback" in out]


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_wrong_idea_is_named_in_the_notebook(students):
    checks, _ = run(students, without_training(SUBMISSIONS / "a3_numpy_convnet" / "wrong_bias_mean.ipynb"))
    assert "conv.bias_gradient_averaged" in checks["q4"]
    assert "passed!" in checks["q3"]
