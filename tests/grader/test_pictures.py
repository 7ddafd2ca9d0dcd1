"""Pictures of a wrong answer: what they show and say, that everybody can read them, and where they are drawn at all."""

import io
import json
import shutil
import subprocess
import sys
import types
from html.parser import HTMLParser
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from PIL import Image

from grader import cnnchecks
from grader.cnnchecks import check_functions, drawing, panels, pictures
from grader.cnnchecks.asking import outcome_of
from grader.cnnchecks.check_functions import check
from grader.cnnchecks.context import Context, Names
from grader.cnnchecks.drawing import ink
from grader.cnnchecks.fixtures import FixtureOracle
from grader.cnnchecks.layers import layer_tables
from grader.cnnchecks.oracle import OneAnswer
from grader.cnnchecks.outcome import Answer, CheckFailed, Example, Outcome, Picture
from grader.cnnchecks.panels import DIFFERENCES, VALUES, compared_panels, input_panel
from grader.cnnchecks.pictures import _png, alt, figure_html, layers_html, png, show
from grader.judge.ask import check_drawn
from grader.judge.fixtures import RecordingOracle
from grader.judge.oracle import LiveOracle, signature_of
from grader.judge.reference import REFERENCE
from kerasnets.numpy_layers import conv2d_backward, conv2d_forward, max_pool2d_forward

RNG = np.random.default_rng(5)
RIGHT = np.array([[3.0, -1.0, 2.0], [0.0, 5.0, 4.0]])
WRONG = np.array([[3.0, -1.0, 0.0], [0.0, 5.0, 9.0]])
ONE = Picture(RIGHT, WRONG, "dx of image 0, channel 1", (0, 2))
CORNER = RNG.integers(-3, 4, (3, 3))


def numbers(*shape):
    """Numbers that take as much room as numbers do."""
    return -RNG.uniform(0.1, 9.9, shape)


# What a picture is of ---------------------------------------------------------------------------------------


def picture_of(name, got, expected, args=(), **kwargs):
    oracle = OneAnswer(Answer(expected, 1e-9), signature_of(name))
    return outcome_of({name: lambda *a, **k: got}, name, args, kwargs, oracle).picture


def test_a_picture_shows_the_image_and_the_channel_of_the_first_difference():
    expected = RNG.standard_normal((2, 4, 5, 3))
    got = expected.copy()
    got[1, 2, 3, 2] += 1
    drawn = picture_of("relu_forward", got, expected)
    assert drawn.title == "relu_forward of image 1, channel 2"
    assert drawn.outlined == (2, 3)
    np.testing.assert_array_equal(drawn.expected, expected[1, :, :, 2])
    np.testing.assert_array_equal(drawn.got, got[1, :, :, 2])


def test_a_picture_of_a_kernels_gradient_shows_one_kernel():
    x, w, dout = RNG.standard_normal((2, 5, 5, 2)), RNG.standard_normal((3, 2, 2, 4)), None
    dout = RNG.standard_normal(conv2d_forward(x, w, np.zeros(4)).shape)
    expected = conv2d_backward(dout, x, w)
    got = (expected[0], expected[1].copy(), expected[2])
    got[1][2, 1, 1, 3] += 1
    drawn = picture_of("conv2d_backward", got, expected)
    assert drawn.title == "dw from input channel 1 to output channel 3"
    assert drawn.outlined == (2, 1)
    np.testing.assert_array_equal(drawn.expected, expected[1][:, :, 1, 3])


@pytest.mark.parametrize("shape", [(6,), (3, 4), (2, 3, 4)])
def test_a_picture_of_fewer_axes_is_a_matrix_too(shape):
    expected = RNG.standard_normal(shape)
    got = expected.copy()
    got.flat[-1] = np.nan
    drawn = picture_of("f", got, expected)
    assert (drawn.title, drawn.expected.ndim) == ("f[1]" if len(shape) == 3 else "f", 2)
    assert drawn.outlined == tuple(length - 1 for length in drawn.expected.shape)
    assert np.isnan(drawn.got[drawn.outlined])


def test_a_large_picture_is_cut_to_the_part_with_the_first_difference():
    expected = np.zeros((1, 70, 40, 1))
    got = expected.copy()
    got[0, 65, 33, 0] = 1
    drawn = picture_of("relu_forward", got, expected)
    assert (drawn.expected.shape, drawn.got.shape, drawn.outlined) == ((6, 8), (6, 8), (1, 1))
    assert drawn.got[1, 1] == 1


