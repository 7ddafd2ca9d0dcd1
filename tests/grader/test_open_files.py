"""Without Landlock a submission must not be able to read the next one: what is open to it is closed, or grading stops."""

import os
import shutil
import sys

import pytest

from grader.files import write_atomically
from grader.gradescope.results import write_results
from grader.grading import batch, open_files
from grader.grading.open_files import open_places, refuse_open_files
from grader.sandbox import limits
from grader.sandbox.client import Zygote
from grader.sandbox.limits import ConfinementError
from tests.conftest import SUBMISSIONS
from tests.hostile.unguarded import switched_off

root_on_linux = pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="needs root on Linux")


@pytest.fixture
def inbox(tmp_path, monkeypatch):
    """A folder of submissions that every user may read, on a system without Landlock, where our own files are closed."""
    for folder in (tmp_path, *list(tmp_path.parents)[:-2]):
        folder.chmod(0o755)
    inbox = tmp_path / "inbox"
    inbox.mkdir(mode=0o755)
    shutil.copy(SUBMISSIONS / "a3_numpy_convnet" / "correct_loops.ipynb", inbox / "ada.ipynb")
    (inbox / "ada.ipynb").chmod(0o644)
    monkeypatch.setattr(limits, "landlock_abi", lambda: 0)
    monkeypatch.setattr(open_files, "our_own", list)
    return inbox


@root_on_linux
def test_submissions_that_every_user_may_read_stop_the_grading_until_they_are_closed(inbox, a3, tmp_path):
    with pytest.raises(ConfinementError, match=f"chmod -R go-rwx {inbox} "):
        batch.grade_all([inbox], a3, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    inbox.chmod(0o700)
    refuse_open_files([inbox], [])


@root_on_linux
def test_the_zip_and_our_own_files_count_too(inbox, tmp_path, monkeypatch):
    inbox.chmod(0o700)
    zipped = tmp_path / "a3-autograder.zip"
    zipped.touch(0o644)
    for others in ([zipped], []):
        with pytest.raises(ConfinementError, match=str(zipped)):
            refuse_open_files([inbox], others)
        monkeypatch.setattr(open_files, "our_own", lambda: [zipped])
    zipped.chmod(0o600)
    refuse_open_files([inbox], [zipped])


@root_on_linux
def test_without_the_check_a_submission_reads_the_next_one_and_with_closed_folders_it_does_not(inbox):
    with switched_off(frozenset({"landlock"})), Zygote("numpy") as zygote:
        child = zygote.fork("worker")
        try:
            said = []
            for mode in (0o755, 0o700):
                inbox.chmod(mode)
                source = f"len(open({str(inbox / 'ada.ipynb')!r}).read())"
                child.channel.send({"op": "cell", "index": 1, "source": source})
                left_out = child.channel.receive().get("left_out", [])
                said.append([raised["type"] for raised in left_out])
                assert bool(open_places([inbox], [])) is (mode == 0o755)
        finally:
            child.end()
    assert said == [[], ["PermissionError"]]


def test_where_a_worker_is_the_graders_own_user_grading_stops(inbox, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(ConfinementError, match="not root"):
        refuse_open_files([inbox], [])


def test_with_landlock_nothing_need_be_closed(inbox, monkeypatch):
    monkeypatch.setattr(limits, "landlock_abi", lambda: 1)
    refuse_open_files([inbox], [inbox])


def test_our_own_files_are_the_answers_and_the_hidden_tests():
    names = {path.name for path in open_files.our_own()}
    assert {"grader", "kerasnets", "solutions", "course.toml"} <= names


def test_the_answers_of_a_course_elsewhere_are_those_beside_its_zip(tmp_path):
    zipped = tmp_path / "dist" / "a9-autograder.zip"
    assert open_files.of_its_course(zipped) == []
    (tmp_path / "course.toml").touch()
    assert open_files.of_its_course(zipped) == [tmp_path / "solutions", tmp_path / "course.toml"]


def test_a_private_file_is_its_owners_alone_in_any_folder(tmp_path):
    tmp_path.chmod(0o777)
    path = tmp_path / "gradebook.csv"
    path.write_text("old")
    path.chmod(0o666)
    assert write_atomically(path, "new", private=True).stat().st_mode & 0o777 == 0o600


def test_all_that_grading_writes_is_private_in_a_folder_that_was_there(a3, tmp_path):
    out = tmp_path / "out"
    out.mkdir(mode=0o755)
    (out / "gradebook.csv").touch(0o666)
    empty = tmp_path / "ada.ipynb"
    empty.write_bytes(b"")
    batch.grade_all([empty], a3, out, also=[write_results])
    written = {path.name: path.stat().st_mode & 0o077 for path in out.rglob("*") if path.is_file()}
    assert {"gradebook.csv", "class.html", "results.json", "feedback.html"} <= set(written)
    assert set(written.values()) == {0}
