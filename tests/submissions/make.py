"""Make the sample class: `tests/submissions/<id>/*.ipynb`, real notebooks as students would hand them in.

Each is the assignment's notebook, solved, with the cells of some functions replaced by those of a file in `answers/<id>/`. Run it
after a master has changed: .venv/bin/python tests/submissions/make.py
"""

import ast
from pathlib import Path
from typing import Any

from grader import build, course

HERE = Path(__file__).parent


def main() -> None:
    plan = course.load(course.find(HERE))
    for assignment in plan.choose(()):
        for name, data in samples(build.Source(plan, assignment)).items():
            path = HERE / assignment.id / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(data)
            print(path.relative_to(HERE))


def samples(source: build.Source) -> dict[str, bytes]:
    """{file name: bytes} of every sample of an assignment."""
    parts = build.assemble(source)
    answers = sorted((HERE / "answers" / source.assignment.id).glob("*.py"))
    made = {
        f"{path.stem}.ipynb": build.notebook_bytes(answered(parts.solution, path.read_text()))
        for path in answers
    }
    empty = build.with_cells(parts.solution, [])
    return {
        **made,
        "skeleton.ipynb": parts.student[f"{source.assignment.id}.ipynb"],
        "empty.ipynb": build.notebook_bytes(empty),
    }


def answered(solution: Any, answer: str) -> Any:
    """The solved notebook, with each cell that defines one of the answer's functions replaced by the answer's text."""
    functions = {
        node.name: ast.get_source_segment(answer, node)
        for node in ast.parse(answer).body
        if isinstance(node, ast.FunctionDef)
    }
    cells, placed = [], set()
    for cell in solution.cells:
        here = [name for name in functions if cell.cell_type == "code" and f"def {name}(" in cell.source]
        if here:
            helpers = [
                name for name in functions if not any(f"def {name}(" in c.source for c in solution.cells)
            ]
            texts = [functions[name] for name in [*(h for h in helpers if h not in placed), *here]]
            kept = [] if _all_defined(cell.source, functions) else [_without(cell.source, set(here))]
            cell = build.changed(cell, source="\n\n\n".join([*kept, *texts]))
            placed.update(helpers, here)
        cells.append(cell)
    return build.with_cells(solution, cells)


def _all_defined(source: str, functions: dict[str, Any]) -> bool:
    return all(
        isinstance(node, ast.FunctionDef) and node.name in functions for node in ast.parse(source).body
    )


def _without(source: str, names: set[str]) -> str:
    lines = source.splitlines()
    for node in reversed(ast.parse(source).body):
        if isinstance(node, ast.FunctionDef) and node.name in names:
            del lines[node.lineno - 1 : node.end_lineno]
    return "\n".join(lines).strip()


if __name__ == "__main__":
    main()
