"""What a run takes of time and memory, and its end where that is more than its container has.

Memory is the sum of proportional set sizes (Pss) over the run's processes, sampled ten times a second: a page that several
of them share counts once, as it does for a container. Files that are cached, or lie in /dev/shm unmapped, aren't counted.
"""

from __future__ import annotations

import math
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

INTERVAL = 0.1  # seconds from one sample to the next
MEASURED = psutil.LINUX and os.geteuid() == 0  # the grader hides its memory from all but root
V2, V1 = Path("/sys/fs/cgroup/cgroup.controllers"), Path("/sys/fs/cgroup/cpu/cpu.cfs_quota_us")
PERIOD = 100_000  # microseconds, of which a cgroup gets its part


@dataclass(frozen=True)
class Limits:
    """What a container has. Gradescope's smallest, where nothing else is said."""

    megabytes: float = 768
    minutes: float = 10
    cpus: float = 0.5


@dataclass(frozen=True)
class Watched:
    """What a run took. `ended` says what ended it; it is empty for one that came to its own end."""

    seconds: float
    megabytes: float  # at the highest; 0 where memory can't be measured
    ended: str
    code: int  # that it ended with, negative for a signal


def watch(process: subprocess.Popen[bytes], limits: Limits, kill_after: float = math.inf) -> Watched:
    """Wait for a run, and end it past its time, past its memory, or `kill_after` seconds. Nothing of it is left running.

    Past its memory the largest process is killed first, as the kernel does in a container; if that isn't enough, all are.
    """
    begun, seconds, peak, ended, seen = time.monotonic(), 0.0, 0.0, "", list[psutil.Process]()
    try:
        while process.poll() is None:
            seen = tree(process.pid)
            sizes = megabytes(seen)
            peak = max(peak, sum(sizes.values()))
            if late := _too_late(seconds, limits, kill_after):
                ended = late
                break
            if sum(sizes.values()) > limits.megabytes:
                if ended:
                    ended += "; then everything else, which went on past it"
                    break
                ended = _kill_largest(sizes, limits.megabytes)
            with suppress(subprocess.TimeoutExpired):
                process.wait(min(INTERVAL, max(0.001, kill_after - seconds)))
            seconds = time.monotonic() - begun
    finally:
        end(process, seen)
    return Watched(seconds, peak, ended, process.returncode)


def _too_late(seconds: float, limits: Limits, kill_after: float) -> str:
    if seconds >= kill_after:
        return f"everything was killed after {kill_after:.1f} s"
    if seconds > limits.minutes * 60:
        return f"everything was killed at the limit of {limits.minutes:g} minutes"
    return ""


def _kill_largest(sizes: Mapping[psutil.Process, float], limit: float) -> str:
    largest = max(sizes, key=sizes.__getitem__)
    words = f"past {limit:g} MB of memory; the largest process, of {sizes[largest]:.0f} MB ({_command(largest)}), was killed"
    _kill([largest])
    return words


def _command(process: psutil.Process) -> str:
    words = ""
    with suppress(psutil.Error):
        words = " ".join(process.cmdline())
    return words if len(words) <= 60 else f"{words[:57]}…"


def end(process: subprocess.Popen[bytes], seen: list[psutil.Process]) -> None:
    """Kill a process and all that descends from it; of one that has ended already, all that was `seen` of its tree."""
    if process.poll() is None:
        process.send_signal(signal.SIGSTOP)  # it adopts what its children leave, and mustn't go before them
        while others := [one for one in tree(process.pid) if one.pid != process.pid]:
            _kill(others)
            time.sleep(0.005)
        process.kill()
    _kill(seen)
    if not psutil.LINUX:  # elsewhere nobody adopts: what has lost its parent is still of the same session
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _kill(processes: list[psutil.Process]) -> None:
    for one in processes:
        with suppress(psutil.NoSuchProcess):  # also where its number is another's by now
            one.kill()


def tree(root: int) -> list[psutil.Process]:
    """`root` and its descendants, those that have ended left out.

    >>> tree(os.getpid())[0].pid == os.getpid()
    True
    """
    try:
        process = psutil.Process(root)
        return [one for one in (process, *process.children(recursive=True)) if _is_alive(one)]
    except psutil.NoSuchProcess:
        return []


def _is_alive(process: psutil.Process) -> bool:
    """A zombie isn't: it only waits for its parent to ask how it ended."""
    try:
        return process.status() not in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)
    except psutil.NoSuchProcess:
        return False


def megabytes(processes: list[psutil.Process]) -> dict[psutil.Process, float]:
    """{process: its part}. A child of vfork has its parent's memory until its exec: it shows the same numbers, and isn't
    counted."""
    taken = {}
    for one in processes if MEASURED else ():
        with suppress(psutil.Error):
            taken[one.pid] = one, one.ppid(), one.memory_full_info()
    return {
        one: memory.pss / 2**20
        for one, parent, memory in taken.values()
        if parent not in taken or memory != taken[parent][2]
    }


@contextmanager
def processors(cpus: float) -> Iterator[Path | None]:
    """A cgroup whose processes get `cpus` processors together; None where none can be made."""
    group = _new_group(cpus)
    try:
        yield group
    finally:
        if group is not None:
            _remove(group)


def _new_group(cpus: float) -> Path | None:
    if math.isinf(cpus):
        return None
    quota = round(cpus * PERIOD)
    for there, setting, value in ((V2, "cpu.max", f"{quota} {PERIOD}"), (V1, V1.name, str(quota))):
        group = there.parent / f"kerasnets-{os.getpid()}-{time.monotonic_ns()}"
        if there.exists() and (there is V1 or "cpu" in there.read_text().split()):
            with suppress(OSError):
                group.mkdir()
                try:
                    with open(group / setting, "r+") as file:  # never makes one, where this is no cgroup
                        file.write(value)
                    return group
                except OSError:
                    group.rmdir()
    return None


def _remove(group: Path) -> None:
    """Its processes are dead, but the kernel may need a moment to see it."""
    for _ in range(100):
        with suppress(OSError):
            group.rmdir()
            return
        time.sleep(0.02)