@pytest.mark.parametrize("strides", [1, 2, (2, 1)])
def test_the_window_behind_the_first_difference_is_shown_with_its_kernel(strides):
    x, w, b = RNG.integers(0, 9, (1, 7, 6, 1)) * 1.0, RNG.integers(-2, 3, (3, 2, 1, 2)) * 1.0, np.zeros(2)
    expected = conv2d_forward(x, w, b, strides)
    got = expected.copy()
    got[0, 1, 2, 1] += 1
    drawn = picture_of("conv2d_forward", got, expected, (x, w, b), strides=strides)
    assert (drawn.outlined, drawn.window.shape) == ((1, 2), (3, 2))
    assert np.sum(drawn.window * drawn.kernel) == expected[0, 1, 2, 1]


def test_the_window_of_a_pooling_layer_has_no_kernel_and_a_padded_one_is_left_out():
    x = RNG.standard_normal((1, 6, 6, 2))
    for padding, known in (("valid", True), ("same", False)):
        expected = max_pool2d_forward(x, (2, 3), (1, 2), padding)
        got = expected.copy()
        got[0, 2, 1, 1] += 1
        drawn = picture_of("max_pool2d_forward", got, expected, (x, (2, 3), (1, 2), padding))
        assert drawn.kernel is None
        assert (drawn.window is not None) == known
        assert not known or drawn.window.max() == expected[0, 2, 1, 1]


def test_rounding_is_not_the_first_difference():
    expected = np.ones((3, 3))
    got = expected.astype(np.float32)
    got[0, 0] += np.float32(3e-6)  # within what float32 may be off, not within what float64 may
    got[1, 2] = 7
    outcome = outcome_of({"f": lambda: got}, "f", (), {}, OneAnswer(Answer(expected, 1e-9)))
    assert outcome.picture.outlined == (1, 2)


def test_a_number_another_shape_and_a_right_answer_have_no_picture():
    assert picture_of("f", 3.0, np.float64(4.0)) is None
    assert picture_of("f", np.zeros(3), np.zeros(4)) is None
    assert picture_of("f", np.zeros(3), np.zeros(3)) is None


def test_a_hidden_case_has_no_picture():
    env = {"conv2d_forward": lambda x, w, b, *a, **k: REFERENCE["conv2d_forward"](x, w[::-1], b, *a, **k)}
    with pytest.raises(CheckFailed) as failure:
        check_drawn(env, "conv2d_forward", "valid")
    assert failure.value.outcome.kind == "value"
    assert failure.value.outcome.picture is None


# In words ---------------------------------------------------------------------------------------------------


def test_a_picture_is_described_for_those_who_cannot_see_it():
    assert alt(ONE) == (
        "Heat maps of dx of image 0, channel 1, 2 rows by 3 columns: expected, got and their difference. "
        "2 of 6 elements differ, the first at row 0, column 2: expected 2, got 0. The largest difference is 5."
    )


def test_what_is_no_number_is_described_too():
    got = np.array([[np.nan, -1.0, np.inf], [0.0, 5.0, 4.25]])
    words = alt(Picture(RIGHT, got, "x", (0, 0)))
    assert "3 of 6 elements differ, the first at row 0, column 0: expected 3, got NaN." in words
    assert words.endswith("The largest difference is 0.25.")


def test_an_answer_of_another_shape_is_described_as_one():
    words = alt(Picture(np.zeros((1, 4)), None, "db"))
    assert words == "Heat map of what is expected: db, 1 row by 4 columns. The answer has another shape."


def test_rounding_is_no_difference():
    assert "0 of 6 elements differ" in alt(Picture(RIGHT, RIGHT + 1e-9, "x"))


# Drawing ----------------------------------------------------------------------------------------------------


def opened(picture):
    return Image.open(io.BytesIO(png(picture)))


SHAPES = [
    (1, 1),
    (1, 10),
    (1, 32),
    (2, 25),
    (4, 10),
    (4, 14),
    (7, 7),
    (6, 6),
    (12, 1),
    (32, 1),
    (32, 32),
    (3, 18),
]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_every_shape_is_drawn_in_less_than_30_kilobytes_and_fits_a_page(shape):
    picture = Picture(numbers(*shape), numbers(*shape), "x", (0, 0), numbers(5, 5), numbers(5, 5))
    assert len(png(picture)) < 30_000
    with opened(picture) as image:
        assert image.format == "PNG"
        assert image.width * image.height <= 330_000
        assert image.width / image.info["dpi"][0] < 9  # inches


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "got",
    [
        np.full((2, 3), np.nan),
        np.full((2, 3), np.inf),
        np.full((2, 3), 1e300),
        RIGHT,
        None,
        RIGHT.astype(int),
    ],
    ids=["nan", "inf", "huge", "equal", "other shape", "integers"],
)
def test_whatever_came_back_is_drawn(got):
    for expected in (RIGHT, np.zeros((2, 3)), np.full((2, 3), 1e-300), np.full((2, 3), np.nan)):
        with opened(Picture(expected, got, "x", (0, 0))) as image:
            assert len(image.convert("RGB").getcolors(1 << 20)) > 3


