"""What a notebook tried that no notebook of this course needs, in a few fixed words.

Python tells its audit hooks of every file opened, process started and socket made, before it does so. The worker keeps
which kinds it was told of and hands them over with its next answer, so that a report can say "tried to open a network
connection". Like everything a worker says it is a claim: silence proves nothing, and no defence depends on it.

Source: PEP 578, and the table of audit events in Python's documentation.
"""

import os
import re
import sys
from collections.abc import Iterable
from typing import Any

NETWORK, PROCESS, SIGNAL, FILE, BELOW = "network", "process", "signal", "file", "below"
KINDS = frozenset({NETWORK, PROCESS, SIGNAL, FILE, BELOW})

_EVENTS = {
    **dict.fromkeys(
        ("socket.__new__", "socket.connect", "socket.bind", "socket.getaddrinfo", "socket.gethostbyname"), NETWORK
    ),
    **dict.fromkeys(
        ("os.fork", "os.forkpty", "os.posix_spawn", "os.exec", "os.system", "pty.spawn", "subprocess.Popen"), PROCESS
    ),
    **dict.fromkeys(("os.kill", "os.killpg"), SIGNAL),
    "open": FILE,
    **dict.fromkeys(("ctypes.dlopen", "gc.get_objects", "gc.get_referrers"), BELOW),
}  # fmt: skip
_NEAR = 6  # frames from the event to the notebook's line, for what libraries do for good reasons
_AF_UNIX = 1


class Watch:
    """Listens from `listen` on; `take` says what it heard since it was last asked."""

    def __init__(self, own: Iterable[str]):
        self._own = tuple(own)  # folders and files that a notebook may open
        self._heard: set[str] = set()

    def listen(self) -> None:
        """From here on, for as long as the process lives: an audit hook can't be taken back."""
        sys.addaudithook(self._hear)

    def take(self) -> list[str]:
        heard, self._heard = sorted(self._heard), set()
        return heard

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        kind = _EVENTS.get(event)
        if kind is not None and kind not in self._heard and self._counts(kind, event, arguments):
            self._heard.add(kind)

    def _counts(self, kind: str, event: str, arguments: tuple[Any, ...]) -> bool:
        match kind:
            case "network":  # a pair of sockets among one's own is what asyncio wakes itself with
                return event != "socket.__new__" or arguments[1] != _AF_UNIX
            case "signal":
                return arguments[0] != os.getpid()
            case "file":
                return self._is_foreign(arguments[0]) and _from_a_cell()
            case "below":
                return _from_a_cell()
        return True

    def _is_foreign(self, path: Any) -> bool:
        if isinstance(path, bytes):
            path = os.fsdecode(path)
        if not isinstance(path, str) or (not path.startswith("/") and ".." not in path):
            return False  # a descriptor, or a file beside the notebook
        return not os.path.abspath(path).startswith(self._own)


def _from_a_cell() -> bool:
    """Was the event caused by a line of the notebook itself, not by a library that it uses?"""
    frame = sys._getframe(3)
    for _ in range(_NEAR):
        if re.fullmatch(r"cell \d+", frame.f_code.co_filename):
            return True
        if frame.f_back is None:
            return False
        frame = frame.f_back
    return False
