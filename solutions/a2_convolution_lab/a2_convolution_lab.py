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
# # The convolution lab
#
# A convolutional layer is a handful of small numbers that slide over a picture. Here you slide them yourself, over
# a cat and a logo, and look at what comes out. There is more to see than to type: most answers are one to four
# lines, and each is followed by a picture that they draw.
#
# **You will be able to**
#
# * say what the numbers in an image are, and which axis is which, channels and batch included;
# * define convolution and cross-correlation, in one dimension and in two, and tell them apart by a computed number;
# * say exactly how much a picture shrinks, and what zeros around it do;
# * choose a kernel that blurs, finds edges or removes noise, and say what ReLU, channels and pooling add;
# * find a thing in a picture by its template;
# * write a convolution as a matrix, and measure what is equivariant, what is invariant, and what is neither.
#
# **Time:** 2 to 3 hours. Lecture 5 is the background, with a few pages of lectures 2 and 3.
#
# **Keep this file's name.** The cell above opens the tests of `a2_convolution_lab.ipynb` by that name. If your
# copy is called something else (Colab likes *Copy of …*, browsers like *(1)*) and that cell complains, rename
# the file back. The folders `tests` and `cnnchecks` and the files `fixtures.npz` and `data.npz` have
# to lie beside it.
#
# **The rules.** NumPy, and Matplotlib for pictures: no SciPy, scikit-image, OpenCV or Keras. Write your code where
# you see `...`, keep the names and arguments, and use the tools below as much as you like. After each question
# `grader.check("q1")` tells you what is right and, when something isn't, which idea went astray. Those visible
# cases carry no points: for a number they only see whether it could be an answer, and a function is asked again
# about other pictures.
#
# **Sliders.** Some figures come with a slider in JupyterLab, VS Code and Colab. Elsewhere, or without the package
# ipywidgets, you see the same figure at a few fixed settings, and miss nothing that a question needs.
#
# **What to hand in:** the zip that the last code cell makes.

# %%
import os
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

if not Path("data.npz").exists():
    raise FileNotFoundError("data.npz should lie beside this notebook: unzip the whole hand-out, open it there")

with np.load("data.npz", allow_pickle=False) as stored:
    given = {name: stored[name] for name in stored.files}

cat, logo = given["cat"], given["logo"]

# %% [markdown]
# **Three tools** are given. `correlate2d` slides a kernel over one channel; section 3 explains what it computes.
# `windows_of` is for section 9, `max_pool` for section 8.


# %%
def windows_of(image, shape):
    """Every window of a shape (kh, kw) in an image (H, W), as floats: (H-kh+1, W-kw+1, kh, kw)."""
    return np.lib.stride_tricks.sliding_window_view(np.asarray(image, float), shape)


def correlate2d(image, kernel):
    """Slide the kernel over the image, multiply and add up, without padding: (H, W), (kh, kw) -> (H-kh+1, W-kw+1)."""
    return np.einsum("ijuv,uv->ij", windows_of(image, np.shape(kernel)), kernel)


