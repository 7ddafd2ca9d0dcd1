"""Whole submissions, graded under the seal: right ones in full, each wrong one told its idea, each trick without gain."""

import ast
import csv
import inspect
import json
import os
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from otter.test_files import GradingResults, abstract_test

from grader import course
from grader.gradescope.results import write_results
from grader.gradescope.schema import validate
from grader.grading import batch, grade, intake, runner
from grader.grading.grade import not_graded
from grader.grading.intake import IntakeError
from grader.grading.told import TRIED
from grader.reports import page
from grader.sandbox import closing
from grader.sandbox.defences import NO_LANDLOCK, State
from tests.conftest import ROOT, SUBMISSIONS

COURSE = course.load(ROOT / "course.toml").assignments
# a class takes a minute: one without Keras and one with it are enough for the quick tests
ASSIGNMENTS = [
    pytest.param(id, marks=[pytest.mark.slow] * (id not in ("a3_numpy_convnet", "a4_lenet"))) for id in COURSE
]


def expectations():
    """(assignment, sample, {question: id of the idea, "stopped", or ""}) as each answer's own first comment says."""
    for folder in sorted((SUBMISSIONS / "answers").iterdir()):
        for path in sorted(folder.glob("*.py")):
            words = re.search(r"^# expects: (.*)$", path.read_text(), re.MULTILINE)[1]
            entries = [] if words == "full marks" else [entry.split() for entry in words.split(", ")]
            lost = {question: (idea or [""])[0] for question, *idea in entries}
            (marks,) = [param.marks for param in ASSIGNMENTS if param.values == (folder.name,)]
            yield pytest.param(folder.name, path.stem, lost, id=f"{folder.name}-{path.stem}", marks=marks)


class Classes(dict):
    """{assignment: {sample: report}}, each sample class graded when it is first asked for."""

    def __init__(self, dist, folder):
        self.dist, self.folder = dist, folder

    def __missing__(self, assignment):
        from grader.grading import autograder

        zipped = autograder.read(self.dist / f"{assignment}-autograder.zip")
        reports = batch.grade_all(
            [SUBMISSIONS / assignment], zipped, self.folder / assignment, also=[write_results]
        )
        self[assignment] = {report.submission.partition(".")[0]: report for report in reports}
        return self[assignment]

    def out(self, assignment):
        """Where the reports of a class lie."""
        assert self[assignment]
        return self.folder / assignment


@pytest.fixture(scope="module")
def graded(built, tmp_path_factory):
    return Classes(built / "dist", tmp_path_factory.mktemp("graded"))


@pytest.mark.parametrize(("assignment", "sample", "lost"), expectations())
def test_a_sample_loses_exactly_its_questions_and_is_told_its_idea(graded, assignment, sample, lost):
    report = graded[assignment][sample]
    assert report.error == ""
    assert {q.name for q in report.questions if q.score < q.possible} == set(lost)
    for question in report.questions:
        idea = lost.get(question.name, "")
        if idea == "stopped":
            assert "endless loop" in question.note
        elif idea:
            assert idea in {diagnosis.id for diagnosis in question.diagnoses}


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_correct_variants_have_full_marks_and_nothing_to_remark(graded, assignment):
    right = {name: report for name, report in graded[assignment].items() if name.startswith("correct")}
    assert len(right) >= 2
    for name, report in right.items():
        assert (report.score, report.notes) == (report.possible, ()), name
        assert all(case.passed for q in report.questions for case in q.cases)


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_a_skeleton_earns_nothing_and_is_told_what_is_missing(graded, assignment):
    report = graded[assignment]["skeleton"]
    assert report.score == 0
    assert all(case.outcome is not None for q in report.questions for case in q.cases if not case.passed)


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_no_honest_notebook_is_said_to_have_tried_what_attacks_try(graded, assignment):
    for name, report in graded[assignment].items():
        if name != "forger":
            assert not [note for note in report.notes for words in TRIED.values() if words in note], name


def test_an_empty_notebook_is_a_zero_with_a_next_step(graded):
    report = graded["a3_numpy_convnet"]["empty"]
    assert (report.score, report.possible) == (0, 100)
    assert "no code" in report.error
    assert report.what_to_do


def test_the_forger_gained_nothing_and_left_nothing(graded):
    report = graded["a3_numpy_convnet"]["forger"]
    assert {q.name: q.score for q in report.questions}["q4"] == 0
    assert report.score < 100


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_each_submission_has_valid_results_and_a_page(graded, assignment):
    folders = [path for path in graded.out(assignment).iterdir() if path.is_dir()]
    assert len(folders) == len(graded[assignment])
    for path in folders:
        assert validate(json.loads((path / "results.json").read_text())) == []
        assert "<html" in (path / "feedback.html").read_text()


