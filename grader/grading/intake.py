"""What students hand in: a notebook, and the files beside it. Which one counts, and what is in it."""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from grader.grading.uploads import (
    CLEAR,
    MAX_NAME,
    File,
    IntakeError,
    files_of,
    flatten,
    is_notebook,
    is_short,
)
from grader.sandbox.json_size import has_more_parts

MAX_CELLS = 1000
# lists, objects and values in a notebook's JSON: each may take 30 times its length in memory
MAX_PARTS = 1_000_000
MAX_CODE = 4_000_000  # characters in all code cells
OTTERS_NAME = "__zip_filename__"  # in every zip that Otter exports: its own first name


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


def read(
    path: Path,
    extensions: tuple[str, ...] = (),
    *,
    assignment: str = "",
    accepted: tuple[str, ...] = (),
    untouched: frozenset[str] = frozenset(),
) -> Submission:
    """Read one submission: a notebook, an archive, or a folder with one of these. Raises `IntakeError`.

    extensions: of the files that may be handed in beside it; accepted: their names, where these are known; untouched: digests
    of the hand-out's notebooks as they were given (`digest_of`).
    """
    if path.is_symlink():
        raise IntakeError("This is a link to another place, not a file.", "Hand in the file itself.")
    endings = tuple({f".{extension.rpartition('.')[2]}" for extension in extensions})
    files = flatten(files_of(path, lambda name: is_notebook(name) or name.casefold().endswith(endings)))
    notebooks = {name: file for name, file in files.items() if is_notebook(name)}
    if not notebooks:
        names = ", ".join(sorted(files)[:5]) or "nothing"
        raise IntakeError(f"There is no notebook (.ipynb) in this submission; it holds {names}.")
    name, read_as = _choose(notebooks, assignment, untouched)
    weights = {
        name: file for name, file in files.items() if name.casefold().endswith(endings) and is_short(name)
    }
    wanted, renamed = _by_their_names(weights, extensions, accepted)
    used = {name, *wanted, *renamed.values(), OTTERS_NAME}
    notes = list(read_as.notes)
    notes += [f"{given} is taken for {expected}" for expected, given in renamed.items()]
    if len(notebooks) > 1:
        others = ", ".join(sorted(set(notebooks) - {name})[:5])
        notes.append(f"there are {len(notebooks)} notebooks: {name} is graded, and not {others}")
    if aside := sorted(set(files) - used - set(notebooks)):
        notes.append(f"set aside, not used in grading: {', '.join(name[:MAX_NAME] for name in aside[:8])}")
    digest = hashlib.sha256(notebooks[name].data)
    for _, content in sorted(wanted.items()):
        digest.update(hashlib.sha256(content).digest())
    return Submission(path.name, read_as.cells, read_as.assignment, digest.hexdigest(), wanted, tuple(notes))


class Parsed(NamedTuple):
    """What a notebook holds for grading, and what is to be told of how it was read."""

    cells: tuple[Cell, ...]
    assignment: str | None
    notes: tuple[str, ...] = ()


def digest_of(cells: Iterable[Cell]) -> str:
    """Of a notebook's code: the same for an untouched one, whatever an editor did to its ids and outputs."""
    return hashlib.sha256("\0".join(cell.source.strip() for cell in cells).encode()).hexdigest()


def _choose(notebooks: dict[str, File], assignment: str, untouched: frozenset[str]) -> tuple[str, Parsed]:
    """The notebook that counts: one that was worked on before one that was not, of this assignment before others, called
    like it before others, and of what is left the newest. Raises `IntakeError` if none can be read."""
    readable: dict[str, Parsed] = {}
    errors: list[IntakeError] = []
    for name, file in sorted(notebooks.items()):
        try:
            readable[name] = parse(file.data)
        except IntakeError as error:
            errors.append(error)
    if not readable:
        raise errors[0]

    def rank(name: str) -> tuple[bool, bool, bool, tuple[int, ...]]:
        parsed = readable[name]
        return (
            digest_of(parsed.cells) not in untouched,
            parsed.assignment == assignment,
            PurePosixPath(name).name.casefold() == f"{assignment}.ipynb".casefold(),
            notebooks[name].when,
        )

    best = max(readable, key=rank)
    return best, readable[best]


def _by_their_names(
    weights: dict[str, File], extensions: tuple[str, ...], accepted: tuple[str, ...]
) -> tuple[dict[str, bytes], dict[str, str]]:
    """{name: content} of the files that go beside the notebook, and {expected name: given name} of those that were found under
    another one: with a platform's words in front, "(1)" behind, in capitals, or as the only file of the kind."""
    kept = {name: file.data for name, file in weights.items() if name.endswith(extensions)}
    missing = [name for name in accepted if name not in kept]
    free = {name: file for name, file in weights.items() if name not in accepted}
    renamed: dict[str, str] = {}
    for expected in missing:
        alike = [name for name in free if _plain(name).endswith(_plain(expected))]
        if not alike and len(missing) == 1:
            alike = list(free) if len(free) == 1 else []
        if alike:
            given = max(alike, key=lambda name: free[name].when)
            renamed[expected] = given
            kept.pop(given, None)
            kept[expected] = free.pop(given).data
    return kept, renamed


def _plain(name: str) -> str:
    """A name without capitals and without the number that a browser gives to a second download."""
    return re.sub(r"\s*\(\d+\)", "", name.casefold())


def parse(data: bytes) -> Parsed:
    """The code cells of a notebook, and the assignment that its metadata names. Raises `IntakeError`.

    >>> parse(b'{"cells": [{"cell_type": "code", "source": ["x = ", "1"]}]}').cells
    (Cell(number=1, source='x = 1', id='', tags=()),)
    """
    if not data.strip():
        raise IntakeError("The notebook is an empty file (0 bytes): the upload or the save went wrong.")
    if has_more_parts(data, MAX_PARTS):
        raise IntakeError("The notebook holds more than a million lists, numbers and texts.", CLEAR)
    notebook, notes = _decode(data)
    raw = _cells(notebook)
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
    return Parsed(cells, _assignment(notebook), notes)


def _decode(data: bytes) -> tuple[Any, tuple[str, ...]]:
    """The JSON of a notebook: in Unicode or, from old editors, in Latin-1; what stands behind its end is left out."""
    notes: tuple[str, ...] = ()
    try:
        try:
            text = data.decode(json.detect_encoding(data), "surrogatepass")
        except UnicodeDecodeError:
            text, notes = data.decode("latin-1"), ("the notebook isn't in UTF-8; it was read as Latin-1",)
        text = text.removeprefix("\ufeff").lstrip()
        notebook, end = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        raise IntakeError(
            "The notebook can't be read: it is not a Jupyter notebook, or it was cut off."
        ) from None
    if text[end:].strip("\0 \t\r\n"):
        notes = (*notes, "what stands behind the notebook's end was left out")
    return notebook, notes


def _cells(notebook: Any) -> Any:
    """The cells of a notebook of format 4, or of format 3, where they lie in worksheets."""
    if not isinstance(notebook, dict) or "cells" in notebook:
        return notebook.get("cells") if isinstance(notebook, dict) else None
    sheets = notebook.get("worksheets")
    if not isinstance(sheets, list):
        return None
    inside = [sheet.get("cells") for sheet in sheets if isinstance(sheet, dict)]
    return [cell for cells in inside if isinstance(cells, list) for cell in cells]


def _source(cell: dict[str, Any]) -> str:
    source = cell.get("source", cell.get("input", ""))  # the second in format 3
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
