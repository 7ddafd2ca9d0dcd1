"""What a check says: every way to be wrong has its own sentence, and rounding is no way to be wrong."""

import shutil
import subprocess
import sys

import numpy as np
import pytest

from grader.building.source import code_beside
from grader.cnnchecks.asking import outcome_of
from grader.cnnchecks.check_functions import check, check_refuses
from grader.cnnchecks.compare import compare
from grader.cnnchecks.context import Context, Names
from grader.cnnchecks.oracle import OneAnswer
from grader.cnnchecks.outcome import Answer, CheckFailed, Diagnosis, Opaque, Raised
from grader.cnnchecks.values import key, tolerance
from grader.judge.oracle import LiveOracle
from grader.judge.reference import REFERENCE
from kerasnets.numpy_layers import conv2d_forward

RNG = np.random.default_rng(0)
IMAGES = RNG.standard_normal((2, 6, 5, 3))  # (N, H, W, C)


def known(expected, atol=1e-9, wrong=()):
    return OneAnswer(Answer(expected, atol, wrong))


def ask(function, expected=IMAGES, args=(IMAGES,), **how):
    return outcome_of({"f": function}, "f", args, {}, known(expected, **how))


# Each way to be wrong -------------------------------------------------------------------------------------


def test_the_right_answer_passes():
    assert ask(lambda x: x.copy()).passed


@pytest.mark.parametrize("placeholder", [None, ..., NotImplemented])
def test_a_missing_function_is_asked_for_by_name(placeholder):
    outcome = outcome_of({"f": placeholder}, "f", (), {}, known(1.0))
    assert outcome.kind == "missing"
    assert "`f`" in outcome.message


def test_a_name_that_is_bound_to_something_else_is_told_so():
    assert "of type int" in outcome_of({"f": 3}, "f", (), {}, known(1.0)).message


@pytest.mark.parametrize("placeholder", [..., NotImplemented, Opaque("ellipsis")])
def test_a_placeholder_result_is_not_written_yet(placeholder):
    assert ask(lambda x: placeholder).kind == "missing"


def test_not_implemented_error_is_not_written_yet():
    def stub(x):
        raise NotImplementedError

    assert ask(stub).kind == "missing"


def test_none_asks_for_return():
    outcome = ask(lambda x: None)
    assert outcome.kind == "type"
    assert "forget its `return`" in outcome.message


def test_an_exception_shows_the_students_own_line():
    def broken(x):
        return x @ np.ones((7, 7))

    outcome = ask(broken)
    assert outcome.kind == "raised"
    assert "ValueError" in outcome.message
    assert "return x @ np.ones((7, 7))" in outcome.message
    assert "matmul" in outcome.detail


def test_an_exception_from_the_seal_reads_the_same():
    def proxy(x):
        raise Raised("ZeroDivisionError", "division by zero", "return 1 / 0")

    outcome = ask(proxy)
    assert outcome.kind == "raised"
    assert "ZeroDivisionError" in outcome.message
    assert "return 1 / 0" in outcome.message


def test_leaving_the_program_is_an_exception_too():
    assert ask(lambda x: sys.exit()).kind == "raised"


def test_a_value_that_cannot_cross_the_seal_is_named_by_its_type():
    outcome = ask(lambda x: Opaque("torch.Tensor"))
    assert outcome.kind == "type"
    assert "torch.Tensor" in outcome.message


def test_a_list_is_not_an_array():
    assert "np.array" in ask(lambda x: x.tolist()).message


def test_one_value_for_three_names_the_three():
    wanted = (np.ones(2), np.ones(3), np.ones(4))
    outcome = compare(np.ones(2), wanted, labels=("dx", "dw", "db"))
    assert outcome.kind == "type"
    assert "3 values (dx, dw, db)" in outcome.message


def test_a_missing_key_is_named():
    assert "'b'" in compare({"w": 1.0}, {"w": 1.0, "b": 2.0}).message


@pytest.mark.parametrize("mode", ["in place", "in a dict"])
def test_a_changed_input_is_told_even_if_the_answer_is_right(mode):
    x = np.array([-1.0, 2.0])

    def relu(given):
        array = given["x"] if isinstance(given, dict) else given
        array[array < 0] = 0
        return array

    argument = {"x": x} if mode == "in a dict" else x
    outcome = ask(relu, expected=np.array([0.0, 2.0]), args=(argument,))
    assert outcome.kind == "mutated"
    assert "argument 1" in outcome.message
    assert x[0] == -1, "the check hands out copies"


