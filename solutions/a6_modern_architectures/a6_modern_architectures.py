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
# # Modern architectures: AlexNet, GoogLeNet, ResNet
#
# From 2010 to 2017 the ImageNet challenge asked the same question every year: which thing of a long list does this
# photo show? Within the first six years, the share of photos that the best entry got wrong, with five guesses at each, fell
# from more than a quarter to less than a twentieth. Each step came with an idea that still stands in networks today.
# You take these ideas apart here: AlexNet's scale, GoogLeNet's branches and its 1×1 convolutions, ResNet's shortcuts,
# and the average that replaced the large dense layers. At the end you read the table of results as a referee would.
#
# **You will be able to**
#
# * follow a network's sizes through strides and overlapping poolings, and see when a published number can't be right;
# * say whether a 1×1 convolution adds parameters or saves some, and how many;
# * build networks that branch, in Keras's functional form: an inception module, a residual block;
# * count the parameters of a whole family of networks from one line of a table;
# * explain what a global average does to the parameters, and where it lets you see what the network looked at;
# * tell an ensemble's error from a single network's, and compare like with like.
#
# **Time:** 4 to 5 hours; nothing is trained. Lectures 2, 3 and 4 are the background, and assignment 4's
# `conv_parameters` and `dense_parameters` come back. A talk of twenty minutes at the end is optional.
#
# **Keep this file's name.** The cell above opens the tests of `a6_modern_architectures.ipynb` by that name. If your
# copy is called something else (Colab likes *Copy of …*, browsers like *(1)*) and that cell complains, rename the
# file back. The folders `tests` and `cnnchecks` and the files `admit.py`, `blueprint.py`, `fixtures.npz` and
# `data.npz` have to lie beside it.
#
# **The rules.** NumPy, Keras and Matplotlib. Write your code where you see `...`, keep the functions' names and
# arguments, and add helper functions as you like. After each question `grader.check("q1")` tells you what is
# right and, when something isn't, which idea went astray. Those visible cases carry no points: the mark comes
# from other sizes, other weights and other tables.
#
# **What to hand in:** the zip that the last code cell makes. It holds this notebook.

# %%
import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # TensorFlow says a lot about the processor when it starts

import blueprint
import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers

if not Path("data.npz").exists():
    raise FileNotFoundError("data.npz should lie beside this notebook: unzip the whole hand-out, open it there")

BLUE, ORANGE, GREEN, RED = "#0072B2", "#E69F00", "#009E73", "#D55E00"  # told apart with any kind of colour vision


def conv_parameters(kernel_size, in_channels, filters, use_bias=True):
    """Parameters of a convolution with square kernels."""
    return (kernel_size**2 * in_channels + use_bias) * filters


def dense_parameters(inputs, units):
    """Parameters of a dense layer with biases."""
    return (inputs + 1) * units


# %% [markdown]
# ## 1. AlexNet (2012)
#
# AlexNet is LeNet grown up: five convolutions and three dense layers instead of two and three, ReLU instead of
# tanh, maxima instead of averages, and a thousand times as many parameters. What was new was less the plan than
# what it took to train it: two graphics cards, 1.2 million labelled photos, dropout, and photos that were moved and
# mirrored. This is its table, on one card:
#
# | layer | filters or units | window | stride | padding |
# |---|---|---|---|---|
# | `conv1` | 96 | 11×11 | 4 | see below |
# | `pool1` | | 3×3 | 2 | valid |
# | `conv2` | 256 | 5×5 | 1 | same |
# | `pool2` | | 3×3 | 2 | valid |
# | `conv3` | 384 | 3×3 | 1 | same |
# | `conv4` | 384 | 3×3 | 1 | same |
# | `conv5` | 256 | 3×3 | 1 | same |
# | `pool5` | | 3×3 | 2 | valid |
# | `flat` | | | | |
# | `fc6` | 4,096 | | | |
# | `fc7` | 4,096 | | | |
# | `output` | 1,000 | | | |
#
# *Filters* is the papers' word, and Keras's, for a layer's kernels: each makes one map. The pooling windows are wider than
# their stride, so neighbours overlap by a row or a column.
#
# **The rules you need.** Along one axis of $n$ pixels, windows of $k$ at stride $s$ find
#
# $$\Big\lfloor \frac{n - k}{s} \Big\rfloor + 1 \text{ places (valid)}, \qquad \Big\lceil \frac{n}{s} \Big\rceil \text{ places (same)}.$$
#
# $\lfloor\ \rfloor$ rounds down, $\lceil\ \rceil$ up.
#
# **A number that can't be right.** The paper feeds the network 224×224 pixels and reports 55×55 maps behind
# `conv1`. Try it: $(224 - 11)/4$ doesn't come out even, and rounding down gives
# <<alexnet_activation_sizes(224, "valid")["conv1"][0]>>. Two readings are in use. Either the image is 227×227 and nothing
# is padded, which gives the <<alexnet_activation_sizes(227, "valid")["conv1"][0]>>; or it is 224×224 and `conv1` is padded
# (`same`), which gives <<alexnet_activation_sizes(224, "same")["conv1"][0]>>, and the same sizes from `pool1` on. Your
# function will show why the difference is gone by then.

# %% [raw]
# # BEGIN QUESTION
# name: q1

# %% [markdown]
# ### Question 1: `alexnet_activation_sizes`
#
# The shape of one image's activation after each line of the table, for square colour images of any size: a
# dictionary with the keys `image`, `conv1`, `pool1`, `conv2`, `pool2`, `conv3`, `conv4`, `conv5`, `pool5`, `flat`,
# `fc6`, `fc7`, `output`. Maps have the shape (height, width, maps), vectors (units,). `padding` is that of `conv1`
# alone; the others are the table's. The image is large enough for all layers.

# %% [raw]
# # BEGIN SOLUTION


