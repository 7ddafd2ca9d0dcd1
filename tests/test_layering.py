"""The arrows of the house: who may import whom, and what is imported only when it is needed."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.tasks.catalogue import NETWORKS, TASKS

ROOT = Path(__file__).parent.parent
GRADER = ROOT / "grader"
MODULES = sorted([*ROOT.glob("kerasnets/**/*.py"), *GRADER.glob("**/*.py")])
SLOW = {"tensorflow", "keras", "jax", "torch"}

# The rooms of grader/, from the ground up: each may import those that it names, and itself.
GROUND = frozenset({"course", "files", "quiet", "report"})
ROOMS: dict[str, frozenset[str]] = {
    **dict.fromkeys(GROUND, frozenset()),
    "cnnchecks": frozenset(),
    "sandbox": frozenset({"cnnchecks"}),  # of it the two files below
    "tasks": GROUND | {"cnnchecks", "sandbox"},  # of it the admission, as students have it
    "reports": GROUND | {"cnnchecks"},
    "judge": GROUND | {"cnnchecks", "tasks"},
    "grading": GROUND | {"cnnchecks", "tasks", "judge", "sandbox", "reports"},
    "gradescope": GROUND | {"cnnchecks", "grading", "sandbox", "reports"},
    "building": GROUND | {"cnnchecks", "tasks", "judge", "grading", "gradescope", "sandbox"},
    "auditing": GROUND | {"cnnchecks", "tasks", "judge", "grading", "gradescope", "building", "sandbox"},
    "cli": GROUND | {"grading", "gradescope", "building", "auditing", "reports", "sandbox"},
}
NEEDED = {  # by rooms that need no more of another one
    ("sandbox", "cnnchecks"): {"outcome", "values"},
    ("tasks", "sandbox"): {"admit"},
}


def imports(path: Path, inside_functions: bool = True) -> Iterator[str]:
    """Dotted names that a file imports; without `inside_functions`, those that importing the file imports."""
    pending: list[ast.AST] = [ast.parse(path.read_text(encoding="utf-8"))]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names if not node.level)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            continue
        if inside_functions or not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            pending.extend(ast.iter_child_nodes(node))


def relative_levels(path: Path) -> set[int]:
    """How far up a file's relative imports go: 1 is its own package."""
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return {node.level for node in nodes if isinstance(node, ast.ImportFrom)}


def under(name: str, *packages: str) -> bool:
    return any(name == package or name.startswith(package + ".") for package in packages)


def room_of(path: Path) -> str:
    return path.relative_to(GRADER).parts[0].removesuffix(".py")


def forbidden(path: Path) -> Iterator[str]:
    """The imports of a file of grader/ that no arrow allows."""
    room = room_of(path)
    for name in imports(path):
        _, _, inside = name.partition("grader.")
        other, _, part = inside.partition(".")
        if not under(name, "grader") or other in (room, ""):
            continue
        needed = NEEDED.get((room, other))
        if other not in ROOMS[room] or (needed and part.partition(".")[0] not in needed):
            yield f"{path.relative_to(ROOT)} imports {name}"


def test_every_part_of_the_grader_is_a_room():
    parts = {
        room_of(path) for path in GRADER.glob("**/*.py") if path.parent != GRADER or path.stem != "__init__"
    }
    assert parts == set(ROOMS)


def test_the_rooms_import_those_below_them_alone():
    files = [path for path in GRADER.glob("**/*.py") if path != GRADER / "__init__.py"]
    assert [path for path in files if max(relative_levels(path), default=0) > 1] == []
    assert [line for path in files for line in forbidden(path)] == []


def test_the_right_answers_know_nothing_of_grading():
    library = [path for path in MODULES if path.is_relative_to(ROOT / "kerasnets")]
    assert [(path, name) for path in library for name in imports(path) if under(name, "grader")] == []


def test_the_sandbox_knows_no_right_answer():
    files = sorted(GRADER.glob("sandbox/*.py"))
    assert [(path, name) for path in files for name in imports(path) if under(name, "kerasnets")] == []


def test_what_students_get_imports_nothing_of_ours_and_numpy_alone():
    beside = [GRADER / "sandbox" / "admit.py", ROOT / "kerasnets" / "blueprint.py"]
    checks = sorted(GRADER.glob("cnnchecks/*.py"))
    ours = {(path.name, name) for path in [*beside, *checks] for name in imports(path)}
    assert [pair for pair in sorted(ours) if under(pair[1], "kerasnets", "grader")] == []
    top = {name.partition(".")[0] for path in checks for name in imports(path, inside_functions=False)}
    assert top - set(sys.stdlib_module_names) == {"numpy"}


def test_a_task_is_named_in_the_topics_alone():
    """What one question is lies in its topic; the machinery takes it from there."""
    names = {*TASKS, *NETWORKS} - {
        "accuracy",
        "batch_shape",
        "leaderboard",
    }  # words of Keras's and Gradescope's, too
    files = [path for path in GRADER.glob("**/*.py") if room_of(path) != "tasks"]
    named = {
        (str(path.relative_to(ROOT)), word) for path in files for word in words_of(path) if word in names
    }
    assert sorted(named) == []


def words_of(path: Path) -> Iterator[str]:
    """What a file imports, by its last name, and the strings of its code; not what its docstrings have as examples."""
    yield from (name.rpartition(".")[2] for name in imports(path))
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_tensorflow_and_keras_are_imported_only_by_functions_that_need_them():
    loaded = [(path, name) for path in MODULES for name in imports(path, inside_functions=False)]
    assert len(loaded) > 1000
    assert [pair for pair in loaded if under(pair[1], *SLOW)] == []


def test_no_file_of_the_grader_has_more_than_400_lines():
    lines = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in GRADER.glob("**/*.py")}
    assert {str(path): count for path, count in lines.items() if count > 400} == {}


LONG = {  # lines of code, most of them a table or a message: functions above 40 lines, of which there shall be no more
    "_assignment", "_compare_leaf", "__init__", "design_outcome", "grade_all", "grade_class", "serve", "structure_outcome", "try_"
}  # fmt: skip


def test_no_function_has_more_than_40_lines_but_those_that_are_known():
    functions = {
        node.name: (node.end_lineno or 0) - node.lineno + 1
        for path in GRADER.glob("**/*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > 40
    }
    assert {name: lines for name, lines in functions.items() if name not in LONG or lines > 60} == {}


@pytest.mark.parametrize("arguments", [["--help"], ["build", "--help"], ["grade", "--help"]], ids=" ".join)
def test_help_loads_nothing_slow(arguments):
    code = f"import sys; from grader.cli import cli\ntry: cli({arguments})\nexcept SystemExit: print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {*SLOW, "numpy", "otter", "pandas"} & set(run.stdout.split())


def test_a_forbidden_arrow_would_be_seen(tmp_path, monkeypatch):
    bad = tmp_path / "bad.py"
    bad.write_text("import keras\ndef f():\n    from grader.judge import check_drawn\n")
    assert sorted(imports(bad)) == ["grader.judge.check_drawn", "keras"]
    assert list(imports(bad, inside_functions=False)) == ["keras"]
    monkeypatch.setattr(sys.modules[__name__], "room_of", lambda path: "cnnchecks")
    monkeypatch.setattr(sys.modules[__name__], "ROOT", tmp_path)
    assert list(forbidden(bad)) == ["bad.py imports grader.judge.check_drawn"]