def test_the_gradebook_has_a_row_for_each_submission(graded):
    with open(graded.out("a3_numpy_convnet") / "gradebook.csv") as file:
        rows = list(csv.DictReader(file))
    assert rows[0]["file"] == "points-possible"
    assert {row["file"]: float(row["total"]) for row in rows[1:]} == {
        report.submission: report.score for report in graded["a3_numpy_convnet"].values()
    }


def test_the_class_page_counts_the_ideas_of_the_samples_and_links_to_their_pages(graded):
    folder = graded.out("a3_numpy_convnet")
    html = (folder / "class.html").read_text()
    for report in graded["a3_numpy_convnet"].values():
        assert all(f"<code>{id}</code>" in html for id in report.diagnoses)
    pages = set(re.findall(r'href="([^#"]+)"', html))
    assert "hang/feedback.html" in pages
    assert all((folder / name).is_file() for name in pages)


def test_a_page_shows_pictures_where_a_visible_case_has_other_numbers_and_nowhere_else(graded):
    drawn = {
        report.submission: page.render(report).count("<img ")
        for report in graded["a3_numpy_convnet"].values()
    }
    wrong = {name: drawn[f"wrong_{name}.ipynb"] for name in ("flipped_kernel", "all_ties", "bias_mean")}
    # a mistake in a layer shows in the layer, and in the network that is made of it
    assert wrong == {
        "flipped_kernel": 2,  # its layer, and the first layer that is built from it
        "all_ties": 1,
        "bias_mean": 3,
    }
    assert not any(
        count for name, count in drawn.items() if name.startswith(("correct", "empty", "skeleton"))
    )


def test_a_wrong_network_is_followed_in_its_visible_and_its_hidden_cases(graded):
    report = graded["a4_lenet"]["wrong_modern_form"]
    (question,) = [question for question in report.questions if question.name == "q4"]
    told = {case.hidden: case.outcome.where for case in question.cases if not case.passed}
    assert told[False].startswith("the first layer whose output differs is number 1, `conv2d")
    assert told[True] == "the first layer whose output differs is number 1 (Conv2D)"
    assert "Where: the first layer whose output differs is number 1" in page.render(report)


def test_no_page_quotes_a_hidden_case_a_path_or_the_seed(graded):
    for report in graded["a3_numpy_convnet"].values():
        html = page.render(report)
        assert "check_drawn" not in html
        assert "/tmp/" not in html
        assert report.seed == "" or report.seed not in html


def test_a_rerun_repeats_the_draw_and_another_submission_gets_another(a3):
    assert a3.seed("ada") == a3.seed("ada") != a3.seed("bob")


def sample(a3, zygote, tmp_path, cells, seed=None):
    """Grade the loops sample with some code cells appended."""
    notebook = json.loads((SUBMISSIONS / "a3_numpy_convnet" / "correct_einsum.ipynb").read_text())
    for place, source in cells:
        cell = {
            "cell_type": "code",
            "id": "mine",
            "metadata": {},
            "source": source,
            "outputs": [],
            "execution_count": None,
        }
        notebook["cells"].insert(len(notebook["cells"]) if place == "end" else 0, cell)
    path = tmp_path / "mine.ipynb"
    path.write_text(json.dumps(notebook))
    return grade.grade(path, a3, zygote, seed)


@pytest.mark.parametrize(
    ("file", "counts"), [("numpy/testing.py", True), (f"{runner.GRADER}/judge/ask.py", False)]
)
def test_an_assert_counts_unless_it_is_the_graders(file, counts):
    """What a test or a library asserts is the student's case; a defect of ours isn't."""
    scope: dict = {}
    exec(compile("def asserts():\n    assert False", file, "exec"), scope)
    exec(compile("def test(env):\n    asserts()", "q1.py", "exec"), scope)
    with pytest.raises(AssertionError) as failed:
        scope["test"]({})
    assert runner._asserts(failed.value, scope["test"]) is counts


