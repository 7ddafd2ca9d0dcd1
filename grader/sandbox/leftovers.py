"""Nothing of a run stays behind: neither processes nor folders, however it ended.

A grader's folder is locked for as long as its process lives, by the kernel, so that the next grader knows which ones are left
over. A zygote that loses its judge ends its children and removes the folder itself.
"""

import fcntl
import glob
import os
import re
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from grader.sandbox import disk, processes

_NAME = re.compile(r"kerasnets-\w{8}")


def make_folder() -> tuple[Path, int]:
    """A new folder for a run's files, and the descriptor that holds its lock: keep it open as long as the folder is used."""
    made = Path(tempfile.mkdtemp(prefix="new-kerasnets-"))
    lock = _lock(made)
    assert lock is not None, "nobody else knows of it"
    made.chmod(0o711)  # workers pass through, nobody lists
    # by this name the next grader looks for folders without a lock
    return made.rename(made.with_name(made.name.removeprefix("new-"))), lock


def sweep() -> list[Path]:
    """Remove what killed runs of this user left in the folder for temporary files; returns what it was."""
    found = [path for path in Path(tempfile.gettempdir()).iterdir() if _NAME.fullmatch(path.name)]
    return [path for path in found if _swept(path)]


def _swept(path: Path) -> bool:
    """Remove it, if it is ours and no living grader's. Its workers are ended first, if any are left."""
    lock = _lock(path)
    if lock is None:
        return False
    try:
        for user in _users(path):
            processes.reap_user(user)
        disk.remove(path)
    finally:
        os.close(lock)
    return True


def _lock(path: Path) -> int | None:
    """A descriptor that holds the folder's lock; None where it isn't a folder of this user, or another process has it."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        if os.fstat(descriptor).st_uid != os.geteuid():
            raise PermissionError
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


def _users(folder: Path) -> set[int]:
    """Whose the scratch folders in it are: users that were made for one worker each."""
    owners = {entry.stat(follow_symlinks=False).st_uid for entry in os.scandir(folder)}
    return owners - {0, os.geteuid()}


def end_children(spawned: Iterable[subprocess.Popen[bytes]], seconds: float = 10.0) -> None:
    """In a zygote whose judge is gone: end its children, what they left, and the run's folder, in which the zygote stands."""
    for child in spawned:
        child.kill()
    until = time.monotonic() + seconds
    while _has_children() and time.monotonic() < until:
        for pid in _own_children():
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.002)
    folder = Path.cwd()
    for user in _users(folder):
        processes.reap_user(user)
    disk.remove(folder)


def _has_children() -> bool:
    """After those that have ended are put aside: are any left?"""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            continue
        return True
    return False


def _own_children() -> list[int]:
    """Of this process: those that it started, and what these left, which it adopted."""
    found = []
    for path in glob.glob("/proc/[0-9]*/stat"):
        with suppress(OSError):
            fields = Path(path).read_text(errors="replace").rpartition(")")[2].split()
            if int(fields[1]) == os.getpid():
                found.append(int(path.split("/")[2]))
    return found
