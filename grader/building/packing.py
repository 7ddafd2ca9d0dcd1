"""Notebooks, zips and folders whose bytes follow from what is in them: no dates, no random ids, no order of luck."""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import nbformat

from grader.files import write_atomically, zip_bytes


def with_cells(notebook: Any, cells: Any) -> Any:
    """The same notebook with other cells; the old one stays as it was."""
    return _node({**notebook, "cells": list(cells)})


def with_metadata(notebook: Any, metadata: dict[str, Any]) -> Any:
    return _node({**notebook, "metadata": metadata})


def changed(cell: Any, **entries: Any) -> Any:
    return _node({**cell, **entries})


def _node(entries: dict[str, Any]) -> Any:
    return nbformat.from_dict(entries)


def raw_cell(text: str) -> Any:
    return nbformat.v4.new_raw_cell(text)


def read_notebook(path: Path) -> Any:
    return nbformat.read(path, as_version=4)


def notebook_bytes(notebook: Any) -> bytes:
    return (nbformat.writes(notebook, version=4) + "\n").encode()


def write_notebook(notebook: Any, path: Path, mode: int = 0o644) -> Path:
    write_atomically(path, notebook_bytes(notebook)).chmod(mode)
    return path


def write_zip(path: Path, files: dict[str, bytes], mode: int = 0o644) -> Path:
    """`mode` 0o600 keeps a zip with hidden cases from other users of the machine, students' code among them."""
    write_atomically(path, zip_bytes(files)).chmod(mode)
    return path


def replace_folder(folder: Path, files: dict[str, bytes]) -> Path:
    """Write a folder beside the old one, then swap them."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}-"))
    fresh.chmod(0o755)
    write_files(fresh, files)
    if folder.exists():
        shutil.rmtree(folder)
    os.replace(fresh, folder)
    return folder


def write_files(folder: Path, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
