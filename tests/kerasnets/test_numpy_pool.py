"""Pooling against lectures 1 and 2, TensorFlow, and differences."""

import itertools

import numpy as np
import pytest

from kerasnets.numpy_layers import (
    avg_pool2d_backward,
    avg_pool2d_forward,
    global_avg_pool2d_backward,
    global_avg_pool2d_forward,
    max_pool2d_backward,
    max_pool2d_forward,
    numerical_gradient,
)
from tests.kerasnets import oracles
from tests.kerasnets.oracles import assert_every_element, integers, tf

LECTURE_1 = np.array([[2, 3, 2, 0], [5, -2, 2, 8], [-1, -6, 7, 3], [-4, -5, 4, 2]]).reshape(1, 4, 4, 1)
LECTURE_2 = np.array([[8, 5, 2, 7], [1, 6, 0, 3], [2, 4, 7, 1], [5, 1, 8, 0]]).reshape(1, 4, 4, 1)

FORWARD = {"max": max_pool2d_forward, "avg": avg_pool2d_forward}
BACKWARD = {"max": max_pool2d_backward, "avg": avg_pool2d_backward}
KINDS = ["max", "avg"]
SIZES = list(itertools.product(range(1, 6), range(1, 6)))
STRIDES = list(itertools.product(range(1, 4), range(1, 4)))


def drawn(image, strides, size, padding, dtype, draw=integers):
    """Return x, dout for two images of 3 channels; whole numbers from -4 to 4, so that windows have ties."""
    rng = np.random.default_rng([*image, *strides, *size])
    x = draw(rng, (2, *image, 3), dtype)
    return x, draw(rng, max_pool2d_forward(x, size, strides, padding).shape, dtype)


@pytest.mark.parametrize(
    ("table", "largest", "mean"),
    [
        (LECTURE_1, [[5, 8], [-1, 7]], [[2, 3], [-4, 4]]),
        (LECTURE_2, [[8, 7], [5, 8]], [[5, 3], [3, 4]]),
    ],
    ids=["lecture 1", "lecture 2"],
)
def test_the_lectures_tables(table, largest, mean):
    assert max_pool2d_forward(table)[0, :, :, 0].tolist() == largest
    assert avg_pool2d_forward(table)[0, :, :, 0].tolist() == mean


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_window_and_stride_equals_tensorflow(kind, padding, dtype):
    for size, strides, image in itertools.product(SIZES, STRIDES, [(7, 10), (8, 5)]):
        x, dout = drawn(image, strides, size, padding, dtype)
        out, dx = oracles.pool2d(kind, x, dout, size, strides, padding)
        tolerance = 0 if kind == "max" else oracles.rounding(dtype, terms=25)
        case = f"{image=}, {size=}, {strides=}"
        assert_every_element(FORWARD[kind](x, size, strides, padding), out, tolerance, case)
        assert_every_element(BACKWARD[kind](dout, x, size, strides, padding), dx, tolerance, case)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "shape", [(3, 70, 60, 24), (40, 20, 22, 8)], ids=["rows of images", "several images"]
)
def test_work_cut_into_blocks_equals_tensorflow(kind, shape):
    rng = np.random.default_rng(1)
    x = integers(rng, shape, np.float32)
    dout = integers(rng, FORWARD[kind](x, 3, 2, "same").shape, np.float32)
    out, dx = oracles.pool2d(kind, x, dout, 3, 2, "same")
    assert_every_element(FORWARD[kind](x, 3, 2, "same"), out, 1e-6)
    assert_every_element(BACKWARD[kind](dout, x, 3, 2, "same"), dx, 1e-6)


def test_strides_default_to_the_window():
    x, dout = drawn((7, 9), (2, 3), (2, 3), "valid", np.float64)
    for kind in KINDS:
        assert_every_element(FORWARD[kind](x, (2, 3)), FORWARD[kind](x, (2, 3), (2, 3)))
        assert_every_element(BACKWARD[kind](dout, x, (2, 3)), BACKWARD[kind](dout, x, (2, 3), (2, 3)))


