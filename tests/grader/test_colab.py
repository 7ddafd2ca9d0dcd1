"""The notebook for Colab: it brings the hand-out, checks as the other does, and is graded alike."""

import json
import re
import zipfile

import pytest

from grader.building import colab
from grader.grading import grade
from tests.conftest import SUBMISSIONS


def notebook(path):
    return json.loads(path.read_text())


def solved_on_colab(built, assignment, sample):
    """A sample's answers in the second notebook, as Colab saves it: ids in the metadata alone, and nothing of the first."""
    (path,) = (SUBMISSIONS / assignment).glob(f"{sample}.*")
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            files = {name: archive.read(name) for name in archive.namelist() if not name.startswith("__")}
    else:
        files = {path.name: path.read_bytes()}
    name = next(name for name in files if name.endswith(".ipynb"))
    answers = {cell["id"]: cell["source"] for cell in json.loads(files.pop(name))["cells"]}
    second = notebook(built / "assignments" / assignment / colab.name_of(assignment))
    for cell in second["cells"]:
        cell["source"] = answers.get(cell["id"], cell["source"])
        del cell["id"]
    return files | {"Copy of a notebook.ipynb": json.dumps(second | {"nbformat_minor": 0}).encode()}


@pytest.mark.parametrize(
    ("assignment", "sample", "backend"),
    [("a3_numpy_convnet", "correct_loops", "numpy"), ("a4_lenet", "correct_functional", "keras")],
)
def test_a_notebook_from_colab_has_the_same_mark(built, assignment, sample, backend, request, tmp_path):
    for name, content in solved_on_colab(built, assignment, sample).items():
        (tmp_path / name).write_bytes(content)
    autograder = request.getfixturevalue(assignment.partition("_")[0])
    report = grade.grade(tmp_path, autograder, request.getfixturevalue(f"{backend}_zygote"))
    assert (report.score, report.notes) == (report.possible, ())


def test_the_second_notebook_has_the_cells_of_the_first_under_their_ids(built):
    folder = built / "assignments" / "a4_lenet"
    first, second = (
        notebook(folder / name)["cells"] for name in ("a4_lenet.ipynb", colab.name_of("a4_lenet"))
    )
    sources = {cell["id"]: cell["source"] for cell in second}
    gone = [cell for cell in first if sources.get(cell["id"]) != cell["source"]]
    assert ["".join(cell["source"]).split(chr(10))[0] for cell in gone] == [
        "# Initialize Otter",
        "# LeNet-5 in Keras",  # what to hand in
        "## Further reading",  # and how
        "## Submission",
        "# Save your notebook first, then run this cell to export your submission.",
        " ",
    ]
    assert "my_lenet.weights.h5" in "".join(second[-1]["source"])


def test_the_second_notebook_says_how_its_own_work_is_handed_in(the_course, built):
    for assignment in the_course.assignments.values():
        second = notebook(built / "assignments" / assignment.id / colab.name_of(assignment.id))["cells"]
        texts = ["".join(cell["source"]) for cell in second if cell["cell_type"] == "markdown"]
        (last,) = (text.partition("## Hand in")[2] for text in texts if "## Hand in" in text)
        assert last.count("Download .ipynb") == 1
        assert all(f"`{name}`" in last for name in assignment.files)
        stale = "that the last code cell makes|Run the last code cell|Restart Kernel|zip can be made"
        assert [text for text in texts if re.search(stale, text)] == []


def test_the_hand_out_is_unpacked_beside_the_notebook(built, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a3_numpy_convnet-student (1).zip").write_bytes(
        (built / "dist" / "a3_numpy_convnet-student.zip").read_bytes()
    )
    exec(colab.BRING.replace("{id}", "a3_numpy_convnet"), {})
    assert (tmp_path / "tests" / "q1.py").exists()
    assert (tmp_path / "fixtures.npz").exists()
