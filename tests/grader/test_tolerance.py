"""An honest float32 sum passes in whatever order it was added up; a float16 accumulation fails at every size."""

import itertools

import numpy as np
import pytest

from grader.cnnchecks.asking import outcome_of
from grader.cnnchecks.values import tolerance, unit
from grader.judge.draw import generator
from grader.judge.oracle import LiveOracle
from grader.judge.reference import REFERENCE
from grader.tasks.catalogue import GRIDS, TASKS
from tests.accepted import fft, kernel_to_row, reversed_order, toeplitz, winograd

SIZES = ((5, 5, 1), (5, 5, 6), (3, 3, 64), (5, 5, 64), (11, 11, 3), (1, 1, 512), (3, 3, 512), (5, 5, 512))
FILTERS = 3


def named(size):
    return "×".join(map(str, size))


def rng(seed=0):
    return np.random.default_rng(seed)


# Images and kernels whose sums round in different ways: (pixels, weights, bias) of a size
DATA = {
    "both signs": lambda x, w: (rng().standard_normal(x), rng(1).standard_normal(w), rng(2).standard_normal(w[3]) + 3),
    "positive": lambda x, w: (rng().random(x), rng(1).random(w), rng(2).random(w[3])),
    "after a ReLU": lambda x, w: (
        np.maximum(rng().standard_normal(x), 0), rng(1).standard_normal(w) / w[0] ** 2, rng(2).standard_normal(w[3])
    ),
    "cancelling": lambda x, w: (rng().random(x), rng(1).random(w), np.full(w[3], -np.prod(w[:3]) / 4)),
    "bytes": lambda x, w: (rng().integers(0, 256, x) / 255, rng(1).standard_normal(w), np.zeros(w[3])),
}  # fmt: skip


def given(size, data, dtype=np.float32):
    """x, w, b with four windows of which each is a sum over `size`."""
    x, w = (1, size[0] + 1, size[1] + 1, size[2]), (*size, FILTERS)
    return tuple(np.asarray(part, dtype) for part in DATA[data](x, w))


def convolution(add_up):
    """A convolution whose windows are added up by `add_up`: products (windows, n, filters), bias -> (windows, filters)."""

    def conv2d_forward(x, w, b):
        kh, kw = w.shape[:2]
        rows = [x[0, i : i + kh, j : j + kw].ravel() for i in (0, 1) for j in (0, 1)]
        return add_up(np.stack(rows)[:, :, None] * w.reshape(1, -1, w.shape[3]), b).reshape(1, 2, 2, -1)

    return conv2d_forward


def one_by_one(products, b, dtype=None):
    dtype = dtype or products.dtype
    total = np.zeros(products[:, 0].shape, dtype)
    for place in range(products.shape[1]):
        total = (total + products[:, place].astype(dtype)).astype(dtype)
    return total + b.astype(dtype)


def sorted_by(key):
    def add_up(products, b):
        order = np.argsort(key(products), axis=1, kind="stable")
        return one_by_one(np.take_along_axis(products, order, axis=1), b)

    return add_up


def halves(products, b):
    while products.shape[1] > 1:
        if products.shape[1] % 2:
            products = np.concatenate([products, np.zeros_like(products[:, :1])], axis=1)
        products = products[:, ::2] + products[:, 1::2]
    return products[:, 0] + b


def in_blocks(products, b):
    starts = range(0, products.shape[1], 128)
    return sum((one_by_one(products[:, s : s + 128], 0 * b) for s in starts), np.zeros_like(b)) + b


ORDERS = {
    "first to last": convolution(one_by_one),
    "last to first": convolution(lambda products, b: one_by_one(products[:, ::-1], b)),
    "shuffled": convolution(lambda products, b: one_by_one(rng(3).permuted(products, axis=1), b)),
    "smallest first": convolution(sorted_by(np.abs)),
    "largest first": convolution(sorted_by(lambda products: -np.abs(products))),
    "negative first": convolution(sorted_by(lambda products: products)),
    "positive first": convolution(sorted_by(lambda products: -products)),
    "bias first": convolution(lambda products, b: one_by_one(
        np.concatenate([np.broadcast_to(b, (len(products), 1, len(b))), products], axis=1), 0 * b)),
    "in halves": convolution(halves),
    "in blocks of 128": convolution(in_blocks),
    "NumPy's sum": convolution(lambda products, b: products.sum(axis=1) + b),
    "einsum": convolution(lambda products, b: np.einsum("pnk->pk", products) + b),
    "a matrix product of patches": lambda x, w, b: convolution_by_matrix(x, w, b),
    "tap by tap": kernel_to_row.conv2d_forward,
    "Toeplitz": toeplitz.conv2d_forward,
    "Fourier": fft.conv2d_forward,
    "Winograd": winograd.conv2d_forward,
    "the course's own": REFERENCE["conv2d_forward"],
}  # fmt: skip


