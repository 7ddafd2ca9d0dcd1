"""The worker's confinement, tried from inside: each power is used, and must be refused for the reason meant."""

import os
import socket
import sys
import time

import numpy as np
import pytest

from grader.sandbox import client, limits, processes
from grader.sandbox.client import Zygote
from grader.sandbox.defences import CALLS, NO_LANDLOCK, OPEN_FILES, holds
from grader.sandbox.limits import ConfinementError
from tests.hostile.unguarded import switched_off

root_on_linux = pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="needs root on Linux")
linux = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")
landlock = pytest.mark.skipif(limits.landlock_abi() == 0, reason="this kernel has no Landlock")


class Asker:
    """A worker to talk to."""

    def __init__(self, zygote, **kwargs):
        self.child = zygote.fork("worker", **kwargs)

    def __call__(self, **request):
        self.child.channel.send(request)
        return self.child.channel.receive()

    def cell(self, source):
        return self(op="cell", index=1, source=source)

    def error(self, source):
        """Type and message of the exception that stops a cell, or for which a statement was left out."""
        reply = self.cell(source)
        return reply["raised"] if "raised" in reply else reply["left_out"][-1]


@pytest.fixture
def ask(numpy_zygote):
    asker = Asker(numpy_zygote, files={"data.txt": b"42"})
    yield asker
    asker.child.end()


def test_a_notebook_runs_with_magics_files_and_plots(ask):
    source = "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1]); plt.show()\nx = int(open('data.txt').read())"
    assert ask.cell(source) == {"done": True, "tried": []}
    assert ask(op="look", question="q1", name="x")["value"] == 42


def test_a_call_brings_back_its_value_and_the_arguments_it_changed(ask):
    ask.cell("def f(x, y):\n    x += 1\n    return x * 2, {'y': y}")
    reply = ask(op="call", question="q1", name="f", args=(np.zeros(2), np.ones(1)), kwargs={})
    assert np.array_equal(reply["value"][0], [2, 2])
    assert list(reply["changed"]) == [0]
    assert np.array_equal(reply["changed"][0], [1, 1])


def test_a_question_is_asked_about_what_its_check_saw(ask):
    ask.cell(
        "import otter\ngrader = otter.Notebook('x.ipynb')\ndef f(): return 1\ngrader.check('q1')\ndef f(): return 2"
    )
    assert ask(op="call", question="q1", name="f", args=(), kwargs={})["value"] == 1


def test_without_its_check_a_question_is_asked_at_the_end(ask):
    ask.cell("def f(): return 1")
    ask.cell("def f(): return 2")
    assert ask(op="call", question="q1", name="f", args=(), kwargs={})["value"] == 2


def test_an_exception_names_its_line(ask):
    error = ask.error("a = 1\n\nraise KeyError('gone')")
    assert error == {
        "type": "KeyError",
        "message": "'gone'",
        "line": "cell 1, line 3: `raise KeyError('gone')`",
    }


@pytest.mark.parametrize(
    "body",
    [
        "raise SystemExit",
        "raise KeyboardInterrupt",
        "raise type('E', (Exception,), {'__str__': lambda s: 1 / 0})",
    ],
)
def test_even_odd_exceptions_are_answers(ask, body):
    ask.cell(f"def f():\n    {body}")
    assert "raised" in ask(op="call", question="q1", name="f", args=(), kwargs={})


@root_on_linux
def test_the_user_is_new_for_each_worker_and_owns_nothing_else(numpy_zygote, ask):
    other = Asker(numpy_zygote)
    try:
        ask.cell("import os; f = os.getuid()")
        uid = ask(op="look", question="q1", name="f")["value"]
        assert uid not in (0, os.getuid(), other.child.uid)
        path = other.child.scratch / "note.txt"
        path.write_text("another student's")
        assert ask.error(f"open({str(path)!r}).read()")["type"] == "PermissionError"
        assert ask.error("os.setuid(0)")["type"] == "PermissionError"
    finally:
        other.child.end()


