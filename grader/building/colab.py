"""An assignment's second notebook, for Google Colab, where nothing lies beside a notebook and Otter can't export.

Otter Assign makes it (`runs_on: colab`). Added are cells that bring the hand-out there and take the work home. Its cells
have the ids of the first notebook's, so that grading knows them. Source: https://otter-grader.readthedocs.io, "runs_on".
"""

import re
from collections.abc import Iterable
from typing import Any

import nbformat

from grader.building.packing import changed, with_cells


def name_of(id: str) -> str:
    return f"{id}_colab.ipynb"


WELCOME = """\
**This is the notebook for Google Colab.** Elsewhere, open `{id}.ipynb` instead.

1. Run the next two cells. The second asks for a file: choose `{id}-student.zip`, the hand-out as you got it. A new session
   (after some hours, or a disconnection) starts empty: run both again.
2. The file's name doesn't matter here, whatever the text below says.
3. No cell makes a zip. {handing_in}"""
ALONE = "Download the notebook by *File → Download → Download .ipynb*, and hand in that file."
WITH_FILES = """\
The last cell downloads {listed}; the notebook itself you
   download by *File → Download → Download .ipynb*. Hand in all of them, as they are or in one zip."""
RETOLD = (  # what a text says of the first notebook, and what of this one
    ("the zip that the last code cell makes. It holds ", ""),
    ("the zip that the last code cell makes", "this notebook"),
    ("*Kernel → Restart Kernel and Run All Cells*", "*Runtime → Restart session and run all*"),
    ("so that the zip can be made", "so that the last cell has something to download"),
)
LAST_STEP = re.compile(r"^3\. Run the last code cell\. It makes a zip.*(\n   .*)*$", re.MULTILINE)
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
    listed = " and ".join(f"`{name}`" for name in handed_in)
    handing_in = WITH_FILES.format(listed=listed) if handed_in else ALONE
    welcome = nbformat.v4.new_markdown_cell(WELCOME.format(id=id, handing_in=handing_in))
    bring = _untouched(BRING.replace("{id}", id))
    take = [_untouched(TAKE.format(files=list(handed_in)))] if handed_in else []
    cells = [
        changed(_untouched(INSTALL), id=cell.id) if cell.source.startswith("%pip") else cell
        for cell in notebook.cells
    ]
    place = next(i for i, cell in enumerate(cells) if cell.source == INSTALL)
    last = [] if cells[-1].source.strip() else [cells.pop()]
    cells = [welcome, *cells[: place + 1], bring, *cells[place + 1 :], *take, *last]
    told = [_retold(cell, handing_in) for cell in _with_ids(cells, first.cells)]
    return with_cells(notebook, told)


def _retold(cell: Any, handing_in: str) -> Any:
    """A text that doesn't send students of this notebook to menus and cells of the first."""
    if cell.cell_type != "markdown":
        return cell
    text = cell.source
    for there, here in RETOLD:
        text = text.replace(there, here)
    return changed(cell, source=LAST_STEP.sub(f"3. {handing_in}", text))


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
