"""A teacher's own assignment: a folder of solutions/ and a table of course.toml, and nothing of it in the package."""

import csv
import json
import subprocess
import sys
import zipfile
from dataclasses import replace

import nbformat
import pytest

from grader import course
from grader.auditing.answers import of_ideas
from grader.auditing.marks import seeds
from grader.auditing.questions import judging, questions
from grader.building.build import assemble
from grader.building.leaks import topic_lines
from grader.building.source import Source
from grader.course import MasterError, TopicError
from grader.grading.autograder import from_files
from grader.grading.grade import grade
from grader.judge.reference import REFERENCE
from grader.tasks.catalogue import GRIDS, IDEAS, NETWORKS, TASKS, by_id, for_function
from grader.tasks.own_topics import NONE, Topics
from tests.conftest import ROOT

ID = "a9_tiles"
COURSE = f"""
[course]
name = "A course of its own"
term = "autumn"
seed = "a secret of these tests"

[assignments.{ID}]
title = "Tiles"
backend = "numpy"

[assignments.{ID}.points]
q1 = 100
"""
TOPIC = '''"""Images that are cut into tiles."""

from __future__ import annotations

from grader.tasks.drawn import Case, Whole
from grader.tasks.small import shapes
from grader.tasks.task import idea, task


@task(
    hidden={"plain": (Case("A size and a tile", (Whole(20, 90), Whole(3, 9))),)},
    small=shapes((3, 2), (7, 3)),
)
def padded_size(size: int, tile: int) -> int:
    """The smallest size of which the tiles fill all."""
    return -(-size // tile) * tile


@padded_size.wrongly(
    idea(
        "tiles.one_more",
        belief="A tile more is always enough.",
        hint="How much too large may the image become?",
        lecture="Lecture 1, Convolutional operation: strides",
    )
)
def one_more(size: int, tile: int) -> int:
    return padded_size(size, 1) + padded_size(tile, 1)
'''
MASTER = '''# %% [raw]
# # BEGIN QUESTION
# name: q1

# %% [markdown]
# ### Question 1: `padded_size`
#
# Seven pixels and tiles of three: <<padded_size(7, 3)>>.

# %% [raw]
# # BEGIN SOLUTION

# %%
def padded_size(size, tile):
    """The smallest size of which the tiles fill all."""
    # BEGIN SOLUTION
    missing = (tile - size % tile) % tile
    return size + missing
    # END SOLUTION

# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS

# %%
def test_seven_pixels(env):
    """Seven pixels"""
    from cnnchecks import check
    check(env, "padded_size", 7, 3)

# %%
# HIDDEN
def test_drawn(env):
    """Sizes that are drawn"""
    from grader.judge import check_drawn
    check_drawn(env, "padded_size", "plain")

# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION
'''
RIGHT = "def padded_size(size, tile):\n    return size + -size % tile"
WRONG = "def padded_size(size, tile):\n    return size + tile"
PRYING = """
import importlib, sys
from pathlib import Path

found = [name for name in sys.modules if name.startswith("tasks_of")]
for name in ("tasks_of_a9_tiles.tiles", "tasks_of_a9_tiles", "grader.tasks.own_topics"):
    try:
        found.append(importlib.import_module(name))
    except Exception:
        pass
for path in {places}:
    try:
        found.append(Path(path).read_bytes())
    except OSError:
        pass

def padded_size(size, tile):
    return size + -size % tile if found else 0
"""


NETWORK = """
from grader.tasks.networks import network


@network("a9_tiles")
def tiny_network():
    import keras
    from keras import layers

    return keras.Sequential([keras.Input((4, 4, 1)), layers.Flatten(name="flat"), layers.Dense(2, name="scores")])
"""


@pytest.fixture(autouse=True)
def _own_topics_are_forgotten():
    yield
    NONE.load()


