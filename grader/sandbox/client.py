"""The judge's end of the sandbox: start a zygote, have it fork workers and evaluators, end them for good."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from grader.sandbox import defences, disk, leftovers, processes
from grader.sandbox import zygote as protocol
from grader.sandbox.defences import Defence
from grader.sandbox.limits import LINUX, ConfinementError, Limits
from grader.sandbox.wire import Channel, WireError

START_SECONDS = 120  # the zygote's imports, on a slow and busy machine
FORK_SECONDS = 30  # how long a full machine is given to empty again
# a child that is gone before it was confined is made anew: the machine may have run out of memory
FORK_TRIES = 3
MOST_THREADS = 64 + 4 * (os.cpu_count() or 1)  # of one child; TensorFlow starts some for each processor
# what must stay free on the disk, unless it had less from the start
LEAST_BYTES, LEAST_FILES = 2**28, 10_000
_CLOCK_TICKS = os.sysconf("SC_CLK_TCK")
_PASSED_ON = ("LANG", "PYTHONHOME", "KERAS_BACKEND")
_LISTS_OF_FOLDERS = ("PATH", "LD_LIBRARY_PATH", "PYTHONPATH")
_SYSTEM = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}  # for the programs that we start ourselves


def _environment() -> dict[str, str]:
    """The zygote's: its forks can read it, so of ours it has no more than Python needs, and no token."""
    passed_on = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    lists = {name: _absolute(os.environ[name]) for name in _LISTS_OF_FOLDERS if name in os.environ}
    return passed_on | {name: folders for name, folders in lists.items() if folders} | protocol.ENVIRONMENT


def _absolute(folders: str) -> str:
    """A list of folders without those that are meant from the current one, as an empty entry is.

    >>> _absolute(":/opt/course:lib::.")
    '/opt/course'
    """
    return os.pathsep.join(folder for folder in folders.split(os.pathsep) if os.path.isabs(folder))


class NoRoom(BaseException):
    """The machine's disk or its list of processes is full, which is no notebook's mistake, or not for sure this one's.

    No Exception, as `ConfinementError` is none: what forgives an error of a check must not take it for one.
    """


@dataclass
class Child:
    """One forked process and what it takes to talk to it, to time it and to end it."""

    pid: int
    uid: int | None
    scratch: Path
    channel: Channel
    defences: tuple[Defence, ...] = ()
    least_room: tuple[int, int] = (0, 0)  # bytes and files on the disk of its folder
    _next_look: float = 0.0
    _full: bool = False

    def cpu_seconds(self) -> float:
        """CPU time of the process and of its finished children. Where /proc is missing: 0, so that the wall cap decides."""
        try:
            fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return 0.0
        return sum(int(ticks) for ticks in fields[11:15]) / _CLOCK_TICKS

    def is_asleep(self) -> bool:
        """Does no thread of it run, or wait for a processor or the disk? Where /proc is missing: no."""
        try:
            threads = os.listdir(f"/proc/{self.pid}/task")
            return not any(
                processes.state_of(f"/proc/{self.pid}/task/{thread}/stat") in "RD" for thread in threads
            )
        except OSError:  # it ended, or a thread did
            return False

    def memory(self) -> int:
        """Bytes of its own memory that count towards its limit. Where /proc is missing: 0."""
        return self._status("VmData:") * 1024

    def has_too_many_threads(self) -> bool:
        """Where it shares its user with the judge, the count of processes is shared too, and a limit can't be low."""
        return self._status("Threads:") > MOST_THREADS

    def _status(self, entry: str) -> int:
        """A number of /proc/PID/status; 0 where there is none."""
        try:
            lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        except OSError:
            return 0
        return sum(int(line.split()[1]) for line in lines if line.startswith(entry))

    def fills_the_disk(self, at_once: bool = False) -> bool:
        """Does it hold more files than fit into its folder, or larger ones? Looked up once a second, or at once.

        Raises `NoRoom` where the disk itself is nearly full, whoever filled it.
        """
        if any(free < least for free, least in zip(disk.room(self.scratch), self.least_room, strict=True)):
            if self._holds_too_much():
                return True
            raise NoRoom(f"the disk of {self.scratch.parent.parent} is full")
        if at_once or time.monotonic() >= self._next_look:
            self._next_look = time.monotonic() + 1
            self._full = self._holds_too_much()
        return self._full

    def _holds_too_much(self) -> bool:
        return disk.is_large(self.scratch, self.pid, self.uid, Limits().file_size, self._writes_elsewhere)

    @property
    def _writes_elsewhere(self) -> bool:
        """May it write where everybody may? With Landlock not."""
        return not defences.holds(self.defences, defences.FILES)

    def end(self) -> None:
        """Kill the process, its session, and whatever else runs as its user, until nothing does. Remove its scratch."""
        self.channel.close()
        if self.uid is not None:
            # by its user, not by its number: that may be somebody else's by now
            processes.reap_user(self.uid)
            if self._writes_elsewhere:
                disk.remove_of_user(self.uid)
        else:
            for end in (os.killpg, os.kill):
                with suppress(ProcessLookupError, PermissionError):
                    end(self.pid, signal.SIGKILL)
        disk.remove(self.scratch)


