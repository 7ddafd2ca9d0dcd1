"""The convolution lab: its right answers against others', the lectures' numbers, its pictures, and its sliders."""

import doctest
import os
import re
import sys
import types

import numpy as np
import pytest

from grader.building.source import Source, data_module, data_of
from grader.tasks.catalogue import by_id
from grader.tasks.lab.average import moving_average
from grader.tasks.lab.dense import dense_weights
from grader.tasks.lab.detector import KERNELS, kernels_behind
from grader.tasks.lab.grey import to_grey
from grader.tasks.lab.matrix import convolution_matrix
from grader.tasks.lab.picture import pixel_value, readings
from grader.tasks.lab.repair import repair
from grader.tasks.lab.slide import correlate1d
from grader.tasks.lab.template import best_match, match_scores
from grader.tasks.lab.turn import convolve2d, correlate2d
from kerasnets.files import npz_bytes

SEEDS = range(20)
A2 = "a2_convolution_lab"


@pytest.fixture(scope="module")
def source(the_course):
    return Source(the_course, the_course.assignments[A2])


@pytest.fixture(scope="module")
def arrays(source):
    return data_of(source)


@pytest.fixture(scope="module")
def solved(source, arrays, tmp_path_factory):
    """The names of the solved notebook, whose figures aren't drawn."""
    import matplotlib

    matplotlib.use("Agg")
    folder, before = tmp_path_factory.mktemp("solved"), os.getcwd()
    (folder / "data.npz").write_bytes(npz_bytes(arrays))
    names: dict = {"__name__": "solved"}
    os.chdir(folder)
    try:
        for cell in source.notebook.cells:
            if cell.cell_type == "code" and "figure" not in cell.metadata.get("tags", []):
                exec(cell.source, names)
    finally:
        os.chdir(before)
    return names


def rng(seed):
    return np.random.default_rng(seed)


