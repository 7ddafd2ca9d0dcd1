"""Convolution against lecture 2, TensorFlow, its own definition in loops, and differences."""

import itertools

import numpy as np
import pytest

from kerasnets.numpy_layers import conv2d_backward, conv2d_forward, numerical_gradient, same_padding
from tests.kerasnets import oracles
from tests.kerasnets.oracles import assert_every_element, integers

LECTURE_IMAGE = np.array(
    [[2, 9, 11, 22, 42], [12, 43, 2, 0, 65], [9, 87, 65, 2, 90], [21, 21, 44, 7, 2], [45, 2, 21, 2, 0]]
).reshape(1, 5, 5, 1)
LECTURE_KERNEL = np.array([[0, 0, 1], [1, 0, 0], [0, 0, 1]]).reshape(3, 3, 1, 1)
OTHER_KERNEL = np.array([[0, 0, 1], [1, 0, 0], [0, 1, 0]]).reshape(3, 3, 1, 1)  # of the slides on padding

KERNELS = list(itertools.product(range(1, 6), range(1, 6)))
STRIDES = list(itertools.product(range(1, 4), range(1, 4)))
RATES = [(1, 2), (2, 1), (2, 2), (3, 2), (1, 3)]


def drawn(image, kernel, strides, padding, rate, dtype, draw=integers):
    """Return x, w, b, dout for two images of 3 channels and 2 kernels."""
    rng = np.random.default_rng([*image, *kernel, *strides, *rate])
    x, w, b = (draw(rng, shape, dtype) for shape in ((2, *image, 3), (*kernel, 3, 2), (2,)))
    out_shape = conv2d_forward(x, w, b, strides, padding, rate).shape
    return x, w, b, draw(rng, out_shape, dtype)


def assert_like_tensorflow(x, w, b, dout, strides, padding, rate=(1, 1), tolerance=0.0):
    expected = oracles.conv2d(x, w, b, dout, strides, padding, rate)
    got = (
        conv2d_forward(x, w, b, strides, padding, rate),
        *conv2d_backward(dout, x, w, strides, padding, rate),
    )
    for ours, theirs in zip(got, expected, strict=True):
        assert_every_element(ours, theirs, tolerance, f"x: {x.shape}, w: {w.shape}, {strides=}, {rate=}")


def test_lecture_2s_image_and_kernel():
    out = conv2d_forward(LECTURE_IMAGE, LECTURE_KERNEL, [0])[0, :, :, 0]
    assert out.tolist() == [[88, 67, 134], [55, 94, 132], [107, 25, 134]]


def test_lecture_2s_padding_and_strides_are_drawn_with_another_kernel():
    same = conv2d_forward(LECTURE_IMAGE, LECTURE_KERNEL, [0], padding="same")[0, :, :, 0]
    other = conv2d_forward(LECTURE_IMAGE, OTHER_KERNEL, [0], padding="same")[0, :, :, 0]
    strided = conv2d_forward(LECTURE_IMAGE, OTHER_KERNEL, [0], strides=2, padding="same")[0, :, :, 0]
    assert (same[0, 0], same[1, 1]) == (43, 88)
    assert (other[0, 0], other[2, 0]) == (12, 64)
    assert (strided[0, 0], strided[1, 0]) == (12, 64)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("padding", ["valid", "same"])
def test_every_kernel_and_stride_equals_tensorflow(padding, dtype):
    for kernel, strides, image in itertools.product(KERNELS, STRIDES, [(7, 10), (8, 5)]):
        assert_like_tensorflow(
            *drawn(image, kernel, strides, padding, (1, 1), dtype), strides=strides, padding=padding
        )


@pytest.mark.parametrize("rate", RATES, ids="{0[0]}x{0[1]}".format)
@pytest.mark.parametrize("padding", ["valid", "same"])
def test_every_dilation_equals_a_kernel_spread_out_by_zeros(rate, padding):
    for kernel, strides in itertools.product([(3, 2), (2, 3), (4, 1), (3, 3)], [(1, 1), (2, 1), (2, 3)]):
        case = drawn((11, 12), kernel, strides, padding, rate, np.float64)
        assert_like_tensorflow(*case, strides=strides, padding=padding, rate=rate)


def test_the_grid_has_odd_borders_down_and_across():
    cases = itertools.product(KERNELS, STRIDES)
    totals = {
        (sum(same_padding(7, kh, sh)) % 2, sum(same_padding(10, kw, sw)) % 2) for (kh, kw), (sh, sw) in cases
    }
    assert totals == {(0, 0), (0, 1), (1, 0), (1, 1)}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_real_numbers_differ_from_tensorflow_by_rounding_only(dtype):
    def real(rng, shape, dtype):
        return rng.standard_normal(shape).astype(dtype)

    for kernel, strides in [((5, 5), (1, 1)), ((3, 4), (2, 1)), ((1, 1), (1, 1)), ((2, 5), (3, 2))]:
        case = drawn((9, 13), kernel, strides, "same", (1, 1), dtype, draw=real)
        tolerance = oracles.rounding(dtype, terms=2 * 9 * 13)
        assert_like_tensorflow(*case, strides=strides, padding="same", tolerance=tolerance)