def test_another_answer_is_another_picture_and_the_same_is_drawn_once():
    again = Picture(RIGHT.copy(), WRONG.copy(), "another title", (0, 2))
    assert png(again) is png(ONE)
    assert png(Picture(RIGHT, WRONG + 1, "x", (0, 2))) != png(ONE)
    assert png(Picture(RIGHT, WRONG, "x", (1, 2))) != png(ONE)


def test_a_colour_is_the_same_number_in_expected_and_got_and_the_difference_begins_at_0():
    expected, got, difference = compared_panels(RIGHT, WRONG, None)
    assert expected.limits == got.limits == (-1.0, 9.0)
    assert expected.colours == got.colours != difference.colours
    assert difference.limits == (0.0, 5.0)
    np.testing.assert_array_equal(difference.values, [[0, 0, 2], [0, 0, 5]])


def test_numbers_stand_in_the_cells_as_long_as_they_can_be_read_and_then_colour_bars_beside_them():
    few, many = (compared_panels(numbers(*shape), numbers(*shape), None) for shape in ((5, 5), (12, 12)))
    assert all(panel.words and panel.text >= 6.5 and not panel.bar for panel in few)
    assert [panel.words for panel in many] == [[], [], []]
    assert [panel.bar for panel in many] == [False, True, True]  # one bar for the two that share a scale


def test_a_window_is_framed_as_the_element_that_reads_it_is():
    plain = Picture(RIGHT, WRONG, "x", (0, 2))
    with opened(plain) as without, opened(Picture(RIGHT, WRONG, "x", (0, 2), CORNER, CORNER)) as with_window:
        assert with_window.height > 1.5 * without.height
    assert input_panel("the window it reads", CORNER, framed=True).framed


def lightness(rgb):
    """Relative luminance, as WCAG defines it."""
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return linear @ (0.2126, 0.7152, 0.0722)


@pytest.mark.parametrize(("colours", "sign"), [(VALUES, 1), (DIFFERENCES, -1)])
def test_the_order_of_the_colours_survives_greyscale(colours, sign):
    shades = matplotlib.colormaps[colours](np.linspace(0, 1, 64))[:, :3]
    assert np.all(sign * np.diff(lightness(shades)) > 0)


