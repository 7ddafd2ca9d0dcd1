"""Another network's weights: what is frozen, what learns, what it costs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from grader.cnnchecks.oracle import Rung
from grader.tasks.arithmetic.lenet.weights import conv_parameters, dense_parameters
from grader.tasks.drawn import Case, OneOf, Whole
from grader.tasks.small import shapes
from grader.tasks.task import idea, task

TRAINING = "Lecture 2, Training: learn kernel weights"
TRANSFER = "Lecture 4, Towards standardization: transfer learning and fine-tuning"
COUNTING = "Lecture 1, Number of parameters to learn in a convolutional layer"
NETWORK = (OneOf(((4, 6, 10), (5, 7, 12), (6, 8, 14))), Whole(3, 9))


@task(
    hidden={
        "plain": (
            Case("Nothing frozen", (Whole(24, 64), *NETWORK, 0)),
            Case("The first convolution frozen", (Whole(24, 64), *NETWORK, 1)),
            Case("Two of three convolutions frozen", (Whole(24, 64), *NETWORK, 2)),
        ),
        "normalized": (
            Case("Batch normalisation, nothing frozen", (Whole(24, 64), *NETWORK, 0, True)),
            Case("Batch normalisation, two frozen", (Whole(24, 64), *NETWORK, 2, True)),
        ),
    },
    small=[
        *shapes((2, (1,), 1, 0), (4, (1, 1), 1, 0), (4, (1, 1), 1, 1), (4, (1, 2), 1, 1), (4, (2, 1), 2, 2)),
        *shapes((8, (1, 2, 1), 2, 2), (6, (1,), 2, 0), (8, (1, 2, 3), 2, 1), (8, (1, 2, 3), 2, 3)),
        *shapes((2, (1,), 1, 0), (4, (1, 2), 1, 1), (8, (1, 2, 3), 2, 2), batch_normalized=True),
    ],
)
def transfer_parameters(
    size: int, filters: Sequence[int], classes: int, frozen: int, batch_normalized: bool = False
) -> dict[str, int]:
    """What is learnt of convolutions of 3×3, each before a pooling of 2, under one dense layer; the first ones are frozen.

    >>> transfer_parameters(28, (8, 16, 32), 5, frozen=3)
    {'trainable': 1445, 'non_trainable': 5888, 'total': 7333}
    """
    channels = (1, *filters)
    trainable = dense_parameters((size // 2 ** len(filters)) ** 2 * channels[-1], classes)
    non_trainable = 0
    for place, maps in enumerate(filters):
        learnt = conv_parameters(3, channels[place], maps) + (2 * maps if batch_normalized else 0)
        averages = 2 * maps if batch_normalized else 0
        if place < frozen:
            non_trainable += learnt + averages
        else:
            trainable, non_trainable = trainable + learnt, non_trainable + averages
    return {
        "trainable": trainable,
        "non_trainable": non_trainable,
        "total": trainable + non_trainable,
    }


@task(
    hidden={
        way: (
            Case("Few images", (Whole(20, 90), Whole(5, 60), Whole(10_000, 90_000), Whole(500, 5_000), way)),
            Case(
                "Many images",
                (Whole(900, 9_000), Whole(2, 9), Whole(1_000_000, 9_000_000), Whole(500, 5_000), way),
            ),
        )
        for way in ("cached", "frozen", "fine-tuned")
    },
    small=[
        Rung((images, epochs, base, head, way))
        for way in ("cached", "frozen", "fine-tuned")
        for images, epochs, base, head in ((1, 1, 1, 1), (1, 2, 1, 1), (2, 3, 5, 1))
    ],
)
def training_cost(images: int, epochs: int, base: int, head: int, way: str) -> int:
    """Operations of a training, if going back through a layer costs twice as much as going forward.

    >>> [training_cost(2, 10, 100, 1, way) for way in ("cached", "frozen", "fine-tuned")]
    [260, 2060, 6060]
    """
    if way == "cached":
        return images * base + epochs * images * 3 * head
    return epochs * images * ((1 if way == "frozen" else 3) * base + 3 * head)


def _totals(trainable: int, non_trainable: int) -> dict[str, int]:
    return {"trainable": trainable, "non_trainable": non_trainable, "total": trainable + non_trainable}


def _moved(counts: dict[str, int], number: int) -> dict[str, int]:
    """So many weights more are trained."""
    return _totals(counts["trainable"] + number, counts["non_trainable"] - number)


@transfer_parameters.wrongly(
    idea(
        "transfer.averages_trained",
        belief="All four numbers that batch normalisation keeps for a map are learnt.",
        hint="Two of them are a moving mean and a moving variance. Which of the four has a gradient?",
        lecture=TRAINING,
    )
)
def averages_trained(
    size: int, filters: Any, classes: int, frozen: int, batch_normalized: bool = False
) -> Any:
    counts = transfer_parameters(size, filters, classes, frozen, batch_normalized)
    return _moved(counts, batch_normalized * 2 * sum(filters[frozen:]))


@transfer_parameters.wrongly(
    idea(
        "transfer.averages_forgotten",
        belief="Batch normalisation has two numbers for each map, a scale and a shift.",
        hint="When the network is asked about a single image, where does it take the mean and the variance from?",
        lecture=TRAINING,
    )
)
def averages_forgotten(
    size: int, filters: Any, classes: int, frozen: int, batch_normalized: bool = False
) -> Any:
    counts = transfer_parameters(size, filters, classes, frozen, batch_normalized)
    return _totals(counts["trainable"], counts["non_trainable"] - batch_normalized * 2 * sum(filters))


@transfer_parameters.wrongly(
    idea(
        "transfer.normalization_learns_on",
        belief="Freezing a convolution leaves the batch normalisation behind it as it was: it goes on learning.",
        hint="Reread the rule: what is frozen together with a convolution?",
        lecture=TRANSFER,
    )
)
def normalization_learns_on(
    size: int, filters: Any, classes: int, frozen: int, batch_normalized: bool = False
) -> Any:
    counts = transfer_parameters(size, filters, classes, frozen, batch_normalized)
    return _moved(counts, batch_normalized * 2 * sum(filters[:frozen]))


@transfer_parameters.wrongly(
    idea(
        "transfer.poolings_are_layers",
        belief="The first two layers are a convolution and its pooling.",
        hint="`frozen` counts convolutions: a pooling has nothing that could be frozen.",
        lecture=TRANSFER,
    )
)
def poolings_counted(
    size: int, filters: Any, classes: int, frozen: int, batch_normalized: bool = False
) -> Any:
    return transfer_parameters(size, filters, classes, (frozen + 1) // 2, batch_normalized)


@transfer_parameters.wrongly(
    idea(
        "transfer.frozen_from_the_head",
        belief="The layers next to the head are frozen.",
        hint="Which layers are good for any image: those that look at pixels, or those that decide?",
        lecture=TRANSFER,
    )
)
def frozen_from_the_head(
    size: int, filters: Any, classes: int, frozen: int, batch_normalized: bool = False
) -> Any:
    some, none, every_one = (
        transfer_parameters(size, filters, classes, number, batch_normalized)["trainable"]
        for number in (len(filters) - frozen, 0, len(filters))
    )
    last = some - every_one  # what the last `frozen` convolutions learn
    counts = transfer_parameters(size, filters, classes, 0, batch_normalized)
    return _moved(counts, -last) if frozen else _totals(none, counts["non_trainable"])


@transfer_parameters.wrongly(
    idea(
        "transfer.frozen_not_counted",
        belief="A frozen weight is none: it isn't in the total.",
        hint="A network needs its frozen weights to answer. What changes when they are frozen is who may change them.",
        lecture=TRANSFER,
    )
)
def frozen_not_counted(
    size: int, filters: Any, classes: int, frozen: int, batch_normalized: bool = False
) -> Any:
    counts = transfer_parameters(size, filters, classes, frozen, batch_normalized)
    return counts | {"total": counts["trainable"]}


@transfer_parameters.wrongly(
    idea(
        "transfer.biases_learn_on",
        belief="Freezing holds the kernels; biases go on learning.",
        hint="`trainable = False` is said of a layer. Which of its weights does that mean?",
        lecture=TRANSFER,
    )
)
def biases_learn_on(
    size: int, filters: Any, classes: int, frozen: int, batch_normalized: bool = False
) -> Any:
    counts = transfer_parameters(size, filters, classes, frozen, batch_normalized)
    return _moved(counts, sum(filters[:frozen]))


@transfer_parameters.wrongly(
    idea(
        "transfer.one_number_a_map",
        belief="The head gets one number from each map.",
        hint="How large is the last map, and what does flattening make of it?",
        lecture=COUNTING,
    )
)
def one_number_a_map(
    size: int, filters: Any, classes: int, frozen: int, batch_normalized: bool = False
) -> Any:
    counts = transfer_parameters(size, filters, classes, frozen, batch_normalized)
    flat = (size // 2 ** len(filters)) ** 2 * filters[-1]
    less = dense_parameters(flat, classes) - dense_parameters(filters[-1], classes)
    return _totals(counts["trainable"] - less, counts["non_trainable"])


@transfer_parameters.wrongly(
    idea(
        "transfer.colour_images",
        belief="Images have three channels.",
        hint="Those of this question are grey: how many channels does the first kernel span?",
        lecture=COUNTING,
    )
)
def colour_images(size: int, filters: Any, classes: int, frozen: int, batch_normalized: bool = False) -> Any:
    counts = transfer_parameters(size, filters, classes, frozen, batch_normalized)
    more = conv_parameters(3, 3, filters[0]) - conv_parameters(3, 1, filters[0])
    trained = 0 if frozen else more
    return _totals(counts["trainable"] + trained, counts["non_trainable"] + more - trained)


@training_cost.wrongly(
    idea(
        "transfer.nothing_back",
        belief="Training asks the network once for each image.",
        hint="It asks, and then goes back with the gradient. What does the way back cost?",
        lecture=TRAINING,
    )
)
def nothing_back(images: int, epochs: int, base: int, head: int, way: str) -> int:
    rounds = 1 if way == "cached" else epochs
    return images * rounds * base + epochs * images * head


@training_cost.wrongly(
    idea(
        "transfer.back_like_forward",
        belief="The way back costs as much as the way there.",
        hint="On the way back a layer computes two things: a gradient for its weights, and one for its input.",
        lecture=TRAINING,
    )
)
def back_like_forward(images: int, epochs: int, base: int, head: int, way: str) -> int:
    there = {"cached": images, "frozen": epochs * images, "fine-tuned": 2 * epochs * images}[way]
    return there * base + 2 * epochs * images * head


@training_cost.wrongly(
    idea(
        "transfer.frozen_is_free",
        belief="A frozen base costs nothing.",
        hint="It isn't changed, but the head needs its answer to every image, in every epoch.",
        lecture=TRANSFER,
    )
)
def frozen_is_free(images: int, epochs: int, base: int, head: int, way: str) -> int:
    return training_cost(images, epochs, 0 if way == "frozen" else base, head, way)


@training_cost.wrongly(
    idea(
        "transfer.back_through_frozen",
        belief="Frozen or not, the gradient goes back to the image.",
        hint="Below the head nothing is changed. Who would need a gradient there?",
        lecture=TRANSFER,
    )
)
def back_through_frozen(images: int, epochs: int, base: int, head: int, way: str) -> int:
    return training_cost(images, epochs, base, head, "fine-tuned" if way == "frozen" else way)


@training_cost.wrongly(
    idea(
        "transfer.base_in_every_epoch",
        belief="The base sees every image in every epoch, also where its features are kept.",
        hint="What is kept needn't be computed again: how often does each image go through the base?",
        lecture=TRANSFER,
    )
)
def base_in_every_epoch(images: int, epochs: int, base: int, head: int, way: str) -> int:
    return training_cost(images, epochs, base, head, "frozen" if way == "cached" else way)


@training_cost.wrongly(
    idea(
        "transfer.features_for_nothing",
        belief="With the features in hand only the head costs anything.",
        hint="Somebody has computed them: once for each image.",
        lecture=TRANSFER,
    )
)
def features_for_nothing(images: int, epochs: int, base: int, head: int, way: str) -> int:
    return training_cost(images, epochs, 0 if way == "cached" else base, head, way)


@training_cost.wrongly(
    idea(
        "transfer.one_epoch",
        belief="Each image is learnt once.",
        hint="How often does each image come by in training?",
        lecture=TRAINING,
    )
)
def one_epoch(images: int, epochs: int, base: int, head: int, way: str) -> int:
    return training_cost(images, 1, base, head, way)
