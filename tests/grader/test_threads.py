"""Threads without end, and a machine that has no room for a process more, cost one submission at most."""

import os
import subprocess
import sys
import threading

import pytest

from grader.grading import batch
from grader.sandbox import client, limits, processes
from grader.sandbox.client import NoRoom, Zygote
from grader.sandbox.limits import ConfinementError
from tests.hostile.ordinary import NOBODY, interpreter
from tests.notebooks import PUBLIC, answers_of

linux = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")
THREADS = """
import threading, time
wait = threading.Event()
for _ in range({}):
    threading.Thread(target=wait.wait, daemon=True).start()
time.sleep(0.5)
"""


@linux
@pytest.mark.parametrize(("threads", "stopped"), [(20, False), (client.MOST_THREADS + 20, True)])
def test_a_cell_may_start_threads_but_not_hundreds(numpy_zygote, threads, stopped):
    answers = answers_of(numpy_zygote, THREADS.format(threads), "f = 1", seconds=2.0)
    try:
        assert answers.look(PUBLIC, "f")["value"] == 1
    finally:
        answers.notebook.close()
    told = " ".join(answers.notebook.notes.told)
    assert ("more threads than" in told or "can't start new thread" in told) is stopped


COUNTS = f"""
import threading
from grader.sandbox import limits
wait = threading.Event()
before = limits.running_threads()
for _ in range(300):
    threading.Thread(target=wait.wait).start()
print(before, limits.running_threads())
wait.set()
limits.limit_resources(limits.Limits())
import resource
print(resource.getrlimit(resource.RLIMIT_NPROC)[0] - {limits.SHARED_ALLOWANCE})
"""


@linux
@pytest.mark.skipif(os.name == "posix" and os.geteuid() != 0, reason="needs root, to become another user")
def test_without_a_user_of_its_own_the_limit_is_what_runs_already_and_some_more():
    with interpreter() as (python, environment):
        done = subprocess.run(
            [python, "-c", COUNTS],
            env=environment,
            cwd="/",
            user=NOBODY,
            group=NOBODY,
            extra_groups=[],
            capture_output=True,
            text=True,
            check=True,
        )
    before, with_300, after = map(int, done.stdout.split())
    assert before < with_300  # a few hundred more
    assert 300 <= with_300 <= 4096
    assert 128 <= after <= 4096


def test_a_machine_without_room_for_a_process_stops_no_class(numpy_zygote, monkeypatch):
    monkeypatch.setattr(client, "FORK_SECONDS", 0.3)
    monkeypatch.setattr(
        client.protocol,
        "receive_request",
        lambda control: ({"full": "Resource temporarily unavailable"}, None),
    )
    monkeypatch.setattr(client.protocol, "send_request", lambda *request: None)
    before = sorted(numpy_zygote._root.iterdir())
    with pytest.raises(NoRoom, match="no process could be started: Resource"):
        numpy_zygote.fork("worker")
    assert sorted(numpy_zygote._root.iterdir()) == before  # no folder is left


def test_a_child_that_is_gone_at_once_is_made_anew_but_not_for_ever(numpy_zygote, monkeypatch):
    tried = []

    def gone(*request):
        tried.append(request)
        raise EOFError

    monkeypatch.setattr(client.time, "sleep", lambda seconds: None)
    monkeypatch.setattr(Zygote, "_fork_once", gone)
    with pytest.raises(ConfinementError, match="before it could be confined"):
        numpy_zygote.fork("worker")
    assert len(tried) == client.FORK_TRIES


def test_ending_a_worker_s_processes_does_not_need_a_process_at_once(monkeypatch):
    def full(*command, **options):
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(client.subprocess, "run", full)
    processes.kill_at_once(2**29)  # is tried again by who called


@pytest.mark.parametrize("room", [1, 2])
def test_a_class_is_graded_by_as_many_threads_as_there_is_room_for(monkeypatch, room):
    start, started = threading.Thread.start, []

    def start_some(thread):
        if sum(other.is_alive() for other in started) >= room:
            raise RuntimeError("can't start new thread")
        started.append(thread)
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", start_some)
    with batch._pool(4) as pool:
        assert list(pool.map(abs, range(-5, 0))) == [5, 4, 3, 2, 1]
    assert 1 <= pool._max_workers <= room


def test_without_room_for_one_thread_the_command_says_so(monkeypatch):
    def never(thread):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", never)
    with pytest.raises(batch.Unfinished, match="no room for one thread"):
        batch._pool(2)
