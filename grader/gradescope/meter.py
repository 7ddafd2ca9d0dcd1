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
from typing import NamedTuple

INTERVAL = 0.1  # seconds from one sample to the next
PROC = Path("/proc")
SEEN = (PROC / "self" / "stat").exists()  # on Linux; elsewhere a process that leaves its session isn't
MEASURED = SEEN and os.geteuid() == 0  # the grader hides its memory from all but root
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


class Process(NamedTuple):
    """A process, and when it started: its number alone may be another's later."""

    pid: int
    parent: int
    started: int


def watch(process: subprocess.Popen[bytes], limits: Limits, kill_after: float = math.inf) -> Watched:
    """Wait for a run, and end it past its time, past its memory, or `kill_after` seconds. Nothing of it is left running.

    Past its memory the largest process is killed first, as the kernel does in a container; if that isn't enough, all are.
    """
    begun, seconds, peak, ended, seen = time.monotonic(), 0.0, 0.0, "", [Process(process.pid, 0, 0)]
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


def _kill_largest(sizes: Mapping[int, float], limit: float) -> str:
    pid = max(sizes, key=sizes.__getitem__)
    words = f"past {limit:g} MB of memory; the largest process, of {sizes[pid]:.0f} MB ({_command(pid)}), was killed"
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    return words


def _command(pid: int) -> str:
    words = _read(pid, "cmdline").replace("\0", " ").strip()
    return words if len(words) <= 60 else f"{words[:57]}…"


def end(process: subprocess.Popen[bytes], seen: list[Process]) -> None:
    """Kill a process and all that descends from it; of one that has ended already, what was `seen` of its tree."""
    if not SEEN:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    elif process.poll() is None:
        os.kill(process.pid, signal.SIGSTOP)  # it adopts what its children leave, and mustn't go before them
        while others := [one for one in tree(process.pid) if one.pid != process.pid]:
            _kill(others)
            time.sleep(0.005)
        process.kill()
    else:
        started = {one.pid: one.started for one in _processes()}  # its parent is another now
        _kill([one for one in seen if started.get(one.pid) == one.started])
    process.wait()


def _kill(processes: list[Process]) -> None:
    for one in processes:
        with suppress(ProcessLookupError):
            os.kill(one.pid, signal.SIGKILL)


def tree(root: int) -> list[Process]:
    """`root` and its descendants, those that have ended left out.

    >>> tree(os.getpid())[0].pid == os.getpid()
    True
    """
    known = _processes() if SEEN else []
    found = [one for one in known if one.pid == root]
    for one in found:  # grows
        found += [child for child in known if child.parent == one.pid]
    return found


def _processes() -> list[Process]:
    found = []
    for name in os.listdir(PROC):
        if name.isdigit() and (stat := _read(int(name), "stat")):
            state, parent, *rest = stat.rpartition(")")[2].split()
            if state not in "ZX":
                found.append(Process(int(name), int(parent), int(rest[17])))
    return found


def megabytes(processes: list[Process]) -> dict[int, float]:
    """{pid: its part}. A child of vfork has its parent's memory until its exec: it shows the same numbers, and isn't counted."""
    rollups = {one.pid: _read(one.pid, "smaps_rollup") for one in processes} if MEASURED else {}
    return {
        one.pid: _pss(rollups[one.pid])
        for one in processes
        if rollups.get(one.pid) and rollups[one.pid] != rollups.get(one.parent)
    }


def _pss(rollup: str) -> float:
    """
    >>> _pss("55b342b76000-7ffef7a86000 ---p 00000000 00:00 0 [rollup]\\nRss: 4096 kB\\nPss:  2048 kB\\nPss_Dirty: 9 kB")
    2.0
    """
    return sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")) / 1024


def _read(pid: int, name: str) -> str:
    """A file of a process; nothing where it has ended, or is another user's."""
    try:
        return (PROC / str(pid) / name).read_text(errors="replace")
    except OSError:
        return ""


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
