"""Masters become hand-outs: the same bytes every time, and no answer among them."""

import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from grader.building import master, packing
from grader.building.build import assemble, build, execute_solution
from grader.building.hand_out import run_case
from grader.building.leaks import _text_lines, refuse_leaks, solution_lines
from grader.building.source import Source
from grader.building.try_cases import asking, run_solution
from grader.cli import cli
from grader.cnnchecks.outcome import CheckFailed
from grader.course import MasterError
from grader.files import ZIP_DATE
from tests.conftest import ROOT


def committed(assignment):
    folder = ROOT / "assignments" / assignment
    return contents(folder)


def contents(folder):
    files = [p for p in folder.rglob("*") if p.is_file() and "__pycache__" not in p.parts]
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in files}


def ids():
    return sorted(p.name for p in (ROOT / "solutions").iterdir() if (p / f"{p.name}.py").exists())


@pytest.mark.parametrize("assignment", ids())
def test_assignments_regenerate_to_the_byte(built, assignment):
    fresh = contents(built / "assignments" / assignment)
    assert fresh.keys() == committed(assignment).keys()
    for name, data in fresh.items():
        assert data == committed(assignment)[name], (
            f"{name} differs: run scripts/build --quick and commit assignments/"
        )


@pytest.mark.parametrize(
    "assignment",
    [
        pytest.param(id, marks=[pytest.mark.slow] * (id not in ("a1_convolution_arithmetic", "a4_lenet")))
        for id in ids()  # one without Keras and one with it are enough for the quick tests
    ],
)
def test_both_zips_are_the_same_bytes_when_built_again(the_course, built, tmp_path, assignment):
    build(the_course, the_course.assignments[assignment], tmp_path, tmp_path, solution=False)
    for kind in ("student", "autograder"):
        name = f"{assignment}-{kind}.zip"
        assert (tmp_path / name).read_bytes() == (built / "dist" / name).read_bytes()


@pytest.mark.parametrize("assignment", ids())
def test_no_line_of_a_solution_hidden_case_or_reference_is_handed_out(the_course, assignment):
    source = Source(the_course, the_course.assignments[assignment])
    secrets = solution_lines(source)
    assert len(secrets) > 20
    own = {
        line.strip()
        for folder in ("kerasnets/numpy_layers", "kerasnets/models", "grader/tasks")
        for path in (ROOT / folder).rglob("*.py")
        for line in path.read_text().splitlines()
        if len(line.strip()) >= 40 and not line.strip().startswith(("from ", "import ", '"', "#", ">>> "))
    }
    for name, data in committed(assignment).items():
        lines = {line.strip() for line in _text_lines(name, data)}
        assert not lines & secrets, name
        if name != "blueprint.py" and not name.startswith("cnnchecks/"):
            assert not lines & own, name


@pytest.mark.parametrize("assignment", ids())
def test_the_students_tests_hold_public_cases_alone(assignment):
    for name, data in committed(assignment).items():
        if name.startswith("tests/"):
            assert b"hidden=True" not in data
            assert b"check_drawn" not in data
            assert b"points=0, hidden=False" in data


@pytest.mark.parametrize("assignment", ids())
def test_the_autograder_zip_is_an_otter_zip(built, assignment):
    with zipfile.ZipFile(built / "dist" / f"{assignment}-autograder.zip") as archive:
        names = set(archive.namelist())
        assert names >= {
            "setup.sh",
            "run_autograder",
            "run_otter.py",
            "otter_config.json",
            "environment.yml",
            "kerasnets.json",
        }
        assert archive.getinfo("run_autograder").external_attr >> 16 & 0o111
        assert all(info.date_time == ZIP_DATE for info in archive.infolist())
        assert json.loads(archive.read("otter_config.json"))["assignment_name"] == assignment


def test_the_terms_seed_is_in_no_zip(the_course, built):
    for path in (built / "dist").glob("*.zip"):
        with zipfile.ZipFile(path) as archive:
            assert not [n for n in archive.namelist() if the_course.seed.encode() in archive.read(n)]


def test_hidden_points_make_up_the_questions(a3, the_course):
    points = the_course.assignments["a3_numpy_convnet"].points
    assert {f.name: f.possible for f in a3.test_files()} == pytest.approx(points)
    assert a3.points == points
    assert sum(points.values()) == 100
    assert all(case.points == 0 for f in a3.test_files() for case in f.test_cases if not case.hidden)