def max_pool(image, size):
    """The largest value of each window of size×size, side by side; rows and columns that are left over are dropped."""
    height, width = (n // size for n in np.shape(image))
    blocks = np.asarray(image, float)[: height * size, : width * size].reshape(height, size, width, size)
    return blocks.max(axis=(1, 3))


# %% [markdown]
# And three helpers that draw. You needn't read them.

# %%
BLUE, ORANGE, GREEN = "#0072B2", "#E69F00", "#009E73"  # told apart with any kind of colour vision


def show(ax, image, title="", **options):
    """A picture. One channel is drawn in grey, from its least value (black) to its largest (white) or `vmin` to `vmax`."""
    ax.set_title(title, fontsize=9)
    ax.set(xticks=[], yticks=[])
    if image is None:
        ax.text(0.5, 0.5, "not answered yet", ha="center", va="center", transform=ax.transAxes)
    else:
        ax.imshow(image, **({"cmap": "gray"} | options))


def draw_table(ax, values, title, boxes=(), form="g"):
    """A matrix as a grid of numbers; boxes are (row, column, height, width, colour)."""
    values = np.atleast_2d(values)
    ax.imshow(np.zeros(values.shape), cmap="Blues", vmin=0, vmax=3)
    for (i, j), value in np.ndenumerate(values):
        ax.text(j, i, format(value, form), ha="center", va="center", fontsize=8)
    for row, column, height, width, colour in boxes:
        corner, size = (column - 0.45, row - 0.45), (width - 0.1, height - 0.1)
        ax.add_patch(plt.Rectangle(corner, *size, fill=False, edgecolor=colour, linewidth=2.5))
    ax.set_xticks(np.arange(values.shape[1] + 1) - 0.5, labels=[])
    ax.set_yticks(np.arange(values.shape[0] + 1) - 0.5, labels=[])
    ax.grid(color="0.8", linewidth=0.5)
    ax.tick_params(length=0)
    ax.set_title(title, fontsize=9)


def with_slider(draw, label, settings, shown, height=2.6):
    """`draw(ax, setting)` for the few `shown`, side by side; in a live notebook with ipywidgets a slider for all."""
    fig, axes = plt.subplots(1, len(shown), figsize=(10, height))
    for ax, setting in zip(axes, shown):
        draw(ax, setting)
        ax.set_xlabel(f"{label}: {setting}", fontsize=9)
    fig.tight_layout()
    plt.show()
    if "JPY_SESSION_NAME" in os.environ or "VSCODE_PID" in os.environ or "google.colab" in sys.modules:
        try:
            import ipywidgets
        except ImportError:
            return

        def one(setting):
            _, ax = plt.subplots(figsize=(5, 4))
            draw(ax, setting)
            plt.show()

        slider = ipywidgets.SelectionSlider(options=settings, value=shown[0], description=label)
        ipywidgets.interact(one, setting=slider)


# %% [markdown]
# ## 1. A picture is an array
#
# A camera counts light. For each small square of the sensor, a **pixel**, it stores one byte for red, one for
# green and one for blue: whole numbers from 0 (dark) to 255. So a colour picture is an array with three axes,
# **(height, width, channels)**. The first index counts rows from the top, the second columns from the left, both
# from 0, the third is the channel: 0 red, 1 green, 2 blue. A grey picture has one number per pixel. Some files
# have a fourth channel, *alpha*, that says how opaque a pixel is; satellites have a dozen, beyond what eyes see.
#
# Below: the cat, and what each of its channels holds, drawn in grey. Which one is bright at the nose, and what does
# that say about the nose?

# %% tags=["figure"]
fig, axes = plt.subplots(1, 4, figsize=(11, 2.2))
show(axes[0], cat, "cat")
for channel, name in enumerate(("red", "green", "blue")):
    show(axes[channel + 1], cat[:, :, channel], f"cat[:, :, {channel}], {name}", vmin=0, vmax=255)
fig.tight_layout()

# %% [markdown]
# The second picture is a logo. Its file has four channels, which you see below on every fifth pixel. We need one,
# so `logo` is the whole of it made grey, as you will make the cat in question 2.

# %% tags=["figure"]
fig, axes = plt.subplots(1, 6, figsize=(11, 2))
show(axes[0], given["logo_rgba"], "every fifth pixel of the file")
for channel, name in enumerate(("red", "green", "blue", "alpha")):
    show(axes[channel + 1], given["logo_rgba"][:, :, channel], name, vmin=0, vmax=255)
show(axes[5], logo, "logo, made grey", vmin=0, vmax=255)
fig.tight_layout()

# %% [markdown]
# **The batch axis.** A network takes several pictures at once, so that the processor is busy and a training step
# averages over them. They are stacked along a new axis, the first: **(pictures, height, width, channels)**. All
# have to be of one size, and a grey picture gets a channel axis with one channel. Lecture 2 writes the same as
# `[batchsize, height, width, channels]`. Even a single picture has to be a batch, of one.

# %%
digit = np.zeros((28, 28))  # a grey picture
batch = np.stack([digit[:, :, None]] * 32)  # 32 of them
assert batch.shape == (32, 28, 28, 1)
assert batch[5].shape == (28, 28, 1)  # the sixth picture

# %% [raw]
# # BEGIN QUESTION
# name: q1

# %% [markdown]
# ### Question 1: reading an array
#
# Lecture 5 prints the shape and the largest value of its cat. This is another photograph, so the numbers are its
# own. Ask the array `cat`, in a cell of yours, and put into the cell below
#
# * `cat_shape`: its shape, a tuple of three numbers;
# * `cat_maximum`: the largest number in it;
# * `cat_pixel`: what is stored at row <<row>>, column <<column>>, channel <<channel>>.
#
# Then write `batch_shape`: the shape of an array with `count` pictures of this height, width and number of channels.

# %% [raw]
# # BEGIN SOLUTION

# %%
cat_shape = cat.shape  # SOLUTION
cat_maximum = int(cat.max())  # SOLUTION
cat_pixel = int(cat[given["term_row"], given["term_column"], given["term_channel"]])  # SOLUTION


def batch_shape(count, height, width, channels):
    """The shape of a batch, a tuple of four ints."""
    return count, height, width, channels  # SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_form_of_the_answers(env):
    """Three sizes, and two numbers that a byte can hold"""
    from cnnchecks import check_form

    check_form(env, "cat_shape", like=(1, 1, 1), at_least=1)
    check_form(env, "cat_maximum", like=1, at_least=0, at_most=255)
    check_form(env, "cat_pixel", like=1, at_least=0, at_most=255)


# %%
def test_digits_in_a_batch(env):
    """Thirty-two grey digits of 28x28"""
    from cnnchecks import check

    check(env, "batch_shape", 32, 28, 28, 1)


# %%
# HIDDEN
def test_hidden_shape(env):
    """The cat's shape"""
    from cnnchecks import data
    from grader.judge import check_value

    check_value(env, "cat_shape", "picture_shape", data()["cat"])


# %%
# HIDDEN
def test_hidden_pixels(env):
    """Its largest value, and the pixel that was asked for"""
    from cnnchecks import data
    from grader.judge import check_value

    stored = data()
    check_value(env, "cat_maximum", "largest_value", stored["cat"])
    place = [int(stored[name]) for name in ("term_row", "term_column", "term_channel")]
    check_value(env, "cat_pixel", "pixel_value", stored["cat"], *place)


# %%
# HIDDEN
def test_hidden_batch(env):
    """Batches of other pictures"""
    from grader.judge import check_drawn

    check_drawn(env, "batch_shape", "plain")


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [raw]
# # BEGIN QUESTION
# name: q2

# %% [markdown]
# ### Question 2: `to_grey`
#
# How bright is a colour? Eyes see green best and blue worst, so the standard for screens (BT.709) weighs the channels:
#
# $$\text{grey} = 0.2126\,\text{red} + 0.7152\,\text{green} + 0.0722\,\text{blue}.$$
#
# The weights add up to 1, so white stays 255. Write it for pictures with three channels or four (alpha is left
# out). The result has two axes and stays a float: cutting off decimals is for the screen.

# %% [raw]
# # BEGIN SOLUTION


# %%
def to_grey(image):
    """The brightness of a colour picture, from 0 to 255.

    image: (H, W, 3) or (H, W, 4), bytes or floats
    returns: (H, W) floats

    >>> to_grey(np.array([[[0, 0, 0], [100, 0, 0], [255, 255, 255]]])).round(2)
    array([[  0.  ,  21.26, 255.  ]])
    """
    # BEGIN SOLUTION
    return image[:, :, :3] @ np.array([0.2126, 0.7152, 0.0722])
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_three_pixels(env):
    """Black, a red and white, as bytes"""
    import numpy as np
    from cnnchecks import check

    check(env, "to_grey", np.array([[[0, 0, 0], [100, 0, 0], [255, 255, 255]]], np.uint8))


# %%
def test_alpha(env):
    """A fourth channel is left out"""
    import numpy as np
    from cnnchecks import check

    check(env, "to_grey", np.array([[[10, 20, 30, 255]], [[200, 100, 50, 0]]], np.uint8))


# %%
# HIDDEN
def test_hidden_colour(env):
    """Other pictures"""
    from grader.judge import check_drawn

    check_drawn(env, "to_grey", "colour")


# %%
# HIDDEN
def test_hidden_transparent(env):
    """A picture with four channels"""
    from grader.judge import check_drawn

    check_drawn(env, "to_grey", "transparent")


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# From here on we need the cat in grey and don't want to depend on your answer, so NumPy's rougher grey, the mean of
# the channels, stands in for it. Put the two side by side: where do they differ?

# %%
grey_cat = cat.mean(axis=2)

# %% tags=["figure"]
fig, axes = plt.subplots(1, 3, figsize=(10, 2.4))
yours = to_grey(cat)
show(axes[0], yours, "your grey", vmin=0, vmax=255)
show(axes[1], grey_cat, "the mean of the channels", vmin=0, vmax=255)
show(axes[2], None if yours is None else yours - grey_cat, "the difference (white: yours is brighter)")
fig.tight_layout()

# %% [markdown]
# ## 2. Sliding along a line
#
# Begin with one dimension: a row of numbers $x_0, x_1, \dots$ (a sound, a temperature by the hour, one line of a
# picture) and a short row of weights $k_0, k_1, \dots$, the **kernel**. Two operations slide one along the other.
#
# **Convolution** is the older one. For functions of time it is $(x * k)(t) = \int x(s)\, k(t - s)\, ds$: what
# happened at time $s$ still acts at time $t$, weighted by how long ago it was, $t - s$. For rows of numbers the
# integral is a sum,
#
# $$(x * k)_i = \sum_n x_n\, k_{i-n}.$$
#
# As $n$ runs forwards, the index of $k$ runs backwards: the kernel is **turned round** before it slides.
# That has its charm for mathematicians ($x * k = k * x$), and none for networks, whose weights are learned and could
# come out either way round. So every deep-learning library calls convolution what is, strictly, the
# **cross-correlation**: the kernel stays as it is,
#
# $$(x \star k)_i = \sum_n x_{i+n}\, k_n .$$
#
# (Lecture 5 writes $*$ for both.) *Without padding* ("valid"), the kernel only stands where it lies within the row.
#
# By hand, with $x = (1, 4, 9, 16)$ and $k = (-1, 0, 1)$: the cross-correlation is $9 - 1 = 8$ and $16 - 4 = 12$;
# the convolution, with the kernel turned to $(1, 0, -1)$, is $-8$ and $-12$. In the figure, the orange line is
# a kernel whose *first* weight is the largest, drawn where it begins to slide and where it ends.

# %%
squares = np.array([1.0, 4.0, 9.0, 16.0])
assert np.array_equal(np.convolve(squares, [-1, 0, 1], mode="valid"), [-8, -12])  # NumPy's is the mathematician's
assert [9 - 1, 16 - 4] == [8, 12]

# %% tags=["figure"]
line, weights = np.array([0, 0, 1, 3, 3, 3, 1, 0, 0]), np.array([3, 1, 0])
fig, axes = plt.subplots(1, 2, figsize=(10, 2.2), sharey=True)
for ax, title, standing in zip(axes, ("cross-correlation", "convolution"), (weights, weights[::-1])):
    ax.bar(range(9), line, color=BLUE, alpha=0.5, label="x")
    for start in (0, 6):
        ax.step(np.arange(start, start + 4) - 0.5, [*standing, standing[-1]], where="post", color=ORANGE, linewidth=2.5)
    ax.set_title(f"{title}: the kernel (3, 1, 0) stands as {tuple(int(k) for k in standing)}", fontsize=9)
    ax.set_xticks(range(9))
axes[0].legend()
fig.tight_layout()

# %% [raw]
# # BEGIN QUESTION
# name: q3

# %% [markdown]
# ### Question 3: `correlate1d`
#
# Write the cross-correlation of a row with a kernel, without padding. How many numbers come out? (A kernel as long
# as the row has one position.) A loop is fine, and so is `np.correlate`, if you know what its `mode` does.

# %% [raw]
# # BEGIN SOLUTION


# %%
def correlate1d(x, kernel):
    """Slide a kernel along a row, multiply, add up.

    x: (n,) floats     kernel: (k,) floats, not longer than x
    returns: one float for each position at which the kernel lies within the row

    >>> correlate1d(np.array([1.0, 4.0, 9.0, 16.0]), np.array([-1.0, 0.0, 1.0]))
    array([ 8., 12.])
    """
    # BEGIN SOLUTION
    positions = len(x) - len(kernel) + 1
    return np.array([np.sum(x[i : i + len(kernel)] * kernel) for i in range(positions)])
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_squares(env):
    """The example in the text: 8 and 12"""
    import numpy as np
    from cnnchecks import check

    check(env, "correlate1d", np.array([1.0, 4.0, 9.0, 16.0]), np.array([-1.0, 0.0, 1.0]))


# %%
def test_mean_of_two(env):
    """A moving average of two, and a kernel as long as the row"""
    import numpy as np
    from cnnchecks import check

    check(env, "correlate1d", np.array([2.0, 4.0, 8.0, 6.0]), np.array([0.5, 0.5]))
    check(env, "correlate1d", np.array([2.0, 4.0, 8.0]), np.array([1.0, 2.0, 3.0]))


# %%
# HIDDEN
def test_hidden_rows(env):
    """Other rows and kernels"""
    from grader.judge import check_drawn

    check_drawn(env, "correlate1d", "plain")


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# Two kernels on one line of the cat, through both its eyes: a moving average of 9, and the detector $(-1, 0, 1)$,
# which answers where brightness rises (above 0) or falls (below 0).

# %% tags=["figure"]
row = grey_cat[115]
lines = {
    "row 115": row,
    "average of 9": correlate1d(row, np.full(9, 1 / 9)),
    "(-1, 0, 1)": correlate1d(row, np.array([-1.0, 0.0, 1.0])),
}
fig, axes = plt.subplots(1, 3, figsize=(11, 2.2))
for ax, (title, values) in zip(axes, lines.items()):
    ax.set_title(title, fontsize=9)
    if values is not None:
        ax.plot(values, color=BLUE, linewidth=1)
fig.tight_layout()

# %% [markdown]
# ## 3. Sliding over a plane
#
# With two indices nothing new happens. Both run:
#
# $$(x \star k)_{i,j} = \sum_{u}\sum_{v} x_{i+u,\,j+v}\; k_{u,v}, \qquad\qquad
# (x * k)_{i,j} = \sum_{n}\sum_{m} x_{n,m}\; k_{i-n,\,j-m}.$$
#
# To compute one number of the cross-correlation: lay the kernel on a window of the picture, multiply each weight
# with the pixel below it, add everything up; then move on by a pixel. The given `correlate2d` does that.
#
# Lecture 2's example, its first window:

# %% tags=["figure"]
fig, axes = plt.subplots(1, 3, figsize=(8, 2.2))
draw_table(axes[0], [[2, 9, 11], [12, 43, 2], [9, 87, 65]], "window")
draw_table(axes[1], [[0, 0, 1], [1, 0, 0], [0, 0, 1]], "kernel: 11 + 12 + 65 = 88")
draw_table(axes[2], [[1, 0, 0], [0, 0, 1], [1, 0, 0]], "turned by 180°: 2 + 2 + 9 = 13")
fig.tight_layout()

# %%
window = np.array([[2, 9, 11], [12, 43, 2], [9, 87, 65]])
kernel_of_lecture_2 = np.array([[0, 0, 1], [1, 0, 0], [0, 0, 1]])
assert correlate2d(window, kernel_of_lecture_2).item() == 11 + 12 + 65 == 88
assert 2 + 2 + 9 == 13

# %% [markdown]
# The lecture calls this convolution and computes 88; that is the cross-correlation. The mathematician's convolution
# of the same window and kernel is 13. Both are "right": one has to say which one is meant.

# %% [raw]
# # BEGIN QUESTION
# name: q4

# %% [markdown]
# ### Question 4: `convolve2d`
#
# Write the mathematician's convolution, without padding. You have `correlate2d`, so it takes one line: what has to be
# done to the kernel? It needn't be square.

# %% [raw]
# # BEGIN SOLUTION


# %%
def convolve2d(image, kernel):
    """The mathematician's convolution, without padding: (H, W), (kh, kw) -> (H-kh+1, W-kw+1).

    >>> convolve2d(np.array([[2.0, 9, 11], [12, 43, 2], [9, 87, 65]]), np.array([[0.0, 0, 1], [1, 0, 0], [0, 0, 1]]))
    array([[13.]])
    """
    # BEGIN SOLUTION
    return correlate2d(image, kernel[::-1, ::-1])
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_lecture_2_patch(env):
    """Lecture 2's first window: 13, not 88"""
    import numpy as np
    from cnnchecks import check

    window = np.array([[2.0, 9, 11], [12, 43, 2], [9, 87, 65]])
    check(env, "convolve2d", window, np.array([[0.0, 0, 1], [1, 0, 0], [0, 0, 1]]))


# %%
def test_wide_kernel(env):
    """A kernel of two rows and three columns"""
    import numpy as np
    from cnnchecks import check

    check(env, "convolve2d", np.arange(20.0).reshape(4, 5) ** 2 % 7, np.array([[1.0, 2, 0], [0, -1, 3]]))


# %%
# HIDDEN
def test_hidden_square(env):
    """Square kernels"""
    from grader.judge import check_drawn

    check_drawn(env, "convolve2d", "square")


# %%
# HIDDEN
def test_hidden_uneven(env):
    """Kernels that aren't square"""
    from grader.judge import check_drawn

    check_drawn(env, "convolve2d", "uneven")


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# Does it matter? Put in a picture that is 0 but for one bright pixel. The convolution answers with the kernel as it
# is; the cross-correlation with the kernel turned by 180 degrees. For a kernel that looks the same when turned, such
# as a blur, both agree; for $(-1, 0, 1)$ they differ in sign, as on the logo's upper left part.

# %% tags=["figure"]
dot = np.zeros((9, 9))
dot[4, 4] = 1
letter = np.array([[1, 1, 1], [1, 0, 0], [1, 1, 0], [1, 0, 0], [1, 0, 0]])  # an F
rising = np.array([[-1, 0, 1]])
fig, axes = plt.subplots(1, 5, figsize=(11, 2.3))
show(axes[0], letter, "a kernel")
show(axes[1], correlate2d(dot, letter), "one pixel, cross-correlated")
show(axes[2], convolve2d(dot, letter), "one pixel, convolved")
show(axes[3], correlate2d(logo[:200:2, :300:2], rising), "logo, cross-correlated", vmin=-200, vmax=200)
show(axes[4], convolve2d(logo[:200:2, :300:2], rising), "logo, convolved", vmin=-200, vmax=200)
fig.tight_layout()

# %% [markdown]
# ## 4. How much exactly?
#
# A window has to lie within the picture, so there are fewer windows than pixels: convolution has a shrinking
# effect. How much exactly? Lecture 5 leaves that to you, and so do we, in a moment.
#
# Here the cat goes through the same kernel, an average of 25×25, again and again.

# %% tags=["figure"]
def shrunk(ax, times):
    picture = grey_cat
    for _ in range(times):
        lines = np.cumsum(np.pad(picture, ((1, 0), (1, 0))), axis=0).cumsum(axis=1)  # quick sums of large windows
        picture = (lines[25:, 25:] - lines[:-25, 25:] - lines[25:, :-25] + lines[:-25, :-25]) / 625
    show(ax, picture, extent=(0, picture.shape[1], picture.shape[0], 0))
    ax.set(xlim=(0, cat.shape[1]), ylim=(cat.shape[0], 0))


with_slider(shrunk, "convolutions", range(12), shown=(0, 2, 5, 10))

# %% [markdown]
# A network of many layers would run out of picture. The remedy is **padding**: put zeros around the picture first, as
# many as get lost. If the kernel's size is odd, they can be shared out equally between both sides. The output, which is
# called a **map**, is then as large as the picture. (Assignments 1 and 3 treat even kernels and strides.)

# %% [raw]
# # BEGIN QUESTION
# name: q5

# %% [markdown]
# ### Question 5: `shape_after` and `zeros_around`
#
# * `shape_after`: the shape of a picture after `times` convolutions, one after the other, without padding. Shapes
#   are (rows, columns), of the kernel too, which needn't be square; enough of the picture is left.
# * `zeros_around`: how many zeros one convolution needs on *each* side so that the map is as large as the picture: a
#   tuple (rows above, which is rows below; columns left, which is columns right). The kernel's sizes are odd.

# %% [raw]
# # BEGIN SOLUTION


# %%
def shape_after(image_shape, kernel_shape, times=1):
    """The shape of a picture after some convolutions without padding.

    image_shape, kernel_shape: (rows, columns)
    returns: (rows, columns), ints

    >>> shape_after((10, 12), (3, 3)), shape_after((10, 12), (3, 3), times=2)
    ((8, 10), (6, 8))
    """
    # BEGIN SOLUTION
    (height, width), (rows, columns) = image_shape, kernel_shape
    return height - times * (rows - 1), width - times * (columns - 1)
    # END SOLUTION


def zeros_around(kernel_shape):
    """Zeros on each side that keep a picture's size: (rows, columns), ints.

    >>> zeros_around((3, 3))
    (1, 1)
    """
    # BEGIN SOLUTION
    return kernel_shape[0] // 2, kernel_shape[1] // 2
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_once(env):
    """Lecture 5's 10x10 pixels become 8x8; a kernel of one row"""
    from cnnchecks import check

    check(env, "shape_after", (10, 10), (3, 3))
    check(env, "shape_after", (10, 12), (1, 5))


# %%
def test_twice(env):
    """Two convolutions, one after the other"""
    from cnnchecks import check

    check(env, "shape_after", (10, 12), (3, 3), 2)


# %%
def test_zeros(env):
    """Kernels of three, and of three and five"""
    from cnnchecks import check

    check(env, "zeros_around", (3, 3))
    check(env, "zeros_around", (3, 5))


# %%
# HIDDEN
def test_hidden_once(env):
    """One convolution"""
    from grader.judge import check_drawn

    check_drawn(env, "shape_after", "once")


# %%
# HIDDEN
def test_hidden_often(env):
    """Several convolutions"""
    from grader.judge import check_drawn

    check_drawn(env, "shape_after", "often")


# %%
# HIDDEN
def test_hidden_zeros(env):
    """Zeros around other pictures"""
    from grader.judge import check_drawn

    check_drawn(env, "zeros_around", "plain")


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# Zeros are not free. They are black, and whatever a kernel computes at the border, it computes with them: after an
# average of 25×25 the picture has a dark frame, and a detector finds edges there that nobody drew.

# %% tags=["figure"]
framed = np.pad(grey_cat, 12)
averaged = correlate2d(framed, np.full((25, 25), 1 / 625))
edges = correlate2d(np.pad(grey_cat, 1), np.array([[-1, 0, 1]] * 3))
fig, axes = plt.subplots(1, 3, figsize=(10, 2.4))
show(axes[0], framed, "zeros around the cat", vmin=0, vmax=255)
show(axes[1], averaged, "averaged: a dark frame", vmin=0, vmax=255)
show(axes[2], abs(edges)[:60, :90], "vertical edges, top left corner: a bright line", vmin=0, vmax=300)
fig.tight_layout()

# %% [markdown]
# ## 5. Averages, and noise
#
# Lecture 5's first example is a corner of a photograph with a hole: nine pixels are lost and read 0. A **moving
# average** replaces each pixel by the mean of its neighbourhood; its kernel of 3×3 has nine weights of 1/9.
# By hand, for the framed window:
#
# $$\frac{103 + 105 + 108 + 112 + 113 + 114 + 110 + 109 + 0}{9} = \frac{874}{9} = 97.1, \quad\text{on the screen } 97.$$
#
# One lost pixel in the window costs it a ninth of its brightness. In the middle of the hole the average is 0, as
# before: an average of nothing.

# %%
pixels = np.array(
    """113 122 130 128 126 125 121 121 115 127
       115 112 110 111 114 119 122 117 120 117
       105 106 105 106 108 111 113 117 118 114
        94  98 101 103 105 108 110 114 114 111
       106 109 111 112 113 114 115 113 112 111
       114 113 111 110 109   0   0   0 111 113
       110 106 106 108 111   0   0   0 107 110
       109 106 108 116 124   0   0   0 106 109
       102  97 100 109 116 117 114 118 111 114
       100 108  97 100 107  90  93  97 102 110""".split(),
    float,
).reshape(10, 10)  # fmt: skip
averages = correlate2d(pixels, np.ones((3, 3))) / 9
assert pixels[3:6, 3:6].sum() == 874
assert round(averages[3, 3], 1) == 97.1
assert averages[5, 5] == 0

# %% tags=["figure"]
fig, axes = plt.subplots(1, 4, figsize=(12, 3.3), width_ratios=(10, 8, 5, 5))
draw_table(axes[0], pixels, "lecture 5's pixels", boxes=[(3, 3, 3, 3, ORANGE)])
draw_table(axes[1], averages, "moving averages", boxes=[(3, 3, 1, 1, ORANGE)], form=".0f")
show(axes[2], pixels, "pixels", vmin=0, vmax=130)
show(axes[3], averages, "averages", vmin=0, vmax=130)
fig.tight_layout()

# %% [markdown]
# **Four slips.** While the window slides, the lecture draws the pixels again on each slide, and on four slides a number
# of row 4 (the fifth) has changed on the way:
#
# | slide | row | column | the slide reads |
# |---|---|---|---|
# | first | 4 | 6 | 110 |
# | second | 4 | 6 | 113 |
# | third | 4 | 7 | 114 |
# | fourth | 4 | 8 | 111 |
#
# The averages were computed from the right ones.

# %% [raw]
# # BEGIN QUESTION
# name: q6

# %% [markdown]
# ### Question 6: `should_read`, `moving_average` and `repair`
#
# * `should_read`: what the four places should read, a tuple of four whole numbers in the table's order.
# * `moving_average`: the mean of each window of `size`×`size` pixels, without padding, fractions kept.
# * `repair`: a better idea against lost pixels. A pixel that reads 0 is lost. It gets the mean of those pixels in
#   its 3×3 window that are **not** lost; all other pixels stay as they are. At the border the window is
#   smaller (zeros put around the picture count as lost, so they do no harm). A pixel whose whole window is
#   lost stays 0.
#
# *For the last one:* sum of the window, divided by the number of pixels left in it. Both are a cross-correlation with a
# kernel of ones: of the picture, and of `image > 0`. `np.pad(…, 1)` and `np.where` do the rest.

# %% [raw]
# # BEGIN SOLUTION

# %%
should_read = tuple(int(pixels[4, column]) for column in (6, 6, 7, 8))  # SOLUTION


def moving_average(image, size):
    """The mean of each window of size×size: (H, W) -> (H-size+1, W-size+1)."""
    # BEGIN SOLUTION
    return correlate2d(image, np.full((size, size), 1 / size**2))
    # END SOLUTION


def repair(image):
    """Fill lost pixels (0) with the mean of what is left in their 3×3 windows.

    image: (H, W) floats, not negative
    returns: (H, W), a new array

    >>> repair(np.array([[4.0, 2.0, 8.0], [3.0, 0.0, 0.0]])).round(2)
    array([[4.  , 2.  , 8.  ],
           [3.  , 4.25, 5.  ]])
    """
    # BEGIN SOLUTION
    kernel = np.ones((3, 3))
    total = correlate2d(np.pad(image, 1), kernel)
    left = correlate2d(np.pad(image > 0, 1), kernel)
    return np.where(image > 0, image, total / np.maximum(left, 1))
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_form_of_the_readings(env):
    """Four whole numbers that a byte can hold"""
    from cnnchecks import check_form

    check_form(env, "should_read", like=(1, 1, 1, 1), at_least=0, at_most=255)


# %%
def test_averages(env):
    """A small picture, windows of two and of three"""
    import numpy as np
    from cnnchecks import check

    image = np.array([[9.0, 0, 18, 9], [27, 9, 0, 18], [0, 45, 9, 9]])
    check(env, "moving_average", image, 2)
    check(env, "moving_average", image, 3)


# %%
def test_lost_pixels(env):
    """Two lost pixels, one of them in a corner"""
    import numpy as np
    from cnnchecks import check

    check(env, "repair", np.array([[4.0, 2.0, 8.0], [3.0, 0.0, 0.0]]))
    check(env, "repair", np.array([[0.0, 6.0, 9.0, 9.0], [3.0, 3.0, 9.0, 0.0], [6.0, 6.0, 6.0, 3.0]]))


# %%
# HIDDEN
def test_hidden_readings(env):
    """What the four places should read"""
    import numpy as np
    from grader.judge import check_value

    pixels = np.zeros((10, 10))
    pixels[3, 5:8], pixels[4], pixels[:, 4] = (108, 110, 114), (106, 109, 111, 112, 113, 114, 115, 113, 112, 111), 113
    pixels[6:9, 4] = (111, 124, 116)
    check_value(env, "should_read", "readings", pixels, ((4, 6), (4, 6), (4, 7), (4, 8)))


# %%
# HIDDEN
def test_hidden_averages(env):
    """Moving averages"""
    from grader.judge import check_drawn

    check_drawn(env, "moving_average", "plain")


# %%
# HIDDEN
def test_hidden_repair(env):
    """Single lost pixels"""
    from grader.judge import check_drawn

    check_drawn(env, "repair", "dots")


# %%
# HIDDEN
def test_hidden_hole(env):
    """A hole in which whole windows are lost"""
    from grader.judge import check_drawn

    check_drawn(env, "repair", "hole")


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# The same on the cat's eye, of whose pixels a tenth was lost. An average makes dots into smudges and the cat into
# fog: the larger the window, the less of both is left. `repair` changes lost pixels only. (Slide the window's size.)

# %% tags=["figure"]
eye = grey_cat[70:180, 125:235] + 1
lost = np.random.default_rng(1).random(eye.shape) < 0.1
damaged = np.where(lost, 0, eye)


def cleaned(ax, size):
    picture = moving_average(damaged, size)
    show(ax, picture, "averaged" if size > 1 else "damaged", vmin=0, vmax=255)


with_slider(cleaned, "size", range(1, 16, 2), shown=(1, 3, 5, 9))
fig, axes = plt.subplots(1, 3, figsize=(10, 3))
mended = repair(damaged)
show(axes[0], mended, "repaired", vmin=0, vmax=255)
show(axes[1], eye, "what it was", vmin=0, vmax=255)
show(axes[2], None if mended is None else abs(mended - eye), "what is still wrong", vmin=0, vmax=60)
fig.tight_layout()

# %% [markdown]
# ## 6. Detectors
#
# Other weights, other effects. Five kernels with names, all 3×3:

# %%
KERNELS = {
    "blur": np.ones((3, 3)),
    "sharpen": np.array([[0, -1, 0], [-1, 5, -1], [0, -1, 0]]),
    "horizontal edges": np.array([[-1, -1, -1], [0, 0, 0], [1, 1, 1]]),
    "vertical edges": np.array([[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]]),
    "outline": np.array([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]]),
}