def test_the_first_of_equal_maxima_gets_the_gradient():
    flat = np.zeros((1, 4, 6, 1))
    dx = max_pool2d_backward(np.arange(1.0, 7).reshape(1, 2, 3, 1), flat)[0, :, :, 0]
    assert dx.tolist() == [[1, 0, 2, 0, 3, 0], [0] * 6, [4, 0, 5, 0, 6, 0], [0] * 6]


def test_a_maximum_below_zero_beats_the_border():
    x = np.full((1, 3, 3, 1), -5.0)
    assert (max_pool2d_forward(x, 2, 2, "same") == -5).all()
    dx = max_pool2d_backward(np.ones((1, 2, 2, 1)), x, 2, 2, "same")[0, :, :, 0]
    assert dx.tolist() == [[1, 0, 1], [0, 0, 0], [1, 0, 1]]


def test_a_pixel_of_minus_infinity_still_comes_before_the_border():
    x = np.full((1, 2, 2, 1), -np.inf)
    dx = max_pool2d_backward(np.ones((1, 2, 2, 1)), x, pool_size=3, strides=1, padding="same")
    assert dx[0, :, :, 0].tolist() == [[4, 0], [0, 0]]


def test_a_window_in_the_corner_averages_its_real_pixels_only():
    ones = np.ones((1, 4, 5, 2))
    assert (avg_pool2d_forward(ones, 3, 1, "same") == 1).all()
    dx = avg_pool2d_backward(np.ones((1, 4, 5, 2)), ones, 3, 1, "same")
    assert dx[0, 0, 0, 0] == pytest.approx(1 / 4 + 2 / 6 + 1 / 9)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("padding", ["valid", "same"])
def test_backward_is_the_slope_of_forward(kind, padding):
    def real(rng, shape, dtype):
        return rng.permutation(np.prod(shape)).reshape(shape).astype(dtype)  # no two equal: no kinks

    x, dout = drawn((5, 6), (2, 1), (3, 2), padding, np.float64, draw=real)
    slope = numerical_gradient(lambda v: (dout * FORWARD[kind](v, (3, 2), (2, 1), padding)).sum(), x, h=1e-3)
    np.testing.assert_allclose(BACKWARD[kind](dout, x, (3, 2), (2, 1), padding), slope, atol=1e-6)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_global_average_equals_tensorflow(dtype):
    rng = np.random.default_rng(0)
    x, dout = integers(rng, (2, 4, 7, 3), dtype), integers(rng, (2, 3), dtype)
    out, dx = oracles.with_gradient(lambda t: tf.reduce_mean(t, (1, 2)), x, dout)
    tolerance = oracles.rounding(dtype, terms=28)
    assert_every_element(global_avg_pool2d_forward(x), out, tolerance)
    assert_every_element(global_avg_pool2d_backward(dout, x), dx, tolerance)
    slope = numerical_gradient(lambda v: (dout * global_avg_pool2d_forward(v)).sum(), x)
    np.testing.assert_allclose(global_avg_pool2d_backward(dout, x), slope, atol=1e-6)


def test_global_average_of_lecture_2s_table_by_hand():
    assert global_avg_pool2d_forward(LECTURE_2).tolist() == [[60 / 16]]


def to_all_of_equal(dout, x, size, strides, padding):
    """The wrong idea that every pixel that equals its window's maximum gets the gradient."""
    out = max_pool2d_forward(x, size, strides, padding)
    dx = np.zeros_like(x)
    for n, i, j, c in np.ndindex(out.shape):
        window = np.s_[n, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2, c]
        dx[window] += (x[window] == out[n, i, j, c]) * dout[n, i, j, c]
    return dx


WRONG_MAX = {
    "to all of the equal ones": to_all_of_equal,
    "to the last of the equal ones": lambda dout, x, *how: max_pool2d_backward(
        dout[:, ::-1, ::-1], x[:, ::-1, ::-1], *how
    )[:, ::-1, ::-1],
    "shared out as an average": avg_pool2d_backward,
}


