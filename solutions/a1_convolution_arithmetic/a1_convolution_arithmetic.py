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
# # The arithmetic of convolution
#
# How large is the output? How many numbers does the layer learn? How much of the image does it see, and what
# does it cost? Whoever designs a network answers these questions on the back of an envelope, before a line of
# it is written, and most error messages about shapes are an envelope that nobody filled in. Here you fill in
# all of them, first with this term's numbers by hand and then as functions, and at the end you check the
# lectures' own arithmetic with them.
#
# **You will be able to**
#
# * say how large the output of a convolution or a pooling is, padding, strides and dilation included, and which
#   pixels each of its values was made of;
# * count parameters, of a layer and of a network, and say why a convolution needs so few of them;
# * tell how much of the image a unit deep inside a network can see, and what a layer costs in operations and
#   memory;
# * read off a picture which operation made it;
# * choose inputs, outputs, last activation and loss for a given task;
# * doubt a number on a slide, and check it.
#
# **Time:** 2 to 3 hours, half of them with pencil and paper. Lectures 1, 2, 4 and 5 are the background, with one
# table of lecture 3.
#
# **Keep this file's name.** The cell above opens the tests of `a1_convolution_arithmetic.ipynb` by that name. If
# your copy is called something else (Colab likes *Copy of …*, browsers like *(1)*) and that cell complains,
# rename the file back. The folders `tests` and `cnnchecks` and the files `fixtures.npz` and `data.npz` have
# to lie beside it.
#
# **The rules.** NumPy, and Matplotlib for pictures: no Keras, PyTorch or the like. Write your code where you see
# `...`, keep the names of functions and arguments, and add helper functions as you like. After each question
# `grader.check("q1")` tells you what is right and, when something isn't, which idea went astray. Those visible
# cases carry no points. For an answer that is a number they only say whether it *could* be right (a whole
# number, not negative); for a function they compare it with worked examples, and the mark comes from other
# sizes. The sizes that you are asked about by hand are this term's: last term's were others.
#
# **The pictures.** The slides that we were given have lost some of their drawings. Where this notebook needs one,
# it draws its own and says so.
#
# **What to hand in:** the zip that the last code cell makes.

# %%
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

if not Path("data.npz").exists():
    raise FileNotFoundError("data.npz should lie beside this notebook: unzip the whole hand-out, open it there")

with np.load("data.npz", allow_pickle=False) as stored:
    given = {name: stored[name] for name in stored.files}

BLUE, ORANGE, GREEN = "#0072B2", "#E69F00", "#009E73"  # told apart with any kind of colour vision
print(*(f"{name} = {array}" for name, array in given.items() if array.ndim == 0), sep="\n")


# %% [markdown]
# These are the term's own numbers. `given` also holds small matrices, with `picture` or `lecture` in their names, which
# later questions draw. The next cell defines two helpers for drawing; you needn't read them.


# %%
def draw_table(ax, values, title="", boxes=(), shaded=None, size=9):
    """A matrix drawn as a grid of numbers; boxes are (row, column, height, width, colour)."""
    values = np.asarray(values)
    ax.imshow(np.zeros(values.shape) if shaded is None else shaded, cmap="Blues", vmin=0, vmax=3)
    for (i, j), value in np.ndenumerate(values):
        text = value if isinstance(value, str) else f"{value:.3g}"
        ax.text(j, i, text, ha="center", va="center", fontsize=size)
    for row, column, height, width, colour in boxes:
        corner = (column - 0.44, row - 0.44)
        ax.add_patch(
            plt.Rectangle(corner, width - 0.12, height - 0.12, fill=False, edgecolor=colour, linewidth=2.5)
        )
    ax.set_xticks(np.arange(values.shape[1] + 1) - 0.5, labels=[])
    ax.set_yticks(np.arange(values.shape[0] + 1) - 0.5, labels=[])
    ax.grid(color="0.8", linewidth=0.5)
    ax.tick_params(length=0)
    ax.set_title(title, fontsize=10)


def needs(ax, question):
    """What stands in place of a picture as long as its question is open."""
    ax.text(0.5, 0.5, f"this needs question {question}", ha="center", transform=ax.transAxes)
    ax.set_axis_off()


# %% [markdown]
# ## 1. How many windows?
#
# A kernel is a small window with a weight at each of its $k$ places, which are called *taps*. It slides along an
# axis of $n$ pixels. At every stop each weight is multiplied with the pixel under it, and the sum of these products is one
# output. Besides $n$, four things decide how many stops there are:
#
# * its **size** $k$;
# * the **stride** $s$: by how many pixels it moves on;
# * the **padding**: zeros that are put around the image first;
# * the **dilation** $d$: how far apart its taps stand. With $d = 1$ they are neighbours. In general a kernel of
#   $k$ taps reaches over $k' = d\,(k-1) + 1$ pixels: it has $k - 1$ gaps, and only they grow.
#
# In each picture below the shaded squares of a row are the pixels that one output reads. Hatched squares are zeros
# of the padding.

# %% tags=["figure"]
fig, axes = plt.subplots(1, 4, figsize=(12, 2.6), layout="constrained")
settings = ((1, 0, 1), (1, 1, 1), (2, 1, 1), (1, 0, 2))
for ax, (step, zeros, gap) in zip(axes, settings):
    last = 8 + 2 * zeros - gap * 2
    rows = [{start + gap * tap for tap in range(3)} for start in range(0, last, step)]
    ax.imshow([[pixel in row for pixel in range(8 + 2 * zeros)] for row in rows], cmap="Blues", vmin=0, vmax=1.6)
    for column in [*range(zeros), *range(8 + zeros, 8 + 2 * zeros)]:
        ax.add_patch(
            plt.Rectangle((column - 0.5, -0.5), 1, len(rows), fill=False, hatch="///", edgecolor="0.6", linewidth=0)
        )
    ax.set_xticks(np.arange(9 + 2 * zeros) - 0.5, labels=[])
    ax.set_yticks(np.arange(len(rows) + 1) - 0.5, labels=[])
    ax.grid(color="0.7", linewidth=0.6)
    ax.tick_params(length=0)
    ax.set_title(f"k = 3, s = {step}, p = {zeros}, d = {gap}:\n{len(rows)} outputs", fontsize=10)
    ax.set_xlabel("8 pixels")

# %% [markdown]
# **The rules.** With $p$ zeros on *each* side there are $n + 2p$ places, and the first window leaves
# $n + 2p - k'$ of them free. It can make a step for every $s$ of those:
#
# $$o = \left\lfloor \frac{n + 2p - k'}{s} \right\rfloor + 1 .$$
#
# The brackets $\lfloor\;\rfloor$ say *round down*: a last window that would stick out isn't used. The $+1$ is the
# window at the very start. Padding comes in three kinds:
#
# * `"valid"`: nothing is added, $p = 0$;
# * an integer $p$, as in lectures 1 and 4: $p$ zeros on each side;
# * `"same"`: as many zeros as it takes so that $o = \lceil n / s \rceil$, rounded *up*. At stride 1 the size stays
#   the same, hence the name.
#
# **Pooling** also slides a window, but has no weights: the output is the largest number in the window, or the mean. Its
# windows obey the same rules, and usually their stride is as large as the window.
#
# **Worked examples,** all from the lectures. Height and width go their own ways; here they are equal.
#
# | image | kernel | stride | padding | output | where |
# |---|---|---|---|---|---|
# | 32×32 | 3×3 | 1 | none | <<conv_output_size(32, 3)>>×<<conv_output_size(32, 3)>> | lecture 1, example |
# | 32×32 | 3×3 | 1 | 1 | <<conv_output_size(32, 3, 1, 1)>>×<<conv_output_size(32, 3, 1, 1)>> | lecture 1, example |
# | 64×64 | 3×3 | 1 | 0 | <<conv_output_size(64, 3)>>×<<conv_output_size(64, 3)>> | lecture 1, exercise |
# | 64×64 | 3×3 | 1 | 1 | <<conv_output_size(64, 3, 1, 1)>>×<<conv_output_size(64, 3, 1, 1)>> | lecture 1, exercise |
# | 64×64 | 3×3 | 2 | 0 | <<conv_output_size(64, 3, 2)>>×<<conv_output_size(64, 3, 2)>> | lecture 1, exercise |
# | 64×64 | 5×5 | 2 | 2 | <<conv_output_size(64, 5, 2, 2)>>×<<conv_output_size(64, 5, 2, 2)>> | lecture 1, exercise |
# | 28×28 | 3×3 | 1 | `valid` | <<conv_output_size(28, 3)>>×<<conv_output_size(28, 3)>> | lecture 3, table |
# | 28×28 | 3×3 | 1 | `same` | <<conv_output_size(28, 3, 1, "same")>>×<<conv_output_size(28, 3, 1, "same")>> | lecture 3, table |
# | 28×28 | 3×3 | 2 | `valid` | <<conv_output_size(28, 3, 2)>>×<<conv_output_size(28, 3, 2)>> | lecture 3, table |
# | 10×10 | 3×3 | 1 | none | <<conv_output_size(10, 3)>>×<<conv_output_size(10, 3)>> | lecture 4, edge detector |
# | 6×6 | 3×3 | 1 | none | <<conv_output_size(6, 3)>>×<<conv_output_size(6, 3)>> | lecture 4, padding |
# | 6×6 | 3×3 | 1 | 1 | <<conv_output_size(6, 3, 1, 1)>>×<<conv_output_size(6, 3, 1, 1)>> | lecture 4, padding |
# | 6×6 | 3×3 | 2 | none | <<conv_output_size(6, 3, 2)>>×<<conv_output_size(6, 3, 2)>> | lecture 4, stride |
#
# Lecture 4's drawings of the last three are among the lost ones. Here they are again, the places of the first and
# of the last window framed.

# %% tags=["figure"]
fig, axes = plt.subplots(1, 3, figsize=(9, 3.2), layout="constrained")
for ax, (zeros, step) in zip(axes, ((0, 1), (1, 1), (0, 2))):
    size = 6 + 2 * zeros
    border = np.pad(np.zeros((6, 6)), zeros, constant_values=1)
    starts = range(0, size - 2, step)
    last = starts[-1]
    boxes = [(0, 0, 3, 3, BLUE), (last, last, 3, 3, ORANGE)]
    blank = np.where(border > 0, "0", "")
    draw_table(ax, blank, f"6×6, 3×3, p = {zeros}, stride {step}:\n{len(starts)}×{len(starts)} windows", boxes, border)

# %% [raw]
# # BEGIN QUESTION
# name: q1