class Zygote:
    """A running zygote. Use it as a context manager; `fork` may be called from several threads."""

    COMMAND = ("-P", "-m", "grader.sandbox.zygote")  # -P: never from the current folder

    def __init__(self, backend: str, spawn: bool = not LINUX, open_files: bool = False):
        """open_files: grade also where nothing closes the files of who grades; else `fork` raises there."""
        ours, theirs = socket.socketpair()
        self._open_files = open_files
        self.backend, self._control, self._lock = backend, ours, threading.Lock()
        leftovers.sweep()
        self._root, self._locked = leftovers.make_folder()
        free = disk.room(self._root)
        self._least_room = min(LEAST_BYTES, free[0] // 4), min(LEAST_FILES, free[1] // 4)
        command = [
            sys.executable,
            *self.COMMAND,
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
            env=_environment(),
            cwd=self._root,  # not the teacher's: Matplotlib, for one, reads its settings there
            start_new_session=True,  # a Ctrl-C is the judge's, who ends the zygote in order
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
        except BaseException:  # Ctrl-C
            self._process.kill()
            self.close()
            raise

    def __enter__(self) -> "Zygote":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def stop(self) -> None:
        """End whatever runs, at once. Who waits for an answer, in another thread, gets a `ConfinementError`."""
        with suppress(OSError):
            self._control.shutdown(socket.SHUT_RDWR)  # the zygote takes the judge for gone

    def close(self) -> None:
        with suppress(OSError):
            protocol.send_request(self._control, {"role": "end"})
        self._control.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(10)
        self._process.kill()
        disk.remove(self._root)
        os.close(self._locked)

    def fork(
        self,
        role: str,
        files: dict[str, bytes] | None = None,
        limits: Limits | None = None,
        tick: Callable[[], None] = lambda: None,
    ) -> Child:
        """A confined child with `files` in its home. Raises `ConfinementError` if a defence doesn't hold, and `NoRoom`
        where the machine is so full that there can't be one."""
        for attempt in range(FORK_TRIES):
            with suppress(EOFError):
                return self._fork_once(role, files or {}, limits or Limits(), tick)
            time.sleep(0.5 * 2**attempt)
        raise ConfinementError("the process ended before it could be confined")

    def _fork_once(
        self,
        role: str,
        files: dict[str, bytes],
        limits: Limits,
        tick: Callable[[], None],
    ) -> Child:
        """The same, once. Raises `EOFError` too, where the child ended before it said a word."""
        uid = _fresh_uid()
        scratch = self._make_scratch(files, uid)
        plan = {
            "uid": uid,
            "scratch": str(scratch),
            "readable": self._ready["readable"],
            "listable": self._ready["listable"],
            "limits": asdict(limits),
            "open_files": self._open_files,
        }
        request = {"role": role, "plan": plan, "backend": self.backend}
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                pid = self._fork(request, theirs.fileno())
            except BaseException:
                ours.close()
                disk.remove(scratch)
                raise
        child = Child(pid, uid, scratch, Channel(ours, tick), least_room=self._least_room)
        try:
            child.defences = _told_by(child.channel)
        except (ConfinementError, NoRoom, EOFError):
            child.end()
            raise
        return child

    def _fork(self, request: dict[str, Any], descriptor: int) -> int:
        """The process id of a new child. A machine that is full of processes for the moment is asked again."""
        until = time.monotonic() + FORK_SECONDS
        while True:
            try:
                with self._lock:
                    protocol.send_request(self._control, request, descriptor)
                    reply, _ = protocol.receive_request(self._control)
            except (EOFError, OSError):
                raise ConfinementError("the sandbox's parent process is gone") from None
            if "pid" in reply:
                return int(reply["pid"])
            if time.monotonic() > until:
                raise NoRoom(f"no process could be started: {reply.get('full')}")
            time.sleep(0.2)

    def _make_scratch(self, files: dict[str, bytes], uid: int | None) -> Path:
        try:
            scratch = Path(tempfile.mkdtemp(dir=self._root))
        except OSError as error:
            raise NoRoom(f"no folder for its files could be made: {error.strerror}") from None
        try:
            for name, content in files.items():
                (scratch / name).parent.mkdir(parents=True, exist_ok=True)
                (scratch / name).write_bytes(content)
            if uid is not None:
                for path in (scratch, *scratch.rglob("*")):
                    os.chown(path, uid, uid)
        except OSError as error:
            disk.remove(scratch)
            raise NoRoom(f"its files could not be written: {error.strerror}") from None
        return scratch


def _told_by(channel: Channel) -> tuple[Defence, ...]:
    """A new child's defences, in its first words, which are our code's: no line of a student's ran yet.

    Raises `EOFError` where it ended before it said them.
    """
    try:
        words = channel.receive()
        if "full" in words:
            raise NoRoom(f"no process could be started: {words['full']}")
        if "refused" in words:
            raise ConfinementError(words["refused"])
        return defences.from_data(words["defences"])
    except (WireError, ValueError, KeyError, TypeError) as error:
        raise ConfinementError(f"the new process did not say which defences hold: {error}") from None


def _fresh_uid() -> int | None:
    """A user id that nobody has: high in the range that this machine (or container) maps. None where we aren't root.

    Drawn, not counted: graders in two containers have the same process ids, but share the kernel's count of processes.
    """
    if os.geteuid() != 0:
        return None
    top = _highest_uid()
    if top < 1000:
        raise ConfinementError("this container maps no user but its root, so a worker can't become another")
    lowest, highest = (2**29, 2**30) if top > 2**30 else (top // 2, top - 2)
    while True:
        uid = lowest + secrets.randbelow(highest - lowest)
        if not processes.processes_of(uid):
            return uid


def _highest_uid() -> int:
    """Without a map: all of them. Rootless containers map themselves to 0 in one line, and a range in the next."""
    try:
        ranges = [line.split() for line in Path("/proc/self/uid_map").read_text().splitlines()]
        return max(int(first) + int(count) - 1 for first, _, count in ranges)
    except (OSError, ValueError):
        return 2**31
