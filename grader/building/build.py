"""Masters become assignments: `solutions/<id>/<id>.py` -> `assignments/<id>/`, two zips, and the teacher's notebook.

The way is a list of small passes, notebook -> notebook, with Otter Assign in the middle. Building twice gives the same bytes.
Source: https://otter-grader.readthedocs.io, "Otter Assign"; https://jupytext.readthedocs.io, percent format.
"""

import contextlib
import io
import json
import subprocess
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from grader.building import master
from grader.building.autograder_zip import finish_autograder
from grader.building.hand_out import finish_student_folder, prepare_files
from grader.building.leaks import refuse_leaks
from grader.building.packing import (
    notebook_bytes,
    read_notebook,
    replace_folder,
    with_cells,
    write_files,
    write_notebook,
    write_zip,
)
from grader.building.passes import AFTER_OTTER, BEFORE_OTTER, apply
from grader.building.source import Source
from grader.building.try_cases import refuse_failing_cases
from grader.course import Assignment, Course, MasterError
from grader.files import write_atomically, zip_bytes


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
    """Everything that a master becomes. Raises `MasterError` for a master that leaks, re-binds or doesn't parse, and
    `TopicError` for a topic of its own that can't be loaded."""
    name = f"{source.assignment.id}.ipynb"
    source.topics.load()
    with source.named():
        master.refuse_rebinding(source.notebook, source.questions)
        master.refuse_needed_figures(source.notebook)
    refuse_failing_cases(source)
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


def run_otter_assign(notebook: Path, result: Path) -> None:
    from otter.assign import main as assign
    from otter.assign.utils import AssignNotebookFormatException

    try:
        with contextlib.redirect_stdout(io.StringIO()):
            assign(str(notebook), str(result), no_pdfs=True, no_run_tests=True)
    except (AssignNotebookFormatException, AssertionError) as error:
        raise MasterError(f"{notebook.stem}: Otter Assign doesn't take the master: {error}") from None


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
