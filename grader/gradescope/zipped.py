"""The files that make Otter's zip ours: how the container is built, what runs there, and the zero to begin with.

Otter's `setup.sh` and `run_autograder` install conda, LaTeX and a browser, and grade without the seal; ours take their places.
The rest of Otter's zip stays, so that `otter run` and Otter's Docker image work with it.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from functools import cache
from pathlib import Path

from grader.course import Assignment, MasterError
from grader.files import zip_bytes
from grader.gradescope import pins
from grader.gradescope import results as gradescope
from grader.grading.autograder import Autograder
from grader.grading.grade import not_graded

HERE = Path(__file__).parent
CLONE = pins.CLONE
# installed without what it needs itself
ALONE: dict[str, tuple[str, ...]] = {"numpy": (), "keras": ("digits",)}
UNFINISHED = "unfinished.json"
FILES, PACKAGES = ("pyproject.toml", "README.md", "LICENSE"), ("kerasnets", "grader")
A_FIXED_DATE = "1767225600"  # 2026-01-01, as in our zips


def files(assignment: Assignment) -> dict[str, bytes]:
    """{name: bytes} of what is added to Otter's zip, or takes the place of Otter's own."""
    name, wheel = kerasnets_wheel()
    asked, _ = pins.LISTS[assignment.backend]
    return {
        "setup.sh": (HERE / "setup.sh").read_bytes(),
        "run_autograder": (HERE / "run_autograder").read_bytes(),
        "requirements.txt": pins.requirements(asked).encode(),
        "requirements.pins": pins.read_pins(assignment.backend).encode(),
        "requirements.otter": pins.read_pins("otter").encode(),
        "requirements.alone": "".join(map(pins.read_pins, ALONE[assignment.backend])).encode(),
        "requirements.uv": pins.read_pins("uv").encode(),
        "requirements.own": f"./{name} --hash=sha256:{hashlib.sha256(wheel).hexdigest()}\n".encode(),
        f"requirements.{name}": wheel,
    }


def unfinished(autograder: Autograder) -> bytes:
    """The results.json that stands until there is another: a zero that says that grading was ended from outside."""
    minutes = autograder.gradescope.minutes
    report = not_graded(
        Path("submission"),
        autograder,
        "Grading began, and was ended from outside before it was done: the container ran out of memory or of time "
        f"({minutes} minutes), or Gradescope stopped it. This zero is no mark.",
        "Hand in the same again. If it happens again, tell your instructor, who can choose a larger container.",
    )
    return json.dumps(
        gradescope.to_results(report, autograder.visibility), indent=2, allow_nan=False
    ).encode()


@cache
def kerasnets_wheel() -> tuple[str, bytes]:
    """(name, bytes) of this package's wheel, built offline from the clone; the same bytes for the same files."""
    missing = [part for part in (*FILES, *PACKAGES) if not (CLONE / part).exists()]
    if missing:
        raise MasterError(f"{CLONE / missing[0]} is missing: build inside a clone of the course")
    with tempfile.TemporaryDirectory() as folder:
        for name in FILES:
            shutil.copy(CLONE / name, folder)
        for name in PACKAGES:
            shutil.copytree(CLONE / name, Path(folder) / name, ignore=shutil.ignore_patterns("__pycache__"))
        command = [
            sys.executable,
            "-P",
            "-c",
            "from setuptools import build_meta; build_meta.build_wheel('dist')",
        ]
        environment = {**os.environ, "SOURCE_DATE_EPOCH": A_FIXED_DATE}
        made = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
        if made.returncode:
            raise MasterError(
                f"the wheel of kerasnets can't be built: {made.stderr.strip().splitlines()[-1]}"
            )
        (path,) = (Path(folder) / "dist").glob("*.whl")
        with zipfile.ZipFile(path) as archive:
            return path.name, zip_bytes({name: archive.read(name) for name in archive.namelist()})
