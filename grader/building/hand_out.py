"""What students get beside the notebook: the checks, data, and what the public cases' answers are."""

import re
import shutil
from pathlib import Path
from typing import Any

from grader.building import colab
from grader.building.packing import (
    notebook_bytes,
    read_notebook,
)
from grader.building.passes import AFTER_OTTER, apply, drop_outputs
from grader.building.source import Source, data_of
from grader.cnnchecks.context import Context, Names, hand_out
from grader.cnnchecks.outcome import CheckFailed
from grader.judge.as_students import call_checks_as_students_do
from grader.sandbox.packages import REQUIREMENTS
from grader.tasks.numpy_networks import ChainModels
from kerasnets.files import npz_bytes


def prepare_files(source: Source, work: Path) -> None:
    """The files that students get and Otter packs: checks, data, fixtures."""
    for name, kept in source.code_beside.items():
        (work / name).parent.mkdir(exist_ok=True)
        shutil.copy(kept, work / name)
    (work / "data.npz").write_bytes(npz_bytes(data_of(source)))
    record_fixtures(source, work / "fixtures.npz")


def record_fixtures(source: Source, path: Path) -> None:
    """Run the public cases against the reference, and keep each answer, right and wrong, that they ask for."""
    from grader.judge.fixtures import RecordingOracle
    from grader.judge.reference import REFERENCE, ReferenceModel
    from grader.tasks.catalogue import NETWORKS

    call_checks_as_students_do()
    right = {name: ReferenceModel(name) for name in NETWORKS} | REFERENCE  # also those too large to be run
    oracle = RecordingOracle(ChainModels())
    env = Names(right, Context(oracle, oracle.models))
    with hand_out(data_of(source)):
        for question in source.questions:
            for test in question.tests:
                if not test.hidden:
                    run_case(test.source, env)
        oracle.save(path)  # the wrong ideas' answers are computed here


def run_case(test: str, env: Any) -> None:
    scope: dict[str, Any] = {}
    exec(compile(test, "public case", "exec"), scope)
    (function,) = [value for name, value in scope.items() if name.startswith("test")]
    try:
        function(env)
    except CheckFailed as failed:
        # Other checks ask for the form of a number, or for trained weights, which the reference doesn't have.
        if failed.outcome.kind != "missing" or re.search(r"\bcheck(_layers|_model)?\(env", test):
            raise


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
