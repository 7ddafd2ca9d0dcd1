"""Where a zip is built and submissions are graded: what the harness asks of such a place, and the plainest of them, folders."""

from __future__ import annotations

import ctypes
import math
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from grader.gradescope.releases import Release
from grader.gradescope.settings import Settings, as_here

ENVIRONMENT = {  # of a container, with its HOME
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "LANG": "C.UTF-8",
    "DEBIAN_FRONTEND": "noninteractive",
}
_PR_SET_CHILD_SUBREAPER = 36

JOIN = '[ -z "$CGROUP" ] || echo $$ > "$CGROUP/cgroup.procs"\n'
BESIDE = f'set -eu\n{JOIN}exec "$@"'


@dataclass(frozen=True)
class Step:
    """What is run. A build sees network and settings of this machine; a run has loopback alone, and finds its limit of memory."""

    script: str
    building: bool = False
    megabytes: float = math.inf


class Place(Protocol):
    """Where one image is, and the containers that are started from it. A layer is a folder that has its /autograder."""

    @property
    def scratch(self) -> Path: ...

    @property
    def words(self) -> str:
        """Where this is, for whoever reads the results."""

    @property
    def tidy(self) -> str:
        """The command after setup.sh."""

    def image(self) -> AbstractContextManager[Path]:
        """A layer to build in, with this machine's settings, if they were asked for; they are gone afterwards."""

    def fresh(self) -> AbstractContextManager[Path]:
        """A layer over the image's, which stays as it is; gone afterwards."""

    def start(self, layer: Path, step: Step, log: Path, cgroup: Path | None) -> subprocess.Popen[bytes]:
        """The step's script, with /autograder as its folder and all that it prints in `log`."""


@dataclass(frozen=True)
class Scratch:
    """Folders, and the virtual environment that setup.sh makes in them. The machine around it can be seen."""

    scratch: Path
    settings: Settings
    words: str

    tidy = "true"

    @contextmanager
    def image(self) -> Iterator[Path]:
        folder(self.scratch / "home")
        layer = folder(self.scratch / "image")
        with lay_settings(layer, self.settings):
            yield layer

    @contextmanager
    def fresh(self) -> Iterator[Path]:
        layer = folder(self.scratch / "run")
        shutil.copytree(self.scratch / "image" / "autograder", layer / "autograder", symlinks=True)
        try:
            yield layer
        finally:
            shutil.rmtree(layer)

    def start(self, layer: Path, step: Step, log: Path, cgroup: Path | None) -> subprocess.Popen[bytes]:
        environment = {
            "HOME": str(self.scratch / "home"),
            "PIP_CONFIG_FILE": os.devnull,
            "KERASNETS_PREFIX": str(self.scratch / "kerasnets"),
            "KERASNETS_AUTOGRADER": str(layer / "autograder"),
            **(self.settings.environment if step.building else {}),
        }
        script = f'cd "$KERASNETS_AUTOGRADER"\n{step.script}'
        command = ["sh", "-c", BESIDE, "enter", *clean(environment, script)]
        return popen(command, ENVIRONMENT, log, cgroup, adopting=sys.platform == "linux")


def clean(environment: Mapping[str, str], script: str) -> list[str]:
    """The command that runs a script with this environment and nothing of the caller's. `sh` stays, as the first process."""
    pairs = [f"{name}={value}" for name, value in {**ENVIRONMENT, **environment}.items()]
    return ["env", "-i", *pairs, "sh", "-c", f"{script}\nexit $?"]


def popen(
    command: list[str], environment: Mapping[str, str], log: Path, cgroup: Path | None, adopting: bool = False
) -> subprocess.Popen[bytes]:
    with open(log, "wb") as out:
        return subprocess.Popen(
            command,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            env={**environment, "CGROUP": str(cgroup or "")},
            start_new_session=True,  # Ctrl-C is for the harness, which ends it in order
            preexec_fn=_adopt if adopting else None,
        )


def _adopt() -> None:
    """What loses its parent becomes this process's child, so that it is seen, and ended, with it."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def folder(path: Path) -> Path:
    """Made with all above it, for everybody to enter, whatever the umask says."""
    for missing in reversed([one for one in (path, *path.parents) if not one.exists()]):
        missing.mkdir()
        missing.chmod(0o755)
    return path


@contextmanager
def lay_settings(layer: Path, settings: Settings) -> Iterator[None]:
    """The files of this machine's settings stand in a layer, for as long as this lasts."""
    for path, content in settings.files.items():
        lay(layer, path, content)
    try:
        yield
    finally:
        for path in settings.files:
            (layer / path.lstrip("/")).unlink(missing_ok=True)


def lay(layer: Path, path: str, content: bytes) -> None:
    """A file of the container, by the path that it has there."""
    place = layer / path.lstrip("/")
    folder(place.parent)
    place.unlink(missing_ok=True)  # not through a link of the container's
    place.write_bytes(content)
    place.chmod(0o644)


@contextmanager
def beside(release: Release, with_settings: bool, why: str) -> Iterator[Scratch]:
    """A container that is none: folders, whose programs see this machine. `why` says why it had to be."""
    with scratch_folder(None) as scratch:
        settings = as_here(release, str(scratch / "image")) if with_settings else Settings()
        yield Scratch(
            scratch,
            settings,
            f"in a scratch folder with a virtual environment, not in a clean {release.words} ({why})",
        )


@contextmanager
def scratch_folder(place: Path | None) -> Iterator[Path]:
    """One that everybody may enter: who grades a student's work isn't always root."""
    with tempfile.TemporaryDirectory(prefix="gradescope-", dir=place) as scratch:
        os.chmod(scratch, 0o755)
        yield Path(scratch).resolve()
