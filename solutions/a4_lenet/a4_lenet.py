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
# # LeNet-5 in Keras
#
# In 1998 a network of five layers with weights was the heart of a system that read several million bank cheques
# a day. It is small enough to be known down to its last number, and every network of this course descends from
# it. Here you take it apart with pencil and paper, build it in Keras twice, as one would today and as it was then,
# check your copies by giving them somebody else's weights, and train one of them.
#
# **You will be able to**
#
# * say how large the activations of any such network are, layer by layer, and how many parameters it learns;
# * build a network in Keras from a table in a paper;
# * tell whether two networks are the same function, whatever their code looks like;
# * train a classifier, judge it on images it has not seen, and read a confusion matrix;
# * explain what `valid` and `same` padding do to the pixels at the border;
# * measure what a convolutional network gains over a dense one when the digit isn't in its place.
#
# **Time:** 3 to 4 hours, of which the computer trains for a minute or two. Lectures 1 and 2 are the background.
# You don't need to have done assignment 3; if you have, you will recognise the network of its question 10.
#
# **Keep this file's name.** The cell above opens the tests of `a4_lenet.ipynb` by that name. If your copy is
# called something else (Colab likes *Copy of …*, browsers like *(1)*) and that cell complains, rename the file
# back. The folders `tests` and `cnnchecks` and the files `admit.py`, `blueprint.py`, `fixtures.npz` and
# `data.npz` have to lie beside it.
#
# **The rules.** NumPy, Keras and Matplotlib. Write your code where you see `...`, keep the functions' names and
# arguments, and add helper functions as you like. After each question `grader.check("q1")` tells you what is
# right and, when something isn't, which idea went astray. Those visible cases carry no points: the mark comes
# from other sizes, other weights and other images.
#
# **What to hand in:** the zip that the last code cell makes. It holds this notebook and `my_lenet.weights.h5`, the
# file that your training writes in question 6. Grading doesn't train: it loads that file.

# %%
import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # TensorFlow says a lot about the processor when it starts

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers

if not Path("data.npz").exists():
    raise FileNotFoundError("data.npz should lie beside this notebook: unzip the whole hand-out, open it there")

with np.load("data.npz", allow_pickle=False) as stored:
    given = {name: stored[name] for name in stored.files}

BLUE, ORANGE, GREEN = "#0072B2", "#E69F00", "#009E73"  # told apart with any kind of colour vision
print({name: (array.shape, str(array.dtype)) for name, array in given.items()})


# %% [markdown]
# The digits are MNIST's: 28×28 pixels, one byte each, 0 for paper and 255 for ink. Networks like numbers near
# 1 and images with a channel axis, so `as_batch` makes both. The arrays `w00` to `w09` are weights for questions 3
# and 4. They are random: no network was trained to get them.


# %%
def as_batch(images):
    """Bytes (N, 28, 28) as float32 from 0 to 1, (N, 28, 28, 1)."""
    return images[..., None].astype(np.float32) / 255


fig, axes = plt.subplots(2, 12, figsize=(10, 2))
for ax, image, label in zip(axes.flat, given["x_train"], given["y_train"]):
    ax.imshow(image, cmap="gray_r")
    ax.set_title(label, fontsize=8, pad=2)
    ax.axis("off")

# %% [markdown]
# ## 1. The network on paper
#
# LeNet-5 is two rounds of *convolve, then shrink*, followed by three ordinary dense layers. The paper's names
# say what a layer does: C for convolution, S for subsampling (today: pooling), F for fully connected.
#
# | name | layer | what it has |
# |---|---|---|
# | `C1` | convolution, stride 1 | 6 kernels of 5×5; padding `valid` or `same`, see below |
# | `S2` | pooling | windows of 2×2, side by side |
# | `C3` | convolution, stride 1 | 16 kernels of 5×5 over all 6 maps, always `valid` |
# | `S4` | pooling | windows of 2×2, side by side |
# | `flat` | | the maps of one image, written in one row |
# | `C5` | dense | 120 units |
# | `F6` | dense | 84 units |
# | `output` | dense | 10 units, one for each digit |
#
# The paper feeds it 32×32 pixels, a digit with a wide white frame, and pads nothing. With today's 28×28
# digits there are two ways: pad `C1` (`same`), or let the maps become smaller. So the sizes depend on the
# image *and* on `C1`'s padding, and that is the first question.
#
# **The rules you need.** Along one axis of $n$ pixels, a kernel of $k$ with stride 1 takes
#
# $$n - k + 1 \ \text{ positions (valid)}, \qquad n \ \text{ positions (same)}.$$
#
# A pooling window of 2 at stride 2 takes $\lfloor n / 2 \rfloor$: an odd last row or column is left out. Each
# kernel makes one map, so the number of maps is the number of kernels; pooling keeps it. Height and width go
# their own ways if the image isn't square.

# %% [raw]
# # BEGIN QUESTION
# name: q1

# %% [markdown]
# ### Question 1: `lenet_activation_sizes`
#
# Lecture 1 asks for "the activation size of LeNet". Answer it for every image at once: write the function that
# returns the shape of one image's activation after each line of the table, as a dictionary with the keys
# `image`, `C1`, `S2`, `C3`, `S4`, `flat`, `C5`, `F6`, `output`. Maps have the shape (height, width, maps),
# `flat` and the dense layers (units,): a tuple with one number, `(84,)`, and mind its comma.
#
# The image is grey (one channel) and large enough for all layers; the kernels are the table's.

# %% [raw]
# # BEGIN SOLUTION


