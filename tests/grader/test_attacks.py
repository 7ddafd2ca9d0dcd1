"""Attacks on the seal, each as a student would write it, and what each must come to."""

import builtins
import glob
import os
import re
import struct
import subprocess
import sys
import time
import zipfile
from types import SimpleNamespace

import numpy as np
import pytest

from grader.cnnchecks.asking import outcome_of
from grader.cnnchecks.check_functions import check_refuses
from grader.cnnchecks.check_models import check_layers
from grader.cnnchecks.outcome import Misfit, Opaque, Raised
from grader.grading import budgets, intake
from grader.grading import notebook as notebook_in_a_worker
from grader.grading.answers import Asker
from grader.grading.environment import SealedEnv
from grader.grading.intake import Cell, IntakeError
from grader.grading.models import Evaluator
from grader.grading.notebook import MOST_STOPPED_CELLS, Stopped
from grader.grading.told import line_of
from grader.judge.context import Judging
from grader.sandbox import client, disk, limits, processes
from grader.sandbox.client import Zygote
from grader.sandbox.limits import ConfinementError
from grader.sandbox.wire import WireError, decode, encode
from tests.hostile.unguarded import switched_off
from tests.notebooks import HIDDEN, PUBLIC, answers_of

linux = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")
root_on_linux = pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="needs root on Linux")
landlock = pytest.mark.skipif(limits.landlock_abi() == 0, reason="this kernel has no Landlock")

CHANNEL = """
import json, os, struct, sys, time
frames = [sys._getframe(i).f_locals for i in range(1, 12)]
descriptor = next(f["channel"] for f in frames if "channel" in f).socket.fileno()
def say(value):
    header = json.dumps({"value": value, "arrays": []}).encode()
    os.write(descriptor, struct.pack("!IQ", len(header), 0) + header)
"""


@pytest.fixture
def notebook(numpy_zygote):
    """What answers for a notebook of these cells; it grades f in q1."""
    yield from notebooks(numpy_zygote)


@pytest.fixture
def unfiltered():
    """The same where system calls aren't filtered, so that processes can be started."""
    with switched_off(frozenset({"seccomp"})), Zygote("numpy") as zygote_:
        yield from notebooks(zygote_)


def notebooks(zygote_):
    made = []

    def start(*sources, seconds=0.2):
        made.append(answers_of(zygote_, *sources, seconds=seconds))
        return made[-1]

    yield start
    for answers in made:
        answers.notebook.close()


def value(answers):
    """What `f` is after the notebook's cells ran."""
    return answers.look(PUBLIC, "f").get("value")


def call(answers, asker, name="f", *args):
    return answers.ask(asker, op="call", name=name, args=args, kwargs={})


# The channel --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cell",
    [
        "os.write(descriptor, struct.pack('!IQ', 100, 10**8))\nwhile True: os.write(descriptor, b' '); time.sleep(.01)",
        "os.write(descriptor, struct.pack('!IQ', 100, 10**8)); time.sleep(600)",
        "import signal; os.kill(os.getpid(), signal.SIGSTOP)",
    ],
    ids=["a byte at a time", "half a frame", "stopped"],
)
def test_an_answer_that_never_ends_is_cut_off(notebook, cell):
    began = time.monotonic()
    answers = notebook(CHANNEL + cell, "f = 1")
    answers.notebook.run_cells()
    assert time.monotonic() - began < 120  # without the cut: 600 and more
    assert "computed nothing" in answers.notebook.notes.told[0]


def test_a_worker_that_stops_reading_does_not_hold_the_judge(notebook):
    began = time.monotonic()
    answer_and_sleep = CHANNEL + "say({'dict': [['done', True]]}); time.sleep(600)"
    answers = notebook(answer_and_sleep, "x = '" + "a" * 900_000 + "'")
    answers.notebook.run_cells()
    assert time.monotonic() - began < 120  # without it: 600
    assert "code cell 2 was stopped" in answers.notebook.notes.told[0]


