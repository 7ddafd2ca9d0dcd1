"""What a notebook tried is named by its kind, and what honest notebooks do is not."""

import sys

import pytest

from grader.grading.told import TRIED
from grader.sandbox.audit_hook import BELOW, FILE, KINDS, NETWORK, PROCESS, SIGNAL
from tests.notebooks import PUBLIC, answers_of

linux = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")


@pytest.fixture(scope="module")
def tried(numpy_zygote):
    """What a worker says that a cell tried."""
    child = numpy_zygote.fork("worker", {"data.txt": b"1"})

    def run(source):
        child.channel.send({"op": "cell", "index": 1, "source": source, "aloud": True})
        at_once = set()
        while "heard" in (reply := child.channel.receive()):
            at_once.add(reply["heard"])
        assert at_once == set(reply["tried"])
        return at_once

    yield run
    child.end()


ATTEMPTS = {
    "import socket; socket.socket()": {NETWORK},
    "import socket; socket.getaddrinfo('example.org', 80)": {NETWORK},
    "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9')": {NETWORK},
    "import socket; socket.gethostbyaddr('127.0.0.1')": {NETWORK},
    "import os; os.fork() or os._exit(0)": {PROCESS},
    "import subprocess; subprocess.run(['true'])": {PROCESS},
    "import os; os.system('true')": {PROCESS},
    "import os; os.popen('true')": {PROCESS},
    "import os; os.posix_spawn('/bin/true', ['true'], {})": {PROCESS},
    "import os; os.kill(os.getppid(), 0)": {SIGNAL},
    "import os; os.killpg(os.getppid(), 0)": {SIGNAL},
    "import fcntl, os; fcntl.fcntl(0, 8, os.getppid())": {SIGNAL},
    "import fcntl; fcntl.ioctl(0, 0x8901, bytes(4))": {SIGNAL},
    "open('/root/x')": {FILE},
    "open('../x', 'w')": {FILE},
    "open(b'/root/x')": {FILE},
    "import os; os.open('/root/x', os.O_RDONLY)": {FILE},
    "import io; io.FileIO('/root/x')": {FILE},
    "from pathlib import Path; Path('/root/x').read_text()": {FILE},
    "import os; os.listdir('/root')": {FILE},
    "import os; list(os.scandir('/root'))": {FILE},
    "import os; list(os.walk('/root'))": {FILE},
    "from pathlib import Path; list(Path('/root').iterdir())": {FILE},
    "import os; os.truncate('/root/x', 0)": {FILE},
    "import os; os.rename('data.txt', '/root/x')": {FILE},
    "import os; os.link('data.txt', '/root/x')": {FILE},
    "import os; os.symlink('data.txt', '/root/x')": {FILE},
    "import os; os.remove('/root/x')": {FILE},
    "import os; os.mkdir('/root/x')": {FILE},
    "import os; os.rmdir('/root/x')": {FILE},
    "import os; os.chmod('/root/x', 0o777)": {FILE},
    "import os; os.chown('/root/x', 0, 0)": {FILE},
    "import os; os.utime('/root/x')": {FILE},
    "import os; os.setxattr('/root/x', 'user.x', b'')": {FILE},
    "import shutil; shutil.copy('data.txt', '/root/x')": {FILE},
    "open('/usr/lib/x.py', 'w')": {FILE},  # which it may read
    "import ctypes; ctypes.CDLL(None)": {BELOW},
    "import ctypes; ctypes.CDLL(None).kill(1, 0)": {BELOW, SIGNAL},
    "import ctypes; ctypes.pythonapi.kill": {BELOW, SIGNAL},
    "import ctypes; ctypes.CDLL(None).fork": {BELOW, PROCESS},
    "import ctypes; ctypes.CDLL(None)['connect']": {BELOW, NETWORK},
    "import ctypes; ctypes.string_at(id(1), 8)": {BELOW},
    "import gc; gc.get_objects()": {BELOW},
    "import sys; sys._current_frames()": {BELOW},
}


@linux
@pytest.mark.parametrize("source", ATTEMPTS)
def test_what_is_tried_is_named(tried, source):
    assert tried(source) == ATTEMPTS[source]


HONEST = """
open("data.txt").read(); open("own.txt", "w").write("1"); import os; os.listdir("."); os.listdir(); os.mkdir("d"); os.rmdir("d")
import os; os.rename("own.txt", "other.txt"); os.remove("other.txt"); list(os.walk(".")); os.path.exists("/root/x")
from pathlib import Path; list(Path().iterdir()); list(Path().glob("*.npz")); Path("p").write_text("1"); Path.home()
import numpy as np; np.savez("a.npz", x=np.ones(3)); np.load("a.npz")["x"]
import numpy as np; np.save("b.npy", np.ones(2)); np.load("b.npy", mmap_mode="r")
import matplotlib.pyplot as plt; plt.plot([1, 2]); plt.savefig("a.png"); plt.show(); plt.imread("a.png"); plt.close()
import os; os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"; os.environ.pop("TF_CPP_MIN_LOG_LEVEL")
import time; time.sleep(0.01); time.perf_counter()
import threading; t = threading.Thread(target=print); t.start(); t.join()
import random, hashlib, json, csv, itertools, collections, dataclasses, typing, decimal, fractions, statistics, timeit
import asyncio; asyncio.run(asyncio.sleep(0))
import os; os.kill(os.getpid(), 0); os.getcwd(); os.cpu_count()
import tempfile; tempfile.TemporaryFile().close(); tempfile.mkdtemp()
import shutil; shutil.get_terminal_size(); shutil.disk_usage(".")
import gc; gc.collect(); import sys; sys.getsizeof([]); sys._getframe()
import numpy as np; np.show_config(); np.random.default_rng(0).normal(size=3)
import warnings; warnings.warn("a warning"); import logging; logging.warning("a warning")
import inspect; inspect.getsource(inspect.getsource)
import platform; platform.python_version(); import importlib; importlib.reload(json)
import pickle; pickle.loads(pickle.dumps([1])); import copy; copy.deepcopy([1])
%timeit -n 1 -r 1 1 + 1
!pip install numpy
""".strip().splitlines()


@linux
@pytest.mark.parametrize("source", HONEST)
def test_what_honest_notebooks_do_is_not(tried, source):
    assert tried(source) == set()


@linux
@pytest.mark.parametrize(
    "ends", ["os._exit(1)", "ctypes.string_at(0)", "time.sleep(60)", "os.execv('/bin/true', ['true'])"]
)
def test_what_is_tried_is_named_also_where_the_process_ends_of_it(numpy_zygote, ends):
    source = f"import ctypes, os, socket, time\ntry:\n    socket.socket()\nexcept OSError:\n    pass\n{ends}"
    notebook = answers_of(numpy_zygote, source, seconds=0.1).notebook
    notebook.run_cells()
    notebook.close()
    assert any(note.startswith("code cell 1 asked for a network connection") for note in notebook.notes.told)


@linux
def test_threads_that_try_without_end_break_no_answer(numpy_zygote):
    source = """
import threading
def tries():
    while True:
        try: open("/root/x")
        except OSError: pass
threads = [threading.Thread(target=tries, daemon=True) for _ in range(3)]
for thread in threads: thread.start()
f = 7
"""
    answers = answers_of(numpy_zygote, source, seconds=5)
    values = [answers.ask(PUBLIC, op="look", name="f")["value"] for _ in range(50)]
    answers.notebook.close()
    assert values == [7] * 50


def test_each_kind_has_its_words():
    assert set(TRIED) == KINDS