def convolution_by_matrix(x, w, b):
    kh, kw = w.shape[:2]
    rows = np.stack([x[0, i : i + kh, j : j + kw].ravel() for i in (0, 1) for j in (0, 1)])
    return (rows @ w.reshape(-1, w.shape[3]) + b).reshape(1, 2, 2, -1)


def judged(function, args):
    return outcome_of({"conv2d_forward": function}, "conv2d_forward", args, {}, LiveOracle())


def used(function, args):
    """The largest error as a share of the tolerance."""
    right = LiveOracle().answer("conv2d_forward", args, {})
    return float(np.abs(function(*args).astype(float) - right.expected).max() / right.atol)


# What must pass -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", SIZES, ids=named)
def test_float32_passes_in_every_order(size):
    for data, order in itertools.product(DATA, ORDERS):
        args = given(size, data)
        assert ORDERS[order](*args).dtype == np.float32
        assert judged(ORDERS[order], args).passed, (data, order)
        assert used(ORDERS[order], args) < 0.2, (data, order)


def test_float64_passes_in_every_order():
    args = given((5, 5, 64), "cancelling", np.float64)
    assert [order for order, function in ORDERS.items() if not judged(function, args).passed] == []


@pytest.mark.parametrize("padding", ["valid", "same"])
def test_gradients_in_float32_pass_in_every_order(padding):
    """dw sums over 2·28·28 positions, dx over 5·5·16 weights."""
    x, w = rng().random((2, 28, 28, 6)), rng(1).standard_normal((5, 5, 6, 16))
    side = 28 if padding == "same" else 24
    args = tuple(a.astype(np.float32) for a in (rng(2).standard_normal((2, side, side, 16)), x, w))
    for module in (toeplitz, kernel_to_row, reversed_order):
        student = {"conv2d_backward": module.conv2d_backward}
        outcome = outcome_of(student, "conv2d_backward", args, {"padding": padding}, LiveOracle())
        assert outcome.passed, (module.__name__, outcome.message)


@pytest.mark.parametrize("units", [10, 400, 4096, 25_088])
def test_a_dense_layer_in_float32_passes_in_every_order(units):
    """25,088 inputs has the first dense layer of VGG16."""
    x, w = rng().random((3, units)), rng(1).standard_normal((units, 4))
    args = tuple(a.astype(np.float32) for a in (x, w, rng(2).standard_normal(4)))
    for add_up in (one_by_one, halves, sorted_by(np.abs), lambda products, b: products.sum(axis=1) + b):
        student = {"dense_forward": lambda x, w, b, add_up=add_up: add_up(x[:, :, None] * w, b)}
        assert outcome_of(student, "dense_forward", args, {}, LiveOracle()).passed


# What must fail -------------------------------------------------------------------------------------------

HALF = {
    "one by one": convolution(lambda products, b: one_by_one(products, b, np.float16).astype(np.float32)),
    "everything": convolution(
        lambda products, b: one_by_one(products.astype(np.float16), b, np.float16).astype(np.float32)
    ),
    "NumPy's sum": convolution(
        lambda products, b: products.sum(axis=1, dtype=np.float16).astype(np.float32) + b
    ),
}


@pytest.mark.parametrize("size", SIZES, ids=named)
def test_a_float16_accumulation_fails_at_every_size(size):
    for data, how in itertools.product(DATA, HALF):
        args = given(size, data)
        with np.errstate(over="ignore"):
            outcome = judged(HALF[how], args)
            share = used(HALF[how], args)
        assert (outcome.passed, outcome.kind in ("value", "finite")) == (False, True), (data, how)
        assert share > 5, (data, how)


