"""Nothing of a run stays behind: neither processes nor folders, whoever is killed, and whenever."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from grader.sandbox import client, leftovers, processes
from grader.sandbox.client import Zygote

root_on_linux = pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="needs root on Linux")
linux = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")

JUDGE = """
import os, sys, time
from grader.sandbox.client import Zygote
from tests.hostile.unguarded import switched_off
with switched_off(frozenset(filter(None, sys.argv[1].split(",")))), Zygote("numpy") as zygote:
    child = zygote.fork("worker")
    child.channel.send({"op": "cell", "index": 1, "source": sys.argv[2]})
    time.sleep(float(sys.argv[3]))
    print(zygote._process.pid, child.pid, zygote._root, flush=True)
    time.sleep(600)
"""
SLEEPS = "import time; time.sleep(600)"
LEAVES_A_DAEMON = "import os, time\nif os.fork() == 0:\n    os.setsid()\n    time.sleep(600)\nos._exit(0)"


@pytest.fixture(autouse=True)
def own_folder_for_temporary_files(tmp_path, monkeypatch):
    """So that other graders of this machine have nothing to do with it."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    for path in (folder, *list(folder.parents)[:-2]):
        path.chmod(path.stat().st_mode | 0o011)
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setenv("TMPDIR", str(folder))
    return folder


def start(*words):
    """A judge in a process of its own: it, its zygote, its worker, and the folder of the run."""
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    judge = subprocess.Popen(
        [sys.executable, "-P", "-c", JUDGE, *words], stdout=subprocess.PIPE, text=True, env=environment
    )
    zygote, worker, folder = judge.stdout.readline().split()
    return judge, int(zygote), int(worker), Path(folder)


def alive(*pids):
    return [pid for pid in pids if os.path.exists(f"/proc/{pid}") and not processes.is_dead(str(pid))]


def until(condition, seconds=60.0):
    """Does it become true?"""
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return condition()