DEUTERANOPIA = np.array(  # Machado, Oliveira and Fernandes 2009, severity 1, in linear RGB
    [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
)


@pytest.mark.parametrize(("colours", "sign"), [(VALUES, 1), (DIFFERENCES, -1)])
def test_the_order_of_the_colours_survives_without_red_or_green(colours, sign):
    shades = matplotlib.colormaps[colours](np.linspace(0, 1, 64))[:, :3]
    linear = np.where(shades <= 0.04045, shades / 12.92, ((shades + 0.055) / 1.055) ** 2.4)
    seen = np.clip(linear @ DEUTERANOPIA.T, 0, 1) @ (0.2126, 0.7152, 0.0722)
    assert np.all(sign * np.diff(seen) > 0)


@pytest.mark.parametrize("colours", [VALUES, DIFFERENCES])
def test_numbers_stand_out_from_every_colour(colours):
    for shade in matplotlib.colormaps[colours](np.linspace(0, 1, 256))[:, :3]:
        ground, written = float(lightness(shade)), 0.0 if ink(shade) == "black" else 1.0
        light, dark = max(ground, written), min(ground, written)
        assert (light + 0.05) / (dark + 0.05) > 4.5  # as WCAG asks for small text


def test_the_notebooks_style_neither_changes_a_picture_nor_is_changed_by_it():
    before = png(ONE)
    _png.cache_clear()
    with matplotlib.rc_context({"figure.facecolor": "black", "font.size": 30, "text.color": "red"}):
        assert png(ONE) == before
        assert matplotlib.rcParams["font.size"] == 30


# On a page --------------------------------------------------------------------------------------------------


class Tags(HTMLParser):
    """Opening tags with their attributes, and the words."""

    def __init__(self, html):
        super().__init__()
        self.found, self.words, self.depth = [], [], 0
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        self.depth += tag not in ("img", "br")

    def handle_endtag(self, tag):
        self.depth -= 1

    def handle_data(self, data):
        self.words.append(data)


SCRIPT = '"><script>alert(1)</script>'


def test_a_figure_carries_its_picture_and_its_words():
    tags = Tags(figure_html(ONE))
    (image,) = [attributes for tag, attributes in tags.found if tag == "img"]
    assert tags.depth == 0
    assert image["src"].startswith("data:image/png;base64,iVBOR")
    assert image["alt"] == alt(ONE)
    assert int(image["width"]) > int(image["height"]) > 50
    assert "".join(tags.words).startswith("dx of image 0, channel 1: expected and got share")


def test_titles_and_layers_are_text_whatever_they_hold():
    hostile = Picture(RIGHT, WRONG, SCRIPT, (0, 0))
    for html in (figure_html(hostile), layers_html([(SCRIPT, SCRIPT, True)])):
        tags = Tags(html)
        assert "script" not in {tag for tag, _ in tags.found}
        assert tags.depth == 0
        assert SCRIPT in "".join(tags.words)


LENET = [
    {"name": "c1", "kind": "Conv2D", "output_shape": [None, 28, 28, 6], "parameters": 156},
    {"name": "c3", "kind": "Conv2D", "output_shape": [None, 12, 12, 16], "parameters": 880},
    {"name": "f6", "kind": "Dense", "output_shape": [None, 84], "parameters": 10_164},
]


def test_the_first_layer_that_differs_is_marked_and_no_other():
    layers = layer_tables(LENET, [156, 2_416, 10_000])
    assert [marked for _, _, marked in layers] == [False, True, False]
    assert layers[1] == ("2,416 weights", "880 weights: c3 (Conv2D), 12×12×16", True)
    words = Tags(layers_html(layers)).words
    assert words[:2] == ["expected", "yours"]
    assert [word for word in words if "first difference" in word] == ["← first difference"]
    assert words.index("← first difference") == words.index(layers[1][1]) + 1


def test_a_missing_and_an_extra_layer_are_differences():
    missing, extra = layer_tables(LENET[:2], [156, 880, 10_164]), layer_tables(LENET, [156, 880])
    assert missing[2] == ("10,164 weights", "no layer", True)
    assert extra[2] == ("no layer", "10,164 weights: f6 (Dense), 84", True)


# In a notebook ----------------------------------------------------------------------------------------------


def shell(monkeypatch, **attributes):
    """Make `IPython` say that this shell runs; returns what it is asked to display."""
    displayed = []
    running = types.SimpleNamespace(execution_count=1, **attributes)
    monkeypatch.setitem(sys.modules, "IPython", types.SimpleNamespace(get_ipython=lambda: running))
    display = types.SimpleNamespace(display=lambda data, raw: displayed.append(data))
    monkeypatch.setitem(sys.modules, "IPython.display", display)
    monkeypatch.setattr(pictures, "_shown", set())
    return running, displayed


FAILED = Outcome(False, "value", "dx is wrong", picture=ONE)


def test_a_live_notebook_shows_one_picture_for_each_function_and_run_of_a_cell(monkeypatch):
    running, displayed = shell(monkeypatch, kernel=object())
    assert [show(name, FAILED) for name in ("f", "f", "g")] == [True, False, True]
    running.execution_count = 2
    assert show("f", FAILED)
    assert len(displayed) == 3
    assert displayed[0]["text/plain"] == alt(ONE)
    assert "<img" in displayed[0]["text/html"]
    assert "<code>f</code>" in displayed[0]["text/html"]


def test_without_a_picture_of_the_case_that_of_the_example_is_shown(monkeypatch):
    _, displayed = shell(monkeypatch, kernel=object())
    assert not show("f", Outcome(False, "type", "no array"))
    assert show("f", Outcome(False, "value", "wrong", example=Example("f(x)", "", ONE)))
    assert displayed[0]["text/plain"] == alt(ONE)


def test_a_models_layer_tables_are_shown_without_any_drawing(monkeypatch):
    _, displayed = shell(monkeypatch, kernel=object())
    monkeypatch.setattr(pictures, "png", lambda picture: pytest.fail("nothing to draw"))
    assert show("lenet", Outcome(False, "shape", "no", layers=layer_tables(LENET, [156])))
    assert "← first difference" in displayed[0]["text/html"]


def test_nothing_is_shown_where_nobody_looks(monkeypatch):
    monkeypatch.setattr(pictures, "png", lambda picture: pytest.fail("it was drawn"))
    _, displayed = shell(monkeypatch)  # a terminal, or the seal's worker: a shell without a kernel
    assert not show("f", FAILED)
    _, displayed = shell(monkeypatch, kernel=object())
    grading = types.SimpleNamespace(Notebook=types.SimpleNamespace(_grading_mode=True))
    monkeypatch.setitem(sys.modules, "otter.check.notebook", grading)
    assert not show("f", FAILED)
    assert displayed == []


def test_otter_still_says_when_it_grades():
    from otter.check.notebook import Notebook

    assert Notebook._grading_mode is False


def test_a_check_shows_its_picture_in_a_students_notebook_and_never_in_the_judge(monkeypatch, tmp_path):
    shown = []
    monkeypatch.setattr(check_functions, "show", lambda name, outcome: shown.append((name, outcome)))
    x = np.array([-1.0, 2.0])
    for oracle, times in ((fixtures(tmp_path, x), 1), (LiveOracle(), 0)):
        shown.clear()
        with pytest.raises(CheckFailed, match="another value in 1 of 2"):
            check(Names({"relu_forward": np.abs}, Context(oracle)), "relu_forward", x)
        assert [name for name, _ in shown] == ["relu_forward"] * times


def test_a_picture_that_cannot_be_drawn_costs_nobody_the_words(monkeypatch, tmp_path):
    def broken(name, outcome):
        raise RuntimeError("no font on this machine")

    monkeypatch.setattr(check_functions, "show", broken)
    x = np.array([-1.0, 2.0])
    env = Names({"relu_forward": np.abs}, Context(fixtures(tmp_path, x)))
    with pytest.raises(CheckFailed, match="another value in 1 of 2"):
        check(env, "relu_forward", x)


def fixtures(folder, x):
    """What a hand-out knows about `relu_forward(x)`."""
    oracle = RecordingOracle()
    oracle.answer("relu_forward", (x,), {})
    oracle.save(folder / "fixtures.npz")
    return FixtureOracle(folder / "fixtures.npz")


@pytest.fixture
def hand_out(tmp_path):
    """A folder with the files of a hand-out, for `relu_forward` of two numbers."""
    fixtures(tmp_path, np.array([-1.0, 2.0]))
    shutil.copytree(Path(cnnchecks.__file__).parent, tmp_path / "cnnchecks")
    return tmp_path


PROGRAM = """
import sys, numpy as np
from cnnchecks import check
try:
    check({"relu_forward": np.abs}, "relu_forward", np.array([-1.0, 2.0]))
except AssertionError as failure:
    print(str(failure).splitlines()[0])
print("matplotlib" in sys.modules, "IPython" in sys.modules)
"""


def test_outside_a_notebook_a_failing_check_imports_neither_matplotlib_nor_ipython(hand_out):
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=hand_out, capture_output=True, text=True, check=True
    )
    assert run.stdout.splitlines() == [
        "`relu_forward` has the right shape, but another value in 1 of 2 elements.",
        "False False",
    ]