def test_keys_of_one_hash_are_refused_before_they_are_hashed():
    tree = {"dict": [[{"tuple": [i]}, 0] for i in range(1000)]}
    header = b'{"value": ' + str(tree).replace("'", '"').encode() + b', "arrays": []}'
    with pytest.raises(WireError, match="many keys"):
        decode(struct.pack("!IQ", len(header), 0) + header)
    assert isinstance(decode(encode({(i,): 0 for i in range(1000)})), Opaque)


@pytest.mark.parametrize(
    "answer",
    [{}, {"kind": [1]}, {"kind": "value"}, {"kind": np.zeros(2)}, {"raised": 1}],
    ids=str,
)
def test_a_forged_answer_costs_its_question_and_nothing_else(notebook, answer, monkeypatch):
    answers = notebook("f = 1")
    answers.notebook.run_cells()
    monkeypatch.setattr(answers.notebook._child.channel, "receive", lambda: answer)
    with pytest.raises(Stopped, match="not data in the agreed form"):
        answers.ask(PUBLIC, op="look", name="f")


def test_an_answer_to_a_hidden_case_brings_no_word_of_its_own(notebook):
    answers = notebook("class Secret7(Exception): pass\ndef f(x): raise Secret7(f'{x}')")
    for hidden, (type_name, message, line) in {
        False: ("Exception", "7", "def f(x): raise Secret7(f'{x}')"),
        True: ("an exception", "", ""),
    }.items():
        with pytest.raises(Raised) as raised:
            call(answers, Asker("q1", hidden), "f", 7)
        assert (raised.value.type_name, raised.value.message, raised.value.line) == (type_name, message, line)


def test_a_notebook_may_not_send_without_end(notebook, monkeypatch):
    monkeypatch.setattr(notebook_in_a_worker, "MOST_RECEIVED", 2**20)
    answers = notebook("import numpy as np\nf = np.zeros(2**20)", seconds=5)
    with pytest.raises(Stopped, match="larger than"):
        [answers.ask(PUBLIC, op="look", name="f") for _ in range(100)]


def test_a_cell_that_keeps_all_memory_is_left_out(notebook, monkeypatch):
    monkeypatch.setattr(notebook_in_a_worker, "MOST_KEPT", 700 * 2**20)
    answers = notebook("import numpy as np\nkept = np.ones(2**27)", "f = 1", seconds=5)
    assert answers.ask(PUBLIC, op="look", name="f")["value"] == 1
    assert answers.notebook.notes.told[0] == "code cell 1 was stopped and left out: it kept too much memory"


def test_a_line_number_of_a_million_digits_is_no_line():
    assert line_of([Cell(1, "f = 1", "")], "cell 1, line 1") == "f = 1"
    assert line_of([Cell(1, "f = 1", "")], f"cell {'9' * 10**6}, line 1") == ""


def test_the_name_of_a_type_carries_no_hidden_input(notebook):
    answers = notebook("def f(x): return [type(f'hidden {x}', (), {})()]")
    reply = call(answers, PUBLIC, "f", 7)
    assert reply["value"] == [Opaque("an object")]


EXCEPTIONS = sorted(
    {
        kind.__name__
        for kind in vars(builtins).values()
        if isinstance(kind, type) and issubclass(kind, BaseException)
        if not re.search("Group|Unicode", kind.__name__)  # these can't be made of nothing
    }
)


def test_a_hidden_case_passes_on_four_types_of_exceptions_whichever_is_raised(notebook):
    answers = notebook("import builtins\ndef f(name): raise getattr(builtins, name)()", seconds=5)
    assert len(EXCEPTIONS) > 50
    told = {}
    for asker in (PUBLIC, HIDDEN):
        told[asker.hidden] = set()
        for name in EXCEPTIONS:
            with pytest.raises(Raised) as raised:
                call(answers, asker, "f", name)
            told[asker.hidden].add(raised.value.type_name)
    assert told[False] >= set(EXCEPTIONS), "a public case, whose input everybody has, names each"
    assert told[True] == {"ValueError", "TypeError", "IndexError", "NotImplementedError", "an exception"}


