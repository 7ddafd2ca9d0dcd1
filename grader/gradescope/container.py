"""The container that grading runs in: how much memory it has, and whether that is enough."""

from __future__ import annotations

from pathlib import Path

MEGABYTE = 2**20
NEEDED = {"numpy": 210, "keras": 720}  # MB in all, at the peak: docs/gradescope_measured.md
# cgroups, version 2 and 1
LIMITS = ("sys/fs/cgroup/memory.max", "sys/fs/cgroup/memory/memory.limit_in_bytes")


def memory(root: Path = Path("/")) -> int | None:
    """MB that the container may use; None where it has no limit of its own."""
    for name in LIMITS:
        try:
            limit = int((root / name).read_text())
        except (OSError, ValueError):  # not this version; or "max"
            continue
        if limit < 2**50:  # version 1 writes "none" as a huge number
            return limit // MEGABYTE
    return None


def remarks(backend: str, root: Path = Path("/")) -> list[str]:
    """In those words, where it is so: this container is too small."""
    found = memory(root)
    if found is None or found >= NEEDED[backend]:
        return []
    return [
        f"This container is too small: it has {found} MB of memory, and this assignment needs {NEEDED[backend]} MB. "
        "A question may have failed for that reason. Your instructor can choose a larger one (Settings, Autograder, "
        "Container Specifications) and grade all submissions again."
    ]