@linux
@pytest.mark.parametrize(
    "source",
    [
        "import socket; socket.create_connection(('127.0.0.1', 1))",
        "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
        "import socket; socket.socket(socket.AF_INET6)",
        "import socket; socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)",
    ],
)
def test_no_socket_but_a_unix_one(ask, source):
    error = ask.error(source)
    assert (error["type"], "Operation not permitted" in error["message"]) == ("PermissionError", True)


@linux
def test_no_tracing(ask):
    ask.cell(
        "import ctypes; libc = ctypes.CDLL(None, use_errno=True)\nx = libc.ptrace(16, 1, 0, 0), ctypes.get_errno()"
    )
    assert ask(op="look", question="q1", name="x")["value"] == (-1, 1)


@landlock
def test_files_that_python_does_not_need_are_closed(ask, tmp_path):
    secret = tmp_path / "hidden_test.py"
    secret.write_text("expected = 42")
    for folder in (tmp_path, *tmp_path.parents[:-2]):
        folder.chmod(0o755)  # only the kernel's rules stand in the way
    assert ask.error(f"open({str(secret)!r}).read()")["type"] == "PermissionError"
    assert ask.error("open('/etc/motd-of-mine', 'w')")["type"] == "PermissionError"
    assert ask.error("open('/usr/bin/env', 'rb')")["type"] == "PermissionError"


@landlock
@pytest.mark.parametrize("library", ["scipy", "pureml", "mlxtend", "pandas"])
def test_a_library_that_is_not_on_the_list_is_missing_and_its_files_are_closed(ask, library):
    assert "NumPy alone" in ask.error(f"import {library}")["message"]
    assert (
        ask.error(f"import importlib; importlib.import_module('{library}')")["type"] == "ModuleNotFoundError"
    )
    past_the_list = (
        f"from importlib.machinery import PathFinder; PathFinder.find_spec('{library}').loader.load_module()"
    )
    assert ask.error(past_the_list)["type"] == "PermissionError"


def test_our_own_packages_are_missing_too(ask):
    for name in ("grader", "grader.sandbox.limits", "kerasnets"):
        assert (
            ask.error(f"import importlib; importlib.import_module('{name}')")["type"] == "ModuleNotFoundError"
        )


def test_what_is_on_the_list_and_what_is_handed_in_can_be_imported(numpy_zygote):
    files = {"helper.py": b"from mine import x", "mine.py": b"x = 1"}
    asker = Asker(numpy_zygote, files=files)
    try:
        names = "helper, sqlite3, ssl, lzma, curses, ctypes, PIL.Image, matplotlib.animation, IPython.display, numpy.fft"
        assert asker.cell(f"import {names}") == {"done": True, "tried": []}
        told = "from importlib.metadata import version\nx = version('numpy'), helper.x"
        assert asker.cell(told) == {"done": True, "tried": []}
    finally:
        asker.child.end()


def test_a_part_that_a_library_lacks_is_named_as_python_names_it(ask):
    assert ask.error("import numpy.no_such_part")["message"] == "No module named 'numpy.no_such_part'"


def test_the_environment_tells_nothing(ask, monkeypatch):
    ask.cell("import os; x = sorted(os.environ)")
    names = set(ask(op="look", question="q1", name="x")["value"])
    assert names <= {
        *("PATH", "LANG", "HOME", "TMPDIR", "MPLBACKEND", "MPLCONFIGDIR", "IPYTHONDIR", "KERAS_HOME"),
        *("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"),
    }


def test_memory_ends_in_a_memory_error(numpy_zygote):
    ask = Asker(numpy_zygote, limits=limits.Limits(memory=512 * 2**20))
    assert ask.error("x = b'x' * 2**30")["type"] == "MemoryError"
    ask.child.end()


DAEMON = """
import os
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execv("/bin/sleep", ["sleep", "600"])
    os._exit(0)
"""


@root_on_linux
def test_a_daemon_is_gone_when_the_worker_is():
    """Where system calls aren't filtered: else it can't be started."""
    with switched_off(frozenset({"seccomp"})), Zygote("numpy") as zygote:
        leave_a_daemon(Asker(zygote))


