"""What students hand in: a notebook, or a zip with one. Files from outside are checked before they are opened."""

import hashlib
import io
import itertools
import json
import stat
import zipfile
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from grader.sandbox.json_size import has_more_parts

MAX_UPLOAD = 64 * 2**20  # bytes of one submission
MAX_UNPACKED = 256 * 2**20  # bytes of all that a zip holds
MAX_MEMBERS = 200
# what a zip's table of contents has before each name, in it and in zips inside
ENTRY, MOST_ENTRIES = b"PK\x01\x02", 2_000
MAX_RATIO = 200  # unpacked bytes for each packed one
MAX_CELLS = 1000
MAX_NAME = 200  # bytes
# lists, objects and values in a notebook's JSON: each may take 30 times its length in memory
MAX_PARTS = 1_000_000
MAX_CODE = 4_000_000  # characters in all code cells
OTTERS_NAME = "__zip_filename__"  # in every zip that Otter exports: its own first name
ADVICE = (
    "Open the assignment's notebook, run it from top to bottom, save it, and hand in that .ipynb, "
    "or the zip that its last cell makes."
)
REPACK = "Make the zip with the notebook's last cell (grader.export) and hand that in."
CLEAR = "Clear the notebook's outputs (Kernel > Restart and Clear Outputs), save it, and hand it in again."


class IntakeError(Exception):
    """A submission that can't be graded: why, and what its author should do."""

    def __init__(self, why: str, what_to_do: str = ADVICE):
        super().__init__(why)
        self.what_to_do = what_to_do


@dataclass(frozen=True)
class Cell:
    """One code cell: its number among the code cells, its source, and what may mark it as skipped."""

    number: int
    source: str
    id: str
    tags: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.source.strip().encode()).hexdigest()


@dataclass(frozen=True)
class Submission:
    name: str
    cells: tuple[Cell, ...]
    assignment: str | None  # what the notebook's metadata says it is
    digest: str  # of what is handed in: the default seed of its hidden inputs
    files: dict[str, bytes] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def find(paths: list[Path]) -> list[Path]:
    """The submissions in files and folders: each file, and each folder inside a folder, is one."""
    found: list[Path] = []
    for path in paths:
        inside = sorted(path.iterdir()) if path.is_dir() else [path]
        found += [p for p in inside if not p.name.startswith((".", "__MACOSX"))]
    return found


def read(path: Path, extensions: tuple[str, ...] = ()) -> Submission:
    """Read one submission: a notebook, a zip, or a folder with one of these. Raises `IntakeError`."""
    if path.is_symlink():
        raise IntakeError("This is a link to another place, not a file.", "Hand in the file itself.")
    files, notes = _files(path, (".ipynb", *extensions))
    notebooks = {name: data for name, data in files.items() if name.endswith(".ipynb")}
    if not notebooks:
        names = ", ".join(sorted(files)[:5]) or "nothing"
        raise IntakeError(f"There is no notebook (.ipynb) in this submission; it holds {names}.")
    if len(notebooks) > 1:
        raise IntakeError(
            f"There are {len(notebooks)} notebooks in this submission: {', '.join(sorted(notebooks)[:5])}.",
            "Hand in one notebook.",
        )
    ((_, data),) = notebooks.items()
    wanted = {name: data for name, data in files.items() if name.endswith(extensions) and _is_short(name)}
    aside = sorted(set(files) - set(notebooks) - set(wanted) - {OTTERS_NAME})
    if aside:
        names = ", ".join(name[:MAX_NAME] for name in aside[:8])
        notes = (*notes, f"set aside, not used in grading: {names}")
    cells, assignment = parse(data)
    digest = hashlib.sha256(data)
    for _, content in sorted(wanted.items()):
        digest.update(hashlib.sha256(content).digest())
    return Submission(path.name, cells, assignment, digest.hexdigest(), wanted, notes)


