"""What a notebook's folder holds is counted, also where a path doesn't reach, and a full disk costs one report at most."""

import errno
import json
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from grader import files
from grader.cli import cli
from grader.cli.console import UNFINISHED
from grader.gradescope.results import write_results
from grader.grading import batch
from grader.sandbox import client, disk
from grader.sandbox.client import NoRoom
from tests.conftest import SUBMISSIONS

SAMPLES = SUBMISSIONS / "a3_numpy_convnet"
linux = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")


def below(folder, depth, name="d" * 200):
    """The descriptor of a folder so deep in `folder` that a path can't name it."""
    descriptor = os.open(folder, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir(name, dir_fd=descriptor)
        deeper = os.open(name, os.O_RDONLY, dir_fd=descriptor)
        os.close(descriptor)
        descriptor = deeper
    return descriptor


def write(descriptor, name, size):
    file = os.open(name, os.O_WRONLY | os.O_CREAT, dir_fd=descriptor)
    os.write(file, b"x" * size)
    os.close(file)
    os.close(descriptor)


def test_what_lies_deeper_than_a_path_reaches_is_counted(tmp_path):
    write(below(tmp_path, 30), "full", 2**16)
    held = disk.held_in(tmp_path)
    assert (held.files, held.hidden) == (31, False)
    assert held.size >= 2**16


def test_folders_without_end_are_too_many(tmp_path):
    os.close(below(tmp_path, disk.MOST_FOLDERS_DEEP + 2, "d"))
    assert disk.held_in(tmp_path).is_large


def test_a_large_file_and_many_small_ones_are_too_much(tmp_path, monkeypatch):
    (tmp_path / "a").write_bytes(b"x" * 2**16)
    assert not disk.held_in(tmp_path).is_large
    monkeypatch.setattr(disk, "MOST_BYTES", 2**15)
    assert disk.held_in(tmp_path).is_large
    monkeypatch.setattr(disk, "MOST_BYTES", 2**30)
    monkeypatch.setattr(disk, "MOST_FILES", 10)
    for number in range(11):
        (tmp_path / f"{number}").touch()
    assert disk.held_in(tmp_path).is_large


def test_a_sparse_file_is_as_large_as_what_was_written(tmp_path):
    with (tmp_path / "sparse").open("wb") as file:
        file.truncate(2**40)
    assert not disk.held_in(tmp_path).is_large


def test_a_folder_that_nobody_may_look_into_is_too_much(tmp_path, monkeypatch):
    (tmp_path / "closed").mkdir()
    monkeypatch.setattr(disk, "_open", lambda name, within: os.open("/nonexistent/x/y", 0))
    assert not disk.held_in(tmp_path).is_large  # gone meanwhile: nothing

    def refuse(name, within):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(disk, "_open", refuse)
    assert disk.held_in(tmp_path).is_large


def test_no_link_is_followed(tmp_path):
    (tmp_path / "link").symlink_to("/")
    assert disk.held_in(tmp_path).files == 1


def test_looking_leaves_no_trace(tmp_path):
    (tmp_path / "a").mkdir()
    os.utime(tmp_path / "a", (1, 2**31))  # else the system itself may spare the trace
    disk.held_in(tmp_path)
    assert (tmp_path / "a").stat().st_atime == 1


def test_everything_is_removed_whatever_its_depth_and_rights(tmp_path):
    folder = tmp_path / "home"
    folder.mkdir()
    os.close(below(folder, 300))
    write(below(folder, 3, "e"), "file", 10)
    (folder / "out").symlink_to(tmp_path / "kept")
    (tmp_path / "kept").write_text("mine")
    (folder / "e").chmod(0)
    folder.chmod(0)
    disk.remove(folder)
    assert sorted(tmp_path.iterdir()) == [tmp_path / "kept"]
    disk.remove(folder)  # again: nothing to do


KEEPS_FILES = """
import os
HELD = []
for _ in range(4):
    HELD.append(open("x", "wb"))
    HELD[-1].write(bytes(2**20))
    HELD[-1].flush()
    os.unlink("x")
"""
KEEPS_A_MAPPED_ONE = """
import ctypes
libc = ctypes.CDLL(None)
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t] + [ctypes.c_int] * 3 + [ctypes.c_long]
with open("y", "w+b") as y:
    y.write(bytes(2**20))
    y.flush()
    libc.mmap(None, 4096, 1, 1, y.fileno(), 0)
os.unlink("y")
"""


@linux
def test_deleted_files_that_a_worker_keeps_are_counted(numpy_zygote):
    child = numpy_zygote.fork("worker")
    try:
        for source in (
            KEEPS_FILES,
            KEEPS_A_MAPPED_ONE,
        ):
            child.channel.send({"op": "cell", "index": 1, "source": source})
            assert "done" in child.channel.receive()
        kept = disk.kept_open_by(child.pid, child.uid, child.scratch, 2**27)
        assert kept.files == 5
        assert kept.size >= 4 * 2**20 + 2**27  # the mapped one, as large as a file may be
        assert disk.held_in(child.scratch).files == 0
    finally:
        child.end()
    assert not child.scratch.exists()


def test_a_full_disk_is_no_notebook_s_mistake(numpy_zygote):
    child = numpy_zygote.fork("worker")
    try:
        assert not child.fills_the_disk()
        child.least_room = (2**70, 0)
        with pytest.raises(NoRoom, match="is full"):
            child.fills_the_disk()
    finally:
        child.end()


# What can't be written ----------------------------------------------------------------------------------------


class Full:
    """Writing what `is_meant` fails as on a full disk, so many times."""

    def __init__(self, monkeypatch, is_meant, times):
        self.left, self.write, self.is_meant = times, files.write_atomically, is_meant
        for module in (files, batch):
            monkeypatch.setattr(module, "write_atomically", self)

    def __call__(self, path, content, *private, **options):
        if self.is_meant(Path(path)) and self.left > 0:
            self.left -= 1
            raise OSError(errno.ENOSPC, "No space left on device")
        return self.write(path, content, *private, **options)


@pytest.fixture
def inbox(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("ada", "bea", "cyd"):
        (folder / f"{name}.ipynb").write_bytes((SAMPLES / "correct_im2col.ipynb").read_bytes())
    return folder


def test_a_report_that_cannot_be_written_costs_nobody_elses(a3, inbox, tmp_path, monkeypatch):
    Full(monkeypatch, lambda path: path.parent.name == "bea", times=100)
    with pytest.raises(batch.Unfinished) as unfinished:
        batch.grade_all([inbox], a3, tmp_path / "out", jobs=1, also=[write_results])
    assert [report.score for report in unfinished.value.reports] == [100.0] * 3
    assert unfinished.value.trouble == [
        f"{tmp_path / 'out' / 'bea'} could not be written: No space left on device"
    ]
    for name in ("ada", "cyd"):
        assert "Every question is complete" in (tmp_path / "out" / name / "feedback.html").read_text()
    assert (tmp_path / "out" / batch.GRADEBOOK).read_text().count("100") >= 3


def test_what_could_not_be_written_is_written_when_there_is_room_again(a3, inbox, tmp_path, monkeypatch):
    Full(monkeypatch, lambda path: path.name == "results.json", times=4)  # three seeds, and one result
    assert len(batch.grade_all([inbox], a3, tmp_path / "out", jobs=1, also=[write_results])) == 3
    for name in ("ada", "bea", "cyd"):
        assert '"score": 100.0' in (tmp_path / "out" / name / "results.json").read_text()


def test_who_found_no_room_is_graded_again_alone(a3, inbox, tmp_path, monkeypatch):
    tried = []
    grade = batch.grade

    def once(path, *args):
        tried.append(path.stem)
        if tried.count("bea") == 1 and path.stem == "bea":
            raise NoRoom("the disk is full")
        return grade(path, *args)

    monkeypatch.setattr(batch, "grade", once)
    reports = batch.grade_all([inbox], a3, tmp_path / "out", jobs=2, also=[write_results])
    assert [report.score for report in reports] == [100.0] * 3
    assert sorted(tried) == ["ada", "bea", "bea", "cyd"]
    assert tried[-1] == "bea"


def test_who_finds_no_room_twice_gets_a_zero_that_says_so_and_the_command_says_it_too(
    a3, inbox, tmp_path, monkeypatch, capsys
):
    def never(path, *args):
        if path.stem == "bea":
            raise NoRoom("the disk of /tmp is full")
        return grade(path, *args)

    grade = batch.grade
    monkeypatch.setattr(batch, "grade", never)
    monkeypatch.setattr("grader.grading.autograder.read", lambda path: a3)
    with pytest.raises(SystemExit) as end:
        cli(["grade", "--allow-public-seed", "-a", "any.zip", "-o", str(tmp_path / "out"), str(inbox)])
    assert end.value.code == UNFINISHED
    said = capsys.readouterr().err
    assert "bea.ipynb was not graded: This machine had no room to grade it: the disk of /tmp is full." in said
    assert "no room" in (tmp_path / "out" / "bea" / "feedback.html").read_text()


@contextmanager
def small_disk(folder, size):
    """A disk of its own at `folder`; the test is skipped where none can be mounted."""
    folder.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], check=False, capture_output=True
    ).returncode:
        pytest.skip("no disk can be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


FILLER = """
import os
for n in range(9):
    with open(f"p{n}", "wb") as file:
        os.posix_fallocate(file.fileno(), 0, 30 * 2**20)
"""


@linux
@pytest.mark.skipif(os.name == "posix" and os.geteuid() != 0, reason="needs root")
def test_a_class_on_a_disk_that_a_notebook_fills_is_graded_to_the_end(a3, inbox, tmp_path, monkeypatch):
    hostile = (SAMPLES / "correct_im2col.ipynb").read_text()
    cell = '{"cell_type": "code", "id": "x", "metadata": {}, "outputs": [], "execution_count": null, "source": "%s"}, '
    (inbox / "hostile.ipynb").write_text(
        hostile.replace('"cells": [', '"cells": [' + cell % json.dumps(FILLER)[1:-1], 1)
    )
    with small_disk(tmp_path / "small", "100m") as small:
        monkeypatch.setattr(client.tempfile, "tempdir", str(small))
        try:
            reports = batch.grade_all([inbox], a3, small / "out", jobs=2, also=[write_results])
        except batch.Unfinished as unfinished:
            reports = unfinished.reports
        assert {report.submission: report.score for report in reports if report.submission != "hostile.ipynb"} == {
            "ada.ipynb": 100.0, "bea.ipynb": 100.0, "cyd.ipynb": 100.0,
        }  # fmt: skip
        assert "Every question is complete" in (small / "out" / "cyd" / "feedback.html").read_text()
        assert sorted(path.name for path in small.iterdir()) == ["out"]