# %% tags=["figure"]
fig, axes = plt.subplots(2, 5, figsize=(11, 4))
for (name, kernel), above, below in zip(KERNELS.items(), axes[0], axes[1]):
    draw_table(above, kernel, name)
    limits = {} if kernel.sum() else {"vmin": -300, "vmax": 300}
    show(below, correlate2d(grey_cat, kernel), f"weights add up to {kernel.sum():g}", **limits)
fig.tight_layout()

# %% [markdown]
# Where the picture is flat, all nine pixels of a window have the same grey, and of the weights only their sum matters.
# A detector should answer 0 there, however bright it is: so its weights add up to 0. (In the
# three pictures of detectors mid-grey is 0, white is positive, black negative.)
#
# An edge is a *change*. A **horizontal** edge is met going *down*: the rows above it differ from those below, and
# the kernel compares rows. A table's upper edge is horizontal, a tree's trunk has vertical ones.
#
# **A riddle.** Here is every fifth pixel of the logo and the maps that the five kernels made of it, in some order.

# %%
small = logo[::5, ::5].astype(float)
maps = given["term_maps"]  # (5, 98, 98)

# %% tags=["figure"]
fig, axes = plt.subplots(1, 6, figsize=(12, 2.3))
show(axes[0], small, "small")
for number, (ax, one) in enumerate(zip(axes[1:], maps)):
    show(ax, one, f"maps[{number}], {one.min()} to {one.max()}")
