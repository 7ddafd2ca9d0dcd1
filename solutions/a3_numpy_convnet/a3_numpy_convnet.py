# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A convolutional network by hand, in NumPy
#
# Every deep-learning library hides the same dozen functions. Here you write them yourself, forwards and
# backwards, and at the end your own code learns to read handwritten digits. Nothing is a black box after
# that.
#
# **You will be able to**
#
# * predict the size of any convolution's or pooling's output, padding, strides and dilation included;
# * write convolution, pooling, dense layers, ReLU and the cross-entropy loss as array code;
# * see where the gradient of each of them comes from, code it, and check it by measuring slopes;
# * chain them into LeNet and train it by stochastic gradient descent;
# * turn a convolution into one matrix product, and say what that gains.
#
# **Time:** 6 to 8 hours; questions 3 to 5 take half of it. Lectures 1, 2 and 5 are the background.
#
# **Keep this file's name.** The cell above opens the tests of `a3_numpy_convnet.ipynb` by that name. If your
# copy is called something else (Colab likes *Copy of …*, browsers like *(1)*) and that cell complains, rename
# the file back. The folders `tests` and `cnnchecks` and the files `fixtures.npz` and `data.npz` have
# to lie beside it.
#
# **The rules.** NumPy only: no TensorFlow, Keras, PyTorch or SciPy, and Matplotlib for pictures. Write your
# code where you see `...`, keep the functions' names and arguments, and add helper functions as you like.
# After each question `grader.check("q1")` tells you what is right and, when something isn't, which idea went
# astray. Those visible cases carry no points: the mark comes from other inputs to the same functions, so a
# function that is right in general earns it and one fitted to the examples doesn't.
#
# **What to hand in:** the zip that the last code cell makes. Nothing in it needs the trained network.

# %%
import time
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

if not Path("data.npz").exists():
    raise FileNotFoundError("data.npz should lie beside this notebook: unzip the whole hand-out")

with np.load("data.npz", allow_pickle=False) as stored:
    digits = {name: stored[name] for name in stored.files}

print({name: (array.shape, str(array.dtype)) for name, array in digits.items()})

# %% [markdown]
# ## Conventions, and three things you are given
#
# **Shapes.** Images are stored as $(N, H, W, C)$: a batch of $N$ images, $H$ rows, $W$ columns, $C$ channels.
# Kernels are $(k_h, k_w, C, K)$: each of the $K$ filters spans all $C$ channels of its input and makes one
# channel of the output. This is what TensorFlow and Keras do, and their names are used too: `strides`,
# `padding`, `dilation_rate`, `pool_size`.
#
# **Pure functions.** A layer is a function of its arguments and changes none of them. A backward function
# takes `dout` (the gradient of the loss with respect to the layer's output) and the *inputs* of the forward
# pass, and returns the gradients with respect to those inputs.
#
# **Numbers.** `float32` in, `float32` out (the checks forgive `float64`); `float64` in, `float64` out; images of integers or booleans are
# computed in `float64`. The given `as_float` does the converting.
#
# **Pairs.** `strides`, `pool_size` and `dilation_rate` accept one integer or a pair (vertical, horizontal);
# the given `pair` makes a pair of either.


# %%
def pair(value):
    """One number for both directions, or one for each: always returns a pair.

    >>> pair(2), pair((1, 3))
    ((2, 2), (1, 3))
    """
    vertical, horizontal = (value, value) if np.ndim(value) == 0 else value
    return int(vertical), int(horizontal)


def as_float(x):
    """The array itself if it is float32 or float64, else its values in float64.

    >>> as_float(np.array([1, 2])).dtype
    dtype('float64')
    """
    x = np.asarray(x)
    return x if x.dtype in (np.float32, np.float64) else x.astype(np.float64)


BLUE, ORANGE, GREEN = "#0072B2", "#E69F00", "#009E73"  # told apart with any kind of colour vision


def draw_table(ax, values, title, boxes=(), shaded=None):
    """A matrix drawn as a grid of numbers; boxes are (row, column, height, width, colour)."""
    values = np.asarray(values)
    ax.imshow(np.zeros(values.shape) if shaded is None else shaded, cmap="Blues", vmin=0, vmax=3)
    for (i, j), value in np.ndenumerate(values):
        ax.text(j, i, f"{value:g}", ha="center", va="center", fontsize=9)
    for row, column, height, width, colour in boxes:
        corner, inset = (column - 0.44, row - 0.44), 0.12  # so that neighbours don't hide each other
        ax.add_patch(
            plt.Rectangle(corner, width - inset, height - inset, fill=False, edgecolor=colour, linewidth=3)
        )
    ax.set_xticks(np.arange(values.shape[1] + 1) - 0.5, labels=[])
    ax.set_yticks(np.arange(values.shape[0] + 1) - 0.5, labels=[])
    ax.grid(color="0.8", linewidth=0.5)
    ax.tick_params(length=0)
    ax.set_title(title, fontsize=10)


# %% [markdown]
# ## 1. How large is the output?
#
# A kernel slides along $n$ pixels. Its $k$ places, each with a weight, are called *taps*. With `strides` $s$ it
# advances $s$ pixels at a time; with `dilation_rate` $d$ its taps stand $d$ pixels apart, so that it reaches over
#
# $$k' = d\,(k - 1) + 1$$
#
# pixels. Each row of the pictures below is one output value; the shaded squares are the input pixels that it
# reads.

# %% tags=["figure"]
fig, axes = plt.subplots(1, 3, figsize=(10, 2.6))
for ax, step, gap in zip(axes, (1, 2, 1), (1, 1, 2), strict=True):
    reach = [{start + gap * tap for tap in range(3)} for start in range(0, 8, step)]
    rows = [pixels for pixels in reach if max(pixels) < 8]
    ax.imshow([[pixel in pixels for pixel in range(8)] for pixels in rows], cmap="Blues", vmin=0, vmax=1.6)
    ax.set_xticks(np.arange(9) - 0.5, labels=[])
    ax.set_yticks(np.arange(len(rows) + 1) - 0.5, labels=[])
    ax.grid(color="0.7", linewidth=0.6)
    ax.tick_params(length=0)
    ax.set_title(f"strides {step}, dilation {gap}: {len(rows)} outputs")
    ax.set(xlabel="8 input pixels", ylabel="outputs")
fig.tight_layout()

# %% [raw]
# # BEGIN QUESTION
# name: q1

# %% [markdown]
# ### Question 1: `conv_output_size`
#
# `padding` is one of three things:
#
# * `"valid"`: no pixel is added;
# * an integer $p$, as in lectures 1 and 4: $p$ pixels are added on **both** sides. The size is $\displaystyle
#   \left\lfloor \frac{n + 2p - k'}{s} \right\rfloor + 1$, with $p = 0$ for `"valid"`. The floor means that a
#   last window which would stick out isn't used;
# * `"same"`: as many pixels as needed so that the size depends on the stride alone: $\lceil n / s \rceil$.
#
# A kernel that reaches over more pixels than the padded input has ($k' > n + 2p$) is a mistake of the caller:
# raise a `ValueError` that says so. (With `"same"` every kernel fits.) The result is a Python `int`. Pooling
# windows follow the same arithmetic.

# %% [raw]
# # BEGIN SOLUTION


