"""What a folder of a student's holds, and its end. Looked at by descriptors: a path may be longer than a system call takes.

Whoever owns the folder may work in it meanwhile, so no link is followed, and what can't be looked into counts as too much.
"""

import ctypes
import os
import secrets
import stat
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

MOST_FILES, MOST_BYTES = 5_000, 2**30  # in a scratch folder, and kept open by its process
MOST_FOLDERS_DEEP = 40  # each is a descriptor while it is looked into
REMOVE_TRIES = 10
BLOCK = 512  # bytes; the unit of st_blocks, whatever the file system's own is
# Where everybody may write, if no Landlock is there
OPEN_TO_ALL = ("/tmp", "/var/tmp", "/dev/shm", "/run/lock")
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# Who fills a folder could see by its time of access when it was looked into, and move what is in it
_UNSEEN = _FOLDER | getattr(os, "O_NOATIME", 0)


@dataclass
class Held:
    """Files and bytes, counted until there are too many."""

    files: int = 0
    size: int = 0
    hidden: bool = False  # is there something that can't be looked into?

    @property
    def is_large(self) -> bool:
        return self.hidden or self.files > MOST_FILES or self.size > MOST_BYTES

    def add(self, status: os.stat_result) -> None:
        self.files += 1
        self.size += status.st_blocks * BLOCK


def held_in(folder: Path) -> Held:
    """What is in `folder`, down to `MOST_FOLDERS_DEEP`; nothing, where there is none."""
    held = Held()
    with suppress(FileNotFoundError):
        _walk(os.open(folder, _FOLDER), held, 0)
    return held


def of_user(uid: int | None) -> list[Path]:
    """What a worker's own user has in folders that everybody may write: it is nobody else's, as the user isn't."""
    found = []
    for folder in {*OPEN_TO_ALL, tempfile.gettempdir()} if uid is not None else ():
        with suppress(OSError), os.scandir(folder) as entries:
            for entry in entries:
                with suppress(FileNotFoundError):
                    if entry.stat(follow_symlinks=False).st_uid == uid:
                        found.append(Path(entry.path))
    return found


def remove_of_user(uid: int) -> None:
    """Delete it. To be called when no process of the user is left, who could put a link in its place."""
    for path in of_user(uid):
        if path.is_dir() and not path.is_symlink():
            remove(path)
        else:
            path.unlink(missing_ok=True)


def _walk(descriptor: int, held: Held, depth: int) -> None:
    """Count what is in an open folder, and close it. Files that end meanwhile are none."""
    try:
        with os.scandir(descriptor) as entries:
            for entry in entries:
                if held.is_large:
                    return
                try:
                    status = entry.stat(follow_symlinks=False)
                    held.add(status)
                    if stat.S_ISDIR(status.st_mode):
                        if depth == MOST_FOLDERS_DEEP:
                            held.hidden = True
                            return
                        _walk(_open(entry.name, descriptor), held, depth + 1)
                except (FileNotFoundError, NotADirectoryError):
                    continue
    except OSError:
        held.hidden = True
    finally:
        os.close(descriptor)


def _open(name: str, within: int) -> int:
    try:
        return os.open(name, _UNSEEN, dir_fd=within)
    except PermissionError:  # the flag is the owner's, or root's with all of its powers
        return os.open(name, _FOLDER, dir_fd=within)


def kept_open_by(pid: int, uid: int | None, folder: Path, each: int) -> Held:
    """Deleted files that a process still holds; nothing where we may not look.

    Of those in its memory alone only the names can be seen: each counts as large as a file may be, `each` bytes.
    """
    held, seen = Held(), set()
    with _as_user(uid), suppress(OSError):
        for name in os.listdir(f"/proc/{pid}/fd"):
            with suppress(OSError):
                status = os.stat(f"/proc/{pid}/fd/{name}")
                if stat.S_ISREG(status.st_mode) and status.st_nlink == 0 and status.st_ino not in seen:
                    seen.add(status.st_ino)
                    held.add(status)
        for inode in _mapped(Path(f"/proc/{pid}/maps").read_text(errors="replace"), str(folder)) - seen:
            seen.add(inode)
            held.files, held.size = held.files + 1, held.size + each
    return held


