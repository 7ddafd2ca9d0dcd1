"""The arrows of the house: who may import whom, and what is imported only when it is needed."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODULES = sorted([*ROOT.glob("kerasnets/**/*.py"), *ROOT.glob("grader/**/*.py")])
SLOW = {"tensorflow", "keras", "jax", "torch"}


def imports(path: Path, inside_functions: bool = True) -> Iterator[str]:
    """Dotted names that a file imports; without `inside_functions`, those that importing the file imports."""
    pending: list[ast.AST] = [ast.parse(path.read_text(encoding="utf-8"))]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            continue
        if inside_functions or not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            pending.extend(ast.iter_child_nodes(node))


def under(name: str, *packages: str) -> bool:
    return any(name == package or name.startswith(package + ".") for package in packages)


def test_there_are_modules_to_look_at():
    assert len(MODULES) > 30


@pytest.mark.parametrize(
    "path", [p for p in MODULES if p.is_relative_to(ROOT / "kerasnets")], ids=lambda p: p.stem
)
def test_the_right_answers_know_nothing_of_grading(path):
    assert [name for name in imports(path) if under(name, "grader")] == []


@pytest.mark.parametrize("path", sorted(ROOT.glob("grader/sandbox/*.py")), ids=lambda p: p.stem)
def test_the_sandbox_knows_neither_reference_nor_hidden_tests(path):
    ours = [name for name in imports(path) if under(name, "kerasnets", "grader")]
    assert [name for name in ours if not under(name, "grader.sandbox", "grader.cnnchecks")] == []


@pytest.mark.parametrize(
    "path",
    [
        ROOT / "grader/cnnchecks.py",
        ROOT / "grader/cnnpictures.py",
        ROOT / "grader/sandbox/admit.py",
        ROOT / "kerasnets/blueprint.py",
    ],
    ids=lambda p: p.stem,
)
def test_what_students_get_imports_nothing_of_ours(path):
    assert [name for name in imports(path) if under(name, "kerasnets", "grader")] == []


GROUND = {"report", "course", "files"}
PAGES = GROUND | {"cnnchecks", "cnnpictures", "reports"}
MAY_IMPORT = {  # files below grader/ -> the parts of grader that they may import
    **{f"{name}.py": set() for name in GROUND},
    "reports/*.py": PAGES,
    "gradescope/*.py": PAGES | {"gradescope", "grading", "sandbox", "quiet"},
}


def test_ground_reports_and_gradescope_import_nothing_from_above():
    ours = [
        (str(path.relative_to(ROOT)), name, parts)
        for pattern, parts in MAY_IMPORT.items()
        for path in ROOT.glob(f"grader/{pattern}")
        for name in imports(path)
        if under(name, "grader")
    ]
    assert len(ours) > 50
    assert [(path, name) for path, name, parts in ours if name.split(".")[1] not in parts] == []


@pytest.mark.parametrize("name", ["cnnchecks", "cnnpictures"])
def test_checks_and_pictures_need_numpy_alone_at_import(name):
    path = ROOT / "grader" / f"{name}.py"
    top = {name.partition(".")[0] for name in imports(path, inside_functions=False)}
    assert top - set(sys.stdlib_module_names) == {"numpy"}


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_tensorflow_and_keras_are_imported_only_by_functions_that_need_them(path):
    assert [name for name in imports(path, inside_functions=False) if under(name, *SLOW)] == []


@pytest.mark.parametrize("arguments", [["--help"], ["build", "--help"], ["grade", "--help"]], ids=" ".join)
def test_help_loads_nothing_slow(arguments):
    code = f"import sys; from grader.cli import cli\ntry: cli({arguments})\nexcept SystemExit: print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {*SLOW, "numpy", "otter", "pandas"} & set(run.stdout.split())


def test_a_forbidden_arrow_would_be_seen(tmp_path):
    bad = tmp_path / "bad.py"
    bad.write_text("import keras\ndef f():\n    from grader.judge import seeded\n")
    assert sorted(imports(bad)) == ["grader.judge.seeded", "keras"]
    assert list(imports(bad, inside_functions=False)) == ["keras"]
