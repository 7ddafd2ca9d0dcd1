"""Files that are either whole or absent.

A grader that is killed in the middle of a write must leave the old file or the new one, never half of either.
"""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path
from typing import Any


def write_atomically(path: str | Path, content: bytes | str, private: bool = False) -> Path:
    """Write `content` (text as UTF-8) beside `path`, then rename it over `path`; returns the path.

    A link at `path` is replaced, never followed. The folder must exist. A private file is its owner's alone, whoever
    may read the folder, and whatever the file before it was; else the umask decides.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_atomically(Path(folder, "note.txt"), "1·1 = 1").read_text(encoding="utf-8")
    '1·1 = 1'
    """
    path = Path(path)
    data = content.encode("utf-8") if isinstance(content, str) else content
    # a fixed length: `path` may be as long as names get
    beside = path.parent / f".{secrets.token_hex(8)}.part"
    mode = 0o600 if private else 0o666
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(beside, path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    return path


def write_json(path: str | Path, data: Any, private: bool = False) -> Path:
    """Write `data` as indented JSON, atomically. NaN and infinity, which JSON lacks, raise ValueError."""
    return write_atomically(path, json.dumps(data, indent=2, allow_nan=False) + "\n", private)
