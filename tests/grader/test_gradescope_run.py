"""A submission laid out as Gradescope does it, graded by run_autograder: what stands in results.json, whatever happens."""

import datetime as dt
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from grader.gradescope import autograde, zipped
from grader.gradescope.schema import validate
from tests.conftest import SUBMISSIONS

SAMPLES = SUBMISSIONS / "a3_numpy_convnet"


class Place:
    """A scratch /autograder, and an environment whose Python is this one."""

    def __init__(self, folder: Path, autograder_zip: Path):
        self.folder, self.prefix = folder / "autograder", folder / "opt"
        for name in ("source", "submission", "results"):
            (self.folder / name).mkdir(parents=True)
        with zipfile.ZipFile(autograder_zip) as archive:
            archive.extractall(self.folder / "source")
        (self.prefix / "bin").mkdir(parents=True)
        python = self.prefix / "bin" / "python"
        python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
        python.chmod(0o755)

    def start(self) -> subprocess.Popen:
        environment = {
            **os.environ, "KERASNETS_AUTOGRADER": str(self.folder), "KERASNETS_PREFIX": str(self.prefix),
        }  # fmt: skip
        script = self.folder / "source" / "run_autograder"
        return subprocess.Popen(
            ["bash", str(script)], cwd=self.folder, env=environment, start_new_session=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip

    def run(self) -> dict:
        process = self.start()
        said, _ = process.communicate(timeout=120)
        assert process.returncode == 0, said
        return self.results()

    def results(self) -> dict:
        found = json.loads((self.folder / "results" / "results.json").read_text())
        assert validate(found) == []
        return found

    def hand_in(self, path: Path) -> None:
        shutil.copy(path, self.folder / "submission")

    def describe(self, **entries) -> None:
        (self.folder / "submission_metadata.json").write_text(json.dumps(entries))

    def change_manifest(self, **entries) -> None:
        path = self.folder / "source" / "kerasnets.json"
        path.write_text(json.dumps({**json.loads(path.read_text()), **entries}))


@pytest.fixture
def place(built, tmp_path):
    return Place(tmp_path, built / "dist" / "a3_numpy_convnet-autograder.zip")


NOON = dt.datetime(2026, 12, 1, 12, tzinfo=dt.UTC)


def at(hours):
    return (NOON + dt.timedelta(hours=hours)).isoformat()


def test_a_submission_is_graded_and_a_rerun_repeats_its_draw(place):
    place.hand_in(SAMPLES / "wrong_bias_mean.ipynb")
    place.describe(id=7, created_at=at(0))
    first, second = place.run(), place.run()
    assert first["score"] == 86  # as its sample says: q4 is lost
    assert first["extra_data"]["seed"] == second["extra_data"]["seed"]
    place.describe(id=8, created_at=at(0))
    assert place.run()["extra_data"]["seed"] != first["extra_data"]["seed"]


def test_late_work_costs_what_the_instructor_chose_and_the_best_is_kept(place):
    place.hand_in(SAMPLES / "correct_im2col.ipynb")
    place.change_manifest(gradescope={"minutes": 10, "keep": "best", "per_day": 0, "late_percent": 10})
    place.describe(id=7, created_at=at(25), assignment={"due_date": at(0)})
    late = place.run()
    assert late["score"] == 80
    assert "1 day 1 hour after the due date" in late["output"]
    before = {"submission_time": at(-1), "score": "90.0"}
    place.describe(id=7, created_at=at(25), assignment={"due_date": at(0)}, previous_submissions=[before])
    assert place.run()["score"] == 90


def test_one_submission_too_many_is_not_graded_and_keeps_the_score(place):
    place.hand_in(SAMPLES / "correct_im2col.ipynb")
    place.change_manifest(gradescope={"minutes": 10, "keep": "last", "per_day": 1, "late_percent": 0})
    before = {"submission_time": at(-1), "score": 61.5}
    place.describe(id=7, created_at=at(0), previous_submissions=[before])
    results = place.run()
    assert results["score"] == 61.5
    assert "more than 1 times in 24 hours" in results["output"]
    assert "2026-12-02 11:00 UTC" in results["output"]


def test_nothing_but_a_notebook_that_is_none_is_a_zero_with_words(place):
    (place.folder / "submission" / "homework.ipynb").write_bytes(b"x")
    results = place.run()
    assert results["score"] == 0
    assert "not a Jupyter notebook" in results["output"]


@pytest.mark.parametrize("seconds", [0.05, 0.7, 2.0])
def test_a_run_that_is_killed_leaves_a_zero_that_says_so(place, seconds):
    place.hand_in(SAMPLES / "hang.ipynb")  # it takes longer than that
    process = place.start()
    started = time.monotonic()
    result = place.folder / "results" / "results.json"
    while not result.exists() and time.monotonic() < started + 10:
        time.sleep(0.005)
    time.sleep(seconds)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    results = place.results()
    assert results["score"] == 0
    assert {test["score"] for test in results["tests"]} == {0}
    assert "was ended from outside before it was done" in results["output"]


def test_when_the_time_is_over_what_was_not_asked_has_no_verdict_and_there_is_a_result(place):
    place.hand_in(SAMPLES / "correct_loops.ipynb")
    place.change_manifest(gradescope={"minutes": 0.02, "keep": "last", "per_day": 0, "late_percent": 0})
    results = place.run()
    assert results["score"] < 100
    assert "the whole notebook took too long" in json.dumps(results)


@pytest.mark.skipif(sys.platform != "linux", reason="looks processes up in /proc")
def test_a_sandbox_that_the_kernel_ends_is_a_zero_without_a_traceback(place):
    place.hand_in(SAMPLES / "hang.ipynb")
    process = place.start()
    until = time.monotonic() + 30
    while not (forks := processes_named("grader.sandbox.zygote", process.pid)) and time.monotonic() < until:
        time.sleep(0.02)
    time.sleep(2)
    os.kill(min(forks), signal.SIGKILL)  # as where memory runs out
    said = process.communicate(timeout=60)[0]
    assert process.returncode == 0, said
    results = place.results()
    assert results["score"] == 0
    assert "the process that grades was ended" in results["output"]
    assert "Traceback" not in said + json.dumps(results)


def processes_named(words: str, parent: int) -> list[int]:
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            above = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:  # it ended
            continue
        if words in command and above == parent:
            found.append(int(entry.name))
    return found


def test_otters_own_image_which_has_no_manifest_gets_otters_own_grading(place):
    (place.folder / "source" / "kerasnets.json").unlink()
    (place.folder / "source" / "run_otter.py").write_text("print('as Otter does it')")
    process = place.start()
    assert process.communicate(timeout=60)[0] == "as Otter does it\n"


# ---- the zip ----


def test_the_zip_has_what_gradescope_and_otters_image_take(built):
    for assignment in ("a3_numpy_convnet", "a4_lenet"):
        with zipfile.ZipFile(built / "dist" / f"{assignment}-autograder.zip") as archive:
            names = set(archive.namelist())
            assert archive.getinfo("run_autograder").external_attr >> 16 & 0o111
            assert ("tensorflow" in archive.read("requirements.txt").decode()) is (assignment == "a4_lenet")
            unfinished = json.loads(archive.read(zipped.UNFINISHED))
        assert {"setup.sh", "run_autograder", "kerasnets.json", "otter_config.json", "run_otter.py"} <= names
        assert [name for name in names if name.endswith(".whl")] == [
            "requirements.kerasnets-0.1.0-py3-none-any.whl"
        ]
        assert (validate(unfinished), unfinished["score"]) == ([], 0)
        assert sum(test["max_score"] for test in unfinished["tests"]) == 100


def test_the_wheel_has_the_same_bytes_twice_and_every_module():
    name, first = zipped.kerasnets_wheel()
    zipped.kerasnets_wheel.cache_clear()
    assert zipped.kerasnets_wheel() == (name, first)
    names = set(zipfile.ZipFile(io.BytesIO(first)).namelist())
    modules = {
        p.relative_to(zipped.CLONE).as_posix()
        for part in zipped.PACKAGES
        for p in (zipped.CLONE / part).rglob("*.py")
    }
    assert modules <= names
    assert {
        "grader/gradescope/setup.sh",
        "grader/reports/feedback.html",
        "kerasnets/weights/lenet5.npz",
    } <= names


@pytest.mark.parametrize(("public", "lines"), [(True, 1), (False, 0)])
def test_a_public_seed_is_said_to_the_instructor_and_stops_no_upload(public, lines):
    said = autograde.warn_of_seed(SimpleNamespace(has_public_seed=public))
    assert len(said) == lines
    assert all("course.toml" in line and "public repository" in line for line in said)