def course_in(folder, master=MASTER, files=None, toml=COURSE):
    """A course whose one assignment lies in `folder`, with its topics as {file name: text}."""
    solutions = folder / "solutions" / ID
    (solutions / "tasks").mkdir(parents=True)
    (folder / "course.toml").write_text(toml)
    (solutions / f"{ID}.py").write_text(master)
    (solutions / "data.py").write_text("def data():\n    return {}\n")
    for name, text in ({"tiles.py": TOPIC} if files is None else files).items():
        (solutions / "tasks" / name).write_text(text)
    return folder / "course.toml"


def source_in(folder, **parts):
    here = course.load(course_in(folder, **parts))
    return Source(here, here.assignments[ID])


def topics(id=ID, **files):
    return Topics(id, {f"{name}.py": text for name, text in files.items()}, f"solutions/{id}/tasks")


def kerasnets(*arguments):
    command = [sys.executable, "-P", "-m", "grader.cli", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def hand_in(folder, **notebooks):
    folder.mkdir()
    for name, code in notebooks.items():
        cells = [nbformat.v4.new_code_cell(code)]
        nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / f"{name}.ipynb")
    return folder


def in_package():
    return set((ROOT / "grader").rglob("*.py"))


def test_an_assignment_is_a_folder_and_a_table_and_nothing_else(tmp_path):
    """Built and graded by commands; a notebook that looks for the answers finds none."""
    before, home = in_package(), tmp_path / "course"
    done = kerasnets("build", "--quick", "--course", course_in(home))
    assert (done.returncode, done.stderr) == (0, "")
    zipped, out = home / "dist" / f"{ID}-autograder.zip", tmp_path / "out"
    solutions = home / "solutions" / ID
    places = [str(path) for path in (zipped, solutions / f"{ID}.py", solutions / "tasks" / "tiles.py")]
    submissions = hand_in(tmp_path / "in", right=RIGHT, wrong=WRONG, prying=PRYING.format(places=places))
    done = kerasnets("grade", submissions, "-a", zipped, "-o", out)
    assert done.returncode == 0, done.stderr
    rows = list(csv.DictReader((out / "gradebook.csv").read_text().splitlines()))[1:]
    assert {row["file"]: (float(row["total"]), row["diagnoses"]) for row in rows} == {
        "prying.ipynb": (0, ""),
        "right.ipynb": (100, ""),
        "wrong.ipynb": (0, "tiles.one_more"),
    }
    assert "A tile more is always enough" in (out / "wrong" / "feedback.html").read_text()
    assert in_package() == before
    with zipfile.ZipFile(home / "dist" / f"{ID}-student.zip") as archive:
        text = "\n".join(archive.read(name).decode(errors="replace") for name in archive.namelist())
    assert "Seven pixels and tiles of three: 9." in text
    assert "padded_size" in text
    secrets = [line.strip() for line in TOPIC.splitlines() if "return" in line or "Case(" in line]
    assert len(secrets) == 3
    assert [line for line in secrets if line in text] == []


def test_topics_travel_in_the_zip_under_one_folder(tmp_path):
    parts = assemble(source_in(tmp_path))
    assert parts.autograder["tasks/tiles.py"].decode() == TOPIC
    assert not [name for name in parts.student if name.startswith("tasks")]
    elsewhere = {"files/tasks/more.py": b"", "tasks/deep/more.py": b"", "more.py": b"", "tests/more.py": b""}
    assert (
        "Topics('a9_tiles'" in parts.autograder["tests/q1.py"].decode()
    )  # for `otter run`, which reads these alone
    assert "own_topics" not in parts.student["tests/q1.py"].decode()
    read = from_files({**parts.autograder, **elsewhere})
    assert dict(read.topics.texts) == {"tiles.py": TOPIC}
    NONE.load()
    assert "padded_size" not in TASKS
    read.topics.load()
    assert REFERENCE["padded_size"](7, 3) == 9


def test_a_line_of_a_topic_that_is_handed_out_is_refused(tmp_path):
    told = MASTER.replace("# Seven pixels", "#     return -(-size // tile) * tile\n#\n# Seven pixels")
    with pytest.raises(MasterError, match=r"a line of a topic stands in the student's a9_tiles.*ipynb"):
        assemble(source_in(tmp_path, master=told))


