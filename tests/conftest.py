"""What many tests share: the course, its autograders built once, and a zygote of each kind."""

from pathlib import Path

import pytest

from grader import autograder, build, course
from grader.sandbox.client import Zygote

ROOT = Path(__file__).parent.parent
SUBMISSIONS = ROOT / "tests" / "submissions"
# answers, read by the tests that hand them in; some of them import Keras, and many have the same name
collect_ignore = ["accepted", "submissions/answers"]


@pytest.fixture(scope="session")
def the_course():
    return course.load(ROOT / "course.toml")


@pytest.fixture(scope="session")
def built(the_course, tmp_path_factory):
    """{id: folder} with each assignment built into dist/ and assignments/ of a temporary folder."""
    folder = tmp_path_factory.mktemp("built")
    for assignment in the_course.assignments.values():
        build.build(the_course, assignment, folder / "dist", folder / "assignments", solution=False)
    return folder


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
