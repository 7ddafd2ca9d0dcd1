"""What stands behind the last maps: flattened or averaged."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.cnnchecks.oracle import Rung
from grader.tasks.arithmetic.lenet.weights import dense_parameters
from grader.tasks.drawn import Case, Normal, Whole
from grader.tasks.small import shapes
from grader.tasks.task import idea, task
from kerasnets import numpy_layers

GLOBAL = "Lecture 2, Types of pooling"


@task(
    hidden={
        "heads": (
            Case(
                "Flattened maps",
                (Whole(3, 6), Whole(7, 12), Whole(20, 60), Whole(3, 19)),
                (("head", "flatten"),),
            ),
            Case(
                "Averaged maps",
                (Whole(3, 6), Whole(7, 12), Whole(20, 60), Whole(3, 19)),
                (("head", "average"),),
            ),
            Case(
                "Averaged maps, many of them",
                (Whole(3, 6), Whole(7, 12), Whole(61, 99), Whole(3, 19)),
                (("head", "average"),),
            ),
        ),
    },
    small=[
        *shapes((1, 1, 1, 1), (2, 2, 1, 1), (2, 3, 2, 3), head="flatten"),
        *shapes((1, 1, 1, 1), (2, 2, 1, 1), (2, 3, 2, 3), head="average"),
    ],
)
def head_parameters(height: int, width: int, channels: int, classes: int, head: str) -> int:
    """Parameters of the dense layer behind maps (height, width, channels) that are flattened, or averaged.

    >>> head_parameters(7, 7, 1024, 1000, "flatten"), head_parameters(7, 7, 1024, 1000, "average")
    (50177000, 1025000)
    """
    inputs = channels if head == "average" else height * width * channels
    return dense_parameters(inputs, classes)


@task(
    hidden={
        "plain": (
            Case("Maps of two images", (Normal((2, 3, 4, 5)), Normal((5, 6)), Normal((6,)))),
            Case("One class, one channel", (Normal((3, 2, 5, 1)), Normal((1, 2)), Normal((2,)))),
        ),
    },
    small=[
        Rung((np.array(maps), np.array(w), np.array(b)))
        for maps, w, b in (
            ([[[[1.0]]]], [[2.0]], [1.0]),
            ([[[[1.0], [3.0]]]], [[2.0]], [1.0]),
            ([[[[1.0], [-3.0]]]], [[2.0]], [1.0]),
            ([[[[1.0, 2.0], [3.0, 4.0]]]], [[2.0, 1.0], [1.0, 3.0]], [1.0, 2.0]),
        )
    ],
    terms=lambda maps, w, b: w.shape[0] + 1,
)
def class_maps(maps: np.ndarray, w: np.ndarray, b: np.ndarray) -> np.ndarray:
    """How much each place of the last maps (N, H, W, C) speaks for each class: (N, H, W, K), whose mean is the scores.

    After Zhou et al.: Learning deep features for discriminative localization, CVPR 2016.

    >>> class_maps(np.array([[[[1.0, 2.0]]]]), np.array([[1.0], [3.0]]), np.array([0.5])).tolist()
    [[[[7.5]]]]
    """
    return numpy_layers.dense_forward(maps.reshape(-1, maps.shape[-1]), w, b).reshape(*maps.shape[:-1], -1)


@head_parameters.wrongly(
    idea(
        "heads.average_keeps_places",
        belief="Global average pooling hands on whole maps.",
        hint="It makes one number of each map, however large: how many numbers reach the dense layer?",
        lecture=GLOBAL,
    )
)
def average_keeps_places(height: int, width: int, channels: int, classes: int, head: str) -> int:
    return head_parameters(height, width, channels, classes, "flatten")


@head_parameters.wrongly(
    idea(
        "heads.flatten_drops_places",
        belief="A dense layer behind maps has a weight for each channel.",
        hint="`Flatten` writes every place of every map in one row: how long is that?",
        lecture=GLOBAL,
    )
)
def flatten_by_channels(height: int, width: int, channels: int, classes: int, head: str) -> int:
    return head_parameters(height, width, channels, classes, "average")


@head_parameters.wrongly(
    idea(
        "heads.average_learns",
        belief="Global average pooling has weights of its own, one for each channel.",
        hint="A mean weighs all places alike: what would it learn?",
        lecture=GLOBAL,
    )
)
def average_learns(height: int, width: int, channels: int, classes: int, head: str) -> int:
    return head_parameters(height, width, channels, classes, head) + (channels if head == "average" else 0)


@head_parameters.wrongly(
    idea(
        "heads.bias_forgotten",
        belief="A dense layer has as many parameters as it has connections.",
        hint="And one number more for each unit, which it adds at the end.",
        lecture="Lecture 1, Convolutional building blocks",
    )
)
def head_unbiased(height: int, width: int, channels: int, classes: int, head: str) -> int:
    return head_parameters(height, width, channels, classes, head) - classes


@head_parameters.wrongly(
    idea(
        "heads.one_channel_per_class",
        belief="Behind a global average there is no dense layer: each class has its map.",
        hint="That is another paper's head. Here the averages of all channels go into a dense layer with a unit for each class.",
        lecture=GLOBAL,
    )
)
def average_is_the_answer(height: int, width: int, channels: int, classes: int, head: str) -> int:
    return 0 if head == "average" else head_parameters(height, width, channels, classes, head)


@class_maps.wrongly(
    idea(
        "heads.map_without_bias",
        belief="The bias belongs to the class, not to a place: it is left out of the maps.",
        hint="Take the mean of your maps over all places and compare it with the network's scores: what is missing?",
        lecture=GLOBAL,
    )
)
def bias_left_out(maps: Any, w: Any, b: Any) -> Any:
    return class_maps(maps, w, 0 * b)


@class_maps.wrongly(
    idea(
        "heads.bias_divided_by_places",
        belief="The bias is shared out among the places.",
        hint="The scores are the mean of the maps, not their sum. What is the mean of a constant?",
        lecture=GLOBAL,
    )
)
def bias_shared_out(maps: Any, w: Any, b: Any) -> Any:
    return class_maps(maps, w, b / (maps.shape[1] * maps.shape[2]))


averaged_already = idea(
    "heads.averaged_already",
    belief="The maps are averaged first, then weighted.",
    hint="That gives the scores, and all places are gone. Weight each place, and average last.",
    lecture=GLOBAL,
)


@class_maps.wrongly(averaged_already)
def averaged_already_class_maps(maps: Any, w: Any, b: Any) -> Any:
    return class_maps(maps, w, b).mean(axis=(1, 2))


@class_maps.wrongly(averaged_already)
def averaged_already_class_maps_2(maps: Any, w: Any, b: Any) -> Any:
    everywhere = class_maps(maps, w, b)
    return np.broadcast_to(everywhere.mean(axis=(1, 2), keepdims=True), everywhere.shape)


@class_maps.wrongly(
    idea(
        "heads.maps_cut_at_zero",
        belief="What speaks against a class isn't shown: negative numbers become 0.",
        hint="A picture may be cut like that. Then the mean of the maps is no longer the score.",
        lecture=GLOBAL,
    )
)
def cut_at_zero(maps: Any, w: Any, b: Any) -> Any:
    return np.maximum(class_maps(maps, w, b), 0)