MASTER = '''# %%
import numpy as np

# %% [raw]
# # BEGIN QUESTION
# name: q1

# %% [markdown]
# ### Question 1: `relu_forward`

# %% [raw]
# # BEGIN SOLUTION

# %%
def relu_forward(x):
    """max(x, 0)."""
    # BEGIN SOLUTION
    return np.maximum(x, 0) + 0 * x
    # END SOLUTION

# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS

# %%
def test_public(env):
    """Three numbers"""
    import numpy as np
    from cnnchecks import check
    check(env, "relu_forward", np.array([-1.0, 0.0, 2.0]))

# %%
# HIDDEN
def test_hidden(env):
    """Drawn"""
    from grader.judge.ask import check_drawn
    check_drawn(env, "relu_forward", "plain")

# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION
'''


def parsed(tmp_path, text):
    path = tmp_path / "m.py"
    path.write_text(text)
    return master.read(path)


def test_a_master_tells_its_questions(tmp_path):
    (question,) = master.questions(parsed(tmp_path, MASTER))
    assert (question.name, question.title, question.names) == ("q1", "relu_forward", ("relu_forward",))
    assert [test.hidden for test in question.tests] == [False, True]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("# name: q1", "# nam: q1", "without a name"),
        ("# # END QUESTION", "# # END", "never ends"),
        ("# HIDDEN", "", "no hidden case"),
        ("# # BEGIN TESTS", "# # TESTS", "q1 has no BEGIN TESTS"),
        ("# # BEGIN SOLUTION", "# # SOLUTION", "q1 has no BEGIN SOLUTION"),
        ("# # END SOLUTION", "# # ENDS", "q1 has no BEGIN SOLUTION … END SOLUTION"),
        (
            "    # BEGIN SOLUTION\n    return np.maximum(x, 0) + 0 * x\n    # END SOLUTION",
            "    return np.maximum(x, 0) + 0 * x",
            "q1: # BEGIN SOLUTION and # END SOLUTION are missing around the lines",
        ),
        (
            "    # END SOLUTION",
            "",
            "q1: the cell 'def relu_forward\\(x\\):' has not as many # BEGIN SOLUTION as",
        ),
        ("def test_hidden(env):", "def test_hidden(env:", "q1: a test cell is not Python: .* in its line 1"),
        (
            "def test_hidden(env):",
            "def hidden(env):",
            "q1: a test cell defines one function called test_…, not 0",
        ),
    ],
)
def test_a_malformed_master_is_refused(tmp_path, old, new, words):
    with pytest.raises(MasterError, match=words):
        master.questions(parsed(tmp_path, MASTER.replace(old, new)))


@pytest.mark.parametrize(
    ("extra", "words"),
    [
        ("\n# %%\nrelu_forward = None\n", "q1: relu_forward is graded and bound in 2 cells"),
        ("\n# %%\ndef broken(:\n", r"the cell 'def broken\(:' is not Python"),
        (
            '\n# %% tags=["figure"]\nfirst = 1\n\n# %%\nprint(first)\n',
            "first is bound in a cell tagged figure",
        ),
    ],
)
def test_a_name_that_grading_would_lose_is_refused(tmp_path, extra, words):
    notebook = parsed(tmp_path, MASTER + extra)

    def refuse():
        master.refuse_rebinding(notebook, master.questions(notebook))
        master.refuse_needed_figures(notebook)

    with pytest.raises(MasterError, match=words):
        refuse()


def test_a_figure_may_have_names_of_its_own(tmp_path):
    extra = '\n# %% tags=["figure"]\nax = 1\n\n# %%\ndef draw(ax): return ax\n\n# %%\nfor ax in (1, 2): print(ax)\n'
    master.refuse_needed_figures(parsed(tmp_path, MASTER + extra))


ANSWER = MASTER[MASTER.index("# %%\ndef relu_forward") : MASTER.index("# %% [raw]\n# # END SOLUTION")]


def test_a_question_without_an_answer_is_refused(tmp_path):
    with pytest.raises(MasterError, match="q1 has no answer between BEGIN SOLUTION and END SOLUTION"):
        master.questions(parsed(tmp_path, MASTER.replace(ANSWER, "")))


