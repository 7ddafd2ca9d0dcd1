"""Mistakes that the checks of well-known courses let through, and that lose points here.

Those checks compare one square case of even sizes, or a mean instead of the array. Each test below writes such code as a
student would, shows a comparison of that kind that is satisfied with it, and hands it in: under every draw it fails hidden
cases, and where its idea has a card, it is told.
"""

import math

import numpy as np
import pytest

from grader.cnnchecks.outcome import CheckFailed
from grader.judge.ask import check_drawn
from grader.judge.context import Judging
from grader.judge.reference import REFERENCE
from grader.tasks.catalogue import GRIDS

SEEDS = [bytes([n]) for n in range(5)]


def points_lost(name, function):
    """The grids that fail under every draw, each with the ids of the ideas that were named."""
    lost = {grid: set() for grid in GRIDS[name]}
    for seed in SEEDS:
        env = Judging(seed=seed).names({name: function})
        for grid in GRIDS[name]:
            try:
                check_drawn(env, name, grid)
                lost.pop(grid, None)
            except CheckFailed as failed:
                if grid in lost:
                    lost[grid] |= {card.id for card in failed.outcome.candidates}
    return lost


def right(name, *args, **options):
    return REFERENCE[name](*args, **options)


def random(*shape):
    return np.random.default_rng(231).standard_normal(shape)


# A student's convolution, where each step may be another ----------------------------------------------------


def both(value):
    return (value, value) if isinstance(value, int) else value


def padded(x, size, strides, padding, dilation_rate=1):
    """The framed image, and the zeros above and to the left."""
    if padding == "valid":
        return x, (0, 0)
    axes = zip(x.shape[1:3], size, both(strides), both(dilation_rate), strict=True)
    sides = [right("same_padding", *axis) for axis in axes]
    return np.pad(x, ((0, 0), *sides, (0, 0))), (sides[0][0], sides[1][0])


def patches(x, size, strides, dilation_rate, outputs=None):
    """(N, OH, OW, KH, KW, C), each window in turn."""
    (kh, kw), (sh, sw), (dh, dw) = size, both(strides), both(dilation_rate)
    rows = (x.shape[1] - (kh - 1) * dh - 1) // sh + 1
    columns = (x.shape[2] - (kw - 1) * dw - 1) // sw + 1
    out = np.zeros((len(x), *(outputs or (rows, columns)), kh, kw, x.shape[3]), x.dtype)
    for i, j in np.ndindex(out.shape[1:3]):
        window = x[:, i * sh : i * sh + (kh - 1) * dh + 1 : dh, j * sw : j * sw + (kw - 1) * dw + 1 : dw]
        out[:, i, j, : window.shape[1], : window.shape[2]] = window
    return out


def backward(dout, x, w, strides=1, padding="valid", dilation_rate=1):
    """(dx of the framed image, dw, db, the zeros above and to the left)"""
    framed, before = padded(x, w.shape[:2], strides, padding, dilation_rate)
    dx, (sh, sw), (dh, dw) = np.zeros_like(framed), both(strides), both(dilation_rate)
    seen = patches(framed, w.shape[:2], strides, dilation_rate)
    for i, j in np.ndindex(dout.shape[1:3]):
        for u, v in np.ndindex(w.shape[:2]):
            dx[:, i * sh + u * dh, j * sw + v * dw] += dout[:, i, j] @ w[u, v].T
    return dx, np.einsum("nijuvc,nijk->uvck", seen, dout), dout.sum(axis=(0, 1, 2)), before


def taken_off(dx, x, before):
    (top, left), (height, width) = before, x.shape[1:3]
    return dx[:, top : top + height, left : left + width]


# The published mistakes -------------------------------------------------------------------------------------


def test_the_student_s_convolution_is_right_as_long_as_no_step_is_another():
    def conv2d_backward(dout, x, w, strides=1, padding="valid", dilation_rate=1):
        dx, dw, db, before = backward(dout, x, w, strides, padding, dilation_rate)
        return taken_off(dx, x, before), dw, db

    assert points_lost("conv2d_backward", conv2d_backward) == {}


