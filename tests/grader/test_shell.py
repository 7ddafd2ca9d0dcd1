"""The shell of a worker does what a notebook's kernel does, and goes on where only the place is another."""

import pytest

from tests.grader.test_sandbox import Asker

LINES = r"""
%cd .
%cd ..
%cd /content/drive/MyDrive
%pushd .
%popd
%dhist
%store
%bookmark -l
%rehashx
%alias
%env SOME=1
%precision 3
%pylab inline
%pylab
%matplotlib inline
%matplotlib --list
%config InlineBackend.figure_format = 'retina'
%autosave 60
%connect_info
%clear
%doctest_mode
%subshell
%load_ext autoreload
%load_ext storemagic
%pip list
%time sum(range(10))
%timeit -n1 -r1 sum(range(10))
%%time\nx = 1
%%capture out\nprint(1)
%%writefile h.txt\nhello
!ls
files = !ls
?len
len?
exit
quit()
In, Out, _, __, _i, _ih, _oh, _dh
get_ipython().enable_gui()
get_ipython().run_line_magic('matplotlib', 'inline')
get_ipython().events.register('post_run_cell', lambda *a: None)
from IPython import get_ipython; get_ipython().run_line_magic('pwd', '')
from IPython.display import display, HTML; shown = display(HTML('x'), display_id=True); shown.update(HTML('y'))
from IPython.display import display, clear_output; display({'a': 1}); clear_output(wait=True)
from IPython.core.magic import register_line_magic; register_line_magic(lambda line: None)
import matplotlib.pyplot as plt; plt.plot([1]); plt.show(); plt.pause(0.01)
import inspect\ndef f(): pass\ninspect.getsource(f)
""".strip().split("\n")


def sources():
    return [line.replace("\\n", "\n") for line in LINES]


@pytest.fixture
def ask(numpy_zygote):
    asker = Asker(numpy_zygote, files={"data.txt": b"42"})
    yield asker
    asker.child.end()


def test_the_lines_that_people_write_run(ask):
    ask.cell("import os; home = os.getcwd()")
    replies = {}
    for source in sources():
        replies[source] = ask.cell(source)
        ask.cell("os.chdir(home)")
    differ = {source: reply for source, reply in replies.items() if "raised" in reply or "left_out" in reply}
    assert differ == {}


@pytest.mark.slow
def test_they_run_in_a_kernel_too(tmp_path):
    import nbclient
    import nbformat

    ends = ("exit", "quit()")  # in a kernel nothing runs behind them
    cells = [nbformat.v4.new_code_cell(source) for source in sources() if source not in ends]
    back = f"import os; os.chdir({str(tmp_path)!r})"
    book = nbformat.v4.new_notebook(
        cells=[cell for each in cells for cell in (each, nbformat.v4.new_code_cell(back))]
    )
    nbclient.NotebookClient(book, timeout=120, allow_errors=True).execute(cwd=str(tmp_path))
    differ = [cell.source for cell in book.cells if any(out.output_type == "error" for out in cell.outputs)]
    assert differ == []


def test_pylab_brings_its_names(ask):
    ask.cell("%pylab inline\nx = array([1, 2]).sum() + np.zeros(1)")
    assert ask(op="look", question="q1", name="x")["value"] == 3


LEFT_OUT = {  # a cell, whose last line binds x: the lines that can't run in grading
    "import tqdm_of_home\nx = 1": [1],
    "from google.colab import drive\ndrive.mount('/content/drive')\nx = 1": [1, 2],
    "import not_here; x = 1": [1],
    "import numpy as np\nimport not_here as nh, numpy\nx = int(np.ones(1)[0])": [2],
    "import os\nos.chdir('/content/drive')\nx = 1": [2],
    "%load_ext not_here\nx = 1": [1],
    "%not_a_magic 1\nx = 1": [1],
    "name = input('your name? ')\nx = 1": [1],
    "import getpass\ntoken = getpass.getpass(\n    'token',\n)\nx = 1": [2],
    "import matplotlib.pyplot as plt\nplt.style.use('seaborn')\nx = 1": [2],
    "import matplotlib\nmatplotlib.use('TkAgg')\nx = 1": [2],
    "gpus = []\nfirst = gpus[0]\nx = 1": [2],
    "assert [], 'turn on the GPU'\nx = 1": [1],
    "text = open('gone.txt').read()\nlength = len(text)\nx = 1": [1, 2],
    "'ä'; import not_here; x = 1  # ö": [1],
    "def load():\n    import not_here\nload()\nx = 1": [2],
}


@pytest.mark.parametrize("source", LEFT_OUT)
def test_what_cannot_work_here_is_left_out_and_the_rest_runs(ask, source):
    reply = ask.cell(source)
    assert "raised" not in reply
    places = [raised["line"].partition(":")[0] for raised in reply["left_out"]]
    assert places == [f"cell 1, line {line}" for line in LEFT_OUT[source]]
    assert ask(op="look", question="q1", name="x")["value"] == 1


@pytest.mark.parametrize(
    "source",
    ["y = 1 / 0", "import numpy\nnp.zeros(1)", "assert 1 == 2", "%time 1 / 0", "raise RuntimeError", "y = undefined", "[][0]"],
)  # fmt: skip
def test_what_is_wrong_anywhere_still_stops_its_cell(ask, source):
    reply = ask.cell(source + "\nx = 1")
    assert "raised" in reply
    assert ask(op="look", question="q1", name="x") == {"kind": "missing", "tried": []}


def test_names_of_what_was_left_out_are_known_in_later_cells(ask):
    ask.cell("from google.colab import drive")
    assert "raised" not in ask.cell("drive.flush_and_unmount()\nx = 1")
    assert "raised" in ask.cell("other.mount()")


def test_a_function_before_a_left_out_line_keeps_its_source(ask):
    ask.cell("def f():\n    return 1\nimport not_here\ndef g():\n    return 2")
    both = "import inspect\nx = inspect.getsource(f) + inspect.getsource(g)"
    assert "raised" not in ask(op="cell", index=2, source=both)
    assert (
        ask(op="look", question="q1", name="x")["value"] == "def f():\n    return 1\ndef g():\n    return 2\n"
    )
