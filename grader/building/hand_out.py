"""What students get beside the notebook: the checks, data, and what the public cases' answers are."""

import importlib.util
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import grader
from grader import cnnchecks
from grader.building import colab
from grader.building.packing import (
    notebook_bytes,
    read_notebook,
)
from grader.building.passes import AFTER_OTTER, apply, drop_outputs
from grader.building.source import Source, data_of
from grader.course import MasterError
from grader.sandbox.packages import REQUIREMENTS
from grader.tasks.numpy_networks import ChainModels
from kerasnets.files import npz_bytes


def prepare_files(source: Source, work: Path) -> None:
    """The files that students get and Otter packs: checks, blueprint, data, fixtures."""
    package = Path(grader.__file__).parent
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


def record_fixtures(source: Source, path: Path) -> None:
    """Run the public cases against the reference, and keep each answer, right and wrong, that they ask for."""
    from grader.judge.fixtures import RecordingOracle
    from grader.judge.reference import REFERENCE, ReferenceModel
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
                    run_case(test.source, right)
        oracle.save(path)  # the wrong ideas' answers are computed here
    finally:
        cnnchecks.set_oracle(before[0])
        cnnchecks.set_models(before[1])
        cnnchecks.set_data(before[2])


def run_case(test: str, env: Any) -> None:
    scope: dict[str, Any] = {}
    exec(compile(test, "public case", "exec"), scope)
    (function,) = [value for name, value in scope.items() if name.startswith("test")]
    try:
        function(env)
    except cnnchecks.CheckFailed as failed:
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