def parse(data: bytes) -> tuple[tuple[Cell, ...], str | None]:
    """The code cells of a notebook, and the assignment that its metadata names. Raises `IntakeError`.

    >>> parse(b'{"cells": [{"cell_type": "code", "source": ["x = ", "1"]}]}')
    ((Cell(number=1, source='x = 1', id='', tags=()),), None)
    """
    if not data.strip():
        raise IntakeError("The notebook is an empty file (0 bytes): the upload or the save went wrong.")
    if has_more_parts(data, MAX_PARTS):
        raise IntakeError("The notebook holds more than a million lists, numbers and texts.", CLEAR)
    try:
        notebook = json.loads(data)
    except (ValueError, RecursionError):
        raise IntakeError(
            "The notebook can't be read: it is not a Jupyter notebook, or it was cut off."
        ) from None
    raw = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(raw, list):
        raise IntakeError("The file is JSON, but not a Jupyter notebook of format 4.")
    code = [cell for cell in raw if isinstance(cell, dict) and cell.get("cell_type") == "code"]
    sources = [_source(cell) for cell in code]
    if not any(source.strip() for source in sources):
        raise IntakeError(
            "The notebook has no code.", "Fill in the assignment's notebook, save it, and hand it in again."
        )
    if (size := sum(map(len, sources))) > MAX_CODE:
        raise IntakeError(
            f"The notebook's code has {size / 1e6:.0f} million characters; at most {MAX_CODE / 1e6:.0f} million are read.",
            "Take the data out of the code cells, and hand it in again.",
        )
    if len(code) > MAX_CELLS:
        raise IntakeError(f"The notebook has {len(code):,} code cells; at most {MAX_CELLS:,} are graded.")
    cells = tuple(
        Cell(i, source, _id(cell), _tags(cell))
        for i, (cell, source) in enumerate(zip(code, sources, strict=True), 1)
    )
    return cells, _assignment(notebook)


def _source(cell: dict[str, Any]) -> str:
    source = cell.get("source", "")
    lines = source if isinstance(source, list) else [source]
    text = "".join(line for line in lines if isinstance(line, str))
    return text.encode("utf-8", "replace").decode()  # half a surrogate pair is no text


def _id(cell: dict[str, Any]) -> str:
    metadata = cell.get("metadata")
    # Colab writes an older format, with the id in the metadata
    kept = metadata.get("id") if isinstance(metadata, dict) else None
    name = cell.get("id", kept)
    return name[:64] if isinstance(name, str) else ""