# %% [markdown]
# ### Question 1: sizes by hand
#
# This term's axis has $n =$ **<<n>>** pixels; `n` below is that number. How many outputs has
#
# * `size_valid`: a kernel of 5 at stride 1, `valid`;
# * `size_padded`: a kernel of 7 at stride 1, with $p = 2$;
# * `size_strided`: a kernel of 4 at stride 3, `valid`;
# * `size_same`: a kernel of 5 at stride 2, `same`;
# * `size_dilated`: a kernel of 3 at stride 1, dilation 4, `valid`;
# * `size_pooled`: pooling with windows of 2 side by side (stride 2), `valid`?
#
# Pencil first. Whether you then type the number or an expression in `n` is up to you.

# %% [raw]
# # BEGIN SOLUTION

# %%
n = int(given["term_n"])
size_valid = n - 5 + 1  # SOLUTION
size_padded = n + 2 * 2 - 7 + 1  # SOLUTION
size_strided = (n - 4) // 3 + 1  # SOLUTION
size_same = (n + 1) // 2  # SOLUTION
size_dilated = n - (4 * (3 - 1) + 1) + 1  # SOLUTION
size_pooled = (n - 2) // 2 + 1  # SOLUTION

# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_form_of_sizes(env):
    """Six whole numbers that are sizes"""
    from cnnchecks import check_form, data

    most = int(data()["term_n"]) + 4
    for name in ("valid", "padded", "strided", "same", "dilated", "pooled"):
        check_form(env, f"size_{name}", like=1, at_least=1, at_most=most)


# %%
# HIDDEN
def test_hidden_size_valid(env):
    """A kernel of 5, nothing added"""
    from cnnchecks import data
    from grader.judge import check_value

    check_value(env, "size_valid", "conv_output_size", int(data()["term_n"]), 5)


# %%
# HIDDEN
def test_hidden_size_padded(env):
    """Two zeros on each side"""
    from cnnchecks import data
    from grader.judge import check_value

    check_value(env, "size_padded", "conv_output_size", int(data()["term_n"]), 7, 1, 2)


# %%
# HIDDEN
def test_hidden_size_strided(env):
    """A stride of 3"""
    from cnnchecks import data
    from grader.judge import check_value

    check_value(env, "size_strided", "conv_output_size", int(data()["term_n"]), 4, 3)


# %%
# HIDDEN
def test_hidden_size_same(env):
    """A stride of 2 with "same" """
    from cnnchecks import data
    from grader.judge import check_value

    check_value(env, "size_same", "conv_output_size", int(data()["term_n"]), 5, 2, "same")


# %%
# HIDDEN
def test_hidden_size_dilated(env):
    """A dilated kernel"""
    from cnnchecks import data
    from grader.judge import check_value

    check_value(env, "size_dilated", "conv_output_size", int(data()["term_n"]), 3, 1, "valid", 4)


# %%
# HIDDEN
def test_hidden_size_pooled(env):
    """Pooling windows side by side"""
    from cnnchecks import data
    from grader.judge import check_value

    check_value(env, "size_pooled", "conv_output_size", int(data()["term_n"]), 2, 2)


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [raw]
# # BEGIN QUESTION
# name: q2

# %% [markdown]
# ### Question 2: `conv_output_size`
#
# Now once and for all. `padding` is `"valid"`, `"same"` or an integer; the window always fits. The result is a
# Python `int`: divide with `//`.

# %% [raw]
# # BEGIN SOLUTION