def test_a_kind_of_value_error_is_a_value_error_in_a_hidden_case_too(notebook):
    answers = notebook("import numpy as np\ndef f(x): return np.sum(x, axis=x.ndim)")
    with pytest.raises(Raised, match="ValueError"):
        call(answers, HIDDEN, "f", np.zeros(2))


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("range(3)", "an object"),
        ("{1}", "an object"),
        ("memoryview(b'')", "an object"),
        ("iter([])", "an object"),
        ("...", "ellipsis"),
        ("NotImplemented", "NotImplementedType"),
    ],
)
def test_a_hidden_case_names_no_type_of_an_answer_but_a_placeholders(notebook, answer, told):
    answers = notebook(f"def f(): return {answer}")
    call(answers, PUBLIC)
    reply = call(answers, HIDDEN)
    assert reply["value"] == Opaque(told)


def test_a_hidden_case_quotes_no_word_of_keras():
    """Its errors may be made of the weights and images that a model is given."""
    reply = {"rejected": "the model can't be run", "quoted": "LOOT"}
    channel = SimpleNamespace(send=lambda request: None, receive=lambda: reply, tick=None)
    evaluator = Evaluator(None)
    evaluator._child = SimpleNamespace(cpu_seconds=lambda: 0.0, channel=channel)
    with pytest.raises(Misfit, match=r"^the model can't be run: LOOT$"):
        evaluator._evaluate({})
    evaluator.begin_hidden()
    with pytest.raises(Misfit, match=r"^the model can't be run$"):
        evaluator._evaluate({})


def test_a_defect_in_the_judge_is_not_told_as_a_models():
    """A model that lives elsewhere raises nothing here: what is raised here is ours."""

    class Elsewhere:
        elsewhere = True

        def model(self, weights=False):
            raise ZeroDivisionError("ours")

    with pytest.raises(ZeroDivisionError):
        check_layers({"lenet": Elsewhere()}, "lenet")


def test_no_number_of_a_time_depends_on_what_was_spent_on_hidden_cases(notebook):
    """A function could spend as many tenths of a second on a call as a digit of its input, and then hang."""
    said = []
    for spends in (0.04, 0.06):
        answers = notebook(f"{BUSY}\ndef f(): busy({spends})\ndef g(): busy(9)", seconds=0.2)
        for _ in range(3):
            call(answers, HIDDEN)
        with pytest.raises(Stopped) as stopped:
            call(answers, HIDDEN, "g")
        said.append(stopped.value.message)
    assert (
        said
        == ["it was not done after all of the question's 0.2 seconds of computing (an endless loop?)"] * 2
    )


BUSY = """
import time
def busy(seconds):
    until = time.process_time() + seconds
    while time.process_time() < until: pass
"""


def test_after_a_hidden_case_no_note_says_which_cell_did_what(notebook):
    """A restarted notebook can know something of the input that ended the last one, by the clock; it has hundreds of cells."""
    answers = notebook("import os, time\ndef f(): os._exit(1)", *["raise ValueError(7)"] * 2, "import seven")
    answers.notebook.run_cells()
    told = answers.notebook.notes.told
    assert told[:2] == ["code cell 2 raised ValueError: 7 (cell 2, line 1: `raise ValueError(7)`)",
                        "code cell 3 raised ValueError: 7 (cell 3, line 1: `raise ValueError(7)`)"]  # fmt: skip
    assert told[2].startswith(
        "code cell 4, line 1: `import seven` can't run in grading and was left out (Module"
    )
    with pytest.raises(Stopped):
        call(answers, HIDDEN)
    answers.notebook.notes.told.clear()
    answers.notebook._told.clear()  # as if none had raised before
    answers.notebook.run_cells()
    assert answers.notebook.notes.told == [
        "a code cell raised an exception when it ran again",
        "a statement of a code cell can't run in grading, and was left out when it ran again",
    ]


def test_an_answer_that_is_too_large_is_no_exception_of_the_students(notebook):
    answers = notebook("def f(x): return [0] * 10**6", seconds=5)
    outcome = outcome_of(SealedEnv(answers, Asker("q1"), Judging()), "f", (1,), {}, oracle=None)
    assert (
        outcome.message == "`f` can't be asked: its answer is too large to hand over, or has too many parts."
    )
    with pytest.raises(Misfit):  # which a question that asks for a ValueError takes for none
        check_refuses(SealedEnv(answers, Asker("q1"), Judging()), "f", 1)


