"""Files that are either whole or absent: the library's atomic write, and JSON by it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from kerasnets.files import write_atomically

__all__ = ["write_atomically", "write_json"]


def write_json(path: str | Path, data: Any, private: bool = False) -> Path:
    """Write `data` as indented JSON, atomically. NaN and infinity, which JSON lacks, raise ValueError."""
    return write_atomically(path, json.dumps(data, indent=2, allow_nan=False) + "\n", private)
