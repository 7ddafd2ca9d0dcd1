"""Sizes, borders of zeros, and what is refused."""

import itertools

import numpy as np
import pytest

from kerasnets.numpy_layers import conv_output_size, same_padding, zero_pad2d
from tests.kerasnets.oracles import tf

# size, kernel, stride, rate
AXES = list(itertools.product(range(1, 12), range(1, 6), range(1, 4), range(1, 4)))


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [((64, 3, 1, 0), 62), ((64, 3, 1, 1), 64), ((64, 3, 2, 0), 31), ((64, 5, 2, 2), 32), ((32, 3, 1, 1), 32)],
)
def test_sizes_of_lecture_1s_exercise(arguments, expected):
    assert conv_output_size(*arguments) == expected


@pytest.mark.parametrize("padding", ["valid", "same"])
def test_output_size_is_tensorflows_for_every_size_kernel_stride_and_rate(padding):
    for size, kernel, stride, rate in AXES:
        extent = (kernel - 1) * rate + 1
        if padding == "valid" and extent > size:
            continue
        image, spread_kernel = tf.zeros((1, size, 1, 1)), tf.zeros((extent, 1, 1, 1))
        expected = tf.nn.conv2d(image, spread_kernel, (stride, 1), padding.upper()).shape[1]
        assert conv_output_size(size, kernel, stride, padding, rate) == expected, (size, kernel, stride, rate)


def test_output_size_counts_the_places_where_a_window_starts():
    for (size, kernel, stride, rate), zeros in itertools.product(AXES, range(3)):
        last_start = size + 2 * zeros - ((kernel - 1) * rate + 1)
        if last_start >= 0:
            starts = range(0, last_start + 1, stride)
            assert conv_output_size(size, kernel, stride, zeros, rate) == len(starts)


def test_same_padding_puts_its_zeros_where_tensorflow_does():
    """A kernel of ones over an image of ones counts the real pixels in each window: the border shows."""
    for size, kernel, stride, rate in AXES:
        before, after = same_padding(size, kernel, stride, rate)
        taps = np.zeros(((kernel - 1) * rate + 1, 1, 1, 1), np.float32)
        taps[::rate] = 2.0 ** np.arange(kernel)[:, None, None, None]  # each tap has its own power of two
        image = np.ones((1, size, 1, 1), np.float32)
        same = tf.nn.conv2d(image, taps, (stride, 1), "SAME").numpy()
        by_hand = tf.nn.conv2d(
            np.pad(image, ((0, 0), (before, after), (0, 0), (0, 0))), taps, (stride, 1), "VALID"
        )
        np.testing.assert_array_equal(by_hand.numpy(), same, err_msg=str((size, kernel, stride, rate)))


def test_an_odd_number_of_zeros_has_the_extra_one_after():
    assert same_padding(5, 4) == (1, 2)
    assert same_padding(6, 3, strides=2) == (0, 1)
    assert same_padding(7, 1, strides=3) == (0, 0)  # a stride beyond the kernel needs none


@pytest.mark.parametrize(
    ("padding", "borders"),
    [(0, (0, 0, 0, 0)), (2, (2, 2, 2, 2)), ((1, 3), (1, 1, 3, 3)), (((0, 1), (2, 3)), (0, 1, 2, 3))],
)
def test_zero_pad2d_frames_the_image(padding, borders):
    top, bottom, left, right = borders
    x = np.random.default_rng(0).standard_normal((2, 3, 4, 5))
    got = zero_pad2d(x, padding)
    np.testing.assert_array_equal(got, np.pad(x, ((0, 0), (top, bottom), (left, right), (0, 0))))
    assert not np.shares_memory(got, x)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: conv_output_size(0, 3), "size must be a whole number, 1 or more; got 0"),
        (lambda: conv_output_size(5, 2.0), "kernel_size must be a whole number, 1 or more; got 2.0"),
        (lambda: conv_output_size(5, True), "kernel_size must be a whole number, 1 or more; got True"),
        (lambda: conv_output_size(5, 3, 0), "strides must be"),
        (lambda: conv_output_size(5, 3, 1, "full"), '"valid", "same" or a number of zeros; got \'full\''),
        (lambda: conv_output_size(5, 3, 1, -1), "padding must be a whole number, 0 or more; got -1"),
        (lambda: conv_output_size(5, 3, 1, "valid", 0), "dilation_rate must be"),
        (lambda: conv_output_size(5, 3, dilation_rate=3), "covers 7 pixels .* has only 5"),
        (lambda: conv_output_size(5, 8, padding=1), "covers 8 pixels .* has only 7"),
        (lambda: same_padding(5, "3"), "kernel_size must be"),
        (
            lambda: zero_pad2d(np.zeros((3, 3)), 1),
            r"x must have 4 axes \(N, H, W, C\); got 2, shape \(3, 3\)",
        ),
        (lambda: zero_pad2d(np.zeros((1, 3, 3, 1)), -1), "padding must be a whole number, 0 or more; got -1"),
        (lambda: zero_pad2d(np.zeros((1, 3, 3, 1)), (1, 2, 3)), "padding must be"),
        (lambda: zero_pad2d(np.zeros((1, 3, 3, 1)), "same"), "padding must be"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(call, words):
    with pytest.raises(ValueError, match=words):
        call()
