"""Dense layer, ReLU and loss against TensorFlow, hand-worked numbers and differences."""

import numpy as np
import pytest

from kerasnets.numpy_layers import (
    dense_backward,
    dense_forward,
    numerical_gradient,
    relu_backward,
    relu_forward,
    softmax_cross_entropy,
)
from tests.kerasnets import oracles
from tests.kerasnets.oracles import assert_every_element, integers, tf

DTYPES = pytest.mark.parametrize("dtype", [np.float32, np.float64])


def drawn(dtype):
    """Return x, w, b, dout for 5 rows of 7 inputs and 3 outputs."""
    rng = np.random.default_rng(0)
    return tuple(integers(rng, shape, dtype) for shape in ((5, 7), (7, 3), (3,), (5, 3)))


def test_dense_by_hand():
    out = dense_forward([[1, 2], [3, 4]], [[1, 0, 2], [0, 1, 3]], [10, 20, 30])
    assert out.tolist() == [[11, 22, 38], [13, 24, 48]]
    dx, dw, db = dense_backward([[1, 0, 0], [0, 0, 1]], [[1, 2], [3, 4]], [[1, 0, 2], [0, 1, 3]])
    assert (dx.tolist(), db.tolist()) == ([[1, 0], [2, 3]], [1, 0, 1])
    assert dw.tolist() == [[1, 0, 3], [2, 0, 4]]


@DTYPES
def test_dense_equals_tensorflow(dtype):
    x, w, b, dout = drawn(dtype)
    inputs = [tf.constant(a) for a in (x, w, b)]
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        out = tf.matmul(inputs[0], inputs[1]) + inputs[2]
    assert_every_element(dense_forward(x, w, b), out.numpy())
    for ours, theirs in zip(dense_backward(dout, x, w), tape.gradient(out, inputs, dout), strict=True):
        assert_every_element(ours, theirs.numpy())


def test_dense_backward_is_the_slope_of_forward():
    x, w, b, dout = drawn(np.float64)
    dx, dw, db = dense_backward(dout, x, w)
    np.testing.assert_allclose(
        dx, numerical_gradient(lambda v: (dout * dense_forward(v, w, b)).sum(), x), atol=1e-6
    )
    np.testing.assert_allclose(
        dw, numerical_gradient(lambda v: (dout * dense_forward(x, v, b)).sum(), w), atol=1e-6
    )
    np.testing.assert_allclose(
        db, numerical_gradient(lambda v: (dout * dense_forward(x, w, v)).sum(), b), atol=1e-6
    )


def test_a_bias_gradient_averaged_over_the_batch_is_noticed():
    x, w, _, dout = drawn(np.float64)
    with pytest.raises(AssertionError):
        assert_every_element(dout.mean(axis=0), dense_backward(dout, x, w)[2])


def test_relu_by_hand_and_its_slope_at_zero_is_zero():
    x = np.array([[-2.0, -0.0, 0.0, 3.0]])
    assert relu_forward(x).tolist() == [[0, 0, 0, 3]]
    assert relu_backward(np.full((1, 4), 7.0), x).tolist() == [[0, 0, 0, 7]]


@DTYPES
@pytest.mark.parametrize("shape", [(6,), (2, 5), (2, 3, 4, 5)])
def test_relu_equals_tensorflow(shape, dtype):
    rng = np.random.default_rng(0)
    x, dout = integers(rng, shape, dtype, -1, 2), integers(rng, shape, dtype)  # a third of x is 0
    out, dx = oracles.with_gradient(tf.nn.relu, x, dout)
    assert_every_element(relu_forward(x), out)
    assert_every_element(relu_backward(dout, x), dx)
    with pytest.raises(AssertionError):
        assert_every_element(np.where(x >= 0, dout, 0).astype(dtype), dx)  # a slope of 1 at 0


def test_relu_backward_is_the_slope_of_forward():
    x, dout = np.array([-2.0, -0.5, 0.5, 3.0]), np.array([1.0, 2.0, 3.0, 4.0])
    slope = numerical_gradient(lambda v: (dout * relu_forward(v)).sum(), x)
    np.testing.assert_allclose(relu_backward(dout, x), slope, atol=1e-9)


def test_relu_lets_no_infinite_gradient_through_where_it_is_off():
    assert relu_backward([np.inf, np.nan], [-1.0, -1.0]).tolist() == [0, 0]


def test_loss_by_hand():
    """Odds of 3 to 1: the loss is log(4/3) where the favourite is right, log(4) where it is wrong."""
    loss, dlogits = softmax_cross_entropy(np.log([[3, 1], [3, 1]]), [0, 1])
    assert loss == pytest.approx((np.log(4 / 3) + np.log(4)) / 2)
    np.testing.assert_allclose(dlogits, [[-1 / 8, 1 / 8], [3 / 8, -3 / 8]])


