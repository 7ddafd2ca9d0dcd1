"""The processes of a worker's user, by /proc: which there are, what they do, and their end."""

import itertools
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from grader.sandbox.limits import ConfinementError


def reap_user(uid: int, seconds: float = 10.0) -> None:
    """Kill every process of `uid` until none is left. Raises `ConfinementError` when one can't be ended."""
    until = time.monotonic() + seconds
    for attempt in itertools.count():
        if not (pids := processes_of(uid)):
            return
        if time.monotonic() > until:
            raise ConfinementError(f"processes of the worker's user {uid} would not end: {pids}")
        if attempt >= 3:
            kill_at_once(uid)
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.002)


def kill_at_once(uid: int) -> None:
    """A process that forks and ends, over and over, is gone before its number is read. The kernel's "kill all that I may"
    misses none; it is said by a process that became the worker's user, and so may end nothing else."""
    become_and_kill = (
        f"import os; os.setgroups([]); os.setresgid(*[{uid}] * 3); os.setresuid(*[{uid}] * 3); os.kill(-1, 9)"
    )
    assert uid > 0
    with suppress(subprocess.TimeoutExpired, OSError):  # no room for a process: `reap_user` tries again
        subprocess.run(
            [sys.executable, "-I", "-S", "-c", become_and_kill], timeout=5, capture_output=True, check=False
        )


def processes_of(uid: int) -> list[int]:
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            with suppress(OSError):
                if os.stat(f"/proc/{name}").st_uid == uid and not is_dead(name):
                    found.append(int(name))
    return found


def state_of(stat: str) -> str:
    """R, S, D and so on, of a process's or a thread's `stat`."""
    return Path(stat).read_text(errors="replace").rpartition(")")[2].split()[0]


def is_dead(pid: str) -> bool:
    """Only waiting to be reaped. A process whose first thread ended looks the same, but has other threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return fields[0] in "ZX" and int(fields[17]) <= 1
