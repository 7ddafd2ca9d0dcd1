"""Files that are whole or not there, with bytes that follow from their content alone."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import numpy as np


def replace_bytes(path: Path, content: bytes) -> None:
    """Write beside the place, then rename."""
    beside = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def npz_bytes(arrays: dict[str, np.ndarray]) -> bytes:
    """An .npz whose bytes depend on the arrays alone: no date, no pickle.

    >>> npz_bytes({"a": np.zeros(2)}) == npz_bytes({"a": np.zeros(2)})
    True
    """
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for key, array in arrays.items():
            member = io.BytesIO()
            np.lib.format.write_array(
                member, np.asarray(array, order="C"), version=(1, 0), allow_pickle=False
            )
            archive.writestr(zipfile.ZipInfo(f"{key}.npy", (1980, 1, 1, 0, 0, 0)), member.getvalue())
    return file.getvalue()
