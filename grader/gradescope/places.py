"""Where a zip is built and submissions are graded: a clean Debian 12 of its own, or a folder and a virtual environment.

The clean one is a debootstrap tree with its own mounts and processes, and with the rights that Docker gives to root. All of
it ends with its first process, so that neither an error nor Ctrl-C leaves a mount or a process behind. What a build or a run
writes lies in a folder of its own (overlayfs; where that doesn't work, the folder is a copy).
"""

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

from grader.gradescope.settings import Settings, as_here

RELEASE = "bookworm"
NEEDED = "debootstrap", "unshare", "setpriv", "pivot_root", "chroot"
ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "LANG": "C.UTF-8",
    "DEBIAN_FRONTEND": "noninteractive",
}
CAPABILITIES = (  # of root in a container that Docker starts without options
    "chown dac_override fowner fsetid kill setgid setuid setpcap "
    "net_bind_service net_raw sys_chroot mknod audit_write setfcap"
)
_PR_SET_CHILD_SUBREAPER = 36

JOIN = '[ -z "$CGROUP" ] || echo $$ > "$CGROUP/cgroup.procs"\n'
ENTER = f"""\
set -eu
{JOIN}
if [ -n "$LAYERS" ]; then mount -t overlay overlay -o "$LAYERS" "$ROOT"; else mount --bind "$ROOT" "$ROOT"; fi
cd "$ROOT"
mount -t proc proc proc
mount --bind proc/sys proc/sys
mount -o remount,bind,ro proc/sys
mount -t sysfs -o ro sysfs sys
if [ -d sys/fs/cgroup ]; then
    mount -t tmpfs -o mode=755,size=64k cgroup sys/fs/cgroup
    echo "$MEMORY" > sys/fs/cgroup/memory.max
    mount -o remount,ro sys/fs/cgroup
fi
mount -t tmpfs -o mode=755,size=64k dev dev
for name in null zero full random urandom; do touch "dev/$name"; mount --bind "/dev/$name" "dev/$name"; done
for link in fd:/proc/self/fd stdin:fd/0 stdout:fd/1 stderr:fd/2 ptmx:pts/ptmx; do ln -s "${{link#*:}}" "dev/${{link%%:*}}"; done
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666,mode=0620 devpts dev/pts
mount -t tmpfs -o mode=1777,nosuid,nodev,size=64m shm dev/shm
echo "$FOLDERS" | while read -r folder; do
    [ -n "$folder" ] || continue
    mkdir -p ".$folder"
    mount --bind "$folder" ".$folder"
    mount -o remount,bind,ro ".$folder"
done
pivot_root . mnt
exec chroot . sh -c 'umount -l /mnt; exec "$@"' enter "$@"
"""  # `mnt` holds this machine's files for the moment between the last two lines
BESIDE = f'set -eu\n{JOIN}exec "$@"'


class CleanRootError(Exception):
    """A clean Debian can't be made here: why, and what would help."""


@dataclass(frozen=True)
class Step:
    """What is run. A build sees the network and this machine's settings, a run neither, and finds its limit of memory."""

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
class CleanDebian:
    """Layers of a debootstrap tree. Only root can start one."""

    scratch: Path
    base: Path
    overlay: bool
    settings: Settings

    words = "in a clean Debian 12 (Ubuntu, which Gradescope takes by default, is untried)"
    tidy = "apt-get clean && rm -rf /var/lib/apt/lists/* /tmp/* /var/tmp/*"  # as Gradescope's own images end

    @contextmanager
    def image(self) -> Iterator[Path]:
        layer = self._over(self.base, "image")
        _lay_names(layer)
        with _laid(layer, self.settings):
            yield layer

    @contextmanager
    def fresh(self) -> Iterator[Path]:
        layer = self._over(self.scratch / "image", "run")
        _lay_names(layer)
        try:
            yield layer
        finally:
            shutil.rmtree(layer)
            shutil.rmtree(self._work(layer), ignore_errors=True)

    def _over(self, below: Path, name: str) -> Path:
        layer = self.scratch / name
        if self.overlay:
            return folder(layer)
        subprocess.run(["cp", "-a", "--reflink=auto", below, layer], check=True)
        return layer

    def _work(self, layer: Path) -> Path:
        return layer.with_name(f"{layer.name}.work")

    def _layers(self, layer: Path) -> str:
        """The options of an overlay with `layer` on top."""
        image = self.scratch / "image"
        under = [self.base] if layer == image else [image, self.base]
        return f"lowerdir={':'.join(map(str, under))},upperdir={layer},workdir={folder(self._work(layer))}"

    def start(self, layer: Path, step: Step, log: Path, cgroup: Path | None) -> subprocess.Popen[bytes]:
        settings = self.settings if step.building else Settings()
        outside = {
            "ROOT": str(folder(self.scratch / "root") if self.overlay else layer),
            "LAYERS": self._layers(layer) if self.overlay else "",
            "MEMORY": "max" if math.isinf(step.megabytes) else str(round(step.megabytes * 2**20)),
            "FOLDERS": "\n".join(settings.folders),
        }
        namespaces = ["--mount", "--pid", "--ipc", *([] if step.building else ["--net"])]
        command = [
            *("setpriv", "--pdeathsig", "KILL", "unshare", *namespaces, "--fork", "--kill-child"),
            *("sh", "-c", ENTER, "enter", "setpriv", "--inh-caps", "-all", "--bounding-set"),
            ",".join(["-all", *(f"+{name}" for name in CAPABILITIES.split())]),
            *clean({"HOME": "/root", **settings.environment}, f"cd /autograder\n{step.script}"),
        ]
        return _popen(command, {**ENVIRONMENT, **outside}, log, cgroup)


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
        with _laid(layer, self.settings):
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
        command = [
            "sh",
            "-c",
            BESIDE,
            "enter",
            *clean(environment, f'cd "$KERASNETS_AUTOGRADER"\n{step.script}'),
        ]
        return _popen(command, ENVIRONMENT, log, cgroup, adopting=sys.platform == "linux")


