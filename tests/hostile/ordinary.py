"""Run the grader as an ordinary user, or as the root of a container, from a test that runs as root.

An interpreter under /root is nothing that another user may enter, so what is needed of it is hard-linked to where all may.
"""

import ctypes
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from grader.sandbox.zygote import _enterable

ROOT = Path(__file__).parents[2]
NOBODY = 65534
DOCKER_KEEPS = {  # the capabilities of a container that is started without options, by their numbers in capabilities(7)
    "chown": 0, "dac_override": 1, "fowner": 3, "fsetid": 4, "kill": 5, "setgid": 6, "setuid": 7, "setpcap": 8,
    "net_bind_service": 10, "net_raw": 13, "sys_chroot": 18, "mknod": 27, "audit_write": 29, "setfcap": 31,
}  # fmt: skip
_PR_CAPBSET_READ, _PR_CAPBSET_DROP = 23, 24


@contextmanager
def interpreter() -> Iterator[tuple[str, dict[str, str]]]:
    """(executable, environment) with which any user can run Python with our packages."""
    with tempfile.TemporaryDirectory(prefix="python-") as temporary:
        folder = Path(temporary)
        folder.chmod(0o755)
        packages = [path for path in sys.path if path.endswith("-packages")]
        places = {
            path: _where_all_may(Path(path), folder) for path in (sys.base_prefix, str(ROOT), *packages)
        }
        name = f"python{sys.version_info.major}.{sys.version_info.minor}"
        path = os.pathsep.join(map(str, (places[str(ROOT)], *(places[path] for path in packages))))
        yield (
            str(places[sys.base_prefix] / "bin" / name),
            {**os.environ, "PYTHONPATH": path, "HOME": "/nonexistent"},
        )


def as_in_docker() -> None:
    """Before an `exec` as root: what is then run is root with Docker's default capabilities, and gets no others back."""
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    for capability in range(64):
        there = prctl(_PR_CAPBSET_READ, capability, 0, 0, 0) == 1
        if there and capability not in DOCKER_KEEPS.values() and prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0):
            raise OSError(ctypes.get_errno(), f"capability {capability} could not be given up")


def _where_all_may(path: Path, folder: Path) -> Path:
    """`path` itself, or a copy of its tree (hard links, where they can be made) below `folder`."""
    if _enterable(str(path)):
        return path
    copy = folder / str(len(list(folder.iterdir())))
    for links in (["-l"], []):
        if subprocess.run(["cp", "-a", *links, path, copy], check=False, capture_output=True).returncode == 0:
            break
        subprocess.run(["rm", "-rf", copy], check=True)
    return copy
