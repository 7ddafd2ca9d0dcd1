"""Play Gradescope: build a zip as it does, grade submissions as it does, and see what it would show.

    with build(Path("dist/a3_numpy_convnet-autograder.zip")) as built:
        run = built.run(Path("work.ipynb"))

Gradescope unpacks the zip to /autograder/source, copies run_autograder beside it and runs setup.sh once, as root. Each
submission then gets a fresh container with its files in /autograder/submission and what is known of it in
/autograder/submission_metadata.json; what stands in /autograder/results/results.json at the end is what counts.
"""

from __future__ import annotations

import json
import math
import os
import shlex
import shutil
import subprocess
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.gradescope import meter
from grader.gradescope.debian import clean_debian, why_not_clean
from grader.gradescope.meter import Limits
from grader.gradescope.places import Place, Step, beside, folder
from grader.gradescope.releases import RELEASES, USUAL, Release
from grader.gradescope.schema import validate
from grader.grading.autograder import AutograderError

SETUP = 'bash "$PWD/source/setup.sh"'
RUN = "./run_autograder"
TOGETHER = """\
import os
from pathlib import Path
from grader.gradescope.results import write_results
from grader.grading import autograder, batch
os.umask(0o077)
batch.grade_all([Path("submission")], autograder.read(Path("source")), Path("results"), also=[write_results])
"""
BUILDING = Limits(megabytes=math.inf, minutes=40, cpus=math.inf)
MAX_UNPACKED = 2**30  # bytes of an uploaded zip
SAID = 1_000_000  # characters of what a run prints that are kept
METADATA: dict[str, Any] = {  # a submission in time, alone, its author's first
    "id": 1,
    "created_at": "2026-01-05T12:00:00.000000-08:00",
    "assignment": {
        "id": 1,
        "course_id": 1,
        "title": "Assignment",
        "release_date": "2026-01-01T00:00:00.000000-08:00",
        "due_date": "2026-01-10T23:59:00.000000-08:00",
        "late_due_date": None,
        "group_size": None,
        "group_submission": False,
        "total_points": "100.0",
    },
    "submission_method": "upload",
    "users": [{"id": 1, "name": "Ada Example", "email": "ada@example.com"}],
    "previous_submissions": [],
}


class BuildFailed(Exception):
    """setup.sh failed: Gradescope would show what it said, and take no submissions."""

    def __init__(self, why: str, said: str):
        super().__init__(why)
        self.said = said


@dataclass(frozen=True)
class Run:
    """One submission, graded once. `results` is None where Gradescope would say that the autograder failed."""

    results: dict[str, Any] | None
    problems: tuple[str, ...]  # what keeps results.json from being a valid one
    seconds: float
    megabytes: float
    stdout: str
    ended: str  # what ended it; empty where it came to its own end
    held: bool  # to its part of the processors: that takes a cgroup

    @property
    def score(self) -> float | None:
        """As Gradescope counts it: the total that is said, else the tests' sum.

        >>> Run({"tests": [{"score": 2.0}, {"score": 0.5}, {}]}, (), 1.0, 80.0, "", "", True).score
        2.5
        """
        if self.results is None or self.problems:
            return None
        tests = self.results.get("tests", [])
        return float(self.results.get("score", sum(test.get("score", 0) for test in tests)))


@dataclass(frozen=True)
class Built:
    """A zip whose setup.sh has run: an image, from which each submission gets a container of its own."""

    place: Place
    zip_bytes: int
    seconds: float
    megabytes: float  # of disk, that setup.sh has filled
    said: str

    def run(
        self,
        submission: Path,
        metadata: Mapping[str, Any] | None = None,
        limits: Limits = Limits(),  # noqa: B008  (frozen)
        kill_after: float = math.inf,
    ) -> Run:
        """Grade a notebook, a zip or a folder; `metadata` has what differs from `METADATA`. After `kill_after` seconds all is
        killed, as a container is that its host ends."""
        with self.place.fresh() as layer:
            autograder = layer / "autograder"
            folder(autograder / "results")
            lay_submission(submission, folder(autograder / "submission"))
            known = json.dumps({**METADATA, **(metadata or {})}, indent=2)
            (autograder / "submission_metadata.json").write_text(known, encoding="utf-8")
            watched, held, said = _call(
                self.place, layer, Step(RUN, megabytes=limits.megabytes), limits, kill_after
            )
            results, problems = read_results(layer.resolve() / "autograder" / "results" / "results.json")
        return Run(results, problems, watched.seconds, watched.megabytes, said, watched.ended, held)

    def grade_class(self, submissions: Path, first: str = "") -> tuple[dict[str, dict[str, Any]], str]:
        """{name: its results.json} of a folder of submissions, graded side by side in one container, as `kerasnets grade`
        does, without Gradescope's limits; and what was said. `first` is Python that is run there before."""
        with self.place.fresh() as layer:
            autograder = layer / "autograder"
            lay_submission(submissions, folder(autograder / "submission"))
            python = '"${KERASNETS_PREFIX:-/opt/kerasnets}/bin/python" -I -c'
            script = f"{python} {shlex.quote(first)}\n{python} {shlex.quote(TOGETHER)}"
            _, _, said = _call(self.place, layer, Step(script), BUILDING)
            found = sorted((autograder / "results").glob("*/results.json"))
            return {path.parent.name: json.loads(path.read_bytes()) for path in found}, said