@DTYPES
def test_loss_equals_tensorflow(dtype):
    rng = np.random.default_rng(0)
    logits, labels = rng.normal(0, 3, (6, 5)).astype(dtype), np.array([0, 4, 2, 2, 1, 3])

    def mean_loss(t):
        return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels, t))

    expected_loss, expected = oracles.with_gradient(mean_loss, logits, np.ones((), dtype))
    loss, dlogits = softmax_cross_entropy(logits, labels)
    assert isinstance(loss, float)
    assert loss == pytest.approx(float(expected_loss), rel=oracles.rounding(dtype, terms=5))
    assert_every_element(dlogits, expected, oracles.rounding(dtype, terms=5))
    for wrong in (dlogits * len(logits), dlogits + 1e-3, -dlogits):  # the first forgot the mean
        with pytest.raises(AssertionError):
            assert_every_element(wrong, expected, oracles.rounding(dtype, terms=5))


def test_loss_gradient_is_the_slope_of_the_loss():
    logits, labels = np.random.default_rng(0).normal(0, 2, (4, 3)), [2, 0, 1, 1]
    slope = numerical_gradient(lambda v: softmax_cross_entropy(v, labels)[0], logits)
    np.testing.assert_allclose(softmax_cross_entropy(logits, labels)[1], slope, atol=1e-9)


def test_huge_logits_do_not_overflow():
    with np.errstate(all="raise", under="ignore"):
        loss, dlogits = softmax_cross_entropy([[1e4, -1e4], [1e4, -1e4]], [0, 1])
    assert loss == 1e4
    assert dlogits.tolist() == [[0, 0], [0.5, -0.5]]


def test_nothing_is_modified_and_every_result_is_fresh():
    arrays = drawn(np.float32)
    before = [a.copy() for a in arrays]
    x, w, b, dout = arrays
    labels = np.array([0, 1, 2, 0, 1])
    results = [dense_forward(x, w, b), *dense_backward(dout, x, w), relu_forward(x), relu_backward(x, x)]
    for fresh in [*results, softmax_cross_entropy(dout, labels)[1]]:
        assert fresh.dtype == np.float32
        fresh += 1
    for a, b4 in zip(arrays, before, strict=True):
        np.testing.assert_array_equal(a, b4)
    assert labels.tolist() == [0, 1, 2, 0, 1]


def test_integers_are_computed_in_float64():
    ones = np.ones((2, 2), np.int32)
    assert dense_forward(ones, ones, ones[0]).dtype == np.float64
    assert relu_forward(ones > 0).dtype == np.float64
    assert softmax_cross_entropy(ones, [0, 1])[1].dtype == np.float64


X, W, B = np.zeros((5, 7)), np.zeros((7, 3)), np.zeros(3)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: dense_forward(np.zeros((5, 2, 2, 1)), W, B), r"x must have 2 axes .* Flatten it"),
        (lambda: dense_forward(X[0], W, B), r"x must have 2 axes \(N, D\); got 1"),
        (lambda: dense_forward(X, W.T, B), r"w must have shape \(7, 7\), .* got \(3, 7\)"),
        (lambda: dense_forward(X, W, B[None]), r"b must have shape \(3,\), .* got \(1, 3\)"),
        (lambda: dense_forward(X.astype(np.float16), W, B), "x must hold float32"),
        (lambda: dense_backward(np.zeros((5, 7)), X, W), r"dout must have shape \(5, 3\), .* got \(5, 7\)"),
        (lambda: relu_forward(["a"]), "x must hold float32"),
        (
            lambda: relu_backward(np.zeros(3), np.zeros(4)),
            r"dout must have shape \(4,\), that of x; got \(3,\)",
        ),
        (lambda: relu_backward(np.zeros(1), np.zeros(4)), "dout must have shape"),
        (lambda: softmax_cross_entropy(B, [0]), "logits must have 2 axes"),
        (lambda: softmax_cross_entropy(np.zeros((0, 3)), []), "empty batch"),
        (
            lambda: softmax_cross_entropy(np.zeros((2, 3)), [0]),
            r"labels must have shape \(2,\), .* got \(1,\)",
        ),
        (lambda: softmax_cross_entropy(np.eye(3), np.eye(3, dtype=int)), "one-hot: pass labels.argmax"),
        (lambda: softmax_cross_entropy(np.zeros((2, 3)), [0, 3]), "lie from 0 to 2, .* got 0 to 3"),
        (lambda: softmax_cross_entropy(np.zeros((2, 3)), [-1, 2]), "lie from 0 to 2, .* got -1 to 2"),
        (lambda: softmax_cross_entropy(np.zeros((2, 3)), [0.0, 1.0]), "whole numbers, .* got dtype float64"),
        (lambda: softmax_cross_entropy(np.zeros((2, 3)), [True, False]), "whole numbers, .* got dtype bool"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(call, words):
    with pytest.raises(ValueError, match=words):
        call()
