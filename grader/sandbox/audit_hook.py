"""What a notebook tried that no notebook of this course needs, in a few fixed words.

Python tells its audit hooks of every file opened, process started and socket made, before it does so. The worker keeps
which kinds it was told of and hands them over at once, and again with its next answer: what is tried may be the end of
the process. So a report can say "asked for a network connection". Like everything a worker says it is a claim: silence
proves nothing, and no defence depends on it.

Source: PEP 578, and the table of audit events in Python's documentation.
"""

import os
import re
import sys
from collections.abc import Callable, Iterable
from typing import Any

NETWORK, PROCESS, SIGNAL, FILE, BELOW = "network", "process", "signal", "file", "below"
KINDS = frozenset({NETWORK, PROCESS, SIGNAL, FILE, BELOW})

_EVENTS = {
    **dict.fromkeys(
        (
            "socket.__new__", "socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo",
            "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo",
        ), NETWORK
    ),
    **dict.fromkeys(
        (
            "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.exec", "os.system", "pty.spawn",
            "subprocess.Popen",
        ), PROCESS
    ),
    **dict.fromkeys(("os.kill", "os.killpg", "fcntl.fcntl", "fcntl.ioctl"), SIGNAL),
    **dict.fromkeys(
        (
            "open", "os.listdir", "os.scandir", "os.truncate", "os.rename", "os.link", "os.symlink", "os.remove",
            "os.mkdir", "os.rmdir", "os.chmod", "os.chown", "os.utime", "os.setxattr", "os.removexattr", "os.listxattr",
            "os.getxattr", "sqlite3.connect",
        ), FILE
    ),
    **dict.fromkeys(
        (
            "ctypes.dlopen", "ctypes.dlsym", "ctypes.dlsym/handle", "ctypes.call_function", "ctypes.cdata",
            "ctypes.cdata/buffer", "ctypes.string_at", "ctypes.PyObj_FromPtr", "gc.get_objects", "gc.get_referrers",
            "sys._current_frames",
        ), BELOW
    ),
}  # fmt: skip
# Functions of the C library that do what the events are about, and come without one
_SYMBOLS = {
    **dict.fromkeys(("socket", "connect", "bind", "getaddrinfo", "gethostbyname"), NETWORK),
    **dict.fromkeys(
        (
            "fork", "vfork", "clone", "system", "popen", "posix_spawn", "posix_spawnp",
            "execv", "execve", "execvp", "execvpe", "execl", "execle", "execlp", "execveat", "fexecve",
        ), PROCESS
    ),
    **dict.fromkeys(("kill", "killpg", "tkill", "tgkill", "sigqueue", "pidfd_send_signal"), SIGNAL),
}  # fmt: skip
# Commands of fcntl and ioctl that have the kernel send a signal: F_SETOWN, F_SETSIG, F_SETOWN_EX, F_SETLEASE, F_NOTIFY,
# FIOSETOWN, SIOCSPGRP
_SENDS_A_SIGNAL = frozenset({8, 10, 15, 1024, 1026, 0x8901, 0x8902})
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_READS_ONLY = frozenset({"os.listdir", "os.scandir", "os.getxattr", "os.listxattr"})
_TWO_PATHS = frozenset({"os.rename", "os.link", "os.symlink"})
_NEAR = 6  # frames from the event to the notebook's line, for what libraries do for good reasons
_AF_UNIX = 1


class Watch:
    """Listens from `listen` on; `take` says what it heard since it was last asked."""

    def __init__(
        self,
        own: Iterable[str],
        writable: Iterable[str] = (),
        tell: Callable[[str], None] = lambda kind: None,
    ):
        self._own = tuple(own)  # folders and files that a notebook may open
        self._writable = tuple(writable) or self._own  # those of them that it may change
        self._tell, self._pid = tell, os.getpid()
        self._heard: set[str] = set()

    def listen(self) -> None:
        """From here on, for as long as the process lives: an audit hook can't be taken back."""
        sys.addaudithook(self._hear)

    def take(self) -> list[str]:
        heard, self._heard = sorted(self._heard), set()
        return heard

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        kind = _EVENTS.get(event)
        if kind is None:
            return
        if event == "ctypes.dlsym" and _from_a_cell(2):  # a function of the C library by its name
            self._keep(_SYMBOLS.get(arguments[1], BELOW))
        if kind not in self._heard and self._counts(kind, event, arguments):
            self._keep(kind)

    def _keep(self, kind: str) -> None:
        if kind not in self._heard and os.getpid() == self._pid:  # a child of its would talk into its channel
            self._heard.add(kind)
            self._tell(kind)

    def _counts(self, kind: str, event: str, arguments: tuple[Any, ...]) -> bool:
        match kind:
            case "network" if event == "socket.__new__":
                # a pair of sockets among one's own is what asyncio wakes itself with
                return arguments[1] != _AF_UNIX
            case "network" if event in ("socket.sendto", "socket.sendmsg"):
                return arguments[0].family != _AF_UNIX
            case "signal" if event.startswith("fcntl."):
                return int(arguments[1]) & 0xFFFFFFFF in _SENDS_A_SIGNAL
            case "signal":
                return arguments[0] != os.getpid()
            case "file":
                return self._is_outside(event, arguments) and _from_a_cell()
            case "below":
                return _from_a_cell()
        return True

    def _is_outside(self, event: str, arguments: tuple[Any, ...]) -> bool:
        if event == "open":
            flags = arguments[2] if len(arguments) > 2 and isinstance(arguments[2], int) else 0
            places = self._writable if flags & _WRITES else self._own
        else:
            places = self._own if event in _READS_ONLY else self._writable
        paths = arguments[:2] if event in _TWO_PATHS else arguments[:1]
        return any(_is_foreign(path, places) for path in paths)


def _is_foreign(path: Any, places: tuple[str, ...]) -> bool:
    if isinstance(path, bytes):
        path = os.fsdecode(path)
    if not isinstance(path, str) or (not path.startswith("/") and ".." not in path):
        return False  # a descriptor, or a file beside the notebook
    return not os.path.abspath(path).startswith(places)


def _from_a_cell(behind: int = 3) -> bool:
    """Was the event caused by a line of the notebook itself, not by a library that it uses?"""
    frame = sys._getframe(behind)  # this one, `_counts` and `_hear`
    for _ in range(_NEAR):
        if re.fullmatch(r"cell \d+", frame.f_code.co_filename):
            return True
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return False  # an import, which looks for packages and keeps them compiled
        if frame.f_back is None:
            return False
        frame = frame.f_back
    return False