def leave_a_daemon(ask):
    assert ask.cell(DAEMON) == {"done": True, "tried": ["process"]}
    uid = ask.child.uid
    for _ in range(100):
        if len(processes.processes_of(uid)) > 1:
            break
        time.sleep(0.02)
    assert len(processes.processes_of(uid)) > 1, "the daemon did run"
    ask.child.end()
    assert processes.processes_of(uid) == []


def test_a_worker_that_ends_itself_is_the_end_of_its_channel(ask):
    with pytest.raises(EOFError):
        ask.cell("import os; os._exit(0)")


def test_nothing_is_left_on_disk(numpy_zygote):
    ask = Asker(numpy_zygote, files={"data.txt": b"1"})
    scratch = ask.child.scratch
    assert scratch.exists()
    ask.child.end()
    assert not scratch.exists()


@linux
def test_a_defence_that_fails_stops_the_grading(numpy_zygote, monkeypatch):
    monkeypatch.setattr(client, "_fresh_uid", lambda: 2**32 + 7)
    with pytest.raises((ConfinementError, OverflowError)):
        numpy_zygote.fork("worker")


@linux
def test_without_landlock_nothing_is_graded_by_who_shares_our_user_but_where_it_is_allowed(monkeypatch):
    with switched_off(frozenset({"landlock-0"})):
        if os.geteuid() == 0:  # its files are closed to a worker, who is another user
            with Zygote("numpy") as zygote:
                child = zygote.fork("worker")
                child.end()
            assert NO_LANDLOCK in child.defences
        monkeypatch.setattr(client, "_fresh_uid", lambda: None)
        with Zygote("numpy") as zygote, pytest.raises(ConfinementError, match="--allow-open-files"):
            zygote.fork("worker")
        with Zygote("numpy", open_files=True) as zygote:
            child = zygote.fork("worker")
            child.end()
        assert OPEN_FILES in child.defences


@landlock
@pytest.mark.parametrize("version", [1, 2, 3])
def test_an_older_landlock_closes_files_too(tmp_path, version):
    """And what it has no right for, emptying and moving, is closed as well."""
    secret = tmp_path / "hidden_test.py"
    secret.write_text("expected = 42")
    secret.chmod(0o666)
    for folder in (tmp_path, *tmp_path.parents[:-2]):
        folder.chmod(0o777 if folder == tmp_path else 0o755)
    with switched_off(frozenset({f"landlock-{version}"})), Zygote("numpy") as zygote:
        ask = Asker(zygote)
        for source in (
            f"open({str(secret)!r}).read()",
            f"import os; os.truncate({str(secret)!r}, 0)",
            f"import os; os.open({str(secret)!r}, os.O_RDONLY | os.O_TRUNC)",
            f"import os; os.open({str(secret)!r}, 3 | os.O_TRUNC)",
            f"import os; os.rename({str(secret)!r}, 'mine')",
            f"import os; os.link({str(secret)!r}, 'mine')",
        ):
            assert ask.error(source)["type"] in ("PermissionError", "OSError"), source
        ask.child.end()
    assert secret.read_text() == "expected = 42"


def test_spawning_where_forking_is_not_safe_confines_as_well():
    with Zygote("numpy", spawn=True) as zygote:
        ask = Asker(zygote, files={"data.txt": b"42"})
        assert ask.cell("x = open('data.txt').read()") == {"done": True, "tried": []}
        assert ask(op="look", question="q1", name="x")["value"] == "42"
        if sys.platform == "linux":
            assert holds(ask.child.defences, CALLS)
        ask.child.end()


def test_a_zygote_that_cannot_start_says_why(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(ConfinementError, match="did not start"):
        Zygote("numpy")


def test_requests_carry_a_descriptor():
    from grader.sandbox import zygote as protocol

    here, there = socket.socketpair()
    read, write = os.pipe()
    protocol.send_request(here, {"a": 1}, write)
    request, descriptor = protocol.receive_request(there)
    os.write(descriptor, b"x")
    assert (request, os.read(read, 1)) == ({"a": 1}, b"x")