@pytest.mark.parametrize(
    "check", [check_refuses, lambda *asked: outcome_of(asked[0], asked[1], asked[2:], {})]
)
@pytest.mark.parametrize("ours", [ValueError, ZeroDivisionError, SystemExit])
def test_an_exception_of_the_judges_is_never_told_as_the_students(notebook, monkeypatch, check, ours):
    """Nor does a ValueError of ours pass a case that asks for one."""

    def defect(*args, **kwargs):
        raise ours("of ours")

    env = SealedEnv(notebook("def f(x): return x"), Asker("q1"), Judging())
    monkeypatch.setattr(type(env["f"]), "__call__", defect)
    with pytest.raises(ours, match="of ours"):
        check(env, "f", 1)


# Time and space -----------------------------------------------------------------------------------------------


def test_waiting_cells_have_a_limit_together(notebook):
    began = time.monotonic()
    answers = notebook("f = 1", *["import time; time.sleep(10)"] * 30)
    answers.notebook.run_cells()
    assert answers.ask(PUBLIC, op="look", name="f")["value"] == 1  # what was there before is asked about
    assert time.monotonic() - began < 120  # without it: 300
    assert sum("computed nothing" in note for note in answers.notebook.notes.told) == MOST_STOPPED_CELLS


def test_sleeping_a_little_is_no_waiting(notebook):
    answers = notebook("import time; time.sleep(0.3)", "f = 1")
    assert answers.ask(PUBLIC, op="look", name="f")["value"] == 1
    assert answers.notebook.notes.told == []
    assert 0.1 < answers.notebook.budget.meter.slept < 5


def test_a_notebook_that_computes_without_end_in_many_cells_is_over(notebook, monkeypatch):
    monkeypatch.setattr(budgets, "LEAST_COMPUTING", 0.0)
    answers = notebook(*["import time\nwhile time.process_time() < 60: pass"] * 9, "f = 1")
    with pytest.raises(Stopped, match="took too long"):
        answers.ask(PUBLIC, op="look", name="f")
    assert answers.notebook.budget.meter.computed < 2  # 3 * 0.2 seconds, and what one cell takes more


def test_the_judge_s_own_work_on_a_submission_has_a_limit(notebook, monkeypatch):
    answers = notebook("f = 1")
    assert answers.ask(PUBLIC, op="look", name="f")["value"] == 1
    monkeypatch.setattr(budgets, "JUDGE_SECONDS", -1.0)
    with pytest.raises(Stopped, match="comparing the answers"):
        answers.ask(PUBLIC, op="look", name="f")
    assert "comparing the answers" in answers.why_stopped("q1")


def test_a_case_is_told_of_its_own_stops_alone_and_its_question_of_the_first(notebook):
    answers = notebook("import os\ndef f(): os._exit(1)\ndef g(): return 1")
    stopped, fine, again = (Asker("q1") for _ in range(3))
    with pytest.raises(Stopped, match="the process ended itself"):
        call(answers, stopped, "f")
    assert call(answers, fine, "g")["value"] == 1  # in a new worker
    with pytest.raises(Stopped):  # f is not asked again
        call(answers, again, "f")
    assert "the process ended itself" in stopped.no_answer
    assert fine.no_answer == ""
    assert again.no_answer == stopped.no_answer == answers.why_stopped("q1")
    assert answers.why_stopped("q2") == ""


def test_the_disk_is_not_filled(notebook, monkeypatch):
    monkeypatch.setattr(disk, "MOST_BYTES", 2**20)
    answers = notebook(
        "open('big', 'wb').write(bytes(2**22))\nimport time; time.sleep(3)", "f = 1", seconds=1
    )
    answers.notebook.run_cells()
    assert "more files" in answers.notebook.notes.told[0]


def test_a_very_deep_folder_is_removed(notebook):
    answers = notebook("import os\nfor i in range(1500):\n    os.mkdir('d'); os.chdir('d')", seconds=2)
    answers.notebook.run_cells()
    scratch = answers.notebook._child.scratch
    answers.notebook.close()
    assert not scratch.exists()


