"""Wrong ideas about pictures: what an array of pixels is, and what kernels, averages, templates and pooling do to one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from grader.answers.lab import GREY, correlate2d, match_scores, max_pool
from grader.misconceptions.idea import Misconception, idea
from grader.misconceptions.right import (
    batch_shape,
    behaviour,
    best_match,
    convolution_matrix,
    convolve2d,
    correlate1d,
    dense_weights,
    equivariance_errors,
    feature_maps,
    flat_response,
    kernels_behind,
    largest_value,
    moving_average,
    picture_shape,
    pixel_value,
    pixels_wrong,
    readings,
    repair,
    shape_after,
    to_grey,
    unmoved_share,
    zeros_around,
)

INPUT = "Lecture 5, Convolutional layer: input"
TENSORS = "Lecture 2, From matrices to tensors"
DEFINITION = "Lecture 5, Convolutions: general definition"
STEPS = "Lecture 5, Convolutions: computing cross-correlation"
NOISE = "Lecture 5, Convolutions: image processing example"
PADDING = "Lecture 5, Convolutional layer: padding"
KERNELS = "Lecture 5, Convolutional layer: kernel effects"
RELU = "Lecture 5, Convolutional layer: activation"
CHANNELS = "Lecture 5, Convolutional layer: channels"
MAPS = "Lecture 5, Convolutional layer: feature maps"
POOLING = "Lecture 5, Convolutional layer: pooling"
MATRIX = "Lecture 5, Convolutional vs fully connected layers"
TEMPLATE = "Lecture 3, Template matching"
EQUIVARIANCE = "Lecture 2, Superpowers of convolutional layers"
SEGMENTATION = "Lecture 2, Types of pooling: small invariances"


def instead(misconception: Misconception, name: str, answer: Callable[..., Any]) -> None:
    """One more way to answer the function called `name` by this idea."""
    misconception.answers_to(name)(answer)


# What a picture is ------------------------------------------------------------------------------------------

width_first = idea(
    "picture.width_first",
    belief="A picture's size is width times height, so the width comes first.",
    hint="An array's first axis counts rows. How many rows has a picture that is wider than high?",
    lecture=INPUT,
)
instead(
    width_first, "picture_shape", lambda image: (image.shape[1], image.shape[0], *picture_shape(image)[2:])
)
instead(width_first, "batch_shape", lambda n, h, w, c: batch_shape(n, w, h, c))
instead(
    width_first, "pixel_value", lambda image, row, column, channel: pixel_value(image, column, row, channel)
)
instead(width_first, "readings", lambda pixels, places: readings(pixels.T, places))

channels_first = idea(
    "picture.channels_first",
    belief="A picture is three sheets, so the channels come first.",
    hint="Other libraries store it like that. Print `.shape` here: on which axis does the 3 stand?",
    lecture=TENSORS,
)
instead(channels_first, "picture_shape", lambda image: tuple(picture_shape(image)[i] for i in (2, 0, 1)))
instead(channels_first, "batch_shape", lambda n, h, w, c: batch_shape(n, c, h, w))

deck = idea(
    "picture.numbers_of_the_slides",
    belief="The slides show a cat, and its numbers stand beside it.",
    hint="The slides' cat is another photograph. Ask this array itself.",
    lecture=INPUT,
)
instead(deck, "picture_shape", lambda image: (1068, 1600, 3))

largest_possible = idea(
    "picture.largest_possible",
    belief="A picture of bytes reaches 255.",
    hint="255 is the most that a byte can hold. Does this picture have a pixel that is quite white?",
    lecture=INPUT,
)
instead(largest_possible, "largest_value", lambda image: 255)

added_channels = idea(
    "picture.channels_added",
    belief="A pixel is one number: its channels together.",
    hint="A channel holds a number of its own; the array's largest number is the largest of them all.",
    lecture=INPUT,
)
instead(added_channels, "largest_value", lambda image: largest_value(image.sum(axis=2, dtype=int)))

batch_last = idea(
    "picture.batch_last",
    belief="Several pictures are stacked at the end.",
    hint="The axis that counts pictures comes first: `batch[0]` is the first picture.",
    lecture=TENSORS,
)
instead(batch_last, "batch_shape", lambda n, h, w, c: (*batch_shape(n, h, w, c)[1:], n))

from_one = idea(
    "picture.counted_from_one",
    belief="Row 1 is the first row.",
    hint="NumPy counts from 0, and so do these questions.",
    lecture=INPUT,
)
instead(
    from_one,
    "pixel_value",
    lambda image, row, column, channel: pixel_value(image, row - 1, column - 1, channel),
)
instead(
    from_one, "readings", lambda pixels, places: readings(pixels, tuple((i - 1, j - 1) for i, j in places))
)

other_channel = idea(
    "picture.blue_comes_first",
    belief="The channels come as blue, green, red.",
    hint="Some libraries do that. The cat is ginger: which channel should be the largest in its fur, and which is?",
    lecture=INPUT,
)
instead(
    other_channel,
    "pixel_value",
    lambda image, row, column, channel: pixel_value(image, row, column, 2 - channel),
)
instead(other_channel, "to_grey", lambda image: to_grey(image[..., 2::-1]))

# Grey -------------------------------------------------------------------------------------------------------

plain_mean = idea(
    "grey.plain_mean",
    belief="Grey is the mean of red, green and blue.",
    hint="Eyes see green much better than blue: the three weights in the text aren't equal.",
    lecture=TENSORS,
)
instead(
    plain_mean, "to_grey", lambda image: to_grey(np.repeat(image[..., :3].mean(axis=2)[..., None], 3, axis=2))
)
instead(plain_mean, "to_grey", lambda image: to_grey(np.repeat(image.mean(axis=2)[..., None], 3, axis=2)))

plain_sum = idea(
    "grey.channels_added",
    belief="Grey is red plus green plus blue.",
    hint="What would white become? Grey should stay within 0 and 255.",
    lecture=TENSORS,
)
instead(plain_sum, "to_grey", lambda image: image[..., :3].sum(axis=2, dtype=float))

kept_axis = idea(
    "grey.keeps_an_axis",
    belief="A grey picture still has a last axis, of one channel.",
    hint="Often it has, but here (H, W) is asked for: index or `@` drops the axis, a slice keeps it.",
    lecture=TENSORS,
)
instead(kept_axis, "to_grey", lambda image: to_grey(image)[..., None])

scaled = idea(
    "grey.from_zero_to_one",
    belief="Grey goes from 0 to 1.",
    hint="That scaling comes later, before a network. Here white stays 255.",
    lecture=INPUT,
)
instead(scaled, "to_grey", lambda image: to_grey(image) / 255)

bytes_again = idea(
    "grey.cut_to_bytes",
    belief="Grey values are bytes again, so I cut the decimals off.",
    hint="Cutting 18.6 to 18 makes a picture darker and loses what later sums need: keep floats.",
    lecture=INPUT,
)
instead(bytes_again, "to_grey", lambda image: np.floor(to_grey(image)))
instead(bytes_again, "to_grey", lambda image: np.floor(image[..., :3] * GREY).sum(axis=2))

# One dimension ----------------------------------------------------------------------------------------------

kernel_turned = idea(
    "slide.kernel_turned",
    belief="Every sliding sum turns the kernel round first.",
    hint="Cross-correlation leaves the kernel as it stands; only the mathematician's convolution turns it.",
    lecture=DEFINITION,
)
instead(kernel_turned, "correlate1d", lambda x, kernel: correlate1d(x, kernel[::-1]))
instead(kernel_turned, "convolution_matrix", lambda kernel, length: convolution_matrix(kernel[::-1], length))

padded_row = idea(
    "slide.zeros_at_the_ends",
    belief="The kernel may stick out of the row, over zeros.",
    hint="Nothing was padded: the first output needs the kernel's whole length inside the row. `np.correlate` and "
    "`np.convolve` have a `mode` for that.",
    lecture=PADDING,
)
instead(padded_row, "correlate1d", lambda x, kernel: correlate1d(np.pad(x, len(kernel) - 1), kernel))
instead(
    padded_row,
    "correlate1d",
    lambda x, kernel: correlate1d(np.pad(x, ((len(kernel) - 1) // 2, len(kernel) // 2)), kernel),
)

last_missed = idea(
    "slide.last_position_missed",
    belief="There are n - k positions.",
    hint="On how many places can a kernel as long as the row stand? The formula should say so.",
    lecture=PADDING,
)
instead(last_missed, "correlate1d", lambda x, kernel: correlate1d(x, kernel)[:-1])

side_by_side = idea(
    "slide.windows_side_by_side",
    belief="The next window begins where the last one ended.",
    hint="The kernel moves on by one position at a time, so neighbouring windows overlap.",
    lecture=STEPS,
)
instead(side_by_side, "correlate1d", lambda x, kernel: correlate1d(x, kernel)[:: len(kernel)])

divided = idea(
    "slide.divided_by_the_length",
    belief="The products are averaged.",
    hint="Multiply and add up: a kernel that averages has its 1/k inside already.",
    lecture=STEPS,
)
instead(divided, "correlate1d", lambda x, kernel: correlate1d(x, kernel / len(kernel)))

# Convolution ------------------------------------------------------------------------------------------------

unturned = idea(
    "turn.not_turned",
    belief="What libraries call convolution is the mathematician's convolution.",
    hint="In the definition the kernel's index is i - n: as n grows, it runs backwards. Where does that show in your code?",
    lecture=DEFINITION,
)
instead(unturned, "convolve2d", lambda image, kernel: convolve2d(image, kernel[::-1, ::-1]))

one_axis = idea(
    "turn.one_axis_only",
    belief="Turning a kernel means reversing the order of its rows.",
    hint="Both indices run backwards, i - n and j - m: turned by 180 degrees, the top left weight is at the bottom right.",
    lecture=DEFINITION,
)
instead(one_axis, "convolve2d", lambda image, kernel: convolve2d(image, kernel[:, ::-1]))
instead(one_axis, "convolve2d", lambda image, kernel: convolve2d(image, kernel[::-1]))

transposed = idea(
    "turn.transposed",
    belief="Turning a kernel means transposing it.",
    hint="A transpose mirrors at the diagonal, which leaves the top left weight where it was.",
    lecture=DEFINITION,
)
instead(transposed, "convolve2d", lambda image, kernel: convolve2d(image, kernel[::-1, ::-1].T))

quarter = idea(
    "turn.by_90_degrees",
    belief="`np.rot90` turns the kernel.",
    hint="By 90 degrees, once. The definition needs 180.",
    lecture=DEFINITION,
)
instead(quarter, "convolve2d", lambda image, kernel: convolve2d(image, np.rot90(kernel[::-1, ::-1])))
instead(quarter, "convolve2d", lambda image, kernel: convolve2d(image, np.rot90(kernel[::-1, ::-1], -1)))

image_turned = idea(
    "turn.image_and_answer",
    belief="Turning the picture instead of the kernel comes to the same.",
    hint="It does, if you turn the answer back as well. Where does the response to the picture's top left corner stand?",
    lecture=DEFINITION,
)
instead(image_turned, "convolve2d", lambda image, kernel: convolve2d(image, kernel)[::-1, ::-1])

# How much exactly? ------------------------------------------------------------------------------------------

whole_kernel = idea(
    "shrink.whole_kernel",
    belief="A kernel of k takes k pixels away.",
    hint="A kernel of 1 takes none away. Count the positions of a kernel of 3 on a row of 4.",
    lecture=PADDING,
)
instead(
    whole_kernel,
    "shape_after",
    lambda size, kernel, times=1: shape_after(size, tuple(k + 1 for k in kernel), times),
)

one_side = idea(
    "shrink.one_side_only",
    belief="Half a kernel is lost at the border.",
    hint="And at the opposite border? A row has two ends.",
    lecture=PADDING,
)
instead(
    one_side,
    "shape_after",
    lambda size, kernel, times=1: shape_after(size, tuple((k + 1) // 2 for k in kernel), times),
)

only_once = idea(
    "shrink.once_for_all",
    belief="The picture shrinks at the first convolution.",
    hint="The second one gets the smaller picture, and shrinks it again.",
    lecture=PADDING,
)
instead(only_once, "shape_after", lambda size, kernel, times=1: shape_after(size, kernel, 1))

kernel_axes = idea(
    "shrink.kernel_axes_exchanged",
    belief="The kernel's first number belongs to the width.",
    hint="(rows, columns) for the kernel as for the picture: a kernel of one row takes no row away.",
    lecture=PADDING,
)
instead(kernel_axes, "shape_after", lambda size, kernel, times=1: shape_after(size, kernel[::-1], times))
instead(kernel_axes, "zeros_around", lambda kernel: zeros_around(kernel[::-1]))

square_kernel = idea(
    "shrink.square_kernel",
    belief="A kernel has one size.",
    hint="A kernel of 1×5 is as good as one of 3×3: rows and columns go their own ways.",
    lecture=PADDING,
)
instead(
    square_kernel, "shape_after", lambda size, kernel, times=1: shape_after(size, (kernel[0],) * 2, times)
)
instead(square_kernel, "zeros_around", lambda kernel: zeros_around((kernel[0],) * 2))

all_on_each_side = idea(
    "shrink.all_on_each_side",
    belief="k - 1 are lost, so k - 1 zeros go on every side.",
    hint="A row has two ends: k - 1 in all.",
    lecture=PADDING,
)
instead(all_on_each_side, "zeros_around", lambda kernel: zeros_around(tuple(2 * k - 1 for k in kernel)))

rounded_up = idea(
    "shrink.half_rounded_up",
    belief="Half the kernel's size, rounded up, goes on every side.",
    hint="A kernel of 1 needs no zeros at all; try your formula on it.",
    lecture=PADDING,
)
instead(rounded_up, "zeros_around", lambda kernel: zeros_around(tuple(k + 2 for k in kernel)))

# Averages and noise -----------------------------------------------------------------------------------------

not_divided = idea(
    "average.not_divided",
    belief="A kernel of ones averages.",
    hint="A kernel of ones adds up. On a wall of grey 100 an average says 100: what does yours say?",
    lecture=NOISE,
)
instead(not_divided, "moving_average", lambda image, size: size**2 * moving_average(image, size))

by_the_side = idea(
    "average.divided_by_the_side",
    belief="Each weight of a moving average of size k is 1/k.",
    hint="That is right in one dimension. How many pixels does the window have in two?",
    lecture=NOISE,
)
instead(by_the_side, "moving_average", lambda image, size: size * moving_average(image, size))

without_centre = idea(
    "average.centre_left_out",
    belief="A neighbourhood is the pixels around one, without itself.",
    hint="Lecture 5's kernel has a weight at its centre too. How many weights are there?",
    lecture=NOISE,
)


@without_centre.answers_to("moving_average")
def _(image: Any, size: int) -> Any:
    kernel = np.ones((size, size))
    kernel[size // 2, size // 2] = 0
    return correlate2d(image, kernel) / (size**2 - 1)


rounded = idea(
    "average.rounded",
    belief="Pixels are whole numbers, so averages are rounded.",
    hint="Keep the fractions; rounding is for the screen.",
    lecture=NOISE,
)
instead(rounded, "moving_average", lambda image, size: np.round(moving_average(image, size)))
instead(rounded, "moving_average", lambda image, size: np.floor(moving_average(image, size)))

median = idea(
    "average.median",
    belief="An average is the median.",
    hint="The median is the number in the middle, and a good idea against noise; a moving average adds up and divides.",
    lecture=NOISE,
)
instead(
    median,
    "moving_average",
    lambda image, size: np.median(sliding_window_view(image, (size, size)), axis=(2, 3)),
)

lost_count = idea(
    "repair.lost_pixels_count",
    belief="A lost pixel is replaced by the moving average at its place.",
    hint="In that average the lost pixels count as black. Divide by the number of pixels that are left.",
    lecture=NOISE,
)


@lost_count.answers_to("repair")
def _(image: Any) -> Any:
    return np.where(image > 0, image, moving_average(np.pad(image, 1), 3))


everything = idea(
    "repair.everything_is_averaged",
    belief="Noise is removed by averaging everywhere.",
    hint="Only the lost pixels need a new value: why blur those that are fine?",
    lecture=NOISE,
)


@everything.answers_to("repair")
def _(image: Any) -> Any:
    left = correlate2d(np.pad(image > 0, 1), np.ones((3, 3)))
    return 9 * moving_average(np.pad(image, 1), 3) / np.maximum(left, 1)


@everything.answers_to("repair")
def _(image: Any) -> Any:
    return moving_average(np.pad(image, 1), 3)


border_left = idea(
    "repair.border_left_out",
    belief="Pixels at the border have no window.",
    hint="Zeros around the picture give them one; and zeros count as lost, so they do no harm.",
    lecture=NOISE,
)


@border_left.answers_to("repair")
def _(image: Any) -> Any:
    out = image.copy()
    out[1:-1, 1:-1] = repair(image)[1:-1, 1:-1]
    return out


whole_mean = idea(
    "repair.mean_of_the_picture",
    belief="The mean of all good pixels stands in for a lost one.",
    hint="A dark corner would get bright dots. What do pixels close by have in common?",
    lecture=NOISE,
)
instead(
    whole_mean, "repair", lambda image: np.where(image > 0, image, image.sum() / max(np.sum(image > 0), 1))
)

# Detectors --------------------------------------------------------------------------------------------------

edges_exchanged = idea(
    "detector.edges_exchanged",
    belief="A kernel whose weights change from left to right finds edges that run from left to right.",
    hint="A horizontal edge is where something changes as you go down. In which direction does the kernel compare?",
    lecture=KERNELS,
)
outline_for_sharpen = idea(
    "detector.sharpen_for_outline",
    belief="Sharpening shows the outlines alone.",
    hint="Add up each kernel's weights. With a sum of 0 flat areas vanish; with 1 they stay as they are.",
    lecture=KERNELS,
)


def exchanged(misconception: Misconception, one: str, other: str) -> None:
    @misconception.answers_to("kernels_behind")
    def _(image: Any, maps: Any) -> Any:
        return tuple({one: other, other: one}.get(name, name) for name in kernels_behind(image, maps))


exchanged(edges_exchanged, "horizontal edges", "vertical edges")
exchanged(outline_for_sharpen, "sharpen", "outline")

flat_is_nothing = idea(
    "detector.flat_is_nothing",
    belief="A kernel answers 0 where nothing changes.",
    hint="That holds for detectors. Try a moving average on a wall of grey 100.",
    lecture=KERNELS,
)
instead(flat_is_nothing, "flat_response", lambda kernel, level: 0.0)

flat_stays = idea(
    "detector.flat_stays",
    belief="A flat area stays as it is.",
    hint="That holds for kernels whose weights add up to 1. What do yours add up to?",
    lecture=KERNELS,
)
instead(flat_stays, "flat_response", lambda kernel, level: float(level))

mean_weight = idea(
    "detector.mean_weight",
    belief="The answer is the level times the mean weight.",
    hint="Every weight meets a pixel of that level, and the products are added up, not averaged.",
    lecture=STEPS,
)
instead(mean_weight, "flat_response", lambda kernel, level: flat_response(kernel / np.size(kernel), level))

signs_dropped = idea(
    "detector.signs_dropped",
    belief="Weights count by their size.",
    hint="A negative weight takes away what a positive one adds.",
    lecture=STEPS,
)
instead(signs_dropped, "flat_response", lambda kernel, level: flat_response(np.abs(kernel), level))

# Channels, ReLU, feature maps -------------------------------------------------------------------------------

relu_per_channel = idea(
    "maps.relu_per_channel",
    belief="ReLU is applied to each channel's map, and then they are added.",
    hint="First all channels and the bias, then ReLU, once: where one channel says -5 and another 7, the map has 2.",
    lecture=RELU,
)


def one_by_one(image: Any, kernels: Any, biases: Any) -> Any:
    one = [slice(c, c + 1) for c in range(image.shape[2])]
    return sum(feature_maps(image[..., c], kernels[:, :, c], biases) for c in one)


@relu_per_channel.answers_to("feature_maps")
def _(image: Any, kernels: Any, biases: Any) -> Any:
    return one_by_one(image, kernels, np.zeros_like(biases)) + biases


@relu_per_channel.answers_to("feature_maps")
def _(image: Any, kernels: Any, biases: Any) -> Any:
    return np.maximum(one_by_one(image, kernels, np.zeros_like(biases)) + biases, 0)


instead(relu_per_channel, "feature_maps", one_by_one)


bias_after_relu = idea(
    "maps.bias_after_relu",
    belief="The bias is added at the end.",
    hint="The bias moves the threshold of ReLU, so it comes before. A map after ReLU has nothing below 0: has yours?",
    lecture=RELU,
)
instead(
    bias_after_relu,
    "feature_maps",
    lambda image, kernels, biases: feature_maps(image, kernels, np.zeros_like(biases)) + biases,
)


def without_relu(image: Any, kernels: Any, biases: Any) -> Any:
    """What the maps are before it."""
    return feature_maps(image, kernels, biases) - feature_maps(image, -kernels, -biases)


relu_missing = idea(
    "maps.relu_missing",
    belief="The sum is the feature map.",
    hint="Is there a number below 0 in your maps? One more step is asked for.",
    lecture=RELU,
)
instead(relu_missing, "feature_maps", without_relu)

absolute = idea(
    "maps.absolute_value",
    belief="ReLU makes numbers positive: it drops the sign.",
    hint="ReLU(-3) is 0, not 3: it keeps what agrees with the kernel and forgets the opposite.",
    lecture=RELU,
)
instead(absolute, "feature_maps", lambda *args: np.abs(without_relu(*args)))

no_bias = idea(
    "maps.bias_forgotten",
    belief="A feature map is convolution and ReLU.",
    hint="Each kernel has one more parameter. Where does `biases` enter?",
    lecture=MAPS,
)
instead(
    no_bias,
    "feature_maps",
    lambda image, kernels, biases: feature_maps(image, kernels, np.zeros_like(biases)),
)

channels_averaged = idea(
    "maps.channels_averaged",
    belief="The channels' maps are averaged.",
    hint="They are added: a kernel of depth 3 multiplies 3 times as many pixels and sums them all.",
    lecture=CHANNELS,
)
instead(
    channels_averaged,
    "feature_maps",
    lambda image, kernels, biases: feature_maps(image, kernels / image.shape[2], biases),
)

first_channel = idea(
    "maps.first_channel_only",
    belief="A kernel looks at one channel.",
    hint="`kernels` has an axis for the input's channels: all of them are used.",
    lecture=CHANNELS,
)
instead(
    first_channel,
    "feature_maps",
    lambda image, kernels, biases: feature_maps(image[..., :1], kernels[:, :, :1], biases),
)

maps_first = idea(
    "maps.stacked_first",
    belief="`np.stack` puts the maps where they belong.",
    hint="It puts the new axis first unless told otherwise. The maps are the picture's new channels: which axis is that?",
    lecture=MAPS,
)
instead(maps_first, "feature_maps", lambda *args: np.moveaxis(feature_maps(*args), 2, 0))

# Pooling ----------------------------------------------------------------------------------------------------

moved_down = idea(
    "pooling.moved_down",
    belief="Axis 0 is the direction to the right.",
    hint="`np.roll(..., axis=0)` moves rows. Which axis counts columns?",
    lecture=POOLING,
)
instead(moved_down, "unmoved_share", lambda image, size, shift: unmoved_share(image.T, size, shift))

not_pooled = idea(
    "pooling.not_pooled",
    belief="The pixels themselves are compared.",
    hint="The question is what pooling makes of the shift: pool both pictures, then compare.",
    lecture=POOLING,
)
instead(not_pooled, "unmoved_share", lambda image, size, shift: unmoved_share(image, 1, shift))

changed_share = idea(
    "pooling.share_that_changed",
    belief="The share that has changed is asked for.",
    hint="The share that stays and the share that changes add up to 1.",
    lecture=POOLING,
)
instead(changed_share, "unmoved_share", lambda *args: 1 - unmoved_share(*args))

map_moved = idea(
    "pooling.map_moved",
    belief="Moving the pooled map is as good as moving the picture.",
    hint="One step of the pooled map is `size` steps of the picture. Move first, then pool.",
    lecture=POOLING,
)


@map_moved.answers_to("unmoved_share")
def _(image: Any, size: int, shift: int) -> Any:
    return unmoved_share(max_pool(image, size), 1, shift)


average_pooled = idea(
    "pooling.average",
    belief="Pooling takes the mean.",
    hint="There are two kinds; here `max_pool` is asked about.",
    lecture=POOLING,
)


@average_pooled.answers_to("unmoved_share")
def _(image: Any, size: int, shift: int) -> Any:
    return unmoved_share(correlate2d(image, np.ones((size, size)))[::size, ::size], 1, shift / size)


blocks_counted = idea(
    "mask.windows_counted",
    belief="A pooled value stands for one pixel.",
    hint="It stands for size × size pixels of the mask: make it as large as the mask again, then compare.",
    lecture=SEGMENTATION,
)


def windows_of(mask: Any, size: int) -> Any:
    return sliding_window_view(mask, (size, size))[::size, ::size]


@blocks_counted.answers_to("pixels_wrong")
def _(mask: Any, size: int) -> Any:
    return int(np.sum(np.ptp(windows_of(mask, size), axis=(2, 3)) > 0))


tiled = idea(
    "mask.tiled",
    belief="`np.tile` makes a map larger.",
    hint="It lays copies of the whole map side by side. Each value should become a square of its own: `np.repeat`.",
    lecture=SEGMENTATION,
)


@tiled.answers_to("pixels_wrong")
def _(mask: Any, size: int) -> Any:
    return int(np.sum(np.tile(max_pool(mask, size), (size, size)) != mask))


subsampled = idea(
    "mask.first_pixel_of_each_window",
    belief="Pooling keeps every second pixel.",
    hint="It keeps the largest of each window, wherever that stands in it.",
    lecture=SEGMENTATION,
)


@subsampled.answers_to("pixels_wrong")
def _(mask: Any, size: int) -> Any:
    return int(np.sum(np.kron(mask[::size, ::size], np.ones((size, size))) != mask))


as_share = idea(
    "mask.share",
    belief="The share of wrong pixels is asked for.",
    hint="Count them: a whole number.",
    lecture=SEGMENTATION,
)
instead(as_share, "pixels_wrong", lambda mask, size: pixels_wrong(mask, size) / mask.size)

# Template matching ------------------------------------------------------------------------------------------

brightest = idea(
    "template.brightest_window",
    belief="The window with the largest sum of products is the one that is most alike.",
    hint="White pixels make any sum large. Take the mean off window and template, and divide by their sizes.",
    lecture=TEMPLATE,
)
strongest = idea(
    "template.strongest_window",
    belief="Taking the means off is enough.",
    hint="A window of strong contrast still wins over a pale one that is exactly alike. What makes scores comparable?",
    lecture=TEMPLATE,
)
nearest = idea(
    "template.nearest_window",
    belief="The window with the smallest difference is the one that is most alike.",
    hint="In another light the same thing has other pixels. The score in the text doesn't mind that.",
    lecture=TEMPLATE,
)
template_turned = idea(
    "template.turned",
    belief="A template is convolved with the picture.",
    hint="Then it is turned by 180 degrees first, and one looks for it upside down. Matching is a cross-correlation.",
    lecture=TEMPLATE,
)
centre = idea(
    "template.centre",
    belief="A match is where the template's centre lies.",
    hint="Asked for is the window's top left pixel: the place of the score in the array of scores.",
    lecture=TEMPLATE,
)
place_exchanged = idea(
    "template.column_first",
    belief="A place is x and y: the column comes first.",
    hint="The row comes first here, as in `scores.shape`: see the order in `np.unravel_index`.",
    lecture=TEMPLATE,
)


def place_of(scores: Any) -> tuple[int, int]:
    row, column = np.unravel_index(np.argmax(scores), scores.shape)
    return int(row), int(column)


def distances(image: Any, template: Any) -> Any:
    return ((sliding_window_view(image, template.shape) - template) ** 2).sum(axis=(2, 3))


instead(brightest, "best_match", lambda image, template: place_of(correlate2d(image, template)))
instead(
    strongest, "best_match", lambda image, template: place_of(correlate2d(image, template - template.mean()))
)
instead(nearest, "best_match", lambda image, template: place_of(-distances(image, template)))
instead(
    template_turned, "best_match", lambda image, template: place_of(match_scores(image, template[::-1, ::-1]))
)
instead(place_exchanged, "best_match", lambda *args: best_match(*args)[::-1])


@centre.answers_to("best_match")
def _(image: Any, template: Any) -> Any:
    row, column = best_match(image, template)
    return row + template.shape[0] // 2, column + template.shape[1] // 2


# A matrix ---------------------------------------------------------------------------------------------------

matrix_transposed = idea(
    "matrix.transposed",
    belief="A matrix stands to the left of what it is applied to.",
    hint="Then its rows would belong to outputs. Here it is `x @ matrix`: each column makes one output.",
    lecture=MATRIX,
)
instead(matrix_transposed, "convolution_matrix", lambda *args: convolution_matrix(*args).T)

square_matrix = idea(
    "matrix.one_column_per_pixel",
    belief="There is a column for each pixel of the row.",
    hint="A column is a position of the whole kernel. How many positions are there without padding?",
    lecture=MATRIX,
)


@square_matrix.answers_to("convolution_matrix")
def _(kernel: Any, length: int) -> Any:
    before = (len(kernel) - 1) // 2
    return convolution_matrix(kernel, length + len(kernel) - 1)[before : before + length]


@square_matrix.answers_to("convolution_matrix")
def _(kernel: Any, length: int) -> Any:
    return convolution_matrix(kernel, length + len(kernel) - 1)[:length]


columns_apart = idea(
    "matrix.windows_side_by_side",
    belief="The kernel stands in the next column where it ended in the last.",
    hint="It moves down by one row from a column to the next.",
    lecture=MATRIX,
)
instead(columns_apart, "convolution_matrix", lambda *args: convolution_matrix(*args)[:, :: len(args[0])])

weight_per_pixel = idea(
    "dense.weight_per_pixel",
    belief="A fully connected layer has a weight for each pixel.",
    hint="It has that many for each of its units. How many units has a layer that gives a picture of the same size?",
    lecture=MATRIX,
)
instead(weight_per_pixel, "dense_weights", lambda height, width: height * width)

twice_the_pixels = idea(
    "dense.inputs_and_outputs_added",
    belief="Inputs and outputs each have a weight.",
    hint="Each pair of an input and an output has one: add or multiply?",
    lecture=MATRIX,
)
instead(twice_the_pixels, "dense_weights", lambda height, width: 2 * height * width)

biases_too = idea(
    "dense.biases_counted",
    belief="The biases are weights too.",
    hint="The question leaves them out.",
    lecture=MATRIX,
)
instead(biases_too, "dense_weights", lambda height, width: dense_weights(height, width) + height * width)

axis_by_axis = idea(
    "dense.axis_by_axis",
    belief="Each row is connected with each row, and each column with each column.",
    hint="Every pixel is connected with every pixel. How many pixels are there?",
    lecture=MATRIX,
)
instead(axis_by_axis, "dense_weights", lambda height, width: height**2 + width**2)

# Equivariance -----------------------------------------------------------------------------------------------

invariance = idea(
    "equivariance.answer_not_moved",
    belief="If moving doesn't matter, the map must stay the same.",
    hint="That would be invariance. Equivariant means that the map moves along: move it too before you compare.",
    lecture=EQUIVARIANCE,
)


@invariance.answers_to("equivariance_errors")
def _(image: Any, kernel: Any, down: int, right: int) -> Any:
    answers = correlate2d(image, kernel)
    rows, columns = answers.shape
    unmoved = correlate2d(image[down:, right:], kernel) - answers[: rows - down, : columns - right]
    return float(np.abs(unmoved).max()), equivariance_errors(image, kernel, down, right)[1]


kernel_too = idea(
    "equivariance.kernel_turned_too",
    belief="When the picture turns, the kernel turns with it.",
    hint="A layer has the same kernel for every picture. If both turn, nothing is left to measure.",
    lecture=EQUIVARIANCE,
)


@kernel_too.answers_to("equivariance_errors")
def _(image: Any, kernel: Any, down: int, right: int) -> Any:
    return equivariance_errors(image, kernel, down, right)[0], 0.0


signed = idea(
    "equivariance.sign_kept",
    belief="The largest difference is `(a - b).max()`.",
    hint="A difference of -90 is larger than one of 3: take absolute values first.",
    lecture=EQUIVARIANCE,
)


def turned_difference(image: Any, kernel: Any) -> Any:
    return correlate2d(np.rot90(image), kernel) - np.rot90(correlate2d(image, kernel))


@signed.answers_to("equivariance_errors")
def _(image: Any, kernel: Any, down: int, right: int) -> Any:
    return equivariance_errors(image, kernel, down, right)[0], float(turned_difference(image, kernel).max())


averaged = idea(
    "equivariance.mean_difference",
    belief="The mean difference says how far apart two maps are.",
    hint="It may, but asked for is the largest: a mean hides one bad place among a thousand good ones.",
    lecture=EQUIVARIANCE,
)


@averaged.answers_to("equivariance_errors")
def _(image: Any, kernel: Any, down: int, right: int) -> Any:
    return 0.0, float(np.abs(turned_difference(image, kernel)).mean())


words_exchanged = idea(
    "equivariance.words_exchanged",
    belief="Equivariant means that the answer stays the same, invariant that it moves along.",
    hint="In-variant: doesn't vary. Equi-variant: varies in an equal way.",
    lecture=EQUIVARIANCE,
)
always_invariant = idea(
    "equivariance.everything_is_invariant",
    belief="Convolutional networks are invariant, so each part is.",
    hint="Move a picture and look at the feature map: does it stay where it was?",
    lecture=EQUIVARIANCE,
)
flat_too = idea(
    "equivariance.dense_moves_along",
    belief="After flattening, a shift is still a shift.",
    hint="A dense layer has another weight for each place. Does a unit answer the same when the cat sits elsewhere?",
    lecture=MATRIX,
)


@words_exchanged.answers_to("behaviour")
def _(operation: str) -> str:
    other = {"equivariant": "invariant", "invariant": "equivariant", "neither": "neither"}
    return other[behaviour(operation)]


instead(always_invariant, "behaviour", lambda operation: "invariant")


@flat_too.answers_to("behaviour")
def _(operation: str) -> str:
    word: str = behaviour(operation)
    return "equivariant" if word == "neither" else word