def test_ceil_for_floor():
    def conv2d_forward(x, w, b, strides=1, padding="valid", dilation_rate=1):
        framed, _ = padded(x, w.shape[:2], strides, padding, dilation_rate)
        axes = list(zip(framed.shape[1:3], w.shape[:2], both(strides), both(dilation_rate), strict=True))
        outputs = [math.ceil((n - (k - 1) * d - 1) / s) + 1 for n, k, s, d in axes]
        return np.tensordot(patches(framed, w.shape[:2], strides, dilation_rate, outputs), w, 3) + b

    x, w, b = random(2, 8, 8, 3), random(2, 2, 3, 4), random(4)  # the steps come out even
    np.testing.assert_allclose(conv2d_forward(x, w, b, 2), right("conv2d_forward", x, w, b, 2))
    assert points_lost("conv2d_forward", conv2d_forward)["strides"] == {"conv.ceil_for_floor"}


def test_ceil_for_floor_in_a_size():
    def conv_output_size(size, kernel_size, strides=1, padding="valid", dilation_rate=1):
        if padding == "same":
            return math.ceil(size / strides)
        zeros = 0 if padding == "valid" else padding
        return math.ceil((size + 2 * zeros - (kernel_size - 1) * dilation_rate - 1) / strides) + 1

    assert conv_output_size(32, 3, 1, 1) == right("conv_output_size", 32, 3, 1, 1)
    assert conv_output_size(224, 2, 2) == right("conv_output_size", 224, 2, 2)
    assert points_lost("conv_output_size", conv_output_size)["sizes"] == {"shapes.ceil_for_floor"}


def test_assumed_square_kernels():
    def conv2d_forward(x, w, b, strides=1, padding="valid", dilation_rate=1):
        size = w.shape[0]
        framed, _ = padded(x, (size, size), strides, padding, dilation_rate)
        return np.tensordot(patches(framed, (size, size), strides, dilation_rate), w[:, :size], 3) + b

    x, w, b = random(2, 8, 8, 3), random(3, 3, 3, 4), random(4)
    np.testing.assert_allclose(conv2d_forward(x, w, b), right("conv2d_forward", x, w, b))
    lost = points_lost("conv2d_forward", conv2d_forward)
    assert set(lost) == {"valid", "same", "strides", "dilation"}


def test_swapped_height_and_width():
    def conv2d_forward(x, w, b, strides=1, padding="valid", dilation_rate=1):
        framed, _ = padded(x, w.shape[:2], strides, padding, dilation_rate)
        columns = patches(framed, w.shape[:2], strides, dilation_rate)
        n, out_width, out_height = columns.shape[:3]  # the width comes first?
        return (columns.reshape(-1, w[..., 0].size) @ w.reshape(-1, w.shape[3]) + b).reshape(
            n, out_height, out_width, w.shape[3]
        )

    x, w, b = random(2, 8, 8, 3), random(3, 3, 3, 4), random(4)
    np.testing.assert_allclose(conv2d_forward(x, w, b), right("conv2d_forward", x, w, b))
    lost = points_lost("conv2d_forward", conv2d_forward)
    assert set(lost) == {"valid", "same", "strides", "dilation"}


def test_unpadding_from_p_to_minus_p():
    def conv2d_backward(dout, x, w, strides=1, padding="valid", dilation_rate=1):
        dx, dw, db, (top, left) = backward(dout, x, w, strides, padding, dilation_rate)
        return dx[:, top:-top, left:-left], dw, db

    dout, x, w = random(2, 6, 6, 4), random(2, 6, 6, 3), random(3, 3, 3, 4)  # one row of zeros on each side
    for got, expected in zip(
        conv2d_backward(dout, x, w, padding="same"),
        right("conv2d_backward", dout, x, w, padding="same"),
        strict=True,
    ):
        np.testing.assert_allclose(got, expected)
    lost = points_lost("conv2d_backward", conv2d_backward)
    assert lost["valid"] == lost["strides"] == {"conv.empty_crop"}
    assert "same" in lost