# %%
def alexnet_activation_sizes(size, padding):
    """The shape of one image's activation after each layer of AlexNet.

    size: height and width of the image      padding: of conv1, "valid" or "same"
    returns: a dictionary from the layer's name to a tuple of ints

    >>> sizes = alexnet_activation_sizes(131, "valid")
    >>> sizes["image"], sizes["conv1"], sizes["pool1"], sizes["conv2"], sizes["pool2"]
    ((131, 131, 3), (31, 31, 96), (15, 15, 96), (15, 15, 256), (7, 7, 256))
    >>> sizes["conv5"], sizes["pool5"], sizes["flat"], sizes["output"]
    ((7, 7, 256), (3, 3, 256), (2304,), (1000,))
    """
    # BEGIN SOLUTION
    def places(n, window, stride):
        return (n - window) // stride + 1

    conv1 = places(size, 11, 4) if padding == "valid" else -(-size // 4)
    pool1 = places(conv1, 3, 2)
    pool2 = places(pool1, 3, 2)
    pool5 = places(pool2, 3, 2)
    square = {"image": (size, 3), "conv1": (conv1, 96), "pool1": (pool1, 96), "conv2": (pool1, 256)}
    square |= {"pool2": (pool2, 256), "conv3": (pool2, 384), "conv4": (pool2, 384), "conv5": (pool2, 256)}
    square |= {"pool5": (pool5, 256)}
    shapes = {name: (side, side, filters) for name, (side, filters) in square.items()}
    return shapes | {"flat": (pool5**2 * 256,), "fc6": (4096,), "fc7": (4096,), "output": (1000,)}
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_docstring_sizes(env):
    """The example in the docstring: 131x131, valid"""
    from cnnchecks import check

    check(env, "alexnet_activation_sizes", 131, "valid")


# %%
def test_padded(env):
    """128x128, conv1 padded"""
    from cnnchecks import check

    check(env, "alexnet_activation_sizes", 128, "same")


# %%
# HIDDEN
def test_hidden_sizes_valid(env):
    """conv1 without padding"""
    from grader.judge import check_drawn

    check_drawn(env, "alexnet_activation_sizes", "valid")


# %%
# HIDDEN
def test_hidden_sizes_same(env):
    """conv1 with padding"""
    from grader.judge import check_drawn

    check_drawn(env, "alexnet_activation_sizes", "same")


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# The three readings side by side, from your function: the paper's 224 without padding, 227 without, and 224 with.
# One row too few behind `conv1` becomes one too few behind each pooling, and in the end nearly a third of the inputs
# of `fc6` is missing.

# %% tags=["figure"]
readings = ((224, "valid"), (227, "valid"), (224, "same"))
steps = ("conv1", "pool1", "pool2", "pool5")
fig, ax = plt.subplots(figsize=(8, 3))
for place, (colour, (pixels, padding)) in enumerate(zip((RED, BLUE, GREEN), readings)):
    try:
        sizes = alexnet_activation_sizes(pixels, padding)
        sides = [sizes[name][0] for name in steps]
    except (TypeError, KeyError, ValueError):
        ax.set_title("this needs question 1")
        break
    spots = np.arange(4) + 0.27 * (place - 1)
    ax.bar(spots, sides, 0.25, color=colour, label=f"{pixels}×{pixels}, {padding}: {sizes['flat'][0]:,} inputs of fc6")
    for spot, side in zip(spots, sides):
        ax.text(spot, side + 0.7, side, ha="center", fontsize=9)
else:
    ax.legend(fontsize=9)
ax.set(xticks=range(4), xticklabels=steps, ylabel="rows of a map", ylim=(0, 64))
fig.tight_layout()

# %% [raw]
# # BEGIN QUESTION
# name: q2

# %% [markdown]
# ### Question 2: `alexnet`
#
# The table in Keras, in the third reading: images (224, 224, 3), `conv1` padded. ReLU after every convolution and
# after `fc6` and `fc7`; biases everywhere. The output is 1,000 scores, without softmax. Dropout of 0.5 behind `fc6`
# and `fc7` belongs to it, but has no parameters, so the checks don't miss it. The paper's two oddities stay out:
# its channels were split between two cards, and neighbouring channels damped each other.
#
# A function without arguments that returns the model. Its 62 million parameters would take 250 MB, so the checks
# never allocate them: they compare its *blueprint*, layer by layer. `print(blueprint.of(alexnet))` shows you yours. For
# the mark, a thin copy of your model, with a sixteenth of the filters and units, is also run and its scores compared.

# %% [raw]
# # BEGIN SOLUTION


# %%
def alexnet():
    """AlexNet on one card: images (N, 224, 224, 3) -> scores (N, 1000)."""
    # BEGIN SOLUTION
    x = inputs = keras.Input((224, 224, 3))
    plan = ((96, 11, 4, True), (256, 5, 1, True), (384, 3, 1, False), (384, 3, 1, False), (256, 3, 1, True))
    for filters, window, stride, pooled in plan:
        x = layers.Conv2D(filters, window, stride, padding="same", activation="relu")(x)
        x = layers.MaxPooling2D(3, strides=2)(x) if pooled else x
    x = layers.Flatten()(x)
    for units in (4096, 4096):
        x = layers.Dropout(0.5)(layers.Dense(units, activation="relu")(x))
    return keras.Model(inputs, layers.Dense(1000)(x))
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_returns_a_model(env):
    """Every layer has as many weights as it should, and all can be trained"""
    from cnnchecks import check_layers

    check_layers(env, "alexnet")


# %%
# HIDDEN
def test_hidden_alexnet(env):
    """The number of weights of each layer, all to be trained"""
    from grader.judge import check_parameters

    check_parameters(env, "alexnet")


# %%
# HIDDEN
def test_hidden_thin_alexnet(env):
    """What it computes, with fewer filters and units and known weights"""
    from grader.judge import check_narrow_copy

    check_narrow_copy(env, "alexnet")


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# Where do AlexNet's parameters sit, and where does its work? The left bars are parameters, the right ones
# multiplications and additions for one image (FLOPs).

# %% tags=["figure"]
fig, axes = plt.subplots(1, 2, figsize=(9, 3), sharey=True)
try:
    rows = [row for row in blueprint.of(alexnet).rows if row.parameters]
except Exception:
    rows = []
    axes[0].set_title("this needs question 2")
for ax, name, scale, words in zip(
    axes, ("parameters", "flops"), (1e6, 1e9), ("million parameters", "billion operations")
):
    values = [getattr(row, name) / scale for row in rows]
    ax.barh(range(len(rows)), values, color=[ORANGE if row.kind == "Dense" else BLUE for row in rows])
    ax.set(xlabel=words, yticks=range(len(rows)), yticklabels=[f"{row.kind} {i + 1}" for i, row in enumerate(rows)])
axes[0].invert_yaxis()
fig.tight_layout()

# %% [markdown]
# The dense layers (orange) hold nearly all parameters and do almost no work; the convolutions the reverse. Both of the next
# networks start from this picture: they get rid of the dense layers, and put the convolutions together in other ways.

# %% [markdown]
# ## 2. 1×1 convolutions and the inception module (2014)
#
# A 1×1 convolution looks at one pixel at a time. That sounds useless, until you count channels: it takes all $C$ of
# them and makes $K$ weighted sums, at every pixel the same. It is a dense layer *along the channels*, with
# $(C + 1)\,K$ parameters. Lecture 3 says that it adds parameters. Is that so where GoogLeNet has it, in front of a
# large kernel? In question 3 you count. This is its first 5×5 branch, without and with a **reduction**:
#
# | GoogLeNet's first 5×5 branch | convolutions |
# |---|---|
# | without | 5×5 on 192 channels, 32 filters |
# | with a reduction | 1×1 on 192 channels, 16 filters, then 5×5 on these 16, 32 filters |
#
# The **inception module** answers the question "3×3 or 5×5?" with *both*. Its branches stand side by side, keep the size
# of the maps, and their outputs are joined along the channels. The paper has two forms of it:
#
# | branch | naive | with reductions |
# |---|---|---|
# | 1 | 1×1 | 1×1 |
# | 2 | 3×3 | 1×1 reduction, then 3×3 |
# | 3 | 5×5 | 1×1 reduction, then 5×5 |
# | 4 | 3×3 max pooling | 3×3 max pooling, then a 1×1 projection |
#
# In a figure of the paper, `3x3+1(S)` means: window 3×3, stride 1, padding `same`. A module is written as six
# numbers of filters, `(1×1, 3×3 reduction, 3×3, 5×5 reduction, 5×5, projection)`. The naive module has no use for the second,
# fourth and sixth. GoogLeNet's first module, called 3a, is `(64, 96, 128, 16, 32, 32)` on 192 channels.


# %% tags=["figure"]
def box(ax, x, y, words, colour):
    ax.text(x, y, words, ha="center", va="center", fontsize=9, color="black" if colour == ORANGE else "white",
            bbox={"boxstyle": "round,pad=0.4", "facecolor": colour, "edgecolor": "none"})


def arrow(ax, start, end):
    ax.annotate("", end, start, arrowprops={"arrowstyle": "->", "color": "0.5", "shrinkA": 12, "shrinkB": 12})


fig, axes = plt.subplots(1, 2, figsize=(11, 3.6))
forms = {
    "naive": ([("1×1", BLUE)], [("3×3", BLUE)], [("5×5", BLUE)], [("max 3×3", GREEN)]),
    "with reductions": (
        [("1×1", BLUE)],
        [("1×1", ORANGE), ("3×3", BLUE)],
        [("1×1", ORANGE), ("5×5", BLUE)],
        [("max 3×3", GREEN), ("1×1", ORANGE)],
    ),
}
for ax, (title, branches) in zip(axes, forms.items()):
    box(ax, 1.5, 0, "input (H, W, C)", "0.4")
    box(ax, 1.5, 4, "joined along the channels", "0.4")
    for column, branch in enumerate(branches):
        heights = (2,) if len(branch) == 1 else (1.35, 2.65)
        points = [(1.5, 0), *((column, height) for height in heights), (1.5, 4)]
        for start, end in zip(points, points[1:]):
            arrow(ax, start, end)
        for (words, colour), height in zip(branch, heights):
            box(ax, column, height, words, colour)
    ax.set(xlim=(-0.6, 3.6), ylim=(-0.5, 4.5), title=title)
    ax.axis("off")
fig.tight_layout()

# %% [raw]
# # BEGIN QUESTION
# name: q3

# %% [markdown]
# ### Question 3: `inception_parameters` and `saved_by_reduction`
#
# The number of parameters of a module, in either form, from the channels of its input and its six numbers. All
# convolutions have biases. `conv_parameters` stands at the top of the notebook, below the imports.
#
# Put into `saved_by_reduction` how many parameters the reduction saves in GoogLeNet's first 5×5 branch: the count without
# it less the count with it. If lecture 3 is right and the 1×1 convolution adds some, that is a negative number.

# %% [raw]
# # BEGIN SOLUTION


# %%
def inception_parameters(in_channels, filters, reductions):
    """Number of parameters of an inception module.

    in_channels: channels of the input
    filters: six integers: 1x1, 3x3 reduction, 3x3, 5x5 reduction, 5x5, projection
    reductions: True for the module with reductions and projection, False for the naive one
    returns: int

    >>> inception_parameters(10, (2, 3, 4, 5, 6, 7), True)
    1206
    >>> inception_parameters(10, (2, 3, 4, 5, 6, 7), False)
    1892
    """
    # BEGIN SOLUTION
    one, reduce3, three, reduce5, five, projection = filters
    if not reductions:
        branches = [(1, in_channels, one), (3, in_channels, three), (5, in_channels, five)]
    else:
        branches = [(1, in_channels, n) for n in (one, reduce3, reduce5, projection)]
        branches += [(3, reduce3, three), (5, reduce5, five)]
    return sum(conv_parameters(*branch) for branch in branches)
    # END SOLUTION


# %%
saved_by_reduction = conv_parameters(5, 192, 32) - conv_parameters(1, 192, 16) - conv_parameters(5, 16, 32)  # SOLUTION

# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_ten_channels(env):
    """The example in the docstring, both forms"""
    from cnnchecks import check

    check(env, "inception_parameters", 10, (2, 3, 4, 5, 6, 7), True)
    check(env, "inception_parameters", 10, (2, 3, 4, 5, 6, 7), False)


# %%
def test_module_3a(env):
    """GoogLeNet's first module, both forms"""
    from cnnchecks import check

    check(env, "inception_parameters", 192, (64, 96, 128, 16, 32, 32), True)
    check(env, "inception_parameters", 192, (64, 96, 128, 16, 32, 32), False)


# %%
def test_form_of_saved_by_reduction(env):
    """A whole number, of either sign"""
    from cnnchecks import check_form

    check_form(env, "saved_by_reduction", like=1)


# %%
# HIDDEN
def test_hidden_reductions(env):
    """Modules with reductions"""
    from grader.judge import check_drawn

    check_drawn(env, "inception_parameters", "reductions")


# %%
# HIDDEN
def test_hidden_naive(env):
    """Modules without"""
    from grader.judge import check_drawn

    check_drawn(env, "inception_parameters", "naive")


# %%
# HIDDEN
def test_hidden_saved_by_reduction(env):
    """What the reduction of the first 5×5 branch saves"""
    from grader.judge import check_value

    check_value(env, "saved_by_reduction", "reduction_saving", 5, 192, 16, 32)


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# Module 3a has <<inception_parameters(192, (64, 96, 128, 16, 32, 32), true) | thousands>> parameters with reductions and
# <<inception_parameters(192, (64, 96, 128, 16, 32, 32), false) | thousands>> without. And that is only the first step of the saving: without a projection the
# pooling hands on all its channels, so the naive module's output has 64 + 128 + 32 + 192 = 416 channels instead of
# 256, and every module behind it has more to read. Here are GoogLeNet's nine modules one behind the other, in both forms.

# %%
# The numbers of the text above, so that none of them is mistyped.
assert 64 + 128 + 32 + 192 == 416 and 64 + 128 + 32 + 32 == 256
GOOGLENET = {
    "3a": (64, 96, 128, 16, 32, 32), "3b": (128, 128, 192, 32, 96, 64), "4a": (192, 96, 208, 16, 48, 64),
    "4b": (160, 112, 224, 24, 64, 64), "4c": (128, 128, 256, 24, 64, 64), "4d": (112, 144, 288, 32, 64, 64),
    "4e": (256, 160, 320, 32, 128, 128), "5a": (256, 160, 320, 32, 128, 128), "5b": (384, 192, 384, 48, 128, 128),
}  # fmt: skip

# %% tags=["figure"]
fig, ax = plt.subplots(figsize=(9, 3))
for colour, shift, reductions in ((BLUE, -0.2, True), (RED, 0.2, False)):
    channels, counts = 192, []
    for filters in GOOGLENET.values():
        counts.append((inception_parameters(channels, filters, reductions) or 0) / 1e6)
        channels = filters[0] + filters[2] + filters[4] + (filters[5] if reductions else channels)
    words = f"{'with' if reductions else 'without'} reductions: {sum(counts):.1f} million, {channels:,} channels at the end"
    ax.bar(np.arange(9) + shift, counts, 0.4, color=colour, label=words)
ax.set(xticks=range(9), xticklabels=GOOGLENET, ylabel="million parameters")
ax.legend()
fig.tight_layout()

# %% [markdown]
# Lecture 2 says that the whole network has 6 million parameters. In front of the modules stand three convolutions: 7×7 on the
# colour image with 64 filters, 1×1 with 64 and 3×3 with 192. Behind them come a global average and one dense layer with
# 1,000 units. (Two more classifiers helped while it was trained; they aren't counted.) Guess from the picture first, then let
# your function add up: is the lecture's number rounded, or a slip?

# %% tags=["figure"]
channels, counts = 192, [conv_parameters(7, 3, 64), conv_parameters(1, 64, 64), conv_parameters(3, 64, 192)]
for filters in GOOGLENET.values():
    counts.append(inception_parameters(channels, filters, True))
    channels = filters[0] + filters[2] + filters[4] + filters[5]
counts.append(dense_parameters(channels, 1000))
print("this needs question 3" if None in counts else f"{sum(counts):,} parameters")

# %% [markdown]
# ### Branches in Keras
#
# A `Sequential` model is a chain and can't branch. In the **functional form** you call layers on tensors, and may call
# several on the same one. Two layers bring branches together: `layers.Concatenate()` puts maps one behind the other
# along the channels, `layers.Add()` adds them up, so their shapes must agree. Here is a network with two branches
# that is none of the questions':

# %%
image = keras.Input((9, 9, 3))
left = layers.Conv2D(4, 3, padding="same", activation="tanh")(image)
right = layers.AveragePooling2D(3, strides=1, padding="same")(image)
example = keras.Model(image, layers.Concatenate()([left, right]), name="example")
print(example.output_shape)

# %% [raw]
# # BEGIN QUESTION
# name: q4

# %% [markdown]
# ### Question 4: `inception_naive` and `inception_reduced`
#
# Two functions without arguments. Each returns a model that is one inception module, naive or with reductions, on maps
# of shape (8, 8, 16), with the filters `(8, 6, 12, 4, 10, 5)`:
#
# * every convolution keeps the size (`same`), has biases and is followed by **ReLU**, the reductions and the
#   projection too;
# * the pooling takes the maximum of 3×3, at stride 1, padded;
# * the outputs are joined in the table's order: 1×1, 3×3, 5×5, pooling.
#
# Write a helper function first and build both with it. A model has the maps as input and the joined maps as output,
# nothing else.
#
# **How it is checked.** As in assignment 4: the check loads known weights into your model, shows it maps and compares
# every number. In a network that branches, the weights need an order that doesn't depend on how you write it. The
# checks count from the output: the layers furthest from it come first, and of those equally far the first branch. So
# you may write the branches in any order; only `Concatenate` must have them in the table's.

# %% [raw]
# # BEGIN SOLUTION


# %%
def inception_naive():
    """The naive module: maps (N, 8, 8, 16) -> (N, 8, 8, 46)."""
    # BEGIN SOLUTION
    return one_module(reductions=False)
    # END SOLUTION


def inception_reduced():
    """The module with reductions and projection: maps (N, 8, 8, 16) -> (N, 8, 8, 35)."""
    # BEGIN SOLUTION
    return one_module(reductions=True)
    # END SOLUTION


# BEGIN SOLUTION NO PROMPT
def one_module(reductions):
    def convolve(x, filters, window):
        return layers.Conv2D(filters, window, padding="same", activation="relu")(x)

    maps = keras.Input((8, 8, 16))
    pooled = layers.MaxPooling2D(3, strides=1, padding="same")(maps)
    branches = [
        convolve(maps, 8, 1),
        convolve(convolve(maps, 6, 1) if reductions else maps, 12, 3),
        convolve(convolve(maps, 4, 1) if reductions else maps, 10, 5),
        convolve(pooled, 5, 1) if reductions else pooled,
    ]
    return keras.Model(maps, layers.Concatenate()(branches))
# END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_module_layers(env):
    """Both modules: every layer has as many weights as it should"""
    from cnnchecks import check_layers

    check_layers(env, "inception_naive")
    check_layers(env, "inception_reduced")


# %%
def test_naive_outputs(env):
    """The naive module, with the weights of data.npz"""
    from cnnchecks import check_model, data

    weights = [data()[name] for name in sorted(data()) if name.startswith("inception_naive_")]
    check_model(env, "inception_naive", weights, data()["inception_x"])


# %%
def test_reduced_outputs(env):
    """The module with reductions, with the weights of data.npz"""
    from cnnchecks import check_model, data

    weights = [data()[name] for name in sorted(data()) if name.startswith("inception_reduced_")]
    check_model(env, "inception_reduced", weights, data()["inception_x"])


# %%
# HIDDEN
def test_hidden_naive_layers(env):
    """The naive module: the number of weights of each layer"""
    from grader.judge import check_parameters

    check_parameters(env, "inception_naive")


# %%
# HIDDEN
def test_hidden_naive_outputs(env):
    """The naive module: other weights and maps"""
    from grader.judge import check_model_drawn

    check_model_drawn(env, "inception_naive", "random")


# %%
# HIDDEN
def test_hidden_reduced_layers(env):
    """The module with reductions: the number of weights of each layer"""
    from grader.judge import check_parameters

    check_parameters(env, "inception_reduced")


# %%
# HIDDEN
def test_hidden_reduced_outputs(env):
    """The module with reductions: other weights and maps"""
    from grader.judge import check_model_drawn

    check_model_drawn(env, "inception_reduced", "random")


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# ## 3. Residual blocks (2015)
#
# If depth is good, why not stack fifty convolutions? Because such a network learned *worse* than one of twenty, even on its
# training images. Too many parameters would have shown on new images only, so the trouble was the training. **ResNet**
# gives every block a way around its convolutions. Where these had to produce $y = f(x)$, they now produce what is to be
# *added*:
#
# $$y = \mathrm{ReLU}\big(x + f(x)\big).$$
#
# A block that has nothing to contribute only needs $f = 0$, and the gradient comes back through the sum unchanged.
#
# The picture shows it without any training: fifty random layers of 64 units with ReLU, in NumPy, weights of standard
# deviation $\sqrt{1/64}$, once in a row and once with shortcuts (the branch scaled by 0.2, so that the sums stay small).
# It draws how large the gradient is when it has come back to each layer, compared with where it started. (That is half of
# the story. Larger weights at the start, or batch normalisation, below, keep gradients alive in plain networks too, and
# those still got worse with depth. Nobody's proof of why shortcuts help is complete; that they do has been measured often.)


# %% tags=["figure"]
def gradient_sizes(shortcuts, depth=50, width=64, seed=3):
    """The size of the gradient at each layer's input, on its way back, for 20 inputs together."""
    draw = np.random.default_rng(seed)
    x, steps = draw.standard_normal((20, width)), []
    for _ in range(depth):
        w = draw.normal(0, (1 / width) ** 0.5, (width, width))
        z = x @ w
        steps.append((w, z > 0))
        x = x + 0.2 * np.maximum(z, 0) if shortcuts else np.maximum(z, 0)
    gradient, sizes = draw.standard_normal(x.shape), []
    start = np.linalg.norm(gradient)
    for w, active in reversed(steps):
        through = (gradient * active) @ w.T
        gradient = gradient + 0.2 * through if shortcuts else through
        sizes.append(np.linalg.norm(gradient) / start)
    return sizes[::-1]


fig, ax = plt.subplots(figsize=(8, 2.8))
ax.semilogy(range(1, 51), gradient_sizes(False), color=RED, linestyle="--", label="layers in a row")
ax.semilogy(range(1, 51), gradient_sizes(True), color=BLUE, label="with shortcuts")
ax.set(xlabel="layer (the output is on the right)", ylabel="size of the gradient")
ax.grid(color="0.9")
ax.legend()
fig.tight_layout()

# %% [markdown]
# **Batch normalisation** keeps the numbers in range. It subtracts from each channel its mean, divides by its standard
# deviation, and then multiplies by a scale $\gamma$ and adds a shift $\beta$, both of which are learnt. While training,
# mean and variance are those of the batch; two moving averages of them are kept along and used afterwards. So a channel
# has four numbers, two trainable and two not. The mean would take a bias away again, so the convolution before it has
# none: `use_bias=False`.
#
# Where the input and the branch have other shapes, $x$ can't be added as it is. Then the shortcut is a **projection**: a
# 1×1 convolution with the block's stride and number of filters, and its own normalisation. Where they agree, the shortcut is
# the **identity**, and costs nothing.

# %% [raw]
# # BEGIN QUESTION
# name: q5

# %% [markdown]
# ### Question 5: `residual_identity` and `residual_projection`
#
# Two functions without arguments. Each returns a model that is one residual block on maps of shape (8, 8, 6):
#
# * the branch: 3×3 convolution, batch normalisation, ReLU, 3×3 convolution, batch normalisation;
# * then the sum with the shortcut, then ReLU;
# * both convolutions have the same number of filters: 6 in `residual_identity`, 10 in `residual_projection`;
# * in `residual_projection` the *first* convolution has stride 2, and the shortcut is a 1×1 convolution with stride 2 and a
#   batch normalisation; in `residual_identity` all strides are 1 and the shortcut is the input;
# * all convolutions are padded (`same`) and have no biases; `BatchNormalization()` as Keras makes it.
#
# Which of the two `Add` takes first makes no difference, to the network or to the check.

# %% [raw]
# # BEGIN SOLUTION


# %%
def residual_identity():
    """A block that keeps shape and channels: maps (N, 8, 8, 6) -> (N, 8, 8, 6)."""
    # BEGIN SOLUTION
    return one_block(filters=6, strides=1)
    # END SOLUTION


def residual_projection():
    """A block that halves the maps and has more of them: maps (N, 8, 8, 6) -> (N, 4, 4, 10)."""
    # BEGIN SOLUTION
    return one_block(filters=10, strides=2)
    # END SOLUTION


# BEGIN SOLUTION NO PROMPT
def one_block(filters, strides):
    def normalized(x, window, strides):
        x = layers.Conv2D(filters, window, strides, padding="same", use_bias=False)(x)
        return layers.BatchNormalization()(x)

    maps = keras.Input((8, 8, 6))
    branch = layers.ReLU()(normalized(maps, 3, strides))
    branch = normalized(branch, 3, 1)
    keeps_shape = strides == 1 and filters == maps.shape[-1]
    shortcut = maps if keeps_shape else normalized(maps, 1, strides)
    return keras.Model(maps, layers.ReLU()(layers.Add()([branch, shortcut])))
# END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_block_layers(env):
    """Both blocks: every layer has as many weights as it should"""
    from cnnchecks import check_layers

    check_layers(env, "residual_identity")
    check_layers(env, "residual_projection")


# %%
def test_identity_outputs(env):
    """The block with the identity, with the weights of data.npz"""
    from cnnchecks import check_model, data

    weights = [data()[name] for name in sorted(data()) if name.startswith("residual_identity_")]
    check_model(env, "residual_identity", weights, data()["residual_x"])


# %%
def test_projection_outputs(env):
    """The block with the projection, with the weights of data.npz"""
    from cnnchecks import check_model, data

    weights = [data()[name] for name in sorted(data()) if name.startswith("residual_projection_")]
    check_model(env, "residual_projection", weights, data()["residual_x"])


# %%
# HIDDEN
def test_hidden_identity_layers(env):
    """The block with the identity: the number of weights of each layer"""
    from grader.judge import check_parameters

    check_parameters(env, "residual_identity")


# %%
# HIDDEN
def test_hidden_identity_outputs(env):
    """The block with the identity: other weights and maps"""
    from grader.judge import check_model_drawn

    check_model_drawn(env, "residual_identity", "random")


# %%
# HIDDEN
def test_hidden_projection_layers(env):
    """The block with the projection: the number of weights of each layer"""
    from grader.judge import check_parameters

    check_parameters(env, "residual_projection")


# %%
# HIDDEN
def test_hidden_projection_outputs(env):
    """The block with the projection: other weights and maps"""
    from grader.judge import check_model_drawn

    check_model_drawn(env, "residual_projection", "random")


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# ## 4. A family in one line
#
# All ResNets for ImageNet follow one plan:
#
# 1. a 7×7 convolution with 64 filters on the colour image, then a pooling without parameters;
# 2. stages of blocks, with 64, 128, 256, 512, … filters; how many blocks each stage has is the network's line of the
#    table;
# 3. a global average and one dense layer with 1,000 units and biases.
#
# A **plain** block is the one you built: two 3×3 convolutions with the stage's filters. From ResNet-50 on a block is a
# **bottleneck**: 1×1 with the stage's filters, 3×3 with as many, and 1×1 with *four times* as many, which is what the
# block gives. Every convolution, the first one and those of the shortcuts too, has no biases and is followed by a batch
# normalisation. A shortcut has a 1×1 convolution where the number of channels that come into the block isn't the number
# that the block gives, and only there.
#
# | network | block | blocks |
# |---|---|---|
# | ResNet-18 | plain | 2, 2, 2, 2 |
# | ResNet-34 | plain | 3, 4, 6, 3 |
# | ResNet-50 | bottleneck | 3, 4, 6, 3 |
# | ResNet-101 | bottleneck | 3, 4, 23, 3 |
# | ResNet-152 | bottleneck | 3, 8, 36, 3 |
#
# The name counts the convolutions and dense layers on the longest way: $2 \cdot (2+2+2+2) + 2 = 18$ for the first, with
# the 7×7 convolution and the dense layer; $3 \cdot (3+8+36+3) + 2 = 152$ for the last.

# %%
# The numbers of the text above, so that none of them is mistyped.
assert 2 * sum((2, 2, 2, 2)) + 2 == 18 and 3 * sum((3, 8, 36, 3)) + 2 == 152

# %% [raw]
# # BEGIN QUESTION
# name: q6

# %% [markdown]
# ### Question 6: `resnet_parameters` and `resnet_152`
#
# The number of **trainable** parameters of such a network. Of a batch normalisation scale and shift count, the moving
# averages don't. There may be fewer stages than four; the dense layer then takes what the last one gives.
#
# Lecture 2 says of ResNet: 152 layers, 11 million parameters. Only one of these numbers belongs to ResNet-152. Put into
# `resnet_152` how many parameters it has, counted in this way, to the last digit.

# %% [raw]
# # BEGIN SOLUTION


# %%
def resnet_parameters(blocks, bottleneck):
    """Number of trainable parameters of a ResNet for the ImageNet challenge.

    blocks: how many blocks each stage has, a tuple of ints      bottleneck: True or False
    returns: int

    >>> resnet_parameters((1,), False), resnet_parameters((1, 1), True)
    (148520, 969064)
    """
    # BEGIN SOLUTION
    def normalized(window, channels, filters):
        return conv_parameters(window, channels, filters, use_bias=False) + 2 * filters

    total, channels = normalized(7, 3, 64), 64
    for stage, count in enumerate(blocks):
        width = 64 * 2**stage
        given = 4 * width if bottleneck else width
        for _ in range(count):
            if channels != given:
                total += normalized(1, channels, given)
            if bottleneck:
                total += normalized(1, channels, width) + normalized(3, width, width) + normalized(1, width, given)
            else:
                total += normalized(3, channels, width) + normalized(3, width, width)
            channels = given
    return total + dense_parameters(channels, 1000)
    # END SOLUTION


# %%
resnet_152 = resnet_parameters((3, 8, 36, 3), True)  # SOLUTION

# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_small_families(env):
    """One stage and two, plain and as bottlenecks"""
    from cnnchecks import check

    check(env, "resnet_parameters", (1,), False)
    check(env, "resnet_parameters", (1, 1), False)
    check(env, "resnet_parameters", (1,), True)
    check(env, "resnet_parameters", (1, 1), True)


# %%
def test_form_of_resnet_152(env):
    """A whole number that is a count"""
    from cnnchecks import check_form

    check_form(env, "resnet_152", like=1, at_least=1)


# %%
# HIDDEN
def test_hidden_plain(env):
    """Networks of plain blocks"""
    from grader.judge import check_drawn

    check_drawn(env, "resnet_parameters", "plain")


# %%
# HIDDEN
def test_hidden_bottleneck(env):
    """Networks of bottlenecks"""
    from grader.judge import check_drawn

    check_drawn(env, "resnet_parameters", "bottleneck")


# %%
# HIDDEN
def test_hidden_resnet_152(env):
    """The parameters of ResNet-152"""
    from grader.judge import check_value

    check_value(env, "resnet_152", "resnet_parameters", (3, 8, 36, 3), True)


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# The lecture's 11 million are right, of another network of the family: whose? Run the next cell. (And its line on VGG16 and
# VGG19, "16, 19 conv + 2 dense", counts some layers twice: VGG16 has 13 convolutions and 3 dense layers, which makes 16.)

# %%
RESNETS = {
    "ResNet-18": ((2, 2, 2, 2), False),
    "ResNet-34": ((3, 4, 6, 3), False),
    "ResNet-50": ((3, 4, 6, 3), True),
    "ResNet-101": ((3, 4, 23, 3), True),
    "ResNet-152": ((3, 8, 36, 3), True),
}
for name, line in RESNETS.items():
    print(f"{name:11}", resnet_parameters(*line))

# %% [markdown]
# ## 5. Global average pooling
#
# AlexNet's first dense layer reads every pixel of every map, and holds 37.8 of its 62.4 million parameters. **Global
# average pooling** makes one number of each map, its mean, and a dense layer reads these. GoogLeNet and ResNet both end
# that way. Lecture 2 calls it *highly destructive*, and so it is: it forgets where something was. A classifier can do
# without, its last maps are small anyway, and the network takes images of any size.
#
# In Keras it is `layers.GlobalAveragePooling2D()`, between the last maps and the last `Dense`.
#
# And one can look behind it. The mean and the dense layer are both sums, so their order may be exchanged: apply the
# dense layer's weights $w$ and biases $b$ at *every place* of the maps $a$, and average afterwards. In between you have
# a map for each class,
#
# $$m_{ijk} = \sum_c a_{ijc}\, w_{ck} + b_k, \qquad \text{whose mean over } i, j \text{ is the score of class } k,$$
#
# and it shows *which places* spoke for that class. Nothing has to be trained for it.

# %%
# The numbers of the text above, so that none of them is mistyped.
convolutions = ((11, 3, 96), (5, 96, 256), (3, 256, 384), (3, 384, 384), (3, 384, 256))
dense = ((6 * 6 * 256, 4096), (4096, 4096), (4096, 1000))
total = sum(conv_parameters(*sizes) for sizes in convolutions) + sum(dense_parameters(*sizes) for sizes in dense)
assert round(dense_parameters(*dense[0]) / 1e6, 1) == 37.8 and round(total / 1e6, 1) == 62.4

# %% [raw]
# # BEGIN QUESTION
# name: q7

# %% [markdown]
# ### Question 7: `head_parameters` and `class_maps`
#
# The first: the parameters between the last maps (height, width, channels) and the scores, for one dense layer with biases
# behind `Flatten` (`head` is `"flatten"`) or behind a global average (`"average"`). The second: the formula above, for
# several images at once.

# %% [raw]
# # BEGIN SOLUTION


# %%
def head_parameters(height, width, channels, classes, head):
    """Number of parameters between the last maps and the scores.

    head: "flatten" or "average"
    returns: int

    >>> head_parameters(3, 2, 5, 4, "flatten"), head_parameters(3, 2, 5, 4, "average")
    (124, 24)
    """
    # BEGIN SOLUTION
    inputs = channels if head == "average" else height * width * channels
    return dense_parameters(inputs, classes)
    # END SOLUTION


def class_maps(maps, w, b):
    """How much each place of the last maps speaks for each class.

    maps: (N, H, W, C)      w: (C, K), b: (K,) of the dense layer behind the global average
    returns: (N, H, W, K)

    >>> class_maps(np.array([[[[1.0, 2.0], [3.0, 0.0]]]]), np.array([[1.0], [2.0]]), np.array([0.5]))
    array([[[[5.5],
             [3.5]]]])
    """
    # BEGIN SOLUTION
    return maps @ w + b
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_small_heads(env):
    """The example in the docstring"""
    from cnnchecks import check

    check(env, "head_parameters", 3, 2, 5, 4, "flatten")
    check(env, "head_parameters", 3, 2, 5, 4, "average")


# %%
def test_small_maps(env):
    """Maps of two images, two channels, two classes"""
    import numpy as np
    from cnnchecks import check

    maps = np.arange(24.0).reshape(2, 2, 3, 2) - 9
    check(env, "class_maps", maps, np.array([[1.0, -2.0], [2.0, 1.0]]), np.array([3.0, -1.0]))


# %%
# HIDDEN
def test_hidden_heads(env):
    """Heads of both kinds"""
    from grader.judge import check_drawn

    check_drawn(env, "head_parameters", "heads")


# %%
# HIDDEN
def test_hidden_maps(env):
    """The maps of many classes"""
    from grader.judge import check_drawn

    check_drawn(env, "class_maps", "plain")


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# An example that can be seen through. The image holds horizontal and vertical strokes. Two channels answer to them, one to each
# kind, and two classes, "more horizontal" and "more vertical", read their averages. The class maps show where each class gets its
# score from: green speaks for it, red against.

# %% tags=["figure"]
picture = np.zeros((24, 24))
for row, column in ((4, 3), (9, 12), (18, 5)):
    picture[row, column : column + 8] = 1
for row, column in ((3, 20), (12, 3)):
    picture[row : row + 8, column] = 1
horizontal = np.maximum(2 * picture - np.roll(picture, 1, 0) - np.roll(picture, -1, 0), 0)
vertical = np.maximum(2 * picture - np.roll(picture, 1, 1) - np.roll(picture, -1, 1), 0)
seen = np.stack([horizontal, vertical], axis=-1)[None]
w, b = np.array([[1.0, -1.0], [-1.0, 1.0]]), np.array([0.0, 0.0])
fig, axes = plt.subplots(1, 5, figsize=(11, 2.5))
panels = [("image", picture, "gray_r"), ("channel 1", horizontal, "gray_r"), ("channel 2", vertical, "gray_r")]
where = class_maps(seen, w, b)
if where is not None:
    scores = where.mean(axis=(1, 2))[0]
    panels += [(f"{words}: {score:+.3f}", where[0, ..., k], "RdYlGn")
               for k, (words, score) in enumerate(zip(("horizontal", "vertical"), scores))]
for ax, (title, plane, colours) in zip(axes, panels):
    limit = abs(plane).max()
    ax.imshow(plane, cmap=colours, vmin=-limit if colours != "gray_r" else 0, vmax=limit)
    ax.set_title(title, fontsize=9)
for ax in axes:
    ax.set(xticks=[], yticks=[])
fig.tight_layout()

# %% [markdown]
# ## 6. Several networks together
#
# Train the same network seven times, from other random weights: you get seven networks that are about equally good and
# make *other mistakes*. Average their probabilities, and part of the mistakes cancel. Every winner since 2012 was such an
# **ensemble**. It costs as many times the work as there are networks, and its error flatters any one of them.

# %% [raw]
# # BEGIN QUESTION
# name: q8

# %% [markdown]
# ### Question 8: `ensemble_predictions`
#
# The class that the networks predict together for each image: the one with the largest **mean of the probabilities** over
# the networks. (Not a vote: a network that is sure weighs more than one that hesitates.)

# %% [raw]
# # BEGIN SOLUTION


# %%
def ensemble_predictions(probabilities):
    """What several networks predict together.

    probabilities: (M, N, K), of M networks for N images and K classes
    returns: (N,) integers

    >>> ensemble_predictions(np.array([[[0.75, 0.25]], [[0.125, 0.875]]]))
    array([1])
    """
    # BEGIN SOLUTION
    return probabilities.mean(axis=0).argmax(axis=1)
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_three_networks(env):
    """Three networks, two images, three classes"""
    import numpy as np
    from cnnchecks import check

    rows = [
        [[0.5, 0.375, 0.125], [0.25, 0.5, 0.25]],
        [[0.5, 0.375, 0.125], [0.625, 0.25, 0.125]],
        [[0.0625, 0.875, 0.0625], [0.125, 0.25, 0.625]],
    ]
    check(env, "ensemble_predictions", np.array(rows))


# %%
# HIDDEN
def test_hidden_ensembles(env):
    """Networks that disagree"""
    from grader.judge import check_drawn

    check_drawn(env, "ensemble_predictions", "plain")


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# How much does it bring? A simulation: 5,000 images, ten classes, networks whose scores are the truth plus noise. Part
# of the noise is shared by all networks, the part of an image that is hard for everybody; the rest is each network's
# own. Only the own mistakes cancel.

# %% tags=["figure"]
draw = np.random.default_rng(7)
truth = draw.integers(0, 10, 5000)
common = draw.normal(0, 1, (1, 5000, 10))
own = draw.normal(0, 1, (12, 5000, 10))
fig, ax = plt.subplots(figsize=(8, 2.8))
for colour, share in ((RED, 0.9), (ORANGE, 0.5), (BLUE, 0.1)):
    z = 2.5 * np.eye(10)[truth] + share**0.5 * common + (1 - share) ** 0.5 * own
    p = np.exp(z) / np.exp(z).sum(axis=2, keepdims=True)
    together = [ensemble_predictions(p[:m]) for m in range(1, 13)]
    if together[0] is None:
        ax.set_title("this needs question 8")
        break
    ax.plot(range(1, 13), [np.mean(t != truth) for t in together], "o-", color=colour, label=f"{share:.0%} of the noise shared")
else:
    ax.legend()
ax.set(xlabel="networks", ylabel="error", ylim=(0, None))
ax.grid(color="0.9")
fig.tight_layout()

# %% [markdown]
# ## 7. The table of the ImageNet challenge
#
# ILSVRC, the *ImageNet Large Scale Visual Recognition Challenge*, had 1.2 million training photos, of 10,000 classes as
# lecture 2 writes. Is that so? Every network of the table below ends in one unit for each class. The last layer of VGG16
# is dense and has biases; it reads 4,096 numbers and has <<dense_parameters(4096, 1000) | thousands>> parameters. Question 9 asks what follows.
#
# The challenge was decided by the **top-5 error**: the share of images whose class is not among the five likeliest that
# the classifier names. Results are published on two sets of images, which must not be mixed: *validation* (50,000, whose
# labels everyone has) and *test* (100,000 in 2012 and after, whose labels only the organisers have).
#
# | year | entry | depth | networks | images | top-5 error, % | source |
# |---|---|---|---|---|---|---|
# | 2010 | NEC-UIUC | no network | | test | 28.2 | [1], section 5; [2], table 1 |
# | 2011 | XRCE | no network | | test | 25.8 | [1], section 5 |
# | 2012 | AlexNet, as entered | 8 | 7 | test | 15.3 | [2], table 2 |
# | 2012 | AlexNet, no other data | 8 | 5 | test | 16.4 | [2], table 2 |
# | 2012 | AlexNet | 8 | 1 | validation | 18.2 | [2], table 2 |
# | 2013 | Clarifai, no other data | | several | test | 11.7 | [4], table 2 |
# | 2014 | VGG, second place | 16, 19 | 7 | test | 7.3 | [3], table 6 |
# | 2014 | VGG16 | 16 | 1 | validation | 7.2 | [3], table 5 |
# | 2014 | VGG19 | 19 | 1 | validation | 7.1 | [3], table 5 |
# | 2014 | GoogLeNet | 22 | 7 | test | 6.67 | [4], table 2 |
# | 2014 | GoogLeNet | 22 | 1 | validation | 7.89 | [4], table 3 |
# | 2015 | ResNet | up to 152 | 6 | test | 3.57 | [5], table 5 |
# | 2015 | ResNet-34 | 34 | 1 | validation | 5.71 | [5], table 4 |
# | 2015 | ResNet-50 | 50 | 1 | validation | 5.25 | [5], table 4 |
# | 2015 | ResNet-101 | 101 | 1 | validation | 4.60 | [5], table 4 |
# | 2015 | ResNet-152 | 152 | 1 | validation | 4.49 | [5], table 4 |
# | 2014 | one trained person | | | 1,500 of test | 5.1 | [1], section 6.4 |
#
# * [1] O. Russakovsky et al., *ImageNet large scale visual recognition challenge*, IJCV 115 (2015), arXiv:1409.0575.
# * [2] A. Krizhevsky, I. Sutskever, G. Hinton, *ImageNet classification with deep convolutional neural networks*, NIPS (2012).
# * [3] K. Simonyan, A. Zisserman, *Very deep convolutional networks for large-scale image recognition*, ICLR (2015), arXiv:1409.1556.
# * [4] C. Szegedy et al., *Going deeper with convolutions*, CVPR (2015), arXiv:1409.4842.
# * [5] K. He, X. Zhang, S. Ren, J. Sun, *Deep residual learning for image recognition*, CVPR (2016), arXiv:1512.03385.
#
# The numbers on lecture 2's slides, 7 % for GoogLeNet, 7.3 % for VGG and 3.6 % for ResNet, are those of ensembles; so
# is the 16.4 that one finds everywhere for AlexNet. Beside "152 layers" the 3.6 % reads as if one network had done it.
# One network did 4.49 %, on other images.

# %%
ILSVRC = [  # name, depth, networks, on the test images?, top-5 error in percent
    ("AlexNet, as entered", 8, 7, True, 15.3),
    ("AlexNet ×5", 8, 5, True, 16.4),
    ("AlexNet", 8, 1, False, 18.2),
    ("VGG ×7", 19, 7, True, 7.3),
    ("VGG16", 16, 1, False, 7.2),
    ("VGG19", 19, 1, False, 7.1),
    ("GoogLeNet ×7", 22, 7, True, 6.67),
    ("GoogLeNet", 22, 1, False, 7.89),
    ("ResNet ×6", 152, 6, True, 3.57),
    ("ResNet-34", 34, 1, False, 5.71),
    ("ResNet-50", 50, 1, False, 5.25),
    ("ResNet-101", 101, 1, False, 4.60),
    ("ResNet-152", 152, 1, False, 4.49),
]

# %% [raw]
# # BEGIN QUESTION
# name: q9

# %% [markdown]
# ### Question 9: `single_networks`, `relative_drop` and `ilsvrc_classes`
#
# Compare like with like. The first function finds the rows that may be compared: **one** network, on the **validation**
# images. It returns their places in the table (counted from 0, in the whole table), the smallest error first.
#
# The second says by how much an error has fallen, as a share of what it was: 0.25 means that a quarter of the mistakes
# has gone. For an error that grew it is negative.
#
# Put into `ilsvrc_classes` how many classes the challenge had, worked out from VGG16's last layer, above.

# %% [raw]
# # BEGIN SOLUTION


# %%
def single_networks(networks, on_test, errors):
    """The places of the rows that are one network on the validation images, best first.

    networks: (N,) integers, how many there were      on_test: (N,) booleans      errors: (N,) floats, all different
    returns: integers, as many as there are such rows

    >>> single_networks(np.array([7, 1, 1, 1]), np.array([True, False, True, False]), np.array([3.0, 6.0, 4.0, 5.0]))
    array([3, 1])
    """
    # BEGIN SOLUTION
    places = np.flatnonzero((networks == 1) & ~on_test)
    return places[errors[places].argsort()]
    # END SOLUTION


def relative_drop(before, after):
    """By which share of what it was an error has fallen.

    >>> relative_drop(8.0, 6.0)
    0.25
    """
    # BEGIN SOLUTION
    return (before - after) / before
    # END SOLUTION


# %%
ilsvrc_classes = 4_097_000 // (4096 + 1)  # SOLUTION

# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_six_rows(env):
    """A table of six rows"""
    import numpy as np
    from cnnchecks import check

    networks, errors = np.array([2, 1, 1, 3, 1, 1]), np.array([4.0, 9.0, 5.0, 8.0, 7.0, 6.0])
    check(env, "single_networks", networks, np.array([False, False, True, True, False, False]), errors)


# %%
def test_drops(env):
    """An error that falls, and one that grows"""
    from cnnchecks import check

    check(env, "relative_drop", 16.0, 4.0)
    check(env, "relative_drop", 4.0, 5.0)


# %%
def test_form_of_ilsvrc_classes(env):
    """A whole number that is a count"""
    from cnnchecks import check_form

    check_form(env, "ilsvrc_classes", like=1, at_least=1)


# %%
# HIDDEN
def test_hidden_tables(env):
    """Longer tables"""
    from grader.judge import check_drawn

    check_drawn(env, "single_networks", "plain")


# %%
# HIDDEN
def test_hidden_drops(env):
    """Other errors"""
    from grader.judge import check_drawn

    check_drawn(env, "relative_drop", "plain")


# %%
# HIDDEN
def test_hidden_ilsvrc_classes(env):
    """The classes of ILSVRC"""
    from grader.judge import check_value

    check_value(env, "ilsvrc_classes", "output_units", 4096, 4_097_000)


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# Depth against error, with your function choosing what may be joined by a line: single networks on the validation
# images. Rings are ensembles on the test images. Within a family, depth pays, and each further layer less than those
# before. Between families it doesn't decide: GoogLeNet is deeper than VGG19 and stands above it. What it saved was
# parameters, nineteen of twenty, and work.

# %% tags=["figure"]
names, depths, networks, on_test, errors = (np.array(column) for column in zip(*ILSVRC))
fig, ax = plt.subplots(figsize=(9, 4))
ensembles = networks > 1
ax.plot(depths[ensembles], errors[ensembles], "o", color=ORANGE, fillstyle="none", markersize=9, label="ensembles, test")
chosen = single_networks(networks, on_test, errors)
if chosen is None:
    ax.set_title("this needs question 9")
else:
    by_depth = sorted(chosen, key=lambda row: depths[row])
    ax.plot(depths[by_depth], errors[by_depth], "o", color=BLUE, label="single networks, validation")
    residual = [row for row in by_depth if names[row].startswith("ResNet")]
    ax.plot(depths[residual], errors[residual], color=BLUE, linewidth=1)
    drop = relative_drop(errors[residual[0]], errors[residual[-1]]) if residual else None
    if drop is not None:
        ax.set_title(f"from {names[residual[0]]} to {names[residual[-1]]}: {drop:.0%} fewer mistakes", fontsize=10)
offsets = {"VGG16": (-14, -14), "VGG19": (-18, -26), "VGG ×7": (-20, 10), "GoogLeNet": (7, 6), "ResNet-101": (-30, -15), "ResNet-152": (-30, 8), "ResNet ×6": (-20, -15)}
for name, depth, error in zip(names, depths, errors):
    ax.annotate(name, (depth, error), textcoords="offset points", xytext=offsets.get(str(name), (7, 3)), fontsize=8)
ax.axhline(5.1, color="0.6", linestyle=":")
ax.text(8, 4.2, "one trained person: 5.1", fontsize=8, color="0.4")
ax.set(xscale="log", xticks=[8, 16, 34, 50, 101, 152], xticklabels=[8, 16, 34, 50, 101, 152],
       xlabel="layers with weights on the longest way", ylabel="top-5 error, %", ylim=(0, 20))
ax.minorticks_off()
ax.legend()
fig.tight_layout()

# %% [markdown]
# ## 8. A talk of twenty minutes (optional)
#
# Lecture 3 ends with an assignment for the speaker's chair. It is outside the 100 points: a person listens and gives up
# to ten points beside them, or your class does without it. No check looks at it.

# %% [raw]
# # BEGIN QUESTION
# name: presentation
# manual: true

# %% [markdown]
# ### Presentation: one network in twenty minutes
#
# Choose **LeNet-5, AlexNet, GoogLeNet or VGGNet**, and tell a fellow student who knows convolutions, but not this
# network, what is worth knowing about it: fifteen minutes of talk, five of questions, at most ten slides. Read the
# paper, not only what others say of it.
#
# Write below which network you chose, the three sentences that your listeners should remember, and where your slides are.
#
# | up to | for |
# |---|---|
# | 2 | **the question it answered**: what couldn't be done before, and why not |
# | 2 | **the architecture**: its table, read aloud once: sizes, parameters, where most of them sit, all numbers checked by you |
# | 2 | **the idea**: the one thing that is new, with a picture that you drew, and what it costs and saves |
# | 2 | **the evidence**: a result with its source, on which images, and whether of one network or of several |
# | 1 | **what became of it**: what of it is still used, and what isn't |
# | 1 | **twenty minutes**: in time, audible, and questions answered with "I don't know" where you don't |

# %% [raw]
# # BEGIN SOLUTION

# %% [markdown]
# *For the listener.* Good talks derive one number on the board. Worth asking: of LeNet-5, why C3's maps see only some
# of S2's; of AlexNet, why 224 can't be right, and what the two cards did to the channels; of GoogLeNet, what the two
# auxiliary classifiers were for, and where the seven million come from; of VGGNet, why two 3×3 are better than one 5×5,
# and which layer holds the 103 million. A slide that says "7.3 %" or "6.7 %" should say of how many networks.

# %% [raw]
# # END SOLUTION

# %% [raw]
# # END QUESTION

# %% [markdown]
# ## Further reading
#
# The five papers under the table, and
#
# * S. Ioffe, C. Szegedy, *Batch normalization: accelerating deep network training by reducing internal covariate shift*, ICML (2015),
#   arXiv:1502.03167.
# * M. Lin, Q. Chen, S. Yan, *Network in network*, ICLR (2014), arXiv:1312.4400: where 1×1 convolutions and global averages come from.
# * K. He, X. Zhang, S. Ren, J. Sun, *Identity mappings in deep residual networks*, ECCV (2016), arXiv:1603.05027: the block in another order.
# * B. Zhou et al., *Learning deep features for discriminative localization*, CVPR (2016), arXiv:1512.04150: class maps.
# * A. Karpathy, *What I learned from competing against a ConvNet on ImageNet* (2014), karpathy.github.io: where the 5.1 % come from.
# * V. Dumoulin, F. Visin, *A guide to convolution arithmetic for deep learning*, arXiv:1603.07285, from lecture 3's list. The same list has
#   S. Skansi, *Introduction to deep learning* (Springer, 2018), and the nanodegree on computer vision that Udacity offers online.
#
# ## Hand in
#
# 1. *Kernel → Restart Kernel and Run All Cells*: every question should still pass when the notebook runs from the top.
# 2. Save the notebook.
# 3. Run the last code cell. It makes a zip beside the notebook: upload that zip.
