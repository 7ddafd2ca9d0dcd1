"""No line of an answer stands in what students get."""

import json
from collections.abc import Iterator

from grader.building import master
from grader.building.source import Source
from grader.course import MasterError

MIN_LINE = 24  # shorter lines (`out = np.zeros(shape)`) are anybody's


def solution_lines(source: Source) -> set[str]:
    """The lines that only a solution has: inside SOLUTION marks, and in hidden test cells."""
    lines: set[str] = set()
    for cell in source.notebook.cells:
        if cell.cell_type != "code":
            continue
        if master.as_test(cell.source).hidden:
            lines.update(cell.source.splitlines())
        inside = False
        for line in cell.source.splitlines():
            if "BEGIN SOLUTION" in line:
                inside = True
            elif "END SOLUTION" in line:
                inside = False
            elif inside or line.rstrip().endswith("# SOLUTION"):
                lines.add(line.replace("# SOLUTION", ""))
    return {
        line.strip() for line in lines if len(line.strip()) >= MIN_LINE and not line.strip().startswith("#")
    }


def refuse_leaks(source: Source, student: dict[str, bytes]) -> None:
    """No line of a solution or a hidden case stands in what students get. Raises `MasterError` naming line and file."""
    secrets = solution_lines(source)
    for name, data in student.items():
        for line in _text_lines(name, data):
            if line.strip() in secrets:
                raise MasterError(
                    f"{source.assignment.id}: a line of the solution stands in the student's {name}: {line.strip()!r}"
                )


def _text_lines(name: str, data: bytes) -> Iterator[str]:
    if name.endswith(".ipynb"):
        for cell in json.loads(data)["cells"]:
            yield from "".join(cell["source"]).splitlines()
    elif name.endswith((".py", ".txt", ".md")):
        yield from data.decode().splitlines()