@contextmanager
def build(
    zipped: Path,
    cache: Path | None = None,
    venv: bool = False,
    with_settings: bool = False,
    release: Release = RELEASES[USUAL],
) -> Iterator[Built]:
    """Build a zip in a clean Debian or Ubuntu, or where that can't be (or `venv` says so) beside it.

    Raises `AutograderError` for what is no such zip, `BuildFailed`, and `CleanRootError`.
    """
    check_zip(zipped)
    cache = cache or default_cache()
    why = "as asked" if venv else why_not_clean(cache, release)
    where = beside(release, with_settings, why) if why else clean_debian(cache, with_settings, release)
    with where as place:
        yield _set_up(zipped, place)


def default_cache() -> Path:
    """Where the pristine tree is kept."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kerasnets" / "gradescope"


def _set_up(zipped: Path, place: Place) -> Built:
    with place.image() as layer:
        autograder = folder(layer / "autograder")
        unpack(zipped, folder(autograder / "source"))
        shutil.copy(autograder / "source" / "run_autograder", autograder)
        (autograder / "run_autograder").chmod(0o755)
        before = disk(place.scratch)
        watched, _, said = _call(place, layer, Step(f"{SETUP} && {place.tidy}", building=True), BUILDING)
    if watched.ended or watched.code:
        raise BuildFailed(watched.ended or f"setup.sh ended with {watched.code}", said)
    filled = (disk(place.scratch) - before) / 2**20
    return Built(place, zipped.stat().st_size, watched.seconds, filled, said)


def _call(
    place: Place, layer: Path, step: Step, limits: Limits, kill_after: float = math.inf
) -> tuple[meter.Watched, bool, str]:
    """Take a step in a container until its end: what was seen, were the processors held, the beginning of what it said."""
    log = place.scratch / "said.txt"
    with meter.processors(limits.cpus) as cgroup:
        process = place.start(layer, step, log, cgroup)
        watched = meter.watch(process, limits, kill_after)
    with open(log, encoding="utf-8", errors="replace") as file:
        return watched, cgroup is not None, file.read(SAID)


# ------------------------------------------------------------------------------------------- what is laid out


def check_zip(path: Path) -> None:
    """Raises `AutograderError` for what Gradescope couldn't build."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except FileNotFoundError:
        raise AutograderError(f"{path} isn't there; make it with: kerasnets build") from None
    except (OSError, zipfile.BadZipFile) as error:
        raise AutograderError(f"{path} can't be read as a zip: {error}") from None
    for name in ("setup.sh", "run_autograder"):
        if name not in names:
            deeper = next((found for found in sorted(names) if found.endswith(f"/{name}")), "")
            hint = f"; it is in there as {deeper}: zip the files, not their folder" if deeper else ""
            raise AutograderError(f"{path} has no {name} at its root{hint}")


def unpack(path: Path, into: Path) -> None:
    """A zip's files, with the rights to be executed that it gives them."""
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            there = Path(archive.extract(member, into))
            there.chmod(0o755 if member.is_dir() or member.external_attr >> 16 & 0o111 else 0o644)


def lay_submission(submission: Path, into: Path) -> None:
    """What a student handed in, as Gradescope lays it out: a zip is unpacked, where it can be. Raises `AutograderError`."""
    if submission.is_dir():
        shutil.copytree(submission, into, symlinks=True, dirs_exist_ok=True)
    elif not submission.is_file():
        raise AutograderError(f"there is no {submission}")
    elif zipfile.is_zipfile(submission) and _is_whole(submission):
        unpack(submission, into)
    else:
        shutil.copy(submission, into)


def _is_whole(path: Path) -> bool:
    with zipfile.ZipFile(path) as archive:
        if sum(member.file_size for member in archive.infolist()) > MAX_UNPACKED:
            raise AutograderError(f"{path} holds more than {MAX_UNPACKED // 2**20} MB")
        try:
            return archive.testzip() is None
        # it is encrypted, or packed in a way that Python doesn't know
        except (RuntimeError, NotImplementedError, EOFError, zlib.error):
            return False


def read_results(path: Path) -> tuple[dict[str, Any] | None, tuple[str, ...]]:
    """What Gradescope would read, and what is wrong with it. A link is none of ours: it isn't followed."""
    if path.resolve() != path or not path.is_file():
        return None, ("there is no results.json: Gradescope would say that the autograder failed",)
    try:
        results = json.loads(path.read_bytes())
    except ValueError as error:
        return None, (f"results.json is not JSON: {error}",)
    problems = tuple(validate(results))
    return (results if isinstance(results, dict) else None), problems


def disk(path: Path) -> int:
    """Bytes that a folder takes of the disk, as `du` counts them.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place:
    ...     _ = (Path(place) / "a").write_bytes(bytes(10_000))
    ...     disk(Path(place)) >= 10_000
    True
    """
    done = subprocess.run(["du", "-sk", path], capture_output=True, text=True, check=False)
    return int(done.stdout.split()[0]) * 1024 if done.stdout else 0