fig.tight_layout()

# %% [raw]
# # BEGIN QUESTION
# name: q7

# %% [markdown]
# ### Question 7: `made_by` and `flat_response`
#
# * `made_by`: the names of the kernels that made `maps[0]` to `maps[4]`, a tuple of five of `KERNELS`'s keys. Look
#   first (where are the circle's upper and lower rim, where its left and right one?), then, if you like, let
#   `correlate2d` confirm it.
# * `flat_response`: what a kernel, any kernel, answers on a wall where all pixels have the same grey `level`.

# %% [raw]
# # BEGIN SOLUTION

# %%
made_by = tuple(min(KERNELS, key=lambda name: abs(correlate2d(small, KERNELS[name]) - one).max()) for one in maps)  # SOLUTION


def flat_response(kernel, level):
    """What a kernel (kh, kw) answers where all pixels are `level`: a float.

    >>> flat_response(np.array([[1.0, 2.0], [0.0, 1.0]]), 10)
    40.0
    """
    # BEGIN SOLUTION
    return float(level * np.sum(kernel))
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_form_of_the_names(env):
    """Five names of the table"""
    from cnnchecks import check_form

    names = ("blur", "sharpen", "horizontal edges", "vertical edges", "outline")
    check_form(env, "made_by", like=("name",) * 5, choices=names)