def test_of_a_topic_signatures_docstrings_and_imports_are_no_secret(tmp_path):
    secrets = topic_lines(source_in(tmp_path))
    assert "return -(-size // tile) * tile" in secrets
    assert 'belief="A tile more is always enough.",' in secrets
    assert not [line for line in secrets if line.startswith(("from ", "def ", '"""'))]


def test_all_that_a_topic_brings_is_gone_when_another_assignments_are_known():
    """Also the claims of the package's own ideas, and of the idea on a function of the package."""
    before = (
        len(TASKS),
        len(IDEAS),
        len(NETWORKS),
        len(REFERENCE),
        dict(GRIDS),
        len(for_function("stack_reach")),
    )
    more = """
from grader.tasks.arithmetic.lenet.weights import bias_forgotten
from grader.tasks.task import idea, task
from grader.tasks.vgg.stack import stack_reach


@task(hidden={})
def own(size):
    return size


@own.wrongly(bias_forgotten)
@stack_reach.wrongly(idea("more.nothing", belief="Nothing.", hint="Look again.", lecture=""))
def nothing(*sizes):
    return 0
"""
    topics(more=more, nets=NETWORK).load()
    assert [idea.card.id for idea in for_function("own")] == ["lenet.bias_forgotten"]
    assert for_function("stack_reach")[-1].card.id == "more.nothing"
    assert {"own", "tiny_network", "tiny_network/layers", "tiny_network/stages"} <= set(REFERENCE)
    assert "tiny_network/trainable" in GRIDS
    NONE.load()
    after = (
        len(TASKS),
        len(IDEAS),
        len(NETWORKS),
        len(REFERENCE),
        dict(GRIDS),
        len(for_function("stack_reach")),
    )
    assert after == before
    assert for_function("own") == ()
    assert "own" not in by_id("lenet.bias_forgotten").answers
    assert not [name for name in sys.modules if name.startswith("tasks_of")]


def test_two_assignments_may_call_a_function_the_same():
    one = "from grader.tasks.task import task\n\n@task(hidden={})\ndef same(x):\n    return x\n"
    first, second = topics("a8_one", a=one), topics("a9_two", a=one.replace("return x", "return -x"))
    for known, right in ((first, 3), (second, -3), (first, 3)):
        known.load()
        assert REFERENCE["same"](3) == right


def test_topics_of_one_assignment_import_one_another_in_any_order():
    first = "from tasks_of_a9_tiles.second import two\nfrom .second import two as again\nthree = two + 1\n"
    topics(first=first, second="two = 2\n").load()
    assert sys.modules["tasks_of_a9_tiles.first"].three == 3


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x = (\n", r"bad\.py, line 1: SyntaxError: '\(' was never closed"),
        ("\nimport no_such_thing\n", r"bad\.py, line 2: ModuleNotFoundError"),
        ("\n\nboom = 1 / 0\n", r"bad\.py, line 3: ZeroDivisionError"),
        (
            "from grader.tasks.task import task\n\n@task(hidden={})\ndef stack_reach(x):\n    return x\n",
            r"bad\.py, line 3: ValueError: there is a task called stack_reach already, in grader\.tasks\.vgg\.stack",
        ),
        (
            "from grader.tasks.task import idea\nidea('stack.area', '', '', '')\n",
            r"bad\.py, line 2: ValueError: there is an idea called stack\.area already",
        ),
        (
            "from grader.tasks.networks import network\nnetwork(name='lenet_same')(lambda: None)\n",
            r"bad\.py, line 2: ValueError: there is a network called lenet_same already",
        ),
    ],
)
def test_a_bad_topic_is_named_by_file_and_line_and_leaves_nothing_behind(text, words):
    before = len(TASKS), len(IDEAS)
    with pytest.raises(TopicError, match=words):
        topics(tiles=TOPIC, bad=text).load()
    assert (len(TASKS), len(IDEAS)) == before
    assert not [name for name in sys.modules if name.startswith("tasks_of")]


