"""What many tests share: the course, its autograders built once, and a zygote of each kind."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from grader import course
from grader.building.build import build
from grader.grading import autograder
from grader.sandbox import evaluator
from grader.sandbox.client import Zygote

ROOT = Path(__file__).parent.parent
SUBMISSIONS = ROOT / "tests" / "submissions"
# answers, read by the tests that hand them in; some of them import Keras, and many have the same name
collect_ignore = ["accepted", "submissions/answers"]


@pytest.fixture(scope="session")
def the_course():
    return course.load(ROOT / "course.toml")


@pytest.fixture(scope="session")
def built(the_course, tmp_path_factory, worker_id):
    """The folder with each assignment built into its dist/ and assignments/, once for all test processes: they share
    the work, some from the first assignment on, the others from the last."""
    own = tmp_path_factory.getbasetemp()
    folder = (own if worker_id == "master" else own.parent) / "built"
    folder.mkdir(exist_ok=True)
    way = -1 if worker_id[-1] in "13579" else 1
    for assignment in [*the_course.assignments.values()][::way]:
        whole = folder / f"{assignment.id}.whole"
        with alone(whole.with_suffix(".lock")):
            if not whole.exists():
                build(the_course, assignment, folder / "dist", folder / "assignments", solution=False)
                whole.touch()
    return folder


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """One process at a time is inside."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def a3(built):
    return autograder.read(built / "dist" / "a3_numpy_convnet-autograder.zip")


@pytest.fixture(scope="session")
def a4(built):
    return autograder.read(built / "dist" / "a4_lenet-autograder.zip")


@pytest.fixture(scope="session")
def numpy_zygote():
    with Zygote("numpy") as zygote:
        yield zygote


@pytest.fixture(scope="session")
def keras_zygote():
    with Zygote("keras") as zygote:
        yield zygote


@pytest.fixture
def sealed(monkeypatch):
    """Models are rebuilt by the evaluator, which admits what stands on its lists alone."""
    from grader.cnnchecks import models

    monkeypatch.setattr(models, "IN_THIS_PROCESS", evaluator)


# what takes longest is begun first, so that both test processes (scripts/test) end at about the same time
LONGEST = (
    "hostile/test_battery.py",
    "grader/test_grade.py",
    "grader/test_gradescope_harness.py",
    "grader/test_gradescope_clean.py",
    "grader/test_otter.py",
    "grader/test_audit.py",
    "hostile/test_ablations.py",
    "grader/test_student_folder.py",
    "grader/test_misconceptions.py",
    "grader/test_gradescope_run.py",
    "grader/test_judge.py",
    "grader/test_model_checks.py",
    "grader/test_cli.py",
)


def pytest_collection_modifyitems(items):
    longest = {ROOT / "tests" / name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: longest.get(item.path, len(longest)))