# %%
def test_flat_wall(env):
    """A detector and a kernel that isn't one, on a wall"""
    import numpy as np
    from cnnchecks import check

    check(env, "flat_response", np.array([[-1.0, 0.0, 1.0]]), 100)
    check(env, "flat_response", np.array([[1.0, 2.0], [0.0, -4.0]]), 10)


# %%
# HIDDEN
def test_hidden_riddle(env):
    """Which kernel made which map"""
    from cnnchecks import data
    from grader.judge import check_value

    stored = data()
    check_value(env, "made_by", "kernels_behind", stored["logo"][::5, ::5].astype(float), stored["term_maps"])


# %%
# HIDDEN
def test_hidden_wall(env):
    """Other kernels on other walls"""
    from grader.judge import check_drawn

    check_drawn(env, "flat_response", "plain")


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# ## 7. ReLU, channels, feature maps
#
# Three more steps make a convolutional layer of a sliding kernel.
#
# **ReLU.** $\operatorname{ReLU}(z) = \max(z, 0)$ keeps what is above 0 and forgets the rest. After it, a detector of
# edges says *how much* there is of what it looks for, and nothing of the opposite: it answers where dark turns to
# bright, and no longer where bright turns to dark. A layer that needs both learns two kernels.

# %% tags=["figure"]
falling_and_rising = correlate2d(small, KERNELS["vertical edges"])
fig, axes = plt.subplots(1, 4, figsize=(11, 2.7))
show(axes[0], small, "small")
show(axes[1], falling_and_rising, "vertical edges (mid-grey is 0)", vmin=-500, vmax=500)
show(axes[2], np.maximum(falling_and_rising, 0), "after ReLU: dark to bright", vmin=0, vmax=500)
show(axes[3], np.maximum(-falling_and_rising, 0), "the kernel's negative, after ReLU", vmin=0, vmax=500)
fig.tight_layout()

# %% [markdown]
# **Channels.** A kernel for a picture with $C$ channels has a sheet of weights for each of them. Every channel is
# cross-correlated with its own sheet, and the $C$ results are **added** to one map; then a **bias** $b$ is added to
# every place. A negative bias is a threshold that the sum has to pass before ReLU lets anything through.
#
# **Feature maps.** A layer has several such kernels. Each makes one map, a picture of where its feature is, and the
# maps are the channels of what comes out. So the kernels of a layer are an array $(k_h, k_w, C, K)$: sheet $c$ of
# kernel $k$ is `kernels[:, :, c, k]`. In a formula, for map $k$:
#
# $$y_{i,j,k} = \operatorname{ReLU}\Bigl(b_k + \sum_{u,v,c} x_{i+u,\,j+v,\,c}\; w_{u,v,c,k}\Bigr).$$

# %% [raw]
# # BEGIN QUESTION
# name: q8

# %% [markdown]
# ### Question 8: `feature_maps`
#
# A whole convolutional layer for one picture, without padding: the formula above. `correlate2d` does one channel and
# one sheet; two loops, or two comprehensions, do the rest, and `np.stack(…, axis=-1)` makes maps into channels.

# %% [raw]
# # BEGIN SOLUTION


# %%
def feature_maps(image, kernels, biases):
    """The feature maps of one picture.

    image: (H, W, C)     kernels: (kh, kw, C, K)     biases: (K,)
    returns: (H-kh+1, W-kw+1, K), nothing below 0

    >>> image = np.array([[[1.0, 5.0], [4.0, 3.0]]])  # one row, two columns, two channels
    >>> kernels = np.array([1.0, -1.0]).reshape(1, 1, 2, 1)  # the first channel minus the second
    >>> feature_maps(image, kernels, np.array([2.0]))[:, :, 0]
    array([[0., 3.]])
    """
    # BEGIN SOLUTION
    channels, count = kernels.shape[2:]
    sums = [sum(correlate2d(image[:, :, c], kernels[:, :, c, k]) for c in range(channels)) for k in range(count)]
    return np.maximum(np.stack(sums, axis=-1) + biases, 0)
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_two_pixels(env):
    """The example in the docstring"""
    import numpy as np
    from cnnchecks import check

    image, kernels = np.array([[[1.0, 5.0], [4.0, 3.0]]]), np.array([1.0, -1.0]).reshape(1, 1, 2, 1)
    check(env, "feature_maps", image, kernels, np.array([2.0]))


# %%
def test_two_maps(env):
    """Three channels, two kernels, two biases"""
    import numpy as np
    from cnnchecks import check

    image = np.arange(36.0).reshape(3, 4, 3) * 5 % 7 - 2
    kernels = np.arange(24.0).reshape(2, 2, 3, 2) * 3 % 5 - 2
    check(env, "feature_maps", image, kernels, np.array([-1.0, 4.0]))


