"""Fuzzers of the intake: notebooks, zips and folders become cells and the files asked for, or a sentence."""

import contextlib
import functools
import io
import json
import os
import socket
import tarfile
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import strategies as st

from grader.grading import intake
from grader.grading import uploads as opening
from grader.grading.intake import IntakeError
from tests.hostile.fuzz.fuzzer import (
    GROWTH,
    HANGS,
    MEGABYTE,
    MEMORY,
    REFUSED,
    Fuzzer,
    Hole,
    examined,
    expect,
    patched,
)
from tests.hostile.fuzz.mutation import grafted, mutated, seeded, value, words
from tests.hostile.fuzz.weights import archived, bomb

NOTEBOOK = {
    "nbformat": 4,
    "nbformat_minor": 5,
    "metadata": {"otter": {"assignment_name": "a3"}, "kernelspec": {"name": "python3"}},
    "cells": [
        {"cell_type": "markdown", "id": "m", "metadata": {}, "source": ["# one\n", "two"]},
        {"cell_type": "code", "id": "a", "metadata": {"tags": ["x"]}, "source": "x = 1", "outputs": []},
        {
            "cell_type": "code",
            "id": "b",
            "metadata": {},
            "source": ["y = 'é'\n", "z = 2"],
            "outputs": [{"data": {}}],
        },
    ],
}
NOTEBOOKS = [json.dumps(NOTEBOOK).encode(), json.dumps(NOTEBOOK, ensure_ascii=False, indent=1).encode()]
WORDS = words(
    "cells cell_type code markdown id metadata source tags otter assignment_name otter_ignore outputs"
)


ENCODINGS = ("utf-16", "utf-32-be", "utf-8-sig", "latin-1")


def hostile_notebook(random: Random) -> bytes:
    match random.randrange(8):
        case 0 | 1 | 2:
            return mutated(random, NOTEBOOKS)
        case 3 | 4 | 5:
            return json.dumps(grafted(random, [NOTEBOOK], WORDS)).encode()
        case 6:
            return random.choice([b"[", b'{"a":', b"[[],", b"[{},"]) * random.randrange(5_000)
    return json.dumps(grafted(random, [NOTEBOOK, value(random, WORDS)])).encode(random.choice(ENCODINGS))


def a_notebook_is_cells_or_refused(parse: Callable, data: bytes) -> None:
    found = examined(lambda: parse(data), IntakeError, MEGABYTE + GROWTH * len(data))
    if found is not REFUSED:
        cells, assignment, _ = found
        expect(0 < len(cells) <= intake.MAX_CELLS, "no cells, or too many")
        expect([cell.number for cell in cells] == list(range(1, len(cells) + 1)), "cells that are miscounted")
        expect(all(is_text(cell.source) for cell in cells), "a source that can't be written down")
        expect(all(type(cell.id) is str and len(cell.id) <= 64 for cell in cells), "an id that is none")
        expect(assignment is None or type(assignment) is str, "an assignment that is none")


def is_text(text: Any) -> bool:
    try:
        return type(text) is str and text.encode() is not None
    except UnicodeEncodeError:
        return False


def trusting_parse(data: bytes) -> Any:
    notebook = json.loads(data)
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    cells = tuple(intake.Cell(i, "".join(c["source"]), c["id"]) for i, c in enumerate(code, 1))
    return intake.Parsed(cells, None)


PARSER_HOLES = {
    "what isn't there": Hole(trusting_parse, r"^\w+Error: "),
    "half a surrogate pair": Hole(
        patched(intake.parse, intake, _source=lambda cell: str(cell.get("source"))),
        "^a source that can't be written",
    ),
    "an id of any kind": Hole(
        patched(intake.parse, intake, _id=lambda cell: cell.get("id")), "^an id that is none"
    ),
}

ZIPPED = {
    "a3.ipynb": NOTEBOOKS[0],
    "mine.npz": bytes(900),
    "notes/a.txt": b"text",
    "__MACOSX/x": b"",
    "otter.py": b"1",
}
NAMES = [
    *words(
        "a3.ipynb b.ipynb mine.npz ../mine.npz /etc/mine.npz C:\\mine.npz ..\\mine.npz a//mine.npz . .. x/ a.zip"
    ),
    *words("__zip_filename__ .OTTER_LOG NUL.npz %s%s%s"),
    *("", "ä\n.npz", "í\xa0\x80.npz", "x" * 300 + ".npz", "a/" * 50 + "mine.npz"),
]
ZIPS = [archived(list(ZIPPED.items()), method) for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)]


def tarred(mode: str) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode=mode) as archive:
        for name, data in ZIPPED.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return stream.getvalue()


ARCHIVES = [*ZIPS, tarred("w"), tarred("w:gz")]
CAPS = {"MAX_UPLOAD": 2**19, "MAX_UNPACKED": 2**19}
read_submission = patched(lambda path: intake.read(path, (".npz",)), opening, **CAPS)


def hostile_zip(random: Random) -> bytes:
    contents = [*NOTEBOOKS, b"", bytes(900), ZIPS[1], hostile_notebook(random)]
    made = archived([(random.choice(NAMES), random.choice(contents)) for _ in range(random.randrange(6))])
    return random.choices(
        [mutated(random, ARCHIVES), made, mutated(random, [made]), bomb("mine.npz")], [20, 20, 10, 1]
    )[0]


