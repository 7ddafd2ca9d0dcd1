"""Make the sample class: `tests/submissions/<id>/`, notebooks and zips as students would hand them in.

Each is the assignment's notebook, solved, with the cells of some functions replaced by those of a file in `answers/<id>/`.
Where an assignment takes weights, a sample is the zip that the notebook's last cell exports; `# hands in:` names other
weights than the trained ones, or nothing. Run this after a master has changed: .venv/bin/python tests/submissions/make.py
"""

import ast
import re
from pathlib import Path
from typing import Any

from grader import course
from grader.building import packing
from grader.building.build import assemble
from grader.building.source import Source
from grader.files import zip_bytes

HERE = Path(__file__).parent


def main() -> None:
    plan = course.load(course.find(HERE))
    for assignment in plan.choose(()):
        for name, data in samples(Source(plan, assignment)).items():
            path = HERE / assignment.id / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(data)
            print(path.relative_to(HERE))


def samples(source: Source) -> dict[str, bytes]:
    """{file name: bytes} of every sample of an assignment."""
    parts = assemble(source)
    folder = HERE / "answers" / source.assignment.id
    solved = {
        path: packing.notebook_bytes(answered(parts.solution, path.read_text()))
        for path in folder.glob("*.py")
    }
    made = {
        path.stem: (notebook, handed_in(path, source.assignment.files)) for path, notebook in solved.items()
    }
    made["skeleton"] = parts.student[f"{source.assignment.id}.ipynb"], {}
    made["empty"] = packing.notebook_bytes(packing.with_cells(parts.solution, [])), {}
    return dict(packed(source.assignment.id, name, *sample) for name, sample in sorted(made.items()))


def handed_in(answer: Path, accepted: tuple[str, ...]) -> dict[str, bytes]:
    """{name: bytes} of what goes with a notebook."""
    other = re.search(r"^# hands in: (\S+)$", answer.read_text(), re.MULTILINE)
    if other and other[1] == "nothing":
        return {}
    return {name: (answer.parent / (other[1] if other else name)).read_bytes() for name in accepted}


def packed(assignment: str, name: str, notebook: bytes, files: dict[str, bytes]) -> tuple[str, bytes]:
    if not files:
        return f"{name}.ipynb", notebook
    export = {f"{assignment}.ipynb": notebook, "__zip_filename__": f"{name}.zip".encode(), **files}
    return f"{name}.zip", zip_bytes(export)


def answered(solution: Any, answer: str) -> Any:
    """The solved notebook, with each cell that defines one of the answer's functions or constants replaced by its text."""
    texts = {name: ast.get_source_segment(answer, node) for name, node in defined(answer).items()}
    known = {name for cell in solution.cells if cell.cell_type == "code" for name in defined(cell.source)}
    helpers, placed = [name for name in texts if name not in known], set()
    cells = []
    for cell in solution.cells:
        own = defined(cell.source) if cell.cell_type == "code" else {}
        if here := [name for name in texts if name in own]:
            new = [texts[name] for name in [*(h for h in helpers if h not in placed), *here]]
            kept = _without(cell.source, [own[name] for name in here])
            cell = packing.changed(cell, source="\n\n\n".join([kept] * bool(kept) + new))
            placed.update(helpers, here)
        cells.append(cell)
    return packing.with_cells(solution, cells)


def defined(source: str) -> dict[str, ast.stmt]:
    """The functions and the constants, one name each, that a text defines at its top level."""
    found: dict[str, ast.stmt] = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef):
            found[node.name] = node
        elif (
            isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name)
        ):
            found[node.targets[0].id] = node
    return found


def _without(source: str, nodes: list[ast.stmt]) -> str:
    lines = source.splitlines()
    for node in sorted(nodes, key=lambda node: node.lineno, reverse=True):
        del lines[node.lineno - 1 : node.end_lineno]
    rest = "\n".join(lines).strip()
    return rest if ast.parse(rest).body else ""


if __name__ == "__main__":
    main()