# %%
def conv_output_size(size, kernel_size, strides=1, padding="valid", dilation_rate=1):
    """How many windows fit along one axis.

    size, kernel_size, strides, dilation_rate: positive integers
    padding: "valid", "same", or the number of zeros on each of the two sides
    returns: int

    >>> conv_output_size(10, 3), conv_output_size(10, 3, 2, padding="same"), conv_output_size(10, 3, dilation_rate=2)
    (8, 5, 6)
    """
    # BEGIN SOLUTION
    if padding == "same":
        return -(-size // strides)
    zeros = 0 if padding == "valid" else padding
    reach = dilation_rate * (kernel_size - 1) + 1
    return (size + 2 * zeros - reach) // strides + 1
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_lecture_1_sizes(env):
    """Lecture 1: 32x32 and 64x64"""
    from cnnchecks import check

    check(env, "conv_output_size", 32, 3)
    check(env, "conv_output_size", 32, 3, padding=1)
    check(env, "conv_output_size", 64, 3)
    check(env, "conv_output_size", 64, 3, padding=1)
    check(env, "conv_output_size", 64, 3, strides=2)
    check(env, "conv_output_size", 64, 5, strides=2, padding=2)


# %%
def test_lectures_3_and_4_sizes(env):
    """Lecture 3's table, and lecture 4's 10x10 and 6x6"""
    from cnnchecks import check

    check(env, "conv_output_size", 28, 3)
    check(env, "conv_output_size", 28, 3, padding="same")
    check(env, "conv_output_size", 28, 3, strides=2)
    check(env, "conv_output_size", 10, 3)
    check(env, "conv_output_size", 6, 3, padding=1)
    check(env, "conv_output_size", 6, 3, strides=2)


# %%
def test_dilated_sizes(env):
    """Dilated kernels"""
    from cnnchecks import check

    check(env, "conv_output_size", 10, 3, dilation_rate=2)
    check(env, "conv_output_size", 15, 3, strides=2, padding=1, dilation_rate=3)


# %%
# HIDDEN
def test_hidden_sizes(env):
    """Sizes, strides and integer padding"""
    from grader.judge import check_drawn

    check_drawn(env, "conv_output_size", "sizes")


# %%
# HIDDEN
def test_hidden_same_sizes(env):
    """Padding "same" with every stride"""
    from grader.judge import check_drawn

    check_drawn(env, "conv_output_size", "same")


# %%
# HIDDEN
def test_hidden_dilated_sizes(env):
    """Dilated kernels"""
    from grader.judge import check_drawn

    check_drawn(env, "conv_output_size", "dilated")


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# ## 2. Which pixels?
#
# Two outputs of the same size needn't be made of the same pixels. Lecture 1's last exercise (64 pixels, a kernel of
# 5, stride 2) yields <<conv_output_size(64, 5, 2, 2)>> outputs with $p = 2$, and <<conv_output_size(64, 5, 2,
# "same")>> with `same`. But `same` lays out its windows first and then adds as few zeros as it takes for the last one
# to fit,
#
# $$P = \max\bigl((o - 1)\,s + k' - n,\; 0\bigr),$$
#
# which here is $(32 - 1) \cdot 2 + 5 - 64 = 3$. Half of them go before the first pixel, half of them behind the last,
# and if $P$ is odd, **the odd one goes behind** (TensorFlow's rule, and ours): 1 before and 2 behind. So every
# window of `same` lies one pixel further to the right than its namesake of $p = 2$, and reads other numbers.
#
# Where does a window lie? The one of output $i$ begins $i \cdot s$ places behind the first one, and that begins as many
# places *before* pixel 0 as there are zeros in front.

# %% [raw]
# # BEGIN QUESTION
# name: q3

# %% [markdown]
# ### Question 3: `pixels_read`
#
# Write the function that tells which places output number `position` reads. Pixels and outputs are counted from
# 0, so the pixels are 0 to `size - 1`; places below 0, and from `size` on, are zeros of the padding and are listed
# too. There is one place for each tap, in rising order, in an array of integers.

# %% [raw]
# # BEGIN SOLUTION


# %%
def pixels_read(position, size, kernel_size, strides=1, padding="valid", dilation_rate=1):
    """The places of the pixels that one output is made of.

    position: of the output, from 0
    size, kernel_size, strides, padding, dilation_rate: as for conv_output_size
    returns: (kernel_size,) array of integers

    >>> pixels_read(0, 10, 3, padding=1), pixels_read(2, 10, 3, strides=2, dilation_rate=2)
    (array([-1,  0,  1]), array([4, 6, 8]))
    """
    # BEGIN SOLUTION
    before = 0 if padding == "valid" else padding
    if padding == "same":
        outputs = conv_output_size(size, kernel_size, strides, "same")
        reach = dilation_rate * (kernel_size - 1) + 1
        before = max((outputs - 1) * strides + reach - size, 0) // 2
    return position * strides - before + dilation_rate * np.arange(kernel_size)
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_examples_of_places(env):
    """The examples in the docstring"""
    from cnnchecks import check

    check(env, "pixels_read", 0, 10, 3, padding=1)
    check(env, "pixels_read", 2, 10, 3, strides=2, dilation_rate=2)


# %%
def test_lecture_1_places(env):
    """Lecture 1's last exercise with p = 2 and with "same": the first window and the last"""
    from cnnchecks import check

    check(env, "pixels_read", 0, 64, 5, strides=2, padding=2)
    check(env, "pixels_read", 0, 64, 5, strides=2, padding="same")
    check(env, "pixels_read", 31, 64, 5, strides=2, padding="same")


# %%
def test_same_and_even_kernel(env):
    """An even kernel with "same": the odd zero goes behind"""
    from cnnchecks import check

    check(env, "pixels_read", 1, 6, 4, padding="same")
    check(env, "pixels_read", 1, 9, 3, padding="same", dilation_rate=2)


# %%
# HIDDEN
def test_hidden_places(env):
    """Strides and dilation"""
    from grader.judge import check_drawn

    check_drawn(env, "pixels_read", "valid")


# %%
# HIDDEN
def test_hidden_places_number(env):
    """A number of zeros on each side"""
    from grader.judge import check_drawn

    check_drawn(env, "pixels_read", "number")


# %%
# HIDDEN
def test_hidden_places_same(env):
    """Padding "same" """
    from grader.judge import check_drawn

    check_drawn(env, "pixels_read", "same")


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# Your function draws the difference: the first three windows and the last, on an axis of 12 pixels, where both ends fit
# on the page. With lecture 1's 64 pixels it is the same.

# %% tags=["figure"]
fig, axes = plt.subplots(1, 2, figsize=(11, 2.4), layout="constrained")
for ax, padding in zip(axes, (2, "same")):
    if pixels_read(0, 12, 5, 2, padding) is None:
        needs(ax, 3)
        continue
    ax.axvspan(-0.5, 11.5, color="0.93")
    for row, position in enumerate((0, 1, 2, 5)):
        places = np.asarray(pixels_read(position, 12, 5, 2, padding))
        ax.plot(places, np.full(len(places), -row), "s-", color=BLUE if row < 3 else ORANGE, markersize=9)
    ax.set(yticks=[0, -1, -2, -3], yticklabels=["0", "1", "2", "5"], ylabel="output", xlabel="place")
    ax.set(xticks=range(-2, 14), xlim=(-2.7, 13.7), ylim=(-3.6, 0.6))
    ax.set_title(f"12 pixels (grey), kernel 5, stride 2, padding {padding!r}", fontsize=10)

# %% [markdown]
# Both have six outputs, and no window of the one is a window of the other. Weights that were trained with one of
# the two paddings work worse with the other, and no error message tells you.
#
# ## 3. Volumes
#
# An image has a third axis, its channels: (height, width, channels). **Each kernel has weights for all channels of its
# input and makes one map,** the array of its outputs. Ten kernels, or *filters*, as such stacks of weights are also called,
# make ten maps, whatever the image is made of. Pooling works on each map for itself, so
# it changes height and width and leaves the number of maps alone.
#
# Three examples from the lectures:
#
# * Lecture 4: a grey image of 32×32×1, ten filters of 5×5, no padding: <<conv_output_shape((32, 32, 1), 5, 10) |
#   join("×")>>.
# * Lecture 3: 28×28×3, eight kernels of 3×3, padding and stride as in its table: <<conv_output_shape((28, 28, 3), 3, 8) |
#   join("×")>> (`valid`), <<conv_output_shape((28, 28, 3), 3, 8, 1, "same") | join("×")>> (`same`),
#   <<conv_output_shape((28, 28, 3), 3, 8, 2) | join("×")>> (`valid`, stride 2).
# * Lecture 4: a picture of 640×480 (width first, as cameras say it), 32 filters of 3×3 with one zero on each side:
#   in our order <<conv_output_shape((480, 640, 1), 3, 32, 1, 1) | join("×")>>. Pooling with windows of 2×2 leaves
#   <<pool_output_shape((480, 640, 32), 2) | join("×")>>: a quarter of the positions, for half of each side.
#
# What pooling does with the numbers: lecture 1 shows a map of 4×4, but the results beside it are lost. Here they are
# again. Pooling has no weights, so there is nothing in it to learn.

# %% tags=["figure"]
pooled_map = np.array([[2, 3, 2, 0], [5, -2, 2, 8], [-1, -6, 7, 3], [-4, -5, 4, 2]])
blocks = pooled_map.reshape(2, 2, 2, 2)
fig, axes = plt.subplots(1, 3, figsize=(8, 2.8), layout="constrained", width_ratios=(2, 1, 1))
frames = [(0, 0, 2, 2, BLUE), (0, 2, 2, 2, ORANGE), (2, 0, 2, 2, GREEN), (2, 2, 2, 2, "0.4")]
draw_table(axes[0], pooled_map, "one map", frames)
draw_table(axes[1], blocks.max(axis=(1, 3)), "maximum of 2×2")
draw_table(axes[2], blocks.mean(axis=(1, 3)), "average of 2×2")
assert blocks.max(axis=(1, 3)).tolist() == [[5, 8], [-1, 7]] and blocks.mean(axis=(1, 3)).tolist() == [[2, 3], [-4, 4]]

# %% [raw]
# # BEGIN QUESTION
# name: q4

# %% [markdown]
# ### Question 4: `conv_output_shape` and `pool_output_shape`
#
# Both take the shape of one image as (height, width, channels) and return a tuple of three ints. Kernels and pooling
# windows are square, and the stride is the same in both directions. Pooling is `valid`; its `strides` is as large
# as the window if it is `None`.

# %% [raw]
# # BEGIN SOLUTION


# %%
def conv_output_shape(image_shape, kernel_size, filters, strides=1, padding="valid", dilation_rate=1):
    """The shape of what a convolution makes of one image.

    image_shape: (height, width, channels)
    filters: how many kernels
    kernel_size, strides, padding, dilation_rate: as for conv_output_size, in both directions
    returns: (height, width, channels)

    >>> conv_output_shape((12, 20, 3), 3, 7)
    (10, 18, 7)
    """
    # BEGIN SOLUTION
    height, width = (
        conv_output_size(size, kernel_size, strides, padding, dilation_rate) for size in image_shape[:2]
    )
    return height, width, filters
    # END SOLUTION


def pool_output_shape(image_shape, pool_size, strides=None):
    """The shape of what a pooling makes of one image or of its maps.

    strides: as large as pool_size if None
    returns: (height, width, channels)

    >>> pool_output_shape((13, 20, 7), 2)
    (6, 10, 7)
    """
    # BEGIN SOLUTION
    height, width = (conv_output_size(size, pool_size, strides or pool_size) for size in image_shape[:2])
    return height, width, image_shape[2]
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_volumes_of_lectures(env):
    """Lecture 4's 32x32x1 with ten filters, and lecture 3's table"""
    from cnnchecks import check

    check(env, "conv_output_shape", (32, 32, 1), 5, 10)
    check(env, "conv_output_shape", (28, 28, 3), 3, 8)
    check(env, "conv_output_shape", (28, 28, 3), 3, 8, padding="same")
    check(env, "conv_output_shape", (28, 28, 3), 3, 8, strides=2)


# %%
def test_wide_image(env):
    """Images that are wider than high"""
    from cnnchecks import check

    check(env, "conv_output_shape", (12, 20, 3), 3, 7)
    check(env, "conv_output_shape", (480, 640, 1), 3, 32, padding=1)
    check(env, "conv_output_shape", (13, 20, 3), 3, 7, strides=2, padding=1, dilation_rate=2)


# %%
def test_pooled_shapes(env):
    """Lecture 4's 640x480x32, an odd size, and windows that overlap"""
    from cnnchecks import check

    check(env, "pool_output_shape", (480, 640, 32), 2)
    check(env, "pool_output_shape", (13, 20, 7), 2)
    check(env, "pool_output_shape", (55, 56, 96), 3, 2)


# %%
# HIDDEN
def test_hidden_shapes(env):
    """Convolutions without padding"""
    from grader.judge import check_drawn

    check_drawn(env, "conv_output_shape", "valid")


# %%
# HIDDEN
def test_hidden_shapes_padded(env):
    """Convolutions with padding"""
    from grader.judge import check_drawn

    check_drawn(env, "conv_output_shape", "padded")


# %%
# HIDDEN
def test_hidden_shapes_dilated(env):
    """Dilated convolutions"""
    from grader.judge import check_drawn

    check_drawn(env, "conv_output_shape", "dilated")


# %%
# HIDDEN
def test_hidden_pooled(env):
    """Poolings, side by side"""
    from grader.judge import check_drawn

    check_drawn(env, "pool_output_shape", "side by side")


# %%
# HIDDEN
def test_hidden_pooled_strides(env):
    """Poolings with a stride of their own"""
    from grader.judge import check_drawn

    check_drawn(env, "pool_output_shape", "strides")


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# ## 4. What is there to learn?
#
# A layer's **parameters** are the numbers that training changes.
#
# * **Convolution:** each of its $K$ kernels has $k \cdot k$ weights for each of the $C$ channels of its input, and one
#   bias, which is added to the sum:
#   $\quad (k \cdot k \cdot C + 1)\,K$.
# * **Dense** (fully connected): each of its $m$ units has a weight for each of its $n$ inputs, and one bias:
#   $\quad (n + 1)\,m$.
# * **Pooling** has none, nor has **flattening**, which writes the numbers of all maps in one row.
#
# The size of the image doesn't occur in the first formula, and that is the whole point: the same kernel is used
# everywhere.
#
# **Worked examples.**
#
# * Lecture 1: ten kernels of 3×3 on a colour image have $(3 \cdot 3 \cdot 3 + 1) \cdot 10 =$ <<conv_parameters(3, 3, 10)>>
#   parameters: 270 weights and 10 biases.
# * Lecture 4: ten kernels of 5×5 on a grey image, $(5 \cdot 5 \cdot 1 + 1) \cdot 10 =$ <<conv_parameters(5, 1, 10)>>.
# * Lecture 5: to see more of an image at once, take a larger kernel? One of 10×10 has <<conv_parameters(10, 1, 1,
#   use_bias=False)>> weights for each channel, one of 30×30 has <<conv_parameters(30, 1, 1, use_bias=False)>>: three times
#   the width for nine times the weights. Stride, dilation and depth are cheaper, as section 7 shows.

# %% [raw]
# # BEGIN QUESTION
# name: q5

# %% [markdown]
# ### Question 5: `conv_parameters` and `dense_parameters`
#
# The two formulas. `kernel_size` is an integer (a square kernel) or a pair (height, width); with `use_bias=False` the
# layer has no bias at all.

# %% [raw]
# # BEGIN SOLUTION


# %%
def conv_parameters(kernel_size, in_channels, filters, use_bias=True):
    """Number of parameters of a convolution.

    kernel_size: an integer, or a pair (height, width)
    in_channels: channels of the input       filters: kernels, which is channels of the output
    returns: int

    >>> conv_parameters(5, 1, 10), conv_parameters((1, 3), 2, 4, use_bias=False)
    (260, 24)
    """
    # BEGIN SOLUTION
    height, width = (kernel_size, kernel_size) if np.ndim(kernel_size) == 0 else kernel_size
    return (height * width * in_channels + int(use_bias)) * filters
    # END SOLUTION


def dense_parameters(inputs, units, use_bias=True):
    """Number of parameters of a dense layer.

    >>> dense_parameters(100, 10), dense_parameters(100, 10, use_bias=False)
    (1010, 1000)
    """
    # BEGIN SOLUTION
    return (inputs + int(use_bias)) * units
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_lectures_1_and_4_kernels(env):
    """Lecture 1's ten kernels of 3x3 and lecture 4's of 5x5; lecture 5's large ones; one that isn't square"""
    from cnnchecks import check

    check(env, "conv_parameters", 3, 3, 10)
    check(env, "conv_parameters", 5, 1, 10)
    check(env, "conv_parameters", 10, 1, 1, use_bias=False)
    check(env, "conv_parameters", 30, 1, 1, use_bias=False)
    check(env, "conv_parameters", (1, 3), 2, 4, use_bias=False)


# %%
def test_dense_layers(env):
    """A dense layer, with biases and without"""
    from cnnchecks import check

    check(env, "dense_parameters", 100, 10)
    check(env, "dense_parameters", 100, 10, use_bias=False)


# %%
# HIDDEN
def test_hidden_kernels(env):
    """Convolutions of all sizes"""
    from grader.judge import check_drawn

    check_drawn(env, "conv_parameters", "kernels")


# %%
# HIDDEN
def test_hidden_dense_layers(env):
    """Dense layers of all sizes"""
    from grader.judge import check_drawn

    check_drawn(env, "dense_parameters", "plain")


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# ## 5. Fully connected, or convolved?
#
# Lecture 1 begins with a small fully connected network and the question how many parameters it has. The drawing is
# lost, so here is another one, with this term's sizes. Every line is a weight, and every unit but the inputs has a bias.

# %%
net_inputs = int(given["term_net_inputs"])
net_units = tuple(int(given[f"term_net_{name}"]) for name in ("first", "second", "outputs"))
print(net_inputs, "inputs, then layers of", *net_units, "units")

# %% tags=["figure"]
fig, ax = plt.subplots(figsize=(9, 3.6))
heights = [np.arange(count) - (count - 1) / 2 for count in (net_inputs, *net_units)]
for place, (left, right) in enumerate(zip(heights, heights[1:])):
    for start in left:
        ax.plot([place, place + 1], [np.full(len(right), start), right], color="0.75", linewidth=0.7, zorder=1)
for place, (units, colour) in enumerate(zip(heights, ("0.5", BLUE, BLUE, ORANGE))):
    ax.scatter(np.full(len(units), place), units, s=130, color=colour, zorder=2)
    ax.text(place, heights[0].min() - 1, f"{len(units)} {'inputs' if place == 0 else 'units'}", ha="center")
ax.set_ylim(heights[0].min() - 1.6, heights[0].max() + 0.6)
ax.set_axis_off()

# %% [markdown]
# Then the lecture asks the same with a photograph of 1024×1024×3 for an input, and layers of 1000, 100 and 1 units:
#
# | | weights | biases | together |
# |---|---|---|---|
# | first layer | <<input_values(1024, 1024, 3) | thousands>> · 1000 | 1000 | <<dense_parameters(1024 * 1024 * 3, 1000) | thousands>> |
# | second layer | 1000 · 100 | 100 | <<dense_parameters(1000, 100) | thousands>> |
# | output | 100 · 1 | 1 | <<dense_parameters(100, 1)>> |
# | **total** | | | **<<fully_connected_parameters(1024 * 1024 * 3, (1000, 100, 1)) | thousands>>** |
#
# At 4 bytes for each number that is more than twelve gigabytes for a network of three layers, nearly all of them for
# the first. And what it learns about a cat in the upper left corner tells it nothing about a cat in the lower right
# one.
#
# Now put ten filters of 3×3 in the first layer's place. They have <<conv_parameters(3, 3, 10)>> parameters against
# <<dense_parameters(1024 * 1024 * 3, 1000) | thousands>>. The lecture leaves the rest of that network as dots. Complete
# it: flatten the ten maps, and let the same two dense layers (100 units and 1) follow.

# %% [raw]
# # BEGIN QUESTION
# name: q6

# %% [markdown]
# ### Question 6: two networks, and lecture 1's dots
#
# * `fully_connected_parameters(inputs, units)`: of a chain of dense layers, all with biases; `units` has one number for
#   each layer.
# * `convolved_parameters(image_shape, kernel_size, filters, padding, units)`: of a convolution at stride 1 (`padding` is
#   `"valid"` or `"same"`), flattening, and a chain of dense layers.
# * `drawn_parameters`: of the network drawn above, a number.
# * `dots_same` and `dots_valid`: of lecture 1's network with ten filters of 3×3 on 1024×1024×3 and the dense
#   layers (100, 1) behind them, once with `same` padding and once with `valid`.

# %% [raw]
# # BEGIN SOLUTION


# %%
def fully_connected_parameters(inputs, units):
    """Number of parameters of dense layers in a row.

    inputs: numbers that the first layer sees       units: a tuple, one number for each layer
    returns: int

    >>> fully_connected_parameters(3, (4, 2))  # 3 * 4 + 4, and 4 * 2 + 2
    26
    """
    # BEGIN SOLUTION
    total = 0
    for number in units:
        total += dense_parameters(inputs, number)
        inputs = number
    return total
    # END SOLUTION


def convolved_parameters(image_shape, kernel_size, filters, padding, units):
    """Number of parameters of one convolution and of dense layers on its flattened maps.

    image_shape: (height, width, channels)       units: a tuple, one number for each dense layer
    returns: int

    >>> convolved_parameters((6, 6, 1), 3, 2, "valid", (5,))  # 20, and 4 * 4 * 2 * 5 + 5
    185
    """
    # BEGIN SOLUTION
    height, width, maps = conv_output_shape(image_shape, kernel_size, filters, 1, padding)
    convolution = conv_parameters(kernel_size, image_shape[2], filters)
    return convolution + fully_connected_parameters(height * width * maps, units)
    # END SOLUTION


# %%
drawn_parameters = fully_connected_parameters(net_inputs, net_units)  # SOLUTION
dots_same = convolved_parameters((1024, 1024, 3), 3, 10, "same", (100, 1))  # SOLUTION
dots_valid = convolved_parameters((1024, 1024, 3), 3, 10, "valid", (100, 1))  # SOLUTION

# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_lecture_1_network(env):
    """Lecture 1's network of three dense layers, and a small one"""
    from cnnchecks import check

    check(env, "fully_connected_parameters", 3, (4, 2))
    check(env, "fully_connected_parameters", 1024 * 1024 * 3, (1000, 100, 1))


# %%
def test_convolved_network(env):
    """One convolution and dense layers, without padding and with it"""
    from cnnchecks import check

    check(env, "convolved_parameters", (6, 6, 1), 3, 2, "valid", (5,))
    check(env, "convolved_parameters", (8, 10, 3), 3, 4, "same", (6, 2))
    check(env, "convolved_parameters", (8, 10, 3), 3, 4, "valid", (6, 2))


# %%
def test_form_of_counts(env):
    """Three whole numbers that are counts"""
    from cnnchecks import check_form

    for name in ("drawn_parameters", "dots_same", "dots_valid"):
        check_form(env, name, like=1, at_least=1)


# %%
# HIDDEN
def test_hidden_fully_connected(env):
    """Fully connected networks"""
    from grader.judge import check_drawn

    check_drawn(env, "fully_connected_parameters", "plain")


# %%
# HIDDEN
def test_hidden_convolved_same(env):
    """A convolution with padding in the first layer's place"""
    from grader.judge import check_drawn

    check_drawn(env, "convolved_parameters", "same")


# %%
# HIDDEN
def test_hidden_convolved_valid(env):
    """A convolution without padding in the first layer's place"""
    from grader.judge import check_drawn

    check_drawn(env, "convolved_parameters", "valid")


# %%
# HIDDEN
def test_hidden_drawn_network(env):
    """The network of the drawing"""
    from cnnchecks import data
    from grader.judge import check_value

    first, *units = (int(data()[f"term_net_{name}"]) for name in ("inputs", "first", "second", "outputs"))
    check_value(env, "drawn_parameters", "fully_connected_parameters", first, tuple(units))


# %%
# HIDDEN
def test_hidden_dots_same(env):
    """Lecture 1's dots, with padding"""
    from grader.judge import check_value

    check_value(env, "dots_same", "convolved_parameters", (1024, 1024, 3), 3, 10, "same", (100, 1))


# %%
# HIDDEN
def test_hidden_dots_valid(env):
    """Lecture 1's dots, without padding"""
    from grader.judge import check_value

    check_value(env, "dots_valid", "convolved_parameters", (1024, 1024, 3), 3, 10, "valid", (100, 1))


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# The convolution is next to nothing, and yet a billion parameters are left, nearly all of them in the step from the maps to
# the first dense layer. So one convolution doesn't make a network small. It becomes small if the maps shrink before they are
# flattened: by stride or by pooling, several times. Section 6 shows how far that goes.
#
# ### A convolution is a dense layer with most weights missing
#
# Lecture 4's edge detector looks at 10×10 pixels with one kernel of 3×3. Seen as a layer of neurons it has one unit for
# each window, <<local_layer(10, 10, 3)["units"]>> of them. Each is connected to the 9 pixels of its window, so there
# are <<local_layer(10, 10, 3)["connections"]>> connections, and they *share* <<local_layer(10, 10, 3)["weights"]>>
# weights. A dense layer of as many units on the same image would have <<local_layer(10, 10, 3)["dense weights"] |
# thousands>>, one for each pair of pixel and unit. Below, the same on a line of 8 pixels with a kernel of 3: lines of one
# colour are one weight. Beside it is what lecture 4's drawing of the 10×10 pixels must have shown.

# %% tags=["figure"]
fig, axes = plt.subplots(1, 3, figsize=(12, 3), layout="constrained", width_ratios=(2, 2, 1.2))
for ax, title in zip(axes, ("dense: 8 · 6 = 48 weights", "convolution: 18 connections, 3 weights")):
    for unit in range(6):
        for pixel in range(8):
            near = pixel - unit in (0, 1, 2)
            if ax is axes[0] or near:
                colour = "0.7" if ax is axes[0] else (BLUE, ORANGE, GREEN)[pixel - unit]
                ax.plot([pixel, unit + 1], [0, 1], color=colour, linewidth=1 if ax is axes[0] else 2, zorder=1)
    ax.scatter(range(8), np.zeros(8), s=110, color="0.5", zorder=2)
    ax.scatter(range(1, 7), np.ones(6), s=110, color=BLUE, zorder=2)
    ax.set_title(title, fontsize=10)
    ax.set_axis_off()
framed = [(0, 0, 3, 3, BLUE), (4, 5, 3, 3, ORANGE), (7, 7, 3, 3, GREEN)]
draw_table(axes[2], np.full((10, 10), ""), "10×10 pixels:\nthree of 64 windows", framed)

# %% [raw]
# # BEGIN QUESTION
# name: q7

# %% [markdown]
# ### Question 7: `local_layer`
#
# Write this bookkeeping for any image of one channel and one square kernel, `valid`, at stride 1, without biases. The
# result is a dictionary of ints:
#
# * `units`: outputs of the convolution;
# * `connections`: pairs of a pixel and a unit that reads it;
# * `weights`: different numbers to learn;
# * `dense weights`: weights of a dense layer from all pixels to as many units.

# %% [raw]
# # BEGIN SOLUTION


# %%
def local_layer(height, width, kernel_size):
    """What one convolution is as a layer of units.

    height, width: of the image, one channel       kernel_size: of the square kernel
    returns: a dictionary of ints: units, connections, weights, dense weights

    >>> local_layer(4, 4, 3)
    {'units': 4, 'connections': 36, 'weights': 9, 'dense weights': 64}
    """
    # BEGIN SOLUTION
    rows, columns, _ = conv_output_shape((height, width, 1), kernel_size, 1)
    units, weights = rows * columns, kernel_size**2
    return {
        "units": units,
        "connections": units * weights,
        "weights": weights,
        "dense weights": height * width * units,
    }
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_lecture_4_units(env):
    """Lecture 4's 10x10 pixels with a kernel of 3x3, and the docstring's example"""
    from cnnchecks import check

    check(env, "local_layer", 10, 10, 3)
    check(env, "local_layer", 4, 4, 3)
    check(env, "local_layer", 6, 9, 2)


# %%
# HIDDEN
def test_hidden_units(env):
    """Images and kernels of other sizes"""
    from grader.judge import check_drawn

    check_drawn(env, "local_layer", "plain")


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# ## 6. A whole network
#
# A typical network convolves and pools in turn; height and width fall, the number of maps rises, and at the end the
# maps are flattened for a few dense layers. **LeNet-5** is the smallest famous one. Written as a table, with the names
# of its paper (C convolves, S subsamples, which means that it pools, F is fully connected):
#
# | name | layer | as a tuple |
# |---|---|---|
# | C1 | 6 kernels of 5×5 | `("conv", 5, 6, padding)` |
# | S2 | pooling, 2×2 | `("pool", 2)` |
# | C3 | 16 kernels of 5×5 over all maps | `("conv", 5, 16, "valid")` |
# | S4 | pooling, 2×2 | `("pool", 2)` |
# | | all maps in one row | `("flatten",)` |
# | C5 | 120 units | `("dense", 120)` |
# | F6 | 84 units | `("dense", 84)` |
# | output | 10 units | `("dense", 10)` |
#
# `"conv"` is followed by kernel size, number of filters and padding, at stride 1; the windows of `"pool"` lie side by side;
# all layers with weights have biases. The paper feeds it 32×32 pixels and pads nothing. Today's digits have 28×28, and C1
# is `same` or `valid`, as you like: `padding` decides. (The paper has a few oddities that we leave out; assignment 4 names
# them.)

# %%
LENET_NAMES = ("C1", "S2", "C3", "S4", "flat", "C5", "F6", "output")


def lenet(padding):
    """LeNet's layers; padding is that of C1."""
    maps = (("conv", 5, 6, padding), ("pool", 2), ("conv", 5, 16, "valid"), ("pool", 2))
    return (*maps, ("flatten",), ("dense", 120), ("dense", 84), ("dense", 10))


# %% [markdown]
# Another exercise of lecture 1 asks for the parameters of a network, and its drawing is lost, too. Here is a network of ours,
# with this term's sizes, as a tuple and as a drawing. (The drawing leaves out the flattening.)

# %%
drawn_side = int(given["term_drawn_side"])
drawn_network = (
    ("conv", 3, int(given["term_drawn_first"]), "same"),
    ("pool", 2),
    ("conv", 5, int(given["term_drawn_second"]), "valid"),
    ("pool", 2),
    ("flatten",),
    ("dense", int(given["term_drawn_classes"])),
)
print("a colour image of", (drawn_side, drawn_side, 3), *drawn_network, sep="\n")

# %% tags=["figure"]
fig, ax = plt.subplots(figsize=(10, 2.6))
boxes = [
    f"image\n{drawn_side}×{drawn_side}×3",
    f"{drawn_network[0][2]} kernels\n3×3, same",
    "pooling\n2×2",
    f"{drawn_network[2][2]} kernels\n5×5, valid",
    "pooling\n2×2",
    f"dense\n{drawn_network[5][1]} units",
]
sheets, colours = (3, 6, 6, 10, 10, 1), ("0.6", BLUE, GREEN, BLUE, GREEN, ORANGE)
for place, (words, count, high, colour) in enumerate(zip(boxes, sheets, (2, 2, 1, 0.8, 0.4, 1), colours)):
    for sheet in range(count):
        corner = (3 * place + 0.12 * sheet, -high / 2 - 0.06 * sheet)
        wide = high if count > 1 else 0.25
        ax.add_patch(plt.Rectangle(corner, wide, high, facecolor=colour, edgecolor="white", alpha=0.8))
    ax.text(3 * place + 0.7, 1.35, words, ha="center", fontsize=9)
ax.set(xlim=(-0.5, 18), ylim=(-1.7, 2.2), aspect="equal")
ax.set_axis_off()

# %% [raw]
# # BEGIN QUESTION
# name: q8

# %% [markdown]
# ### Question 8: `activation_shapes` and `parameters_by_layer`
#
# Walk through a list of layers such as LeNet's and return, one entry for each layer,
#
# * `activation_shapes(image_shape, layers)`: the shapes of one image's activations, (height, width, maps) or (units,), a
#   tuple with one number;
# * `parameters_by_layer(image_shape, layers)`: how many parameters it has, 0 for those without.
#
# And by hand, or with the function that you have just written: `exercise_parameters`, the list of the six counts for
# `drawn_network`, one for each of its tuples. (A check names an entry by its place in the list, from 0.)

# %% [raw]
# # BEGIN SOLUTION


# %%
def activation_shapes(image_shape, layers):
    """The shape of one image's activation after each layer.

    image_shape: (height, width, channels)
    layers: a sequence of ("conv", kernel_size, filters, padding), ("pool", size), ("flatten",), ("dense", units)
    returns: a list of tuples, one for each layer

    >>> activation_shapes((8, 8, 3), [("conv", 3, 4, "valid"), ("pool", 2), ("flatten",), ("dense", 5)])
    [(6, 6, 4), (3, 3, 4), (36,), (5,)]
    """
    # BEGIN SOLUTION
    shape, shapes = image_shape, []
    for kind, *options in layers:
        if kind == "conv":
            kernel_size, filters, padding = options
            shape = conv_output_shape(shape, kernel_size, filters, padding=padding)
        elif kind == "pool":
            shape = pool_output_shape(shape, options[0])
        elif kind == "flatten":
            shape = (int(np.prod(shape)),)
        else:
            shape = (options[0],)
        shapes.append(shape)
    return shapes
    # END SOLUTION


def parameters_by_layer(image_shape, layers):
    """How many parameters each layer has.

    image_shape, layers: as for activation_shapes
    returns: a list of ints, one for each layer

    >>> parameters_by_layer((8, 8, 3), [("conv", 3, 4, "valid"), ("pool", 2), ("flatten",), ("dense", 5)])
    [112, 0, 0, 185]
    """
    # BEGIN SOLUTION
    counts, shape = [], image_shape
    for (kind, *options), after in zip(layers, activation_shapes(image_shape, layers)):
        if kind == "conv":
            counts.append(conv_parameters(options[0], shape[2], options[1]))
        else:
            counts.append(dense_parameters(shape[0], options[0]) if kind == "dense" else 0)
        shape = after
    return counts
    # END SOLUTION


# %%
exercise_parameters = parameters_by_layer((drawn_side, drawn_side, 3), drawn_network)  # SOLUTION

# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_small_network(env):
    """The network of the docstrings"""
    from cnnchecks import check

    layers = (("conv", 3, 4, "valid"), ("pool", 2), ("flatten",), ("dense", 5))
    check(env, "activation_shapes", (8, 8, 3), layers)
    check(env, "parameters_by_layer", (8, 8, 3), layers)


# %%
def test_lenet_table(env):
    """LeNet as in its paper, for 32x32"""
    from cnnchecks import check

    maps = (("conv", 5, 6, "valid"), ("pool", 2), ("conv", 5, 16, "valid"), ("pool", 2))
    layers = (*maps, ("flatten",), ("dense", 120), ("dense", 84), ("dense", 10))
    check(env, "activation_shapes", (32, 32, 1), layers)
    check(env, "parameters_by_layer", (32, 32, 1), layers)


# %%
def test_wide_network(env):
    """A wide image, sizes that don't come out even, both paddings"""
    from cnnchecks import check

    layers = (("conv", 3, 5, "same"), ("pool", 2), ("conv", 3, 7, "valid"), ("pool", 3), ("flatten",), ("dense", 4))
    check(env, "activation_shapes", (21, 31, 2), layers)
    check(env, "parameters_by_layer", (21, 31, 2), layers)


# %%
def test_form_of_exercise(env):
    """Six whole numbers for the network of the drawing"""
    from cnnchecks import check_form

    check_form(env, "exercise_parameters", like=[0] * 6, at_least=0)


# %%
# HIDDEN
def test_hidden_shapes_valid(env):
    """Shapes of networks without padding"""
    from grader.judge import check_drawn

    check_drawn(env, "activation_shapes", "valid")


# %%
# HIDDEN
def test_hidden_shapes_same(env):
    """Shapes of networks with padding"""
    from grader.judge import check_drawn

    check_drawn(env, "activation_shapes", "same")


# %%
# HIDDEN
def test_hidden_shapes_odd(env):
    """Shapes where pooling leaves rows out"""
    from grader.judge import check_drawn

    check_drawn(env, "activation_shapes", "odd")


# %%
# HIDDEN
def test_hidden_counts_valid(env):
    """Parameters of networks without padding"""
    from grader.judge import check_drawn

    check_drawn(env, "parameters_by_layer", "valid")


# %%
# HIDDEN
def test_hidden_counts_same(env):
    """Parameters of networks with padding"""
    from grader.judge import check_drawn

    check_drawn(env, "parameters_by_layer", "same")


# %%
# HIDDEN
def test_hidden_exercise(env):
    """The network of the drawing"""
    from cnnchecks import data
    from grader.judge import check_value

    sizes = {name: int(data()[f"term_drawn_{name}"]) for name in ("side", "first", "second", "classes")}
    first, second = ("conv", 3, sizes["first"], "same"), ("conv", 5, sizes["second"], "valid")
    layers = (first, ("pool", 2), second, ("pool", 2), ("flatten",), ("dense", sizes["classes"]))
    check_value(env, "exercise_parameters", "parameters_by_layer", (sizes["side"], sizes["side"], 3), layers)


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# Lecture 1's exercise asks for the activation sizes and the parameters of LeNet. Your functions answer it, for the
# paper's images and for today's.

# %%
for side, padding in ((32, "valid"), (28, "same"), (28, "valid")):
    shapes, counts = (f((side, side, 1), lenet(padding)) for f in (activation_shapes, parameters_by_layer))
    if shapes is None or counts is None:
        print("this needs question 8")
        continue
    print(f"\n{side}×{side}, C1 {padding}\n{'layer':8}{'shape':>14}{'numbers':>9}{'parameters':>12}")
    for name, shape, count in zip(LENET_NAMES, shapes, counts):
        print(f"{name:8}{'×'.join(map(str, shape)):>14}{np.prod(shape):>9,}{count:>12,}")
    print(f"{'total':31}{sum(counts):>12,}")

# %% [markdown]
# Compare with section 5: there one convolution was followed by a billion weights; here two convolutions and two
# poolings leave a few hundred numbers to be flattened, and all of LeNet has fewer weights than one unit of lecture 1's
# first dense layer.

# %% [markdown]
# ## 7. How far does a unit see?
#
# A unit of the first convolution sees $k$ pixels. A unit of the second sees $k$ units of the first, which see more
# pixels together: its **receptive field**. It grows with depth, and that is the cheap way to see more of an image.
#
# Along one axis, keep two numbers while you walk from the image into the network: the field $r$, and the distance $j$
# (for *jump*) at which two neighbouring units look at the image. At the image $r = 1$ and $j = 1$. A layer with kernel
# $k$, stride $s$ and dilation $d$, pooling layers included, makes of them
#
# $$r \leftarrow r + (k - 1)\,d\,j, \qquad\text{and then}\qquad j \leftarrow s\,j .$$
#
# The $k$ taps have $k - 1$ gaps of $d$ units, and each unit stands for a step of $j$ pixels. The layer's own stride is
# felt by the next layer only. Two convolutions of 3 see <<receptive_field([(3, 1, 1), (3, 1, 1)])>> pixels, three see
# <<receptive_field([(3, 1, 1), (3, 1, 1), (3, 1, 1)])>>; with a stride of 2 in the first, two see <<receptive_field([(3,
# 2, 1), (3, 1, 1)])>>, and with a dilation of 2 in the second also <<receptive_field([(3, 1, 1), (3, 1, 2)])>>. Lecture
# 5's drawing of a receptive field is lost; these are ours. Blue is what one unit at the top depends on.

# %% tags=["figure"]
fig, axes = plt.subplots(1, 3, figsize=(12, 2.8), layout="constrained")
for ax, (step, gap) in zip(axes, ((1, 1), (2, 1), (1, 2))):
    middles = np.arange(1, 14, step)  # which pixel the middle tap of each unit of the first layer meets
    seen = {len(middles) // 2 + gap * tap for tap in (-1, 0, 1)}
    pixels = {middles[unit] + tap for unit in seen for tap in (-1, 0, 1)}
    for unit, middle in enumerate(middles):
        for tap in (-1, 0, 1):
            ax.plot([middle + tap, middle], [0, 1], color=BLUE if unit in seen else "0.88", zorder=1)
    top = middles[len(middles) // 2]
    for unit in seen:
        ax.plot([middles[unit], top], [1, 2], color=BLUE, zorder=1)
    ax.scatter(range(15), np.zeros(15), s=60, color=[BLUE if p in pixels else "0.8" for p in range(15)], zorder=2)
    ax.scatter(middles, np.ones(len(middles)), s=60, color=[BLUE if u in seen else "0.8" for u in range(len(middles))], zorder=2)
    ax.scatter([top], [2], s=60, color=BLUE, zorder=2)
    ax.set(yticks=[0, 1, 2], yticklabels=["pixels", "first layer", "second layer"], xticks=[], ylim=(-0.4, 2.4))
    ax.set_title(f"stride {step} first, dilation {gap} second:\n{len(pixels)} pixels", fontsize=10)
    for side in ax.spines.values():
        side.set_visible(False)

# %% [raw]
# # BEGIN QUESTION
# name: q9

# %% [markdown]
# ### Question 9: `receptive_field`
#
# `layers` is a sequence of triples (kernel size, stride, dilation), from the image inwards; poolings are given in the
# same way, (2, 2, 1) for windows of 2 side by side. Return how many pixels, along one axis, one unit behind the last
# layer sees. (Near the border some of them are padding; that is left out of account.)

# %% [raw]
# # BEGIN SOLUTION


# %%
def receptive_field(layers):
    """How many pixels one unit behind these layers sees along one axis.

    layers: a sequence of (kernel_size, strides, dilation_rate), the first one next to the image
    returns: int

    >>> receptive_field([(3, 1, 1), (3, 1, 1)]), receptive_field([(3, 2, 1), (3, 1, 1)])
    (5, 7)
    """
    # BEGIN SOLUTION
    field, jump = 1, 1
    for kernel_size, strides, dilation_rate in layers:
        field += (kernel_size - 1) * dilation_rate * jump
        jump *= strides
    return field
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_two_layers(env):
    """One layer, two layers, a stride, a dilation"""
    from cnnchecks import check

    check(env, "receptive_field", ((5, 1, 1),))
    check(env, "receptive_field", ((3, 1, 1), (3, 1, 1)))
    check(env, "receptive_field", ((3, 2, 1), (3, 1, 1)))
    check(env, "receptive_field", ((3, 1, 1), (3, 1, 2)))


# %%
def test_lenet_field(env):
    """LeNet's C1, S2, C3, S4 and, as a convolution of 5x5, C5"""
    from cnnchecks import check

    check(env, "receptive_field", ((5, 1, 1), (2, 2, 1), (5, 1, 1)))
    check(env, "receptive_field", ((5, 1, 1), (2, 2, 1), (5, 1, 1), (2, 2, 1), (5, 1, 1)))


# %%
# HIDDEN
def test_hidden_field_strides(env):
    """Networks with strides and pooling"""
    from grader.judge import check_drawn

    check_drawn(env, "receptive_field", "strides")


# %%
# HIDDEN
def test_hidden_field_dilated(env):
    """Networks with dilation"""
    from grader.judge import check_drawn

    check_drawn(env, "receptive_field", "dilated")


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# A look at LeNet, layer by layer, and at seven convolutions of 3, first plain, then with a dilation that doubles each
# time. (C5 is a dense layer on maps of 5×5, which is the same as a convolution of 5×5 that fits once. The paper's image
# is 32 pixels wide. Is that a coincidence?)

# %%
for name, layers in {
    "LeNet": ((5, 1, 1), (2, 2, 1), (5, 1, 1), (2, 2, 1), (5, 1, 1)),
    "seven convolutions of 3": ((3, 1, 1),) * 7,
    "seven with dilation 1, 2, 4, … 64": tuple((3, 1, 2**i) for i in range(7)),
}.items():
    print(f"{name:36}", [receptive_field(layers[: depth + 1]) for depth in range(len(layers))])

# %% [markdown]
# ## 8. What does it cost?
#
# Parameters are one price of a layer. There are two others.
#
# **Operations.** Each value of the output is a sum of $k \cdot k \cdot C$ products. Counting the product and its
# addition as one floating-point operation each, a convolution takes $2 \cdot k \cdot k \cdot C$ FLOPs for each of its
# $o_h \cdot o_w \cdot K$ outputs. (Biases are left out, as usual. Beware: some papers count a product with its addition
# as one.) Here the size of the image *does* count: the kernel is small, but it is used everywhere.
#
# **Memory.** A number in float32 takes 4 bytes. There are the weights, biases included, and there are the maps: training
# keeps those of every layer, as the backward pass needs them.
#
# LeNet's C1 on 28×28 with `same`: <<conv_cost((28, 28, 1), 5, 6, "same")["products"] | thousands>> products,
# <<conv_cost((28, 28, 1), 5, 6, "same")["flops"] | thousands>> FLOPs, <<conv_cost((28, 28, 1), 5, 6, "same")["weight bytes"]
# | thousands>> bytes of weights and <<conv_cost((28, 28, 1), 5, 6, "same")["map bytes"] | thousands>> bytes of maps, for
# each image.

# %% [raw]
# # BEGIN QUESTION
# name: q10

# %% [markdown]
# ### Question 10: `conv_cost`
#
# For one image, a square kernel, stride 1, `valid` or `same`, with biases: a dictionary of ints with the keys `products`,
# `flops`, `weight bytes` and `map bytes` (of the output's maps).

# %% [raw]
# # BEGIN SOLUTION


# %%
def conv_cost(image_shape, kernel_size, filters, padding):
    """What a convolution costs for one image, in float32.

    image_shape: (height, width, channels)       padding: "valid" or "same"
    returns: a dictionary of ints: products, flops, weight bytes, map bytes

    >>> conv_cost((6, 6, 2), 3, 4, "valid")
    {'products': 1152, 'flops': 2304, 'weight bytes': 304, 'map bytes': 256}
    """
    # BEGIN SOLUTION
    height, width, maps = conv_output_shape(image_shape, kernel_size, filters, padding=padding)
    products = height * width * maps * kernel_size**2 * image_shape[2]
    return {
        "products": products,
        "flops": 2 * products,
        "weight bytes": 4 * conv_parameters(kernel_size, image_shape[2], filters),
        "map bytes": 4 * height * width * maps,
    }
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_cost_of_lenet(env):
    """LeNet's two convolutions, and the docstring's example"""
    from cnnchecks import check

    check(env, "conv_cost", (6, 6, 2), 3, 4, "valid")
    check(env, "conv_cost", (28, 28, 1), 5, 6, "same")
    check(env, "conv_cost", (14, 14, 6), 5, 16, "valid")


# %%
# HIDDEN
def test_hidden_cost_valid(env):
    """The cost without padding"""
    from grader.judge import check_drawn

    check_drawn(env, "conv_cost", "valid")


# %%
# HIDDEN
def test_hidden_cost_same(env):
    """The cost with padding"""
    from grader.judge import check_drawn

    check_drawn(env, "conv_cost", "same")


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# Your function on the first ten convolutions of a network of the kind that lecture 2 calls VGG: 224×224×3, kernels of 3×3
# with `same`, the sides halved after two, two and three of them while the number of maps doubles. Each halving leaves a
# quarter of the positions, and doubling the maps that go in and those that come out makes four times the weights: the
# operations stay level. (The first convolution of each size still reads fewer maps, and takes half as many or less.) The
# memory for maps is needed at the beginning, and that for weights at the end.

# %% tags=["figure"]
steps = [(224, 3, 64), (224, 64, 64), (112, 64, 128), (112, 128, 128), (56, 128, 256), (56, 256, 256), (56, 256, 256)]
steps += [(28, 256, 512), (28, 512, 512), (28, 512, 512)]
fig, axes = plt.subplots(1, 3, figsize=(12, 2.8), layout="constrained")
costs = [conv_cost((side, side, channels), 3, filters, "same") for side, channels, filters in steps]
for ax, key, colour in zip(axes, ("flops", "weight bytes", "map bytes"), (BLUE, ORANGE, GREEN)):
    if None in costs:
        needs(ax, 10)
        continue
    ax.bar(range(len(steps)), [cost[key] / 1e6 for cost in costs], color=colour)
    ax.set_xticks(range(len(steps)), [side for side, _, _ in steps], fontsize=8)
    ax.set(title=f"{key}, in millions, for one image", xlabel="side of the maps")

# %% [markdown]
# ## 9. Which operation made this picture?
#
# Lecture 5 shows two animations and asks of each: which operation, which size, stride, dilation and padding? Both are
# lost; here are ours, and two more with this term's settings.
#
# * **A**: 7×7 numbers on the left, what became of them on the right.
# * **B**: no numbers, only where the windows lie: the first, the second and the last of nine, on 5×5 pixels with a frame of
#   zeros (hatched).
# * **C**: as A, with another operation. Zeros, if there are any, are counted as pixels.
# * **D**: a kernel is drawn too. It lies on the pixels as it stands and isn't turned round.

# %% tags=["figure"]
fig, axes = plt.subplots(1, 3, figsize=(10, 3.2), layout="constrained", width_ratios=(7, 3, 7))
draw_table(axes[0], given["picture_a_image"], "A, before")
draw_table(axes[1], given["picture_a_map"], "A, after")
starts = given["picture_b_first_rows"] + 1  # counted from the frame
places = ((starts[0], starts[0], BLUE), (starts[0], starts[1], ORANGE), (starts[2], starts[2], GREEN))
draw_table(axes[2], np.full((7, 7), ""), "B", [(row, column, 3, 3, colour) for row, column, colour in places])
for row, column in np.ndindex(7, 7):
    if row in (0, 6) or column in (0, 6):
        axes[2].add_patch(
            plt.Rectangle((column - 0.5, row - 0.5), 1, 1, fill=False, hatch="////", edgecolor="0.75", linewidth=0)
        )

# %% tags=["figure"]
fig, axes = plt.subplots(1, 5, figsize=(13, 3.4), layout="constrained", width_ratios=(7, 7, 7, 3, 7))
draw_table(axes[0], given["term_picture_c_image"], "C, before")
draw_table(axes[1], np.round(given["term_picture_c_map"], 2), "C, after", size=8)
draw_table(axes[2], given["term_picture_d_image"], "D, before")
draw_table(axes[3], given["term_picture_d_kernel"], "D, kernel")
draw_table(axes[4], given["term_picture_d_map"], "D, after", size=8)

# %% [raw]
# # BEGIN QUESTION
# name: q11

# %% [markdown]
# ### Question 11: `picture_a` to `picture_d`
#
# Each answer is a tuple
#
#     (operation, size, stride, dilation, padding)
#
# with `"max pooling"`, `"average pooling"` or `"convolution"` for the operation, and the number of zeros on *each* side for
# the padding. Poolings aren't dilated: their dilation is 1. For B more than one operation is right; give one of them.
#
# Begin with the first window: which numbers could have made the first output? The second output then tells the
# stride, and the number of outputs the rest. The numbers are also in `given["picture_a_image"]`, `given["picture_a_map"]`
# and so on (`given["term_picture_c_image"]`, …), if you prefer to let the computer try.

# %% [raw]
# # BEGIN SOLUTION


# %%
# BEGIN SOLUTION NO PROMPT
from itertools import product


def found_by_trying(image, shown, kernel=None):
    """The settings that make `shown` of `image`."""
    sizes = (2, 3) if kernel is None else (len(kernel),)
    for size, (more_stride, more_dilation, zeros) in product(sizes, np.ndindex(3, 2, 3)):
        stride, dilation, frame = more_stride + 1, more_dilation + 1, np.pad(image, zeros)
        if conv_output_size(len(image), size, stride, zeros, dilation) != len(shown):
            continue
        places = [
            pixels_read(i, len(image), size, stride, zeros, dilation) + zeros for i in range(len(shown))
        ]
        windows = np.array([[frame[np.ix_(rows, columns)] for columns in places] for rows in places])
        if kernel is not None:
            made = {"convolution": np.sum(windows * kernel, axis=(2, 3))}
        else:
            made = {"max pooling": windows.max(axis=(2, 3)), "average pooling": windows.mean(axis=(2, 3))}
        for operation, values in made.items():
            if np.allclose(values, shown) and (kernel is not None or dilation == 1):
                return operation, size, stride, dilation, zeros
    return None


pictures = {name: given[f"term_picture_{name}"] for name in ("c_image", "c_map", "d_image", "d_map", "d_kernel")}
# END SOLUTION
picture_a = found_by_trying(given["picture_a_image"], given["picture_a_map"])  # SOLUTION
picture_b = ("convolution", 3, 2, 1, 1)  # SOLUTION
picture_c = found_by_trying(pictures["c_image"], pictures["c_map"])  # SOLUTION
picture_d = found_by_trying(pictures["d_image"], pictures["d_map"], pictures["d_kernel"])  # SOLUTION

# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_form_of_pictures(env):
    """Four tuples of an operation and four whole numbers"""
    from cnnchecks import check_form

    words = ("max pooling", "average pooling", "convolution")
    for name in "abcd":
        check_form(env, f"picture_{name}", like=("word", 1, 1, 1, 0), at_least=0, at_most=9, choices=words)


# %%
# HIDDEN
def test_hidden_picture_a(env):
    """Picture A"""
    from cnnchecks import data
    from grader.judge import check_value

    check_value(env, "picture_a", "which_operation", data()["picture_a_image"], data()["picture_a_map"])


# %%
# HIDDEN
def test_hidden_picture_b(env):
    """Picture B"""
    import numpy as np
    from grader.judge import check_value

    image = np.array([[2, 7, 1, 8, 2], [8, 1, 8, 2, 8], [4, 5, 9, 0, 4], [5, 2, 3, 5, 3], [6, 0, 2, 8, 7]])
    framed = np.pad(image, 1)
    largest = np.array([[framed[i : i + 3, j : j + 3].max() for j in (0, 2, 4)] for i in (0, 2, 4)])
    answer = env.get("picture_b")
    word = answer[0] if isinstance(answer, (tuple, list)) and answer else None
    if isinstance(word, str) and word in ("average pooling", "convolution"):
        env = {"picture_b": ("max pooling", *answer[1:])}  # where the windows lie doesn't tell these apart
    check_value(env, "picture_b", "which_operation", image, largest)


# %%
# HIDDEN
def test_hidden_picture_c(env):
    """Picture C"""
    from cnnchecks import data
    from grader.judge import check_value

    given = data()
    check_value(env, "picture_c", "which_operation", given["term_picture_c_image"], given["term_picture_c_map"])


# %%
# HIDDEN
def test_hidden_picture_d(env):
    """Picture D"""
    from cnnchecks import data
    from grader.judge import check_value

    image, shown, kernel = (data()[f"term_picture_d_{part}"] for part in ("image", "map", "kernel"))
    check_value(env, "picture_d", "which_operation", image, shown, kernel)


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# ## 10. The ends of a network
#
# How many numbers go in and come out of a network, and what stands at its end, is decided by the task alone.
#
# | the answer is | units | last activation | loss |
# |---|---|---|---|
# | $m$ numbers of any size (**regression**) | $m$ | none | mean squared error |
# | yes or no (**classification**) | 1, the probability of *yes* | sigmoid | binary cross-entropy |
# | exactly one of $K$ classes (**classification**) | $K$, a probability each | softmax | cross-entropy |
#
# The **sigmoid** turns one number into a probability, $1 / (1 + e^{-z})$.
# **Softmax** turns $K$ numbers into probabilities, $\lambda_k = e^{z_k} / \sum_j e^{z_j}$: positive numbers with the sum 1.
# **Cross-entropy** is the mean surprise at the right classes: of $n$ examples, of which the $i$-th has class $y^{(i)}$, with
# the natural logarithm,
#
# $$L = \frac{1}{n} \sum_{i=1}^{n} -\log \lambda^{(i)}_{y^{(i)}} .$$
#
# Lecture 5 writes it with one-hot vectors, 1 at the right class and 0 elsewhere, so that only one term of each inner sum
# is left. An **input** that is one of several things is written one-hot too, a unit for each; for one of two things
# a single unit, 0 or 1, says the same.
#
# **Lecture 5's exercise.** There are two one-armed bandits, 0 and 1. You pull the arm of one of them and it pays 0, 1 or
# 100: nothing else ever happens. Ten times someone wrote down the bandit $x$ and the reward $y$:

# %%
bandits = np.array([0, 1, 1, 1, 0, 1, 0, 1, 0, 0])
rewards = np.array([1, 0, 0, 0, 1, 0, 0, 100, 0, 0])
kinds = np.array([0, 1, 100])  # the classes 0, 1 and 2
for bandit in (0, 1):
    counts = [int(np.sum(rewards[bandits == bandit] == reward)) for reward in kinds]
    print(f"bandit {bandit}: the rewards 0, 1 and 100 came {counts} times")

# %% [markdown]
# A network is to learn from them which reward a bandit will pay. What is the task; how many inputs and outputs has it; what
# is its last activation; what is its loss? (How many *hidden* units is up to you: with so few different inputs it
# needs none.)

# %% [raw]
# # BEGIN QUESTION
# name: q12

# %% [markdown]
# ### Question 12: the bandit and others
#
# Each `…_output` is a tuple (task, units, activation, loss). The tasks are `"regression"` and `"classification"`; the
# activations `"none"`, `"sigmoid"` and `"softmax"`; the losses `"mean squared error"`, `"binary cross-entropy"` and
# `"cross-entropy"`. Each `…_inputs` is a number of units.
#
# * `bandit_inputs`, `bandit_output`: lecture 5's bandits. (Either way to write the input is right.)
# * `casino_inputs`, `casino_output`: a casino with **<<casino_machines>>** bandits, each of which pays one of the same
#   **<<casino_rewards>>** possible amounts. The input is one-hot.
# * `weather_output`: tomorrow's highest and lowest temperature.
# * `cat_output`: whether there is a cat in the picture, by the row of the table that is made for that.
# * `cross_entropy(probabilities, classes)`: the loss, in NumPy; `probabilities` is (N, K) and `classes` (N,), integers from
#   0 to K - 1.

# %% [raw]
# # BEGIN SOLUTION


# %%
bandit_inputs = 1  # SOLUTION
bandit_output = ("classification", 3, "softmax", "cross-entropy")  # SOLUTION
casino_inputs = int(given["term_casino_machines"])  # SOLUTION
casino_output = ("classification", int(given["term_casino_rewards"]), "softmax", "cross-entropy")  # SOLUTION
weather_output = ("regression", 2, "none", "mean squared error")  # SOLUTION
cat_output = ("classification", 1, "sigmoid", "binary cross-entropy")  # SOLUTION


# %%
def cross_entropy(probabilities, classes):
    """The mean of -log(probability of the right class).

    probabilities: (N, K), rows add up to 1      classes: (N,) integers
    returns: float

    >>> round(cross_entropy(np.array([[0.5, 0.5], [0.25, 0.75]]), np.array([0, 1])), 4)
    0.4904
    """
    # BEGIN SOLUTION
    return float(-np.mean(np.log(probabilities[np.arange(len(classes)), classes])))
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_form_of_ends(env):
    """Inputs that are numbers of units, and outputs that are a task, units, an activation and a loss"""
    from cnnchecks import check_form

    tasks, activations = ("regression", "classification"), ("none", "sigmoid", "softmax")
    words = (*tasks, *activations, "mean squared error", "binary cross-entropy", "cross-entropy")
    for name in ("bandit_inputs", "casino_inputs"):
        check_form(env, name, like=1, at_least=1)
    for name in ("bandit", "casino", "weather", "cat"):
        check_form(env, f"{name}_output", like=("word", 1, "word", "word"), at_least=1, choices=words)


# %%
def test_small_entropies(env):
    """The loss of two and of three examples"""
    import numpy as np
    from cnnchecks import check

    check(env, "cross_entropy", np.array([[0.5, 0.5], [0.25, 0.75]]), np.array([0, 1]))
    check(env, "cross_entropy", np.array([[0.5, 0.25, 0.25], [0.125, 0.125, 0.75], [1, 0, 0]]), np.array([1, 2, 0]))


# %%
# HIDDEN
def test_hidden_bandit(env):
    """The bandit's output"""
    from grader.judge import check_value

    check_value(env, "bandit_output", "output_layer", "one of", 3)


# %%
# HIDDEN
def test_hidden_inputs(env):
    """The bandit's inputs and the casino's"""
    from cnnchecks import data
    from grader.judge import check_value

    check_value(env, "bandit_inputs", "input_units", 2, also=(1,))
    check_value(env, "casino_inputs", "input_units", int(data()["term_casino_machines"]))


# %%
# HIDDEN
def test_hidden_casino(env):
    """The casino's output"""
    from cnnchecks import data
    from grader.judge import check_value

    check_value(env, "casino_output", "output_layer", "one of", int(data()["term_casino_rewards"]))


# %%
# HIDDEN
def test_hidden_weather_and_cat(env):
    """Two temperatures, and a cat or none"""
    from grader.judge import check_value

    check_value(env, "weather_output", "output_layer", "numbers", 2)
    check_value(env, "cat_output", "output_layer", "yes or no", 1)


# %%
# HIDDEN
def test_hidden_entropy(env):
    """The loss of more examples and classes"""
    from grader.judge import check_drawn

    check_drawn(env, "cross_entropy", "plain")


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# What would the best network answer? It sees nothing but the bandit's number, so the best it can do is to give the shares
# with which each reward came. Is its loss 0? And which bandit would you play: the one that pays more often, or the other?

# %%
shares = {b: np.array([np.mean(rewards[bandits == b] == kind) for kind in kinds]) for b in (0, 1)}
answers, classes = np.stack([shares[b] for b in bandits]), np.searchsorted(kinds, rewards)
print({bandit: share.round(2).tolist() for bandit, share in shares.items()}, "loss:", cross_entropy(answers, classes))
print("mean reward:", {bandit: float(share @ kinds) for bandit, share in shares.items()})

# %% [markdown]
# ## 11. Find the slips
#
# Slides are written at night. Below are eleven statements of the lectures, in our words. Most of them have a number that
# is wrong, two are right. A number that is rounded where the lecture says "about" is no slip if the rounded digits are
# the right ones (2.7 billion is about 3 billion, not 2).
#
# | | where | statement |
# |---|---|---|
# | **A** | lecture 2 | A photograph of 12 megapixels, $12 \cdot 10^6$ grey values, feeds a dense layer of $10^4$ units. Its weights (no biases) are about $10^{10}$. |
# | **B** | lecture 4 | A kernel of 3×3 that only goes where it fits on 10×10 pixels makes a layer of 64 neurons. |
# | **C** | lecture 5 | A colour picture of 972×1920 pixels has about 5 million input variables. |
# | **D** | lecture 5 | A dense layer from all of these to as many units has about 25 trillion weights, $25 \cdot 10^{12}$ (no biases). |
# | **E** | lecture 5 | A dense layer that gives a grey image of $H \times W$ pixels another one of the same size has $H \times W$ weights (no biases). Take $H =$ <<slip_height>>, $W =$ <<slip_width>>. |
# | **F** | lecture 2 | Average pooling is a convolution whose weights are all 1. Take windows of <<slip_window>>×<<slip_window>>: what is each weight? |
# | **G** | lecture 1 | Kernels of 3×3, 5×5 and 7×7 have 9, 25 and 49 parameters. Take the last one, with its bias, on an input of <<slip_channels>> channels. |
# | **H** | lecture 1 | A 5×5 filter at stride 2 with $p = 2$ makes 32×32 of an image of 64×64. (Give one side.) |
# | **I** | lecture 2 | The image drawn below, one zero on each side, under the kernel beside it: row 1, column 1 of the output (from 0) is 88. |
# | **J** | lecture 4 | The weights of a 3×3 kernel are numbered $w_0, w_1, \ldots$ up to $w_9$. (Give how many there are, on one channel.) |
# | **K** | lecture 5 | A moving average is shown in frames. The kernel covers some numbers (shaded), the others are the image's. But in each of the four frames below, one number of the fifth row isn't. |

# %% tags=["figure"]
fig, axes = plt.subplots(1, 2, figsize=(6, 3), layout="constrained", width_ratios=(5, 3))
draw_table(axes[0], given["lecture_2_image"], "I: the image, without its zeros", [(1, 1, 1, 1, ORANGE)])
draw_table(axes[1], given["lecture_2_kernel"], "I: the kernel")

fig, axes = plt.subplots(1, 2, figsize=(12, 3.4), layout="constrained")
draw_table(axes[0], given["lecture_5_image"], "K: the image", [(4, 0, 1, 10, BLUE)], size=8)
covered = given["lecture_5_frames"] < 0
frames = np.where(covered, "1/9", given["lecture_5_frames"].astype(str))
draw_table(axes[1], frames, "K: its fifth row in four frames", shaded=covered)

# %% [raw]
# # BEGIN QUESTION
# name: q13

# %% [markdown]
# ### Question 13: `statement_a` to `statement_k`
#
# Give the right number for each, to its last digit, whether it is the lecture's or your own; for F a float, for K a
# tuple of the four numbers that should stand in place of the wrong ones, frame by frame from the top. Your functions of
# questions 2 to 8 do most of the work. In I the kernel lies on the pixels as it stands and isn't turned round.

# %% [raw]
# # BEGIN SOLUTION

# %%
statement_a = dense_parameters(12 * 10**6, 10**4, use_bias=False)  # SOLUTION
statement_b = conv_output_size(10, 3) ** 2  # SOLUTION
statement_c = 972 * 1920 * 3  # SOLUTION
statement_d = (972 * 1920 * 3) ** 2  # SOLUTION
statement_e = int(given["term_slip_height"] * given["term_slip_width"]) ** 2  # SOLUTION
statement_f = 1 / int(given["term_slip_window"]) ** 2  # SOLUTION
statement_g = conv_parameters(7, int(given["term_slip_channels"]), 1)  # SOLUTION
statement_h = conv_output_size(64, 5, strides=2, padding=2)  # SOLUTION
statement_i = int(np.sum(given["lecture_2_image"][:3, :3] * given["lecture_2_kernel"]))  # SOLUTION
statement_j = conv_parameters(3, 1, 1, use_bias=False)  # SOLUTION
statement_k = tuple(int(given["lecture_5_image"][4, column]) for column in (6, 6, 7, 8))  # SOLUTION

# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_form_of_statements(env):
    """Nine whole numbers, a float and a tuple of four"""
    from cnnchecks import check_form

    for letter in "abcdeghij":
        check_form(env, f"statement_{letter}", like=1, at_least=1)
    check_form(env, "statement_f", like=1.0, at_least=0, at_most=1)
    check_form(env, "statement_k", like=(1, 1, 1, 1), at_least=0, at_most=255)


# %%
# HIDDEN
def test_hidden_statement_a(env):
    """Statement A"""
    from grader.judge import check_value

    megapixels = 12 * 1024 * 1024 * 10**4  # where mega is taken for 2**20
    check_value(env, "statement_a", "dense_parameters", 12 * 10**6, 10**4, use_bias=False, also=(megapixels,))


# %%
# HIDDEN
def test_hidden_statement_b(env):
    """Statement B"""
    from grader.judge import check_value

    check_value(env, "statement_b", "input_values", 8, 8, 1)


# %%
# HIDDEN
def test_hidden_statement_c(env):
    """Statement C"""
    from grader.judge import check_value

    check_value(env, "statement_c", "input_values", 972, 1920, 3)


# %%
# HIDDEN
def test_hidden_statement_d(env):
    """Statement D"""
    from grader.judge import check_value

    values = 972 * 1920 * 3
    check_value(env, "statement_d", "dense_parameters", values, values, use_bias=False)


# %%
# HIDDEN
def test_hidden_statement_e(env):
    """Statement E"""
    from cnnchecks import data
    from grader.judge import check_value

    values = int(data()["term_slip_height"]) * int(data()["term_slip_width"])
    check_value(env, "statement_e", "dense_parameters", values, values, use_bias=False)


# %%
# HIDDEN
def test_hidden_statement_f(env):
    """Statement F"""
    from cnnchecks import data
    from grader.judge import check_value

    check_value(env, "statement_f", "average_tap", int(data()["term_slip_window"]))


# %%
# HIDDEN
def test_hidden_statement_g(env):
    """Statement G"""
    from cnnchecks import data
    from grader.judge import check_value

    check_value(env, "statement_g", "conv_parameters", 7, int(data()["term_slip_channels"]), 1)


# %%
# HIDDEN
def test_hidden_statement_h(env):
    """Statement H"""
    from grader.judge import check_value

    check_value(env, "statement_h", "conv_output_size", 64, 5, 2, 2)


# %%
# HIDDEN
def test_hidden_statement_i(env):
    """Statement I"""
    from cnnchecks import data
    from grader.judge import check_value

    image, kernel = (data()[f"lecture_2_{part}"].astype(int) for part in ("image", "kernel"))
    check_value(env, "statement_i", "window_sum", image, kernel, 1, 1)


# %%
# HIDDEN
def test_hidden_statement_j(env):
    """Statement J"""
    from grader.judge import check_value

    check_value(env, "statement_j", "kernel_taps", 3)


# %%
# HIDDEN
def test_hidden_statement_k(env):
    """Statement K"""
    from cnnchecks import data
    from grader.judge import check_value

    check_value(env, "statement_k", "pixels_at", data()["lecture_5_image"], ((4, 6), (4, 6), (4, 7), (4, 8)))


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# (The decks have a few more slips, about networks that you haven't met yet. They wait for you in assignments 5 and 6.)
#
# ## Further reading
#
# * V. Dumoulin, F. Visin, *A guide to convolution arithmetic for deep learning*, arXiv:1603.07285 (2016): the source of
#   lecture 5's animations, https://github.com/vdumoulin/conv_arithmetic.
# * I. Goodfellow, Y. Bengio, A. Courville, *Deep Learning*, MIT Press (2016), chapter 9 up to 9.3: sparse connections,
#   shared weights and equivariance. https://www.deeplearningbook.org
# * S. Prince, *Understanding Deep Learning*, MIT Press (2023), chapter 10 without 10.4. https://udlbook.github.io/udlbook
# * M. Nielsen, *Neural Networks and Deep Learning* (2015), chapter 6, as far as "Convolutional neural networks in
#   practice". http://neuralnetworksanddeeplearning.com
# * Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, *Gradient-based learning applied to document recognition*, Proceedings of
#   the IEEE 86 (1998): LeNet-5.
# * A. Araujo, W. Norris, J. Sim, *Computing receptive fields of convolutional neural networks*, Distill (2019),
#   https://doi.org/10.23915/distill.00021.
#
# **Where the idea came from.** D. Hubel and T. Wiesel found around 1960 that cells of a cat's visual cortex look at
# small regions of the visual field, their receptive fields, some at edges of one direction only, and that other cells
# combine what those report; it brought them half of the Nobel Prize in medicine of 1981. LeCun's networks (1989 to
# 1998) are that observation with shared weights. What they are used for has grown since: to say what is in a picture
# (classification), where it is (detection), which pixels belong to it (segmentation), and to make pictures that never
# were (synthesis).
#
# ## Hand in
#
# 1. *Kernel → Restart Kernel and Run All Cells*: every question should still pass when the notebook runs from
#    the top.
# 2. Save the notebook.
# 3. Run the last code cell. It makes a zip beside the notebook: upload that zip.