# %%
def lenet_activation_sizes(height, width, padding):
    """The shape of one image's activation after each layer of LeNet-5.

    height, width: of the image, integers
    padding: of C1, "valid" or "same"
    returns: a dictionary from the layer's name to a tuple of ints

    >>> lenet_activation_sizes(20, 20, "valid")  # doctest: +NORMALIZE_WHITESPACE
    {'image': (20, 20, 1), 'C1': (16, 16, 6), 'S2': (8, 8, 6), 'C3': (4, 4, 16), 'S4': (2, 2, 16),
     'flat': (64,), 'C5': (120,), 'F6': (84,), 'output': (10,)}
    """
    # BEGIN SOLUTION
    lost = 4 if padding == "valid" else 0
    c1_height, c1_width = height - lost, width - lost
    c3_height, c3_width = c1_height // 2 - 4, c1_width // 2 - 4
    s4_height, s4_width = c3_height // 2, c3_width // 2
    return {
        "image": (height, width, 1),
        "C1": (c1_height, c1_width, 6),
        "S2": (c1_height // 2, c1_width // 2, 6),
        "C3": (c3_height, c3_width, 16),
        "S4": (s4_height, s4_width, 16),
        "flat": (s4_height * s4_width * 16,),
        "C5": (120,),
        "F6": (84,),
        "output": (10,),
    }
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_docstring(env):
    """The example in the docstring: 20x20, valid"""
    from cnnchecks import check

    check(env, "lenet_activation_sizes", 20, 20, "valid")


# %%
def test_not_square(env):
    """An image that isn't square, same"""
    from cnnchecks import check

    check(env, "lenet_activation_sizes", 20, 36, "same")


# %%
# HIDDEN
def test_hidden_valid(env):
    """C1 without padding"""
    from grader.judge import check_drawn

    check_drawn(env, "lenet_activation_sizes", "valid")


# %%
# HIDDEN
def test_hidden_same(env):
    """C1 with padding"""
    from grader.judge import check_drawn

    check_drawn(env, "lenet_activation_sizes", "same")


# %%
# HIDDEN
def test_hidden_odd(env):
    """Rows and columns that pooling leaves out"""
    from grader.judge import check_drawn

    check_drawn(env, "lenet_activation_sizes", "odd")


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# ## 2. What is there to learn?
#
# A layer's parameters are the numbers that training changes.
#
# * **Convolution:** each of its $K$ kernels spans *all* $C$ channels of its input and has one bias. Where it is
#   applied, and how often, costs no parameter:
#   $\quad (k_h \cdot k_w \cdot C + 1)\,K$.
# * **Dense:** each of its $m$ units has a weight for each of its $n$ inputs and one bias: $\quad (n + 1)\,m$.
# * **Pooling** and flattening have none. (In the paper, each pooling map has a factor and a bias; nobody does
#   that any more, and we don't either.)
#
# Lecture 1's example: ten kernels of 3×3 on a colour image have $(3 \cdot 3 \cdot 3 + 1) \cdot 10 = 280$
# parameters, for images of any size.

# %%
assert (3 * 3 * 3 + 1) * 10 == 280

# %% [raw]
# # BEGIN QUESTION
# name: q2

# %% [markdown]
# ### Question 2: `conv_parameters`, `dense_parameters` and `lenet_parameters`
#
# The first two are the formulas; a layer with `use_bias=False` has no bias at all, and `kernel_size` is an
# integer (a square kernel) or a pair (height, width). The third is the second half of lecture 1's exercise: a
# dictionary from the layer's name to the number of its parameters, for the five layers that have any (`C1`,
# `C3`, `C5`, `F6`, `output`), and their sum under the key `total`. All layers have biases. Question 1 knows how
# many inputs `C5` has.

# %% [raw]
# # BEGIN SOLUTION


# %%
def conv_parameters(kernel_size, in_channels, filters, use_bias=True):
    """Number of parameters of a convolution.

    kernel_size: an integer, or a pair (height, width)
    in_channels: channels of the input       filters: kernels, which is channels of the output
    returns: int

    >>> conv_parameters(3, 3, 10), conv_parameters((1, 3), 2, 4, use_bias=False)
    (280, 24)
    """
    # BEGIN SOLUTION
    kernel_height, kernel_width = (kernel_size, kernel_size) if np.ndim(kernel_size) == 0 else kernel_size
    return (kernel_height * kernel_width * in_channels + bool(use_bias)) * filters
    # END SOLUTION


def dense_parameters(inputs, units, use_bias=True):
    """Number of parameters of a dense layer.

    >>> dense_parameters(100, 10), dense_parameters(100, 10, use_bias=False)
    (1010, 1000)
    """
    # BEGIN SOLUTION
    return (inputs + bool(use_bias)) * units
    # END SOLUTION


def lenet_parameters(height, width, padding):
    """Number of parameters of each layer of LeNet-5, and of all.

    height, width: of the grey image       padding: of C1, "valid" or "same"
    returns: a dictionary of ints with the keys C1, C3, C5, F6, output, total

    >>> lenet_parameters(20, 20, "valid")
    {'C1': 156, 'C3': 2416, 'C5': 7800, 'F6': 10164, 'output': 850, 'total': 21386}
    """
    # BEGIN SOLUTION
    (inputs,) = lenet_activation_sizes(height, width, padding)["flat"]
    counts = {
        "C1": conv_parameters(5, 1, 6),
        "C3": conv_parameters(5, 6, 16),
        "C5": dense_parameters(inputs, 120),
        "F6": dense_parameters(120, 84),
        "output": dense_parameters(84, 10),
    }
    return counts | {"total": sum(counts.values())}
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_lecture_1(env):
    """Lecture 1's ten kernels of 3x3 on a colour image"""
    from cnnchecks import check

    check(env, "conv_parameters", 3, 3, 10)
    check(env, "conv_parameters", (1, 3), 2, 4, use_bias=False)


# %%
def test_dense(env):
    """A dense layer, with biases and without"""
    from cnnchecks import check

    check(env, "dense_parameters", 100, 10)
    check(env, "dense_parameters", 100, 10, use_bias=False)


# %%
def test_docstring_again(env):
    """The example in the docstring: 20x20, valid"""
    from cnnchecks import check

    check(env, "lenet_parameters", 20, 20, "valid")


# %%
# HIDDEN
def test_hidden_layers(env):
    """Convolutions and dense layers of all sizes"""
    from grader.judge import check_drawn

    check_drawn(env, "conv_parameters", "kernels")
    check_drawn(env, "dense_parameters", "plain")


# %%
# HIDDEN
def test_hidden_lenet_valid(env):
    """LeNet without padding"""
    from grader.judge import check_drawn

    check_drawn(env, "lenet_parameters", "valid")


# %%
# HIDDEN
def test_hidden_lenet_same(env):
    """LeNet with padding"""
    from grader.judge import check_drawn

    check_drawn(env, "lenet_parameters", "same")


# %%
# HIDDEN
def test_hidden_digits_parameters(env):
    """The digits' own size, 28x28, both ways"""
    from grader.judge import check_drawn

    check_drawn(env, "lenet_parameters", "digits")


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# ### The picture
#
# Your two functions draw LeNet, in all three variants: the paper's 32×32, and 28×28 with and without padding.
# Above each layer stands its name, below it the shape and the number of parameters. Convolutions are blue,
# poolings green, vectors orange. At most six maps are drawn, and vectors at a tenth of their length.


# %% tags=["figure"]
def draw_network(ax, sizes, counts, title):
    """Maps as stacks of sheets, vectors as bars, from left to right."""
    left = 0.0
    for name, shape in sizes.items():
        height, width, sheets = (shape[0], shape[1], min(shape[2], 6)) if len(shape) == 3 else (shape[0] / 10, 2, 1)
        for sheet in range(sheets):
            corner = (left + 1.2 * sheet, -height / 2 - 1.2 * sheet)
            colour = ORANGE if len(shape) == 1 else {"C": BLUE, "S": GREEN}.get(name[0], "0.6")
            ax.add_patch(plt.Rectangle(corner, width, height, facecolor=colour, edgecolor="white", alpha=0.7))
        span = width + 1.2 * (sheets - 1)
        size = "×".join(str(number) for number in shape)
        learnt = f"\n{counts[name]:,}" if name in counts else ""
        ax.text(left + span / 2, 26, name, ha="center", fontsize=9)
        ax.text(left + span / 2, -27, size + learnt, ha="center", va="top", fontsize=8)
        left += max(span, 10) + 8
    ax.set(xlim=(-4, left), ylim=(-38, 31), aspect="equal", title=title)
    ax.axis("off")


variants = ((32, "valid"), (28, "same"), (28, "valid"))
fig, axes = plt.subplots(3, 1, figsize=(10, 9))
for ax, (pixels, padding) in zip(axes, variants):
    try:
        counts = lenet_parameters(pixels, pixels, padding)
        title = f"{pixels}×{pixels}, C1 {padding}: {counts['total']:,} parameters"
        draw_network(ax, lenet_activation_sizes(pixels, pixels, padding), counts, title)
    except (TypeError, AttributeError, KeyError, ValueError):
        ax.set_title("this needs questions 1 and 2")
fig.tight_layout()

# %% [markdown]
# Two things to see. From left to right the maps shrink and become more: *where* something is matters less and
# less, *what* it is more and more. And most of the weights sit in one place, the step from maps to vectors;
# the two convolutions, which do most of the seeing, have few. That is what sharing weights buys. (And so the
# padding of the first layer, which has no weights itself, changes the size of the whole network by more than a
# quarter.)

# %% [markdown]
# ## 3. The network in Keras
#
# A Keras model is a chain of layer objects. Here is a chain that has nothing to do with LeNet: it takes colour
# images of 9×9 and tells three classes apart.

# %%
example = keras.Sequential(
    [
        keras.Input((9, 9, 3)),
        layers.Conv2D(4, kernel_size=2, strides=3, padding="same", activation="sigmoid"),
        layers.GlobalAveragePooling2D(),
        layers.Dense(3, activation="softmax"),
    ],
    name="example",
)
example.summary()

# %% [markdown]
# The first number of each output shape, `None`, is the batch: as many images as you like. `activation=` is
# applied to what the layer has computed; left out, nothing is. **Softmax** turns ten numbers into ten
# probabilities, $p_k = e^{z_k} / \sum_j e^{z_j}$, and therefore belongs at the very end and nowhere else.
#
# Other ways to write the same model are as good: the functional form (`x = layers.Conv2D(…)(x)`,
# `keras.Model(inputs, x)`) or a subclass of `keras.Model`, called once on a `keras.Input` before you return it.
#
# **When are two networks equal?** Not when their code looks alike, but when they compute the same function.
# Fresh networks have random weights, so comparing their outputs says nothing, until both get the *same*
# weights. So your check will load `w00` to `w09` into your model, kernel and bias of each layer in turn, feed
# it a few digits, and compare every probability with the reference's. One forgotten activation changes all of
# them. The mark uses other weights: new random ones, and those of a network that reads digits well.

# %%
for name in sorted(name for name in given if name[0] == "w"):
    print(name, given[name].shape)

# %% [raw]
# # BEGIN QUESTION
# name: q3

# %% [markdown]
# ### Question 3: `lenet_same`
#
# LeNet as one would build it today, for 28×28 digits:
#
# * images (28, 28, 1); `C1` padded with `same`, `C3` not;
# * a bias in every layer with weights, and all weights trainable, as Keras does unless told otherwise;
# * ReLU after `C1`, `C3`, `C5` and `F6`;
# * `S2` and `S4` take the **maximum**;
# * the output is 10 **probabilities** (softmax).
#
# Write a function without arguments that returns the Keras model, new at each call. `C5` may be a dense layer
# after flattening, as in the table, or, as in the paper, a convolution with 120 kernels of 5×5: on maps of 5×5
# that is the same thing (why?), and the check accepts both. Don't compile or train the model here.

# %% [raw]
# # BEGIN SOLUTION


# %%
def lenet_same():
    """LeNet-5 in its modern form: images (N, 28, 28, 1) -> probabilities (N, 10)."""
    # BEGIN SOLUTION
    maps = [
        layers.Conv2D(6, 5, padding="same", activation="relu", name="C1"),
        layers.MaxPooling2D(2, name="S2"),
        layers.Conv2D(16, 5, activation="relu", name="C3"),
        layers.MaxPooling2D(2, name="S4"),
    ]
    classifier = [
        layers.Flatten(name="flat"),
        layers.Dense(120, activation="relu", name="C5"),
        layers.Dense(84, activation="relu", name="F6"),
        layers.Dense(10, activation="softmax", name="output"),
    ]
    return keras.Sequential([keras.Input((28, 28, 1)), *maps, *classifier], name="lenet_same")
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_layers_fit(env):
    """Every layer has as many weights as it should, and all can be trained"""
    from cnnchecks import check_layers

    check_layers(env, "lenet_same")


# %%
def test_given_weights(env):
    """With the weights of data.npz, four digits get the reference's probabilities"""
    import numpy as np
    from cnnchecks import check_model, data

    weights = [data()[f"w{place:02}"] for place in range(10)]
    x = data()["x_train"][:4, :, :, None].astype(np.float32) / 255
    check_model(env, "lenet_same", weights, x)


# %%
# HIDDEN
def test_hidden_random(env):
    """Other random weights, other images"""
    from grader.judge import check_model_drawn

    check_model_drawn(env, "lenet_same", "random")


# %%
# HIDDEN
def test_hidden_trained(env):
    """The weights of a network that reads digits"""
    from grader.judge import check_model_drawn

    check_model_drawn(env, "lenet_same", "trained")


# %%
# HIDDEN
def test_hidden_layers_fit(env):
    """The number of weights of each layer, all to be trained"""
    from grader.judge import check_parameters

    check_parameters(env, "lenet_same")


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# ## 4. The network of 1998
#
# What was different? The digits stood in a frame of 32×32, so that no stroke was ever close to the border, and
# nothing was padded. Pooling took the **average**. And the activation was **tanh**, which is smooth, odd and
# saturates: far from 0 its slope is almost 0, and with it the gradient that comes back through it.

# %% tags=["figure"]
z = np.linspace(-4, 4, 201)
fig, axes = plt.subplots(1, 2, figsize=(9, 2.6))
for ax, title in zip(axes, ("activation", "its slope")):
    ax.set(xlabel="z", title=title)
    ax.grid(color="0.9")
axes[0].plot(z, np.tanh(z), color=BLUE, label="tanh")
axes[0].plot(z, np.maximum(z, 0), color=ORANGE, linestyle="--", label="ReLU")
axes[1].plot(z, 1 - np.tanh(z) ** 2, color=BLUE)
axes[1].plot(z, z > 0, color=ORANGE, linestyle="--")
axes[0].legend()
fig.tight_layout()

# %% [raw]
# # BEGIN QUESTION
# name: q4

# %% [markdown]
# ### Question 4: `lenet_valid`
#
# The same layers, biases included, in the paper's form:
#
# * images (32, 32, 1), no padding anywhere;
# * **tanh** after `C1`, `C3`, `C5` and `F6`;
# * `S2` and `S4` take the **average**;
# * the output is again 10 probabilities (softmax; the paper compares with small drawings of the digits instead).
#
# The paper has a few more oddities that we leave out: `S2` and `S4` there have parameters, each map of `C3`
# looks at some of the six maps only, and its tanh is stretched.

# %% [raw]
# # BEGIN SOLUTION


# %%
def lenet_valid():
    """LeNet-5 much as in 1998: images (N, 32, 32, 1) -> probabilities (N, 10)."""
    # BEGIN SOLUTION
    image = x = keras.Input((32, 32, 1))
    for filters in (6, 16):
        x = layers.Conv2D(filters, 5, activation="tanh")(x)
        x = layers.AveragePooling2D(2)(x)
    x = layers.Flatten()(x)
    for units in (120, 84):
        x = layers.Dense(units, activation="tanh")(x)
    return keras.Model(image, layers.Dense(10, activation="softmax")(x), name="lenet_valid")
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_layers_fit_valid(env):
    """Every layer has as many weights as it should, and all can be trained"""
    from cnnchecks import check_layers

    check_layers(env, "lenet_valid")


# %%
def test_given_weights_valid(env):
    """With the weights of data.npz, four framed digits get the reference's probabilities"""
    import numpy as np
    from cnnchecks import check_model, data

    weights = [data()[f"w{place:02}"] for place in range(10)]
    x = data()["x_train"][:4, :, :, None].astype(np.float32) / 255
    check_model(env, "lenet_valid", weights, np.pad(x, ((0, 0), (2, 2), (2, 2), (0, 0))))


# %%
# HIDDEN
def test_hidden_layers_fit_valid(env):
    """The number of weights of each layer, all to be trained"""
    from grader.judge import check_parameters

    check_parameters(env, "lenet_valid")


# %%
# HIDDEN
def test_hidden_random_valid(env):
    """Other random weights, other images"""
    from grader.judge import check_model_drawn

    check_model_drawn(env, "lenet_valid", "random")


# %%
# HIDDEN
def test_hidden_trained_valid(env):
    """The weights of a network that reads digits"""
    from grader.judge import check_model_drawn

    check_model_drawn(env, "lenet_valid", "trained")


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# Both networks have weights of the same shapes, and the same weights fit both. Is that a coincidence? Look at
# what `C1` sees: `same` puts two rows and columns of zeros around a 28×28 digit, and the frame of the 32×32
# digit *is* two rows and columns of zeros. Given the same kernels, both compute the very same numbers there,
# before the activation. What if the frame weren't white? (In the picture, the blue square is the first window of
# `C1`, and the dotted line runs round the 28×28 pixels.)

# %% tags=["figure"]
framed = np.pad(as_batch(given["x_train"][:1]), ((0, 0), (2, 2), (2, 2), (0, 0)))
fig, axes = plt.subplots(1, 2, figsize=(6, 3))
axes[0].imshow(framed[0, ..., 0], cmap="gray_r")
axes[0].set_title("32×32: the frame is part of the image", fontsize=9)
axes[1].imshow(given["x_train"][0], cmap="gray_r", extent=(1.5, 29.5, 29.5, 1.5))
axes[1].set(xlim=(-0.5, 31.5), ylim=(31.5, -0.5))
axes[1].set_title("28×28: padding “same” adds it", fontsize=9)
for ax in axes:
    ax.add_patch(plt.Rectangle((-0.5, -0.5), 5, 5, fill=False, edgecolor=BLUE, linewidth=3))
    ax.add_patch(plt.Rectangle((1.5, 1.5), 28, 28, fill=False, edgecolor="0.6", linestyle=":"))
    ax.set(xticks=[], yticks=[])
fig.tight_layout()

# %% [markdown]
# ## 5. How good is it?
#
# A network answers with ten probabilities; its prediction is the class with the largest. Its **accuracy** is
# the share of images whose prediction is the label. The **confusion matrix** says more: entry $(i, j)$ counts
# the images of class $i$ that were taken for class $j$. Its diagonal is what went well, its row sums are how
# many images of each class there were, and a large number beside the diagonal names two digits that look alike
# to the network.

# %% [raw]
# # BEGIN QUESTION
# name: q5

# %% [markdown]
# ### Question 5: `accuracy` and `confusion_matrix`
#
# In NumPy. `accuracy` returns a number from 0 to 1, `confusion_matrix` whole numbers. `classes` says how many
# rows and columns the matrix has, also when the last class never occurs. Two images may fall on the same entry:
# each counts.

# %% [raw]
# # BEGIN SOLUTION


# %%
def accuracy(probabilities, labels):
    """The share of images whose most probable class is their label.

    probabilities: (N, K)     labels: (N,) integers from 0 to K - 1
    returns: float

    >>> accuracy(np.array([[0.7, 0.2, 0.1], [0.5, 0.1, 0.4]]), np.array([0, 2]))
    0.5
    """
    # BEGIN SOLUTION
    return float(np.mean(probabilities.argmax(axis=1) == labels))
    # END SOLUTION


def confusion_matrix(labels, predictions, classes=10):
    """How many images of each class were taken for which.

    labels, predictions: (N,) integers
    returns: (classes, classes) integers, rows are labels, columns are predictions

    >>> confusion_matrix(np.array([0, 0, 0, 1]), np.array([0, 2, 2, 1]), classes=3)
    array([[1, 0, 2],
           [0, 1, 0],
           [0, 0, 0]])
    """
    # BEGIN SOLUTION
    counts = np.zeros((classes, classes), dtype=int)
    np.add.at(counts, (labels, predictions), 1)
    return counts
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_three_of_four(env):
    """Four images, three classes"""
    import numpy as np
    from cnnchecks import check

    probabilities = np.array([[0.5, 0.25, 0.25], [0.125, 0.125, 0.75], [0.25, 0.5, 0.25], [0.5, 0.375, 0.125]])
    check(env, "accuracy", probabilities, np.array([0, 2, 1, 1]))


# %%
def test_small_matrix(env):
    """The matrix of six images, and one with empty rows"""
    import numpy as np
    from cnnchecks import check

    labels, predictions = np.array([0, 1, 1, 1, 2, 2]), np.array([0, 2, 2, 1, 0, 2])
    check(env, "confusion_matrix", labels, predictions, classes=3)
    check(env, "confusion_matrix", labels, predictions)


# %%
# HIDDEN
def test_hidden_accuracy(env):
    """The accuracy of many images"""
    from grader.judge import check_drawn

    check_drawn(env, "accuracy", "plain")


# %%
# HIDDEN
def test_hidden_matrix(env):
    """The confusion matrix of many images"""
    from grader.judge import check_drawn

    check_drawn(env, "confusion_matrix", "plain")


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# ## 6. Train it
#
# Training needs three decisions, which Keras wants in `compile`:
#
# * the **loss**: for labels that are whole numbers and outputs that are probabilities it is
#   `"sparse_categorical_crossentropy"`, $-\log p_y$, the surprise at the right class;
# * the **optimizer**: `"adam"` is a good first choice;
# * the **metrics** to report: `["accuracy"]`.
#
# Then `fit(x, y, batch_size=…, epochs=…, validation_data=(…))` walks through the images, `epochs` times.
#
# **An honest number.** A network can learn its training images by heart, so its accuracy on them says little.
# Keep some images away from `fit`: below, the last 500 of the 3,000. You look at them while you choose epochs
# and batch size; your mark comes from a thousand digits that neither you nor the network has seen.

# %%
x_train, y_train = as_batch(given["x_train"][:-500]), given["y_train"][:-500].astype(int)
x_valid, y_valid = as_batch(given["x_train"][-500:]), given["y_train"][-500:].astype(int)
print(x_train.shape, x_valid.shape)

# %% [raw]
# # BEGIN QUESTION
# name: q6

# %% [markdown]
# ### Question 6: `trained`
#
# Compile `model`, fit it and keep what `fit` returns as `history`. The last line saves the weights. **This cell
# takes from ten seconds to two minutes**; grading skips it and takes the file `my_lenet.weights.h5`, so hand that
# in. The cell after it makes a new network and loads the file, as grading does: leave it as it is.
#
# There are points for reaching 90, 93 and 95 % of the unseen digits. Fifteen epochs with Adam come out somewhere
# near 95, sometimes below. To be sure of the third you may want a smaller step at the end, or more images: a digit
# that is shifted by a pixel (`np.roll`) is a new image of the same digit, and costs nothing. The unseen digits come in
# an order and in batches that are drawn for your file, a little brighter or darker, and some once more, shifted by a
# pixel: your network has to read each image on its own.

# %% [raw]
# # BEGIN SOLUTION

# %% tags=["otter_ignore"]
keras.utils.set_random_seed(4)
model = lenet_same()
# compile the model, fit it, and keep the history
# BEGIN SOLUTION
moves = [(0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)]
x_moved = np.concatenate([np.roll(x_train, move, axis=(1, 2)) for move in moves])
y_moved = np.tile(y_train, len(moves))
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
history = model.fit(x_moved, y_moved, batch_size=64, epochs=10, validation_data=(x_valid, y_valid), verbose=2)
# END SOLUTION
model.save_weights("my_lenet.weights.h5")

# %%
weights_file = Path("my_lenet.weights.h5")
if not weights_file.exists() or weights_file.stat().st_size == 0:
    raise FileNotFoundError(f"{weights_file} isn't here yet: run the training cell above, which writes it")
trained = lenet_same()
trained.load_weights(weights_file)

# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_weights_file(env):
    """The file was loaded into a LeNet, and all its numbers are finite"""
    from cnnchecks import check_trained

    check_trained(env, "trained", like="lenet_same")


# %%
# HIDDEN
def test_hidden_90(env):
    """90 % of a thousand unseen digits"""
    from grader.judge import check_accuracy

    check_accuracy(env, "trained", like="lenet_same", at_least=0.90)


# %%
# HIDDEN
def test_hidden_93(env):
    """93 % of a thousand unseen digits"""
    from grader.judge import check_accuracy

    check_accuracy(env, "trained", like="lenet_same", at_least=0.93)


# %%
# HIDDEN
def test_hidden_95(env):
    """95 % of a thousand unseen digits"""
    from grader.judge import check_accuracy

    check_accuracy(env, "trained", like="lenet_same", at_least=0.95)


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# ### What did it learn?
#
# The next five pictures carry no points, and grading skips their cells. First, the way there. Where the curves
# part, the network begins to learn the training images rather than the digits.

# %% tags=["otter_ignore"]
fig, axes = plt.subplots(1, 2, figsize=(9, 2.6))
for ax, name in zip(axes, ("loss", "accuracy")):
    epochs = range(1, len(history.history[name]) + 1)
    ax.plot(epochs, history.history[name], color=BLUE, label="training")
    ax.plot(epochs, history.history[f"val_{name}"], color=ORANGE, linestyle="--", label="the 500 kept away")
    ax.set(xlabel="epoch", title=name)
axes[0].legend()
fig.tight_layout()

# %% [markdown]
# The confusion matrix of the 500 images that were kept away. Which digits does your network mix up? Do you
# sometimes mix them up too?

# %% tags=["otter_ignore"]
probabilities = trained.predict(x_valid, verbose=0)
answers = probabilities.argmax(axis=1)
matrix = confusion_matrix(y_valid, answers)
fig, ax = plt.subplots(figsize=(5, 5))
ax.imshow(np.minimum(matrix, 8), cmap="Blues", vmax=14)
for (i, j), count in np.ndenumerate(matrix):
    if count:
        ax.text(j, i, count, ha="center", va="center", fontsize=9)
ax.set(xticks=range(10), yticks=range(10), xlabel="taken for", ylabel="label")
ax.set_title(f"{accuracy(probabilities, y_valid):.1%} of 500 digits right")
fig.tight_layout()

# %% [markdown]
# Those it got wrong, with its answer and how sure it was of it.

# %% tags=["otter_ignore"]
missed = np.flatnonzero(answers != y_valid)[:12]
fig, axes = plt.subplots(1, 12, figsize=(11, 1.6))
for ax in axes:
    ax.axis("off")
for ax, index in zip(axes, missed):
    ax.imshow(x_valid[index, :, :, 0], cmap="gray_r")
    ax.set_title(f"{answers[index]}, {probabilities[index].max():.0%}\nis {y_valid[index]}", fontsize=8)

# %% [markdown]
# The six kernels of the first layer (dark where one wants ink, light where it wants paper, mid-grey where it
# doesn't care), and under each the map that it makes of a 5. Nobody told them what to look for: is there one that
# answers to one side of a stroke, or one that answers to strokes of one direction?

# %% tags=["otter_ignore"]
first_layer = next(layer for layer in trained.layers if isinstance(layer, layers.Conv2D))
kernels = np.asarray(first_layer.kernel)
maps = np.asarray(first_layer(x_valid[y_valid == 5][:1]))
limit = abs(kernels).max()
fig, axes = plt.subplots(2, 6, figsize=(9, 3.2))
for k in range(6):
    axes[0, k].imshow(kernels[:, :, 0, k], cmap="gray_r", vmin=-limit, vmax=limit)
    axes[1, k].imshow(maps[0, :, :, k], cmap="gray_r")
    axes[0, k].set_title(f"kernel {k + 1}", fontsize=9)
for ax in axes.flat:
    ax.set(xticks=[], yticks=[])
fig.tight_layout()

# %% [markdown]
# **Early, middle, deep** is how lecture 1 sorts layers, by what they answer to: edges, then parts, then whole things.
# Here is the same 5 after each layer. The maps of `C1` still look like the digit, drawn with another pencil. After
# `S4` nobody could tell what it was, and the 400 numbers that are left say which parts are there. The ten at the end
# say which digit. (The picture needs a model that is a plain chain of layers.)

# %% tags=["otter_ignore"]
stages, values = [], x_valid[y_valid == 5][:1]
try:
    for layer in trained.layers:
        values = values if isinstance(layer, layers.InputLayer) else layer(values)
        if not isinstance(layer, (layers.InputLayer, layers.Flatten)):
            stages.append((layer.name, np.asarray(values)[0]))
except Exception as problem:  # a picture that can't be drawn shouldn't keep the cells below from running
    print("no plain chain of layers:", problem)
rows = max(len(stages), 1)
fig, axes = plt.subplots(rows, 1, figsize=(9, 1.25 * rows), squeeze=False)
for ax, (name, stage) in zip(axes.flat, stages):
    strip = np.hstack([np.pad(stage[..., k], 1) for k in range(stage.shape[-1])]) if stage.ndim == 3 else stage[None]
    ax.imshow(strip, cmap="gray_r", aspect="equal" if stage.ndim == 3 else "auto")
    ax.set(xticks=[], yticks=[])
    ax.set_ylabel(" × ".join(map(str, stage.shape)), rotation=0, ha="right", va="center", fontsize=8)
    ax.set_title(name, fontsize=8, loc="left", pad=2)
fig.tight_layout()

# %% [markdown]
# ## 7. Is every pixel treated alike?
#
# A kernel that slides over an image without padding meets a pixel in the middle $k \cdot k$ times, once with
# each of its weights, but a corner pixel only once. With `same` padding the windows start outside, and the corner
# is met more often, though still less than the middle. A network that never pads looks at the border with one
# eye half closed. In 1998 the wide white frame made that harmless.

# %% [raw]
# # BEGIN QUESTION
# name: q7

# %% [markdown]
# ### Question 7: `pixel_uses`
#
# For a square image of `size`×`size` pixels, a square kernel of odd size and stride 1: in how many windows does
# each pixel take part? (Think of one axis first: which starts of a window cover pixel $i$, and which of those
# starts exist? Rows and columns are independent.)

# %% [raw]
# # BEGIN SOLUTION


# %%
def pixel_uses(size, kernel_size, padding):
    """In how many windows of a convolution with stride 1 each pixel takes part.

    size: of the square image     kernel_size: of the square kernel, odd, at most size
    padding: "valid" or "same"
    returns: (size, size) integers

    >>> pixel_uses(4, 3, "valid")
    array([[1, 2, 2, 1],
           [2, 4, 4, 2],
           [2, 4, 4, 2],
           [1, 2, 2, 1]])
    """
    # BEGIN SOLUTION
    outside = kernel_size // 2 if padding == "same" else 0
    along = np.zeros(size, dtype=int)
    for start in range(-outside, size + outside - kernel_size + 1):
        along[max(start, 0) : start + kernel_size] += 1
    return np.outer(along, along)
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_valid_uses(env):
    """A kernel of 3 without padding"""
    from cnnchecks import check

    check(env, "pixel_uses", 4, 3, "valid")
    check(env, "pixel_uses", 6, 3, "valid")


# %%
def test_same_uses(env):
    """A kernel of 3 with padding"""
    from cnnchecks import check

    check(env, "pixel_uses", 6, 3, "same")


# %%
# HIDDEN
def test_hidden_valid_uses(env):
    """Kernels of all sizes without padding"""
    from grader.judge import check_drawn

    check_drawn(env, "pixel_uses", "valid")


# %%
# HIDDEN
def test_hidden_same_uses(env):
    """Kernels of all sizes with padding"""
    from grader.judge import check_drawn

    check_drawn(env, "pixel_uses", "same")


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# The same in colour, for `C1`: 28×28 pixels, kernels of 5.

# %% tags=["figure"]
fig, axes = plt.subplots(1, 2, figsize=(7, 3))
for ax, padding in zip(axes, ("valid", "same")):
    uses = pixel_uses(28, 5, padding)
    ax.set_title(f"{padding}: windows per pixel", fontsize=9)
    ax.set(xticks=[], yticks=[])
    if uses is not None:
        fig.colorbar(ax.imshow(uses, cmap="viridis", vmin=0, vmax=25), ax=ax)
fig.tight_layout()

# %% [markdown]
# ## 8. What do shared weights buy?
#
# Each unit of a dense layer has a weight of its own for each pixel, and what it learns about one pixel it doesn't know
# about the next. A convolution uses the same few weights everywhere. So move the digits by a few pixels, as anybody's
# hand does, and see which network minds.

# %% [raw]
# # BEGIN QUESTION
# name: q8

# %% [markdown]
# ### Question 8: `shifted`
#
# Images moved `down` rows and `right` columns; negative numbers move them up and to the left. What leaves the image is
# lost, what comes in is 0: nothing may return at the other side.

# %% [raw]
# # BEGIN SOLUTION


# %%
def shifted(images, down, right):
    """Images moved by whole pixels, zeros where nothing was.

    images: (N, H, W, C)     down, right: integers, smaller in size than H and W
    returns: an array of the same shape and dtype; `images` stays as it is

    >>> shifted(np.array([[1.0, 2.0], [3.0, 4.0]]).reshape(1, 2, 2, 1), 0, 1)[0, ..., 0]
    array([[0., 1.],
           [0., 3.]])
    """
    # BEGIN SOLUTION
    _, height, width, _ = images.shape
    moved = np.zeros_like(images)
    taken = images[:, max(-down, 0) : height - max(down, 0), max(-right, 0) : width - max(right, 0)]
    moved[:, max(down, 0) : height + min(down, 0), max(right, 0) : width + min(right, 0)] = taken
    return moved
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_small_shifts(env):
    """A picture of 3x4 pixels, moved four ways"""
    import numpy as np
    from cnnchecks import check

    image = np.arange(1.0, 13.0).reshape(1, 3, 4, 1)
    check(env, "shifted", image, 1, 0)
    check(env, "shifted", image, 0, -2)
    check(env, "shifted", image, -1, 1)
    check(env, "shifted", image, 0, 0)


# %%
# HIDDEN
def test_hidden_shifts(env):
    """Several images in colour, moved all ways"""
    from grader.judge import check_drawn

    check_drawn(env, "shifted", "plain")


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# The dense network below has <<fully_connected_parameters(28 * 28, (77, 10)) | thousands>> parameters, LeNet
# <<lenet_parameters(28, 28, "same")["total"] | thousands>>. The cell trains both anew, on the same digits in their
# places, which **takes ten to forty seconds**. Where do the two curves part, and by how much at three pixels?

# %% tags=["otter_ignore"]
keras.utils.set_random_seed(8)
dense = keras.Sequential(
    [
        keras.Input((28, 28, 1)),
        layers.Flatten(),
        layers.Dense(77, activation="relu"),
        layers.Dense(10, activation="softmax"),
    ]
)
rival = lenet_same()
for network in (dense, rival):
    network.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    network.fit(x_train, y_train, batch_size=64, epochs=12, verbose=0)

pixels = range(7)
fig, ax = plt.subplots(figsize=(6, 3))
for network, name, colour in ((rival, "LeNet", BLUE), (dense, "dense", ORANGE)):
    shares = []
    for step in pixels:
        ways = ((step, 0), (-step, 0), (0, step), (0, -step))
        told = [network.predict(shifted(x_valid, *way), verbose=0) for way in ways]
        shares.append(np.mean([accuracy(probabilities, y_valid) for probabilities in told]))
    ax.plot(pixels, shares, color=colour, marker="o", label=f"{name}, {network.count_params():,} parameters")
    print(f"{name:6}", " ".join(f"{share:6.1%}" for share in shares))
ax.set(xlabel="pixels by which the digit is moved", ylabel="share read rightly", ylim=(0, 1))
ax.legend()
fig.tight_layout()

# %% [markdown]
# LeNet holds out longer and isn't immune: its convolutions move their maps along with the digit, its poolings forgive a
# pixel or two, but the dense layers behind them know where things were.

# %% [markdown]
# ## Further reading
#
# * Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, *Gradient-based learning applied to document recognition*,
#   Proceedings of the IEEE 86 (1998), section II: LeNet-5, with the table of which map of C3 sees which of S2.
# * Y. LeCun et al., *Backpropagation applied to handwritten zip code recognition*, Neural Computation 1 (1989):
#   its ancestor, which read post codes.
# * X. Glorot, A. Bordes, Y. Bengio, *Deep sparse rectifier neural networks*, AISTATS (2011): why ReLU replaced
#   tanh.
# * D. Kingma, J. Ba, *Adam: a method for stochastic optimization*, arXiv:1412.6980 (2014).
# * The Keras guides *The Sequential model* and *The Functional API*, https://keras.io/guides.
#
# ## Hand in
#
# 1. *Kernel → Restart Kernel and Run All Cells*: every question should still pass when the notebook runs from
#    the top. (It trains anew; if you had a better file of weights, keep it aside and put it back before step 3.)
# 2. Save the notebook.
# 3. Run the last code cell. It makes a zip beside the notebook with `my_lenet.weights.h5` in it: upload that zip.
#
# If you hand in without question 6, the next cell makes an empty file of that name, so that the zip can be made.

# %% tags=["otter_ignore"]
if not Path("my_lenet.weights.h5").exists():
    Path("my_lenet.weights.h5").touch()
