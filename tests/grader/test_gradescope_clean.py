"""The real zip of an assignment in a clean Debian: built there, and graded under the seal, or as Otter's own image does it."""

import zipfile

import pytest

from grader.gradescope import debian, harness
from grader.gradescope.harness import Limits
from tests.conftest import SUBMISSIONS

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
SAMPLES = SUBMISSIONS / "a3_numpy_convnet"
# what its Dockerfile copies into the image
IN_OTTERS_IMAGE = ("environment.yml", "otter_config.json", "run_autograder", "run_otter.py", "setup.sh")


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    cache = tmp_path_factory.mktemp("cache")
    if why := debian.why_not_clean(cache):
        pytest.skip(f"no clean Debian here: {why}")
    return cache


@pytest.fixture(scope="module")
def zipped(built):
    return built / "dist" / "a3_numpy_convnet-autograder.zip"


def test_our_zip_builds_and_grades_under_the_seal_in_little_memory(zipped, cache):
    with harness.build(zipped, cache, with_settings=True) as image:
        assert "setup: done" in image.said
        right, wrong, small = (
            image.run(SAMPLES / name, limits=limits)
            for name, limits in (
                ("correct_im2col.ipynb", Limits()),
                ("wrong_bias_mean.ipynb", Limits()),
                ("correct_im2col.ipynb", Limits(megabytes=150)),
            )
        )
    assert [(run.problems, run.score) for run in (right, wrong)] == [((), 100), ((), 86)]
    assert max(right.megabytes, wrong.megabytes) < 250
    defences = right.results["extra_data"]["isolation"]
    assert [defences[name]["state"] for name in ("user", "system calls")] == ["held", "held"]
    assert (small.problems, small.score) == ((), 0)
    assert "This container is too small: it has 150 MB" in small.results["output"]


def test_otters_image_grades_in_otters_way(zipped, cache, tmp_path):
    theirs = tmp_path / "otters.zip"
    with zipfile.ZipFile(zipped) as ours, zipfile.ZipFile(theirs, "w") as copy:
        for name in ours.namelist():
            if name in IN_OTTERS_IMAGE or name.startswith(("requirements.", "files/", "tests/")):
                copy.writestr(name, ours.read(name))
    with harness.build(theirs, cache, with_settings=True) as image:
        run = image.run(SAMPLES / "wrong_bias_mean.ipynb", limits=Limits(megabytes=2000))
    assert sum(test.get("score", 0) for test in run.results["tests"]) == 86