def sleeping_in(folder):
    """Processes that stand in the folder, or in what is below it."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cwd"):
        try:
            if os.readlink(path).startswith(str(folder)):
                found.append(path.parent.name)
        except OSError:
            continue
    return found


@linux
@pytest.mark.parametrize("when", [0.0, 0.3])
def test_with_the_judge_killed_all_its_processes_end_and_its_folder_goes(when):
    judge, zygote, worker, folder = start("", SLEEPS, str(when))
    judge.kill()
    judge.wait()
    assert until(lambda: not alive(zygote, worker) and not folder.exists())


@linux
@pytest.mark.parametrize("off", ["seccomp", "seccomp,uid"])
def test_a_daemon_ends_with_the_judge_even_if_one_could_be_started(off):
    judge, zygote, _, folder = start(off, LEAVES_A_DAEMON, "0.5")
    assert len(sleeping_in(folder)) == 2  # the zygote and the daemon
    judge.kill()
    judge.wait()
    assert until(lambda: not alive(zygote) and not sleeping_in(folder) and not folder.exists())


@root_on_linux
def test_without_the_zygotes_ending_a_daemon_would_stay():
    judge, zygote, _, folder = start("seccomp,ending", LEAVES_A_DAEMON, "0.5")
    judge.kill()
    judge.wait()
    assert until(lambda: not alive(zygote))
    (daemon,) = sleeping_in(folder)
    os.kill(int(daemon), signal.SIGKILL)
    assert until(lambda: not sleeping_in(folder))
    assert leftovers.sweep() == [folder]


@linux
def test_with_the_zygote_and_the_judge_killed_the_worker_ends_and_the_next_run_removes_the_folder():
    judge, zygote, worker, folder = start(
        "", "import os; os.makedirs('a/b'); os.chmod('a', 0)\n" + SLEEPS, "0.3"
    )
    for pid in (zygote, judge.pid):
        os.kill(pid, signal.SIGKILL)
    judge.wait()
    assert until(lambda: not alive(zygote, worker))
    assert folder.exists()
    with Zygote("numpy"):
        assert not folder.exists()


@linux
@pytest.mark.parametrize("serves", [True, False])
def test_a_child_whose_zygote_is_gone_before_it_asked_to_die_with_it_ends_itself(serves, tmp_path):
    parent = os.getpid() if serves else 1
    ours, theirs = socket.socketpair()
    plan = {"uid": None, "scratch": str(tmp_path), "readable": ["/"], "limits": {}}
    request = json.dumps({"role": "worker", "plan": plan, "backend": "numpy", "parent": parent})
    command = [
        sys.executable,
        "-P",
        "-m",
        "grader.sandbox.zygote",
        "--child",
        "numpy",
        str(theirs.fileno()),
        request,
    ]
    child = subprocess.Popen(command, pass_fds=[theirs.fileno()])
    theirs.close()
    said = ours.recv(10_000)
    ours.close()
    assert child.wait(20) == 0
    assert (b"defences" in said) is serves


def test_the_folder_of_a_run_that_lives_is_left_alone():
    with Zygote("numpy") as zygote:
        child = zygote.fork("worker", {"data.txt": b"1"})
        assert leftovers.sweep() == []
        assert (child.scratch / "data.txt").exists()
        child.end()


def test_what_is_no_folder_of_ours_is_left_alone(own_folder_for_temporary_files, tmp_path):
    folder = own_folder_for_temporary_files
    (tmp_path / "elsewhere").mkdir()
    (folder / "kerasnets-linked00").symlink_to(tmp_path / "elsewhere")
    (folder / "kerasnets-file0000").write_text("")
    (folder / "kerasnets-two words").mkdir()
    (folder / "new-kerasnets-abcd1234").mkdir()
    if os.geteuid() == 0:
        (folder / "kerasnets-another0").mkdir()
        os.chown(folder / "kerasnets-another0", 1234, 1234)
    before = sorted(folder.iterdir())
    assert leftovers.sweep() == []
    assert sorted(folder.iterdir()) == before
    assert (tmp_path / "elsewhere").exists()


@root_on_linux
def test_processes_of_a_killed_runs_users_are_ended_before_its_folder_goes(own_folder_for_temporary_files):
    left = own_folder_for_temporary_files / "kerasnets-abcd1234"
    (left / "scratch").mkdir(parents=True)
    uid = client._fresh_uid()
    os.chown(left / "scratch", uid, uid)
    sleeper = subprocess.Popen(["/bin/sleep", "600"], user=uid, group=uid)
    assert leftovers.sweep() == [left]
    assert sleeper.wait(60) == -9
    assert not left.exists()


NOTEBOOK = {"cells": [{"cell_type": "code", "source": f"{SLEEPS}\n#{i}", "metadata": {}, "outputs": []} for i in range(4)],
            "metadata": {}, "nbformat": 4, "nbformat_minor": 5}  # fmt: skip


def grading(built, folder, *more):
    """`kerasnets grade` of a broken notebook and one that sleeps, begun."""
    inbox = folder / "inbox"
    inbox.mkdir()
    (inbox / "a_broken.ipynb").write_bytes(b"x")
    (inbox / "b_sleeps.ipynb").write_text(json.dumps(NOTEBOOK))
    zipped = built / "dist" / "a3_numpy_convnet-autograder.zip"
    command = [
        Path(sys.executable).with_name("kerasnets"),
        "grade",
        "--allow-public-seed",
        inbox,
        "-a",
        zipped,
        "-o",
        folder / "out",
        "-j",
        "1",
    ]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, stdout=subprocess.DEVNULL)


@linux
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_ctrl_c_ends_at_once_and_what_was_written_stays(
    built, tmp_path, number, code, own_folder_for_temporary_files
):
    run = grading(built, tmp_path)
    report = tmp_path / "out" / "a_broken" / "results.json"
    assert until(lambda: report.exists() and "not a Jupyter notebook" in report.read_text())
    assert until(lambda: any(path.is_dir() for path in own_folder_for_temporary_files.glob("kerasnets-*/*")))
    run.send_signal(number)
    _, said = run.communicate(timeout=60)  # the cells would sleep for 600 seconds each
    assert run.returncode == code
    assert "Traceback" not in said
    if number == signal.SIGINT:
        assert "kerasnets: stopped by Ctrl-C" in said
    assert "not a Jupyter notebook" in report.read_text()
    assert "did not finish" in (tmp_path / "out" / "b_sleeps" / "results.json").read_text()
    assert list(own_folder_for_temporary_files.iterdir()) == []
