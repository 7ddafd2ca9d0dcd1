"""Files that are whole or not there, and archives whose bytes follow from their content alone."""

from __future__ import annotations

import io
import os
import secrets
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


def write_atomically(path: str | Path, content: bytes | str, private: bool = False) -> Path:
    """Write `content` (text as UTF-8) beside `path`, then rename it over `path`; returns the path.

    Whoever is killed in the middle of it leaves the old file or the new one, never half of either. A link at `path` is
    replaced, never followed. The folder must exist. A private file is its owner's alone, whoever may read the folder, and
    whatever the file before it was; else the umask decides.

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


def npz_bytes(arrays: dict[str, np.ndarray]) -> bytes:
    """An .npz whose bytes depend on the arrays alone: no date, no pickle.

    >>> import numpy as np
    >>> npz_bytes({"a": np.zeros(2)}) == npz_bytes({"a": np.zeros(2)})
    True
    """
    # here, not above: who only writes a file needs no NumPy
    import numpy as np

    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for key, array in arrays.items():
            member = io.BytesIO()
            np.lib.format.write_array(
                member, np.asarray(array, order="C"), version=(1, 0), allow_pickle=False
            )
            archive.writestr(zipfile.ZipInfo(f"{key}.npy", (1980, 1, 1, 0, 0, 0)), member.getvalue())
    return file.getvalue()
