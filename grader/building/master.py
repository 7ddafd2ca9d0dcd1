"""Reading a master: its questions, their test cells, and the names that each question grades."""

import ast
import re
import symtable
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.course import MasterError


@dataclass(frozen=True)
class Test:
    """One test cell: its source without a mark, and whether students see it."""

    source: str
    hidden: bool

    @property
    def title(self) -> str:
        """The first line of its docstring."""
        words = ast.get_docstring(_tests_of(ast.parse(self.source))[0]) or ""
        return words.partition("\n")[0].strip()


def function_of(source: str) -> Callable[[Any], None]:
    """The test function that a cell defines: of a notebook's names; it raises where a case fails.

    >>> function_of("def test_nothing(env): pass")({})
    """
    scope: dict[str, Any] = {}
    exec(compile(source, "a test cell", "exec"), scope)
    function: Callable[[Any], None] = scope[_tests_of(ast.parse(source))[0].name]
    return function


def _tests_of(tree: ast.Module) -> list[ast.FunctionDef]:
    return [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test")]


@dataclass(frozen=True)
class Question:
    name: str
    title: str  # the first heading of its text
    tests: tuple[Test, ...]
    names: tuple[str, ...]  # what the tests ask the notebook for, in the order of first asking
    manual: bool = False  # graded by hand, so without tests: Otter's `manual: true`


def read(path: Path) -> Any:
    """The master's notebook. Source: https://jupytext.readthedocs.io, percent format."""
    import jupytext

    try:
        return jupytext.read(path, fmt="py:percent")
    except OSError as error:
        raise MasterError(f"{path} can't be read: {error.strerror}") from None


def marker(cell: Any) -> str:
    """`BEGIN QUESTION` for a raw cell that says so, else an empty string."""
    match = (
        re.match(r"#\s*((BEGIN|END) [A-Z ]+?)\s*$", cell.source, re.MULTILINE)
        if cell.cell_type == "raw"
        else None
    )
    return match.group(1) if match else ""


def questions(notebook: Any) -> list[Question]:
    """The questions of a master, in order. Raises `MasterError` for markers that don't match."""
    return [_question(cells) for cells in _blocks(notebook.cells)]


def _blocks(cells: list[Any]) -> Iterator[list[Any]]:
    block: list[Any] | None = None
    for cell in cells:
        if marker(cell) == "BEGIN QUESTION":
            if block is not None:
                raise MasterError(f"a question begins inside another: {cell.source!r}")
            block = [cell]
        elif marker(cell) == "END QUESTION":
            if block is None:
                raise MasterError("a question ends that didn't begin")
            yield block
            block = None
        elif block is not None:
            block.append(cell)
    if block is not None:
        raise MasterError(f"a question never ends: {block[0].source!r}")


def _question(cells: list[Any]) -> Question:
    name = re.search(r"^name:\s*(\w+)\s*$", cells[0].source, re.MULTILINE)
    if name is None:
        raise MasterError(f"a question without a name: {cells[0].source!r}")
    marks = [marker(cell) for cell in cells]
    _refuse_missing_answer(name[1], cells, marks)
    if re.search(r"^manual:\s*true\s*$", cells[0].source, re.MULTILINE | re.IGNORECASE):
        if "BEGIN TESTS" in marks:
            raise MasterError(
                f"{name[1]} is graded by hand (manual: true), and has tests: leave one of them out"
            )
        return Question(name[1], _title(cells), (), (), manual=True)
    if "BEGIN TESTS" not in marks or "END TESTS" not in marks:
        raise MasterError(f"{name[1]} has no BEGIN TESTS … END TESTS")
    tests = [
        _read_test(name[1], cell.source)
        for cell in cells[marks.index("BEGIN TESTS") + 1 : marks.index("END TESTS")]
    ]
    for hidden in (False, True):
        if not any(test.hidden is hidden for test in tests):
            raise MasterError(f"{name[1]} has no {'hidden' if hidden else 'public'} case")
    return Question(
        name[1],
        _title(cells),
        tuple(tests),
        tuple(dict.fromkeys(n for t in tests for n in names_asked(t.source))),
    )


def _refuse_missing_answer(question: str, cells: list[Any], marks: list[str]) -> None:
    """What stands between BEGIN SOLUTION and END SOLUTION goes to no student; of a code cell, what its own marks take out.
    Raises `MasterError` where a mark is missing, as the answer would be handed out, or where there is no answer."""
    if "BEGIN SOLUTION" not in marks or "END SOLUTION" not in marks:
        raise MasterError(f"{question} has no BEGIN SOLUTION … END SOLUTION, in raw cells around its answer")
    answers = cells[marks.index("BEGIN SOLUTION") + 1 : marks.index("END SOLUTION")]
    if not any(cell.source.strip() for cell in answers):
        raise MasterError(f"{question} has no answer between BEGIN SOLUTION and END SOLUTION")
    code = [cell.source for cell in answers if cell.cell_type == "code"]
    for source in code:
        if source.count("# BEGIN SOLUTION") != source.count("# END SOLUTION"):
            first = source.partition("\n")[0]
            raise MasterError(
                f"{question}: the cell {first!r} has not as many # BEGIN SOLUTION as # END SOLUTION"
            )
    if code and not any("# BEGIN SOLUTION" in source or "# SOLUTION" in source for source in code):
        raise MasterError(
            f"{question}: # BEGIN SOLUTION and # END SOLUTION are missing around the lines of its answer; without "
            "them, students would get it"
        )


def _read_test(question: str, source: str) -> Test:
    test = as_test(source)
    found = _tests_of(_parsed(test.source, f"{question}: a test cell"))
    if len(found) != 1:
        raise MasterError(
            f"{question}: a test cell defines one function called test_…, not {len(found)}: {source.strip()[:60]!r}"
        )
    return test


def _parsed(source: str, what: str) -> ast.Module:
    """Raises `MasterError` for what isn't Python."""
    try:
        return ast.parse(source)
    except SyntaxError as error:
        line = (error.text or "").strip()
        raise MasterError(
            f"{what} is not Python: {error.msg}, in its line {error.lineno}: {line!r}"
        ) from None


def _title(cells: list[Any]) -> str:
    """`Convolution, forward` of `### Question 3: Convolution, forward`."""
    for cell in cells:
        heading = re.search(
            r"^#+ (?:(?:Question )?q?\d+\s*[:.·–—-]\s*)?(.+)$", cell.source, re.MULTILINE | re.IGNORECASE
        )
        if cell.cell_type == "markdown" and heading:
            return heading[1].replace("`", "").strip()
    return ""


def as_test(source: str) -> Test:
    first, _, rest = source.partition("\n")
    hidden = bool(re.fullmatch(r"#\s*HIDDEN\s*", first))
    return Test(rest if hidden else source, hidden)


def names_asked(source: str) -> list[str]:
    """What a test asks its environment for: `check(env, "f", …)` and `env["f"]`.

    >>> names_asked('check(env, "f", 1); env["g"](2)')
    ['f', 'g']
    """
    found = []
    for node in ast.walk(ast.parse(source)):
        name: ast.expr | None = None
        if isinstance(node, ast.Call) and len(node.args) > 1 and _is_env(node.args[0]):
            name = node.args[1]
        elif isinstance(node, ast.Subscript) and _is_env(node.value):
            name = node.slice
        if isinstance(name, ast.Constant) and isinstance(name.value, str):
            found.append(name.value)
    return found


def _is_env(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "env"


def refuse_rebinding(notebook: Any, graded: list[Question]) -> None:
    """A graded name is bound in one cell, and that cell isn't one that grading skips. Raises `MasterError`."""
    names = {name: question.name for question in reversed(graded) for name in question.names}
    places: dict[str, list[Any]] = {}
    for cell in notebook.cells:
        if cell.cell_type == "code" and not as_test(cell.source).hidden:
            for name in names.keys() & bound_names(cell.source):
                places.setdefault(name, []).append(cell)
    for name in sorted(names):
        cells = places.get(name, [])
        if not cells:
            raise MasterError(
                f"{names[name]} asks for {name}, which no cell binds: it is misspelt in a test, or its answer is missing"
            )
        if len(cells) != 1:
            raise MasterError(
                f"{names[name]}: {name} is graded and bound in {len(cells)} cells; bind it in exactly one"
            )
        if "otter_ignore" in cells[0].metadata.get("tags", []):
            raise MasterError(
                f"{names[name]}: {name} is graded, but bound in a cell tagged otter_ignore, which grading skips"
            )


def refuse_needed_figures(notebook: Any) -> None:
    """A cell tagged `figure` only draws: no other cell may take a name from it. Raises `MasterError`."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for figure in code:
        if "figure" not in figure.metadata.get("tags", []):
            continue
        for cell in code:
            if cell is not figure and (
                needed := bound_names(figure.source) & (_loaded(cell.source) - bound_names(cell.source))
            ):
                raise MasterError(
                    f"{min(needed)} is bound in a cell tagged figure, which grading skips, and needed elsewhere"
                )


def _loaded(source: str) -> set[str]:
    """Names that a cell takes from the notebook, inside its functions too; their own variables aside."""
    tables = [symtable.symtable(without_magics(source), "cell", "exec")]
    names: set[str] = set()
    while tables:
        table = tables.pop()
        tables.extend(table.get_children())
        symbols = [s for s in table.get_symbols() if s.is_referenced()]
        names.update(s.get_name() for s in symbols if table.get_type() == "module" or s.is_global())
    return names


def without_magics(source: str) -> str:
    return re.sub(r"^[%!].*$", "pass", source, flags=re.MULTILINE)


def bound_names(source: str) -> set[str]:
    """Names that a cell binds at its top level (magics aside)."""
    first = source.strip().partition("\n")[0]
    found: set[str] = set()
    for node in _parsed(without_magics(source), f"the cell {first!r}").body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        else:
            found |= {
                n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
            }
    return found