def a_zip_is_a_submission_or_refused(read: Callable, data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "ada.zip")
        path.write_bytes(data)
        allowed = 2 * MEGABYTE + GROWTH * (len(data) + CAPS["MAX_UNPACKED"])
        is_submission(examined(lambda: read(path), IntakeError, allowed))


def is_submission(found: Any) -> None:
    if found is not REFUSED:
        expect(
            all(is_plain_name(name) for name in found.files), f"a file's name leads elsewhere: {found.files}"
        )
        expect(len(found.digest) == 64 and found.cells, "a submission without a notebook")


def is_plain_name(name: str) -> bool:
    return name.endswith(".npz") and "/" not in name and name not in (".npz", "..npz")


def unchecked(path: Path) -> Any:
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    return intake.Submission("", intake.parse(files["a3.ipynb"]).cells, None, "0" * 64, files)


ZIP_HOLES = {
    "no look at the table of contents": Hole(
        patched(read_submission, opening, refusal=lambda members: ""), MEMORY
    ),
    "the archive's errors and names": Hole(unchecked, "^BadZipFile: |^a file's name leads elsewhere"),
}

SECRET = b"secret-8d1f"  # in what a link in the folder leads to
ENTRIES = words("notebook weights text folder link loop pipe device socket closed zip")


def folders() -> st.SearchStrategy:
    """What lies in a folder that was handed in: of each thing its kind, its name, and how deep it lies."""
    names = st.sampled_from(
        [b"a3.ipynb", b"mine.npz", b"\xff.npz", b"a\nb.npz", b" ", b"x" * 200 + b".npz", b".h.npz"]
    )
    return st.lists(st.tuples(st.sampled_from(ENTRIES), names, st.sampled_from([0, 0, 1, 9])), max_size=5)


def lay(kind: str, path: bytes, secret: str) -> None:
    if os.path.lexists(path):
        return
    match kind:
        case "notebook" | "weights" | "text" | "zip":
            content = {"notebook": NOTEBOOKS[0], "weights": bytes(9), "text": b"x", "zip": ZIPS[0]}
            Path(os.fsdecode(path)).write_bytes(content[kind])
        case "folder":
            os.mkdir(path)
        case "link":
            os.symlink(os.fsencode(secret), path)
        case "loop":
            os.symlink(os.path.dirname(path), path)
        case "pipe":
            os.mkfifo(path)
        case "device":
            # /dev/null; what opens it would open /dev/zero
            os.mknod(path, 0o600 | 0o020000, os.makedev(1, 3))
        case "socket":
            with socket.socket(socket.AF_UNIX) as server:
                server.bind(path)
        case "closed":
            Path(os.fsdecode(path)).write_bytes(b"x")
            os.chmod(path, 0)


def a_folder_is_a_submission_or_refused(read: Callable, entries: list[tuple[str, bytes, int]]) -> None:
    """With nothing of what a link leads to in it; each thing in the folder may be handed in by itself, too."""
    with tempfile.TemporaryDirectory() as place:
        outside, handed_in = Path(place, "outside.npz"), Path(place, "ada")
        outside.write_bytes(SECRET)
        handed_in.mkdir()
        for kind, name, depth in entries:
            folder = os.fsencode(handed_in) + b"/d" * depth
            os.makedirs(folder, exist_ok=True)
            with contextlib.suppress(OSError):  # too long a name, no right to make devices
                lay(kind, folder + b"/" + name, str(outside))
        for path in [handed_in, *intake.find([handed_in])]:
            holds_no_secret(functools.partial(read, path))


def holds_no_secret(read: Callable) -> None:
    found = examined(read, IntakeError, 2 * MEGABYTE + GROWTH * CAPS["MAX_UPLOAD"])
    is_submission(found)
    files = [] if found is REFUSED else found.files.values()
    expect(SECRET not in files, "what a link leads to was read")
    expect(b"" not in files, "a device was read")


def any_file(path: Path, which: Callable[[Path], bool]) -> Any:
    files = {p.name: p.read_bytes() for p in path.rglob("*.npz") if which(p)}
    return intake.Submission("", intake.parse(NOTEBOOKS[0]).cells, None, "0" * 64, files)


FOLDER_HOLES = {
    "links are followed": Hole(
        functools.partial(any_file, which=Path.is_file), "^what a link leads to was read"
    ),
    "pipes are opened": Hole(functools.partial(any_file, which=Path.is_fifo), HANGS),
}

FUZZERS = {
    "notebooks": Fuzzer(
        lambda: seeded(hostile_notebook),
        a_notebook_is_cells_or_refused,
        intake.parse,
        200,
        10_000,
        PARSER_HOLES,
    ),
    "zips": Fuzzer(
        lambda: seeded(hostile_zip), a_zip_is_a_submission_or_refused, read_submission, 100, 5_000, ZIP_HOLES
    ),
    "folders": Fuzzer(folders, a_folder_is_a_submission_or_refused, read_submission, 50, 2_000, FOLDER_HOLES),
}
