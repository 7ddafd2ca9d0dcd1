"""Masters become assignments: `solutions/<id>/<id>.py` -> `assignments/<id>/`, two zips, and the teacher's notebook.

The way is a list of small passes, notebook -> notebook, with Otter Assign in the middle. Building twice gives the same bytes.
Source: https://otter-grader.readthedocs.io, "Otter Assign"; https://jupytext.readthedocs.io, percent format.
"""

import contextlib
import hashlib
import importlib.util
import io
import json
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import jinja2
import numpy as np

from grader import cnnchecks, colab, master
from grader.autograder import MANIFEST, from_files
from grader.chains import ChainModels
from grader.course import Assignment, Course
from grader.files import write_atomically
from grader.gradescope import zipped
from grader.master import MasterError, Question
from grader.packing import (
    changed,
    notebook_bytes,
    raw_cell,
    read_notebook,
    replace_folder,
    with_cells,
    with_metadata,
    write_files,
    write_notebook,
    write_zip,
    zip_bytes,
)
from grader.sandbox.packages import REQUIREMENTS
from kerasnets.files import npz_bytes

STUDENT_FILES = {
    "numpy": ("blueprint.py", "cnnchecks.py", "cnnpictures.py", "data.npz", "fixtures.npz"),
    "keras": ("admit.py", "blueprint.py", "cnnchecks.py", "cnnpictures.py", "data.npz", "fixtures.npz"),
}


@dataclass(frozen=True)
class Source:
    """A master and what the build knows about it. Passes take one and a notebook."""

    course: Course
    assignment: Assignment
    for_colab: bool = False

    @property
    def folder(self) -> Path:
        return self.course.root / "solutions" / self.assignment.id

    @cached_property
    def notebook(self) -> Any:
        return master.read(self.folder / f"{self.assignment.id}.py")

    @cached_property
    def drawn(self) -> dict[str, Any]:
        """The numbers that are other ones each term: what `draws(rng)` of the master's `data.py` returns, if it is there."""
        draws = getattr(data_module(self), "draws", None)
        key = self.course.key(f"{self.assignment.id}/draws")
        return draws(np.random.default_rng(int.from_bytes(key, "big"))) if draws else {}

    @cached_property
    def questions(self) -> list[Question]:
        """Those that have tests."""
        return self._asked(manual=False, points=self.assignment.points, where="points")

    @cached_property
    def manual(self) -> list[Question]:
        """Those that are graded by hand: outside the tests, and outside their total."""
        return self._asked(manual=True, points=self.assignment.manual, where="manual")

    def _asked(self, manual: bool, points: dict[str, float], where: str) -> list[Question]:
        found = [q for q in master.questions(self.notebook) if q.manual is manual]
        names = [q.name for q in found]
        if set(names) != set(points) or len(names) != len(set(names)):
            asked, known = ", ".join(names) or "none", ", ".join(points) or "none"
            raise MasterError(
                f"{self.assignment.id}: the master asks {asked}; course.toml has {where} for {known}"
            )
        return found


@dataclass(frozen=True)
class Parts:
    """What a master becomes, in memory: {name: bytes} twice, and the notebook with its solutions, not executed."""

    student: dict[str, bytes]
    autograder: dict[str, bytes]
    solution: Any


def build(
    course: Course, assignment: Assignment, dist: Path, assignments: Path, solution: bool = True
) -> list[Path]:
    """Build one assignment. Returns what was written; nothing is written before all of it could be made."""
    source = Source(course, assignment)
    parts = assemble(source)
    executed = execute_solution(source, parts) if solution else {}
    dist.mkdir(parents=True, exist_ok=True)
    folder = replace_folder(assignments / assignment.id, parts.student)
    written = [
        write_zip(
            dist / f"{assignment.id}-student.zip",
            {f"{assignment.id}/{name}": data for name, data in parts.student.items()},
        ),
        write_zip(dist / f"{assignment.id}-autograder.zip", parts.autograder, mode=0o600),
    ]
    for name, data in executed.items():
        path = write_atomically(dist / name, data)
        path.chmod(0o600)
        written.append(path)
    return [folder, *written]


def assemble(source: Source) -> Parts:
    """Everything that a master becomes. Raises `MasterError` for a master that leaks, re-binds or doesn't parse."""
    name = f"{source.assignment.id}.ipynb"
    master.refuse_rebinding(source.notebook, source.questions)
    master.refuse_needed_figures(source.notebook)
    with tempfile.TemporaryDirectory() as temporary:
        work, out, out_for_colab = (Path(temporary) / name for name in ("work", "out", "colab"))
        work.mkdir()
        prepare_files(source, work)
        for place, variant in ((out, source), (out_for_colab, replace(source, for_colab=True))):
            write_notebook(apply(BEFORE_OTTER, source.notebook, variant), work / name)
            run_otter_assign(work / name, place)
        student = finish_student_folder(source, out / "student", out_for_colab / "student")
        refuse_leaks(source, student)
        return Parts(
            student=student,
            autograder=finish_autograder(source, out / "autograder", student),
            solution=apply(AFTER_OTTER, read_notebook(out / "autograder" / name), source),
        )


