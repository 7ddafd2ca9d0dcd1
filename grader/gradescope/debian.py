"""A clean Debian or Ubuntu to build and grade in: nothing of this machine is in it. It takes root, on Linux.

It is a debootstrap tree with its own mounts and processes, and with the rights that Docker gives to root. All of it ends with
its first process, so that neither an error nor Ctrl-C leaves a mount or a process behind. What a build or a run writes lies in
a folder of its own (overlayfs; where that doesn't work, the folder is a copy).
"""

from __future__ import annotations

import math
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from grader.gradescope.places import (
    ENVIRONMENT,
    JOIN,
    Step,
    clean,
    folder,
    lay,
    lay_settings,
    popen,
    scratch_folder,
)
from grader.gradescope.releases import RELEASES, USUAL, Release
from grader.gradescope.settings import Settings, as_here

NEEDED = "debootstrap", "unshare", "setpriv", "pivot_root"
CAPABILITIES = (  # of root in a container that Docker starts without options
    "chown dac_override fowner fsetid kill setgid setuid setpcap "
    "net_bind_service net_raw sys_chroot mknod audit_write setfcap"
)

ENTER = f"""\
set -eu
{JOIN}
if [ -n "$LAYERS" ]; then mount -t overlay overlay -o "$LAYERS" "$ROOT"; else mount --bind "$ROOT" "$ROOT"; fi
cd "$ROOT"
if command -v ip >/dev/null; then ip link set lo up; fi # Jupyter's kernels talk over it
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
exec chroot . sh -c 'umount -l /mnt && exec "$@"' enter "$@"
"""  # `mnt` holds this machine's files for the moment between the last two lines


class CleanRootError(Exception):
    """A clean container can't be made here: why, and what would help."""


@dataclass(frozen=True)
class CleanDebian:
    """Layers of a debootstrap tree. Only root can start one."""

    scratch: Path
    base: Path
    overlay: bool
    settings: Settings
    release: Release

    tidy = "apt-get clean && rm -rf /var/lib/apt/lists/* /tmp/* /var/tmp/*"  # as Gradescope's own images end

    @property
    def words(self) -> str:
        return f"in a clean {self.release.words}"

    @contextmanager
    def image(self) -> Iterator[Path]:
        layer = self._over(self.base, "image")
        _lay_names(layer)
        with lay_settings(layer, self.settings):
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
        copying = ["cp", "-a", "--reflink=auto", str(below), str(layer)]
        done = subprocess.run(copying, capture_output=True, text=True, check=False)
        if done.returncode:
            raise CleanRootError(f"{below} can't be copied: {done.stderr.strip()[-300:]}")
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
        return popen(command, {**ENVIRONMENT, **outside}, log, cgroup)


def _lay_names(layer: Path) -> None:
    """What Docker gives each container: its own name, and who knows the others'."""
    lay(layer, "/etc/hosts", b"127.0.0.1 localhost\n")
    resolver = Path("/etc/resolv.conf")
    if resolver.is_file():
        lay(layer, str(resolver), resolver.read_bytes())


# ------------------------------------------------------------------------------------------------ making one


def why_not_clean(cache: Path, release: Release = RELEASES[USUAL]) -> str:
    """What keeps this machine from making a clean container; nothing where it can."""
    if sys.platform != "linux":
        return "that takes Linux"
    if os.geteuid() != 0:
        return "that takes root"
    needed = NEEDED[1:] if (cache / release.name).is_dir() else NEEDED
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
def clean_debian(
    cache: Path, with_settings: bool, release: Release = RELEASES[USUAL]
) -> Iterator[CleanDebian]:
    """A container over the pristine tree in `cache`, which is made first where it is missing. Raises `CleanRootError`."""
    cache = folder(cache.resolve())
    base = _pristine(cache, release)
    with scratch_folder(cache) as scratch:
        settings = as_here(release) if with_settings else Settings()
        yield CleanDebian(scratch, base, _overlay_works(scratch, base), settings, release)


def _pristine(cache: Path, release: Release) -> Path:
    """The release's smallest tree, made once, in half a minute. Who wants another mirror's puts one there beforehand."""
    base = cache / release.name
    if base.is_dir():
        return base
    with scratch_folder(cache) as scratch:
        tree, log = scratch / release.name, scratch / "debootstrap.txt"
        with open(log, "wb") as out:
            command = release.debootstrap(str(tree))
            code = subprocess.run(command, stdout=out, stderr=subprocess.STDOUT, check=False).returncode
        if code:
            last = " / ".join(log.read_text(errors="replace").strip().splitlines()[-3:])
            raise CleanRootError(f"debootstrap {release.name} ended with {code}: {last}")
        if release.sources:
            (tree / "etc" / "apt" / "sources.list").write_text(release.sources)
        (tree / "etc" / "hostname").unlink(missing_ok=True)  # this machine's, as is resolv.conf
        (tree / "etc" / "resolv.conf").unlink(missing_ok=True)
        with suppress(OSError):  # another try was quicker
            tree.rename(base)
    return base


def _overlay_works(scratch: Path, base: Path) -> bool:
    parts = [scratch / f"probe.{part}" for part in ("upper", "work", "root")]
    for part in parts:
        part.mkdir()
    upper, work, root = map(str, parts)
    layers = f"lowerdir={base},upperdir={upper},workdir={work}"
    return _works(["mount", "-t", "overlay", "overlay", "-o", layers, root])