def source_of(the_course, folder, text=MASTER, **entries):
    """A course in `folder` whose one master is `text`."""
    assignment = replace(the_course.assignments["a3_numpy_convnet"], points={"q1": 100.0}, **entries)
    solutions = folder / "solutions" / assignment.id
    solutions.mkdir(parents=True)
    (solutions / f"{assignment.id}.py").write_text(text)
    (solutions / "data.py").write_text("def data():\n    return {}\n")
    return Source(replace(the_course, root=folder), assignment)


CHECK = 'check(env, "relu_forward", np.array([-1.0, 0.0, 2.0]))'
DRAWN = 'check_drawn(env, "relu_forward", "plain")'


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            "return np.maximum(x, 0) + 0 * x",
            "return np.abs(x) + 0 * x",
            r"q1, public case “Three numbers”: the master's own solution fails it: `relu_forward`",
        ),
        (
            "return np.maximum(x, 0) + 0 * x",
            "return np.maximum(x, 0) + (x.ndim > 1)",
            r"q1, hidden case “Drawn”: the master's own solution fails it: .*`relu_forward` has other values",
        ),
        ("return np.maximum(x, 0) + 0 * x", "return nothing(x)", "q1, public case “Three numbers”: .*NameError"),
        (CHECK, CHECK.replace("forward", "foward"), "q1 asks for relu_foward, which no cell binds: it is misspelt"),
        (
            DRAWN,
            DRAWN.replace("forward", "foward"),
            "q1 asks for relu_foward, which no cell binds: it is misspelt in a test, or its answer is missing",
        ),
        (DRAWN, DRAWN.replace("plain", "plian"), "q1, hidden case “Drawn”: relu_forward has no grid 'plian', but plain"),
        (DRAWN, "assert env['relu_forward'](1) == 2, 'one stays one'", "q1, hidden case “Drawn”: .*: one stays one"),
        (DRAWN, "no_such_name", "q1, hidden case “Drawn”: it stops with NameError: name 'no_such_name'"),
        ("import numpy as np\n\n# %% [raw]", "1 / 0\n\n# %% [raw]", "the solution fails in the cell '1 / 0': Zero"),
    ],
    ids=str,
)  # fmt: skip
def test_a_case_that_the_masters_own_solution_fails_is_refused(the_course, tmp_path, old, new, words):
    assert MASTER.count(old) == 1
    with pytest.raises(MasterError, match=rf"^a3_numpy_convnet: {words}"):
        assemble(source_of(the_course, tmp_path, MASTER.replace(old, new)))


def test_a_case_about_what_no_task_is_called_is_refused(the_course, tmp_path):
    text = MASTER.replace("relu_forward", "relu_sideways")
    words = "q1, public case “Three numbers”: no task and no network is called 'relu_sideways'"
    with pytest.raises(MasterError, match=words):
        assemble(source_of(the_course, tmp_path, text))


LOADED = """
# %%
from pathlib import Path
Path("mine.weights.h5").read_bytes()
trained = 1

# %%
again = trained
"""


def test_what_needs_trained_weights_is_left_out_and_nothing_else(the_course, tmp_path):
    source = source_of(the_course, tmp_path, MASTER + LOADED, files=("mine.weights.h5",))
    with asking(source):
        notebook, untrained = run_solution(source)
    assert untrained == {"trained", "again"}
    assert "relu_forward" in notebook
    other = replace(source, assignment=replace(source.assignment, files=()))
    with (
        asking(other),
        pytest.raises(MasterError, match=r"fails in the cell 'from pathlib .*FileNotFoundError"),
    ):
        run_solution(other)


def test_a_figure_a_training_and_a_test_cell_are_not_run(the_course, tmp_path):
    tags = '\n# %% tags=["figure"]\n1 / 0\n\n# %% tags=["otter_ignore"]\n1 / 0\n\n# %%\n%matplotlib inline\nlast = 1\n'
    source = source_of(the_course, tmp_path, MASTER + tags)
    before = Path.cwd()
    with asking(source):
        notebook, _ = run_solution(source)
    assert notebook["last"] == 1
    assert "test_public" not in notebook
    assert Path.cwd() == before