# --- what stands beside the notebook ------------------------------------------------------------------------------


def prepare_files(source: Source, work: Path) -> None:
    """The files that students get and Otter packs: checks, blueprint, data, fixtures."""
    package = Path(__file__).parent
    for name in ("cnnchecks.py", "cnnpictures.py"):
        shutil.copy(package / name, work)
    if source.assignment.backend == "keras":
        shutil.copy(package / "sandbox" / "admit.py", work)
    shutil.copy(Path(_origin("kerasnets.blueprint")), work / "blueprint.py")
    (work / "data.npz").write_bytes(npz_bytes(data_of(source)))
    record_fixtures(source, work / "fixtures.npz")


def _origin(module: str) -> str:
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        raise MasterError(f"the package {module} is not installed whole")
    return spec.origin


def data_of(source: Source) -> dict[str, np.ndarray]:
    """The arrays of the master's `data.py`, and each of the term's own numbers as `term_<name>`."""
    drawn = {f"term_{name}": np.array(value) for name, value in source.drawn.items()}
    return data_module(source).data() | drawn


def data_module(source: Source) -> Any:
    path = source.folder / "data.py"
    spec = importlib.util.spec_from_file_location(f"data_of_{source.assignment.id}", path)
    if spec is None or spec.loader is None or not path.is_file():
        raise MasterError(f"{path} is missing; it defines data() -> dict of arrays")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def record_fixtures(source: Source, path: Path) -> None:
    """Run the public cases against the reference, and keep each answer, right and wrong, that they ask for."""
    from grader.judge import RecordingOracle
    from grader.reference import REFERENCE, ReferenceModel
    from grader.tasks.catalogue import NETWORKS

    sys.modules["cnnchecks"] = cnnchecks  # what a public case imports
    right = {name: ReferenceModel(name) for name in NETWORKS} | REFERENCE  # also those too large to be run
    oracle = RecordingOracle()
    before = (
        cnnchecks.set_oracle(oracle),
        cnnchecks.set_models(ChainModels()),
        cnnchecks.set_data(data_of(source)),
    )
    try:
        for question in source.questions:
            for test in question.tests:
                if not test.hidden:
                    _run_test(test.source, right)
        oracle.save(path)  # the wrong ideas' answers are computed here
    finally:
        cnnchecks.set_oracle(before[0])
        cnnchecks.set_models(before[1])
        cnnchecks.set_data(before[2])


def _run_test(test: str, env: Any) -> None:
    scope: dict[str, Any] = {}
    exec(compile(test, "public case", "exec"), scope)
    (function,) = [value for name, value in scope.items() if name.startswith("test")]
    try:
        function(env)
    except cnnchecks.CheckFailed as failed:
        # Other checks ask for the form of a number, or for trained weights, which the reference doesn't have.
        if failed.outcome.kind != "missing" or re.search(r"\bcheck(_layers|_model)?\(env", test):
            raise


# --- passes before Otter Assign -----------------------------------------------------------------------------------


def insert_config(notebook: Any, source: Source) -> Any:
    """Otter's first cell, from course.toml."""
    config = {
        "name": source.assignment.id,
        "tests": {"files": True, "ok_format": False},
        "files": list(STUDENT_FILES[source.assignment.backend]),
        "export_cell": {
            "pdf": False,
            "run_tests": False,
            "ignore_log": True,
            "files": list(source.assignment.files),
        },
        "generate": {"show_hidden": source.assignment.visibility == "visible", "print_summary": False},
        "run_tests": False,
    }
    config = colab.config(config) if source.for_colab else config
    cell = raw_cell("# ASSIGNMENT CONFIG\n" + json.dumps(config, indent=2))  # JSON is YAML
    return with_cells(notebook, [cell, *notebook.cells])


def fill_in_numbers(notebook: Any, source: Source) -> Any:
    """Text may have `<<expression>>`: one of the term's numbers, or what the reference says of some sizes. So no number
    in the text can be wrong."""
    from grader.reference import REFERENCE

    environment = jinja2.Environment(
        variable_start_string="<<", variable_end_string=">>", block_start_string="<%", block_end_string="%>",
        comment_start_string="<#", comment_end_string="#>", undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
    )  # fmt: skip
    environment.filters["thousands"] = "{:,}".format
    known = {name: function for name, function in REFERENCE.items() if name.isidentifier()} | source.drawn

    def filled(cell: Any) -> Any:
        if cell.cell_type != "markdown" or "<<" not in cell.source:
            return cell
        try:
            return changed(cell, source=environment.from_string(cell.source).render(known))
        except jinja2.TemplateError as error:
            raise MasterError(f"{source.assignment.id}: a text can't be filled in: {error}") from None

    return with_cells(notebook, map(filled, notebook.cells))