def test_in_a_real_notebook_the_picture_stands_above_the_words(hand_out):
    import nbformat
    from nbclient import NotebookClient

    grading = (
        "import types\n"
        "told = types.SimpleNamespace(Notebook=types.SimpleNamespace(_grading_mode=True))\n"
        'sys.modules["otter.check.notebook"] = told\n'
    )
    cells = [nbformat.v4.new_code_cell(source) for source in (PROGRAM, grading + PROGRAM)]
    notebook = nbformat.v4.new_notebook(cells=cells)
    client = NotebookClient(notebook, timeout=100, resources={"metadata": {"path": str(hand_out)}})
    client.execute(stderr=subprocess.DEVNULL)
    (picture, *words), graded = notebook.cells[0].outputs, notebook.cells[1].outputs
    assert picture.output_type == "display_data"
    assert '<img src="data:image/png;base64,' in picture.data["text/html"]
    assert "1 of 2 elements differ" in picture.data["text/plain"]
    assert "another value in 1 of 2 elements" in json.dumps(words)
    assert [output.output_type for output in graded] == ["stream"]


def test_students_get_the_files(built):
    for folder in (built / "assignments").iterdir():
        for module in (pictures, panels, drawing):
            path = Path(module.__file__)
            assert (folder / "cnnchecks" / path.name).read_bytes() == path.read_bytes()