@pytest.mark.parametrize(
    "shape", [(5, 40, 50, 24), (70, 20, 20, 8)], ids=["rows of images", "several images"]
)
def test_work_cut_into_blocks_equals_tensorflow(shape):
    rng = np.random.default_rng(1)
    x, w, b = (integers(rng, s, np.float32) for s in (shape, (3, 3, shape[3], 4), (4,)))
    dout = integers(rng, (*shape[:3], 4), np.float32)
    assert_like_tensorflow(x, w, b, dout, strides=(1, 1), padding="same")


def test_the_definition_in_loops_gives_the_same():
    x, w, b, _ = drawn((6, 7), (2, 3), (2, 1), "valid", (1, 2), np.float64)
    out = conv2d_forward(x, w, b, (2, 1), "valid", (1, 2))
    for n, i, j, k in np.ndindex(out.shape):
        taps = (x[n, 2 * i + u, j + 2 * v, c] * w[u, v, c, k] for u, v, c in np.ndindex(2, 3, 3))
        assert out[n, i, j, k] == b[k] + sum(taps)


def test_backward_is_the_slope_of_forward():
    for strides, padding, rate in [
        ((2, 1), "same", (1, 1)),
        ((1, 1), "valid", (2, 1)),
        ((3, 2), "same", (1, 2)),
    ]:
        x, w, b, dout = drawn((5, 6), (2, 3), strides, padding, rate, np.float64)

        def loss(x, w, b, dout=dout, how=(strides, padding, rate)):
            return (dout * conv2d_forward(x, w, b, *how)).sum()

        dx, dw, db = conv2d_backward(dout, x, w, strides, padding, rate)
        np.testing.assert_allclose(dx, numerical_gradient(lambda v: loss(v, w, b), x), atol=1e-6)  # noqa: B023
        np.testing.assert_allclose(dw, numerical_gradient(lambda v: loss(x, v, b), w), atol=1e-6)  # noqa: B023
        np.testing.assert_allclose(db, numerical_gradient(lambda v: loss(x, w, v), b), atol=1e-6)  # noqa: B023


WRONG_FORWARD = {
    "a flipped kernel": lambda x, w, b: conv2d_forward(x, w[::-1, ::-1], b, (2, 1), "same"),
    "no bias": lambda x, w, b: conv2d_forward(x, w, 0 * b, (2, 1), "same"),
    "strides swapped": lambda x, w, b: conv2d_forward(x, w, b, (1, 2), "same"),
    "kernels in the wrong order": lambda x, w, b: conv2d_forward(x, w[..., ::-1], b[::-1], (2, 1), "same"),
    "channels in the wrong order": lambda x, w, b: conv2d_forward(x[..., ::-1], w, b, (2, 1), "same"),
    "the odd zero before": lambda x, w, b: conv2d_forward(x[:, ::-1], w[::-1], b, (2, 1), "same")[:, ::-1],
}


@pytest.mark.parametrize("wrong", WRONG_FORWARD.values(), ids=WRONG_FORWARD.keys())
def test_a_wrong_forward_is_noticed(wrong):
    x, w, b, dout = drawn((8, 7), (3, 4), (2, 1), "same", (1, 1), np.float64)
    b += 9  # never 0
    expected = oracles.conv2d(x, w, b, dout, (2, 1), "same")[0]
    assert_every_element(conv2d_forward(x, w, b, (2, 1), "same"), expected)
    with pytest.raises(AssertionError):
        assert_every_element(wrong(x, w, b), expected)


def test_a_wrong_backward_is_noticed():
    x, w, b, dout = drawn((6, 7), (3, 2), (1, 1), "valid", (1, 1), np.float64)
    _, dx, dw, db = oracles.conv2d(x, w, b, dout, (1, 1), "valid")
    got_dx, got_dw, got_db = conv2d_backward(dout, x, w)
    flipped_dx, _, _ = conv2d_backward(dout, x, w[::-1, ::-1])
    for wrong, expected in [
        (flipped_dx, dx),
        (got_dw / len(x), dw),
        (got_db / len(x), db),
        (got_dx * 1.001, dx),
    ]:
        with pytest.raises(AssertionError):
            assert_every_element(wrong, expected)


def test_integer_and_bool_images_are_computed_in_float64():
    w, b = np.ones((2, 2, 1, 1), np.float32), np.zeros(1, np.float32)
    bright = np.full((1, 3, 3, 1), 255, np.uint8)
    for image, expected in [(bright, 1020.0), (bright > 0, 4.0), (bright.astype(np.int64), 1020.0)]:
        assert_every_element(conv2d_forward(image, w, b), np.full((1, 2, 2, 1), expected))
        assert all(
            g.dtype == np.float64 for g in conv2d_backward(np.ones((1, 2, 2, 1), np.float32), image, w)
        )


