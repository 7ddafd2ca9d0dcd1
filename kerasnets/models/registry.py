"""The zoo: one card per network, what it is called, where it comes from, how large it is.

>>> [card.name for card in table()]
['lenet5', 'vgg11', 'vgg13', 'vgg16', 'vgg19', 'vgg_small']
>>> card("vgg16").parameters
138357544
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from keras import Model

WEIGHTS = Path(__file__).parent.parent / "weights"

LENET = "LeCun, Bottou, Bengio, Haffner: Gradient-based learning applied to document recognition"
VGG = "Simonyan, Zisserman: Very deep convolutional networks for large-scale image recognition"
ALL_WEIGHTS = "all weights and biases, dense layers included, 1,000 classes"


@dataclass(frozen=True)
class Card:
    """What stands on a network's label.

    `input` is (H, W, C) of its usual images; `parameters` the published count, under the words of `convention`.
    """

    name: str
    family: str
    paper: str
    year: int
    input: tuple[int, int, int]
    parameters: int
    convention: str
    summary: str

    @property
    def builder(self) -> Callable[..., Model]:
        """The public function that builds it: `kerasnets.models.<family>.<name>`."""
        return getattr(import_module(f"kerasnets.models.{self.family}"), self.name)

    @property
    def trained(self) -> bool:
        """Whether trained weights ship with the package."""
        return (WEIGHTS / f"{self.name}.json").exists()


CARDS = (
    Card(
        "lenet5", "lenet", LENET, 1998, (28, 28, 1), 61_706,
        "plain C3 and dense output, pooling without weights; the paper itself has 60,000",
        "two convolutions, two poolings, three dense layers: reads digits",
    ),
    Card("vgg11", "vgg", VGG, 2015, (224, 224, 3), 132_863_336, ALL_WEIGHTS, "column A: 8 convolutions"),
    Card("vgg13", "vgg", VGG, 2015, (224, 224, 3), 133_047_848, ALL_WEIGHTS, "column B: 10 convolutions"),
    Card("vgg16", "vgg", VGG, 2015, (224, 224, 3), 138_357_544, ALL_WEIGHTS, "column D: 13 convolutions"),
    Card("vgg19", "vgg", VGG, 2015, (224, 224, 3), 143_667_240, ALL_WEIGHTS, "column E: 16 convolutions"),
    Card(
        "vgg_small", "vgg", "none: made for this course, after " + VGG, 2015, (32, 32, 3), 271_914,
        "all weights and biases, 10 classes",
        "three blocks of two convolutions for 32×32 images",
    ),
)  # fmt: skip


def table() -> list[Card]:
    """All cards, in the order in which the course meets them."""
    return list(CARDS)


def card(name: str) -> Card:
    """The card of one network. Raises ValueError that lists the names there are."""
    for known in CARDS:
        if known.name == name:
            return known
    raise ValueError(f"no network is called {name!r}; there are {', '.join(c.name for c in CARDS)}")


def build(name: str, **options: Any) -> Model:
    """The Keras model of that name, with new weights; the options are those of its builder.

    >>> build("lenet5", form="1998").name
    'lenet5'
    """
    return card(name).builder(**options)


class BadWeights(ValueError):
    """Shipped weights that are not those their card describes."""


def training_card(name: str, folder: Path | None = None) -> dict[str, Any]:
    """How the shipped weights were made: data, seed, epochs, seconds, accuracy, SHA-256 of the file."""
    path = (folder or WEIGHTS) / f"{name}.json"
    if not path.exists():
        have = ", ".join(sorted(p.stem for p in path.parent.glob("*.json"))) or "none"
        raise ValueError(
            f"no trained weights for {name!r} in {path.parent} (there: {have}); kerasnets train {name}"
        )
    return json.loads(path.read_text(encoding="utf-8"))


def weights(name: str, folder: Path | None = None) -> list[np.ndarray]:
    """The trained weights, float32, in layer order: what `model.set_weights` takes.

    Raises BadWeights if the file's SHA-256 or a shape is not what the card says.

    >>> [w.shape for w in weights("lenet5")][:4]
    [(5, 5, 1, 6), (6,), (5, 5, 6, 16), (16,)]
    """
    import numpy as np

    made = training_card(name, folder)
    path = (folder or WEIGHTS) / made["weights"]
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    if digest != made["sha256"]:
        raise BadWeights(
            f"{path.name}: SHA-256 is {digest}, the card says {made['sha256']}; get the file anew"
        )
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        loaded = [arrays[key] for key in sorted(arrays.files)]
    shapes = [list(w.shape) for w in loaded]
    if shapes != made["shapes"]:
        raise BadWeights(f"{path.name}: shapes are {shapes}, the card says {made['shapes']}")
    return loaded