@pytest.mark.parametrize(
    ("dtype", "word"), [(int, "cut the decimals"), (bool, "True"), (complex, "real"), (np.float16, "float16")]
)
def test_a_dtype_that_loses_something_is_explained(dtype, word):
    outcome = compare(np.ones((2, 2), dtype), np.ones((2, 2)))
    assert outcome.kind == "dtype"
    assert word in outcome.message


def test_float64_for_float32_is_accepted():
    assert compare(np.ones(3), np.ones(3, np.float32)).passed


def test_nan_and_infinity_are_not_just_wrong_values():
    for bad in (np.nan, np.inf):
        got = IMAGES.copy()
        got[0, 1, 2, 0] = bad
        outcome = compare(got, IMAGES)
        assert outcome.kind == "finite"


def test_a_size_must_be_a_whole_number():
    assert compare(5, 5).passed
    assert compare(np.int32(5), 5).passed
    assert compare(5.0, 5).kind == "dtype"
    assert compare(5.5, 5).kind == "value"
    assert compare(6, 5).kind == "value"
    assert compare(True, 5).kind == "dtype"


def test_every_element_counts():
    for place in [(0, 0, 0, 0), (1, 5, 4, 2), (0, 3, 2, 1)]:
        got = IMAGES.copy()
        got[place] += 1e-6
        assert not compare(got, IMAGES, 1e-9).passed


# Where it differs -----------------------------------------------------------------------------------------


def spoiled(*index):
    got = IMAGES.copy()
    got[index] += RNG.standard_normal(got[index].shape) + 5
    return got


ALL = slice(None)
EDGE = np.ones((6, 5), bool)
EDGE[1:-1, 1:-1] = False
ODD = np.ones((6, 5), bool)
ODD[::2, ::2] = False
PLACES = [
    (spoiled(ALL, -1), "only the last row differs"),
    (spoiled(ALL, ALL, -1), "only the last column differs"),
    (spoiled(ALL, 0), "only the first row differs"),
    (spoiled(ALL, EDGE), "only the border differs"),
    (spoiled(ALL, ALL, ALL, 2), "only channel 2 differs"),
    (spoiled(ALL, ALL, ALL, slice(1, None)), "only channel 0 is right"),
    (spoiled(0), "only image 0 differs"),
    (spoiled(ALL, slice(1, None, 2)), "every second row differs"),
    (spoiled(ALL, ALL, slice(1, None, 2)), "every second column differs"),
    (spoiled(ALL, ODD), "every second position"),
    (3 * IMAGES, "3 times"),
    (-IMAGES, "-1 times"),
    (IMAGES + 2, "off by the same number, +2"),
    (0 * IMAGES, "every element is 0"),
    (spoiled(), "every element differs"),
]


@pytest.mark.parametrize(("got", "words"), PLACES, ids=[words for _, words in PLACES])
def test_the_place_of_a_difference_is_said_in_words(got, words):
    assert words in compare(got, IMAGES, 1e-9).where


SQUARE = RNG.standard_normal((2, 6, 6, 2))
GRADIENT = RNG.standard_normal((3, 3, 2, 2))  # of a kernel: (KH, KW, C, K)
VECTOR = RNG.standard_normal(7)
MATRIX = RNG.standard_normal((4, 4))


def plane(rows, columns=ALL):
    places = np.zeros((6, 6), bool)
    places[rows, columns] = True
    return places


def wrong_at(places):
    got = SQUARE.copy()
    got[:, places] += 5 + RNG.standard_normal(got[:, places].shape)
    return got


