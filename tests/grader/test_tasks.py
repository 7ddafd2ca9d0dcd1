"""The shelf of topics: what one question asks lies in one place, and a topic knows only those before it in the course."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from grader.tasks.catalogue import IDEAS, NETWORKS, TASKS
from tests.conftest import ROOT

TASKS_FOLDER = ROOT / "grader" / "tasks"
COURSE = ("layers", "arithmetic", "lab", "lenet", "vgg", "modern", "transfer")  # what needs what before it
TOPICS = [path for subject in COURSE for path in sorted((TASKS_FOLDER / subject).rglob("*.py"))]


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield f"{node.module}"


def test_every_subject_is_in_the_course():
    assert {path.name for path in TASKS_FOLDER.iterdir() if (path / "__init__.py").exists()} == set(COURSE)


def test_a_topic_imports_only_topics_of_its_subject_or_of_one_before():
    too_late = [
        (str(path.relative_to(TASKS_FOLDER)), name)
        for path in TOPICS
        for name in imported(path)
        if (found := re.match(r"grader\.tasks\.(\w+)", name)) and found[1] in COURSE
        if COURSE.index(found[1]) > COURSE.index(path.relative_to(TASKS_FOLDER).parts[0])
    ]
    assert too_late == []


def test_a_topic_knows_nothing_of_those_who_ask():
    ours = {name for path in TOPICS for name in imported(path) if name.startswith("grader.")}
    assert {name for name in ours if not name.startswith(("grader.tasks", "grader.cnnchecks"))} == set()


def test_an_ideas_id_begins_with_its_topic():
    """A topic is a file, or the folder of a large one."""
    defined = [
        (id, path.relative_to(TASKS_FOLDER).with_suffix("").parts)
        for path in TOPICS
        for id in re.findall(r"idea\(\s*\"([\w.]+)\"", path.read_text(encoding="utf-8"))
    ]
    assert len(defined) == len(IDEAS)
    assert [id for id, place in defined if id.partition(".")[0] not in place] == []


def test_no_topic_is_longer_than_four_hundred_lines():
    lines = {
        str(path): len(path.read_text(encoding="utf-8").splitlines()) for path in TASKS_FOLDER.rglob("*.py")
    }
    assert {path: count for path, count in lines.items() if count > 400} == {}


def test_a_task_is_defined_once_and_knows_its_arguments():
    text = "\n".join(path.read_text(encoding="utf-8") for path in TOPICS)
    for name in TASKS:
        assert len(re.findall(rf"^def {name}\(|^{name} = task\(", text, re.MULTILINE)) == 1, name
    assert TASKS["conv2d_forward"].arguments[:4] == ("x", "w", "b", "strides")
    assert len(NETWORKS) > 10


def test_the_rules_would_be_seen_to_be_broken(tmp_path):
    late = tmp_path / "late.py"
    late.write_text("from grader.tasks.vgg.stack import stack_reach\n")
    assert list(imported(late)) == ["grader.tasks.vgg.stack"]