@linux
@pytest.mark.parametrize(
    "source",
    [
        "import mmap; f = mmap.mmap(-1, 2**30)",
        "import os; f = os.memfd_create('x')",
        "f = open('/dev/zero', 'r+b')",
        "import ctypes\nif ctypes.CDLL(None).shmget(0, 4096, 0o1600) < 0: raise PermissionError",
    ],
)
def test_no_memory_that_no_limit_counts(notebook, source):
    answers = notebook(source)
    answers.notebook.run_cells()
    assert "PermissionError" in answers.notebook.notes.told[0]


@linux
def test_when_memory_runs_out_a_worker_goes_first(notebook):
    assert value(notebook("f = open('/proc/self/oom_score_adj').read().strip()")) == "1000"


# Processes ----------------------------------------------------------------------------------------------------

HEADLESS = """
import ctypes, os, threading, time
if os.fork() == 0:
    os.setsid()
    threading.Thread(target=time.sleep, args=(60,)).start()
    ctypes.CDLL(None).syscall(60, 0)  # ends the first thread only: the process looks like a zombie
time.sleep(0.3)
f = 1
"""
COMET = """
import ctypes, os, time
libc, until = ctypes.CDLL(None), time.monotonic() + 20
for _ in range(8):
    if os.fork() == 0:
        while time.monotonic() < until:
            os.setsid() if os.getsid(0) != os.getpid() else None
            if libc.fork(): libc._exit(0)
        libc._exit(0)
f = 1
"""


@root_on_linux
@pytest.mark.parametrize("source", [HEADLESS, COMET], ids=["headless", "comet"])
def test_no_process_stays_behind_even_if_it_could_be_started(unfiltered, source):
    answers = unfiltered(source, seconds=2)
    assert value(answers) == 1
    uid = answers.notebook._child.uid
    answers.notebook.close()
    time.sleep(0.1)
    owners = [os.stat(p).st_uid for p in glob.glob("/proc/[0-9]*/task/[0-9]*") if os.path.exists(p)]
    assert uid not in owners


NAMELESS = [  # what a worker may not do, whoever it is
    "import os; os.fork()",
    "import subprocess; subprocess.run(['/bin/true'])",
    "import os; os.posix_spawn('/bin/true', ['true'], {})",
    "import os; os.kill(os.getppid(), 0)",
    "import os; os.killpg(0, 0)",
    "import resource, os; resource.prlimit(os.getppid(), resource.RLIMIT_CPU)",
    "import os; os.sched_setaffinity(os.getppid(), {0})",
    "import os; os.setpriority(os.PRIO_USER, 0, 19)",
    "import ctypes\nif ctypes.CDLL(None).tkill(1, 0) < 0: raise PermissionError",
]


@linux
@pytest.mark.parametrize("source", NAMELESS)
@pytest.mark.parametrize("own_user", [True, False])
def test_a_worker_reaches_no_process_but_itself(monkeypatch, notebook, source, own_user):
    if not own_user:
        monkeypatch.setattr(client, "_fresh_uid", lambda: None)
    answers = notebook(source, seconds=2)
    answers.notebook.run_cells()
    assert "PermissionError" in answers.notebook.notes.told[0]


@linux
def test_without_a_user_of_its_own_a_worker_still_has_threads(monkeypatch):
    monkeypatch.setattr(client, "_fresh_uid", lambda: None)
    with Zygote("numpy") as zygote_:
        source = (
            "import threading\nf = []\nt = threading.Thread(target=f.append, args=(1,)); t.start(); t.join()"
        )
        answers = answers_of(zygote_, source, seconds=2)
        assert value(answers) == [1]
        answers.notebook.close()


@root_on_linux
def test_killing_all_of_a_user_is_exact():
    """`_kill_at_once`, which needs no process numbers, ends that user's processes and no other's."""
    mine, other = client._fresh_uid(), client._fresh_uid()
    sleepers = [subprocess.Popen(["/bin/sleep", "600"], user=uid, group=uid) for uid in (mine, other)]
    processes.kill_at_once(mine)
    try:
        assert sleepers[0].wait(60) == -9
        assert sleepers[1].poll() is None
    finally:
        sleepers[1].kill()
        sleepers[1].wait()