def test_a_report_knows_which_notes_came_up_with_hidden_cases(a3, numpy_zygote, tmp_path, monkeypatch):
    """While hidden cases are hidden, a note that only they brought about would give them away."""

    def ask(self, asker, context, case):
        assert asker.hidden is case.hidden
        self.job.notes.add(f"{'hidden' if case.hidden else 'public'}, {asker.question}, {case.name}")

    monkeypatch.setattr("grader.grading.runner.SealedRunner._ask", ask)
    report = sample(a3, numpy_zygote, tmp_path, [("end", "raise KeyError")])
    kinds = [note.partition(",")[0] for note in report.notes[1:]]
    assert "raised" in report.notes[0]
    assert kinds == sorted(kinds, reverse=True)  # the public ones first
    assert report.hidden_notes == report.notes[1 + kinds.index("hidden") :]


@pytest.mark.parametrize(
    "accident",
    [
        "while True: pass",
        "import os; os._exit(3)",
        "raise SystemExit",
        "print('x' * 50_000_000)",
        "x = input('your name? ')",
        "open('picture_that_is_not_there.png')",
        "import matplotlib.pyplot as plt; plt.plot([1, 2]); plt.show()",
        "def broken(:",
        "!ls",
        "import ctypes; ctypes.string_at(0)",
        "del np, pair",
        "np.seterr(all='raise')",
        "from math import *; from numpy import *",
    ],
)
def test_an_accident_in_an_unrelated_cell_costs_nothing(a3, numpy_zygote, tmp_path, accident):
    assert sample(a3, numpy_zygote, tmp_path, [("end", accident)]).score == 100


def test_a_later_cell_cannot_rebind_what_a_check_saw(a3, numpy_zygote, tmp_path):
    assert sample(a3, numpy_zygote, tmp_path, [("end", "sgd_step = None")]).score == 100


def test_forged_reports_do_not_cross(a3, numpy_zygote, tmp_path):
    """A worker that writes its own frames ends itself; what it was asked for has no verdict."""
    forger = (
        "import os\n"
        "for descriptor in range(3, 256):\n"
        "    try: os.write(descriptor, b'\\x00\\x00\\x00\\x02' + b'\\x00' * 8 + b'{}')\n"
        "    except OSError: pass\n"
    )
    report = sample(a3, numpy_zygote, tmp_path, [("end", forger)])
    assert report.score == 100  # the cell is left out, like one that raised
    assert any("was stopped and left out" in note for note in report.notes)


@pytest.mark.slow
def test_twenty_seeds_give_one_score(a3, numpy_zygote):
    path = SUBMISSIONS / "a3_numpy_convnet" / "wrong_all_ties.ipynb"
    scores = {grade.grade(path, a3, numpy_zygote, bytes([seed]) * 8).score for seed in range(20)}
    assert len(scores) == 1


def test_a_notebook_of_another_assignment_is_named(a3, numpy_zygote, tmp_path):
    data = json.loads((SUBMISSIONS / "a3_numpy_convnet" / "correct_loops.ipynb").read_text())
    data["metadata"]["otter"]["assignment_name"] = "a9_other"
    path = tmp_path / "other.ipynb"
    path.write_text(json.dumps(data))
    report = grade.grade(path, a3, numpy_zygote)
    assert report.score == 0
    assert "a9_other" in report.error


def test_unreadable_submissions_do_not_keep_the_class_waiting(a3, tmp_path):
    inbox, out = tmp_path / "inbox", tmp_path / "out"
    inbox.mkdir()
    (inbox / "empty.ipynb").write_bytes(b"")
    (inbox / "essay.docx").write_bytes(b"PK")
    (inbox / "broken.zip").write_bytes(b"PK\x03\x04")
    with open(inbox / "big.ipynb", "wb") as file:
        os.truncate(file.fileno(), 100 * 2**20)
    shutil.copy(SUBMISSIONS / "a3_numpy_convnet" / "correct_loops.ipynb", inbox)
    reports = {
        report.submission: report for report in batch.grade_all([inbox], a3, out, also=[write_results])
    }
    assert {name: report.score for name, report in reports.items()} == {
        "empty.ipynb": 0, "essay.docx": 0, "broken.zip": 0, "big.ipynb": 0, "correct_loops.ipynb": 100,
    }  # fmt: skip
    assert all(reports[name].what_to_do for name in reports if name != "correct_loops.ipynb")


def test_a_defect_of_ours_costs_one_submission_its_grade_for_now(a3, monkeypatch, tmp_path):
    def defect(*args, **kwargs):
        raise ZeroDivisionError("ours")

    monkeypatch.setattr(grade.intake, "read", defect)
    report = batch.grade_or_say_why(tmp_path / "ada.ipynb", a3, None, None)
    assert report.error == "The grader itself failed; this zero is no mark.", "no word of the exception's"
    assert report.log[0].startswith("ZeroDivisionError in test_grade.py, line ")
    assert report.log[0].endswith(": ours")


