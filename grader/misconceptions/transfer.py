"""Wrong ideas about learning from another network's weights: what is trained, at what cost, at what rate."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.misconceptions.idea import idea
from grader.misconceptions.right import (
    choose_rate,
    class_means,
    conv_parameters,
    dense_parameters,
    nearest_class,
    training_cost,
    transfer_parameters,
)

TRANSFER = "Lecture 4, Towards standardization: transfer learning and fine-tuning"
COUNTING = "Lecture 1, Number of parameters to learn in a convolutional layer"
TRAINING = "Lecture 2, Training: learn kernel weights"

# What is trained, on paper ----------------------------------------------------------------------------------

averages_trained = idea(
    "transfer.averages_trained",
    belief="All four numbers that batch normalisation keeps for a map are learnt.",
    hint="Two of them are a moving mean and a moving variance. Which of the four has a gradient?",
    lecture=TRAINING,
)
averages_forgotten = idea(
    "transfer.averages_forgotten",
    belief="Batch normalisation has two numbers for each map, a scale and a shift.",
    hint="When the network is asked about a single image, where does it take the mean and the variance from?",
    lecture=TRAINING,
)
normalization_learns_on = idea(
    "transfer.normalization_learns_on",
    belief="Freezing a convolution leaves the batch normalisation behind it as it was: it goes on learning.",
    hint="Reread the rule: what is frozen together with a convolution?",
    lecture=TRANSFER,
)
poolings_counted = idea(
    "transfer.poolings_are_layers",
    belief="The first two layers are a convolution and its pooling.",
    hint="`frozen` counts convolutions: a pooling has nothing that could be frozen.",
    lecture=TRANSFER,
)
frozen_from_the_head = idea(
    "transfer.frozen_from_the_head",
    belief="The layers next to the head are frozen.",
    hint="Which layers are good for any image: those that look at pixels, or those that decide?",
    lecture=TRANSFER,
)
frozen_not_counted = idea(
    "transfer.frozen_not_counted",
    belief="A frozen weight is none: it isn't in the total.",
    hint="A network needs its frozen weights to answer. What changes when they are frozen is who may change them.",
    lecture=TRANSFER,
)
biases_learn_on = idea(
    "transfer.biases_learn_on",
    belief="Freezing holds the kernels; biases go on learning.",
    hint="`trainable = False` is said of a layer. Which of its weights does that mean?",
    lecture=TRANSFER,
)
one_number_a_map = idea(
    "transfer.one_number_a_map",
    belief="The head gets one number from each map.",
    hint="How large is the last map, and what does flattening make of it?",
    lecture=COUNTING,
)


def _totals(trainable: int, non_trainable: int) -> dict[str, int]:
    return {"trainable": trainable, "non_trainable": non_trainable, "total": trainable + non_trainable}


def _moved(counts: dict[str, int], number: int) -> dict[str, int]:
    """So many weights more are trained."""
    return _totals(counts["trainable"] + number, counts["non_trainable"] - number)


@averages_trained.answers_to("transfer_parameters")
def _(size: int, filters: Any, classes: int, frozen: int, batch_normalized: bool = False) -> Any:
    counts = transfer_parameters(size, filters, classes, frozen, batch_normalized)
    return _moved(counts, batch_normalized * 2 * sum(filters[frozen:]))


@averages_forgotten.answers_to("transfer_parameters")
def _(size: int, filters: Any, classes: int, frozen: int, batch_normalized: bool = False) -> Any:
    counts = transfer_parameters(size, filters, classes, frozen, batch_normalized)
    return _totals(counts["trainable"], counts["non_trainable"] - batch_normalized * 2 * sum(filters))


@normalization_learns_on.answers_to("transfer_parameters")
def _(size: int, filters: Any, classes: int, frozen: int, batch_normalized: bool = False) -> Any:
    counts = transfer_parameters(size, filters, classes, frozen, batch_normalized)
    return _moved(counts, batch_normalized * 2 * sum(filters[:frozen]))


@poolings_counted.answers_to("transfer_parameters")
def _(size: int, filters: Any, classes: int, frozen: int, batch_normalized: bool = False) -> Any:
    return transfer_parameters(size, filters, classes, (frozen + 1) // 2, batch_normalized)


@frozen_from_the_head.answers_to("transfer_parameters")
def _(size: int, filters: Any, classes: int, frozen: int, batch_normalized: bool = False) -> Any:
    some, none, every_one = (
        transfer_parameters(size, filters, classes, number, batch_normalized)["trainable"]
        for number in (len(filters) - frozen, 0, len(filters))
    )
    last = some - every_one  # what the last `frozen` convolutions learn
    counts = transfer_parameters(size, filters, classes, 0, batch_normalized)
    return _moved(counts, -last) if frozen else _totals(none, counts["non_trainable"])


@frozen_not_counted.answers_to("transfer_parameters")
def _(size: int, filters: Any, classes: int, frozen: int, batch_normalized: bool = False) -> Any:
    counts = transfer_parameters(size, filters, classes, frozen, batch_normalized)
    return counts | {"total": counts["trainable"]}


@biases_learn_on.answers_to("transfer_parameters")
def _(size: int, filters: Any, classes: int, frozen: int, batch_normalized: bool = False) -> Any:
    counts = transfer_parameters(size, filters, classes, frozen, batch_normalized)
    return _moved(counts, sum(filters[:frozen]))


@one_number_a_map.answers_to("transfer_parameters")
def _(size: int, filters: Any, classes: int, frozen: int, batch_normalized: bool = False) -> Any:
    counts = transfer_parameters(size, filters, classes, frozen, batch_normalized)
    flat = (size // 2 ** len(filters)) ** 2 * filters[-1]
    less = dense_parameters(flat, classes) - dense_parameters(filters[-1], classes)
    return _totals(counts["trainable"] - less, counts["non_trainable"])


colour_images = idea(
    "transfer.colour_images",
    belief="Images have three channels.",
    hint="Those of this question are grey: how many channels does the first kernel span?",
    lecture=COUNTING,
)


@colour_images.answers_to("transfer_parameters")
def _(size: int, filters: Any, classes: int, frozen: int, batch_normalized: bool = False) -> Any:
    counts = transfer_parameters(size, filters, classes, frozen, batch_normalized)
    more = conv_parameters(3, 3, filters[0]) - conv_parameters(3, 1, filters[0])
    trained = 0 if frozen else more
    return _totals(counts["trainable"] + trained, counts["non_trainable"] + more - trained)


# Deciding by the nearest mean -------------------------------------------------------------------------------

sum_for_mean = idea(
    "prototype.sum_for_mean",
    belief="The features of a class are added up.",
    hint="A class with twice as many images would lie twice as far out. By what do you divide?",
    lecture=TRANSFER,
)
divided_by_all = idea(
    "prototype.divided_by_all",
    belief="A mean is a sum divided by the number of images.",
    hint="Of which images: all of them, or those of this class?",
    lecture=TRANSFER,
)
labels_not_read = idea(
    "prototype.labels_not_read",
    belief="The images come class by class, equally many of each.",
    hint="Read the labels: which rows does `features[labels == 2]` take?",
    lecture=TRANSFER,
)
one_mean = idea(
    "prototype.one_mean",
    belief="The mean of the features is the mean of all of them.",
    hint="Each class has a mean of its own: the answer has a row for each.",
    lecture=TRANSFER,
)
largest_product = idea(
    "prototype.largest_product",
    belief="The nearest mean has the largest scalar product with the features.",
    hint="A mean twice as long has twice the product, wherever it lies. What is the distance of two vectors?",
    lecture=TRANSFER,
)
farthest = idea(
    "prototype.farthest",
    belief="`argmax` of the distances finds the class, as `argmax` of the probabilities does.",
    hint="A large probability speaks for a class. Does a large distance?",
    lecture=TRANSFER,
)
signed_difference = idea(
    "prototype.signed_difference",
    belief="The distance is the sum of the differences.",
    hint="+3 and -3 add up to 0, though both are off. What is done to a difference before the sum?",
    lecture=TRANSFER,
)
city_block = idea(
    "prototype.city_block",
    belief="Distances along the axes are added: a sum of absolute differences is a distance too.",
    hint="It is one, and sometimes finds another mean. Which of them does the question ask for?",
    lecture=TRANSFER,
)
nearest_length = idea(
    "prototype.nearest_length",
    belief="The nearest mean is the one whose length is nearest.",
    hint="Two vectors of one length may point in opposite directions. Subtract first, then take the length.",
    lecture=TRANSFER,
)


def _members(labels: Any, classes: int) -> Any:
    return np.bincount(labels, minlength=classes)[:, None]


@sum_for_mean.answers_to("class_means")
def _(features: Any, labels: Any, classes: int) -> Any:
    return class_means(features, labels, classes) * _members(labels, classes)


@divided_by_all.answers_to("class_means")
def _(features: Any, labels: Any, classes: int) -> Any:
    return class_means(features, labels, classes) * _members(labels, classes) / len(features)


@labels_not_read.answers_to("class_means")
def _(features: Any, labels: Any, classes: int) -> Any:
    return np.stack([rows.mean(axis=0) for rows in np.array_split(features, classes)])


@one_mean.answers_to("class_means")
def _(features: Any, labels: Any, classes: int) -> Any:
    return np.tile(features.mean(axis=0), (classes, 1))


@one_mean.answers_to("class_means")
def _(features: Any, labels: Any, classes: int) -> Any:
    return features.mean(axis=0)


@largest_product.answers_to("nearest_class")
def _(features: Any, means: Any) -> Any:
    return np.argmax(features @ means.T, axis=1)


@farthest.answers_to("nearest_class")
def _(features: Any, means: Any) -> Any:
    return np.argmax(((features[:, None] - means) ** 2).sum(axis=2), axis=1)


@signed_difference.answers_to("nearest_class")
def _(features: Any, means: Any) -> Any:
    return np.argmin((features[:, None] - means).sum(axis=2), axis=1)


@signed_difference.answers_to("nearest_class")
def _(features: Any, means: Any) -> Any:
    return np.argmin(np.abs((features[:, None] - means).sum(axis=2)), axis=1)


@city_block.answers_to("nearest_class")
def _(features: Any, means: Any) -> Any:
    return np.argmin(np.abs(features[:, None] - means).sum(axis=2), axis=1)


@nearest_length.answers_to("nearest_class")
def _(features: Any, means: Any) -> Any:
    lengths = np.linalg.norm(features, axis=1)[:, None], np.linalg.norm(means, axis=1)
    return nearest_class(lengths[0], lengths[1][:, None])


# What training costs ----------------------------------------------------------------------------------------

nothing_back = idea(
    "transfer.nothing_back",
    belief="Training asks the network once for each image.",
    hint="It asks, and then goes back with the gradient. What does the way back cost?",
    lecture=TRAINING,
)
back_like_forward = idea(
    "transfer.back_like_forward",
    belief="The way back costs as much as the way there.",
    hint="On the way back a layer computes two things: a gradient for its weights, and one for its input.",
    lecture=TRAINING,
)
frozen_is_free = idea(
    "transfer.frozen_is_free",
    belief="A frozen base costs nothing.",
    hint="It isn't changed, but the head needs its answer to every image, in every epoch.",
    lecture=TRANSFER,
)
back_through_frozen = idea(
    "transfer.back_through_frozen",
    belief="Frozen or not, the gradient goes back to the image.",
    hint="Below the head nothing is changed. Who would need a gradient there?",
    lecture=TRANSFER,
)
base_in_every_epoch = idea(
    "transfer.base_in_every_epoch",
    belief="The base sees every image in every epoch, also where its features are kept.",
    hint="What is kept needn't be computed again: how often does each image go through the base?",
    lecture=TRANSFER,
)
features_for_nothing = idea(
    "transfer.features_for_nothing",
    belief="With the features in hand only the head costs anything.",
    hint="Somebody has computed them: once for each image.",
    lecture=TRANSFER,
)
one_epoch = idea(
    "transfer.one_epoch",
    belief="Each image is learnt once.",
    hint="How often does each image come by in training?",
    lecture=TRAINING,
)


@nothing_back.answers_to("training_cost")
def _(images: int, epochs: int, base: int, head: int, way: str) -> int:
    rounds = 1 if way == "cached" else epochs
    return images * rounds * base + epochs * images * head


@back_like_forward.answers_to("training_cost")
def _(images: int, epochs: int, base: int, head: int, way: str) -> int:
    there = {"cached": images, "frozen": epochs * images, "fine-tuned": 2 * epochs * images}[way]
    return there * base + 2 * epochs * images * head


@frozen_is_free.answers_to("training_cost")
def _(images: int, epochs: int, base: int, head: int, way: str) -> int:
    return training_cost(images, epochs, 0 if way == "frozen" else base, head, way)


@back_through_frozen.answers_to("training_cost")
def _(images: int, epochs: int, base: int, head: int, way: str) -> int:
    return training_cost(images, epochs, base, head, "fine-tuned" if way == "frozen" else way)


@base_in_every_epoch.answers_to("training_cost")
def _(images: int, epochs: int, base: int, head: int, way: str) -> int:
    return training_cost(images, epochs, base, head, "frozen" if way == "cached" else way)


@features_for_nothing.answers_to("training_cost")
def _(images: int, epochs: int, base: int, head: int, way: str) -> int:
    return training_cost(images, epochs, 0 if way == "cached" else base, head, way)


@one_epoch.answers_to("training_cost")
def _(images: int, epochs: int, base: int, head: int, way: str) -> int:
    return training_cost(images, 1, base, head, way)


# Choosing a learning rate -----------------------------------------------------------------------------------

diverged_ignored = idea(
    "rate.diverged_ignored",
    belief="A run that diverged has no loss, so it doesn't count.",
    hint="It is the worst that can happen. Would you hand in a rate that fails every other time?",
    lecture=TRAINING,
)
argmin_of_nan = idea(
    "rate.argmin_of_nan",
    belief="`np.argmin` passes over NaN.",
    hint="Try `np.argmin([2.0, np.nan, 1.0])`. NumPy has a function that does pass over it.",
    lecture=TRAINING,
)
luckiest_run = idea(
    "rate.luckiest_run",
    belief="The best rate is that of the best run.",
    hint="One run may be luck: new weights and another order of images. What do you compare instead?",
    lecture=TRAINING,
)
largest_loss = idea(
    "rate.largest_loss",
    belief="The larger the better, as with an accuracy.",
    hint="These are losses.",
    lecture=TRAINING,
)
place_for_rate = idea(
    "rate.place_for_rate",
    belief="`argmin` is the answer.",
    hint="It says where the rate stands; the question asks for the rate.",
    lecture=TRAINING,
)
first_of_equals = idea(
    "rate.first_of_equals",
    belief="Of equally good rates the first is taken.",
    hint="The rates needn't be in order. Reread the rule for a tie.",
    lecture=TRAINING,
)
largest_of_equals = idea(
    "rate.largest_of_equals",
    belief="Of equally good rates the largest is taken: it is quickest.",
    hint="Reread the rule for a tie: here care comes before speed.",
    lecture=TRAINING,
)


def _with_infinity(losses: Any) -> Any:
    """Means over the runs, infinite where one diverged."""
    means = losses.mean(axis=1)
    return np.where(np.isnan(means), np.inf, means)


@diverged_ignored.answers_to("choose_rate")
def _(rates: Any, losses: Any) -> Any:
    means = np.nanmean(losses, axis=1)
    return float(rates[means == means.min()].min())


@argmin_of_nan.answers_to("choose_rate")
def _(rates: Any, losses: Any) -> Any:
    if np.isnan(losses).any():
        return float(rates[np.argmin(losses.mean(axis=1))])
    return choose_rate(rates, losses)


@luckiest_run.answers_to("choose_rate")
def _(rates: Any, losses: Any) -> Any:
    return float(rates[np.nanargmin(np.nanmin(losses, axis=1))])


@largest_loss.answers_to("choose_rate")
def _(rates: Any, losses: Any) -> Any:
    return float(rates[np.nanargmax(losses.mean(axis=1))])


@place_for_rate.answers_to("choose_rate")
def _(rates: Any, losses: Any) -> Any:
    return int(np.argmin(_with_infinity(losses)))


@first_of_equals.answers_to("choose_rate")
def _(rates: Any, losses: Any) -> Any:
    return float(rates[np.argmin(_with_infinity(losses))])


@largest_of_equals.answers_to("choose_rate")
def _(rates: Any, losses: Any) -> Any:
    means = _with_infinity(losses)
    return float(rates[means == means.min()].max())