@linux
def test_a_worker_ends_with_the_zygote():
    with Zygote("numpy") as zygote_:
        answers = answers_of(zygote_, "f = 1", seconds=2)
        answers.notebook.run_cells()
        pid = answers.notebook._child.pid
        zygote_._process.kill()
        zygote_._process.wait()
        time.sleep(0.3)
        assert not os.path.exists(f"/proc/{pid}") or processes.is_dead(str(pid))
        answers.notebook.close()


def test_a_sandbox_that_is_gone_stops_the_grading():
    with Zygote("numpy") as zygote_:
        zygote_._process.kill()
        zygote_._process.wait()
        with pytest.raises(ConfinementError, match="gone"):
            zygote_.fork("worker")


@root_on_linux
@pytest.mark.parametrize(
    ("text", "highest"),
    [("0 0 4294967295", 4294967294), ("0 1000 1\n1 100000 65536", 65536), ("0 100000 65536", 65535)],
)
def test_a_user_comes_from_the_largest_range_that_is_mapped(monkeypatch, text, highest):
    monkeypatch.setattr(client.Path, "read_text", lambda self: text)
    assert client._highest_uid() == highest


# What can be read and reached ---------------------------------------------------------------------------------


@linux
def test_the_graders_environment_is_not_in_a_workers_memory(monkeypatch):
    monkeypatch.setenv("SOME_TOKEN", "sesame")
    dump = "import ctypes; ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)\nf = 'sesame' in open('/proc/self/environ').read()"
    with switched_off(frozenset({"seccomp"})), Zygote("numpy") as zygote_:  # which refuses that call
        answers = answers_of(zygote_, dump, seconds=2)
        assert value(answers) is False
        answers.notebook.close()


@landlock
def test_other_processes_command_lines_are_closed(notebook):
    answers = notebook(f"open('/proc/{os.getpid()}/cmdline').read()", "import os; os.listdir('/proc')")
    answers.notebook.run_cells()
    assert sum("PermissionError" in note for note in answers.notebook.notes.told) == 2


@linux
@pytest.mark.parametrize(
    "source",
    [
        "socket.socket(socket.AF_UNIX)",
        "socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)",
        "socket.socketpair()[0].connect('/run/some.sock')",
    ],
)
def test_no_service_of_the_machine_is_reached(notebook, source):
    answers = notebook(f"import socket; {source}")
    answers.notebook.run_cells()
    assert "PermissionError" in answers.notebook.notes.told[0]


# Uploads ------------------------------------------------------------------------------------------------------


def test_half_a_surrogate_pair_is_replaced():
    data = b'{"cells": [{"cell_type": "code", "id": [[]], "source": "x = \\"\\ud800\\""}]}'
    (cell,) = intake.parse(data).cells
    assert cell.digest
    assert cell.id == ""


def test_a_notebook_of_millions_of_lists_is_not_parsed():
    with pytest.raises(IntakeError, match="more than a million"):
        intake.parse(b'{"cells": [' + b"[]," * 2_000_000 + b"[]]}")


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_a_damaged_zip_is_said_to_be_damaged(tmp_path, method):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("a.ipynb", os.urandom(4000).hex())
    data = bytearray(path.read_bytes())
    data[60:600] = os.urandom(540)
    path.write_bytes(data)
    with pytest.raises(IntakeError, match="damaged"):
        intake.read(path)


def test_a_guard_that_fails_halfway_is_not_taken_for_a_students_error(notebook, monkeypatch):
    answers = notebook("import os\ndef f(x): os._exit(1)")
    answers.questions["q2"] = ["f"]
    # it ended its worker
    assert outcome_of(SealedEnv(answers, Asker("q1"), Judging()), "f", (1,), {}, None).kind == "raised"

    def refuse(*args, **kwargs):
        raise ConfinementError("no filter")

    monkeypatch.setattr(answers.notebook.zygote, "fork", refuse)
    with pytest.raises(ConfinementError):
        outcome_of(SealedEnv(answers, Asker("q2"), Judging()), "f", (1,), {}, None)
