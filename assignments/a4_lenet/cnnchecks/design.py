"""The rules for a network of a student's own design."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any

from .check_functions import raise_failure
from .check_models import Reader, weights_outcome
from .kinds import CONVOLUTIONS, POOLINGS, names_in
from .models import of_plan
from .outcome import Diagnosis, Outcome, fail

DESIGNING = "Lecture 1, Designing a basic CNN architecture"
OVER_BUDGET = Diagnosis(
    "design.over_budget",
    "Convolutions are what costs parameters.",
    "Divide the count by layers in `model.summary()`. Where maps are flattened, a dense layer has a weight for every "
    "position: how many positions are left, and what would a mean over each map leave?",
    DESIGNING,
)
OTHER_IMAGES = Diagnosis(
    "design.other_images",
    "The network may take whatever images it likes.",
    "The digits are 28×28 with one channel, and the batch comes first on its own: `keras.Input((28, 28, 1))`.",
    DESIGNING,
)
NOT_TEN = Diagnosis(
    "design.not_ten_outputs",
    "The last layer's shape looks after itself.",
    "There are ten classes, and one number for each is wanted: a vector of ten, for every image.",
    DESIGNING,
)
FEW_CONVOLUTIONS = Diagnosis(
    "design.few_convolutions",
    "A dense layer can learn whatever a convolution does.",
    "It could, with a weight for every pixel and every place. Local patterns that may be anywhere are a convolution's "
    "work, and patterns made of them a second one's.",
    DESIGNING,
)
ALL_LINEAR = Diagnosis(
    "design.no_activation",
    "More layers make a network more powerful, whatever is between them.",
    "A convolution of a convolution is a convolution. What keeps two layers from being one?",
    "Lecture 1, Convolutional building blocks",
)
SIZES_STAY = Diagnosis(
    "design.sizes_do_not_fall",
    "Large maps keep what is known, so they should stay large.",
    "They keep where things are. Which digit it is doesn't hang on that, and every position costs time: let poolings or "
    "strides shrink the maps on the way.",
    DESIGNING,
)
CHANNELS_STAY = Diagnosis(
    "design.channels_do_not_rise",
    "The first layer sees the most pixels, so it needs the most kernels.",
    "There are few kinds of edges, and many of what edges can be put together to. Which layer needs more kernels?",
    DESIGNING,
)
MOST_LEFT = 7  # rows and columns of the last maps: the image's, halved twice
LINEAR = (None, "linear", "softmax", "log_softmax")
BENT = names_in(
    """
    ReLU LeakyReLU PReLU ELU Relu Relu6 LeakyRelu Elu Selu Gelu Silu Sigmoid Tanh Softplus Softsign
    Maximum Minimum Clip
    """
)


def check_design(env: Mapping[str, Any], name: str, budget: int, /) -> None:
    """Does the network that `env[name]` builds keep the rules of the design question, and the budget?"""
    raise_failure(env, of_plan(env, name, lambda plan, _: design_outcome(name, plan, budget)), name)


def design_outcome(name: str, plan: dict, budget: int) -> Outcome:
    """The first rule that a network's blueprint breaks, with the idea that may be behind it.

    What it takes and gives, its parameters, at least two convolutions with something bent between them, maps that only
    shrink, to 7×7 or less, and channels that only become more.
    """
    rows = plan["rows"]
    parameters = sum(row["parameters"] for row in rows)
    convolutions = [row["output_shape"] for row in rows if row["kind"] in CONVOLUTIONS]
    maps = [
        row["output_shape"]
        for row in rows
        if row["kind"] in CONVOLUTIONS | POOLINGS and len(row["output_shape"]) == 4
    ]
    sides = [max(shape[1] or math.inf, shape[2] or math.inf) for shape in maps]  # an open size may be any
    channels = [shape[3] for shape in convolutions if len(shape) == 4]
    takes, gives = tuple(plan["input_shape"])[1:], tuple(plan["output_shape"])[1:]
    if takes != (28, 28, 1):
        return broken(OTHER_IMAGES, f"`{name}` takes images of shape {takes}; the digits are (28, 28, 1).")
    if gives != (10,):
        return broken(NOT_TEN, f"`{name}` gives {gives} for an image; expected is (10,).")
    if parameters > budget:
        largest = max(rows, key=lambda row: row["parameters"])
        return broken(OVER_BUDGET, f"`{name}` has {parameters:,} parameters, {parameters - budget:,} more than the "
                       f"budget of {budget:,}. Most of them, {largest['parameters']:,}, are those of "
                       f"{largest['name']} ({largest['kind']}).")  # fmt: skip
    if len(channels) < 2:
        return broken(
            FEW_CONVOLUTIONS, f"`{name}` has {len(channels)} convolutions; at least 2 are asked for."
        )
    if not _bends(plan["config"]):
        return broken(ALL_LINEAR, f"`{name}` has no activation but its softmax: it is one linear layer.")
    if any(after > before for before, after in pairwise(sides)) or sides[-1] > MOST_LEFT:
        path = " -> ".join(map(str, dict.fromkeys(sides)))
        return broken(SIZES_STAY, f"The maps of `{name}` have sides of {path}; they should only become smaller, "
                       f"and end with at most {MOST_LEFT}.")  # fmt: skip
    if sorted(channels) != channels or channels[-1] == channels[0]:
        path = " -> ".join(map(str, channels))
        return broken(CHANNELS_STAY, f"The convolutions of `{name}` give {path} channels; the number should never "
                       "fall, and the last have more than the first.")  # fmt: skip
    return Outcome(True, "ok", f"It keeps the rules, with {parameters:,} of {budget:,} parameters.")


def designed_outcome(env: Mapping[str, Any], name: str, budget: int, reads: Reader) -> Outcome:
    """`trained_outcome` for a network of whatever design, which has to keep the rules."""

    def judged(plan: dict, weights: Any) -> Outcome:
        if not (kept := design_outcome(name, plan, budget)).passed:
            return kept
        fits = weights_outcome(name, plan, weights)
        return reads(name, plan["config"], list(weights)) if fits.passed else fits

    return of_plan(env, name, judged, weights=True)


def broken(card: Diagnosis, message: str) -> Outcome:
    return replace(fail("value", message), diagnosis=card, candidates=(card,))


def _bends(config: Any) -> bool:
    """Is there an activation anywhere in a model's configuration that isn't linear?"""
    if isinstance(config, dict):
        if config.get("class_name") in BENT or _is_bent(config.get("activation")):
            return True
        return any(_bends(part) for part in config.values())
    return isinstance(config, (list, tuple)) and any(_bends(part) for part in config)


def _is_bent(activation: Any) -> bool:
    """A word, or an object, in which `_bends` looks for itself."""
    return not isinstance(activation, dict) and activation not in LINEAR