def test_two_submissions_of_one_name_have_two_folders(tmp_path):
    paths = [tmp_path / "x" / "ada.ipynb", tmp_path / "y" / "ada.ipynb", tmp_path / "ada-2.zip"]
    paths += [tmp_path / "Ada.ipynb", tmp_path / "gradebook.csv.ipynb", tmp_path / "class.html.ipynb"]
    names = [p.name for p in batch.name_folders(paths, tmp_path).values()]
    assert names == ["ada", "ada-2", "ada-2-2", "Ada-3", "gradebook.csv-2", "class.html-2"]


def test_an_accent_written_in_two_ways_is_one_name_on_macos(tmp_path):
    paths = [tmp_path / "Zo\xeb.ipynb", tmp_path / "zoe\u0308.ipynb"]
    assert [p.name for p in batch.name_folders(paths, tmp_path).values()] == ["Zo\xeb", "zoe\u0308-2"]


def test_the_seam_is_otters(a3, numpy_zygote):
    """Otter's runner is made of a configuration alone, and Otter calls two methods of it, which are those that we replace."""
    from otter.run import run_autograder
    from otter.run.run_autograder.runners.python_runner import PythonRunner

    from grader.grading.runner import Job, SealedRunner

    submission = intake.read(SUBMISSIONS / "a3_numpy_convnet" / "correct_im2col.ipynb", a3.extensions)
    assignment = replace(a3, otter_config={**a3.otter_config, "show_hidden": True})
    runner = SealedRunner(Job(assignment, submission, numpy_zygote, b"any"))
    assert runner.ag_config.show_hidden is True
    assert not runner.ag_config.plugins
    assert list(inspect.signature(PythonRunner).parameters) == ["ag_config"]
    called = {
        node.func.attr
        for node in ast.walk(ast.parse(Path(run_autograder.__file__).read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if getattr(node.func.value, "id", "") == "runner"
    }
    assert called == {"prepare_files", "run"}
    for method in called:
        assert vars(SealedRunner)[method] is not vars(PythonRunner)[method]


def test_otters_results_are_its_test_files_by_name(a3):
    """With the cases as they were found: that is what our report reads."""
    files = a3.test_files()
    for file in files:
        file.test_case_results = [
            abstract_test.TestCaseResult(test_case=case, message=None, passed=case.hidden)
            for case in file.test_cases
        ]
    results = GradingResults(files).results
    assert list(results) == list(a3.questions)
    for file in results.values():
        assert [result.passed for result in file.test_case_results] == [c.hidden for c in file.test_cases]


def test_a_report_that_could_not_be_graded_still_lists_its_questions(a3, tmp_path):
    report = not_graded(tmp_path / "ada.ipynb", a3, "why", "what")
    assert [q.name for q in report.questions] == list(a3.questions)
    assert isinstance(IntakeError("why"), Exception)


VACUOUS = """
def softmax_cross_entropy(logits, labels):
    return {loss}, np.full_like(logits, {loss})
def lenet_gradients(params, x, labels):
    return {loss}, {{name: np.full_like(array, {loss}) for name, array in params.items()}}
"""


@pytest.mark.parametrize("loss", ["0.0", "np.nan"])
def test_a_network_of_zeros_does_not_follow_from_a_layer_of_zeros(a3, numpy_zygote, tmp_path, loss):
    notebook = json.loads((SUBMISSIONS / "a3_numpy_convnet" / "correct_einsum.ipynb").read_text())
    for cell in notebook["cells"]:
        if cell["source"] and "".join(cell["source"]).startswith('grader.check("q8")'):
            cell["source"] = VACUOUS.format(loss=loss) + "".join(cell["source"])
        elif "def lenet_gradients(" in "".join(cell["source"]):
            cell["source"] = "".join(cell["source"]) + VACUOUS.format(loss=loss)
    path = tmp_path / "vacuous.ipynb"
    path.write_text(json.dumps(notebook))
    scores = {q.name: q.score for q in grade.grade(path, a3, numpy_zygote).questions}
    assert scores["q8"] == 0
    assert scores["q10"] == 4  # the step of gradient descent is right


def test_without_landlock_numpy_alone_is_promised_only_where_nothing_else_can_be_read(monkeypatch):
    # Keras is installed here
    assert grade.numpy_alone((NO_LANDLOCK,)).state is State.MISSING
    monkeypatch.setattr(closing, "within_reach", lambda backend: ())
    assert grade.numpy_alone((NO_LANDLOCK,)).holds
