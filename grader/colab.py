"""An assignment's second notebook, for Google Colab, where nothing lies beside a notebook and Otter can't export.

Otter Assign makes it (`runs_on: colab`). Added are cells that bring the hand-out there and take the work home. Its cells
have the ids of the first notebook's, so that grading knows them. Source: https://otter-grader.readthedocs.io, "runs_on".
"""

from collections.abc import Iterable
from typing import Any

import nbformat

from grader.packing import changed, with_cells


def name_of(id: str) -> str:
    return f"{id}_colab.ipynb"


WELCOME = """\
**This is the notebook for Google Colab.** Elsewhere, open `{id}.ipynb` instead.

1. Run the next two cells. The second asks for a file: choose `{id}-student.zip`, the hand-out as you got it. A new session
   (after some hours, or a disconnection) starts empty: run both again.
2. The file's name doesn't matter here, whatever the text below says.
3. There is no cell at the end that makes a zip. The last cell downloads {what}; the notebook itself you
   download by *File → Download → Download .ipynb*. Hand in {whats}."""

BRING = """\
# brings the hand-out here: choose {id}-student.zip when you are asked
import zipfile
from pathlib import Path, PurePosixPath

if not Path("tests").is_dir():
    if not list(Path().glob("{id}-student*.zip")):
        from google.colab import files

        files.upload()
    with zipfile.ZipFile(max(Path().glob("{id}-student*.zip"))) as handed_out:
        for entry in handed_out.infolist():
            place = Path(*PurePosixPath(entry.filename).parts[1:])
            if not entry.is_dir():
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(handed_out.read(entry))"""

INSTALL = '%pip install -q "otter-grader>=7.0,<8"'

TAKE = """\
# takes home what you hand in beside the notebook
from google.colab import files

for name in {files}:
    files.download(name)"""


def config(standard: dict[str, Any]) -> dict[str, Any]:
    """Otter's first cell for the second notebook."""
    return {**standard, "runs_on": "colab", "export_cell": False}


def finished(notebook: Any, id: str, handed_in: tuple[str, ...], first: Any) -> Any:
    """Otter's notebook for Colab with our cells around it, and the ids of the `first` notebook's cells."""
    told = {"id": id, "files": list(handed_in)}
    if handed_in:
        listed = " and ".join(f"`{name}`" for name in handed_in)
        told |= {"what": listed, "whats": f"both, as they are or in one zip: the notebook and {listed}"}
    else:
        told |= {"what": "nothing more", "whats": "that file"}
    welcome = nbformat.v4.new_markdown_cell(WELCOME.format(**told))
    bring = _untouched(BRING.replace("{id}", id))
    take = [_untouched(TAKE.format(**told))] if handed_in else []
    cells = [
        changed(_untouched(INSTALL), id=cell.id) if cell.source.startswith("%pip") else cell
        for cell in notebook.cells
    ]
    place = next(i for i, cell in enumerate(cells) if cell.source == INSTALL)
    last = [] if cells[-1].source.strip() else [cells.pop()]
    cells = [welcome, *cells[: place + 1], bring, *cells[place + 1 :], *take, *last]
    return with_cells(notebook, _with_ids(cells, first.cells))


def _untouched(source: str) -> Any:
    return nbformat.v4.new_code_cell(source, metadata={"tags": ["otter_ignore"]})


def _with_ids(cells: Iterable[Any], first: Iterable[Any]) -> list[Any]:
    """Cells that the first notebook has too get its ids, the others ids of their own; in the metadata as well, where
    Colab keeps them."""
    known: dict[str, list[str]] = {}
    for cell in first:
        known.setdefault(cell.source, []).append(cell.id)
    named = []
    for number, cell in enumerate(cells):
        id = known[cell.source].pop(0) if known.get(cell.source) else f"colab{number}"
        named.append(changed(cell, id=id, metadata={**cell.metadata, "id": id}))
    return named