def test_a_float16_answer_is_refused_whatever_its_values():
    args = given((3, 3, 64), "positive")
    outcome = judged(lambda x, w, b: REFERENCE["conv2d_forward"](x, w, b).astype(np.float16), args)
    assert (outcome.passed, outcome.kind) == (False, "dtype")


@pytest.mark.parametrize("size", SIZES[:-1], ids=named)
def test_one_weight_that_is_missed_is_seen_among_thousands(size):
    """The smallest slip that a sum can have: one of its products is left out, in one filter."""
    for data in DATA:
        x, w, b = given(size, data)
        short = w.copy()
        short[0, 0, 0, 0] = 0
        assert not judged(
            lambda x, _, b, short=short: REFERENCE["conv2d_forward"](x, short, b), (x, w, b)
        ).passed


# What the docstring says ----------------------------------------------------------------------------------


def test_numpy_s_allclose_rejects_what_is_right():
    x, w, b = (
        rng().standard_normal((1, 16, 16, 64)),
        rng(1).standard_normal((5, 5, 64, 32)),
        rng(2).standard_normal(32),
    )
    args = tuple(a.astype(np.float32) for a in (x, w, b))
    answer = kernel_to_row.conv2d_forward(*args)
    right = REFERENCE["conv2d_forward"](*(a.astype(float) for a in args))
    rejected = np.mean(~np.isclose(answer, right))
    assert 0.01 < rejected < 0.04
    assert judged(kernel_to_row.conv2d_forward, args).passed


def test_up_to_60_terms_no_order_can_be_rejected():
    """n + 1 roundings of half a unit: n in the sum, and one where the right answer is written as float32."""
    for terms in range(1, 61):
        assert tolerance(1, terms, np.float32) > (terms + 1) * unit(np.float32) / 2


def test_every_hidden_sum_in_float32_is_that_short():
    for name, grids in GRIDS.items():
        for grid, cases in grids.items() if not name.startswith("lenet") else ():
            for place, case in enumerate(cases):
                args, _ = case.draw(generator(b"any", name, grid, place))
                floats = [a for a in args if isinstance(a, np.ndarray) and a.dtype == np.float32]
                if floats and name in TASKS and TASKS[name].terms:
                    assert TASKS[name].terms(*args) <= 60, (name, grid, case.about)


def test_thousands_of_equal_numbers_are_the_exception():
    x, w, b = given((5, 5, 512), "positive")
    alike = np.full_like(x, 0.1), np.full_like(w, 0.7), 0 * b
    assert not judged(ORDERS["first to last"], alike).passed
    assert judged(ORDERS["a matrix product of patches"], alike).passed


def test_the_units_are_those_of_the_docstring():
    assert unit(np.float32) == np.finfo(np.float32).eps
    assert unit(np.float64) == 1e-11 > np.finfo(np.float64).eps
    assert tolerance(10, 100, np.float32) == 4 * np.finfo(np.float32).eps * 10 * 10


def test_the_coarser_of_input_and_answer_decides():
    x, w, b = given((3, 3, 64), "both signs", np.float64)
    single = judged(
        lambda *args: REFERENCE["conv2d_forward"](*(a.astype(np.float32) for a in args)), (x, w, b)
    )
    assert single.passed
    assert not judged(lambda *args: REFERENCE["conv2d_forward"](*args) + 1e-4, (x, w, b)).passed


def test_the_coarsest_part_of_an_answer_decides_for_all():
    """A gradient that went through a float32 layer is rounded, whatever dtype a later layer gave it."""
    args = (rng().random((4, 3)), rng(1).random((4, 5)), rng(2).random((5, 3)))
    dx, dw, db = REFERENCE["dense_backward"](*args)
    rounded = dw.astype(np.float32).astype(float)
    for answer, passed in (((dx.astype(np.float32), rounded, db), True), ((dx, rounded, db), False)):
        student = {"dense_backward": lambda *_, answer=answer: answer}
        assert outcome_of(student, "dense_backward", args, {}, LiveOracle()).passed is passed


def test_wrong_ideas_are_compared_as_finely_as_the_right_answer():
    """An idea's answer comes in float64 and a student's in float32: still only one idea fits."""
    args = given((3, 3, 6), "both signs")
    outcome = judged(lambda x, w, b: REFERENCE["conv2d_forward"](x, w[::-1, ::-1], b), args)
    assert [card.id for card in outcome.candidates] == ["conv.flipped_kernel"]