CORNER = plane(-1) | plane(ALL, -1)
BORDER = ~plane(slice(1, -1), slice(1, -1))
EVEN, THIRD = slice(None, None, 2), slice(None, None, 3)
IN_PLACES = [  # where it differs; what is said; one place more or less, and it isn't said
    (plane(0), "only the first row differs", (3, 2)),
    (plane(ALL, -1), "only the last column differs", (3, 2)),
    (CORNER, "only the last row and the last column differ", (2, 2)),
    (CORNER[::-1, ::-1], "only the first row and the first column differ", (2, 2)),
    (~plane(0), "only the first row is right", (0, 3)),
    (BORDER, "only the border differs", (2, 3)),
    (~plane(slice(2, -2), slice(2, -2)), "only the border differs, 2 positions deep", (2, 3)),
    (plane([1, 3, 5]), "every second row differs", (2, 2)),
    (plane(ALL, [0, 3]), "every third column differs", (2, 2)),
    (~plane([2, 5]), "only every third row is right", (2, 2)),
    (~plane(EVEN, EVEN), "every second position, down and across, is right; those between differ", (2, 2)),
    (~plane(EVEN, EVEN), "every second position, down and across, is right; those between differ", (2, 1)),
    (~plane(THIRD, THIRD), "every third position, down and across, is right; those between differ", (3, 3)),
    (plane(slice(1, None, 3), slice(2, None, 3)), "only every third position, down and across, differs", (2, 2)),
    (plane(slice(1, None, 3), slice(2, None, 3)), "only every third position, down and across, differs", (1, 2)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("places", "words", "another"), IN_PLACES, ids=lambda part: part if isinstance(part, str) else ""
)
def test_a_pattern_of_places_is_told_where_it_is_and_not_where_it_nearly_is(places, words, another):
    assert compare(wrong_at(places), SQUARE, 1e-9).where == words
    near_miss = places.copy()
    near_miss[another] ^= True
    assert compare(wrong_at(near_miss), SQUARE, 1e-9).where != words


def shifted(values, down, right):
    """Everything moved; what comes in is noise."""
    got = RNG.standard_normal(values.shape)
    h, w = values.shape[1:3]
    got[:, max(down, 0) : h + min(down, 0), max(right, 0) : w + min(right, 0)] = values[
        :, max(-down, 0) : h - max(down, 0), max(-right, 0) : w - max(right, 0)
    ]
    return got


ALL_OVER = [  # what is expected; what came; what is said; of which part of an answer
    (SQUARE, SQUARE * 0.25, "every element is 0.25 times what it should be", ""),
    (SQUARE, SQUARE - 1.5, "every element is off by the same number, -1.5", ""),
    (SQUARE, SQUARE * 0, "every element is 0", ""),
    (SQUARE, SQUARE.swapaxes(1, 2), "rows and columns are exchanged", ""),
    (MATRIX, MATRIX.T, "rows and columns are exchanged", ""),
    (GRADIENT, GRADIENT.swapaxes(0, 1), "rows and columns are exchanged", "dw"),
    (GRADIENT, GRADIENT.swapaxes(2, 3), "input and output channels are exchanged", "dw"),
    (GRADIENT, GRADIENT[::-1, ::-1], "the kernel rows and the kernel columns stand in reverse order", "dw"),
    (IMAGES, IMAGES[:, ::-1], "the rows stand in reverse order", ""),
    (VECTOR, VECTOR[::-1], "the positions stand in reverse order", ""),
    (SQUARE, np.roll(SQUARE, 1, 1), "the rows are rolled by 1: what belongs to row 0 stands at row 1", ""),
    (IMAGES, np.roll(IMAGES, 3, 2), "the columns are rolled by -2: what belongs to column 0 stands at column 3", ""),
    (VECTOR, np.roll(VECTOR, 2), "the positions are rolled by 2: what belongs to position 0 stands at position 2", ""),
    (SQUARE, shifted(SQUARE, 1, 1), "everything stands 1 row too far down and 1 column too far right", ""),
    (SQUARE, shifted(SQUARE, 0, -2), "everything stands 2 columns too far left", ""),
    (SQUARE, shifted(SQUARE, -1, 0), "everything stands 1 row too far up", ""),
]  # fmt: skip


@pytest.mark.parametrize(("expected", "got", "words", "label"), ALL_OVER, ids=[row[2] for row in ALL_OVER])
def test_a_pattern_of_all_numbers_is_told_if_all_have_it(expected, got, words, label):
    def said(got):
        return compare((got,), (expected,), 1e-9, (label or "out",)).where

    assert said(got) == words
    near_miss = got.copy()
    near_miss[tuple(size // 2 for size in got.shape)] += 1e-3
    assert said(near_miss) != words


@pytest.mark.parametrize(
    ("places", "change", "words"),
    [
        (plane(-1), lambda x: 2 * x, "only the last row differs; each wrong element is 2 times what it should be"),
        (BORDER, lambda x: 0 * x, "only the border differs; each wrong element is 0"),
        (plane(EVEN), lambda x: x + 3, "every second row differs; each wrong element is off by the same number, +3"),
    ],
    ids=["a factor", "nothing", "an offset"],
)  # fmt: skip
def test_how_much_is_said_of_the_places_that_differ(places, change, words):
    got = np.where(places[None, :, :, None], change(SQUARE), SQUARE)
    assert compare(got, SQUARE, 1e-9).where == words
    got[1, 0 if places[0, 0] else -1, 0, 1] += 0.1
    assert compare(got, SQUARE, 1e-9).where == words.partition(";")[0]


def test_one_channel_and_one_image_are_told_apart_from_two():
    for axis, words in ((3, "only channel 0 differs"), (0, "only image 0 differs")):
        expected = RNG.standard_normal((3, 4, 4, 3))
        got = expected.copy()
        got[(ALL,) * axis + (0,)] += 1 + RNG.standard_normal()
        assert compare(got, expected, 1e-9).where.startswith(words)
        got[(ALL,) * axis + (1,)] += 2
        assert words not in compare(got, expected, 1e-9).where


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        ((ALL, -1), "only the last row is NaN"),
        ((ALL, ALL, ALL, 0), "only channel 0 is NaN"),
        ((ALL, slice(1, None, 2)), "every second row is NaN"),
        ((ALL, CORNER), "only the last row and the last column are NaN"),
        ((), "every element is NaN"),
    ],
    ids=lambda part: part if isinstance(part, str) else "",
)
def test_where_there_are_no_numbers_is_said_as_well(spoil, words):
    got = SQUARE.copy()
    got[spoil] = np.nan
    outcome = compare(got, SQUARE, 1e-9)
    assert (outcome.kind, outcome.where) == ("finite", words)
    got[0, 2, 2, 1], got[0, 0, 0, 0] = (np.nan, 0.0) if spoil else (0.0, 0.0)
    assert compare(got, SQUARE, 1e-9).where != words


def test_infinite_elements_are_called_so():
    got = SQUARE.copy()
    got[:, 0] = -np.inf
    assert compare(got, SQUARE, 1e-9).where == "only the first row is infinite"


def test_numbers_in_no_order_have_no_pattern_but_that():
    got = SQUARE + RNG.uniform(1, 2, SQUARE.shape)
    assert compare(got, SQUARE, 1e-9).where == "every element differs"
    got = SQUARE.copy()
    got[0, 1, 2, 0] += 1
    got[1, 3, 4, 1] += 1
    assert compare(got, SQUARE, 1e-9).where == ""


def test_a_matrix_of_counts_that_is_transposed_is_told_so():
    counts = np.array([[3, 1, 0], [0, 2, 4], [1, 0, 5]])
    assert compare(counts.T, counts).where == "rows and columns are exchanged"
    assert "exchanged" not in compare(counts.T + np.eye(3, dtype=int), counts).where


def test_a_batch_whose_first_image_alone_is_right_is_told_so():
    four = RNG.standard_normal((4, 3, 3, 2))
    got = four.copy()
    got[1:] = 0
    assert compare(got, four, 1e-9).where == "only image 0 is right; each wrong element is 0"


def test_exchanged_rows_and_columns_are_recognised():
    square = RNG.standard_normal((2, 4, 4, 3))
    assert compare(square.swapaxes(1, 2), square).where == "rows and columns are exchanged"


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        ((2, 5, 6, 3), "height and width are exchanged"),
        ((2, 3, 6, 5), "the channels stand before"),
        ((1, 6, 5, 3), "only the number of images"),
        ((2, 6, 5, 1), "only the number of channels"),
        ((2, 7, 5, 3), "1 row too many"),
        ((2, 4, 4, 3), "2 rows too few and 1 column too few"),
        ((6, 5, 3), "3 axes instead of 4"),
    ],
)
def test_a_wrong_shape_is_put_in_words(shape, words):
    outcome = compare(np.zeros(shape), IMAGES)
    assert outcome.kind == "shape"
    assert words in outcome.where


