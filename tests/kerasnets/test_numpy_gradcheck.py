"""The numerical gradient against polynomials, whose slopes are known."""

import numpy as np
import pytest

from kerasnets.numpy_layers import numerical_gradient


def test_a_square_by_hand():
    assert numerical_gradient(lambda x: x**2, 3.0) == pytest.approx(6.0)


def test_every_element_of_a_polynomials_gradient():
    x, a = np.random.default_rng(0).normal(size=(2, 2, 3, 4))
    grad = numerical_gradient(lambda v: (a * v**3 - v).sum(), x)
    np.testing.assert_allclose(grad, 3 * a * x**2 - 1, atol=1e-8)


def test_differences_are_central():
    """One-sided differences of x² are off by h, central ones by rounding."""
    assert numerical_gradient(lambda x: x**2, 1.0, h=0.5) == 2.0


def test_a_wrong_gradient_is_noticed():
    x = np.array([1.0, 2.0])
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(x, numerical_gradient(lambda v: (v**2).sum(), x), atol=1e-3)  # half of it


def test_float32_and_integers_are_differentiated_in_float64_and_not_modified():
    for dtype in (np.float32, np.int64):
        x = np.array([1, 2, 3], dtype)
        grad = numerical_gradient(lambda v: (v**2).sum(), x)
        assert grad.dtype == np.float64
        np.testing.assert_allclose(grad, [2, 4, 6], atol=1e-8)
        assert x.tolist() == [1, 2, 3]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: numerical_gradient(lambda x: x, np.zeros(2)), r"one real number; got shape \(2,\)"),
        (lambda: numerical_gradient(lambda x: x.sum() * 1j, np.zeros(2)), "one real number; .* complex128"),
        (lambda: numerical_gradient(lambda x: None, np.zeros(2)), "one real number; .* object"),
        (
            lambda: numerical_gradient(np.sum, np.zeros(2), h=0),
            "h, the step, must be a positive number; got 0",
        ),
        (lambda: numerical_gradient(np.sum, np.zeros(2), h=np.nan), "h, the step"),
        (lambda: numerical_gradient(np.sum, np.zeros(2, complex)), "x must hold float32"),
    ],
)
def test_what_has_no_gradient_is_refused_in_words(call, words):
    with pytest.raises(ValueError, match=words):
        call()