# %%
# HIDDEN
def test_hidden_two_channels(env):
    """Two channels"""
    from grader.judge import check_drawn

    check_drawn(env, "feature_maps", "two")


# %%
# HIDDEN
def test_hidden_more_channels(env):
    """More channels"""
    from grader.judge import check_drawn

    check_drawn(env, "feature_maps", "more")


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# Your layer, with four kernels chosen by hand, on the cat in colour: *orange* (red minus blue), *green eyes* (green minus
# the mean of red and blue), both with a threshold, and edges in two directions over all three channels. A trained
# network finds such kernels by itself.

# %% tags=["figure"]
hand_made = np.zeros((3, 3, 3, 4))
hand_made[:, :, 0, 0], hand_made[:, :, 2, 0] = 1 / 9, -1 / 9
hand_made[:, :, 1, 1], hand_made[:, :, 0, 1], hand_made[:, :, 2, 1] = 1 / 9, -1 / 18, -1 / 18
hand_made[:, :, :, 2] = KERNELS["horizontal edges"][:, :, None]
hand_made[:, :, :, 3] = KERNELS["vertical edges"][:, :, None]
layer = feature_maps(cat, hand_made, np.array([-60.0, -8.0, 0.0, 0.0]))
fig, axes = plt.subplots(1, 5, figsize=(12, 1.9))
show(axes[0], cat, "cat")
for number, (ax, title) in enumerate(zip(axes[1:], ("orange", "green eyes", "horizontal edges", "vertical edges"))):
    show(ax, None if layer is None else layer[:, :, number], title)
fig.tight_layout()

# %% [markdown]
# ## 8. Pooling
#
# **Pooling** makes maps smaller: of each window of, say, 2×2, side by side, one number remains, the largest (max
# pooling) or the mean (average pooling). There is nothing to learn in it. (Lecture 2 says that all its weights are 1.
# For an average of four they are 1/4; and a maximum has no weights.) The lectures' two examples, the second of
# which has lost its results on the way:

# %% tags=["figure"]
examples = (
    np.array([[8, 5, 2, 7], [1, 6, 0, 3], [2, 4, 7, 1], [5, 1, 8, 0]]),
    np.array([[2, 3, 2, 0], [5, -2, 2, 8], [-1, -6, 7, 3], [-4, -5, 4, 2]]),
)
fig, axes = plt.subplots(1, 6, figsize=(11, 2), width_ratios=(2, 1, 1) * 2)
for number, (lecture, table) in enumerate(zip((2, 1), examples)):
    draw_table(axes[3 * number], table, f"lecture {lecture}")
    draw_table(axes[3 * number + 1], max_pool(table, 2), "maximum")
    draw_table(axes[3 * number + 2], table.reshape(2, 2, 2, 2).mean(axis=(1, 3)), "average")
fig.tight_layout()
assert np.array_equal(max_pool(examples[0], 2), [[8, 7], [5, 8]])
assert np.array_equal(max_pool(examples[1], 2), [[5, 8], [-1, 7]])

# %% [markdown]
# The first thing it buys is memory: windows of 2×2 leave a quarter of the numbers, and the cat is still a cat.

# %% tags=["figure"]
def pooled(ax, size):
    show(ax, max_pool(grey_cat, size), f"{max_pool(grey_cat, size).size:,} numbers", vmin=0, vmax=255)


with_slider(pooled, "size", (1, 2, 4, 8, 12, 16, 24), shown=(1, 4, 8, 16))

# %% [markdown]
# The second is a little **invariance**. If the picture moves by one pixel, the largest value of a window is often the
# same as before, since it is still in that window. *Often, a little*: that can be measured. And it has a price.
# Whoever wants to know *where* exactly something is, as in **segmentation**, which labels every pixel, has lost
# that. Take a mask (1 where something is, 0 elsewhere), pool it, make it large again by letting every value become
# a square, and count the pixels that are wrong now.

# %% [raw]
# # BEGIN QUESTION
# name: q9

# %% [markdown]
# ### Question 9: `unmoved_share` and `pixels_wrong`
#
# * `unmoved_share`: max-pool a picture; move the picture `shift` columns to the right (`np.roll` with `axis=1`, so that
#   what leaves on the right comes back on the left), and max-pool that. What share of the pooled values, from 0 to
#   1, is equal in both, place by place?
# * `pixels_wrong`: max-pool a mask, enlarge it by `np.repeat` along both axes to its old size, and count the
#   pixels that differ from the mask. Height and width are multiples of `size`.

# %% [raw]
# # BEGIN SOLUTION


# %%
def unmoved_share(image, size, shift):
    """The share of max-pooled values that stay when the picture moves to the right: a float from 0 to 1.

    >>> unmoved_share(np.array([[9.0, 0, 0, 0, 0, 0, 0, 5], [0, 0, 0, 0, 0, 0, 0, 0]]), 2, 1)  # the 5 comes round
    0.75
    """
    # BEGIN SOLUTION
    moved = max_pool(np.roll(image, shift, axis=1), size)
    return float(np.mean(moved == max_pool(image, size)))
    # END SOLUTION


def pixels_wrong(mask, size):
    """How many pixels of a mask (H, W) of 0 and 1 change when it is max-pooled and enlarged again: an int.

    >>> pixels_wrong(np.array([[1.0, 0.0, 1.0, 1.0], [0.0, 0.0, 1.0, 1.0]]), 2)
    3
    """
    # BEGIN SOLUTION
    enlarged = max_pool(mask, size).repeat(size, axis=0).repeat(size, axis=1)
    return int(np.sum(enlarged != mask))
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_unmoved(env):
    """Two bright pixels: one leaves its window, the other doesn't"""
    import numpy as np
    from cnnchecks import check

    image = np.zeros((4, 8))
    image[0, 0], image[0, 5], image[2, 1], image[2, 6] = 9, 5, 3, 7
    check(env, "unmoved_share", image, 2, 1)
    check(env, "unmoved_share", image, 4, 1)


# %%
def test_mask(env):
    """A mask with a thin line and a block"""
    import numpy as np
    from cnnchecks import check

    mask = np.array([[1.0, 0, 0, 0, 1, 1], [1, 0, 0, 0, 1, 1], [1, 0, 0, 1, 0, 0], [0, 0, 0, 0, 0, 0]])
    check(env, "pixels_wrong", mask, 2)


# %%
# HIDDEN
def test_hidden_share(env):
    """Other pictures, windows and shifts"""
    from grader.judge import check_drawn

    check_drawn(env, "unmoved_share", "plain")


# %%
# HIDDEN
def test_hidden_masks(env):
    """Other masks"""
    from grader.judge import check_drawn

    check_drawn(env, "pixels_wrong", "plain")


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# Measured on the logo. On the left, the share of values that a shift leaves as they were: windows of 1 are no
# pooling at all, and much of the logo is of one colour. On the right, the mask of its white parts and what pooling
# by 10 makes of it: the white line, no wider than a window, gets about twice as wide. *Good for saying that there is
# a snake, bad for cutting it out.*

# %% tags=["figure"]
fig, axes = plt.subplots(1, 4, figsize=(12, 2.8))
shifts, white = (1, 2, 4, 8), (logo > 250).astype(float)
for size, colour, marker in zip((1, 2, 4, 10), ("0.5", BLUE, ORANGE, GREEN), "os^D"):
    shares = [unmoved_share(logo, size, shift) for shift in shifts]
    if None not in shares:
        axes[0].plot(shifts, shares, color=colour, marker=marker, label=f"windows of {size}")
        axes[0].legend(fontsize=8)
axes[0].set(xlabel="shift in pixels", ylim=(0, 1), title="share of values unmoved")
wrong = [pixels_wrong(white, size) for size in (2, 4, 10, 20)]
if None not in wrong:
    axes[1].bar(["2", "4", "10", "20"], np.array(wrong) / white.size, color=BLUE)
axes[1].set(xlabel="windows", title="share of mask pixels wrong")
show(axes[2], white, "white parts")
show(axes[3], max_pool(white, 10), "pooled by 10")
fig.tight_layout()