def _mapped(maps: str, folder: str) -> set[int]:
    """Inodes of deleted files of `folder` that are mapped into a process's memory, from its /proc/PID/maps.

    >>> line = "7f00-7f01 rw-s 00000000 08:01 5 "
    >>> _mapped(f"{line} /home/x/a (deleted)\\n{line} /home/x/b\\n{line} /dev/zero (deleted)\\n", "/home/x")
    {5}
    """
    rows = (line.split(maxsplit=5) for line in maps.splitlines() if line.endswith(" (deleted)"))
    return {int(row[4]) for row in rows if len(row) == 6 and row[5].startswith(folder + "/")}


@contextmanager
def _as_user(uid: int | None) -> Iterator[None]:
    """Files are looked at by this thread as `uid` would: /proc says what a process has open to its own user, and to a root
    with a power that containers lack."""
    if uid is None or _libc is None:
        yield
        return
    _libc.setfsgid(uid)
    _libc.setfsuid(uid)
    try:
        yield
    finally:
        _libc.setfsuid(0)
        _libc.setfsgid(0)


def is_large(folder: Path, pid: int, uid: int | None, each: int, elsewhere: bool = False) -> bool:
    """Does a process hold more than `MOST_FILES` or `MOST_BYTES`, in its folder and out of sight? `elsewhere`: or where
    everybody may write."""
    held = held_in(folder)
    for path in of_user(uid) if elsewhere else ():
        with suppress(OSError):
            held.add(path.lstat())
            if path.is_dir() and not path.is_symlink():
                _walk(os.open(path, _FOLDER), held, 0)
    if held.is_large:
        return True
    kept = kept_open_by(pid, uid, folder, each)
    return Held(held.files + kept.files, held.size + kept.size).is_large


def room(folder: Path) -> tuple[int, int]:
    """(bytes, files) for which there is room where `folder` is. A file system that doesn't count files has room for many."""
    free = os.statvfs(folder)
    return free.f_bavail * free.f_frsize, free.f_favail if free.f_files else sys.maxsize


def remove(folder: Path) -> None:
    """Delete `folder`, however deep it is and whatever rights its owner took from it.

    No process is started for it, and no path grows: what lies in a folder of a folder is moved up before it is emptied.
    """
    for _ in range(REMOVE_TRIES):
        try:
            os.chmod(folder, 0o700)
            _empty(os.open(folder, _FOLDER))
            os.rmdir(folder)
        except FileNotFoundError:
            return
        except OSError:  # a process that is being ended has just made another file
            time.sleep(0.01)


def _empty(top: int) -> None:
    """Delete what is in an open folder, and close it."""
    try:
        waiting = os.listdir(top)
        while waiting:
            waiting += _take_apart(waiting.pop(), top)
    finally:
        os.close(top)


def _take_apart(name: str, top: int) -> list[str]:
    """Delete one entry of the open folder `top`. Of a folder the files; its folders become entries of `top`, and are named."""
    moved: list[str] = []
    with suppress(OSError):
        if not stat.S_ISDIR(os.stat(name, dir_fd=top, follow_symlinks=False).st_mode):
            os.unlink(name, dir_fd=top)
            return []
        os.chmod(name, 0o700, dir_fd=top)
        inside = os.open(name, _FOLDER, dir_fd=top)
        try:
            for entry in os.listdir(inside):
                moved += _out_of(inside, entry, top)
        finally:
            os.close(inside)
        os.rmdir(name, dir_fd=top)
    return moved


def _out_of(inside: int, entry: str, top: int) -> list[str]:
    with suppress(OSError):
        try:
            os.unlink(entry, dir_fd=inside)
        # of a folder the one or the other is raised, as the system likes
        except (IsADirectoryError, PermissionError):
            os.chmod(entry, 0o700, dir_fd=inside)
            name = secrets.token_hex(16)
            os.rename(entry, name, src_dir_fd=inside, dst_dir_fd=top)
            return [name]
    return []