def test_a_case_that_fails_is_a_sentence_and_exit_code_2_and_nothing_is_written(the_course, tmp_path):
    source_of(the_course, tmp_path, MASTER.replace('"plain"', '"plian"'))
    (tmp_path / "course.toml").write_text(
        '[course]\nname = "C"\nterm = "t"\nseed = "a secret of these tests"\n[assignments.a3_numpy_convnet]\n'
        'title = "T"\nbackend = "numpy"\n[assignments.a3_numpy_convnet.points]\nq1 = 60\n'
    )
    done = CliRunner().invoke(cli, ["build", "--quick", "--course", str(tmp_path / "course.toml")])
    assert done.exit_code == 2
    assert (
        "kerasnets: a3_numpy_convnet: q1, hidden case “Drawn”: relu_forward has no grid 'plian'"
        in done.output
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["course.toml", "solutions"]


BY_HAND = """
# %% [raw]
# # BEGIN QUESTION
# name: talk
# manual: true

# %% [markdown]
# ### Twenty minutes on one network

# %% [raw]
# # BEGIN SOLUTION

# %% [markdown]
# What a good talk has.

# %% [raw]
# # END SOLUTION

# %% [raw]
# # END QUESTION
"""


def test_a_question_that_is_graded_by_hand_needs_no_tests_and_may_have_none(tmp_path):
    _, talk = master.questions(parsed(tmp_path, MASTER + BY_HAND))
    assert (talk.name, talk.title, talk.tests, talk.manual) == (
        "talk",
        "Twenty minutes on one network",
        (),
        True,
    )
    tested = MASTER.replace("# name: q1", "# name: q1\n# manual: true")
    with pytest.raises(MasterError, match="is graded by hand"):
        master.questions(parsed(tmp_path, tested))


def test_what_is_graded_by_hand_is_in_the_notebook_and_in_no_total(the_course, tmp_path):
    source = source_of(the_course, tmp_path, MASTER + BY_HAND, manual={"talk": 10.0})
    parts = assemble(source)
    text = parts.student[f"{source.assignment.id}.ipynb"].decode()
    assert "Twenty minutes on one network" in text
    assert "Type your answer here" in text
    assert "What a good talk has" not in text
    assert [name for name in parts.student if name.startswith("tests/")] == ["tests/q1.py"]
    told = json.loads(parts.autograder["kerasnets.json"])
    assert told["points"] == {"q1": 100.0}
    assert told["manual"] == {"talk": {"title": "Twenty minutes on one network", "points": 10.0}}
    with pytest.raises(MasterError, match=r"the master asks talk; course\.toml has manual for none"):
        assemble(Source(source.course, replace(source.assignment, manual={})))


def test_a_leak_is_refused(the_course):
    source = Source(the_course, the_course.assignments["a3_numpy_convnet"])
    line = max(solution_lines(source), key=len)
    with pytest.raises(MasterError, match=r"a line of the solution stands in the student's notes\.txt"):
        refuse_leaks(source, {"notes.txt": f"hint:\n    {line}\n".encode()})


def test_fixtures_hold_numbers_and_texts_never_code(built):
    for path in (built / "assignments").glob("*/fixtures.npz"):
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            assert all(name.endswith((".npy", ".json")) for name in names)
            assert b"lambda" not in archive.read("index.json")
            assert b"def " not in archive.read("index.json")


@pytest.mark.slow
def test_the_solution_is_executed_for_the_teacher_and_one_that_fails_its_checks_is_refused(
    the_course, tmp_path
):
    source = Source(the_course, the_course.assignments["a3_numpy_convnet"])
    parts = assemble(source)
    training = [cell for cell in parts.solution.cells if "otter_ignore" in cell.metadata.get("tags", [])]
    kept = [cell for cell in parts.solution.cells if cell not in training]
    executed = execute_solution(source, replace(parts, solution=packing.with_cells(parts.solution, kept)))
    cells = json.loads(executed["a3_numpy_convnet-solution.ipynb"])["cells"]
    assert sum("image/png" in json.dumps(cell.get("outputs", [])) for cell in cells) >= 5
    wrong = [packing.changed(c, source=c.source.replace("(size + 2 * border - reach)", "size")) for c in kept]
    with pytest.raises(MasterError, match="fails"):
        execute_solution(source, replace(parts, solution=packing.with_cells(parts.solution, wrong)))


def test_a_public_case_about_a_function_that_no_reference_has_is_refused():
    typo = 'def test_typo(env):\n    from grader.cnnchecks import check\n    check(env, "conv2d_foward", 1)\n'
    with pytest.raises(CheckFailed, match="no `conv2d_foward`"):
        run_case(typo, {})
    run_case(typo.replace("check(env", "check_form(env").replace("import check", "import check_form")
                    .replace(", 1)", ", like=1)"), {})  # fmt: skip
