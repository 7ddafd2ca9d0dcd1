"""Masters become hand-outs: the same bytes every time, and no answer among them."""

import json
import zipfile
from dataclasses import replace

import pytest

from grader import cnnchecks
from grader.building import master, packing
from grader.building.build import assemble, build, execute_solution
from grader.building.hand_out import run_case
from grader.building.leaks import _text_lines, refuse_leaks, solution_lines
from grader.building.master import MasterError
from grader.building.source import Source
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
        if name not in ("blueprint.py", "cnnchecks.py"):
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
        assert all(info.date_time == packing.ZIP_DATE for info in archive.infolist())
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


MASTER = '''# %% [raw]
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
    from cnnchecks import check
    check(env, "relu_forward", [1.0])

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
        ("# # BEGIN TESTS", "# # TESTS", "has no BEGIN TESTS"),
    ],
)
def test_a_malformed_master_is_refused(tmp_path, old, new, words):
    with pytest.raises(MasterError, match=words):
        master.questions(parsed(tmp_path, MASTER.replace(old, new)))


@pytest.mark.parametrize(
    ("extra", "words"),
    [
        ("\n# %%\nrelu_forward = None\n", "bound in 2 cells"),
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
    assignment = replace(
        the_course.assignments["a3_numpy_convnet"], points={"q1": 100.0}, manual={"talk": 10.0}
    )
    folder = tmp_path / "solutions" / assignment.id
    folder.mkdir(parents=True)
    (folder / f"{assignment.id}.py").write_text(MASTER + BY_HAND)
    (folder / "data.py").write_text("def data():\n    return {}\n")
    source = Source(replace(the_course, root=tmp_path), assignment)
    parts = assemble(source)
    text = parts.student[f"{assignment.id}.ipynb"].decode()
    assert "Twenty minutes on one network" in text
    assert "Type your answer here" in text
    assert "What a good talk has" not in text
    assert [name for name in parts.student if name.startswith("tests/")] == ["tests/q1.py"]
    told = json.loads(parts.autograder["kerasnets.json"])
    assert told["points"] == {"q1": 100.0}
    assert told["manual"] == {"talk": {"title": "Twenty minutes on one network", "points": 10.0}}
    with pytest.raises(MasterError, match=r"the master asks talk; course\.toml has manual for none"):
        assemble(Source(source.course, replace(assignment, manual={})))


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
    with pytest.raises(cnnchecks.CheckFailed, match="no `conv2d_foward`"):
        run_case(typo, {})
    run_case(typo.replace("check(env", "check_form(env").replace("import check", "import check_form")
                    .replace(", 1)", ", like=1)"), {})  # fmt: skip