def test_a_bad_topic_is_a_sentence_and_exit_code_2_and_nothing_is_written(tmp_path):
    home = course_in(tmp_path / "course", files={"tiles.py": TOPIC.replace("idea, task", "idea, tsak")})
    done = kerasnets("build", "--quick", "--course", home)
    assert done.returncode == 2
    assert "solutions/a9_tiles/tasks/tiles.py, line 7: ImportError" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "course" / "dist").exists()
    assert not (tmp_path / "course" / "assignments").exists()


def test_a_topics_file_is_called_as_a_module_is():
    with pytest.raises(TopicError, match=r"tasks/my-tiles\.py: a topic is a Python module"):
        topics(**{"my-tiles": ""}).load()


def test_the_audit_asks_the_own_questions_too(tmp_path):
    asked = questions(course_in(tmp_path).parent)
    assert asked[0].id == "a9.q1"
    assert [case.hidden for case in asked[0].cases] == [False, True]
    assert "padded_size" not in TASKS
    with judging(asked[0]) as context:
        marks = list(of_ideas(context, asked[0], seeds(2)))
    assert [(m.sample, m.named()) for m in marks] == [("tiles.one_more", [True, True])]


@pytest.mark.slow
def test_a_network_of_ones_own_is_in_the_zip_as_plain_data(tmp_path):
    asks = """def test_layers(env):
    from cnnchecks import check_layers
    check_layers(env, "tiny_network")
"""
    hidden = """def test_outputs(env):
    from grader.judge import check_parameters
    check_parameters(env, "tiny_network")
"""
    body = NETWORK.partition(")\n")[2]
    master = MASTER[: MASTER.index("# %%\ndef padded")].replace("<<padded_size(7, 3)>>", "9")
    master += (
        "# %%\n" + body.replace("    return", "    # BEGIN SOLUTION\n    return") + "    # END SOLUTION\n\n"
    )
    master += MASTER[MASTER.index("# %% [raw]\n# # END SOLUTION") : MASTER.index("def test_seven")] + asks
    master += "\n# %%\n# HIDDEN\n" + hidden + "\n" + MASTER[MASTER.index("# %% [raw]\n# # END TESTS") :]
    toml = COURSE.replace('"numpy"', '"keras"')
    parts = assemble(source_in(tmp_path, master=master, files={"nets.py": NETWORK}, toml=toml))
    assert list(json.loads(parts.autograder["kerasnets.json"])["models"]) == ["tiny_network"]


ASSERTS = '''def test_public_words(env):
    """Ten pixels"""
    assert env["padded_size"](10, 5) == 10, "ten are two fives"

# %%
# HIDDEN
def test_hidden_words(env):
    """Nine pixels"""
    assert env["padded_size"](9, 3) == 9, "nobody may read this"

# %%
# HIDDEN
def test_drawn'''


def test_a_plain_assert_is_a_failed_case_whose_words_stay_hidden_with_it(tmp_path, numpy_zygote):
    """Otter's own idiom, in a test of one's own."""
    master = MASTER.replace("def test_seven_pixels", "def test_seven", 1)
    master = master.replace("# HIDDEN\ndef test_drawn", ASSERTS, 1)
    plan = from_files(assemble(source_in(tmp_path, master=master)).autograder)
    folder = hand_in(tmp_path / "in", wrong=WRONG, right=RIGHT)
    wrong, right = (grade(folder / f"{name}.ipynb", plan, numpy_zygote) for name in ("wrong", "right"))
    assert (wrong.score, right.score) == (0, 100)
    said = {case.title: case.outcome.message for case in wrong.questions[0].cases if case.outcome}
    assert said["Ten pixels"] == "What this case asserts doesn't hold. ten are two fives"
    assert said["Nine pixels"] == "What this case asserts doesn't hold."
    assert "nobody may read this" not in repr(replace(wrong, log=()))
    assert any("nobody may read this" in line for line in wrong.log)  # the instructor may
    assert not [note for note in wrong.notes if "could not decide" in note]