def insert_points(notebook: Any, source: Source) -> Any:
    """Each question's points stand in course.toml; the hidden cases share them. A question without tests has none here."""
    points = source.assignment.points | {question.name: 0.0 for question in source.manual}

    def pointed(cell: Any) -> Any:
        if master.marker(cell) != "BEGIN QUESTION":
            return cell
        name = next(name for name in points if f"name: {name}" in cell.source.splitlines())
        return changed(cell, source=f"{cell.source.rstrip()}\npoints: {points[name]:g}")

    return with_cells(notebook, map(pointed, notebook.cells))


def make_public_cases_free(notebook: Any, source: Source) -> Any:
    """A case that students can see is worth nothing: what is visible can be hard-coded."""
    public = {test.source for question in source.questions for test in question.tests if not test.hidden}
    config = '""" # BEGIN TEST CONFIG\npoints: 0\n""" # END TEST CONFIG\n'

    def freed(cell: Any) -> Any:
        return changed(cell, source=config + cell.source) if cell.source in public else cell

    return with_cells(notebook, map(freed, notebook.cells))


def name_kernel(notebook: Any, source: Source) -> Any:
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return with_metadata(notebook, {"kernelspec": kernel, "language_info": {"name": "python"}})


# --- passes after it ----------------------------------------------------------------------------------------------


def name_cells(notebook: Any, source: Source) -> Any:
    """Otter's cell ids are random; ours follow from the place."""
    ids = (
        hashlib.sha256(f"{source.assignment.id}/{i}".encode()).hexdigest()[:8]
        for i in range(len(notebook.cells))
    )
    return with_cells(
        notebook, [changed(cell, id=new) for cell, new in zip(notebook.cells, ids, strict=True)]
    )


def drop_outputs(notebook: Any, source: Source) -> Any:
    def bare(cell: Any) -> Any:
        return changed(cell, outputs=[], execution_count=None) if cell.cell_type == "code" else cell

    return with_cells(notebook, map(bare, notebook.cells))


Pass = Callable[[Any, Source], Any]
BEFORE_OTTER: list[Pass] = [
    fill_in_numbers,
    insert_config,
    insert_points,
    make_public_cases_free,
    name_kernel,
]
AFTER_OTTER: list[Pass] = [name_cells, drop_outputs]


def apply(passes: list[Pass], notebook: Any, source: Source) -> Any:
    for step in passes:
        notebook = step(notebook, source)
    return notebook


# --- Otter Assign and what becomes of its output ------------------------------------------------------------------


def run_otter_assign(notebook: Path, result: Path) -> None:
    from otter.assign import main as assign

    with contextlib.redirect_stdout(io.StringIO()):
        assign(str(notebook), str(result), no_pdfs=True, no_run_tests=True)


def finish_student_folder(source: Source, folder: Path, folder_for_colab: Path) -> dict[str, bytes]:
    """{name: bytes} of what a student gets."""
    id = source.assignment.id
    name = f"{id}.ipynb"
    files = {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}
    first = apply(AFTER_OTTER, read_notebook(folder / name), source)
    second = drop_outputs(read_notebook(folder_for_colab / name), source)
    files[name] = notebook_bytes(first)
    files[colab.name_of(id)] = notebook_bytes(colab.finished(second, id, source.assignment.files, first))
    files["requirements.txt"] = "".join(
        f"{line}\n" for line in REQUIREMENTS[source.assignment.backend]
    ).encode()
    return dict(sorted(files.items()))


def finish_autograder(source: Source, folder: Path, student: dict[str, bytes]) -> dict[str, bytes]:
    """{name: bytes} of the autograder zip: Otter's own, what the seal reads, and what Gradescope runs."""
    (path,) = folder.glob("*-autograder_*.zip")
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in sorted(archive.namelist())}
    files[MANIFEST] = json.dumps(manifest(source, student), indent=2).encode()
    files |= zipped.files(source.assignment)
    files[zipped.UNFINISHED] = zipped.unfinished(from_files(files))
    return dict(sorted(files.items()))