# %% [markdown]
# ## 9. Finding a thing by its picture
#
# Lecture 3 introduces convolution by **template matching**: cut a small picture out, the template, slide it over the
# large one, and see where it fits best. Cross-correlation measures the fit, but not raw: a white wall gives large sums
# with any template. So compare *patterns*, not brightness. For a window $x$ and a template $t$ with means $\bar x$
# and $\bar t$:
#
# $$s = \frac{\sum (x - \bar x)(t - \bar t)}{\sqrt{\sum (x - \bar x)^2 \; \sum (t - \bar t)^2}},$$
#
# with sums over the window's pixels. This **normalised cross-correlation** lies between $-1$ and 1. It is 1 where the
# window is the template, *also in other light*: a factor above 0 and a constant added to the window change nothing.
# A window of a single grey has no pattern ($0/0$); its score is 0.
#
# (Seen as vectors, window and template without their means have an angle between them; $s$ is its cosine.)

# %% [raw]
# # BEGIN QUESTION
# name: q10

# %% [markdown]
# ### Question 10: `best_match`
#
# Return the place of the best match by the score $s$: row and column of the window's **top left** pixel, two ints.
#
# `windows = windows_of(image, template.shape)` has the axes (row, column, row within the window, column within it), so
# `windows.mean(axis=(2, 3), keepdims=True)` are the means of all windows at once, and `np.unravel_index` turns what
# `argmax` says into a row and a column. Mind the windows that are flat: where the root in the denominator is less than
# $10^{-9}$, the score is 0.

# %% [raw]
# # BEGIN SOLUTION


# %%
def best_match(image, template):
    """Where a template fits best, brightness and contrast aside.

    image: (H, W) floats     template: (kh, kw) floats, not flat
    returns: (row, column) of the best window's top left pixel

    >>> image = np.array([[9.0, 9, 9, 9], [9, 1, 2, 9], [9, 3, 3, 9]])
    >>> best_match(image, np.array([[50.0, 60.0], [70.0, 70.0]]))  # 40 and ten times what stands in the middle
    (1, 1)
    """
    # BEGIN SOLUTION
    windows = windows_of(image, template.shape)
    windows = windows - windows.mean(axis=(2, 3), keepdims=True)
    pattern = template - template.mean()
    sizes = np.sqrt((windows**2).sum(axis=(2, 3)) * (pattern**2).sum())
    scores = (windows * pattern).sum(axis=(2, 3)) / np.where(sizes > 1e-9, sizes, np.inf)
    row, column = np.unravel_index(scores.argmax(), scores.shape)
    return int(row), int(column)
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_bright_wall(env):
    """A pattern beside a white wall"""
    import numpy as np
    from cnnchecks import check

    image = np.array([[9.0, 9, 9, 9], [9, 1, 2, 9], [9, 3, 3, 9]])
    check(env, "best_match", image, np.array([[50.0, 60.0], [70.0, 70.0]]))


# %%
def test_in_the_dark(env):
    """The template again, paler and darker, beside a stronger pattern that is less alike"""
    import numpy as np
    from cnnchecks import check

    image = np.array([[0.0, 9, 0, 9, 0, 0], [9, 9, 0, 0, 3, 4], [0, 9, 9, 0, 5, 5], [0, 0, 9, 0, 0, 0]])
    check(env, "best_match", image, np.array([[10.0, 30.0], [50.0, 50.0]]))


# %%
# HIDDEN
def test_hidden_matches(env):
    """Other templates, hidden among windows that only look right"""
    from grader.judge import check_drawn

    check_drawn(env, "best_match", "plain")


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# A search on the cat. The template is its nose, cut out and made pale; the raw sums are largest on the bright
# background, your score finds the nose.

# %% tags=["figure"]
half = grey_cat[::2, ::2]
template = 0.4 * half[111:133, 112:146] + 120
found = best_match(half, template)
raw = correlate2d(half, template)
fooled = np.unravel_index(raw.argmax(), raw.shape)
fig, axes = plt.subplots(1, 3, figsize=(11, 2.6))
show(axes[0], template, "template", vmin=0, vmax=255)
show(axes[1], raw, "raw sums of products")
show(axes[2], half, "orange: largest raw sum, blue: yours", vmin=0, vmax=255)
for place, colour in ((fooled, ORANGE), (found, BLUE)):
    if place is not None:
        axes[2].add_patch(plt.Rectangle(place[::-1], 34, 22, fill=False, edgecolor=colour, linewidth=3))
fig.tight_layout()

# %% [markdown]
# A kernel of a trained network is such a template, learned, and a feature map says where it fits. What a network
# has that this search hasn't: layers, so that parts may move against each other.
#
# ## 10. Convolution is a matrix
#
# Every output is a weighted sum of inputs, so a convolution is a matrix product, like a dense layer; only a very
# special one. For a row $x$ of five numbers and $k = (-1, 0, 1)$, as in lecture 5:
#
# $$x \star k \;=\; x \cdot \begin{pmatrix} -1 & 0 & 0 \\ 0 & -1 & 0 \\ 1 & 0 & -1 \\ 0 & 1 & 0 \\ 0 & 0 & 1 \end{pmatrix}.$$
#
# Each column makes one output. It holds the kernel once, one row further down than the column before: few numbers
# that aren't 0 (**sparse**), all close together (**local**), the same three in each column (**shared**).

# %% [raw]
# # BEGIN QUESTION
# name: q11

# %% [markdown]
# ### Question 11: `convolution_matrix` and `dense_weights`
#
# * `convolution_matrix`: the matrix for which `x @ matrix` is the cross-correlation, without padding, of a row of
#   `length` numbers with any kernel.
# * `dense_weights`: a fully connected layer connects each of its units with each pixel, by a weight of its own. How
#   many weights, biases not counted, has one that takes a grey picture of `height`×`width` pixels and gives a picture
#   of the same size, one unit for each pixel? A slide of lecture 5 prints another number here than you will find.

# %% [raw]
# # BEGIN SOLUTION


# %%
def convolution_matrix(kernel, length):
    """The matrix of a convolution: x @ matrix is correlate1d(x, kernel).

    kernel: (k,)     length: of x, at least k
    returns: (length, number of positions)

    >>> convolution_matrix(np.array([1.0, 2.0]), 4)
    array([[1., 0., 0.],
           [2., 1., 0.],
           [0., 2., 1.],
           [0., 0., 2.]])
    """
    # BEGIN SOLUTION
    matrix = np.zeros((length, length - len(kernel) + 1))
    for column in range(matrix.shape[1]):
        matrix[column : column + len(kernel), column] = kernel
    return matrix
    # END SOLUTION


def dense_weights(height, width):
    """Number of weights between a picture and a picture of the same size, fully connected: an int.

    >>> dense_weights(1, 2)
    4
    """
    return (height * width) ** 2  # SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_lecture_5_matrix(env):
    """Lecture 5's kernel on a row of five"""
    import numpy as np
    from cnnchecks import check

    check(env, "convolution_matrix", np.array([-1.0, 0.0, 1.0]), 5)


# %%
def test_another_matrix(env):
    """A kernel of two on a row of four"""
    import numpy as np
    from cnnchecks import check

    check(env, "convolution_matrix", np.array([1.0, 2.0]), 4)


# %%
def test_two_pixels_dense(env):
    """A picture of two pixels"""
    from cnnchecks import check

    check(env, "dense_weights", 1, 2)


# %%
# HIDDEN
def test_hidden_matrix(env):
    """Other kernels and lengths"""
    from grader.judge import check_drawn

    check_drawn(env, "convolution_matrix", "plain")


# %%
# HIDDEN
def test_hidden_dense(env):
    """Other pictures"""
    from grader.judge import check_drawn

    check_drawn(env, "dense_weights", "plain")


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# In two dimensions it is the same, if the picture is written as one long row. Below, for pictures of 8×8 pixels and a
# kernel of 3×3: 64 rows, one for each pixel, 36 columns, one for each output. Of the 2,304 entries 324 aren't 0, and
# those are nine different numbers. A dense layer would learn all 2,304.

# %%
units = np.eye(64).reshape(64, 8, 8)  # a picture for each pixel, in which it alone is 1
matrix_2d = np.stack([correlate2d(unit, np.arange(1, 10).reshape(3, 3)).ravel() for unit in units])
assert matrix_2d.shape == (64, 36)
assert (matrix_2d.size, np.count_nonzero(matrix_2d)) == (2304, 324)

# %% tags=["figure"]
fig, axes = plt.subplots(1, 2, figsize=(9, 3.6))
matrix_1d = convolution_matrix(np.array([1.0, 2.0, 3.0]), 12)
show(axes[0], matrix_1d, "your matrix: a row of 12, a kernel of 3", cmap="Blues")
show(axes[1], matrix_2d, "8×8 pixels, a kernel of 3×3", cmap="Blues")
fig.tight_layout()