@pytest.mark.parametrize("wrong", WRONG_MAX.values(), ids=WRONG_MAX.keys())
def test_a_wrong_backward_of_the_maximum_is_noticed(wrong):
    x, dout = drawn((6, 8), (2, 2), (2, 2), "valid", np.float64)
    _, dx = oracles.pool2d("max", x, dout, (2, 2), (2, 2), "valid")
    assert_every_element(max_pool2d_backward(dout, x, 2, 2, "valid"), dx)
    with pytest.raises(AssertionError):
        assert_every_element(wrong(dout, x, (2, 2), (2, 2), "valid"), dx)


def test_an_average_that_counts_the_border_is_noticed():
    x, dout = drawn((5, 7), (2, 2), (3, 3), "same", np.float64)
    out, _ = oracles.pool2d("avg", x, dout, 3, 2, "same")
    framed = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
    with pytest.raises(AssertionError):
        assert_every_element(avg_pool2d_forward(framed, 3, 2, "valid"), out, 1e-9)


@pytest.mark.parametrize("kind", KINDS)
def test_integer_and_bool_images_are_computed_in_float64(kind):
    image = np.array([[1, 0], [1, 1]], np.uint8).reshape(1, 2, 2, 1)
    expected = {"max": 1.0, "avg": 0.75}[kind]
    for x in (image, image.astype(bool)):
        assert_every_element(FORWARD[kind](x), np.full((1, 1, 1, 1), expected))
        assert BACKWARD[kind]([[[[1]]]], x).dtype == np.float64
    assert global_avg_pool2d_forward(image.astype(bool)).tolist() == [[0.75]]


@pytest.mark.parametrize("kind", KINDS)
def test_inputs_are_not_modified_and_results_are_fresh(kind):
    x, dout = drawn((6, 7), (1, 1), (1, 1), "valid", np.float32)  # windows of one pixel invite a view
    x_before, dout_before = x.copy(), dout.copy()
    for fresh in (FORWARD[kind](x, 1, 1), BACKWARD[kind](dout, x, 1, 1), global_avg_pool2d_forward(x)):
        fresh += 1
    global_avg_pool2d_backward(dout[:, 0, 0], x)[:] = 9
    np.testing.assert_array_equal(x, x_before)
    np.testing.assert_array_equal(dout, dout_before)


@pytest.mark.parametrize("kind", KINDS)
def test_no_images_give_no_pixels(kind):
    x = np.zeros((0, 4, 6, 3))
    assert FORWARD[kind](x).shape == (0, 2, 3, 3)
    assert BACKWARD[kind](np.zeros((0, 2, 3, 3)), x).shape == x.shape


X = np.zeros((2, 5, 6, 3))


@pytest.mark.parametrize("pool", [max_pool2d_forward, avg_pool2d_forward])
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((X[0],), r"x must have 4 axes \(N, H, W, C\); got 3"),
        ((X[..., :0],), "x .* must have at least 1 along C"),
        ((X.astype(np.float16),), "x must hold float32, .* got dtype float16"),
        ((X.astype(complex),), "x must hold .* complex128"),
        ((X, 0), "pool_size must be a whole number, 1 or more; got 0"),
        ((X, (2, 2, 1)), "pool_size must be an int or a pair"),
        ((X, 2, (1, 0)), "strides must be .* got 0"),
        ((X, 2, 2, "reflect"), "padding must be .* got 'reflect'"),
        ((X, 2, 2, 1), "padding must be .* got 1"),
        ((X, (6, 2)), "covers 6 pixels .* has only 5"),
        ((X, (2, 7)), "covers 7 pixels .* has only 6"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(pool, arguments, words):
    with pytest.raises(ValueError, match=words):
        pool(*arguments)


@pytest.mark.parametrize("backward", [max_pool2d_backward, avg_pool2d_backward])
def test_a_gradient_of_another_shape_is_refused(backward):
    with pytest.raises(ValueError, match=r"dout must have shape \(2, 2, 3, 3\), .* got \(2, 3, 3, 3\)"):
        backward(np.zeros((2, 3, 3, 3)), X)


def test_the_global_average_refuses_what_does_not_fit():
    with pytest.raises(ValueError, match="x must have 4 axes"):
        global_avg_pool2d_forward(X[0])
    with pytest.raises(ValueError, match=r"dout must have shape \(2, 3\), .* got \(2, 1, 1, 3\)"):
        global_avg_pool2d_backward(np.zeros((2, 1, 1, 3)), X)