# Right answers against others' --------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
def test_convolutions_are_scipys(seed):
    from scipy import signal

    draw = rng(seed)
    image, kernel = draw.standard_normal((9, 8)), draw.standard_normal(draw.integers(1, 6, 2))
    np.testing.assert_allclose(
        convolve2d(image, kernel), signal.convolve2d(image, kernel, "valid"), atol=1e-12
    )
    np.testing.assert_allclose(
        correlate2d(image, kernel), signal.correlate2d(image, kernel, "valid"), atol=1e-12
    )
    row = image.ravel()
    np.testing.assert_allclose(
        correlate1d(row, kernel[0]), signal.correlate(row, kernel[0], "valid"), atol=1e-12
    )
    np.testing.assert_allclose(
        row @ convolution_matrix(kernel[0], row.size), correlate1d(row, kernel[0]), atol=1e-12
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_matching_and_grey_are_scikit_images(seed):
    from skimage import color, feature

    draw = rng(seed)
    image = draw.integers(0, 256, (14, 15, 3)).astype(np.uint8)
    # its weights are rounded
    np.testing.assert_allclose(to_grey(image), 255 * color.rgb2gray(image), atol=0.06)
    grey = to_grey(image)
    template = grey[3:7, 5:10] + 30 * draw.standard_normal((4, 5))
    scores = feature.match_template(grey, template)
    np.testing.assert_allclose(match_scores(grey, template), scores, atol=1e-9)
    assert best_match(grey, template) == np.unravel_index(scores.argmax(), scores.shape)


def test_repairing_is_a_mean_that_knows_no_lost_pixels():
    from scipy import ndimage

    image = rng(3).integers(1, 250, (9, 9)).astype(float)
    image[rng(4).random((9, 9)) < 0.3] = 0

    def mean_of_the_rest(window):
        return window[window > 0].mean() if (window > 0).any() else 0

    filled = ndimage.generic_filter(image, mean_of_the_rest, 3, mode="constant", cval=0)
    np.testing.assert_allclose(repair(image), np.where(image > 0, image, filled))


# The lectures' numbers ----------------------------------------------------------------------------------------


def test_lecture_2s_patch_is_13_under_convolution_and_88_under_cross_correlation():
    patch, kernel = (
        np.array([[2, 9, 11], [12, 43, 2], [9, 87, 65]]),
        np.array([[0, 0, 1], [1, 0, 0], [0, 0, 1]]),
    )
    assert convolve2d(patch, kernel).item() == 13
    assert correlate2d(patch, kernel).item() == 88


def test_lecture_5s_moving_average_is_97(solved):
    averages = moving_average(solved["pixels"], 3)
    assert averages[3, 3] == pytest.approx(874 / 9)
    assert averages.round()[4].tolist() == [110, 110, 110, 86, 62, 38, 62, 86]  # as the slide has them


def test_lecture_5s_four_misprints(solved):
    assert readings(solved["pixels"], ((4, 6), (4, 6), (4, 7), (4, 8))) == (115, 115, 113, 112)


def test_lecture_5s_layer_that_keeps_its_size_has_a_weight_for_each_pair_of_pixels():
    assert dense_weights(28, 28) == 784**2
    assert by_id("dense.weight_per_pixel").answer("dense_weights", 28, 28) == 784  # the slide's H·W


def test_lecture_2s_array_answers_alike_ten_apart(solved):
    for kernel in (np.ones((2, 2)), rng(1).standard_normal((3, 3)), rng(2).standard_normal((5, 2))):
        response = correlate2d(solved["array_17"], kernel)
        np.testing.assert_array_equal(response[10:, :5], response[: len(response) - 10, :5])
        np.testing.assert_array_equal(response[:5, 10:], response[:5, : response.shape[1] - 10])


# Its pictures -------------------------------------------------------------------------------------------------


def test_the_pictures_are_scikit_images_and_whole(arrays):
    import skimage.data

    np.testing.assert_array_equal(arrays["cat"], skimage.data.cat())
    assert (arrays["cat"].shape, arrays["cat"].max()) == ((300, 451, 3), 231)
    assert skimage.data.logo().shape == (500, 500, 4)
    assert arrays["logo"].shape == (500, 500)
    assert len(npz_bytes(arrays)) < 1_000_000


def test_every_term_has_a_riddle_and_a_pixel_that_tell_wrong_ideas_apart(source):
    ideas = [
        by_id(id) for id in ("picture.width_first", "picture.counted_from_one", "picture.blue_comes_first")
    ]
    module = data_module(source)
    pictures, orders = module.data(), set()
    for seed in range(12):
        drawn = module.draws(rng(seed))
        place = drawn["row"], drawn["column"], drawn["channel"]
        answers = [idea.answer("pixel_value", pictures["cat"], *place) for idea in ideas]
        assert len({*answers, pixel_value(pictures["cat"], *place)}) == 4
        orders.add(kernels_behind(pictures["logo"][::5, ::5], drawn["maps"]))
    assert all(sorted(order) == sorted(KERNELS) for order in orders)
    assert len(orders) > 6


def test_no_text_tells_what_the_cat_has_to_tell(source):
    text = "\n".join(cell.source for cell in source.notebook.cells if cell.cell_type == "markdown")
    assert not re.search(r"\b(231|451|300)\b", text)


# The notebook -------------------------------------------------------------------------------------------------


def test_what_the_docstrings_promise_is_so(solved):
    module = types.ModuleType("solved")
    vars(module).update(solved)
    finder, runner = doctest.DocTestFinder(), doctest.DocTestRunner(verbose=False)
    examples = [test for test in finder.find(module, "solved", module=False, globs=solved) if test.examples]
    assert len(examples) >= 12
    assert sum(runner.run(test).failed for test in examples) == 0


@pytest.mark.parametrize("place", ["no front end", "no ipywidgets", "live"])
def test_a_slider_is_there_where_it_can_be_and_four_pictures_everywhere(solved, place, monkeypatch):
    import matplotlib.pyplot as plt

    sliders, drawn = [], []
    widgets = types.SimpleNamespace(
        interact=lambda draw, setting: sliders.append(setting), SelectionSlider=lambda **options: options
    )
    monkeypatch.setitem(sys.modules, "ipywidgets", None if place == "no ipywidgets" else widgets)
    for name in ("JPY_SESSION_NAME", "VSCODE_PID"):
        monkeypatch.delenv(name, raising=False)
    if place != "no front end":
        monkeypatch.setenv("JPY_SESSION_NAME", "a2_convolution_lab.ipynb")
    solved["with_slider"](lambda ax, setting: drawn.append(setting), "size", range(1, 16, 2), (1, 3, 5, 9))
    plt.close("all")
    assert drawn == [1, 3, 5, 9]
    assert bool(sliders) == (place == "live")