# %% [markdown]
# ## 11. What moves along, and what doesn't
#
# Since the weights are the same everywhere, a thing is found wherever it is. Two words for that, which are often
# mixed up:
#
# * An operation is **equivariant** to a move if moving its input moves its output likewise: first moving and then
#   applying it gives the same as first applying it and then moving.
# * It is **invariant** if moving its input leaves its output as it was.
#
# Lecture 2 shows it on an array of 17×17 numbers, of which a piece appears four times: whatever stands at row $i$
# and column $j$ stands again ten rows further down, and ten columns further to the right. Any kernel answers the
# same at all these places. Here is the array, and the response of lecture 2's kernel; equal responses stand ten
# apart.

# %%
piece = np.array(
    """ 1  2 31  2  9  7 34 22 11  5
       11 92  4  3  2  2  3  3  2  1
        3  9 13  8 21 17  4  2  1  4
        8 32  1  2 34 18  7 78 10  7
        9 22  3  9  8 71 12 22 17  3
       13 21 21  9  2 47  1 81 21  9
       21 12 53 12 91 24 81  8 91  2
       61  8 33 82 19 87 16  3  1 55
       54  4 78 24 18 11  4  2 99  5
       13 22 32 42  9 15  9 22  1 21""".split(),
    int,
).reshape(10, 10)  # fmt: skip
array_17 = np.tile(piece, (2, 2))[:17, :17]
response = correlate2d(array_17, kernel_of_lecture_2)  # (15, 15)
assert np.array_equal(response[:5, :5], response[10:, 10:])
assert np.array_equal(response[:, :5], response[:, 10:])
assert not np.array_equal(response[:5, :5], response[5:10, 5:10])

# %% tags=["figure"]
fig, axes = plt.subplots(1, 2, figsize=(12, 5.2))
places = {(1, 2): BLUE, (1, 12): ORANGE, (11, 2): GREEN, (11, 12): "0.3"}
for ax, values, title, size in zip(axes, (array_17, response), ("17×17 numbers", "responses, 15×15"), (3, 1)):
    draw_table(ax, values, title, boxes=[(*place, size, size, colour) for place, colour in places.items()])
fig.tight_layout()

# %% [markdown]
# How equivariant is the convolution of a real picture? That can be measured as the largest difference between the two
# orders, which is 0 if they agree.
#
# * **Shift.** Move the picture up and to the left, that is cut rows off its top and columns off its left side:
#   `image[down:, right:]`. Cutting, unlike `np.roll`, invents no border.
# * **Turn.** Turn it by 90 degrees: `np.rot90(image)`.

# %% [raw]
# # BEGIN QUESTION
# name: q12

# %% [markdown]
# ### Question 12: `equivariance_errors` and three words
#
# `equivariance_errors` returns two floats:
#
# 1. shift: the largest absolute difference between the response to `image[down:, right:]` and the response to
#    `image`, cut in the same way;
# 2. turn: the largest absolute difference between the response to the turned image and the turned response to
#    `image`. (The kernel stays as it is; it is square, so that both have the same shape.)
#
# And what are these operations, towards a small **shift** of the picture, its border left aside? `"equivariant"`,
# `"invariant"` or `"neither"`:
#
# * `of_convolution`: a convolution;
# * `of_largest`: a convolution, then the largest value of the whole map, one number;
# * `of_dense`: flattening the picture, then a dense layer.

# %% [raw]
# # BEGIN SOLUTION


# %%
def equivariance_errors(image, kernel, down, right):
    """How far apart "move, then filter" and "filter, then move" are at worst: (shift, turn), floats.

    image: (H, W)     kernel: (k, k)     down, right: rows and columns to cut off

    >>> equivariance_errors(np.arange(12.0).reshape(3, 4), np.array([[-1.0, 1.0], [0.0, 0.0]]), 1, 1)
    (0.0, 3.0)
    """
    # BEGIN SOLUTION
    filtered = correlate2d(image, kernel)
    shift = correlate2d(image[down:, right:], kernel) - filtered[down:, right:]
    turn = correlate2d(np.rot90(image), kernel) - np.rot90(filtered)
    return float(np.abs(shift).max()), float(np.abs(turn).max())
    # END SOLUTION


# %%
of_convolution = "equivariant"  # SOLUTION
of_largest = "invariant"  # SOLUTION
of_dense = "neither"  # SOLUTION

# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_small_errors(env):
    """Twelve numbers in order, and a picture with a bright dot"""
    import numpy as np
    from cnnchecks import check

    check(env, "equivariance_errors", np.arange(12.0).reshape(3, 4), np.array([[-1.0, 1.0], [0.0, 0.0]]), 1, 1)
    dot = np.zeros((5, 5))
    dot[1, 3] = 10
    check(env, "equivariance_errors", dot, np.array([[1.0, 2.0, 0.0], [0.0, -3.0, 0.0], [0.0, 0.0, 1.0]]), 1, 2)


# %%
def test_form_of_the_words(env):
    """One of three words each"""
    from cnnchecks import check_form

    words = ("equivariant", "invariant", "neither")
    for_each = {"like": "word", "choices": words}
    check_form(env, "of_convolution", **for_each)
    check_form(env, "of_largest", **for_each)
    check_form(env, "of_dense", **for_each)


# %%
# HIDDEN
def test_hidden_errors(env):
    """Other pictures and kernels"""
    from grader.judge import check_drawn

    check_drawn(env, "equivariance_errors", "plain")


# %%
# HIDDEN
def test_hidden_words(env):
    """The three words"""
    from grader.judge import check_value

    check_value(env, "of_convolution", "behaviour", "convolution")
    check_value(env, "of_largest", "behaviour", "maximum of the whole map")
    check_value(env, "of_dense", "behaviour", "flattening and a dense layer")


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# Measured on the cat, for each kernel of section 6. A shift changes nothing, to the last digit. A turn changes
# what detectors of direction see, a vertical edge is a horizontal one now; the blur, the sharpener and the outline look the
# same from all four sides, and don't mind. The pictures show the turn: in the middle the turned cat's vertical edges, on
# the right the cat's vertical edges, turned. If a network should know cats upside down, it has to be shown some.

# %% tags=["figure"]
print(f"{'kernel':18}   largest difference after a shift, after a turn")
for name, kernel in KERNELS.items():
    errors = equivariance_errors(grey_cat, kernel, 7, 12)
    print(f"{name:18}  ", errors if errors is None else "  ".join(f"{error:8.3f}" for error in errors))
detector = KERNELS["vertical edges"]
fig, axes = plt.subplots(1, 3, figsize=(8, 3.6))
show(axes[0], np.rot90(grey_cat), "a turned cat")
show(axes[1], correlate2d(np.rot90(grey_cat), detector), "turned, then filtered", vmin=-300, vmax=300)
show(axes[2], np.rot90(correlate2d(grey_cat, detector)), "filtered, then turned", vmin=-300, vmax=300)
fig.tight_layout()

# %% [markdown]
# So, to sum up in one line each: convolution is *equivariant* to shifts; pooling adds a *little invariance* to small
# ones; the maximum over everything is invariant to all of them, and has forgotten where. None of them copes with
# rotations by itself.
#
# ## Further reading
#
# * I. Goodfellow, Y. Bengio, A. Courville, *Deep Learning* (2016), chapter 9 up to 9.3, https://www.deeplearningbook.org:
#   convolution and cross-correlation, sparse and shared weights, equivariance, pooling.
# * S. Prince, *Understanding Deep Learning* (2023), chapter 10 up to 10.3, https://udlbook.github.io/udlbook: the same in
#   drawings, one dimension first.
# * M. Nielsen, *Neural Networks and Deep Learning* (2015), chapter 6, its introduction to convolutional networks.
# * V. Dumoulin, F. Visin, *A guide to convolution arithmetic for deep learning*, arXiv:1603.07285 (2016): the animations
#   of lecture 5.
# * J. P. Lewis, *Fast normalized cross-correlation*, Vision Interface (1995): section 9, made quick.
# * R. Zhang, *Making convolutional networks shift-invariant again*, ICML (2019), arXiv:1904.11486: how little
#   invariance pooling brings, and what helps.
# * D. Hubel, T. Wiesel, *Receptive fields, binocular interaction and functional architecture in the cat's visual cortex*,
#   Journal of Physiology 160 (1962): detectors of edges, found in a cat.
#
# The pictures are scikit-image's `data.cat()` and `data.logo()`.
#
# ## Hand in
#
# 1. *Kernel → Restart Kernel and Run All Cells*: every question should still pass when the notebook runs from the top.
# 2. Save the notebook.
# 3. Run the last code cell. It makes a zip beside the notebook: upload that zip.
