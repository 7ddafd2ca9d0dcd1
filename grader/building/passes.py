"""The passes over a notebook, before Otter Assign and after it: each takes one and gives another."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

import jinja2

from grader.building import colab, master
from grader.building.packing import (
    changed,
    raw_cell,
    with_cells,
    with_metadata,
)
from grader.building.source import Source
from grader.course import MasterError


def insert_config(notebook: Any, source: Source) -> Any:
    """Otter's first cell, from course.toml."""
    config = {
        "name": source.assignment.id,
        "tests": {"files": True, "ok_format": False},
        "files": [*source.code_beside, "data.npz", "fixtures.npz"],
        "export_cell": {
            "pdf": False,
            "run_tests": False,
            "ignore_log": True,
            "files": list(source.assignment.files),
        },
        "generate": {"show_hidden": source.assignment.visibility == "visible", "print_summary": False},
        "run_tests": False,
    }
    config = colab.config(config) if source.for_colab else config
    cell = raw_cell("# ASSIGNMENT CONFIG\n" + json.dumps(config, indent=2))  # JSON is YAML
    return with_cells(notebook, [cell, *notebook.cells])


def fill_in_numbers(notebook: Any, source: Source) -> Any:
    """Text may have `<<expression>>`: one of the term's numbers, or what the reference says of some sizes. So no number
    in the text can be wrong."""
    from grader.judge.reference import REFERENCE

    environment = jinja2.Environment(
        variable_start_string="<<", variable_end_string=">>", block_start_string="<%", block_end_string="%>",
        comment_start_string="<#", comment_end_string="#>", undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
    )  # fmt: skip
    environment.filters["thousands"] = "{:,}".format
    known = {name: function for name, function in REFERENCE.items() if name.isidentifier()} | source.drawn

    def filled(cell: Any) -> Any:
        if cell.cell_type != "markdown" or "<<" not in cell.source:
            return cell
        try:
            return changed(cell, source=environment.from_string(cell.source).render(known))
        except jinja2.TemplateError as error:
            raise MasterError(f"{source.assignment.id}: a text can't be filled in: {error}") from None

    return with_cells(notebook, map(filled, notebook.cells))


def insert_points(notebook: Any, source: Source) -> Any:
    """Each question's points stand in course.toml; the hidden cases share them. A question without tests has none here."""
    points = source.assignment.points | {question.name: 0.0 for question in source.manual}

    def pointed(cell: Any) -> Any:
        if master.marker(cell) != "BEGIN QUESTION":
            return cell
        name = next(name for name in points if f"name: {name}" in cell.source.splitlines())
        return changed(cell, source=f"{cell.source.rstrip()}\npoints: {points[name]:g}")

    return with_cells(notebook, map(pointed, notebook.cells))


def make_public_cases_free(notebook: Any, source: Source) -> Any:
    """A case that students can see is worth nothing: what is visible can be hard-coded."""
    public = {test.source for question in source.questions for test in question.tests if not test.hidden}
    config = '""" # BEGIN TEST CONFIG\npoints: 0\n""" # END TEST CONFIG\n'

    def freed(cell: Any) -> Any:
        return changed(cell, source=config + cell.source) if cell.source in public else cell

    return with_cells(notebook, map(freed, notebook.cells))


def name_kernel(notebook: Any, source: Source) -> Any:
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return with_metadata(notebook, {"kernelspec": kernel, "language_info": {"name": "python"}})


def name_cells(notebook: Any, source: Source) -> Any:
    """Otter's cell ids are random; ours follow from the place."""
    ids = (
        hashlib.sha256(f"{source.assignment.id}/{i}".encode()).hexdigest()[:8]
        for i in range(len(notebook.cells))
    )
    return with_cells(
        notebook, [changed(cell, id=new) for cell, new in zip(notebook.cells, ids, strict=True)]
    )


def drop_outputs(notebook: Any, source: Source) -> Any:
    def bare(cell: Any) -> Any:
        return changed(cell, outputs=[], execution_count=None) if cell.cell_type == "code" else cell

    return with_cells(notebook, map(bare, notebook.cells))


Pass = Callable[[Any, Source], Any]
BEFORE_OTTER: list[Pass] = [
    fill_in_numbers,
    insert_config,
    insert_points,
    make_public_cases_free,
    name_kernel,
]
AFTER_OTTER: list[Pass] = [name_cells, drop_outputs]


def apply(passes: list[Pass], notebook: Any, source: Source) -> Any:
    for step in passes:
        notebook = step(notebook, source)
    return notebook