def _tags(cell: dict[str, Any]) -> tuple[str, ...]:
    metadata = cell.get("metadata")
    tags = metadata.get("tags") if isinstance(metadata, dict) else None
    return tuple(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else ()


def _assignment(notebook: dict[str, Any]) -> str | None:
    metadata = notebook.get("metadata")
    otter = metadata.get("otter") if isinstance(metadata, dict) else None
    name = otter.get("assignment_name") if isinstance(otter, dict) else None
    return name if isinstance(name, str) else None


def _files(path: Path, wanted: tuple[str, ...]) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """{name: bytes} of everything handed in, folders flattened. Of what doesn't end as one of `wanted` the name alone."""
    if path.is_dir():
        inside = [
            p
            for p in sorted(path.rglob("*"))
            if p.is_file() and not p.is_symlink() and not _is_clutter(p.relative_to(path).as_posix())
        ]
        if sum(p.stat().st_size for p in inside) > MAX_UPLOAD:
            raise IntakeError(
                _too_large(sum(p.stat().st_size for p in inside)),
                "Hand in the notebook and nothing large beside it.",
            )
        if len(inside) > MAX_MEMBERS:
            raise IntakeError(f"The folder holds {len(inside):,} files; at most {MAX_MEMBERS} are accepted.")
        if len(inside) == 1 and inside[0].suffix == ".zip":
            return _files(inside[0], wanted)
        names = [(p.relative_to(path).as_posix(), p) for p in inside]
        return _flat([(name, p.read_bytes() if name.endswith(wanted) else b"") for name, p in names]), ()
    try:
        if not path.is_file():
            raise IntakeError("This is neither a file nor a folder.")
        size = path.stat().st_size
        if size > MAX_UPLOAD:
            raise IntakeError(
                _too_large(size),
                CLEAR,
            )
        data = path.read_bytes()
    except OSError as error:
        raise IntakeError(f"The file can't be read: {error.strerror}.") from None
    if path.suffix.lower() == ".zip":
        return _unzip(data, wanted)
    if path.suffix.lower() != ".ipynb":
        raise IntakeError(
            f"This is a {path.suffix or 'nameless'} file, not a notebook (.ipynb) and not a zip with one."
        )
    return {path.name: data}, ()


def _flat(files: list[tuple[str, bytes]]) -> dict[str, bytes]:
    """Files by the last part of their names. A second one of a name keeps its folder, so that nothing takes another's place.

    >>> list(_flat([("a.ipynb", b""), ("old/a.ipynb", b""), ("old/a.ipynb", b"")]))
    ['a.ipynb', 'old/a.ipynb', 'old/a.ipynb/2']
    """
    flat: dict[str, bytes] = {}
    for name, data in files:
        names = itertools.chain(
            [PurePosixPath(name).name, name], (f"{name}/{number}" for number in itertools.count(2))
        )
        flat[next(n for n in names if n not in flat)] = data
    return flat


def _is_short(name: str) -> bool:
    """Is it a name, not a path, that every file system takes?"""
    return "/" not in name and len(name.encode(errors="replace")) <= MAX_NAME


def _too_large(size: int) -> str:
    return f"The submission is {size / 2**20:.0f} MB; at most {MAX_UPLOAD / 2**20:.0f} MB are accepted."


def _unzip(data: bytes, wanted: tuple[str, ...]) -> tuple[dict[str, bytes], tuple[str, ...]]:
    if (entries := data.count(ENTRY)) > MOST_ENTRIES:
        raise IntakeError(_too_many(entries), REPACK)
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        members = [m for m in archive.infolist() if not m.is_dir() and not _is_clutter(m.filename)]
        refused = _refusal(members)
        if refused:
            raise IntakeError(refused, REPACK)
        contents = [(m.filename, archive.read(m) if m.filename.endswith(wanted) else b"") for m in members]
        return _flat(contents), ()
    except IntakeError:
        raise
    except Exception as error:  # a broken archive fails in as many ways as there are ways to pack it
        raise IntakeError(
            f"The zip can't be opened: it is damaged, encrypted or cut off ({type(error).__name__})."
        ) from None


def _too_many(entries: int) -> str:
    return f"The zip holds {entries:,} files; at most {MAX_MEMBERS} are accepted."


def _refusal(members: list[zipfile.ZipInfo]) -> str:
    """Why a zip isn't opened, from its table of contents alone; an empty string if it may be."""
    unpacked, packed = sum(m.file_size for m in members), sum(m.compress_size for m in members)
    if len(members) > MAX_MEMBERS:
        return _too_many(len(members))
    if any(m.file_size > MAX_UPLOAD for m in members if m.filename.endswith(".ipynb")):
        return f"The zip's notebook is larger than {MAX_UPLOAD / 2**20:.0f} MB, which is refused."
    if unpacked > MAX_UNPACKED or unpacked > MAX_RATIO * max(packed, 1):
        return (
            f"The zip unpacks to {unpacked / 2**20:,.0f} MB from {packed / 2**20:,.1f} MB, which is refused."
        )
    for member in members:
        path = PurePosixPath(member.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or stat.S_ISLNK(member.external_attr >> 16):
            return "The zip holds a link, or a path that leaves its folder."
    return ""


def _is_clutter(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return any(part in ("__MACOSX", ".ipynb_checkpoints", ".DS_Store") for part in parts)
