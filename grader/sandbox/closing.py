"""Packages that aren't on a worker's list, closed by their files' modes: what holds where there is no Landlock.

It takes root: a worker is then a user of its own. Gradescope's set-up closes them; elsewhere `within_reach` says what is open.
"""

import glob
import os
import sys
from collections.abc import Iterator
from functools import cache

from grader.sandbox.packages import folders

_OF_OTHERS = (  # packages of other interpreters, and data that Debian installs
    "/usr/lib*/python3*/*-packages", "/usr/local/lib*/python3*/*-packages", "/usr/local/*/lib/python3*/*-packages",
    "/opt/*/lib/python3*/*-packages", "/opt/*/*/lib/python3*/*-packages", "/usr/share/datasets",
)  # fmt: skip
_NO_CODE = (".dist-info", ".egg-info", ".egg-link", ".pth", "__pycache__", ".pyc")


def close(backend: str, others: bool) -> int:
    """Let nobody but their owner read packages that an assignment's list doesn't have; returns how many were closed.

    others: those of other interpreters as well, for a container, in which nobody needs them.
    """
    paths = [*_not_listed(backend), *(_of_others() if others else ())]
    for path in paths:
        os.chmod(path, os.stat(path).st_mode & 0o700)
    return len(paths)


@cache
def within_reach(backend: str) -> tuple[str, ...]:
    """Packages that aren't on the list, and that a worker's user may read all the same."""
    if os.geteuid() != 0:  # a worker is the same user
        return tuple(_not_listed(backend))
    found = [*_not_listed(backend), *_of_others()]
    return tuple(path for path in found if not path.endswith(_NO_CODE) and is_open(path))


def is_open(path: str) -> bool:
    """May any user read what is at `path`, or pass through it to what is below?"""
    path = os.path.realpath(path)
    if not os.stat(path).st_mode & (0o005 if os.path.isdir(path) else 0o004):
        return False
    while path != os.path.dirname(path):
        path = os.path.dirname(path)
        if not os.stat(path).st_mode & 0o001:
            return False
    return True


def _not_listed(backend: str) -> list[str]:
    return [
        path
        for folder in folders(backend)
        if os.path.isdir(folder.path)
        for path in _apart(folder.path, "", folder.parts)
    ]


def _apart(folder: str, inside: str, parts: tuple[str, ...]) -> Iterator[str]:
    """What is in a folder, except its listed parts and the way to them."""
    for name in sorted(os.listdir(os.path.join(folder, inside))):
        part = os.path.join(inside, name)
        if part in parts:
            continue
        if any(listed.startswith(part + os.sep) for listed in parts):
            yield from _apart(folder, part, parts)
        else:
            yield os.path.join(folder, part)


def _of_others() -> list[str]:
    ours = {os.path.realpath(path) for path in sys.path}
    found = [path for pattern in _OF_OTHERS for path in glob.glob(pattern)]
    return [path for path in found if os.path.realpath(path) not in ours and os.listdir(path)]
