"""The judge's end of the sandbox: start a zygote, have it fork workers and evaluators, end them for good."""

import itertools
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from grader.sandbox import zygote as protocol
from grader.sandbox.limits import LINUX, ConfinementError, Limits
from grader.sandbox.wire import Channel

START_SECONDS = 120  # the zygote's imports, on a slow and busy machine
_CLOCK_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Child:
    """One forked process and what it takes to talk to it, to time it and to end it."""

    pid: int
    uid: int | None
    scratch: Path
    channel: Channel
    defences: dict[str, str] = field(default_factory=dict)

    def cpu_seconds(self) -> float:
        """CPU time of the process and of its finished children. Where /proc is missing: 0, so that the wall cap decides."""
        try:
            fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return 0.0
        return sum(int(ticks) for ticks in fields[11:15]) / _CLOCK_TICKS

    def end(self) -> None:
        """Kill the process, its session, and whatever else runs as its user, until nothing does. Remove its scratch."""
        self.channel.close()
        for end in (os.killpg, os.kill):
            with suppress(ProcessLookupError, PermissionError):
                end(self.pid, signal.SIGKILL)
        if self.uid is not None:
            _reap_user(self.uid)
        shutil.rmtree(self.scratch, ignore_errors=True)


def _reap_user(uid: int, seconds: float = 10.0) -> None:
    """Kill every process of `uid` until none is left. Raises `ConfinementError` when one can't be ended."""
    until = time.monotonic() + seconds
    while pids := _processes_of(uid):
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if time.monotonic() > until:
            raise ConfinementError(f"processes of the worker's user {uid} would not end: {pids}")
        time.sleep(0.002)


def _processes_of(uid: int) -> list[int]:
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            with suppress(OSError):
                if os.stat(f"/proc/{name}").st_uid == uid and not _is_zombie(name):
                    found.append(int(name))
    return found


def _is_zombie(pid: str) -> bool:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"


class Zygote:
    """A running zygote. Use it as a context manager; `fork` may be called from several threads."""

    def __init__(self, backend: str, spawn: bool = not LINUX):
        ours, theirs = socket.socketpair()
        self.backend, self._control, self._lock = backend, ours, threading.Lock()
        self._uids = itertools.count()
        self._root = Path(tempfile.mkdtemp(prefix="kerasnets-"))
        self._root.chmod(0o711)  # workers pass through, nobody lists
        command = [
            sys.executable,
            "-m",
            "grader.sandbox.zygote",
            backend,
            str(theirs.fileno()),
            *(["--spawn"] if spawn else []),
        ]
        self._process = subprocess.Popen(
            command,
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        theirs.close()
        ours.settimeout(START_SECONDS)
        try:
            self._ready, _ = protocol.receive_request(ours)
        except (EOFError, TimeoutError, OSError):
            self._process.kill()
            words = (
                (self._process.stderr.read() if self._process.stderr else b"")
                .decode(errors="replace")
                .strip()
            )
            self.close()
            raise ConfinementError(
                "the sandbox did not start: " + (words.splitlines() or ["it said nothing"])[-1]
            ) from None

    def __enter__(self) -> "Zygote":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._control.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(10)
        self._process.kill()
        shutil.rmtree(self._root, ignore_errors=True)

    def fork(
        self,
        role: str,
        files: dict[str, bytes] | None = None,
        questions: dict[str, list[str]] | None = None,
        forbidden: tuple[str, ...] = (),
        limits: Limits | None = None,
        tick: Callable[[], None] = lambda: None,
    ) -> Child:
        """A confined child with `files` in its home. Raises `ConfinementError` if a defence doesn't hold."""
        ours, theirs = socket.socketpair()
        with self._lock:
            uid = _fresh_uid(next(self._uids))
        scratch = self._make_scratch(files or {}, uid)
        plan = {
            "uid": uid,
            "scratch": str(scratch),
            "readable": self._ready["readable"],
            "listable": self._ready["listable"],
            "limits": asdict(limits or Limits()),
        }
        request = {"role": role, "plan": plan, "questions": questions or {}, "forbidden": list(forbidden)}
        with self._lock:
            protocol.send_request(self._control, request, theirs.fileno())
            reply, _ = protocol.receive_request(self._control)
        theirs.close()
        child = Child(reply["pid"], uid, scratch, Channel(ours, tick))
        try:
            words = child.channel.receive()
        except EOFError:
            words = {"refused": "the process ended before it could be confined"}
        if "defences" not in words:
            child.end()
            raise ConfinementError(words.get("refused", "an unknown reason"))
        child.defences = words["defences"]
        return child

    def _make_scratch(self, files: dict[str, bytes], uid: int | None) -> Path:
        scratch = Path(tempfile.mkdtemp(dir=self._root))
        for name, content in files.items():
            (scratch / name).write_bytes(content)
        if uid is not None:
            for path in (scratch, *scratch.iterdir()):
                os.chown(path, uid, uid)
        return scratch


def _fresh_uid(number: int) -> int | None:
    """A user id that nobody has: high in the range that this machine (or container) maps. None where we aren't root."""
    if os.geteuid() != 0:
        return None
    top = _highest_uid()
    if top > 2**30:
        return 2**29 + (os.getpid() % 2**16) * 2**12 + number % 2**12
    return top - 2 - (os.getpid() * 61 + number) % (top // 2)


def _highest_uid() -> int:
    try:
        first, _, count = Path("/proc/self/uid_map").read_text().split("\n")[0].split()
    except (OSError, ValueError):
        return 2**31
    return int(first) + int(count) - 1