def clean(environment: Mapping[str, str], script: str) -> list[str]:
    """The command that runs a script with this environment and nothing of the caller's. `sh` stays, as the first process."""
    pairs = [f"{name}={value}" for name, value in {**ENVIRONMENT, **environment}.items()]
    return ["env", "-i", *pairs, "sh", "-c", f"{script}\nexit $?"]


def _popen(
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
def _laid(layer: Path, settings: Settings) -> Iterator[None]:
    for path, content in settings.files.items():
        _lay(layer, path, content)
    try:
        yield
    finally:
        for path in settings.files:
            (layer / path.lstrip("/")).unlink(missing_ok=True)


def _lay_names(layer: Path) -> None:
    """What Docker gives each container: its own name, and who knows the others'."""
    _lay(layer, "/etc/hosts", b"127.0.0.1 localhost\n")
    resolver = Path("/etc/resolv.conf")
    if resolver.is_file():
        _lay(layer, str(resolver), resolver.read_bytes())


def _lay(layer: Path, path: str, content: bytes) -> None:
    """A file of the container, by the path that it has there."""
    place = layer / path.lstrip("/")
    folder(place.parent)
    place.write_bytes(content)
    place.chmod(0o644)


# ------------------------------------------------------------------------------------------------ making one


def why_not_clean(cache: Path) -> str:
    """What keeps this machine from making a clean Debian; nothing where it can."""
    if sys.platform != "linux":
        return "it takes Linux"
    if os.geteuid() != 0:
        return "it takes root"
    needed = NEEDED[1:] if (cache / RELEASE).is_dir() else NEEDED
    missing = [name for name in needed if shutil.which(name, path=ENVIRONMENT["PATH"]) is None]
    if missing:
        return f"{missing[0]} isn't installed (on Debian and Ubuntu: apt-get install debootstrap)"
    if not _works(["true"]):
        return "this root may not make namespaces (a container's, probably)"
    return ""


def _works(command: list[str]) -> bool:
    """Does it, as root of a mount and a process namespace?"""
    unshared = ["unshare", "--mount", "--pid", "--fork", *command]
    return subprocess.run(unshared, capture_output=True, check=False).returncode == 0


@contextmanager
def clean_debian(cache: Path, with_settings: bool) -> Iterator[CleanDebian]:
    """A container over the pristine tree in `cache`, which is made first where it is missing. Raises `CleanRootError`."""
    cache = folder(cache.resolve())
    base = _pristine(cache)
    with _scratch(cache) as scratch:
        settings = as_here(RELEASE) if with_settings else Settings()
        yield CleanDebian(scratch, base, _overlay_works(scratch, base), settings)


@contextmanager
def beside(with_settings: bool, why: str) -> Iterator[Scratch]:
    """A container that is none: folders, whose programs see this machine. `why` says why it had to be."""
    with _scratch(None) as scratch:
        settings = as_here(RELEASE, str(scratch / "image")) if with_settings else Settings()
        yield Scratch(scratch, settings, f"in a scratch folder with a virtual environment: {why}")


@contextmanager
def _scratch(place: Path | None) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="gradescope-", dir=place) as scratch:
        os.chmod(scratch, 0o755)
        yield Path(scratch).resolve()


def _pristine(cache: Path) -> Path:
    """Debian's smallest tree, made once: half a minute. Whoever wants another mirror puts one there beforehand."""
    base = cache / RELEASE
    if base.is_dir():
        return base
    with _scratch(cache) as scratch:
        tree, log = scratch / RELEASE, scratch / "debootstrap.txt"
        with open(log, "wb") as out:
            command = ["debootstrap", "--variant=minbase", RELEASE, str(tree)]
            code = subprocess.run(command, stdout=out, stderr=subprocess.STDOUT, check=False).returncode
        if code:
            last = " / ".join(log.read_text(errors="replace").strip().splitlines()[-3:])
            raise CleanRootError(f"debootstrap {RELEASE} ended with {code}: {last}")
        (tree / "etc" / "hostname").unlink(missing_ok=True)  # this machine's, as is resolv.conf
        (tree / "etc" / "resolv.conf").unlink(missing_ok=True)
        tree.rename(base)
    return base


def _overlay_works(scratch: Path, base: Path) -> bool:
    parts = [scratch / f"probe.{part}" for part in ("upper", "work", "root")]
    for part in parts:
        part.mkdir()
    upper, work, root = map(str, parts)
    layers = f"lowerdir={base},upperdir={upper},workdir={work}"
    return _works(["mount", "-t", "overlay", "overlay", "-o", layers, root])