def test_the_text_for_a_notebook_has_the_table_the_idea_and_the_lecture():
    card = Diagnosis("test.doubled", "I take everything twice.", "Once is enough.", "Lecture 0")
    wrong = ((card, 2 * IMAGES),)
    with pytest.raises(CheckFailed) as failed:
        raise CheckFailed(ask(lambda x: 2 * x, wrong=wrong))
    text = str(failed.value)
    for part in ("expected around it", "I take everything twice.", "Once is enough.", "Lecture 0", "2 times"):
        assert part in text


def test_an_idea_that_is_right_on_these_inputs_explains_nothing():
    card = Diagnosis("test.harmless", "belief.", "hint.", "Lecture 0")
    outcome = ask(lambda x: x + 1.5e-9, atol=1e-9, wrong=((card, IMAGES + 0.8e-9),))
    assert not outcome.passed
    assert outcome.diagnosis is None


# How close is close enough --------------------------------------------------------------------------------


def convolution_in_order(x, w, order):
    """One output pixel in the dtype of x, its products added one by one in this order."""
    products = (x * w).ravel()[order]
    total = products.dtype.type(0)
    for product in products:
        total = products.dtype.type(total + product)
    return total


@pytest.mark.parametrize("channels", [1, 64, 512])
def test_any_order_of_float32_summation_passes_and_float16_fails(channels):
    rng = np.random.default_rng(channels)
    x = rng.standard_normal((1, 5, 5, channels)).astype(np.float32)
    w = rng.standard_normal((5, 5, channels, 1)).astype(np.float32)
    answer = LiveOracle().answer("conv2d_forward", (x, w, np.zeros(1, np.float32)), {})
    size = w.size
    for order in (np.arange(size), np.arange(size)[::-1], rng.permutation(size)):
        got = np.full((1, 1, 1, 1), convolution_in_order(x[0], w[..., 0], order), np.float32)
        assert compare(got, answer.expected, answer.atol).passed
    halves = convolution_in_order(x[0].astype(np.float16), w[..., 0].astype(np.float16), np.arange(size))
    got = np.full((1, 1, 1, 1), halves, np.float32)
    assert not compare(got, answer.expected, answer.atol).passed