def manifest(source: Source, student: dict[str, bytes]) -> dict[str, Any]:
    """What grading must know beside Otter's files. The key is the zip's own: the term's seed can't be told from it."""
    from grader.tasks.networks import configs_for

    assignment = source.assignment
    return {
        "id": assignment.id,
        "title": assignment.title,
        "backend": assignment.backend,
        "due": assignment.due.isoformat() if assignment.due else None,
        "visibility": assignment.visibility,
        "seconds": assignment.seconds,
        "gradescope": asdict(source.course.gradescope),
        "files": list(assignment.files),
        "term": source.course.term,
        "key": source.course.key(assignment.id).hex(),
        "questions": {question.name: list(question.names) for question in source.questions},
        "points": assignment.points,
        "titles": {question.name: question.title for question in source.questions},
        "manual": {
            question.name: {"title": question.title, "points": assignment.manual[question.name]}
            for question in source.manual
        },
        "models": configs_for(assignment.id),
        "skipped": skipped_cells(
            *(json.loads(student[name]) for name in (f"{assignment.id}.ipynb", colab.name_of(assignment.id)))
        ),
    }


def skipped_cells(*notebooks: dict[str, Any]) -> list[str]:
    """Ids and digests of cells that grading leaves out: those that train (tagged `otter_ignore`), whatever a student
    made of them, and those that only draw (tagged `figure`), as long as they stand as we gave them: by digest alone."""
    training, figures = (
        [
            cell
            for notebook in notebooks
            for cell in notebook["cells"]
            if tag in cell["metadata"].get("tags", [])
        ]
        for tag in ("otter_ignore", "figure")
    )
    digests = [
        hashlib.sha256("".join(cell["source"]).strip().encode()).hexdigest() for cell in [*training, *figures]
    ]
    return list(dict.fromkeys([*(cell["id"] for cell in training), *digests]))


def execute_solution(source: Source, parts: Parts) -> dict[str, bytes]:
    """{name: bytes} for the teacher: the solution with its outputs, and as a submission, with the files it hands in.

    Raises `MasterError` if a cell or a public check fails.
    """
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    notebook = with_cells(parts.solution, parts.solution.cells)
    with tempfile.TemporaryDirectory() as folder:
        write_files(Path(folder), parts.student)
        client = NotebookClient(
            notebook, timeout=1200, kernel_name="python3", resources={"metadata": {"path": folder}}
        )
        try:
            client.execute(stderr=subprocess.DEVNULL)  # where a kernel and TensorFlow greet
        except CellExecutionError as error:
            raise MasterError(
                f"{source.assignment.id}: the solution fails: {error.ename}: {error.evalue}"
            ) from None
        handed_in = {name: (Path(folder) / name).read_bytes() for name in source.assignment.files}
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)  # when each cell ran is nobody's business
        if cell.source.startswith("grader.check(") and "passed!" not in json.dumps(cell.outputs):
            raise MasterError(f"{source.assignment.id}: the solution fails its own {cell.source}")
    id, content = source.assignment.id, notebook_bytes(notebook)
    return {
        f"{id}-solution.ipynb": content,
        f"{id}-solution.zip": zip_bytes({f"{id}.ipynb": content, **handed_in}),
    }


# --- no answer in the folder --------------------------------------------------------------------------------------

MIN_LINE = 24  # shorter lines (`out = np.zeros(shape)`) are anybody's


def solution_lines(source: Source) -> set[str]:
    """The lines that only a solution has: inside SOLUTION marks, and in hidden test cells."""
    lines: set[str] = set()
    for cell in source.notebook.cells:
        if cell.cell_type != "code":
            continue
        if master.as_test(cell.source).hidden:
            lines.update(cell.source.splitlines())
        inside = False
        for line in cell.source.splitlines():
            if "BEGIN SOLUTION" in line:
                inside = True
            elif "END SOLUTION" in line:
                inside = False
            elif inside or line.rstrip().endswith("# SOLUTION"):
                lines.add(line.replace("# SOLUTION", ""))
    return {
        line.strip() for line in lines if len(line.strip()) >= MIN_LINE and not line.strip().startswith("#")
    }


def refuse_leaks(source: Source, student: dict[str, bytes]) -> None:
    """No line of a solution or a hidden case stands in what students get. Raises `MasterError` naming line and file."""
    secrets = solution_lines(source)
    for name, data in student.items():
        for line in _text_lines(name, data):
            if line.strip() in secrets:
                raise MasterError(
                    f"{source.assignment.id}: a line of the solution stands in the student's {name}: {line.strip()!r}"
                )


def _text_lines(name: str, data: bytes) -> Iterator[str]:
    if name.endswith(".ipynb"):
        for cell in json.loads(data)["cells"]:
            yield from "".join(cell["source"]).splitlines()
    elif name.endswith((".py", ".txt", ".md")):
        yield from data.decode().splitlines()
