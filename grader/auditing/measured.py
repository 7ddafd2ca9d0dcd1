"""What benchmarks measured: kept as data in benchmarks/measured.json, with the day and the machine.

A benchmark that is called with `--write` keeps its figures here, in place of its earlier ones; docs/figures.md is made of them.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

from grader.files import write_atomically

DATA = "benchmarks/measured.json"
LIBRARIES = {"numpy": "NumPy", "keras": "Keras", "tensorflow-cpu": "TensorFlow", "tensorflow": "TensorFlow"}


@dataclass(frozen=True)
class Measured:
    """One benchmark's figures, by what they are figures of."""

    command: str
    day: str  # "2026-11-30"
    machine: str
    load: float  # processes that ran or waited, on average over the minute before the benchmark began
    figures: dict[str, str]


def keep(root: Path, name: str, command: str, load: float, figures: Mapping[str, str]) -> None:
    """Put a benchmark's figures in the place of its earlier ones."""
    made = Measured(command, dt.date.today().isoformat(), machine(), round(load, 1), dict(figures))
    known = {one: asdict(measured) for one, measured in recorded(root).items()} | {name: asdict(made)}
    write_atomically(
        root / DATA, json.dumps(dict(sorted(known.items())), indent=1, ensure_ascii=False) + "\n"
    )


def recorded(root: Path) -> dict[str, Measured]:
    """What is kept, by the benchmark's name."""
    path = root / DATA
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return {name: Measured(**row) for name, row in known.items()}


def command() -> str:
    """How the benchmark that runs was called, without its path on this machine."""
    return " ".join(["python", f"benchmarks/{Path(sys.argv[0]).name}", *sys.argv[1:]])


def load_now() -> float:
    """How many processes ran or waited in the last minute. Above the number of processors, times are too long."""
    return os.getloadavg()[0]


def machine() -> str:
    """This machine in words: processor, memory, kernel, and the versions that count."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    system = f"{platform.system()} {platform.release().partition('-')[0]}"
    parts = [f"{os.cpu_count()} processors, {_processor()}", f"{memory:.0f} GB", system]
    return ", ".join([*parts, f"Python {platform.python_version()}", *_versions()])


def _processor() -> str:
    path = Path("/proc/cpuinfo")
    lines = path.read_text().splitlines() if path.exists() else []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.machine()


def _versions() -> list[str]:
    from importlib.metadata import PackageNotFoundError

    found = []
    for package, name in LIBRARIES.items():
        try:
            found.append(f"{name} {version(package)}")
        except PackageNotFoundError:
            continue
    return found