def test_a_correct_float32_convolution_fails_numpys_default_and_passes_ours():
    rng = np.random.default_rng(3)
    x = rng.standard_normal((2, 20, 20, 64)).astype(np.float32)
    w = rng.standard_normal((5, 5, 64, 8)).astype(np.float32)
    b = np.zeros(8, np.float32)
    answer = LiveOracle().answer("conv2d_forward", (x, w, b), {})
    got = np.zeros((2, 16, 16, 8), np.float32)
    for u in range(5):
        for v in range(5):
            got += x[:, u : u + 16, v : v + 16] @ w[u, v]
    exact = conv2d_forward(x.astype(float), w.astype(float), b.astype(float))
    assert not np.allclose(got, exact, atol=1e-8, rtol=1e-5)
    assert compare(got, answer.expected, answer.atol).passed


def test_tolerance_grows_with_the_root_of_the_number_of_terms():
    assert tolerance(1, 100, np.float32) == pytest.approx(10 * tolerance(1, 1, np.float32))


def test_a_float32_answer_to_a_float64_question_is_judged_as_float32():
    rng = np.random.default_rng(4)
    x, w, b = rng.standard_normal((3, 50)), rng.standard_normal((50, 4)), np.zeros(4)
    single = {"dense_forward": lambda x, w, b: (x.astype(np.float32) @ w.astype(np.float32)) + np.float32(0)}
    assert outcome_of(single, "dense_forward", (x, w, b), {}, LiveOracle()).passed


# The door to both sides -----------------------------------------------------------------------------------


def test_key_ignores_memory_layout_and_tells_dtypes_apart():
    x = np.arange(6.0).reshape(2, 3)
    assert key("f", (x,), {}) == key("f", (np.asfortranarray(x),), {})
    assert key("f", (x,), {}) != key("f", (x.astype(np.float32),), {})
    assert key("f", (x,), {}) != key("f", (x.reshape(3, 2),), {})
    assert key("f", (x,), {"a": 1}) != key("f", (x,), {"a": 2})
    assert key("f", (x,), {}) != key("g", (x,), {})


def test_the_oracle_of_the_context_is_asked():
    context = Context(known(np.float64(3.0)))
    check(Names({"f": lambda: 3.0}, context), "f")
    with pytest.raises(CheckFailed):
        check(Names({"f": lambda: 4.0}, context), "f")


def test_the_students_file_needs_numpy_alone(tmp_path):
    for name, path in code_beside("numpy").items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(path, tmp_path / name)
    program = (
        "import sys, cnnchecks\n"
        "mine = {m.split('.')[0] for m in sys.modules}\n"
        "assert not mine & {'grader', 'kerasnets', 'matplotlib', 'tensorflow', 'keras', 'scipy'}, mine\n"
    )
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=True)


def test_the_whole_way_for_a_student_who_flips_the_kernel():
    env = {"conv2d_forward": lambda x, w, b: REFERENCE["conv2d_forward"](x, w[::-1, ::-1], b)}
    x = np.arange(25.0).reshape(1, 5, 5, 1) ** 2
    w = np.arange(9.0).reshape(3, 3, 1, 1)
    outcome = outcome_of(env, "conv2d_forward", (x, w, np.zeros(1)), {}, LiveOracle())
    assert outcome.diagnosis is not None
    assert outcome.diagnosis.id == "conv.flipped_kernel"
    assert "the window it looks at" in outcome.detail


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda x: x, "answers where no answer"),
        (lambda x: 1 / 0, "ZeroDivisionError"),
        (None, "There is no `f`"),
    ],
)
def test_a_refusal_must_be_a_value_error(function, words):
    with pytest.raises(CheckFailed, match=words):
        check_refuses({"f": function}, "f", 0)


def test_a_refusal_through_the_seal_is_one_too():
    def sealed(x):
        raise Raised("ValueError", "no", "")

    check_refuses({"f": sealed}, "f", 0)
