"""What TensorFlow answers, forward and backward, and what "equal" means here: every element, never a sum."""

from __future__ import annotations

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf


def conv2d(x, w, b, dout, strides, padding, dilation=(1, 1)):
    """Return (out, dx, dw, db). No CPU gradient exists for dilation, so zeros spread w out."""
    (kh, kw), (dh, dw) = w.shape[:2], dilation
    spread = np.zeros(((kh - 1) * dh + 1, (kw - 1) * dw + 1, *w.shape[2:]), w.dtype)
    spread[::dh, ::dw] = w
    inputs = [tf.constant(a) for a in (x, spread, b)]
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        out = tf.nn.conv2d(inputs[0], inputs[1], strides, padding.upper()) + inputs[2]
    dx, dspread, db = (g.numpy() for g in tape.gradient(out, inputs, dout))
    return out.numpy(), dx, dspread[::dh, ::dw], db


def pool2d(kind, x, dout, size, strides, padding):
    """Return (out, dx) of "max" or "avg" pooling."""
    pool = {"max": tf.nn.max_pool2d, "avg": tf.nn.avg_pool2d}[kind]
    return with_gradient(lambda t: pool(t, size, strides, padding.upper()), x, dout)


def with_gradient(f, x, dout):
    """Return (f(x), dx) for a TensorFlow function f and the gradient dout of its output."""
    x = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        out = f(x)
    return out.numpy(), tape.gradient(out, x, dout).numpy()


def integers(rng, shape, dtype, low=-4, high=5):
    """Return small whole numbers as floats: their sums are exact, so no error is rounding."""
    return rng.integers(low, high, shape).astype(dtype)


def assert_every_element(got, expected, tolerance=0.0, case=""):
    """Fail unless shape, dtype and every element agree, to tolerance times the largest expected value; `case` is told then."""
    assert got.shape == expected.shape, case
    assert got.dtype == expected.dtype, case
    largest = float(np.abs(expected).max(initial=1.0))
    np.testing.assert_allclose(got, expected, rtol=0, atol=tolerance * largest, err_msg=str(case))


def rounding(dtype, terms):
    """Return how far, relatively, a sum of so many rounded terms may lie from another order of summing."""
    return float(4 * np.finfo(dtype).eps * max(terms, 4) ** 0.5)
