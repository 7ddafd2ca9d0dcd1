"""No line of an answer stands in what students get."""

import ast
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
    return _long(lines)


def topic_lines(source: Source) -> set[str]:
    """The lines of the assignment's own topics, but for those that a notebook may have too: imports, the first lines of
    functions, and what these say that they do."""
    lines: set[str] = set()
    for text in source.topics.texts.values():
        shared = {number for node in ast.walk(ast.parse(text)) for number in _shared(node)}
        lines.update(line for number, line in enumerate(text.splitlines(), 1) if number not in shared)
    return _long(lines)


def _shared(node: ast.AST) -> Iterator[int]:
    """The numbers of the lines of an import, of a docstring, and of what stands before a function's first statement."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        yield from range(node.lineno, (node.end_lineno or node.lineno) + 1)
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        yield from range(node.lineno, node.body[0].lineno)
    if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Module) and ast.get_docstring(node) is not None:
        yield from range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1)


def _long(lines: set[str]) -> set[str]:
    return {
        line.strip() for line in lines if len(line.strip()) >= MIN_LINE and not line.strip().startswith("#")
    }


def refuse_leaks(source: Source, student: dict[str, bytes]) -> None:
    """No line of a solution, a hidden case or a topic of the assignment's own stands in what students get. Raises
    `MasterError` naming line and file."""
    secrets = dict.fromkeys(topic_lines(source), "a topic") | dict.fromkeys(
        solution_lines(source), "the solution"
    )
    for name, data in student.items():
        for line in map(str.strip, _text_lines(name, data)):
            if line in secrets:
                raise MasterError(
                    f"{source.assignment.id}: a line of {secrets[line]} stands in the student's {name}: {line!r}"
                )


def _text_lines(name: str, data: bytes) -> Iterator[str]:
    if name.endswith(".ipynb"):
        for cell in json.loads(data)["cells"]:
            yield from "".join(cell["source"]).splitlines()
    elif name.endswith((".py", ".txt", ".md")):
        yield from data.decode().splitlines()