@pytest.mark.parametrize("part", ["dx", "dw"])
def test_flipped_dx_or_dw(part):
    def conv2d_backward(dout, x, w, strides=1, padding="valid", dilation_rate=1):
        turned = w[::-1, ::-1] if part == "dx" else w
        dx, dw, db, before = backward(dout, x, turned, strides, padding, dilation_rate)
        return taken_off(dx, x, before), dw[::-1, ::-1] if part == "dw" else dw, db

    dout, x, w = random(2, 4, 4, 4), random(2, 6, 6, 3), random(3, 3, 3, 4)
    expected = right("conv2d_backward", dout, x, w)
    for got, wanted in zip(conv2d_backward(dout, x, w), expected, strict=True):
        np.testing.assert_allclose(got.mean(), wanted.mean())  # a mean doesn't see where the numbers stand
    lost = points_lost("conv2d_backward", conv2d_backward)
    assert set(lost) == {"valid", "same", "strides"}
    assert lost["valid"] == {"conv.flipped_kernel" if part == "dx" else "conv.gradient_flipped"}


def test_transposed_dout():
    def conv2d_backward(dout, x, w, strides=1, padding="valid", dilation_rate=1):
        turned = dout.swapaxes(1, 2) if dout.shape[1] == dout.shape[2] else dout
        dx, dw, db, before = backward(turned, x, w, strides, padding, dilation_rate)
        return taken_off(dx, x, before), dw, db

    dout, x, w = np.ones((2, 4, 4, 4)), random(2, 6, 6, 3), random(3, 3, 3, 4)  # the gradient of a sum
    for got, wanted in zip(conv2d_backward(dout, x, w), right("conv2d_backward", dout, x, w), strict=True):
        np.testing.assert_allclose(got, wanted)
    lost = points_lost("conv2d_backward", conv2d_backward)
    assert lost["strides"] == {"conv.dout_transposed"}


def test_averaged_db():
    def conv2d_backward(dout, x, w, strides=1, padding="valid", dilation_rate=1):
        dx, dw, _, before = backward(dout, x, w, strides, padding, dilation_rate)
        return taken_off(dx, x, before), dw, dout.mean(axis=(0, 1, 2))

    dout, x, w = random(1, 1, 1, 4), random(1, 3, 3, 3), random(3, 3, 3, 4)  # one image, one position
    for got, wanted in zip(conv2d_backward(dout, x, w), right("conv2d_backward", dout, x, w), strict=True):
        np.testing.assert_allclose(got, wanted)
    lost = points_lost("conv2d_backward", conv2d_backward)
    assert lost == {grid: {"conv.bias_gradient_averaged"} for grid in ("valid", "same", "strides")}


def test_pooling_that_ignores_its_stride():
    def max_pool2d_forward(x, pool_size=(2, 2), strides=None, padding="valid"):
        framed = x
        if padding == "same":
            axes = zip(x.shape[1:3], both(pool_size), both(pool_size), strict=True)
            sides = [right("same_padding", *axis) for axis in axes]
            framed = np.pad(x, ((0, 0), *sides, (0, 0)), constant_values=-np.inf)
        return patches(framed, both(pool_size), both(pool_size), 1).max(axis=(3, 4))

    x = random(2, 8, 8, 3)
    np.testing.assert_allclose(max_pool2d_forward(x, 2, 2), right("max_pool2d_forward", x, 2, 2))
    assert points_lost("max_pool2d_forward", max_pool2d_forward)["overlapping"] == {
        "pool.stride_is_pool_size"
    }


def test_pooling_whose_gradient_ignores_its_stride():
    def max_pool2d_backward(dout, x, pool_size=(2, 2), strides=None, padding="valid"):
        (kh, kw), dx = both(pool_size), np.zeros_like(x)
        for n, i, j, c in np.ndindex(dout.shape):
            window = x[n, i * kh : i * kh + kh, j * kw : j * kw + kw, c]
            if window.size:
                row, column = np.unravel_index(window.argmax(), window.shape)
                dx[n, i * kh + row, j * kw + column, c] += dout[n, i, j, c]
        return dx

    dout, x = random(2, 4, 4, 3), random(2, 8, 8, 3)
    np.testing.assert_allclose(
        max_pool2d_backward(dout, x, 2, 2), right("max_pool2d_backward", dout, x, 2, 2)
    )
    assert "overlapping" in points_lost("max_pool2d_backward", max_pool2d_backward)
