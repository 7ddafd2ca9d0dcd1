"""Files in the folder where grading is started, named as modules that Python or we import: none of them is run."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grader.sandbox.client import Zygote, _environment
from tests.conftest import SUBMISSIONS
from tests.grader.test_gradescope_run import Place

SAMPLE = SUBMISSIONS / "a3_numpy_convnet" / "correct_im2col.ipynb"
DRAWN = SAMPLE.with_name("wrong_flipped_kernel.ipynb")  # its page has pictures
NAMES = (
    "ctypes", "timeit", "json", "numpy", "grader", "kerasnets", "sitecustomize", "usercustomize", "IPython", "matplotlib",
    "pyseccomp", "packaging", "click", "socket", "struct", "traitlets", "otter", "encodings", "tests", "cnnchecks", "blueprint",
)  # fmt: skip


@pytest.fixture
def shadowed(tmp_path):
    """A folder of such files; each that is run leaves a mark."""
    folder, marks = tmp_path / "shadowed", tmp_path / "marks"
    for place in (folder, marks):
        place.mkdir()
    for name in NAMES:
        (folder / f"{name}.py").write_text(f"open({str(marks / name)!r}, 'w').close()\nraise SystemExit\n")
    for program in ("rm", "chmod"):
        (folder / program).write_text(f"#!/bin/sh\ntouch {marks / program}\n")
        (folder / program).chmod(0o755)
    (folder / "matplotlibrc").write_bytes(b"text.usetex: True \xff\n")
    return folder, marks


def test_files_beside_submissions_are_not_imported_where_grading_is_started(shadowed, built, tmp_path):
    folder, marks = shadowed
    for sample in (SAMPLE, DRAWN):
        shutil.copy(sample, folder)
    kerasnets = Path(sys.executable).with_name("kerasnets")
    zipped = built / "dist" / "a3_numpy_convnet-autograder.zip"
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment["PATH"] = f".:{environment['PATH']}"
    done = subprocess.run(
        [kerasnets, "grade", ".", "--allow-public-seed", "-a", zipped, "-o", tmp_path / "out"],
        cwd=folder, env=environment, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert os.listdir(marks) == []
    assert done.returncode == 0, done.stderr
    assert json.loads((tmp_path / "out" / SAMPLE.stem / "results.json").read_text())["score"] == 100
    assert "data:image/png" in (tmp_path / "out" / DRAWN.stem / "feedback.html").read_text()


def test_files_in_a_submission_to_gradescope_are_not_imported(shadowed, built, tmp_path):
    folder, marks = shadowed
    place = Place(tmp_path / "gradescope", built / "dist" / "a3_numpy_convnet-autograder.zip")
    shutil.copytree(folder, place.folder / "submission", dirs_exist_ok=True)
    shutil.copytree(folder, place.folder, dirs_exist_ok=True)
    place.hand_in(SAMPLE)
    assert place.run()["score"] == 100
    assert os.listdir(marks) == []


def test_a_zygote_and_a_spawned_worker_import_nothing_from_the_current_folder(shadowed, monkeypatch):
    folder, marks = shadowed
    monkeypatch.chdir(folder)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(["", ".", os.environ.get("PYTHONPATH", "")]))
    for spawn in (False, True):
        with Zygote("numpy", spawn=spawn) as zygote:
            child = zygote.fork("worker")
            child.channel.send({"op": "cell", "index": 1, "source": "import json, timeit, ctypes, numpy"})
            assert child.channel.receive()["done"] is True
            child.end()
    assert os.listdir(marks) == []


@pytest.mark.parametrize("name", ["PATH", "PYTHONPATH", "LD_LIBRARY_PATH"])
def test_a_zygote_is_handed_no_folder_that_is_meant_from_the_current_one(monkeypatch, name):
    monkeypatch.setenv(name, os.pathsep.join(["", "/opt/course", ".", "lib", ""]))
    assert _environment()[name] == "/opt/course"
    monkeypatch.setenv(name, ":.:")
    assert name not in _environment()
