"""One file from the network, whole and as it was announced, or nothing."""

from __future__ import annotations

import hashlib
import os
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import IO

SILENCE = 10  # seconds without a byte after which a download is given up
PATIENCE = 900  # seconds after which it is given up in any case


def fetch(address: str, path: Path, digest: str) -> None:
    """One file, checked against its MD5 or SHA-256, written beside its place and then renamed."""
    beside = path.with_name(f"{path.name}.{os.getpid()}.part")
    seen = hashlib.new("md5" if len(digest) == 32 else "sha256", usedforsecurity=False)
    try:
        with urllib.request.urlopen(address, timeout=SILENCE) as answer:
            path.parent.mkdir(parents=True, exist_ok=True)
            with beside.open("wb") as file:
                for block in _blocks(answer, time.monotonic() + PATIENCE):
                    seen.update(block)
                    file.write(block)
        if seen.hexdigest() != digest:
            raise ValueError(
                f"{address} gave something else: {seen.name} is {seen.hexdigest()}, expected {digest}"
            )
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _blocks(answer: IO[bytes], deadline: float) -> Iterator[bytes]:
    while block := answer.read(1 << 18):
        if time.monotonic() > deadline:
            raise TimeoutError(f"not complete after {PATIENCE} seconds")
        yield block