# %%
def conv_output_size(size, kernel_size, strides=1, padding="valid", dilation_rate=1):
    """Number of positions that a sliding window takes along one axis.

    size, kernel_size, strides, dilation_rate: positive integers, for one axis
    padding: "valid", "same", or the number of pixels added on each of the two sides
    returns: int; ValueError if the kernel doesn't fit into the padded input

    >>> conv_output_size(10, 3), conv_output_size(10, 3, padding="same")
    (8, 10)
    """
    # BEGIN SOLUTION
    if padding == "same":
        return -(-size // strides)
    border = 0 if padding == "valid" else padding
    reach = dilation_rate * (kernel_size - 1) + 1
    if reach > size + 2 * border:
        raise ValueError(f"a kernel over {reach} pixels does not fit into {size + 2 * border}")
    return (size + 2 * border - reach) // strides + 1
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_lecture_1(env):
    """Lecture 1's four exercises on a 64x64 image"""
    from cnnchecks import check

    check(env, "conv_output_size", 64, 3)
    check(env, "conv_output_size", 64, 3, padding=1)
    check(env, "conv_output_size", 64, 3, strides=2)
    check(env, "conv_output_size", 64, 5, strides=2, padding=2)


# %%
def test_lecture_3(env):
    """Lecture 3's table: 3x3 kernels on 28x28"""
    from cnnchecks import check

    check(env, "conv_output_size", 28, 3, padding="valid")
    check(env, "conv_output_size", 28, 3, padding="same")
    check(env, "conv_output_size", 28, 3, strides=2, padding="valid")


# %%
def test_lecture_4(env):
    """Lecture 4's 6x6 image and 3x3 filter"""
    from cnnchecks import check

    check(env, "conv_output_size", 6, 3)
    check(env, "conv_output_size", 6, 3, padding=1)
    check(env, "conv_output_size", 6, 3, strides=2)


# %%
def test_dilated(env):
    """A dilated kernel reaches further"""
    from cnnchecks import check

    check(env, "conv_output_size", 10, 3, dilation_rate=2)
    check(env, "conv_output_size", 10, 3, strides=2, padding=1, dilation_rate=3)


# %%
# HIDDEN
def test_hidden_sizes(env):
    """Sizes, strides and integer padding"""
    from grader.judge import check_drawn

    check_drawn(env, "conv_output_size", "sizes")


# %%
# HIDDEN
def test_hidden_same(env):
    """Padding "same" with every stride"""
    from grader.judge import check_drawn

    check_drawn(env, "conv_output_size", "same")


# %%
# HIDDEN
def test_hidden_dilated(env):
    """Dilated kernels"""
    from grader.judge import check_drawn

    check_drawn(env, "conv_output_size", "dilated")


# %%
def test_too_large(env):
    """A kernel that doesn't fit is refused"""
    from cnnchecks import check_refuses

    check_refuses(env, "conv_output_size", 4, 7)


# %%
# HIDDEN
def test_hidden_too_large(env):
    """Kernels that don't fit, however they came to it; those that just fit get an answer"""
    import cnnchecks
    from grader.judge import check_drawn

    check_drawn(env, "conv_output_size", "fits")
    cnnchecks.check_refuses(env, "conv_output_size", 5, 6)
    cnnchecks.check_refuses(env, "conv_output_size", 6, 3, 2, "valid", 3)
    cnnchecks.check_refuses(env, "conv_output_size", 3, 8, 1, 2)


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# ## 2. Padding
#
# For `"same"` the windows are laid out first, $o = \lceil n/s \rceil$ of them, and then just enough zeros are
# added for the last one to fit:
#
# $$P = \max\bigl((o - 1)\,s + k' - n,\; 0\bigr).$$
#
# When $P$ is odd the two sides can't be equal, and the rule (TensorFlow's) is: **the odd pixel goes after**,
# at the bottom or on the right, never before. Below: 6 pixels need $P = 3$ for a kernel of 4 at stride 1, and
# $P = 1$ for a kernel of 3 at stride 2.

# %% tags=["figure"]
fig, axes = plt.subplots(2, 1, figsize=(7, 2))
for ax, (before, after), kernel, step in zip(axes, ((1, 2), (0, 1)), (4, 3), (1, 2), strict=True):
    line = [0] * before + [1, 2, 3, 4, 5, 6] + [0] * after
    last = len(line) - kernel
    draw_table(
        ax,
        [line],
        f"kernel {kernel}, strides {step}: {before} before, {after} after (first and last window framed)",
        boxes=[(0, 0, 1, kernel, BLUE), (0, last, 1, kernel, ORANGE)],
        shaded=[[value == 0 for value in line]],
    )
    assert before + 6 + after == (6 // step - 1) * step + kernel
fig.tight_layout()

# %% [markdown]
# So `"same"` and an integer are different things even where the sizes agree. Lecture 1's last exercise (64
# pixels, kernel 5, stride 2) yields 32 outputs either way, but $p = 2$ adds $(2, 2)$ and `"same"` adds $(1,
# 2)$: every window stands one pixel further to the right.

# %% [raw]
# # BEGIN QUESTION
# name: q2

# %% [markdown]
# ### Question 2: `same_padding` and `zero_pad2d`
#
# `same_padding` applies the two rules above to one axis. `zero_pad2d` adds zeros around the images of a batch
# and leaves $N$, $C$ and the values alone. Its `padding` says how much, as Keras's `ZeroPadding2D` does: an
# integer for all four sides, a pair (rows above *and* below, columns left *and* right), or `((top, bottom),
# (left, right))`.

# %% [raw]
# # BEGIN SOLUTION


# %%
def same_padding(size, kernel_size, strides=1, dilation_rate=1):
    """Zeros to add before and after one axis, for padding "same".

    returns: a pair of ints (before, after); after is before or before + 1

    >>> same_padding(28, 5)
    (2, 2)
    """
    # BEGIN SOLUTION
    outputs = conv_output_size(size, kernel_size, strides, "same", dilation_rate)
    needed = (outputs - 1) * strides + dilation_rate * (kernel_size - 1) + 1
    total = max(needed - size, 0)
    return total // 2, total - total // 2
    # END SOLUTION


def zero_pad2d(x, padding):
    """Images with a border of zeros.

    x: (N, H, W, C)
    padding: p, or (rows, columns), or ((top, bottom), (left, right))
    returns: (N, top + H + bottom, left + W + right, C), float32 or float64 as `as_float` makes it

    >>> zero_pad2d(np.ones((1, 2, 2, 1)), ((0, 1), (2, 0)))[0, :, :, 0]
    array([[0., 0., 1., 1.],
           [0., 0., 1., 1.],
           [0., 0., 0., 0.]])
    """
    # BEGIN SOLUTION
    vertical, horizontal = (padding, padding) if np.ndim(padding) == 0 else padding
    (top, bottom), (left, right) = pair(vertical), pair(horizontal)
    n, height, width, channels = x.shape
    bordered = np.zeros((n, top + height + bottom, left + width + right, channels), as_float(x).dtype)
    bordered[:, top : top + height, left : left + width] = x
    return bordered
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_symmetric(env):
    """An odd kernel at stride 1 gets equal sides"""
    from cnnchecks import check

    check(env, "same_padding", 5, 3)
    check(env, "same_padding", 28, 5)
    check(env, "same_padding", 7, 3, dilation_rate=2)


# %%
def test_odd_pixel_goes_after(env):
    """An odd total puts its extra zero after"""
    from cnnchecks import check

    check(env, "same_padding", 6, 4)
    check(env, "same_padding", 6, 3, strides=2)
    check(env, "same_padding", 64, 5, strides=2)


# %%
def test_never_negative(env):
    """A stride longer than the kernel needs no zeros"""
    from cnnchecks import check

    check(env, "same_padding", 7, 1, strides=3)


# %%
def test_lecture_2_border(env):
    """Lecture 2's 5x5 image with one zero all around"""
    import numpy as np
    from cnnchecks import check

    image = "2 9 11 22 42  12 43 2 0 65  9 87 65 2 90  21 21 44 7 2  45 2 21 2 0"
    check(env, "zero_pad2d", np.array(image.split(), float).reshape(1, 5, 5, 1), 1)


# %%
def test_four_sides(env):
    """Rows and columns, then four different sides, two images of two channels"""
    import numpy as np
    from cnnchecks import check

    x = np.arange(1.0, 25.0).reshape(2, 2, 3, 2)
    check(env, "zero_pad2d", x, (1, 2))
    check(env, "zero_pad2d", x, ((0, 1), (2, 3)))


# %%
# HIDDEN
def test_hidden_odd(env):
    """Odd and even totals"""
    from grader.judge import check_drawn

    check_drawn(env, "same_padding", "odd")


# %%
# HIDDEN
def test_hidden_strided(env):
    """Strides longer and shorter than the kernel"""
    from grader.judge import check_drawn

    check_drawn(env, "same_padding", "strided")


# %%
# HIDDEN
def test_hidden_sides(env):
    """Zeros on every side"""
    from grader.judge import check_drawn

    check_drawn(env, "zero_pad2d", "sides")


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# ## 3. Convolution, forwards
#
# Put the kernel on a patch of the image, multiply element by element, add everything up, move on. Here are
# the first and the sixth of the nine positions in lecture 2's example.

# %% tags=["figure"]
picture = np.array(
    [[2, 9, 11, 22, 42], [12, 43, 2, 0, 65], [9, 87, 65, 2, 90], [21, 21, 44, 7, 2], [45, 2, 21, 2, 0]]
)
edge = np.array([[0, 0, 1], [1, 0, 0], [0, 0, 1]])

fig, axes = plt.subplots(1, 4, figsize=(10, 2.6))
draw_table(axes[0], edge, "kernel")
for ax, (i, j) in zip(axes[1:3], ((0, 0), (1, 2)), strict=True):
    draw_table(ax, picture, f"window ({i}, {j})", boxes=[(i, j, 3, 3, BLUE)])
feature_map = np.array([[88, 67, 134], [55, 94, 132], [107, 25, 134]])
draw_table(axes[3], feature_map, "feature map", boxes=[(0, 0, 1, 1, BLUE), (1, 2, 1, 1, BLUE)])
fig.tight_layout()

by_hand = 11 + 12 + 65  # where the kernel has a 1: top right, middle left, bottom right
assert by_hand == np.vdot(picture[:3, :3], edge) == 88
flipped = np.vdot(picture[:3, :3], edge[::-1, ::-1])
assert flipped == 2 + 2 + 9 == 13
other_edge = np.array([[0, 0, 1], [1, 0, 0], [0, 1, 0]])  # lecture 2's second kernel, see below
bordered = np.pad(picture, 1)
assert [np.vdot(bordered[:3, :3], kernel) for kernel in (edge, other_edge)] == [43, 12]
assert [np.vdot(bordered[2:5, :3], kernel) for kernel in (edge, other_edge)] == [64, 64]
assert [np.vdot(bordered[1:4, 1:4], kernel) for kernel in (edge, other_edge)] == [88, 110]
print("kernel as it stands:", by_hand, "  kernel turned by 180 degrees:", flipped)

# %% [markdown]
# The second number is the mathematician's *convolution*, which turns the kernel first. Neural networks leave
# it as it stands (strictly, *cross-correlation*) since a learned kernel can come out either way round. So will
# you. With channels, filters, strides $(s_h, s_w)$, dilation $(d_h, d_w)$ and $\tilde x$ for the padded
# input:
#
# $$y_{n,i,j,k} = b_k + \sum_{u=0}^{k_h-1} \sum_{v=0}^{k_w-1} \sum_{c=0}^{C-1}
# \tilde x_{n,\; i s_h + u d_h,\; j s_w + v d_w,\; c}\; w_{u,v,c,k}$$
#
# **A slip to know about.** Lecture 2 draws the same image with padding and with stride 2, but with *another
# kernel*: its third row is `0 1 0`. That one puts 12 into the top left corner, where the kernel above gives
# 43; with both of them the value two rows below it is 64. The 88 drawn diagonally below the 12 belongs to the
# first kernel: the second one gives 110 at that place. Both kernels are tested here.

# %% [markdown]
# **A kernel of one pixel** looks pointless and isn't: $k_h = k_w = 1$ leaves
# $y_{n,i,j,k} = b_k + \sum_c x_{n,i,j,c}\, w_{0,0,c,k}$, a dense layer from channels to channels, the same at every
# pixel. It mixes maps without looking around, and makes many channels few: GoogLeNet and ResNet live on it
# (assignment 6). **Dilation** does the opposite and looks further around: a 3×3 kernel with `dilation_rate` 2 still has
# nine taps, and they reach over 5×5 pixels. Neither needs a line of its own if your function follows the formula.

# %% [raw]
# # BEGIN QUESTION
# name: q3

# %% [markdown]
# ### Question 3: `conv2d_forward`
#
# `padding` is `"valid"` or `"same"` only (as in Keras), with the zeros of question 2. A kernel that doesn't
# fit is a `ValueError` again; your `conv_output_size` raises it for you.
#
# *A thought about speed.* Seven nested loops are correct and will pass. But in Python each turn of a loop costs
# as much as hundreds of multiplications in NumPy, and your code will train a network later. Which of the
# loops are short? A loop over the few taps $(u, v)$ of the kernel can handle all images and all positions at
# once: the pixels that one tap meets, for all outputs, are a strided slice of $\tilde x$.

# %% [raw]
# # BEGIN SOLUTION


# %%
def conv2d_forward(x, w, b, strides=(1, 1), padding="valid", dilation_rate=(1, 1)):
    """Cross-correlate a batch of images with K filters and add the biases.

    x: (N, H, W, C)     w: (kh, kw, C, K)     b: (K,)
    returns: (N, OH, OW, K)

    >>> x, w = np.arange(9.0).reshape(1, 3, 3, 1), np.ones((2, 2, 1, 1))
    >>> conv2d_forward(x, w, np.array([100.0]))[0, :, :, 0]
    array([[108., 112.],
           [120., 124.]])
    """
    # BEGIN SOLUTION
    x, strides, dilation = as_float(x), pair(strides), pair(dilation_rate)
    out_hw, sides = frame(x, w.shape[:2], strides, padding, dilation)
    padded = zero_pad2d(x, sides)
    out = np.zeros((len(x), *out_hw, w.shape[3]), x.dtype) + as_float(b).astype(x.dtype)
    for tap, rows, columns in taps(w.shape[:2], out_hw, strides, dilation):
        out += padded[:, rows, columns] @ w[tap].astype(x.dtype)
    return out


def frame(x, window, strides, padding, dilation):
    """Output height and width, and the padding of rows and columns."""
    axes = list(zip(x.shape[1:3], window, strides, dilation, strict=True))
    out_hw = [conv_output_size(n, k, s, padding, d) for n, k, s, d in axes]
    sides = [same_padding(*axis) if padding == "same" else (0, 0) for axis in axes]
    return out_hw, sides


def taps(window, out_hw, strides, dilation=(1, 1)):
    """For each tap of the window: its index and the slices of rows and columns it meets."""
    for tap in np.ndindex(*window):
        axes = zip(tap, dilation, out_hw, strides, strict=True)
        rows, columns = (slice(t * d, t * d + (o - 1) * s + 1, s) for t, d, o, s in axes)
        yield tap, rows, columns
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_lecture_2(env):
    """Lecture 2: the 5x5 image and the first kernel (88, 67, 55, 107)"""
    import numpy as np
    from cnnchecks import check

    image = "2 9 11 22 42  12 43 2 0 65  9 87 65 2 90  21 21 44 7 2  45 2 21 2 0"
    x = np.array(image.split(), float).reshape(1, 5, 5, 1)
    w = np.array([0, 0, 1, 1, 0, 0, 0, 0, 1], float).reshape(3, 3, 1, 1)
    check(env, "conv2d_forward", x, w, np.zeros(1))


# %%
def test_lecture_2_same(env):
    """Lecture 2, padded: the first kernel (43 in the corner), then the second (12)"""
    import numpy as np
    from cnnchecks import check

    image = "2 9 11 22 42  12 43 2 0 65  9 87 65 2 90  21 21 44 7 2  45 2 21 2 0"
    x = np.array(image.split(), float).reshape(1, 5, 5, 1)
    first = np.array([0, 0, 1, 1, 0, 0, 0, 0, 1], float).reshape(3, 3, 1, 1)
    second = np.array([0, 0, 1, 1, 0, 0, 0, 1, 0], float).reshape(3, 3, 1, 1)
    check(env, "conv2d_forward", x, first, np.zeros(1), padding="same")
    check(env, "conv2d_forward", x, second, np.zeros(1), padding="same")


# %%
def test_lecture_2_stride(env):
    """Lecture 2, padded and with stride 2: 64 with both kernels"""
    import numpy as np
    from cnnchecks import check

    image = "2 9 11 22 42  12 43 2 0 65  9 87 65 2 90  21 21 44 7 2  45 2 21 2 0"
    x = np.array(image.split(), float).reshape(1, 5, 5, 1)
    first = np.array([0, 0, 1, 1, 0, 0, 0, 0, 1], float).reshape(3, 3, 1, 1)
    second = np.array([0, 0, 1, 1, 0, 0, 0, 1, 0], float).reshape(3, 3, 1, 1)
    check(env, "conv2d_forward", x, second, np.zeros(1), strides=2, padding="same")
    check(env, "conv2d_forward", x, first, np.zeros(1), strides=(2, 2), padding="same")


# %%
def test_lecture_5(env):
    """Lecture 5's moving average: ninths of a 10x10 image with a hole"""
    import numpy as np
    from cnnchecks import check

    image = """113 122 130 128 126 125 121 121 115 127
               115 112 110 111 114 119 122 117 120 117
               105 106 105 106 108 111 113 117 118 114
                94  98 101 103 105 108 110 114 114 111
               106 109 111 112 113 114 115 113 112 111
               114 113 111 110 109   0   0   0 111 113
               110 106 106 108 111   0   0   0 107 110
               109 106 108 116 124   0   0   0 106 109
               102  97 100 109 116 117 114 118 111 114
               100 108  97 100 107  90  93  97 102 110"""
    x = np.array(image.split(), float).reshape(1, 10, 10, 1)
    check(env, "conv2d_forward", x, np.full((3, 3, 1, 1), 1 / 9), np.zeros(1))


# %%
def test_channels_and_filters(env):
    """Two images, two channels, three filters, a bias each; a kernel that is not square"""
    import numpy as np
    from cnnchecks import check

    x = np.arange(48.0).reshape(2, 3, 4, 2) % 7 - 3
    w = np.arange(36.0).reshape(2, 3, 2, 3) % 5 - 2
    check(env, "conv2d_forward", x, w, np.array([1.0, -2.0, 3.0]))


# %%
def test_uneven(env):
    """Unequal strides, an even kernel padded "same", a dilated kernel"""
    import numpy as np
    from cnnchecks import check

    x = np.arange(42.0).reshape(1, 6, 7, 1) % 5 - 2
    w = np.arange(8.0).reshape(2, 4, 1, 1) - 3
    check(env, "conv2d_forward", x, w, np.zeros(1), strides=(2, 1))
    check(env, "conv2d_forward", x, w, np.zeros(1), padding="same")
    check(env, "conv2d_forward", x, w, np.zeros(1), dilation_rate=(3, 2))


# %%
def test_one_by_one(env):
    """A 1x1 convolution: three channels become two, pixel by pixel"""
    import numpy as np
    from cnnchecks import check

    x = np.arange(12.0).reshape(1, 2, 2, 3)
    w = np.array([[1.0, 0.0], [1.0, -1.0], [-2.0, 1.0]]).reshape(1, 1, 3, 2)
    check(env, "conv2d_forward", x, w, np.array([0.0, 10.0]))


# %%
def test_integer_image(env):
    """An image of integers is computed in float64"""
    import numpy as np
    from cnnchecks import check

    x = (np.arange(16).reshape(1, 4, 4, 1) * 15).astype(np.uint8)
    w = np.array([0.5, -1.0, 1.0, 2.0]).reshape(2, 2, 1, 1)
    check(env, "conv2d_forward", x, w, np.zeros(1))


# %%
# HIDDEN
def test_hidden_valid(env):
    """Padding "valid", several shapes"""
    from grader.judge import check_drawn

    check_drawn(env, "conv2d_forward", "valid")


# %%
# HIDDEN
def test_hidden_same(env):
    """Padding "same", odd and even kernels"""
    from grader.judge import check_drawn

    check_drawn(env, "conv2d_forward", "same")


# %%
# HIDDEN
def test_hidden_strides(env):
    """Strides, vertical and horizontal unequal"""
    from grader.judge import check_drawn

    check_drawn(env, "conv2d_forward", "strides")


# %%
# HIDDEN
def test_hidden_dilation(env):
    """Dilated kernels"""
    from grader.judge import check_drawn

    check_drawn(env, "conv2d_forward", "dilation")


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# #### Compare with lecture 5
#
# Lecture 5 smooths a $10 \times 10$ image by a kernel of nine ninths. It prints the averages rounded to whole
# numbers: the window in rows and columns 4 to 6 adds up to 874, so its average is 97.11 and the deck says 97.
# On the slides where the window moves, a few *pixels* of the image's fifth row are copied wrongly: 110, 113,
# 114 and 111 should read 115, 115, 113 and 112, as they do where the image stands whole. Run this cell and
# see whether your averages round to the deck's table.

# %% tags=["figure"]
noisy = np.array(
    """113 122 130 128 126 125 121 121 115 127   115 112 110 111 114 119 122 117 120 117
       105 106 105 106 108 111 113 117 118 114    94  98 101 103 105 108 110 114 114 111
       106 109 111 112 113 114 115 113 112 111   114 113 111 110 109   0   0   0 111 113
       110 106 106 108 111   0   0   0 107 110   109 106 108 116 124   0   0   0 106 109
       102  97 100 109 116 117 114 118 111 114   100 108  97 100 107  90  93  97 102 110""".split(),
    float,
).reshape(10, 10)
deck = np.array(
    """113 114 115 116 118 118 118 118   105 106 107 109 112 115 116 116   104 106 107 109 111 113 114 114
       106 108 108  97  86  75  88 100   110 110 110  86  62  38  62  86   109 109 111  75  38   0  36  73
       105 106 111  89  65  39  62  86   103 105 109  98  85  70  82  96""".split(),
    float,
).reshape(8, 8)
assert noisy[3:6, 3:6].sum() == 874
assert deck[3, 3] == round(874 / 9) == 97
assert list(noisy[4, 6:9]) == [115, 113, 112]

smooth = conv2d_forward(noisy.reshape(1, 10, 10, 1), np.full((3, 3, 1, 1), 1 / 9), np.zeros(1))
if smooth is None:
    print("Write conv2d_forward first.")
else:
    smooth = smooth[0, :, :, 0]
    off = np.count_nonzero(np.rint(smooth) != deck)
    print(f"{off} of your {deck.size} averages don't round to the deck's number")
    fig, axes = plt.subplots(1, 2, figsize=(6, 2.8))
    titled = {"image with a hole": noisy, "your moving average": smooth}
    for ax, (title, image) in zip(axes, titled.items(), strict=True):
        ax.imshow(image, cmap="gray", vmin=0, vmax=130)
        ax.set(title=title, xticks=[], yticks=[])

# %% [markdown]
# ## 4. Convolution, backwards
#
# The loss $L$ depends on $y$, and we know $\partial L/\partial y$, called `dout`. Read the forward formula
# again: output $(n,i,j,k)$ uses the weight $w_{u,v,c,k}$ exactly once, multiplied by one pixel. By the chain
# rule that pixel, times `dout`, is this output's share in the gradient of the weight; the shares of all
# outputs add up because the weight is *shared*. In the same way each pixel collects from every window that
# covered it:
#
# $$\frac{\partial L}{\partial w_{u,v,c,k}} = \sum_{n,i,j} \tilde x_{n,\,i s_h + u d_h,\,j s_w + v d_w,\,c}\;\frac{\partial L}{\partial y_{n,i,j,k}}
# \qquad \frac{\partial L}{\partial b_k} = \sum_{n,i,j} \frac{\partial L}{\partial y_{n,i,j,k}}$$
#
# $$\frac{\partial L}{\partial \tilde x_{n,r,q,c}} = \sum_{\substack{i,u:\; i s_h + u d_h = r \\ j,v:\; j s_w + v d_w = q}}\; \sum_k
# w_{u,v,c,k}\,\frac{\partial L}{\partial y_{n,i,j,k}}$$
#
# Three things to keep in mind. Windows overlap, so gradients **add** to what is already there. The border of
# zeros isn't part of $x$: cut it off again at the end. And these are sums over the batch, not means: the mean
# over the batch enters once, in the loss (question 8).
#
# How much is there to add? Each number below counts the windows that cover a pixel of a $5 \times 5$ image.

# %% tags=["figure"]
fig, axes = plt.subplots(1, 2, figsize=(6.4, 3))
for ax, step in zip(axes, (1, 2), strict=True):
    covered = np.zeros((5, 5))
    for i, j in np.ndindex((5 - 3) // step + 1, (5 - 3) // step + 1):
        covered[i * step : i * step + 3, j * step : j * step + 3] += 1
    draw_table(ax, covered, f"windows over each pixel\n3x3 kernel, strides {step}", shaded=covered / 6)
    assert covered[2, 2] == (9 if step == 1 else 4)
fig.tight_layout()

# %% [raw]
# # BEGIN QUESTION
# name: q4

# %% [markdown]
# ### Question 4: `conv2d_backward`
#
# Every argument means what it means in question 3. Each gradient has the shape of what it belongs to; pixels
# that no window reached (a stride can skip the last ones) get 0.

# %% [raw]
# # BEGIN SOLUTION


# %%
def conv2d_backward(dout, x, w, strides=(1, 1), padding="valid", dilation_rate=(1, 1)):
    """Gradients of the loss with respect to the image, the kernel and the bias.

    dout: (N, OH, OW, K)     x: (N, H, W, C)     w: (kh, kw, C, K)
    returns: dx (N, H, W, C), dw (kh, kw, C, K), db (K,)

    >>> x, w = np.arange(9.0).reshape(1, 3, 3, 1), np.ones((2, 2, 1, 1))
    >>> dx, dw, db = conv2d_backward(np.ones((1, 2, 2, 1)), x, w)
    >>> dx[0, :, :, 0], db
    (array([[1., 2., 1.],
           [2., 4., 2.],
           [1., 2., 1.]]), array([4.]))
    """
    # BEGIN SOLUTION
    x, w, strides, dilation = as_float(x), as_float(w), pair(strides), pair(dilation_rate)
    out_hw, sides = frame(x, w.shape[:2], strides, padding, dilation)
    padded = zero_pad2d(x, sides)
    dpadded, dw = np.zeros_like(padded), np.zeros_like(w)
    for tap, rows, columns in taps(w.shape[:2], out_hw, strides, dilation):
        dpadded[:, rows, columns] += dout @ w[tap].T
        dw[tap] = np.tensordot(padded[:, rows, columns], dout, axes=([0, 1, 2], [0, 1, 2]))
    return crop(dpadded, sides, x.shape), dw, dout.sum(axis=(0, 1, 2))


def crop(dpadded, sides, shape):
    """Without the border that padding had added."""
    (top, _), (left, _) = sides
    return dpadded[:, top : top + shape[1], left : left + shape[2]]
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_one_window(env):
    """One window: dx is the kernel, dw is the image"""
    import numpy as np
    from cnnchecks import check

    x = np.array([[1.0, 2.0], [3.0, 4.0]]).reshape(1, 2, 2, 1)
    w = np.array([[5.0, 6.0], [7.0, 8.0]]).reshape(2, 2, 1, 1)
    check(env, "conv2d_backward", np.full((1, 1, 1, 1), 2.0), x, w)


# %%
def test_lecture_2_backwards(env):
    """Lecture 2's image and kernel, every output with its own gradient"""
    import numpy as np
    from cnnchecks import check

    image = "2 9 11 22 42  12 43 2 0 65  9 87 65 2 90  21 21 44 7 2  45 2 21 2 0"
    x = np.array(image.split(), float).reshape(1, 5, 5, 1)
    w = np.array([0, 0, 1, 1, 0, 0, 0, 0, 1], float).reshape(3, 3, 1, 1)
    check(env, "conv2d_backward", np.arange(1.0, 10.0).reshape(1, 3, 3, 1), x, w)


# %%
def test_batch_and_channels(env):
    """Two images, two channels, three filters, padded "same" with an even kernel"""
    import numpy as np
    from cnnchecks import check

    x = np.arange(48.0).reshape(2, 3, 4, 2) % 7 - 3
    w = np.arange(36.0).reshape(2, 3, 2, 3) % 5 - 2
    dout = np.arange(72.0).reshape(2, 3, 4, 3) % 4 - 1
    check(env, "conv2d_backward", dout, x, w, padding="same")


# %%
def test_strided(env):
    """Unequal strides that leave the last column unread"""
    import numpy as np
    from cnnchecks import check

    x = np.arange(30.0).reshape(1, 5, 6, 1) % 7 - 3
    w = np.arange(9.0).reshape(3, 3, 1, 1) - 4
    check(env, "conv2d_backward", np.arange(1.0, 7.0).reshape(1, 3, 2, 1), x, w, strides=(1, 2))


# %%
def test_dilated(env):
    """A dilated kernel"""
    import numpy as np
    from cnnchecks import check

    x = np.arange(30.0).reshape(1, 5, 6, 1) % 7 - 3
    w = np.arange(4.0).reshape(2, 2, 1, 1) + 1
    check(env, "conv2d_backward", np.arange(12.0).reshape(1, 3, 4, 1) - 5, x, w, dilation_rate=2)


# %%
# HIDDEN
def test_hidden_valid(env):
    """Padding "valid", several shapes"""
    from grader.judge import check_drawn

    check_drawn(env, "conv2d_backward", "valid")


# %%
# HIDDEN
def test_hidden_same(env):
    """Padding "same", odd and even kernels"""
    from grader.judge import check_drawn

    check_drawn(env, "conv2d_backward", "same")


# %%
# HIDDEN
def test_hidden_strides(env):
    """Strides, vertical and horizontal unequal"""
    from grader.judge import check_drawn

    check_drawn(env, "conv2d_backward", "strides")


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# ## 5. Max pooling
#
# A window slides over each channel by itself and keeps the largest value. There is nothing to learn, and $C$
# stays what it was. Backwards, a window's gradient goes entirely to the pixel that won: nudging any other
# pixel would not change the output.
#
# **Ties.** When several pixels of a window are equal and largest, the **first** one wins, reading row by row
# from the left, as in TensorFlow. (Other libraries split the gradient, or give it to all; that is why the rule
# is stated.) Below, the window at the bottom right holds four equal values.

# %% tags=["figure"]
before = np.array([[8, 5, 2, 7], [1, 6, 0, 3], [2, 4, 6, 6], [5, 1, 6, 6]])
winners = np.array([[1, 0, 0, 1], [0, 0, 0, 0], [0, 0, 1, 0], [1, 0, 0, 0]])
arriving = np.array([[10, 20], [30, 40]])
corners = [(0, 0, 2, 2, BLUE), (0, 2, 2, 2, ORANGE), (2, 0, 2, 2, GREEN), (2, 2, 2, 2, "black")]
small = [(0, 0, 1, 1, BLUE), (0, 1, 1, 1, ORANGE), (1, 0, 1, 1, GREEN), (1, 1, 1, 1, "black")]
returned = winners * np.kron(arriving, np.ones((2, 2), int))
assert returned[2, 2] == 40
assert returned.sum() == arriving.sum()

fig, axes = plt.subplots(1, 4, figsize=(10, 2.7))
draw_table(axes[0], before, "x, winners shaded", corners, winners)
draw_table(axes[1], [[8, 7], [5, 6]], "max pooling", small)
draw_table(axes[2], arriving, "dout arrives ...", small)
draw_table(axes[3], returned, "... and goes to the winners", corners, winners)
fig.tight_layout()

# %% [raw]
# # BEGIN QUESTION
# name: q5

# %% [markdown]
# ### Question 5: `max_pool2d_forward` and `max_pool2d_backward`
#
# * `strides=None` means strides equal to `pool_size`: windows side by side. Smaller strides make them
#   overlap; then a pixel that wins twice receives the **sum**.
# * `padding="same"` lays its border as in question 2, but with $-\infty$ instead of zeros: a border must
#   never win, not even against negative pixels. No gradient goes to it.
# * A window larger than the image is a `ValueError` with `"valid"`.

# %% [raw]
# # BEGIN SOLUTION


# %%
def max_pool2d_forward(x, pool_size=(2, 2), strides=None, padding="valid"):
    """The largest value of each window, channel by channel.

    x: (N, H, W, C)
    returns: (N, OH, OW, C)

    >>> max_pool2d_forward(np.arange(16.0).reshape(1, 4, 4, 1))[0, :, :, 0]
    array([[ 5.,  7.],
           [13., 15.]])
    """
    # BEGIN SOLUTION
    x, window = as_float(x), pair(pool_size)
    strides = window if strides is None else pair(strides)
    out_hw, sides = frame(x, window, strides, padding, (1, 1))
    padded = surround(x, sides, -np.inf)
    met = [padded[:, rows, columns] for _, rows, columns in taps(window, out_hw, strides)]
    return np.maximum.reduce(met)


def surround(x, sides, value):
    """The images with a border of any value."""
    return np.pad(x, ((0, 0), *sides, (0, 0)), constant_values=value)
    # END SOLUTION


def max_pool2d_backward(dout, x, pool_size=(2, 2), strides=None, padding="valid"):
    """Gradient of the loss with respect to the input of max pooling.

    dout: (N, OH, OW, C)     x: (N, H, W, C)
    returns: dx (N, H, W, C); a tied maximum sends its gradient to the first

    >>> x = np.array([[3.0, 3.0], [1.0, 3.0]]).reshape(1, 2, 2, 1)
    >>> max_pool2d_backward(np.full((1, 1, 1, 1), 7.0), x)[0, :, :, 0]
    array([[7., 0.],
           [0., 0.]])
    """
    # BEGIN SOLUTION
    x, window = as_float(x), pair(pool_size)
    strides = window if strides is None else pair(strides)
    out_hw, sides = frame(x, window, strides, padding, (1, 1))
    padded = surround(x, sides, -np.inf)
    best = max_pool2d_forward(x, window, strides, padding)
    dpadded, waiting = np.zeros_like(padded), np.ones(best.shape, bool)
    for _, rows, columns in taps(window, out_hw, strides):
        wins = waiting & (padded[:, rows, columns] == best)
        dpadded[:, rows, columns] += wins * dout
        waiting &= ~wins
    return crop(dpadded, sides, x.shape)
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_lecture_1(env):
    """Lecture 1's table (a)"""
    import numpy as np
    from cnnchecks import check

    x = np.array([[2, 3, 2, 0], [5, -2, 2, 8], [-1, -6, 7, 3], [-4, -5, 4, 2]], float)
    check(env, "max_pool2d_forward", x.reshape(1, 4, 4, 1))


# %%
def test_lecture_2(env):
    """Lecture 2's table: 8, 7, 5, 8"""
    import numpy as np
    from cnnchecks import check

    x = np.array([[8, 5, 2, 7], [1, 6, 0, 3], [2, 4, 7, 1], [5, 1, 8, 0]], float)
    check(env, "max_pool2d_forward", x.reshape(1, 4, 4, 1))


# %%
def test_negative_border(env):
    """Negative pixels, padded "same": the border never wins"""
    import numpy as np
    from cnnchecks import check

    x = -np.arange(1.0, 31.0).reshape(1, 3, 5, 2)
    check(env, "max_pool2d_forward", x, padding="same")
    check(env, "max_pool2d_forward", x, pool_size=(2, 3), strides=1, padding="same")


# %%
def test_integer_image(env):
    """An image of integers, pooled 2x3 with strides (1, 2), comes out in float64"""
    import numpy as np
    from cnnchecks import check

    x = np.arange(60).reshape(2, 5, 6, 1) * 7 % 11
    check(env, "max_pool2d_forward", x, pool_size=(2, 3), strides=(1, 2))


# %%
def test_backward(env):
    """Lecture 2's table backwards"""
    import numpy as np
    from cnnchecks import check

    x = np.array([[8, 5, 2, 7], [1, 6, 0, 3], [2, 4, 7, 1], [5, 1, 8, 0]], float)
    dout = np.array([10.0, 20.0, 30.0, 40.0]).reshape(1, 2, 2, 1)
    check(env, "max_pool2d_backward", dout, x.reshape(1, 4, 4, 1))


# %%
def test_tie(env):
    """Equal maxima: the first in row order gets the gradient"""
    import numpy as np
    from cnnchecks import check

    x = np.array([[0, 6, 1, 1], [6, 6, 1, 1], [-2, -3, 0, 5], [-2, -2, 5, 5]], float)
    dout = np.array([1.0, 2.0, 3.0, 4.0]).reshape(1, 2, 2, 1)
    check(env, "max_pool2d_backward", dout, x.reshape(1, 4, 4, 1))


# %%
def test_overlap(env):
    """Overlapping windows: a pixel that wins twice gets both gradients"""
    import numpy as np
    from cnnchecks import check

    x = np.array([[1, 2, 3], [4, 9, 5], [6, 7, 8]], float).reshape(1, 3, 3, 1)
    check(env, "max_pool2d_backward", np.array([1.0, 2.0, 3.0, 4.0]).reshape(1, 2, 2, 1), x, strides=1)
    dout = np.arange(1.0, 10.0).reshape(1, 3, 3, 1)
    check(env, "max_pool2d_backward", dout, -x, pool_size=2, strides=1, padding="same")


# %%
# HIDDEN
def test_hidden_plain(env):
    """Windows side by side"""
    from grader.judge import check_drawn

    check_drawn(env, "max_pool2d_forward", "plain")


# %%
# HIDDEN
def test_hidden_overlapping(env):
    """Overlapping windows and unequal strides"""
    from grader.judge import check_drawn

    check_drawn(env, "max_pool2d_forward", "overlapping")


# %%
# HIDDEN
def test_hidden_same(env):
    """Padding "same" """
    from grader.judge import check_drawn

    check_drawn(env, "max_pool2d_forward", "same")


# %%
# HIDDEN
def test_hidden_backward(env):
    """Backwards, windows side by side"""
    from grader.judge import check_drawn

    check_drawn(env, "max_pool2d_backward", "plain")


# %%
# HIDDEN
def test_hidden_backward_overlapping(env):
    """Backwards, overlapping windows"""
    from grader.judge import check_drawn

    check_drawn(env, "max_pool2d_backward", "overlapping")


# %%
# HIDDEN
def test_hidden_backward_ties(env):
    """Backwards, tied maxima"""
    from grader.judge import check_drawn

    check_drawn(env, "max_pool2d_backward", "ties")


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# ## 6. Average pooling
#
# Average pooling returns the mean of each window; backwards, every pixel of a window of $m$ pixels receives
# $1/m$ of its gradient. (One deck says that the weights of a pooling layer are all 1. For an average of four
# they are $\tfrac14$.) At the border a rule is needed again: **only real pixels count**. A window that hangs
# over the edge of the image adds up the pixels inside and divides by their number, not by the window's size,
# so that padding doesn't darken the border.
#
# *Global* average pooling takes one mean over the whole of each channel: $(N, H, W, C) \to (N, C)$.

# %%
# the row 4 6 8 under windows of 2 at stride 2, "same": the second window covers one real pixel
clipped = [(4 + 6) / 2, 8 / 1]
darkened = [(4 + 6) / 2, (8 + 0) / 2]
assert clipped == [5.0, 8.0]
assert darkened == [5.0, 4.0]
print("real pixels only:", clipped, "  with the zero counted (wrong here):", darkened)

# %% [raw]
# # BEGIN QUESTION
# name: q6

# %% [markdown]
# ### Question 6: `avg_pool2d_forward`, `avg_pool2d_backward` and the global pair
#
# Arguments as in question 5. The gradient is divided by the same number of pixels as the sum was. No gradient
# goes to the border, and where windows overlap it adds up.

# %% [raw]
# # BEGIN SOLUTION


# %%
def avg_pool2d_forward(x, pool_size=(2, 2), strides=None, padding="valid"):
    """The mean of each window's real pixels, channel by channel.

    x: (N, H, W, C)
    returns: (N, OH, OW, C)

    >>> avg_pool2d_forward(np.arange(16.0).reshape(1, 4, 4, 1))[0, :, :, 0]
    array([[ 2.5,  4.5],
           [10.5, 12.5]])
    """
    # BEGIN SOLUTION
    x = as_float(x)
    return window_sum(x, pool_size, strides, padding) / real_pixels(x, pool_size, strides, padding)


def window_sum(x, pool_size, strides, padding):
    """The sum over each window, zeros outside."""
    window = pair(pool_size)
    strides = window if strides is None else pair(strides)
    out_hw, sides = frame(x, window, strides, padding, (1, 1))
    padded = zero_pad2d(x, sides)
    return sum(padded[:, rows, columns] for _, rows, columns in taps(window, out_hw, strides))


def real_pixels(x, pool_size, strides, padding):
    """How many pixels of the image each window covers, (1, OH, OW, 1)."""
    return window_sum(np.ones_like(x[:1, :, :, :1]), pool_size, strides, padding)
    # END SOLUTION


def avg_pool2d_backward(dout, x, pool_size=(2, 2), strides=None, padding="valid"):
    """Gradient of the loss with respect to the input of average pooling.

    dout: (N, OH, OW, C)     x: (N, H, W, C)
    returns: dx (N, H, W, C)

    >>> avg_pool2d_backward(np.full((1, 1, 1, 1), 8.0), np.zeros((1, 2, 2, 1)))[0, :, :, 0]
    array([[2., 2.],
           [2., 2.]])
    """
    # BEGIN SOLUTION
    x, window = as_float(x), pair(pool_size)
    strides = window if strides is None else pair(strides)
    out_hw, sides = frame(x, window, strides, padding, (1, 1))
    share = dout / real_pixels(x, window, strides, padding)
    dpadded = np.zeros_like(zero_pad2d(x, sides))
    for _, rows, columns in taps(window, out_hw, strides):
        dpadded[:, rows, columns] += share
    return crop(dpadded, sides, x.shape)
    # END SOLUTION


def global_avg_pool2d_forward(x):
    """The mean of each channel of each image.

    x: (N, H, W, C)
    returns: (N, C)

    >>> global_avg_pool2d_forward(np.arange(8.0).reshape(1, 2, 2, 2))
    array([[3., 4.]])
    """
    # BEGIN SOLUTION
    return as_float(x).mean(axis=(1, 2))
    # END SOLUTION


def global_avg_pool2d_backward(dout, x):
    """Gradient of the loss with respect to the input of global average pooling.

    dout: (N, C)     x: (N, H, W, C)
    returns: dx (N, H, W, C)

    >>> global_avg_pool2d_backward(np.array([[6.0]]), np.zeros((1, 1, 3, 1)))[0, :, :, 0]
    array([[2., 2., 2.]])
    """
    # BEGIN SOLUTION
    area = x.shape[1] * x.shape[2]
    return np.ones_like(as_float(x)) * dout[:, None, None, :] / area
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_lecture_1(env):
    """Lecture 1's table (b)"""
    import numpy as np
    from cnnchecks import check

    x = np.array([[2, 3, 2, 0], [5, -2, 2, 8], [-1, -6, 7, 3], [-4, -5, 4, 2]], float)
    check(env, "avg_pool2d_forward", x.reshape(1, 4, 4, 1))


# %%
def test_lecture_2(env):
    """Lecture 2's table: 5, 3, 3, 4"""
    import numpy as np
    from cnnchecks import check

    x = np.array([[8, 5, 2, 7], [1, 6, 0, 3], [2, 4, 7, 1], [5, 1, 8, 0]], float)
    check(env, "avg_pool2d_forward", x.reshape(1, 4, 4, 1))


# %%
def test_real_pixels(env):
    """Padded "same": only real pixels count"""
    import numpy as np
    from cnnchecks import check

    x = np.arange(1.0, 31.0).reshape(1, 3, 5, 2) * 6
    check(env, "avg_pool2d_forward", x, padding="same")
    check(env, "avg_pool2d_forward", x, pool_size=3, strides=(1, 2), padding="same")


# %%
def test_backward(env):
    """Backwards: shares of a quarter, then overlapping, then clipped by the border"""
    import numpy as np
    from cnnchecks import check

    x = np.arange(9.0).reshape(1, 3, 3, 1)
    check(env, "avg_pool2d_backward", np.full((1, 1, 1, 1), 12.0), x)
    check(env, "avg_pool2d_backward", np.array([4.0, 8.0, 12.0, 16.0]).reshape(1, 2, 2, 1), x, strides=1)
    check(env, "avg_pool2d_backward", np.array([4.0, 8.0, 12.0, 16.0]).reshape(1, 2, 2, 1), x, padding="same")


# %%
def test_global(env):
    """Global average of two images with two channels, and its gradient"""
    import numpy as np
    from cnnchecks import check

    x = np.arange(24.0).reshape(2, 2, 3, 2)
    check(env, "global_avg_pool2d_forward", x)
    check(env, "global_avg_pool2d_backward", np.array([[6.0, 12.0], [-6.0, 18.0]]), x)


# %%
# HIDDEN
def test_hidden_plain(env):
    """Average pooling"""
    from grader.judge import check_drawn

    check_drawn(env, "avg_pool2d_forward", "plain")


# %%
# HIDDEN
def test_hidden_same(env):
    """Average pooling, padding "same" """
    from grader.judge import check_drawn

    check_drawn(env, "avg_pool2d_forward", "same")


# %%
# HIDDEN
def test_hidden_backward(env):
    """Average pooling backwards"""
    from grader.judge import check_drawn

    check_drawn(env, "avg_pool2d_backward", "plain")


# %%
# HIDDEN
def test_hidden_backward_same(env):
    """Average pooling backwards, padding "same" """
    from grader.judge import check_drawn

    check_drawn(env, "avg_pool2d_backward", "same")


# %%
# HIDDEN
def test_hidden_global(env):
    """Global average pooling"""
    from grader.judge import check_drawn

    check_drawn(env, "global_avg_pool2d_forward", "plain")


# %%
# HIDDEN
def test_hidden_global_backward(env):
    """Global average pooling backwards"""
    from grader.judge import check_drawn

    check_drawn(env, "global_avg_pool2d_backward", "plain")


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# ## 7. Dense layers and ReLU
#
# A dense layer joins every input to every output: $Y = XW + b$ with $X$ of shape $(N, D)$, $W$ of $(D, M)$
# and $b$ of $(M)$. Writing $G$ for $\partial L / \partial Y$,
#
# $$\frac{\partial L}{\partial X} = G\,W^{\!\top} \qquad \frac{\partial L}{\partial W} = X^{\!\top} G \qquad \frac{\partial L}{\partial b} = \sum_n G_{n}.$$
#
# There is no need to learn these by heart: only one arrangement of transposes fits the shapes.
#
# ReLU, $\max(x, 0)$, works on each value alone. It lets the gradient through where $x > 0$ and stops it
# elsewhere. At exactly 0 it has no slope; we take $\mathrm{relu}'(0) = 0$, as the libraries do.

# %% [raw]
# # BEGIN QUESTION
# name: q7

# %% [markdown]
# ### Question 7: `dense_forward`, `dense_backward`, `relu_forward`, `relu_backward`
#
# The gradients are sums over the batch, as in question 4. ReLU takes arrays of any shape.

# %% [raw]
# # BEGIN SOLUTION


# %%
def dense_forward(x, w, b):
    """A fully connected layer.

    x: (N, D)     w: (D, M)     b: (M,)
    returns: (N, M)

    >>> dense_forward(np.array([[1.0, 2.0]]), np.array([[1.0], [10.0]]), np.array([0.5]))
    array([[21.5]])
    """
    # BEGIN SOLUTION
    return as_float(x) @ w + b
    # END SOLUTION


def dense_backward(dout, x, w):
    """Gradients of the loss with respect to a dense layer's input, weights and bias.

    dout: (N, M)     x: (N, D)     w: (D, M)
    returns: dx (N, D), dw (D, M), db (M,)

    >>> dense_backward(np.array([[2.0]]), np.array([[1.0, 2.0]]), np.array([[1.0], [10.0]]))
    (array([[ 2., 20.]]), array([[2.],
           [4.]]), array([2.]))
    """
    # BEGIN SOLUTION
    return dout @ w.T, as_float(x).T @ dout, dout.sum(axis=0)
    # END SOLUTION


def relu_forward(x):
    """Negative values become 0. x: any shape; returns an array of that shape.

    >>> relu_forward(np.array([-2.0, 0.0, 3.0]))
    array([0., 0., 3.])
    """
    # BEGIN SOLUTION
    x = as_float(x)
    return np.where(x > 0, x, x.dtype.type(0))
    # END SOLUTION


def relu_backward(dout, x):
    """Gradient of the loss with respect to ReLU's input; dout and x have the same shape.

    >>> relu_backward(np.array([5.0, 6.0, 7.0]), np.array([-2.0, 0.0, 3.0]))
    array([0., 0., 7.])
    """
    # BEGIN SOLUTION
    return dout * (np.asarray(x) > 0)
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_dense(env):
    """A batch of three through a dense layer"""
    import numpy as np
    from cnnchecks import check

    x, w = np.arange(6.0).reshape(3, 2), np.arange(8.0).reshape(2, 4) - 3
    check(env, "dense_forward", x, w, np.array([10.0, 20.0, 30.0, 40.0]))


# %%
def test_dense_backward(env):
    """And backwards: three gradients, each in the shape of what it belongs to"""
    import numpy as np
    from cnnchecks import check

    x, w = np.arange(6.0).reshape(3, 2), np.arange(8.0).reshape(2, 4) - 3
    check(env, "dense_backward", np.arange(12.0).reshape(3, 4) % 5 - 2, x, w)


# %%
def test_relu(env):
    """ReLU of negative, zero and positive values"""
    import numpy as np
    from cnnchecks import check

    check(env, "relu_forward", np.arange(-4.0, 4.0).reshape(2, 4))


# %%
def test_relu_backward(env):
    """ReLU backwards: the sign of x decides, and 0 stops the gradient"""
    import numpy as np
    from cnnchecks import check

    x = np.array([[-1.0, 0.0, 2.0], [3.0, -4.0, 0.0]])
    check(env, "relu_backward", np.array([[5.0, 6.0, -7.0], [8.0, -9.0, 10.0]]), x)


# %%
# HIDDEN
def test_hidden_dense(env):
    """Dense layer"""
    from grader.judge import check_drawn

    check_drawn(env, "dense_forward", "plain")


# %%
# HIDDEN
def test_hidden_dense_backward(env):
    """Dense layer backwards"""
    from grader.judge import check_drawn

    check_drawn(env, "dense_backward", "plain")


# %%
# HIDDEN
def test_hidden_relu(env):
    """ReLU"""
    from grader.judge import check_drawn

    check_drawn(env, "relu_forward", "plain")


# %%
# HIDDEN
def test_hidden_relu_backward(env):
    """ReLU backwards"""
    from grader.judge import check_drawn

    check_drawn(env, "relu_backward", "plain")


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# ## 8. Softmax and cross-entropy
#
# The network ends in ten scores per image, the *logits* $z$. Softmax makes probabilities of them, and the
# loss is the surprise $-\log p$ (natural logarithm) at the right answer, averaged over the batch:
#
# $$p_{n,k} = \frac{e^{z_{n,k}}}{\sum_{m} e^{z_{n,m}}} \qquad\qquad L = -\frac1N \sum_{n} \log p_{n,\,t_n}
# \qquad\qquad \frac{\partial L}{\partial z_{n,k}} = \frac{p_{n,k} - [k = t_n]}{N}$$
#
# where $t_n$ is the label of image $n$, an integer class (no one-hot vectors here), and $[k = t_n]$ is 1 for
# the right class and 0 for the others. The mean is taken **here and nowhere else**: `dlogits` carries the
# $1/N$ through the whole network.
#
# Typed in as it stands, $e^{800}$ overflows. Softmax doesn't change when a constant is subtracted from all
# logits of an image. Which constant makes every exponent harmless? And $\log p$ is better computed as a
# difference than as the logarithm of a $p$ that may have become 0.

# %%
with np.errstate(over="ignore", invalid="ignore"):
    naive = np.exp([800.0, 0.0]) / np.exp([800.0, 0.0]).sum()
print("softmax of (800, 0), as typed in:", naive)
assert np.isnan(naive[0])

# %% [raw]
# # BEGIN QUESTION
# name: q8

# %% [markdown]
# ### Question 8: `softmax_cross_entropy`
#
# One function returns both the loss (one number) and its gradient. It must be right and finite for logits
# around ±800: with the right class 800 below another one, the loss is 800, not infinity; with 1,600, 1,600.

# %% [raw]
# # BEGIN SOLUTION


# %%
def softmax_cross_entropy(logits, labels):
    """Mean cross-entropy of the softmax of the logits, and its gradient.

    logits: (N, K)     labels: (N,) integers from 0 to K - 1
    returns: loss (a number), dlogits (N, K)

    >>> loss, dlogits = softmax_cross_entropy(np.array([[0.0, 0.0]]), np.array([1]))
    >>> round(float(loss), 6), dlogits
    (0.693147, array([[ 0.5, -0.5]]))
    """
    # BEGIN SOLUTION
    logits = as_float(logits)
    scores = logits - np.max(logits, axis=1)[:, None]
    log_p = scores - np.log(np.exp(scores).sum(axis=1))[:, None]
    images = np.arange(len(labels))
    loss = -log_p[images, labels].mean()
    dlogits = np.exp(log_p)
    dlogits[images, labels] -= 1
    return float(loss), dlogits / len(labels)
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_even_odds(env):
    """Ten equal logits: the loss is log 10"""
    import numpy as np
    from cnnchecks import check

    check(env, "softmax_cross_entropy", np.zeros((2, 10)), np.array([3, 7]))


# %%
def test_mean_over_the_batch(env):
    """Three images of four classes: a mean, not a sum"""
    import numpy as np
    from cnnchecks import check

    logits = np.array([[1.0, 2.0, 3.0, 4.0], [0.0, -1.0, 2.0, 0.0], [5.0, 1.0, 1.0, -3.0]])
    check(env, "softmax_cross_entropy", logits, np.array([3, 0, 1]))


# %%
def test_large(env):
    """Logits of 800 and -800"""
    import numpy as np
    from cnnchecks import check

    check(env, "softmax_cross_entropy", np.array([[800.0, 0.0], [-800.0, 0.0]]), np.array([1, 0]))


# %%
# HIDDEN
def test_hidden_plain(env):
    """Several batches"""
    from grader.judge import check_drawn

    check_drawn(env, "softmax_cross_entropy", "plain")


# %%
# HIDDEN
def test_hidden_large(env):
    """Very large and very small logits"""
    from grader.judge import check_drawn

    check_drawn(env, "softmax_cross_entropy", "large")


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# ## 9. Is the gradient right? Measure it
#
# A gradient is a slope, and a slope can be measured: move one entry of $x$ a little up and a little down and
# see what $f$ does,
#
# $$\frac{\partial f}{\partial x_i} \approx \frac{f(x + h\,e_i) - f(x - h\,e_i)}{2h},$$
#
# where $e_i$ is 1 at entry $i$ and 0 elsewhere. The error of this *central* difference shrinks like $h^2$, that
# of the one-sided $(f(x+h\,e_i) - f(x))/h$ only like $h$. For $f = x^3$ at $x = 2$ (true slope 12) and a coarse
# $h = 0.5$, they say 12.25 and 15.25. Nor is a smaller $h$ always better: below some $10^{-6}$ the difference of
# two nearly equal numbers drowns in rounding.

# %% tags=["figure"]
central = ((2 + 0.5) ** 3 - (2 - 0.5) ** 3) / (2 * 0.5)
one_sided = ((2 + 0.5) ** 3 - 2**3) / 0.5
assert (central, one_sided) == (12.25, 15.25)

steps = 10.0 ** np.arange(-12, 0)
errors = {
    "central": abs((np.exp(1 + steps) - np.exp(1 - steps)) / (2 * steps) - np.e),
    "one-sided": abs((np.exp(1 + steps) - np.exp(1)) / steps - np.e),
}
fig, ax = plt.subplots(figsize=(5, 2.8))
for (label, error), colour, marker in zip(errors.items(), (BLUE, ORANGE), "os", strict=True):
    ax.loglog(steps, error, color=colour, marker=marker, label=label)
ax.set(xlabel="step h", ylabel="error of the slope", title="slope of exp at 1")
ax.legend()
fig.tight_layout()

# %% [raw]
# # BEGIN QUESTION
# name: q9

# %% [markdown]
# ### Question 9: `numerical_gradient`
#
# `f` takes an array of `x`'s shape and returns one number; `x` is an array of floats of any shape. Visit
# every entry, and leave `x` as you found it: work on a copy, or put each entry back.
#
# The grader can send numbers into your notebook, but no functions. So the tests call `gradient_of_polynomial`,
# given below, which hands your function the polynomial $f(x) = \sum_k c_k \sum_i x_i^k$. Don't change it.

# %% [raw]
# # BEGIN SOLUTION


# %%
def numerical_gradient(f, x, h=1e-5):
    """Central differences of a scalar function, entry by entry.

    f: takes an array of x's shape, returns a number     x: array of floats, any shape, left unchanged
    returns: an array of x's shape

    >>> numerical_gradient(lambda x: (x**2).sum(), np.array([1.0, -2.0])).round(6)
    array([ 2., -4.])
    """
    # BEGIN SOLUTION
    slopes = np.zeros(x.shape)
    for entry in np.ndindex(x.shape):
        up, down = x.astype(float), x.astype(float)
        up[entry] += h
        down[entry] -= h
        slopes[entry] = (f(up) - f(down)) / (2 * h)
    return slopes
    # END SOLUTION


# %% [raw]
# # END SOLUTION


# %%
def gradient_of_polynomial(coefficients, x, h=1e-5):
    """numerical_gradient of f(x) = sum over k of coefficients[k] * sum(x**k), at x."""
    return numerical_gradient(lambda at: sum(c * np.sum(at**k) for k, c in enumerate(coefficients)), x, h)


# %% [raw]
# # BEGIN TESTS


# %%
def test_line(env):
    """3 + 2x has slope 2 everywhere"""
    import numpy as np
    from cnnchecks import check

    check(env, "gradient_of_polynomial", [3.0, 2.0], np.array([[1.0, -2.0, 0.0], [4.0, 0.5, -0.5]]), 1e-5)


# %%
def test_central(env):
    """A cube with a coarse step: 12.25 at 2, as worked above"""
    import numpy as np
    from cnnchecks import check

    check(env, "gradient_of_polynomial", [0.0, 0.0, 0.0, 1.0], np.array([2.0, -1.0, 0.0]), 0.5)


# %%
# HIDDEN
def test_hidden_plain(env):
    """Polynomials at several points and steps"""
    from grader.judge import check_drawn

    check_drawn(env, "gradient_of_polynomial", "plain")


# %%
# HIDDEN
def test_hidden_shape(env):
    """Three axes, and a step that tells central from one-sided"""
    from grader.judge import check_drawn

    check_drawn(env, "gradient_of_polynomial", "axes")


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# #### Check your own layers
#
# Give each output a fixed random weight and add up: that is a scalar function, and its gradient is your
# backward function with `dout` = those weights. The table compares the two. Expect relative errors below
# $10^{-8}$; above $10^{-5}$ something is wrong. (Max pooling has a kink where two pixels of a window are
# equal: with random numbers that doesn't happen.)

# %%
noise = np.random.default_rng(3)
tiny_x, tiny_w, tiny_b = (noise.normal(size=shape) for shape in ((2, 4, 5, 2), (2, 3, 2, 3), 3))
flat_x, flat_w, flat_b = (noise.normal(size=shape) for shape in ((3, 4), (4, 2), 2))
conv_options = {"strides": (2, 1), "padding": "same"}
pool_options = {"pool_size": (2, 3), "strides": 1, "padding": "same"}
LAYERS = {  # name: (forward, backward, inputs to differentiate)
    "conv2d": (
        lambda x, w, b: conv2d_forward(x, w, b, **conv_options),
        lambda dout, x, w, b: conv2d_backward(dout, x, w, **conv_options),
        (tiny_x, tiny_w, tiny_b),
    ),
    "max_pool2d": (
        lambda x: max_pool2d_forward(x, **pool_options),
        lambda dout, x: [max_pool2d_backward(dout, x, **pool_options)],
        (tiny_x,),
    ),
    "avg_pool2d": (
        lambda x: avg_pool2d_forward(x, **pool_options),
        lambda dout, x: [avg_pool2d_backward(dout, x, **pool_options)],
        (tiny_x,),
    ),
    "dense": (dense_forward, lambda dout, x, w, b: dense_backward(dout, x, w), (flat_x, flat_w, flat_b)),
    "relu": (relu_forward, lambda dout, x: [relu_backward(dout, x)], (flat_x,)),
}


def compare_slopes(forward, backward, inputs):
    """Relative difference between coded and measured gradient, one for each input."""
    out = forward(*inputs)
    if out is None:
        raise NotImplementedError("write its two functions first")
    weights = np.random.default_rng(4).normal(size=out.shape)
    for place, coded in enumerate(backward(weights, *inputs)):

        def loss(value, place=place):
            return (weights * forward(*inputs[:place], value, *inputs[place + 1 :])).sum()

        measured = numerical_gradient(loss, inputs[place])
        yield abs(coded - measured).max() / max(abs(measured).max(), 1e-12)


for name, layer in LAYERS.items():
    try:
        compared = [f"d{letter} {error:.0e}" for letter, error in zip("xwb", compare_slopes(*layer))]
        print(f"{name:12}", "  ".join(compared))
    except Exception as problem:  # a layer that isn't written yet shouldn't hide the others
        print(f"{name:12} not yet ({type(problem).__name__}: {problem})")

# %% [markdown]
# ## 10. LeNet
#
# LeNet-5 (LeCun et al., 1998) reads handwritten digits. Ours is its modern form for $28 \times 28$ pixels: ReLU
# instead of tanh, the maximum instead of the average, and `same` padding where the paper put a white frame.
#
# | step | layer | output shape | parameters |
# |---|---|---|---|
# | `conv1` | convolution 5×5, 6 filters, `same` | (N, 28, 28, 6) | `w1` (5, 5, 1, 6), `b1` |
# | `pool1` | ReLU, then max pooling 2×2 | (N, 14, 14, 6) | |
# | `conv2` | convolution 5×5, 16 filters, `valid` | (N, 10, 10, 16) | `w2` (5, 5, 6, 16), `b2` |
# | `pool2` | ReLU, then max pooling 2×2 | (N, 5, 5, 16) | |
# | `flat` | each image as one row, in C order (NumPy's `reshape`) | (N, 400) | |
# | `dense3` | dense, then ReLU follows | (N, 120) | `w3` (400, 120), `b3` |
# | `dense4` | dense, then ReLU follows | (N, 84) | `w4` (120, 84), `b4` |
# | `logits` | dense, no ReLU | (N, 10) | `w5` (84, 10), `b5` |
#
# Backpropagation walks this table from the bottom up. The gradient that comes out of one layer's backward
# function is the `dout` of the layer above it, and each backward function wants the same inputs as its
# forward function had: keep them.

# %% [raw]
# # BEGIN QUESTION
# name: q10

# %% [markdown]
# ### Question 10: `lenet_activations`, `lenet_gradients` and `sgd_step`
#
# Build the three from your own layers. `params` is a dictionary with the keys `w1`, `b1`, …, `w5`, `b5`;
# `grads` has the same keys, and under each an array of the same shape. One step of gradient descent is
# $\theta \leftarrow \theta - \eta\,\partial L/\partial\theta$; `sgd_step` returns a **new** dictionary and
# changes neither of those it was given. (`lenet_activations` isn't graded by itself; the training below uses
# it.) If one or two of your layers are wrong, that isn't charged here a second time: this question then asks
# whether the network is built rightly out of them.

# %% [raw]
# # BEGIN SOLUTION


# %%
def lenet_activations(params, x):
    """Every stage of the forward pass, by name.

    params: w1, b1, ..., w5, b5     x: (N, 28, 28, 1)
    returns: a dictionary with the names of the table's first column; "dense3" and "dense4" before their ReLU,
        "conv1" and "conv2" too
    """
    # BEGIN SOLUTION
    p, a = params, {}
    a["conv1"] = conv2d_forward(x, p["w1"], p["b1"], padding="same")
    a["pool1"] = max_pool2d_forward(relu_forward(a["conv1"]))
    a["conv2"] = conv2d_forward(a["pool1"], p["w2"], p["b2"])
    a["pool2"] = max_pool2d_forward(relu_forward(a["conv2"]))
    a["flat"] = a["pool2"].reshape(len(x), -1)
    a["dense3"] = dense_forward(a["flat"], p["w3"], p["b3"])
    a["dense4"] = dense_forward(relu_forward(a["dense3"]), p["w4"], p["b4"])
    a["logits"] = dense_forward(relu_forward(a["dense4"]), p["w5"], p["b5"])
    return a
    # END SOLUTION


def lenet_gradients(params, x, labels):
    """The loss of a batch and its gradient with respect to every parameter.

    params: w1, b1, ..., w5, b5     x: (N, 28, 28, 1)     labels: (N,) integers
    returns: loss (a number), grads (a dictionary with the keys and shapes of params)
    """
    # BEGIN SOLUTION
    p, a, g = params, lenet_activations(params, x), {}
    loss, d = softmax_cross_entropy(a["logits"], labels)
    d, g["w5"], g["b5"] = dense_backward(d, relu_forward(a["dense4"]), p["w5"])
    d = relu_backward(d, a["dense4"])
    d, g["w4"], g["b4"] = dense_backward(d, relu_forward(a["dense3"]), p["w4"])
    d = relu_backward(d, a["dense3"])
    d, g["w3"], g["b3"] = dense_backward(d, a["flat"], p["w3"])
    d = max_pool2d_backward(d.reshape(a["pool2"].shape), relu_forward(a["conv2"]))
    d = relu_backward(d, a["conv2"])
    d, g["w2"], g["b2"] = conv2d_backward(d, a["pool1"], p["w2"])
    d = max_pool2d_backward(d, relu_forward(a["conv1"]))
    d = relu_backward(d, a["conv1"])
    _, g["w1"], g["b1"] = conv2d_backward(d, x, p["w1"], padding="same")
    return loss, {name: g[name] for name in params}
    # END SOLUTION


def sgd_step(params, grads, learning_rate):
    """One step downhill: new parameters, the old ones unchanged.

    >>> sgd_step({"b1": np.array([3.0, 4.0])}, {"b1": np.array([2.0, -2.0])}, 0.5)
    {'b1': array([2., 5.])}
    """
    # BEGIN SOLUTION
    return {name: value - learning_rate * grads[name] for name, value in params.items()}
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_silent_network(env):
    """All parameters 0: the loss is log 10 and only b5 gets a gradient"""
    import numpy as np
    from cnnchecks import check

    shapes = {
        "w1": (5, 5, 1, 6), "b1": (6,), "w2": (5, 5, 6, 16), "b2": (16,), "w3": (400, 120), "b3": (120,),
        "w4": (120, 84), "b4": (84,), "w5": (84, 10), "b5": (10,),
    }  # fmt: skip
    params = {name: np.zeros(shape) for name, shape in shapes.items()}
    x = np.arange(2 * 28 * 28).reshape(2, 28, 28, 1) % 5 / 4
    check(env, "lenet_gradients", params, x, np.array([3, 8]))


# %%
def test_whole_network(env):
    """Every layer gets its gradient (few units of the third layer are awake)"""
    import numpy as np
    from cnnchecks import check

    shapes = {
        "w1": (5, 5, 1, 6), "b1": (6,), "w2": (5, 5, 6, 16), "b2": (16,), "w3": (400, 120), "b3": (120,),
        "w4": (120, 84), "b4": (84,), "w5": (84, 10), "b5": (10,),
    }  # fmt: skip
    params = {}
    for place, (name, shape) in enumerate(shapes.items()):
        params[name] = ((np.arange(np.prod(shape)) ** 2 % (29 + place) - 14) / 64).reshape(shape)
    params["b3"] = np.where(np.arange(120) % 24 == 5, 1.0, -1000.0)
    params["b4"] = np.where(np.arange(84) % 12 == 5, 1.0, -1000.0)
    x = (np.arange(2 * 28 * 28) ** 2 % 17).reshape(2, 28, 28, 1) / 16
    check(env, "lenet_gradients", params, x, np.array([3, 8]))


# %%
def test_step(env):
    """One step of gradient descent, on a new dictionary"""
    import numpy as np
    from cnnchecks import check

    params = {"w": np.arange(6.0).reshape(2, 3), "b": np.array([1.0, -1.0, 0.0])}
    grads = {"w": np.full((2, 3), 4.0), "b": np.array([-8.0, 0.0, 8.0])}
    check(env, "sgd_step", params, grads, 0.25)


# %%
# HIDDEN
def test_hidden_gradients(env):
    """LeNet's loss and every gradient"""
    from grader.judge import check_network_drawn

    check_network_drawn(env, "lenet_gradients", "plain")


# %%
# HIDDEN
def test_hidden_step(env):
    """A step of gradient descent"""
    from grader.judge import check_drawn

    check_drawn(env, "sgd_step", "plain")


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# ## Train it
#
# This section is given and carries no points: it is the reward. The weights start as random numbers whose spread
# shrinks with the number of inputs (He et al., 2015), so that signals neither fade nor explode on their way
# through ReLU layers; the biases start at 0.


# %%
def start_weights(seed):
    """Parameters of an untrained LeNet, float32: half the usual memory and time."""
    draw = np.random.default_rng(seed)
    kernels = {"w1": (5, 5, 1, 6), "w2": (5, 5, 6, 16), "w3": (400, 120), "w4": (120, 84), "w5": (84, 10)}
    params = {}
    for name, shape in kernels.items():
        spread = (2 / np.prod(shape[:-1])) ** 0.5
        params[name] = draw.normal(0, spread, shape).astype(np.float32)
        params["b" + name[1:]] = np.zeros(shape[-1:], np.float32)
    return params


def as_batch(images):
    """Bytes (N, 28, 28) as floats from 0 to 1, (N, 28, 28, 1)."""
    return images[..., None].astype(np.float32) / 255


def predict(params, images):
    """The most likely class of each image, (N,)."""
    parts = [lenet_activations(params, as_batch(part))["logits"] for part in np.array_split(images, 5)]
    return np.concatenate(parts).argmax(axis=1)


# %% [markdown]
# **The next cell takes a while**: some 20 seconds if questions 3 to 5 loop over the taps of the window, a
# minute or two if they loop over the output's pixels, a quarter of an hour if over images and filters too, and
# hours with a loop for every index. It prints an estimate after ten batches, and the square in Jupyter's toolbar
# stops it. Grading skips it.
#
# Expect about 96 % of the 500 test digits to be read correctly after twelve rounds, the last two with smaller
# steps. Less than 93 % is a sign that some gradient is wrong: 2,000 digits are few, but that much can be
# learned from them.

# %% tags=["otter_ignore"]
EPOCHS, BATCH = 12, 25
params, history, order = start_weights(seed=0), [], np.random.default_rng(0)
began = time.perf_counter()
for epoch in range(EPOCHS):
    step = 0.05 if epoch < 10 else 0.01
    shuffled = order.permutation(len(digits["x_train"]))
    for batch in np.split(shuffled, len(shuffled) // BATCH):
        loss, slopes = lenet_gradients(params, as_batch(digits["x_train"][batch]), digits["y_train"][batch])
        params = sgd_step(params, slopes, step)
        history.append(float(loss))
        if len(history) == 10:
            seconds = (time.perf_counter() - began) / 10 * EPOCHS * len(shuffled) / BATCH
            print(f"about {seconds:.0f} seconds in all")
    accuracy = np.mean(predict(params, digits["x_test"]) == digits["y_test"])
    print(f"round {epoch + 1:2}: loss {np.mean(history[-80:]):.3f}, {accuracy:.1%} of the test digits right")
print(f"{time.perf_counter() - began:.0f} seconds")

# %% tags=["otter_ignore"]
fig, ax = plt.subplots(figsize=(6, 2.8))
ax.plot(history, color="0.75", label="each batch")
ax.plot(range(19, len(history)), np.convolve(history, [1 / 20] * 20, "valid"), color=BLUE, label="mean of 20")
ax.axhline(np.log(10), color=ORANGE, linestyle="--", label="guessing: log 10")
ax.set(xlabel="batch", ylabel="loss", title="training loss")
ax.legend(loc=(0.6, 0.2))
fig.tight_layout()

# %% [markdown]
# Some of its answers: the first ten test digits, then ten that it got wrong (if there are so many). Would you
# have known?

# %% tags=["otter_ignore"]
answers = predict(params, digits["x_test"])
missed = np.flatnonzero(answers != digits["y_test"])
fig, axes = plt.subplots(2, 10, figsize=(10, 2.6))
for ax in axes.flat:
    ax.axis("off")
for ax, index in zip(axes.flat, [*range(10), *missed[:10]]):
    ax.imshow(digits["x_test"][index], cmap="gray_r")
    ax.set_title(f"{answers[index]} (is {digits['y_test'][index]})", fontsize=8)
fig.tight_layout()

# %% [markdown]
# And what it looks for: the six kernels of the first layer (dark where one wants ink, light where it wants paper,
# mid-grey where it doesn't care), with the feature map that each makes of one digit, after ReLU. Some answer to
# one side of a stroke, some to strokes of one direction, some to ink of any kind. Nobody told them to.

# %% tags=["otter_ignore"]
maps = np.maximum(lenet_activations(params, as_batch(digits["x_test"][:1]))["conv1"], 0)
limit = abs(params["w1"]).max()
fig, axes = plt.subplots(2, 6, figsize=(9, 3.2))
for k in range(6):
    axes[0, k].imshow(params["w1"][:, :, 0, k], cmap="gray_r", vmin=-limit, vmax=limit)
    axes[1, k].imshow(maps[0, :, :, k], cmap="gray_r")
    axes[0, k].set_title(f"kernel {k + 1}", fontsize=9)
for ax in axes.flat:
    ax.set(xticks=[], yticks=[])
fig.tight_layout()

# %% [markdown]
# ## 11. Lecture 1's optional exercise
#
# The lecture ends with an exercise that it calls optional: the forward and the backward pass of LeNet's first
# convolutional layer. You have built both into the network. Take them out once more, as the layer that lecture 1
# draws: convolution, bias, activation. What goes in is what the layer takes, and `dout`, the gradient that arrives
# at its output; what comes out is the output, and the gradient of everything that the layer took.

# %% [raw]
# # BEGIN QUESTION
# name: q11

# %% [markdown]
# ### Question 11: `first_layer`
#
# A convolution with padding `same` and strides of 1, then ReLU. Between the two lies the array $z$, the
# convolution's result. Nobody hands it to you on the way back, and whether a number in it is positive decides what
# passes there. As in question 10, a mistake in one or two of the layers that you build it from isn't charged again.

# %% [raw]
# # BEGIN SOLUTION


# %%
def first_layer(x, w, b, dout):
    """relu(conv(x, w, b)) with padding "same", and its gradients.

    x: (N, H, W, C)     w: (KH, KW, C, K)     b: (K,)     dout: (N, H, W, K), the gradient at the output
    returns: out (N, H, W, K), dx, dw, db, with the shapes of x, w and b

    >>> w, b, dout = np.array([2.0, -2.0]).reshape(1, 1, 1, 2), np.zeros(2), np.full((1, 1, 1, 2), 5.0)
    >>> [part.ravel().tolist() for part in first_layer(np.full((1, 1, 1, 1), 3.0), w, b, dout)]
    [[6.0, 0.0], [10.0], [15.0, 0.0], [5.0, 0.0]]
    """
    # BEGIN SOLUTION
    z = conv2d_forward(x, w, b, padding="same")
    return relu_forward(z), *conv2d_backward(relu_backward(dout, z), x, w, padding="same")
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_small_layer(env):
    """One image of 3x3, two kernels of 3x3"""
    import numpy as np
    from cnnchecks import check

    x = np.array([[1.0, -2.0, 3.0], [0.0, 4.0, -1.0], [2.0, 1.0, -3.0]]).reshape(1, 3, 3, 1)
    w = (np.arange(18.0).reshape(3, 3, 1, 2) * 7) % 5 - 2
    dout = np.arange(18.0).reshape(1, 3, 3, 2) % 4 - 1
    check(env, "first_layer", x, w, np.array([1.5, -0.5]), dout)  # no sum is 0, where rounding would decide


# %%
def test_layer_of_lenet(env):
    """LeNet's first layer: 28x28 pixels, six kernels of 5x5"""
    import numpy as np
    from cnnchecks import check

    x = (np.arange(28 * 28) ** 2 % 11).reshape(1, 28, 28, 1) / 10
    w = ((np.arange(150) * 13) % 9 - 4).reshape(5, 5, 1, 6) / 4
    dout = (np.arange(28 * 28 * 6) ** 2 % 7 - 3).reshape(1, 28, 28, 6) / 1
    check(env, "first_layer", x, w, np.arange(6.0) - 1.99, dout)  # no sum is 0


# %%
# HIDDEN
def test_hidden_first_layer(env):
    """A first layer, forwards and backwards"""
    from grader.judge import check_network_drawn

    check_network_drawn(env, "first_layer", "plain")


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# ## 12. Faster: a convolution as one matrix product
#
# A processor is at its best when it multiplies large matrices. So lay each window of the image out as a row, and
# each kernel as a column: every output is then a row times a column, and the whole layer is one product,
#
# $$\underbrace{(N \cdot OH \cdot OW) \times (k_h k_w C)}_{\text{windows}} \;\cdot\;
# \underbrace{(k_h k_w C) \times K}_{\text{kernels}} \;=\; \underbrace{(N \cdot OH \cdot OW) \times K}_{\text{outputs}}$$
#
# Each pixel is copied up to $k_h k_w$ times: memory is the price. The trick was described in 2006 (see *Further
# reading*). Its usual name, `im2col`, says that windows become columns; with channels last, rows are the natural way.

# %% tags=["figure"]
corner = np.arange(9.0).reshape(3, 3)
windows = np.array([corner[i : i + 2, j : j + 2].ravel() for i in range(2) for j in range(2)])
fig, axes = plt.subplots(1, 2, figsize=(7, 2.4))
draw_table(axes[0], corner, "image, a window in blue", boxes=[(0, 1, 2, 2, BLUE)])
draw_table(axes[1], windows, "its 2×2 windows as rows", boxes=[(1, 0, 1, 4, BLUE)])
fig.tight_layout()

# %% [raw]
# # BEGIN QUESTION
# name: q12

# %% [markdown]
# ### Question 12: `im2col`
#
# The kernel is square, the stride is one integer for both axes, and `padding` is `"valid"` or `"same"` as in question 3.
# The matrix's rows come in the order in which `reshape` fills (N, OH, OW). Inside one of them the order is that of
# `w.reshape(-1, K)`: pixel after pixel of the window, row by row, and all channels of a pixel together.

# %% [raw]
# # BEGIN SOLUTION


# %%
def im2col(x, kernel_size, strides=1, padding="valid"):
    """Every window of a batch of images as a row.

    x: (N, H, W, C)     kernel_size, strides: integers     padding: "valid" or "same"
    returns: (N * OH * OW, kernel_size * kernel_size * C)

    >>> im2col(np.array([[1.0, 2.0, 3.0]]).reshape(1, 1, 3, 1), 1, strides=2).tolist()
    [[1.0], [3.0]]
    """
    # BEGIN SOLUTION
    window = (kernel_size, kernel_size)
    out_hw, sides = frame(x, window, pair(strides), padding, (1, 1))
    framed = zero_pad2d(x, sides)
    parts = [framed[:, rows, columns] for _, rows, columns in taps(window, out_hw, pair(strides))]
    return np.stack(parts, axis=3).reshape(len(x) * out_hw[0] * out_hw[1], -1)
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_rows(env):
    """2x2 windows of a 3x3 image"""
    import numpy as np
    from cnnchecks import check

    check(env, "im2col", np.arange(9.0).reshape(1, 3, 3, 1), 2)


# %%
def test_rows_of_channels(env):
    """Two images with two channels; strides; zeros"""
    import numpy as np
    from cnnchecks import check

    x = np.arange(48.0).reshape(2, 3, 4, 2)
    check(env, "im2col", x, 2)
    check(env, "im2col", x, 2, 2)
    check(env, "im2col", x, 3, padding="same")


# %%
# HIDDEN
def test_hidden_valid_rows(env):
    """Windows without padding"""
    from grader.judge import check_drawn

    check_drawn(env, "im2col", "valid")


# %%
# HIDDEN
def test_hidden_same_rows(env):
    """Windows with padding"""
    from grader.judge import check_drawn

    check_drawn(env, "im2col", "same")


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# What does it gain? Here LeNet's second convolution runs three times on 50 inputs: with a loop over every number of the
# output (as one writes it first), with your `conv2d_forward`, and as one matrix product of your windows. **A second or
# two**, or up to half a minute if yours has a loop for every index. If yours loops over the taps alone, don't expect the
# product to beat it: the arithmetic is the same, NumPy does most of it either way, and the windows are copied first.

# %% tags=["otter_ignore"]
def conv_pixel_by_pixel(x, w, b):
    """Padding "valid", strides 1: each output is one sum."""
    kh, kw, _, filters = w.shape
    out = np.zeros((len(x), x.shape[1] - kh + 1, x.shape[2] - kw + 1, filters), x.dtype)
    for n, i, j, k in np.ndindex(out.shape):
        out[n, i, j, k] = np.sum(x[n, i : i + kh, j : j + kw] * w[..., k]) + b[k]
    return out


def conv_as_product(x, w, b):
    size, out = w.shape[0], x.shape[1] - w.shape[0] + 1
    return (im2col(x, size) @ w.reshape(-1, w.shape[3]) + b).reshape(len(x), out, out, -1)


maps = np.random.default_rng(1).random((50, 14, 14, 6))
untrained = start_weights(seed=0)  # what the numbers are makes no difference to the time
w2, b2 = untrained["w2"].astype(float), untrained["b2"].astype(float)
seconds = {}
for way in (conv_pixel_by_pixel, conv2d_forward, conv_as_product):
    began = time.perf_counter()
    result = way(maps, w2, b2)
    seconds[way.__name__] = time.perf_counter() - began
    print(f"{way.__name__:20} {seconds[way.__name__] * 1000:8.1f} ms, sum of outputs {result.sum():.6f}")
ratio = seconds["conv_pixel_by_pixel"] / seconds["conv_as_product"]
print(f"the product is {ratio:.0f} times as fast as pixel by pixel")

# %% [markdown]
# ## Further reading
#
# * I. Goodfellow, Y. Bengio, A. Courville, *Deep Learning* (2016), chapter 9: why convolution, and what its
#   gradient is.
# * V. Dumoulin, F. Visin, *A guide to convolution arithmetic for deep learning*, arXiv:1603.07285: every size
#   rule with a picture.
# * Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, *Gradient-based learning applied to document recognition*,
#   Proceedings of the IEEE 86 (1998): LeNet-5.
# * K. Chellapilla, S. Puri, P. Simard, *High performance convolutional neural networks for document processing* (2006):
#   the convolution as one matrix product.
# * K. He, X. Zhang, S. Ren, J. Sun, *Delving deep into rectifiers*, arXiv:1502.01852 (2015): how to draw the
#   first weights.
# * M. Nielsen, *Neural Networks and Deep Learning* (2015), chapter 6, and S. Prince, *Understanding Deep
#   Learning* (2023), chapter 10.
#
# ## Hand in
#
# 1. *Kernel → Restart Kernel and Run All Cells*: every question should still pass when the notebook runs from
#    the top. (The training isn't graded. If it takes too long on your machine, lower `EPOCHS` to 1.)
# 2. Save the notebook.
# 3. Run the last code cell. It makes a zip beside the notebook: upload that zip.