def test_inputs_are_not_modified_and_may_be_read_only():
    arrays = drawn((6, 7), (3, 2), (1, 1), "same", (1, 1), np.float32)
    before = [a.copy() for a in arrays]
    for a in arrays:
        a.flags.writeable = False
    x, w, b, dout = arrays
    conv2d_forward(x, w, b, padding="same")
    conv2d_backward(dout, x, w, padding="same")
    for a, b4 in zip(arrays, before, strict=True):
        np.testing.assert_array_equal(a, b4)


def test_gradients_are_fresh_arrays_that_can_be_written():
    x, w, _, dout = drawn((6, 7), (1, 1), (1, 1), "valid", (1, 1), np.float32)
    for gradient in conv2d_backward(dout, x, w):
        assert not any(np.shares_memory(gradient, a) for a in (x, w, dout))
        gradient += 1


def test_views_with_any_memory_order_are_fine():
    x, w, b, dout = drawn((6, 7), (3, 2), (1, 1), "same", (1, 1), np.float64)
    straight = conv2d_backward(dout, x, w, padding="same")
    fortran = conv2d_backward(*(np.asfortranarray(a) for a in (dout, x, w)), padding="same")
    for one, other in zip(straight, fortran, strict=True):
        np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(
        conv2d_forward(np.asfortranarray(x), np.asfortranarray(w), b), conv2d_forward(x, w, b)
    )


def test_no_images_give_no_feature_maps_and_no_gradient():
    x, w, b = np.zeros((0, 5, 5, 3)), np.ones((3, 3, 3, 2)), np.zeros(2)
    out = conv2d_forward(x, w, b)
    assert out.shape == (0, 3, 3, 2)
    dx, dw, db = conv2d_backward(out, x, w)
    assert dx.shape == x.shape
    assert not dw.any()
    assert not db.any()


X, W, B = np.zeros((2, 5, 6, 3)), np.zeros((3, 2, 3, 4)), np.zeros(4)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: conv2d_forward(X[0], W, B), r"x must have 4 axes \(N, H, W, C\); got 3, shape \(5, 6, 3\)"),
        (lambda: conv2d_forward(X, W[0], B), r"w must have 4 axes \(KH, KW, C, K\)"),
        (
            lambda: conv2d_forward(X[..., :2], W, B),
            r"w must have shape \(3, 2, 2, 4\), .* got \(3, 2, 3, 4\)",
        ),
        (
            lambda: conv2d_forward(X, W, B[:3]),
            r"b must have shape \(4,\), one bias per kernel of w; got \(3,\)",
        ),
        (lambda: conv2d_forward(X, W, 0.0), r"b must have shape \(4,\), .* got \(\)"),
        (lambda: conv2d_forward(X[:, :0], W, B), "x .* must have at least 1 along H"),
        (lambda: conv2d_forward(X, W[..., :0], B), "w .* must have at least 1 along K"),
        (lambda: conv2d_forward(X[:, :2], W, B), "covers 3 pixels .* has only 2"),
        (lambda: conv2d_forward(X, W, B, dilation_rate=3), "covers 7 pixels .* has only 5"),
        (lambda: conv2d_forward(X, W, B, strides=0), "strides must be a whole number, 1 or more; got 0"),
        (lambda: conv2d_forward(X, W, B, strides=1.5), "strides must be .* got 1.5"),
        (
            lambda: conv2d_forward(X, W, B, strides=(1, 2, 1)),
            r"strides must be an int or a pair .* got \(1, 2, 1\)",
        ),
        (lambda: conv2d_forward(X, W, B, padding=1), "padding must be .* got 1. .* zero_pad2d"),
        (lambda: conv2d_forward(X, W, B, padding="SAME"), "padding must be .* got 'SAME'"),
        (lambda: conv2d_forward(X, W, B, dilation_rate=(1, -1)), "dilation_rate must be .* got -1"),
        (lambda: conv2d_forward(X.astype(np.float16), W, B), "x must hold float32, .* got dtype float16"),
        (lambda: conv2d_forward(X, W.astype(complex), B), "w must hold .* got dtype complex128"),
        (lambda: conv2d_forward(X, W, B.astype(object)), "b must hold .* got dtype object"),
        (lambda: conv2d_forward([[1], [1, 2]], W, B), "x must be an array of numbers"),
        (
            lambda: conv2d_backward(np.zeros((2, 3, 4, 4)), X, W),
            r"dout must have shape \(2, 3, 5, 4\), that of",
        ),
        (lambda: conv2d_backward(np.zeros((2, 3, 5)), X, W), "dout must have shape"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(call, words):
    with pytest.raises(ValueError, match=words):
        call()
